"""Checking a file against the seal and the register: what `manage.py verify_document` and the page /verify say.

A file is good when its seal is this practice's, covers all of it and holds, when the register has just this file, and
when all that was signed still stands. Of any other file nothing is said but what its own bytes show.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.domain import coverage
from clients.domain.one_answer import Coverage, Why
from clients.models import Consent
from practice.domain import examining, seal
from practice.domain.examining import State, Verdict
from practice.domain.words import clock, short_day
from practice.models import Practice, Scope

SAID = {
    State.NOT_A_PDF: gettext_lazy("This is not a PDF file."),
    State.TOO_LARGE: gettext_lazy("This file has more than 20 MB; no paper of this practice is so large."),
    State.NO_SEAL: gettext_lazy("This file carries no seal. This practice does not know it."),
    State.UNREADABLE: gettext_lazy(
        "The seal of this file cannot be read: it was damaged, or it is not one of this practice’s."
    ),
    State.FOREIGN: gettext_lazy("This file was sealed by somebody else. This practice does not know it."),
    State.BROKEN: gettext_lazy(
        "The seal is broken: something in this file was changed after it was sealed. It is not what was signed."
    ),
    State.ADDED_TO: gettext_lazy(
        "Something was added to this file after it was sealed. As it is, it is not what was signed."
    ),
}
UNUSABLE = (State.NOT_A_PDF, State.TOO_LARGE)
BESIDE = ("paper", "text", "client", "signatory")
STRANGE = (State.NO_SEAL, State.FOREIGN)


class Standing(StrEnum):
    """Where it stands with what was signed."""

    ACTIVE = "active"
    IN_PART = "in_part"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    RAN_OUT = "ran_out"
    OF_AGE = "of_age"
    DUE_AGAIN = "due_again"
    RENEWED = "renewed"
    DECLINED = "declined"
    ENDED = "ended"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says of a file that it has; nothing of whoever signed."""

    title: str
    number: str
    signed_on: date
    sealed_by: str
    sealed_at: str
    standing: Standing
    status: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, in one sentence, and for a file of ours what is known of it."""

    verdict: Verdict
    said: str
    known: Known | None = None

    @property
    def is_good(self) -> bool:
        """True when the paper is whole, ours, and all of it stands."""
        return self.known is not None and self.known.standing == Standing.ACTIVE

    @property
    def stands_in_part(self) -> bool:
        """True when a part was taken back and the rest stands."""
        return self.known is not None and self.known.standing == Standing.IN_PART

    @property
    def is_usable(self) -> bool:
        """False for what is no PDF, or too large to be one of ours."""
        return self.verdict.state not in UNUSABLE

    @property
    def is_strange(self) -> bool:
        """True for a PDF that does not even claim to be a paper of this practice."""
        return self.verdict.state in STRANGE


def check(data: bytes, *, at: datetime | None = None) -> Checked:
    """The answer about a file, for anybody who has it. Nothing is kept of it."""
    verdict = examining.examine(data, ours=seal.certificates())
    if verdict.state == State.PAGES_ADDED:
        return Checked(verdict, _pages_added(verdict.pages))
    if not verdict.is_intact:
        return Checked(verdict, str(SAID[verdict.state]))
    signed = Consent.objects.filter(paper__sha256=verdict.sha256).select_related(*BESIDE).first()
    if signed is None or signed.paper is None:
        words = _("The seal is this practice’s, but this is not the file that it keeps. Do not rely on it.")
        return Checked(verdict, words)
    known = _known(signed, verdict, at or timezone.now())
    return Checked(verdict, _whole(known), known)


def _pages_added(pages: int) -> str:
    words = ngettext(
        "A page was added to this file after it was sealed. As it is, it is not what was signed.",
        "%(n)d pages were added to this file after it was sealed. As it is, it is not what was signed.",
        pages,
    )
    return words % {"n": pages}


def _whole(known: Known) -> str:
    if known.standing == Standing.ACTIVE:
        return _("This paper is whole, exactly as this practice sealed it, and what was signed stands.")
    if known.standing == Standing.IN_PART:
        words = _("This paper is whole, exactly as this practice sealed it. Not all of it stands: %(why)s.")
        return words % {"why": known.status}
    return _("This paper is whole, exactly as this practice sealed it, but it no longer stands: %(why)s.") % {
        "why": known.status
    }


def _known(signed: Consent, verdict: Verdict, now: datetime) -> Known:
    zone = Practice.load().time_zone
    standing, status = _stands(signed, now, zone)
    return Known(
        title=signed.paper.title if signed.paper else "",
        number=signed.paper.number if signed.paper else "",
        signed_on=_day(signed.answered_at or now, zone),
        sealed_by=verdict.by.name if verdict.by else "",
        sealed_at=f"{short_day(_day(verdict.at, zone))}, {clock(verdict.at, zone)}" if verdict.at else "",
        standing=standing,
        status=status,
    )


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _stands(signed: Consent, now: datetime, zone: str) -> tuple[Standing, str]:
    """Taken back, replaced, ended as coverage has it, taken back in part: the first that is true, in words."""
    today = _day(now, zone)
    if signed.status == Consent.Status.WITHDRAWN and signed.withdrawn_at:
        day = short_day(_day(signed.withdrawn_at, zone))
        return Standing.WITHDRAWN, _("taken back on %(day)s") % {"day": day}
    if newer := _newer(signed):
        day = short_day(_day(newer, zone))
        return Standing.SUPERSEDED, _("a newer one was signed on %(day)s") % {"day": day}
    found = coverage.by_itself(signed, today)
    if not found.is_covered:
        return _ended(found)
    if signed.signatory and signed.signatory.ended_at:
        return Standing.ENDED, _("whoever signed it signs for the client no more")
    if signed.withdrawn_modes and signed.withdrawn_at:
        what = ", ".join(str(Scope(mode).label) for mode in signed.withdrawn_modes)
        about = {"what": what, "day": short_day(_day(signed.withdrawn_at, zone))}
        return Standing.IN_PART, _("taken back by %(day)s was: %(what)s; the rest stands") % about
    until = signed.covers_until
    return Standing.ACTIVE, _("active, until %(day)s") % {"day": short_day(until)} if until else _("active")


def _ended(found: Coverage) -> tuple[Standing, str]:
    """What ended it, as for a session. The birthday is not told: it is no part of the paper."""
    last = found.until or date.min
    since = {"day": short_day(last + timedelta(days=1))}
    reasons = {
        Why.YEAR_OVER: (Standing.RAN_OUT, _("it ran out on %(day)s") % {"day": short_day(last)}),
        Why.HAPPENED: (Standing.DUE_AGAIN, _("it is to be signed anew since %(day)s") % since),
        Why.NEW_TEXT: (Standing.RENEWED, _("the text has changed on %(day)s and is to be signed anew") % since),
        Why.GROWN: (Standing.OF_AGE, _("it was signed in younger years, and the client is old enough to sign anew")),
    }
    if found.why:
        return reasons[found.why]
    if found.said_no:
        return Standing.DECLINED, _("whoever signed it has said no since")
    return Standing.UNSETTLED, _("who has to sign for the client is to be settled first")


def _newer(signed: Consent) -> datetime | None:
    """When the same person signed the same text the next time, whatever became of that one."""
    rows = Consent.objects.filter(
        client=signed.client_id,
        signatory=signed.signatory_id,
        text__key=signed.text.key,
        answered_at__gt=signed.answered_at,
    )
    was_signed = rows.filter(status__in=[Consent.Status.SIGNED, Consent.Status.WITHDRAWN])
    return was_signed.order_by("answered_at").values_list("answered_at", flat=True).first()
