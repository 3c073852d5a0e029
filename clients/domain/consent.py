"""Agreeing: who was asked what, who took it back, and the one answer to "is this covered?".

Every verb locks its row first, so that two answers at the same moment become one. Moments are arguments with the
present as default; days are days of the practice's own zone. What the client answers is in `signing`.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import consent_texts, contacts, filling_in, steps
from clients.domain.coverage import Coverage, State, covers, covers_many
from clients.domain.signers import CannotAsk, Signer, address_of, at_most, no_address, signers
from clients.models import (
    CareTeamMember,
    Client,
    Consent,
    ConsentRequest,
    ConsentStep,
    ConsentText,
    Signatory,
)
from practice.domain import audit, links, post
from practice.domain.audit import canonical
from practice.models import Letter, Practice, User

__all__ = [
    "CannotAsk",
    "Coverage",
    "NotOpen",
    "Signer",
    "State",
    "ask",
    "ask_all",
    "covers",
    "covers_many",
    "due_again",
    "end_open",
    "lead_of",
    "post_request",
    "signers",
    "withdraw",
]
KIND = "consent_request"
TAKEN_BACK = "consent_taken_back"
PURPOSE = "consent"
Kind = ConsentStep.Kind


class NotOpen(Exception):
    """It was answered or replaced meanwhile; nothing was changed. `consent` says where it stands."""

    def __init__(self, consent: Consent) -> None:
        super().__init__(consent.status)
        self.consent = consent


def lead_of(client: Client | UUID) -> User | None:
    """The therapist whose client she is."""
    lead = CareTeamMember.objects.current().filter(client=client, is_lead=True).select_related("user").first()
    return lead.user if lead else None


@transaction.atomic
def ask(
    client: Client,
    text: ConsentText,
    *,
    by: User,
    send: bool = True,
    at: datetime | None = None,
    signer: Signer | None = None,
) -> Consent:
    """Ask one person for one agreement, the client when nobody else is named. Otherwise as `ask_all`."""
    moment = at or timezone.now()
    signer = signer or signers(client, on=Practice.load().day_of(moment))[0]
    return ask_all(client, [text], [signer], by=by, send=send, at=moment)[0].consents.get()


@transaction.atomic
def ask_all(
    client: Client,
    texts: Sequence[ConsentText],
    wanted: Sequence[Signer],
    *,
    by: User | None,
    send: bool = True,
    at: datetime | None = None,
) -> list[ConsentRequest]:
    """Lay these agreements before these people, each with a link of their own, until the practice's last day for it.

    An earlier asking of the same person for the same text that is still open is replaced. With `send`, a letter goes
    to each. Raises CannotAsk with a sentence, and then nobody was asked. `by` is None when the nightly look asks.
    """
    moment = at or timezone.now()
    if Client.objects.select_for_update().get(pk=client.pk).status == Client.Status.CLOSED:
        raise CannotAsk(_("The file is closed, so nothing is asked any more."))
    therapist = lead_of(client) or by
    if therapist is None:
        raise CannotAsk(_("Nobody is named as the therapist."))
    practice = Practice.load()
    made = []
    for signer in wanted:
        if send and not address_of(client, signer.signatory):
            raise CannotAsk(no_address(client, signer.signatory))
        until = at_most(client, signer.signatory, moment + timedelta(days=practice.consent_days))
        request = ConsentRequest.objects.create(
            client=client, signatory=signer.signatory, asked_by=by, asked_at=moment, expires_at=until
        )
        for text in texts:
            _ask_one(request, text, signer, therapist, by or therapist)
        made.append(request)
        if send:
            post_request(request, by=by, at=moment)
    return made


def _ask_one(request: ConsentRequest, text: ConsentText, signer: Signer, therapist: User, by: User) -> None:
    client = request.client
    young = signer.is_about_a_minor(client, on=Practice.load().day_of(request.asked_at))
    shown = filling_in.resolved(client, text, therapist, signer.signatory, for_a_minor=young)
    earlier = Consent.objects.open().filter(client=client, text__key=text.key, signatory=signer.signatory)
    for one in earlier.select_for_update(of=("self",)).exclude(request=request):
        _replace(one)
    asked = Consent(client=client, request=request, signatory=signer.signatory, meaning=signer.meaning, text=text)
    asked.modes, asked.asked_by, asked.asked_at = list(text.modes), by, request.asked_at
    asked.shown_text = canonical(shown)
    asked.shown_sha256 = consent_texts.fingerprint(shown)
    asked.save(force_insert=True)
    steps.add(asked, Kind.ASKED, at=request.asked_at, by=by)
    audit.record("consent.asked", by=by, subject=client.pk, detail={"consent": str(asked.pk), "text": str(text.pk)})


@transaction.atomic
def post_request(request: ConsentRequest, *, by: User | None, at: datetime | None = None) -> Letter:
    """Write the letter with the link, once more if need be. Raises CannotAsk without a safe address.

    Pressed twice within a minute, the letter of the first press is returned.
    """
    address = address_of(request.client, request.signatory)
    if not address:
        raise CannotAsk(no_address(request.client, request.signatory))
    Client.objects.select_for_update().get(pk=request.client_id)
    before = Letter.objects.filter(about=request.pk, kind=KIND)
    if twice := before.filter(to=address, created_at__gt=timezone.now() - contacts.TWICE).first():
        return twice
    nth = before.count() + 1
    request.last_sent_at = at or timezone.now()
    request.save(update_fields=["last_sent_at"])
    for asked in request.consents.open():
        steps.add(asked, Kind.SENT if nth == 1 else Kind.REMINDED, at=request.last_sent_at, by=by, to=address)
    audit.record("consent.sent", by=by, subject=request.client_id, detail={"request": str(request.pk), "nth": nth})
    key = f"consent:{request.pk}:{nth}"
    until = request.expires_at
    return post.write(KIND, key=key, to=address, about=request.pk, client=request.client_id, not_after=until)


@transaction.atomic
def end_open(client: Client) -> None:
    """She leaves: nothing is asked of her any more, and what is still open ends with its links and letters."""
    for earlier in Consent.objects.open().select_for_update(of=("self",)).filter(client=client):
        _replace(earlier)


@transaction.atomic
def stop(consent: Consent, *, by: User) -> Consent:
    """It is asked no more: a slip, or the wrong person. Its letter is called back and its link ends. Raises NotOpen."""
    row = locked(consent)
    if not row.is_open:
        raise NotOpen(row)
    end(row, Consent.Status.REPLACED, Kind.REPLACED, by=by)
    audit.record("consent.stopped", by=by, subject=row.client_id, detail={"consent": str(row.pk)})
    return row


def replace_open(client: Client, key: str, *, until: datetime, signatory: Signatory | None = None) -> None:
    """What was asked by then of one person, or the client, about this text and is still open was answered in another
    way: it ends."""
    asked = Consent.objects.open().filter(client=client, text__key=key, signatory=signatory, asked_at__lte=until)
    for earlier in asked.select_for_update(of=("self",)):
        _replace(earlier)


def _replace(earlier: Consent) -> None:
    end(earlier, Consent.Status.REPLACED, Kind.REPLACED)


def end(earlier: Consent, status: str, kind: str, *, by: User | None = None) -> None:
    """An open asking ends without an answer; the link and the letter of its request end with the last of them."""
    earlier.status = status
    earlier.save(update_fields=["status"])
    steps.add(earlier, kind, by=by)
    links.end(PURPOSE, subject=earlier.pk)
    if not Consent.objects.filter(request=earlier.request_id).counting().exists():
        end_letters(earlier)
        if earlier.request_id:
            links.end(PURPOSE, subject=earlier.request_id)


def end_letters(answered: Consent) -> None:
    """Call back the letter of a request in which nothing is open any more."""
    if answered.request_id and not Consent.objects.open().filter(request=answered.request_id).exists():
        post.cancel(about=answered.request_id, kind=KIND)


def locked(consent: Consent) -> Consent:
    """The row as it is now, held until the transaction ends."""
    return (
        Consent.objects.select_for_update(of=("self",))
        .select_related("client", "text", "asked_by", "request", "signatory")
        .get(pk=consent.pk)
    )


@transaction.atomic
def withdraw(
    consent: Consent, *, by: User | None, modes: Collection[str] | None = None, at: datetime | None = None
) -> Consent:
    """Take a signed agreement back: at once, on any day, without a reason; all of it, or only these ways of meeting.

    `by` is None when the signer does it. Raises NotOpen when nothing of it stands any more.
    """
    row = locked(consent)
    wanted = set(row.modes if modes is None else modes) & set(row.modes)
    if row.status != Consent.Status.SIGNED or wanted <= set(row.withdrawn_modes):
        raise NotOpen(row)
    taken = [mode for mode in row.modes if mode in wanted or mode in row.withdrawn_modes]
    moment = at or timezone.now()
    row.withdrawn_times |= {mode: moment.isoformat() for mode in sorted(wanted - set(row.withdrawn_modes))}
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_modes = moment, by, taken
    if len(taken) == len(row.modes):
        row.status = Consent.Status.WITHDRAWN
    row.save(update_fields=["status", "withdrawn_at", "withdrawn_by", "withdrawn_modes", "withdrawn_times"])
    steps.add(row, Kind.WITHDRAWN, at=row.withdrawn_at, by=by, modes=sorted(wanted))
    detail: dict[str, str | int | None] = {"consent": str(row.pk), "modes": " ".join(sorted(wanted))}
    audit.record("consent.withdrawn", by=by, subject=row.client_id, detail=detail)
    lead = lead_of(row.client_id)
    if lead and lead != by:
        key = f"{TAKEN_BACK}:{row.pk}:{'+'.join(taken)}"
        post.write(TAKEN_BACK, key=key, to=lead.email, about=row.pk)
    return row


@transaction.atomic
def due_again(consent: Consent, *, because: str, by: User, on: date) -> Consent:
    """Something happened (an incident, another kind of path) that asks for this signature anew, from that day on.

    What was signed stays as it is; it has run out, with the practice's days of grace. Raises NotOpen when it does not
    stand. Said twice, the first day counts.
    """
    row = locked(consent)
    if row.status != Consent.Status.SIGNED:
        raise NotOpen(row)
    if row.due_again_on is None or on < row.due_again_on:
        row.due_again_on = on
        row.save(update_fields=["due_again_on"])
        steps.add(row, Kind.DUE_AGAIN, by=by, because=because)
        audit.record("consent.due_again", by=by, subject=row.client_id, detail={"consent": str(row.pk)})
    return row
