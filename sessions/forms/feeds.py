"""A calendar elsewhere: what it is for, and what may be read there."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.models import User
from sessions.domain import calendar_feed
from sessions.models import CalendarFeed


class FeedForm(forms.ModelForm):
    """One address for one calendar."""

    class Meta:
        model = CalendarFeed
        fields = ["called", "shows"]
        widgets = {"shows": forms.RadioSelect}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = calendar_feed.choices(user)
        shows: Any = self.fields["shows"]
        shows.choices = [(one.value, one.label) for one in offered]
        self.initial["shows"] = offered[0].value
        self.fields["called"].error_messages["required"] = _("Please say where it is for, such as: my phone.")
