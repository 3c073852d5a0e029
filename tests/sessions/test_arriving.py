"""“I am here” and “ten minutes late”, both ways, and what to bring by the forecast."""

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.models import Client
from practice.models import User
from sessions.domain import arriving
from sessions.models import Session
from tests import factories
from tests.sessions.test_reminders import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def soon(anna: User, mrs_lee: Client) -> Session:
    return factories.session(anna, mrs_lee, starts_at=timezone.now() + timedelta(minutes=30))


def test_she_says_that_she_is_late_and_then_there_and_her_therapist_sees_it(soon: Session, as_anna: Browser) -> None:
    address, stranger = page(soon.seats.get()), Browser()
    assert "Ten minutes late" in stranger.get(address).content.decode()
    assert soon.seats.get().late_at is None, "looking changes nothing"
    stranger.post(address, {"arrival": "late"})
    assert "Anna sees it." in stranger.get(address).content.decode()
    shown = as_anna.get(f"/sessions/{soon.pk}").content.decode()
    assert "ten minutes late" in shown and "is here" not in shown
    stranger.post(address, {"arrival": "here"})
    shown = as_anna.get(f"/sessions/{soon.pk}").content.decode()
    assert "is here" in shown and "ten minutes late" not in shown


def test_it_stands_on_today(soon: Session, as_anna: Browser) -> None:
    arriving.say(soon.seats.get(), arriving.HERE, now=timezone.now())
    if timezone.localdate(soon.starts_at) == timezone.localdate():
        assert "is here" in as_anna.get("/sessions/today").content.decode()
    seat = soon.seats.get()
    assert [chip.text for chip in arriving.chips(soon, [seat], now=timezone.now())] == ["is here"]
    assert arriving.chips(soon, [seat], now=soon.ends_at) == ()


def test_her_therapist_says_it_and_she_reads_it(soon: Session, as_anna: Browser) -> None:
    address = page(soon.seats.get())
    as_anna.post(f"/sessions/{soon.pk}/arriving", {"what": "late"})
    assert "Anna will be ten minutes late." in Browser().get(address).content.decode()
    as_anna.post(f"/sessions/{soon.pk}/arriving", {"what": "here"})
    assert "Anna is here." in Browser().get(address).content.decode()


@pytest.mark.parametrize(("minutes", "is_open"), [(61, False), (59, True), (-49, True), (-51, False)])
def test_it_can_be_said_from_an_hour_before_until_the_end(
    anna: User, mrs_lee: Client, as_anna: Browser, minutes: int, is_open: bool
) -> None:
    session = factories.session(anna, mrs_lee, starts_at=timezone.now() + timedelta(minutes=minutes))
    Browser().post(page(session.seats.get()), {"arrival": "here"})
    as_anna.post(f"/sessions/{session.pk}/arriving", {"what": "here"})
    session.refresh_from_db()
    assert (session.seats.get().here_at is not None) == is_open
    assert (session.therapist_here_at is not None) == is_open


def test_what_was_said_before_a_move_counts_no_more(soon: Session) -> None:
    seat, said = soon.seats.get(), timezone.now()
    arriving.say(seat, arriving.HERE, now=said)
    soon.starts_at, soon.ends_at = said + timedelta(hours=5), said + timedelta(hours=6)
    assert arriving.of_seat(soon, seat) == ""


def test_of_two_who_come_each_is_named(anna: User, mrs_lee: Client) -> None:
    now: datetime = timezone.now()
    session = factories.session(anna, mrs_lee, factories.client("Ruth Abel", anna), starts_at=now, kind="couple")
    for seat in session.seats.all():
        arriving.say(seat, arriving.LATE, now=now)
    chips = arriving.chips(session, session.seats.all(), now=now)
    assert sorted(chip.text for chip in chips) == ["Mrs Lee: ten minutes late", "Ruth: ten minutes late"]


def test_a_colleague_says_nothing_for_her(soon: Session, as_ben: Browser, as_olga: Browser) -> None:
    for browser in (as_ben, as_olga):
        assert browser.post(f"/sessions/{soon.pk}/arriving", {"what": "here"}).status_code == 404
