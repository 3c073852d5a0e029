"""The calendar in a real browser: dragging, a list on a phone, a double booking that is meant."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page

from practice.domain.local_time import instant
from practice.models import Mode, Service, User
from sessions.domain import booking
from sessions.models import Session
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, Watched, accessible, sign_in
from tests.sessions.people import ready

LONDON = ZoneInfo("Europe/London")
TODAY = datetime.now(LONDON).date()
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())
WEEK = f"/sessions/week?week={MONDAY}&view=week"


def at(days: int, hour: int) -> datetime:
    """An hour of next week."""
    return instant(MONDAY + timedelta(days=days), time(hour), LONDON)


@pytest.fixture
def anna(served: Served) -> User:
    """Next week Anna walks with Mrs Lee on Tuesday at ten and meets Ines in the room on Thursday at ten."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    factories.user("Olga Brandt", "front_desk")
    mary, ines = factories.client("Mary Lee", anna), factories.client("Ines Marlow", anna)
    path = factories.route(anna, sketch={"parts": [[[lat, lon] for lat, lon, _height in factories.LOOP]]})
    factories.assessment(path, anna)
    ready(mary, anna)
    talk = Service.objects.create(name="First talk", kind="intake", modes=["indoor"], colour="sky")
    kept = {"therapist": anna, "place": factories.place(), "by": anna}
    booking.book(clients=[mary], mode=Mode.WALK, starts_at=at(1, 10), route=path, fallback="room", **kept)
    booking.book(clients=[ines], mode=Mode.INDOOR, starts_at=at(3, 10), service=talk, **kept)
    return anna


def event(page: Page, name: str) -> Locator:
    return page.locator(".ec-event", has_text=name)


SLOT = 34
"""Pixels of half an hour, as calendar.js sets them."""


def drag(page: Page, name: str, *, days: int = 0, hours: float = 0, from_bottom: bool = False) -> None:
    """Take an event with the mouse, by its end to stretch it, and let it go elsewhere."""
    day = page.locator(".ec-body .ec-day").first.bounding_box()
    box = event(page, name).bounding_box()
    assert day and box
    x, y = box["x"] + box["width"] / 2, box["y"] + (box["height"] - 2 if from_bottom else 12)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + days * day["width"] / 2, y + hours * SLOT, steps=8)
    page.mouse.move(x + days * day["width"], y + hours * SLOT * 2, steps=8)
    page.mouse.up()
    page.get_by_role("dialog").get_by_role("heading").first.wait_for()


def test_a_week_is_dragged_in_looked_at_first_and_undone(
    served: Served, window: Callable[..., Watched], anna: User
) -> None:
    page = window(DESK).page()
    sign_in(page, served, anna.email, factories.PASSWORD)
    page.goto(served.url + WEEK)
    event(page, "Mary Lee").wait_for()
    assert event(page, "First talk").count() == 1 and page.locator(".ec-bg-event.night").count() >= 7
    accessible(page)

    event(page, "Mary Lee").click()
    page.get_by_role("dialog").get_by_text("Walking agreed").first.wait_for()
    accessible(page)
    page.keyboard.press("Escape")

    drag(page, "Mary Lee", days=1, hours=2)
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_text("12:00 to 12:50").count() == 1
    assert dialog.get_by_text("is reminded of the new time on").count() == 1
    accessible(page)
    dialog.get_by_role("link", name="Leave it as it was").click()
    assert Session.objects.get(mode="walk").starts_at == at(1, 10)

    drag(page, "Mary Lee", days=1, hours=2)
    page.get_by_role("dialog").get_by_role("button", name="Move it").click()
    page.get_by_role("button", name="Undo").wait_for()
    accessible(page)
    assert Session.objects.get(mode="walk").starts_at == at(2, 12)
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone: Mary Lee is back").wait_for()
    assert Session.objects.get(mode="walk").starts_at == at(1, 10)

    event(page, "Ines Marlow").wait_for()
    drag(page, "Ines Marlow", hours=0.5, from_bottom=True)
    assert page.get_by_role("dialog").get_by_text("10:00 to 11:20").count() == 1
    page.keyboard.press("Escape")


def test_a_double_booking_is_only_made_when_it_is_meant(
    served: Served, window: Callable[..., Watched], anna: User
) -> None:
    page = window(DESK).page()
    sign_in(page, served, "olga.brandt@larchstreet.example", factories.PASSWORD)
    page.goto(served.url + WEEK)
    event(page, "Mary Lee").wait_for()
    drag(page, "Ines Marlow", days=-2)
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Anna is with Mary Lee then").wait_for()
    accessible(page)
    dialog.get_by_role("button", name="Book over it").click()
    page.get_by_role("heading", name="Move to another time").wait_for()
    assert Session.objects.get(mode="indoor").starts_at == at(3, 10)
    accessible(page)
    page.get_by_label("Book over another session because").fill("They asked to meet")
    page.get_by_role("button", name="Book over it").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert "They asked to meet" in (event(page, "Ines Marlow").text_content() or "")
    assert Session.objects.get(mode="indoor").doubled
    accessible(page)
    for view in ("day", "month"):
        page.goto(f"{served.url}/sessions/week?week={MONDAY + timedelta(days=1)}&view={view}")
        event(page, "Mary Lee").wait_for()
        accessible(page)


def test_a_phone_lists_the_week_and_moves_by_its_own_page(
    served: Served, window: Callable[..., Watched], anna: User
) -> None:
    page = window(PHONE).page()
    sign_in(page, served, anna.email, factories.PASSWORD)
    page.goto(served.url + WEEK)
    page.get_by_role("link", name="Mary Lee").wait_for()
    assert page.locator(".ec-event").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible(page)
    page.get_by_role("link", name="Mary Lee").click()
    page.get_by_role("link", name="Move").click()
    page.get_by_label("From").fill("13:00")
    page.get_by_role("button", name="Move it").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone: Mary Lee is back").wait_for()
    assert Session.objects.get(mode="walk").starts_at == at(1, 10)
