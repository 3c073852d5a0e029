"""What a second reader says about a decision."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReadingForm(forms.Form):
    """Read, with a comment or without one."""

    comment = forms.CharField(
        label=_("Something to say about it, if you like"),
        help_text=_("Read by whoever wrote the decision and the care team. It stands as you write it."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
