"""What is answered on the page: talk first, rather not, agree to a screen, sign. Checked here whatever the page did."""

import hashlib
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import consent_copies, consent_texts, identity, names, steps
from clients.domain.agreement import (
    LONGEST_NAME,
    Agreement,
    NotWhole,
    check,
    disclosed,
    disclosure_print,
    initials_of,
    plan_of,
)
from clients.domain.consent import KIND, Kind, NotOpen, end_letters
from clients.domain.consent import locked as locked_row
from clients.domain.identity import Circumstances, Known
from clients.models import Client, Consent, ConsentStep
from practice.domain import audit, hints
from practice.domain.audit import canonical
from practice.models import Letter, Practice, User

__all__ = ["Agreement", "Circumstances", "NotWhole", "decline", "disclose", "sign", "talk"]
LONGEST_WORDS = 2000
PRINTED = ("to", "how", "day", "who", "interpreter", "language", "sha256")
"""What of a step's detail goes into the evidence. What somebody asked when it was talked through never does."""


def _open(consent: Consent, moment: datetime) -> Consent:
    locked = locked_row(consent)
    late = locked.request is not None and locked.request.expires_at <= moment
    if not locked.is_open or late:
        raise NotOpen(locked)
    return locked


@transaction.atomic
def talk(consent: Consent, *, words: str = "", by: User | None = None, at: datetime | None = None) -> Consent:
    """She wants to talk it through first. It stays open, and she may sign with the same link afterwards."""
    moment = at or timezone.now()
    locked = _open(consent, moment)
    locked.status, locked.answered_at = Consent.Status.TALK, moment
    _keep_words(locked, "talk", words)
    locked.save(update_fields=["status", "answered_at", "answers_sealed"])
    steps.add(locked, Kind.TALK, at=locked.answered_at, by=by)
    audit.record("consent.talk", by=by, subject=locked.client_id, detail={"consent": str(locked.pk)})
    return locked


@transaction.atomic
def decline(consent: Consent, *, words: str = "", by: User | None = None, at: datetime | None = None) -> Consent:
    """She would rather stay indoors. The words are hers to leave out."""
    moment = at or timezone.now()
    locked = _open(consent, moment)
    locked.status, locked.answered_at = Consent.Status.DECLINED, moment
    _keep_words(locked, "declined", words)
    locked.save(update_fields=["status", "answered_at", "answers_sealed"])
    steps.add(locked, Kind.DECLINED, at=locked.answered_at, by=by)
    end_letters(locked)
    audit.record("consent.declined", by=by, subject=locked.client_id, detail={"consent": str(locked.pk)})
    return locked


def _keep_words(locked: Consent, name: str, words: str) -> None:
    if words.strip():
        locked.answers_text = canonical(locked.answers | {name: words.strip()[:LONGEST_WORDS]})


@transaction.atomic
def sign(
    consent: Consent,
    agreement: Agreement,
    *,
    circumstances: Circumstances,
    at: datetime | None = None,
    send_copy: bool = True,
) -> Consent:
    """Sign, once; a copy goes to the signer's safe address.

    Raises NotOpen when it was answered meanwhile, NotWhole when something is missing.
    """
    moment, practice = at or timezone.now(), Practice.load()
    locked = _open(consent, moment)
    _whole(locked, agreement, moment)
    known = _known(locked, circumstances, moment)
    talked_at = locked.answered_at
    _put_name(locked, agreement)
    said = {"plan": plan_of(locked, agreement), "initials": initials_of(locked, agreement), "screen": True}
    locked.answers_text = canonical(locked.answers | said)
    locked.evidence_text = canonical(_evidence(locked, circumstances, known, moment, practice, talked_at))
    locked.status, locked.answered_at = Consent.Status.SIGNED, moment
    locked.covers_until = in_a_year(moment.astimezone(ZoneInfo(practice.time_zone)).date())
    locked.save(
        update_fields=[
            *("status", "answered_at", "covers_until", "manner"),
            *("signer_sealed", "signature_sealed", "answers_sealed", "evidence_sealed"),
        ]
    )
    steps.add(locked, Kind.SIGNED, at=moment, by=circumstances.witness, how=known.how.value, to=known.to)
    end_letters(locked)
    if send_copy:
        consent_copies.write(locked)
    audit.record(
        "consent.signed",
        by=circumstances.witness,
        subject=locked.client_id,
        detail={"consent": str(locked.pk), "shown": locked.shown_sha256},
    )
    # a lost hint costs nothing: the paper is made when it is first asked for
    transaction.on_commit(lambda: hints.send("clients.tasks.keep_signed_consent", locked.pk))
    return locked


def overtaken(consent: Consent, *, at: datetime) -> str:
    """Why this version is signed no more, as a sentence for the signer; "" while it may be."""
    if not consent_texts.is_overtaken(consent.text, at=at):
        return ""
    return _(
        "There is a newer version of this text, so this one is not signed any more. Please ask us for the new one."
    )


