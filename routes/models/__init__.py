"""Where: the path, its points and its hazards."""

from routes.models.hazard import Hazard
from routes.models.point import RoutePoint
from routes.models.route import Route

__all__ = ["Hazard", "Route", "RoutePoint"]
