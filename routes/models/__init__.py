"""Where: the path, its points, its hazards, its assessments, and the weather over it."""

from routes.models.assessment import AssessmentApproval, RiskAssessment
from routes.models.forecast import Forecast
from routes.models.hazard import Hazard
from routes.models.limits import WeatherLimits
from routes.models.order import RouteOrder
from routes.models.point import RoutePoint
from routes.models.route import Route

__all__ = [
    "AssessmentApproval",
    "Forecast",
    "Hazard",
    "RiskAssessment",
    "Route",
    "RouteOrder",
    "RoutePoint",
    "WeatherLimits",
]
