"""Is everything there for this session? One result, three renderings: clinician, desk, client.

Hard refusals, the published list (docs/refusals.md has it for people, tests/sessions/test_refusals.py holds it):
  1. danger stated and not settled; 2. no decision yet, one that does not include the way, one whose days of grace are
  over (1 and 2 are `decision.permits`); 3. consent declined, withdrawn or never given, or whose grace is over; 4. no
  emergency contact; 5. route closed or archived, its risk assessment missing, failed or not approved (for sitting
  there too); 6. the therapist's licence or insurance over, outdoors her first aid or training over its grace; 7.
  nothing chosen for when it cannot be outdoors.
What merely ran out is a look for the practice's days of grace; an assessment that is merely overdue never refuses.
A session booked before stays booked and says what it lacks.
In the bridging period of a client carried over from paper, a consent not given yet, one that ran out and a missing
emergency contact are only a look. In the room and by video 6 is asked for, and who declined or took back to meet that
way, or in a group has not agreed to groups, is not booked so.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clients.domain.coverage import State
from clients.domain.decision import Ground
from practice.domain import words
from practice.models import OUTDOOR, ClinicianRecord, Mode
from routes.domain.geometry import minutes
from routes.domain.matching import Wish
from routes.models import Route
from sessions.domain import light_chip, limits_chip, route_chip, therapist_chip, weather_chip
from sessions.domain.chip import LOOK, NOTE, OK, STOP, Chip, of_grace
from sessions.domain.grounds import Grounds
from sessions.domain.outlook import Sky, person
from sessions.models import Seat, Session

ICONS = {Mode.SIT: "trees", Mode.WALK: "footprints", Mode.RUN: "footprints"}
FALLBACK_ICONS = {"room": "door-open", "video": "video", "other_time": "calendar"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be judged: a session that stands, or one that somebody would like to book."""

    mode: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    route: Route | None
    fallback: str
    lead: str
    record: ClinicianRecord | None = None
    """What the therapist holds, where that is recorded."""

    @property
    def day(self) -> date:
        """The day of the session where it takes place."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Readiness:
    """All chips of one session. `for_*` gives what that reader may see."""

    chips: tuple[Chip, ...]
    lead: str
    weather: str = ""
    """What it is like outside, for its client."""

    @property
    def refusals(self) -> tuple[Chip, ...]:
        """What keeps it from being booked."""
        return tuple(chip for chip in self.chips if chip.refuses)

    @property
    def needs_a_look(self) -> bool:
        """True when anything is not quite well."""
        return any(chip.tone in (LOOK, STOP) for chip in self.chips)

    def for_clinician(self) -> tuple[Chip, ...]:
        """Everything, with reasons."""
        return self.chips

    def for_desk(self) -> tuple[Chip, ...]:
        """Route, light, weather and fallback, as for anybody; of the person only "not yet, ask Anna", and never why."""
        plain = tuple(chip.plain or chip for chip in self.chips if not chip.is_personal)
        if not any(chip.is_personal and chip.refuses for chip in self.chips):
            return plain
        text = _("Not yet, ask %(name)s") % {"name": self.lead}
        return (Chip("person", STOP, "message-circle", text, refuses=True), *plain)

    def for_client(self) -> tuple[Chip, ...]:
        """Calm words: the light and the weather, or “let's talk first”."""
        if self.refusals:
            return (Chip("person", NOTE, "message-circle", _("Let's talk first")),)
        light = tuple(chip for chip in self.chips if chip.key == "light")
        return (*light, Chip("weather", NOTE, "cloud-sun", self.weather)) if self.weather else light


def of(
    session: Session,
    grounds: Sequence[Grounds],
    sky: Sky | None = None,
    seats: Iterable[Seat] = (),
    also: Iterable[Chip] = (),
) -> Readiness:
    """The readiness of a session whose place, route and therapist are loaded, under the sky that is known of; with what
    was answered from its seats, and what `also` lies beside it."""
    judged = judge(asked(session), grounds, sky)
    return replace(judged, chips=(*_wishes(session, seats), *judged.chips, *also))


