"""The storm morning board: the sessions outdoors of today and tomorrow, what the sky asks for, and what instead.

Every reader sees the sky in her own rendering: who may not read the charts sees what is true of anybody.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q, prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.domain import contacts
from practice.domain import words
from practice.domain.local_time import day_bounds
from practice.models import OUTDOOR, Letter, Mode, Practice, Room, User
from routes.domain.limits import Hazard, Level
from routes.domain.weather import CREDIT_URL, Weather
from sessions.domain import final_word, meeting, notices, outlook, rooms, rows, storm_replies
from sessions.domain.chip import LOOK, OK, STOP, Chip
from sessions.domain.notices import What
from sessions.domain.outlook import Sky
from sessions.domain.reminder_plan import stamp
from sessions.domain.today import spelled
from sessions.models import Seat, Session, WeatherChoice

SHOWN = ("light", "weather", "choice", "wish")
"""Of what readiness says, what this is about."""
BECAUSE = (Session.Waived.WEATHER, Session.Waived.LIGHT, Session.Waived.AIR, Session.Waived.CHOICE)
WAIVED: dict[Hazard, str] = {Hazard.AIR: Session.Waived.AIR, Hazard.LIGHT: Session.Waived.LIGHT}
"""Why nobody pays, by the worst hazard; the weather for all others."""


class Way(models.TextChoices):
    """What is done about one session."""

    KEEP = "keep", gettext_lazy("outdoors, as planned")
    ROOM = "room", gettext_lazy("in a room")
    VIDEO = "video", gettext_lazy("by video")
    RING = "ring", gettext_lazy("ring about another time")
    CANCEL = "cancel", gettext_lazy("cancel, no fee")


INSTEAD = {
    Session.Fallback.ROOM: Way.ROOM,
    Session.Fallback.VIDEO: Way.VIDEO,
    Session.Fallback.OTHER_TIME: Way.RING,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One client of a session: what she answered or wrote, and what she was told when."""

    seat: Seat
    answer: str
    told: str
    tone: str
    reachable: bool
    wrote: storm_replies.Wrote | None


@dataclass(frozen=True, slots=True)
class Card:
    """One session. `proposed` is what the board would do: as planned, unless something asks for more."""

    row: rows.Row
    chips: tuple[Chip, ...]
    heard: tuple[Heard, ...]
    starts: str
    until: str
    fallback: str
    now: str
    """Where it is by now: for those that were moved or cancelled."""
    rooms: tuple[Room, ...]
    free: tuple[Room, ...]
    proposed: Way
    room: Room | None
    waived: str
    has_video: bool

    @property
    def session(self) -> Session:
        """The session itself."""
        return self.row.session

    @property
    def saw(self) -> str:
        """A short name of how it stands now."""
        return seen(self.session)

    @property
    def worries(self) -> tuple[str, ...]:
        """The hazards in words; the weather is credited once for the board."""
        credit = f"{self.row.sky.weather.credit}." if self.row.sky and self.row.sky.weather.credit else ""
        said = [chip.reason for chip in self.chips if chip.key == "weather" and chip.tone != OK]
        return tuple(filter(None, (one.removesuffix(credit).strip() for one in said)))


