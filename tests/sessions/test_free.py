"""When a therapist is free, and what lies outside her hours or over her caps."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from practice.models import HoursChange, Mode, Place, Practice, Service
from sessions.domain import free
from tests import factories

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 9, 7)
NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def walk(anna) -> Service:
    """Anna works on Mondays from nine to one; a walk takes fifty minutes, ten for the way and five for the note."""
    factories.hours(anna, 0, ends=time(13))
    return factories.service(travel_minutes=10, note_minutes=5)


def starts(therapist, service, *, first=MONDAY, last=None, now=NOW, clients=(), mode=""):
    found = free.times(therapist, service, first=first, last=last or first, now=now, clients=clients, mode=mode)
    return [one.starts_at.astimezone(ZoneInfo(one.place.time_zone)).strftime("%H:%M") for one in found]


def at(hour, minute=0, day=MONDAY):
    return datetime.combine(day, time(hour, minute), LONDON)


def test_a_service_fits_with_its_buffers(anna, walk):
    assert starts(anna, walk) == ["09:15", "09:30", "09:45", "10:00", "10:15", "10:30", "10:45", "11:00", "11:15",
                                  "11:30", "11:45"]  # fmt: skip
    assert starts(anna, walk, first=MONDAY + timedelta(days=1)) == []
    assert len(starts(anna, walk, last=MONDAY + timedelta(days=7))) == 22


def test_what_is_over_is_not_offered(anna, walk):
    assert starts(anna, walk, now=at(11, 15)) == ["11:30", "11:45"]


@pytest.mark.parametrize("status", ["requested", "held", "booked", "cancelled", "missed"])
def test_over_nothing_that_holds_a_slot_buffers_included(anna, walk, mrs_lee, status):
    factories.session(
        anna,
        mrs_lee,
        starts_at=at(10, 15),
        status=status,
        held_until=at(9),
        blocked_until=at(11, 5) + timedelta(minutes=10),
    )
    is_free = status in ("cancelled", "missed")
    assert (starts(anna, walk) == ["11:30", "11:45"]) is not is_free


def test_nor_over_what_these_clients_have_with_somebody_else(anna, ben, walk, mrs_lee):
    factories.session(ben, mrs_lee, starts_at=at(10), ends_at=at(12, 15), blocked_until=at(13))
    assert starts(anna, walk, clients=[mrs_lee]) == []
    assert len(starts(anna, walk)) == 11


def test_a_day_that_is_full_offers_nothing(anna, walk, mrs_lee):
    record = factories.record(anna, sessions_a_day=1)
    factories.session(anna, mrs_lee, starts_at=at(15))
    assert starts(anna, walk) == []
    record.sessions_a_day = 2
    record.save(update_fields=["sessions_a_day"])
    assert len(starts(anna, walk)) == 11


def test_minutes_outdoors_close_only_what_can_only_be_outdoors(anna, walk, mrs_lee):
    factories.record(anna, outdoor_minutes_a_day=60)
    route = factories.route(anna)
    factories.session(anna, mrs_lee, starts_at=at(15), mode=Mode.WALK, route=route, fallback="room", indoor_minutes=30)
    run = factories.service("Running", modes=[Mode.RUN], minutes=50, note_minutes=0)
    assert starts(anna, run) == []
    assert len(starts(anna, walk)) == 11, "it can be held in the room"
    assert starts(anna, walk, mode=Mode.WALK) == [], "but not on foot, when that is what is chosen"
    assert len(starts(anna, walk, mode=Mode.INDOOR)) == 11
    short = factories.service("Short", modes=[Mode.SIT], minutes=40, note_minutes=0)
    assert len(starts(anna, short)) == 14


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/London", date(2026, 3, 29), ["00:30", "02:00"]),
        ("Europe/London", date(2026, 10, 25), ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"]),
        ("America/New_York", date(2026, 3, 8), ["00:30", "01:00"]),
        ("America/New_York", date(2026, 11, 1), ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"]),
        ("Australia/Lord_Howe", date(2026, 10, 4), ["00:30", "01:00", "01:30"]),
        ("Australia/Lord_Howe", date(2026, 4, 5), ["00:30", "01:00", "01:30", "01:30", "02:00"]),
        ("Africa/Casablanca", date(2026, 2, 15), ["00:30", "01:00", "01:30", "02:00", "02:30", "02:00"]),
        ("Africa/Casablanca", date(2026, 3, 22), ["00:30", "01:00"]),
    ],
)
def test_both_changes_of_the_clocks(anna, zone, day, expected):
    """Whole and half hours for an hour's session from half past midnight to three: what is left out is not offered."""
    there = Place.objects.create(name=zone, time_zone=zone)
    factories.hours(anna, day.weekday(), starts=time(0, 30), ends=time(3), place=there)
    long = factories.service("Long", minutes=60, note_minutes=0)
    found = free.times(anna, long, first=day, last=day, now=NOW - timedelta(days=400))
    assert all(one.ends_at - one.starts_at == timedelta(hours=1) for one in found)
    walls = [one.starts_at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for one in found]
    assert len(found) == len({one.starts_at for one in found})
    assert [one for one in walls if one.endswith(("00", "30"))] == expected


