"""The plan for meeting somebody, written in the editor: its questions, their answers, the sign."""

import pytest

from clients.domain import consent, consent_drafts, consent_files, consent_texts
from clients.models import ConsentDraft, ConsentText
from tests.clients.test_text_pages import publish
from tests.clients.texts import address, opened, row_of

pytestmark = pytest.mark.django_db
FILE = next(one for one in consent_files.shipped() if (one.key, one.language) == ("outdoors", "en"))


def kept():
    return ConsentDraft.objects.get().body.get("plan")


def test_questions_and_answers_are_changed_added_and_taken_out(as_rosa, mrs_lee, anna):
    data = opened(as_rosa)
    what, who = row_of(data, "what"), row_of(data, "who")
    data |= {f"{what}-label": "And then?", f"{what}-label_1": "", f"{what}-said_1": ""}
    data |= {f"{what}-label_4": "Sit down", f"{what}-said_4": "We sit down with {client}."}
    data |= {name: "" for name in data if name.startswith(who) and not name.endswith(("-key", "value_1"))}
    data |= {"question-2-label": "Do we greet?", "question-2-label_1": "Yes", "question-2-said_1": "We greet."}
    data |= {"question-2-label_2": "No", "question-2-said_2": "We do not greet.", "sign_said": "The sign is {answer}."}
    assert as_rosa.post(address(), data).status_code == 302
    first, second = kept()["questions"]
    assert first["label"] == "And then?" and [one["value"] for one in first["choices"]] == [
        "step_aside",
        "stop",
        "own_1",
    ]
    assert (second["key"], [one["value"] for one in second["choices"]]) == ("own_1", ["own_1", "own_2"])
    assert kept()["sign"]["help"] == FILE.body["plan"]["sign"]["help"]
    preview = as_rosa.get(address("preview_text")).content.decode()
    assert "Do we greet?" in preview and "Sit down" in preview and "Carry on" not in preview
    assert publish(as_rosa).status_code == 302
    shown = consent.ask(mrs_lee, consent_texts.current()[0], by=anna).shown["plan"]
    assert shown["questions"][0]["choices"][2]["said"].startswith("We sit down with") and "{answer}" in str(shown)


def test_a_plan_without_any_words_is_none(as_rosa):
    data = opened(as_rosa)
    data |= {name: "" for name in data if name.startswith(("sign_", "plan_")) or "-label" in name or "-said" in name}
    assert as_rosa.post(address(), data).status_code == 302
    assert kept() is None and publish(as_rosa).status_code == 302
    assert "plan" not in ConsentText.objects.get().body
    assert as_rosa.post(address(), opened(as_rosa) | {"plan_title": "Meeting"}).status_code == 302
    answer = publish(as_rosa, renews="no")
    assert answer.status_code == 422 and "asks nothing" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"plan_title": " "}, "The plan for meeting somebody has no heading."),
        ({"question-0-label": "\u200b"}, "A question for meeting somebody has no words."),
        ({"question-0-said_2": ""}, "“What should we do?” needs two different answers or more"),
        ({"question-0-label_2": "."}, "“What should we do?” needs two different answers or more"),
        ({"question-0-label_2": "Carry on; I nod if I want to"}, "“What should we do?” needs two different"),
        ({f"question-1-{what}_{n}": "" for what in ("label", "said") for n in (1, 2)}, "if someone asks?” needs two"),
        ({"sign_help": ""}, "The sign is not whole"),
        ({"sign_said": "Our sign."}, "The sign is not whole"),
        ({"question-0-label": "Will {doctor} wave?"}, "“{doctor}” stands in braces"),
    ],
)
def test_a_plan_that_is_not_whole_is_kept_and_not_published(as_rosa, change, reason):
    assert as_rosa.post(address(), opened(as_rosa) | change).status_code == 302
    assert as_rosa.get(address()).status_code == 200 and as_rosa.get(address("preview_text")).status_code == 200
    answer = publish(as_rosa)
    assert answer.status_code == 422 and reason in answer.content.decode()
    assert not ConsentText.objects.exists()


def test_what_is_too_long_or_forged_in_a_plan_is_refused_or_given_another_key(as_rosa):
    answer = as_rosa.post(address(), opened(as_rosa) | {"question-0-label_1": "x" * 161})
    assert answer.status_code == 422 and "x" * 161 in answer.content.decode() and not ConsentDraft.objects.exists()
    assert as_rosa.post(address(), opened(as_rosa) | {"question-TOTAL_FORMS": "x"}).status_code == 422
    data = opened(as_rosa) | {"question-0-key": "sign", "question-1-value_2": "friend", "question-1-value_3": "made_up"}
    assert as_rosa.post(address(), data).status_code == 302
    first, second = kept()["questions"]
    assert first["key"] == "own_1" and [one["value"] for one in second["choices"]] == ["friend", "own_1", "own_2"]
    assert len({one["value"] for one in first["choices"]}) == 3


def test_a_file_with_more_answers_than_the_editor_holds_is_refused(tmp_path):
    choice = '  { value = "%s", label = "Carry %s", said = "On." },\n'
    old = (consent_files.FOLDER / "outdoors.en.toml").read_text()
    more = "".join(choice % (f"v{n}", n) for n in range(consent_files.MOST_ANSWERS))
    path = tmp_path / "outdoors.en.toml"
    path.write_text(old.replace("choices = [\n", f"choices = [\n{more}", 1))
    with pytest.raises(consent_files.BrokenText, match='"what" has more than 6 answers'):
        consent_files.read(path)


def test_a_plan_is_kept_whatever_else_is_changed(as_rosa):
    assert as_rosa.post(address(), opened(as_rosa) | {"title": "Another"}).status_code == 302
    assert kept() == FILE.body["plan"] and consent_drafts.find("outdoors", "en").draft.body["plan"] == kept()
