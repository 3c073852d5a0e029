"""By which rule a session comes again, and what of a series is changed: parsed here, decided elsewhere."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practice.models import User
from routes.models import Route
from sessions.domain.dark_dates import Slot
from sessions.domain.recurrence import MOST, Rule
from sessions.domain.series import Plan
from sessions.domain.series_changes import Change, Scope, What
from sessions.forms import BookForm, ClockField, DayField, therapists
from sessions.models import Series, Session

TIMES = 12
"""So many times, before anybody has said otherwise."""


class RepeatForm(forms.Form):
    """How often and how long. `saw` is the rule whose dates stood on the page, so that nobody books others unseen."""

    every = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Series.Every.choices, widget=forms.RadioSelect, initial="week"
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many times"), min_value=1, max_value=MOST, required=False, initial=TIMES
    )
    until = DayField(
        label=gettext_lazy("or until"),
        required=False,
        help_text=gettext_lazy("This day counts. With both, whichever comes first."),
    )
    instead = forms.CharField(required=False, max_length=12)
    saw = forms.CharField(required=False, max_length=80)

    def __init__(self, data: QueryDict | None = None, *, booking: BookForm) -> None:
        super().__init__(data)
        self.booking = booking

    @staticmethod
    def beginning() -> QueryDict:
        """What it says before anybody has said otherwise."""
        begun = QueryDict(mutable=True)
        begun.update({"every": Series.Every.WEEK, "count": str(TIMES)})
        return begun

    def clean(self) -> dict[str, Any]:
        """It ends, and not before it begins."""
        data = super().clean() or {}
        until = data.get("until")
        if "count" in data and "until" in data and not (data["count"] or until):
            self.add_error("count", _("Say how many times, or until when."))
        if until and until < self.booking.cleaned_data["day"]:
            self.add_error("until", _("That is before the first day."))
        return data

    @property
    def rule(self) -> Rule:
        """The rule, on the clocks of the place."""
        data, first = self.cleaned_data, self.booking.cleaned_data
        return Rule(
            first_on=first["day"],
            starts=first["starts"],
            zone=first["place"].time_zone,
            every=data["every"],
            until=data["until"],
            count=data["count"],
        )

    def plan(self) -> Plan:
        """What comes again."""
        what = self.booking.wanted()
        for name in ("starts_at", "request_key", "doubled_because"):
            what.pop(name, None)
        return Plan(what, self.rule, Slot.read(self.cleaned_data["instead"]))

    @property
    def key(self) -> UUID:
        """The same form twice is one series."""
        key: UUID = self.booking.cleaned_data["request_key"]
        return key

    @property
    def seen(self) -> str:
        """The rule and the other time as they stand, for `saw`."""
        data = self.cleaned_data
        return "|".join(str(data[name] or "") for name in ("every", "count", "until", "instead"))

    @property
    def is_other_time(self) -> bool:
        """Whether the dark dates stood at another time on the page than now."""
        return bool(self.cleaned_data["saw"].rpartition("|")[2] != self.cleaned_data["instead"])

    @property
    def was_seen(self) -> bool:
        """Whether the dates on the page were those of this rule."""
        return bool(self.cleaned_data["saw"] == self.seen)


class ChangeForm(forms.Form):
    """What becomes of which sessions of a series. `saw` is what stood on the page, as in `RepeatForm`."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Which"), choices=Scope.choices, widget=forms.RadioSelect, initial=Scope.LATER
    )
    day = DayField(label=gettext_lazy("This one moves to"))
    starts = ClockField(label=gettext_lazy("From"))
    route = forms.ModelChoiceField(label=gettext_lazy("Route"), queryset=Route.objects.none(), empty_label=None)
    therapist = forms.ModelChoiceField(label=gettext_lazy("With"), queryset=User.objects.none(), empty_label=None)
    saw = forms.CharField(required=False, max_length=120)

    USES = {What.MOVE: ("day", "starts"), What.ROUTE: ("route",), What.THERAPIST: ("therapist",), What.CANCEL: ()}

    def __init__(self, *args: Any, what: str, session: Session, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.what = What(what)
        for name in {"day", "starts", "route", "therapist"} - set(self.USES[self.what]):
            del self.fields[name]
        if self.what == What.ROUTE:
            self.fields["route"].queryset = Route.objects.in_use()  # type: ignore[attr-defined]
        if self.what == What.THERAPIST:
            others = therapists(by).exclude(pk=session.therapist_id)
            self.fields["therapist"].queryset = others  # type: ignore[attr-defined]

    @staticmethod
    def beginning(session: Session) -> dict[str, Any]:
        """Where it stands now."""
        local = session.starts_at.astimezone(ZoneInfo(session.place.time_zone))
        return {"scope": Scope.LATER, "day": local.date(), "starts": local.time(), "route": session.route_id}

    def change(self) -> Change:
        """What is to be done."""
        return Change(self.what, **{name: self.cleaned_data[name] for name in ("scope", *self.USES[self.what])})

    @property
    def own(self) -> list[Any]:
        """The fields that belong to what is done."""
        return [self[name] for name in self.USES[self.what]]

    @property
    def seen(self) -> str:
        """What stands on the page, for `saw`."""
        data = self.cleaned_data
        return "|".join(str(getattr(data[name], "pk", data[name])) for name in ("scope", *self.USES[self.what]))

    @property
    def was_seen(self) -> bool:
        """Whether the dates on the page were those of this change."""
        return bool(self.cleaned_data["saw"] == self.seen)


def days_of(data: QueryDict, name: str) -> set[date]:
    """The days that stand under a name in what was sent; what is none is left out."""
    found = set()
    for value in data.getlist(name):
        try:
            found.add(date.fromisoformat(value))
        except ValueError:
            continue
    return found
