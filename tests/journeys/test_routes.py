"""A route from nothing to paper: drawn by touch, moved, assessed, approved by a second person, closed and printed."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from practice.models import Practice
from routes.models import Route
from tests import factories
from tests.clients.on_paper import text_of
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in
from tests.journeys.test_thin_line import assess_route, press

ANNA, BEN = "anna.reiter@larchstreet.example", "ben.okafor@larchstreet.example"
POINTS = "[data-path-map] .path-point:not(.is-crowded)"


def paper(page: Page, address: str) -> str:
    """The words of a PDF that the page links to."""
    answer = page.request.get(address)
    assert answer.ok and answer.headers["content-type"] == "application/pdf"
    return text_of(answer.body())


@pytest.fixture
def people():
    factories.practice()
    Practice.objects.update(routes_need_approval=True)
    factories.user("Anna Reiter", "therapist")
    factories.user("Ben Okafor", "therapist")


def test_a_walk_is_drawn_by_touch_assessed_approved_and_printed(served: Served, window, people):
    phone = window(PHONE, has_touch=True).page()
    sign_in(phone, served, ANNA, factories.PASSWORD)

    # Two places are typed; the map shows them, and a finger adds, moves back and takes away.
    phone.goto(f"{served.url}/routes/draw")
    accessible(phone)
    typed = phone.get_by_label("Latitude and longitude")
    typed.fill("51.5073, -0.1657\n51.5073, -0.1617\n51.5093, -0.1617")
    typed.blur()
    expect(phone.locator(POINTS)).to_have_count(3)
    room = phone.locator("[data-path-map]")
    box = room.bounding_box()
    room.tap(position={"x": box["width"] * 0.35, "y": box["height"] * 0.3})
    expect(phone.locator("[data-path-told]")).to_contain_text("4 points")
    press(phone, "Back to the start")
    expect(phone.locator("[data-path-told]")).to_contain_text("5 points")
    press(phone, "Undo")
    phone.locator(POINTS).nth(1).tap()
    press(phone, "Remove this point")
    expect(phone.locator("[data-path-told]")).to_contain_text("3 points")
    press(phone, "Undo")
    press(phone, "Back to the start")
    accessible(phone)
    press(phone, "Show this walk")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("This is your walk")
    phone.locator("[name$=name]").first.fill("Dell loop")
    phone.locator("[name$=alias]").fill("Serpentine, the Dell")
    phone.locator("[name$=meeting_point]").fill("By the bench at the waterfall.")
    phone.locator("[name$=defibrillator]").fill("At the lido, in opening hours.")
    phone.locator("[name$=emergency_department]").fill("St Mary\u2019s, Praed Street")
    phone.locator("[name$=emergency_minutes]").fill("9")
    phone.locator("[name$=signal_found]").select_option("good")
    phone.locator("[name$=surface]").select_option("paved")
    phone.locator("[name$=shade]").select_option("open")
    press(phone, "Keep this route")
    route = Route.objects.get()
    assert route.is_loop and route.risk == Route.Risk.MISSING

    # She assesses it; the practice wants a second pair of eyes.
    assess_route(phone, timezone.localdate())
    route.refresh_from_db()
    assert route.risk == Route.Risk.WAITING
    desk = window(DESK).page()
    sign_in(desk, served, BEN, factories.PASSWORD)
    desk.goto(f"{served.url}/routes/{route.pk}/assessments/1")
    press(desk, "Read and approve", role="link")
    accessible(desk)
    press(desk, "I read it and approve it")
    route.refresh_from_db()
    assert route.risk == Route.Risk.PASSED
    assert "Ben Okafor" in paper(desk, f"{served.url}/routes/{route.pk}/assessments/1/paper")

    # The path is moved by the keys: nothing else changes, and the route asks to be looked at again.
    desk.goto(f"{served.url}/routes/{route.pk}/path")
    accessible(desk)
    before = desk.get_by_label("Latitude and longitude").input_value()
    desk.locator(POINTS).nth(1).focus()
    for _ in range(4):
        desk.keyboard.press("ArrowUp")
    after = desk.get_by_label("Latitude and longitude").input_value()
    lines = zip(before.split("\n"), after.split("\n"), strict=True)
    assert sum([*map(float, old.split(","))] != [*map(float, new.split(","))] for old, new in lines) == 1
    press(desk, "Keep this path")
    expect(desk.locator("main")).to_contain_text("The route asks to be assessed again")
    accessible(desk)

    # The light of the year, and both cards.
    press(desk, "Light through the year", role="link")
    accessible(desk)
    desk.goto(f"{served.url}/routes/{route.pk}")
    assert "Dell loop" in paper(desk, f"{served.url}/routes/{route.pk}/card.pdf")
    emergency = paper(desk, f"{served.url}/routes/{route.pk}/emergency.pdf")
    assert re.search(r"9C3X[0-9A-Z]{4}\+[0-9A-Z]{2}", emergency) and "999" in emergency
