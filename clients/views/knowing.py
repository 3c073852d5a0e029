"""Who is at the signing page: staff who handed it over, somebody with an account, or whoever typed a mailed code."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clients.domain import consent, identity
from clients.domain.identity import Circumstances, NotKnown
from clients.models import Client, Consent, SigningCode
from practice import web
from practice.domain import links
from practice.models import Link, User
from practice.rules import Permission, has

COOKIE, SALT = "known", "clients.views.knowing"
HANDED_OVER = "handed_over"


def staff(request: HttpRequest) -> User | None:
    """Who of the practice is signed in on this device."""
    user = request.user
    return user if user.is_authenticated and not user.is_client else None


def hand_over(request: HttpRequest, token: str, *, back_to: str) -> None:
    """Remember in this log-in that the link was made here to hand the device over; a mailed one never is.

    Behind it the log-in closes until whoever handed it over has said again who they are.
    """
    web.hand_over(request, back_to=back_to)
    if link := links.find(token, consent.PURPOSE):
        request.session[HANDED_OVER] = [*request.session.get(HANDED_OVER, []), str(link.pk)]


def witness(request: HttpRequest, link: Link, one: Consent) -> User | None:
    """Who signs together with her: whoever handed this device over in this log-in, and may still ask this client.

    A mailed link is signed from afar, whoever is signed in where it is opened.
    """
    user = staff(request)
    if user is None or link.made_by_id != user.pk or str(link.pk) not in request.session.get(HANDED_OVER, []):
        return None
    may_ask = has(user, Permission.ASK_CONSENT) and Client.objects.charted_by(user).filter(pk=one.client_id).exists()
    return user if may_ask else None


def circumstances(request: HttpRequest, link: Link, one: Consent) -> tuple[Circumstances, str]:
    """What surrounds this request, and a sentence about its code when something is wrong with it.

    A code that was asked for is sent; one that is typed is looked at; one typed rightly within the hour holds.
    """
    code = _held(request, one)
    around, problem = _around(request, code, witness(request, link, one)), ""
    if request.method != "POST" or identity.who(one, around):
        return around, problem
    do, typed = request.POST.get("do", "sign"), request.POST.get("code", "")
    try:
        if do == "code":
            identity.send_code(one)
        elif typed.strip():
            around = _around(request, identity.check(one, typed), around.witness)
        else:
            problem = identity.first_a_code()
    except NotKnown as error:
        problem = str(error)
    return around, problem


def _around(request: HttpRequest, code: SigningCode | None, witness: User | None) -> Circumstances:
    return Circumstances(
        address=get_adapter(request).get_client_ip(request),
        agent=request.headers.get("User-Agent", ""),
        witness=witness,
        login=request.user if request.user.is_authenticated else None,
        code=code,
    )


def _held(request: HttpRequest, one: Consent) -> SigningCode | None:
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=identity.HOLDS)
    return identity.holding(one, kept) if kept else None


def remember(response: HttpResponse, around: Circumstances) -> HttpResponse:
    """The code holds in this browser for an hour from when it was typed; the cookie is good for nothing else."""
    if around.code:
        response.set_signed_cookie(
            COOKIE,
            str(around.code.pk),
            salt=SALT,
            max_age=identity.HOLDS,
            path="/s/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def context(one: Consent, around: Circumstances) -> dict[str, Any]:
    """What the page says about who is there, and where a code goes."""
    address = identity.address(one)
    return {
        "known": identity.who(one, around),
        "code_goes_to": f"{address[:1]}…@{address.rpartition('@')[2]}" if address else "",
        "code_sent": identity.is_on_its_way(one),
    }
