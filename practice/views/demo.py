"""The demo's letter tray: what the local mail sink received. Not there in a real practice."""

import email
import email.policy
import json
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

# A letter brings its own styles, loads nothing, runs nothing, and is framed by our own page alone.
AS_A_LETTER = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}


def _tray() -> Path:
    folder: Path = settings.ENVIRONMENT.home / "mail"
    return folder


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)


def _texts() -> list[dict[str, Any]]:
    """The newest 100 text messages."""
    paths = sorted((settings.ENVIRONMENT.home / "texts").glob("*.json"), reverse=True)[:100]
    kept = [json.loads(path.read_text()) for path in paths]
    return [one | {"at": datetime.fromisoformat(one["at"])} for one in kept]


def _find(name: str) -> EmailMessage:
    path = _tray() / f"{Path(name).name}.eml"
    try:
        return _read(path)
    except OSError as error:  # not there, or a name that no file can have
        raise Http404 from error


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    if body is None:
        return ""
    try:
        return str(body.get_content())
    except LookupError:  # a charset that nobody knows
        return body.get_payload(decode=True).decode("utf-8", "replace")  # type: ignore[union-attr]


def _sent_at(message: EmailMessage) -> datetime | None:
    return getattr(message["date"], "datetime", None)


@login_not_required
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """The newest 100 letters, and the newest 100 text messages."""
    paths = sorted(_tray().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[:100]
    read = [(path.stem, _read(path)) for path in paths]
    letters = [{"name": name, "message": message, "sent_at": _sent_at(message)} for name, message in read]
    return render(request, "practice/demo_mail.html", {"letters": letters, "texts": _texts()})


@login_not_required
@require_safe
@csp_update({"frame-src": [SELF]})
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter: as it arrives, and its plain text with links that can be followed."""
    message = _find(name)
    context: dict[str, Any] = {
        "name": name,
        "message": message,
        "sent_at": _sent_at(message),
        "text": _part(message, "plain").strip(),
        "has_page": bool(_part(message, "html")),
    }
    return render(request, "practice/demo_letter.html", context)


@login_not_required
@require_safe
@xframe_options_sameorigin
@csp(AS_A_LETTER)
def letter_page(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML side of a letter, for the frame on its page; its links lead the whole window on."""
    page = _part(_find(name), "html")
    if not page:
        raise Http404
    return HttpResponse(page.replace("<head>", '<head><base target="_top">', 1))
