"""Drawing a path, changing it, and taking it along, page by page."""

import io

import gpxpy
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from practice.config.addresses import Tiles
from routes.domain import coordinates, gpx, record
from routes.models import Route, RoutePoint
from tests import factories

SQUARE = "51.5073, -0.1657\n51.5073, -0.1557\n51.5123, -0.1557\n51.5123, -0.1657\n51.5073, -0.1657"


@pytest.fixture
def orchard(anna):
    made = factories.route(anna)
    at = made.line[2]
    RoutePoint.objects.create(
        route=made, position=1, kind="exit", name="Mill gate", words="To the road.", lat=at[0], lon=at[1], minutes=99
    )
    return made


def page(answer):
    return answer.content.decode()


def shown(browser, where):
    """What the page of a path sends back when nothing is touched."""
    form = browser.get(where).context["form"]
    return {name: form[name].value() for name in ("coordinates", "seen")}


def test_a_typed_walk_is_shown_and_becomes_a_route(as_anna):
    walk = page(as_anna.post(reverse("routes:draw"), {"coordinates": SQUARE}))
    assert "This is your walk" in walk and "2.5" in walk and "no heights" in walk
    assert Route.objects.count() == 0, "nothing is kept before somebody says so"
    draft = walk.split('name="draft" value="')[1].split('"')[0]
    words = {"draft": draft, "name": "Square", "alias": "The gate", "meeting_point": "Inside.", "surface": "paved"}
    words |= {"light": "open", "shade": "open", "points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0"}
    words |= {"hazards-TOTAL_FORMS": "0", "hazards-INITIAL_FORMS": "0"}
    answer = as_anna.post(reverse("routes:add"), words)
    assert answer.status_code == 302, page(answer)
    made = Route.objects.get()
    assert made.distance_m == pytest.approx(2496, abs=10) and made.is_loop and made.ascent_m is None


def test_a_drawn_walk_stays_drawn_while_a_word_is_missing_and_leads_back_to_its_points(as_anna):
    first = as_anna.post(reverse("routes:draw"), {"coordinates": SQUARE})
    told = {"draft": first.context["draft"], "coordinates": first.context["drawn"], "name": ""}
    rows = {f"{rows}-{count}_FORMS": "0" for rows in ("points", "hazards") for count in ("TOTAL", "INITIAL")}
    missing = as_anna.post(reverse("routes:add"), told | rows)
    assert missing.status_code == 422
    for walk in (page(first), page(missing)):
        assert "This is your walk" in walk and "Change the drawing" in walk and "another file" not in walk
        assert f'name="coordinates" value="{SQUARE}"' in walk
    back = as_anna.post(reverse("routes:draw"), {"coordinates": SQUARE, "again": "on"})
    assert back.status_code == 200 and "data-path-map" in page(back) and SQUARE in page(back)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Draw or write at least two points."),
        ("51.5, -0.1", "at least two points"),
        ("51.5, -0.1\nthe oak", "Line 2 could not be read"),
        ("51.5, -0.1\n91, 0", "Line 2 is nowhere on Earth"),
        ("51.5, -0.1\n51.7, -0.1", "Point 2 is more than 5 km from the point before it"),
        ("51.5, -0.1\n51.5, -0.10001", "shorter than 20 metres"),
        ("<script>alert(1)</script>\n51.5, -0.1", "Line 1 could not be read"),
        ("51.5, -0.1\n" * 40_000, "more than 5,000 points"),
    ],
)
def test_what_is_no_path_says_why_and_stays_in_the_list(as_anna, text, words):
    answer = as_anna.post(reverse("routes:draw"), {"coordinates": text})
    assert answer.status_code == 422 and words in page(answer)
    assert "<script>alert" not in page(answer)
    first = text.split("\n", 1)[0]
    assert not first or first.replace("<", "&lt;").replace(">", "&gt;") in page(answer)


def test_a_changed_path_keeps_the_words_and_the_places_and_asks_for_a_new_look(as_anna, orchard):
    where = reverse("routes:path", args=[orchard.pk])
    told = shown(as_anna, where)
    text = coordinates.text_of(record.track_of(orchard))
    assert told["coordinates"] == text and told["seen"] in page(as_anna.get(where))
    longer = text + "\n" + text.splitlines()[1]
    answer = as_anna.post(where, told | {"coordinates": longer}, follow=True)
    assert "The path is changed" in page(answer)
    changed = Route.objects.get()
    assert changed.distance_m > orchard.distance_m and changed.meeting_point == orchard.meeting_point
    assert (changed.look_again_on, changed.look_again_because) == (timezone.localdate(), "the path was changed")
    point, was = changed.points.get(), orchard.points.get()
    assert (point.lat, point.lon, point.words) == (was.lat, was.lon, was.words)
    assert point.minutes is not None and point.minutes < 99
    assert orchard.events.count() >= 2, "the change is in the history"


