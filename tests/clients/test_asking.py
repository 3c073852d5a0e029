"""What a client answers for herself, whichever instrument it is: its pages, its language, its link, its promise."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.domain import asking, instruments, intake
from clients.models import Screening
from practice.domain import links, post
from practice.models import CoverPerson, Letter

DAY = """
key = "{key}"
version = "1"
languages = ["en", "cy"]
status = "bundled"
licence = "Ours."
source = "Own wording."
self_completed = {alone}
recall.en = "Today."
recall.cy = "Heddiw."
title.en = "Before today's walk"
title.cy = "Cyn y daith heddiw"
words.en = "Three short questions."
words.cy = "Tri chwestiwn byr."

[scales.yes_no]
choices = [
  {{ value = "no", text.en = "No", text.cy = "Nac oes" }},
  {{ value = "yes", text.en = "Yes", text.cy = "Oes" }},
]
[scales.line]
kind = "text"

[[parts]]
key = "today"
title.en = "Today"
title.cy = "Heddiw"
[[parts.items]]
key = "new"
scale = "yes_no"
promise = true
text.en = "Is anything new in body, medicine or sleep?"
text.cy = "Oes unrhyw beth newydd?"
short.en = "New"
short.cy = "Newydd"

[[parts]]
key = "need"
title.en = "Anything you need"
title.cy = "Unrhyw beth sydd ei angen"
[[parts.items]]
key = "need"
scale = "line"
needed = false
text.en = "Is there anything you need?"
text.cy = "Oes angen unrhyw beth arnoch?"
short.en = "Needs"
short.cy = "Angen"
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(tmp_path, monkeypatch):
    """Two more files in the folder: one to answer alone, in two languages, and one that a person asks."""
    for path in instruments.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "before_today.toml").write_text(DAY.format(key="before_today", alone="true"))
    (tmp_path / "in_person.toml").write_text(DAY.format(key="in_person", alone="false"))
    monkeypatch.setattr(instruments, "FOLDER", tmp_path)
    instruments.shipped.cache_clear()
    yield
    monkeypatch.undo()
    instruments.shipped.cache_clear()


@pytest.fixture
def cover(mrs_lee, ben):
    return CoverPerson.objects.create(user=ben, position=1)


@pytest.fixture
def asked(mrs_lee, anna, cover):
    return intake.send(mrs_lee, by=anna, reader=anna, kind="before_today")


@pytest.fixture
def token(asked, anna):
    return intake.link_for(asked, by=anna)


def page(token, number):
    return reverse("intake_part", args=[token, number])


def test_one_instrument_is_answered_by_link_from_promise_to_thanks(token, asked, practice):
    phone = Browser()
    first = phone.get(reverse("intake", args=[token])).content.decode()
    assert "Before today&#x27;s walk" in first and "in 2 short parts" in first
    assert "Honest answers do not cancel a walk" in first and "Pregnancy" not in first
    text = phone.get(page(token, 1)).content.decode()
    assert "Part 1 of 2" in text and "Samaritans" in text
    assert "Your answer does not cancel the walk. Anna will talk with you about it." in text
    keep = reverse("intake_keep", args=[token, 1])
    assert phone.post(keep, {"item": "new", "new": "yes", "was.new": ""}).status_code == 200
    assert phone.post(page(token, 1), {"new": "yes", "way": "on"}).url == page(token, 2)
    assert phone.post(page(token, 2), {"need": "a bench", "way": "on"}).url == reverse("intake", args=[token])
    thanks = phone.get(reverse("intake", args=[token])).content.decode()
    assert "Thank you, Mrs Lee" in thanks and "Nothing you answered cancels a meeting." in thanks
    asked.refresh_from_db()
    assert asked.answers == {"before_today": {"new": "yes", "need": "a bench"}}
    assert asked.versions == {"before_today": "1"} and asked.status == Screening.Status.SUBMITTED
    assert Letter.objects.filter(kind="answers_came_in", about=asked.pk).count() == 1


def test_its_letter_says_neither_what_is_asked_nor_that_it_comes_before_a_meeting(asked):
    letter = Letter.objects.get(kind="intake_invitation", about=asked.pk)
    words = post.kinds[letter.kind].render(letter)
    assert words.subject == "A few questions for you"
    for body in (words.subject, words.text, words.html):
        assert "Today" not in body and "walk" not in body and "before you meet" not in body
    assert "Anna asks you a few short questions." in words.text and "/i/" in words.text


def test_it_does_not_stand_in_the_way_of_an_open_intake(asked, mrs_lee, anna):
    other = intake.send(mrs_lee, by=anna, reader=anna)
    assert other.pk != asked.pk and other.kind == "intake"
    assert intake.send(mrs_lee, by=anna, reader=anna, kind="before_today").pk == asked.pk


