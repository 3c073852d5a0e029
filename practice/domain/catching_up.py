"""After an outage: what is late goes as one letter a recipient, and only so many a minute."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.models import Letter, Practice

LATE = timedelta(minutes=5)
"""So long after it was due a letter counts as late."""
ONE_WITHIN = timedelta(minutes=10)
"""Within this time a recipient gets one late letter of a group at most."""
A_MINUTE = 30
"""Late letters a minute, where no practice says otherwise."""
LOCK = 0x6C657474
WAITING = Q(state__in=[Letter.State.DUE, Letter.State.RETRY])
GONE = (Letter.State.SENT, Letter.State.UNCERTAIN, Letter.State.LEASED)


def fold(groups: Mapping[str, str], *, now: datetime) -> None:
    """Late letters of one group to one recipient become one: the others are cancelled and say with which they went.
    Two people who share an address are two recipients.

    `groups`: the group of each kind that may be folded; what such a kind writes also tells what was folded into it.
    """
    let_go(groups)
    late = Letter.objects.filter(WAITING, kind__in=groups, due_at__lt=now - LATE)
    if not late.exists():
        return
    with transaction.atomic():
        heaps: dict[tuple[UUID | None, str, str, str], list[Letter]] = {}
        soonest = late.select_for_update(skip_locked=True).order_by(F("not_after").asc(nulls_last=True), "due_at", "pk")
        for letter in soonest:
            one = (letter.client, letter.channel, letter.to.casefold(), groups[letter.kind])
            heaps.setdefault(one, []).append(letter)
        for (client, channel, to, group), (first, *rest) in heaps.items():
            if rest:
                _put_into(first, rest)
            kinds = [kind for kind, its in groups.items() if its == group]
            _hold_back(first, Q(client=client, channel=channel, to__iexact=to, kind__in=kinds), now)


def _put_into(first: Letter, rest: Sequence[Letter]) -> None:
    why = _("It was late and went with another one: %(letter)s.") % {"letter": first.pk}
    Letter.objects.filter(pk__in=[letter.pk for letter in rest]).update(
        state=Letter.State.CANCELLED, folded_into=first, why_not=why
    )


def _hold_back(first: Letter, same: Q, now: datetime) -> None:
    """Whoever got one a moment ago waits for the next, unless that would be too late."""
    recent = Letter.objects.filter(same, state__in=GONE, sent_at__gt=now - ONE_WITHIN).aggregate(last=Max("sent_at"))
    again = recent["last"] + ONE_WITHIN if recent["last"] else now
    if again > now and (first.not_after is None or again < first.not_after):
        Letter.objects.filter(pk=first.pk).update(due_at=again)


def let_go(kinds: Iterable[str]) -> None:
    """What was folded here into a letter that never left waits again by itself. Of other kinds a letter may carry many
    from the beginning, and they share what becomes of it."""
    stuck = [Letter.State.CANCELLED, Letter.State.EXPIRED, Letter.State.DEAD]
    folded = Letter.objects.filter(kind__in=kinds, state=Letter.State.CANCELLED, folded_into__state__in=stuck)
    folded.update(state=Letter.State.DUE, folded_into=None, why_not="")


def has_room(*, now: datetime) -> bool:
    """Whether one more late letter may leave in this minute. Holds a lock until the caller's transaction ends, so that
    several senders count the same letters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    practice = Practice.known()
    most = practice.late_a_minute if practice else A_MINUTE
    minute = timezone.now() - timedelta(minutes=1)
    left = Q(sent_at__gt=minute) & Q(sent_at__gt=F("due_at") + LATE)
    leaving = Q(state=Letter.State.LEASED, due_at__lt=now - LATE)
    return Letter.objects.filter(left | leaving).count() < most
