"""How every page about a client begins: find her within what the person asking may see, or answer 404."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from clients import rules
from clients.models import Client, Screening


def of(request: HttpRequest, pk: UUID) -> Client:
    """A client whom this person may know of."""
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)


def in_care_of(request: HttpRequest, pk: UUID) -> Client:
    """A client whose chart this person may read."""
    return get_object_or_404(Client.objects.charted_by(request.user), pk=pk)


def screening(request: HttpRequest, pk: UUID, screening_pk: UUID, **narrowed: object) -> Screening:
    """One asking of a client whose chart this person may read."""
    asked = Screening.objects.select_related("client", "read_by", "asked_by")
    charted = Client.objects.charted_by(request.user).filter(pk=pk)
    return get_object_or_404(asked, pk=screening_pk, client__in=charted, **narrowed)


def to_decide_about(request: HttpRequest, pk: UUID) -> Client:
    """A client in treatment, about whom this person may decide."""
    client = active(request, pk)
    if not rules.may_decide(request.user, client):
        raise Http404
    return client


def active(request: HttpRequest, pk: UUID) -> Client:
    """A client in treatment, whose chart this person may read."""
    client = in_care_of(request, pk)
    if client.status != Client.Status.ACTIVE:
        raise Http404
    return client
