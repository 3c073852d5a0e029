"""What one looks for a route with, and what of a booking goes along meanwhile."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from practice.domain.local_time import instant
from practice.models import OUTDOOR, Mode, Place, Practice, User
from routes.domain.matching import Wish
from routes.models import Route
from sessions.forms import ClockField, DayField, therapists
from sessions.forms.service import lengths, offered

CARRIED = (
    "client", "others", "therapist", "mode", "day", "starts", "minutes",
    "place", "room", "fallback", "indoor_minutes", "travel", "service", "note",
)  # fmt: skip
"""What stands in the address while one looks for a route: nothing that a person wrote in words."""


def carried(data: QueryDict) -> QueryDict:
    """What goes along in the address, of what was typed or carried so far."""
    along = QueryDict(mutable=True)
    for name in CARRIED:
        if values := [value for value in data.getlist(name) if value]:
            along.setlist(name, values)
    return along


class FitForm(forms.Form):
    """Whom, how, when and how long: what one looks for a route with. What is not said is tomorrow at ten, walking."""

    client = forms.ModelChoiceField(label=_("Client"), queryset=Client.objects.none(), empty_label=_("choose"))
    mode = forms.ChoiceField(label=_("How"), choices=[(mode, mode.label) for mode in Mode if mode in OUTDOOR])
    day = DayField(label=_("Day"))
    starts = ClockField(label=_("From"))
    minutes = forms.TypedChoiceField(label=_("Minutes"), coerce=int)
    character = forms.ChoiceField(
        label=_("Preferably"), choices=[("", _("any")), *Route.Character.choices], required=False
    )
    others = forms.ModelMultipleChoiceField(queryset=Client.objects.none(), required=False)
    therapist = forms.ModelChoiceField(queryset=User.objects.none(), required=False)
    place = forms.ModelChoiceField(queryset=Place.objects.all(), required=False)

    def __init__(self, asked: QueryDict, *, by: User) -> None:
        along = carried(asked)
        if along.get("mode") not in OUTDOOR:
            along["mode"] = Mode.WALK
        tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
        for name, value in (("day", tomorrow), ("starts", "10:00"), ("minutes", "50")):
            along.setdefault(name, value)
        self.along = along
        data = along.copy()
        data["character"] = asked.get("character", "")
        super().__init__(data if "client" in asked else None, initial=data.dict())
        for name in ("client", "others"):
            self.fields[name].queryset = Client.objects.visible_to(by).active()  # type: ignore[attr-defined]
        self.fields["therapist"].queryset = therapists(by)  # type: ignore[attr-defined]
        self.fields["minutes"].choices = lengths(offered())  # type: ignore[attr-defined]

    @property
    def shown(self) -> list[Any]:
        """The fields that one fills in here."""
        return [self[name] for name in ("client", "mode", "day", "starts", "minutes", "character")]

    @property
    def unseen(self) -> list[tuple[str, Any]]:
        """What is carried along without being asked for here."""
        names = [name for name in self.along if name not in ("client", "mode", "day", "starts", "minutes")]
        return [(name, value) for name in names for value in self.along.getlist(name)]

    @property
    def clients(self) -> list[Client]:
        """Everybody who comes, once each."""
        data = self.cleaned_data
        return [data["client"], *(other for other in data["others"] if other != data["client"])]

    def wish(self) -> Wish:
        """The outing, on the clocks of its place."""
        data = self.cleaned_data
        zone = data["place"].time_zone if data["place"] else Practice.load().time_zone
        return Wish(
            mode=data["mode"],
            starts_at=instant(data["day"], data["starts"], ZoneInfo(zone)),
            minutes=data["minutes"],
            zone=zone,
            character=data["character"],
        )
