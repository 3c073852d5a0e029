"""The app of clients."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class ClientsConfig(AppConfig):
    """For whom."""

    name = "clients"

    def ready(self) -> None:
        """Read the instruments and rules, refusing a broken file by name; say which letters this app writes."""
        from clients.domain import (
            beside,
            consent_checklist,
            consent_copies,
            consent_files,
            consent_letters,
            considerations,
            instruments,
            invitations,
            plan_giving,
            reply_calls,
            reply_thanks,
            review_letters,
            window_letters,
        )
        from practice.domain import post

        try:
            instruments.shipped()
            considerations.rule_set()
            consent_checklist.points()
            consent_files.shipped()
        except (instruments.BrokenInstrument, consent_checklist.BrokenChecklist, consent_files.BrokenText) as error:
            raise ImproperlyConfigured(str(error)) from error
        for letters in (
            invitations,
            beside,
            consent_letters,
            consent_copies,
            review_letters,
            plan_giving,
            window_letters,
            reply_calls,
            reply_thanks,
        ):
            post.kinds.update(letters.KINDS)
