"""What could not be delivered: the letter came back, its address is not used any more, and somebody asks for another.

By e-mail it comes as a report (RFC 3464), for text messages as the provider's word. Told twice, it is one.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import ContactPoint
from practice.domain import audit, numbers, reply_address
from practice.domain.mail_reports import Report
from practice.models import Letter, Practice

GONE = (Letter.State.SENT, Letter.State.UNCERTAIN, Letter.State.LEASED)
UNUSABLE = frozenset({"21211", "21610", "21612", "21614", "30004", "30005", "30006"})
"""Error codes of Twilio that say that the number itself takes no text messages: invalid, opted out, not to be reached,
no mobile, blocked, unknown, a landline (its Error and Warning Dictionary). Others may pass."""


def take(report: Report, *, came_to: Letter | None, now: datetime | None = None) -> bool:
    """Mark what a report is about; False when it is about no letter of ours, or may be made up. What is late is noted.

    `came_to`: the letter to whose own address it came. Whoever has seen a Message-ID could make a report up, so that
    counts alone only where no answers are received. Either way it has to name the address that the letter went to.
    """
    quoted = None if reply_address.can_receive() else reply_address.letter_of((), [report.message_id])
    letter = came_to or quoted
    if letter is None or letter.to.lower() not in report.recipients:
        return False
    if report.is_final:
        _came_back(letter, _why(report.status), is_unusable=True, now=now)
    elif report.action in ("delayed", "failed"):
        late = _("The other mail server could not take it yet (%(status)s).") % {"status": report.status or "4.0.0"}
        Letter.objects.filter(pk=letter.pk).exclude(state=Letter.State.BOUNCED).update(why_not=late)
    return True


def take_status(
    *, provider_id: str, status: str, code: str, letter: UUID | None = None, now: datetime | None = None
) -> None:
    """What a provider says of a text message; only that it failed is of use here. It may say so before we have written
    down what it calls the message: then `letter`, which went along, tells which it is."""
    if not provider_id:
        return
    is_it = Q(provider_id=provider_id) | Q(pk=letter, provider_id="")
    sent = Letter.objects.filter(is_it, channel=Letter.Channel.TEXT).first()
    if sent and status in ("failed", "undelivered"):
        why = _("The text message was not delivered (%(code)s).") % {"code": code[:12] or status}
        _came_back(sent, why, is_unusable=code in UNUSABLE, now=now)


def _why(status: str) -> str:
    """The published meaning of a status (RFC 3463) in words."""
    if status.startswith("5.1"):
        return _("There is no such address (%(status)s).") % {"status": status}
    if status == "5.2.2":
        return _("The mailbox is full (5.2.2).")
    if status.startswith("5.7"):
        return _("The other mail server does not take mail from here (%(status)s).") % {"status": status}
    return _("It could not be delivered (%(status)s).") % {"status": status or "5.0.0"}


@transaction.atomic
def _came_back(letter: Letter, why: str, *, is_unusable: bool, now: datetime | None) -> None:
    sent = Letter.objects.filter(pk=letter.pk, state__in=GONE)
    if not sent.update(state=Letter.State.BOUNCED, why_not=why, lease=None, lease_until=None):
        return
    audit.record("letter.came_back", by=None, subject=letter.client, detail={"letter": str(letter.pk)})
    if is_unusable and letter.client:
        keys = [point.pk for point in _same(letter)]
        kept = ContactPoint.objects.filter(pk__in=keys, suspended_at__isnull=True)
        kept.update(suspended_at=now or timezone.now(), suspended_because=why)


def _same(letter: Letter) -> list[ContactPoint]:
    """The entries of this client that a letter went to."""
    own = ContactPoint.objects.filter(client=letter.client)
    if letter.channel == Letter.Channel.EMAIL:
        return list(own.filter(kind=ContactPoint.Kind.EMAIL, value__iexact=letter.to))
    country = Practice.load().country
    number = numbers.e164(letter.to, country)
    return [point for point in own.filter(kind=ContactPoint.Kind.TEXT) if numbers.e164(point.value, country) == number]
