"""Small forms of a route's page: closed for some days, and a new assessment asked for."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from routes.models import Route


class ClosingForm(forms.ModelForm):
    """Why it is closed, and on which days; both ends included."""

    class Meta:
        model = Route
        fields = ["closed_because", "closed_from", "closed_until"]
        labels = {"closed_from": _("From"), "closed_until": _("Until, that day included")}
        help_texts = {
            "closed_because": _("In a word or two, such as “marathon”. It cannot be booked for these days."),
            "closed_until": _("Left empty, it stays closed until somebody opens it."),
        }
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("closed_from", "closed_until")
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["closed_because"].required = self.fields["closed_from"].required = True
        if not self.instance.closed_because:
            self.initial["closed_from"], self.initial["closed_until"] = today, None

    def clean(self) -> dict[str, Any]:
        """In order, and not over already."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("closed_from"), cleaned.get("closed_until")
        if first and last and last < first:
            self.add_error("closed_until", _("This day lies before the first one."))
        elif last and last < self.today:
            self.add_error("closed_until", _("This day is over already."))
        return cleaned


class AskAgainForm(forms.Form):
    """Why a new assessment is asked for."""

    because = forms.CharField(
        label=_("Because"),
        max_length=160,
        help_text=_("What happened or changed: a storm, works, a fall. The route stays open; close it if it must be."),
    )
