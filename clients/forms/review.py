"""Has anything changed? As the therapist writes it down."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Review

ASK = "ask"


class ReviewForm(forms.Form):
    """What was said, by the button that is pressed, words that are optional, and the decision that was shown."""

    said = forms.ChoiceField(
        label=_("What was said"),
        choices=[
            (Review.Status.NOTHING.value, _("Nothing has changed")),
            (Review.Status.CHANGED.value, _("Something has changed")),
            (ASK, _("Ask by letter now")),
        ],
        error_messages={"required": _("Please say whether anything has changed.")},
    )
    words = forms.CharField(
        label=_("In a few words, if you like"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    read = forms.CharField(required=False, widget=forms.HiddenInput)
