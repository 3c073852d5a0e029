"""Moving in the calendar: what would follow is said before, what was meant is done, and three minutes undo it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clients.models import CareTeamMember, Client, ContactPoint
from practice.domain import post
from practice.models import AuditEntry, Letter, Mode, User
from sessions.domain import asked, booking, moving
from sessions.domain.clash import Clash, Taken
from sessions.models import Seat, Session
from tests import factories
from tests.sessions.people import ready

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
TEN = (datetime.now(LONDON) + timedelta(days=7)).replace(hour=10, minute=0, second=0, microsecond=0)
LATER = TEN.replace(hour=14)


@pytest.fixture
def talk(anna: User, mrs_lee: Client) -> Session:
    return booking.book(
        therapist=anna, clients=[mrs_lee], mode=Mode.INDOOR, starts_at=TEN, place=factories.place(), by=anna
    )


@pytest.fixture
def other(anna: User) -> Session:
    return factories.session(anna, factories.client("Ines Marlow", anna), starts_at=LATER)


def to(moment: datetime, **more: Any) -> dict[str, Any]:
    return {"to": moment.strftime("%Y-%m-%dT%H:%M"), "minutes": 50, "calendar": "week=2026-11-26&mode=indoor"} | more


def now_of(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def look(browser: Browser, session: Session, moment: datetime, **more: Any) -> str:
    answer = browser.get(f"/sessions/{session.pk}/shift", to(moment, **more), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


class TestLooking:
    def test_it_says_from_where_to_where_and_who_hears_of_it(self, talk: Session, as_anna: Browser) -> None:
        shown = look(as_anna, talk, LATER)
        assert "<html" not in shown
        assert "10:00 to 10:50" in shown and "14:00 to 14:50" in shown
        assert "Mrs Lee is reminded of the new time on " in shown and ", 18:00." in shown

    def test_it_changes_nothing(self, talk: Session, as_anna: Browser) -> None:
        def rows() -> Any:
            letters = list(Letter.objects.order_by("pk").values())
            return list(Session.objects.values()), list(Seat.objects.values()), letters, AuditEntry.objects.count()

        before = rows()
        look(as_anna, talk, LATER)
        assert rows() == before

    def test_who_gets_no_message_is_named(self, talk: Session, as_anna: Browser) -> None:
        ContactPoint.objects.update(is_safe=False)
        assert "Mrs Lee gets no reminder of the new time from here." in look(as_anna, talk, LATER)

    def test_what_left_and_what_was_answered_is_said(self, talk: Session, as_anna: Browser) -> None:
        Letter.objects.update(state="sent")
        talk.seats.update(answer="coming", answered_at=datetime.now(LONDON))
        shown = look(as_anna, talk, LATER)
        assert "A reminder of the old time has left already" in shown
        assert "Mrs Lee answered “will be there”. That was for the old time." in shown

    def test_the_dark_is_said(self, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        ready(mrs_lee, anna)
        path = factories.route(anna, sketch={"parts": [[[lat, lon] for lat, lon, _height in factories.LOOP]]})
        walk = factories.session(anna, mrs_lee, starts_at=TEN, mode=Mode.WALK, route=path, fallback="room")
        assert "Into the dark" in look(as_anna, walk, TEN.replace(hour=22))
        assert "Into the dark" not in look(as_anna, walk, TEN.replace(hour=12))

    def test_what_refuses_is_said_and_there_is_no_button(
        self, talk: Session, mrs_lee: Client, as_anna: Browser
    ) -> None:
        Client.objects.filter(pk=mrs_lee.pk).update(status="closed")
        shown = look(as_anna, talk, LATER)
        assert "not in treatment here now" in shown
        assert "<button" not in shown

    def test_of_the_person_the_desk_reads_no_more_than_before(
        self, anna: User, mrs_lee: Client, as_olga: Browser
    ) -> None:
        ready(mrs_lee, anna)
        path = factories.route(anna, sketch={"parts": [[[lat, lon] for lat, lon, _height in factories.LOOP]]})
        walk = factories.session(anna, mrs_lee, starts_at=TEN, mode=Mode.WALK, route=path, fallback="room")
        factories.decision(mrs_lee, anna, "indoor", reasoning="canary-7f3k")
        shown = look(as_olga, walk, TEN.replace(hour=12))
        assert "Not yet, ask Anna" in shown
        assert not any(words in shown for words in ("canary", "onsent", "ecision", "ndoors for now", "alking agreed"))

    @pytest.mark.parametrize(
        "asked",
        [
            {"to": ""}, {"to": "soon"}, {"to": "2026-13-45T10:00"}, {"to": "0001-01-01T00:00"},
            {"to": "9999-12-31T23:59"}, {"to": "2026-11-26T10:00+01:00"}, {"minutes": 0}, {"minutes": -50},
            {"minutes": 1441}, {"minutes": "long"},
        ],
    )  # fmt: skip
    def test_what_cannot_be_meant_is_said(self, talk: Session, as_anna: Browser, asked: dict[str, Any]) -> None:
        address = f"/sessions/{talk.pk}/shift"
        for answer in (as_anna.get(address, to(LATER) | asked), as_anna.post(address, to(LATER) | asked)):
            assert answer.status_code == 422
            assert "Please look at this again" in answer.content.decode()
        assert now_of(talk).starts_at == TEN

    def test_a_move_of_three_costs_as_few_queries_as_of_one(self, anna: User, as_anna: Browser) -> None:
        counts = []
        for number in (1, 1, 3):
            people = [factories.client(f"Person {number} {n}", anna) for n in range(number)]
            session = factories.session(anna, *people, starts_at=TEN + timedelta(days=len(counts)))
            with CaptureQueriesContext(connection) as queries:
                look(as_anna, session, LATER + timedelta(days=len(counts)))
            counts.append(sum("audit_add" not in one["sql"] for one in queries))
        assert counts[2] - counts[1] <= 20, counts


class TestMoving:
    def test_it_moves_and_goes_back_to_the_same_days(self, talk: Session, as_anna: Browser) -> None:
        answer = as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER, minutes=75))
        assert answer["Location"] == "/sessions/week?week=2026-11-26&mode=indoor"
        moved = now_of(talk)
        assert (moved.starts_at, moved.minutes) == (LATER, 75)
        assert Letter.objects.filter(about=talk.pk, state="due").count() == 1

    def test_whoever_has_a_seat_is_told_where_that_is_ticked_and_not_of_what_is_undone(
        self, talk: Session, as_anna: Browser
    ) -> None:
        address = f"/sessions/{talk.pk}/shift"
        as_anna.post(address, to(LATER))
        assert not Letter.objects.filter(kind="session_notice").exists()
        as_anna.post(address, to(TEN.replace(hour=16), tell="yes"))
        letter = Letter.objects.get(kind="session_notice")
        as_anna.post(f"/sessions/{talk.pk}/undo")
        post.dispatch(now=letter.due_at)
        letter.refresh_from_db()
        assert letter.state == Letter.State.CANCELLED

    def test_it_is_given_to_a_colleague_who_cares_for_her_and_comes_back(
        self, talk: Session, ben: User, mrs_lee: Client, as_olga: Browser, as_anna: Browser
    ) -> None:
        address, theirs = f"/sessions/{talk.pk}/shift", to(LATER, therapist=str(ben.pk))
        refused = as_olga.post(address, theirs)
        assert refused.status_code == 422 and "not in this therapist’s care yet" in refused.content.decode()
        CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
        assert "with Ben" in look(as_olga, talk, LATER, therapist=str(ben.pk))
        assert as_anna.post(address, theirs).status_code == 422, "a therapist gives nothing away by herself"
        as_olga.post(address, theirs)
        assert now_of(talk).therapist == ben
        as_olga.post(f"/sessions/{talk.pk}/undo")
        assert (now_of(talk).therapist, now_of(talk).starts_at) == (talk.therapist, TEN)

    def test_an_address_that_is_not_ours_leads_nowhere(self, talk: Session, as_anna: Browser) -> None:
        answer = as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER, calendar="next=//evil.example&with=1"))
        assert answer["Location"] == f"/sessions/week?with=1&week={LATER.date()}"

    def test_a_clash_with_herself_asks_for_a_reason(self, talk: Session, other: Session, as_anna: Browser) -> None:
        shown = look(as_anna, talk, LATER)
        assert "Anna is with Ines Marlow then" in shown and "doubled_because" in shown
        refused = as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER))
        assert refused.status_code == 422 and now_of(talk).starts_at == TEN
        as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER, doubled_because="They asked to meet"))
        moved = now_of(talk)
        assert (moved.starts_at, moved.doubled, moved.doubled_because) == (LATER, True, "They asked to meet")
        assert (
            "double booking: They asked to meet"
            in as_anna.get("/sessions/week", {"week": LATER.date()}).content.decode()
        )

    def test_a_second_one_on_the_same_slot_is_refused(
        self, talk: Session, other: Session, anna: User, as_anna: Browser
    ) -> None:
        factories.session(anna, starts_at=LATER, doubled=True, doubled_because="once")
        shown = look(as_anna, talk, LATER)
        assert "doubled_because" not in shown and "<button" not in shown
        answer = as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER, doubled_because="twice"))
        assert answer.status_code == 422
        assert (now_of(talk).starts_at, now_of(talk).doubled) == (TEN, False)

    def test_a_client_or_a_room_that_is_taken_takes_no_reason(
        self, anna: User, ben: User, mrs_lee: Client, talk: Session, as_anna: Browser
    ) -> None:
        factories.session(ben, mrs_lee, starts_at=LATER)
        shown = look(as_anna, talk, LATER)
        assert "A client of this session has another one from 14:00 to 14:50." in shown
        assert "doubled_because" not in shown

    def test_away_from_the_other_it_is_doubled_no_longer(self, talk: Session, other: Session, anna: User) -> None:
        over = moving.shift(talk, to=LATER, minutes=50, by=anna, because="They asked to meet")
        free = moving.shift(over, to=TEN, minutes=50, by=anna)
        assert (free.doubled, free.doubled_because) == (False, "")
        assert not free.seats.get().doubled

    def test_without_a_reason_a_doubled_one_moves_over_no_other(
        self, talk: Session, other: Session, anna: User
    ) -> None:
        factories.session(anna, starts_at=TEN.replace(hour=16))
        over = moving.shift(talk, to=LATER, minutes=50, by=anna, because="They asked to meet")
        with pytest.raises(Clash) as clash:
            moving.shift(over, to=TEN.replace(hour=16), minutes=50, by=anna)
        assert clash.value.taken == Taken.THERAPIST
        assert now_of(talk).starts_at == LATER and now_of(talk).doubled

    def test_what_is_over_or_a_colleagues_is_not_moved(
        self, talk: Session, anna: User, as_anna: Browser, as_ben: Browser, as_rosa: Browser
    ) -> None:
        for browser in (as_ben, as_rosa):
            assert browser.post(f"/sessions/{talk.pk}/shift", to(LATER)).status_code == 404
        booking.cancel(talk, by=anna)
        assert "no longer be moved" in look(as_anna, talk, LATER)

    def test_what_a_client_asked_for_is_answered_and_not_moved(
        self, anna: User, mrs_lee: Client, as_anna: Browser
    ) -> None:
        asked_for = factories.session(anna, mrs_lee, starts_at=TEN, status="requested", held_until=TEN)
        assert "This time was asked for." in look(as_anna, asked_for, LATER)
        typed = {"day": LATER.date().isoformat(), "starts": "14:00"}
        for path, sent in (("shift", to(LATER)), ("move", typed)):
            page = as_anna.post(f"/sessions/{asked_for.pk}/{path}", sent)
            assert page.status_code == 422 and "This time was asked for." in page.content.decode(), path
        span = {"start": TEN.date().isoformat(), "end": (TEN + timedelta(days=2)).date().isoformat()}
        [shown] = as_anna.get("/sessions/events", span).json()["events"]
        assert not shown["startEditable"] and not shown["durationEditable"]
        assert now_of(asked_for).starts_at == TEN
        assert asked.offer(asked_for, to=LATER, by=anna).starts_at == LATER


class TestWhereClocksChange:
    SECOND = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    """01:30 in London for the second time."""

    @pytest.fixture
    def night(self, anna: User, mrs_lee: Client) -> Session:
        return factories.session(anna, mrs_lee, starts_at=self.SECOND)

    def test_stretching_leaves_the_start(self, night: Session, as_anna: Browser) -> None:
        as_anna.post(f"/sessions/{night.pk}/shift", to(self.SECOND.astimezone(LONDON), minutes=60))
        assert (now_of(night).starts_at, now_of(night).minutes) == (self.SECOND, 60)

    def test_so_does_the_page_for_moving(self, night: Session, as_anna: Browser) -> None:
        as_anna.post(f"/sessions/{night.pk}/move", {"day": "2027-10-31", "starts": "01:30"})
        assert now_of(night).starts_at == self.SECOND

    def test_what_is_shown_is_as_long_as_it_would_be(self, night: Session, as_anna: Browser) -> None:
        assert "01:30 to 02:20" in look(as_anna, night, datetime(2027, 10, 30, 1, 30, tzinfo=LONDON))
        assert moving.at(night, datetime(2027, 10, 31, 1, 30, tzinfo=LONDON), 50).minutes == 50


class TestUndo:
    def test_it_is_as_before(self, talk: Session, other: Session, as_anna: Browser) -> None:
        said_at = datetime.now(LONDON)
        talk.seats.update(answer="coming", answered_at=said_at)
        as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER, minutes=25, doubled_because="They asked to meet"))
        assert talk.seats.get().answer == ""
        assert "For three minutes this can be taken back." in as_anna.get("/sessions/week").content.decode()
        as_anna.post(f"/sessions/{talk.pk}/undo")
        back, seat = now_of(talk), talk.seats.get()
        assert (back.starts_at, back.minutes, back.doubled, back.doubled_because) == (TEN, 50, False, "")
        assert (seat.answer, seat.answered_at) == ("coming", said_at)
        (due,) = Letter.objects.filter(about=talk.pk, state="due")
        assert due.not_after == TEN
        assert "taken back" not in as_anna.get("/sessions/week").content.decode()

    def test_a_reason_comes_back_too(self, talk: Session, other: Session, anna: User, as_anna: Browser) -> None:
        moving.shift(talk, to=LATER, minutes=50, by=anna, because="They asked to meet")
        as_anna.post(f"/sessions/{talk.pk}/shift", to(TEN))
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert (now_of(talk).starts_at, now_of(talk).doubled_because) == (LATER, "They asked to meet")

    def test_what_was_answered_first_does_not_come_back_over_what_was_answered_since(
        self, talk: Session, as_anna: Browser
    ) -> None:
        talk.seats.update(answer="coming", answered_at=datetime.now(LONDON))
        as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER))
        talk.seats.update(answer="cannot", answered_at=datetime.now(LONDON))
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert (now_of(talk).starts_at, talk.seats.get().answer) == (TEN, "")

    def test_it_goes_back_under_what_was_booked_over_it(self, talk: Session, anna: User, as_anna: Browser) -> None:
        over = factories.client("Ines Marlow", anna)
        factories.session(anna, over, starts_at=TEN, doubled=True, doubled_because="a crisis")
        as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER))
        assert now_of(talk).starts_at == LATER
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert now_of(talk).starts_at == TEN

    def test_after_three_minutes_it_is_too_late(
        self, talk: Session, as_anna: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(post, "UNDO", timedelta(0))
        as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER))
        assert "taken back" not in as_anna.get("/sessions/week").content.decode()
        answer = as_anna.post(f"/sessions/{talk.pk}/undo", follow=True)
        assert "That can no longer be undone." in answer.content.decode()
        assert now_of(talk).starts_at == LATER

    def test_nor_when_somebody_moved_it_since(self, talk: Session, anna: User, as_anna: Browser) -> None:
        as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER))
        booking.move(talk, to=LATER + timedelta(hours=1), by=anna)
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert now_of(talk).starts_at == LATER + timedelta(hours=1)

    def test_nor_by_anyone_else(self, talk: Session, as_anna: Browser, as_olga: Browser, as_ben: Browser) -> None:
        as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER))
        as_olga.post(f"/sessions/{talk.pk}/undo")
        assert as_ben.post(f"/sessions/{talk.pk}/undo").status_code == 404
        assert now_of(talk).starts_at == LATER

    def test_where_it_came_from_is_taken_meanwhile(self, talk: Session, anna: User, as_anna: Browser) -> None:
        as_anna.post(f"/sessions/{talk.pk}/shift", to(LATER))
        factories.session(anna, factories.client("Ines Marlow", anna), starts_at=TEN)
        answer = as_anna.post(f"/sessions/{talk.pk}/undo", follow=True)
        assert "Anna is with Ines Marlow then" in answer.content.decode()
        assert now_of(talk).starts_at == LATER

    def test_the_page_for_moving_can_be_undone_too(self, talk: Session, as_anna: Browser) -> None:
        form = {"day": LATER.date(), "starts": "14:00"}
        shown = as_anna.post(f"/sessions/{talk.pk}/move", form, follow=True)
        assert f'action="/sessions/{talk.pk}/undo"' in shown.content.decode()
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert now_of(talk).starts_at == TEN
