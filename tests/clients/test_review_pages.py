"""The page with one question behind the mailed link, and the therapist's page about it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.domain import asq, decision, review, running_out
from clients.models import Decision, Review
from practice.domain import links
from practice.models import AuditEntry, Letter
from tests import factories
from tests.clients.test_review import ACUTE, decided

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(mrs_lee, anna):
    decided(mrs_lee, anna)
    running_out.look()
    return Review.objects.get()


def link(one):
    return reverse("review", args=[links.make(review.PURPOSE, subject=one.pk, lasts=timedelta(days=9), by=None)])


def again(one):
    one.refresh_from_db()
    return one.status


# --- the client's page ---


def test_looking_answers_nothing(client, asked):
    where = link(asked)
    for _ in range(2):
        page = client.get(where).content.decode()
    assert again(asked) == "asked"
    for words in ("Has anything changed?", "body, medicine, sleep or mood", "Anna Reiter reads your answer",
                  "Neither answer cancels a walk", "116 123", "I will tell Anna"):  # fmt: skip
        assert words in page
    for words in ("decision", "runs out", "risk", "rule", "agreed"):
        assert words not in page.split("<main")[1]


@pytest.mark.parametrize(
    ("said", "words"), [("nothing_changed", "nothing more to do"), ("something_changed", "tell Anna when you meet")]
)
def test_one_tap_answers(client, asked, said, words):
    where = link(asked)
    answer = client.post(where, {"said": said})
    assert (answer.status_code, answer.url) == (302, where)
    assert again(asked) == said
    assert words in client.get(where).content.decode()
    client.post(where, {"said": said})
    assert Letter.objects.filter(kind=review.CHANGED).count() == (said == "something_changed")


def test_what_comes_to_mind_after_all_may_still_be_said(client, asked):
    where = link(asked)
    client.post(where, {"said": "nothing_changed"})
    assert "come to mind after all" in client.get(where).content.decode()
    client.post(where, {"said": "something_changed"})
    assert again(asked) == "something_changed"


@pytest.mark.parametrize("said", ["", "confirmed", "lapsed", "asked", "x" * 60000])
def test_anything_else_comes_back_with_the_question(client, asked, said):
    answer = client.post(link(asked), {"said": said})
    assert answer.status_code == 422
    assert "Please choose one of the two answers" in answer.content.decode()
    assert again(asked) == "asked"


def test_a_question_that_was_overtaken_has_ended(client, asked, mrs_lee, anna):
    where = link(asked)
    factories.decision(mrs_lee, anna)
    assert client.get(where).status_code == 410
    assert client.post(where, {"said": "nothing_changed"}).status_code == 410
    assert again(asked) == "asked"


def test_who_answered_may_say_so_even_after_it_was_confirmed(client, asked, mrs_lee, anna):
    where = link(asked)
    client.post(where, {"said": "nothing_changed"})
    made = review.confirm(mrs_lee, by=anna)
    assert "come to mind after all" in client.get(where).content.decode()
    for _ in range(2):
        client.post(where, {"said": "something_changed"})
    assert again(asked) == "confirmed"
    assert Review.objects.get(status="something_changed").decision == made
    assert "tell Anna when you meet" in client.get(where).content.decode()
    assert Letter.objects.filter(kind=review.CHANGED).count() == 1
    assert decision.permits(mrs_lee, "walk", made.look_again_on).ground == decision.Ground.NEW


# --- the therapist's page ---


def page_of(person):
    return reverse("clients:review", args=[person.pk])


def test_the_answer_is_confirmed_with_one_tap_from_the_clients_page(asked, mrs_lee, as_anna):
    review.say(asked, "nothing_changed")
    page = as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()
    assert "Mrs Lee answered that nothing has changed" in page
    assert f'action="{page_of(mrs_lee)}"' in page
    assert f'name="read" value="{asked.decision_id}"' in page
    for _press in range(2):
        sent = {"said": "nothing_changed", "read": str(asked.decision_id)}
        assert as_anna.post(page_of(mrs_lee), sent).status_code == 302
    assert Decision.objects.count() == 2
    made = Decision.objects.first()
    page = as_anna.get(reverse("clients:decision", args=[mrs_lee.pk, made.pk])).content.decode()
    assert "Everything looked at" in page and "Booked after it" in page


def test_what_was_said_in_the_room_is_written_down_with_words(asked, mrs_lee, as_anna, anna):
    answer = as_anna.post(page_of(mrs_lee), {"said": "something_changed", "words": "canary-lark"})
    assert answer.url == reverse("clients:show", args=[mrs_lee.pk])
    assert again(asked) == "something_changed"
    before = AuditEntry.objects.filter(body__contains="review.read").count()
    page = as_anna.get(page_of(mrs_lee)).content.decode()
    assert "canary-lark" in page and "Look at everything" in page
    assert 'value="nothing_changed"' not in page
    assert AuditEntry.objects.filter(body__contains="review.read").count() == before + 1
    assert "Look again" in as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()


@pytest.mark.parametrize(
    ("said", "words", "reply"),
    [
        ("", "kept words", "Please say whether anything has changed"),
        ("confirmed", "kept words", "valid choice"),
        ("nothing_changed", "k" * 4001, "4000"),
    ],
)
def test_a_gap_comes_back_with_what_was_written(asked, mrs_lee, as_anna, said, words, reply):
    answer = as_anna.post(page_of(mrs_lee), {"said": said, "words": words})
    assert answer.status_code == 422
    assert reply in answer.content.decode() and words in answer.content.decode()
    assert Decision.objects.count() == 1


def test_what_cannot_go_on_is_said_and_nothing_is_written(asked, mrs_lee, anna, as_anna):
    asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    answer = as_anna.post(page_of(mrs_lee), {"said": "nothing_changed", "words": "kept words"})
    assert answer.status_code == 422
    assert "Outdoors is paused" in answer.content.decode() and "kept words" in answer.content.decode()
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("read", ["shown", "", "x" * 60000])
def test_only_the_decision_that_was_shown_goes_on(asked, mrs_lee, ben, as_anna, read):
    newer = factories.decision(mrs_lee, ben, "indoor", "run", look_again_on=asked.decision.look_again_on)
    sent = {
        "said": "nothing_changed",
        "words": "kept words",
        "read": str(asked.decision_id) if read == "shown" else read,
    }
    answer = as_anna.post(page_of(mrs_lee), sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and Decision.objects.count() == 2
    assert "Another decision was written since this page was opened" in page and "kept words" in page
    assert f'name="read" value="{newer.pk}"' in page
    assert as_anna.post(page_of(mrs_lee), sent | {"read": str(newer.pk)}).status_code == 302
    assert decision.newest(mrs_lee).carries_on == newer


def test_before_the_first_decision_the_page_says_so(mrs_lee, as_anna):
    page = as_anna.get(page_of(mrs_lee)).content.decode()
    assert "no decision yet" in page and 'name="said"' not in page


def test_strangers_and_the_desk_find_nothing(asked, mrs_lee, as_ben, as_olga, client):
    for browser in (as_ben, as_olga):
        assert browser.get(page_of(mrs_lee)).status_code == 404
        assert browser.post(page_of(mrs_lee), {"said": "nothing_changed"}).status_code == 404
    assert client.get(page_of(mrs_lee)).url.startswith(reverse("account_login"))
    assert again(asked) == "asked"


def test_nobody_but_the_care_team_reads_the_words(asked, mrs_lee, anna, as_olga, as_mrs_lee):
    review.note_change(mrs_lee, by=anna, said="canary-lark")
    for browser, name in ((as_olga, "clients:show"), (as_olga, "sessions:today"), (as_mrs_lee, "sessions:mine")):
        page = browser.get(reverse(name, args=[mrs_lee.pk] if name == "clients:show" else [])).content.decode()
        for secret in ("canary", "has changed", "runs out", "ook again"):
            assert secret not in page


def test_the_page_costs_the_same_with_one_and_with_three_rows(mrs_lee, anna, as_anna, django_assert_num_queries):
    decided(mrs_lee, anna)
    review.note_change(mrs_lee, by=anna, said="A fall.")
    with CaptureQueriesContext(connection) as one:
        as_anna.get(page_of(mrs_lee))
    for said in ("New medicine.", "Less sleep."):
        review.note_change(mrs_lee, by=anna, said=said)
    with django_assert_num_queries(len(one)):
        as_anna.get(page_of(mrs_lee))


def test_the_story_tells_that_it_was_said_and_not_what(asked, mrs_lee, anna, as_anna):
    review.note_change(mrs_lee, by=anna, said="canary-lark")
    page = as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()
    assert "Something has changed" in page and "canary" not in page


# --- asked by letter before the night would ---


def test_the_therapist_may_ask_by_letter_now_and_the_night_does_not_ask_again(mrs_lee, anna, as_anna, client):
    decided(mrs_lee, anna, days_ago=10)
    assert "Ask by letter now" in as_anna.get(page_of(mrs_lee)).content.decode()
    for _press in range(2):
        assert as_anna.post(page_of(mrs_lee), {"said": "ask"}).status_code == 302
    one = Review.objects.get()
    assert (one.manner, one.status, one.asked_by) == ("link", "asked", anna)
    assert Letter.objects.get(kind=review.ASK).client == mrs_lee.pk
    page = as_anna.get(page_of(mrs_lee)).content.decode()
    assert "Mrs Lee was asked by letter on" in page and "Ask by letter now" not in page
    assert running_out.look(now=one.asked_at + timedelta(days=70)) == 0
    assert Review.objects.count() == Letter.objects.filter(kind=review.ASK).count() == 1
    client.post(link(one), {"said": "nothing_changed"})
    assert review.confirm(mrs_lee, by=anna).carries_on


def test_without_a_safe_address_it_is_neither_offered_nor_done(mrs_lee, anna, as_anna):
    decided(mrs_lee, anna, days_ago=10)
    mrs_lee.contact_points.update(is_safe=False)
    assert "Ask by letter now" not in as_anna.get(page_of(mrs_lee)).content.decode()
    answer = as_anna.post(page_of(mrs_lee), {"said": "ask"})
    assert answer.status_code == 422 and "please ask in person" in answer.content.decode()
    assert not Review.objects.exists() and not Letter.objects.filter(kind=review.ASK).exists()
