"""What somebody measured on a path, told as facts. Nothing here says whether a path is fit for a person: people do.

Figures to compare with: US Access Board, ABA standards 1017 (trails on federal land), in feet and inches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import TextChoices
from django.utils.formats import number_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from routes.domain.geometry import BANDS, Segment, merged
from routes.domain.gpx import Words

FOOT = 0.3048
LONGEST = {1: 200 * FOOT, 2: 30 * FOOT, 3: 10 * FOOT}
"""Metres that one slope of a band (5-8.33, 8.33-10, 10-12.5 %) may go on: 200, 30 and 10 ft (1017.7.1)."""
STEEP = BANDS[1]
STEEP_SHARE = 0.30
"""Of the length may be steeper than 1:12 (1017.7.1)."""
_HAIR = 1e-6


class Source(TextChoices):
    """Where slopes come from."""

    MEASURED = "measured", _("measured on the path")
    GPS = "gps", _("estimate from GPS, not a measurement")


class Firmness(TextChoices):
    """What wheels and sticks meet."""

    FIRM = "firm", _("firm and stable")
    DRY = "dry", _("firm when dry")
    SOFT = "soft", _("soft or loose in places")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a path of `length_m` metres; None is what nobody measured. `rests_m` are metres from the start.

    Width is the narrowest place, cross slope the steepest, the obstacle the highest step or root (0 is none found).
    """

    length_m: float
    source: Source
    slopes: tuple[Segment, ...] = ()
    width_cm: float | None = None
    cross_slope_pct: float | None = None
    firmness: Firmness | None = None
    obstacle_cm: float | None = None
    rests_m: tuple[float, ...] | None = None


def trail_slope_ok(segments: Sequence[Segment]) -> bool:
    """The rule of running slope for trails (ABA 1017.7.1), for slopes measured on the path one after the other.

    Nothing above 1:8, no more than 30 % of the length above 1:12, and no slope longer than its band allows.
    """
    total = sum(segment.metres for segment in segments)
    if sum(segment.metres for segment in segments if segment.grade > STEEP) > STEEP_SHARE * total + _HAIR:
        return False
    return all(segment.band < 4 and not _too_long(segment) for segment in merged(segments))


def _too_long(segment: Segment) -> bool:
    return segment.metres > LONGEST.get(segment.band, segment.metres) + _HAIR


def slopes_keep_to_the_rule(facts: Facts) -> bool | None:
    """`trail_slope_ok` for what was measured; None for an estimate, which can show neither."""
    if facts.source != Source.MEASURED or not facts.slopes:
        return None
    return trail_slope_ok(facts.slopes)


def told(facts: Facts) -> tuple[Words, ...]:
    """The facts as sentences, and what nobody measured as such."""
    return (*_slopes(facts), _across(facts), _width(facts), _underfoot(facts), _obstacle(facts), _rests(facts))


def _slopes(facts: Facts) -> tuple[Words, ...]:
    if not facts.slopes:
        return (_("Slopes are not measured."),)
    total = sum(segment.metres for segment in facts.slopes)
    steep = sum(segment.metres for segment in facts.slopes if segment.grade > STEEP) / total * 100
    share = format_lazy(
        _("{share} % of the length is steeper than 8.33 %."), share=_plain(steep, 0 if steep >= 1 else 1)
    )
    steepest = max(merged(facts.slopes), key=lambda segment: segment.grade)
    if facts.source != Source.MEASURED:
        return _guessed(steepest), share
    return _measured(steepest), share, _rule(facts.slopes)


def _guessed(steepest: Segment) -> Words:
    if not steepest.band:
        return _("Nothing seems steeper than 5 %: an estimate from GPS, not a measurement.")
    sentence = _("Steepest about {metres} m at {grade} %: an estimate from GPS, not a measurement.")
    return format_lazy(sentence, metres=_plain(steepest.metres, 0), grade=_plain(steepest.grade * 100))


def _measured(steepest: Segment) -> Words:
    if not steepest.band:
        return _("Nothing measured is steeper than 5 %.")
    sentence = _("Steepest measured {metres} m at {grade} %.")
    return format_lazy(sentence, metres=_plain(steepest.metres), grade=_plain(steepest.grade * 100))


def _rule(slopes: Sequence[Segment]) -> Words:
    if trail_slope_ok(slopes):
        return _("No slope is steeper or longer than the US guideline for trails allows.")
    return _("Some slopes are steeper or longer than the US guideline for trails allows.")


def _across(facts: Facts) -> Words:
    if facts.cross_slope_pct is None:
        return _("The slope across is not measured.")
    return format_lazy(_("Steepest slope across {grade} %."), grade=_plain(facts.cross_slope_pct))


def _width(facts: Facts) -> Words:
    if facts.width_cm is None:
        return _("The width is not measured.")
    return format_lazy(_("Narrowest place {width} cm."), width=_plain(facts.width_cm))


def _underfoot(facts: Facts) -> Words:
    if facts.firmness is None:
        return _("How firm the surface is, nobody has said.")
    return format_lazy(_("Surface: {firmness}."), firmness=facts.firmness.label)


def _obstacle(facts: Facts) -> Words:
    if facts.obstacle_cm is None:
        return _("Steps and roots are not measured.")
    if facts.obstacle_cm == 0:
        return _("No steps or roots found.")
    return format_lazy(_("Highest step or root {height} cm."), height=_plain(facts.obstacle_cm))


def _rests(facts: Facts) -> Words:
    if facts.rests_m is None:
        return _("Places to rest are not noted.")
    if not facts.rests_m:
        return _("No place to rest.")
    stops = [0.0, *sorted(facts.rests_m), facts.length_m]
    return format_lazy(
        ngettext_lazy(
            "{count} place to rest; at most {metres} m without one.",
            "{count} places to rest; at most {metres} m without one.",
            len(facts.rests_m),
        ),
        count=len(facts.rests_m),
        metres=_plain(max(b - a for a, b in pairwise(stops)), 0),
    )


def _plain(number: float, digits: int = 1) -> str:
    return number_format(f"{round(number, digits):g}")
