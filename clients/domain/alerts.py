"""A worrying answer reaches a person: the reader at once, whoever covers in turn, until somebody has heard of it.

The letters name no client, not even by id, and carry no clinical word: they are about a colleague.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import baseline, consent, rule_changes, worry
from clients.models import Alert, Decision, Screening
from practice.domain import audit, cover, post
from practice.models import Practice, User

BY_DAY = timedelta(minutes=30)
"""How long one person has before the next is written to (ours): who sits with a client looks when the hour is over,
and the first of the cover list was told at once."""
BY_NIGHT = timedelta(minutes=10)
"""A letter wakes nobody: at night whoever happens to be awake should find one soon (ours)."""
WATCHED = timedelta(minutes=5)
"""Somebody had said that they sit at the screen (ours)."""
DAY = range(7, 22)
"""The hours of the day, where the practice is (ours)."""


def signs(asked: Screening) -> worry.Signs:
    """What the answers say, with what they said and somebody is still to be called for."""
    changes = rule_changes.current()
    waiting = worry.still_practised(worry.read(asked.calling), changes)
    return worry.together([worry.signs(asked.answers, changes), waiting])


def worrying(asked: Screening, *, on: datetime | None = None) -> bool:
    """Whether somebody is called because of these answers: something in them is new against what is known."""
    found = signs(asked)
    if not found:
        return False
    today = timezone.localdate(on)
    return worry.is_new(found, baseline.known(asked.client_id, on=today))


@transaction.atomic
def came_in(asked: Screening, *, begun: bool = False, reader: User | None = None) -> Alert | None:
    """Answers that a client gave on their own: the reader hears of them, at once when they are worrying.

    What is only begun is told when it should not wait, and again when it grows worse than what somebody has heard of.
    Each letter goes once, however often this is called; what was handed in after somebody had seen the beginning is
    told again. `reader` is for what somebody else than its reader should hear of: the therapist, when a colleague asks.
    """
    reader = reader or asked.read_by
    alert, is_new = _raise(asked, begun) if worrying(asked) else (None, False)
    if reader and (is_new or not begun):
        again = f":{alert.number}" if alert and is_new and alert.number > 1 else ""
        key = f"answers_came_in:{asked.pk}:{reader.pk}" + (":begun" if begun else "") + again
        post.write("answers_came_in", key=key, to=reader.email, about=asked.pk)
    if alert and is_new and (next_one := _next_cover(alert)):
        _tell(alert, next_one, timezone.now())
    return alert


def _raise(asked: Screening, begun: bool) -> tuple[Alert, bool]:
    """The alert of this moment, and whether it is a new one. Whoever calls holds the row of what was asked.

    One that still calls serves for whatever comes, and one that nobody has seen for what is handed in later and no
    worse; but none from before a decision serves for danger to the body, heard of or not: what pauses comes after that.
    """
    found = signs(asked)
    raised = list(asked.alerts.select_related("screening").order_by("created_at"))
    if not raised:
        return _new(asked, begun, found, raised), True
    last, heard = raised[-1], worry.together(worry.read(one.raised) for one in raised)
    if found.body and Decision.objects.filter(client=asked.client_id, at__gte=last.created_at).exists():
        serves = False
    elif worry.is_worse(found, heard, baseline.known(asked.client_id, on=timezone.localdate())):
        serves = _grows(last, worry.together([heard, found]))
    else:
        serves = begun or last.seen_at is None or last.moment == Alert.Moment.HANDED_IN
    return (last, False) if serves else (_new(asked, begun, found, raised), True)


def _grows(alert: Alert, found: worry.Signs) -> bool:
    """Whether an alert still calls, now for all of this; False when somebody has heard of it meanwhile."""
    alert.raised = worry.written(found)
    calling = Alert.objects.unheard().filter(pk=alert.pk, exhausted_at__isnull=True)
    return bool(calling.update(raised_sealed=alert.raised_sealed))


def _new(asked: Screening, begun: bool, found: worry.Signs, raised: Sequence[Alert]) -> Alert:
    moment = Alert.Moment.BEGUN if begun else Alert.Moment.HANDED_IN
    number = 1 + sum(one.moment == moment for one in raised)
    made = Alert(screening=asked, moment=moment, number=number)
    made.raised = worry.written(found)
    made.save(force_insert=True)
    return made


@transaction.atomic
def asked_in_person(made: Screening, *, by: User) -> Alert:
    """Somebody is with the client now: the therapist and everybody who covers are asked at once to ring that colleague.

    Nobody is asked to ring themselves.
    """
    covers = [person for person in cover.people() if person != by]
    lead = consent.lead_of(made.client_id)
    others = [lead] if lead and lead not in (by, *covers) else []
    now = timezone.now()
    alert = Alert.objects.create(
        screening=made,
        moment=Alert.Moment.HANDED_IN,
        told=[person.pk for person in covers],
        seen_at=now,
        seen_by=by,
    )
    for person in [*others, *covers]:
        key = f"please_ring:{made.pk}:{person.pk}"
        post.write("please_ring", key=key, to=person.email, about=made.pk)
    return alert


def see(asked: Screening, *, by: User, now: datetime | None = None) -> None:
    """The care team opened the answers. Call it after the reading stands in the audit chain."""
    unseen = Alert.objects.filter(screening=asked, seen_at__isnull=True)
    unseen.update(seen_at=now or timezone.now(), seen_by=by)


@transaction.atomic
def reached(alert: Alert, *, by: User) -> Alert:
    """Somebody who covers has reached the colleague: nobody else is written to."""
    locked = Alert.objects.select_for_update().get(pk=alert.pk)
    if locked.reached_at is None and locked.seen_at is None:
        locked.reached_at, locked.reached_by = timezone.now(), by
        locked.save(update_fields=["reached_at", "reached_by"])
        audit.record("alert.reached", by=by, detail={"alert": str(alert.pk)})
    return locked


@transaction.atomic
def act(alert: Alert, *, words: str, by: User) -> Alert:
    """Write down what was done, once; what was written first stands."""
    locked = Alert.objects.select_for_update(of=("self",)).select_related("screening").get(pk=alert.pk)
    if locked.acted_at is None:
        now = timezone.now()
        locked.acted_at, locked.acted_by = now, by
        locked.acted = words
        if locked.seen_at is None:
            locked.seen_at, locked.seen_by = now, by
        locked.save(update_fields=["acted_at", "acted_by", "acted_sealed", "seen_at", "seen_by"])
        client = locked.screening.client_id
        audit.record("alert.acted", by=by, subject=client, detail={"alert": str(alert.pk)})
    return locked


def assessed(asked: Screening, *, by: User) -> None:
    """A safety assessment answered this asking: that is what was done."""
    for alert in Alert.objects.unacted().filter(screening=asked):
        act(alert, words=_("A safety assessment was written down."), by=by)


def escalate(*, now: datetime | None = None) -> int:
    """Write to the next of the cover list about every alert that nobody has heard of; how many were written to.

    Safe to run twice and by several at once: an alert is locked while it is looked at, and each letter has a key.
    """
    now = now or timezone.now()
    waiting = Alert.objects.unheard().filter(exhausted_at__isnull=True, told_at__lte=now - WATCHED)
    keys = list(waiting.values_list("pk", flat=True))
    zone = ZoneInfo(Practice.load().time_zone) if keys else None
    return sum(_step(key, now, now.astimezone(zone).hour in DAY) for key in keys)


@transaction.atomic
def _step(key: UUID, now: datetime, is_day: bool) -> bool:
    rows = Alert.objects.unheard().filter(pk=key, exhausted_at__isnull=True).select_related("screening")
    alert = rows.select_for_update(of=("self",), skip_locked=True).first()
    if alert is None or alert.told_at > now - _pause(alert, is_day):
        return False
    if next_one := _next_cover(alert):
        _tell(alert, next_one, now)
        return True
    alert.exhausted_at = now
    alert.save(update_fields=["exhausted_at"])
    return False


def _pause(alert: Alert, is_day: bool) -> timedelta:
    if alert.screening.kind == worry.ASQ:
        return WATCHED
    return BY_DAY if is_day else BY_NIGHT


def _next_cover(alert: Alert) -> User | None:
    """The first of the cover list who was not written to; the reader has a letter of their own, and who wrote it down
    knows."""
    asked = alert.screening
    passed = {*alert.told, asked.read_by_id}
    if asked.manner != Screening.Manner.LINK:
        passed.add(asked.asked_by_id)
    return next((person for person in cover.people() if person.pk not in passed), None)


def _tell(alert: Alert, person: User, now: datetime) -> None:
    key = f"please_make_sure:{alert.pk}:{person.pk}"
    post.write("please_make_sure", key=key, to=person.email, about=alert.screening_id)
    alert.told, alert.told_at = [*alert.told, person.pk], now
    alert.save(update_fields=["told", "told_at"])
