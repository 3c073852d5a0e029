"""The form for what a person knows about a route and a satellite does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from routes.domain import record
from routes.models import Route

REVIEW_AFTER = timedelta(days=365)
REASON = {
    "width_cm": (20, 2_000),
    "cross_slope_pct": (0, 30),
    "steepest_pct": (0, 60),
    "steepest_m": (1, 5_000),
    "obstacle_cm": (0, 150),
    "rest_every_m": (1, 20_000),
}
"""What can be measured on a path that people walk (ours): beyond it, a digit or a unit has slipped."""
DAYS = ("measured_on", "signal_tried_on", "walked_on", "look_again_on", "permit_until")
TIMES = ("lamps_off_from", "lamps_off_until")
FOLDED: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "access": (
        _("Without steps, and as measured"),
        ("step_free", "parking", *REASON, "measured_on"),
    ),
    "light": (_("Lamps and shade"), ("lamps_off_from", "lamps_off_until", "shade")),
    "people": (
        _("Who is about, and what it is like"),
        (
            "footfall_morning", "footfall_afternoon", "footfall_evening", "overheard", "acquaintances", "privacy",
            "character",
        ),
    ),
    "permit": (_("Permission"), ("permit", "permit_until")),
}  # fmt: skip
"""What not every route needs: folded away, with a line of what is filled in."""


@dataclass(frozen=True, slots=True)
class Part:
    """A folded part of the form."""

    name: str
    title: Promise
    fields: list[forms.BoundField]

    @property
    def told(self) -> str:
        """“Step-free · Narrowest width, cm 120”: what is filled in, sentences by their name alone."""
        return " · ".join(filter(None, map(_told, self.fields)))

    @property
    def is_open(self) -> bool:
        """Open while something in it is asked for."""
        return any(field.errors or (field.field.required and not field.value()) for field in self.fields)


def _told(bound: forms.BoundField) -> str:
    value, label = bound.value(), str(bound.label)
    if value in (None, "", []):
        return ""
    choices = {str(key): words for key, words in getattr(bound.field, "choices", ())}
    if choices:
        chosen = value if isinstance(value, list) else [value]
        return f"{label} {', '.join(str(choices.get(str(one), one)) for one in chosen)}"
    said = isinstance(bound.field, forms.BooleanField) or type(bound.field) is forms.CharField
    return label if said else f"{label} {bound.field.widget.format_value(value)}"


class RouteForm(forms.ModelForm):
    """The words of a route, the facts that were measured by hand, and the days that matter."""

    character = forms.MultipleChoiceField(
        label=_("Character"), required=False, choices=Route.Character.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Route
        fields = [
            "name", "alias", "meeting_point", "surface", "light",
            *(name for _title, names in FOLDED.values() for name in names),
            "emergency_access", "gate_codes", "defibrillator", "emergency_department", "emergency_minutes",
            "signal_found", "signal", "signal_tried_on", "signal_instead",
            "fallback", "walked_on", "look_again_on",
        ]  # fmt: skip
        widgets = {
            **{name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in DAYS},
            **{name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in TIMES},
            "meeting_point": forms.Textarea(attrs={"rows": 3}),
            "emergency_access": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "name": _("As the practice calls it."),
            "meeting_point": _("How to find the spot, and how to know it: a bench, a sign, a tree."),
            "light": _("Decides until when a walk here may last in winter."),
            "lamps_off_until": _("Only where lamps are switched off in between."),
            "parking": _("Where a car can stand without a kerb, and how far that is from the spot."),
            "width_cm": _("Measured where it is narrowest: gates, posts, bridges."),
            "steepest_pct": _("By a level or a wheel, not by satellite: 1 metre up in 20 is 5 %."),
            "overheard": _("On the path, at talking distance."),
            "acquaintances": _("A school, an office, a club nearby."),
            "privacy": _("Where to keep quiet for a while, where one is alone."),
            "emergency_access": _("Which gate, and whom to ring."),
            "gate_codes": _("Read by the staff alone, never by clients."),
            "defibrillator": _("Where it hangs, and when one can get at it."),
            "signal_instead": _("What is done there: an agreed way back, a second telephone, the nearest house."),
            "permit": _("Whose ground it is, and what was agreed."),
            "fallback": _("The room or the video call that is used when the weather says no."),
            "look_again_on": _("A year at the most; sooner after a storm or works."),
        }
        error_messages = {"name": {"unique": _("There is already a route of this name.")}}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name in ("surface", "light", "shade"):
            self.fields[name].required = True
        for name, (least, most) in REASON.items():
            _within(self.fields[name], least, most)
        if not self.instance.is_dated_by_hand:
            for name in record.DATED:
                del self.fields[name]
        elif self.instance._state.adding:
            self.fields["look_again_on"].initial = today + REVIEW_AFTER
        for field in self.fields.values():
            field.show_hidden_initial = not self.instance._state.adding

    @property
    def shown(self) -> list[SafeString]:
        """What the page shows before anything is typed, hidden in it, so that it is known what was changed there."""
        return [bound.as_hidden(only_initial=True) for bound in self if bound.field.show_hidden_initial]

    @property
    def parts(self) -> Iterator[Part]:
        """The folded parts, in the order of the page."""
        for name, (title, names) in FOLDED.items():
            yield Part(name, title, [self[field] for field in names])

    def clean_walked_on(self) -> date | None:
        """Nobody has walked it tomorrow."""
        return self._past("walked_on")

    def clean_measured_on(self) -> date | None:
        """Nor measured it."""
        return self._past("measured_on")

    def clean_signal_tried_on(self) -> date | None:
        """Nor tried a telephone there."""
        return self._past("signal_tried_on")

    def _past(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day and day > self.today:
            raise ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        """What belongs together is told together."""
        cleaned = super().clean() or {}
        self._both(
            "lamps_off_from", "lamps_off_until", _("Say when they go off and when they go on again, or neither.")
        )
        self._both("steepest_pct", "steepest_m", _("Say how steep it is and for how long, or neither."))
        if any(cleaned.get(name) is not None for name in REASON):
            self._ask("measured_on", _("Say when it was measured."))
        if cleaned.get("signal_found") == Route.Signal.NONE:
            self._ask("signal_instead", _("Without any signal, say what is done instead."))
        if cleaned.get("permit_until"):
            self._ask("permit", _("Say whose permission that is."))
        return cleaned

    def _both(self, one: str, other: str, words: Promise) -> None:
        for name, twin in ((one, other), (other, one)):
            if self.cleaned_data.get(twin) is not None:
                self._ask(name, words)

    def _ask(self, name: str, words: Promise) -> None:
        if name not in self.errors and self.cleaned_data.get(name) in (None, ""):
            self.add_error(name, str(words))

    def said(self) -> dict[str, Any]:
        """The cleaned words, by column. Of a route that is there, those alone that differ from what its page showed:
        what a colleague changed meanwhile stays."""
        told = self.changed_data if self["name"].html_initial_name in self.data else self.fields
        return {name: self.cleaned_data[name] for name in told}


def _within(field: forms.Field, least: int, most: int) -> None:
    """A number within reason; the sentence says between which."""
    words = gettext("Between %(least)s and %(most)s: look at the digits and the unit again.")
    words %= {"least": least, "most": most}
    field.validators += [MinValueValidator(least, words), MaxValueValidator(most, words)]
    field.widget.attrs |= {"min": least, "max": most}
