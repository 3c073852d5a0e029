"""The first time on rougher ground than was agreed to: it is talked through, and consent is asked for anew.

What was met on before this session since the signature was talked through with it, the first of it by the signing
itself. So nothing is asked at the first session after a signature, and once for a kind of ground.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clients.domain import answers, consent
from clients.models import Client, Consent
from practice.domain.words import day as long_day
from practice.domain.words import short_day
from practice.models import Practice, User
from routes.domain.ground import Ground, kind_of_ground
from sessions.domain.grounds import day_of
from sessions.models import Seat, Session
from sessions.models.session import HOLDING


def ask_again(session: Session, clients: Sequence[Client], *, by: User) -> None:
    """Let what these clients signed run out on the day of this session, where it leads onto new ground."""
    day = day_of(session)
    words = _("First time on %(ground)s: %(route)s, %(day)s")
    for row in overtaken(session, clients):
        because = words % {"ground": Ground.ROUGH.label, "route": session.route, "day": short_day(day)}
        with suppress(consent.NotOpen):  # taken back meanwhile
            consent.due_again(row, because=because, by=by, on=day)


def first_of(wanted: Sequence[tuple[Session, Sequence[Client]]], *, ignoring: Collection[UUID] = ()) -> Session | None:
    """Of sessions in the order of their days, that need not be saved, the one that would ask for consent anew.
    `ignoring` as in `overtaken`. As many queries for one as for many."""
    outdoors = [(session, clients) for session, clients in wanted if session.is_outdoors]
    for number, (session, clients) in enumerate(outdoors):
        if _is_rough(session):
            before = [one for one, _clients in outdoors[:number]]
            return session if overtaken(session, clients, after=before, ignoring=ignoring) else None
    return None


def said(session: Session) -> str:
    """What it means that consent will be asked for anew, in one sentence that names the day."""
    text = _("First time on %(ground)s on %(day)s: talk it through, consent will be asked for anew.")
    return text % {"ground": Ground.ROUGH.label, "day": long_day(day_of(session))}


def overtaken(
    session: Session, clients: Sequence[Client], *, after: Sequence[Session] = (), ignoring: Collection[UUID] = ()
) -> list[Consent]:
    """The signatures that this session asks for anew. `after`: what would be held with them before it; `ignoring`: what
    will be gone by then. As many queries for one client and session as for many."""
    standing = list(_standing(session, clients)) if session.is_outdoors and _is_rough(session) else []
    if not standing:
        return []
    before = _before(
        session, {row.client_id for row, _since in standing}, min(since for _row, since in standing), ignoring
    )
    before += [(client.pk, one) for one in after for client in clients]
    found = []
    for row, since in standing:
        met = [one for who, one in before if who == row.client_id and one.starts_at > since and one.mode in row.modes]
        if met and not any(map(_is_rough, met)):
            found.append(row)
    return found


def _is_rough(session: Session) -> bool:
    route = session.route
    return route is not None and kind_of_ground(route, route.hazards.all(), day_of(session)) is Ground.ROUGH


def _standing(session: Session, clients: Iterable[Client]) -> Iterator[tuple[Consent, datetime]]:
    """What stands of each signer and text for this way of meeting on that day and is not asked for anew by then, each
    with the moment since which it counts: of its signature, or of what the signature before was asked for anew."""
    practice, day, mode = Practice.load(), day_of(session), session.mode
    rows = Consent.objects.filter(client__in=[one.pk for one in clients], modes__contains=[mode])
    by_signer: dict[tuple[UUID, UUID | None, str], list[Consent]] = {}
    for row in answers.counting(rows).select_related("text"):
        if not row.is_open:
            by_signer.setdefault((row.client_id, row.signatory_id, row.text.key), []).append(row)
    for same in by_signer.values():
        row = answers.newest(same, mode, practice)
        if answers.is_no(row, mode) or (row.due_again_on and row.due_again_on <= day):
            continue
        if row.answered_at and row.covers_until and row.covers_until >= day:
            yield row, min([row.answered_at, *_asked_anew(same, row, practice)])


def _asked_anew(rows: Iterable[Consent], but: Consent, practice: Practice) -> list[datetime]:
    days = [row.due_again_on for row in rows if row.due_again_on and row != but]
    return [datetime.combine(max(days), time.min, ZoneInfo(practice.time_zone))] if days else []


def _before(
    session: Session, clients: Iterable[UUID], since: datetime, ignoring: Collection[UUID]
) -> list[tuple[UUID, Session]]:
    """Where these clients were met outdoors, or will be, before this session."""
    seats = Seat.objects.filter(client__in=list(clients), starts_at__gt=since, starts_at__lt=session.starts_at)
    seats = seats.filter(status__in=HOLDING, session__route__isnull=False).exclude(session__in=[session.pk, *ignoring])
    seats = seats.select_related("session__route", "session__place").prefetch_related("session__route__hazards")
    heavy = ("session__route__line", "session__route__breaks", "session__route__sketch")
    return [(seat.client_id, seat.session) for seat in seats.defer(*heavy)]
