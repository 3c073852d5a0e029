"""A crisis answered at a distance: a window that somebody accepted, an answer that is heard at once, and a line of what
was done."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from clients.domain import intake
from practice.models import CoverPerson, Practice
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in


def test_answered_while_somebody_watches(served: Served, window):
    Practice.objects.all().delete()
    factories.practice(time_zone="UTC")
    anna = factories.user("Anna Reiter", "therapist")
    ben = factories.user("Ben Castle", "therapist")
    CoverPerson.objects.create(user=ben, position=1)
    ines = factories.client("Ines Marlow", anna)

    # Anna asks Ben to watch; nothing leaves before he has said yes.
    desk = window(DESK).page()
    sign_in(desk, served, anna.email, factories.PASSWORD)
    desk.goto(f"{served.url}/clients/{ines.pk}/asq/window")
    accessible(desk)
    now = timezone.now()
    desk.locator("[name=day]").fill(f"{now:%Y-%m-%d}")
    desk.locator("[name=opens]").fill("00:00" if now.hour < 1 else f"{now.hour - 1:02}:59")
    desk.locator("[name=closes]").fill(f"{min(now.hour + 1, 23):02}:58")
    desk.get_by_label("Ben Castle").check(force=True)
    desk.get_by_role("button", name="Ask for this window").click()
    expect(desk.locator("#watching")).to_contain_text("Nothing has been sent")
    watcher = window(DESK).page()
    sign_in(watcher, served, ben.email, factories.PASSWORD)
    watcher.goto(re.sub(r"\s", "", served.tray.link(ben.email, "/clients/windows/")))
    expect(watcher.locator("main")).not_to_contain_text("Ines")
    accessible(watcher)
    watcher.get_by_role("button", name="I will be at my screen").click()
    expect(watcher.locator("#watching")).to_contain_text("Nothing has been handed in yet")
    accessible(watcher)

    # Ines answers on her phone; the page says who is there, and afterwards stay, ring, and who is reading.
    phone = window(PHONE).page()
    phone.goto(served.tray.link("ines.marlow@example.org", "/q/"))
    expect(phone.locator("main")).to_contain_text("Ben Castle is here now")
    accessible(phone)
    for name in ("wished_dead", "better_off", "tried"):
        phone.locator(f"input[name={name}][value=no]").check(force=True)
    expect(phone.locator("input[name=now]").first).not_to_be_visible()
    phone.locator("input[name=thoughts][value=yes]").check(force=True)
    phone.locator("input[name=now][value=yes]").check(force=True)
    accessible(phone)
    phone.get_by_role("button", name="Send to Ben now").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Please stay where you are")
    expect(phone.locator(".crisis-now a[href='tel:116123']")).to_be_visible()
    accessible(phone)

    # Ben's page says so by itself; he opens it and writes down what he did.
    expect(watcher.locator("#watching")).to_contain_text("Open it now, and ring.", timeout=20_000)
    watcher.get_by_role("link", name="Open", exact=True).click()
    watcher.goto(f"{served.url}/sessions/today")
    watcher.get_by_role("link", name="Ines Marlow’s answers").first.click()
    accessible(watcher)
    watcher.locator("[name=words]").fill("Rang at once; Ines is with her sister, the crisis team comes.")
    watcher.get_by_role("button", name="I have acted").click()
    expect(watcher.locator("main")).to_contain_text("acted")
    accessible(watcher)


def test_a_colleague_who_covers_is_rung_for_and_says_so(served: Served, window):
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    ben = factories.user("Ben Castle", "therapist")
    CoverPerson.objects.create(user=ben, position=1)
    sent = intake.send(factories.client("Ines Marlow", anna), by=anna, reader=anna)
    intake.save(sent, intake.steps()[-1], {"hurt": "yes"})
    cover = window(PHONE).page()
    sign_in(cover, served, ben.email, factories.PASSWORD)
    cover.goto(served.tray.link(ben.email, "/clients/alerts/"))
    accessible(cover)
    expect(cover.locator("main")).not_to_contain_text("Ines")
    cover.get_by_role("button", name="I have reached Anna").click()
    expect(cover.get_by_role("heading", level=1)).to_contain_text("Anna knows")
