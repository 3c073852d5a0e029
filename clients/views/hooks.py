"""What the provider of text messages tells us: a message that came in, and what became of one that left.

Nobody logs in here. The provider signs each request with the practice's own token (twilio.com/docs/usage/security);
one without its signature is refused without a word.
"""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator

from clients.domain import bounces, receiving, reply_thanks
from clients.domain.receiving import Text
from practice.models import Letter

LARGEST = 64 * 1024
"""Bytes of one request; a text message of ten parts has not a tenth of it (ours)."""
FORM = "application/x-www-form-urlencoded"


def signed(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Only what the provider signed, and only a small form; not there at all where no provider is set."""

    @csrf_exempt
    @login_not_required
    @require_POST
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if not settings.SMS.token:
            raise Http404
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > LARGEST:
            return HttpResponse(status=413)
        if request.content_type != FORM or not _is_signed(request):
            return HttpResponse(status=403)
        return view(request)

    return wrapped


def _is_signed(request: HttpRequest) -> bool:
    """Over the address that the practice is known by, for a proxy may stand before us, and every field."""
    url = settings.BASE_URL + request.get_full_path()
    signature = request.headers.get("X-Twilio-Signature", "")
    return bool(RequestValidator(settings.SMS.token).validate(url, request.POST, signature))


@signed
def text(request: HttpRequest) -> HttpResponse:
    """A text message came in. It is kept before it is answered; the same again is kept once."""
    said = request.POST
    count = said.get("NumMedia", "0")
    pictures = [said.get(f"MediaUrl{number}", "") for number in range(min(int(count), 10) if count.isdecimal() else 0)]
    reply = receiving.take_text(
        Text(said.get("MessageSid", ""), said.get("From", ""), said.get("Body", ""), tuple(filter(None, pictures)))
    )
    answer = reply_thanks.text_answer(reply, receiving.points(Letter.Channel.TEXT, reply.sender))
    inside = f"<Message>{escape(answer)}</Message>" if answer else ""
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>', content_type="text/xml; charset=utf-8"
    )


@signed
def text_status(request: HttpRequest) -> HttpResponse:
    """What became of a text message that left."""
    said = request.POST
    bounces.take_status(
        provider_id=said.get("MessageSid", ""),
        status=said.get("MessageStatus", ""),
        code=said.get("ErrorCode", ""),
        letter=_id(request.GET.get("letter", "")),
    )
    return HttpResponse(status=204)


def _id(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
