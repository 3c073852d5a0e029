"""Two who would meet: sessions that begin or end at the same meeting point within 15 minutes of each other.

It asks whoever plans the day to look where it is the session of a colleague; her own are a quiet word. It names nobody
and keeps nobody from booking. Routes with the same name for their meeting point have the same meeting point.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from practice.domain import words
from sessions.domain import meeting
from sessions.domain.chip import LOOK, NOTE, Chip
from sessions.models import Session

NEAR = timedelta(minutes=15)
"""So near each other two may see each other come or go (ours)."""


def load(sessions: Iterable[Session]) -> Mapping[UUID, Sequence[Chip]]:
    """The chip of each session that would cross another one, saved or not. One query, none when all are indoors."""
    asked = {one: spot.alias for one in sessions if one.holds_its_slot and (spot := meeting.spot(one))}
    if not asked:
        return {}
    first, last = min(one.starts_at for one in asked), max(one.ends_at for one in asked)
    others = list(
        Session.objects.holding()
        .outdoors()
        .filter(route__alias__in=set(asked.values()), indoor_minutes=0)
        .filter(starts_at__lte=last + NEAR, ends_at__gte=first - NEAR)
        .order_by("starts_at")
        .values_list("pk", "route__alias", "starts_at", "ends_at", "therapist")
    )
    return {
        one.pk: _chips(one, [two for two in others if two[0] != one.pk and two[1] == at]) for one, at in asked.items()
    }


def _chips(session: Session, others: Sequence[tuple[UUID, str, datetime, datetime, UUID]]) -> Sequence[Chip]:
    why = _("Two who come here could meet. Another quarter of an hour or another gate keeps them apart.")
    begins, ends = _("Another session begins here at %(time)s"), _("Another session ends here at %(time)s")
    edges = [(at, said, who) for _pk, _at, start, end, who in others for at, said in ((start, begins), (end, ends))]
    for at, said, who in sorted(edges, key=lambda edge: edge[2] == session.therapist_id):
        if min(abs(at - session.starts_at), abs(at - session.ends_at)) <= NEAR:
            text = said % {"time": words.clock(at, session.place.time_zone)}
            return [Chip("crossing", NOTE if who == session.therapist_id else LOOK, "footprints", text, why)]
    return []
