"""The pages about routes: who sees them, what they say, what they refuse."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from routes.domain import demo
from routes.models import Hazard, Route, RoutePoint
from tests import factories
from tests.routes.files import DATA, LOOP

CANARY = "barrier code 4417"


@pytest.fixture
def orchard(anna):
    sketch = {"parts": [[place[:2] for place in factories.LOOP]], "heights": [[0, 38], [500, 47], [1012, 38]]}
    route = factories.route(anna, emergency_access=CANARY, sketch=sketch)
    Hazard.objects.create(route=route, kind=Hazard.Kind.WATER, words="Open water, no rail.")
    RoutePoint.objects.create(
        route=route, position=1, kind=RoutePoint.Kind.EXIT, name="Mill path", lat=51.5334, lon=-0.1552, minutes=4
    )
    return route


def upload(name="kensington-round-pond.gpx", data=None, **fields):
    held = data if data is not None else (DATA / name).read_bytes()
    return {"file": SimpleUploadedFile(name, held, "application/gpx+xml"), "cut_m": "0", **fields}


def words(**fields):
    rows = {
        "points-TOTAL_FORMS": "2", "points-INITIAL_FORMS": "0", "points-0-kind": "exit",
        "points-0-name": "Broad Walk", "points-0-minutes": "3", "points-0-words": "To the bus.",
        "hazards-TOTAL_FORMS": "1", "hazards-INITIAL_FORMS": "0",
        "hazards-0-kind": "water", "hazards-0-words": "Open water, no rail.",
    }  # fmt: skip
    said = {
        "name": "Round Pond", "alias": "Kensington Gardens, the pond", "meeting_point": "By the notice board.",
        "surface": "paved", "light": "open", "shade": "partly", "step_free": "True",
        "emergency_access": "Broad Walk gate.", "defibrillator": "", "emergency_department": "", "signal": "",
        "fallback": "Room 1",
        "walked_on": timezone.localdate().isoformat(), "look_again_on": "2027-03-01",
    }  # fmt: skip
    return {**rows, **said, **fields}


def draft_in(page):
    return re.search(r'name="draft" value="([^"]+)"', page.content.decode()).group(1)


def imported(browser, **fields):
    seen = browser.post(reverse("routes:import"), upload())
    assert seen.status_code == 200
    return browser.post(reverse("routes:add"), words(draft=draft_in(seen), **fields))


# --------------------------------------------------------------------------------------------------------------- who


@pytest.mark.parametrize("name", ["list", "import"])
def test_nobody_is_sent_to_sign_in(name, as_mallory):
    answer = as_mallory.get(reverse(f"routes:{name}"))
    assert answer.status_code == 302 and reverse("account_login") in answer["Location"]


def test_nobody_sees_no_route(as_mallory, orchard):
    for name in ("show", "edit", "archive"):
        answer = as_mallory.get(reverse(f"routes:{name}", args=[orchard.pk]))
        assert answer.status_code == 302 and CANARY not in answer.content.decode()


def test_a_client_sees_none_of_it(as_mrs_lee, orchard):
    for path in (reverse("routes:list"), reverse("routes:show", args=[orchard.pk])):
        answer = as_mrs_lee.get(path)
        assert answer.status_code == 404 and CANARY not in answer.content.decode()


def test_the_desk_reads_and_does_not_change(as_olga, orchard):
    page = as_olga.get(reverse("routes:show", args=[orchard.pk]))
    assert page.status_code == 200 and reverse("routes:edit", args=[orchard.pk]) not in page.content.decode()
    for name in ("edit", "archive"):
        assert as_olga.get(reverse(f"routes:{name}", args=[orchard.pk])).status_code == 404
    for name in ("archive", "bring_back", "edit"):
        assert as_olga.post(reverse(f"routes:{name}", args=[orchard.pk])).status_code == 404
    assert as_olga.post(reverse("routes:import"), upload()).status_code == 404
    orchard.refresh_from_db()
    assert orchard.archived_at is None


def test_a_draft_belongs_to_who_made_it(as_anna, as_ben):
    draft = draft_in(as_anna.post(reverse("routes:import"), upload()))
    answer = as_ben.post(reverse("routes:add"), words(draft=draft))
    assert answer["Location"] == reverse("routes:import") and not Route.objects.exists()


# ------------------------------------------------------------------------------------------------------------ looking


def test_the_library_teaches_while_it_is_empty(as_anna):
    page = as_anna.get(reverse("routes:list")).content.decode()
    assert "No routes yet" in page and reverse("routes:import") in page


def test_a_card_says_what_one_chooses_by(as_anna, orchard):
    page = as_anna.get(reverse("routes:list")).content.decode()
    for words_ in (
        "Orchard loop",
        "16 min",
        "1.0 km",
        "9 m",
        "Mixed",
        "First exit after 4 min: Mill path",
        "no rail",
        "Look again by",
    ):
        assert words_ in page


@pytest.mark.parametrize(("days", "said"), [(-1, "was due"), (30, "Look again by"), (None, "No day set")])
def test_the_review_is_told(as_anna, orchard, days, said):
    orchard.look_again_on = None if days is None else timezone.localdate() + timedelta(days=days)
    orchard.save(update_fields=["look_again_on"])
    assert said in as_anna.get(reverse("routes:list")).content.decode()


def test_as_many_queries_for_three_routes_as_for_one(as_anna, anna, orchard, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        as_anna.get(reverse("routes:list"))
    for name in ("Second", "Third"):
        route = factories.route(anna, name=name, sketch=orchard.sketch)
        Hazard.objects.create(route=route, kind=Hazard.Kind.DOGS, words="Dogs.")
    with django_assert_num_queries(len(one)):
        as_anna.get(reverse("routes:list"))


def test_the_page_of_a_route(as_anna, orchard):
    page = as_anna.get(reverse("routes:show", args=[orchard.pk])).content.decode()
    for words_ in (
        "Orchard loop",
        "51.5313 N, 0.1570 W",
        CANARY,
        "Open water",
        "Mill path",
        "Light enough until",
        "geo:51.53130,-0.15700",
    ):
        assert words_ in page
    assert page.count("<svg") >= 2 and "style=" not in page and "http://" not in page.replace("http://www.w3.org", "")


def test_a_route_in_tromso_has_no_light_in_december(as_anna, anna, monkeypatch):
    route = factories.route(
        anna, line=[[69.6492, 18.9553, 10], [69.65, 18.96, 10]], time_zone="Europe/Oslo", light="woodland"
    )
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a, **k: date(2026, 12, 21))
    page = as_anna.get(reverse("routes:show", args=[route.pk])).content.decode()
    assert "does not get light enough" in page


def test_a_route_without_heights_or_sketch_is_still_a_page(as_anna, anna):
    route = factories.route(
        anna, line=[[51.5, -0.1, None], [51.51, -0.1, None]], ascent_m=None, descent_m=None, is_loop=False
    )
    assert "Not known" in as_anna.get(reverse("routes:show", args=[route.pk])).content.decode()
    assert "not known" in as_anna.get(reverse("routes:list")).content.decode()


def test_hazards_that_only_the_assessment_names_are_pointed_to(as_anna, anna, orchard):
    where = reverse("routes:show", args=[orchard.pk])
    orchard.hazards.all().delete()
    assert "No hazards are written down" in as_anna.get(where).content.decode()
    made = factories.assessment(orchard, anna, signed_at=datetime(2026, 5, 3, 12, tzinfo=UTC))
    page = as_anna.get(where).content.decode()
    assert "The assessment of 3 May 2026 names one." in page and "No hazards are written down" not in page
    assert f'<a href="{reverse("routes:assessment", args=[orchard.pk, made.version])}">Read it</a>' in page
    factories.assessment(orchard, anna, version=2, rows=made.rows * 8)
    assert "names 8." in as_anna.get(where).content.decode()


# ----------------------------------------------------------------------------------------------------------- importing


def test_a_file_becomes_a_page_and_then_a_route(as_anna, anna):
    seen = as_anna.post(reverse("routes:import"), upload())
    page = seen.content.decode()
    assert seen.status_code == 200 and "720 m" in page and 'value="Round Pond"' in page
    assert not Route.objects.exists(), "nothing is kept before she says so"
    answer = as_anna.post(reverse("routes:add"), words(draft=draft_in(seen)))
    route = Route.objects.get()
    assert answer["Location"] == reverse("routes:show", args=[route.pk])
    assert (route.distance_m, route.is_loop, route.made_by, route.walked_by) == (722, True, anna, anna)
    assert len(route.line) == 73 and route.sketch["parts"] and route.time_zone == "Europe/London"
    point = route.points.get()
    assert (point.name, point.minutes) == ("Broad Walk", 3) and abs(point.lat - 51.5057) < 0.002
    assert route.hazards.get().words == "Open water, no rail."
    assert as_anna.get(answer["Location"]).status_code == 200


def test_a_new_route_states_nothing_that_nobody_said(as_anna):
    form = as_anna.post(reverse("routes:import"), upload()).context["pages"].words
    assert [form[name].value() for name in ("surface", "shade", "step_free")] == ["", "", None]
    assert [part.is_open for part in form.parts if part.name == "light"] == [True], "what is asked for is in sight"
    refused = imported(as_anna, surface="", shade="")
    assert refused.status_code == 422 and set(refused.context["pages"].words.errors) == {"surface", "shade"}
    where = imported(as_anna, step_free="")["Location"]
    assert Route.objects.get().step_free is None
    page = as_anna.get(where).content.decode()
    assert "step-free or not: not written down yet" in page and "<dt>Step-free</dt><dd>not written down yet" in page
    as_anna.post(reverse("routes:edit", args=[Route.objects.get().pk]), words(step_free="False"))
    page = as_anna.get(where).content.decode()
    assert "not step-free all along" in page and "<dt>Step-free</dt><dd>not all along" in page
    Route.objects.update(surface="", shade="")
    assert "Shade: not written down yet." in as_anna.get(where).content.decode()
    assert "<dd>Not written down yet</dd>" in as_anna.get(reverse("routes:list")).content.decode()


def test_cutting_the_ends(as_anna):
    page = as_anna.post(reverse("routes:import"), upload(cut_m="100")).content.decode()
    assert "520 m" in page


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("not-xml.gpx", "could not be read as XML"),
        ("doctype.gpx", "document type"),
        ("one-point.gpx", "at least two points"),
        ("empty-track.gpx", "at least two points"),
        ("kml-with-another-name.gpx", "KML"),
        ("comma-decimals.gpx", "nowhere on Earth"),
    ],
)
def test_a_bad_file_says_why_beside_its_field_and_keeps_what_was_typed(as_anna, name, sentence):
    answer = as_anna.post(reverse("routes:import"), upload(name, cut_m="250"))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and 'value="250"' in page
    assert "is-invalid" in page and not Route.objects.exists()


@pytest.mark.parametrize("cut", ["-5", "5000", "a lot", "400"])
def test_bad_cuts_are_refused(as_anna, cut):
    assert as_anna.post(reverse("routes:import"), upload(cut_m=cut)).status_code == 422


def test_no_file_and_an_empty_file(as_anna):
    assert as_anna.post(reverse("routes:import"), {"cut_m": "0"}).status_code == 422
    assert as_anna.post(reverse("routes:import"), upload("x.gpx", b"")).status_code == 422


def test_a_year_of_recordings_is_not_a_walk(as_anna):
    far = b'<gpx><rte><rtept lat="50" lon="0"/><rtept lat="53" lon="0"/></rte></gpx>'
    answer = as_anna.post(reverse("routes:import"), upload("far.gpx", far))
    assert answer.status_code == 422 and "200 km" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "required"),
        ({"name": "Orchard loop"}, "already a route of this name"),
        ({"walked_on": "2999-01-01"}, "has not come yet"),
        ({"points-0-name": ""}, "Give this place a name"),
        ({"points-0-minutes": ""}, "How many minutes"),
        ({"points-0-kind": ""}, "Say what it is"),
        ({"hazards-0-words": ""}, "in words"),
        ({"hazards-0-kind": ""}, "which kind"),
    ],
)
def test_missing_words_are_asked_for_and_nothing_typed_is_lost(as_anna, orchard, fields, sentence):
    answer = imported(as_anna, **fields, fallback="The blue room")
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "The blue room" in page and draft_in(answer)
    assert Route.objects.count() == 1


@pytest.mark.parametrize("draft", ["", "nonsense", "eyJhIjoxfQ:1abc:forged"])
def test_a_forged_draft_leads_back_to_the_file(as_anna, draft):
    answer = as_anna.post(reverse("routes:add"), words(draft=draft))
    assert answer["Location"] == reverse("routes:import") and not Route.objects.exists()


# ------------------------------------------------------------------------------------------------------------ changing


def test_editing_changes_words_and_rows_and_never_the_path(as_anna, anna, orchard):
    page = as_anna.get(reverse("routes:edit", args=[orchard.pk])).content.decode()
    assert "Mill path" in page and "Open water" in page
    assert reverse("routes:path", args=[orchard.pk]) in page and "import it as a new route" not in page
    answer = as_anna.post(reverse("routes:edit", args=[orchard.pk]), words(name="Old orchard", gate_codes="C 12"))
    assert answer.status_code == 302
    changed = Route.objects.get()
    assert (changed.name, changed.gate_codes, changed.line) == ("Old orchard", "C 12", orchard.line)
    assert [point.name for point in changed.points.all()] == ["Broad Walk", "Mill path"]
    assert [hazard.words for hazard in changed.hazards.all()] == ["Open water, no rail.", "Open water, no rail."]


def test_who_walked_it_is_whoever_gives_the_day_while_nothing_is_assessed(as_ben, ben, anna, orchard):
    Route.objects.update(risk=Route.Risk.MISSING)
    as_ben.post(reverse("routes:edit", args=[orchard.pk]), words(walked_on=orchard.walked_on.isoformat()))
    assert Route.objects.get().walked_by == anna
    yesterday = timezone.localdate() - timedelta(days=1)
    as_ben.post(reverse("routes:edit", args=[orchard.pk]), words(walked_on=yesterday.isoformat()))
    assert Route.objects.get().walked_by == ben


def test_an_invalid_change_keeps_the_old_and_shows_the_new(as_anna, orchard):
    answer = as_anna.post(reverse("routes:edit", args=[orchard.pk]), words(alias=""))
    assert answer.status_code == 422 and "By the notice board." in answer.content.decode()
    assert Route.objects.get().alias == orchard.alias


def test_archiving_asks_keeps_and_can_be_undone(as_anna, orchard):
    path = reverse("routes:archive", args=[orchard.pk])
    assert "Archive Orchard loop?" in as_anna.get(path).content.decode()
    assert Route.objects.in_use().count() == 1, "looking does nothing"
    as_anna.post(path)
    assert Route.objects.in_use().count() == 0 and Route.objects.count() == 1
    assert "archived route" in as_anna.get(reverse("routes:list")).content.decode()
    as_anna.post(reverse("routes:bring_back", args=[orchard.pk]))
    assert Route.objects.in_use().count() == 1


def test_every_change_is_in_the_history(as_anna, anna, orchard):
    as_anna.post(reverse("routes:edit", args=[orchard.pk]), words(name="Old orchard", **{"hazards-TOTAL_FORMS": "0"}))
    events = list(orchard.events.order_by("pgh_id").values_list("name", "pgh_context"))
    assert [name for name, _context in events] == ["Orchard loop", "Old orchard"]
    assert events[-1][1]["actor"] == str(anna.pk)


def test_the_light_of_a_year_and_of_a_weekly_walk(as_olga, orchard, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a, **k: date(2026, 8, 27))
    where = reverse("routes:light", args=[orchard.pk])
    page = as_olga.get(where).content.decode()
    assert "Light through the year" in page and 'class="twilight" d="M0 ' in page
    walk = {"weekday": "3", "clock": "17:30", "minutes": "50"}
    dark = as_olga.get(where, walk).content.decode()
    assert "Into the dark from" in dark and "In the light all year" not in dark
    noon = as_olga.get(where, walk | {"clock": "12:00"}).content.decode()
    assert "Into the dark" not in noon and "In the light all year" in noon
    refused = as_olga.get(where, walk | {"clock": "25:00"})
    assert refused.status_code == 422 and "Enter a valid time" in refused.content.decode()


def test_a_walk_that_is_dark_now_is_told_from_today_on(as_olga, orchard, monkeypatch):
    where, walk = reverse("routes:light", args=[orchard.pk]), {"weekday": "3", "clock": "17:30", "minutes": "50"}
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a, **k: date(2026, 11, 26))
    page = as_olga.get(where, walk).content.decode()
    assert "It is dark now, until 11 Mar 2027." in page and "Dark again from 21 Oct 2027." in page
    assert "Into the dark from" not in page and "26 Nov" not in page
    night = as_olga.get(where, walk | {"clock": "23:00"}).content.decode()
    assert "In the dark all year." in night and "dark now" not in night
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a, **k: date(2026, 8, 27))
    assert "Into the dark from 22 Oct 2026 to 11 Mar 2027." in as_olga.get(where, walk).content.decode()


# ---------------------------------------------------------------------------------------------------------------- demo


def test_the_demo_routes(anna, as_anna):
    made = demo.make(anna, date(2026, 11, 22))
    assert len(made) == 6
    for route in made:
        assert 900 < route.distance_m < 6000 and route.is_loop and route.points.count() >= 3
        assert any(point.kind == "exit" for point in route.points.all())
        assert as_anna.get(reverse("routes:show", args=[route.pk])).status_code == 200
        route.full_clean(exclude=["breaks"])
        assert route.signal_found and route.emergency_minutes and route.character
    assert [route.name for route in made if route.is_closed(date(2026, 11, 22))] == ["Victoria Park east"]
    assert sum(route.look_again_on < date(2026, 11, 22) for route in made) == 1
    assert [route.risk for route in made] == ["passed"] * 5 + ["missing"]
    assert json.dumps(made[0].line) == json.dumps(Route.objects.get(name="Inner Circle").line)


def test_the_loop_of_the_tests_is_itself(anna):
    assert LOOP.exists()
