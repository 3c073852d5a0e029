"""Several people sign, somebody says no, somebody takes it back: on telephones, with what it does to what is booked."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from clients.domain import consent, consent_texts
from clients.models import Client, Signatory
from practice.models import Mode, Practice, User
from tests import factories
from tests.clients.signing import sign_together
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in, until

ANNA = "anna.reiter@larchstreet.example"
HERS, MOTHERS = "ines.marlow@example.org", "ada@example.org"
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


def people(**fields: object) -> tuple[User, Client]:
    """Ines meets Anna; walking is decided, and the texts are published."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist", title="psychotherapist, UKCP registered")
    consent_texts.publish_shipped()
    ines = factories.client("Ines Marlow", anna, **fields)
    factories.emergency_contact(ines)
    factories.decision(ines, anna, Mode.SIT, Mode.WALK, reasoning="canary-wren: she and I considered it.")
    factories.record(anna)
    return anna, ines


def code(served: Served, address: str) -> str:
    """The digits in the newest letter to an address that has some."""

    def found() -> str | None:
        mine = [one for one in served.tray.letters if address in str(one["to"]) and "code" in str(one["subject"])]
        body = mine[-1].get_body(preferencelist=("plain",)) if mine else None
        digits = re.search(r"^(\d{3}\s\d{3})\s*$", body.get_content(), re.M) if body else None
        return digits[1] if digits else None

    answer: str = until(found, what=f"a code to {address}")
    return answer


def signs(page: Page, served: Served, address: str, name: str) -> None:
    """Read, type the code, agree to the screen, type the name, sign."""
    page.goto(served.tray.link(address, "/s/"))
    accessible(page)
    page.get_by_role("button", name="Send me the code", exact=True).click()
    page.get_by_label("The six digits").fill(code(served, address))
    page.get_by_role("button", name="Check the code").click()
    page.get_by_role("button", name="I agree to read, sign").click()
    for group in page.locator(".plan fieldset").all():
        group.locator("label").first.click()
    page.get_by_label("Your full name").fill(name)
    accessible(page)
    page.get_by_role("button", name="I agree, and sign").click()
    expect(page.get_by_role("heading", name="Your signature")).to_be_visible()
    accessible(page)


def ask_everybody(desk: Page, served: Served, person: Client) -> None:
    """Anna ticks the text and sends it to whoever has to sign."""
    desk.goto(f"{served.url}/clients/{person.pk}/consents/ask")
    desk.get_by_label("Walking together: what we agree", exact=True).check()
    accessible(desk)
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.get_by_role("heading", name="What was agreed")).to_be_visible()


def test_a_young_client_wants_it_and_her_mother_permits_it(served: Served, window):
    _anna, ines = people(birth_date=(NOON - timedelta(days=365 * 16)).date())
    Practice.objects.update(majority_age=18)
    Signatory.objects.create(client=ines, name="Ada Marlow", relation="parent", email=MOTHERS)
    desk, phone, hers = window(DESK).page(), window(PHONE).page(), window(PHONE).page()
    sign_in(desk, served, ANNA, factories.PASSWORD)
    ask_everybody(desk, served, ines)

    signs(phone, served, HERS, "Ines Marlow")
    desk.goto(f"{served.url}/clients/{ines.pk}/consents")
    expect(desk.get_by_text("Ada Marlow: Consent sent").first).to_be_visible()

    hers.goto(served.tray.link(MOTHERS, "/s/"))
    expect(hers.get_by_text("as parent").first).to_be_visible()
    signs(hers, served, MOTHERS, "Ada Marlow")
    letters = " ".join(str(one) for one in served.tray.letters if MOTHERS in str(one["to"]))
    assert "canary" not in hers.content() and "canary" not in letters

    desk.reload()
    expect(desk.get_by_text("Walking: Consent to").first).to_be_visible()
    accessible(desk)


