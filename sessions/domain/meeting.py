"""A session in words: where, how, with whom, what to bring. One place, for pages, letters and papers."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clients.domain.coverage import State
from practice.domain import words
from practice.models import OUTDOOR, Mode
from routes.domain.limits import Hazard, Level
from routes.models import Route
from sessions.domain import grounds
from sessions.domain.outlook import ANYBODY, Sky
from sessions.models import Seat, Session

MODE_ICONS: dict[str, str] = {
    Mode.INDOOR: "armchair",
    Mode.ONLINE: "video",
    Mode.SIT: "trees",
    Mode.WALK: "footprints",
    Mode.RUN: "footprints",
}


def where(session: Session) -> str:
    """Where to meet, without saying what for: the alias of the meeting point, the room, or video."""
    if session.mode == Mode.ONLINE:
        return _("By video")
    if session.is_outdoors and session.route and not session.indoor_minutes:
        return session.route.alias
    if session.room:
        return f"{session.place.name}, {session.room.name}"
    return session.place.name


def meeting_point(session: Session) -> str:
    """How the meeting point is found, in the words of the route's record."""
    return session.route.meeting_point if session.is_outdoors and session.route else session.place.address


def video_link(session: Session) -> str:
    """Where they meet by video: the session's own link, or else the therapist's room; empty while none is kept."""
    record = getattr(session.therapist, "clinician", None)
    return session.video_link or (record.video_link if record else "")


def spot(session: Session) -> Route | None:
    """The route at whose meeting point they meet; None in a room, by video, and where the room comes first."""
    return session.route if session.is_outdoors and not session.indoor_minutes else None


def how(session: Session) -> str:
    """“walking”, “in the room, then walking”, “by video”."""
    return _how(session.mode, session.indoor_minutes)


def _how(mode: str, indoor_minutes: int) -> str:
    label = str(Mode(mode).label)
    if mode in OUTDOOR and indoor_minutes:
        return _("in the room, then %(mode)s") % {"mode": label}
    return label


def short(session: Session) -> str:
    """“walking, Orchard loop”, “in the room, Room 2”."""
    route = session.route.name if session.route else None
    return in_short(session.mode, session.indoor_minutes, route, session.room.name if session.room else None)


def in_short(mode: str, indoor_minutes: int, route: str | None, room: str | None) -> str:
    """The same from columns, for lists that load no sessions."""
    place = route if mode in OUTDOOR else room if mode == Mode.INDOOR else ""
    return ", ".join(part for part in (_how(mode, indoor_minutes), place) if part)


def is_settled(seat: Seat, shelf: grounds.Shelf | None = None) -> bool:
    """Whether they may meet as it is booked: nothing that was agreed to has been taken back, it is settled who has to
    agree, and outdoors nothing speaks against it that a clinician lifts.

    What it rests on is looked up, unless the caller has done so for several seats.
    """
    session = seat.session
    shelf = shelf or grounds.load([(session, [seat.client])])
    (one,) = shelf.of(session, [seat.client])
    if one.coverage.said_no or one.coverage.state == State.BLOCKED:
        return False
    return not session.is_outdoors or one.standing.permits(session.mode, grounds.day_of(session)).open


def bring(session: Session, sky: Sky | None = None) -> list[str]:
    """What to bring: by the way of meeting, and by the forecast where it is known, as for anybody."""
    if session.mode not in (Mode.WALK, Mode.RUN, Mode.SIT):
        return []
    weather = _for_the_weather(sky) if sky else []
    if session.mode == Mode.SIT:
        return [_("something warm to sit in"), *weather, _("water")]
    shoes = _("shoes you can run in") if session.mode == Mode.RUN else _("shoes with grip")
    return [shoes, *(weather or [_("a layer for the weather")]), _("water")]


DRIZZLE_MM, WARM_C, COOL_C = 0.2, 24, 8
"""An hour's rain that wets, and degrees from which a hat or a warm layer is worth a word (ours)."""


def _for_the_weather(sky: Sky) -> list[str]:
    found = {one.hazard for one in sky.decide(ANYBODY).findings if one.level in (Level.MODIFY, Level.INDOORS)}
    wet = any((hour.precipitation_mm or 0) >= DRIZZLE_MM for hour in sky.hours)
    degrees = [hour.temperature_c for hour in sky.hours if hour.temperature_c is not None]
    warm, cool = bool(degrees) and max(degrees) >= WARM_C, bool(degrees) and min(degrees) <= COOL_C
    said = [
        (wet or Hazard.RAIN in found, _("a rain jacket")),
        (warm or bool({Hazard.HEAT, Hazard.UV} & found), _("a hat and sun cream")),
        (cool or Hazard.COLD in found, _("a warm layer, hat and gloves")),
        (bool({Hazard.ICE, Hazard.FREEZING_RAIN} & found), _("soles that hold on ice")),
    ]
    return [words for is_so, words in said if is_so]


def names(seats: Iterable[Seat]) -> str:
    """“Ines Marlow”, “Ruth and Dan Abel”, “Ana, Bo and 3 more”: whoever holds the seats."""
    return together([seat.client.name for seat in seats])


def together(people: Sequence[str]) -> str:
    """The same from names alone."""
    if len(people) == 2:
        first, second = people
        if first.split(" ")[-1] == second.split(" ")[-1] and " " in first:
            first = first.rsplit(" ", 1)[0]
        return _("%(first)s and %(second)s") % {"first": first, "second": second}
    return ", ".join(people)


def title(session: Session) -> str:
    """Who it is with, for staff: a group by its name, others by theirs, and how many more there are than were loaded
    for this reader. Seats and clients are loaded."""
    people = [seat.client.name for seat in session.seats.all()]
    return titled(session.kind, session.name, people, getattr(session, "in_all", None))


def titled(kind: str, name: str, people: Sequence[str], in_all: int | None = None) -> str:
    """The same from columns, for lists that load no sessions."""
    in_all = max(in_all or 0, len(people))
    if kind == Session.Kind.GROUP:
        return name or _("Group of %(n)s") % {"n": in_all}
    if more := in_all - len(people):
        return _("%(names)s and %(n)s more") % {"names": together(people), "n": more} if people else _("Somebody")
    return together(people) or _("Nobody yet")


def span(session: Session) -> str:
    """“14:00 to 14:50” on the clocks of the place."""
    zone = session.place.time_zone
    at = {"start": words.clock(session.starts_at, zone), "end": words.clock(session.ends_at, zone)}
    return _("%(start)s to %(end)s") % at


def day_name(session: Session) -> str:
    """“Thursday 8 October” where the session takes place."""
    return words.day(session.starts_at.astimezone(ZoneInfo(session.place.time_zone)).date())


def sentence(session: Session) -> str:
    """“Walking, Orchard loop.”"""
    return capfirst(short(session)) + "."
