"""A storm morning: five sessions outdoors, two rooms, one preview and one send; each client is told once."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from practice.domain.local_time import day_bounds
from practice.models import Letter, Mode
from sessions.domain import notices
from sessions.models import Session
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in
from tests.sessions.people import ready
from tests.sessions.skies import STORM, forecast
from tests.sessions.test_outlook import SKETCH

OLGA, ANNA = "olga.brandt@larchstreet.example", "anna.reiter@larchstreet.example"
LONDON = ZoneInfo("Europe/London")


def morning() -> None:
    """Five walks of five therapists at one hour of tomorrow, two rooms, thunder over all of them."""
    factories.practice()
    factories.user("Olga Brandt", "front_desk")
    factories.room("Room 1")
    factories.room("Room 2")
    now = timezone.now()
    start = day_bounds((now.astimezone(LONDON) + timedelta(days=1)).date(), LONDON)[0] + timedelta(hours=10)
    for number, name in enumerate(("Anna Reiter", "Ben Castle", "Mira Solberg", "Sita Rao", "Tom Field")):
        who = factories.user(name, "therapist")
        if number:
            factories.record(who, video_link=f"https://video.example/{number}")
        path = factories.route(who, f"Path {number + 1}", sketch=SKETCH)
        person = ready(factories.client(f"Client of {who.called}", who), who)
        factories.session(who, person, starts_at=start, mode=Mode.WALK, route=path, fallback="room")
        forecast(path, now, STORM)


@pytest.fixture(autouse=True)
def weather(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forecast lies in the database; the service is asked for nothing that anybody would hear."""
    monkeypatch.setenv("ALONGSIDE_WEATHER", "open-meteo")
    monkeypatch.setenv("ALONGSIDE_WEATHER_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ALONGSIDE_AIR_URL", "http://127.0.0.1:9")


def test_a_storm_morning(served: Served, window):
    morning()
    desk, phone = window(DESK).page(), window(PHONE).page()
    sign_in(desk, served, OLGA, factories.PASSWORD)
    desk.goto(f"{served.url}/sessions/today")
    desk.get_by_role("link", name="Outdoors", exact=True).click()

    # Everything is proposed: two rooms, to whom they are given first, and video for the rest.
    expect(desk.get_by_role("heading", level=1)).to_have_text("Five sessions are better indoors")
    expect(desk.get_by_text("Thunder is expected").first).to_be_visible()
    assert desk.get_by_role("radio", name=re.compile("In a room")).and_(desk.locator(":checked")).count() == 2
    assert desk.get_by_role("radio", name="By video").and_(desk.locator(":checked")).count() == 3
    accessible(desk)

    # The same without a script.
    bare = window(PHONE, java_script_enabled=False).page()
    sign_in(bare, served, OLGA, factories.PASSWORD)
    bare.goto(f"{served.url}/sessions/outdoors")
    bare.get_by_role("button", name="Read the messages").click()
    expect(bare.get_by_text("this time we meet indoors")).to_have_count(2)

    # Read, change one's mind, read again, send.
    desk.get_by_role("button", name="Read the messages").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Read before it is sent")
    accessible(desk)
    desk.get_by_role("button", name="Change something").click()
    desk.get_by_label("Nobody is charged").select_option("light")
    desk.get_by_role("button", name="Read the messages").click()
    expect(desk.get_by_text("Nobody is charged: light.").first).to_be_visible()
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.get_by_text("Done for 5 sessions.")).to_be_visible()
    expect(desk.get_by_text(re.compile("letter leaves .*: indoors"))).to_have_count(2)
    expect(desk.get_by_text(re.compile("letter leaves .*: by video"))).to_have_count(3)
    accessible(desk)

    # Undone, everything is as before and nobody hears; then it is sent again.
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Undone for 5 sessions. No letter about it leaves.")).to_be_visible()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Five sessions are better indoors")
    assert not Letter.objects.filter(kind=notices.KIND, state="due").exists()
    accessible(desk)
    desk.get_by_label("Nobody is charged").select_option("light")
    desk.get_by_role("button", name="Read the messages").click()
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.get_by_text("Done for 5 sessions.")).to_be_visible()
    modes = sorted(Session.objects.values_list("mode", "room__name", "waived"), key=str)
    assert [one[:2] for one in modes[:2]] == [("indoor", "Room 1"), ("indoor", "Room 2")]
    assert {one[2] for one in modes} == {"light"}

    # Each client is told once, and her answer appears beside the card.
    Letter.objects.filter(kind=notices.KIND, state="due").update(due_at=timezone.now())
    hers = served.tray.link("client.of.ben@example.org", "/r/")
    phone.goto(hers)
    expect(phone.get_by_role("link", name="Open the video room").or_(phone.get_by_text("Room"))).not_to_have_count(0)
    accessible(phone)
    phone.get_by_role("button", name="I will be there").click()
    desk.reload()
    expect(desk.get_by_text(re.compile(r"told \d\d:\d\d")).first).to_be_visible()
    expect(desk.get_by_text("will be there")).to_be_visible()
    assert len([one for one in served.tray.letters if "client.of.ben" in str(one["to"])]) == 1

    # A therapist sees her own on her phone, and nothing of the others.
    hand = window(PHONE).page()
    sign_in(hand, served, ANNA, factories.PASSWORD)
    hand.goto(f"{served.url}/sessions/outdoors")
    expect(hand.get_by_text("Client of Anna")).to_be_visible()
    assert "Client of Ben" not in hand.content()
    accessible(hand)
