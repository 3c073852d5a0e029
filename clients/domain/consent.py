"""Agreeing: who was asked what, who took it back, and the one answer to "is this covered?".

Every verb locks its row first, so that two answers at the same moment become one. Moments are arguments with the
present as default; days are days of the practice's own zone. What the client answers is in `signing`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clients.domain import consent_texts, contacts
from clients.domain.coverage import Coverage, State, covers, covers_many
from clients.models import CareTeamMember, Client, Consent, ConsentText
from practice.domain import audit, crisis, links, post
from practice.domain.audit import canonical
from practice.models import Letter, Practice, Role, User

__all__ = [
    "CannotAsk",
    "Coverage",
    "NotOpen",
    "State",
    "ask",
    "covers",
    "covers_many",
    "end_open",
    "lead_of",
    "post_request",
    "withdraw",
]
KIND = "consent_request"
PURPOSE = "consent"


class CannotAsk(Exception):
    """Why this cannot be sent; the message is a sentence for the therapist."""


class NotOpen(Exception):
    """It was answered or replaced meanwhile; nothing was changed. `consent` says where it stands."""

    def __init__(self, consent: Consent) -> None:
        super().__init__(consent.status)
        self.consent = consent


def lead_of(client: Client | UUID) -> User | None:
    """The therapist whose client she is."""
    lead = CareTeamMember.objects.current().filter(client=client, is_lead=True).select_related("user").first()
    return lead.user if lead else None


def names(client: Client, therapist: User) -> dict[str, str]:
    """What stands for the braces of a text, for this client with this therapist; "" where nothing is known."""
    practice = Practice.load()
    supervision = therapist.supervisors.select_related("supervisor").first()
    lines = [line["said"] for line in crisis.lines(practice.country)]
    named = getattr(client, "emergency_contact", None)
    return {
        "therapist": therapist.called,
        "supervisor": supervision.supervisor.name if supervision else "",
        "practice": practice.name,
        "client": client.called_name,
        "phone": practice.phone or practice.email,
        "emergency": crisis.emergency_number(practice.country),
        "crisis_lines": "; ".join(lines),
        "emergency_contact": _("That is %(name)s, %(phone)s.") % {"name": named.name, "phone": named.phone}
        if named
        else _("You have not named anybody yet; we do that together before we first go out."),
    }


def _resolved(client: Client, text: ConsentText, therapist: User) -> dict[str, Any]:
    lacking = {
        "phone": _("The practice has neither a telephone number nor an e-mail address yet. Add one in the settings."),
        "supervisor": _("%(name)s is in training and nobody is named as supervisor. The text has to say who it is."),
    }
    with override(text.language):
        known = names(client, therapist)
    try:
        return consent_texts.resolve(text, known, trainee=Role.TRAINEE in therapist.roles)
    except consent_texts.Unresolved as error:
        words = lacking.get(str(error), _("The text needs something that is not known: %(part)s."))
        raise CannotAsk(words % {"name": therapist.called, "part": str(error)}) from error


@transaction.atomic
def ask(client: Client, text: ConsentText, *, by: User, send: bool = True, at: datetime | None = None) -> Consent:
    """Ask for one agreement; an earlier asking for it that is still open is replaced, and its links end.

    With `send`, a letter with a link goes to her safe e-mail address. Raises CannotAsk with a sentence.
    """
    moment = at or timezone.now()
    if send and contacts.safe_email(client) is None:
        raise CannotAsk(_("There is no e-mail address that is safe to use. Add one, or sign together here."))
    Client.objects.select_for_update().get(pk=client.pk)
    shown = _resolved(client, text, lead_of(client) or by)
    for earlier in Consent.objects.open().select_for_update().filter(client=client, text__key=text.key):
        _replace(earlier)
    asked = Consent(client=client, text=text, modes=list(text.modes), asked_by=by, asked_at=moment)
    asked.shown_text = canonical(shown)
    asked.shown_sha256 = consent_texts.fingerprint(shown)
    asked.save(force_insert=True)
    audit.record("consent.asked", by=by, subject=client.pk, detail={"consent": str(asked.pk), "text": str(text.pk)})
    if send:
        post_request(asked, by=by)
    return asked


@transaction.atomic
def post_request(asked: Consent, *, by: User) -> Letter:
    """Write the letter with the link, once more if need be. Raises CannotAsk without a safe address.

    Pressed twice within a minute, the letter of the first press is returned.
    """
    point = contacts.safe_email(asked.client)
    if point is None:
        raise CannotAsk(_("There is no e-mail address that is safe to use. Add one, or sign together here."))
    Client.objects.select_for_update().get(pk=asked.client_id)
    before = Letter.objects.filter(about=asked.pk, kind=KIND)
    if twice := before.filter(to=point.value, created_at__gt=timezone.now() - contacts.TWICE).first():
        return twice
    nth = before.count() + 1
    audit.record("consent.sent", by=by, subject=asked.client_id, detail={"consent": str(asked.pk), "nth": nth})
    return post.write(KIND, key=f"consent:{asked.pk}:{nth}", to=point.value, about=asked.pk, client=asked.client_id)


@transaction.atomic
def end_open(client: Client) -> None:
    """She leaves: nothing is asked of her any more, and what is still open ends with its links and letters."""
    for earlier in Consent.objects.open().select_for_update().filter(client=client):
        _replace(earlier)


def replace_open(client: Client, key: str, *, until: datetime) -> None:
    """What was asked of this text by then and is still open was answered in another way: it ends, with its links."""
    asked = Consent.objects.open().filter(client=client, text__key=key, asked_at__lte=until)
    for earlier in asked.select_for_update():
        _replace(earlier)


def _replace(earlier: Consent) -> None:
    earlier.status = Consent.Status.REPLACED
    earlier.save(update_fields=["status"])
    links.end(PURPOSE, subject=earlier.pk)
    post.cancel(about=earlier.pk, kind=KIND)


def locked(consent: Consent) -> Consent:
    """The row as it is now, held until the transaction ends."""
    return (
        Consent.objects.select_for_update(of=("self",)).select_related("client", "text", "asked_by").get(pk=consent.pk)
    )


@transaction.atomic
def withdraw(consent: Consent, *, by: User | None, at: datetime | None = None) -> Consent:
    """Take a signed agreement back: at once, on any day, without a reason. `by` is None when she does it herself."""
    row = locked(consent)
    if row.status != Consent.Status.SIGNED:
        raise NotOpen(row)
    row.status, row.withdrawn_at, row.withdrawn_by = Consent.Status.WITHDRAWN, at or timezone.now(), by
    row.save(update_fields=["status", "withdrawn_at", "withdrawn_by"])
    audit.record("consent.withdrawn", by=by, subject=row.client_id, detail={"consent": str(row.pk)})
    return row
