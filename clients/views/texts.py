"""The practice's texts: write them clause by clause, look at them as a client does, and publish them as versions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.domain import (
    consent_changes,
    consent_checklist,
    consent_drafts,
    consent_files,
    consent_reach,
    consent_texts,
)
from clients.domain.consent_drafts import Sheet
from clients.forms.text_plan import Questions
from clients.forms.texts import Clauses, PublishForm, ReaderForm, TextForm
from clients.models import ConsentText
from practice.models import Scope
from practice.rules import Permission
from practice.web import needs


def _sheet(key: str, language: str) -> Sheet:
    found = consent_drafts.find(key, language)
    if found is None:
        raise Http404
    return found


def _named(sheet: Sheet) -> dict[str, Any]:
    """What every page says about the text it is about."""
    return {
        "sheet": sheet,
        "language": get_language_info(sheet.draft.language)["name_local"],
        "about": [Scope(mode).label for mode in sheet.draft.modes],
    }


@require_safe
@needs(Permission.KEEP_PRACTICE)
def listing(request: HttpRequest) -> HttpResponse:
    """Every text and language: which version stands, and what is not published yet."""
    rows = [_named(sheet) for sheet in consent_drafts.sheets()]
    return render(request, "clients/texts.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def edit(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """Write one text. What was typed stays on the page whatever happens."""
    sheet = _sheet(key, language)
    data = request.POST if request.method == "POST" else None
    form, clauses, questions = (one.of(sheet.draft, data) for one in (TextForm, Clauses, Questions))
    context: dict[str, Any] = {"stamp": sheet.stamp if data is None else data.get("stamp", "")}
    if data is not None and all([form.is_valid(), clauses.is_valid(), questions.is_valid()]):
        typed = form.draft(sheet.draft, clauses.clauses(sheet.draft), questions.questions(sheet.draft))
        try:
            consent_drafts.save(typed, stamp=context["stamp"], by=request.user)
            messages.success(request, _("Kept as a draft. Clients see it when it is published."))
            return redirect("clients:text", key, language)
        except consent_drafts.Stale as stale:
            sheet = stale.sheet
            context |= {"stamp": sheet.stamp, "differs": consent_changes.between(sheet.draft, typed)}
    context |= _named(sheet) | {"form": form, "clauses": clauses, "questions": questions, **_parts(clauses, sheet)}
    return render(request, "clients/text.html", context, status=422 if data is not None else 200)


def _parts(clauses: Clauses, sheet: Sheet) -> dict[str, Any]:
    """The clauses as the page shows them: those that stand or are needed first, those that may be added after them."""
    draft = sheet.draft
    needed = {one.key for one in consent_checklist.needed(draft.modes, minors=bool(draft.body.get("minors")))}
    foreign = consent_files.untranslated(draft)
    keys = {key for key, _name in foreign if key}
    rows = [
        {"form": one, "is_needed": (key := one["key"].value()) in needed, "is_foreign": key in keys}
        for one in clauses.forms
    ]
    stand = [row for row in rows if row["is_needed"] or row["form"].stands or row["form"].errors]
    return {
        "stand": stand,
        "further": [row for row in rows if row not in stand],
        "lacking": [(key, consent_checklist.name_of(key)) for key in consent_files.lacking(draft)],
        "foreign": foreign,
        "unknown": consent_files.unknown_names(draft),
        "names": sorted(consent_files.NAMES),
    }


@require_safe
@needs(Permission.KEEP_PRACTICE)
def preview(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """The draft as a client reads it, with invented people."""
    sheet = _sheet(key, language)
    number = (sheet.newest.version if sheet.newest else 0) + sheet.is_changed
    draft = sheet.draft.as_version
    text = ConsentText(key=key, language=language, version=number, title=draft.title, modes=list(draft.modes))
    text.body = dict(draft.body)
    return _as_read(request, text)


@require_safe
@needs(Permission.KEEP_PRACTICE)
def version(request: HttpRequest, key: str, language: str, number: int) -> HttpResponse:
    """A version as it was published."""
    return _as_read(request, get_object_or_404(ConsentText, key=key, language=language, version=number))


def _as_read(request: HttpRequest, text: ConsentText) -> HttpResponse:
    form = ReaderForm(request.GET, text=text)
    shown = consent_texts.preview(text, to=form.readers)
    context = {"preview": text, "shown": shown, "sections": consent_texts.sections(shown), "reader": form}
    return render(request, "clients/consent_print.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def publish(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """What the next version changes, and whether those who signed before are asked again."""
    sheet, status = _sheet(key, language), 200
    form = PublishForm(request.POST if request.method == "POST" else None, is_first=sheet.newest is None)
    if form.is_bound:
        status = 422
        if form.is_valid() and (made := _published(request, sheet, form)):
            words = _("Published: version %(n)s. It never changes; the next change becomes the next version.")
            messages.success(request, " ".join([words % {"n": made.version}, *_older(made)]))
            return redirect("clients:texts")
        sheet = _sheet(key, language)
    newest = consent_drafts.as_draft(sheet.newest) if sheet.newest else None
    context = _named(sheet) | {
        "form": form,
        "reasons": consent_drafts.reasons(sheet),
        "reach": consent_reach.of(sheet.newest, at=timezone.now()) if sheet.newest else None,
        "left_out": [clause["heading"] for clause in consent_files.left_out(sheet.draft)],
        "changes": consent_changes.between(newest, sheet.draft.as_version) if newest else [],
    }
    return render(request, "clients/text_publish.html", context, status=status)


def _older(made: ConsentText) -> list[str]:
    words = _("%(language)s still has the older words (version %(n)s).")
    return [
        words % {"language": get_language_info(one.language)["name_translated"], "n": one.version}
        for one in consent_drafts.older_beside(made)
    ]


def _published(request: HttpRequest, sheet: Sheet, form: PublishForm) -> ConsentText | None:
    """The new version; None with the reason on the page."""
    try:
        stamp = request.POST.get("stamp", "")
        return consent_drafts.publish(sheet, stamp=stamp, renews=form.asks_again, by=request.user)
    except consent_drafts.NotReady:
        return None  # the page lists the reasons
    except consent_drafts.Stale:
        form.add_error(None, _("Somebody changed the draft meanwhile. Please look at the changes again."))
        return None
