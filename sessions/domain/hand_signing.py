"""What signing asks of a therapist on Today: what was not answered in time, and who comes of age."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import coming_of_age
from clients.models import Client, Consent
from clients.models.client import ClientQuerySet
from practice.domain import words
from practice.models import User
from sessions.domain.waiting import SHOWN, Hand, Part, lines

SHOWN_FOR = timedelta(days=30)
"""So long something that was not answered stays on Today (ours)."""


def of(reader: User, now: datetime) -> list[Hand]:
    """Both, of the clients whose charts this person reads."""
    return lines(parts(reader, now))


def parts(reader: User, now: datetime) -> Iterator[Part]:
    """The same, kind by kind."""
    mine = Client.objects.charted_by(reader).active()
    yield Part(_ended(reader, now), lambda: _unanswered(reader, now))
    yield Part(coming_of_age.among(mine, now=now), lambda: _of_age_soon(mine, now))


def _ended(reader: User, now: datetime) -> QuerySet[Consent]:
    """Whose time to answer is over, and who was not asked again since. Who signs no more is not waited for."""
    mine = Client.objects.charted_by(reader).active()
    later = Consent.objects.counting().filter(client=OuterRef("client"), text__key=OuterRef("text__key"))
    later = later.filter(asked_at__gt=OuterRef("asked_at"))
    ended = Consent.objects.filter(status=Consent.Status.EXPIRED, client__in=mine, signatory__ended_at__isnull=True)
    recent = ended.filter(request__expires_at__gt=now - SHOWN_FOR, request__expires_at__lte=now)
    by_client = Q(signatory=None) & Exists(later.filter(signatory=None))
    by_another = Q(signatory__isnull=False) & Exists(later.filter(signatory=OuterRef("signatory")))
    return recent.exclude(by_client | by_another)


def _unanswered(reader: User, now: datetime) -> Iterator[Hand]:
    rows = _ended(reader, now).select_related("client", "text", "signatory")
    for one in rows.defer("shown_sealed").order_by("-request__expires_at")[:SHOWN]:
        rest = _("(“%(title)s”) was not answered in time.")
        if one.signatory:
            rest = _("(“%(title)s”) was not answered by %(who)s in time.")
        url = reverse("clients:ask_consent", args=[one.client_id])
        link = _("%(name)s’s consent") % {"name": one.client.name}
        rest %= {"title": one.text.title, "who": one.signatory}
        yield Hand("note", "file-clock", _("Ask again"), link, url, rest)


def _of_age_soon(mine: ClientQuerySet, now: datetime) -> Iterator[Hand]:
    """Who agrees alone within thirty days."""
    for client, day in coming_of_age.soon(mine, now=now)[:SHOWN]:
        rest = _("is of age from %(day)s on, and is asked anew then.") % {
            "day": words.day(day, today=timezone.localdate(now))
        }
        yield Hand(
            "note", "calendar-days", _("Of age"), client.name, reverse("clients:consents", args=[client.pk]), rest
        )
