"""What is asked over time, and the day on which the two spoke about the client's own lines."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.domain import measure_plans
from clients.domain.instruments import said
from clients.models import MeasurePlan
from clients.models.measure import MOST


class PlanForm(forms.Form):
    """Which questionnaires, before every how many sessions, and how."""

    kinds = forms.MultipleChoiceField(
        label=_("What to ask"),
        choices=lambda: [(one.key, said(one.title)) for one in measure_plans.kinds()],
        widget=forms.CheckboxSelectMultiple,
    )
    every = forms.IntegerField(
        label=_("Before every … session"),
        min_value=1,
        max_value=MOST,
        initial=4,
        help_text=_("4 is before the fourth, the eighth, the twelfth, counted from today. Missed and cancelled "
                    "sessions do not count."),
    )  # fmt: skip
    how = forms.ChoiceField(
        label=_("How"),
        choices=lambda: [(one.value, str(one.label).capitalize()) for one in MeasurePlan.How],
        widget=forms.RadioSelect,
        initial=MeasurePlan.How.ROOM,
    )

    def __init__(self, data: Any = None, *, plan: MeasurePlan | None) -> None:
        known = {"kinds": plan.kinds, "every": plan.every, "how": plan.how} if plan else {}
        super().__init__(data, initial=known)


class AgreeForm(forms.Form):
    """The day on which they spoke about it."""

    on = forms.DateField(label=_("Spoken about on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"on": timezone.localdate()})

    def clean_on(self) -> date:
        """A day that has been."""
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Please choose today or a day that has been."))
        return day
