"""Forms of the practice's own pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.models import User


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
