"""The clinical decision: written by a clinician, never by a rule. The newest one stands until it runs out.

`permits` is the one answer that booking, readiness and the start of a walk ask for, in three renderings: reasons for a
clinician, "not yet, ask Anna" for the desk, "let's talk first" for the client. What is new since, what merely ran out
(for the practice's days of grace) and what is missing of a client carried over from paper (in the bridging period)
only ask to look.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import asq, bridging, danger, glance, news, results
from clients.domain.considerations import Considered
from clients.domain.contacts import TWICE
from clients.domain.glance import Glance
from clients.domain.permission import (
    AGREED,
    AS_BEFORE,
    STOPS,
    Ground,
    Permission,
    grace_words,
    left_of_grace,
)
from clients.models import Client, Decision, Review, Screening
from practice.domain import audit, vault, words
from practice.models import OUTDOOR, Mode, Practice, User

__all__ = ["LONGEST", "Ground", "Permission", "Standing", "current", "decide", "newest", "permits", "standing"]
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one client stands: the decision that counts, whether danger was stated since, and what else is new."""

    decision: Decision | None
    lead: str
    is_paused: bool
    asked: tuple[Screening, ...] = ()
    """Every time that the suicide questions were asked, the newest first."""
    news: tuple[str, ...] = ()
    """What came since the decision and asks to look again, in a clinician's words. It closes nothing."""
    danger: str = ""
    """Why it is paused, when it is not the suicide questions: danger stated in other answers."""
    bridged_until: date | None = None
    """Carried over from paper: up to and including this day, what is missing is only a look."""
    grace: int = 30
    """For how many days what ran out is only a look, as the practice has settled."""
    left_open: bool = False
    """Whether the newest safety assessment left something open."""

    def bridges(self, on: date) -> bool:
        """Whether this day lies in the client's bridging period."""
        return self.bridged_until is not None and on <= self.bridged_until

    def permits(self, mode: str, on: date) -> Permission:
        """Whether they may meet this way on that day."""
        ground = self._ground(mode, on)
        stopped = ground in STOPS
        return Permission(
            ground=ground,
            word=self._word(ground, mode),
            reasons=self._reasons(ground, mode, on),
            for_desk=_("Not yet, ask %(name)s") % {"name": self.lead} if stopped else self._agreed(ground, mode),
            for_client=_("Let's talk first") if stopped else self._agreed(ground, mode),
            until=self.decision.look_again_on if self.decision else self.bridged_until,
            limits=tuple(self.decision.limits) if self.decision else (),
        )

    def _ground(self, mode: str, on: date) -> Ground:
        """The one place where it is judged."""
        made = self.decision
        if mode not in OUTDOOR:
            return Ground.FREE
        if self.is_paused:
            return Ground.PAUSED
        if made is None:
            return Ground.BRIDGED if self.bridges(on) else Ground.UNDECIDED
        if mode not in made.modes:
            return Ground.NOT_INCLUDED
        if on > made.look_again_on:
            in_grace = left_of_grace(made.look_again_on, on, self.grace) >= 0
            return Ground.RAN_OUT if in_grace or self.bridges(on) else Ground.OVER
        return Ground.NEW if self.news else Ground.AGREED

    def _word(self, ground: Ground, mode: str) -> str:
        said: dict[Ground, str] = {
            Ground.PAUSED: _("Indoors for now"),
            Ground.NOT_INCLUDED: _("Indoors for now"),
            Ground.UNDECIDED: _("Not decided yet"),
            Ground.BRIDGED: _("Not decided yet"),
            Ground.RAN_OUT: _("Decision only until %(day)s") % {"day": self._last_day()},
            Ground.OVER: _("Decision only until %(day)s") % {"day": self._last_day()},
            Ground.NEW: _("Something is new: look again"),
        }
        return said.get(ground) or self._agreed(ground, mode)

    def _reasons(self, ground: Ground, mode: str, on: date) -> tuple[str, ...]:
        if ground == Ground.PAUSED:
            intent = _("Thoughts of suicide were stated. Outdoors waits until that is settled, and for a new decision.")
            settled = _("Thoughts of suicide were stated, and are settled. Outdoors waits for a new decision.")
            intent = intent if asq.acute_unsettled(self.asked) else settled
            unsettled = _("The last safety assessment left something open. Outdoors waits until it is settled.")
            return (self.danger or (unsettled if self.left_open else intent),)
        if ground == Ground.FREE:
            return (_("Meeting indoors or by video needs no decision."),)
        if self.decision is None:
            return (_("There is no decision yet about meeting outside."), *self._bridge(on))
        if ground == Ground.NOT_INCLUDED:
            said = {"day": words.short_day(timezone.localdate(self.decision.at)), "mode": Mode(mode).label}
            return (_("The decision of %(day)s does not include %(mode)s.") % said,)
        if on > self.decision.look_again_on:
            left = left_of_grace(self.decision.look_again_on, on, self.grace)
            rest = self._bridge(on) if left < 0 and self.bridges(on) else (grace_words(left),)
            return (_("The decision counts until %(day)s.") % {"day": self._last_day()}, *self.news,
                    _("Please look again."), *rest)  # fmt: skip
        return (*self.news, _("Look again on %(day)s.") % {"day": self._last_day()})

    def _bridge(self, on: date) -> tuple[str, ...]:
        if not self.bridges(on) or self.bridged_until is None:
            return ()
        return (_("Carried over from paper: until %(day)s this is only a look.")
                % {"day": words.short_day(self.bridged_until)},)  # fmt: skip

    def _last_day(self) -> str:
        return words.short_day(self.decision.look_again_on) if self.decision else ""

    def _agreed(self, ground: Ground, mode: str) -> str:
        if ground == Ground.BRIDGED:
            return AS_BEFORE[mode]()
        if self.decision is None or mode not in OUTDOOR:
            return AGREED[mode]()
        return _("%(agreed)s, %(name)s, %(day)s") % {
            "agreed": AGREED[mode](),
            "name": self.decision.by.called,
            "day": words.short_day(timezone.localdate(self.decision.at)),
        }


