"""Danger stated now: the only thing that moves a booking by itself. It lasts until a decision that came after it.

Stated intent in the suicide questions is asked of `asq`, because a safety assessment has to settle it too. Here is the
rest: what answers of any other kind said about danger to the body, handed in or only begun.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import asq, results, worry
from clients.domain.results import Result
from clients.models import Alert, Decision, Screening
from clients.models.alert import AlertQuerySet
from clients.models.screening import ScreeningQuerySet
from practice.domain import words

Heard = tuple[Screening, Result]
SAID_AT = Coalesce("submitted_at", "saved_at")


def since_decided(clients: Collection[UUID]) -> list[Heard]:
    """What these clients answered since their newest decision, with what it came to, the oldest first. What a client
    has begun and not handed in counts as well: nobody waits for the last page.

    Three queries at the most, whatever the number: the answers, and the keys to them.
    """
    answered = list(heard().filter(client__in=clients).order_by(SAID_AT).defer("told_sealed"))
    return list(zip(answered, results.of_each(answered), strict=True))


def heard() -> ScreeningQuerySet:
    """What anybody answered since the newest decision about them, each with `said_at`."""
    decided = Decision.objects.filter(client=OuterRef("client"), at__gte=OuterRef("said_at"))
    rows = Screening.objects.filter(status__in=[Screening.Status.SUBMITTED, Screening.Status.STARTED])
    return rows.annotate(said_at=SAID_AT).filter(said_at__isnull=False).exclude(Exists(decided))


def stated(answers: Collection[Heard]) -> dict[UUID, str]:
    """By client of whom danger was stated: what a clinician reads. A later calm answer does not lift it."""
    return {
        made.client_id: _words(at)
        for made, result in answers
        if result.is_dangerous and made.kind not in asq.KINDS and (at := made.submitted_at or made.saved_at)
    }


def called_for(clients: Collection[UUID]) -> dict[UUID, str]:
    """By client whom somebody was called about since the newest decision, or is still to be, for danger to the body:
    whatever became of the answer since. Four queries at the most."""
    rows = called().filter(screening__client__in=clients).select_related("screening").order_by("created_at")
    found = list(rows.defer("screening__answers_sealed", "screening__result_sealed", "screening__told_sealed"))
    raised = zip(found, Alert.raised.read_each(found), strict=True)
    said = {one.screening.client_id: _words(one.created_at) for one, text in raised if worry.read(text).body}
    return said | _calling(clients)


def called() -> AlertQuerySet:
    """For what anybody said since the newest decision about them, but for the suicide questions."""
    decided = Decision.objects.filter(client=OuterRef("screening__client"), at__gte=OuterRef("created_at"))
    rows = Alert.objects.exclude(raised_sealed=b"").exclude(Exists(decided))
    return rows.exclude(screening__kind__in=asq.KINDS)


def _calling(clients: Collection[UUID]) -> dict[UUID, str]:
    """The alert will be raised after any decision that stands now, so it counts whenever it was said."""
    rows = calling().filter(client__in=clients).order_by("calling_since")
    found = list(rows.defer("answers_sealed", "result_sealed", "told_sealed"))
    signs = zip(found, Screening.calling.read_each(found), strict=True)
    return {
        one.client_id: _words(one.calling_since) for one, text in signs if one.calling_since and worry.read(text).body
    }


def calling() -> ScreeningQuerySet:
    """For whose answers somebody is still to be called, but for the suicide questions."""
    return Screening.objects.calling().exclude(kind__in=asq.KINDS)


def _words(at: datetime) -> str:
    day = {"day": words.short_day(timezone.localdate(at))}
    return _("Danger to the body was stated on %(day)s. Outdoors waits for a new decision.") % day
