"""Asking, holding, booking, saying yes, moving, cancelling and running out, against a model of intervals."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from clients.models import CareTeamMember, Client
from practice.models import Mode, Room, User
from sessions.domain import booking, holds
from sessions.domain.clash import Clash
from sessions.models import Session
from tests import factories, overlaps

FIRST = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=5)
QUARTER = timedelta(minutes=15)


class Diary(RuleBasedStateMachine):
    """`model` is what ought to hold a slot: id -> (therapist, room, client, start, end, travel, status)."""

    cast: tuple[list[User], list[Room], list[Client]]
    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[Any, dict[str, Any]] = {}

    def free(self, want: dict[str, Any], but: Any = None) -> bool:
        """What the model says of a slot."""
        for key, has in self.model.items():
            if key == but:
                continue
            inner = want["start"] < has["end"] and has["start"] < want["end"]
            outer = (
                want["start"] - want["travel"] < has["end"] + has["travel"]
                and has["start"] - has["travel"] < want["end"] + want["travel"]
            )
            if (want["therapist"] == has["therapist"] and outer) or (
                inner and (want["client"] == has["client"] or (want["room"] and want["room"] == has["room"]))
            ):
                return False
        return True

    @rule(
        target=made,
        verb=st.sampled_from([booking.request, booking.hold, booking.book]),
        who=st.integers(0, 1),
        room=st.integers(0, 2),
        client=st.integers(0, 2),
        at=st.integers(0, 15),
        quarters=st.integers(1, 6),
        travel=st.sampled_from([0, 15]),
    )
    def enter(self, verb: Any, who: int, room: int, client: int, at: int, quarters: int, travel: int) -> Any:
        therapists, rooms, clients = self.cast
        want: dict[str, Any] = {
            "therapist": therapists[who], "room": rooms[room] if room < 2 else None, "client": clients[client],
            "start": FIRST + at * QUARTER, "end": FIRST + (at + quarters) * QUARTER,
            "travel": timedelta(minutes=travel),
        }  # fmt: skip
        try:
            with transaction.atomic():
                session = verb(
                    therapist=want["therapist"], clients=[want["client"]], mode=Mode.INDOOR, starts_at=want["start"],
                    place=factories.place(), by=therapists[0], minutes=15 * quarters, travel=travel, room=want["room"],
                )  # fmt: skip
        except Clash:
            assert not self.free(want)
            return multiple()
        assert self.free(want)
        self.model[session.pk] = want | {"status": session.status}
        return session

    @rule(session=made)
    def say_yes(self, session: Session) -> None:
        known = self.model.get(session.pk)
        try:
            booking.confirm(session, by=self.cast[0][0])
        except booking.NotPossible:
            assert known is None
        else:
            assert known is not None
            known["status"] = "booked"

    @rule(session=made, at=st.integers(0, 15), quarters=st.integers(1, 6), who=st.integers(0, 1))
    def move(self, session: Session, at: int, quarters: int, who: int) -> None:
        known = self.model.get(session.pk)
        want = {"start": FIRST + at * QUARTER, "end": FIRST + (at + quarters) * QUARTER}
        want["therapist"] = self.cast[0][who]  # type: ignore[assignment]
        try:
            with transaction.atomic():
                booking.move(session, to=want["start"], minutes=15 * quarters, by=self.cast[0][0],
                             therapist=self.cast[0][who])  # fmt: skip
        except booking.NotPossible:
            assert known is None
        except Clash:
            assert known is not None and not self.free(known | want, session.pk)
        else:
            assert known is not None and self.free(known | want, session.pk)
            known |= want

    @rule(session=consumes(made))
    def cancel(self, session: Session) -> None:
        booking.cancel(session, by=self.cast[0][0])
        self.model.pop(session.pk, None)

    @rule()
    def run_out(self) -> None:
        """Three days later nobody has said yes."""
        holds.let_go(now=datetime.now(UTC) + timedelta(days=3))
        self.model = {key: has for key, has in self.model.items() if has["status"] == "booked"}

    @invariant()
    def the_diary_is_the_model(self) -> None:
        rows = Session.objects.holding().values_list("pk", "starts_at", "ends_at", "status", "therapist")
        assert set(rows) == {
            (key, has["start"], has["end"], has["status"], has["therapist"].pk) for key, has in self.model.items()
        }
        assert overlaps.count() == 0

    def teardown(self) -> None:
        Session.objects.all().delete()


@pytest.mark.django_db
def test_the_diary_is_what_a_model_of_intervals_says(anna: User, ben: User) -> None:
    clients = [factories.client(f"Person {n}", anna) for n in range(3)]
    CareTeamMember.objects.bulk_create([CareTeamMember(client=one, user=ben, is_lead=False) for one in clients])
    Diary.cast = ([anna, ben], [factories.room("Room 1"), factories.room("Room 2")], clients)
    bounded = settings(
        max_examples=30, stateful_step_count=30, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    run_state_machine_as_test(Diary, settings=bounded)
