"""At once, once a day, never to a machine: your message is kept, nobody watches round the clock, and who helps now.

What it says is what may be said there: to a discreet address a neutral sentence and the number that is answered, and
nothing at all where nothing is safe. A machine answers with `Auto-Submitted`, so that none answers it (RFC 3834).
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.domain import consent, contacts
from clients.models import ContactPoint, Reply
from practice.domain import crisis, post
from practice.domain.post import LetterKind, Rendered
from practice.domain.words import apart
from practice.models import Letter, Practice

KIND = "reply_kept"
A_DAY = timedelta(days=1)


def write(reply: Reply, points: Sequence[ContactPoint]) -> None:
    """Put the answer into the outbox, unless one went to this sender today or none may."""
    whence = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    ours = {address.lower() for address in (whence, settings.REPLY_ADDRESS) if address}
    sender = reply.sender.strip()
    is_address = re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", sender)
    if not is_address or sender.lower() in ours or _is_ours(sender) or contacts.is_silent(points, sender):
        return
    post.write(
        KIND, key=_key(reply), to=sender, about=reply.pk, client=reply.client_id, not_after=reply.received_at + A_DAY
    )


def belongs_to(reply: Reply) -> None:
    """The answer lies with whom the message is from, and goes where they go."""
    Letter.objects.filter(kind=KIND, about=reply.pk).update(client=reply.client_id)


def _is_ours(address: str) -> bool:
    name, _at, host = settings.REPLY_ADDRESS.lower().partition("@")
    return bool(host) and address.lower().startswith(f"{name}+") and address.lower().endswith(f"@{host}")


def _key(reply: Reply) -> str:
    """One a sender, channel and day of the practice."""
    who = hashlib.sha256(reply.sender.strip().lower().encode()).hexdigest()[:32]
    return f"{KIND}:{reply.channel}:{who}:{Practice.load().day_of(reply.received_at)}"


def text_answer(reply: Reply, points: Sequence[ContactPoint]) -> str:
    """The answer to a text message, in one; "" when one went to this number today or none may. The same message again
    is answered in the same words, for the first answer may have been lost."""
    stopped = any(point.stopped_at for point in points) or Reply.Remark.STOPPED in reply.remarks
    unsafe = any(not point.is_safe or point.may_say == ContactPoint.MaySay.NOTHING for point in points)
    if stopped or unsafe or not reply.sender:
        return ""
    now = timezone.now()
    letter, _made = Letter.objects.get_or_create(
        key=_key(reply),
        defaults={
            "kind": KIND,
            "channel": Letter.Channel.TEXT,
            "to": reply.sender,
            "about": reply.pk,
            "client": reply.client_id,
            "state": Letter.State.SENT,
            "due_at": now,
            "sent_at": now,
        },
    )
    if letter.about != reply.pk:
        return ""
    return render_to_string("texts/reply_kept.txt", _context(reply, points)).strip()


def still_wanted(letter: Letter) -> bool:
    """It may still be said there."""
    reply = Reply.objects.filter(pk=letter.about).first()
    return reply is not None and not contacts.is_silent(_points(letter), letter.to)


def _points(letter: Letter) -> list[ContactPoint]:
    return list(ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, value__iexact=letter.to))


def render(letter: Letter) -> Rendered:
    """The answer in words."""
    reply = Reply.objects.select_related("client").get(pk=letter.about)
    context = _context(reply, _points(letter))
    headers = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    if re.fullmatch(r"<[^<>\s]+>", reply.message_id):
        headers |= {"In-Reply-To": reply.message_id, "References": reply.message_id}
    return Rendered(
        subject=_("Your message"),
        text=render_to_string("mail/reply_kept.txt", context),
        html=render_to_string("mail/reply_kept.html", context),
        sender=context["sender"],
        headers=headers,
    )


def _context(reply: Reply, points: Sequence[ContactPoint]) -> dict[str, Any]:
    """Where the address is in several entries, the most careful one counts."""
    practice = Practice.load()
    lead = consent.lead_of(reply.client) if reply.client else None
    named = all(contacts.may_name_us(point) for point in points)
    discreet = next((point.sender for point in points if point.sender), lead.called if lead else "")
    return {
        "practice": practice,
        "discreet": not named,
        "sender": practice.name if named and not any(point.sender for point in points) else discreet,
        "reader": apart(lead.called) if lead else practice.name,
        "phone": practice.phone,
        "emergency": crisis.emergency_number(practice.country),
        "crisis_lines": crisis.lines(practice.country) if named else [],
    }


KINDS = {KIND: LetterKind(still_wanted, render, gettext_lazy("Answer that a message is kept"))}
