"""Letters that may not have arrived: nothing is done about them by itself, a person says what became of each."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from practice.domain import audit, post
from practice.models import Letter, User

SHOWN_FOR = timedelta(days=30)
"""So long they are asked about (ours)."""
DOUBTFUL = [Letter.State.UNCERTAIN, Letter.State.DEAD, Letter.State.BOUNCED]


def letters(*, now: datetime) -> QuerySet[Letter]:
    """Those that nobody has said anything about yet, the newest first."""
    found = Letter.objects.filter(state__in=DOUBTFUL, settled_as="", client__isnull=False)
    return found.filter(created_at__gte=now - SHOWN_FOR).order_by("-due_at")


def may_go_again(letter: Letter, *, now: datetime) -> bool:
    """Not where it would be too late."""
    return letter.not_after is None or letter.not_after > now


@transaction.atomic
def settle(letter: Letter, how: str, *, by: User) -> bool:
    """What a person did about it; twice is once. Sent again, it is a new letter that is read again before it leaves,
    and tells of what had gone with the first."""
    now = timezone.now()
    if how == Letter.Settled.AGAIN and not may_go_again(letter, now=now):
        return False
    said = {"settled_as": Letter.Settled(how), "settled_at": now, "settled_by": by}
    if not Letter.objects.filter(pk=letter.pk, settled_as="", state__in=DOUBTFUL).update(**said):
        return False
    if how == Letter.Settled.AGAIN:
        new = post.write(
            letter.kind,
            key=f"{letter.key}|{uuid.uuid4().hex[:8]}",
            to=letter.to,
            about=letter.about,
            not_after=letter.not_after,
            client=letter.client,
            channel=letter.channel,
        )
        Letter.objects.filter(folded_into=letter).update(folded_into=new)
    audit.record("letter.settled", by=by, subject=letter.client, detail={"letter": str(letter.pk), "how": how})
    return True
