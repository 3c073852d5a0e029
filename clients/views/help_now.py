"""Right after somebody says on their own that they would be better off dead: who can be rung now, and then on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clients.domain import calling, intake, worry
from clients.domain.asking import Step
from clients.views import walker
from clients.views.walker import Walker, in_their_language
from practice.models import Link
from practice.web import with_link


def after(who: Walker, step: Step, *, stops: bool = False) -> str:
    """The address to go to before anything else; "" when nothing on this page calls for it, or somebody is there."""
    asks_it = step.instrument.key == worry.PHQ9 and worry.ITEM9 in step.keys
    if who.link is None or not asks_it or not worry.item9(who.asked.answers):
        return ""
    return reverse("intake_help", args=[*who.args, step.number]) + ("?paused" if stops else "")


@require_safe
@with_link(intake.KIND)
def page(request: HttpRequest, number: int, link: Link, token: str) -> HttpResponse:
    """The numbers in large type, that somebody was told where that is so, and the way on."""
    return _page(request, walker.by_link(link, token), number)


@in_their_language
def _page(request: HttpRequest, who: Walker, number: int) -> HttpResponse:
    if not after(who, who.step(number)) or not who.asked.is_open:
        return redirect(who.url())
    calling.settle(who.asked)  # what is said below is so
    context = {
        "client": who.asked.client,
        "reader": who.asked.read_by or who.asked.asked_by,
        "promise": intake.promised(who.asked),
        "told": who.asked.alerts.exists(),
        "go_on": who.url(min(number + 1, len(who.steps))),
        "paused": "paused" in request.GET,
    }
    return render(request, "clients/help_now.html", context)