def test_a_couple_signs_when_both_do_and_a_no_of_one_is_a_no(served: Served, window):
    _anna, ines = people()
    Signatory.objects.create(client=ines, name="Max Marlow", relation="partner", email="max@example.org")
    desk, phone, his = window(DESK).page(), window(PHONE).page(), window(PHONE).page()
    sign_in(desk, served, ANNA, factories.PASSWORD)
    ask_everybody(desk, served, ines)
    signs(phone, served, HERS, "Ines Marlow")

    his.goto(served.tray.link("max@example.org", "/s/"))
    his.get_by_text("I would rather stay indoors").click()
    his.get_by_label("Anything you would like to say").fill("Not while my knee is bad.")
    his.get_by_role("button", name="Stay indoors").click()
    expect(his.get_by_role("heading", name="We stay indoors")).to_be_visible()
    accessible(his)
    desk.goto(f"{served.url}/clients/{ines.pk}/consents")
    expect(desk.get_by_text("Max Marlow: Rather not").first).to_be_visible()

    before = len(served.tray.letters)
    ask_everybody(desk, served, ines)
    until(lambda: any("max@" in str(one["to"]) for one in served.tray.letters[before:]), what="his second letter")
    signs(his, served, "max@example.org", "Max Marlow")
    desk.goto(f"{served.url}/clients/{ines.pk}/consents")
    expect(desk.get_by_text("Walking: Consent to").first).to_be_visible()


def test_walking_is_taken_back_and_anybody_can_check_the_paper(served: Served, window, tmp_path: Path):
    anna, ines = people()
    text = next(one for one in consent_texts.current() if one.key == "outdoors")
    sign_together(consent.ask(ines, text, by=anna))
    starts_at = NOON + timedelta(days=3)
    route = factories.route(anna)
    walk = factories.session(anna, ines, starts_at=starts_at, mode=Mode.WALK, route=route, fallback="room")
    desk, phone, anybody = window(DESK).page(), window(PHONE).page(), window(PHONE).page()
    sign_in(desk, served, ANNA, factories.PASSWORD)
    desk.goto(f"{served.url}/sessions/{walk.pk}")
    expect(desk.get_by_text("Ready: Walking agreed")).to_be_visible()

    # Her copy, from the letter; whoever has the file can check it, and a changed one shows.
    phone.goto(served.tray.link(HERS, "/s/"))
    with phone.expect_download(timeout=30_000) as download:
        phone.get_by_role("link", name="Keep a copy").click(no_wait_after=True, timeout=30_000)
    good, bad = Path(download.value.path()), tmp_path / "changed.pdf"
    data = bytearray(good.read_bytes())
    data[len(data) // 3] ^= 1
    bad.write_bytes(bytes(data))
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(good.read_bytes())
    check(anybody, served, copy, "It is whole, and it stands")
    assert "Marlow" not in anybody.locator("main").inner_text()
    check(anybody, served, bad, "Do not rely on this file")

    # She takes walking back; sitting stands. Nothing is cancelled, and Anna is told.
    phone.get_by_text("Change my mind", exact=True).click()
    phone.get_by_label("Walking").check()
    phone.get_by_role("button", name="Take it back").click()
    expect(phone.get_by_text("The rest stands").first).to_be_visible()
    accessible(phone)
    assert "Marlow" not in str(served.tray.to(ANNA, "Please look"))
    desk.reload()
    expect(desk.get_by_text("Consent taken back").first).to_be_visible()
    accessible(desk)
    desk.goto(f"{served.url}/sessions/today")
    expect(desk.get_by_text("took back").first).to_be_visible()
    walk.refresh_from_db()
    assert walk.status == "booked"

    # Then the rest: the paper is still whole, and says that it no longer stands.
    phone.get_by_text("Change my mind", exact=True).click()
    phone.get_by_role("button", name="Take it back").click()
    expect(phone.get_by_role("heading", name="Take it back?")).to_be_visible()
    accessible(phone)
    phone.get_by_role("button", name="Take it back").click()
    expect(phone.get_by_role("heading", name="Taken back", exact=True)).to_be_visible()
    check(anybody, served, copy, "It is whole, and no longer stands")


def check(page: Page, served: Served, file: Path, heading: str) -> None:
    """Upload a file on the public page."""
    page.goto(f"{served.url}/verify")
    accessible(page)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    accessible(page)
