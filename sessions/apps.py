"""The app of sessions. Its label is not `sessions`: Django's own app has that one."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """When, and what happened."""

    name = "sessions"
    label = "moving_sessions"

    def ready(self) -> None:
        """Say what a reminder is to the outbox."""
        from practice.domain import post
        from sessions.domain import reminders

        post.kinds[reminders.KIND] = post.LetterKind(reminders.still_wanted, reminders.render)
