"""The texts: whole or refused, published once, never changed, and shown exactly as they are kept."""

import json

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from clients.domain import consent, consent_checklist, consent_files, consent_texts
from clients.models import ConsentText
from practice.domain import audit
from practice.models import Mode, Role, Supervision
from tests import factories

KEYS = {"outdoors", "running", "group", "online", "data", "delivery"}
OUTDOORS = consent_files.FOLDER / "outdoors.en.toml"
TRAINING = next(one["words"] for one in consent_files.read(OUTDOORS).body["clauses"] if one["key"] == "training")


def test_shipped_texts_are_whole_and_say_that_they_are_drafts():
    drafts = {(draft.key, draft.language): draft for draft in consent_files.shipped()}
    assert set(drafts) == {(key, "en") for key in KEYS} | {(key, "es") for key in ("outdoors", "running", "data")}
    about = {key: drafts[key, "en"].modes for key in KEYS}
    assert about == {
        "outdoors": ("sit", "walk"), "running": ("run",), "group": ("group",), "online": ("online",),
        "data": ("data",), "delivery": ("e_delivery",),
    }  # fmt: skip
    for draft in drafts.values():
        assert draft.body["draft"] and "lawyer" in draft.body["note"]
        assert consent_files.lacking(draft) == []
        assert 8 <= len(draft.body["sentences"]) <= 12


@pytest.mark.parametrize("key", [point.key for point in consent_checklist.needed(["walk"])])
def test_a_text_without_a_required_clause_is_refused_by_name(tmp_path, key):
    path = tmp_path / "outdoors.en.toml"
    path.write_text(OUTDOORS.read_text().replace(f'key = "{key}"\n', f'key = "not_{key}"\n'))
    with pytest.raises(
        consent_files.BrokenText, match=rf'outdoors\.en\.toml: the required clause "{key}" has no words'
    ):
        consent_files.read(path)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('key = "outdoors"', 'key = "indoors"', "differ from the file name"),
        ('modes = ["sit", "walk"]', 'modes = ["fly"]', '"fly" is nothing that a text can be about'),
        ("{therapist} calls for help", "{doctor} calls for help", '"{doctor}" is not a name'),
        (TRAINING, "{therapist} is in training.", 'the clause "training" does not name {supervisor}'),
        ('title = "Walking', "title = Walking", "not valid TOML"),
        ("[disclosure]", "[disclosed]", "missing disclosure"),
        ('accept = "I agree to read, sign and keep this on a screen."', 'accept = " "', "has no words"),
    ],
)
def test_a_broken_text_is_refused_with_file_and_reason(tmp_path, old, new, reason):
    path = tmp_path / "outdoors.en.toml"
    text = OUTDOORS.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(consent_files.BrokenText) as refused:
        consent_files.read(path)
    assert "outdoors.en.toml" in str(refused.value) and reason in str(refused.value)


@pytest.mark.django_db
def test_publishing_twice_publishes_once_and_a_change_makes_the_next_version(tmp_path, monkeypatch):
    assert {text.key for text in consent_texts.publish_shipped()} == KEYS
    assert consent_texts.publish_shipped() == []
    for path in consent_files.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text().replace("Some of our sessions may take place outdoors", "X"))
    monkeypatch.setattr(consent_files, "FOLDER", tmp_path)
    assert [(text.key, text.version) for text in consent_texts.publish_shipped()] == [("outdoors", 2)]
    assert {text.key: text.version for text in consent_texts.current()} == dict.fromkeys(KEYS, 1) | {"outdoors": 2}
    assert [text.key for text in consent_texts.current()][:2] == ["outdoors", "running"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clients_consenttext SET title = 'x'",
        "UPDATE clients_consenttext SET renews = NOT renews",
        "UPDATE clients_consenttext SET published_by_id = NULL",
        "DELETE FROM clients_consenttext",
    ],
)
def test_a_published_text_cannot_be_changed_or_deleted(statement):
    consent_texts.publish_shipped()
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert ConsentText.objects.filter(title="x").count() == 0


@pytest.mark.django_db
def test_every_name_is_filled_in_and_the_fingerprint_is_of_what_is_shown(mrs_lee, anna, text):
    factories.emergency_contact(mrs_lee)
    asked = consent.ask(mrs_lee, text, by=anna)
    words = json.dumps(asked.shown, ensure_ascii=False)
    assert "{" not in words.replace('{"', "").replace("{answer}", "").replace("[{", "")
    assert "Anna checks the route" in words and "Dana Lee" in words and "116\u00a0123" in words
    assert asked.shown_sha256 == consent_texts.fingerprint(asked.shown)
    assert asked.shown_text == audit.canonical(asked.shown)
    assert "trainee" not in words and "supervision" not in words


@pytest.mark.django_db
def test_a_trainee_is_named_as_one_with_her_supervisor_and_without_one_it_cannot_be_sent(sam, text):
    trainee = factories.user("Tara Young", Role.TRAINEE)
    person = factories.client("Nora Field", trainee)
    with pytest.raises(consent.CannotAsk, match="nobody is named as supervisor"):
        consent.ask(person, text, by=trainee)
    Supervision.objects.create(supervisor=sam, supervisee=trainee)
    shown = consent.ask(person, text, by=trainee).shown
    clause = next(one["words"] for one in shown["clauses"] if one["key"] == "training")
    assert "Tara" in clause and sam.name in clause


@pytest.mark.django_db
def test_a_text_for_walking_names_sitting_too_and_not_running(text):
    assert set(text.modes) == {Mode.SIT, Mode.WALK}
