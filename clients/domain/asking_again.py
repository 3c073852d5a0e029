"""What runs out is asked for again by itself: once a night, each person once a lapse, a few at a time.

A consent runs out after twelve months, when a newer version of its text asks for new signatures, when something
happened that asks for them, when the client comes of age; and where running was agreed on after walking, it was never
asked for. Who said no, took it back or wants to talk first is not asked by a machine. Without a safe address nobody is
written to, and the therapist finds the line on Today.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from clients.domain import ages, answers, consent, consent_texts, coverage, decision
from clients.domain.coverage import State
from clients.domain.signers import CannotAsk, Signer, address_of, signers
from clients.models import Client, Consent, ConsentText
from practice.models import OUTDOOR, Practice

AHEAD = timedelta(days=30)
"""How long before the end it is asked for (ours)."""
A_NIGHT = 20
"""So many clients a night at most: a new version of a text must not write to everybody at once (ours)."""


@dataclass(frozen=True, slots=True)
class _Lack:
    """One client, and the texts to lay before each of the people who have not signed them."""

    client: Client
    texts: dict[Signer, list[ConsentText]]


def look(*, now: datetime | None = None) -> int:
    """Ask for what runs out within thirty days or has run out; returns how many clients were asked."""
    moment = now or timezone.now()
    practice, asked = Practice.load(), 0
    for lack in _lacking(list(_candidates()), practice.day_of(moment), practice):
        asked += _ask(lack, moment, practice)
        if asked == A_NIGHT:
            break
    return asked


def _candidates() -> Iterable[Client]:
    """Clients in treatment who once signed something here."""
    signed = Consent.objects.signed().values("client")
    return Client.objects.active().filter(pk__in=signed).order_by("pk").prefetch_related("contact_points")


def _lacking(clients: Collection[Client], today: date, practice: Practice) -> Iterable[_Lack]:
    stands = decision.standing(clients)
    beside = _beside(clients)
    wanted = {client: _scopes(stands[client.pk]) | beside.get(client.pk, set()) for client in clients}
    days = {client: _horizon(client, today, practice) for client in clients}
    found = coverage.covers_many([(client, mode, days[client]) for client, modes in wanted.items() for mode in modes])
    for client, modes in wanted.items():
        by_mode = {mode: found[client.pk, mode, days[client]] for mode in modes}
        if texts := _texts(client, by_mode, days[client]):
            yield _Lack(client, texts)


def _horizon(client: Client, today: date, practice: Practice) -> date:
    """How far is looked ahead: thirty days, but not past the day on which she agrees alone or comes of age. Her own
    agreement is asked for when she can give it."""
    ahead = today + AHEAD
    coming = next((day for day in ages.comings(client.birth_date, practice) if today < day <= ahead), None)
    return coming - timedelta(days=1) if coming else ahead


def _scopes(stands: decision.Standing) -> set[str]:
    made = stands.decision
    return {mode for mode in made.modes if mode in coverage.NEEDED} if made and not stands.is_paused else set()


def _beside(clients: Collection[Client]) -> dict[UUID, set[str]]:
    """What was signed for, by whomever, and no decision is about: a group, video, what is kept."""
    found: dict[UUID, set[str]] = {}
    for pk, modes in Consent.objects.signed().filter(client__in=clients).values_list("client", "modes"):
        found.setdefault(pk, set()).update(set(modes) - OUTDOOR)
    return found


def _texts(client: Client, by_mode: dict[str, coverage.Coverage], on: date) -> dict[Signer, list[ConsentText]]:
    lacking = {mode: one.lacking for mode, one in by_mode.items() if one.state in (State.RAN_OUT, State.NEVER)}
    if not lacking:
        return {}
    try:
        people = signers(client, on=on)
    except CannotAsk:
        return {}
    current, found = consent_texts.current(client.language[:2]), {}
    for signer in people:
        own = signer.signatory.pk if signer.signatory else None
        modes = {mode for mode, who in lacking.items() if own in who}
        if texts := [text for text in current if modes & set(text.modes)]:
            found[signer] = texts
    return found


def _ask(lack: _Lack, now: datetime, practice: Practice) -> bool:
    """Write to everybody who can be written to and may be asked by a machine; True when anybody was."""
    written = False
    for signer, texts in lack.texts.items():
        wanted = _unasked(lack.client, signer, texts, practice)
        if not wanted or not address_of(lack.client, signer.signatory):
            continue
        try:
            consent.ask_all(lack.client, wanted, [signer], by=None, at=now)
        except CannotAsk:
            continue
        written = True
    return written


def _unasked(client: Client, signer: Signer, texts: list[ConsentText], practice: Practice) -> list[ConsentText]:
    """Without what this person said no to or wants to talk about, what lies open, and what was asked for by night since
    the last signature: asked once, the rest is for people."""
    every = Consent.objects.filter(client=client, signatory=signer.signatory).select_related("text", "request")
    rows, alone = list(answers.recorded(every)), answers.left_alone(list(answers.counting(every)), practice)
    return [text for text in texts if not alone & set(text.modes) and not _was_asked(rows, text.key, signer.meaning)]


def _was_asked(rows: list[Consent], key: str, meaning: str) -> bool:
    """Paper counts from when it was recorded: it answers what a machine asked for by then, whatever its day."""
    same = [row for row in rows if row.text.key == key]
    recorded = (row.kept_at or row.answered_at for row in same if row.was_signed)  # type: ignore[attr-defined]
    signed = max((at for at in recorded if at), default=None)
    lapse = [row for row in same if row.meaning == meaning and not row.was_signed]
    since = [row for row in lapse if row.request and row.request.asked_by_id is None]
    return any(row.is_open for row in lapse) or any(signed is None or row.asked_at > signed for row in since)
