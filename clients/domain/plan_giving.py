"""Giving somebody their plan: one page on paper, or a letter with a link to a page for the telephone.

The letter carries no clinical word, and no name of ours where the address may not have it. The link opens the plan as
long as it is the newest one and they are a client.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from clients.domain import contacts, safety, safety_papers
from clients.domain.safety import PURPOSE
from clients.models import Client, PlanGiven, SafetyPlan
from practice.domain import audit, crisis, links, post
from practice.domain.post import LetterKind, Rendered
from practice.models import Letter, Paper, Practice, User

LASTS = timedelta(days=3653)
"""Ten years: a plan's link ends with the plan, not with a date."""


class CannotSend(Exception):
    """Why this cannot go by letter; the message is a sentence for the therapist."""


@transaction.atomic
def on_paper(made: SafetyPlan, *, by: User) -> Paper:
    """Print the page for the client, and note that it was given. Pressed twice, it is printed once."""
    Client.objects.select_for_update().get(pk=made.client_id)
    since = timezone.now() - contacts.TWICE
    twice = (
        PlanGiven.objects.filter(plan=made, by=by, at__gt=since, paper__isnull=False).select_related("paper").first()
    )
    if twice and twice.paper:
        return twice.paper
    audit.record("safety.plan_printed", by=by, subject=made.client_id, detail={"plan": str(made.pk)})
    paper = safety_papers.plan(made, by=by)
    PlanGiven.objects.create(plan=made, way=PlanGiven.Way.PAPER, by=by, paper=paper)
    return paper


@transaction.atomic
def to_telephone(made: SafetyPlan, *, by: User) -> Letter:
    """Write the letter with the link, once more if need be. Raises CannotSend without a safe address.

    Pressed twice within a minute, the letter of the first press is returned.
    """
    point = contacts.safe_email(made.client)
    if point is None:
        raise CannotSend(_("There is no e-mail address that is safe to use. Print the page instead."))
    Client.objects.select_for_update().get(pk=made.client_id)
    before = Letter.objects.filter(about=made.pk, kind=PURPOSE)
    if twice := before.filter(to=point.value, created_at__gt=timezone.now() - contacts.TWICE).first():
        return twice
    nth = before.count() + 1
    audit.record("safety.plan_sent", by=by, subject=made.client_id, detail={"plan": str(made.pk), "nth": nth})
    PlanGiven.objects.create(plan=made, way=PlanGiven.Way.PHONE, by=by)
    key = f"{PURPOSE}:{made.pk}:{nth}"
    return post.write(PURPOSE, key=key, to=point.value, about=made.pk, client=made.client_id)


def is_readable(made: SafetyPlan) -> bool:
    """Whether a link to it still opens it: it is the newest one, of somebody who is a client."""
    newest = safety.newest_plan(made.client)
    return newest == made and made.client.status == Client.Status.ACTIVE


def still_wanted(letter: Letter) -> bool:
    """The plan still counts, and the address is still a safe one."""
    made = SafetyPlan.objects.select_related("client").filter(pk=letter.about).first()
    return made is not None and is_readable(made) and contacts.recipient(letter.client, letter.to) is not None


def render(letter: Letter) -> Rendered:
    """The words, with a link made for this letter alone."""
    made = SafetyPlan.objects.select_related("client", "by").get(pk=letter.about)
    point, practice = contacts.recipient(letter.client, letter.to), Practice.load()
    named = point is not None and contacts.may_name_us(point)
    token = links.make(PURPOSE, subject=made.pk, lasts=LASTS, by=made.by)
    with override(made.client.language):
        subject = _("Something to keep on your phone") if named else _("A message for you")
        context: dict[str, Any] = {
            "subject": subject,
            "client": made.client,
            "therapist": made.by,
            "practice": practice,
            "discreet": not named,
            "crisis_lines": crisis.lines(practice.country),
            "url": settings.BASE_URL + reverse("plan_on_phone", args=[token]),
        }
        return Rendered(
            subject=subject,
            text=render_to_string("mail/safety_plan.txt", context),
            html=render_to_string("mail/safety_plan.html", context),
            sender=(point.sender if point else "") or (practice.name if named else made.by.called),
        )


KINDS = {PURPOSE: LetterKind(still_wanted, render, gettext_lazy("Plan for harder days"))}
