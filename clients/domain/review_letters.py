"""The letters around a decision that runs out: to the client one question, to the therapist that something waits.

None carries a clinical word; those to a colleague name no client.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from clients.domain import consent, contacts, review, running_out
from clients.models import CareTeamMember, Review
from clients.models.review import ReviewQuerySet
from practice.domain import crisis, links
from practice.domain.post import LetterKind, Rendered
from practice.models import Letter, Practice

LASTS = timedelta(days=45)


def still_asked(letter: Letter) -> bool:
    """Not answered or overtaken yet, of somebody in treatment, and it may still go to the address."""
    asked = Review.objects.standing().filter(pk=letter.about, status=Review.Status.ASKED)
    return asked.exists() and contacts.still_reaches(letter.client, letter.to)


def render_question(letter: Letter) -> Rendered:
    """The question, with a link made for this letter alone."""
    asked = Review.objects.select_related("client", "decision__by").get(pk=letter.about)
    point, practice = contacts.recipient(letter.client, letter.to), Practice.load()
    named = point is not None and contacts.may_name_us(point)
    therapist = consent.lead_of(asked.client) or asked.decision.by
    token = links.make(review.PURPOSE, subject=asked.pk, lasts=LASTS, by=None)
    with override(asked.client.language):
        context = {
            "client": asked.client,
            "therapist": therapist,
            "practice": practice,
            "discreet": not named,
            "crisis_lines": crisis.lines(practice.country),
            "url": settings.BASE_URL + reverse("review", args=[token]),
            "days": LASTS.days,
        }
        sender = (point.sender if point else "") or (practice.name if named else therapist.called)
        subject = _("One short question before we go on") if named else _("A message for you")
        return _rendered("has_anything_changed", subject, context, sender=sender)


def still_changed(letter: Letter) -> bool:
    """Nobody has decided anew since."""
    return Review.objects.changed().filter(pk=letter.about).exists()


def render_changed(letter: Letter) -> Rendered:
    """To the therapist: look again. Not about whom, and not why."""
    asked = Review.objects.get(pk=letter.about)
    url = settings.BASE_URL + reverse("clients:review", args=[asked.client_id])
    return _rendered("something_changed", _("Please look again"), {"url": url, "practice": Practice.load()})


def still_running_out(letter: Letter) -> bool:
    """Something that was asked about is still open for this therapist."""
    return _open_for(letter).exists()


def render_running_out(letter: Letter) -> Rendered:
    """To the therapist: how many wait to be looked at again, and where they stand."""
    context = {"url": settings.BASE_URL + reverse("sessions:today"), "practice": Practice.load()}
    return _rendered(running_out.TELL, _("A day to look again is near"), context | {"n": _open_for(letter).count()})


def _open_for(letter: Letter) -> ReviewQuerySet:
    own = CareTeamMember.objects.current().filter(client=OuterRef("client"), user=letter.about, is_lead=True)
    return Review.objects.open().standing().filter(Q(Exists(own)) | Q(decision__by=letter.about))


def _rendered(name: str, subject: str, context: dict[str, object], *, sender: str = "") -> Rendered:
    context = context | {"subject": subject}
    return Rendered(
        subject=subject,
        text=render_to_string(f"mail/{name}.txt", context),
        html=render_to_string(f"mail/{name}.html", context),
        sender=sender,
    )


KINDS = {
    review.ASK: LetterKind(still_asked, render_question, gettext_lazy("Has anything changed?")),
    review.CHANGED: LetterKind(still_changed, render_changed),
    running_out.TELL: LetterKind(still_running_out, render_running_out),
}
