"""Which days of the calendar are asked for, and which sessions: read leniently."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.models import Mode
from sessions.domain.calendar import LONGEST, Wanted

VIEWS = {"week": _("Week"), "day": _("Day"), "month": _("Month")}


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a page, the last one not included, and where one turns to from it."""

    view: str
    day: date
    first: date
    until: date
    before: date
    after: date

    @property
    def last(self) -> date:
        """The last day that is shown."""
        return self.until - timedelta(days=1)


class CalendarForm(forms.Form):
    """`week` is any day of what is shown. What cannot be read counts as not asked for."""

    week = forms.DateField(required=False)
    view = forms.ChoiceField(required=False, choices=list(VIEWS.items()))
    therapist = forms.UUIDField(required=False)
    mode = forms.ChoiceField(required=False, choices=Mode.choices)
    service = forms.UUIDField(required=False)
    place = forms.UUIDField(required=False)
    cancelled = forms.BooleanField(required=False)

    def __init__(self, data: Any, **kwargs: Any) -> None:
        asked = data.copy()
        if "with" in asked:
            asked["therapist"] = asked["with"]
        super().__init__(asked, **kwargs)
        self.is_valid()

    def wanted(self) -> Wanted:
        """Which sessions."""
        data = self.cleaned_data
        return Wanted(
            therapist=data.get("therapist"),
            mode=data.get("mode", ""),
            service=data.get("service"),
            place=data.get("place"),
            cancelled=data.get("cancelled", False),
        )

    def span(self, *, otherwise: str) -> Span:
        """Which days: of this week, this day or this month when none is asked for."""
        asked = self.cleaned_data.get("week")
        day = asked if asked and 1990 < asked.year < 2200 else timezone.localdate()
        view = self.cleaned_data.get("view") or otherwise
        if view == "day":
            step = timedelta(days=1)
            return Span(view, day, day, day + step, day - step, day + step)
        if view == "month":
            first = day.replace(day=1)
            after = (first + timedelta(days=31)).replace(day=1)
            return Span(view, day, first, after, (first - timedelta(days=1)).replace(day=1), after)
        monday, step = day - timedelta(days=day.weekday()), timedelta(days=7)
        return Span("week", day, monday, monday + step, monday - step, monday + step)


class EventsForm(forms.Form):
    """The span that a grid shows: two days, at most six weeks and a day apart; the second is not included."""

    start = forms.DateField()
    end = forms.DateField()

    def clean(self) -> dict[str, Any]:
        """Neither backwards nor longer than a grid is, and within the years that clocks know."""
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start and end and not (start < end and end - start <= LONGEST and 1990 < start.year < 2200):
            raise forms.ValidationError(_("Ask for at most six weeks at a time."))
        return data
