"""What was promised after a safety assessment stands on Today until it is done, and never says why."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.domain import safety
from clients.models import CareTeamMember, Client, FollowUp
from practice.models import User
from sessions.domain import hand, promised
from tests import factories
from tests.clients.safety import assess

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def lines(reader: User) -> list[tuple[str, str]]:
    found = hand.worst_first(hand.of(reader, now=timezone.now(), today=TODAY()))
    return [(one.tone, f"{one.word} {one.link} {one.rest}") for one in found]


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "line"),
    [
        (0, ("note", "Ring Mary Lee tomorrow, as agreed.")),
        (1, ("look", "Ring Mary Lee today, as agreed.")),
    ],
)
def test_the_call_stands_there_from_the_first_day_on(mrs_lee: Client, anna: User, days: int, line: Any) -> None:
    assess(mrs_lee, anna, "contact", at=days_ago(days))
    assert line in lines(anna)


def test_what_is_late_comes_before_the_day(mrs_lee: Client, anna: User, as_anna: Browser) -> None:
    assess(mrs_lee, anna, "contact", at=days_ago(3))
    tone, line = lines(anna)[0]
    assert tone == "stop" and line.startswith("Ring Mary Lee was to be rung on")
    task = FollowUp.objects.get()
    page = as_anna.get("/sessions/today").content.decode()
    assert f"/clients/{mrs_lee.pk}/follow-up/{task.pk}" in page
    for why in ("afety", "suicid", "assess", "crisis"):
        assert why not in page.split('id="main"')[1]


def test_it_goes_once_it_is_done(mrs_lee: Client, anna: User) -> None:
    assess(mrs_lee, anna, "contact", at=days_ago(1))
    safety.done(FollowUp.objects.get(), words="Slept. Meets a friend tonight.", by=anna)
    assert not list(promised.calls(anna, TODAY()))


def test_everybody_who_cares_is_told_and_nobody_else(
    mrs_lee: Client, anna: User, ben: User, sam: User, olga: User, rosa: User
) -> None:
    mira = factories.user("Mira Solberg", "trainee")
    CareTeamMember.objects.create(client=mrs_lee, user=mira, is_lead=False)
    assess(mrs_lee, anna, "open", at=days_ago(1))
    for reader in (anna, mira):
        assert any("today, as agreed" in line for _tone, line in lines(reader))
        assert ("stop", "Go on Mary Lee something was left open.") in lines(reader)
    for reader in (ben, sam, olga, rosa):
        assert not list(promised.calls(reader, TODAY())) and not list(promised.left_open(reader))
        assert not any("Mary Lee" in line and "as agreed" in line for _tone, line in lines(reader))


def test_what_was_left_open_stands_there_until_it_is_settled(mrs_lee: Client, anna: User) -> None:
    assess(mrs_lee, anna, "emergency", at=days_ago(1))
    assert [one.link for one in promised.left_open(anna)] == ["Mary Lee"]
    assess(mrs_lee, anna)
    assert not list(promised.left_open(anna))


def test_many_cost_the_same_as_one(mrs_lee: Client, anna: User, django_assert_num_queries: Any) -> None:
    people = [mrs_lee, *(factories.client(name, anna) for name in ("Ada One", "Bea Two"))]
    assess(people[0], anna, "open")
    for _ in range(2):
        anna.roles  # noqa: B018  (kept on the object once it is asked)
        with django_assert_num_queries(1):
            list(promised.calls(anna, TODAY()))
        with django_assert_num_queries(1):
            list(promised.left_open(anna))
        for person in people[1:]:
            assess(person, anna, "open")
