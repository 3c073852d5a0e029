"""Whose a message is that came from an address nobody is known for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.domain import inbox
from clients.models import Reply
from practice.models import User


class WhoseForm(forms.Form):
    """The client it is from."""

    client: Any = forms.ModelChoiceField(label=_("It is from"), queryset=None, empty_label=_("choose"))

    def __init__(self, *args: Any, reply: Reply, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose: Any = self.fields["client"]
        whose.queryset = inbox.candidates(reply, user)
