"""When somebody works: weeks, exceptions, holidays, and what clocks that change do to them (instants from the IANA
time zone database; holidays from gov.uk/bank-holidays and the New York General Construction Law, section 24)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from practice.domain import hours, public_holidays
from practice.models import HoursChange, Place, Practice, WorkingHours
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 9, 7)
AWAY, EXTRA, OPEN = HoursChange.Kind.AWAY, HoursChange.Kind.EXTRA, HoursChange.Kind.OPEN


def walls(therapist, day):
    """Her open spans as they read on the walls of their places."""
    found = hours.load([therapist], first=day, last=day).open(therapist, day)
    return [f"{_wall(span.starts, span.place)}-{_wall(span.ends, span.place)}" for span in found]


def _wall(moment, place):
    return moment.astimezone(ZoneInfo(place.time_zone)).strftime("%H:%M")


def change(therapist, day=MONDAY, last=None, **fields):
    return HoursChange.objects.create(therapist=therapist, first_on=day, last_on=last or day, **fields)


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "expected"),
    [
        ("Europe/London", date(2026, 3, 29), time(0, 30), time(3, 0), ((2026, 3, 29, 0, 30), (2026, 3, 29, 2, 0))),
        ("Europe/London", date(2026, 10, 25), time(0, 30), time(3, 0), ((2026, 10, 24, 23, 30), (2026, 10, 25, 3, 0))),
        ("America/New_York", date(2026, 3, 8), time(1), time(9), ((2026, 3, 8, 6, 0), (2026, 3, 8, 13, 0))),
        ("America/New_York", date(2026, 11, 1), time(1), time(9), ((2026, 11, 1, 5, 0), (2026, 11, 1, 14, 0))),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(1), time(9), ((2026, 10, 3, 14, 30), (2026, 10, 3, 22, 0))),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1), time(9), ((2026, 4, 4, 14, 0), (2026, 4, 4, 22, 30))),
        ("Africa/Casablanca", date(2026, 2, 15), time(1), time(9), ((2026, 2, 15, 0, 0), (2026, 2, 15, 9, 0))),
        ("Africa/Casablanca", date(2026, 3, 22), time(1), time(9), ((2026, 3, 22, 1, 0), (2026, 3, 22, 8, 0))),
    ],
)
def test_hours_are_of_the_wall_and_become_instants_by_its_clocks(anna, zone, day, starts, ends, expected):
    there = Place.objects.create(name=zone, time_zone=zone)
    factories.hours(anna, day.weekday(), starts=starts, ends=ends, place=there)
    (span,) = hours.load([anna], first=day, last=day).open(anna, day)
    assert (span.starts, span.ends) == tuple(datetime(*one, tzinfo=UTC) for one in expected)
    assert span.starts.tzinfo is UTC and span.ends.tzinfo is UTC


def test_an_hour_that_the_clocks_leave_out_is_no_hour(anna):
    day = date(2026, 3, 29)
    factories.hours(anna, 6, starts=time(1, 15), ends=time(1, 45))
    assert walls(anna, day) == []
    assert walls(anna, day + timedelta(days=7)) == ["01:15-01:45"]


def test_a_week_less_what_takes_from_it_and_with_what_is_added(anna):
    factories.hours(anna, 0, starts=time(9), ends=time(12))
    factories.hours(anna, 0, starts=time(12), ends=time(17))
    assert walls(anna, MONDAY) == ["09:00-17:00"], "what touches is one span"
    change(anna, starts=time(11), ends=time(12, 30), kind=AWAY, words="dentist")
    assert walls(anna, MONDAY) == ["09:00-11:00", "12:30-17:00"]
    change(anna, starts=time(18), ends=time(20), kind=EXTRA, place=factories.place())
    assert walls(anna, MONDAY) == ["09:00-11:00", "12:30-17:00", "18:00-20:00"]
    change(anna, day=MONDAY - timedelta(days=3), last=MONDAY + timedelta(days=3), kind=AWAY)
    assert walls(anna, MONDAY) == ["18:00-20:00"], "extra hours stand, whatever is away"
    assert walls(anna, MONDAY + timedelta(days=7)) == ["09:00-17:00"]


def test_what_the_practice_takes_it_takes_from_all_and_what_ben_takes_only_from_him(anna, ben):
    for one in (anna, ben):
        factories.hours(one, 0)
    change(ben, kind=AWAY)
    assert (walls(anna, MONDAY), walls(ben, MONDAY)) == (["09:00-17:00"], [])
    change(None, starts=time(9), ends=time(13), kind=AWAY)
    assert (walls(anna, MONDAY), walls(ben, MONDAY)) == (["13:00-17:00"], [])


def test_nobody_works_on_a_public_holiday_unless_the_practice_is_open_or_she_has_extra_hours(anna):
    Practice.objects.update(closed_on_holidays=True, country="GB", region="ENG")
    christmas = date(2026, 12, 25)
    factories.hours(anna)
    assert walls(anna, christmas) == []
    assert hours.load([anna], first=christmas, last=christmas).holiday(christmas) == "Christmas Day"
    change(anna, day=christmas, starts=time(10), ends=time(11), kind=EXTRA, place=factories.place())
    assert walls(anna, christmas) == ["10:00-11:00"]
    change(None, day=christmas, kind=OPEN)
    assert walls(anna, christmas) == ["09:00-17:00"]
    Practice.objects.update(closed_on_holidays=False)
    HoursChange.objects.all().delete()
    assert walls(anna, christmas) == ["09:00-17:00"]


@pytest.mark.parametrize(
    ("country", "region", "day", "name"),
    [
        ("GB", "SCT", date(2026, 11, 30), "Saint Andrew's Day"),
        ("GB", "ENG", date(2026, 11, 30), None),
        ("GB", "ENG", date(2026, 4, 6), "Easter Monday"),
        ("GB", "SCT", date(2026, 4, 6), None),
        ("US", "NY", date(2026, 2, 12), "Lincoln's Birthday"),
        ("US", "TX", date(2026, 2, 12), None),
        ("US", "no such state", date(2026, 7, 4), "Independence Day"),
        ("ZZ", "", date(2026, 12, 25), None),
    ],
)
def test_holidays_are_those_of_country_and_region(practice, country, region, day, name):
    practice.country, practice.region = country, region
    assert public_holidays.of(practice, day.year).get(day) == name


def test_as_many_queries_for_three_as_for_one(anna, ben, django_assert_num_queries):
    people = [anna, ben, factories.user("Cleo Marsh", factories.Role.THERAPIST)]
    for one in people:
        factories.hours(one)
        change(one, kind=AWAY)
    for some in (people[:1], people):
        with django_assert_num_queries(3):
            found = hours.load(some, first=MONDAY, last=MONDAY + timedelta(days=365))
            for one in some:
                assert len(found.open(one, MONDAY + timedelta(days=1))) == 1


def test_the_database_holds_what_hours_can_be(anna):
    factories.hours(anna, 0)
    with pytest.raises(IntegrityError, match="hours_are_in_one_place"), transaction.atomic():
        factories.hours(anna, 0, starts=time(16), ends=time(18))
    factories.hours(anna, 0, starts=time(17), ends=time(18))
    with pytest.raises(IntegrityError, match="hours_end_after_they_start"), transaction.atomic():
        factories.hours(anna, 1, starts=time(10), ends=time(10))
    with pytest.raises(IntegrityError, match="hours_are_of_a_weekday"), transaction.atomic():
        factories.hours(anna, 7)
    assert WorkingHours.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"last": MONDAY - timedelta(days=1)}, "ends_after_it_begins"),
        ({"starts": time(9)}, "has_both_times_or_none"),
        ({"starts": time(9), "ends": time(8)}, "has_both_times_or_none"),
        ({"kind": EXTRA}, "fits_its_kind"),
        ({"kind": OPEN}, "fits_its_kind"),
    ],
)
def test_the_database_holds_what_an_exception_can_be(anna, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        change(anna, **fields)
