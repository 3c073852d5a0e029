"""Checking a file against the seal and the register: what `manage.py verify_document` and the page /verify say.

A file is good when its seal is this practice's, covers all of it and holds, when the register has just this file, and
when all that was signed still stands. Of any other file nothing is said but what its own bytes show.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.domain import paper_standing
from clients.domain.paper_standing import Standing
from clients.models import Consent
from practice.domain import examining, seal
from practice.domain.examining import State, Verdict
from practice.domain.words import clock, short_day
from practice.models import Practice

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
STRANGE = (State.NO_SEAL, State.FOREIGN)


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
    now = at or timezone.now()
    signed = paper_standing.rows().select_related("paper").filter(paper__sha256=verdict.sha256).first()
    if signed is None or signed.paper is None:
        words = _("The seal is this practice’s, but this is not the file that it keeps. Do not rely on it.")
        return Checked(verdict, words)
    known = _known(signed, verdict, now)
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
        words = _("This paper is whole, exactly as this practice sealed it. %(why)s.")
        return words % {"why": capfirst(known.status)}
    return _("This paper is whole, exactly as this practice sealed it, but it no longer stands: %(why)s.") % {
        "why": known.status
    }


def _known(signed: Consent, verdict: Verdict, now: datetime) -> Known:
    practice = Practice.load()
    zone = practice.time_zone
    stands = paper_standing.of([signed], now=now, practice=practice)[signed.pk]
    return Known(
        title=signed.paper.title if signed.paper else "",
        number=signed.paper.number if signed.paper else "",
        signed_on=_day(signed.answered_at or now, zone),
        sealed_by=verdict.by.name if verdict.by else "",
        sealed_at=f"{short_day(_day(verdict.at, zone))}, {clock(verdict.at, zone)}" if verdict.at else "",
        standing=stands.standing,
        status=stands.words,
    )


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