@transaction.atomic
def decide(
    client: Client,
    *,
    modes: Collection[str],
    limits: Collection[str],
    reasoning: str,
    look_again_on: date,
    by: User,
    considered: Considered | None = None,
    screenings: Iterable[Screening] = (),
    at: datetime | None = None,
    carries_on: Decision | None = None,
) -> Decision:
    """Write a decision. What was considered is kept beside it, sealed, as a technical trace.

    `at` is for a decision that was made earlier, on paper: it is dated by the clinician. The same one by the same
    person a moment ago is returned instead: the button was pressed twice. With `carries_on`, nothing had changed since
    that decision: what was considered for it is kept for this one too.
    """
    Client.objects.select_for_update().get(pk=client.pk)
    wanted = (set(modes), set(limits), look_again_on, reasoning)
    if at is None and (before := just_written(client, wanted, by)):
        return before
    made = Decision(
        client=client,
        at=at or timezone.now(),
        by=by,
        modes=[mode for mode in Mode.values if mode in modes],
        limits=sorted(limits),
        look_again_on=look_again_on,
        carries_on=carries_on,
        rule_set=considered.rule_set if considered else carries_on.rule_set if carries_on else "",
        screenings=[one.pk for one in screenings] or (carries_on.screenings if carries_on else []),
    )
    made.reasoning = reasoning
    made.considered = _trace(considered) if considered else carries_on.considered if carries_on else ""
    made.save(force_insert=True)
    audit.record("decision.written", by=by, subject=client.pk, detail={"decision": str(made.pk)})
    return made