def _wishes(session: Session, seats: Iterable[Seat]) -> Iterable[Chip]:
    """Who would rather be indoors. It carries no reason, and whoever sees the session may know of it."""
    for seat in seats:
        if wants_indoors(session, seat):
            said = {"name": seat.client.called_name, "answer": seat.get_answer_display()}
            yield Chip("wish", LOOK, "armchair", _("%(name)s: %(answer)s") % said)


def wants_indoors(session: Session, seat: Seat) -> bool:
    """An answer that does not go with a session outdoors."""
    return session.is_outdoors and seat.answer == Seat.Answer.INDOORS


def asked(session: Session) -> Asked:
    """A session as it is judged."""
    return Asked(
        mode=session.mode,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=session.place.time_zone,
        route=session.route,
        fallback=session.fallback,
        lead=session.therapist.called,
        record=getattr(session.therapist, "clinician", None),
    )


def judge(what: Asked, grounds: Sequence[Grounds], sky: Sky | None = None) -> Readiness:
    """Pure: the same rows give the same chips."""
    consents = _together(grounds, [consent(what.day, one) for one in grounds])
    grace = max((one.standing.grace for one in grounds), default=0)
    hers = [*therapist_chip.of(what.record, what.lead, what.day, outdoors=what.mode in OUTDOOR, grace=grace)]
    beside = [*therapist_chip.beside(grounds[0].at_work)] if grounds and grounds[0].at_work else []
    if what.mode not in OUTDOOR:
        return Readiness((*hers, *(chip for chip in consents if chip.tone != OK), *beside), what.lead)
    chips = [
        *hers,
        *_together(grounds, [_decision(what, one) for one in grounds]),
        *consents,
        *_together(grounds, [_contact(what, one) for one in grounds]),
        *_route(what, grace),
        *_limits(what, grounds),
        *light_chip.of(what.route, what.starts_at, what.ends_at, zone=what.zone),
        *(weather_chip.of(sky, person(grounds)) if sky else ()),
        *_fallback(what),
        *beside,
    ]
    return Readiness(tuple(chips), what.lead, weather_chip.calm(sky, what.lead) if sky else "")


def _together(grounds: Sequence[Grounds], chips: Sequence[Chip]) -> Iterable[Chip]:
    """One client: her chip. More: one quiet chip when all are well, otherwise who is not, by name."""
    if len(chips) <= 1:
        return chips
    unwell = [(one.client.called_name, chip) for one, chip in zip(grounds, chips, strict=True) if chip.tone != OK]
    if not unwell:
        first = chips[0]
        both = _("%(what)s, both") if len(chips) == 2 else _("%(what)s, everyone")
        text = both % {"what": first.short[:1].upper() + first.short[1:]}
        return [Chip(first.key, OK, first.icon, text, short=first.short, is_personal=True)]
    return [
        Chip(chip.key, chip.tone, chip.icon, f"{name}: {chip.text}", chip.reason, chip.short, chip.refuses, True)
        for name, chip in unwell
    ]


def _decision(what: Asked, one: Grounds) -> Chip:
    found = one.standing.permits(what.mode, what.day)
    mode = Mode(what.mode)
    short = {Mode.SIT: _("Sitting agreed"), Mode.WALK: _("Walking agreed"), Mode.RUN: _("Running agreed")}
    return Chip(
        key="decision",
        tone=STOP if not found.open else LOOK if found.needs_a_look else OK,
        icon=DECISION_ICONS.get(found.ground, ICONS[mode]),
        text=found.word,
        reason=" ".join(found.reasons),
        short=short[mode],
        refuses=not found.open,
        is_personal=True,
    )


DECISION_ICONS: dict[Ground, str] = {
    Ground.PAUSED: "clipboard-list",
    Ground.NOT_INCLUDED: "clipboard-list",
    Ground.UNDECIDED: "clipboard-list",
    Ground.BRIDGED: "clipboard-list",
    Ground.RAN_OUT: "clock-alert",
    Ground.OVER: "clock-alert",
    Ground.NEW: "refresh-cw",
}


