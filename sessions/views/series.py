"""A session that comes again: its dates before anything is written, and what is changed of many of them at once."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from practice.domain import words
from practice.models import Mode
from practice.rules import Permission
from practice.web import needs
from sessions.domain import booking, recurrence, refusals, series, series_words, weighing
from sessions.domain.dark_dates import Slot
from sessions.domain.series import Preview
from sessions.forms import BookForm
from sessions.forms.series import RepeatForm, days_of


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
    ticked = weighing.ticked(found.lines, shown, on) - set(but)
    return _page(request, form, found, status=422 if refused else 200, refusals=refused, ticked=ticked)


def _book(request: HttpRequest, form: RepeatForm) -> HttpResponse:
    days = days_of(request.POST, "on")
    if not days:
        return _look(request, form, [_("Tick at least one date.")])
    try:
        made = series.book(form.plan(), days, by=request.user, key=form.key)
    except series.Refused as refused:
        why = " ".join(refusals.words(refused.cause, request.user))
        said = {"day": words.day(refused.day), "why": why}
        return _look(request, form, [_("%(day)s is no longer possible, so nothing was booked. %(why)s") % said],
                     but=[refused.day])  # fmt: skip
    except booking.UsedAlready:
        form.booking.renew()
        return _look(request, form, [_("This form was used already. Look at it again, then book.")])
    except (series.OtherDates, recurrence.TooMany):
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


def _offered(form: RepeatForm, found: Preview | None) -> list[tuple[Slot, str]]:
    """The other times with their words; the one that was chosen stays among them."""
    if found is None or not found.dark:
        return []
    plan, offered = form.plan(), list(found.proposals)
    if plan.instead and plan.instead.key not in [slot.key for slot in offered]:
        offered.insert(0, plan.instead)
    return [(slot, slot.words(found.dark[0].sessions[0])) for slot in offered]
