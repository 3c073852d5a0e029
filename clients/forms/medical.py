"""A doctor's word as forms: what to ask, the reply, and the PAR-Q+ result."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.domain.doctor_lines import Line
from clients.domain.medical import a_year_after
from clients.domain.medical_letters import WAYS
from clients.models import MedicalLetter, ParQ
from practice.forms import UploadField
from practice.models import Mode

LONGEST_TEXT = 6000
FIRST_FORM = 2011
"""The PAR-Q+ has been published under this name since then."""
WAYS_WORDS: dict[Mode, Promise] = {
    Mode.SIT: _("Sitting outside and short strolls"),
    Mode.WALK: _("Walking for up to an hour, slowly enough to talk"),
    Mode.RUN: _("Gentle running, slowly enough to talk"),
}


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class AskDoctorForm(forms.Form):
    """Whom to ask and what about. Nothing is ticked beforehand: only what is needed is written to anyone."""

    doctor_name = forms.CharField(label=_("Name of the doctor or team"), max_length=160)
    doctor_address = forms.CharField(
        label=_("Address, as it stands on an envelope"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    about = forms.MultipleChoiceField(
        label=_("What the letter says"),
        help_text=_("Only what you tick is written, in these words. You read and change the text before it is made."),
        widget=forms.CheckboxSelectMultiple,
    )
    ways = forms.MultipleChoiceField(
        label=_("What it asks about"),
        choices=lambda: [(mode.value, WAYS_WORDS[mode]) for mode in WAYS],
        widget=forms.CheckboxSelectMultiple,
    )
    client_agrees = forms.BooleanField(label=_("The client agrees to this request"))
    client_agreed_on = _day(_("Agreed on"))

    def __init__(self, data: Any = None, *, offered: Sequence[Line], today: date) -> None:
        super().__init__(data, initial={"client_agreed_on": today})
        self.today = today
        self.urgent = {one.text for one in offered if one.is_urgent}
        choices = [(one.text, one.text) for one in offered]
        self.fields["about"].choices = choices  # type: ignore[attr-defined]
        self.fields["about"].required = bool(choices)

    @property
    def is_urgent(self) -> bool:
        """Whether something was ticked that asks for a word soon."""
        return bool(self.urgent & set(self.cleaned_data["about"]))

    def clean_client_agreed_on(self) -> date:
        """A day that has been."""
        day: date = self.cleaned_data["client_agreed_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return day


class LetterTextForm(forms.Form):
    """The text as it will be printed, in the therapist's hands."""

    text = forms.CharField(
        label=_("The letter"),
        help_text=_("Change it as you like. Nothing else of the chart goes with it."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14}),
    )


class ReplyForm(forms.Form):
    """What the doctor said, in one of four, and until when it counts."""

    said = forms.ChoiceField(
        label=_("What the doctor said"), choices=MedicalLetter.Said.choices, widget=forms.RadioSelect
    )
    wrote_on = _day(_("Date of the reply"))
    expires_on = _day(_("Counts until"), help_text=_("Twelve months at most."))
    words = forms.CharField(
        label=_("In the doctor's words, if it helps"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    document = UploadField(label=_("The reply itself"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, today: date) -> None:
        super().__init__(data, files, initial={"wrote_on": today, "expires_on": a_year_after(today)})
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Written by today, and good for a year after it at most."""
        cleaned: dict[str, Any] = super().clean() or {}
        wrote_on, expires_on = cleaned.get("wrote_on"), cleaned.get("expires_on")
        if wrote_on and wrote_on > self.today:
            self.add_error("wrote_on", _("This day is still to come."))
        if wrote_on and expires_on and not wrote_on <= expires_on <= a_year_after(wrote_on):
            self.add_error("expires_on", _("Please choose a day within twelve months of the reply."))
        return cleaned


class ParQForm(forms.Form):
    """The result of a PAR-Q+, filled in on its own site."""

    result = forms.ChoiceField(label=_("Result"), choices=ParQ.Result.choices, widget=forms.RadioSelect)
    form_year = forms.IntegerField(
        label=_("Year on the form"), min_value=FIRST_FORM, widget=forms.NumberInput(attrs={"class": "short"})
    )
    done_on = _day(_("Filled in on"))
    document = UploadField(label=_("The form itself"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, today: date) -> None:
        super().__init__(data, files, initial={"form_year": today.year, "done_on": today})
        self.today = today

    def clean_form_year(self) -> int:
        """Next year's form is not out."""
        year: int = self.cleaned_data["form_year"]
        if year > self.today.year:
            raise forms.ValidationError(_("This year is still to come."))
        return year

    def clean_done_on(self) -> date:
        """Filled in by today, and not so long ago that it has run out."""
        day: date = self.cleaned_data["done_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        if day < self.today - timedelta(days=366):
            raise forms.ValidationError(_("A PAR-Q+ counts for twelve months. Please ask for a new one."))
        return day
