"""The app of the practice itself."""

from typing import Any

from django import forms
from django.apps import AppConfig
from django.conf import settings
from django.core.signals import got_request_exception
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


def give_grants(sender: AppConfig, **kwargs: Any) -> None:
    """After all migrations, as the owner: the runtime role gets what each table allows, and no more."""
    from practice.domain import grants

    grants.give(kwargs["using"])


def say_kindly() -> None:
    """What every form says of an answer that is missing, in place of Django's words; a field may say its own."""
    forms.Field.default_error_messages["required"] = _("Please fill this in.")
    forms.ChoiceField.default_error_messages["required"] = _("Please choose one.")
    forms.MultipleChoiceField.default_error_messages["required"] = _("Please choose at least one.")
    forms.FileField.default_error_messages["required"] = _("Please choose a file.")
    forms.BooleanField.default_error_messages = {"required": _("Please tick this first.")}


class PracticeConfig(AppConfig):
    """Who, rules, post, papers."""

    name = "practice"

    def ready(self) -> None:
        """Know the Celery app in every process and thread; listen for migrations and for signs of life."""
        from practice import web
        from practice.domain import pulse

        got_request_exception.connect(web.tell_what_broke, dispatch_uid="practice.broken")
        post_migrate.connect(give_grants, sender=self, dispatch_uid="practice.grants")
        pulse.listen()
        say_kindly()
        import_string(settings.CELERY_APPLICATION).set_default()
