"""What the demo offers, when its people work, and what they hold: as in a real practice, a first aid course is due."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from practice.domain import public_holidays
from practice.models import ClinicianRecord, HoursChange, Mode, Place, Practice, Service, User, WorkingHours
from sessions.domain.demo_practice import Staff
from sessions.models import Session

AHEAD = 14
"""Days that the diary reaches ahead."""


def offers() -> Mapping[str, Service]:
    """Five services; what the diary is booked by, by the kind of session."""
    outside, everything = [Mode.WALK, Mode.SIT, Mode.RUN], list(Mode)
    colours, kinds = Service.Colour, Service.Kind
    made = [
        Service(name=_("First talk"), kind=kinds.INTAKE, modes=[Mode.INDOOR, Mode.ONLINE], fee=Decimal(0),
                colour=colours.SKY, clients_may_ask=True),
        Service(name=_("Individual session"), modes=everything, fee=Decimal(75), clients_may_ask=True),
        Service(name=_("From the room into the park"), modes=outside, minutes=80, indoor_minutes=20, travel_minutes=5,
                fee=Decimal(95), colour=colours.DAWN),
        Service(name=_("Couple session"), kind=kinds.COUPLE, modes=everything, minutes=75, note_minutes=5, seats=2,
                fee=Decimal(110), colour=colours.CLAY),
        Service(name=_("The park group"), kind=kinds.GROUP, modes=everything, minutes=75, note_minutes=5, seats=6,
                fee=Decimal(35), colour=colours.DUSK),
    ]  # fmt: skip
    Service.objects.bulk_create(made)
    return {Session.Kind.INDIVIDUAL: made[1], Session.Kind.COUPLE: made[3], Session.Kind.GROUP: made[4]}


def work(staff: Staff, place: Place, today: date) -> None:
    """Weeks, one of them with a break; Ben's holiday and Anna's Saturday; and what everybody holds."""
    days = sorted({0, 1, 2, 3, 4, today.weekday()})
    spans = {
        staff.anna: [(time(9), time(12, 30)), (time(13), time(17))],
        staff.ben: [(time(9), time(18))],
        staff.mira: [(time(9, 30), time(17, 30))],
    }
    WorkingHours.objects.bulk_create(
        WorkingHours(therapist=who, place=place, weekday=day, starts=starts, ends=ends)
        for who, hours in spans.items()
        for day in days
        for starts, ends in hours
    )
    _otherwise(staff, place, today)
    for who in staff.therapists:
        _holds(who, staff, today)


def _otherwise(staff: Staff, place: Place, today: date) -> None:
    monday = today + timedelta(days=35 - today.weekday())
    HoursChange.objects.create(
        therapist=staff.ben, first_on=monday, last_on=monday + timedelta(days=4), words=_("walking in the Lakes")
    )
    HoursChange.objects.create(
        kind=HoursChange.Kind.EXTRA, therapist=staff.anna, first_on=monday - timedelta(days=2),
        last_on=monday - timedelta(days=2), starts=time(10), ends=time(13), place=place,
    )  # fmt: skip
    practice, last = Practice.load(), today + timedelta(days=AHEAD)
    for year in {today.year, last.year}:
        near = [day for day in public_holidays.of(practice, year) if today <= day <= last]
        HoursChange.objects.bulk_create(
            HoursChange(kind=HoursChange.Kind.OPEN, first_on=day, last_on=day) for day in near
        )


def _holds(who: User, staff: Staff, today: date) -> None:
    """Ben's first aid ran out ten days ago: still a look, and one tap for Rosa."""
    ran_out = today - timedelta(days=10)
    ClinicianRecord.objects.create(
        user=who,
        licence_until=today + timedelta(days=210),
        insurance_until=today + timedelta(days=160),
        first_aid_until=ran_out if who == staff.ben else today + timedelta(days=400),
        outdoor_training_until=today + timedelta(days=300),
        video_link=f"https://video.alderwalk.example/{who.called.lower()}",
        sessions_a_day=6,
        outdoor_minutes_a_day=300,
    )