@dataclass(frozen=True, slots=True)
class Day:
    """Today or tomorrow: what is still outdoors, and what was settled."""

    date: date
    name: str
    word: str
    cards: tuple[Card, ...]
    settled: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Both days, and the rooms for whoever goes indoors."""

    days: tuple[Day, ...]
    rooms: rooms.Rooms
    title: str
    credit_url: str = CREDIT_URL

    @property
    def open(self) -> list[Card]:
        """Every card about which something can be done."""
        return [card for day in self.days for card in day.cards]

    @property
    def weather(self) -> Weather | None:
        """Whose weather it is."""
        return next(
            (card.row.sky.weather for card in self.open if card.row.sky and card.row.sky.weather.forecast), None
        )


def of(reader: User, *, now: datetime) -> Board:
    """The board of one reader, in a fixed number of queries."""
    practice = Practice.load()
    today = practice.day_of(now)
    sessions = _sessions(reader, today, practice.zone, now)
    prefetch_related_objects([seat.client for one in sessions for seat in one.seats.all()], "contact_points")
    told, held = notices.told(sessions), rooms.load(sessions)
    wrote = storm_replies.of(sessions, reader, practice.time_zone)
    lines = rows.of(sessions, reader, now=now)
    cards = _proposed([_card(line, told, wrote, held, practice) for line in lines], held)
    days = []
    for number in range(2):
        day = today + timedelta(days=number)
        own = [card for card in cards if practice.day_of(card.session.starts_at) == day]
        still_open = tuple(card for card in own if not card.now)
        word = final_word.sentence([card.session for card in still_open], practice, now=now) if number else ""
        name = _("Tomorrow") if number else _("Today")
        days.append(Day(day, name, word, still_open, tuple(card for card in own if card.now)))
    return Board(tuple(days), held, _title([card for day in days for card in day.cards]))


def _sessions(reader: User, today: date, zone: ZoneInfo, now: datetime) -> list[Session]:
    """Those still to come outdoors, and those that were settled because of the sky or of a wish."""
    start, end = day_bounds(today, zone)[0], day_bounds(today + timedelta(days=1), zone)[1]
    ahead = Q(mode__in=OUTDOOR, status__in=notices.LIVE, starts_at__gt=now)
    settled = Q(waived__in=BECAUSE) & (~Q(mode__in=OUTDOOR) | Q(status=Session.Status.CANCELLED))
    found = Session.objects.kept_by(reader).between(start, end).filter(ahead | settled)
    return list(
        rows.loaded(found).select_related("therapist__clinician").order_by("starts_at", "therapist__name", "pk")
    )


def seen(session: Session) -> str:
    """A short name of how a session stood when it was shown; it goes with the form and comes back with it."""
    stood = (
        session.status,
        stamp(session.starts_at),
        session.minutes,
        session.mode,
        str(session.room_id),
    )
    return hashlib.sha256(repr(tuple(map(str, stood))).encode()).hexdigest()[:12]


def _card(
    line: rows.Row,
    told: notices.ToldToAll,
    wrote: Mapping[UUID, storm_replies.Wrote],
    held: rooms.Rooms,
    practice: Practice,
) -> Card:
    session = line.session
    zone, is_open = session.place.time_zone, session.is_outdoors and session.status in notices.LIVE
    chips = tuple(chip for chip in line.chips if chip.key in SHOWN)
    return Card(
        row=line,
        chips=chips,
        heard=tuple(
            _heard(seat, told.get((session.pk, seat.client_id)), wrote.get(seat.client_id), is_open, practice)
            for seat in session.seats.all()
        ),
        starts=words.clock(session.starts_at, zone, reader_zone=practice.time_zone),
        until=words.clock(session.ends_at, zone),
        fallback=str(session.get_fallback_display()),
        now="" if is_open else _now(session),
        rooms=tuple(held.at(session)),
        free=tuple(held.free(session)),
        proposed=_way(line, chips) if is_open else Way.KEEP,
        room=None,
        waived=waived_for(line.sky, chips),
        has_video=bool(meeting.video_link(session)),
    )


def _now(session: Session) -> str:
    if session.status == Session.Status.CANCELLED:
        return _("cancelled, nothing to pay")
    if session.mode == Mode.INDOOR and session.room:
        return _("in the room, %(room)s") % {"room": session.room.name}
    return str(Mode(session.mode).label)


def _way(line: rows.Row, chips: Iterable[Chip]) -> Way:
    """Her choice counts first, then a wish, then what the sky asks of whoever this reader may know of."""
    choice = line.sky.choice if line.sky else None
    wish = any(chip.key == "wish" for chip in chips)
    if choice and not wish:
        needs = choice.choice == WeatherChoice.Choice.INDOORS
    else:
        needs = wish or any(chip.tone == STOP for chip in chips)
    return INSTEAD[Session.Fallback(line.session.fallback)] if needs and line.session.fallback else Way.KEEP


def waived_for(sky: Sky | None, chips: Iterable[Chip]) -> str:
    """Why nobody pays, by what is true of anybody: the air, the light, the weather; else what the client chose."""
    worst = max(sky.decide(outlook.ANYBODY).findings, key=lambda one: one.level.rank) if sky else None
    if worst and worst.level is not Level.GO and worst.level is not Level.UNKNOWN:
        return WAIVED.get(worst.hazard, Session.Waived.WEATHER)
    return Session.Waived.CHOICE if any(chip.key == "wish" for chip in chips) else Session.Waived.WEATHER


def _proposed(cards: Sequence[Card], held: rooms.Rooms) -> list[Card]:
    """Rooms go round once, first to whoever has no video room; who is left without one is proposed video, or a call."""
    wanting = sorted((card for card in cards if card.proposed == Way.ROOM), key=lambda card: card.has_video)
    given = rooms.assign([(card.session, None) for card in wanting], held)
    without = {True: Way.VIDEO, False: Way.RING}
    return [
        replace(card, room=given.get(card.session.pk), proposed=without[card.has_video])
        if card.proposed == Way.ROOM and card.session.pk not in given
        else replace(card, room=given.get(card.session.pk))
        for card in cards
    ]


def _heard(
    seat: Seat, told: notices.Told | None, wrote: storm_replies.Wrote | None, is_open: bool, practice: Practice
) -> Heard:
    reachable = contacts.best(seat.client, Letter.Channel.EMAIL) is not None
    tone, said = ("", "") if told is None else _told(told, practice.time_zone)
    if told is None and not is_open:
        tone, said = "look", _("not told by letter")
    a_chip_says_it = is_open and seat.answer == Seat.Answer.INDOORS
    answer = str(seat.get_answer_display()) if seat.answer and not a_chip_says_it else ""
    return Heard(seat, answer, said, tone, reachable, wrote)


def _told(told: notices.Told, zone: str) -> tuple[str, str]:
    """“told 06:47: by video”."""
    what = {
        What.MOVED: _("another time"),
        What.CANCELLED: _("cancelled"),
        What.ROOM: _("indoors"),
        What.VIDEO: _("by video"),
        What.RING: _("we ring"),
    }[told.what]
    letter = told.letter
    if letter.state == letter.State.SENT and letter.sent_at:
        return "ok", _("told %(time)s: %(what)s") % {"time": words.clock(letter.sent_at, zone), "what": what}
    if letter.state in (letter.State.DUE, letter.State.RETRY, letter.State.LEASED):
        at = {"time": words.clock(letter.due_at, zone), "what": what}
        return "note", _("letter leaves %(time)s: %(what)s") % at
    return "look", _("the letter may not have arrived: please ring")


def _title(cards: Sequence[Card]) -> str:
    """“Three sessions are better indoors”, or calmly that nothing speaks against going out."""
    needy = sum(card.proposed != Way.KEEP for card in cards)
    if not cards:
        return _("Nothing more outdoors today or tomorrow")
    if needy:
        better = ngettext("%(n)s session is better indoors", "%(n)s sessions are better indoors", needy)
        return capfirst(better % {"n": spelled(needy)})
    looks = sum(any(chip.tone == LOOK for chip in card.chips) for card in cards)
    if looks:
        return capfirst(
            ngettext("%(n)s session needs a look", "%(n)s sessions need a look", looks) % {"n": spelled(looks)}
        )
    return _("Nothing speaks against going out")