def consent(day: date, one: Grounds) -> Chip:
    """Whether the consent of one client lets a session be booked on that day."""
    found = one.coverage
    if found.is_covered:
        return Chip("consent", OK, "file-check", found.words, short=_("consent"), is_personal=True)
    bridged = one.standing.bridges(day) and found.state in CAN_BE_BRIDGED
    if found.state == State.RAN_OUT and found.until:
        tone, rest = of_grace(found.left_of_grace(day))
        if tone == STOP and bridged:
            tone, rest = LOOK, _bridge(one)
        return Chip("consent", tone, "file-clock", found.words, _("Please ask again. %(rest)s") % {"rest": rest}, "",
                    tone == STOP, True)  # fmt: skip
    why = CONSENT_STEPS[found.state]()
    if bridged:
        return Chip("consent", LOOK, "file-text", found.words, f"{why} {_bridge(one)}", is_personal=True)
    return Chip("consent", STOP, "file-text", found.words, why, refuses=True, is_personal=True)


CAN_BE_BRIDGED = frozenset({State.NEVER, State.TALK, State.RAN_OUT})
"""What is merely missing. Who declined or took it back said no, and that stands."""


def _bridge(one: Grounds) -> str:
    until = one.standing.bridged_until
    return _("Carried over from paper: only a look until %(day)s.") % {"day": words.short_day(until)} if until else ""


CONSENT_STEPS: dict[State, Callable[[], str]] = {
    State.RAN_OUT: lambda: _("Please ask again."),
    State.TALK: lambda: _("Talk it through together, then ask again."),
    State.DECLINED: lambda: _("Talk about it before meeting this way."),
    State.WITHDRAWN: lambda: _("Talk about it before meeting this way."),
    State.NEVER: lambda: _("Consent to meet this way comes first."),
    State.BLOCKED: lambda: _("Until then nobody can be asked to sign."),
}


def _contact(what: Asked, one: Grounds) -> Chip:
    if one.has_emergency_contact:
        return Chip("contact", OK, "phone", _("Someone to ring"), short=_("someone to ring"), is_personal=True)
    why = _("Write down whom to ring if something happens, before you meet outdoors.")
    if one.standing.bridges(what.day):
        return Chip("contact", LOOK, "phone", _("No emergency contact"), f"{why} {_bridge(one)}", is_personal=True)
    return Chip("contact", STOP, "phone", _("No emergency contact"), why, refuses=True, is_personal=True)


def _route(what: Asked, grace: int) -> Iterable[Chip]:
    if what.route is None:
        return
    yield route_chip.of(what.route, day=what.day, grace=grace)
    yield from _length(what, what.route)


def _length(what: Asked, route: Route) -> Iterable[Chip]:
    """A loop must fit the session at talking pace; from a path there and back one can turn round at any time."""
    needed = minutes(route.distance_m, route.ascent_m or 0)
    if what.mode == Mode.WALK and route.is_loop and timedelta(minutes=needed) > what.ends_at - what.starts_at:
        text = _("The whole loop takes about %(minutes)s minutes") % {"minutes": needed}
        yield Chip("length", LOOK, "clock", text, _("Longer than the session: a shorter loop, or turn round half-way."))


def _limits(what: Asked, grounds: Sequence[Grounds]) -> Iterable[Chip]:
    if what.route is None:
        return ()
    length = (what.ends_at - what.starts_at) // timedelta(minutes=1)
    wish = Wish(mode=what.mode, starts_at=what.starts_at, minutes=length, zone=what.zone)
    return limits_chip.of(what.route, wish, grounds)


def _fallback(what: Asked) -> Iterable[Chip]:
    if not what.fallback:
        text = _("Nothing chosen for bad weather")
        yield Chip("fallback", STOP, "umbrella", text, _("Choose the room, video or another time."), refuses=True)
        return
    label = Session.Fallback(what.fallback).label
    text = _("Otherwise %(where)s") % {"where": label}
    yield Chip("fallback", OK, FALLBACK_ICONS[what.fallback], text, short=text[0].lower() + text[1:])
