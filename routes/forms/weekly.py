"""The form that asks about a weekly walk."""

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _


class WeeklyForm(forms.Form):
    """A walk that comes every week, to be asked when it gets dark."""

    weekday = forms.TypedChoiceField(label=_("Every"), choices=list(WEEKDAYS.items()), coerce=int)
    clock = forms.TimeField(label=_("at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(label=_("for how many minutes"), min_value=10, max_value=480)
