"""How a slope feels to two people who talk. For the therapist who plans; never shown to clients, never as energy."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from routes.domain.geometry import Segment

PAUSES_ABOVE = 1 / 20
WALK_ABOVE = 1 / 12
"""Slopes, 5 and 8.33 %: ours, on the edges of the bands of running slope."""


class Talk(TextChoices):
    """What a slope does to a conversation."""

    FLOWS = "flows", _("easy to talk")
    PAUSES = "pauses", _("conversation may pause")
    WALK = "walk", _("walk it")


@dataclass(frozen=True, slots=True)
class TalkStretch:
    """Metres of path, from so many metres after the start, on which talking is the same."""

    start_m: float
    metres: float
    talk: Talk


def talk_on(grade: float) -> Talk:
    """On a slope of `grade` (0.05 is 5 %), up or down."""
    if abs(grade) > WALK_ABOVE:
        return Talk.WALK
    return Talk.PAUSES if abs(grade) > PAUSES_ABOVE else Talk.FLOWS


def talk_along(segments: Iterable[Segment]) -> tuple[TalkStretch, ...]:
    """The path as stretches of easy, halting and no talk, in order."""
    found: list[TalkStretch] = []
    start = 0.0
    for talk, same in groupby(segments, key=lambda segment: talk_on(segment.grade)):
        metres = sum(segment.metres for segment in same)
        found.append(TalkStretch(start, metres, talk))
        start += metres
    return tuple(found)
