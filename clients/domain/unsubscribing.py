"""The line in a mail by which its reader stops messages, and the header that mail programs read (RFC 8058)."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from clients.models import ContactPoint
from practice.domain import links

PURPOSE = "stop_messages"
LASTS = timedelta(days=60)
"""So long the line in a mail works (ours; the law of several countries asks for thirty days: CAN-SPAM, 16 CFR 316)."""


def address(point: ContactPoint, letter: UUID | None = None) -> str:
    """A link that stops messages to this one address; it ends with it, where it is known in which letter it went."""
    token = links.make(PURPOSE, subject=point.pk, lasts=LASTS, by=None, letter=letter)
    return settings.BASE_URL + reverse("stop_messages", args=[token])


def headers(link: str) -> dict[str, str]:
    """One click in the reader's mail program, without a page."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
