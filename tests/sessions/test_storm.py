"""The storm morning board: what each reader sees of two days, which rooms are proposed, and what is sent once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import receiving
from clients.models import CareTeamMember, Client, ContactPoint
from practice.domain import post
from practice.domain.local_time import instant
from practice.models import ClinicianRecord, Letter, Mode, Practice, Room, User
from routes.models import Route
from sessions.domain import booking, notices, storm, storm_send
from sessions.domain.storm import Card, Way
from sessions.domain.storm_send import Order
from sessions.models import Seat, Session, WeatherChoice
from tests import factories
from tests.sessions.people import consent, ready
from tests.sessions.skies import STORM, WARM, forecast
from tests.sessions.test_outlook import LONDON, SKETCH, text

pytestmark = pytest.mark.django_db
TOMORROW = (timezone.now().astimezone(LONDON) + timedelta(days=1)).date()
MORNING = instant(TOMORROW, time(6, 45), LONDON)
PAGE = "/sessions/outdoors"


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return instant(TOMORROW + timedelta(days=days), time(hour, minute), LONDON)


@pytest.fixture(autouse=True)
def open_meteo(settings: Any) -> None:
    settings.WEATHER = replace(settings.WEATHER, source="open-meteo")


@pytest.fixture
def route(anna: User) -> Route:
    return factories.route(anna, sketch=SKETCH)


def walk(therapist: User, route: Route, name: str, start: datetime, **fields: Any) -> Session:
    person = ready(factories.client(name, therapist), therapist)
    defaults: dict[str, Any] = {"mode": Mode.WALK, "route": route, "fallback": "room"}
    return factories.session(therapist, person, starts_at=start, **defaults | fields)


@pytest.fixture
def five(practice: Practice, anna: User, ben: User, route: Route) -> list[Session]:
    """Five walks of three therapists on one morning, and two rooms."""
    mira = factories.user("Mira Solberg", "therapist")
    factories.room("Room 1")
    factories.room("Room 2")
    factories.record(mira, video_link="https://video.example/mira")
    made = [walk(who, route, f"Person {who.called}", at(10)) for who in (anna, ben, mira)]
    made += [walk(who, route, f"Later {who.called}", at(11)) for who in (anna, ben)]
    forecast(route, MORNING, STORM)
    return made


def cards(reader: User, now: datetime = MORNING) -> list[Card]:
    return storm.of(reader, now=now).open


def orders(found: Sequence[Card]) -> list[Order]:
    return [Order(one.session, one.proposed, one.saw, one.waived, one.room) for one in found if one.proposed != "keep"]


def form_of(found: Sequence[Card], **more: str) -> dict[str, str]:
    posted = {}
    for one in found:
        pk = one.session.pk
        posted |= {f"{pk}-way": str(one.proposed), f"{pk}-saw": one.saw}
        posted |= {f"{pk}-room": str(one.room.pk) if one.room else ""}
    return posted | more


class TestBoard:
    def test_a_storm_proposes_what_was_agreed_and_no_room_twice(self, five: list[Session], olga: User) -> None:
        board = storm.of(olga, now=MORNING)
        assert board.title == "Five sessions are better indoors"
        found = board.open
        assert {one.session.therapist.called: one.proposed for one in found[:3]} == {
            "Anna": Way.ROOM, "Ben": Way.ROOM, "Mira": Way.VIDEO,
        }  # fmt: skip
        assert [one.proposed for one in found[3:]] == [Way.ROOM, Way.ROOM]
        for start in (at(10), at(11)):
            given = [one.room for one in found if one.room and one.session.starts_at == start]
            assert len({room.pk for room in given}) == 2

    def test_without_a_room_and_without_video_a_call_is_proposed(self, five: list[Session], olga: User) -> None:
        ClinicianRecord.objects.update(video_link="")
        assert [one.proposed for one in cards(olga)].count(Way.RING) == 1

    def test_a_room_that_somebody_has_is_not_free(self, five: list[Session], olga: User, ben: User) -> None:
        person = factories.client("Indoors Already", ben)
        other = factories.user("Sita Rao", "therapist")
        factories.session(other, person, starts_at=at(10, 30), room=Room.objects.get(name="Room 1"))
        found = cards(olga)
        assert [len(one.free) for one in found] == [1] * 5
        assert {room.name for one in found for room in one.free} == {"Room 2"}

    def test_a_therapist_has_her_own_and_strangers_nothing(
        self, five: list[Session], anna: User, ben: User, rosa: User, sam: User
    ) -> None:
        assert len(cards(anna)) == 2 and len(cards(ben)) == 2
        assert cards(rosa) == [] == cards(sam)

    def test_mild_weather_is_said_calmly(self, route: Route, anna: User, as_anna: Browser) -> None:
        walk(anna, route, "Ines Marlow", at(12))
        forecast(route, timezone.now())
        page = text(as_anna.get(PAGE))
        assert "Nothing speaks against going out" in page and "within your limits" in page
        assert [one.proposed for one in cards(anna)] == [Way.KEEP]

    def test_what_is_not_known_is_not_called_fine(self, route: Route, anna: User) -> None:
        walk(anna, route, "Ines Marlow", at(12))
        board = storm.of(anna, now=MORNING)
        assert board.title == "One session needs a look" and "not known" in board.open[0].chips[1].text

    def test_the_light_the_hazard_and_the_fallback_stand_on_the_card(
        self, five: list[Session], as_anna: Browser
    ) -> None:
        forecast(Route.objects.get(), timezone.now(), STORM)
        page = text(as_anna.get(PAGE))
        assert "Thunder is expected. Indoors, until half an hour after the last of it." in page
        assert "Light until" in page and "Otherwise in the room, as agreed." in page
        assert "2 of 2 free at 10:00" in page

    def test_her_choice_counts_and_is_shown(self, five: list[Session], anna: User, olga: User) -> None:
        session = five[0]
        made = WeatherChoice(
            session=session, starts_at=session.starts_at, by=anna, at=MORNING, choice="go", said="indoors",
            shown={}, subject=session.seats.get().client_id,
        )  # fmt: skip
        made.words = "canary-larch"
        made.save(force_insert=True)
        card = next(one for one in cards(olga) if one.session == session)
        assert card.proposed == Way.KEEP and "Anna: go" in [chip.text for chip in card.chips]

    def test_indoors_today_please_is_proposed_on_a_fine_day(self, route: Route, anna: User, olga: User) -> None:
        session = walk(anna, route, "Ines Marlow", at(12))
        factories.room()
        forecast(route, MORNING)
        Seat.objects.update(answer="indoors", answered_at=MORNING)
        (card,) = cards(olga)
        assert (card.session, card.proposed, card.waived) == (session, Way.ROOM, Session.Waived.CHOICE)

    def test_what_has_begun_or_lies_later_is_not_there(self, route: Route, anna: User) -> None:
        walk(anna, route, "Begun", at(6))
        walk(anna, route, "Day After Tomorrow", at(12, days=2))
        assert cards(anna) == []

    def test_the_final_word_is_named(self, route: Route, anna: User, practice: Practice) -> None:
        walk(anna, route, "Early One", at(7, 30, days=1))
        walk(anna, route, "Early Two", at(9, days=1))
        walk(anna, route, "Late", at(12, days=1))
        days = storm.of(anna, now=MORNING).days
        assert days[0].word == ""
        assert days[1].word == "Final word by 20:00 today for the 07:30 and 09:00 of tomorrow."
        late = storm.of(anna, now=at(21)).days[1]
        assert late.word == "The final word for the 07:30 and 09:00 of tomorrow was due by 20:00."

    def test_queries_do_not_grow_with_cards(self, route: Route, anna: User, as_olga: Browser) -> None:
        counts, looked = [], []
        forecast(route, timezone.now(), STORM)
        factories.room()
        for number in range(3):
            walk(anna, route, f"Person {number}", at(9 + 2 * number))
            with CaptureQueriesContext(connection) as queries:
                assert as_olga.get(PAGE).status_code == 200
            counts.append(len(queries))
            found = [replace(one, proposed=Way.VIDEO, room=None) for one in cards(anna, timezone.now())]
            with CaptureQueriesContext(connection) as queries:
                answer = as_olga.post(PAGE, form_of(found, preview="yes"))
            assert "Read before it is sent" in text(answer)
            looked.append(len(queries))
        assert counts[0] == counts[2] <= 45, counts
        assert looked[0] == looked[2], looked


class TestCanary:
    def test_the_desk_learns_nothing_of_a_person(
        self, route: Route, anna: User, as_olga: Browser, as_anna: Browser
    ) -> None:
        """Too hot for whoever takes lithium, and fine for anybody: her therapist reads it, the desk does not."""
        session = walk(anna, route, "Ines Marlow", at(12))
        person = session.seats.get().client
        factories.decision(person, anna, limits=["heat_strict"], reasoning="canary-why")
        consent(person, anna)
        forecast(route, timezone.now(), WARM)
        hers, desks = text(as_anna.get(PAGE)), text(as_olga.get(PAGE))
        assert "feels like" in hers and "Shade" in hers
        assert "within your limits" in desks and "feels like" not in desks and "Shade" not in desks
        assert "canary-why" not in desks + hers
        posted = form_of(cards(anna, timezone.now()), preview="yes")
        for pk in [one.split("-way")[0] for one in posted if one.endswith("-way")]:
            posted[f"{pk}-way"] = Way.VIDEO
        for page in (as_olga.post(PAGE, posted), as_olga.post(PAGE, posted | {"send": "yes"}, follow=True)):
            assert "canary" not in text(page) and "heat" not in text(page).lower()

    def test_who_wrote_is_beside_her_card_and_what_she_wrote_for_her_team_alone(
        self, route: Route, anna: User, as_olga: Browser, as_anna: Browser
    ) -> None:
        session = walk(anna, route, "Ines Marlow", at(12))
        forecast(route, timezone.now(), WARM)
        address = session.seats.get().client.contact_points.get().value
        receiving.take_mail(f"From: {address}\n\nThanks, canary-see-you".encode())
        hers, desks = as_anna.get(PAGE).content.decode(), as_olga.get(PAGE).content.decode()
        page = reverse("clients:messages", args=[session.seats.get().client_id])
        assert "wrote: " in hers and page in hers
        assert "a message waits since" in desks and page not in desks
        assert "canary" not in hers + desks

    def test_nobody_is_told_why(self, five: list[Session], olga: User) -> None:
        storm_send.send(orders(cards(olga)), by=olga, now=MORNING)
        mail.outbox.clear()
        post.dispatch(now=MORNING + timedelta(minutes=4))
        assert len(mail.outbox) == 5
        for letter in mail.outbox:
            said = str(letter.message())
            assert not [one for one in ("weather", "storm", "thunder", "Thunder", "therapy") if one in said]


class TestSending:
    def test_one_send_does_them_all_and_each_is_told_once(self, five: list[Session], olga: User) -> None:
        outcomes = storm_send.send(orders(cards(olga)), by=olga, now=MORNING)
        assert [one.why_not for one in outcomes] == [""] * 5
        now = {(one.mode, one.waived) for one in Session.objects.all()}
        assert now == {(Mode.INDOOR, "weather"), (Mode.ONLINE, "weather")}
        assert Letter.objects.filter(kind=notices.KIND, state="due").count() == 5
        assert not Letter.objects.filter(kind="session_reminder", state="due", due_at__lte=MORNING).exists()
        board = storm.of(olga, now=MORNING)
        assert board.open == [] and len(board.days[0].settled) == 5
        heard = {one.told for card in board.days[0].settled for one in card.heard}
        assert heard == {"letter leaves 06:48: indoors", "letter leaves 06:48: by video"}

    def test_the_waiver_stands_in_the_history(self, five: list[Session], olga: User) -> None:
        storm_send.send(orders(cards(olga))[:1], by=olga, now=MORNING)
        events = five[0].events.order_by("pgh_id")  # type: ignore[attr-defined]
        assert events.last().waived == "weather" and events.first().waived == ""

    def test_pressing_twice_sends_once(self, five: list[Session], olga: User) -> None:
        wanted = orders(cards(olga))
        storm_send.send(wanted, by=olga, now=MORNING)
        again = storm_send.send(wanted, by=olga, now=MORNING)
        assert [one.why_not for one in again] == [""] * 5
        assert Letter.objects.filter(kind=notices.KIND).count() == 5

    def test_what_cannot_be_done_is_named_and_the_rest_is_done(self, five: list[Session], olga: User) -> None:
        wanted = orders(cards(olga))
        room = wanted[0].room
        assert room
        sita = factories.user("Sita Rao", "therapist")
        factories.session(sita, factories.client("In There", sita), starts_at=at(10), room=room)
        outcomes = storm_send.send(wanted, by=olga, now=MORNING)
        assert [bool(one.why_not) for one in outcomes] == [True, False, False, False, False]
        assert outcomes[0].why_not == f"{room} is taken from 10:00 to 10:50."
        left = Session.objects.get(pk=wanted[0].session.pk)
        assert (left.mode, left.waived, left.fallback, left.route_id) == (Mode.WALK, "", "room", five[0].route_id)
        assert not Letter.objects.filter(kind=notices.KIND, about=left.pk).exists()

    def test_what_changed_since_it_was_shown_is_left_alone(self, five: list[Session], anna: User, olga: User) -> None:
        wanted = orders(cards(olga))
        booking.move(five[0], to=at(14), by=anna)
        outcomes = storm_send.send(wanted[:1], by=olga, now=MORNING)
        assert outcomes[0].why_not == "It has changed meanwhile: please look once more."

    def test_a_call_moves_nothing_and_asks_to_wait(self, five: list[Session], olga: User) -> None:
        card = cards(olga)[0]
        (outcome,) = storm_send.send([Order(card.session, Way.RING, card.saw, card.waived)], by=olga, now=MORNING)
        assert not outcome.why_not and Session.objects.get(pk=card.session.pk).mode == Mode.WALK
        assert cards(olga)[0].heard[0].told == "letter leaves 06:48: we ring"

    def test_cancelling_costs_nothing(self, five: list[Session], olga: User) -> None:
        card = cards(olga)[0]
        storm_send.send([Order(card.session, Way.CANCEL, card.saw, "air")], by=olga, now=MORNING)
        session = Session.objects.get(pk=card.session.pk)
        assert (session.status, session.waived) == ("cancelled", "air")
        mail.outbox.clear()
        post.dispatch(now=MORNING + timedelta(minutes=4))
        assert "There is nothing to pay." in mail.outbox[0].body

    def test_what_is_read_before_is_what_leaves(self, five: list[Session], olga: User) -> None:
        wanted = orders(cards(olga))
        shown = [message.letter for order in wanted for message in storm_send.preview(order)]
        storm_send.send(wanted, by=olga, now=MORNING)
        mail.outbox.clear()
        post.dispatch(now=MORNING + timedelta(minutes=4))
        left = {one.to[0]: one for one in mail.outbox}
        for order, letter in zip(wanted, shown, strict=True):
            point = ContactPoint.objects.get(client=order.session.seats.get().client)
            sent = left[point.value]
            assert letter and sent.subject == letter.subject
            lines = zip(letter.text.splitlines(), str(sent.body).splitlines(), strict=True)
            assert [(a, b) for a, b in lines if a != b and "/r/" not in b] == []


class TestPage:
    def test_read_then_send(self, five: list[Session], as_olga: Browser, olga: User) -> None:
        forecast(Route.objects.get(), timezone.now(), STORM)
        posted = form_of(cards(olga, timezone.now()))
        page = as_olga.post(PAGE, posted | {"preview": "yes"})
        assert page.status_code == 200 and not Letter.objects.filter(kind=notices.KIND).exists()
        shown = text(page)
        assert shown.count("Hello Person, this time we meet indoors") == 2 and "Changed: " in shown
        assert "https://video.example/mira" in shown and "Nobody is charged: weather." in shown
        answer = as_olga.post(PAGE, posted | {"send": "yes"}, follow=True)
        assert "Done for 5 sessions. The letters leave in three minutes." in text(answer)
        assert "Nothing was left to send" in text(as_olga.post(PAGE, posted | {"send": "yes"}, follow=True))
        assert Letter.objects.filter(kind=notices.KIND).count() == 5

    def test_a_room_that_is_chosen_twice_is_refused_in_a_sentence_and_nothing_is_lost(
        self, five: list[Session], as_olga: Browser, olga: User
    ) -> None:
        found, room = cards(olga, timezone.now()), Room.objects.get(name="Room 2")
        posted = form_of(found, preview="yes")
        for one in found[:2]:
            posted |= {f"{one.session.pk}-way": "room", f"{one.session.pk}-room": str(room.pk)}
        answer = as_olga.post(PAGE, posted)
        assert answer.status_code == 422 and "no such room is free then" in text(answer)
        assert answer.content.decode().count(f'<option value="{room.pk}" selected') == 2
        assert not Letter.objects.filter(kind=notices.KIND).exists()

    def test_nonsense_is_refused(self, five: list[Session], as_olga: Browser, olga: User) -> None:
        posted = form_of(cards(olga, timezone.now())[:1], preview="yes")
        for change in ({"why": "boredom"}, {f"{five[0].pk}-way": "swim"}, {f"{five[0].pk}-room": "x"}):
            answer = as_olga.post(PAGE, posted | change)
            assert answer.status_code == 422 and "Please choose again" in text(answer)

    def test_sessions_of_others_are_not_touched(self, five: list[Session], as_ben: Browser, olga: User) -> None:
        posted = form_of(cards(olga, timezone.now()), send="yes")
        as_ben.post(PAGE, posted)
        assert set(Session.objects.exclude(mode=Mode.WALK).values_list("therapist__name", flat=True)) <= {"Ben Castle"}

    def test_who_has_no_safe_address_is_to_be_rung(self, five: list[Session], as_olga: Browser, olga: User) -> None:
        ContactPoint.objects.update(is_safe=False)
        posted = form_of([replace(one, proposed=Way.VIDEO) for one in cards(olga, timezone.now())], preview="yes")
        assert text(as_olga.post(PAGE, posted)).count("please ring") == 5
        assert text(as_olga.get(PAGE)).count("please ring") == 5

    def test_one_tap_gives_her_a_room(self, five: list[Session], as_anna: Browser, as_ben: Browser) -> None:
        session = five[0]
        session.seats.update(answer="indoors", answered_at=timezone.now())
        room = Room.objects.get(name="Room 2")
        assert as_ben.post(f"/sessions/{session.pk}/indoors").status_code == 404
        answer = as_anna.post(f"/sessions/{session.pk}/indoors", {"room": str(room.pk)}, follow=True)
        assert "The letter about it leaves in three minutes." in text(answer)
        session.refresh_from_db()
        assert (session.mode, session.room, session.waived) == (Mode.INDOOR, room, "choice")
        assert Letter.objects.filter(kind=notices.KIND, about=session.pk).count() == 1

    def test_a_tap_without_a_wish_changes_nothing(self, five: list[Session], as_anna: Browser) -> None:
        as_anna.post(f"/sessions/{five[0].pk}/indoors")
        assert Session.objects.get(pk=five[0].pk).mode == Mode.WALK

    def test_who_left_the_care_of_her_therapist_is_named(self, five: list[Session], olga: User) -> None:
        wanted = orders(cards(olga))[:1]
        CareTeamMember.objects.filter(client__name="Person Anna").update(until=timezone.now() - timedelta(days=2))
        (outcome,) = storm_send.send(wanted, by=olga, now=MORNING)
        assert outcome.why_not == "Person Anna: not in this therapist’s care yet."


def test_somebody_with_two_sessions_is_one_row_each(anna: User, route: Route, mrs_lee: Client) -> None:
    ready(mrs_lee, anna)
    for hour in (9, 12):
        factories.session(anna, mrs_lee, starts_at=at(hour), mode=Mode.WALK, route=route, fallback="video")
    assert [one.starts for one in cards(anna)] == ["09:00", "12:00"]


def test_by_video_its_therapist_reads_what_to_ask_first(anna: User, mrs_lee: Client, as_anna: Browser) -> None:
    session = factories.session(anna, mrs_lee, starts_at=at(10), mode=Mode.ONLINE, waived="weather")
    page = text(as_anna.get(f"/sessions/{session.pk}"))
    assert "Begin by asking where they are now" in page and "Nobody is charged" in page
    Session.objects.update(mode=Mode.INDOOR, waived="")
    page = text(as_anna.get(f"/sessions/{session.pk}"))
    assert "Begin by asking" not in page and "Nobody is charged" not in page
