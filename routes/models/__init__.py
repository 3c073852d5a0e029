"""Where: the path, its points, its hazards and its weather."""

from routes.models.forecast import Forecast
from routes.models.hazard import Hazard
from routes.models.point import RoutePoint
from routes.models.route import Route

__all__ = ["Forecast", "Hazard", "Route", "RoutePoint"]