def test_as_many_queries_for_sixty_days_as_for_one(anna, walk, mrs_lee, django_assert_num_queries):
    for week in range(3):
        factories.session(anna, mrs_lee, starts_at=at(10, day=MONDAY + timedelta(weeks=week)))
    for last in (MONDAY, MONDAY + timedelta(days=60)):
        with django_assert_num_queries(5):
            assert starts(anna, walk, last=last, clients=[mrs_lee])


def outside(therapist, **fields):
    person = factories.client("Somebody", therapist)
    return free.outside(factories.session(therapist, person, **fields))


def test_within_her_hours_nothing_is_said(anna, walk):
    assert outside(anna, starts_at=at(9)) == []
    assert outside(anna, starts_at=at(12, 10)) == []


def test_why_a_session_lies_outside(anna, walk, practice):
    assert outside(anna, starts_at=at(12, 30)) == ["Outside the hours of Anna"]
    change = HoursChange.objects.create(therapist=anna, first_on=MONDAY, last_on=MONDAY, words="divorce hearing")
    assert outside(anna, starts_at=at(9)) == ["Anna is away then"], "and not why"
    change.therapist = None
    change.save(update_fields=["therapist"])
    assert outside(anna, starts_at=at(10)) == ["The practice is closed then"]
    Practice.objects.update(closed_on_holidays=True, country="GB", region="SCT")
    assert outside(anna, starts_at=at(10, day=date(2026, 11, 30))) == [
        "The practice is closed that day: Saint Andrew's Day"
    ]


def test_a_session_at_another_place_than_her_hours_says_where_she_is(anna, walk):
    mill = Place.objects.create(name="The mill", time_zone="Europe/London")
    assert outside(anna, starts_at=at(10), place=mill) == ["Anna works at Larch Street then"]


def test_of_hours_that_nobody_wrote_down_nothing_is_said(anna):
    assert outside(anna, starts_at=at(23)) == []


def test_over_a_cap(anna, mrs_lee):
    record = factories.record(anna, sessions_a_day=1, outdoor_minutes_a_day=60)
    sit = {"mode": Mode.SIT, "fallback": "room"}
    first = factories.session(anna, mrs_lee, starts_at=at(10), **sit)
    assert free.outside(first) == []
    second = factories.session(anna, mrs_lee, starts_at=at(14), **sit)
    both = ["More than Anna does in a day: at most 1 session", "100 minutes outdoors that day; Anna does at most 60"]
    assert free.outside(second) == both
    assert free.outside(first) == both
    second.status = "cancelled"
    second.save(update_fields=["status"])
    assert free.outside(first) == []
    record.delete()


def test_many_sessions_are_held_against_it_in_a_fixed_number_of_queries(anna, ben, walk, django_assert_num_queries):
    sessions = []
    for therapist in (anna, ben):
        factories.record(therapist, sessions_a_day=1)
        people = [factories.client(f"{n} of {therapist.name}", therapist) for n in range(2)]
        sessions += [factories.session(therapist, one, starts_at=at(10 + 4 * n)) for n, one in enumerate(people)]
    for some in (sessions[:1], sessions):
        with django_assert_num_queries(4):
            frame = free.frame(some)
            said = [frame.outside(one) for one in some]
    assert [len(one) for one in said] == [1, 2, 1, 1]
