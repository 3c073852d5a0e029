"""A seat in a group is freed: it is offered in order, held, declined, and taken by the next from the letter."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from practice.domain import post
from practice.models import Letter
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in

OLGA = "olga.brandt@larchstreet.example"
CLEO, DORA = "cleo.hart@example.org", "dora.penn@example.org"
START = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=10)


def people() -> str:
    """A group of two with its two seats taken; Cleo and Dora would like to come."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    factories.user("Olga Brandt", "front_desk")
    members = [factories.client(name, anna) for name in ("Ada Field", "Bea Stone")]
    for name in ("Cleo Hart", "Dora Penn"):
        factories.client(name, anna)
    session = factories.session(anna, *members, starts_at=START, kind="group", name="The park group", capacity=2)
    return f"/sessions/{session.pk}"


def three_minutes_pass():
    """An offer waits so long before its letter leaves."""
    Letter.objects.filter(state="due", kind="session_seat_offer").update(due_at=datetime.now(UTC))
    post.hint()


def test_a_freed_seat_goes_to_who_waits_longest_and_then_to_the_next(served: Served, window):
    address = people()
    desk, hers, second = window(DESK).page(), window(PHONE).page(), window(PHONE).page()
    sign_in(desk, served, OLGA, factories.PASSWORD)

    # The desk finds no free seat, and puts both on the list.
    desk.goto(f"{served.url}{address}")
    desk.get_by_role("link", name="Seats").click()
    expect(desk.get_by_role("heading", name="Every seat is taken")).to_be_visible()
    desk.get_by_label("Client").select_option(label="Cleo Hart")
    desk.get_by_role("button", name="Give a seat").click()
    expect(desk.get_by_text("No seat is free")).to_be_visible()
    accessible(desk)
    for name in ("Cleo Hart", "Dora Penn"):
        desk.get_by_label("Client").select_option(label=name)
        desk.get_by_role("button", name="Put on the list").click()
        expect(desk.get_by_text(f"{name} is on the list.")).to_be_visible()

    # One leaves: her seat is offered to Cleo, and held.
    desk.get_by_role("link", name="Take out Ada Field", exact=True).click()
    desk.get_by_role("button", name="Take out", exact=True).click()
    expect(desk.get_by_text("Offered, kept until")).to_have_count(1)
    expect(desk.get_by_role("heading", name="Every free seat is offered")).to_be_visible()
    accessible(desk)

    # Cleo looks, which takes nothing, and would rather not.
    three_minutes_pass()
    hers.goto(served.tray.link(CLEO, "/o/"))
    expect(hers.get_by_role("heading", name="A place is free")).to_be_visible()
    accessible(hers)
    hers.reload()
    hers.get_by_role("button", name="Rather not").click()
    expect(hers.get_by_role("heading", name="Thank you for saying so")).to_be_visible()
    accessible(hers)

    # Dora is asked next, and takes it; nobody is named to her.
    three_minutes_pass()
    letter = served.tray.link(DORA, "/o/")
    assert not [name for name in ("Bea", "Cleo", "Ada") if name in str(served.tray.to(DORA))]
    second.goto(letter)
    second.get_by_role("button", name="Take the place").click()
    expect(second.get_by_role("heading", name="The place is yours")).to_be_visible()
    accessible(second)

    # The desk sees her among who comes.
    desk.reload()
    expect(desk.get_by_role("link", name="Dora Penn", exact=True)).to_be_visible()
    expect(desk.get_by_text("Nobody waits.")).to_be_visible()
    accessible(desk)
