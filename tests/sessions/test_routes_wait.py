"""A route whose risks are not assessed: not booked, told to whoever can do it, and on Today until it is done."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clients.models import Client
from practice.models import Mode, User
from routes.models import Route
from sessions.domain import booking, hand_routes, route_chip, rows
from sessions.models import Session
from tests import factories
from tests.sessions.people import ready
from tests.sessions.test_pages import text, wanted

pytestmark = pytest.mark.django_db
SOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)
BLOCKED = [risk for risk in Route.Risk if risk != Route.Risk.PASSED]


def lines(reader: User) -> list[str]:
    return [f"{one.word}: {one.link} {one.rest}" for one in hand_routes.of(reader, datetime.now(UTC).date())]


def ask(anna: User, mrs_lee: Client, route: Route, **fields: Any) -> dict[str, Any]:
    return wanted(anna, mrs_lee, **{"mode": "walk", "starts": "12:00", "route": route.pk, "fallback": "room"} | fields)


@pytest.mark.parametrize("mode", [Mode.SIT, Mode.WALK, Mode.RUN])
@pytest.mark.parametrize("risk", BLOCKED)
def test_it_is_not_booked_for_any_way_of_being_there(anna: User, mrs_lee: Client, mode: str, risk: str) -> None:
    ready(mrs_lee, anna)
    route = factories.route(anna, risk=risk)
    asked: dict[str, Any] = {"therapist": anna, "clients": [mrs_lee], "mode": mode, "starts_at": SOON, "by": anna}
    with pytest.raises(booking.NotYet) as refused:
        booking.book(**asked, place=factories.place(), route=route, fallback="room")
    assert [chip.key for chip in refused.value.readiness.refusals] == ["route"]
    Route.objects.update(risk=Route.Risk.PASSED)
    assert booking.book(**asked, place=factories.place(), route=Route.objects.get(), fallback="room").is_outdoors


def test_what_is_merely_overdue_is_booked(anna: User, mrs_lee: Client) -> None:
    ready(mrs_lee, anna)
    long_ago = SOON.date() - timedelta(days=300)
    made = booking.book(
        therapist=anna, clients=[mrs_lee], mode=Mode.WALK, starts_at=SOON, by=anna, place=factories.place(),
        route=factories.route(anna, look_again_on=long_ago), fallback="room",
    )  # fmt: skip
    assert made.status == "booked"


SOUTH = [[-point[0], *point[1:]] for point in factories.LOOP]


@pytest.mark.parametrize(
    ("season", "line", "day", "tone"),
    [
        ("summer", factories.LOOP, date(2027, 1, 15), "look"),
        ("summer", factories.LOOP, date(2027, 6, 1), "ok"),
        ("summer", factories.LOOP, date(2027, 8, 31), "ok"),
        ("summer", factories.LOOP, date(2027, 9, 1), "look"),
        ("summer", SOUTH, date(2027, 1, 15), "ok"),
        ("winter", SOUTH, date(2027, 1, 15), "look"),
        ("winter", factories.LOOP, date(2026, 12, 1), "ok"),
        ("spring", factories.LOOP, date(2027, 3, 1), "ok"),
        ("autumn", SOUTH, date(2027, 5, 31), "ok"),
        ("all", factories.LOOP, date(2027, 1, 15), "ok"),
    ],
)
def test_an_assessment_of_one_season_asks_for_a_look_in_another(
    anna: User, season: str, line: Any, day: date, tone: str
) -> None:
    route = factories.route(anna, line=line, look_again_on=date(2027, 12, 1))
    factories.assessment(route, anna, season="spring" if season != "spring" else "autumn")
    factories.assessment(route, anna, 2, season=season)
    factories.assessment(route, anna, 3, season="spring" if season != "spring" else "autumn", signed_at=None)
    chip = route_chip.of(route, day=day, grace=30)
    assert (chip.tone, chip.refuses) == (tone, False)
    assert ("Assessed for" in chip.reason) is (tone == "look")


def test_as_many_queries_for_the_rows_of_many_routes_as_for_one(anna: User, mrs_lee: Client) -> None:
    sketch = {"parts": [[point[:2] for point in factories.LOOP]], "heights": []}

    def made(number: int) -> Session:
        route = factories.route(anna, f"Loop {number}", sketch=sketch)
        factories.assessment(route, anna, season="winter")
        starts = SOON + timedelta(days=number)
        return factories.session(anna, mrs_lee, starts_at=starts, mode=Mode.WALK, route=route, fallback="room")

    def read(number: int) -> list[Any]:
        return rows.of(list(rows.loaded(Session.objects.order_by("starts_at"))[:number]), anna, now=datetime.now(UTC))

    for number in range(4):
        made(number)
    read(1)
    with CaptureQueriesContext(connection) as one:
        read(1)
    with CaptureQueriesContext(connection) as four:
        assert len(read(4)) == 4
    assert len(four) == len(one)


@pytest.mark.parametrize("look", [{}, {"look": "1"}])
def test_the_form_says_why_and_leads_whoever_may_to_the_assessment(
    anna: User, mrs_lee: Client, as_anna: Browser, as_olga: Browser, look: dict[str, str]
) -> None:
    ready(mrs_lee, anna)
    route = factories.route(anna, risk=Route.Risk.MISSING)
    form = ask(anna, mrs_lee, route) | look
    for browser, link in ((as_anna, True), (as_olga, False)):
        page = text(browser.post("/sessions/book", form))
        assert "Orchard loop is not assessed yet" in page and "it takes ten minutes" in page
        assert (f"/routes/{route.pk}#risk" in page) is link
    assert not Session.objects.exists()


def test_a_session_booked_before_stays_booked_says_so_and_is_not_moved(
    anna: User, mrs_lee: Client, as_anna: Browser
) -> None:
    ready(mrs_lee, anna)
    route = factories.route(anna)
    session = factories.session(anna, mrs_lee, starts_at=SOON, mode=Mode.WALK, route=route, fallback="room")
    assert f"/routes/{route.pk}#risk" not in text(as_anna.get(f"/sessions/{session.pk}"))
    Route.objects.update(risk=Route.Risk.FAILED)
    page = text(as_anna.get(f"/sessions/{session.pk}"))
    assert "Orchard loop did not pass" in page and f"/routes/{route.pk}#risk" in page
    moved = as_anna.post(f"/sessions/{session.pk}/move", {"day": SOON.date() + timedelta(days=1), "starts": "12:00"})
    assert moved.status_code == 422 and f"/routes/{route.pk}#risk" in text(moved)
    session.refresh_from_db()
    assert (session.status, session.starts_at) == ("booked", SOON)


def test_today_tells_who_keeps_routes_what_waits(anna: User, ben: User, as_anna: Browser, as_olga: Browser) -> None:
    today = datetime.now(UTC).date()
    factories.route(anna, "Well kept")
    factories.route(anna, "Put away", risk=Route.Risk.MISSING, archived_at=SOON)
    factories.route(anna, "New one", risk=Route.Risk.MISSING)
    factories.route(anna, "Steep one", risk=Route.Risk.FAILED)
    waiting = factories.route(anna, "Signed one", risk=Route.Risk.WAITING)
    factories.assessment(waiting, ben)
    factories.assessment(waiting, anna, 2)
    factories.route(anna, "Old one", look_again_on=today - timedelta(days=1))
    factories.route(anna, "Hit one", look_again_because="a branch came down")
    expected = ["Assess: New one", "Assess: Steep one", "Walk: Old one", "Walk: Hit one"]
    assert [line.rsplit(" is ", 1)[0].rsplit(" did ", 1)[0].rsplit(" was ", 1)[0] for line in lines(anna)] == expected
    assert [line for line in lines(ben) if line.startswith("Approve")] == [
        "Approve: Signed one assessed by Anna Reiter, waits for approval."
    ]
    assert "a branch came down" in lines(anna)[-1]
    assert "New one" in text(as_anna.get("/sessions/today")) and "New one" not in text(as_olga.get("/sessions/today"))


def test_as_many_queries_for_many_routes_as_for_few(anna: User, ben: User, django_assert_num_queries: Any) -> None:
    for number in range(3):
        for risk in BLOCKED:
            route = factories.route(anna, f"{risk} {number}", risk=risk)
            factories.assessment(route, ben)
    with django_assert_num_queries(2):
        assert len(lines(anna)) == 7
