"""The practice's rules and instruments: what is asked, what it raises, and what the practice changed about it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.domain import packs, rule_changes
from clients.domain.considerations import rule_set
from clients.domain.instruments import Status, shipped
from clients.forms.rules import PackForm, RuleForm
from practice.rules import Permission
from practice.web import needs


@require_safe
@needs(Permission.KEEP_PRACTICE)
def listing(request: HttpRequest) -> HttpResponse:
    """Every rule with its words, its level as it came, and the practice's change."""
    return render(request, "clients/rules.html", {"lines": rule_changes.lines(), "rule_set": rule_set()})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Tighten, loosen, switch off or put back one rule, with a reason."""
    line = rule_changes.find(key)
    if line is None or not line.may_change:
        raise Http404
    form = RuleForm(request.POST or None, line=line)
    if form.is_bound and form.is_valid():
        rule_changes.change(key, by=request.user, **form.cleaned_data)
        messages.success(request, _("Changed from now on. Decisions that were written stand as they are."))
        return redirect("clients:rules")
    return render(request, "clients/rule.html", {"line": line, "form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def instruments(request: HttpRequest) -> HttpResponse:
    """What can be asked, under which licence; loading the words of a licensed copy."""
    form = PackForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        packs.load(form.pack, by=request.user)
        messages.success(request, _("The words are loaded. They stand wherever the questions are asked."))
        return redirect("clients:instruments")
    rows = [
        {"one": one, "packs": packs.loaded(one.key) if one.status == Status.PACK_REQUIRED else {}}
        for one in sorted(shipped().values(), key=lambda one: (one.status != Status.BUNDLED, one.key))
    ]
    context = {"rows": rows, "form": form}
    return render(request, "clients/instruments.html", context, status=422 if form.is_bound else 200)


@require_safe
@needs(Permission.KEEP_PRACTICE)
def template(request: HttpRequest, key: str) -> HttpResponse:
    """A file to write the words of a licensed copy into."""
    found = shipped().get(key)
    if found is None or found.status != Status.PACK_REQUIRED:
        raise Http404
    answer = HttpResponse(packs.template(found), content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{key}.toml"'
    return answer


@require_POST
@needs(Permission.KEEP_PRACTICE)
def take_away(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """Take the words of a licensed copy away again."""
    if key not in shipped():
        raise Http404
    packs.take_away(key, language, by=request.user)
    messages.success(request, _("Taken away. The questions are numbers again; answers that were given stay."))
    return redirect("clients:instruments")
