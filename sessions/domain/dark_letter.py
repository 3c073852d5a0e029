"""The letter about series that will darken: once a year to each therapist, while there is time to talk about it.

North of the equator it is written on the first working day of September, south of it on the first of March: the months
in which evenings shorten fastest begin three weeks before the equinox. It lists what is booked until the winter
solstice, with the first dark date and other times in daylight. It names no client: the page behind each link does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.domain import post, public_holidays
from practice.domain.local_time import instant
from practice.domain.post import Rendered
from practice.models import OUTDOOR, Letter, Practice, User
from routes.domain import route_light
from sessions.domain import dark_dates, diary, free
from sessions.domain.dark_dates import Run
from sessions.models import Session

KIND = "series_darkens"
MORNING = time(8, 0)
CATCH_UP = timedelta(days=6)
"""So long after its day it is still written, when nothing ran that day."""
SATURDAY = 5


class Half(StrEnum):
    """Which half of the earth a route begins in."""

    NORTH = "north"
    SOUTH = "south"


BEGINS = {Half.NORTH: 9, Half.SOUTH: 3}
"""The month of the letter."""
SOLSTICE = {Half.NORTH: (12, 22), Half.SOUTH: (6, 22)}
"""Month and day that count as the winter solstice (ours): the real one lies within a day or two before."""


@dataclass(frozen=True, slots=True)
class Darkens:
    """One series with what of it will be dark, and other times that would not be."""

    runs: tuple[Run, ...]
    instead: tuple[str, ...]

    @property
    def first(self) -> Session:
        """Its first dark session."""
        return self.runs[0].sessions[0]

    @property
    def words(self) -> str:
        """What darkens, in a sentence for each reason."""
        return " ".join(run.words() for run in self.runs)


def begins_on(half: Half, practice: Practice, year: int) -> date:
    """The first working day of the month: Monday to Friday, and no public holiday where the practice is."""
    day, holidays = date(year, BEGINS[half], 1), public_holidays.of(practice, year)
    while day.weekday() >= SATURDAY or day in holidays:
        day += timedelta(days=1)
    return day


def look(*, now: datetime | None = None) -> int:
    """Write what is to be written on this day of the practice; returns how many letters that were. Twice is once."""
    practice, now = Practice.known(), now or timezone.now()
    if practice is None:
        return 0
    today, written = practice.day_of(now), 0
    for half in Half:
        first = begins_on(half, practice, today.year)
        if first <= today <= first + CATCH_UP:
            written += sum(_write(user, half, practice, now) for user in _therapists(half, now))
    return written


def _therapists(half: Half, now: datetime) -> list[User]:
    ids = {one.therapist_id for one in _ahead(half, now)}
    return list(User.objects.filter(pk__in=ids, is_active=True))


@transaction.atomic
def _write(therapist: User, half: Half, practice: Practice, now: datetime) -> int:
    today = practice.day_of(now)
    key = f"{KIND}|{therapist.pk}|{today.year}|{half}"
    if Letter.objects.filter(key=key).exists() or not darkening(therapist.pk, half, now=now):
        return 0
    due_at = max(now, instant(today, MORNING, practice.zone))
    post.write(KIND, key=key, to=therapist.email, about=therapist.pk, due_at=due_at)
    return 1


def _ahead(half: Half, now: datetime, therapist: UUID | None = None) -> list[Session]:
    """What is booked outdoors in series from now to the winter solstice, on routes in this half."""
    month, day = SOLSTICE[half]
    until = datetime(now.year, month, day, tzinfo=now.tzinfo) + timedelta(days=1)
    found = Session.objects.holding().filter(
        series__isnull=False, route__isnull=False, mode__in=OUTDOOR, starts_at__gt=now, starts_at__lt=until
    )
    if therapist:
        found = found.filter(therapist=therapist)
    loaded = found.select_related("therapist__clinician", "place", "route", "series").defer(
        "route__line", "route__breaks"
    )
    sessions = loaded.prefetch_related("seats__client").order_by("starts_at")
    return [one for one in sessions if one.route and _half(route_light.start_of(one.route)) == half]


def _half(start: tuple[float, float]) -> Half:
    return Half.SOUTH if start[0] < 0 else Half.NORTH


def darkening(therapist: UUID, half: Half, *, now: datetime) -> list[Darkens]:
    """Her series that will darken until the winter solstice, by their first dark date."""
    series: dict[UUID, list[Session]] = {}
    for session in _ahead(half, now, therapist):
        if session.series_id:
            series.setdefault(session.series_id, []).append(session)
    found = [one for sessions in series.values() for one in _of(sessions)]
    return sorted(found, key=lambda one: one.first.starts_at)


def _of(sessions: Sequence[Session]) -> Iterator[Darkens]:
    runs = tuple(dark_dates.runs(sessions))
    if not runs:
        return
    dark = [session for run in runs for session in run.sessions]
    clients = [seat.client for seat in dark[0].seats.all()]
    held = diary.load([*dark, *dark_dates.beside(dark)], clients, ignoring=[one.pk for one in dark])
    frame = free.frame([*dark, *dark_dates.beside(dark)])
    slots = dark_dates.propose(dark, clients, held, frame)
    yield Darkens(runs, tuple(slot.words(dark[0]) for slot in slots))


def _told(letter: Letter) -> list[Darkens]:
    """What the letter tells, as things stand when it leaves."""
    half = Half(letter.key.rsplit("|", 1)[1])
    return darkening(letter.about, half, now=max(timezone.now(), letter.due_at))


def still_wanted(letter: Letter) -> bool:
    """The therapist still works here and something of hers still darkens."""
    return User.objects.filter(pk=letter.about, is_active=True).exists() and bool(_told(letter))


def render(letter: Letter) -> Rendered:
    """A line a series, and a link to where it can be moved."""
    lines = [{"words": one.words, "instead": one.instead, "url": _url(one.first)} for one in _told(letter)]
    subject = _("What will be dark this autumn") if letter.key.endswith(Half.NORTH) else _("What will be dark soon")
    context = {"subject": subject, "lines": lines, "practice": Practice.load()}
    return Rendered(
        subject=subject,
        text=render_to_string("mail/series_darkens.txt", context),
        html=render_to_string("mail/series_darkens.html", context),
    )


def _url(session: Session) -> str:
    return settings.BASE_URL + reverse("sessions:series_change", args=[session.pk, "move"])
