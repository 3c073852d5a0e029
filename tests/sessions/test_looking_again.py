"""A decision that runs out before what is booked: its lines on Today, the list behind it, the chips of the sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.domain import review, running_out
from clients.models import Client, Decision, Review
from practice.models import Mode, User
from sessions.domain import booking, hand, looking_again, rows, slot
from sessions.models import Session
from tests import factories
from tests.sessions.people import consent, ready

pytestmark = pytest.mark.django_db
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


def in_days(days: int) -> datetime:
    return NOON + timedelta(days=days)


def decided(person: Client, by: User, *, days: int, **fields: Any) -> Decision:
    """A decision that may still simply go on, with its last day so many days from now."""
    fields = {"at": NOON - timedelta(days=60), "look_again_on": in_days(days).date()} | fields
    return factories.decision(person, by, **fields)


def lines(reader: User) -> list[str]:
    now = datetime.now(UTC)
    return [f"{one.tone} {one.link} {one.rest}" for one in looking_again.of(reader, now=now, today=now.date())]


def walk(therapist: User, person: Client, days: int, **fields: Any) -> Session:
    fields = {"mode": Mode.RUN, "route": factories.route(therapist, f"Loop {days}"), "fallback": "room"} | fields
    return factories.session(therapist, person, starts_at=in_days(days), **fields)


class TestARunAfterTheLastDay:
    @pytest.fixture
    def runner(self, anna: User, mrs_lee: Client) -> Client:
        ready(mrs_lee, anna)
        decided(mrs_lee, anna, days=10, at=datetime.now(UTC))
        return mrs_lee

    @pytest.mark.parametrize(("days", "tone"), [(10, "ok"), (11, "look"), (40, "look"), (41, "stop")])
    def test_its_chip_says_so_at_reading(self, anna: User, runner: Client, days: int, tone: str) -> None:
        walk(anna, runner, days)
        session = rows.loaded(Session.objects.all())
        [row] = rows.of(list(session), anna, now=datetime.now(UTC))
        assert next(chip.tone for chip in row.chips if chip.key == "decision") == tone

    def test_booking_it_in_the_days_of_grace_is_possible_and_later_is_not(self, anna: User, runner: Client) -> None:
        fields: dict[str, Any] = {"therapist": anna, "clients": [runner], "mode": "run", "place": factories.place()}
        fields |= {"by": anna, "route": factories.route(anna), "fallback": "room"}
        assert booking.book(starts_at=in_days(20), **fields).pk
        with pytest.raises(booking.NotYet):
            booking.book(starts_at=in_days(60), **fields)

    def test_nothing_has_changed_clears_it(self, anna: User, mrs_lee: Client) -> None:
        consent(mrs_lee, anna)
        factories.emergency_contact(mrs_lee)
        decided(mrs_lee, anna, days=10)
        walk(anna, mrs_lee, 41)
        review.confirm(mrs_lee, by=anna)
        [row] = rows.of(list(rows.loaded(Session.objects.all())), anna, now=datetime.now(UTC))
        assert {chip.tone for chip in row.chips if chip.is_personal} == {"ok"}


class TestToday:
    def test_what_runs_out_counts_what_lies_after_it(self, anna: User, mrs_lee: Client) -> None:
        made = decided(mrs_lee, anna, days=10)
        day = f"{made.look_again_on:%A} {made.look_again_on.day} {made.look_again_on:%B}"
        assert [line.split(" runs")[0] for line in lines(anna)] == ["note Mary Lee’s decision"]
        for days in (5, 10, 12, 20):
            walk(anna, mrs_lee, days)
        walk(anna, mrs_lee, 15, mode=Mode.INDOOR, route=None)
        booking.cancel(walk(anna, mrs_lee, 22), by=anna)
        [line] = lines(anna)
        assert day in line and line.endswith("; 2 sessions booked outdoors lie after it.")

    def test_what_ran_out_needs_a_look(self, anna: User, mrs_lee: Client) -> None:
        decided(mrs_lee, anna, days=-3)
        [line] = lines(anna)
        assert line.startswith("look Mary Lee’s decision ran out on ") and line.endswith(".")

    def test_what_was_said_takes_the_place_of_that_line(self, anna: User, mrs_lee: Client) -> None:
        decided(mrs_lee, anna, days=10)
        running_out.look()
        assert len(lines(anna)) == 1
        review.say(Review.objects.get(), "nothing_changed")
        assert lines(anna) == ["look Mary Lee answered that nothing has changed."]
        review.say(Review.objects.get(), "something_changed")
        [line] = lines(anna)
        assert line.startswith("look Mary Lee has something new to look at, since ")
        factories.decision(mrs_lee, anna)
        assert lines(anna) == []

    def test_confirmed_is_done(self, anna: User, mrs_lee: Client) -> None:
        decided(mrs_lee, anna, days=10)
        review.confirm(mrs_lee, by=anna)
        assert lines(anna) == []

    def test_it_is_for_whoever_decides(
        self, anna: User, ben: User, sam: User, olga: User, rosa: User, mrs_lee: Client, as_olga: Browser
    ) -> None:
        decided(mrs_lee, anna, days=10)
        walk(anna, mrs_lee, 12)
        now = datetime.now(UTC)
        told = {one.name: len(hand.of(one, now=now, today=now.date())) for one in (anna, ben, olga, rosa)}
        assert told == {"Anna Reiter": 1, "Ben Castle": 0, "Olga Brandt": 0, "Rosa Venn": 0}
        page = as_olga.get(reverse("sessions:today")).content.decode()
        assert "Mary Lee" not in page and "ook again" not in page

    def test_it_costs_the_same_for_one_and_for_three(self, anna: User) -> None:
        counts: list[int] = []
        lines(anna)  # her roles are known from now on
        for name in ("Ada", "Bea", "Cleo"):
            person = factories.client(name, anna)
            decided(person, anna, days=10)
            other = factories.client(f"{name} Second", anna)
            decided(other, anna, days=100)
            review.note_change(other, by=anna, said="A fall.")
            walk(anna, person, 20 + len(counts))
            with CaptureQueriesContext(connection) as found:
                assert len(lines(anna)) == 2 * (len(counts) + 1)
            counts.append(len(found))
        assert counts[0] == counts[2]


class TestAfter:
    def test_the_list_says_what_is_booked_outdoors_after_a_day(
        self, anna: User, mrs_lee: Client, as_anna: Browser
    ) -> None:
        early, late = walk(anna, mrs_lee, 5), walk(anna, mrs_lee, 12)
        url = reverse("sessions:outdoors_after", args=[mrs_lee.pk])
        page = as_anna.get(url, {"after": in_days(6).date().isoformat()}).content.decode()
        assert str(late.pk) in page and str(early.pk) not in page
        assert "1 session booked outdoors lies after it" in page
        fragment = as_anna.get(url, {"after": "2199-01-01"}, headers={"HX-Request": "true"}).content.decode()
        assert "Nothing is booked outdoors after it" in fragment and "<html" not in fragment

    @pytest.mark.parametrize("after", ["", "soon", "2026-02-31", "x" * 5000])
    def test_what_is_no_day_is_today(self, anna: User, mrs_lee: Client, as_anna: Browser, after: str) -> None:
        late = walk(anna, mrs_lee, 12)
        page = as_anna.get(reverse("sessions:outdoors_after", args=[mrs_lee.pk]), {"after": after})
        assert page.status_code == 200 and str(late.pk) in page.content.decode()

    def test_strangers_find_nothing(self, mrs_lee: Client, as_ben: Browser, client: Browser) -> None:
        url = reverse("sessions:outdoors_after", args=[mrs_lee.pk])
        assert as_ben.get(url).status_code == 404
        assert client.get(url).status_code == 302

    def test_it_costs_the_same_for_one_and_for_three(self, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        url, counts = reverse("sessions:outdoors_after", args=[mrs_lee.pk]), []
        as_anna.get(url)
        for days in (12, 13, 14):
            walk(anna, mrs_lee, days)
            with CaptureQueriesContext(connection) as found:
                as_anna.get(url)
            counts.append(len(found))
        assert counts[0] == counts[2]


class TestBridging:
    """Carried over from paper: what is missing asks to look; a no stays a no."""

    @pytest.fixture
    def carried(self, anna: User) -> Client:
        return factories.client("Noor Aziz", anna, carried_over_on=in_days(-10).date())

    def book(self, anna: User, person: Client, days: int = 5) -> Session:
        return booking.book(
            therapist=anna, clients=[person], mode="walk", starts_at=in_days(days), place=factories.place(), by=anna,
            route=factories.route(anna), fallback="room",
        )  # fmt: skip

    def test_nothing_there_yet_is_booked_with_three_looks(self, anna: User, carried: Client) -> None:
        session = self.book(anna, carried)
        found = slot.ready(session, [carried])
        looks = [chip.key for chip in found.for_clinician() if chip.tone == "look"]
        assert looks == ["decision", "consent", "contact"]
        assert all("Carried over from paper" in chip.reason for chip in found.chips if chip.tone == "look")
        assert not any(chip.is_personal for chip in found.for_desk())
        assert [chip.key for chip in found.for_client()] == ["light"]

    def test_after_the_period_it_refuses(self, anna: User, carried: Client) -> None:
        with pytest.raises(booking.NotYet) as refused:
            self.book(anna, carried, days=51)
        assert [chip.key for chip in refused.value.readiness.refusals] == ["decision", "consent", "contact"]

    @pytest.mark.parametrize("status", ["declined", "withdrawn"])
    def test_a_no_refuses_all_the_same(self, anna: User, carried: Client, status: str) -> None:
        now = datetime.now(UTC)
        fields = {"answered_at": now} if status == "declined" else {}
        if status == "withdrawn":
            fields = {"answered_at": now, "withdrawn_at": now, "manner": "paper", "covers_until": now.date()}
        consent(carried, anna, status=status, **fields)
        with pytest.raises(booking.NotYet) as refused:
            self.book(anna, carried)
        assert [chip.key for chip in refused.value.readiness.refusals] == ["consent"]

    def test_a_closed_route_refuses_all_the_same(self, anna: User, carried: Client) -> None:
        with pytest.raises(booking.NotYet):
            booking.book(
                therapist=anna, clients=[carried], mode="walk", starts_at=in_days(5), place=factories.place(), by=anna,
                route=factories.route(anna, "Ponds", closed_because="flood"), fallback="room",
            )  # fmt: skip

    def test_wishing_to_talk_first_is_a_look(self, anna: User, carried: Client) -> None:
        consent(carried, anna, status="talk", answered_at=datetime.now(UTC))
        assert self.book(anna, carried).pk

    def test_consent_that_ran_out_long_ago_is_a_look_until_the_period_ends(self, anna: User, carried: Client) -> None:
        consent(carried, anna, days=-90)
        assert self.book(anna, carried).pk
