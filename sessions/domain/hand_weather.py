"""The weather that waits for somebody's word: sessions that start within three hours, and early ones of tomorrow."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from practice.domain import words
from practice.domain.local_time import day_bounds
from practice.models import Practice, User
from practice.rules import Permission, has
from sessions.domain import final_word, notices, rows
from sessions.domain.chip import LOOK, STOP
from sessions.domain.waiting import SHOWN, Hand
from sessions.models import Session


def of(reader: User, today: Iterable[rows.Row], *, now: datetime) -> Iterator[Hand]:
    """As this reader's own rendering says it: modify, indoors or not known, and nobody chose. `today`: the rows of her
    day, which are loaded anyway."""
    if not has(reader, Permission.KEEP_DIARY):
        return
    soon = [one for one in today if now < one.session.starts_at <= now + final_word.SOON]
    practice = Practice.load()
    for row in _undecided(soon)[:SHOWN]:
        link = _("%(time)s, %(who)s") % {"time": row.starts, "who": row.title}
        yield Hand("look", "umbrella", _("Decide"), link, reverse("sessions:storm"), _weather_of(row))
    day = practice.day_of(now)
    due = final_word.at(day, practice)
    if now >= due - final_word.BEFORE and (early := _undecided(_tomorrow(reader, practice, now))):
        said = {"starts": final_word.starts([row.session for row in early], practice)}
        at = {"time": words.clock(due, practice.time_zone)}
        rest = _("is due by %(time)s; nobody has decided yet.") if now <= due else _("was due by %(time)s.")
        link = _("The final word for %(starts)s of tomorrow") % said
        yield Hand("look", "umbrella", _("Decide"), link, reverse("sessions:storm"), rest % at)


def _tomorrow(reader: User, practice: Practice, now: datetime) -> list[rows.Row]:
    today = practice.day_of(now)
    start, end = day_bounds(today + timedelta(days=1), practice.zone)
    ahead = Session.objects.kept_by(reader).outdoors().filter(status__in=notices.LIVE).between(start, end)
    early = final_word.about(rows.loaded(ahead).order_by("starts_at"), practice, today=today)
    return rows.of(early, reader, now=now)


def _undecided(found: Sequence[rows.Row]) -> list[rows.Row]:
    """Outdoors, and the chip of the weather asks for something, and nobody chose for how it stands."""
    return [row for row in found if row.session.is_outdoors and row.sky and not row.sky.choice and _weather_of(row)]


def _weather_of(row: rows.Row) -> str:
    said = next((chip for chip in row.chips if chip.key == "weather" and chip.tone in (LOOK, STOP)), None)
    return f"{said.text[:1].lower()}{said.text[1:]}." if said else ""
