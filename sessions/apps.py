"""The app of sessions. Its label is not `sessions`: Django's own app has that one."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """When, and what happened."""

    name = "sessions"
    label = "moving_sessions"

    def ready(self) -> None:
        """Say to the outbox what a reminder is, and the letter before a session; to the weather where it is needed."""
        from django.utils.translation import gettext_lazy

        from practice.domain import post
        from routes.domain import weather_ahead
        from sessions.domain import (
            asked_letters,
            dark_letter,
            group_offers,
            invitations_out,
            measure_letters,
            measures_due,
            notices,
            offer_letters,
            outdoors_soon,
            reminders,
            weather_asks,
        )

        post.kinds[reminders.KIND] = post.LetterKind(
            reminders.still_wanted,
            reminders.render,
            gettext_lazy("Reminder of a session"),
            hours=reminders.hours,
            group="reminder",
        )
        post.kinds[invitations_out.KIND] = post.LetterKind(
            invitations_out.still_wanted, invitations_out.render, gettext_lazy("Appointment for a calendar")
        )
        post.kinds[measures_due.LETTER] = post.LetterKind(
            measure_letters.still_wanted, measure_letters.render, gettext_lazy("Questionnaire before a session")
        )
        post.kinds[asked_letters.KIND] = post.LetterKind(
            asked_letters.still_wanted, asked_letters.render, gettext_lazy("Answer to a time that was asked for")
        )
        post.kinds[notices.KIND] = post.LetterKind(
            notices.still_wanted, notices.render, gettext_lazy("Change of a session")
        )
        post.kinds[dark_letter.KIND] = post.LetterKind(dark_letter.still_wanted, dark_letter.render)
        post.kinds[weather_asks.KIND] = post.LetterKind(weather_asks.still_wanted, weather_asks.render)
        post.kinds[group_offers.KIND] = post.LetterKind(
            offer_letters.still_wanted, offer_letters.render, gettext_lazy("Offer of a place in a group")
        )
        weather_ahead.wanted["sessions"] = outdoors_soon.walks
