"""The demo's letter tray: what the local mail sink received. Not there in a real practice."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


def _tray() -> Path:
    folder: Path = settings.ENVIRONMENT.home / "mail"
    return folder


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    return body.get_content() if body else ""


@login_not_required
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """The newest 100 letters."""
    paths = sorted(_tray().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[:100]
    letters = [{"name": path.stem, "message": _read(path)} for path in paths]
    return render(request, "practice/demo_mail.html", {"letters": letters})


@login_not_required
@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter: its plain text with links that can be followed."""
    path = _tray() / f"{Path(name).name}.eml"
    if not path.is_file():
        raise Http404
    message = _read(path)
    context: dict[str, Any] = {"message": message, "text": _part(message, "plain")}
    return render(request, "practice/demo_letter.html", context)
