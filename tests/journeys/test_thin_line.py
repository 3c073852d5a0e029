"""The whole job, by hand: from an enquiry to a signed note of a walk on a real path, and its summary on paper."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from clients.domain import consent_texts
from practice.models import CoverPerson, Letter, Practice
from sessions.models import Session
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in

ROOT = Path(__file__).resolve().parent.parent.parent
REAL = ROOT.parent / "shared" / "data" / "gpx" / "cerknicko-jezero.gpx"
OWN = ROOT / "tests" / "data" / "kensington-round-pond.gpx"
LONDON = ZoneInfo("Europe/London")
HERS = "ines.marlow@example.org"


def press(page: Page, name: str, *, role: str = "button") -> None:
    """Press the first button (or follow the first link) that says so."""
    page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def people() -> None:
    """A practice with a therapist, a desk, a room and somebody who answers."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist", title="psychotherapist, UKCP registered")
    factories.user("Olga Brandt", "front_desk")
    factories.room("Room 1")
    CoverPerson.objects.create(user=anna, position=1)
    consent_texts.publish_shipped()


def answer_everything(page: Page) -> None:
    """Answer each question that shows with “no”, or with its first answer where there is no “no”."""
    for group in page.locator("fieldset.question").all():
        if not group.is_visible() or group.locator("input:checked").count():
            continue
        no = group.locator("input[value=no], input[value=none]")
        (no if no.count() else group.locator("input[type=radio], input[type=checkbox]")).first.check(force=True)


def test_from_enquiry_to_a_signed_note(served: Served, window):
    people()
    desk = window(DESK).page()
    sign_in(desk, served, "anna.reiter@larchstreet.example", factories.PASSWORD)
    expect(desk.get_by_role("heading", level=1)).to_be_visible()

    # An enquiry, and the person becomes a client.
    desk.goto(f"{served.url}/clients/enquiry")
    accessible(desk)
    desk.locator("[name=name]").fill("Ines Marlow")
    desk.locator("[name=kind]").select_option("email")
    desk.locator("[name=value]").fill(HERS)
    desk.locator("[name=wish]").fill("She would like to walk again without rehearsing it all night.")
    press(desk, "Note down")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Ines Marlow")
    client_page = re.sub(r"\?.*$", "", desk.url)
    desk.goto(f"{client_page}admit")
    press(desk, "Begin")
    desk.goto(f"{client_page}emergency-contact")
    desk.locator("[name=name]").fill("Dana Marlow")
    desk.locator("[name=relation]").fill("sister")
    desk.locator("[name=phone]").fill("07700 900123")
    desk.locator("form button[type=submit]").last.click()

    # Booking before a decision is refused, with the reason to the therapist.
    import_route(desk, served)
    book(desk, served, expected="decision")

    # The intake goes by mail; she answers on her phone, and looking twice consumes nothing.
    desk.goto(f"{client_page}intake")
    accessible(desk)
    desk.locator("input[name=how]").first.check(force=True)
    press(desk, "Go on")
    link = served.tray.link(HERS, "/i/")
    phone = window(PHONE, has_touch=True).page()
    for _ in range(2):
        phone.goto(link)
        expect(phone.get_by_text("There are no wrong answers")).to_be_visible()
    accessible(phone)
    phone.get_by_role("link", name=re.compile("Begin|Go on")).click()
    for _ in range(12):
        accessible(phone)
        answer_everything(phone)
        answer_everything(phone)
        last = phone.get_by_role("button", name=re.compile("Hand in"))
        if last.count():
            last.click()
            break
        phone.get_by_role("button", name=re.compile("Continue")).click()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    accessible(phone)
    phone.goto(link)
    expect(phone.get_by_role("button", name=re.compile("Hand in"))).to_have_count(0)

    # The suicide questions are asked by the therapist, in the room.
    desk.goto(f"{client_page}asq")
    accessible(desk)
    desk.locator("input[name=manner][value=room]").check(force=True)
    for group in desk.locator("fieldset.question:visible").all():
        no = group.locator("input[value=no]")
        if no.count() and no.first.is_visible():
            no.first.check(force=True)
    press(desk, "Write down")

    # What to consider, and the decision in her own words.
    desk.goto(f"{client_page}decide")
    accessible(desk)
    for mode in ("indoor", "sit", "walk"):
        desk.locator(f"input[name=modes][value={mode}]").check(force=True)
    desk.locator("[name=reasoning]").fill("She and I considered beginning beside someone, not face to face.")
    press(desk, "Write the decision")
    if desk.locator("[name=thought_about]").count():
        desk.locator("[name=thought_about]").check(force=True)
        press(desk, "Write the decision")
    expect(desk.locator(".errors")).to_have_count(0)
    book(desk, served, expected="onsent")

    # The consent, read and signed on her phone.
    desk.goto(f"{client_page}consents/ask")
    accessible(desk)
    desk.locator("label.pick", has_text="Walking together").locator("input[name=text]").check(force=True)
    press(desk, "Send")
    sign_consent(phone, served)

    # Now the walk can be booked, and nobody can be booked over it.
    book(desk, served, expected=None)
    session_page = desk.url
    accessible(desk)
    book(desk, served, expected="09:00")
    evening()
    mail = served.tray.to(HERS, "10:00")
    assert "Ines" not in str(mail["subject"])

    # The day passes; the note is written, signed and locked; the summary is a letter.
    passed()
    write_note(desk, served, session_page)
    summary(desk, client_page)


