"""Pages of sessions: who sees what, in which words, with how many queries."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clients.models import CareTeamMember, Client, Screening
from practice.domain import post
from practice.domain.local_time import instant
from practice.domain.words import clock
from practice.models import Letter, Mode, Place, Practice, User
from routes.domain import route_light
from routes.models import Route
from sessions.domain import booking, meeting
from sessions.domain.reading import zone
from sessions.domain.today import title
from sessions.models import Session
from tests import factories
from tests.sessions.people import consent, ready

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
TOMORROW = (NOW + timedelta(days=1)).date()


def today_at(hour: int) -> datetime:
    return instant(datetime.now(UTC).date(), time(hour), zone(Session(place=Place())))


@pytest.fixture
def route(anna: User) -> Route:
    return factories.route(anna, sketch={"parts": [[[lat, lon] for lat, lon, _height in factories.LOOP]]})


@pytest.fixture
def walk(anna: User, mrs_lee: Client, route: Route) -> Session:
    """A walk today that is ready, written past the booking rules so that it may already have begun."""
    ready(mrs_lee, anna)
    return factories.session(anna, mrs_lee, starts_at=today_at(11), mode=Mode.WALK, route=route, fallback="room")


def text(answer: Any) -> str:
    return answer.content.decode()


class TestToday:
    def test_the_title_says_the_day(self, walk: Session, as_anna: Browser) -> None:
        page = text(as_anna.get("/sessions/today"))
        here = walk.place.time_zone
        day = walk.starts_at.astimezone(ZoneInfo(here)).date()
        dusk = clock(route_light.sun_over(walk.route, here, day).dusk, here)
        assert f"<h1>One walk, and light until {dusk}</h1>" in page
        assert "Walking agreed" in page
        assert "Mary Lee" in page

    def test_without_an_age_of_majority_a_young_client_outdoors_needs_a_look(
        self, walk: Session, anna: User, mrs_lee: Client, as_anna: Browser
    ) -> None:
        Practice.objects.update(majority_age=None)
        Client.objects.filter(pk=mrs_lee.pk).update(birth_date=date(NOW.year - 19, 1, 1))
        later = factories.session(
            anna, mrs_lee, starts_at=NOW + timedelta(days=2), mode=Mode.WALK, route=walk.route, fallback="room"
        )
        for address in ("/sessions/today", f"/sessions/{later.pk}"):
            assert "First set the age of majority" in text(as_anna.get(address))
        assert not meeting.is_settled(walk.seats.select_related("client").get())

    def test_titles(self) -> None:
        walks = [Session(mode="walk")] * 3
        assert title(walks, "18:24") == "Three walks, and light until 18:24"
        assert title([Session(mode="indoor")], "18:24") == "One session in the room"
        assert (
            title([*walks, Session(mode="online")], "18:24") == "Four sessions, three outdoors, and light until 18:24"
        )
        assert title([], "") == "A free day"

    def test_a_colleague_sees_her_own_day(self, walk: Session, as_ben: Browser) -> None:
        assert "Mary Lee" not in text(as_ben.get("/sessions/today"))

    def test_the_desk_sees_when_and_not_why(self, walk: Session, mrs_lee: Client, anna: User, as_olga: Browser) -> None:
        mrs_lee.emergency_contact.delete()
        consent(mrs_lee, anna, status="declined", answered_at=NOW + timedelta(seconds=1))
        page = text(as_olga.get("/sessions/today"))
        assert "Mary Lee" in page
        assert "Not yet, ask Anna" in page
        assert not any(word in page for word in ("declined", "Rather not", "emergency", "agreed"))

    def test_what_needs_a_hand(self, anna: User, mrs_lee: Client, as_anna: Browser, as_olga: Browser) -> None:
        factories.session(anna, mrs_lee, starts_at=NOW - timedelta(days=3))
        Screening.objects.create(client=mrs_lee, kind="intake", asked_by=anna, status="submitted", submitted_at=NOW)
        consent(mrs_lee, anna, days=9)
        Letter.objects.create(
            kind="session_reminder", key="k", to="m@example.org", about=uuid4(), client=mrs_lee.pk, state="uncertain",
            due_at=NOW,
        )  # fmt: skip
        factories.client("Fay Carrick", status=Client.Status.ENQUIRY)
        page = text(as_anna.get("/sessions/today"))
        for words in ("The note about Mary Lee", "Mary Lee’s answers", "Mary Lee’s consent", "may not have arrived"):
            assert words in page
        desk = text(as_olga.get("/sessions/today"))
        assert "Fay Carrick" in desk
        assert "may not have arrived" in desk
        assert not any(words in desk for words in ("answers", "consent", "The note"))

    def test_nobody_is_asked_to_sign_in_and_clients_have_their_own(
        self, as_mallory: Browser, as_mrs_lee: Browser
    ) -> None:
        assert as_mallory.get("/sessions/today").status_code == 302
        assert as_mrs_lee.get("/sessions/today").status_code == 404


def wanted(anna: User, person: Client, **fields: Any) -> dict[str, Any]:
    place = factories.place()
    form = {
        "client": person.pk, "therapist": anna.pk, "mode": "indoor", "day": TOMORROW, "starts": "10:00", "minutes": 50,
        "place": place.pk, "travel": 0, "indoor_minutes": 0, "request_key": uuid4(),
    }  # fmt: skip
    return form | fields


class TestBook:
    def test_it_books_once(self, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        assert as_anna.get("/sessions/book", {"client": mrs_lee.pk}).status_code == 200
        form = wanted(anna, mrs_lee)
        first, second = as_anna.post("/sessions/book", form), as_anna.post("/sessions/book", form)
        assert first.status_code == second.status_code == 302
        assert first["Location"] == second["Location"] == f"/sessions/{Session.objects.get().pk}"

    def test_back_and_another_day_is_another_booking(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client, as_anna: Browser, as_ben: Browser
    ) -> None:
        form = wanted(anna, mrs_lee)
        as_anna.post("/sessions/book", form)
        form["day"] = TOMORROW + timedelta(days=1)
        answer = as_anna.post("/sessions/book", form)
        assert answer.status_code == 422
        assert "This form was used already." in text(answer)
        assert str(form["request_key"]) not in text(answer)
        again = answer.context["form"]["request_key"].value()
        assert as_anna.post("/sessions/book", form | {"request_key": again}).status_code == 302
        assert Session.objects.count() == 2
        theirs = as_ben.post("/sessions/book", wanted(ben, mr_ode, request_key=form["request_key"]))
        assert theirs.status_code == 422
        assert "Mary Lee" not in text(theirs)

    def test_a_clash_is_a_sentence(self, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        as_anna.post("/sessions/book", wanted(anna, mrs_lee))
        answer = as_anna.post("/sessions/book", wanted(anna, factories.client("Ines Marlow", anna)))
        assert answer.status_code == 422
        assert "Anna is with Mary Lee then; the time from 10:00 to 10:50 is taken." in text(answer)

    def test_not_ready_to_the_therapist_and_to_the_desk(
        self, anna: User, mrs_lee: Client, route: Route, as_anna: Browser, as_olga: Browser
    ) -> None:
        form = wanted(anna, mrs_lee, mode="walk", route=route.pk, fallback="room")
        hers, desk = as_anna.post("/sessions/book", form), as_olga.post("/sessions/book", form)
        assert hers.status_code == desk.status_code == 422
        assert "There is no decision yet" in text(hers)
        assert "No emergency contact" in text(hers)
        assert "Not yet, ask Anna" in text(desk)
        assert not any(words in text(desk) for words in ("decision", "onsent", "mergency"))
        assert not Session.objects.exists()

    def test_looking_books_nothing(self, anna: User, mrs_lee: Client, route: Route, as_anna: Browser) -> None:
        ready(mrs_lee, anna)
        form = wanted(anna, mrs_lee, mode="walk", route=route.pk, fallback="room", look="1")
        answer = as_anna.post("/sessions/book", form, headers={"HX-Request": "true"})
        assert "Walking agreed, Anna" in text(answer)
        assert "<html" not in text(answer)
        assert not Session.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"mode": "walk", "fallback": "room"}, "Choose the route."),
            ({"mode": "sit"}, "Choose what happens when it cannot be outdoors."),
            ({"starts": "25:00"}, "Enter a valid time"),
            ({"indoor_minutes": 60}, "longer than the session"),
            ({"client": str(uuid4())}, "Select a valid choice"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, anna: User, mrs_lee: Client, as_anna: Browser, fields: dict[str, Any], words: str
    ) -> None:
        answer = as_anna.post("/sessions/book", wanted(anna, mrs_lee, **fields))
        assert answer.status_code == 422
        assert words in text(answer)

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    def test_a_slip_of_the_year_is_said(
        self, anna: User, mrs_lee: Client, route: Route, as_anna: Browser, day: str
    ) -> None:
        ready(mrs_lee, anna)
        for fields in ({}, {"look": "1"}):
            form = wanted(anna, mrs_lee, mode="walk", route=route.pk, fallback="room", day=day, **fields)
            answer = as_anna.post("/sessions/book", form)
            assert answer.status_code == 422
        assert "Choose a day between" in text(as_anna.post("/sessions/book", wanted(anna, mrs_lee, day=day)))
        session = factories.session(anna, mrs_lee, starts_at=NOW + timedelta(days=3))
        answer = as_anna.post(f"/sessions/{session.pk}/move", {"day": day, "starts": "10:00"})
        assert answer.status_code == 422
        assert "Choose a day between" in text(answer)

    def test_a_colleagues_client_cannot_be_chosen(self, anna: User, mr_ode: Client, as_anna: Browser) -> None:
        assert "Peter Ode" not in text(as_anna.get("/sessions/book"))
        assert as_anna.post("/sessions/book", wanted(anna, mr_ode)).status_code == 422

    def test_a_couple(self, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        other = factories.client("Dan Lee", anna)
        as_anna.post("/sessions/book", wanted(anna, mrs_lee, others=[other.pk]))
        session = Session.objects.get()
        assert (session.kind, session.seats.count()) == ("couple", 2)


class TestOne:
    def test_the_page_of_a_session(self, walk: Session, as_anna: Browser, as_ben: Browser, as_olga: Browser) -> None:
        page = text(as_anna.get(f"/sessions/{walk.pk}"))
        assert "Orchard loop" in page
        assert "Mary Lee" in page
        assert as_ben.get(f"/sessions/{walk.pk}").status_code == 404
        assert "<dt>up</dt><dd>9 m</dd>" in page
        Route.objects.update(ascent_m=0)
        assert "<dt>no climb</dt><dd>Level</dd>" in text(as_anna.get(f"/sessions/{walk.pk}"))
        assert "note" not in text(as_olga.get(f"/sessions/{walk.pk}")).split("<main")[1].lower()

    def test_a_colleague_on_the_care_team_reads_and_changes_nothing(
        self, walk: Session, mrs_lee: Client, ben: User, as_ben: Browser
    ) -> None:
        CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
        assert "Cancel" not in text(as_ben.get(f"/sessions/{walk.pk}")).split("<main")[1]
        assert as_ben.post(f"/sessions/{walk.pk}/cancel").status_code == 404
        assert "Mary Lee" not in text(as_ben.get("/sessions/today"))

    def test_cancel_asks_first(self, walk: Session, as_anna: Browser) -> None:
        address = f"/sessions/{walk.pk}/cancel"
        assert "Keep it" in text(as_anna.get(address))
        walk.refresh_from_db(fields=["status"])
        assert walk.status == "booked"
        as_anna.post(address)
        walk.refresh_from_db(fields=["status"])
        assert walk.status == "cancelled"

    def test_move(self, anna: User, mrs_lee: Client, as_anna: Browser, as_ben: Browser) -> None:
        session = factories.session(anna, mrs_lee, starts_at=NOW + timedelta(days=3))
        address = f"/sessions/{session.pk}/move"
        assert as_anna.get(address).status_code == 200
        assert as_anna.post(address, {"day": "", "starts": "10:00"}).status_code == 422
        assert as_anna.post(address, {"day": TOMORROW, "starts": "10:00"}).status_code == 302
        assert as_ben.post(address, {"day": TOMORROW, "starts": "11:00"}).status_code == 404
        session.refresh_from_db(fields=["starts_at"])
        assert session.starts_at.date() == TOMORROW

    def test_who_left_is_not_moved_and_it_is_said(self, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        session = factories.session(anna, mrs_lee, starts_at=NOW + timedelta(days=3))
        Client.objects.filter(pk=mrs_lee.pk).update(status="closed")
        answer = as_anna.post(f"/sessions/{session.pk}/move", {"day": TOMORROW, "starts": "10:00"})
        assert answer.status_code == 422
        assert "Mary Lee: not in treatment here now. Open the file again first." in text(answer)

    def test_what_is_over_can_no_longer_be_moved(self, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        session = factories.session(anna, mrs_lee, starts_at=NOW - timedelta(days=3))
        booking.mark_missed(session, by=anna)
        answer = as_anna.post(f"/sessions/{session.pk}/move", {"day": TOMORROW, "starts": "10:00"})
        assert answer.status_code == 422
        assert "no longer be moved" in text(answer)

    def test_missed(self, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        session = factories.session(anna, mrs_lee, starts_at=NOW - timedelta(days=3))
        as_anna.post(f"/sessions/{session.pk}/missed")
        session.refresh_from_db(fields=["status"])
        assert session.status == "missed"

    def test_the_lines_of_a_client(
        self, walk: Session, mrs_lee: Client, as_anna: Browser, as_ben: Browser, as_olga: Browser
    ) -> None:
        address = f"/sessions/client/{mrs_lee.pk}"
        fragment = text(as_anna.get(address, headers={"HX-Request": "true"}))
        assert "Walking, Orchard loop" in fragment
        assert "<html" not in fragment
        assert "Walking, Orchard loop" in text(as_anna.get(address))
        assert "note" not in text(as_olga.get(address, headers={"HX-Request": "true"}))
        assert as_ben.get(address).status_code == 404


class TestMine:
    def test_her_next_time_and_nothing_about_why(
        self, anna: User, mrs_lee: Client, route: Route, as_mrs_lee: Browser
    ) -> None:
        ready(mrs_lee, anna)
        at = instant(TOMORROW, time(11), zone(Session(place=Place())))
        session = factories.session(anna, mrs_lee, starts_at=at, mode=Mode.WALK, route=route, fallback="room")
        page = text(as_mrs_lee.get("/sessions/mine"))
        assert "Hello, Mrs Lee" in page
        assert "Orchard loop, the gate" in page
        assert "shoes with grip" in page
        assert "decision" not in page.lower()
        seat = session.seats.get()
        said = {"answer": "coming", "read": seat.starts_at.isoformat()}
        as_mrs_lee.post(f"/sessions/seat/{seat.pk}/answer", said)
        assert session.seats.get().answer == "coming"

    def test_nothing_booked(self, as_mrs_lee: Browser) -> None:
        assert "No time is booked yet." in text(as_mrs_lee.get("/sessions/mine"))

    def test_somebody_elses_seat_is_not_hers_to_answer(self, ben: User, mr_ode: Client, as_mrs_lee: Browser) -> None:
        session = factories.session(ben, mr_ode, starts_at=NOW + timedelta(days=1))
        address = f"/sessions/seat/{session.seats.get().pk}/answer"
        assert as_mrs_lee.post(address, {"answer": "cannot"}).status_code == 404


@pytest.mark.parametrize("address", ["/sessions/today", "/sessions/week", "/sessions/mine"])
def test_queries_do_not_grow_with_rows(
    anna: User, mrs_lee: Client, route: Route, as_anna: Browser, as_mrs_lee: Browser, address: str
) -> None:
    browser = as_mrs_lee if address.endswith("mine") else as_anna
    ready(mrs_lee, anna)
    counts = []
    for number in range(3):
        person = mrs_lee if address.endswith("mine") else ready(factories.client(f"Person {number}", anna), anna)
        days = number + 1 if address.endswith("mine") else 0
        at = today_at(9 + 2 * number) + timedelta(days=days)
        factories.session(anna, person, starts_at=at, mode=Mode.WALK, route=route, fallback="room")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2], counts
    # what waits for a hand is asked in one of them, whatever its kind; by day three more for the notes that are missing
    most = {"/sessions/today": 26, "/sessions/week": 12, "/sessions/mine": 21}
    assert counts[2] <= most[address], counts


class TestLimits:
    """What a decision carries with it stands where the session is, for whoever reads the chart."""

    SAID = "With these limits: No hills; Carries two injectors, in date."

    @pytest.fixture
    def walk(self, anna: User, mrs_lee: Client, route: Route) -> Session:
        ready(mrs_lee, anna)
        factories.decision(mrs_lee, anna, "walk", limits=["no_hills", "carries_injectors"])
        return factories.session(
            anna, mrs_lee, mode=Mode.WALK, route=route, fallback="room", starts_at=today_at(9) + timedelta(days=1)
        )

    def test_for_the_care_team_and_nobody_else(
        self, walk: Session, as_anna: Browser, as_sam: Browser, as_olga: Browser, as_rosa: Browser, as_mrs_lee: Browser
    ) -> None:
        where = f"/sessions/{walk.pk}"
        for browser in (as_anna, as_sam):
            assert self.SAID in text(browser.get(where))
        for browser in (as_olga, as_rosa):
            page = text(browser.get(where))
            assert "With these limits" not in page and "injectors" not in page
        assert "injectors" not in text(as_mrs_lee.get("/sessions/mine"))

    def test_not_in_the_room(self, walk: Session, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        inside = factories.session(anna, mrs_lee, starts_at=today_at(15) + timedelta(days=1))
        assert "With these limits" not in text(as_anna.get(f"/sessions/{inside.pk}"))

    def test_three_people_cost_as_little_as_one(
        self, walk: Session, anna: User, route: Route, as_anna: Browser
    ) -> None:
        people = [factories.client(f"Person {number}", anna) for number in range(3)]
        for person in people:
            ready(person, anna)
            factories.decision(person, anna, "walk", limits=["short"])
        together = factories.session(
            anna, *people, mode=Mode.WALK, route=route, fallback="room", starts_at=today_at(16) + timedelta(days=1)
        )
        counts = []
        for session in (walk, walk, together):
            with CaptureQueriesContext(connection) as queries:
                page = text(as_anna.get(f"/sessions/{session.pk}"))
            counts.append(len(queries))
        assert page.count("Short to begin with") == 3 and counts[1] == counts[2], counts


def test_three_walks_with_limits_cost_as_few_queries_as_one(anna: User, as_anna: Browser) -> None:
    counts = []
    for number in range(3):
        person = ready(factories.client(f"Person {number}", anna), anna)
        factories.decision(person, anna, "walk", limits=["no_water_edge", "toilets"])
        path = factories.route(anna, f"Path {number}", sketch={"parts": [[[51.5, -0.1], [51.6, -0.1]]], "heights": []})
        path.hazards.create(kind="water", words="Open water.")
        at = today_at(9 + 2 * number)
        factories.session(anna, person, starts_at=at, mode=Mode.WALK, route=path, fallback="room")
        with CaptureQueriesContext(connection) as queries:
            page = text(as_anna.get("/sessions/today"))
        counts.append(len(queries))
    assert page.count("The route meets a limit: No water") == 3
    assert counts[0] == counts[2], counts


def test_in_a_colleagues_session_a_reader_is_named_only_whom_she_may_see(
    as_anna: Browser, as_ben: Browser, as_olga: Browser, ben: User, mrs_lee: Client, mr_ode: Client
) -> None:
    at = NOW + timedelta(days=3)
    booked = [
        factories.session(ben, mrs_lee, mr_ode, starts_at=at, kind="group", name="Walkers"),
        factories.session(ben, mrs_lee, mr_ode, starts_at=at + timedelta(hours=3), kind="couple"),
    ]
    for session in booked:
        post.write("session_reminder", key=f"{session.pk}|x", to="ode@example.org", about=session.pk, client=mr_ode.pk)
    pages = [f"/sessions/{session.pk}{end}" for session in booked for end in ("", "/card")]
    for address in [*pages, f"/sessions/client/{mrs_lee.pk}"]:
        assert "Ode" not in as_anna.get(address).content.decode(), address
    for browser in (as_olga, as_ben):
        assert all("Ode" in browser.get(pages[n]).content.decode() for n in (0, 2))
    assert "and 1 more" in as_anna.get(pages[0]).content.decode()
    assert "Mary Lee and 1 more" in as_anna.get(pages[2]).content.decode()
