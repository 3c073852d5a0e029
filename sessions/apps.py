"""The app of sessions. Its label is not `sessions`: Django's own app has that one."""

from types import ModuleType
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class SessionsConfig(AppConfig):
    """When, and what happened."""

    name = "sessions"
    label = "moving_sessions"

    def ready(self) -> None:
        """Say to the outbox what a reminder is, and the letter before a session; to the weather where it is needed."""
        from practice.domain import post
        from routes.domain import weather_ahead
        from sessions.domain import (
            asked_letters,
            dark_letter,
            giving_up,
            group_offers,
            invitations_out,
            letter_hours,
            measure_letters,
            measures_due,
            offer_letters,
            outdoors_soon,
            reminders,
            series_letter,
            weather_asks,
        )

        post.kinds[reminders.KIND] = post.LetterKind(
            reminders.still_wanted,
            reminders.render,
            gettext_lazy("Reminder of a session"),
            hours=reminders.hours,
            group="reminder",
        )
        to_clients: tuple[tuple[str, ModuleType, Any], ...] = (
            (invitations_out.KIND, invitations_out, gettext_lazy("Appointment for a calendar")),
            (measures_due.LETTER, measure_letters, gettext_lazy("Questionnaire before a session")),
            (asked_letters.KIND, asked_letters, gettext_lazy("Answer to a time that was asked for")),
            (series_letter.KIND, series_letter, gettext_lazy("Change of a session")),
            (group_offers.KIND, offer_letters, gettext_lazy("Offer of a place in a group")),
        )
        for kind, does, words in to_clients:
            hours = letter_hours.of_notice if kind == series_letter.KIND else letter_hours.of_letter
            post.kinds[kind] = post.LetterKind(does.still_wanted, does.render, words, hours=hours)
        cannot = gettext_lazy("Word to the therapist that they cannot come")
        for told, says in ((dark_letter, ""), (giving_up, cannot), (weather_asks, "")):
            post.kinds[told.KIND] = post.LetterKind(told.still_wanted, told.render, says)
        weather_ahead.wanted["sessions"] = outdoors_soon.walks
