"""From the mail on her phone: she confirms, would rather be indoors, is late; her therapist sees it and says she is
there. No log-in anywhere on her side."""

from collections.abc import Callable
from datetime import time, timedelta

from django.utils import timezone
from playwright.sync_api import expect

from practice.domain import hints
from practice.models import Letter, Practice
from sessions.domain import reminders
from sessions.models import ReminderRule
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, Watched, accessible, sign_in
from tests.sessions.people import ready


def test_she_answers_from_the_mail_and_both_say_where_they_are(served: Served, window: Callable[..., Watched]) -> None:
    Practice.objects.all().delete()
    factories.practice(quiet_from=time(0), quiet_until=time(0))
    anna = factories.user("Anna Reiter", "therapist")
    ines = ready(factories.client("Ines Marlow", anna), anna)
    start = timezone.now() + timedelta(minutes=50)
    walk = factories.session(
        anna, ines, starts_at=start, mode="walk", route=factories.route(anna), fallback="room", room=factories.room()
    )
    [letter] = reminders.write(walk)
    assert letter.due_at >= timezone.now() + timedelta(minutes=2), "an undo is heard of by nobody"
    Letter.objects.update(due_at=timezone.now())
    hints.send("practice.tasks.dispatch_post")

    phone = window(PHONE).page()
    phone.goto(served.tray.link("ines.marlow@example.org", "/r/"))
    mail = served.tray.to("ines.marlow@example.org")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert walk.seats.get().answer == "", "opening it says nothing"
    accessible(phone)
    phone.get_by_role("button", name="I will be there").click()
    expect(phone.get_by_text("Thank you. See you then.")).to_be_visible()
    phone.get_by_role("button", name="Indoors today, please").click()
    expect(phone.get_by_text("you need not explain anything")).to_be_visible()
    phone.get_by_role("button", name="Ten minutes late").click()
    expect(phone.get_by_text("Anna sees it.")).to_be_visible()
    accessible(phone)

    desk = window(DESK).page()
    sign_in(desk, served, anna.email, factories.PASSWORD)
    desk.goto(f"{served.url}/sessions/{walk.pk}")
    expect(desk.locator("main")).to_contain_text("ten minutes late")
    expect(desk.locator("main")).to_contain_text("indoors today, please")
    expect(desk.get_by_role("region", name="Messages")).to_contain_text("sent")
    accessible(desk)
    desk.get_by_role("button", name="I am here").click()
    expect(desk.get_by_text("They read it on the page behind their reminder.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("Anna is here.")).to_be_visible()
    accessible(phone)

    # Reminders are hers to stop, and Anna's to time.
    phone.goto(str(mail["List-Unsubscribe"]).strip(" <>"))
    accessible(phone)
    phone.get_by_role("button", name="Stop messages").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("No more messages")
    desk.goto(f"{served.url}/sessions/client/{ines.pk}/reminders")
    accessible(desk)
    desk.get_by_label("When").select_option("120")
    desk.get_by_role("button", name="Add", exact=True).click()
    expect(desk.locator("main")).to_contain_text("2 hours before, by e-mail")
    assert ReminderRule.objects.get().client == ines
    Letter.objects.filter(pk=letter.pk).update(state="uncertain")
    desk.goto(f"{served.url}/clients/letters")
    accessible(desk)
    desk.get_by_role("button", name="Rang instead").click()
    expect(desk.get_by_role("heading", name="Everything has arrived")).to_be_visible()
