"""Files for calendars elsewhere: right over every change of the clocks, and whole whatever a name holds.

The changes of 2026 are those of the IANA time zone database (europe: EU rules; northamerica: US rules; australasia: LH;
africa: Morocco, whose clocks go back for Ramadan).
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from sessions.domain import calendar_file
from sessions.domain.calendar_feed import initials
from sessions.domain.calendar_file import Entry

CHANGED = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
CHANGES = {
    "Europe/London": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "America/New_York": ["2026-03-08T07:00", "2026-11-01T06:00"],
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],
    "Africa/Casablanca": ["2026-02-15T02:00", "2026-03-22T02:00"],
}
TURNS = [(zone, datetime.fromisoformat(at).replace(tzinfo=UTC)) for zone, days in CHANGES.items() for at in days]


def entry(starts_at, zone="Europe/London", **fields):
    fields = {"uid": "one@alongside", "summary": "Busy", "changes": 0, "changed_at": CHANGED} | fields
    return Entry(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=50), zone=zone, **fields)


def offset_at(zone, wall):
    """What a reader who knows only RFC 5545 makes of a local time: the last observance that has begun by then."""
    begun = []
    for part in zone.subcomponents:
        onset = part["DTSTART"].dt
        begun += [(onset, part["TZOFFSETTO"].td)] if onset <= wall else []
    return max(begun)[1]


def instant(event, name, zone):
    """The instant of a property as a reader of the file alone understands it."""
    found = event[name]
    if found.dt.utcoffset() == timedelta() and "TZID" not in found.params:
        return found.dt
    wall = found.dt.replace(tzinfo=None)
    return (wall - offset_at(zone, wall)).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", CHANGES)
def test_the_changes_of_a_year_are_the_published_ones(zone):
    found = [one for one in calendar_file.clock_changes(zone, 2026, 2026) if one.before != one.after]
    assert [f"{one.at:%Y-%m-%dT%H:%M}" for one in found] == CHANGES[zone]


@pytest.mark.parametrize("zone", CHANGES)
def test_a_change_stands_in_the_file_on_the_clocks_before_it(zone):
    """RFC 5545, 3.6.5: an onset is a local time by the offset that it ends."""
    file = calendar_file.of([entry(CHANGED, zone)], method="PUBLISH")
    [known] = Calendar.from_ical(file).timezones
    onsets = [(part["DTSTART"].dt, part["TZOFFSETFROM"].td) for part in known.subcomponents]
    assert set(CHANGES[zone]) <= {f"{wall - before:%Y-%m-%dT%H:%M}" for wall, before in onsets}


@pytest.mark.parametrize(("zone", "turn"), TURNS, ids=[f"{zone} {turn:%B}" for zone, turn in TURNS])
def test_around_a_change_every_start_is_the_same_instant_for_who_knows_the_file_alone(zone, turn):
    starts = [turn + timedelta(minutes=15 * step) for step in range(-20, 21)]
    file = Calendar.from_ical(calendar_file.of([entry(at, zone) for at in starts], method="PUBLISH"))
    [known] = file.timezones
    events = file.events
    assert [instant(event, "DTSTART", known) for event in events] == starts
    assert [instant(event, "DTEND", known) for event in events] == [at + timedelta(minutes=50) for at in starts]


def test_within_an_hour_that_is_shown_twice_a_start_is_written_in_utc():
    starts = [datetime(2026, 10, 24, 23, 30, tzinfo=UTC) + timedelta(hours=hours) for hours in range(4)]
    text = calendar_file.of([entry(at) for at in starts], method="PUBLISH").decode()
    said = [line for line in text.splitlines() if line.startswith("DTSTART") and ("Z" in line or "TZID" in line)]
    assert said == [
        "DTSTART;TZID=Europe/London:20261025T003000",
        "DTSTART:20261025T003000Z",
        "DTSTART:20261025T013000Z",
        "DTSTART;TZID=Europe/London:20261025T023000",
    ]


def test_a_thursday_at_half_past_five_stays_there_over_the_change():
    there = ZoneInfo("Europe/London")
    starts = [datetime(2026, 10, day, 17, 30, tzinfo=there) for day in (22, 29)]
    text = calendar_file.of([entry(at) for at in starts], method="PUBLISH").decode()
    assert text.count("T173000\r\n") == 2 and "DTSTART;TZID=Europe/London:20261029T173000" in text


def test_what_an_entry_holds_and_nothing_else():
    made = entry(datetime(2026, 5, 7, 9, tzinfo=UTC), changes=3)
    [event] = Calendar.from_ical(calendar_file.of([made], method="PUBLISH")).events
    assert set(event) == {
        "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP", "CLASS",
    }  # fmt: skip
    assert (event["UID"], event["SEQUENCE"], event["STATUS"], event["TRANSP"]) == (
        "one@alongside", 3, "CONFIRMED", "OPAQUE",
    )  # fmt: skip
    assert (event["CLASS"], event["DTSTAMP"].dt, event["LAST-MODIFIED"].dt) == ("PRIVATE", CHANGED, CHANGED)


def test_what_is_cancelled_takes_no_time():
    file = Calendar.from_ical(calendar_file.of([entry(CHANGED, status="CANCELLED")], method="PUBLISH"))
    assert [(one["STATUS"], one["TRANSP"]) for one in file.events] == [("CANCELLED", "TRANSPARENT")]


ODD = st.text(st.one_of(st.sampled_from(",;:\\\"\r\n\t\x0b\x1b\u2028\u0085'=^🌳é王א"), st.characters(codec="utf-8")))


@given(ODD)
def test_whatever_a_name_holds_lines_stay_whole_and_the_words_come_back(name):
    told = f"Appointment with {name}"
    text = calendar_file.of([entry(CHANGED, summary=told)], method="PUBLISH")
    lines = text.split(b"\r\n")
    assert b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 75 and all(line.decode() or line == b"" for line in lines)
    [event] = Calendar.from_ical(text).events
    assert event["SUMMARY"] == calendar_file.one_line(told)
    assert text.count(b"BEGIN:VEVENT") == text.count(b"END:VEVENT") == 1


@given(ODD)
def test_initials_are_two_letters_at_most(name):
    letters = initials(name).replace(".", "").split()
    assert len(letters) <= 2 and all(letter.isalpha() for letter in letters)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ines Marlow", "I. M."),
        ("ines  de la Marlow", "I. M."),
        ("Cher", "C."),
        ("🌳 (Ana) Ruiz, Dr.", "A. D."),
        ("王小明", "王."),
        ("12 🌳", ""),
    ],
)
def test_initials(name, said):
    assert initials(name) == said
