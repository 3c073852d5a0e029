"""Decisions that run out: once a night whoever they concern is asked once, and the therapist is told once.

The client is asked by letter when an address is safe and everything was looked at within the year; otherwise the
therapist asks in person, or looks at everything. A row of `Review` says that it was done, so that twice is once.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import consent, contacts, decision, review
from clients.models import Client, Decision, Review
from practice.domain import audit, post
from practice.models import Letter, Practice, User

AHEAD = timedelta(days=30)
TELL = "decisions_run_out"
BEFORE = Q(asked_by__isnull=True) | (Q(manner=Review.Manner.LINK) & ~Q(status=Review.Status.CHANGED))
"""The night asked about it, or the therapist did by letter. What has changed is told again."""


def look(*, now: datetime | None = None) -> int:
    """Ask about every decision that runs out within 30 days or did within the days of grace; returns how many."""
    for overtaken in _overtaken():
        review.lapse(overtaken)
    practice = Practice.load()
    today, grace = (now or timezone.now()).astimezone(ZoneInfo(practice.time_zone)).date(), practice.grace_days
    found = list(_not_asked(today, grace))
    standing = decision.standing([made.client for made in found])
    return sum(_ask(made, standing[made.client_id], today) for made in found)


def _overtaken() -> Iterable[Review]:
    still = Review.objects.standing().filter(pk=OuterRef("pk"))
    return list(Review.objects.open().exclude(Exists(still)))


def _not_asked(today: date, grace: int) -> Iterable[Decision]:
    asked = Review.objects.filter(BEFORE, decision=OuterRef("pk"))
    due = Decision.objects.newest().ending(today - timedelta(days=grace), today + AHEAD).exclude(Exists(asked))
    found = due.select_related("client", "by", "carries_on").defer("reasoning_sealed", "considered_sealed")
    return [made for made in found if _is_half_over(made, today)]


def _is_half_over(made: Decision, today: date) -> bool:
    """A short decision is not asked about the night after it was written."""
    return today - timezone.localdate(made.at) >= made.look_again_on - today


@transaction.atomic
def _ask(made: Decision, stands: decision.Standing, today: date) -> bool:
    """Ask about one decision, unless another worker did, or it was decided anew, a moment ago."""
    client = Client.objects.select_for_update().get(pk=made.client_id)
    if Review.objects.filter(BEFORE, decision=made).exists():
        return False
    if not Decision.objects.newest().filter(pk=made.pk).exists():
        return False
    manner = _manner(client, stands, today)
    asked = Review.objects.create(client=client, decision=made, manner=manner)
    audit.record("review.asked", by=None, subject=client.pk, detail={"review": str(asked.pk), "manner": manner})
    if manner == Review.Manner.LINK:
        _write(asked, _last(made, stands.grace))
    reader = consent.lead_of(client) or made.by
    post.write(TELL, key=f"{TELL}:{reader.pk}:{today:%Y-%m-%d}", to=reader.email, about=reader.pk)
    return True


@transaction.atomic
def ask_now(client: Client, *, by: User) -> Review:
    """Ask by letter before the night would. Raises CannotGoOn with a sentence; asked already, it stays one asking."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    if open_one := review.open_one(client):
        return open_one
    made, stands = decision.newest(client), decision.standing([client])[client.pk]
    if made is None or (hindrance := review.obstacle(stands, on=timezone.localdate())):
        raise review.CannotGoOn(hindrance if made else _("There is no decision yet that could go on."))
    if contacts.best(client, Letter.Channel.EMAIL) is None:
        raise review.CannotGoOn(_("No e-mail address is safe to use, so please ask in person."))
    asked = Review.objects.create(client=client, decision=made, manner=Review.Manner.LINK, asked_by=by)
    audit.record("review.asked", by=by, subject=client.pk, detail={"review": str(asked.pk), "manner": asked.manner})
    _write(asked, max(_last(made, stands.grace), timezone.now() + timedelta(days=stands.grace)))
    return asked


def _write(asked: Review, last: datetime) -> None:
    """The one question, as a letter to a safe address."""
    if point := contacts.best(asked.client, Letter.Channel.EMAIL):
        key = f"{review.ASK}:{asked.pk}"
        post.write(review.ASK, key=key, to=point.value, about=asked.pk, client=asked.client_id, not_after=last)


def _manner(client: Client, stands: decision.Standing, today: date) -> str:
    if review.obstacle(stands, on=today):
        return Review.Manner.FULL
    return Review.Manner.LINK if contacts.best(client, Letter.Channel.EMAIL) else Review.Manner.ROOM


def _last(made: Decision, grace: int) -> datetime:
    """After the days of grace the question comes too late."""
    return timezone.make_aware(datetime.combine(made.look_again_on + timedelta(days=grace), datetime.min.time()))
