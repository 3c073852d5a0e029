"""Taking back: what was cancelled, moved or sent is as it was, its letters too, or it stays and the page says why."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.domain import contacts
from clients.models import Client
from practice.domain import links, post
from practice.domain.local_time import instant
from practice.models import Letter, Link, Mode, Service, User
from routes.models import Route
from sessions.domain import (
    asked,
    asked_letters,
    booking,
    giving_up,
    group_offers,
    groups,
    moving,
    notices,
    reminders,
    storm,
    storm_send,
    taking_back,
)
from sessions.domain.clash import Clash, Taken
from sessions.domain.slot import NotPossible
from sessions.domain.storm import Way
from sessions.models import Seat, Session, WaitingPlace
from tests import factories
from tests.sessions.people import ready
from tests.sessions.skies import STORM, forecast
from tests.sessions.test_asking import ask
from tests.sessions.test_outlook import LONDON, SKETCH

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localdate(timezone.now(), LONDON) + timedelta(days=1)
BOARD = "/sessions/outdoors"


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return instant(TOMORROW + timedelta(days=days), time(hour, minute), LONDON)


def now_of(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def waiting(session: Session, kind: str) -> list[Any]:
    return list(Letter.objects.filter(about=session.pk, kind=kind, state="due").values_list("pk", "due_at"))


def stands(session: Session) -> list[Any]:
    """Everything that a change can change."""
    now = now_of(session)
    return [getattr(now, name) for name in taking_back.FIELDS]


@pytest.fixture
def talk(anna: User, mrs_lee: Client) -> Session:
    return booking.book(
        therapist=anna, clients=[mrs_lee], mode=Mode.INDOOR, starts_at=at(10, days=6), place=factories.place(), by=anna
    )


def cancel(browser: Browser, session: Session, **more: str) -> None:
    assert browser.post(f"/sessions/{session.pk}/cancel", more).status_code == 302
    assert now_of(session).status == "cancelled"


class TestCancelled:
    def test_it_is_as_before_and_reminded_of_and_nobody_hears(self, talk: Session, as_anna: Browser) -> None:
        stood, due = stands(talk), waiting(talk, reminders.KIND)
        assert due
        cancel(as_anna, talk, tell="yes", waived="practice")
        assert not waiting(talk, reminders.KIND) and waiting(talk, notices.KIND)
        page = as_anna.get(f"/sessions/{talk.pk}").content.decode()
        assert f'action="/sessions/{talk.pk}/undo"' in page
        shown = as_anna.post(f"/sessions/{talk.pk}/undo", follow=True).content.decode()
        assert "Undone: Mary Lee is back on" in shown
        assert '/undo"' not in shown
        assert stands(talk) == stood
        assert waiting(talk, reminders.KIND) == due
        assert not waiting(talk, notices.KIND)
        post.dispatch(now=timezone.now() + timedelta(minutes=5))
        assert not Letter.objects.filter(kind=notices.KIND, state="sent").exists()

    def test_the_link_of_a_reminder_that_left_works_again_and_no_other(self, talk: Session, as_anna: Browser) -> None:
        seat = talk.seats.get()
        lasts: dict[str, Any] = {"subject": seat.pk, "lasts": timedelta(days=1), "by": None}
        token, ended = links.make(reminders.PURPOSE, **lasts), links.make(reminders.PURPOSE, **lasts)
        other = links.find(ended, reminders.PURPOSE)
        Link.objects.filter(pk=other.pk if other else None).update(ended_at=timezone.now())
        cancel(as_anna, talk)
        assert links.find(token, reminders.PURPOSE) is None
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert links.find(token, reminders.PURPOSE) and not links.find(ended, reminders.PURPOSE)

    def test_a_time_that_was_taken_meanwhile_is_named_and_it_stays_cancelled(
        self, talk: Session, anna: User, as_anna: Browser
    ) -> None:
        cancel(as_anna, talk, tell="yes")
        told = waiting(talk, notices.KIND)
        factories.session(anna, factories.client("Ines Marlow", anna), starts_at=at(10, 30, days=6))
        answer = as_anna.post(f"/sessions/{talk.pk}/undo")
        assert answer.status_code == 409
        assert "Anna is with Ines Marlow then" in answer.content.decode()
        assert now_of(talk).status == "cancelled"
        assert waiting(talk, notices.KIND) == told and not waiting(talk, reminders.KIND)

    def test_a_client_or_a_room_that_is_taken_meanwhile_is_named_too(
        self, ben: User, anna: User, mrs_lee: Client, as_anna: Browser
    ) -> None:
        room = factories.room("Room 1")
        here = factories.session(anna, mrs_lee, starts_at=at(9, days=6), room=room)
        cancel(as_anna, here)
        other = factories.session(ben, factories.client("Ines Marlow", ben), starts_at=at(9, days=6), room=room)
        answer = as_anna.post(f"/sessions/{here.pk}/undo")
        assert answer.status_code == 409 and "Room 1 is taken from 09:00" in answer.content.decode()
        other.delete()
        factories.session(ben, mrs_lee, starts_at=at(9, days=6))
        answer = as_anna.post(f"/sessions/{here.pk}/undo")
        assert answer.status_code == 409 and "A client of this session has another one" in answer.content.decode()
        assert now_of(here).status == "cancelled"

    def test_nor_when_the_letter_has_left_or_three_minutes_are_over(
        self, talk: Session, as_anna: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cancel(as_anna, talk, tell="yes")
        Letter.objects.filter(kind=notices.KIND).update(state="sent")
        answer = as_anna.post(f"/sessions/{talk.pk}/undo")
        assert answer.status_code == 409 and "The letter about it has left already" in answer.content.decode()
        assert now_of(talk).status == "cancelled"

    def test_after_three_minutes_it_is_too_late(
        self, talk: Session, as_anna: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(post, "UNDO", timedelta(0))
        cancel(as_anna, talk)
        answer = as_anna.post(f"/sessions/{talk.pk}/undo")
        assert answer.status_code == 409 and "That can no longer be undone." in answer.content.decode()
        assert now_of(talk).status == "cancelled"

    def test_what_is_refused_by_now_is_not_brought_back(self, talk: Session, mrs_lee: Client, as_anna: Browser) -> None:
        cancel(as_anna, talk)
        Client.objects.filter(pk=mrs_lee.pk).update(status="closed")
        answer = as_anna.post(f"/sessions/{talk.pk}/undo")
        assert answer.status_code == 409 and "not in treatment here now" in answer.content.decode()
        assert now_of(talk).status == "cancelled"

    def test_a_notice_that_waited_before_waits_again(self, talk: Session, as_anna: Browser) -> None:
        sent = {"to": at(14, days=6).strftime("%Y-%m-%dT%H:%M"), "minutes": 50, "tell": "yes"}
        as_anna.post(f"/sessions/{talk.pk}/shift", sent)
        moved = waiting(talk, notices.KIND)
        cancel(as_anna, talk, tell="yes")
        assert waiting(talk, notices.KIND) != moved
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert waiting(talk, notices.KIND) == moved and now_of(talk).starts_at == at(14, days=6)

    def test_a_calendar_elsewhere_hears_nothing(self, mrs_lee: Client, talk: Session, as_anna: Browser) -> None:
        point = contacts.best(mrs_lee, Letter.Channel.EMAIL)
        assert point
        point.wants_invitations = True
        point.save(update_fields=["wants_invitations"])
        from sessions.domain import invitations_out

        invitations_out.write(talk)
        Letter.objects.filter(kind=invitations_out.KIND).update(state="sent")
        cancel(as_anna, talk)
        assert waiting(talk, invitations_out.KIND)
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert not waiting(talk, invitations_out.KIND)

    def test_the_box_stands_on_its_own_page_and_in_the_calendar_alone(
        self, talk: Session, anna: User, as_anna: Browser, as_olga: Browser
    ) -> None:
        other = factories.session(anna, factories.client("Ines Marlow", anna), starts_at=at(12, days=6))
        sent = {"to": at(14, days=6).strftime("%Y-%m-%dT%H:%M"), "minutes": 50}
        for act in (lambda: as_anna.post(f"/sessions/{talk.pk}/shift", sent), lambda: cancel(as_anna, talk)):
            act()
            shown = {
                page: "can be taken back" in as_anna.get(page).content.decode()
                for page in (
                    f"/sessions/{talk.pk}",
                    "/sessions/week",
                    f"/sessions/{other.pk}",
                    "/sessions/today",
                    BOARD,
                )
            }
            assert [page for page, there in shown.items() if there] == [f"/sessions/{talk.pk}", "/sessions/week"]
        assert "can be taken back" not in as_olga.get("/sessions/week").content.decode()


class TestOtherLetters:
    """What else was to be said, and was dropped or outdated while it stood otherwise, is said all the same, once."""

    def test_an_offered_seat(self, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        group = factories.session(anna, mrs_lee, starts_at=at(10, days=6), kind="group", capacity=2)
        groups.put_on_list(group, factories.client("Ines Marlow", anna), by=anna)
        letter = Letter.objects.get(kind=group_offers.KIND)
        cancel(as_anna, group)
        post.dispatch(now=letter.due_at + timedelta(seconds=1))
        letter.refresh_from_db()
        assert letter.state == Letter.State.CANCELLED
        as_anna.post(f"/sessions/{group.pk}/undo")
        post.dispatch(now=letter.due_at + timedelta(seconds=2))
        letter.refresh_from_db()
        assert letter.state == Letter.State.SENT

    def test_an_offered_seat_that_was_taken_meanwhile_is_not_offered_again(
        self, anna: User, mrs_lee: Client, as_anna: Browser
    ) -> None:
        group = factories.session(anna, mrs_lee, starts_at=at(10, days=6), kind="group", capacity=2)
        place = groups.put_on_list(group, factories.client("Ines Marlow", anna), by=anna)
        cancel(as_anna, group)
        post.dispatch(now=timezone.now() + post.UNDO + timedelta(seconds=1))
        WaitingPlace.objects.filter(pk=place.pk).update(state=WaitingPlace.State.DECLINED)
        as_anna.post(f"/sessions/{group.pk}/undo")
        assert Letter.objects.get(kind=group_offers.KIND).state == Letter.State.CANCELLED

    @pytest.mark.parametrize("has_left", [False, True])
    def test_a_booking_that_was_asked_for(
        self,
        service: Service,
        mrs_lee: Client,
        anna: User,
        as_anna: Browser,
        has_left: bool,
    ) -> None:
        asked_for = ask(mrs_lee, service)
        asked.yes(asked_for, by=anna)
        if has_left:
            post.dispatch()
        to = (asked_for.starts_at + timedelta(days=1, hours=3)).astimezone(LONDON)
        as_anna.post(f"/sessions/{asked_for.pk}/shift", {"to": f"{to:%Y-%m-%dT%H:%M}", "minutes": 30})
        as_anna.post(f"/sessions/{asked_for.pk}/undo")
        assert now_of(asked_for).starts_at == asked_for.starts_at
        post.dispatch()
        assert Letter.objects.filter(kind=asked_letters.KIND, state="sent").count() == 1
        assert not waiting(asked_for, asked_letters.KIND)

    def test_what_was_not_asked_for_has_no_such_letter(self, talk: Session, as_anna: Browser) -> None:
        cancel(as_anna, talk)
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert now_of(talk).status == "booked" and not Letter.objects.filter(kind=asked_letters.KIND).exists()

    def test_another_time_that_was_said_meanwhile_is_set_right(
        self,
        service: Service,
        mrs_lee: Client,
        anna: User,
        as_anna: Browser,
    ) -> None:
        asked_for = ask(mrs_lee, service)
        asked.yes(asked_for, by=anna)
        post.dispatch()
        to = (asked_for.starts_at + timedelta(days=1, hours=3)).astimezone(LONDON)
        as_anna.post(f"/sessions/{asked_for.pk}/shift", {"to": f"{to:%Y-%m-%dT%H:%M}", "minutes": 30})
        asked_letters.write(now_of(asked_for))
        post.dispatch()
        as_anna.post(f"/sessions/{asked_for.pk}/undo")
        post.dispatch()
        assert Letter.objects.filter(kind=asked_letters.KIND, state="sent").count() == 3


class TestDoubled:
    """A deliberate double booking stays two, and both stay changeable."""

    @pytest.fixture
    def over(self, talk: Session, anna: User) -> Session:
        person = factories.client("Ines Marlow", anna)
        return booking.book(
            therapist=anna, clients=[person], mode=Mode.INDOOR, starts_at=at(10, days=6), place=factories.place(),
            by=anna, doubled_because="a crisis",
        )  # fmt: skip

    def test_the_first_one_is_stretched_under_the_second(self, talk: Session, over: Session, anna: User) -> None:
        assert moving.shift(talk, to=at(9, 45, days=6), minutes=80, by=anna).minutes == 80
        assert (now_of(over).doubled_because, now_of(talk).doubled) == ("a crisis", False)

    def test_not_into_what_was_doubled_over_another(self, talk: Session, over: Session, anna: User) -> None:
        factories.session(anna, starts_at=at(11, days=6))
        factories.session(anna, starts_at=at(10, 55, days=6), doubled=True, doubled_because="another")
        with pytest.raises(Clash) as clash:
            moving.shift(talk, to=at(10, days=6), minutes=58, by=anna)
        assert clash.value.taken == Taken.THERAPIST

    def test_nobody_else_comes_under_the_second(self, talk: Session, over: Session, anna: User) -> None:
        moving.shift(talk, to=at(14, days=6), minutes=50, by=anna)
        third = factories.session(anna, starts_at=at(16, days=6))
        with pytest.raises(Clash):
            moving.shift(third, to=at(10, days=6), minutes=50, by=anna)

    def test_undone_it_lies_over_none_that_came_meanwhile(
        self, talk: Session, over: Session, anna: User, as_anna: Browser
    ) -> None:
        sent = {"to": at(14, days=6).strftime("%Y-%m-%dT%H:%M"), "minutes": 50}
        as_anna.post(f"/sessions/{over.pk}/shift", sent)
        moving.shift(talk, to=at(16, days=6), minutes=50, by=anna)
        factories.session(anna, factories.client("Robin Roe", anna), starts_at=at(10, days=6))
        answer = as_anna.post(f"/sessions/{over.pk}/undo")
        assert answer.status_code == 409 and "Anna is with Robin Roe then" in answer.content.decode()
        assert now_of(over).starts_at == at(14, days=6)

    def test_undone_it_comes_under_none_that_lies_over_another_by_now(
        self, talk: Session, over: Session, anna: User, as_anna: Browser
    ) -> None:
        sent = {"to": at(14, days=6).strftime("%Y-%m-%dT%H:%M"), "minutes": 50}
        as_anna.post(f"/sessions/{talk.pk}/shift", sent)
        factories.session(anna, factories.client("Robin Roe", anna), starts_at=at(11, days=6))
        moving.shift(over, to=at(10, 30, days=6), minutes=50, by=anna, because="still")
        assert as_anna.post(f"/sessions/{talk.pk}/undo").status_code == 409
        assert now_of(talk).starts_at == at(14, days=6)


class TestSent:
    @pytest.fixture
    def route(self, anna: User) -> Route:
        return factories.route(anna, sketch=SKETCH)

    @pytest.fixture
    def three(self, anna: User, route: Route, settings: Any) -> list[Session]:
        """To a room, by a call, and cancelled."""
        factories.room("Room 1")
        people = [ready(factories.client(name, anna), anna) for name in ("Ines Marlow", "Robin Roe", "Kim Vale")]
        made = [
            factories.session(anna, person, starts_at=at(9 + n), mode=Mode.WALK, route=route, fallback="room")
            for n, person in enumerate(people)
        ]
        for one in made:
            reminders.write(one)
        forecast(route, timezone.now(), STORM)
        return made

    def send(self, browser: Browser, reader: User, three: list[Session]) -> None:
        posted = {"send": "yes"}
        for session, way in zip(three, (Way.ROOM, Way.RING, Way.CANCEL), strict=True):
            seen = storm.seen(now_of(session))
            posted |= {f"{session.pk}-way": str(way), f"{session.pk}-saw": seen, f"{session.pk}-room": ""}
        assert browser.post(BOARD, posted).status_code == 302

    def test_each_is_as_it_was_and_no_letter_leaves(self, three: list[Session], anna: User, as_anna: Browser) -> None:
        stood = [stands(one) for one in three]
        due = [waiting(one, reminders.KIND) for one in three]
        self.send(as_anna, anna, three)
        assert [now_of(one).waived for one in three] == ["weather", "", "weather"]
        assert all(waiting(one, notices.KIND) for one in three)
        board = as_anna.get(BOARD).content.decode()
        assert 'action="/sessions/outdoors/undo"' in board
        undone = as_anna.post("/sessions/outdoors/undo", follow=True).content.decode()
        assert "Undone for 3 sessions. No letter about it leaves." in undone and "can be taken back" not in undone
        assert [stands(one) for one in three] == stood
        assert [waiting(one, reminders.KIND) for one in three] == due
        post.dispatch(now=timezone.now() + timedelta(minutes=5))
        assert not Letter.objects.filter(kind=notices.KIND, state__in=("sent", "due")).exists()

    def test_sent_again_it_is_told_again(self, three: list[Session], anna: User, as_anna: Browser) -> None:
        for _turn in range(2):
            self.send(as_anna, anna, three)
            assert [len(waiting(one, notices.KIND)) for one in three] == [1, 1, 1]
            as_anna.post("/sessions/outdoors/undo")
            assert [len(waiting(one, notices.KIND)) for one in three] == [0, 0, 0]

    def test_what_cannot_be_taken_back_is_named_and_the_rest_is(
        self, three: list[Session], anna: User, as_anna: Browser
    ) -> None:
        self.send(as_anna, anna, three)
        factories.session(anna, factories.client("Sam Poe", anna), starts_at=three[2].starts_at)
        answer = as_anna.post("/sessions/outdoors/undo")
        said = answer.content.decode()
        assert answer.status_code == 409
        assert "Undone for 2 sessions." in said and "Kim Vale" in said and "Anna is with Sam Poe then" in said
        assert [(now_of(one).mode, now_of(one).status) for one in three] == [
            ("walk", "booked"), ("walk", "booked"), ("walk", "cancelled"),
        ]  # fmt: skip
        assert as_anna.post("/sessions/outdoors/undo").status_code == 409

    def test_a_wish_comes_back_with_the_walk(self, three: list[Session], as_anna: Browser) -> None:
        session = three[0]
        session.seats.update(answer="indoors", answered_at=timezone.now())
        as_anna.post(f"/sessions/{session.pk}/indoors")
        assert now_of(session).mode == Mode.INDOOR
        assert "can be taken back" in as_anna.get("/sessions/today").content.decode()
        as_anna.post("/sessions/outdoors/undo")
        assert (now_of(session).mode, session.seats.get().answer) == (Mode.WALK, "indoors")

    def test_what_was_said_of_the_same_time_since_stays(
        self, three: list[Session], anna: User, as_anna: Browser
    ) -> None:
        self.send(as_anna, anna, three)
        giving_up.say(Seat.objects.select_related("session__therapist").get(session=three[0]), Seat.Answer.CANNOT)
        as_anna.post("/sessions/outdoors/undo")
        assert (now_of(three[0]).mode, three[0].seats.get().answer) == (Mode.WALK, "cannot")
        post.dispatch()
        assert Letter.objects.get(kind=giving_up.KIND).state == Letter.State.SENT

    def test_what_was_said_of_another_time_since_does_not(self, talk: Session, as_anna: Browser) -> None:
        sent = {"to": at(14, days=6).strftime("%Y-%m-%dT%H:%M"), "minutes": 50}
        as_anna.post(f"/sessions/{talk.pk}/shift", sent)
        talk.seats.update(answer="coming", answered_at=timezone.now())
        as_anna.post(f"/sessions/{talk.pk}/undo")
        assert (now_of(talk).starts_at, talk.seats.get().answer) == (at(10, days=6), "")

    def test_nobody_else_takes_it_back(
        self, three: list[Session], anna: User, as_anna: Browser, as_ben: Browser
    ) -> None:
        self.send(as_anna, anna, three)
        assert as_ben.post("/sessions/outdoors/undo").status_code == 409
        assert now_of(three[0]).mode == Mode.INDOOR

    def test_what_somebody_changed_since_stays(self, three: list[Session], anna: User, as_anna: Browser) -> None:
        self.send(as_anna, anna, three)
        booking.cancel(now_of(three[0]), by=anna)
        answer = as_anna.post("/sessions/outdoors/undo")
        assert answer.status_code == 409 and "It has changed meanwhile" in answer.content.decode()
        assert now_of(three[0]).status == "cancelled"

    def test_a_change_between_looking_and_doing_leaves_nothing_to_go_back_to(
        self, three: list[Session], anna: User
    ) -> None:
        was = taking_back.before(three[0])
        booking.move(three[0], to=at(15), by=anna)
        assert taking_back.after(was, booking.move(three[0], to=at(16), by=anna)) is None

    def test_pressed_twice_it_is_taken_back_once(self, three: list[Session], anna: User) -> None:
        order = storm_send.Order(three[0], Way.ROOM, storm.seen(three[0]), "weather", factories.room("Room 2"))
        (outcome,) = storm_send.send([order], by=anna, now=timezone.now())
        assert outcome.was and outcome.was["session"] == str(three[0].pk)
        for _turn in range(2):
            taking_back.take_back(outcome.was, by=anna)
        back = now_of(three[0])
        assert (back.mode, back.changes) == (Mode.WALK, three[0].changes + 2)
        booking.cancel(back, by=anna)
        with pytest.raises(NotPossible):
            taking_back.take_back(outcome.was, by=anna)
