"""When there is time for what one is about to book."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from clients.models import Client
from practice.domain import words
from practice.models import Service, User
from sessions.domain import free
from sessions.forms import DayField, therapists
from sessions.forms.fitting import carried

DAYS = 14
HALF_HOURS = (0, 30)


class FreeForm(forms.Form):
    """Which service, with whom, from which day on. What is missing or wrong finds nothing."""

    service = forms.ModelChoiceField(Service.objects.filter(is_offered=True))
    therapist = forms.ModelChoiceField(User.objects.none())
    client = forms.ModelChoiceField(Client.objects.none(), required=False)
    others = forms.ModelMultipleChoiceField(Client.objects.none(), required=False)
    day = DayField()

    def __init__(self, asked: QueryDict, *, by: User) -> None:
        super().__init__(asked)
        self.along = carried(asked)
        for name in ("client", "others"):
            self.fields[name].queryset = Client.objects.visible_to(by).active()  # type: ignore[attr-defined]
        self.fields["therapist"].queryset = therapists(by)  # type: ignore[attr-defined]

    def days(self, *, now: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
        """Two weeks from the day on: each day that has time, in words, with its clock times and what each link carries.
        On the half-hours, or on the quarters where there is none."""
        data = self.cleaned_data
        clients = [one for one in (data["client"], *data["others"]) if one]
        first = data["day"]
        found = free.times(
            data["therapist"], data["service"], first=first, last=first + timedelta(days=DAYS - 1), now=now,
            clients=clients,
        )  # fmt: skip
        return [(words.day(day), list(self._links(list(slots)))) for day, slots in groupby(found, lambda one: one.day)]

    def _links(self, slots: list[free.Slot]) -> Iterator[tuple[str, str]]:
        shown = [one for one in slots if one.starts_at.minute in HALF_HOURS] or slots
        for one in shown:
            local = one.starts_at.astimezone(ZoneInfo(one.place.time_zone))
            along: Any = self.along.copy()
            along["day"], along["starts"] = local.date().isoformat(), f"{local:%H:%M}"
            along["place"] = str(one.place.pk)
            yield words.clock(one.starts_at, one.place.time_zone), along.urlencode()
