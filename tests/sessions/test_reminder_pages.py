"""The pages where rules of reminders are kept: for the practice, and for one client."""

from datetime import time

import pytest
from django.test import Client as Browser

from clients.models import Client
from practice.models import Letter, Practice, User
from sessions.models import ReminderRule
from tests.sessions.test_booking import START, book

pytestmark = pytest.mark.django_db
ADD = {"act": "add", "channel": "email"}


def test_a_rule_is_added_and_taken_away_and_letters_follow(as_rosa: Browser, anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    assert "the day before at 18:00: that holds until" in as_rosa.get("/sessions/reminders").content.decode()
    as_rosa.post("/sessions/reminders", ADD | {"before": "120"})
    rule = ReminderRule.objects.get()
    assert "2 hours before, by e-mail" in as_rosa.get("/sessions/reminders").content.decode()
    assert (START - Letter.objects.get(about=session.pk, state="due").due_at).total_seconds() == 7200
    as_rosa.post("/sessions/reminders", {"act": "remove", "rule": str(rule.pk)})
    assert not ReminderRule.objects.exists()


def test_an_hour_of_a_day_before(as_rosa: Browser) -> None:
    as_rosa.post("/sessions/reminders", ADD | {"before": "", "days_before": "2", "at": "17:30"})
    rule = ReminderRule.objects.get()
    assert (rule.days_before, rule.at, rule.minutes_before) == (2, time(17, 30), None)
    assert "2 days before at 17:30, by e-mail" in as_rosa.get("/sessions/reminders").content.decode()


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"before": "", "days_before": "", "at": "18:00"}, "Please say on which day and at which hour."),
        ({"before": "", "days_before": "99", "at": "18:00"}, "less than or equal to 14"),
        ({"before": "7"}, "7 is not one of the available choices"),
        ({"before": "60", "channel": "pigeon"}, "pigeon is not one of the available choices"),
        ({"before": "60", "channel": "text"}, "text is not one of the available choices"),
    ],
)
def test_what_cannot_be_a_rule_is_said_beside_the_field(as_rosa: Browser, said: dict[str, str], says: str) -> None:
    answer = as_rosa.post("/sessions/reminders", ADD | said)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not ReminderRule.objects.exists()


def test_the_same_rule_twice_is_said_so(as_rosa: Browser) -> None:
    as_rosa.post("/sessions/reminders", ADD | {"before": "60"})
    answer = as_rosa.post("/sessions/reminders", ADD | {"before": "60"})
    assert answer.status_code == 422 and "This rule stands already." in answer.content.decode()


def test_one_client_is_not_reminded(as_anna: Browser, as_ben: Browser, anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    address = f"/sessions/client/{mrs_lee.pk}/reminders"
    as_anna.post(address, {"act": "off"})
    assert "No reminders" in as_anna.get(address).content.decode()
    assert not Letter.objects.filter(about=session.pk, state="due").exists()
    assert as_ben.post(address, {"act": "off"}).status_code == 404
    as_anna.post(address, ADD | {"before": "60"})
    assert ReminderRule.objects.get().is_off is False, "a rule ends “none at all”"
    assert Letter.objects.filter(about=session.pk, state="due").exists()


def test_a_rule_of_somebody_else_is_not_taken_away(as_anna: Browser, anna: User, mrs_lee: Client) -> None:
    others = ReminderRule.objects.create(minutes_before=60)
    as_anna.post(f"/sessions/client/{mrs_lee.pk}/reminders", {"act": "remove", "rule": str(others.pk)})
    assert ReminderRule.objects.filter(pk=others.pk).exists()


def test_quiet_hours_are_settled_by_the_owner(as_rosa: Browser, practice: Practice) -> None:
    said = {"quiet_from": "20:00", "quiet_until": "07:30", "late_a_minute": "12"}
    assert as_rosa.post("/practice/messages", said).status_code == 302
    practice.refresh_from_db()
    assert (practice.quiet_from, practice.late_a_minute) == (time(20), 12)
    assert "Nothing leaves by itself from 20:00 to 07:30." in as_rosa.get("/practice/team/").content.decode()
    assert as_rosa.post("/practice/messages", said | {"late_a_minute": "0"}).status_code == 422
