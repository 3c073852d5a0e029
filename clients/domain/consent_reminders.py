"""Reminders to sign, with a cap, and the end of what was not answered in time. Each night; twice is once.

Nobody is reminded who wants to talk first, or has talked it through in the week before, whose address is not safe, to
whom no letter ever went, or of a version that was overtaken.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from clients.domain import consent, consent_texts
from clients.domain.signers import address_of
from clients.models import Client, Consent, ConsentRequest, ConsentStep
from practice.domain import audit
from practice.models import Practice

FIRST, FURTHER = timedelta(days=7), timedelta(days=14)
"""After the last letter (ours)."""
A_NIGHT = 200
"""So many at a time, so that one night's work ends within a task's minute (ours)."""


def look(*, now: datetime | None = None) -> int:
    """End what is over, then remind of the rest; returns how many reminders were written."""
    moment = now or timezone.now()
    over = ConsentRequest.objects.filter(_waits(), expires_at__lte=moment).order_by("expires_at")
    for request in over[:A_NIGHT]:
        _expire(request)
    return sum(_remind(request, moment) for request in _due(moment).order_by("last_sent_at")[:A_NIGHT])


def _waits() -> Exists:
    return Exists(Consent.objects.filter(request=OuterRef("pk"), status=Consent.Status.ASKED))


def _due(now: datetime) -> "QuerySet[ConsentRequest]":
    talks = Exists(Consent.objects.wanting_to_talk().filter(request=OuterRef("pk")))
    talked = ConsentStep.objects.filter(kind=ConsentStep.Kind.CONVERSATION, at__gt=now - FIRST)
    talked = talked.filter(consent__request=OuterRef("pk"))
    long_ago = Q(reminders=0, last_sent_at__lte=now - FIRST) | Q(reminders__gt=0, last_sent_at__lte=now - FURTHER)
    open_ones = ConsentRequest.objects.filter(
        long_ago, _waits(), expires_at__gt=now, reminders__lt=Practice.load().consent_reminders
    )
    return open_ones.filter(
        ~talks, ~Exists(talked), client__status=Client.Status.ACTIVE, signatory__ended_at__isnull=True
    )


@transaction.atomic
def _expire(request: ConsentRequest) -> None:
    """What was not answered in time ends. Who wants to talk first has answered: that stands until they talked."""
    Client.objects.select_for_update().get(pk=request.client_id)
    asked = Consent.objects.filter(request=request, status=Consent.Status.ASKED)
    for one in asked.select_for_update(of=("self",)):
        consent.end(one, Consent.Status.EXPIRED, consent.Kind.EXPIRED)
        audit.record("consent.expired", by=None, subject=one.client_id, detail={"consent": str(one.pk)})


@transaction.atomic
def _remind(request: ConsentRequest, now: datetime) -> bool:
    """Write one reminder, unless another worker did, or it was answered, a moment ago."""
    client = Client.objects.select_for_update().get(pk=request.client_id)
    due = _due(now).filter(pk=request.pk).select_related("client", "signatory").first()
    if due is None or not address_of(client, due.signatory):
        return False
    waiting = due.consents.open().select_related("text")
    if all(consent_texts.is_overtaken(one.text, at=now) for one in waiting):
        return False
    consent.post_request(due, by=None, at=now)
    due.reminders += 1
    due.save(update_fields=["reminders"])
    return True
