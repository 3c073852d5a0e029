"""“Nothing has changed”: the client's one tap, the therapist's confirmation, and a decision that goes on.

Everything is looked at again once a year at the latest, and whenever something has changed: nothing-has-changed never
carries a decision beyond `FULL_LASTS` after the last one for which everything was looked at, and keeps the interval
that the clinician chose there. What has changed asks the therapist to look again; it closes nothing by itself.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import consent, decision, unread
from clients.domain.contacts import TWICE
from clients.models import Client, Decision, Review
from practice.domain import audit, links, post, words
from practice.models import User

PURPOSE = "review"
ASK, CHANGED = "has_anything_changed", "something_changed"
FULL_LASTS = timedelta(days=366)
"""A full look once a year (ours, after practice.md 33); the days of grace of a decision come on top."""
WORTH = timedelta(days=30)
"""For less than this nobody is asked twice: then everything is due."""


class CannotGoOn(Exception):
    """Why this decision cannot simply go on; the message is a sentence for the therapist."""


def until(made: Decision, *, on: date) -> date | None:
    """Until when this decision may go on if nothing has changed: as long again as the clinician chose when everything
    was looked at. None when everything is due to be looked at."""
    full_look = timezone.localdate(made.fully_at) + FULL_LASTS
    if full_look < max(made.look_again_on, on) + WORTH:
        return None
    chosen = made.full.look_again_on - timezone.localdate(made.fully_at)
    return min(on + chosen, full_look)


def open_one(client: Client) -> Review | None:
    """The asking about the newest decision that is still open."""
    return Review.objects.open().standing().filter(client=client).exclude(manner=Review.Manner.FULL).first()


def obstacle(standing: decision.Standing, *, on: date) -> str:
    """Why the decision cannot simply go on, in a sentence; "" when it can."""
    made = standing.decision
    if made is None:
        return _("There is no decision yet that could go on.")
    if standing.is_paused:
        return _("Outdoors is paused. First write down what keeps this person safe, then decide anew.")
    if standing.news:
        return _("Something is new since the decision. Please look at everything again.")
    if until(made, on=on) is None:
        day = words.short_day(timezone.localdate(made.fully_at))
        return _("Everything was looked at on %(day)s for the last time. It is due again.") % {"day": day}
    return unread.hindrance(made.client_id)


def _locked(client: Client) -> Client:
    return Client.objects.select_for_update().get(pk=client.pk)


@transaction.atomic
def say(review: Review, said: str) -> Review:
    """The client's answer. “Something has changed” may still follow “nothing has”, even once it is confirmed, and is
    never lost; the therapist gets a letter without a clinical word. Said already, or overtaken: nothing changes."""
    _locked(review.client)
    row = Review.objects.select_for_update(of=("self",)).select_related("client", "decision__by").get(pk=review.pk)
    if said == Review.Status.CHANGED and row.status == Review.Status.CONFIRMED and row.made and not _later(row):
        row = Review(client=row.client, decision=row.made, manner=Review.Manner.LINK, asked_by=row.confirmed_by)
    elif not row.is_open or row.status == said or said not in (Review.Status.NOTHING, Review.Status.CHANGED):
        return row
    row.status, row.answered_at = Review.Status(said), timezone.now()
    _keep(row, "status", "answered_at")
    audit.record("review.answered", by=None, subject=row.client_id, detail={"review": str(row.pk)})
    if row.status == Review.Status.CHANGED:
        to = (consent.lead_of(row.client) or row.decision.by).email
        post.write(CHANGED, key=f"{CHANGED}:{row.pk}", to=to, about=row.pk)
    return row


def heard(review: Review) -> Review:
    """What the client said last by this link: the row itself, or what they added after it was confirmed."""
    return _later(review) or review


def _later(review: Review) -> Review | None:
    if review.made_id is None:
        return None
    said = Review.objects.filter(decision=review.made_id, status=Review.Status.CHANGED, answered_by=None)
    return said.select_related("client", "decision__by").first()


@transaction.atomic
def note_change(client: Client, *, by: User, said: str = "") -> Review:
    """Write down that something has changed, with words that lie sealed. Raises CannotGoOn before the first decision.

    The same by the same person a moment ago is returned instead: the button was pressed twice.
    """
    _locked(client)
    made = decision.newest(client)
    if made is None:
        raise CannotGoOn(_("There is no decision yet. Look at everything, then write the first one."))
    now = timezone.now()
    before = Review.objects.changed().filter(client=client, answered_by=by, answered_at__gt=now - TWICE).first()
    if before and before.words == said:
        return before
    row = open_one(client) or Review(client=client, decision=made, manner=Review.Manner.ROOM, asked_at=now, asked_by=by)
    row.status, row.answered_at, row.answered_by, row.words = Review.Status.CHANGED, now, by, said
    _keep(row, "status", "answered_at", "answered_by", "words_sealed")
    audit.record("review.change_noted", by=by, subject=client.pk, detail={"review": str(row.pk)})
    return row


@transaction.atomic
def confirm(client: Client, *, by: User, said: str = "", shown: str | None = None) -> Decision:
    """Let the newest decision go on, as a new one with the same modes and limits. Raises CannotGoOn with a sentence,
    also when a page showed another decision than the newest: `shown` is the key of the one that it showed.

    Rests on what the client said by link, or else on what they said in person now. Pressed twice, it is one.
    """
    _locked(client)
    stands = decision.standing([client])[client.pk]
    today, made = timezone.localdate(), decision.newest(client)
    if made and made.carries_on and made.by_id == by.pk and made.at > timezone.now() - TWICE:
        return made
    if hindrance := obstacle(stands, on=today):
        raise CannotGoOn(hindrance)
    last = until(made, on=today) if made else None
    if made is None or last is None:
        raise CannotGoOn(_("Everything is due to be looked at again."))
    if shown is not None and shown != str(made.pk):
        raise CannotGoOn(_("Another decision was written since this page was opened. It stands here now: please read."))
    asked = open_one(client)
    goes_on = decision.decide(
        client,
        modes=made.modes,
        limits=made.limits,
        reasoning=_reasoning(made, asked, by, today, said),
        look_again_on=last,
        by=by,
        carries_on=made.full,
    )
    _confirmed(asked, made, goes_on, by)
    return goes_on


def _confirmed(asked: Review | None, made: Decision, goes_on: Decision, by: User) -> None:
    now = timezone.now()
    row = asked or Review(client_id=made.client_id, decision=made, manner=Review.Manner.ROOM, asked_at=now, asked_by=by)
    if row.status != Review.Status.NOTHING:
        row.answered_at, row.answered_by = now, by
    row.status, row.confirmed_at, row.confirmed_by, row.made = Review.Status.CONFIRMED, now, by, goes_on
    _keep(row, "status", "answered_at", "answered_by", "confirmed_at", "confirmed_by", "made")
    audit.record("review.confirmed", by=by, subject=row.client_id, detail={"review": str(row.pk)})


def _keep(row: Review, *fields: str) -> None:
    if row._state.adding:
        row.save(force_insert=True)
        return
    row.save(update_fields=fields)
    post.cancel(about=row.pk, kind=ASK)
    if row.answered_by:
        links.end(PURPOSE, subject=row.pk)


def _reasoning(made: Decision, asked: Review | None, by: User, today: date, said: str) -> str:
    """What is known, in plain sentences, and whatever the therapist adds."""
    by_link = asked is not None and asked.status == Review.Status.NOTHING
    facts = {
        "name": made.client.called_name,
        "day": words.short_day(timezone.localdate(asked.said_at) if asked and by_link else today),
        "today": words.short_day(today),
        "by": by.name,
        "full": words.short_day(timezone.localdate(made.fully_at)),
    }
    heard = (
        _("On %(day)s %(name)s answered on their own page that nothing had changed in body, medicine, sleep or mood.")
        if by_link
        else _("On %(day)s %(name)s said in person that nothing had changed in body, medicine, sleep or mood.")
    )
    rest = _("%(by)s confirmed it on %(today)s. The decision of %(full)s goes on with the same ways of meeting.")
    return "\n\n".join(part for part in (f"{heard % facts} {rest % facts}", said.strip()) if part)


def lapse(review: Review) -> None:
    """It was decided anew, or the client left, before this was answered: its link ends, no letter leaves any more."""
    review.status = Review.Status.LAPSED
    review.save(update_fields=["status"])
    links.end(PURPOSE, subject=review.pk)
    post.cancel(about=review.pk, kind=ASK)
