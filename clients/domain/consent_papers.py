"""The signed paper: printed once from what was sealed at signing, closed with the practice's seal, kept, and never
printed again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from clients.domain import agreement, consent, consent_texts, signer_words, step_words
from clients.domain.signature import Drawing
from clients.models import Consent, ConsentStep, Signatory
from practice.domain import papers, printing, seal
from practice.domain.words import apart, clock, short_day
from practice.models import Paper, SealingCertificate


class NotSigned(Exception):
    """There is no paper of what was not signed on a screen."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the page of evidence."""

    when: str
    what: str
    known: str
    is_the_signature: bool = False


def paper_of(signed: Consent) -> Paper:
    """The kept paper of a signed consent; made now when no worker has made it yet. Two at once keep one."""
    if signed.paper:
        return signed.paper
    if not signed.was_signed or not signed.shown_text:
        raise NotSigned
    number = papers.new_number(now=signed.answered_at)
    with override(signed.text.language):
        data = _sealed(signed, number)
    with transaction.atomic():
        row = consent.locked(signed)
        if row.paper is None:
            row.paper = papers.keep(
                subject=row.client_id,
                kind="consent",
                title=_("%(title)s, version %(version)s") % signed.shown,
                data=data,
                media_type="application/pdf",
                by=None,
                number=number,
            )
            row.save(update_fields=["paper"])
    return row.paper


def _sealed(signed: Consent, number: str) -> bytes:
    """Printed, with its certificate's fingerprint on the page of evidence, and sealed with just that one."""
    by = seal.certificate()
    data = printing.pdf("pdf/consent.html", context(signed, number, by))
    return seal.seal(data, by=by, reason=_("Record of what was signed: %(title)s") % {"title": signed.shown["title"]})


def drawing(signed: Consent) -> Drawing | None:
    """The drawn name; none when it was typed."""
    return Drawing.from_json(signed.signature) if signed.manner == Consent.Manner.DRAWN else None


def initials(signed: Consent) -> list[tuple[str, str]]:
    """The headings of the clauses that asked for initials, each with hers."""
    put = signed.answers.get("initials", {})
    return [(one.heading, put[one.key]) for one in agreement.initialled(signed.shown) if one.key in put]


def client_of(signed: Consent) -> str:
    """The client's name as it was at signing; of what was signed before it was kept, as it is now."""
    return signed.evidence.get("client") or signed.client.name


def as_whom(signed: Consent) -> str:
    """As whom somebody beside the client signed, as it was then; "" for the client."""
    relation = signed.evidence.get("relation")
    return signer_words.as_whom(relation, client_of(signed)) if relation else ""


def in_fours(fingerprint: str) -> str:
    """A fingerprint that can be read out: groups of four."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def context(signed: Consent, number: str, by: SealingCertificate) -> dict[str, Any]:
    """What the paper says: all of it from what was sealed when it was signed."""
    shown, evidence = signed.shown, signed.evidence
    title = shown["title"].split(": ")
    prints = ("shown_sha256", "answers_sha256", "signature_sha256")
    return {
        "document_id": number,
        "consent": signed,
        "client": apart(client_of(signed)),
        "shown": shown,
        "title_lines": [f"{line}:" for line in title[:-1]] + title[-1:],
        "language": get_language_info(shown["language"])["name_local"],
        "sections": consent_texts.sections(shown),
        "plan": consent_texts.plan_said(shown, signed.answers.get("plan", {})),
        "initials": initials(signed),
        "signer": apart(signed.signer),
        "as_whom": as_whom(signed),
        "drawing": drawing(signed),
        "evidence": evidence,
        "signed_when": _moment(evidence["signed_at"], evidence["zone"]),
        "signed_on": _local(evidence["signed_at"], evidence["zone"]).date(),
        "prints": {name: in_fours(evidence[name]) for name in prints},
        "happenings": happenings(signed),
        "replaced": _replaced(evidence),
        "sealed_by": by.name,
        "certificate": in_fours(by.fingerprint),
        "undrawn": printing.undrawn("".join([signed.signer, client_of(signed), signed.answers_text])),
        "check_at": settings.BASE_URL + reverse("verify"),
    }


def _local(moment: str, zone: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))


def _moment(moment: str, zone: str) -> str:
    """“8 Oct 2026, 11:26”: a paper always says the year."""
    return f"{short_day(_local(moment, zone).date())}, {clock(datetime.fromisoformat(moment), zone)}"


def _replaced(evidence: dict[str, Any]) -> str:
    before = evidence["replaces"]
    if not before:
        return ""
    day = short_day(_local(before["signed_at"], evidence["zone"]).date())
    return _("version %(version)s, signed %(day)s") % {"version": before["version"], "day": day}


def happenings(signed: Consent) -> list[Happening]:
    """What led to the signature, in order: the steps as they were sealed with it, then the signature."""
    seen, zone = signed.evidence, signed.evidence["zone"]
    told = [_told(step, signed) for step in seen.get("steps", [])]
    how = _("name drawn") if signed.manner == Consent.Manner.DRAWN else _("name typed")
    words = _("Signed: %(how)s, button “%(button)s” pressed") % {"how": how, "button": signed.shown["signing"]["act"]}
    moment = _moment(seen["signed_at"], zone)
    told.append(Happening(moment, words, identified(signed), is_the_signature=True))
    told.append(Happening(moment, _("Copy given at once"), _("On the page where it was signed")))
    return told


def _told(step: dict[str, str], signed: Consent) -> Happening:
    """One sealed step. Of the letter it is said whether the mail server took it."""
    seen, zone = signed.evidence, signed.evidence["zone"]
    what, known = step_words.said(step["kind"], step, step.get("by", ""))
    if step["kind"] == ConsentStep.Kind.ASKED:
        about = {"version": signed.shown["version"], "name": apart(seen.get("signs") or signed.signs)}
        what = _("Version %(version)s made ready for %(name)s") % about
        known = _("By %(name)s") % {"name": apart(seen["asked_by"])}
    if step["kind"] == ConsentStep.Kind.SENT and seen["sent_at"]:
        known = _("The mail server took the letter to %(address)s") % {"address": seen["to"]}
    return Happening(_moment(step["at"], zone), what, known)


def identified(signed: Consent) -> str:
    """How we know who signed, and as whom, in a sentence."""
    seen = signed.evidence
    to = seen.get("known_to") or seen["to"]
    known = step_words.identified(seen["how"], to=to, witness=seen["witness"])
    if role := as_whom(signed):
        return f"{known}. " + _("Signed %(as_whom)s.") % {"as_whom": role}
    return known


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A consent that was signed on paper: by whom and on which day, and who put it in here, when."""

    signer: str
    relation: str
    signed_on: date
    kept_by: str
    kept_at: datetime


def on_paper(signed: Consent) -> OnPaper | None:
    """What is known of a paper; None for whatever was signed on a screen."""
    if signed.manner != Consent.Manner.PAPER:
        return None
    seen = signed.evidence
    kept_at = datetime.fromisoformat(seen["kept_at"])
    relation = str(Signatory.Relation(seen["relation"]).label) if seen.get("relation") else ""
    signer = seen.get("signs") or signed.signs
    return OnPaper(signer, relation, date.fromisoformat(seen["signed_on"]), seen["kept_by"], kept_at)
