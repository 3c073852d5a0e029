"""The instruments as data: whole as shipped, and refused with a sentence when they are not."""

import re

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from clients.domain import instruments, screening
from clients.domain.instruments import FOLDER, BrokenInstrument, read, said, shipped
from clients.domain.screening import INTAKE

ASQ_VERBATIM = [
    # NIMH ASQ Toolkit, Screening Tool; the wording must not be changed.
    "In the past few weeks, have you wished you were dead?",
    "In the past few weeks, have you felt that you or your family would be better off if you were dead?",
    "In the past week, have you been having thoughts about killing yourself?",
    "Have you ever tried to kill yourself?",
    "Are you having thoughts of killing yourself right now?",
]


def test_the_suicide_questions_are_word_for_word():
    assert [item.text["en"] for item in shipped()["asq"].items] == ASQ_VERBATIM


def test_the_suicide_questions_are_never_self_completed():
    assert not shipped()["asq"].self_completed
    assert "asq" not in INTAKE
    assert all(shipped()[key].self_completed for key in INTAKE)


def test_every_instrument_says_where_it_comes_from():
    for instrument in shipped().values():
        assert instrument.licence and instrument.source and instrument.version


@pytest.mark.parametrize("word", ["weight", "bmi", "calorie", "pregnan", "period", "libido", "alcohol", "drug"])
def test_no_question_asks_what_we_do_not_keep(word):
    for instrument in shipped().values():
        for item in instrument.every_item():
            assert item.live or word not in item.text["en"].lower(), item.key


def test_our_own_screens_say_that_they_are_ours():
    for key in INTAKE:
        assert "Ours" in shipped()[key].licence and "not a validated measure" in shipped()[key].licence.lower()


BREAKS = [
    ('scale = "answer"\nshort.en = "A suicide attempt, ever"', 'scale = "answers"\nshort.en = "x"', "answer scale"),
    ('key = "tried"', 'key = "now"', '"now" is there twice'),
    ('title.en = "Ask Suicide', 'title.de = "Ask Suicide', 'no "title" in en'),
    ('items = ["now"]', 'items = ["later"]', '"later", which is not an item'),
    ('answers = ["no"]', 'answers = ["nope"]', '"nope"'),
    ("at_least = 4", "at_least = 9", "more answers than it has items"),
    ('licence = "Public', '# licence = "Public', "missing licence"),
    ('key = "asq"', 'key = "asq', "line"),
    ('key = "asq"', 'key = "acq"', "differs from the file name"),
    ('{ value = "yes", text.en = "Yes" },', "", '"yes"'),
    ('key = "asked"', "# no key", "missing key"),
]


@pytest.mark.parametrize(("old", "new", "reason"), BREAKS)
def test_a_broken_file_is_refused_with_file_and_reason(tmp_path, old, new, reason):
    text = (FOLDER / "asq.toml").read_text()
    assert old in text
    (tmp_path / "asq.toml").write_text(text.replace(old, new))
    with pytest.raises(BrokenInstrument) as refused:
        read(tmp_path / "asq.toml")
    assert re.match(r"asq\.toml(, line \d+: | is not valid TOML: .*\(at line \d+)", str(refused.value))
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('items = ["now"]\nanswers', 'items = ["later"]\nanswers', 'key = "acute_positive"'),
        ('short.en = "A suicide attempt, ever"', "", 'key = "tried"'),
        ('scale = "answer"\nshort.en = "A suicide', 'scale = "answers"\nshort.en = "A suicide', 'key = "tried"'),
    ],
)
def test_the_line_is_where_the_fault_is(tmp_path, old, new, line):
    text = (FOLDER / "asq.toml").read_text()
    assert old in text
    text = text.replace(old, new)
    (tmp_path / "asq.toml").write_text(text)
    number = next(number for number, one in enumerate(text.splitlines(), start=1) if line in one)
    with pytest.raises(BrokenInstrument, match=rf"asq\.toml, line {number}: "):
        read(tmp_path / "asq.toml")


def test_the_product_does_not_start_with_a_broken_file(tmp_path, monkeypatch):
    (tmp_path / "asq.toml").write_text('key = "asq')
    monkeypatch.setattr(instruments, "FOLDER", tmp_path)
    instruments.shipped.cache_clear()
    try:
        with pytest.raises(ImproperlyConfigured, match=r"asq\.toml is not valid TOML"):
            apps.get_app_config("clients").ready()
    finally:
        instruments.shipped.cache_clear()


def test_a_new_instrument_is_a_new_file(tmp_path):
    text = (FOLDER / "harder_days.toml").read_text().replace('key = "harder_days"', 'key = "softer_days"')
    (tmp_path / "softer_days.toml").write_text(text.replace('languages = ["en"]', 'languages = ["en"]'))
    assert read(tmp_path / "softer_days.toml").find("hurt").promise


NEW = """
key = "steps"
version = "1"
languages = ["en", "de"]
status = "bundled"
licence = "CC0 1.0. Ours."
source = "Own wording."
self_completed = true
recall = { en = "Today.", de = "Heute." }
title = { en = "Steps", de = "Schritte" }
words = { en = "Three.", de = "Drei." }
[scales.much]
from = 0
to = 2
[[parts]]
key = "one"
title = { en = "Steps", de = "Schritte" }
[[parts.items]]
key = "first"
scale = "much"
short = { en = "First", de = "Erster" }
text = { en = "The first", de = "Der erste" }
[[parts.items]]
key = "second"
scale = "much"
short = { en = "Second", de = "Zweiter" }
text = { en = "The second", de = "Der zweite" }
opened_by = { items = ["first"], answers = ["1", "2"], at_least = 1 }
[scoring]
reverse = ["second"]
[[scoring.sums]]
key = "total"
items = ["first", "second"]
times = 3
[[scoring.sums.bands]]
from = 0
key = "few"
text = { en = "few", de = "wenige" }
[[scoring.sums.bands]]
from = 6
key = "many"
text = { en = "many", de = "viele" }
"""


def test_a_new_instrument_with_a_second_language_needs_no_code(tmp_path):
    (tmp_path / "steps.toml").write_text(NEW)
    made = read(tmp_path / "steps.toml")
    assert said(made.find("second").text, "de") == "Der zweite"
    assert screening.missing(made, {"first": "0"}) == ()
    assert screening.missing(made, {"first": "1"}) == ("second",)
    scored = screening.score(made, {"first": "2", "second": "1"})
    assert (scored.total, scored.bands["total"]) == (9, "many")
    with pytest.raises(screening.BadAnswer):
        screening.clean(made, {"first": "3"})


def test_a_language_that_is_not_whole_is_refused(tmp_path):
    (tmp_path / "steps.toml").write_text(NEW.replace(', de = "Der zweite"', ""))
    with pytest.raises(BrokenInstrument, match='the item "second" has no "text" in de'):
        read(tmp_path / "steps.toml")


def test_what_is_asked_live_is_never_kept():
    picture = shipped()["picture"]
    live = {item.key: "yes" for item in picture.items if item.live}
    assert live and screening.clean(picture, live | {"panic": "yes"}) == {"panic": "yes"}
