"""By which clocks a client lives."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.domain import own_clocks


def zones() -> list[Any]:
    """None of her own, or one of the world."""
    return [("", _("the same as the practice")), *own_clocks.choices()]


class ClocksForm(forms.Form):
    """One zone, or none."""

    zone = forms.ChoiceField(label=_("My clocks are those of"), choices=zones, required=False)
