"""Decisions that run out: once a night whoever they concern is asked once, and the therapist is told once.

The client is asked by letter when an address is safe and everything was looked at within the year; otherwise the
therapist asks in person, or looks at everything. A row of `Review` says that it was done, so that twice is once.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from clients.domain import consent, contacts, decision, review
from clients.domain.permission import GRACE
from clients.models import Client, Decision, Review
from practice.domain import audit, post
from practice.models import Practice

AHEAD = timedelta(days=30)
TELL = "decisions_run_out"


def look(*, now: datetime | None = None) -> int:
    """Ask about every decision that runs out within 30 days or did within the days of grace; returns how many."""
    for overtaken in _overtaken():
        review.lapse(overtaken)
    today = (now or timezone.now()).astimezone(ZoneInfo(Practice.load().time_zone)).date()
    found = list(_not_asked(today))
    standing = decision.standing([made.client for made in found])
    return sum(_ask(made, standing[made.client_id], today) for made in found)


def _overtaken() -> Iterable[Review]:
    still = Review.objects.standing().filter(pk=OuterRef("pk"))
    return list(Review.objects.open().exclude(Exists(still)))


def _not_asked(today: date) -> Iterable[Decision]:
    asked = Review.objects.filter(decision=OuterRef("pk"), asked_by__isnull=True)
    due = Decision.objects.newest().ending(today - GRACE, today + AHEAD).exclude(Exists(asked))
    found = due.select_related("client", "by", "carries_on").defer("reasoning_sealed", "considered_sealed")
    return [made for made in found if _is_half_over(made, today)]


def _is_half_over(made: Decision, today: date) -> bool:
    """A short decision is not asked about the night after it was written."""
    return today - made.at.date() >= made.look_again_on - today


@transaction.atomic
def _ask(made: Decision, stands: decision.Standing, today: date) -> bool:
    """Ask about one decision, unless another worker did, or it was decided anew, a moment ago."""
    client = Client.objects.select_for_update().get(pk=made.client_id)
    if Review.objects.filter(decision=made, asked_by__isnull=True).exists():
        return False
    if not Decision.objects.newest().filter(pk=made.pk).exists():
        return False
    manner = _manner(client, stands, today)
    asked = Review.objects.create(client=client, decision=made, manner=manner)
    audit.record("review.asked", by=None, subject=client.pk, detail={"review": str(asked.pk), "manner": manner})
    if manner == Review.Manner.LINK and (point := contacts.safe_email(client)):
        key = f"{review.ASK}:{asked.pk}"
        post.write(review.ASK, key=key, to=point.value, about=asked.pk, client=client.pk, not_after=_last(made))
    reader = consent.lead_of(client) or made.by
    post.write(TELL, key=f"{TELL}:{reader.pk}:{today:%Y-%m-%d}", to=reader.email, about=reader.pk)
    return True


def _manner(client: Client, stands: decision.Standing, today: date) -> str:
    if review.obstacle(stands, on=today):
        return Review.Manner.FULL
    return Review.Manner.LINK if contacts.safe_email(client) else Review.Manner.ROOM


def _last(made: Decision) -> datetime:
    """After the days of grace the question comes too late."""
    return timezone.make_aware(datetime.combine(made.look_again_on + GRACE, datetime.min.time()))
