"""The letters about a window: to whoever is asked to watch, and to the client once somebody has said yes."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from clients.domain import asq_window, contacts
from clients.models import Client, Window
from practice.domain import crisis, words
from practice.domain.post import LetterKind, Rendered
from practice.models import Letter, Practice


def invitation_is_wanted(letter: Letter) -> bool:
    """Accepted, still watched, not over, nothing handed in yet, of somebody in treatment, and the address is still
    a safe one."""
    waiting = Window.objects.accepted().watched().filter(pk=letter.about, screening__isnull=True)
    return (
        waiting.filter(closes_at__gt=timezone.now(), client__status=Client.Status.ACTIVE).exists()
        and contacts.recipient(letter.client, letter.to) is not None
    )


def render_invitation(letter: Letter) -> Rendered:
    """When it opens, who is there, and a link made for this letter alone. Not a word of what is asked."""
    window = Window.objects.select_related("client", "watcher", "asked_by").get(pk=letter.about)
    point = contacts.recipient(letter.client, letter.to)
    practice = Practice.load()
    named = point is not None and contacts.may_name_us(point)
    with override(window.client.language):
        context = {
            "client": window.client,
            "window": window,
            "watcher": window.watcher,
            "practice": practice,
            "discreet": not named,
            "crisis_lines": crisis.lines(practice.country),
            "url": settings.BASE_URL + reverse("asq_window", args=[asq_window.link_for(window)]),
        }
        when = words.when(window.opens_at, practice.time_zone)
        subject = _("A few questions, %(when)s") % {"when": when} if named else _("A message for you")
        sender = (point.sender if point else "") or (practice.name if named else window.watcher.called)
        return _rendered(asq_window.INVITATION, subject, context, sender=sender)


def is_still_asked(letter: Letter) -> bool:
    """Nobody has answered, and the time is still to come."""
    return Window.objects.waiting(now=timezone.now()).filter(pk=letter.about).exists()


def render_ask(letter: Letter) -> Rendered:
    """To a colleague: will you be at your screen then? Not about whom, and not why."""
    window = Window.objects.select_related("asked_by").get(pk=letter.about)
    url = settings.BASE_URL + reverse("clients:watch", args=[window.pk])
    context = {"window": window, "colleague": window.asked_by, "practice": Practice.load(), "url": url}
    subject = _("%(name)s asks you to be at your screen") % {"name": words.apart(window.asked_by.called)}
    return _rendered(asq_window.ASKS, subject, context)


def _rendered(name: str, subject: str, context: dict[str, Any], *, sender: str = "") -> Rendered:
    context = context | {"subject": subject}
    return Rendered(
        subject=subject,
        text=render_to_string(f"mail/{name}.txt", context),
        html=render_to_string(f"mail/{name}.html", context),
        sender=sender,
    )


KINDS = {
    asq_window.INVITATION: LetterKind(
        invitation_is_wanted, render_invitation, gettext_lazy("Suicide questions by link")
    ),
    asq_window.ASKS: LetterKind(is_still_asked, render_ask),
}
