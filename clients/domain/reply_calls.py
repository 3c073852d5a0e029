"""A message with words that worry: its reader is asked to read it now, then whoever covers in turn, until it is read.

As with worrying answers, the letters name no client and carry none of the words: they are about a colleague.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import alerts, consent
from clients.models import CareTeamMember, Client, Reply
from practice.domain import audit, cover, post
from practice.domain.post import LetterKind, Rendered
from practice.models import Letter, Practice, Role, User

READ, RING = "message_read_now", "message_ring"


def readers(reply: Reply) -> list[User]:
    """Whose message it is: the client's therapist, or those of everybody whose address it is."""
    clients: Iterable[Client] = [reply.client] if reply.client else reply.might_be.all()
    found = {lead for client in clients if (lead := consent.lead_of(client)) and lead.is_active}
    return sorted(found, key=lambda person: person.name)


def call(reply: Reply) -> None:
    """Ask its readers to read it now, and the first who covers to make sure. Without either, the owners read."""
    _call(reply, reply.received_at)


def call_anew(reply: Reply, now: datetime) -> None:
    """Somebody said whose it is: who was called before is called off, and its readers are asked as for a new one."""
    for kind in (READ, RING):
        post.cancel(about=reply.pk, kind=kind, why=_("The message was given to somebody else."))
    reply.told = []
    reply.save(update_fields=["told"])
    if reply.worries and reply.read_at is None:
        _call(reply, now)


def _call(reply: Reply, now: datetime) -> None:
    told = readers(reply)
    if not told and not cover.people():
        told = list(User.objects.working().filter(memberships__role=Role.OWNER))
    for person in told:
        post.write(READ, key=_key(READ, reply, person), to=person.email, about=reply.pk)
    _tell_next(reply, now)


def _key(kind: str, reply: Reply, person: User) -> str:
    """One to a person, each time that somebody says whose it is."""
    again = f":{reply.sorted_at:%Y%m%d%H%M%S%f}" if reply.sorted_at else ""
    return f"{kind}:{reply.pk}:{person.pk}{again}"


def escalate(*, now: datetime | None = None) -> int:
    """Write to the next who covers about every worrying message that nobody has read; how many were written to.

    Safe to run twice and by several at once: a message is locked while it is looked at, and each letter has a key.
    """
    now = now or timezone.now()
    keys = list(Reply.objects.calling().filter(exhausted_at__isnull=True).values_list("pk", flat=True))
    zone = ZoneInfo(Practice.load().time_zone) if keys else None
    return sum(_step(key, now, now.astimezone(zone).hour in alerts.DAY) for key in keys)


@transaction.atomic
def _step(key: UUID, now: datetime, is_day: bool) -> bool:
    rows = Reply.objects.calling().filter(pk=key, exhausted_at__isnull=True)
    reply = rows.select_for_update(of=("self",), skip_locked=True).first()
    if reply is None or reply.told_at > now - (alerts.BY_DAY if is_day else alerts.BY_NIGHT):
        return False
    return _tell_next(reply, now)


def _tell_next(reply: Reply, now: datetime) -> bool:
    passed = {*reply.told, *(person.pk for person in readers(reply))}
    person = next((one for one in cover.people() if one.pk not in passed), None)
    if person is None:
        reply.exhausted_at = now
        reply.save(update_fields=["exhausted_at"])
        return False
    post.write(RING, key=_key(RING, reply, person), to=person.email, about=reply.pk)
    reply.told, reply.told_at = [*reply.told, person.pk], now
    reply.save(update_fields=["told", "told_at"])
    return True


@transaction.atomic
def reached(reply: Reply, *, by: User) -> Reply:
    """Somebody who covers has reached the colleague: nobody else is written to."""
    locked = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
    if locked.reached_at is None and locked.read_at is None:
        locked.reached_at, locked.reached_by = timezone.now(), by
        locked.save(update_fields=["reached_at", "reached_by"])
        audit.record("message.reached", by=by, detail={"message": str(reply.pk)})
    return locked


def still_wanted(letter: Letter) -> bool:
    """Nobody has read it, put it aside or reached the colleague."""
    return Reply.objects.calling().filter(pk=letter.about).exists()


def _read_now(letter: Letter) -> Rendered:
    url = settings.BASE_URL + reverse("clients:message", args=[letter.about])
    return _rendered(READ, _("A message should be read now"), {"url": url})


def _ring(letter: Letter) -> Rendered:
    reply = Reply.objects.select_related("client").get(pk=letter.about)
    covering = User.objects.filter(email=letter.to).first()
    cares = covering and CareTeamMember.objects.of(covering).filter(client=reply.client).exists()
    colleagues = [] if cares else readers(reply)
    page = "clients:cover_message" if colleagues else "clients:message"
    context: dict[str, object] = {"colleagues": colleagues, "url": settings.BASE_URL + reverse(page, args=[reply.pk])}
    return _rendered(RING, _("Please make sure"), context)


def _rendered(kind: str, subject: str, context: dict[str, object]) -> Rendered:
    practice = Practice.load()
    context |= {"subject": subject, "practice": practice}
    return Rendered(
        subject=subject,
        text=render_to_string(f"mail/{kind}.txt", context),
        html=render_to_string(f"mail/{kind}.html", context),
        sender=practice.name,
    )


KINDS = {READ: LetterKind(still_wanted, _read_now), RING: LetterKind(still_wanted, _ring)}