def test_filled_in_together_it_has_the_same_pages(as_anna, mrs_lee, anna):
    made = intake.together(mrs_lee, manner="room", by=anna, kind="before_today")
    address = reverse("clients:together_part", args=[mrs_lee.pk, made.pk, 1])
    assert "Together with Mary Lee" in as_anna.get(address).content.decode()
    assert as_anna.post(address, {"new": "no", "way": "on"}).status_code == 302


@pytest.mark.parametrize("kind", ["asq", "in_person", "unheard_of"])
def test_what_a_person_asks_has_no_link_and_no_page(mrs_lee, anna, as_anna, cover, kind):
    with pytest.raises(asking.NotByLink):
        intake.send(mrs_lee, by=anna, reader=anna, kind=kind)
    made = Screening.objects.create(client=mrs_lee, kind=kind, asked_by=anna)
    with pytest.raises(asking.NotByLink):
        intake.link_for(made, by=anna)
    token = links.make(intake.KIND, subject=made.pk, lasts=intake.LASTS, by=anna)
    for address in (reverse("intake", args=[token]), page(token, 1), reverse("intake_keep", args=[token, 1])):
        assert Browser().get(address).status_code in (404, 405)
        assert Browser().post(address, {"item": "new", "new": "yes"}).status_code in (404, 405)
    assert as_anna.get(reverse("clients:together", args=[mrs_lee.pk, made.pk])).status_code == 404


# --- the language ---


def in_welsh(person):
    person.language = "cy"
    person.save(update_fields=["language"])
    return person


def test_it_is_asked_in_her_language_and_that_is_stored(mrs_lee, anna, cover):
    asked = intake.send(in_welsh(mrs_lee), by=anna, reader=anna, kind="before_today")
    assert asked.language == "cy"
    text = Browser().get(page(intake.link_for(asked, by=anna), 1)).content.decode()
    assert '<legend lang="cy">Oes unrhyw beth newydd?</legend>' in text
    assert '<span lang="cy">Nac oes</span>' in text and "<span>Leave this one out</span>" in text
    assert '<html lang="en-gb"' in text, "the words of the page around them are English, and marked so"


def test_where_the_product_speaks_it_the_whole_page_does(mrs_lee, anna, cover, settings):
    settings.LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
    asked = intake.send(in_welsh(mrs_lee), by=anna, reader=anna, kind="before_today")
    browser = Browser()
    text = browser.get(page(intake.link_for(asked, by=anna), 1)).content.decode()
    assert '<html lang="cy"' in text and "<legend>Oes unrhyw beth newydd?</legend>" in text
    assert '<html lang="en-gb"' in browser.get("/account/login/").content.decode()


def test_an_instrument_that_lacks_her_language_is_asked_in_english_and_that_is_stored(mrs_lee, anna, cover):
    asked = intake.send(in_welsh(mrs_lee), by=anna, reader=anna)
    assert asked.language == "en"
    text = Browser().get(page(intake.link_for(asked, by=anna), 1)).content.decode()
    assert "Where could you imagine meeting?" in text and 'lang="cy"' not in text


def test_the_language_stored_is_the_one_shown_when_the_answer_came(mrs_lee, anna, cover):
    asked = intake.send(in_welsh(mrs_lee), by=anna, reader=anna, kind="before_today")
    path = instruments.FOLDER / "before_today.toml"
    path.write_text(re.sub(r', "cy"|^\w+\.cy = .*$', "", path.read_text(), flags=re.M))
    instruments.shipped.cache_clear()
    token = intake.link_for(asked, by=anna)
    assert "Is anything new" in Browser().get(page(token, 1)).content.decode()
    Browser().post(page(token, 1), {"new": "no", "way": "stop"})
    asked.refresh_from_db()
    assert asked.language == "en"


# --- sums ---


def test_where_to_go_on():
    step = asking.steps()[1]
    first = asking.steps()[0]
    assert asking.first_open("intake", {}) == asking.Place(1)
    answers = {first.instrument.key: {"active": "left_out", "chest_pain": "yes"}}
    assert asking.first_open("intake", answers) == asking.Place(step.number, "chest_pain.new")


def test_the_first_page_says_what_is_never_asked_in_a_form(mrs_lee, anna, cover):
    token = intake.link_for(intake.send(mrs_lee, by=anna, reader=anna), by=anna)
    text = Browser().get(reverse("intake", args=[token])).content.decode()
    assert "Pregnancy, periods, alcohol and drugs are not asked here." in text
