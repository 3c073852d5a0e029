"""Forms about the practice itself."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.models import Practice, User


class ArrivalsForm(forms.ModelForm):
    """How long whoever comes in has, and how long an enquiry is kept."""

    class Meta:
        model = Practice
        fields = ["bridging_days", "enquiry_days"]
        labels = {
            "bridging_days": _("Days to bring in what is on paper"),
            "enquiry_days": _("Days that an enquiry is kept"),
        }
        help_texts = {
            "bridging_days": _(
                "For clients who were in treatment before they came in here. So long, what is missing asks for a look "
                "and stops nothing. 0 leaves this out."
            ),
            "enquiry_days": _(
                "An enquiry that came to nothing is deleted for good so many days after its last step. "
                "Whoever is on the waiting list stays."
            ),
        }
        widgets = {name: forms.NumberInput(attrs={"class": "short"}) for name in fields}


class ChangeCoverForm(forms.Form):
    """One of the people on the cover list."""

    who = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none())

    def __init__(self, data: Any = None, *, people: Sequence[User]) -> None:
        super().__init__(data)
        who: Any = self.fields["who"]
        who.queryset = User.objects.filter(pk__in=[one.pk for one in people]).order_by("name")


class AddCoverForm(ChangeCoverForm):
    """Somebody who joins it."""

    def __init__(self, data: Any = None, *, people: Sequence[User]) -> None:
        super().__init__(data, people=people)
        who: Any = self.fields["who"]
        who.label, who.empty_label = _("Who else covers"), _("choose")
