"""One answer, sent by itself the moment it is given. The page of questions works the same without it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.domain import intake
from clients.domain.answering import Kept, mark
from clients.domain.asking import Step
from clients.domain.instruments import Answer, Item
from clients.forms.questions import PartForm
from clients.views import walker
from clients.views.walker import Walker, in_their_language
from practice.models import Link
from practice.rules import Permission
from practice.web import needs, with_link


@require_POST
@with_link(intake.KIND)
def keep(request: HttpRequest, number: int, link: Link, token: str) -> HttpResponse:
    """One answer by link."""
    return _keep(request, walker.by_link(link, token), number)


@require_POST
@needs(Permission.SCREEN)
def together_keep(request: HttpRequest, pk: UUID, screening_pk: UUID, number: int) -> HttpResponse:
    """One answer, given while it is filled in together."""
    return _keep(request, walker.with_staff(request, pk, screening_pk), number)


keep.has_no_days = together_keep.has_no_days = True  # type: ignore[attr-defined]


def part_form(who: Walker, step: Step, data: Any, *, only: str = "") -> PartForm:
    """The page as a form, in the language it is asked in, with what was answered before."""
    kept = intake.given(who.asked.answers).get(step.instrument.key, {}) if not only else None
    return PartForm(data, step=step, kept=kept, language=who.language, only=only)


def says_more(who: Walker, form: PartForm) -> bool:
    """Whether a page that came after handing in says something that was not handed in."""
    who.asked.refresh_from_db()
    stands = intake.given(who.asked.answers).get(form.step.instrument.key, {})
    return any(mark(one.answer) not in (one.was, mark(stands.get(key))) for key, one in form.changes.items())


@in_their_language
def _keep(request: HttpRequest, who: Walker, number: int) -> HttpResponse:
    """Keep it and say where the question stands now; or say in words why not."""
    step, key = who.step(number), request.POST.get("item", "")
    form = part_form(who, step, request.POST, only=key)
    if form.is_stale or key not in form.fields:
        return _no(_("These questions have changed. Load the page again; what you answered is kept."), 422)
    if not form.is_valid():
        return _no(" ".join(form.errors[key]), 422)
    try:
        kept = intake.keep(who.asked, step, form.changes, by=who.by)
    except intake.AlreadyAnswered:
        return _no(_("This form was handed in already. Nothing in it can change now."), 410)
    around = _around(step, key, kept)
    if key in kept.clashes:
        return _no(_clash(step.instrument.find(key)), 409, **around)
    return JsonResponse(around)


def _clash(item: Item) -> str:
    if item.scale.kind == "text":
        return _(
            "Another page kept other words meanwhile. Yours stay on this page, and replace them when you write on."
        )
    return _("Another page answered this differently meanwhile. That answer stands here now: change it if it is wrong.")


def _around(step: Step, key: str, kept: Kept) -> dict[str, Any]:
    """The question that an answer belongs to, with all that follows from it, as it stands now."""
    item = next(one for one in step.part.items if key in {one.key, *(follow.key for follow in one.follow_ups)})
    stands: dict[str, Answer] = {one.key: kept.answers.get(one.key, "") for one in (item, *item.follow_ups)}
    return {"was": {one: mark(answer) for one, answer in stands.items()}, "stands": stands}


def _no(words: str, status: int, **more: Any) -> JsonResponse:
    return JsonResponse({"said": words} | more, status=status)
