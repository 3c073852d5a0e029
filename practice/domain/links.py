"""Mailed links: 256 random bits in the address, a SHA-256 in the database, one purpose, an end."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from practice.models import Link, User


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def make(purpose: str, *, subject: UUID, lasts: timedelta, by: User | None) -> str:
    """A new link; returns the token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    Link.objects.create(
        token_hash=_hash(token), purpose=purpose, subject=subject, made_by=by, expires_at=timezone.now() + lasts
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


def end_about(subjects: Iterable[UUID]) -> None:
    """Make every link about one of these subjects stop working, whatever it is for."""
    Link.objects.filter(subject__in=subjects, ended_at__isnull=True).update(ended_at=timezone.now())
