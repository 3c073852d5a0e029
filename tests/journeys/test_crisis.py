"""A crisis answered in the room: the questions, an assessment, a plan that is kept, and the call of the next day."""

import re

from playwright.sync_api import Page, expect

from practice.models import CoverPerson
from tests import factories
from tests.journeys.conftest import PHONE, Served, accessible, sign_in

HERS = "mary.lee@example.org"


def choose(page: Page, **answers: str) -> None:
    for name, value in answers.items():
        page.locator(f"input[name={name}][value={value}]").check(force=True)


def fill(page: Page, **words: str) -> None:
    for name, said in words.items():
        page.locator(f"[name={name}]").fill(said)


def test_a_crisis_answered_in_the_room(served: Served, window):
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    client = factories.client("Mary Lee", anna)
    CoverPerson.objects.create(user=anna, position=1)
    factories.decision(client, anna)
    page = window(PHONE, has_touch=True).page()
    sign_in(page, served, "anna.reiter@larchstreet.example", factories.PASSWORD)

    # The questions, and what to do now.
    page.goto(f"{served.url}/clients/{client.pk}/asq")
    choose(page, manner="room", wished_dead="yes", better_off="no", thoughts="yes", tried="no", now="yes")
    page.get_by_role("button", name="Write down").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Stay with Mary now")
    expect(page.get_by_role("link", name=re.compile("ring 999"))).to_have_attribute("href", "tel:999")
    accessible(page)

    # The assessment: what is missing is asked for, and nothing that was typed is lost.
    page.get_by_role("link", name="Write the safety assessment").click()
    accessible(page)
    choose(page, manner="room", thoughts="suicide", intent="mixed", method="none", means="none", outcome="contact")
    fill(page, thoughts_words="Since Sunday.", decision="We considered more help, and a call tomorrow.")
    page.get_by_role("button", name="Write down").click()
    expect(page.locator("[data-errors]")).to_contain_text("Who was told")
    expect(page.locator("[name=thoughts_words]")).to_have_value("Since Sunday.")
    accessible(page)
    fill(page, told="Her sister, 14:20.")
    page.get_by_role("button", name="Write down").click()
    expect(page.get_by_text("Her sister, 14:20.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Ring Mary on"))).to_be_visible()
    accessible(page)

    # The plan, made together and sent by e-mail.
    page.get_by_role("link", name=re.compile("Make the plan together")).click()
    accessible(page)
    fill(page, staying="The dog, and spring.", people="Jo, sister: 07700 900123")
    choose(page, manner="room")
    page.get_by_role("button", name="Sign off this plan").click()
    expect(page.get_by_text("does not have this version yet")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Send it by e-mail").click()
    expect(page.get_by_text("is on its way to Mary")).to_be_visible()
    theirs = window(PHONE, has_touch=True, color_scheme="dark").page()
    theirs.goto(served.tray.link(HERS, "/p/"))
    expect(theirs.get_by_role("link", name=re.compile("Jo, sister"))).to_have_attribute("href", "tel:07700900123")
    accessible(theirs)

    # Today says whom to ring, not why; done is done.
    page.goto(f"{served.url}/sessions/today")
    accessible(page)
    page.get_by_role("link", name="Mary Lee", exact=True).first.click()
    accessible(page)
    fill(page, words="Slept. We meet on Thursday.")
    page.get_by_role("button", name="Done").click()
    page.wait_for_url(f"{served.url}/clients/{client.pk}/")
    expect(page.get_by_text("Plan, version 1, to look at again")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Ring Mary on"))).to_have_count(0)
    expect(page.get_by_role("link", name="Safety assessment by Anna")).to_be_visible()
    accessible(page)
