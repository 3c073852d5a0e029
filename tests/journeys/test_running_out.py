"""A decision runs out before a booked run: who is asked, who is told, who sees what, and how it goes on."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from clients.domain import running_out
from practice.models import Mode
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in
from tests.sessions.people import consent

HERS = "ines.marlow@example.org"
ANNA, OLGA = "anna.reiter@larchstreet.example", "olga.brandt@larchstreet.example"
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


def people() -> str:
    """Ines runs with Anna; the decision ends in ten days, and two runs are booked after it."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist", title="psychotherapist, UKCP registered")
    factories.record(anna)
    factories.user("Olga Brandt", "front_desk")
    ines = factories.client("Ines Marlow", anna)
    factories.emergency_contact(ines)
    last = (NOON + timedelta(days=10)).date()
    factories.decision(ines, anna, at=NOON - timedelta(days=80), look_again_on=last, limits=["no_hills"])
    consent(ines, anna)
    path = factories.route(anna, max_grade_pct=2)
    for days in (12, 19):
        starts_at = NOON + timedelta(days=days)
        factories.session(anna, ines, starts_at=starts_at, mode=Mode.RUN, route=path, fallback="room")
    return f"/clients/{ines.pk}/"


def test_a_decision_runs_out_before_a_booked_run(served: Served, window):
    hers = people()
    desk, phone, front = window(DESK).page(), window(PHONE).page(), window(DESK).page()
    sign_in(desk, served, ANNA, factories.PASSWORD)
    sign_in(front, served, OLGA, factories.PASSWORD)

    # The night asks her once, and tells Anna once.
    running_out.look()
    running_out.look()
    assert "Marlow" not in str(served.tray.to(ANNA, "look again"))
    question = served.tray.link(HERS, "/c/")
    desk.goto(f"{served.url}/sessions/today")
    expect(desk.get_by_text("2 sessions booked outdoors lie after it")).to_be_visible()
    accessible(desk)

    # The run after the last day is amber for Anna, and nothing for the desk.
    desk.goto(f"{served.url}{hers}")
    desk.get_by_role("link", name="Has anything changed?").click()
    expect(desk.get_by_text("Ines was asked by letter")).to_be_visible()
    expect(desk.get_by_text("2 sessions booked outdoors lie after it")).to_be_visible()
    accessible(desk)
    desk.locator("aside a[href^='/sessions/']").first.click()
    expect(desk.get_by_text("Decision only until")).to_be_visible()
    front.goto(desk.url)
    expect(front.get_by_role("heading", level=1)).to_be_visible()
    assert "only until" not in front.content() and "Not yet" not in front.content()

    # She looks, which answers nothing; she answers with one tap.
    phone.goto(question)
    accessible(phone)
    phone.reload()
    phone.get_by_role("button", name="Nothing has changed").click()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    accessible(phone)

    # Anna confirms with one tap, and the runs are in order.
    desk.goto(f"{served.url}{hers}")
    accessible(desk)
    run = desk.locator("a[href^='/sessions/']", has_text="Running").first
    desk.get_by_role("button", name="Confirm").click()
    expect(desk.get_by_text("The decision goes on until")).to_be_visible()
    expect(run).to_be_visible()
    run.click()
    expect(desk.get_by_text("Ready: Running agreed")).to_be_visible()
    assert "only until" not in desk.content()

    # Something came to mind after all: Anna is told, and nothing is cancelled.
    phone.reload()
    phone.get_by_role("button", name="Something has changed").click()
    expect(phone.get_by_role("heading", name="Thank you for saying so")).to_be_visible()
    accessible(phone)
    assert "Marlow" not in str(served.tray.to(ANNA, "Please look again"))
    desk.reload()
    expect(desk.get_by_text("Something is new: look again").first).to_be_visible()
    front.goto(f"{served.url}{hers}")
    expect(front.get_by_text("Running agreed").first).to_be_visible()
    assert "changed" not in front.content()