def just_written(client: Client, wanted: tuple[object, ...], by: User) -> Decision | None:
    """The same words by the same person a moment ago, with nothing answered since."""
    made = newest(client)
    if made is None or made.by_id != by.pk or made.at <= timezone.now() - TWICE:
        return None
    if Screening.objects.answered().filter(client=client, submitted_at__gt=made.at).exists():
        return None
    if Review.objects.changed().filter(client=client, answered_at__gt=made.at).exists():
        return None
    return made if (set(made.modes), set(made.limits), made.look_again_on, made.reasoning) == wanted else None


def _trace(considered: Considered) -> str:
    words = ({"finding": one.finding, "basis": one.basis} for one in considered.considerations)
    return json.dumps(
        [line | more for line, more in zip(results.lines(considered), words, strict=True)], sort_keys=True
    )


def trace_of(made: Decision) -> list[dict[str, Any]]:
    """What the rules raised when it was written, as it was kept: rule, level, finding and basis of each."""
    lines: list[dict[str, Any]] = json.loads(made.considered) if made.considered else []
    return lines


def newest(client: Client) -> Decision | None:
    """The last decision, whether it still counts or not."""
    return Decision.objects.filter(client=client).select_related("by", "carries_on").order_by("-at").first()


def current(client: Client, on: date) -> Decision | None:
    """The decision that counts on a day: the newest one, unless it has run out."""
    made = newest(client)
    return made if made and on <= made.look_again_on else None


def standing(
    clients: Collection[Client], *, seen: Glance | None = None, newest: Iterable[Decision] | None = None
) -> dict[UUID, Standing]:
    """Where each of these clients stands, in a fixed number of queries at the most: what there is nothing of is not
    looked up. `seen`: what there is, and `newest`: each one's newest decision with who made it, when they were looked
    at already."""
    ids = [client.pk for client in clients]
    seen = seen or glance.of(ids)
    decisions = {made.client_id: made for made in (_newest(ids) if newest is None else newest)}
    asked: dict[UUID, list[Screening]] = {pk: [] for pk in ids}
    called = seen.called | seen.calling
    with vault.keys_at_hand((seen.asked | seen.heard | called) & asked.keys()):
        for made in asq.asked_of(seen.asked & asked.keys()):
            asked[made.client_id].append(made)
        heard = danger.since_decided(seen.heard & asked.keys())
        new = news.since(decisions, heard, changed=seen.changed, replied=seen.replied)
        dangers = danger.called_for(called & asked.keys()) | danger.stated(heard)
    practice = Practice.load()
    bridged = {client.pk: bridging.bridges_until(client, practice) for client in clients}
    return {
        pk: Standing(
            decision=decisions.get(pk),
            lead=seen.leads.get(pk, "") or _("the therapist"),
            is_paused=(intent := pk in seen.left_open or _is_paused(asked[pk], decisions.get(pk))) or pk in dangers,
            danger="" if intent else dangers.get(pk, ""),
            asked=tuple(asked[pk]),
            left_open=pk in seen.left_open,
            news=new.get(pk, ()),
            bridged_until=bridged.get(pk),
            grace=practice.grace_days,
        )
        for pk in ids
    }


def _newest(clients: Collection[UUID]) -> Iterable[Decision]:
    made = Decision.objects.filter(client__in=clients).select_related("by")
    return made.order_by("client_id", "-at").distinct("client_id")


def _is_paused(asked: Iterable[Screening], made: Decision | None) -> bool:
    """Stated intent moves a booking by itself; nothing else does. A newer decision lifts it, once a safety assessment
    has settled it; a later "no" does not, nor a decision that was overtaken, nor one whose ground reopened."""
    asked = list(asked)
    since = [one for one in asked if one.submitted_at and (made is None or one.submitted_at > made.at)]
    return asq.ACUTE in asq.outcomes(since) or asq.acute_unsettled(asked)


def permits(client: Client, mode: str, on: date) -> Permission:
    """Whether this client and her therapist may meet this way on that day."""
    return standing([client])[client.pk].permits(mode, on)
