"""The weather of sessions to come is looked at again; when it now asks for something, the therapist hears of it.

By letter, once for each session, start and level, with a page behind a link on which she answers. What she was told
already, and what she chose for as much as that, is not told again. At night only what starts within three hours.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from practice.domain import links, post, quiet, words
from practice.domain.local_time import day_bounds
from practice.domain.post import Rendered
from practice.models import Letter, Practice, User
from routes.domain.limits import Level
from sessions.domain import (
    final_word,
    grounds,
    notices,
    one_letter,
    outlook,
    reading,
    reminder_words,
    rows,
    weather_chip,
    weather_choice,
)
from sessions.domain.outlook import Sky
from sessions.domain.reminder_plan import stamp
from sessions.models import Session

KIND = "weather_asks"
PURPOSE = "weather"
ASKING = (Level.MODIFY, Level.INDOORS)


def look(*, now: datetime | None = None) -> int:
    """Write to whoever has to decide; returns how many letters that were. Twice is once."""
    now, practice = now or timezone.now(), Practice.known()
    if practice is None:
        return 0
    written = 0
    for session, level in _asking(_due(practice, now), now):
        key = _key(session, level)
        if key:
            post.write(KIND, key=key, to=session.therapist.email, about=session.pk, not_after=session.starts_at)
            written += 1
    return written


def _due(practice: Practice, now: datetime) -> list[Session]:
    """Those that start within three hours; from two hours before the final word on, outside the quiet hours, all of
    tomorrow's."""
    today = practice.day_of(now)
    ahead = Session.objects.outdoors().filter(status__in=notices.LIVE, starts_at__gt=now)
    until = now + final_word.SOON
    soon = list(rows.loaded(ahead.filter(starts_at__lte=until)))
    if now < final_word.at(today, practice) - final_word.BEFORE or quiet.is_quiet(practice, now=now):
        return soon
    start, end = day_bounds(today + timedelta(days=1), practice.zone)
    return soon + list(rows.loaded(ahead.filter(starts_at__gt=until).between(start, end)))


def _asking(sessions: Sequence[Session], now: datetime) -> list[tuple[Session, Level]]:
    """Those of which the weather asks for a change or the room, more than their therapist has chosen about."""
    skies = outlook.load(sessions, now=now)
    under = [session for session in sessions if session.pk in skies]
    shelf = grounds.load([(one, [seat.client for seat in one.seats.all()]) for one in under])
    found = []
    for session in under:
        person = outlook.person(shelf.of(session, [seat.client for seat in session.seats.all()]))
        level = weather_chip.level(skies[session.pk], person)
        if level in ASKING and not _is_answered(skies[session.pk], level):
            found.append((session, level))
    return found


def _is_answered(sky: Sky, level: Level) -> bool:
    return sky.choice is not None and Level(sky.choice.said).rank >= level.rank


def _key(session: Session, level: Level) -> str:
    """kind|session|start|level, and a number when the one before was taken back unsent; empty when it was told."""
    key = f"{KIND}|{session.pk}|{stamp(session.starts_at)}|{level}|"
    before = list(Letter.objects.filter(about=session.pk, kind=KIND, key__startswith=key).order_by("created_at"))
    if before and before[-1].state not in one_letter.TAKEN_BACK:
        return ""
    return f"{key}{len(before) + 1}"


def of_link(session_id: UUID, therapist: User | None) -> Session | None:
    """The session behind a link, while it is still that therapist's and hers to choose about."""
    if therapist is None:
        return None
    session = reading.whole(therapist).of(therapist).filter(pk=session_id).first()
    return session if session and session.is_outdoors and weather_choice.may_choose(therapist, session) else None


def still_wanted(letter: Letter) -> bool:
    """Outdoors at that start, not begun, hers, and the weather still asks for as much and has no answer."""
    now, practice = timezone.now(), Practice.load()
    found = rows.loaded(Session.objects.outdoors().filter(pk=letter.about, status__in=notices.LIVE, starts_at__gt=now))
    session = found.first()
    _kind, _session, start, level, _number = letter.key.split("|")
    if session is None or start != stamp(session.starts_at) or session.therapist.email != letter.to:
        return False
    if session.starts_at > now + final_word.SOON and quiet.is_quiet(practice, now=now):
        return False
    return session.therapist.is_active and _asking([session], now) == [(session, Level(level))]


def token_for(session: Session) -> str:
    """A new link for the therapist of a session; it ends with the session."""
    lasts = session.ends_at - timezone.now()
    return links.make(PURPOSE, subject=session.pk, lasts=lasts, by=session.therapist)


def render(letter: Letter) -> Rendered:
    """When, on which path, and what the weather asks for; of no client."""
    session = reading.whole(User.objects.get(email=letter.to)).get(pk=letter.about)
    context = about(session, now=timezone.now()) | {
        "practice": Practice.load(),
        "link": settings.BASE_URL + reverse("weather_answer", args=[token_for(session)]),
    }
    subject = _("%(time)s: %(asks)s") % {"time": reminder_words.subject(session), "asks": context["asks"]}
    context["subject"] = subject
    return Rendered(
        subject=subject,
        text=render_to_string("mail/weather_asks.txt", context),
        html=render_to_string("mail/weather_asks.html", context),
    )


def about(session: Session, *, now: datetime) -> dict[str, object]:
    """What letter and page say: `asks` in two words, `figures` in a line, `said` for each hazard, and the choice."""
    found, sky = reading.under(session, now=now)
    zone = session.place.time_zone
    at = {
        "when": words.when(session.starts_at, zone, reader_zone=Practice.load().time_zone),
        "until": words.clock(session.ends_at, zone),
        "path": session.route.name if session.route else "",
        "sky": sky,
    }
    if sky is None:
        return at | {"asks": "", "figures": "", "said": [], "saw": "", "choice": None}
    person = outlook.person(found)
    decision, chip = sky.decide(person), weather_chip.of(sky, person)[0]
    told = weather_chip.told(sky, decision)
    asks = {Level.MODIFY: _("change something"), Level.INDOORS: _("better indoors"), Level.UNKNOWN: _("not known")}
    return at | {
        "asks": asks.get(told[0].level, _("within the limits")),
        "figures": capfirst(chip.text),
        "said": list(
            dict.fromkeys(str(one) for finding in told if finding.level is not Level.GO for one in finding.words)
        ),
        "saw": weather_choice.seen(weather_choice.shown(sky, decision)),
        "choice": sky.choice,
        "person": person,
    }