def _whole(locked: Consent, agreement: Agreement, moment: datetime) -> None:
    """Raises NotWhole when the version was overtaken or something is missing."""
    if words := overtaken(locked, at=moment):
        raise NotWhole(words)
    check(locked, agreement)


def _put_name(locked: Consent, agreement: Agreement) -> None:
    locked.signer = names.seen(agreement.name)[:LONGEST_NAME] if not agreement.drawing else locked.signs
    locked.signature = agreement.drawing.to_json() if agreement.drawing else locked.signer
    locked.manner = Consent.Manner.DRAWN if agreement.drawing else Consent.Manner.TYPED


def _known(locked: Consent, around: Circumstances, moment: datetime) -> Known:
    """How we know who signs, kept as a step of this very asking. Raises NotWhole when we do not."""
    known = identity.who(locked, around, at=moment)
    if known is None:
        raise NotWhole(identity.first_a_code())
    told = [step for step in steps.of(locked) if step.kind == Kind.IDENTIFIED]
    if known.how not in {step.detail.get("how") for step in told}:
        steps.add(locked, Kind.IDENTIFIED, at=moment, by=around.witness, how=known.how.value, to=known.to)
    return known


@transaction.atomic
def disclose(consent: Consent, *, sha256: str, circumstances: Circumstances, at: datetime | None = None) -> None:
    """She agrees to read and sign on a screen: an act of its own, kept with the fingerprint of the words, and only from
    whoever is known to be the one who signs.

    Whatever else is open in the same request and says the same words is agreed to with it. Raises NotOpen, or NotWhole
    when the words are others or we do not know who that is.
    """
    moment = at or timezone.now()
    Client.objects.select_for_update().only("pk").get(pk=consent.client_id)
    locked = _open(consent, moment)
    if sha256 != disclosure_print(locked):
        raise NotWhole(_("The text is not the one that this page was opened with. Please open the link again."))
    known = identity.who(locked, circumstances, at=moment)
    if known is None:
        raise NotWhole(identity.first_a_code())
    by, how = circumstances.witness, known.how.value
    beside = Consent.objects.open().filter(request=locked.request_id).exclude(pk=locked.pk) if locked.request else []
    for one in [locked, *beside]:
        if disclosure_print(one) == sha256 and not disclosed(one):
            steps.add(one, Kind.DISCLOSED, at=moment, by=by, sha256=sha256, how=how, to=known.to)
    audit.record("consent.disclosed", by=by, subject=locked.client_id, detail={"consent": str(locked.pk)})


def in_a_year(day: date) -> date:
    """The same day a year later; for 29 February the day before 1 March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def signed_before(consent: Consent, moment: datetime) -> Consent | None:
    """The one that this takes the place of: the last of the same text that she signed."""
    signed = [Consent.Status.SIGNED, Consent.Status.WITHDRAWN]
    rows = Consent.objects.filter(client=consent.client_id, text__key=consent.text.key, answered_at__lt=moment)
    rows = rows.filter(signatory=consent.signatory_id)
    return rows.filter(status__in=signed).exclude(pk=consent.pk).select_related("text").order_by("-answered_at").first()


def _evidence(
    locked: Consent,
    around: Circumstances,
    known: Known,
    moment: datetime,
    practice: Practice,
    talked_at: datetime | None,
) -> dict[str, Any]:
    """How it came to this signature, as it will be printed: with the names of this moment, whatever they become."""
    about = locked.request_id or locked.pk
    letter = Letter.objects.filter(about=about, kind=KIND, state=Letter.State.SENT).order_by("-sent_at").first()
    before = signed_before(locked, moment)
    return {
        "signed_at": moment.isoformat(timespec="seconds"),
        "zone": practice.time_zone,
        "client": locked.client.name,
        "signs": locked.signs,
        "meaning": locked.meaning,
        "relation": locked.signatory.relation if locked.signatory else "",
        "steps": [_printed(step) for step in steps.of(locked)],
        "how": known.how.value,
        "known_to": known.to,
        "witness": around.witness.name if around.witness else "",
        "address": around.address[:64],
        "agent": around.agent[:400],
        "to": letter.to if letter else "",
        "sent_at": letter.sent_at.isoformat(timespec="seconds") if letter and letter.sent_at else "",
        "asked_at": locked.asked_at.isoformat(timespec="seconds"),
        "asked_by": locked.asked_by.name,
        "talked_at": talked_at.isoformat(timespec="seconds") if talked_at else "",
        "replaces": {"version": before.text.version, "signed_at": before.answered_at.isoformat(timespec="seconds")}
        if before and before.answered_at
        else {},
        "text_sha256": locked.text.sha256,
        "shown_sha256": locked.shown_sha256,
        "answers_sha256": hashlib.sha256(locked.answers_text.encode()).hexdigest(),
        "signature_sha256": hashlib.sha256(locked.signature.encode()).hexdigest(),
    }


def _printed(step: ConsentStep) -> dict[str, str]:
    """A step as the evidence keeps it."""
    told = {"kind": step.kind, "at": step.at.isoformat(timespec="seconds"), "by": step.by.name if step.by else ""}
    return told | {name: value for name, value in step.detail.items() if name in PRINTED}
