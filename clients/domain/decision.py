"""The clinical decision: written by a clinician, never by a rule. The newest one stands until it runs out.

`permits` is the one answer that booking and the start of a walk ask for, in three renderings: reasons for a
clinician, "not yet, ask Anna" for the desk, "let's talk first" for the client.
"""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import asq
from clients.domain.considerations import Considered
from clients.domain.contacts import TWICE
from clients.models import CareTeamMember, Client, Decision, Screening
from practice.domain import audit, words
from practice.models import OUTDOOR, Mode, User

LONGEST = timedelta(days=366)
GRACE = timedelta(days=30)
"""What merely ran out does not cancel anybody's Monday: for these days it is only a look (ours)."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a client and her therapist may meet this way on a day, in words for each reader."""

    open: bool
    lapsed: bool
    """Open, but the decision ran out: a look, not a stop."""
    reasons: tuple[str, ...]
    for_desk: str
    for_client: str
    until: date | None
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one client stands: the decision that counts, and whether danger was stated since."""

    decision: Decision | None
    lead: str
    is_paused: bool
    asked: tuple[Screening, ...] = ()
    """Every time that the suicide questions were asked, the newest first."""

    def permits(self, mode: str, on: date) -> Permission:
        """Whether they may meet this way on that day."""
        stop = self._stop(mode, on)
        runs_out = self.decision.look_again_on if self.decision else None
        lapsed = not stop and mode in OUTDOOR and runs_out is not None and on > runs_out
        return Permission(
            open=not stop,
            lapsed=lapsed,
            reasons=(stop,) if stop else self._reasons(mode, lapsed),
            for_desk=_("Not yet, ask %(name)s") % {"name": self.lead} if stop else self._agreed(mode),
            for_client=_("Let's talk first") if stop else self._agreed(mode),
            until=runs_out,
            limits=tuple(self.decision.limits) if self.decision else (),
        )

    def _stop(self, mode: str, on: date) -> str:
        """Why not, in a clinician's words; "" when nothing speaks against it."""
        if mode not in OUTDOOR:
            return ""
        if self.is_paused:
            return _("Thoughts of suicide were stated. Outdoors waits until that is settled, and for a new decision.")
        if self.decision is None:
            return _("There is no decision yet about meeting outside.")
        if mode not in self.decision.modes:
            return _("The decision of %(day)s does not include %(mode)s.") % {
                "day": words.short_day(self.decision.at.date()),
                "mode": Mode(mode).label,
            }
        if on > self.decision.look_again_on + GRACE:
            return _("The decision ran out on %(day)s.") % {"day": words.short_day(self.decision.look_again_on)}
        return ""

    def _reasons(self, mode: str, lapsed: bool) -> tuple[str, ...]:
        if self.decision is None:
            return (_("Meeting indoors or by video needs no decision."),)
        if lapsed:
            ran_out = words.short_day(self.decision.look_again_on)
            return (_("The decision ran out on %(day)s; please look again.") % {"day": ran_out},)
        return (self._agreed(mode),)

    def _agreed(self, mode: str) -> str:
        if self.decision is None or mode not in OUTDOOR:
            return str(AGREED[mode]())
        return _("%(agreed)s, %(name)s, %(day)s") % {
            "agreed": AGREED[mode](),
            "name": self.decision.by.called,
            "day": words.short_day(self.decision.at.date()),
        }


