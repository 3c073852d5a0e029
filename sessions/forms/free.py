"""When there is time for what one is about to book."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from clients.models import Client
from practice.domain import words
from practice.models import OUTDOOR, Mode, Service, User
from routes.domain import route_light
from routes.models import Route
from sessions.domain import free
from sessions.forms import DayField, therapists
from sessions.forms.fitting import carried

DAYS = 14
HALF_HOURS = (0, 30)


@dataclass(frozen=True, slots=True)
class Time:
    """One time that is free: on the clock, what its link carries, and whether it walks into the dark."""

    clock: str
    along: str
    is_dark: bool


class FreeForm(forms.Form):
    """Which service, with whom, from which day on. What is missing or wrong finds nothing."""

    service = forms.ModelChoiceField(Service.objects.filter(is_offered=True))
    therapist = forms.ModelChoiceField(User.objects.none())
    client = forms.ModelChoiceField(Client.objects.none(), required=False)
    others = forms.ModelMultipleChoiceField(Client.objects.none(), required=False)
    mode = forms.ChoiceField(choices=Mode.choices, required=False)
    route = forms.ModelChoiceField(Route.objects.none(), required=False)
    day = DayField()

    def __init__(self, asked: QueryDict, *, by: User) -> None:
        super().__init__(asked)
        self.along = carried(asked)
        for name in ("client", "others"):
            self.fields[name].queryset = Client.objects.visible_to(by).active()  # type: ignore[attr-defined]
        self.fields["therapist"].queryset = therapists(by)  # type: ignore[attr-defined]
        self.fields["route"].queryset = Route.objects.in_use()  # type: ignore[attr-defined]

    def days(self, *, now: datetime) -> list[tuple[str, list[Time]]]:
        """Two weeks from the day on: each day that has time, in words, with its times. On the half-hours, or on the
        quarters where there is none."""
        data = self.cleaned_data
        clients = [one for one in (data["client"], *data["others"]) if one]
        first = data["day"]
        found = free.times(
            data["therapist"], data["service"], first=first, last=first + timedelta(days=DAYS - 1), now=now,
            clients=clients,
        )  # fmt: skip
        return [(words.day(day), list(self._links(list(slots)))) for day, slots in groupby(found, lambda one: one.day)]

    def _links(self, slots: list[free.Slot]) -> Iterator[Time]:
        shown = [one for one in slots if one.starts_at.minute in HALF_HOURS] or slots
        for one in shown:
            local = one.starts_at.astimezone(ZoneInfo(one.place.time_zone))
            along: Any = self.along.copy()
            along["day"], along["starts"] = local.date().isoformat(), f"{local:%H:%M}"
            along["place"] = str(one.place.pk)
            if route := self.cleaned_data["route"]:
                along["route"] = str(route.pk)
            yield Time(words.clock(one.starts_at, one.place.time_zone), along.urlencode(), self._is_dark(one))

    def _is_dark(self, slot: free.Slot) -> bool:
        """Whether the walk that is asked for would be in the dark, on an unlit path."""
        route, mode = self.cleaned_data["route"], self.cleaned_data["mode"]
        if route is None or mode not in OUTDOOR:
            return False
        end = slot.starts_at + timedelta(minutes=self.cleaned_data["service"].minutes)
        return not route_light.over(route, slot.place.time_zone, slot.starts_at, end).ok
