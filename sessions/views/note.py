"""The note of one client's session: write, keep by itself, sign, read; and the summary made of signed notes."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from practice.domain import audit
from practice.rules import Permission
from practice.web import needs
from sessions.domain import meeting, notes, reading
from sessions.forms import NoteForm
from sessions.models import Note, Seat, Session


def _seat(request: HttpRequest, pk: UUID) -> Seat:
    """A seat of a session that this person may know of, else 404."""
    seats = Seat.objects.filter(session__in=Session.objects.visible_to(request.user))
    found = seats.select_related("client", "session__place", "session__route", "session__room", "session__therapist")
    return get_object_or_404(found, pk=pk)


def _note(seat: Seat) -> Note | None:
    note = Note.objects.filter(seat=seat).select_related("author").first()
    if note:
        note.seat = seat
    return note


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_DIARY)
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The author's form while it is a draft; the text for whoever may read it. A POST saves the draft."""
    seat = _seat(request, pk)
    written = _note(seat)
    if request.method == "POST":
        return _save(request, seat)
    if written and written.is_locked:
        return _read(request, seat, written)
    if not notes.may_write(request.user, seat):
        raise Http404
    if written:
        audit.record("note.read", by=request.user, subject=seat.client_id, detail={"note": str(written.pk)})
    form = NoteForm(session=seat.session, initial=_initial(seat, written))
    return _form(request, seat, form, written)


def _read(request: HttpRequest, seat: Seat, written: Note) -> HttpResponse:
    if not notes.may_read(request.user, seat, written):
        raise Http404
    audit.record("note.read", by=request.user, subject=seat.client_id, detail={"note": str(written.pk)})
    content = written.content
    sections = [(label, content.get(key, "")) for key, label in notes.SECTIONS.items()]
    context = {"seat": seat, "note": written, "sections": sections, "zone": seat.session.place.time_zone}
    return render(request, "sessions/note_read.html", context | reading.at(seat.session))


def _initial(seat: Seat, written: Note | None) -> dict[str, Any]:
    """What stands in the form: the draft, or the times of the booking."""
    zone = ZoneInfo(seat.session.place.time_zone)
    start: datetime | None = written.started_at if written else seat.session.starts_at
    stop: datetime | None = written.stopped_at if written else seat.session.ends_at
    return {
        "started": start.astimezone(zone).time() if start else None,
        "stopped": stop.astimezone(zone).time() if stop else None,
        "version": written.version if written else 0,
        **(written.content if written else {}),
    }


def _form(
    request: HttpRequest, seat: Seat, form: NoteForm, written: Note | None, *, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {
        "seat": seat,
        "form": form,
        "note": written,
        "how": meeting.short(seat.session),
        "where": meeting.where(seat.session),
        "mode_icon": meeting.MODE_ICONS[seat.session.mode],
        "zone": seat.session.place.time_zone,
        "missing": [notes.SECTIONS.get(key, _("Start and end")) for key in notes.missing(written)] if written else [],
    }
    return render(request, "sessions/note.html", context | reading.at(seat.session) | extra, status=status)


def _save(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Keep the draft; two windows never overwrite each other (409 shows both)."""
    if not notes.may_write(request.user, seat):
        raise Http404
    quiet = bool(request.headers.get("HX-Request"))
    form = NoteForm(request.POST, session=seat.session)
    if not form.is_valid():
        return _form(request, seat, form, _note(seat), status=422)
    try:
        kept = notes.save(seat, form.written(), version=form.cleaned_data["version"], by=request.user)
    except notes.Overtaken as overtaken:
        return _overtaken(request, seat, form, overtaken.note, quiet=quiet)
    except notes.Locked as locked:
        return _too_late(request, seat, form, locked.note, quiet=quiet)
    if quiet:
        return render(request, "sessions/note.html#saved", {"note": kept, "zone": seat.session.place.time_zone})
    if "sign" in request.POST:
        return _sign(request, seat, form, kept)
    messages.success(request, _("Kept as a draft."))
    return redirect("sessions:note", seat.pk)


def _too_late(request: HttpRequest, seat: Seat, form: NoteForm, signed: Note, *, quiet: bool) -> HttpResponse:
    """Signed in another window: what stands here is not kept, and is shown so that it can be taken along."""
    typed = form.written().content
    if quiet:
        return render(request, "sessions/note.html#signed", {"seat": seat}, status=409)
    if {key: text.strip() for key, text in typed.items()} == signed.content:
        messages.info(request, _("This note is signed; nothing in it changes any more."))
        return redirect("sessions:note", seat.pk)
    mine = [(label, typed[key]) for key, label in notes.SECTIONS.items() if typed[key].strip()]
    return render(
        request, "sessions/note_too_late.html", {"seat": seat, "mine": mine} | reading.at(seat.session), status=409
    )


def _overtaken(request: HttpRequest, seat: Seat, form: NoteForm, other: Note, *, quiet: bool) -> HttpResponse:
    """Another window saved first: both texts are there, nothing was lost."""
    audit.record("note.read", by=request.user, subject=seat.client_id, detail={"note": str(other.pk)})
    if quiet:
        return render(request, "sessions/note.html#overtaken", {"note": other, "seat": seat}, status=409)
    mine = request.POST.copy()
    mine["version"] = str(other.version)
    again = NoteForm(mine, session=seat.session)
    theirs = [(label, other.content.get(key, "")) for key, label in notes.SECTIONS.items()]
    return _form(request, seat, again, other, status=409, theirs=[pair for pair in theirs if pair[1]])


def _sign(request: HttpRequest, seat: Seat, form: NoteForm, kept: Note) -> HttpResponse:
    """Sign what was just saved, unless something is missing or a word asks for a second look."""
    found = notes.measures(kept.content)
    again = request.POST.copy()
    again["version"] = str(kept.version)
    fresh = NoteForm(again, session=seat.session)
    if found and not form.cleaned_data["measured"]:
        return _form(request, seat, fresh, kept, status=422, measured=found)
    try:
        notes.sign(kept, by=request.user)
    except notes.NotReady:
        return _form(request, seat, fresh, kept, status=422, tried=True)
    except notes.NotNow as why:
        return _form(request, seat, fresh, kept, status=422, refusal=str(why))
    except notes.Overtaken as overtaken:
        return _overtaken(request, seat, form, overtaken.note, quiet=False)
    except notes.Locked as locked:
        return _too_late(request, seat, form, locked.note, quiet=False)
    messages.success(request, _("Signed. From now on it can be read, not changed."))
    return redirect("sessions:note", seat.pk)
