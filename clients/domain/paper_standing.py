"""Where the paper of a signature stands: active, in part, superseded, withdrawn, run out, or to be signed anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.domain import coverage
from clients.domain.one_answer import Coverage, Why
from clients.models import Consent
from clients.models.consent import ConsentQuerySet
from practice.domain.words import short_day
from practice.models import Practice, Scope


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


LOOKS = {
    Standing.ACTIVE: ("ok", "circle-check"),
    Standing.IN_PART: ("look", "undo-2"),
    Standing.SUPERSEDED: ("plain", "history"),
    Standing.WITHDRAWN: ("stop", "undo-2"),
    Standing.DECLINED: ("stop", "undo-2"),
}
"""The tone and the icon of each; of whatever ran out or is to be signed anew, those of something to look at."""


@dataclass(frozen=True, slots=True)
class Stands:
    """Where one stands, and why in words."""

    standing: Standing
    words: str

    @property
    def tone(self) -> str:
        """How it is drawn."""
        return LOOKS.get(self.standing, ("look", "clock-alert"))[0]

    @property
    def icon(self) -> str:
        """The icon beside the words."""
        return LOOKS.get(self.standing, ("look", "clock-alert"))[1]


SEALED = ("shown_sealed", "signer_sealed", "signature_sealed", "answers_sealed", "evidence_sealed", "text__body")
"""What a list of signatures leaves closed."""


def rows() -> ConsentQuerySet:
    """Consents with what `of` looks at: `newer_at`, when the same person signed the same text the next time, whatever
    became of that one."""
    person = Coalesce("signatory_id", "client_id")
    again = Consent.objects.annotate(person=person).filter(
        client=OuterRef("client"),
        person=Coalesce(OuterRef("signatory_id"), OuterRef("client_id")),
        text__key=OuterRef("text__key"),
        answered_at__gt=OuterRef("answered_at"),
        status__in=[Consent.Status.SIGNED, Consent.Status.WITHDRAWN],
    )
    found = Consent.objects.select_related("text", "client", "signatory")
    return found.annotate(newer_at=Subquery(again.order_by("answered_at").values("answered_at")[:1]))


def of(signed: Sequence[Consent], *, now: datetime, practice: Practice) -> dict[UUID, Stands]:
    """Of rows of `rows`, by their ids: taken back, replaced, ended as coverage has it, taken back in part; the first
    that is true. As many queries for one as for many."""
    alone = coverage.by_themselves(signed, practice.day_of(now)) if signed else {}
    return {one.pk: _of(one, alone[one.pk], practice) for one in signed}


def among(rows: Iterable[Consent], *, now: datetime) -> list[tuple[Consent, Stands | None]]:
    """Rows of `rows`, each with where it stands; one that was never signed stands nowhere."""
    found = list(rows)
    stands = of([one for one in found if one.was_signed], now=now, practice=Practice.load())
    return [(one, stands.get(one.pk)) for one in found]


def _of(signed: Consent, alone: Coverage, practice: Practice) -> Stands:
    zone = ZoneInfo(practice.time_zone)
    if signed.status == Consent.Status.WITHDRAWN and signed.withdrawn_at:
        return Stands(Standing.WITHDRAWN, _("taken back on %(day)s") % {"day": _day(signed.withdrawn_at, zone)})
    if newer := signed.newer_at:  # type: ignore[attr-defined]
        return Stands(Standing.SUPERSEDED, _("a newer one was signed on %(day)s") % {"day": _day(newer, zone)})
    if not alone.is_covered:
        return _ended(alone)
    if signed.signatory and signed.signatory.ended_at:
        return Stands(Standing.ENDED, _("whoever signed it signs for the client no more"))
    if signed.withdrawn_modes and signed.withdrawn_at:
        return Stands(Standing.IN_PART, in_part(signed.withdrawn_modes, _day(signed.withdrawn_at, zone)))
    until = signed.covers_until
    words = _("active, until %(day)s") % {"day": short_day(until)} if until else _("active")
    return Stands(Standing.ACTIVE, words)


def in_part(modes: Sequence[str], day: str) -> str:
    """That these were taken back on a day while the rest stands."""
    words = ngettext(
        "%(what)s was taken back on %(day)s; the rest stands",
        "%(what)s were taken back on %(day)s; the rest stands",
        len(modes),
    )
    what = str(get_text_list([Scope(mode).label for mode in modes], _("and")))
    return words % {"what": what, "day": day}


def _ended(alone: Coverage) -> Stands:
    """What ended it, as for a session. The birthday is not told: it is no part of the paper."""
    last = alone.until or date.min
    since = {"day": short_day(last + timedelta(days=1))}
    reasons = {
        Why.YEAR_OVER: Stands(Standing.RAN_OUT, _("it ran out on %(day)s") % {"day": short_day(last)}),
        Why.HAPPENED: Stands(Standing.DUE_AGAIN, _("it is to be signed anew since %(day)s") % since),
        Why.NEW_TEXT: Stands(Standing.RENEWED, _("the text has changed on %(day)s and is to be signed anew") % since),
        Why.GROWN: Stands(
            Standing.OF_AGE, _("it was signed in younger years, and the client is old enough to sign anew")
        ),
    }
    if alone.why:
        return reasons[alone.why]
    if alone.said_no:
        return Stands(Standing.DECLINED, _("whoever signed it has said no since"))
    return Stands(Standing.UNSETTLED, _("who has to sign for the client is to be settled first"))


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return short_day(moment.astimezone(zone).date())
