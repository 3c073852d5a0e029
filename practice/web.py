"""Between HTTP and the views: the request's log line, the actor of history rows, links, and who may enter."""

import logging
import time
import uuid
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

import pghistory
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from practice.domain import crisis, links, papers, uploads
from practice.domain.log import request_id
from practice.models import Paper, Practice
from practice.models.practice import at_hand
from practice.rules import Permission, has

Answer = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]
logger = logging.getLogger("alongside.request")
MAIL = "eml"
"""The ending of a whole message as it came, the one kind of paper that is no upload."""


class RequestLog:
    """One line a request: view name, status, milliseconds, queries. No path (it may hold a token), no query string."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.queries = 0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with an id that joins this request's traces, and `no-store` unless the view said otherwise."""
        token = request_id.set(uuid.uuid4().hex[:16])
        request.id = request_id.get()  # type: ignore[attr-defined]
        started, count = time.perf_counter(), _Count()
        try:
            with connection.execute_wrapper(count):
                response = self.get_response(request)
            response.setdefault("Cache-Control", "no-store")
            response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
            match = request.resolver_match
            fields = {
                "view": match.view_name if match else None,
                "method": request.method,
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
                "queries": count.queries,
            }
            logger.info("request", extra={"fields": fields})
            return response
        finally:
            request_id.reset(token)


class _Count:
    """Counts the queries of one request."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.queries += 1
        return execute(*args)


def tell_what_broke(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """One line about an exception that nobody expected: its class and where, never its message or the address."""
    logger.error("broken", exc_info=True)


class SoundCookies:
    """Leaves out cookies that no browser of ours was given: a NUL in a session key is an error of the database."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as if they had not been sent."""
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if value.isprintable()}
        return self.get_response(request)


class Actor:
    """Puts who acts, and the request's id, into every history row that the request causes; has the practice at hand,
    and its clock."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside a history context."""
        actor = str(request.user.pk) if request.user.is_authenticated else None
        with pghistory.context(actor=actor, request=request_id.get()), at_hand(), timezone.override(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        """From here on days and hours are the practice's own; not where none are told, so that nothing is looked up."""
        practice = None if getattr(view, "has_no_days", False) else Practice.known()
        if practice:
            timezone.activate(practice.zone)


class SecondFactor:
    """In a real practice nobody on the staff sees a page before a second factor is set up."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send staff without a second factor to where it is made."""
        if settings.IN_PRACTICE and request.user.is_authenticated and not self._may_pass(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _may_pass(request: HttpRequest) -> bool:
        from allauth.mfa.models import Authenticator

        if request.path.startswith(reverse("account_login").rsplit("/", 2)[0]) or request.user.is_client:
            return True
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        return Authenticator.objects.filter(user=request.user, type__in=kinds).exists()


IN_OTHER_HANDS = "in_other_hands"
GIVEN_BACK_BY = frozenset({
    "hand_back", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout",
})  # fmt: skip


def hand_over(request: HttpRequest, *, back_to: str) -> None:
    """The device goes to somebody else: from now on this log-in opens only pages that are reached by a link.

    Until whoever is signed in has said again who they are; then it goes on at `back_to`.
    """
    request.session[IN_OTHER_HANDS] = {"since": time.time(), "back_to": back_to}


class InOtherHands:
    """While a device is handed over, everything else leads to a page that asks for it back."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; who may see what is looked at once the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Let pages by link pass, and everything once a password or second factor was given since."""
        held = request.session.get(IN_OTHER_HANDS)
        if not held:
            return None
        given = get_authentication_records(request, request.user)
        if any(one.get("reauthenticated") and one["at"] > held["since"] for one in given):
            del request.session[IN_OTHER_HANDS]
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if getattr(view, "is_reached_by_link", False) or name in GIVEN_BACK_BY:
            return None
        return redirect("hand_back")


class OnlyByButton:
    """A page of ours for whoever opens an address that only a button sends to: signing in may have come between."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and where the method alone was wrong, say what to do."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """What every template knows: the practice, its crisis lines, what the person may do, and the mode."""
    practice = Practice.known()
    user = getattr(request, "user", None)
    may = {str(one): has(user, one) for one in Permission} if user and user.is_authenticated else {}
    return {
        "practice": practice,
        "crisis_lines": crisis.lines(practice.country if practice else "GB"),
        "may": may,
        "by_link": getattr(getattr(request.resolver_match, "func", None), "is_reached_by_link", False),
        "demo_mode": settings.MODE == "demo",
        "request_id": getattr(request, "id", ""),
    }


def needs(permission: Permission) -> Callable[[View], View]:
    """Only people with the permission; everyone else gets 404, as if the page were not there."""

    def hat(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not has(request.user, permission):
                raise Http404
            return view(request, *args, **kwargs)

        return wrapped

    return hat


def download(paper: Paper) -> HttpResponse:
    """A kept paper as a file, opened here. Whoever calls has written down that it is read.

    It may have come from outside: no browser shows it on a page of ours, guesses at what it is, or lets it act.
    """
    return _given(paper, "attachment")


def shown(paper: Paper) -> HttpResponse:
    """A kept photograph for an `<img>` on a page of ours; nothing else is ever shown."""
    if paper.media_type != "image/jpeg":
        raise Http404
    return _given(paper, "inline")


def _given(paper: Paper, how: str) -> HttpResponse:
    answer = HttpResponse(papers.read(paper), content_type=paper.media_type)
    answer["Content-Disposition"] = f'{how}; filename="{paper.number}.{uploads.ENDINGS.get(paper.media_type, MAIL)}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def is_from_here(request: HttpRequest) -> bool:
    """Whether the browser itself says that the form stood on a page of ours."""
    ours = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == ours


def with_link(purpose: str, *, typed: Callable[[], Collection[str]] = frozenset) -> Callable[[View], View]:
    """A public view reached by a mailed link: gives the view `link`, or answers one neutral page (410).

    Looking never consumes a link: the view calls `links.use(link)` when an act of hers does. `typed` names the fields
    that hold her own words: sent by a link that no longer works, they are handed back to her and kept nowhere.
    """

    def hat(view: View) -> View:
        @login_not_required
        @never_cache
        @wraps(view)
        def wrapped(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            link = links.find(token, purpose)
            if link is None:
                return ended(request, typed())
            response = view(request, *args, link=link, token=token, **kwargs)
            response["Referrer-Policy"] = "same-origin"
            response["X-Robots-Tag"] = "noindex"
            return response

        wrapped.is_reached_by_link = True  # type: ignore[attr-defined]
        return wrapped

    return hat


def ended(request: HttpRequest, typed: Collection[str]) -> HttpResponse:
    """It no longer works. What was sent by it reached nobody, and the page says so."""
    was_sent = request.method == "POST" and is_from_here(request)
    words = [said for name in sorted(typed) if (said := request.POST.get(name, "").strip())] if was_sent else []
    return render(request, "link_ended.html", {"was_sent": was_sent, "words": words}, status=410)
