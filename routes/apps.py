"""The app of routes."""

from django.apps import AppConfig


class RoutesConfig(AppConfig):
    """Where."""

    name = "routes"
