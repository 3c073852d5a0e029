"""Whom a client must not meet."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ApartForm(forms.Form):
    """A whole name, and why for the chart."""

    name = forms.CharField(
        label=_("Their whole name"), max_length=160, help_text=_("As it stands in their file, whoever sees them here.")
    )
    words = forms.CharField(
        label=_("In a few words, for the care team"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in this chart. The desk only reads that a time cannot be had."),
    )