def import_route(page: Page, served: Served) -> None:
    """A route from a GPX file: first a file that is not one, then a real one."""
    page.goto(f"{served.url}/routes/import")
    accessible(page)
    page.set_input_files("input[type=file]", {"name": "x.gpx", "mimeType": "application/gpx+xml", "buffer": b"no XML"})
    press(page, "Show what is in it")
    expect(page.locator(".errors")).to_be_visible()
    page.set_input_files("input[type=file]", REAL if REAL.exists() else OWN)
    press(page, "Show what is in it")
    accessible(page)
    page.locator("[name$=name]").first.fill("Lake path")
    page.locator("[name$=alias]").fill("The lake, by the weir")
    page.locator("[name$=meeting_point]").fill("By the bench at the weir.")
    today = datetime.now(LONDON).date()
    page.locator("[name$=defibrillator]").fill("At the lido, in opening hours.")
    page.locator("[name$=emergency_department]").fill("Royal Free, Pond Street")
    page.locator("[name$=emergency_minutes]").fill("9")
    page.locator("[name$=signal_found]").select_option("good")
    page.locator("[name$=surface]").select_option("paved")
    page.locator("[name$=shade]").select_option("open")
    page.locator("[name$=walked_on]").fill(today.isoformat())
    page.locator("[name$=look_again_on]").fill((today + timedelta(days=300)).isoformat())
    press(page, "Keep this route")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lake path")
    accessible(page)
    assess_route(page, today)


def assess_route(page: Page, today: date) -> None:
    """From the route's page: a starting point, the suggested lines looked at, and signed."""
    press(page, "Assess it", role="link")
    accessible(page)
    page.get_by_text("City park loop").first.click()
    press(page, "Begin")
    accessible(page)
    page.locator("[name$=walked_on]").fill(today.isoformat())
    page.locator("[name$=review_on]").fill((today + timedelta(days=300)).isoformat())
    press(page, "Sign it")
    expect(page.get_by_role("heading", level=1)).to_contain_text("version 1")
    accessible(page)


def book(page: Page, served: Served, *, expected: str | None) -> None:
    """Book the walk of tomorrow at ten; `expected` is a piece of the refusal, or None when it is to be booked."""
    page.goto(f"{served.url}/sessions/book")
    page.locator("[name=client]").select_option(label="Ines Marlow")
    therapist = page.locator("select[name=therapist]")
    if therapist.count() and therapist.is_visible():
        therapist.select_option(label="Anna Reiter")
    page.locator("input[name=mode][value=walk]").check(force=True)
    hour = "09:30" if expected == "09:00" else "10:00"
    page.locator("[name=day]").fill((datetime.now(LONDON).date() + timedelta(days=1)).isoformat())
    page.locator("[name=starts]").fill(hour)
    page.locator("[name=route]").select_option(index=1)
    page.locator("[name=fallback]").select_option("room")
    page.get_by_role("button", name="Book", exact=True).click()
    if expected is None:
        page.wait_for_url(re.compile(r"/sessions/[0-9a-f-]{36}"))
        return
    expect(page.locator(".errors").first).to_be_visible()
    if expected != "09:00":
        expect(page.locator(".errors").first).to_contain_text(expected)


def sign_consent(page: Page, served: Served) -> None:
    """Read, type the mailed code, accept the screen, choose the plan, type the name, sign."""
    page.goto(served.tray.link(HERS, "/s/"))
    accessible(page)
    press(page, "Send me the code")
    letter = served.tray.to(HERS, "code").get_body(preferencelist=("plain",))
    page.get_by_label("The six digits").fill(re.findall(r"^(\d{3}\s\d{3})\s*$", letter.get_content(), re.M)[0])
    press(page, "Check the code")
    press(page, "I agree to read, sign")
    for group in page.locator(".plan fieldset").all():
        group.locator("label").first.click()
    press(page, "I agree, and sign")
    expect(page.locator(".errors").first).to_be_visible()
    page.get_by_label("Your full name").fill("Ines Marlow")
    press(page, "I agree, and sign")
    expect(page.get_by_role("heading", name="Your signature")).to_be_visible()
    accessible(page)


def evening() -> None:
    """The evening before has come, at whatever hour this runs: the reminder is due, and it is not night."""
    Practice.objects.update(quiet_from=time(0), quiet_until=time(0))
    Letter.objects.filter(state=Letter.State.DUE).update(due_at=datetime.now(LONDON))


def passed() -> None:
    """It is the day after: the session that was booked lies an hour back."""
    [session] = Session.objects.all()
    back = datetime.now(LONDON) - timedelta(hours=1) - session.starts_at
    for name in ("starts_at", "ends_at", "blocked_from", "blocked_until"):
        setattr(session, name, getattr(session, name) + back)
    session.save(update_fields=["starts_at", "ends_at", "blocked_from", "blocked_until"])


def write_note(page: Page, served: Served, session_page: str) -> None:
    """A draft is kept while it is written; signed, it is read only."""
    page.goto(session_page)
    page.locator("a[href*='/note']").first.click()
    accessible(page)
    for area in page.locator("textarea").all():
        area.fill("We spoke about the mornings, and stopped at the bench.")
    page.locator("[name=started]").fill("10:00")
    page.locator("[name=stopped]").fill("10:50")
    press(page, "Sign the note")
    expect(page.locator("textarea")).to_have_count(0)
    expect(page.get_by_text("stopped at the bench").first).to_be_visible()
    accessible(page)


def summary(page: Page, client_page: str) -> None:
    """The letter is a PDF."""
    client_id = client_page.rstrip("/").rsplit("/", 1)[-1]
    page.goto(re.sub(r"/clients/.*", f"/sessions/client/{client_id}/summary", client_page))
    with page.expect_download() as download:
        press(page, "Make the summary")
        link = page.locator("a[href*='/sessions/paper/']")
        if link.count():
            link.first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-1.7")
