"""What the page of a route says about the ground: facts with their source, and no verdict."""

from datetime import date

import pytest
from django.urls import reverse

from routes.forms.route import RouteForm
from routes.models import RoutePoint
from tests import factories

TODAY = date(2026, 5, 4)


@pytest.fixture
def route(anna):
    return factories.route(anna, width_cm=120)


def test_the_ground_is_told_as_facts_with_their_source(as_anna, route, anna):
    hill = [[lat, lon, 40 + min(number, 3) * 12.0] for number, (lat, lon, _height) in enumerate(factories.LOOP)]
    steep = factories.route(anna, "Hill", line=hill, obstacle_cm=3, cross_slope_pct=2)
    page = as_anna.get(reverse("routes:show", args=[steep.pk])).content.decode()
    for words in (
        "an estimate from GPS, not a measurement",
        "Highest step or root 3 cm.",
        "Steepest slope across 2 %.",
    ):
        assert words in page, words
    assert "conversation may pause" in page and "ccessible" not in page
    flat = as_anna.get(reverse("routes:show", args=[route.pk])).content.decode()
    assert "Narrowest place 120 cm." in flat and "Steps and roots are not measured." in flat


def test_benches_are_places_to_rest_unless_somebody_measured_how_far_apart(as_anna, route):
    RoutePoint.objects.create(route=route, position=1, kind="bench", name="Bench", lat=51.53, lon=-0.157, minutes=8)
    address = reverse("routes:show", args=[route.pk])
    assert "1 place to rest" in as_anna.get(address).content.decode()
    route.rest_every_m = 250
    route.save(update_fields=["rest_every_m"])
    page = as_anna.get(address).content.decode()
    assert "every 250 m" in page and "place to rest" not in page


def test_a_slope_has_a_length(route):
    form = RouteForm({"steepest_pct": "8", "steepest_m": "0"}, instance=route, today=TODAY)
    assert "steepest_m" in form.errors
    assert "steepest_m" in RouteForm({"steepest_pct": "8"}, instance=route, today=TODAY).errors
