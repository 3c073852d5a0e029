"""A CalDAV server that is not ours (Radicale) takes the feed and the invitations, and finds each where it belongs."""

import base64
import http.client
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from practice.models import Place
from sessions.domain import booking, calendar_feed, invitations_out
from tests import factories
from tests.sessions.test_booking import START, book
from tests.sessions.test_calendar_feeds import feed
from tests.sessions.test_invitations_out import leave, letters, wants
from tests.sessions.test_reminders import tray

__all__ = ["tray"]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 15, 30, tzinfo=UTC)
AROUND = [
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 25, 0, 15, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 25, 1, 15, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2027, 2, 7, 2, 0, tzinfo=UTC)),
]
QUERY = """<?xml version="1.0"?><c:calendar-query xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:d="DAV:">
<d:prop><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
<c:time-range start="{:%Y%m%dT%H%M%SZ}" end="{:%Y%m%dT%H%M%SZ}"/></c:comp-filter></c:comp-filter></c:filter>
</c:calendar-query>"""


class Elsewhere:
    """A calendar of one person on a CalDAV server."""

    def __init__(self, port):
        self.port = port

    def ask(self, method, path, body=b"", **headers):
        known = {"Authorization": "Basic " + base64.b64encode(b"mary:x").decode(), "Content-Type": "text/calendar"}
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        asked.request(method, path, body, known | {name.title(): value for name, value in headers.items()})
        answer = asked.getresponse()
        found = answer.status, answer.read()
        asked.close()
        return found

    def put(self, file):
        """Keep each event by itself, as a calendar does with what it was sent; METHOD is for the way only."""
        calendar = Calendar.from_ical(file)
        for event in calendar.events:
            kept = Calendar()
            kept.add("PRODID", calendar["PRODID"])
            kept.add("VERSION", "2.0")
            for part in (*calendar.timezones, event):
                kept.add_component(part)
            status, said = self.ask("PUT", f"/mary/calendar/{event['UID']}.ics", kept.to_ical())
            assert status in (201, 204), said

    def event(self, uid):
        status, body = self.ask("GET", f"/mary/calendar/{uid}.ics")
        assert status == 200
        return Calendar.from_ical(body).events[0]

    def found_at(self, moment):
        """How many events the server finds in the minute after a moment, by what it read in the file itself."""
        query = QUERY.format(moment, moment + timedelta(minutes=1)).encode()
        status, body = self.ask("REPORT", "/mary/calendar/", query, depth="1")
        assert status == 207
        return body.count(b"BEGIN:VEVENT")


@pytest.fixture
def elsewhere(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{port}"]
    command += ["--storage-filesystem-folder", str(tmp_path), "--auth-type", "none", "--logging-level", "info"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        if "server ready" in line:
            break
    rest = threading.Thread(target=server.stderr.read)
    rest.start()
    calendar = Elsewhere(port)
    assert calendar.ask("MKCALENDAR", "/mary/calendar/")[0] == 201
    yield calendar
    server.terminate()
    server.wait(20)
    rest.join(20)
    server.stderr.close()


def test_a_feed_is_taken_and_each_entry_is_found_at_its_instant(anna, mrs_lee, elsewhere):
    for zone, start in AROUND:
        place, _made = Place.objects.get_or_create(name=zone, time_zone=zone)
        factories.session(anna, mrs_lee, starts_at=start, place=place)
    body = calendar_feed.read(feed(anna, "initials"), now=NOW).body
    elsewhere.put(body)
    for event, (_zone, start) in zip(Calendar.from_ical(body).events, AROUND, strict=True):
        kept = elsewhere.event(event["UID"])
        assert (kept["SUMMARY"], kept["SEQUENCE"], kept["CLASS"]) == ("M. L.", 0, "PRIVATE")
        assert kept["DTSTART"].dt.astimezone(UTC) == start
        assert (elsewhere.found_at(start), elsewhere.found_at(start - timedelta(minutes=2))) == (1, 0)
    assert elsewhere.ask("PUT", "/mary/feed/", body)[0] == 201
    assert elsewhere.ask("GET", "/mary/feed/")[1].count(b"BEGIN:VEVENT") == len(AROUND)


def test_an_invitation_moves_and_ends_the_same_entry(anna, mrs_lee, elsewhere, tray):
    session = book(anna, wants(mrs_lee))
    uid, moved_to = f"{session.pk}@alongside", START + timedelta(hours=2)
    for act, sequence, start, status in (
        (lambda: None, 0, START, "CONFIRMED"),
        (lambda: booking.move(session, to=moved_to, by=anna), 1, moved_to, "CONFIRMED"),
        (lambda: booking.cancel(session, by=anna), 2, moved_to, "CANCELLED"),
    ):
        act()
        elsewhere.put(invitations_out.render(letters(session)[0]).appointment.file)
        leave(session)
        kept = elsewhere.event(uid)
        assert (kept["SEQUENCE"], kept["STATUS"], kept["SUMMARY"]) == (sequence, status, "Appointment")
        assert kept["DTSTART"].dt.astimezone(UTC) == start and elsewhere.found_at(start) == 1
    assert elsewhere.found_at(START) == 0 and timezone.now() < START
