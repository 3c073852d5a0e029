"""Which routes fit: in whose order, with which reasons, and for whose eyes."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from practice.domain import words
from practice.models import User
from routes.domain import route_light
from routes.models import Route
from sessions.models import Session
from tests import factories
from tests.sessions.people import consent, ready

WHERE = "/sessions/routes"
DAY = (timezone.localdate() + timedelta(days=3)).isoformat()
SKETCH = {"parts": [[place[:2] for place in factories.LOOP]], "heights": []}
LONDON = "Europe/London"
CANARY = "Open water, no rail, canary-pond."


def path(anna: User, name: str, *, water: str = "", **fields: Any) -> Route:
    """A route of a kilometre with three exits."""
    made = factories.route(anna, name, sketch=SKETCH, light="lit", **fields)
    for number, minutes in enumerate((5, 10, 13), start=1):
        made.points.create(position=number, kind="exit", name="Gate", lat=51.53, lon=-0.15, minutes=minutes)
    if water:
        made.hazards.create(kind="water", words=water)
    return made


@pytest.fixture
def canal(anna: User) -> Route:
    return path(anna, "Canal", water=CANARY)


@pytest.fixture
def heath(anna: User) -> Route:
    return path(anna, "Heath")


def ask(browser: Browser, person: Client, **fields: Any) -> str:
    answer = browser.get(WHERE, {"client": person.pk, "mode": "walk", "day": DAY, "starts": "12:00"} | fields)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def limited(person: Client, by: User, *limits: str) -> None:
    ready(person, by)
    factories.decision(person, by, "walk", limits=list(limits))


def test_all_fit_where_nothing_speaks_against_them(mrs_lee, canal, heath, as_anna):
    page = ask(as_anna, mrs_lee)
    good = page[page.index("These fit") :]
    assert good.index("Canal") < good.index("Heath")
    until = words.clock(route_light.sun_over(canal, LONDON, date.fromisoformat(DAY)).dusk, LONDON)
    assert f"18 min with stops to talk, 1.0 km, light until {until}" in good, "dusk, as readiness says it"
    assert "something speaks against" not in page and "something to think of" not in page


def test_the_therapists_order_comes_first(mrs_lee, canal, heath, as_anna, as_olga, as_ben, mr_ode):
    as_anna.post("/routes/order", {"route": str(heath.pk), "way": "add"})
    for browser, person in ((as_anna, mrs_lee), (as_olga, mrs_lee)):
        page = ask(browser, person)
        assert page.index("Heath") < page.index("Canal")
    page = ask(as_ben, mr_ode)
    assert page.index("Canal") < page.index("Heath")


def test_a_limit_speaks_against_and_says_why_to_the_care_team(mrs_lee, anna, canal, heath, as_anna):
    limited(mrs_lee, anna, "no_water_edge", "carries_sugar")
    page = ask(as_anna, mrs_lee)
    assert "Held against the limits of the decision: Sugar in the pocket, for both; No water's edge" in page.replace(
        "&#x27;", "'"
    )
    assert re.search("For you to think of +Sugar in the pocket, for both", page)
    assert "One more that something speaks against" in page and f"Water edge: {CANARY}" in page


def test_the_desk_learns_whom_to_ask_and_nothing_else(mrs_lee, anna, canal, heath, as_olga, as_anna):
    limited(mrs_lee, anna, "no_water_edge", "toilets", "carries_sugar", "quiet")
    page = ask(as_olga, mrs_lee)
    assert "Not this one: ask Anna" in page
    for leak in (CANARY, "Water edge", "imits", "oilet", "Sugar", "to think of", "written down", "overheard"):
        assert leak not in page, leak
    assert "No toilet is written down." in ask(as_anna, mrs_lee)


def test_what_speaks_against_a_route_anyway_is_said_to_everybody(mrs_lee, anna, canal, as_olga):
    limited(mrs_lee, anna, "no_water_edge")
    Route.objects.update(closed_because="Marathon")
    page = ask(as_olga, mrs_lee)
    assert "Closed: Marathon" in page and "Not this one" not in page and CANARY not in page


def test_strangers_are_not_asked_about(mr_ode, as_anna, canal):
    answer = as_anna.get(WHERE, {"client": mr_ode.pk})
    assert answer.status_code == 422 and "Peter Ode" not in answer.content.decode()


@pytest.mark.parametrize(
    "field", [{"client": "nonsense"}, {"day": "tomorrow"}, {"day": "9999-12-31"}, {"starts": "x"}, {"minutes": "7"}]
)
def test_what_cannot_be_read_is_said_beside_its_field(mrs_lee, canal, as_anna, field):
    answer = as_anna.get(WHERE, {"client": mrs_lee.pk} | field)
    assert answer.status_code == 422 and "Please look at this again" in answer.content.decode()


def test_the_empty_page_asks_for_whom(mrs_lee, as_anna):
    answer = as_anna.get(WHERE)
    assert answer.status_code == 200 and "Please look at this again" not in answer.content.decode()
    assert "Mary Lee" in answer.content.decode()


def test_without_routes_it_says_where_to_begin(mrs_lee, as_anna):
    assert "No routes yet" in ask(as_anna, mrs_lee)


def test_the_first_time_asks_for_a_short_loop_and_the_second_does_not(mrs_lee, anna, canal, as_anna):
    Route.objects.update(is_loop=False)
    assert "For a first time outside: not a loop." in ask(as_anna, mrs_lee)
    before = timezone.now() - timedelta(days=7)
    factories.session(anna, mrs_lee, starts_at=before, mode="walk", route=canal, fallback="room")
    assert "For a first time" not in ask(as_anna, mrs_lee)
    Session.objects.all().delete()
    Client.objects.update(carried_over_on=timezone.localdate())
    assert "For a first time" not in ask(as_anna, mrs_lee)


def test_the_limits_of_everybody_who_comes_count(mrs_lee, anna, canal, heath, as_anna):
    other = factories.client("Theo Park", anna)
    limited(other, anna, "no_water_edge")
    assert CANARY not in ask(as_anna, mrs_lee)
    assert CANARY in ask(as_anna, mrs_lee, others=str(other.pk))


def test_what_is_not_agreed_yet_is_said_in_the_readers_words(mrs_lee, canal, as_anna, as_olga):
    assert "Mrs Lee: Not decided yet" in ask(as_anna, mrs_lee)
    assert "Mrs Lee: Not yet, ask Anna" in ask(as_olga, mrs_lee)


@pytest.mark.parametrize(
    ("status", "said"), [("", "Mrs Lee: No consent yet"), ("withdrawn", "Mrs Lee: Consent taken back"), ("signed", "")]
)
def test_a_consent_that_is_missing_or_taken_back_is_said_too(mrs_lee, anna, canal, as_anna, as_olga, status, said):
    factories.decision(mrs_lee, anna)
    if status:
        now = timezone.now()
        ended = (
            {"answered_at": now, "manner": "paper", "withdrawn_at": now, "covers_until": now.date()}
            if status == "withdrawn"
            else {}
        )
        consent(mrs_lee, anna, status=status, **ended)
    page, desk = ask(as_anna, mrs_lee), ask(as_olga, mrs_lee)
    assert ("Mrs Lee: " in page, desk.count("Mrs Lee: Not yet, ask Anna")) == ((True, 1) if said else (False, 0))
    assert said in page and "onsent" not in desk


def test_from_the_booking_there_and_back_again(mrs_lee, anna, heath, as_anna):
    typed = {
        "client": str(mrs_lee.pk), "therapist": str(anna.pk), "mode": "walk", "day": DAY, "starts": "14:30",
        "minutes": "60", "fallback": "video", "travel": "10", "doubled_because": "canary reason", "fit": "1",
    }  # fmt: skip
    answer = as_anna.post("/sessions/book", typed)
    assert answer.status_code == 302 and answer["Location"].startswith(f"{WHERE}?")
    assert "canary" not in answer["Location"] and "csrf" not in answer["Location"]
    page = as_anna.get(answer["Location"]).content.decode()
    [address] = re.findall(r'href="(/sessions/book\?[^"]*route=[^"]*)"', page)
    form = as_anna.get(address.replace("&amp;", "&")).context["form"]
    filled = {name: str(form[name].value()) for name in typed if name not in ("doubled_because", "fit")}
    assert filled == {name: typed[name] for name in filled}
    assert str(form["route"].value()) == str(heath.pk)


def test_a_client_page_leads_there(mrs_lee, as_anna, as_olga, as_rosa, as_sam):
    link = f"{WHERE}?client={mrs_lee.pk}"
    for browser, there in ((as_anna, True), (as_olga, True), (as_rosa, False), (as_sam, False)):
        assert (link in browser.get(f"/clients/{mrs_lee.pk}/").content.decode()) is there


def test_as_many_queries_for_300_routes_as_for_three(mrs_lee, anna, as_anna):
    limited(mrs_lee, anna, "no_water_edge", "toilets", "short", "daylight")
    counts = []
    for number in range(300):
        path(anna, f"Path {number}", water="Pond.")
        if number in (2, 299):
            with CaptureQueriesContext(connection) as queries:
                ask(as_anna, mrs_lee)
            counts.append(len(queries))
    assert counts[0] == counts[1] <= 40, counts