AGREED: dict[str, Callable[[], str]] = {
    Mode.INDOOR: lambda: _("Meeting in the room"),
    Mode.ONLINE: lambda: _("Meeting by video"),
    Mode.SIT: lambda: _("Sitting outside agreed"),
    Mode.WALK: lambda: _("Walking agreed"),
    Mode.RUN: lambda: _("Running agreed"),
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
) -> Decision:
    """Write a decision. What was considered is kept beside it, sealed, as a technical trace.

    `at` is for a decision that was made earlier, on paper: it is dated by the clinician. The same one by the same
    person a moment ago is returned instead: the button was pressed twice.
    """
    Client.objects.select_for_update().get(pk=client.pk)
    wanted = (set(modes), set(limits), look_again_on, reasoning)
    if at is None and (before := _just_written(client, wanted, by)):
        return before
    made = Decision(
        client=client,
        at=at or timezone.now(),
        by=by,
        modes=[mode for mode in Mode.values if mode in modes],
        limits=sorted(limits),
        look_again_on=look_again_on,
        rule_set=considered.rule_set if considered else "",
        screenings=[one.pk for one in screenings],
    )
    made.reasoning = reasoning
    made.considered = _trace(considered) if considered else ""
    made.save(force_insert=True)
    audit.record("decision.written", by=by, subject=client.pk, detail={"decision": str(made.pk)})
    return made


def _just_written(client: Client, wanted: tuple[object, ...], by: User) -> Decision | None:
    """The same words by the same person a moment ago, with nothing answered since."""
    made = newest(client)
    if made is None or made.by_id != by.pk or made.at <= timezone.now() - TWICE:
        return None
    if Screening.objects.answered().filter(client=client, submitted_at__gt=made.at).exists():
        return None
    return made if (set(made.modes), set(made.limits), made.look_again_on, made.reasoning) == wanted else None


def _trace(considered: Considered) -> str:
    return json.dumps(
        [
            {"rule": one.rule, "level": one.level.name, "finding": one.finding, "basis": one.basis}
            for one in considered.considerations
        ],
        sort_keys=True,
    )


def trace_of(made: Decision) -> list[dict[str, str]]:
    """What the rules raised when it was written, as it was kept: rule, level, finding and basis of each."""
    lines: list[dict[str, str]] = json.loads(made.considered) if made.considered else []
    return lines


def newest(client: Client) -> Decision | None:
    """The last decision, whether it still counts or not."""
    return Decision.objects.filter(client=client).select_related("by").order_by("-at").first()


def current(client: Client, on: date) -> Decision | None:
    """The decision that counts on a day: the newest one, unless it has run out."""
    made = newest(client)
    return made if made and on <= made.look_again_on else None


def standing(clients: Collection[Client]) -> dict[UUID, Standing]:
    """Where each of these clients stands, in a fixed number of queries."""
    ids = [client.pk for client in clients]
    decisions = {
        made.client_id: made
        for made in Decision.objects.filter(client__in=ids)
        .select_related("by")
        .order_by("client_id", "-at")
        .distinct("client_id")
    }
    leads = {
        member.client_id: member.user.called
        for member in CareTeamMember.objects.current().filter(client__in=ids, is_lead=True).select_related("user")
    }
    asked: dict[UUID, list[Screening]] = {pk: [] for pk in ids}
    for made in Screening.objects.answered().filter(client__in=ids, kind=asq.KIND):
        asked[made.client_id].append(made)
    return {
        pk: Standing(
            decision=decisions.get(pk),
            lead=leads.get(pk, "") or _("the therapist"),
            is_paused=_is_paused(asked[pk], decisions.get(pk)),
            asked=tuple(asked[pk]),
        )
        for pk in ids
    }


def _is_paused(asked: Iterable[Screening], made: Decision | None) -> bool:
    """Stated intent moves a booking by itself; nothing else does. A newer decision lifts it, once what was done is
    written down as settled; a later "no" does not, nor a decision that was overtaken, nor one whose ground reopened."""
    asked = list(asked)
    since = [one for one in asked if one.submitted_at and (made is None or one.submitted_at > made.at)]
    return asq.ACUTE in asq.outcomes(since) or asq.acute_unsettled(asked)


def permits(client: Client, mode: str, on: date) -> Permission:
    """Whether this client and her therapist may meet this way on that day."""
    return standing([client])[client.pk].permits(mode, on)
