"""Signing on a telephone: with the line down in the middle, with a drawing, and in a browser without scripts."""

import re

from playwright.sync_api import Page, expect

from clients.domain import consent, consent_texts
from clients.models import Client, Consent
from practice.models import User
from tests import factories
from tests.journeys.conftest import PHONE, Served, accessible, sign_in, until

HERS = "mary.lee@example.org"


def people() -> tuple[User, Client]:
    """A practice, a therapist, a client, and the texts."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist", title="psychotherapist, UKCP registered")
    consent_texts.publish_shipped()
    return anna, factories.client("Mary Lee", anna, called="Mrs Lee")


def ask(anna: User, person: Client, *keys: str) -> list[Consent]:
    """Asked by letter for these texts at once."""
    texts = [text for text in consent_texts.current() if text.key in keys]
    [request] = consent.ask_all(person, texts, [consent.Signer(None, "consent")], by=anna)
    return list(request.consents.order_by("text__key"))


def code(served: Served) -> str:
    """The digits in the newest letter that has some."""

    def found() -> str | None:
        mine = [one for one in served.tray.letters if HERS in str(one["to"]) and "code" in str(one["subject"])]
        body = mine[-1].get_body(preferencelist=("plain",)) if mine else None
        digits = re.search(r"^(\d{3}\s\d{3})\s*$", body.get_content(), re.M) if body else None
        return digits[1] if digits else None

    answer: str = until(found, what="a code")
    return answer


def fetched(page: Page) -> int:
    """Bytes of the page and of everything that the browser fetched for it, uncompressed."""
    kinds = "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
    own = "entry => entry.initiatorType !== 'fetch'"
    answer: int = page.evaluate(f"{kinds}.filter({own}).reduce((sum, entry) => sum + entry.decodedBodySize, 0)")
    return answer


def choose_plan(page: Page) -> None:
    """The first answer of each question."""
    for group in page.locator(".plan fieldset").all():
        group.locator("label").first.click()


def draw(page: Page) -> None:
    """A line on the pad."""
    page.get_by_role("tab", name="Draw it").click()
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 100, steps=6)
    page.mouse.move(box["x"] + 220, box["y"] + 50, steps=6)
    page.mouse.up()


def test_the_line_goes_down_and_nothing_is_lost_or_half_signed(served: Served, window):
    anna, person = people()
    [asked] = ask(anna, person, "outdoors")
    phone = window(PHONE)
    page = phone.page()
    page.goto(served.tray.link(HERS, "/s/"))
    accessible(page)
    page.get_by_role("button", name="I agree to read, sign").click()
    choose_plan(page)
    page.locator("[name=sign]").fill("touching the scarf")
    draw(page)
    drawn = page.locator("[name=drawing]").input_value()
    page.get_by_role("button", name="Send me the code", exact=True).click()
    page.locator("[name=code]").fill(code(served))
    assert fetched(page) < 250_000, "all of it, uncompressed, with the pad"
    accessible(page)
    assert drawn and page.locator("[name=drawing]").input_value() == drawn, "the drawing stays through an answer"

    phone.context.set_offline(True)
    page.get_by_role("button", name="I agree, and sign").click()
    expect(page.locator("[data-said]")).to_have_text("Not signed yet: no connection. What you wrote is still here.")
    assert page.locator("[name=drawing]").input_value() == drawn
    accessible(page)
    phone.context.set_offline(False)
    asked.refresh_from_db()
    assert asked.status == "asked" and not asked.signature_sealed
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert "scarf" in kept and "<path" not in kept and page.locator("[name=code]").input_value() not in kept

    page.reload()
    expect(page.locator("[name=sign]")).to_have_value("touching the scarf")
    assert page.locator(".plan input:checked").count() == 2
    draw(page)
    page.locator("[name=code]").fill(code(served))
    page.get_by_role("button", name="I agree, and sign").click()
    expect(page.get_by_role("heading", name="Your signature")).to_be_visible()
    accessible(page)
    assert page.evaluate("sessionStorage.length") == 0
    asked.refresh_from_db()
    assert (asked.status, asked.manner, asked.evidence["how"]) == ("signed", "drawn", "code")


def test_two_papers_are_signed_without_any_script(served: Served, window):
    anna, person = people()
    first, second = ask(anna, person, "outdoors", "running")
    page = window(PHONE, java_script_enabled=False).page()
    page.goto(served.tray.link(HERS, "/s/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Two things to read and sign")
    page.get_by_role("link", name=re.compile("^Walking")).click()
    page.get_by_role("button", name="I agree to read, sign").click()
    choose_plan(page)
    page.get_by_label("Your full name").fill("Mary Lee")
    page.get_by_role("button", name="Send me the code", exact=True).click()
    expect(page.get_by_label("Your full name")).to_have_value("Mary Lee")
    page.get_by_label("The six digits").fill("000000")
    page.get_by_role("button", name="Check the code").click()
    expect(page.locator(".errors")).to_contain_text("not the six digits")
    expect(page.get_by_label("Your full name")).to_have_value("Mary Lee")
    page.get_by_label("The six digits").fill(code(served))
    page.get_by_role("button", name="I agree, and sign").click()
    page.get_by_role("link", name=re.compile("^Next: ")).click()
    expect(page.get_by_text("It holds for an hour")).to_be_visible()
    choose_plan(page)
    page.get_by_label("Your full name").fill("Mary Lee")
    page.get_by_role("button", name="I agree, and sign").click()
    expect(page.get_by_role("heading", name="Your signature")).to_be_visible()
    page.get_by_role("link", name="Everything there is to read").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything here is answered")
    for one in (first, second):
        one.refresh_from_db()
        assert one.status == "signed" and one.evidence["known_to"] == HERS


def test_a_device_that_was_handed_over_comes_back_closed(served: Served, window):
    anna, person = people()
    [asked] = ask(anna, person, "delivery")
    page = window(PHONE).page()
    sign_in(page, served, anna.email, factories.PASSWORD)
    page.goto(f"{served.url}/clients/{person.pk}/consents/{asked.pk}")
    page.get_by_role("button", name="Sign together here").click()
    expect(page.get_by_text("You sign together with")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Please hand the device back")).to_be_visible()
    assert "Lee" not in page.content()
    page.go_forward()
    page.get_by_role("link", name="Hand the device back").click()
    accessible(page)
    page.get_by_role("link", name="It is back in my hands").click()
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Sign together here")).to_be_visible()
