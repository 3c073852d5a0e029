"""The difference of two texts, in words; and what a version can never hold."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.domain import consent_changes, consent_checklist, consent_drafts, consent_files, consent_texts
from clients.domain.consent_changes import Kind
from clients.models import ConsentText
from practice.models import OUTDOOR, Mode, Scope

FILE = next(one for one in consent_files.shipped() if (one.key, one.language) == ("outdoors", "en"))
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
PARTS = st.lists(
    st.sampled_from(["{therapist}", "{client}", "{{client}}", "{", "}", "{answer}", "{x}", "{}", "words ", "é🌿 "])
)


def other(**changes):
    body = FILE.body | {name: value for name, value in changes.items() if name not in ("title", "modes")}
    return consent_files.Draft(
        FILE.key, FILE.language, changes.get("title", FILE.title), changes.get("modes", FILE.modes), body
    )


def clauses(*keys, **words):
    named = {clause["key"]: clause for clause in FILE.body["clauses"]}
    return [named[key] | ({"words": words[key]} if key in words else {}) for key in keys]


def test_every_mode_is_a_scope_of_the_same_name():
    assert {mode.value: mode.label for mode in Mode}.items() <= {one.value: one.label for one in Scope}.items()
    assert set(Scope.values) - set(Mode.values) == {"group", "e_delivery", "data"}


def test_a_text_about_nothing_but_going_out_needs_what_the_checklist_for_it_says():
    for mode in OUTDOOR:
        keys = {point.key for point in consent_checklist.needed([mode])}
        assert {"not_workout", "weather", "encounter_client", "physical_risk", "esign"} <= keys and len(keys) == 25
    needed = {point.key for point in consent_checklist.needed(["walk", "group"], minors=True)}
    assert needed - {point.key for point in consent_checklist.needed(["walk"])} == {"group", "minors"}
    data = {point.key for point in consent_checklist.needed(["data"])}
    assert {"rights", "retention", "breach", "automated"} <= data and "weather" not in data


def test_each_thing_a_text_can_be_about_has_a_list():
    for scope in Scope:
        assert {"nature", "voluntary", "esign", "expiry"} <= {one.key for one in consent_checklist.needed([scope])}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('needed = ["flying"]', '"flying"'),
        ("[[clauses]]", "missing key"),
        ("needed = [", "not valid TOML"),
        ('needed = ["walk"]\n[[clauses]]\nkey = "a"\nname = "A"\nsays = "A."', "twice"),
    ],
)
def test_a_broken_checklist_is_refused_with_file_and_reason(tmp_path, monkeypatch, line, reason):
    path = tmp_path / "checklist.toml"
    path.write_text(f'[[clauses]]\nkey = "a"\nname = "A"\nsays = "A."\n{line}\n')
    monkeypatch.setattr(consent_checklist, "FILE", path)
    with pytest.raises(consent_checklist.BrokenChecklist, match=rf"checklist\.toml.*{reason}"):
        consent_checklist.points.__wrapped__()


def test_the_same_text_has_no_changes():
    assert consent_changes.between(FILE, other()) == []
    kept = json.loads(json.dumps(FILE.body, sort_keys=True))  # the database keeps names in an order of its own
    assert consent_changes.between(FILE, other(**kept)) == []


def test_one_word_is_shown_as_one_word():
    [change] = consent_changes.between(FILE, other(not_covered="Not flying."))
    [part] = change.parts
    said = [(piece.kind, piece.words) for piece in part.pieces if piece.kind != Kind.SAME]
    assert said == [(Kind.REMOVED, "running."), (Kind.ADDED, "flying.")] and change.kind == Kind.CHANGED


def test_the_heading_of_a_clause_is_told_apart_from_its_words():
    nature, fees = clauses("nature", "fees")
    before = other(clauses=[nature, fees])

    def changed(**what):
        [change] = consent_changes.between(before, other(clauses=[nature | what, fees]))
        return [(part.name, [piece.words for piece in part.pieces if piece.kind != Kind.SAME]) for part in change.parts]

    assert changed(heading="What it was") == [("Heading", ["is", "was"])]
    assert changed(words=nature["words"] + " So.") == [("Words", ["So."])]
    assert changed(heading="What it was", initials=True) == [("Heading", ["is", "was"]), ("Initials", ["asked for"])]
    both = changed(heading="", words="What it is")
    assert [name for name, _words in both] == ["Heading", "Words"]


def test_each_question_for_meeting_somebody_is_a_passage():
    plan = json.loads(json.dumps(FILE.body["plan"]))
    plan["questions"][0]["choices"][0]["said"] = "We carry on."
    plan["sign"]["help"] = "A word."
    found = consent_changes.between(FILE, other(plan=plan))
    assert [(one.name, [part.name for part in one.parts]) for one in found] == [
        ("What should we do?", ["Answers"]),
        ("The sign", ["Help"]),
    ]


def test_clauses_come_go_and_move():
    before, after = other(clauses=clauses("nature", "fees", "data")), other(clauses=clauses("data", "nature", "esign"))
    kinds = [(one.kind, one.name) for one in consent_changes.between(before, after)]
    assert kinds == [
        (Kind.ADDED, "Signing, and how long it lasts"),
        (Kind.REMOVED, "Money and insurance"),
        (Kind.CHANGED, "The order of the clauses"),
    ]


@given(WORDS, WORDS)
def test_the_pieces_hold_both_texts_whole(was, now):
    pieces = list(consent_changes.pieces(was, now))
    old = " ".join(piece.words for piece in pieces if piece.kind != Kind.ADDED)
    new = " ".join(piece.words for piece in pieces if piece.kind != Kind.REMOVED)
    assert (old.split(), new.split()) == (was.split(), now.split())


@given(PARTS)
def test_what_passes_never_holds_a_brace_once_it_is_resolved(parts):
    draft = other(clauses=clauses("nature", "fees", nature="".join(parts)))
    text = ConsentText(key="outdoors", language="en", version=1, title=draft.title, modes=list(draft.modes))
    text.body = dict(draft.body)
    known = dict.fromkeys(consent_files.NAMES, "Somebody")
    if consent_files.unknown_names(draft):
        return
    shown = consent_texts.resolve(text, known)
    words = json.dumps([clause["words"] for clause in shown["clauses"]], ensure_ascii=False)
    assert not re.search(r"[{}]", words)


@pytest.mark.parametrize(
    "words", ["{doctor}", "{{client}}", "{ client }", "{client", "client}", "{}", "{Client}", "{answer}"]
)
def test_a_loose_brace_is_found_in_any_part(words):
    for draft in (
        other(title=words), other(covers=words), other(sentences=[words]),
        other(clauses=clauses("nature", nature=words)),
        other(disclosure=FILE.body["disclosure"] | {"points": [words]}),
        other(signing=FILE.body["signing"] | {"act": words}),
    ):  # fmt: skip
        assert consent_files.unknown_names(draft)
    assert consent_files.unknown_names(FILE) == []
    assert consent_files.unknown_names(other(title="{{client}} and {x}")) == ["{{client}}", "{x}"]


def test_the_fingerprint_is_of_the_words_alone():
    again = json.loads(json.dumps(FILE.body))
    turned = dict(reversed(again.items()))
    assert consent_files.Draft(FILE.key, "en", FILE.title, FILE.modes, turned).sha256 == FILE.sha256
    assert other(covers="another").sha256 != FILE.sha256
    assert other(minors=False).sha256 != FILE.sha256 and FILE.body["minors"]


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(WORDS)
def test_any_words_are_kept_as_they_are(rosa, words):
    sheet = consent_drafts.find("data", "en")
    draft = consent_files.Draft("data", "en", "T", ("data",), sheet.draft.body | {"covers": words})
    consent_drafts.save(draft, stamp=sheet.stamp, by=rosa)
    assert consent_drafts.find("data", "en").draft == draft
