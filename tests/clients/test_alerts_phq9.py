"""The PHQ-9 by link: who reads it and by when, help right after its ninth question, a call before it is handed in."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import baseline, calling, intake, worry
from clients.models import Alert, Screening
from practice.domain import post
from practice.models import CoverPerson, Letter

pytestmark = pytest.mark.django_db
EIGHT = ("interest", "low", "sleep", "tired", "appetite", "failure", "concentrating", "moving")
CALM = dict.fromkeys(EIGHT, "0")
SAYS = "Thank you for saying it, Mrs Lee"


@pytest.fixture
def asked(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    return intake.send(mrs_lee, by=anna, reader=anna, kind="phq9")


@pytest.fixture
def token(asked, anna):
    return intake.link_for(asked, by=anna)


@pytest.fixture
def phone(practice):
    return Browser()


def part(token, number=1):
    return reverse("intake_part", args=[token, number])


def help_page(token, number=1):
    return reverse("intake_help", args=[token, number])


def send(phone, token, nine, way="on", **changes):
    return phone.post(part(token), CALM | {"better_off_dead": nine, "way": way} | changes)


def keep(phone, token, nine):
    body = {"item": "better_off_dead", "better_off_dead": nine, "was.better_off_dead": ""}
    return phone.post(reverse("intake_keep", args=[token, 1]), body)


def test_it_opens_with_who_reads_it_and_by_when(phone, token, asked):
    for address in (reverse("intake", args=[token]), part(token)):
        page = phone.get(address).content.decode()
        assert "Anna Reiter reads this by" in page and "17:00" in page and "not watched in between" in page


def test_with_nobody_on_the_cover_list_it_is_not_sent(mrs_lee, anna):
    with pytest.raises(intake.CannotSend, match="Nobody is named on the cover list"):
        intake.send(mrs_lee, by=anna, reader=anna, kind="phq9")
    assert not Screening.objects.exists() and not Letter.objects.exists()


@pytest.mark.parametrize("nine", ["1", "2", "3"])
def test_the_ninth_question_calls_before_it_is_handed_in(phone, token, asked, anna, ben, nine):
    assert keep(phone, token, nine).status_code == 200
    calling.sweep()
    alert = Alert.objects.get()
    assert (alert.moment, alert.told) == ("begun", [ben.pk])
    letters = Letter.objects.exclude(kind="intake_invitation")
    assert {letter.kind: letter.to for letter in letters} == {
        "answers_came_in": anna.email,
        "please_make_sure": ben.email,
    }
    for letter in letters:
        words = post.kinds[letter.kind].render(letter)
        text = words.subject + re.sub(r"https?://\S+", "", words.text)
        assert not [word for word in ("Lee", "PHQ", "dead", "nine") if word in text]
    assert intake.may_be_read(Screening.objects.get(pk=asked.pk)), "the reader opens it before it is handed in"


def test_a_nought_calls_nobody(phone, token):
    assert send(phone, token, "0")["Location"] == part(token, 2)
    assert calling.sweep() == 0
    assert not Alert.objects.exists()


@pytest.mark.parametrize(("country", "number"), [("GB", "116 123"), ("IE", "116 123"), ("US", "988")])
def test_right_after_it_stands_help_and_the_way_on(phone, token, practice, country, number):
    practice.country = country
    practice.save(update_fields=["country"])
    answer = send(phone, token, "1")
    assert answer["Location"] == help_page(token)
    page = phone.get(help_page(token)).content.decode()
    assert SAYS in page and number in page.split('<section class="crisis-now"')[1].split("</section>")[0]
    assert f'href="{part(token, 2)}"' in page and "Anna was written to just now" in page


def test_who_stops_there_is_helped_as_well(phone, token):
    answer = send(phone, token, "2", way="stop")
    page = phone.get(answer["Location"]).content.decode()
    assert SAYS in page and "What you answered is kept" in page


def test_kept_by_itself_the_next_page_still_leads_there(phone, token):
    keep(phone, token, "1")
    assert send(phone, token, "1")["Location"] == help_page(token)


def test_beside_the_question_it_shows_with_the_answer(phone, token):
    page = phone.get(part(token)).content.decode()
    assert page.count('class="help-after"') == 1
    answer = phone.post(part(token), {"better_off_dead": "3", "way": "on"})
    assert answer.status_code == 422 and 'class="help-after shown"' in answer.content.decode()
    assert 'class="help-after shown"' in phone.get(part(token)).content.decode()


def test_it_is_there_for_nobody_else(phone, token, asked):
    assert phone.get(help_page(token))["Location"] == reverse("intake", args=[token])
    assert phone.get(help_page(token, 2)).status_code == 302
    assert phone.get(help_page(token, 9)).status_code == 404
    assert phone.get(help_page("A" * 43)).status_code == 410
    send(phone, token, "1")
    phone.post(part(token, 2), {"way": "on", "difficulty": "0"})
    asked.refresh_from_db()
    assert asked.submitted_at and phone.get(help_page(token))["Location"] == reverse("intake", args=[token])


def test_together_somebody_is_there(mrs_lee, anna, as_anna):
    made = intake.together(mrs_lee, manner="room", by=anna, kind="phq9")
    where = reverse("clients:together_part", args=[mrs_lee.pk, made.pk, 1])
    assert "help-after" not in as_anna.get(where).content.decode()
    answer = as_anna.post(where, CALM | {"better_off_dead": "3", "way": "on"})
    assert "help" not in answer["Location"] and not Alert.objects.exists()


def test_what_is_known_calls_nobody_and_helps_the_client_all_the_same(phone, token, mrs_lee, anna):
    known = worry.Known(item9=1)
    later = timezone.localdate() + timedelta(days=30)
    baseline.write(mrs_lee, words="passive thoughts", known=known, review_by=later, by=anna)
    assert send(phone, token, "1")["Location"] == help_page(token)
    assert not Alert.objects.exists()
    page = phone.get(help_page(token)).content.decode()
    assert SAYS in page and "was written to" not in page, "what did not happen is not said"
    send(phone, token, "2")
    calling.sweep()
    assert Alert.objects.get().moment == "begun"


def test_something_new_beside_what_is_known_calls(mrs_lee, anna, ben, phone):
    CoverPerson.objects.create(user=ben, position=1)
    later = timezone.localdate() + timedelta(days=30)
    baseline.write(mrs_lee, words="cut in spring", known=worry.Known(hurt="yes"), review_by=later, by=anna)
    sent = intake.send(mrs_lee, by=anna, reader=anna)
    intake.save(sent, intake.steps()[-1], {"hurt": "yes"})
    calling.sweep()
    assert not Alert.objects.exists()
    heart = next(step for step in intake.steps() if "chest_pain" in step.keys)
    intake.save(sent, heart, {"chest_pain": "yes", "chest_pain.new": "yes"})
    calling.sweep()
    assert Alert.objects.get().moment == "begun"


def test_left_half_way_asks_for_a_ring_and_is_no_refusal(phone, token, asked):
    send(phone, token, "0", way="stop")
    later = timezone.now() + timedelta(days=2, minutes=1)
    assert Screening.objects.abandoned(now=later).get() == asked
    asked.refresh_from_db()
    assert asked.status == "started" and "refused" not in str(asked.answers)


def test_the_client_sees_no_score_and_no_rule(phone, token):
    send(phone, token, "3")
    pages = [help_page(token), part(token), part(token, 2), reverse("intake", args=[token])]
    text = " ".join(re.sub(r"<[^>]*>", " ", phone.get(address).content.decode().split("<body")[1]) for address in pages)
    assert not [word for word in ("severe", "moderate", "score", "S2", "risk", "alert") if word in text]
