"""A group: who joins, leaves, waits, or no longer waits."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from practice.models import User
from sessions.models import Session, WaitingPlace


class GroupForm(forms.Form):
    """One act on a group; what it is about is the group's own, or a client whom the reader may know of."""

    ADD, WAIT, OUT, LEAVE, OFFER = "add", "wait", "out", "leave", "offer"
    act = forms.ChoiceField(choices=[(one, one) for one in (ADD, WAIT, OUT, LEAVE, OFFER)], widget=forms.HiddenInput)
    client = forms.ModelChoiceField(
        label=_("Client"), queryset=Client.objects.none(), required=False, empty_label=_("choose")
    )
    place = forms.ModelChoiceField(queryset=WaitingPlace.objects.none(), required=False, widget=forms.HiddenInput)
    and_later = forms.BooleanField(label=_("And all later ones of this series"), required=False)

    def __init__(self, *args: Any, session: Session, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        client: Any = self.fields["client"]
        may_join = Client.objects.active().visible_to(by).values("pk")
        client.queryset = Client.objects.filter(Q(pk__in=may_join) | Q(pk__in=session.seats.values("client")))
        place: Any = self.fields["place"]
        place.queryset = WaitingPlace.objects.open().about(session)
        if session.series_id is None:
            del self.fields["and_later"]

    def clean(self) -> dict[str, Any]:
        """Who is meant is said."""
        cleaned: dict[str, Any] = super().clean() or {}
        act = cleaned.get("act")
        if act in (self.ADD, self.WAIT, self.OUT) and not cleaned.get("client"):
            self.add_error("client", _("Please say who."))
        if act == self.LEAVE and not cleaned.get("place"):
            self.add_error(None, _("That one no longer waits. Nothing was changed."))
        return cleaned
