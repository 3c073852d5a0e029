"""The owner makes a text true of her practice and publishes it: on a telephone, then at a desk without scripts."""

import pytest
from playwright.sync_api import expect

from clients.models import ConsentText
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in

ROSA = "rosa.venn@larchstreet.example"


@pytest.mark.parametrize(("size", "scripts"), [(PHONE, True), (DESK, False)])
def test_a_text_is_written_looked_at_and_published(served: Served, window, size, scripts):
    factories.practice()
    factories.user("Rosa Venn", "owner")
    page = window(size, java_script_enabled=scripts).page()
    look = accessible if scripts else (lambda _page: None)
    sign_in(page, served, ROSA, factories.PASSWORD)
    page.goto(f"{served.url}/practice/team")
    page.get_by_role("link", name="Texts").click()
    look(page)

    # A draft: a clause is emptied by mistake, and the page says so.
    page.get_by_role("link", name="Walking together").click()
    look(page)
    page.get_by_label("Title").fill("Walking with us 🌿")
    clause = page.locator("#clause-weather")
    weather = clause.get_by_label("Words").input_value()
    clause.get_by_label("Words").fill("")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.locator("main")).to_contain_text("One clause is needed and has no words yet")
    look(page)
    page.get_by_role("link", name="Changes, and publishing").click()
    expect(page.locator("main")).to_contain_text("“Weather and light” is needed")
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    look(page)
    page.get_by_role("link", name="Go on writing").click()
    page.locator("#clause-weather").get_by_label("Words").fill(weather + " We never run from the rain.")
    page.get_by_role("button", name="Keep the draft").click()

    # As a client sees it, then the first version.
    page.get_by_role("link", name="As a client sees it").click()
    expect(page.locator("main")).to_contain_text("We never run from the rain.")
    look(page)
    page.get_by_role("link", name="Back to the text").click()
    page.get_by_role("link", name="Changes, and publishing").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("main")).to_contain_text("Published: version 1.")

    # The next one asks whether those who signed are asked again.
    page.get_by_role("link", name="Walking with us").click()
    page.get_by_label("What it is not for").fill("Not climbing.")
    page.get_by_role("button", name="Keep the draft").click()
    page.get_by_role("link", name="Changes, and publishing").click()
    expect(page.locator("ins")).to_contain_text("climbing.")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("[data-errors]")).to_contain_text("Please choose one of the two.")
    look(page)
    page.get_by_text("No: what was signed goes on").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("main")).to_contain_text("version 2, since")
    assert list(ConsentText.objects.order_by("version").values_list("version", "renews")) == [(1, True), (2, False)]


def test_a_text_of_the_practices_own_and_another_language_are_begun(served: Served, window):
    factories.practice()
    factories.user("Rosa Venn", "owner")
    page = window(PHONE).page()
    sign_in(page, served, ROSA, factories.PASSWORD)
    page.goto(f"{served.url}/clients/texts")
    page.get_by_role("link", name="Begin a text of our own").click()
    accessible(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("[data-errors]")).to_contain_text("Please give it a title.")
    accessible(page)
    page.get_by_label("Title").fill("Sitting by the water")
    page.get_by_text("sitting", exact=False).first.click()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("main")).to_contain_text("clauses are needed and have no words yet")
    expect(page.locator("#clause-nature").get_by_label("Heading")).to_have_value("What it is")
    accessible(page)

    # The questions of its plan: one more answer, seen in the preview.
    page.locator("fieldset", has=page.get_by_label("Question")).first.get_by_text("More answers").click()
    page.get_by_label("Answer 4", exact=True).first.fill("Sit down")
    page.get_by_label("Answer 4, as it is read back").first.fill("We sit down.")
    page.get_by_role("button", name="Keep the draft").click()
    page.get_by_role("link", name="As a client sees it").click()
    expect(page.locator("main")).to_contain_text("Sit down")

    # Another language begins with the words of the first.
    page.goto(f"{served.url}/clients/texts/outdoors/en")
    page.get_by_role("link", name="In another language").click()
    page.get_by_label("Language").select_option(label="Deutsch")
    accessible(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("main")).to_contain_text("Still to be translated")
    accessible(page)
    page.get_by_role("link", name="As a client sees it").click()
    page.get_by_text("somebody asked about a client under age").click()
    page.get_by_role("button", name="Show it so").click()
    expect(page.locator("main")).to_contain_text("is under age.")
    accessible(page)
