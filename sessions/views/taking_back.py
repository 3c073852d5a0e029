"""Undo, within three minutes: of what was moved or cancelled, and of what the storm board sent."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from practice.rules import Permission
from practice.web import needs
from sessions.domain import meeting, moving, reading, refusals, taking_back
from sessions.domain.taking_back import Was
from sessions.views import session as page
from sessions.views import storm, undoing


@require_POST
@needs(Permission.KEEP_DIARY)
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Back to where it was, if nobody changed it since; otherwise its page says why not."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk)
    kept = undoing.to_undo(request, now=timezone.now(), session=session)
    if kept is None or kept["what"] == undoing.SENT:
        return page.refused(request, session, [_("That can no longer be undone. Nothing was changed.")])
    try:
        back = taking_back.take_back(kept["done"][0], by=request.user)
    except refusals.Refusal as cause:
        return page.refused(request, session, refusals.words(cause, request.user))
    undoing.forget(request)
    at = {"who": meeting.title(back), "when": moving.where(back)}
    messages.success(request, _("Undone: %(who)s is back on %(when)s.") % at)
    if kept["what"] == undoing.CANCELLED:
        return redirect("sessions:show", back.pk)
    return redirect(f"{reverse('sessions:calendar')}?week={back.starts_at.astimezone(reading.zone(back)).date()}")


@require_POST
@needs(Permission.KEEP_DIARY)
def undo_sent(request: HttpRequest) -> HttpResponse:
    """Each session as it was; what cannot be taken back is named with why, and stays as it is now."""
    kept = undoing.to_undo(request, now=timezone.now(), what=undoing.SENT)
    if kept is None:
        return storm.refused(request, [_("That can no longer be undone. Nothing was changed.")])
    found = reading.changeable(request.user).in_bulk([was["session"] for was in kept["done"]])
    tried = [(session, _why_not(request, was)) for was in kept["done"] if (session := found.get(UUID(was["session"])))]
    refused = [f"{meeting.title(session)}, {meeting.span(session)}: {why}" for session, why in tried if why]
    done = len(tried) - len(refused)
    undoing.forget(request)
    if done:
        said = ngettext("Undone for %(n)s session.", "Undone for %(n)s sessions.", done) % {"n": done}
        messages.success(request, said + " " + _("No letter about it leaves."))
    return storm.refused(request, refused) if refused else redirect("sessions:storm")


def _why_not(request: HttpRequest, was: Was) -> str:
    """Take one back; nothing is left half done."""
    try:
        taking_back.take_back(was, by=request.user)
    except refusals.Refusal as cause:
        return " ".join(refusals.words(cause, request.user))
    return ""
