"""Beginning a text: one of the practice's own, or one more language of a text that is there."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.domain import consent_beginnings, consent_drafts
from clients.domain.consent_beginnings import Taken
from clients.domain.consent_drafts import Sheet
from clients.forms.text_begin import BeginForm, LanguageForm
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def begin(request: HttpRequest) -> HttpResponse:
    """A text of the practice's own: what it is called, what it is about, in which language."""
    form = BeginForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = consent_beginnings.begin(
                said["title"], modes=said["about"], language=said["language"], by=request.user
            )
            return _begun(request, made)
        except Taken:
            form.add_error("title", _("There is a text of that name already. Please choose another title."))
    return render(request, "clients/text_begin.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def begin_language(request: HttpRequest, key: str) -> HttpResponse:
    """One more language of a text."""
    there = consent_drafts.sheets(key=key)
    if not there:
        raise Http404
    without = frozenset(sheet.draft.language for sheet in there)
    form = LanguageForm(request.POST if request.method == "POST" else None, without=without)
    if form.is_valid():
        try:
            made = consent_beginnings.begin_language(key, language=form.cleaned_data["language"], by=request.user)
            return _begun(request, made)
        except Taken:
            form.add_error("language", _("There is this text in that language already."))
    context = {"form": form, "first": there[0].draft}
    return render(request, "clients/text_begin.html", context, status=422 if form.is_bound else 200)


def _begun(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    messages.success(request, _("Begun as a draft. Clients see it when it is published."))
    return redirect("clients:text", sheet.draft.key, sheet.draft.language)
