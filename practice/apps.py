"""The app of the practice itself."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def give_grants(sender: AppConfig, **kwargs: Any) -> None:
    """After all migrations, as the owner: the runtime role gets what each table allows, and no more."""
    from practice.domain import grants

    grants.give(kwargs["using"])


class PracticeConfig(AppConfig):
    """Who, rules, post, papers."""

    name = "practice"

    def ready(self) -> None:
        """Listen for migrations, and for the signs of life of worker and beat."""
        from practice.domain import pulse

        post_migrate.connect(give_grants, sender=self, dispatch_uid="practice.grants")
        pulse.listen()
