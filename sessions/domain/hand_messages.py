"""Messages that came in, and mails that came back, as lines of Today: whom they wait for, and never what they say."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client, ContactPoint, Reply
from clients.models.reply import may_sort
from practice.domain import mailbox, words
from practice.models import Practice, User
from practice.rules import Permission, has
from sessions.domain.waiting import Hand, Part

MANY = 40
"""Of what waits to be read, nothing is left out for being one too many (a practice never comes near it)."""


def parts(reader: User) -> Iterator[Part]:
    """To whoever reads them, what worries first; to who keeps files, that one waits; to who covers, whom to ring."""
    zone = Practice.load().time_zone
    if settings.IMAP and (since := mailbox.away_since()):
        yield Part(Practice.objects.all(), lambda: [_mailbox_away(since, zone)])
    if has(reader, Permission.READ_CHART) or may_sort(reader):
        yield Part(Reply.objects.readable_by(reader).waiting(), lambda: _to_read(reader, zone))
    if has(reader, Permission.READ_CHART):
        yield Part(_calling(reader), lambda: _to_ring(reader))
    if has(reader, Permission.KEEP_CLIENTS):
        if has(reader, Permission.SEE_ALL_CLIENTS):
            yield Part(_of_others(reader), lambda: _waiting(reader, zone))
        yield Part(_suspended(reader), lambda: _came_back(reader))


def _mailbox_away(since: datetime, zone: str) -> Hand:
    """To everybody who works here: what clients write comes to nobody while it lasts."""
    said = {"when": words.when(since, zone)}
    rest = _("cannot be reached since %(when)s. What is written to us waits there, and nobody reads it here.") % said
    return Hand("stop", "mail-warning", _("Away"), _("The mailbox for answers"), "", rest)


def _to_read(reader: User, zone: str) -> Iterator[Hand]:
    """“Ines wrote: 2 messages wait.” One line to a client, and one for all of which nobody knows whose they are."""
    cares = Exists(Client.objects.charted_by(reader).filter(pk=OuterRef("client")))
    rows = Reply.objects.readable_by(reader).waiting().annotate(cares=cares)
    found = rows.values("client", "client__name", "cares").annotate(
        unread=Count("pk", filter=Q(read_at=None)),
        worrying=Count("pk", filter=Q(read_at=None, worries=True)),
        heavy=Count("pk", filter=Q(worries=True)),
        n=Count("pk"),
        since=Min("received_at"),
        pks=ArrayAgg("pk", order_by=("-worries", "received_at")),
    )
    row: Any
    for row in found.order_by("-worrying", "-heavy", "-unread", "since")[:MANY]:
        yield _of_somebody(row, zone) if row["client"] else _of_nobody(row)


def _of_somebody(row: Mapping[str, Any], zone: str) -> Hand:
    link = _("%(name)s wrote:") % {"name": row["client__name"]}
    page = ("clients:messages", row["client"]) if row["cares"] else ("clients:message", row["pks"][0])
    url = reverse(page[0], args=[page[1]])
    if row["worrying"]:
        return Hand("stop", "message-circle-warning", _("Read now"), link, url, _("please read this now."))
    n, since = row["unread"] or row["n"], words.when(row["since"], zone)
    if row["unread"]:
        rest = ngettext("%(n)s message waits since %(when)s.", "%(n)s messages wait since %(when)s.", n)
        return Hand("look", "message-circle", _("Read"), link, url, rest % {"n": n, "when": since})
    if row["heavy"]:
        rest = _("a message that worries is read, and not answered yet.")
        return Hand("look", "message-circle-warning", _("Answer"), link, url, rest)
    rest = ngettext("%(n)s message is not answered yet.", "%(n)s messages are not answered yet.", n)
    return Hand("note", "message-circle", _("Answer"), link, url, rest % {"n": n})


def _of_nobody(row: Mapping[str, Any]) -> Hand:
    link = ngettext("%(n)s message", "%(n)s messages", row["n"]) % {"n": row["n"]}
    url = reverse("clients:unsorted_messages")
    if row["worrying"]:
        rest = _("from somebody we do not know: please read now, and say whose it is.")
        return Hand("stop", "message-circle-warning", _("Read now"), link, url, rest)
    rest = _("from somebody we do not know: say whose it is.")
    return Hand("look", "mail-question-mark", _("From whom?"), link, url, rest)


def _calling(reader: User) -> QuerySet[Reply]:
    mine = Reply.objects.readable_by(reader).filter(pk=OuterRef("pk"))
    return Reply.objects.calling().filter(Q(told__contains=[reader.pk])).exclude(Exists(mine))


def _to_ring(reader: User) -> Iterator[Hand]:
    """To who covers and was written to: a message of a colleague that nobody has read."""
    for reply in _calling(reader).order_by("received_at").only("pk", "told_at")[:MANY]:
        url = reverse("clients:cover_message", args=[reply.pk])
        rest = _("has a message that should be read now, and nobody has opened it yet.")
        yield Hand("stop", "phone-call", _("Ring"), _("A colleague"), url, rest)


def _of_others(reader: User) -> QuerySet[Reply]:
    return Reply.objects.known_to(reader).unread().exclude(pk__in=Reply.objects.readable_by(reader).values("pk"))


def _waiting(reader: User, zone: str) -> Iterator[Hand]:
    """To the desk: whose message waits, and since when."""
    per_client = (
        _of_others(reader).values("client", "client__name").annotate(since=Min("received_at")).order_by("since")
    )
    for row in per_client[:MANY]:
        rest = _("has written: a message waits since %(when)s.") % {"when": words.when(row["since"], zone)}
        url = reverse("clients:show", args=[row["client"]])
        yield Hand("note", "message-circle", _("Waits"), row["client__name"], url, rest)


def _suspended(reader: User) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(client__in=Client.objects.visible_to(reader), suspended_at__isnull=False)


def _came_back(reader: User) -> Iterator[Hand]:
    """Where nothing arrives any more, until another address is entered or this one confirmed."""
    points = _suspended(reader).select_related("client")
    for point in points.order_by("-suspended_at")[:MANY]:
        said = {"name": point.client.name}
        if point.kind == ContactPoint.Kind.EMAIL:
            link = _("Mail to %(name)s") % said
            rest = _("came back: ask for another address.")
        else:
            link = _("A text message to %(name)s") % said
            rest = _("came back: ask for another number.")
        url = reverse("clients:edit_contact", args=[point.client_id, point.pk])
        yield Hand("look", "mail-warning", _("Ask"), link, url, rest)
