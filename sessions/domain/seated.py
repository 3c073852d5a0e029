"""Who of the members of a session a reader may know: whoever keeps it all of them, others those whom they may see."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from clients.models import Client
from practice.models import User
from practice.rules import Permission, has
from sessions.models import Seat, Session


def shown_to(reader: User) -> QuerySet[Seat]:
    """The seats whose people this reader may know by name."""
    if has(reader, Permission.SEE_ALL_CLIENTS):
        return Seat.objects.all()
    hers = Exists(Session.objects.of(reader).filter(pk=OuterRef("session")))
    return Seat.objects.filter(hers | Q(client__in=Client.objects.visible_to(reader)))


def in_all() -> Subquery:
    """How many there are, for an annotation `in_all` of sessions; `meeting.title` says how many it does not name."""
    counted = Seat.objects.filter(session=OuterRef("pk")).order_by().values("session").annotate(n=Count("pk"))
    return Subquery(counted.values("n"))
