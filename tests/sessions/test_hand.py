"""What needs a hand: who is told what, and until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.domain import asq
from clients.models import Client, Screening
from practice.models import CoverPerson, Letter, User
from sessions.domain import booking, hand
from tests import factories
from tests.clients.safety import assess
from tests.sessions.people import consent

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def hands(reader: User) -> list[hand.Hand]:
    now = datetime.now(UTC)
    return hand.worst_first(hand.of(reader, now=now, today=now.date()))


def lines(reader: User) -> list[str]:
    return [f"{one.link} {one.rest}" for one in hands(reader)]


def asked(person: Client, by: User, kind: str = "asq", **fields: Any) -> Screening:
    defaults: dict[str, Any] = {"status": "submitted", "submitted_at": NOW, "read_by": by}
    return Screening.objects.create(client=person, kind=kind, asked_by=by, **defaults | fields)


def lost(made: Screening, to: User, kind: str = "please_ring", state: str = "dead") -> Letter:
    return Letter.objects.create(
        kind=kind, key=f"{kind}:{made.pk}:{to.pk}", to=to.email, about=made.pk, state=state, due_at=NOW
    )


class TestAlerts:
    @pytest.fixture
    def mira(self, practice: Any) -> User:
        person = factories.user("Mira Solberg", "therapist")
        CoverPerson.objects.create(user=person, position=1)
        return person

    def test_a_call_that_did_not_go_out_comes_first_and_says_whom_to_ring(
        self, anna: User, ben: User, mira: User, olga: User, mrs_lee: Client, as_anna: Browser
    ) -> None:
        factories.session(anna, mrs_lee, starts_at=NOW - timedelta(days=3))
        Letter.objects.create(
            kind="session_reminder", key="k", to="m@example.org", about=mrs_lee.pk, client=mrs_lee.pk,
            state="uncertain", due_at=NOW,
        )  # fmt: skip
        lost(asked(mrs_lee, anna), mira)
        assert lines(anna)[0] == "The message to Mira Solberg did not go out; ring Mira Solberg."
        assert lines(mira)[0] == "The message to Mira Solberg did not go out; ring Anna Reiter."
        assert "The message to Mira Solberg" in as_anna.get("/sessions/today").content.decode()
        assert not any("Mary Lee" in line for line in lines(mira))
        assert not any("message" in line for line in lines(ben))
        assert lines(olga) == ["A letter to Mary Lee may not have arrived."]

    def test_it_is_never_shown_as_a_letter_to_the_client(
        self, anna: User, mira: User, olga: User, mrs_lee: Client
    ) -> None:
        letter = lost(asked(mrs_lee, anna), mira, state="uncertain")
        Letter.objects.filter(pk=letter.pk).update(client=mrs_lee.pk)
        assert lines(olga) == []
        assert "The message to Mira Solberg may not have arrived; ring Mira Solberg." in lines(anna)

    def test_the_desk_on_the_cover_list_is_not_told_either(self, anna: User, olga: User, mrs_lee: Client) -> None:
        CoverPerson.objects.create(user=olga, position=1)
        lost(asked(mrs_lee, anna), olga)
        assert lines(olga) == []

    def test_it_goes_once_somebody_acted(self, anna: User, mira: User, mrs_lee: Client) -> None:
        made = asked(mrs_lee, anna, "intake")
        lost(made, mira, "please_make_sure")
        assert lines(mira) == ["The message to Mira Solberg did not go out; ring Anna Reiter."]
        made.seen_at = NOW
        made.save(update_fields=["seen_at"])
        assert lines(mira) == []
        acute = asked(mrs_lee, anna)
        lost(acute, mira)
        assess(mrs_lee, anna, "open")
        assert lines(mira)
        assess(mrs_lee, anna)
        assert lines(mira) == []


class TestTalks:
    def test_who_said_no_or_took_it_back_is_not_overlooked(
        self, anna: User, ben: User, olga: User, mrs_lee: Client
    ) -> None:
        declined = factories.client("Ines Marlow", anna)
        consent(declined, anna, status="declined", asked_at=NOW - timedelta(days=1), answered_at=NOW)
        taken_back(mrs_lee, anna)
        assert sorted(lines(anna)) == ["Ines Marlow said no to “Outside”.", "Mary Lee took back “Outside”."]
        assert lines(ben) == lines(olga) == []

    def test_it_goes_when_she_is_asked_again_or_it_is_decided_upon(self, anna: User, mrs_lee: Client) -> None:
        other = factories.client("Ines Marlow", anna)
        for person in (mrs_lee, other):
            taken_back(person, anna)
        factories.decision(other, anna, "indoor")
        consent(mrs_lee, anna, status="asked", asked_at=NOW)
        assert lines(anna) == []

    def test_what_she_signed_since_counts(self, anna: User, mrs_lee: Client) -> None:
        taken_back(mrs_lee, anna, at=NOW - timedelta(days=9))
        consent(mrs_lee, anna)
        assert lines(anna) == []


def taken_back(person: Client, by: User, *, at: datetime = NOW - timedelta(hours=1)) -> None:
    before = at - timedelta(days=30)
    made = consent(person, by, asked_at=before, answered_at=before)
    made.status, made.withdrawn_at, made.withdrawn_modes = made.Status.WITHDRAWN, at, made.modes
    made.save(update_fields=["status", "withdrawn_at", "withdrawn_modes"])


class TestHalfWay:
    def test_questions_left_half_way_ask_for_a_call(self, anna: User, ben: User, olga: User, mrs_lee: Client) -> None:
        made = asked(mrs_lee, anna, "intake", status="started", submitted_at=None)
        assert lines(anna) == []
        Screening.objects.filter(pk=made.pk).update(asked_at=NOW - timedelta(days=2, minutes=1))
        assert lines(anna) == ["Mary Lee began the questions and did not hand them in; please ring."]
        assert lines(ben) == lines(olga) == []
        made.saved_at = NOW - timedelta(days=1)
        made.save(update_fields=["saved_at"])
        assert lines(anna) == []  # she went on with them yesterday
        made.saved_at = None
        made.save(update_fields=["saved_at"])
        Client.objects.filter(pk=mrs_lee.pk).update(status="closed")
        assert lines(anna) == []


class TestWhoLeft:
    def test_a_session_of_a_closed_file_waits_to_be_cancelled(
        self, anna: User, ben: User, olga: User, mrs_lee: Client
    ) -> None:
        session = factories.session(anna, mrs_lee, starts_at=datetime(2027, 3, 4, 10, 0, tzinfo=UTC))
        assert lines(anna) == lines(olga) == []
        Client.objects.filter(pk=mrs_lee.pk).update(status="closed")
        said = "Mary Lee’s session Thursday 4 March 2027, 10:00 is still booked, and the file is closed."
        assert lines(anna) == lines(olga) == [said]
        assert lines(ben) == []
        booking.cancel(session, by=anna)
        assert lines(anna) == lines(olga) == []


def test_an_open_crisis_stands_first_and_a_settled_one_does_not(anna: User, ben: User, olga: User, mrs_lee: Client):
    acute = {"wished_dead": "no", "better_off": "no", "thoughts": "yes", "tried": "no", "now": "yes"}
    made = asq.record(mrs_lee, acute, manner="room", by=anna)
    first = hands(anna)[0]
    assert (first.tone, first.link, first.url) == (
        "stop",
        "Mary Lee",
        reverse("clients:asq_now", args=[mrs_lee.pk, made.pk]),
    )
    factories.decision(mrs_lee, anna, "indoor")
    assert hands(anna)[0].url == first.url, "a decision settles nothing"
    assert not any("safety" in line for line in lines(olga) + lines(ben))
    assess(mrs_lee, anna)
    assert not any("safety is to be settled" in line for line in lines(anna))
