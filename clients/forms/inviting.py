"""Which of those who wait are asked now."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clients.domain.inviting import AT_A_TIME
from clients.models import Client, ClientQuerySet


class BatchForm(forms.Form):
    """A few of them."""

    who = forms.ModelMultipleChoiceField(
        label=_("Whom to ask"),
        queryset=Client.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please choose somebody."),
            "invalid_choice": _("Somebody you chose was asked meanwhile. Please look again."),
        },
    )

    def __init__(self, *args: Any, waiting: ClientQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["who"]
        field.queryset = waiting

    def clean_who(self) -> list[Client]:
        """Ten at most."""
        chosen = list(self.cleaned_data["who"])
        if len(chosen) > AT_A_TIME:
            most = ngettext_lazy("Up to one at a time.", "Up to %(n)s at a time.", AT_A_TIME) % {"n": AT_A_TIME}
            raise forms.ValidationError(most)
        return chosen
