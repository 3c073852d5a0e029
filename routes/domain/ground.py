"""The kind of ground of a path, from its record: what somebody agreed to walk on once is not every path."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from routes.models import Hazard, Route

STEEPEST = Decimal("8.33")
"""%, or 1:12. Above that an accessible trail may go on for 30 ft at most (US Access Board, ABA Standards 1017.7.1)."""


class Ground(models.TextChoices):
    """The kinds, the gentlest first."""

    EASY = "easy", _("easy ground")
    ROUGH = "rough", _("rough ground")


_EASY_SURFACES = frozenset({Route.Surface.PAVED, Route.Surface.FIRM, Route.Surface.GRASS})
_ROUGH_HAZARDS = frozenset({Hazard.Kind.WATER, Hazard.Kind.DROP, Hazard.Kind.RAIL, Hazard.Kind.FAST_ROAD})


def kind_of_ground(route: Route, hazards: Iterable[Hazard], on: date) -> Ground:
    """Easy (ours): paved, firm or grass, nothing known steeper than 1:12, and that day no water edge, drop, railway or
    fast road. Rough: the rest. What was measured on the spot counts before what the file of the path says."""
    grade = route.max_grade_pct if route.steepest_pct is None else route.steepest_pct
    is_steep = grade is not None and Decimal(grade) > STEEPEST
    is_edgy = any(one.kind in _ROUGH_HAZARDS and one.is_there(on) for one in hazards)
    return Ground.ROUGH if route.surface not in _EASY_SURFACES or is_steep or is_edgy else Ground.EASY
