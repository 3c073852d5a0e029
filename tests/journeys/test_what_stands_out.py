"""A pattern around eating, told on a phone: what is thought about, what is decided, how little the desk sees."""

import re

from playwright.sync_api import Page, expect

from clients.domain import consent_texts, intake
from practice.models import CoverPerson
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in

TOLD = {
    "disorder": "now", "making_up": "yes", "skipping": "yes", "skipping.looked": "no", "make_up": "yes", "worth": "yes",
    "rest_days": "yes", "when_ill": "yes", "active": "yes", "wishes": "run",
}  # fmt: skip
NEVER = re.compile("eating|considered|band|score|indoors for now|purg|risk", re.IGNORECASE)


def answer(page: Page) -> None:
    """Answer what shows on this page: as told, and with no or the first answer where nothing was told."""
    for _ in range(2):  # what an answer opens is answered in the second round
        for group in page.locator("fieldset").all():
            if not group.is_visible() or group.locator("> .picks input:checked").count():
                continue
            first = group.locator("> .picks input").first
            name = first.get_attribute("name") or ""
            wanted = TOLD.get(name)
            no = group.locator("> .picks").locator("input[value=no], input[value=none]")
            chosen = group.locator(f"> .picks input[value={wanted}]") if wanted else no if no.count() else first
            chosen.first.check(force=True)


def test_an_eating_disorder_pattern_is_thought_about_decided_and_not_told_to_the_desk(served: Served, window):
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    factories.user("Olga Brandt", "front_desk")
    factories.room("Room 1")
    person = factories.client("Ines Marlow", anna)
    factories.emergency_contact(person)
    factories.route(anna)
    CoverPerson.objects.create(user=anna, position=1)
    consent_texts.publish_shipped()
    intake.send(person, by=anna, reader=anna)

    # On the phone: short pages, plain words; nothing says what an answer leads to.
    phone = window(PHONE, has_touch=True).page()
    phone.goto(served.tray.link("ines.marlow@example.org", "/i/"))
    phone.get_by_role("link", name=re.compile("Begin")).click()
    for _ in range(12):
        answer(phone)
        if phone.get_by_role("heading", name="Food and rest").count():
            accessible(phone)
            expect(phone.get_by_text("Your answer does not cancel the walk").first).to_be_visible()
        last = phone.get_by_role("button", name=re.compile("Hand in"))
        (last if last.count() else phone.get_by_role("button", name=re.compile("Continue"))).click()
        if phone.get_by_role("heading", name=re.compile("Thank you")).count():
            break
    accessible(phone)
    assert not NEVER.search(phone.locator("main").inner_text())

    # At the therapist's: the worst first, with the answers behind it; she decides in her own words.
    desk = window(PHONE, has_touch=True).page()
    sign_in(desk, served, "anna.reiter@larchstreet.example", factories.PASSWORD)
    desk.goto(f"{served.url}/clients/waiting")
    accessible(desk)
    desk.goto(f"{served.url}/clients/{person.pk}/decide")
    accessible(desk)
    expect(desk.locator(".considered > li").first).to_contain_text("An eating disorder at the moment")
    behind = desk.locator(".considered > li").first.locator("details").first
    behind.locator("summary").click()
    expect(behind).to_contain_text("Have you had an eating disorder")
    for mode in ("indoor", "sit"):
        desk.locator(f"input[name=modes][value={mode}]").check(force=True)
    desk.locator("[name=reasoning]").fill("We considered a bench and the room first, and a word with the eating team.")
    desk.get_by_role("button", name="Write the decision").click()
    if desk.locator("[name=thought_about]").count():
        desk.locator("[name=thought_about]").check(force=True)
        desk.get_by_role("button", name="Write the decision").click()
    desk.wait_for_url(re.compile(rf"/clients/{person.pk}/$"))
    expect(desk.get_by_text("Sitting outside agreed").first).to_be_visible()

    # The desk sees whom to ask, and never why.
    front = window(DESK).page()
    sign_in(front, served, "olga.brandt@larchstreet.example", factories.PASSWORD)
    front.goto(f"{served.url}/clients/{person.pk}/")
    accessible(front)
    expect(front.get_by_text("Not yet, ask Anna").first).to_be_visible()
    assert not NEVER.search(front.locator("main").inner_text())
    front.goto(f"{served.url}/sessions/book?client={person.pk}")
    front.locator("input[name=mode][value=walk]").check(force=True)
    front.locator("[name=day]").fill("2027-05-04")
    front.locator("[name=starts]").fill("10:00")
    front.locator("[name=route]").select_option(index=1)
    front.locator("[name=fallback]").select_option("room")
    front.get_by_role("button", name="Book", exact=True).click()
    expect(front.locator(".errors").first).to_contain_text("ask Anna")
    assert not NEVER.search(front.locator(".errors").first.inner_text())
