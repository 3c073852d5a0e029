"""The published list (docs/refusals.md): each refusal and each look, in three renderings, and when one books."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from clients.domain import asq
from clients.domain import consent as signed_off
from clients.models import Client, Consent, EmergencyContact
from practice.models import Mode, User
from routes.models import Route
from sessions.domain import booking, readiness, slot
from sessions.models import Session
from tests import factories
from tests.clients.test_danger import ACUTE
from tests.sessions.people import consent, ready

TODAY = datetime.now(UTC).date()
NOON = datetime.combine(TODAY + timedelta(days=5), time(12), UTC)
DAY = NOON.date()
YESTERDAY, LONG_AGO = DAY - timedelta(days=1), DAY - timedelta(days=60)


@dataclass
class Walk:
    """A walk for which everything is there, and what a test breaks of it."""

    anna: User
    client: Client
    route: Route
    fallback: str = "room"
    at: datetime = NOON
    mode: str = Mode.WALK

    def session(self) -> Session:
        """As it would be booked."""
        made = Session(therapist=self.anna, place=factories.place(), mode=self.mode, fallback=self.fallback)
        made.route = self.route if self.mode != Mode.INDOOR else None
        made.starts_at, made.ends_at = self.at, self.at + timedelta(minutes=50)
        return made

    def found(self) -> readiness.Readiness:
        return slot.ready(self.session(), [self.client])

    def book(self) -> Session:
        return booking.book(
            therapist=self.anna, clients=[self.client], mode=self.mode, starts_at=self.at, place=factories.place(),
            by=self.anna, route=self.route, fallback=self.fallback,
        )  # fmt: skip


@pytest.fixture
def walk(anna: User, mrs_lee: Client) -> Walk:
    anna = User.objects.get(pk=anna.pk)
    return Walk(anna, ready(mrs_lee, anna), factories.route(anna))


def _decision(*modes: str, **fields: Any) -> Callable[[Walk], object]:
    """A newer one."""
    return lambda walk: factories.decision(walk.client, walk.anna, *modes, **fields)


def _somebody_else(walk: Walk, *, decided: bool) -> None:
    """Of whom one of the two is missing."""
    walk.client = factories.client("Ines Marlow", walk.anna)
    factories.emergency_contact(walk.client)
    if decided:
        factories.decision(walk.client, walk.anna)
    else:
        consent(walk.client, walk.anna)


def _says_no(walk: Walk) -> None:
    consent(walk.client, walk.anna, status="declined", answered_at=timezone.now())


def _takes_back(walk: Walk) -> None:
    signed_off.withdraw(Consent.objects.get(client=walk.client), by=None)


def _signed_until(day: date) -> Callable[[Walk], object]:
    """A newer one."""
    return lambda walk: consent(walk.client, walk.anna, covers_until=day)


def _route(**fields: object) -> Callable[[Walk], None]:
    def change(walk: Walk) -> None:
        Route.objects.filter(pk=walk.route.pk).update(**fields)
        walk.route = Route.objects.get(pk=walk.route.pk)

    return change


def _holds(**fields: object) -> Callable[[Walk], None]:
    def change(walk: Walk) -> None:
        factories.record(walk.anna, **fields)

    return change


def _set(**fields: object) -> Callable[[Walk], None]:
    return lambda walk: [setattr(walk, name, value) for name, value in fields.items()] and None


PERSONAL: dict[str, tuple[Callable[[Walk], object], str, str]] = {
    "open crisis": (lambda walk: asq.record(walk.client, ACUTE, manner="phone", by=walk.anna), "decision", "suicide"),
    "no decision yet": (lambda walk: _somebody_else(walk, decided=False), "decision", "Not decided"),
    "another way decided": (_decision(Mode.SIT), "decision", "does not include"),
    "decision long over": (_decision(look_again_on=LONG_AGO), "decision", "grace are over"),
    "declined": (_says_no, "consent", "Talk about it"),
    "withdrawn": (_takes_back, "consent", "Talk about it"),
    "never given": (lambda walk: _somebody_else(walk, decided=True), "consent", "comes first"),
    "consent long over": (_signed_until(LONG_AGO), "consent", "grace are over"),
    "nobody to ring": (lambda walk: EmergencyContact.objects.all().delete(), "contact", "whom to ring"),
}
PLAIN: dict[str, tuple[Callable[[Walk], object], str, str]] = {
    "closed": (_route(closed_because="marathon"), "route", "is closed"),
    "archived": (_route(archived_at=timezone.now()), "route", "no longer used"),
    "not assessed": (_route(risk="missing"), "route", "not assessed"),
    "did not pass": (_route(risk="failed"), "route", "did not pass"),
    "not approved": (_route(risk="waiting"), "route", "waits for approval"),
    "licence over": (_holds(licence_until=YESTERDAY), "therapist", "Licence of"),
    "insurance over": (_holds(insurance_until=YESTERDAY), "therapist", "Insurance of"),
    "first aid long over": (_holds(first_aid_until=LONG_AGO), "therapist", "First aid of"),
    "training long over": (_holds(outdoor_training_until=LONG_AGO), "therapist", "Outdoor training of"),
    "no fallback": (_set(fallback=""), "fallback", "Nothing chosen"),
}
LOOKS: dict[str, tuple[Callable[[Walk], object], str]] = {
    "decision ran out": (_decision(look_again_on=YESTERDAY), "decision"),
    "consent ran out": (_signed_until(YESTERDAY), "consent"),
    "first aid ran out": (_holds(first_aid_until=YESTERDAY), "therapist"),
    "training ran out": (_holds(outdoor_training_until=YESTERDAY), "therapist"),
    "route to look at again": (_route(look_again_on=YESTERDAY), "route"),
    "a long loop": (_route(distance_m=9000), "length"),
    "into the dark": (_set(at=NOON.replace(hour=23)), "light"),
}


def _text(chips: object) -> str:
    return " ".join(f"{chip.text} {chip.reason}" for chip in chips)  # type: ignore[attr-defined]


@pytest.mark.django_db
class TestRefused:
    def test_with_everything_there_it_is_booked(self, walk: Walk) -> None:
        assert not walk.found().refusals and not walk.found().needs_a_look
        assert walk.book().status == "booked"

    @pytest.mark.parametrize("name", PERSONAL)
    def test_what_is_about_the_person_is_told_to_who_reads_the_chart(self, walk: Walk, name: str) -> None:
        change, key, words = PERSONAL[name]
        change(walk)
        found = walk.found()
        assert [chip.key for chip in found.refusals] == [key]
        assert words in _text(found.for_clinician())
        desk, client = found.for_desk(), found.for_client()
        assert desk[0].text == "Not yet, ask Anna" and words not in _text(desk)
        assert not {"decision", "consent", "contact"} & {chip.key for chip in desk}
        assert [chip.text for chip in client] == ["Let's talk first"] and not client[0].reason
        with pytest.raises(booking.NotYet):
            walk.book()

    @pytest.mark.parametrize("name", PLAIN)
    def test_what_is_about_the_place_or_the_therapist_is_told_to_the_desk_too(self, walk: Walk, name: str) -> None:
        change, key, words = PLAIN[name]
        change(walk)
        found = walk.found()
        assert [chip.key for chip in found.refusals] == [key]
        for chips in (found.for_clinician(), found.for_desk()):
            assert words in _text(chips)
        assert [chip.text for chip in found.for_client()] == ["Let's talk first"]
        if key != "fallback":  # the database says that itself, before anything else
            with pytest.raises(booking.NotYet):
                walk.book()

    @pytest.mark.parametrize("name", ["licence over", "insurance over"])
    def test_nobody_works_without_in_the_room_either(self, walk: Walk, name: str) -> None:
        PLAIN[name][0](walk)
        walk.mode = Mode.INDOOR
        assert [chip.key for chip in walk.found().refusals] == ["therapist"]

    def test_first_aid_is_not_asked_for_in_the_room(self, walk: Walk) -> None:
        PLAIN["first aid long over"][0](walk)
        walk.mode = Mode.INDOOR
        assert not walk.found().chips

    def test_what_is_not_recorded_is_neither(self, walk: Walk) -> None:
        _holds()(walk)
        assert "therapist" not in {chip.key for chip in walk.found().chips}


@pytest.mark.django_db
class TestOnlyALook:
    @pytest.mark.parametrize("name", LOOKS)
    def test_it_is_amber_and_booked_all_the_same(self, walk: Walk, name: str) -> None:
        change, key = LOOKS[name]
        change(walk)
        found = walk.found()
        assert not found.refusals
        assert key in {chip.key for chip in found.for_clinician() if chip.tone == "look"}
        personal = key in ("decision", "consent")
        assert (key in {chip.key for chip in found.for_desk()}) is not personal
        assert {chip.key for chip in found.for_client()} <= {"light"}
        assert walk.book().status == "booked"
