"""The app of sessions. Its label is not `sessions`: Django's own app has that one."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """When, and what happened."""

    name = "sessions"
    label = "moving_sessions"
