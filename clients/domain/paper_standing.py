"""Where the paper of a signature stands: active, in part, superseded, withdrawn, run out, or to be signed anew."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from clients.domain import ages
from clients.models import Consent, ConsentText
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


LOOKS = {
    Standing.ACTIVE: ("ok", "circle-check"),
    Standing.IN_PART: ("look", "undo-2"),
    Standing.SUPERSEDED: ("plain", "history"),
    Standing.WITHDRAWN: ("stop", "undo-2"),
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


def rows(now: datetime) -> ConsentQuerySet:
    """Consents with what `of` looks at: `newer_at`, when the same person signed the same text the next time, whatever
    became of that one; `renewed_at`, when a later version was published that asks for new signatures."""
    person = Coalesce("signatory_id", "client_id")
    again = Consent.objects.annotate(person=person).filter(
        client=OuterRef("client"),
        person=Coalesce(OuterRef("signatory_id"), OuterRef("client_id")),
        text__key=OuterRef("text__key"),
        answered_at__gt=OuterRef("answered_at"),
        status__in=[Consent.Status.SIGNED, Consent.Status.WITHDRAWN],
    )
    later = ConsentText.objects.filter(
        key=OuterRef("text__key"),
        language=OuterRef("text__language"),
        version__gt=OuterRef("text__version"),
        renews=True,
        published_at__lte=now,
    )
    found = Consent.objects.select_related("text", "client", "signatory")
    return found.annotate(
        newer_at=Subquery(again.order_by("answered_at").values("answered_at")[:1]),
        renewed_at=Subquery(later.order_by("published_at").values("published_at")[:1]),
    )


def of(signed: Consent, *, now: datetime, practice: Practice) -> Stands:
    """Of a row of `rows`: taken back, replaced, ended, taken back in part; the first that is true. No queries."""
    zone = ZoneInfo(practice.time_zone)
    if signed.status == Consent.Status.WITHDRAWN and signed.withdrawn_at:
        return Stands(Standing.WITHDRAWN, _("taken back on %(day)s") % {"day": _day(signed.withdrawn_at, zone)})
    if newer := signed.newer_at:  # type: ignore[attr-defined]
        return Stands(Standing.SUPERSEDED, _("a newer one was signed on %(day)s") % {"day": _day(newer, zone)})
    until = signed.covers_until
    if until and until < practice.day_of(now):
        return Stands(Standing.RAN_OUT, _("it ran out on %(day)s") % {"day": short_day(until)})
    if ended := _ended_early(signed, practice.day_of(now), practice):
        return ended
    if signed.withdrawn_modes and signed.withdrawn_at:
        what = ", ".join(str(Scope(mode).label) for mode in signed.withdrawn_modes)
        about = {"what": what, "day": _day(signed.withdrawn_at, zone)}
        return Stands(Standing.IN_PART, _("taken back by %(day)s was: %(what)s; the rest stands") % about)
    words = _("active, until %(day)s") % {"day": short_day(until)} if until else _("active")
    return Stands(Standing.ACTIVE, words)


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return short_day(moment.astimezone(zone).date())


def _ended_early(signed: Consent, today: date, practice: Practice) -> Stands | None:
    """What ends it before its last day, as for a session. The birthday is not told: it is no part of the paper."""
    of_age_on = ages.birthday(signed.client.birth_date, practice.majority_age)
    if _was_for_a_minor(signed) and of_age_on and of_age_on <= today:
        return Stands(Standing.OF_AGE, _("it was signed under age, and the client is of age now"))
    if signed.due_again_on and signed.due_again_on <= today:
        words = _("it is to be signed anew since %(day)s") % {"day": short_day(signed.due_again_on)}
        return Stands(Standing.DUE_AGAIN, words)
    if renewed := signed.renewed_at:  # type: ignore[attr-defined]
        words = _("the text has changed on %(day)s and is to be signed anew")
        return Stands(Standing.RENEWED, words % {"day": _day(renewed, ZoneInfo(practice.time_zone))})
    return None


def _was_for_a_minor(signed: Consent) -> bool:
    if signed.signatory:
        return signed.signatory.signs_for_a_minor
    return signed.meaning == Consent.Meaning.ASSENT
