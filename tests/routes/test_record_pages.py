"""The page of a route and the library: what is told, what is folded away, what is found, and with how many queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from routes.domain import record
from routes.models import Hazard, Route, RoutePoint
from routes.templatetags.routes import closure, permission
from tests import factories

MONDAY = date(2026, 5, 4)
SKETCH = {"parts": [[place[:2] for place in factories.LOOP]], "heights": [[0, 38], [500, 47], [1012, 38]]}


def today():
    return timezone.localdate()


@pytest.fixture
def route(anna):
    return factories.route(anna, sketch=SKETCH)


def page_of(browser, route):
    return browser.get(reverse("routes:show", args=[route.pk])).content.decode()


def found(browser, **asked):
    page = browser.get(reverse("routes:list"), asked)
    assert page.status_code == 200
    return [one.name for one in page.context["page"]], page.content.decode()


# ------------------------------------------------------------------------------------------------------------ closing


@pytest.mark.parametrize(
    ("because", "first", "last", "text", "tone"),
    [
        ("marathon", 0, 6, "Closed until Sunday: marathon", "stop"),
        ("marathon", -3, 0, "Closed today: marathon", "stop"),
        ("marathon", 1, 1, "Closes on 5 May: marathon", "look"),
        ("works", 0, 7, "Closed until 11 May: works", "stop"),
        ("works", -400, 300, "Closed until 28 February 2027: works", "stop"),
        ("flood", None, None, "Closed: flood", "stop"),
        ("flood", 0, None, "Closed: flood", "stop"),
    ],
)
def test_a_closure_is_told_by_its_day(because, first, last, text, tone, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a, **k: MONDAY)
    days = [None if day is None else MONDAY + timedelta(days=day) for day in (first, last)]
    said = closure(Route(closed_because=because, closed_from=days[0], closed_until=days[1]), MONDAY)
    assert (said.text, said.tone) == (text, tone)


def test_a_closure_that_is_over_is_not_told():
    route = Route(closed_because="marathon", closed_from=MONDAY, closed_until=MONDAY)
    assert closure(route, MONDAY + timedelta(days=1)) is None is closure(Route(), MONDAY)


@pytest.mark.parametrize(("ends", "tone"), [(-1, "stop"), (0, "look"), (30, "look"), (31, None)])
def test_a_permission_running_out_is_told(ends, tone):
    said = permission(Route(permit="x", permit_until=MONDAY + timedelta(days=ends)), MONDAY)
    assert (said and said.tone) == tone
    assert permission(Route(permit="x"), MONDAY) is None


def test_closing_for_the_week_and_opening_again_from_the_page(as_anna, route):
    address = reverse("routes:close", args=[route.pk])
    assert address in page_of(as_anna, route)
    days = {"closed_from": today().isoformat(), "closed_until": (today() + timedelta(days=2)).isoformat()}
    assert as_anna.post(address, {"closed_because": "marathon", **days}).status_code == 302
    assert Route.objects.get().is_closed(today()) and ": marathon" in page_of(as_anna, route)
    as_anna.post(reverse("routes:open", args=[route.pk]))
    kept = Route.objects.get()
    assert not kept.is_closed(today()) and (kept.closed_from, kept.closed_until) == (None, None)
    assert [event.closed_because for event in kept.events.order_by("pgh_id")] == ["", "marathon", ""]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"closed_because": ""}, "required"),
        ({"closed_from": ""}, "required"),
        ({"closed_until": "2026-01-01"}, "before the first one"),
        ({"closed_from": "2026-01-01", "closed_until": "2026-01-02"}, "over already"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(as_anna, route, fields, sentence):
    told = {"closed_because": "marathon", "closed_from": today().isoformat(), "closed_until": ""} | fields
    answer = as_anna.post(reverse("routes:close", args=[route.pk]), told)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert Route.objects.get().closed_because == ""


def test_a_new_assessment_is_asked_for_with_its_reason(as_anna, route):
    address = reverse("routes:ask_again", args=[route.pk])
    assert as_anna.post(address, {"because": ""}).status_code == 422
    as_anna.post(address, {"because": "A branch fell on the path."})
    kept = Route.objects.get()
    assert (kept.look_again_on, kept.look_again_because) == (today(), "A branch fell on the path.")
    assert "Look again: A branch fell on the path." in page_of(as_anna, route)


@pytest.mark.parametrize("name", ["close", "open", "ask_again", "edit"])
def test_the_desk_reads_and_neither_closes_nor_asks(as_olga, as_mrs_lee, route, name):
    address, told = reverse(f"routes:{name}", args=[route.pk]), {"closed_because": "x", "because": "x"}
    assert as_olga.post(address, told).status_code == as_mrs_lee.post(address, told).status_code == 404
    assert address not in page_of(as_olga, route)
    route.refresh_from_db()
    assert (route.closed_because, route.look_again_because) == ("", "")


# ----------------------------------------------------------------------------------------------------------- the page


def test_what_safety_needs_and_nobody_wrote_down_says_so_and_nothing_else_is_there(as_anna, route):
    page = page_of(as_anna, route)
    assert page.count("Not written down yet") == 3 and page.count("ot tried yet") == 2
    assert "not written down yet" in page and "nobody has measured them yet" in page
    for word in ("Who is about", "Permission", "Gates and barriers", "Narrowest", "Lamps are off", "<img", "None"):
        assert word not in page
    assert "ccessible" not in page


def test_what_is_known_is_told(as_anna, anna):
    route = factories.route(
        anna, gate_codes="C 4417", emergency_department="General", emergency_minutes=11, signal_found="none",
        signal_instead="Back to the gate.", signal_tried_on=MONDAY, parking="Two bays.", width_cm=120,
        steepest_pct="4.5", steepest_m=40, cross_slope_pct=2, obstacle_cm=3, rest_every_m=250, measured_on=MONDAY,
        footfall_morning="quiet", overheard="some", character=["water", "quiet"], permit="The estate's letter.",
        lamps_off_from="23:00", lamps_off_until="05:30", privacy="Wait for the school run.",
    )  # fmt: skip
    page = page_of(as_anna, route)
    for words in (
        "C 4417", "11 min by road", "tried on 4 May 2026", "Where there is none: Back to the gate.", "Two bays.",
        "120 cm", "4.5 % for 40 m", "every 250 m", "Measured on 4 May 2026", "by the water, quiet",
        "The estate&#x27;s letter.", "Lamps are off from 23:00 to 05:30.", "Wait for the school run.",
    ):  # fmt: skip
        assert words in page, words


def test_what_is_over_is_folded_away(as_anna, route):
    for state, until, words in (("there", None, "Water."), ("gone", None, "Ice."), ("there", today(), "Works.")):
        Hazard.objects.create(route=route, kind="other", words=words, state=state, until=until)
    Hazard.objects.create(route=route, kind="other", words="Fair.", until=today() - timedelta(days=1))
    page = page_of(as_anna, route)
    shown, folded = page.split("2 things that are over")
    assert "Water." in shown and "Works." in shown and "Ice." in folded and "Fair." in folded
    _names, cards = found(as_anna)
    assert "Water." in cards and "Works." in cards and "Ice." not in cards and "Fair." not in cards


def test_the_longest_way_between_two_exits(as_anna, route):
    page = page_of(as_anna, route)
    assert "no exit is written down" in page
    for position, minutes in enumerate((4, 10), start=1):
        RoutePoint.objects.create(
            route=route, position=position, kind="exit", name="E", lat=51.53, lon=-0.15, minutes=minutes
        )
    page = page_of(as_anna, route)
    assert "longest way between two exits" in page and "<dd>6 min</dd>" in page


@pytest.mark.parametrize(
    ("risk", "said"),
    [("missing", "Not assessed yet"), ("waiting", "Waits for approval"), ("failed", "Did not pass")],
)
def test_the_risk_is_told_where_it_did_not_pass(as_anna, route, risk, said):
    assert said not in found(as_anna)[1]
    route.risk = risk
    route.save(update_fields=["risk"])
    assert said in found(as_anna)[1] and said in page_of(as_anna, route)


# --------------------------------------------------------------------------------------------------------- the library


@pytest.fixture
def library(anna):
    factories.route(anna, "Canal", surface="paved", light="lit", step_free=True, character=["water"])
    factories.route(anna, "Copse", surface="earth", light="woodland", shade="shaded", closed_because="felling")
    later = today() + timedelta(days=3)
    factories.route(anna, "Meadow", character=["open", "quiet"], closed_because="fair", closed_from=later)
    factories.route(anna, "Mill", archived_at=timezone.now(), alias="The canal lock")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["Canal", "Copse", "Meadow"]),
        ({"q": "cana"}, ["Canal"]),
        ({"q": "the gate"}, ["Canal", "Copse", "Meadow"]),
        ({"surface": "earth"}, ["Copse"]),
        ({"light": "lit"}, ["Canal"]),
        ({"shade": "shaded"}, ["Copse"]),
        ({"step_free": "on"}, ["Canal"]),
        ({"character": "quiet"}, ["Meadow"]),
        ({"open_today": "on"}, ["Canal", "Meadow"]),
        ({"open_today": "on", "character": "water"}, ["Canal"]),
        ({"archived": "on"}, ["Mill"]),
        ({"archived": "on", "q": "lock"}, ["Mill"]),
        ({"surface": "lava", "page": "x", "q": "\x00"}, ["Canal", "Copse", "Meadow"]),
    ],
)
def test_it_is_narrowed_by_what_one_chooses_by(as_olga, library, asked, names):
    assert found(as_olga, **asked)[0] == names


def test_finding_nothing_teaches_the_next_step(as_anna, library):
    assert "No route fits all of this" in found(as_anna, q="moon")[1]


def test_open_in_the_list_is_open_on_the_page(library, anna):
    for name, first in (
        ("Over soon", None),
        ("Now", today() - timedelta(days=1)),
        ("Later", today() + timedelta(days=1)),
    ):
        factories.route(anna, name, closed_because="x", closed_from=first, closed_until=today() + timedelta(days=2))
    for day in (today() + timedelta(days=n) for n in range(-1, 6)):
        open_ = Route.objects.open_on(day)
        assert set(open_) == {route for route in Route.objects.all() if not route.is_closed(day)}


def test_as_many_queries_for_five_hundred_as_for_one_and_a_light_page(as_anna, anna, route):
    Hazard.objects.create(route=route, kind="water", words="Water.")
    with CaptureQueriesContext(connection) as one:
        found(as_anna)
    fields = {name: getattr(route, name) for name in ("line", "sketch", "distance_m", "ascent_m", "is_loop")}
    many = [Route(name=f"Route {n:03}", alias="Gate", made_by=anna, **fields) for n in range(499)]
    Route.objects.bulk_create(many)
    Hazard.objects.bulk_create(Hazard(route=made, kind="dogs", words="Dogs.") for made in many)
    with CaptureQueriesContext(connection) as all_:
        names, page = found(as_anna)
    assert len(all_) == len(one) and len(names) == 24 and "500 routes" in page and "Page 1 of 21" in page
    assert len(page) < 250_000
    names, page = found(as_anna, page="2", q="Route")
    assert names[0] == "Route 024" and "?q=Route&amp;page=3" in page


def test_as_many_queries_for_a_page_of_ten_hazards_as_for_one(as_anna, anna, route):
    def hazard():
        Hazard.objects.create(route=route, kind="water", words="Water.", seen_on=today(), seen_by=anna)

    hazard()
    with CaptureQueriesContext(connection) as one:
        page_of(as_anna, route)
    for _n in range(9):
        hazard()
    with CaptureQueriesContext(connection) as ten:
        page_of(as_anna, route)
    assert len(one) == len(ten)


def test_an_archived_route_is_not_closed_or_asked_about(as_anna, route):
    record.archive(route, at=timezone.now())
    page = page_of(as_anna, route)
    assert reverse("routes:close", args=[route.pk]) not in page and "Archived" in page
