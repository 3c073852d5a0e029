"""Photographs of a route: the spot where one meets, and a hazard. One is looked at; those before it stay kept."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from practice.domain import audit, papers
from practice.domain.uploads import Upload
from practice.models import Paper, User
from routes.models import Hazard, Route

KIND = "route_photo"


def kept(route_id: UUID) -> QuerySet[Paper]:
    """Every photograph that was ever kept of a route, the newest first; without its bytes."""
    return Paper.objects.filter(subject=route_id, kind=KIND).defer("sealed")


@transaction.atomic
def keep(shot: Upload, *, of: Route | Hazard, by: User) -> Paper:
    """The photograph that is looked at from now on; `shot` is of `uploads.photograph`."""
    route = _route_of(of)
    paper = papers.keep(
        subject=route.pk, kind=KIND, title=_title(of), data=shot.data, media_type=shot.media_type, by=by
    )
    _hang(of, paper, by=by)
    return paper


@transaction.atomic
def take_down(*, of: Route | Hazard, by: User) -> None:
    """No photograph is looked at any more; the paper stays, and who took it down is written down."""
    _hang(of, None, by=by)


def _hang(of: Route | Hazard, paper: Paper | None, *, by: User) -> None:
    route = Route.objects.select_for_update().get(pk=_route_of(of).pk)
    of.refresh_from_db(fields=["photo"])
    detail: dict[str, str | int | None] = {
        "hazard": of.pk if isinstance(of, Hazard) else None,
        "paper": paper.number if paper else None,
        "before": of.photo.number if of.photo else None,
    }
    audit.record("route.photo", by=by, subject=route.pk, detail=detail)
    of.photo = paper
    of.save(update_fields=["photo"])


def _route_of(of: Route | Hazard) -> Route:
    return of if isinstance(of, Route) else of.route


def _title(of: Route | Hazard) -> str:
    return of.alias if isinstance(of, Route) else of.words
