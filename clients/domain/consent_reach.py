"""Whom a new version touches when it asks for new signatures; one that does not touches nobody."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from clients.domain import coverage
from clients.models import Client, Consent, ConsentText
from clients.models.consent import ConsentQuerySet
from practice.models import Practice


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people, a client and each who signs beside a client counted once."""

    standing: int
    """Whose signature covers something today, and would be asked for anew."""
    waiting: int
    """Who were asked and may still sign, and then could no more."""


def of(text: ConsentText, *, at: datetime) -> Reach:
    """Of the versions of this text in this language so far. Six queries, whatever their number."""
    asked = Consent.objects.filter(text__key=text.key, text__language=text.language)
    asked = asked.exclude(client__status=Client.Status.CLOSED)
    versions = ConsentText.objects.filter(key=text.key, language=text.language, renews=True, published_at__lte=at)
    last = versions.aggregate(last=Max("version"))["last"] or 0
    may_sign = asked.open().filter(text__version__gte=last).exclude(request__expires_at__lte=at)
    waiting = may_sign.order_by().values("client", "signatory").distinct().count()
    return Reach(_standing(asked, at), waiting)


def _standing(asked: ConsentQuerySet, at: datetime) -> int:
    on = Practice.load().day_of(at)
    signed = asked.signed().filter(covers_until__gte=on)
    rows = [
        (client, signatory, set(modes) - set(taken_back))
        for client, signatory, modes, taken_back in signed.values_list(
            "client", "signatory", "modes", "withdrawn_modes"
        )
    ]
    found = coverage.covers_many((client, mode, on) for client, _who, modes in rows for mode in modes)
    return len({(client, who) for client, who, modes in rows if any(found[client, m, on].is_covered for m in modes)})
