"""The season of a day at a place, and the one that a route was assessed for."""

from datetime import date

from django.db.models import Prefetch

from routes.models import RiskAssessment, Route

Season = RiskAssessment.Season
YEAR = (Season.WINTER, Season.SPRING, Season.SUMMER, Season.AUTUMN)
"""Three whole months each, winter from December: meteorological seasons (Met Office, "When does spring start?")."""
LOADED = Prefetch("assessments", RiskAssessment.objects.defer("rows", "emergency"))
"""For many routes: what `assessed` reads."""


def at(day: date, lat: float) -> Season:
    """South of the equator half a year later."""
    return YEAR[(day.month // 3 + (2 if lat < 0 else 0)) % 4]


def assessed(route: Route) -> Season:
    """When in the year the newest signed assessment holds; all year while there is none."""
    told = [] if route._state.adding else route.assessments.all()
    return next((Season(one.season) for one in told if one.signed_at), Season.ALL)
