"""A session that comes again: its dates before anything is written, and what is changed of many of them at once."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from practice.domain import words
from practice.models import Mode
from practice.rules import Permission
from practice.web import needs
from sessions.domain import (
    booking,
    meeting,
    reading,
    recurrence,
    refusals,
    series,
    series_changes,
    series_letter,
    series_words,
    weighing,
)
from sessions.domain.dark_dates import Slot
from sessions.domain.series import Preview
from sessions.domain.weighing import Weighed
from sessions.forms import BookForm
from sessions.forms.series import ChangeForm, RepeatForm, days_of
from sessions.models import Session


@require_POST
@needs(Permission.KEEP_DIARY)
def repeat(request: HttpRequest) -> HttpResponse:
    """From the booking form: by which rule, then every date with what stands against it. With `book` what is ticked is
    booked; nothing is written otherwise."""
    first = BookForm(request.POST, by=request.user)
    if first.is_valid() and first.cleaned_data["doubled_because"]:
        first.add_error("doubled_because", _("What comes again is not booked over other sessions: leave this empty."))
    if first.errors:
        return render(request, "sessions/book.html", {"form": first}, status=422)
    form = RepeatForm(request.POST if "every" in request.POST else RepeatForm.beginning(), booking=first)
    if not form.is_valid():
        return _page(request, form, None, status=422)
    if "book" in request.POST and form.was_seen:
        return _book(request, form)
    refused = [_("These are other dates than before. Look at them, then book.")] if "book" in request.POST else []
    return _look(request, form, refused)


def _look(request: HttpRequest, form: RepeatForm, refused: list[str], *, but: Collection[date] = ()) -> HttpResponse:
    """The dates, ticked as they were; with what was refused the answer is 422."""
    try:
        found = series.preview(form.plan(), request.user)
    except recurrence.TooMany:
        form.add_error("count", _("That would be more than %(n)s dates.") % {"n": recurrence.MOST})
        return _page(request, form, None, status=422)
    except refusals.Refusal as cause:
        return _page(request, form, None, status=422, refusals=refusals.words(cause, request.user))
    shown, on = days_of(request.POST, "shown"), days_of(request.POST, "on")
    shown -= found.in_the_dark if form.is_other_time else set()
    ticked = weighing.ticked(found.lines, shown, on) - set(but)
    return _page(request, form, found, status=422 if refused else 200, refusals=refused, ticked=ticked)


def _book(request: HttpRequest, form: RepeatForm) -> HttpResponse:
    days = days_of(request.POST, "on")
    if not days:
        return _look(request, form, [_("Tick at least one date.")])
    try:
        made = series.book(form.plan(), days, by=request.user, key=form.key)
    except refusals.Refused as refused:
        why = " ".join(refusals.words(refused.cause, request.user))
        said = {"day": words.day(refused.day), "why": why}
        return _look(request, form, [_("%(day)s is no longer possible, so nothing was booked. %(why)s") % said],
                     but=[refused.day])  # fmt: skip
    except booking.UsedAlready:
        form.booking.renew()
        return _look(request, form, [_("This form was used already. Look at it again, then book.")])
    except (refusals.OtherDates, recurrence.TooMany):
        return _look(request, form, [_("These are other dates than before. Look at them, then book.")])
    booked = ngettext("Booked: one date.", "Booked: %(n)s dates.", len(days)) % {"n": len(days)}
    messages.success(request, f"{booked} {series_words.sentence(made)}.")
    return redirect("sessions:show", made.sessions.order_by("starts_at")[0].pk)


def _page(request: HttpRequest, form: RepeatForm, found: Preview | None, *, status: int, **extra: Any) -> HttpResponse:
    first, every = form.booking.cleaned_data, form.cleaned_data.get("every")
    context = {
        "form": form,
        "booking": form.booking,
        "what": form.booking.wanted(),
        "mode": Mode(first["mode"]).label,
        "found": found,
        "often": series_words.how_often(every, first["day"], first["starts"]) if every else "",
        "seen": form.seen if form.is_valid() else "",
        "instead": form.cleaned_data.get("instead", ""),
        "proposals": _offered(form, found),
    }
    return render(request, "sessions/series.html", context | extra, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_DIARY)
def change(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """Move, cancel, route or therapist: of this one, this and later ones, or all. First every date that changes with
    what stands against it; with `do` what is ticked is changed."""
    session = get_object_or_404(reading.changeable(request.user).filter(series__isnull=False), pk=pk)
    choices = series_words.choices(session, request.user)
    if what not in choices:
        raise Http404
    begun = ChangeForm.beginning(session)
    form = ChangeForm(request.POST or None, initial=begun, what=what, session=session, by=request.user)
    if request.method != "POST":
        return _change_page(request, session, form, None, status=200)
    if not form.is_valid():
        return _change_page(request, session, form, None, status=422)
    if "do" in request.POST and form.was_seen:
        return _do(request, session, form)
    refused = [_("These are other dates than before. Look at them first.")] if "do" in request.POST else []
    return _look_at_change(request, session, form, refused)


def _look_at_change(
    request: HttpRequest, session: Session, form: ChangeForm, refused: list[str], *, but: Collection[date] = ()
) -> HttpResponse:
    try:
        found = series_changes.preview(session, form.change(), by=request.user, now=timezone.now())
    except refusals.Refusal as cause:
        said = refusals.words(cause, request.user)
        return _change_page(request, session, form, None, status=422, refusals=said)
    shown, on = days_of(request.POST, "shown"), days_of(request.POST, "on")
    more = {
        "ticked": weighing.ticked(found.lines, shown, on) - set(but),
        "refusals": refused,
        "tells": series_letter.reach([line.session for line in found.lines], request.user).before(),
        "is_new": not shown,
    }
    return _change_page(request, session, form, found, status=422 if refused else 200, **more)


def _do(request: HttpRequest, session: Session, form: ChangeForm) -> HttpResponse:
    days, now = days_of(request.POST, "on"), timezone.now()
    if not days:
        return _look_at_change(request, session, form, [_("Tick at least one date.")])
    near, tell = series_changes.has_been_told(session, days), "tell" in request.POST
    try:
        done = series_changes.carry_out(session, form.change(), days, by=request.user, now=now, tell=tell)
    except refusals.Refused as refused:
        why = " ".join(refusals.words(refused.cause, request.user))
        said = _("%(day)s is not possible, so nothing was changed. %(why)s")
        named = {"day": words.day(refused.day), "why": why}
        return _look_at_change(request, session, form, [said % named], but=[refused.day])
    except refusals.OtherDates:
        return _look_at_change(request, session, form, [_("These are other dates than before. Look at them first.")])
    messages.success(request, series_words.done(form.what, len(done)))
    if tell and form.what in series_changes.TOLD:
        messages.info(request, series_letter.reach(done, request.user).after(done))
    elif near:
        messages.info(request, _("A reminder of one of them has left already: ring or write, so that nobody waits."))
    return redirect("sessions:show", session.pk)


def _change_page(
    request: HttpRequest, session: Session, form: ChangeForm, found: Weighed | None, *, status: int, **extra: Any
) -> HttpResponse:
    context = {
        "session": session,
        "title": meeting.title(session),
        "often": series_words.sentence(session.series) if session.series else "",
        "form": form,
        "heading": series_words.HEADINGS[form.what](),
        "found": found,
        "seen": form.seen if form.is_bound and form.is_valid() else "",
        "nothing": found is not None and not found.lines,
        "may_tell": form.what in series_changes.TOLD,
    }
    return render(request, "sessions/series_change.html", context | extra, status=status)


def _offered(form: RepeatForm, found: Preview | None) -> list[tuple[Slot, str]]:
    """The other times with their words; the one that was chosen stays among them."""
    if found is None or not found.dark:
        return []
    plan, offered = form.plan(), list(found.proposals)
    if plan.instead and plan.instead.key not in [slot.key for slot in offered]:
        offered.insert(0, plan.instead)
    return [(slot, slot.words(found.dark[0].sessions[0])) for slot in offered]