def test_a_route_that_was_never_assessed_is_not_said_to_be_assessed_again(as_anna, orchard):
    where = reverse("routes:path", args=[orchard.pk])
    assert "will ask to be assessed again" in page(as_anna.get(where))
    Route.objects.update(risk=Route.Risk.MISSING)
    assert "again" not in page(as_anna.get(where)).split("<h1>")[1].split("<form")[0]
    longer = (told := shown(as_anna, where))["coordinates"] + "\n" + told["coordinates"].splitlines()[1]
    answer = page(as_anna.post(where, told | {"coordinates": longer}, follow=True))
    assert "The path is changed." in answer and "asks to be assessed again" not in answer


def test_a_path_that_was_only_looked_at_stays(as_anna, orchard):
    where = reverse("routes:path", args=[orchard.pk])
    told = shown(as_anna, where)
    text = told["coordinates"]
    same = told | {"coordinates": text.replace("\n", "\r\n") + "\r\n"}
    assert "as it was" in page(as_anna.post(where, same, follow=True))
    assert Route.objects.get().look_again_on == orchard.look_again_on
    refused = as_anna.post(where, told | {"coordinates": text + "\n0"})
    assert refused.status_code == 422 and Route.objects.get().line == orchard.line


def test_two_who_change_a_path_do_not_undo_each_other(as_anna, as_ben, orchard):
    where = reverse("routes:path", args=[orchard.pk])
    told = shown(as_anna, where)
    lines = told["coordinates"].splitlines()
    hers, his = lines.copy(), lines.copy()
    hers[1], his[3] = "51.5331, -0.1530", "51.5341, -0.1610"
    assert as_anna.post(where, told | {"coordinates": "\n".join(hers)}).status_code == 302
    for seen in (told["seen"], "", "x"):
        answer = as_ben.post(where, {"coordinates": "\n".join(his), "seen": seen})
        assert answer.status_code == 422 and "changed this path meanwhile" in page(answer) and his[3] in page(answer)
    line = Route.objects.get().line
    assert [51.5331, -0.153] in [point[:2] for point in line]
    assert as_ben.post(where, shown(as_ben, where)).status_code == 302 and Route.objects.get().line == line


def test_a_path_changed_while_another_was_on_its_way_stands(orchard):
    stale, told = Route.objects.get(), {"because": "moved", "today": timezone.localdate()}
    geometry = record.geometry_of(coordinates.read(SQUARE))
    record.change_path(orchard, geometry, **told)
    with pytest.raises(record.PathMoved):
        record.change_path(stale, geometry | {"line": stale.line[::-1]}, **told)
    assert Route.objects.get().line == geometry["line"]


def test_a_path_that_leaves_its_places_behind_is_refused_and_names_them(as_anna, orchard):
    where = reverse("routes:path", args=[orchard.pk])
    answer = as_anna.post(where, shown(as_anna, where) | {"coordinates": SQUARE})
    assert answer.status_code == 422 and "More than a kilometre from this path: Mill gate." in page(answer)
    assert Route.objects.get().line == orchard.line
    orchard.points.all().delete()
    assert as_anna.post(where, shown(as_anna, where) | {"coordinates": SQUARE}).status_code == 302


def test_a_hundred_other_routes_cost_what_one_costs(as_anna, anna, orchard):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_anna.get(reverse("routes:path", args=[orchard.pk]))
        return len(queries)

    cost()
    one = cost()
    for number in range(60):
        factories.route(anna, f"Loop {number}")
    assert cost() == one


def test_a_route_leaves_as_gpx_under_the_name_that_says_nothing(as_olga, orchard):
    answer = as_olga.get(reverse("routes:gpx", args=[orchard.pk]))
    assert answer["Content-Type"] == "application/gpx+xml" and "attachment" in answer["Content-Disposition"]
    assert gpx.read(answer.content).points == record.track_of(orchard).points
    read = gpxpy.parse(io.BytesIO(answer.content))
    assert [spot.name for spot in read.waypoints] == [orchard.alias, "Mill gate"]
    assert read.tracks[0].name == orchard.alias and orchard.name not in answer.content.decode().replace(
        orchard.alias, ""
    )
    assert read.time is None and read.author_name is None


def test_only_a_host_that_was_named_may_show_pictures_of_maps(as_anna, orchard):
    policy = as_anna.get(reverse("routes:draw"))["Content-Security-Policy"]
    assert "img-src 'self' data:" in [one.strip() for one in policy.split(";")]
    assert Tiles.parse("", by="").origin == ""
    assert Tiles.parse("https://tiles.example:8443/{z}/{x}/{y}.png", by="us").origin == "https://tiles.example:8443"
