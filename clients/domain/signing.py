"""What the client answers on her page: talk first, rather not, or sign. Checked here whatever the page did."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import signature, steps
from clients.domain.consent import KIND, Kind, NotOpen, end_letters
from clients.domain.consent import locked as locked_row
from clients.models import Consent
from practice.domain import audit, hints
from practice.domain.audit import canonical
from practice.models import Letter, Practice, User

LONGEST_WORDS, LONGEST_SIGN, LONGEST_NAME = 2000, 120, 120


class NotWhole(Exception):
    """Something that a signature needs is missing; the message is a sentence for the signer."""


class How(StrEnum):
    """How we know who signed."""

    MAILED = "mailed"
    LINK = "link"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one person put on the page: her plan, her yes to the screen, and her name, typed or drawn."""

    plan: Mapping[str, str]
    accepts_screen: bool
    shown_sha256: str
    name: str = ""
    drawing: signature.Drawing | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What surrounded the signature. `witness` was logged in on the device on which she signed."""

    address: str = ""
    agent: str = ""
    witness: User | None = None


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
    consent: Consent, agreement: Agreement, *, circumstances: Circumstances, at: datetime | None = None
) -> Consent:
    """Sign, once. Raises NotOpen when it was answered meanwhile, NotWhole when something is missing."""
    moment, practice = at or timezone.now(), Practice.load()
    locked = _open(consent, moment)
    check(locked, agreement)
    talked_at = locked.answered_at
    steps.add(locked, Kind.DISCLOSED, at=moment, sha256=_disclosed(locked))
    locked.signer = " ".join(agreement.name.split())[:LONGEST_NAME] if not agreement.drawing else locked.signs
    locked.signature = agreement.drawing.to_json() if agreement.drawing else locked.signer
    locked.manner = Consent.Manner.DRAWN if agreement.drawing else Consent.Manner.TYPED
    locked.answers_text = canonical(locked.answers | {"plan": _plan(locked, agreement), "screen": True})
    locked.evidence_text = canonical(_evidence(locked, circumstances, moment, practice, talked_at))
    locked.status, locked.answered_at = Consent.Status.SIGNED, moment
    locked.covers_until = in_a_year(moment.astimezone(ZoneInfo(practice.time_zone)).date())
    locked.save(
        update_fields=[
            *("status", "answered_at", "covers_until", "manner"),
            *("signer_sealed", "signature_sealed", "answers_sealed", "evidence_sealed"),
        ]
    )
    steps.add(locked, Kind.SIGNED, at=moment, by=circumstances.witness)
    end_letters(locked)
    audit.record(
        "consent.signed",
        by=circumstances.witness,
        subject=locked.client_id,
        detail={"consent": str(locked.pk), "shown": locked.shown_sha256},
    )
    # a lost hint costs nothing: the paper is made when it is first asked for
    transaction.on_commit(lambda: hints.send("clients.tasks.keep_signed_consent", locked.pk))
    return locked


def _disclosed(consent: Consent) -> str:
    """The fingerprint of what was said about signing on a screen."""
    return hashlib.sha256(canonical(consent.shown["disclosure"]).encode()).hexdigest()


def _plan(consent: Consent, agreement: Agreement) -> dict[str, str]:
    """Her answers to the questions that were asked, and her sign; nothing else that a page may have sent."""
    keys = [question["key"] for question in _questions(consent.shown)]
    sign = agreement.plan.get("sign", "").strip()[:LONGEST_SIGN] if consent.shown.get("plan") else ""
    return {key: agreement.plan[key] for key in keys} | ({"sign": sign} if sign else {})


def _questions(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a text asks about meeting somebody she knows; a text can be without such a plan."""
    questions: list[dict[str, Any]] = shown["plan"]["questions"] if shown.get("plan") else []
    return questions


def check(consent: Consent, agreement: Agreement) -> None:
    """Everything a signature needs, looked at again here whatever the page did. Raises NotWhole with a sentence."""
    shown = consent.shown
    if not shown or agreement.shown_sha256 != consent.shown_sha256:
        raise NotWhole(_("The text is not the one that this page was opened with. Please open the link again."))
    if not agreement.accepts_screen:
        raise NotWhole(_("Please say that you agree to sign on a screen, or ask for it on paper."))
    for question in _questions(shown):
        if agreement.plan.get(question["key"]) not in {choice["value"] for choice in question["choices"]}:
            raise NotWhole(_("Please choose an answer: %(question)s") % {"question": question["label"]})
    if agreement.drawing is None and sum(letter.isalpha() for letter in agreement.name) < 2:
        raise NotWhole(_("Please type your full name, or draw it."))


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
    locked: Consent, around: Circumstances, moment: datetime, practice: Practice, talked_at: datetime | None
) -> dict[str, Any]:
    """How it came to this signature, as it will be printed."""
    about = locked.request_id or locked.pk
    letter = Letter.objects.filter(about=about, kind=KIND, state=Letter.State.SENT).order_by("-sent_at").first()
    before = signed_before(locked, moment)
    return {
        "signed_at": moment.isoformat(timespec="seconds"),
        "zone": practice.time_zone,
        "meaning": locked.meaning,
        "relation": locked.signatory.relation if locked.signatory else "",
        "steps": [{"kind": one.kind, "at": one.at.isoformat(timespec="seconds")} for one in steps.of(locked)],
        "how": _how(around, letter).value,
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


def _how(around: Circumstances, letter: Letter | None) -> How:
    if around.witness:
        return How.TOGETHER
    return How.MAILED if letter else How.LINK
