"""A person's own order of routes."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from practice.models import User
from routes.domain import ordering
from routes.models import Route
from tests import factories

WHERE = "/routes/order"


@pytest.fixture
def three(anna: User) -> dict[str, Route]:
    return {name: factories.route(anna, name) for name in ("Canal", "Heath", "Orchard")}


def names(user: User) -> list[str]:
    return [route.name for route in ordering.arranged(Route.objects.in_use(), ordering.favourites(user))]


def move(browser: Browser, route: Route, way: str) -> None:
    assert browser.post(WHERE, {"route": str(route.pk), "way": way}).status_code == 302


def test_by_name_until_somebody_arranges_them(three, anna, ben, as_anna):
    assert names(anna) == ["Canal", "Heath", "Orchard"]
    for name in ("Orchard", "Heath"):
        move(as_anna, three[name], "add")
    assert names(anna) == ["Orchard", "Heath", "Canal"]
    assert names(ben) == ["Canal", "Heath", "Orchard"]


@pytest.mark.parametrize(
    ("name", "way", "order"),
    [
        ("Heath", "earlier", ["Heath", "Canal", "Orchard"]),
        ("Heath", "later", ["Canal", "Orchard", "Heath"]),
        ("Canal", "earlier", ["Canal", "Heath", "Orchard"]),
        ("Orchard", "later", ["Canal", "Heath", "Orchard"]),
        ("Canal", "remove", ["Heath", "Orchard", "Canal"]),
        ("Heath", "add", ["Canal", "Heath", "Orchard"]),
    ],
)
def test_a_step_at_a_time(three, anna, as_anna, name, way, order):
    for each in three.values():
        move(as_anna, each, "add")
    move(as_anna, three[name], way)
    assert names(anna) == order


def test_a_step_is_seen_though_a_route_between_was_archived(three, anna, as_anna):
    for each in three.values():
        move(as_anna, each, "add")
    Route.objects.filter(name="Heath").update(archived_at=timezone.now())
    move(as_anna, three["Orchard"], "earlier")
    assert names(anna) == ["Orchard", "Canal"]


def test_the_page_has_a_button_for_each_step(three, as_anna):
    page = as_anna.get(WHERE).content.decode()
    assert page.count('value="add"') == 3 and "No route stands before the others yet." in page
    move(as_anna, three["Heath"], "add")
    move(as_anna, three["Canal"], "add")
    page = as_anna.get(WHERE).content.decode()
    assert (page.count('value="earlier"'), page.count('value="later"'), page.count('value="remove"')) == (1, 1, 2)


@pytest.mark.parametrize("route", ["", "nonsense", "6f0bfa1e-3b9e-4a44-9a7c-26a6b8f4a7b1"])
def test_a_route_that_is_not_there_changes_nothing(three, anna, as_anna, route):
    assert as_anna.post(WHERE, {"route": route, "way": "add"}).status_code == 302
    assert ordering.favourites(anna) == []
