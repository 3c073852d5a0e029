"""Mailed links: 256 random bits in the address, a SHA-256 in the database, one purpose, an end."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from practice.models import Letter, Link, User


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def make(purpose: str, *, subject: UUID, lasts: timedelta, by: User | None, letter: UUID | None = None) -> str:
    """A new link; returns the token, which is kept nowhere. `letter`: in which it is mailed."""
    token = secrets.token_urlsafe(32)
    Link.objects.create(
        token_hash=_hash(token),
        purpose=purpose,
        subject=subject,
        letter=letter,
        made_by=by,
        expires_at=timezone.now() + lasts,
    )
    return token


def find(token: str, purpose: str) -> Link | None:
    """The link behind a token, when it is for this purpose and neither expired nor ended."""
    link = Link.objects.filter(token_hash=_hash(token), purpose=purpose, ended_at__isnull=True).first()
    return link if link and link.expires_at > timezone.now() else None


def use(link: Link) -> None:
    """Remember when a link was last acted on."""
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])


def end(purpose: str, *, subject: UUID) -> None:
    """Make every link for this purpose and subject stop working."""
    Link.objects.filter(purpose=purpose, subject=subject, ended_at__isnull=True).update(ended_at=timezone.now())


def go_on(purpose: str, *, subjects: Collection[UUID], since: datetime, until: datetime) -> None:
    """Make the links work again that ended between these two moments, by what was undone since."""
    found = Link.objects.filter(purpose=purpose, subject__in=subjects, ended_at__gte=since, ended_at__lte=until)
    found.update(ended_at=None)


def end_mailed(letters: QuerySet[Letter]) -> None:
    """Make every link stop working that was mailed in one of these letters, or is about what one of them is about."""
    mailed = Q(letter__in=letters.values("pk")) | Q(subject__in=letters.values("about"))
    Link.objects.filter(mailed, ended_at__isnull=True).update(ended_at=timezone.now())
