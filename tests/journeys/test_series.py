"""A walk that comes every week, over a change of the clocks into the dark: booked in daylight instead, then ended."""

import re
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from playwright.sync_api import expect

from practice.domain import words
from practice.domain.local_time import instant
from practice.models import Letter
from sessions.domain import dark_dates, notices
from sessions.models import Series, Session
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in
from tests.sessions.test_series import walker

ANNA = "anna.reiter@larchstreet.example"
LONDON = ZoneInfo("Europe/London")


def next_september() -> date:
    """The Thursday in the middle of a September to come: eight weeks from it the clocks have changed."""
    today = timezone.localdate()
    year = today.year + (today > date(today.year, 9, 1))
    middle = date(year, 9, 14)
    return middle + timedelta(days=(3 - middle.weekday()) % 7)


def test_a_series_into_the_dark(served: Served, window):
    factories.practice()
    factories.place()
    anna = factories.user("Anna Reiter", "therapist")
    ines = walker(factories.client("Ines Marlow", anna), anna)
    factories.route(anna, look_again_on=date(2030, 1, 1))
    first = next_september()
    taken = first + timedelta(weeks=1)
    factories.session(anna, factories.client("Dan Abel", anna),
                      starts_at=instant(taken, time(17), LONDON))  # fmt: skip

    # On her phone she fills in one booking, and asks that it be repeated.
    page = window(PHONE).page()
    sign_in(page, served, ANNA, factories.PASSWORD)
    page.goto(f"{served.url}/sessions/book?client={ines.pk}&day={first.isoformat()}")
    page.get_by_text("walking", exact=True).click()
    page.get_by_label("From").fill("17:30")
    page.get_by_label("Route").select_option(label="Orchard loop")
    page.get_by_role("button", name="Repeat this").click()
    expect(page.get_by_role("heading", name="Repeat this session")).to_be_visible()
    expect(page.get_by_text(re.compile("Thursday 17:30 walks into the dark from"))).to_be_visible()
    expect(page.get_by_text("Anna is with Dan Abel then")).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile(re.escape(words.day(taken))))).to_be_disabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    accessible(page)
    assert not Series.objects.exists()

    # Nothing in the dark is ticked unless she says so.
    in_the_dark = page.locator("li", has=page.locator(".of-light.dark")).get_by_role("checkbox")
    assert in_the_dark.count() > 2 and not any(box.is_checked() for box in in_the_dark.all())
    page.get_by_role("button", name="Tick all").click()
    assert all(box.is_checked() for box in in_the_dark.all())
    page.get_by_role("button", name="Tick none").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    page.get_by_role("button", name="Tick all").click()

    # The dark dates go to another hour in daylight; the others stay.
    page.locator("label.pick", has_text="Thursday 15:").first.click()
    page.get_by_role("button", name="Show it so").click()
    expect(page.get_by_text("Instead of 17:30.").first).to_be_visible()
    expect(page.locator(".of-light.dark")).to_have_count(0)
    accessible(page)
    page.get_by_role("button", name="Book the ticked dates").click()
    expect(page.get_by_text("Booked: 11 dates.")).to_be_visible()
    sessions = list(Session.objects.filter(series__isnull=False).select_related("place", "route"))
    assert len(sessions) == 11 and not any(map(dark_dates.is_dark, sessions))
    assert len({one.starts_at.astimezone(LONDON).utcoffset() for one in sessions}) == 2
    assert len({one.starts_at.astimezone(LONDON).time() for one in sessions}) == 2

    # At the desk she sees how it repeats, and ends it from the fourth date on.
    fourth = sessions[3]
    desk = window(DESK).page()
    sign_in(desk, served, ANNA, factories.PASSWORD)
    desk.goto(f"{served.url}/sessions/{fourth.pk}")
    expect(desk.get_by_text(re.compile("Every Thursday at 17:30, until"))).to_be_visible()
    accessible(desk)
    desk.locator("section", has=desk.get_by_role("heading", name="Repeats")).get_by_role("link", name="Cancel").click()
    accessible(desk)
    desk.get_by_role("button", name="Show the dates").click()
    expect(desk.locator(".dates").get_by_role("checkbox", checked=True)).to_have_count(8)
    expect(desk.get_by_text("By e-mail, one letter for all dates: Ines Marlow.")).to_be_visible()
    expect(desk.get_by_label("Tell the client by letter")).to_be_checked()
    accessible(desk)
    desk.get_by_role("button", name="Cancel the ticked dates").click()
    expect(desk.get_by_text("Cancelled: 8 dates. No reminder will leave any more.")).to_be_visible()
    expect(desk.get_by_text("The letter about it leaves in three minutes.")).to_be_visible()
    assert Session.objects.holding().filter(series__isnull=False).count() == 3
    assert Letter.objects.filter(kind=notices.KIND, state="due").count() == 1
