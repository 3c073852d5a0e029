"""One more rule for reminders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.domain import texts
from practice.models import Letter, Service
from sessions.models import ReminderRule
from sessions.models.reminder_rule import MOST_DAYS

BEFORE = [
    (30, _("half an hour before")),
    (60, _("one hour before")),
    (120, _("two hours before")),
    (180, _("three hours before")),
    (24 * 60, _("24 hours before")),
    (48 * 60, _("48 hours before")),
]
ON_A_DAY = ""


class RuleForm(forms.ModelForm):
    """So long before, or at an hour of an earlier day; by a channel that this practice has."""

    before = forms.TypedChoiceField(
        label=_("When"), choices=[(ON_A_DAY, _("at an hour of a day")), *BEFORE], coerce=int, empty_value=None,
        required=False,
    )  # fmt: skip
    days_before = forms.IntegerField(
        label=_("Days before"), required=False, min_value=0, max_value=MOST_DAYS,
        widget=forms.NumberInput(attrs={"class": "short"}), help_text=_("0 is the day itself."),
    )  # fmt: skip
    at = forms.TimeField(
        label=_("At"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("On the clocks of the place."),
    )  # fmt: skip

    class Meta:
        model = ReminderRule
        fields = ["service", "channel"]

    field_order = ["service", "channel", "before", "days_before", "at"]

    def __init__(self, *args: Any, for_client: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update({"days_before": 1, "at": "18:00"})
        channel: Any = self.fields["channel"]
        channel.choices = [one for one in Letter.Channel.choices if one[0] != Letter.Channel.TEXT or texts.are_on()]
        if for_client:
            del self.fields["service"]
        else:
            service: Any = self.fields["service"]
            service.queryset, service.empty_label = Service.objects.filter(is_offered=True), _("everything")
            service.label = _("For")

    def clean(self) -> dict[str, Any]:
        """One way to say when, not both and not neither."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned.get("before") is None:
            for name in ("days_before", "at"):
                if cleaned.get(name) is None:
                    self.add_error(name, _("Please say on which day and at which hour."))
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """What was entered, for the domain."""
        cleaned = self.cleaned_data
        when = {"minutes_before": cleaned["before"]}
        if cleaned["before"] is None:
            when = {"days_before": cleaned["days_before"], "at": cleaned["at"]}
        return {"channel": cleaned["channel"], "service": cleaned.get("service")} | when

    def _post_clean(self) -> None:
        """The row is made by the domain, which says itself when it stands already."""
