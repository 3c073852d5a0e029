"""A calm intake on a telephone: by keyboard, off the line in the middle, in two tabs; and nothing of it is lost."""

import re

from playwright.sync_api import Page, expect

from clients.domain import intake
from clients.models import Screening
from practice.models import CoverPerson, Letter
from tests import factories
from tests.journeys.conftest import PHONE, Served, accessible, until

NARROW = {"width": 320, "height": 640}


def asked() -> tuple[Screening, str]:
    """A practice, a client, and the path of her link."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist", title="psychotherapist, UKCP registered")
    CoverPerson.objects.create(user=anna, position=1)
    made = intake.send(factories.client("Mary Lee", anna, called="Mrs Lee"), by=anna, reader=anna)
    return made, f"/i/{intake.link_for(made, by=anna)}/"


def kept(made: Screening, key: str = "everyday_health") -> dict[str, str]:
    """What the practice has."""
    made.refresh_from_db()
    answers: dict[str, str] = made.answers.get(key, {})
    return answers


def choose(page: Page, name: str, value: str) -> None:
    """Tap one answer, on its label as a thumb does."""
    page.locator(f"label:has(input[name='{name}'][value='{value}'])").click()


def said(page: Page) -> str:
    """The quiet line about what is kept."""
    return page.locator("[data-kept]").inner_text()


def tab_to(page: Page, selector: str) -> None:
    """Walk on with the Tab key until it is there."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the Tab key never came to {selector}")


def fits(page: Page) -> None:
    """Nothing stands out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_a_calm_intake_loses_nothing(served: Served, window):
    made, path = asked()
    phone = window(PHONE, has_touch=True, reduced_motion="reduce")
    page = phone.page()
    page.goto(f"{served.url}{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Mrs Lee")
    expect(page.get_by_text("alcohol and drugs are not asked here")).to_be_visible()
    accessible(page)

    # The first page by keyboard alone.
    tab_to(page, "a.btn.primary")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}1")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    accessible(page)
    tab_to(page, "[name=wishes][value=walk]")
    page.keyboard.press("Space")
    tab_to(page, "[name=active]")
    page.keyboard.press("Space")
    expect(page.locator("[data-kept]")).to_have_text(re.compile(r"^Kept at \d\d:\d\d$"))
    until(lambda: kept(made) == {"wishes": ["walk"], "active": "no"}, what="two answers")
    tab_to(page, "[name=way][value=on]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}2")

    # What follows from an answer opens with it, and what was asked in vain goes when it closes.
    follow = page.locator("input[name='chest_pain.new']").first
    expect(follow).not_to_be_visible()
    choose(page, "chest_pain", "yes")
    expect(follow).to_be_visible()
    choose(page, "chest_pain.new", "no")
    until(lambda: kept(made).get("chest_pain.new") == "no", what="the follow-up")
    accessible(page)
    choose(page, "chest_pain", "no")
    until(lambda: "chest_pain.new" not in kept(made), what="the follow-up to be dropped")
    choose(page, "chest_pain", "yes")
    until(lambda: kept(made).get("chest_pain.new") == "no", what="the follow-up to come back")
    choose(page, "chest_pain", "no")
    until(lambda: kept(made)["chest_pain"] == "no", what="the answer")

    off_the_line(page, phone.context, made)
    second = two_tabs(page, phone.context, made, served.url + path)
    the_rest(page, path, made)

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, Mrs Lee")
    accessible(page)
    made.refresh_from_db()
    assert made.status == Screening.Status.SUBMITTED
    assert kept(made)["collapse"] == "yes" and kept(made, "harder_days")["line"] == "A robin came."
    until(lambda: Letter.objects.filter(kind="answers_came_in").count() == 2, what="the letters: begun, and handed in")

    # The other tab still shows an open page.
    choose(second, "collapse", "no")
    expect(second.locator("[data-kept]")).to_contain_text("handed in already")
    second.get_by_role("button", name="Continue to part 3").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Handed in already")
    accessible(second)
    assert kept(made)["collapse"] == "yes"
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def off_the_line(page: Page, context, made: Screening) -> None:
    """The line is gone: she is told, stays where she is, and what she chose goes when it is back."""
    context.set_offline(True)
    choose(page, "collapse", "no")
    expect(page.locator("[data-kept]")).to_contain_text("No connection. Your answers stay on this page")
    accessible(page)
    before = page.url
    page.get_by_role("button", name="Continue to part 3").click()
    expect(page.locator("[data-kept]")).to_contain_text("press again in a moment")
    assert page.url == before and page.locator("[name=collapse][value=no]").is_checked()
    assert "collapse" not in kept(made)
    context.set_offline(False)
    until(lambda: kept(made).get("collapse") == "no", what="the answer given off the line")
    expect(page.locator("[data-kept]")).to_have_text(re.compile("^Kept at"))


def two_tabs(page: Page, context, made: Screening, link: str) -> Page:
    """A second tab goes on where the first is; neither overwrites the other without a word."""
    second = context.new_page()
    second.goto(link)
    second.get_by_role("link", name="Go on with part 2").click()
    choose(second, "collapse", "yes")
    until(lambda: kept(made)["collapse"] == "yes", what="the second tab's answer")
    choose(second, "breathless_rest", "yes")
    until(lambda: kept(made).get("breathless_rest") == "yes", what="the second tab's other answer")
    choose(page, "breathless_rest", "no")
    expect(page.locator("[data-kept]")).to_contain_text("Another page answered this differently meanwhile")
    assert page.locator("[name=breathless_rest][value=yes]").is_checked()
    choose(page, "breathless_rest", "no")
    until(lambda: kept(made)["breathless_rest"] == "no", what="the answer chosen in the end")
    assert kept(made)["collapse"] == "yes", "the first tab still shows no, and never said it anew"
    return second


def leave_in_the_middle_of_a_word(page: Page, made: Screening) -> None:
    """What is typed and not yet sent goes as the page goes."""
    page.locator("[name=line]").press_sequentially("A wren")
    address = page.url
    page.goto("about:blank")
    until(lambda: kept(made, "harder_days") == {"line": "A wren"}, what="the words typed last")
    page.goto(address)
    expect(page.locator("[name=line]")).to_have_value("A wren")


def the_rest(page: Page, path: str, made: Screening) -> None:
    """On to the end, on a narrow screen; what the other tab opened is asked here."""
    page.get_by_role("button", name="Continue to part 3").click()
    expect(page.locator("[data-errors]")).to_be_focused()
    accessible(page)
    for name, value in (("new", "no"), ("effort", "no"), ("looked", "yes")):
        choose(page, f"collapse.{name}", value)
    page.set_viewport_size(NARROW)
    fits(page)
    page.get_by_role("button", name="Continue to part 3").click()
    for number in range(3, 9):
        page.wait_for_url(f"**{path}{number}")
        fits(page)
        if number == 7:
            page.route("**/keep", lambda route: route.abort())
        if number == 8:
            leave_in_the_middle_of_a_word(page, made)
        for group in page.locator("fieldset.question").all():
            group.locator("input[value=no], input[value=none]").first.check(force=True)
        if number == 8:
            page.locator("[name=line]").fill("A robin came.")
            expect(page.locator("[data-kept]")).to_have_text(re.compile("^Kept at"))
            accessible(page)
        if number == 7:  # nothing came through; the button finds the line again, and takes all along
            expect(page.locator("[data-kept]")).to_contain_text("Not kept yet")
            page.unroute("**/keep")
        page.locator("[name=way][value=on]").click()
