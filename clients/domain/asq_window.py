"""The suicide questions by link, in one case alone: within a window that a named person accepted to watch.

The default stays in the room, by telephone or by video. Nothing leaves before somebody has said "I will be at my screen
and telephone then", and outside the window no answer is taken, so that none pretends to have been sent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients import rules
from clients.domain import alerts, asq, consent, contacts, intake, results, screening
from clients.domain.contacts import TWICE
from clients.domain.instruments import Answers, shipped
from clients.models import CareTeamMember, Client, Screening, Window
from clients.models.window import LONGEST
from practice.domain import audit, links, post
from practice.models import User

LINK, INVITATION, ASKS = "asq_window", "asq_window_invitation", "please_watch"
STAYS = timedelta(days=1)
"""How long after the window the link still says that it is over, and a watcher from outside may read the chart."""


class CannotOpen(Exception):
    """Why there is no window; the message is a sentence for the clinician."""


class NotNow(Exception):
    """Nobody watches at this moment: nothing was taken and nothing was sent."""


def watchers(client: Client) -> Sequence[User]:
    """Who may be asked: clinicians of the care team, and of the cover list."""
    cares = Q(caseload__client=client, caseload__until__isnull=True)
    return list(User.objects.clinicians().filter(cares | Q(cover__isnull=False)).distinct().order_by("name"))


@transaction.atomic
def ask(
    client: Client, *, watcher: User, opens_at: datetime, closes_at: datetime, by: User, now: datetime | None = None
) -> Window:
    """Ask somebody to watch. Whoever asks for themselves has accepted with it; anybody else gets a letter."""
    now = now or timezone.now()
    Client.objects.select_for_update().get(pk=client.pk)
    before = client.windows.filter(asked_by=by, watcher=watcher, opens_at=opens_at, closes_at=closes_at)
    if pressed_twice := before.filter(asked_at__gt=now - TWICE, ended_at__isnull=True).first():
        return pressed_twice
    _refuse(client, watcher, opens_at, closes_at, now)
    window = Window.objects.create(
        client=client, watcher=watcher, opens_at=opens_at, closes_at=closes_at, asked_by=by, asked_at=now
    )
    audit.record("asq_window.asked", by=by, subject=client.pk, detail={"window": str(window.pk)})
    if watcher == by:
        return accept(window, by=by, now=now)
    post.write(ASKS, key=f"{ASKS}:{window.pk}", to=watcher.email, about=window.pk, not_after=closes_at)
    return window


def _refuse(client: Client, watcher: User, opens_at: datetime, closes_at: datetime, now: datetime) -> None:
    if why := intake.may_go_by_link(client):
        raise CannotOpen(why)
    if watcher not in watchers(client):
        raise CannotOpen(_("Please choose somebody of the care team or the cover list."))
    if not opens_at < closes_at <= opens_at + LONGEST:
        raise CannotOpen(_("A window lasts two hours at most. Please choose an end that fits."))
    if closes_at <= now:
        raise CannotOpen(_("That time is over. Please choose one that is still to come."))
    if client.windows.filter(ended_at__isnull=True, screening__isnull=True, closes_at__gt=now).exists():
        raise CannotOpen(_("A window has been asked for already. Call that one off first."))


@transaction.atomic
def accept(window: Window, *, by: User, now: datetime | None = None) -> Window:
    """The watcher will be there. Only now the letter to the client leaves.

    Somebody of the cover list joins the care team for as long as it takes, so that they may read what comes in and
    act on it. They decide nothing, and the desk does not learn of it.
    """
    now = now or timezone.now()
    locked = Window.objects.select_for_update(of=("self",)).select_related("client", "watcher").get(pk=window.pk)
    if locked.accepted_at:
        return locked
    point = contacts.safe_email(locked.client)
    gone = by != locked.watcher or by not in watchers(locked.client)
    if gone or locked.ended_at or locked.closes_at <= now:
        raise CannotOpen(_("This can no longer be accepted."))
    if point is None:
        raise CannotOpen(intake.may_go_by_link(locked.client))
    if not rules.may_read_chart(by, locked.client):
        locked.joined = CareTeamMember.objects.create(client=locked.client, user=by, is_lead=False, watching=True)
    locked.accepted_at = now
    locked.save(update_fields=["accepted_at", "joined"])
    post.write(
        INVITATION,
        key=f"{INVITATION}:{locked.pk}",
        to=point.value,
        about=locked.pk,
        client=locked.client_id,
        not_after=locked.closes_at,
    )
    audit.record("asq_window.accepted", by=by, subject=locked.client_id, detail={"window": str(locked.pk)})
    return locked


@transaction.atomic
def call_off(window: Window, *, by: User) -> Window:
    """Not at this time after all: the link ends, and a letter that has not left is called back."""
    locked = Window.objects.select_for_update().get(pk=window.pk)
    if locked.ended_at is None and locked.screening_id is None:
        locked.ended_at = timezone.now()
        locked.save(update_fields=["ended_at"])
        links.end(LINK, subject=locked.pk)
        post.cancel(about=locked.pk)
        audit.record("asq_window.called_off", by=by, subject=locked.client_id, detail={"window": str(locked.pk)})
    return locked


def look(window: Window, *, now: datetime) -> None:
    """Remember when the client first looked at the questions; whoever leaves them is rung, not taken as refusing."""
    Window.objects.filter(pk=window.pk, opened_at__isnull=True).update(opened_at=now)


@transaction.atomic
def hand_in(window: Window, answers: Answers, *, now: datetime | None = None) -> Screening:
    """Take what was answered and tell the watcher at once, and the therapist too when it should not wait. Raises
    NotNow when nobody watches. Twice is once."""
    Client.objects.select_for_update().get(pk=window.client_id)
    now = now or timezone.now()  # with the lock held: a safety assessment comes before these answers, or after them
    rows = Window.objects.select_for_update(of=("self",)).select_related("client", "screening")
    locked = rows.with_watched().get(pk=window.pk)
    if locked.screening:
        return locked.screening
    if not (locked.is_open(now) and locked.is_watched) or locked.client.status != Client.Status.ACTIVE:
        raise NotNow
    instrument = shipped()[asq.KIND]
    made = Screening(
        client=locked.client,
        kind=asq.KIND,
        versions={asq.KIND: instrument.version},
        language=locked.client.language,
        manner=Screening.Manner.LINK,
        status=Screening.Status.SUBMITTED,
        asked_by=locked.asked_by,
        read_by=locked.watcher,
        asked_at=locked.opened_at or now,
        read_until=locked.closes_at,
        submitted_at=now,
    )
    made.answers = {asq.KIND: screening.clean(instrument, answers)}
    results.seal(made)
    made.save(force_insert=True)
    locked.screening = made
    locked.save(update_fields=["screening"])
    audit.record("asq.handed_in", by=None, subject=made.client_id, detail={"screening": str(made.pk)})
    if alerts.came_in(made) or asq.outcome(made) == asq.ACUTE:
        _tell_the_lead(made)
    return made


def _tell_the_lead(made: Screening) -> None:
    """Whoever watched knows; the therapist is asked to ring them."""
    lead = consent.lead_of(made.client_id)
    if lead and lead != made.read_by:
        post.write("please_ring", key=f"please_ring:{made.pk}:{lead.pk}", to=lead.email, about=made.pk)


@transaction.atomic
def rang(window: Window, *, by: User) -> Window:
    """Somebody rang about a window that passed with nothing handed in."""
    locked = Window.objects.select_for_update().get(pk=window.pk)
    if locked.rang_at is None:
        locked.rang_at, locked.rang_by = timezone.now(), by
        locked.save(update_fields=["rang_at", "rang_by"])
        audit.record("asq_window.rang", by=by, subject=locked.client_id, detail={"window": str(locked.pk)})
    return locked


def tidy(*, now: datetime | None = None) -> int:
    """A day after the window, who joined the care team for it leaves it; returns how many did."""
    now = now or timezone.now()
    over = Q(window_of__closes_at__lte=now - STAYS) | Q(window_of__ended_at__isnull=False)
    return CareTeamMember.objects.current().filter(over, watching=True).update(until=now)


def link_for(window: Window) -> str:
    """A new link, for a letter that is about to leave; it outlives the window to say that it is over."""
    lasts = window.closes_at + STAYS - timezone.now()
    return links.make(LINK, subject=window.pk, lasts=lasts, by=window.asked_by)
