"""For balancers and for the person who looks after the machine."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from practice.domain import pulse


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers; without it nothing here works."""
    ready = _works(_database)
    return HttpResponse("ok\n" if ready else "database\n", content_type="text/plain", status=200 if ready else 503)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Database, Valkey, worker and beat: 200 when all are well, 503 naming those that are not.

    Names go to this machine itself or to whoever holds ALONGSIDE_HEALTH_TOKEN; others get the status alone.
    """
    parts = {"database": _works(_database), "valkey": _works(_valkey)}
    parts |= pulse.living() if parts["valkey"] else {"worker": False, "beat": False}
    well = all(parts.values())
    status = 200 if well else 503
    if not _may_know(request):
        return JsonResponse({"status": "ok" if well else "down"}, status=status)
    down = [name for name, works in parts.items() if not works]
    return JsonResponse({"status": "ok" if well else "down", "down": down, "parts": parts}, status=status)


def _works(question: Callable[[], object]) -> bool:
    try:
        question()
    except Exception:  # any failure of a part is the answer to the question
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _valkey() -> None:
    cache.get("pulse")


def _may_know(request: HttpRequest) -> bool:
    token = settings.ENVIRONMENT.health_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(token.encode(), given.encode()):
        return True
    near = request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
    return near and not request.headers.get("X-Forwarded-For")


for page in (livez, readyz, healthz):
    page.has_no_days = True  # type: ignore[attr-defined]
