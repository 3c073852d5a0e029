"""The editor of a route's record: what it asks for, and rows that stay who they are."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from routes.domain import places, record
from routes.domain.gpx import Point, Track
from routes.models import Hazard, Route, RoutePoint
from tests import factories
from tests.routes.test_pages import draft_in, upload, words


def today():
    return timezone.localdate()


@pytest.fixture
def route(anna):
    made = factories.route(anna)
    lat, lon = places.Way.of(record.track_of(made)).place_at(4)
    RoutePoint.objects.create(route=made, position=1, kind="exit", name="Mill path", lat=lat, lon=lon, minutes=4)
    RoutePoint.objects.create(route=made, position=2, kind="bench", name="Bench", lat=lat, lon=lon, minutes=9)
    Hazard.objects.create(route=made, kind="water", words="Open water.")
    return made


def rows(route: Route, points: dict[str, Any] | None = None, hazard: dict[str, Any] | None = None) -> dict[str, Any]:
    """The rows of the page as a browser sends them back: `points` changes the first one, `hazard` the hazard."""
    told = list(route.points.values("id", "kind", "name", "words", "minutes", "lat", "lon"))
    told[0] |= points or {}
    feared = list(route.hazards.values("id", "kind", "words", "state"))
    feared[0] |= hazard or {}
    sent: dict[str, Any] = {}
    for prefix, rows_ in (("points", told), ("hazards", feared)):
        sent |= {f"{prefix}-TOTAL_FORMS": len(rows_), f"{prefix}-INITIAL_FORMS": len(rows_)}
        for number, row in enumerate(rows_):
            sent |= {f"{prefix}-{number}-{name}": "" if value is None else value for name, value in row.items()}
    return sent


def sent(browser, route, changed=None, **fields):
    fields = {"name": route.name} | fields
    return browser.post(reverse("routes:edit", args=[route.pk]), words(**(changed or rows(route)), **fields))


# ------------------------------------------------------------------------------------------------------------- columns

EVERYTHING = {
    "lamps_off_from": "23:00", "lamps_off_until": "05:30", "shade": "shaded", "parking": "Two bays at the gate.",
    "footfall_morning": "quiet", "footfall_afternoon": "busy", "footfall_evening": "some", "overheard": "some",
    "acquaintances": "high", "privacy": "Wait until the school run is over.", "character": ["water", "quiet"],
    "width_cm": "120", "cross_slope_pct": "1.5", "steepest_pct": "4.5", "steepest_m": "40", "obstacle_cm": "3",
    "rest_every_m": "250", "measured_on": "2026-01-03", "gate_codes": "C 4417", "emergency_minutes": "11",
    "signal_found": "patchy", "signal": "Nothing behind the barn.", "signal_tried_on": "2026-01-03",
    "signal_instead": "Back to the gate.", "permit": "The estate's letter.", "permit_until": "2027-05-01",
}  # fmt: skip


def test_every_column_of_the_record_can_be_written_and_read_again(as_anna, route):
    assert sent(as_anna, route, **EVERYTHING).status_code == 302
    kept = Route.objects.get()
    for name, value in EVERYTHING.items():
        column = getattr(kept, name)
        said = column if isinstance(column, list) else f"{column:%H:%M}" if name.startswith("lamps") else str(column)
        assert said == value, name
    page = as_anna.get(reverse("routes:edit", args=[route.pk])).content.decode()
    assert "To be overheard is possible" in page and "Character quiet, by the water" in page.replace(
        "by the water, quiet", "quiet, by the water"
    )
    assert 'value="23:00"' in page and 'value="2027-05-01"' in page


def test_a_new_route_takes_them_too(as_anna):
    draft = draft_in(as_anna.post(reverse("routes:import"), upload()))
    as_anna.post(reverse("routes:add"), words(draft=draft, **EVERYTHING))
    assert Route.objects.get().signal_instead == "Back to the gate."


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"lamps_off_from": "23:00"}, "or neither"),
        ({"lamps_off_until": "05:00"}, "or neither"),
        ({"steepest_pct": "8", "measured_on": "2026-01-03"}, "for how long, or neither"),
        ({"width_cm": "120"}, "when it was measured"),
        ({"width_cm": "12", "measured_on": "2026-01-03"}, "Between 20 and 2000"),
        ({"steepest_pct": "98", "steepest_m": "5", "measured_on": "2026-01-03"}, "Between 0 and 60"),
        ({"cross_slope_pct": "-1", "measured_on": "2026-01-03"}, "Between 0 and 30"),
        ({"obstacle_cm": "900", "measured_on": "2026-01-03"}, "Between 0 and 150"),
        ({"measured_on": "2999-01-01"}, "has not come yet"),
        ({"signal_tried_on": "2999-01-01"}, "has not come yet"),
        ({"signal_found": "none"}, "what is done instead"),
        ({"permit_until": "2027-01-01"}, "whose permission"),
        ({"emergency_minutes": "0"}, "greater than or equal to 1"),
        ({"character": ["haunted"]}, "not one of the available choices"),
        ({"shade": ""}, "required"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_nothing_is_kept(as_anna, route, fields, sentence):
    answer = sent(as_anna, route, **fields, fallback="The blue room")
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "The blue room" in page
    assert Route.objects.get().fallback == ""


def test_a_folded_part_opens_where_something_is_asked_and_stays_shut_elsewhere(as_anna, route):
    page = as_anna.get(reverse("routes:edit", args=[route.pk])).content.decode()
    assert page.count('<details class="more folded">') == 4 + 2 + 3 + 1 + 3 and "exit · 4 min" in page
    page = sent(as_anna, route, lamps_off_from="23:00").content.decode()
    assert page.count('<details class="more folded" open>') == 1


# -------------------------------------------------------------------------------------------------------------- points


def test_rows_stay_who_they_are(as_anna, route):
    before = set(route.points.values_list("pk", flat=True)), set(route.hazards.values_list("pk", flat=True))
    place = route.points.first()
    assert sent(as_anna, route, rows(route, {"name": "Mill lane"}, {"words": "Open water, deep."})).status_code == 302
    assert before == (set(route.points.values_list("pk", flat=True)), set(route.hazards.values_list("pk", flat=True)))
    renamed = route.points.get(name="Mill lane")
    assert (renamed.lat, renamed.lon, renamed.minutes) == (place.lat, place.lon, 4)


def test_new_minutes_move_a_point_and_the_order(as_anna, route):
    assert sent(as_anna, route, rows(route, {"minutes": 13})).status_code == 302
    assert [point.name for point in route.points.all()] == ["Bench", "Mill path"]
    moved = route.points.get(name="Mill path")
    assert (moved.lat, moved.lon) == places.Way.of(record.track_of(route)).place_at(13)


def test_a_place_moved_on_the_map_gives_the_minutes(as_anna, route):
    way = places.Way.of(record.track_of(route))
    lat, lon = way.place_at(11)
    sent(as_anna, route, rows(route, {"lat": lat + 0.0001, "lon": lon, "minutes": 4}))
    moved = route.points.get(name="Mill path")
    assert (moved.lat, moved.lon) == (lat + 0.0001, lon) and abs(moved.minutes - 11) <= 1


def test_a_point_set_on_the_map_needs_no_minutes(as_anna, route):
    lat, lon = places.Way.of(record.track_of(route)).place_at(7)
    more = rows(route) | {
        "points-TOTAL_FORMS": 3, "points-2-kind": "bench", "points-2-name": "New bench", "points-2-words": "",
        "points-2-minutes": "", "points-2-lat": lat, "points-2-lon": lon,
    }  # fmt: skip
    assert sent(as_anna, route, more).status_code == 302
    assert route.points.get(name="New bench").minutes == 7 and route.points.count() == 3


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"lat": 52.5}, "more than a kilometre"),
        ({"lat": 91}, "less than or equal to 90"),
        ({"lon": -181}, "greater than or equal to -180"),
        ({"lat": "nan"}, "Enter a number"),
        ({"lat": ""}, "both of its numbers"),
        ({"minutes": "", "lat": "", "lon": ""}, "How many minutes"),
    ],
)
def test_a_place_that_cannot_be_is_refused(as_anna, route, changed, sentence):
    answer = sent(as_anna, route, rows(route, changed))
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_a_place_is_taken_off_by_a_tick_or_by_clearing_its_row(as_anna, route):
    sent(as_anna, route, rows(route) | {"points-0-DELETE": "on"})
    assert [point.name for point in route.points.all()] == ["Bench"]
    cleared = rows(route, {"kind": "", "name": "", "words": "", "minutes": ""})
    sent(as_anna, route, cleared)
    assert not route.points.exists()


@pytest.mark.parametrize("prefix", ["points", "hazards"])
@pytest.mark.parametrize("which", ["another route's", "nobody's", "twice"])
def test_a_foreign_row_is_refused(as_anna, anna, route, prefix, which):
    other = factories.route(anna, "Other")
    point = RoutePoint.objects.create(route=other, position=1, kind="exit", name="Far", lat=51, lon=0, minutes=1)
    feared = Hazard.objects.create(route=other, kind="drop", words="Cliff.")
    own = route.points.last() if prefix == "points" else route.hazards.first()
    theirs = {"another route's": point.pk if prefix == "points" else feared.pk, "nobody's": 2**60, "twice": own.pk}
    changed = rows(route)
    if which == "twice" and prefix == "hazards":
        changed |= {
            "hazards-TOTAL_FORMS": 2,
            "hazards-1-kind": "water",
            "hazards-1-words": "Again.",
            "hazards-1-id": own.pk,
        }
    else:
        changed[f"{prefix}-0-id"] = theirs[which]
    answer = sent(as_anna, route, changed, name="Taken over")
    assert answer.status_code == 422 and "does not belong to this route" in answer.content.decode()
    feared.refresh_from_db()
    point.refresh_from_db()
    assert (feared.words, point.name, point.route) == ("Cliff.", "Far", other)
    assert not Route.objects.filter(name="Taken over").exists()


def test_what_a_colleague_added_meanwhile_stays(as_anna, route):
    as_she_saw_it = rows(route)
    Hazard.objects.create(route=route, kind="dogs", words="Dogs.")
    RoutePoint.objects.create(route=route, position=3, kind="exit", name="Later", lat=51.53, lon=-0.15, minutes=12)
    assert sent(as_anna, route, as_she_saw_it).status_code == 302
    assert route.points.count() == 3 and route.hazards.count() == 2


def test_more_rows_than_a_walk_can_hold_are_refused_in_words(as_anna, route):
    many = {"points-TOTAL_FORMS": 45} | {
        f"points-{n}-{name}": value
        for n in range(45)
        for name, value in (("kind", "bench"), ("name", "Bench"), ("minutes", 1))
    }
    answer = sent(as_anna, route, rows(route) | many | {"points-0-id": "", "points-1-id": ""})
    assert answer.status_code == 422 and "at most 40" in answer.content.decode()


# ------------------------------------------------------------------------------------------------------------- hazards


def test_who_says_that_it_was_seen_today_saw_it(as_ben, ben, as_anna, route):
    sent(as_ben, route, rows(route, hazard={"seen_on": today().isoformat(), "state": "eased", "until": "2027-01-01"}))
    hazard = route.hazards.get()
    assert (hazard.seen_on, hazard.seen_by, hazard.state) == (today(), ben, Hazard.State.EASED)
    sent(as_anna, route, rows(route, hazard={"seen_on": today().isoformat()}))
    assert route.hazards.get().seen_by == ben, "the same day again is not another look"
    tomorrow = today() + timedelta(days=1)
    answer = sent(as_anna, route, rows(route, hazard={"seen_on": tomorrow.isoformat()}))
    assert answer.status_code == 422


def test_a_hazard_cannot_be_written_away(as_anna, route):
    answer = sent(as_anna, route, rows(route, hazard={"kind": "", "words": ""}))
    assert answer.status_code == 422 and "say “gone”" in answer.content.decode()
    sent(as_anna, route, rows(route, hazard={"state": "gone"}))
    assert route.hazards.get().state == Hazard.State.GONE


# ------------------------------------------------------------------------------------------------------- an old page


def untouched(answer):
    """What a page sends back when nothing is touched: its fields, and what it hid beside them."""
    told: dict[str, list[str]] = {}
    for name, value in html.fromstring(answer.content.decode()).get_element_by_id("record").form_values():
        told.setdefault(name, []).append(value)
    return told


def test_an_old_page_writes_what_was_changed_on_it_and_nothing_else(as_anna, as_ben, route):
    sent(as_anna, route, **EVERYTHING)
    before = Route.objects.values().get()
    old = untouched(as_ben.get(reverse("routes:edit", args=[route.pk])))
    assert as_ben.post(reverse("routes:edit", args=[route.pk]), old).status_code == 302
    assert Route.objects.values().get() == before
    sent(as_anna, route, **EVERYTHING | {"gate_codes": "C 5000", "defibrillator": "At the café", "step_free": ""})
    refused = as_ben.post(reverse("routes:edit", args=[route.pk]), old | {"name": "", "fallback": "Room 3"})
    again = untouched(refused)
    assert refused.status_code == 422
    assert as_ben.post(reverse("routes:edit", args=[route.pk]), again | {"name": route.name}).status_code == 302
    kept = Route.objects.get()
    assert (kept.fallback, kept.gate_codes, kept.defibrillator) == ("Room 3", "C 5000", "At the café")
    assert not kept.step_free


# --------------------------------------------------------------------------------------- days that an assessment tells

DAYS = {"walked_on": "2026-01-02", "look_again_on": "2099-01-01"}


def left(route):
    kept = Route.objects.get(pk=route.pk)
    return kept.walked_on, kept.walked_by, kept.look_again_on, kept.look_again_because


def test_the_days_of_a_signed_assessment_are_not_the_editors(as_ben, route):
    page = as_ben.get(reverse("routes:edit", args=[route.pk])).content.decode()
    assert "walked_on" not in page and "look_again_on" not in page and "Its risk assessment tells" in page
    before = left(route)
    assert sent(as_ben, route, **DAYS).status_code == 302
    assert left(route) == before


def test_a_page_opened_before_something_was_asked_leaves_what_was_asked(as_ben, route):
    Route.objects.update(risk=Route.Risk.MISSING)
    assert "look_again_on" in as_ben.get(reverse("routes:edit", args=[route.pk])).content.decode()
    record.ask_again(route, because="A tree came down.", today=today())
    before = left(route)
    assert sent(as_ben, route, **DAYS).status_code == 302
    assert left(route) == before and before[-1] == "A tree came down."


@pytest.mark.parametrize("meanwhile", [{"risk": "passed"}, {"look_again_because": "A tree came down."}])
def test_what_was_signed_or_asked_while_a_change_was_on_its_way_stands(anna, route, meanwhile):
    Route.objects.update(risk=Route.Risk.MISSING)
    stale = Route.objects.get()
    Route.objects.update(**meanwhile)
    before = left(route)
    told = {name: date.fromisoformat(day) for name, day in DAYS.items()}
    record.change(stale, told | {"fallback": "Room 3"}, by=anna)
    assert left(route) == before and Route.objects.get().fallback == "Room 3"


@pytest.mark.parametrize(
    ("was", "now", "because"),
    [
        ({}, {"kind": "drop"}, "now in the record: Open water"),
        ({"state": "gone"}, {"state": "there"}, "now in the record: Open water"),
        ({"state": "eased"}, {"state": "there"}, "now in the record: Open water"),
        ({"until": date(2026, 1, 1)}, {"until": ""}, "now in the record: Open water"),
        ({"kind": "other"}, {"words": "The edge gave way."}, "now in the record: The edge gave way"),
        ({}, {"words": "Open water, no rail."}, ""),
        ({}, {"state": "eased"}, ""),
        ({"state": "gone"}, {"words": "It was open water."}, ""),
    ],
)
def test_a_hazard_that_got_worse_asks_for_a_new_assessment(as_anna, route, was, now, because):
    Hazard.objects.update(**was)
    assert sent(as_anna, route, rows(route, hazard={"until": ""} | now)).status_code == 302
    assert Route.objects.get().look_again_because == because


EMERGENCY = {"emergency_access": "North gate", "defibrillator": "Café", "emergency_department": "St Mary's"}
CALLED = {"emergency_minutes": "8", "signal_found": "good", "signal_instead": ""}


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        *(({name: ""}, "the record says less for an emergency") for name in (*EMERGENCY, "emergency_minutes")),
        ({"signal_found": ""}, "the record says less for an emergency"),
        ({"signal_found": "none", "signal_instead": "Back to the gate."}, ""),
        ({"signal_found": "patchy", "defibrillator": "Lido"}, ""),
    ],
)
def test_a_fact_for_an_emergency_that_is_lost_asks_for_a_new_assessment(as_anna, route, fields, because):
    Route.objects.update(**EMERGENCY, emergency_minutes=8, signal_found="good")
    assert sent(as_anna, route, **EMERGENCY | CALLED | fields).status_code == 302
    assert Route.objects.get().look_again_because == because


def test_a_new_hazard_is_asked_about_since_it_was_seen_and_an_earlier_reason_stays(as_anna, route):
    yesterday = today() - timedelta(days=1)
    new = {"points-TOTAL_FORMS": 0, "points-INITIAL_FORMS": 0, "hazards-TOTAL_FORMS": 1, "hazards-INITIAL_FORMS": 0}
    new |= {"hazards-0-kind": "drop", "hazards-0-words": "x" * 200, "hazards-0-state": "there"}
    sent(as_anna, route, new | {"hazards-0-seen_on": yesterday.isoformat()})
    asked = Route.objects.get()
    assert asked.look_again_on == yesterday and len(asked.look_again_because) == 160
    record.ask_again(asked, because="A tree came down.", today=today())
    sent(as_anna, asked, new, look_again_on=today().isoformat())
    assert Hazard.objects.count() == 3 and Route.objects.get().look_again_because == "A tree came down."


def test_a_route_that_nobody_assessed_is_not_asked_about(as_anna, route):
    Route.objects.update(risk=Route.Risk.MISSING)
    sent(as_anna, route, rows(route, hazard={"kind": "drop"}))
    assert Route.objects.get().look_again_because == ""


# ---------------------------------------------------------------------------------------------------------------- sums

STREET = Track(parts=((Point(51.5, 0.0), Point(51.5, 0.02)), (Point(51.501, 0.02), Point(51.501, 0.0))))


@pytest.mark.parametrize(
    ("lat", "lon", "share", "away"),
    [
        (51.5, 0.012, 0.3, 0),
        (51.4991, 0.012, 0.3, 100),
        (51.5019, 0.005, 0.875, 100),
        (51.5, -0.01, 0.0, 692),
        (51.501, -0.001, 1.0, 69),
    ],
)
def test_the_foot_of_a_place_on_the_path(lat, lon, share, away):
    way = places.Way.of(STREET)
    foot = way.foot(lat, lon)
    assert foot.minutes == round(share * way.minutes) and foot.away_m == pytest.approx(away, rel=0.02, abs=1)


def test_the_foot_of_a_place_over_the_antimeridian():
    way = places.Way.of(Track(parts=((Point(-16.8, 179.99), Point(-16.8, -179.99)),)))
    assert way.foot(-16.8, 180.0).minutes == round(way.minutes / 2) == way.foot(-16.8, -180.0).minutes


@pytest.mark.parametrize("minutes", range(0, 36, 5))
def test_a_place_and_its_foot_agree(minutes):
    way = places.Way.of(STREET)
    assert abs(way.foot(*way.place_at(minutes)).minutes - minutes) <= 1


def there_and_back(kink=0.0):
    """1.7 km up a straight street and back on it; `kink` moves one point of the way out, in degrees."""
    out = [Point(51.5 + number * 0.0005, -0.12) for number in range(31)]
    return Track(parts=((out[0], out[1]._replace(lon=-0.12 + kink), *out[2:], *out[-2::-1]),))


@pytest.mark.parametrize(("near", "minutes"), [(None, 10), (0, 10), (10, 10), (36, 40), (40, 40), (99, 40)])
@pytest.mark.parametrize("aside", [0.0, 0.0001])
def test_of_two_passes_the_one_nearest_to_the_minutes_told_counts(near, minutes, aside):
    way = places.Way.of(there_and_back())
    lat, lon = way.place_at(40)
    assert way.minutes == 50 and abs(way.foot(lat, lon + aside, near=near).minutes - minutes) <= 1


@pytest.mark.parametrize("near", [0, 3, 10, 12, 40, None])
def test_minutes_told_choose_among_passes_and_not_along_one(near):
    way = places.Way.of(STREET)
    lat, lon = way.place_at(10)
    assert way.foot(lat, lon, near=near).minutes == 10


def test_a_place_on_the_way_back_stays_there_when_the_path_changes(anna):
    made = factories.route(anna, **record.geometry_of(there_and_back()))
    told = [record.PointWords("exit", "Gate out", "", 10), record.PointWords("exit", "Gate back", "", 40)]
    record.change(made, {}, points=told, by=anna)
    longer = there_and_back(kink=0.004)
    record.change_path(made, record.geometry_of(longer), because="moved", today=today())
    grown = places.Way.of(longer).minutes - 50
    kept = [(point.name, point.minutes) for point in made.points.all()]
    assert grown >= 4 and [name for name, _minutes in kept] == ["Gate out", "Gate back"]
    assert abs(kept[0][1] - 10 - grown) <= 1 and abs(kept[1][1] - 40 - grown) <= 1


@pytest.mark.parametrize(
    ("exits", "whole", "is_loop", "longest"),
    [
        ([], 30, True, 30),
        ([], 30, False, 60),
        ([10, 20], 30, True, 10),
        ([4], 30, True, 26),
        ([20, 10], 30, False, 20),
        ([30], 30, False, 30),
        ([45], 30, True, 30),
    ],
)
def test_the_longest_way_between_two_exits(exits, whole, is_loop, longest):
    assert places.between_exits(exits, whole, is_loop=is_loop) == longest
