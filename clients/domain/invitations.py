"""The letters of this app: what each kind says, and whether it is still wanted when it is about to leave.

No letter carries a clinical word; where an address may not name us, none carries the practice's name either.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from clients.domain import asq, contacts, intake
from clients.models import Alert, Client, Screening
from practice.domain import cover, crisis
from practice.domain.post import LetterKind, Rendered
from practice.domain.words import apart
from practice.models import Letter, Practice


def intake_is_wanted(letter: Letter) -> bool:
    """Still asked for by link of somebody in treatment, not handed in, somebody still covers, and the address is
    still a safe one."""
    asked = Screening.objects.open().filter(pk=letter.about, manner=Screening.Manner.LINK)
    return (
        cover.is_named()
        and asked.filter(client__status=Client.Status.ACTIVE).exists()
        and contacts.recipient(letter.client, letter.to) is not None
    )


def render_intake(letter: Letter) -> Rendered:
    """The invitation, with a link made for this letter alone."""
    asked = Screening.objects.select_related("client", "read_by", "asked_by").get(pk=letter.about)
    point = contacts.recipient(letter.client, letter.to)
    practice = Practice.load()
    token = intake.link_for(asked, by=asked.asked_by)
    named = point is not None and contacts.may_name_us(point)
    context = {
        "client": asked.client,
        "reader": asked.read_by,
        "asked": asked,
        "practice": practice,
        "discreet": not named,
        "alone": asked.kind != intake.KIND,
        "crisis_lines": crisis.lines(practice.country),
        "url": settings.BASE_URL + reverse("intake", args=[token]),
        "days": intake.LASTS.days,
    }
    sender = (point.sender if point else "") or (practice.name if named else _called(asked))
    before = _("A few questions before we meet") if asked.kind == intake.KIND else _("A few questions for you")
    subject = before if named else _("A message for you")
    return _rendered("intake_invitation", subject, context, language=asked.language, sender=sender)


def answers_are_unread(letter: Letter) -> bool:
    """Nobody has looked yet. What was begun and not handed in can only have been told because it should not wait."""
    if alert := _alert(letter):
        return alert.seen_at is None
    told = [Screening.Status.STARTED, Screening.Status.SUBMITTED]
    return Screening.objects.filter(pk=letter.about, seen_at__isnull=True, status__in=told).exists()


def render_answers(letter: Letter) -> Rendered:
    """To the reader: something waits. Not about whom, and not what."""
    asked = Screening.objects.get(pk=letter.about)
    url = settings.BASE_URL + reverse("clients:answers", args=[asked.client_id, asked.pk])
    context = {"url": url, "practice": Practice.load(), "first": asked.kind == intake.KIND, "watched": False}
    if asked.kind == asq.KIND:
        context |= {"watched": True}
        return _rendered("answers_came_in", _("Answers have come in: please look now"), context)
    return _rendered("answers_came_in", _("Answers have come in"), context)


def nobody_has_heard(letter: Letter) -> bool:
    """Neither have the answers been opened, nor has somebody who covers reached the colleague."""
    alert = _alert(letter)
    return answers_are_unread(letter) and (alert is None or alert.reached_at is None)


def _alert(letter: Letter) -> Alert | None:
    return Alert.objects.filter(screening=letter.about).order_by("-created_at").first()


def render_make_sure(letter: Letter) -> Rendered:
    """To whoever covers: see that a colleague reads today. Not about whom, and not what."""
    asked = Screening.objects.select_related("read_by", "asked_by").get(pk=letter.about)
    colleague = asked.read_by or asked.asked_by
    alert = _alert(letter)
    url = settings.BASE_URL + reverse("clients:cover_alert", args=[alert.pk]) if alert else ""
    context = {"colleague": colleague, "practice": Practice.load(), "url": url}
    subject = _("Please make sure that %(name)s reads today") % {"name": apart(colleague.called)}
    return _rendered("please_make_sure", subject, context)


def always(letter: Letter) -> bool:
    """Never outdated by what happened meanwhile."""
    return True


def render_please_ring(letter: Letter) -> Rendered:
    """To the therapist and the cover list: ring a colleague now. Not about whom, and not why."""
    made = Screening.objects.select_related("read_by", "asked_by").get(pk=letter.about)
    colleague = asq.with_them(made)
    watched = made.manner == Screening.Manner.LINK
    context = {"colleague": colleague, "practice": Practice.load(), "watched": watched}
    subject = _("Please ring %(name)s now") % {"name": apart(colleague.called)}
    return _rendered("please_ring", subject, context)


def _called(asked: Screening) -> str:
    """A first name, where the practice's may not be said."""
    return asked.read_by.called if asked.read_by else asked.asked_by.called


def _rendered(name: str, subject: str, context: dict[str, Any], *, language: str = "en", sender: str = "") -> Rendered:
    with override(language):
        context = context | {"subject": subject}
        return Rendered(
            subject=str(subject),
            text=render_to_string(f"mail/{name}.txt", context),
            html=render_to_string(f"mail/{name}.html", context),
            sender=sender,
        )


KINDS = {
    "intake_invitation": LetterKind(intake_is_wanted, render_intake, gettext_lazy("Invitation to the intake")),
    "answers_came_in": LetterKind(answers_are_unread, render_answers),
    "please_make_sure": LetterKind(nobody_has_heard, render_make_sure),
    "please_ring": LetterKind(always, render_please_ring),
}
