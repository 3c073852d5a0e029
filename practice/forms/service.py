"""The form of one service."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.models import Mode, Service

SEATS = {Service.Kind.INTAKE: 1, Service.Kind.INDIVIDUAL: 1, Service.Kind.COUPLE: 2}


class ServiceForm(forms.ModelForm):
    """What it is, how long, and what is kept free beside it. Seats are asked for of a group alone."""

    modes = forms.MultipleChoiceField(
        label=_("Ways to meet"), choices=Mode.choices, widget=forms.CheckboxSelectMultiple
    )
    seats = forms.IntegerField(
        label=_("Seats"),
        min_value=2,
        max_value=30,
        required=False,
        help_text=_("Of a group; otherwise leave it empty."),
    )

    fee = forms.DecimalField(label=_("Fee"), min_value=0, max_digits=8, decimal_places=2, required=False)

    class Meta:
        model = Service
        fields = [
            "name", "kind", "seats", "modes", "minutes", "indoor_minutes", "travel_minutes", "note_minutes", "fee",
            "currency", "colour", "clients_may_ask",
        ]  # fmt: skip
        labels = {
            "name": _("Name"),
            "kind": _("For whom"),
            "minutes": _("Minutes"),
            "indoor_minutes": _("Minutes in the room before going out"),
            "travel_minutes": _("Minutes for the way, before and after"),
            "note_minutes": _("Minutes for the note, after"),
            "currency": _("Currency"),
            "colour": _("Colour in the calendar"),
            "clients_may_ask": _("Clients may ask for it on their pages"),
        }
        help_texts = {"name": _("As clients read it."), "indoor_minutes": _("0 when it is all in one place.")}
        widgets = {
            "kind": forms.RadioSelect,
            "colour": forms.RadioSelect,
            "currency": forms.TextInput(attrs={"class": "short"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind != Service.Kind.GROUP:
            self.initial["seats"] = None

    def clean_currency(self) -> str:
        """Three letters, such as GBP."""
        code = str(self.cleaned_data["currency"]).strip().upper()
        if len(code) != 3 or not code.isascii() or not code.isalpha():
            raise forms.ValidationError(_("Three letters, such as GBP or EUR."))
        return code

    def clean(self) -> dict[str, Any]:
        """What belongs together: seats with a group, minutes in the room with a way to go out."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind, minutes, indoors = data.get("kind"), data.get("minutes"), data.get("indoor_minutes")
        if kind == Service.Kind.GROUP and "seats" in data and not data["seats"]:
            self.add_error("seats", _("How many places does the group have?"))
        elif kind:
            data["seats"] = data.get("seats") if kind == Service.Kind.GROUP else SEATS[kind]
        if minutes is not None and indoors is not None and indoors >= minutes:
            self.add_error("indoor_minutes", _("That leaves no time outside: it must be shorter than the session."))
        return data
