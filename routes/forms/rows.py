"""Rows of points and of hazards, and the pages that hold them together with the words of a route."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from routes.domain import places, record
from routes.forms.route import RouteForm
from routes.models import Hazard, Route, RoutePoint

FURTHER_ROWS = 3
FARTHEST = 1_000.0
"""Metres from the path: farther away, a place is on another walk (ours)."""
NOT_OURS = _("This row does not belong to this route, or is there no longer. Open the page again.")


class PointForm(forms.Form):
    """One place along the route. A row left empty is not a row. A place moved on the map rules over its minutes."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(label=_("Latitude"), widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(
        label=_("Longitude"), widget=forms.HiddenInput, required=False, min_value=-180, max_value=180
    )
    kind = forms.ChoiceField(label=_("What"), choices=[("", "…"), *RoutePoint.Kind.choices[1:]], required=False)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    words = forms.CharField(label=_("In words"), max_length=200, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=2000, required=False)

    @property
    def title(self) -> str:
        """Its name; empty while there is none."""
        return str(self["name"].value() or "")

    @property
    def about(self) -> str:
        """“exit · 8 min”."""
        kind, minutes = self["kind"].value() or "", self["minutes"].value()
        known = dict(RoutePoint.Kind.choices).get(kind, "")
        after = "" if minutes in (None, "") else _("%(minutes)s min") % {"minutes": minutes}
        return " · ".join(str(part) for part in (known, after) if part)

    @property
    def is_told(self) -> bool:
        """Something is written in it."""
        told = self.cleaned_data
        return bool(told.get("kind") or told.get("name") or told.get("words") or told.get("minutes") is not None)

    def clean(self) -> dict[str, Any]:
        """A begun row needs what a map needs."""
        cleaned = super().clean() or {}
        on_map = cleaned.get("lat") is not None
        if on_map != (cleaned.get("lon") is not None) and not {"lat", "lon"} & set(self.errors):
            self.add_error(None, _("A place on the map needs both of its numbers."))
        if self.is_told or (on_map and not cleaned.get("id")):
            _ask(self, "name", _("Give this place a name."))
            _ask(self, "kind", _("Say what it is."))
            if not on_map:
                _ask(self, "minutes", _("How many minutes from the start?"))
        return cleaned


class HazardForm(forms.Form):
    """One thing to take care of."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("What"), choices=[("", "…"), *Hazard.Kind.choices], required=False)
    words = forms.CharField(label=_("In words: where, when, and what to do"), max_length=200, required=False)
    state = forms.ChoiceField(label=_("How it stands"), choices=Hazard.State.choices, required=False)
    until = forms.DateField(
        label=_("Only until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    seen_on = forms.DateField(
        label=_("Seen on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @property
    def title(self) -> str:
        """Its words; empty while there are none."""
        return str(self["words"].value() or "")

    @property
    def about(self) -> str:
        """“water edge · there”."""
        kind, state = self["kind"].value() or "", self["state"].value() or ""
        parts = (dict(Hazard.Kind.choices).get(kind, ""), dict(Hazard.State.choices).get(state, "") if kind else "")
        return " · ".join(str(part) for part in parts if part)

    @property
    def is_told(self) -> bool:
        """Something is written in it, or was."""
        told = self.cleaned_data
        return any(told.get(name) for name in ("id", "kind", "words", "until", "seen_on"))

    def clean(self) -> dict[str, Any]:
        """A kind without words helps nobody on the day, and what was once written down stays."""
        cleaned = super().clean() or {}
        cleaned["state"] = cleaned.get("state") or Hazard.State.THERE
        if cleaned.get("id") and not cleaned.get("words"):
            self.add_error("words", _("What was once written down stays. When it is over, say “gone”."))
        if self.is_told:
            _ask(self, "words", _("Say it in words, as you would to a colleague."))
            _ask(self, "kind", _("Say which kind it is."))
        if (seen := cleaned.get("seen_on")) and seen > self.today:
            self.add_error("seen_on", _("This day has not come yet."))
        return cleaned


def _ask(form: forms.Form, name: str, words: Promise) -> None:
    if name not in form.errors and form.cleaned_data.get(name) in (None, ""):
        form.add_error(name, str(words))


class Rows(forms.BaseFormSet):
    """Rows that each know which row of the route they are told of; a few stand empty at the end, without a script."""

    def told(self) -> list[dict[str, Any]]:
        """The rows that were filled in, by column."""
        asked = [form for form in self.forms if form not in self.deleted_forms and form.is_told]
        return [{key: value for key, value in form.cleaned_data.items() if key != "DELETE"} for form in asked]

    def removed(self) -> list[int]:
        """Kept rows that were ticked away or emptied."""
        gone = [form for form in self.forms if form in self.deleted_forms or not form.is_told]
        return [form.cleaned_data["id"] for form in gone if form.cleaned_data.get("id")]

    def belong_to(self, ids: Collection[int]) -> bool:
        """Every row is new or one of these, and none is told twice; the row that is not says so."""
        seen: set[int] = set()
        for form in self.forms:
            number = form.cleaned_data.get("id")
            if number is not None and (number in seen or number not in ids):
                form.add_error(None, NOT_OURS)
                return False
            seen |= {number} if number is not None else set()
        return True


LIMITS: dict[str, Any] = {"extra": FURTHER_ROWS, "max_num": 40, "absolute_max": 60, "validate_max": True}
PointRows = cast(
    "type[Rows]", forms.formset_factory(PointForm, Rows, can_delete=True, can_delete_extra=False, **LIMITS)
)
HazardRows = cast("type[Rows]", forms.formset_factory(HazardForm, Rows, **LIMITS))


class RoutePages:
    """The form of a route with its two sets of rows: valid together, or shown together.

    `route` has its path; it may be new, and then has no rows.
    """

    def __init__(self, data: Any = None, *, route: Route, today: date, name: str = "") -> None:
        self.route = route
        self._points, self._hazards = _rows_of(route)
        self.words = RouteForm(data, instance=route, today=today, initial={"name": name} if name else None)
        self.points = PointRows(data, prefix="points", initial=self._points)
        self.hazards = HazardRows(data, prefix="hazards", initial=self._hazards, form_kwargs={"today": today})

    def is_valid(self) -> bool:
        """All three are asked, so that everything missing is told at once."""
        if not all([self.words.is_valid(), self.points.is_valid(), self.hazards.is_valid()]):
            return False
        ours = all([self.points.belong_to(_ids(self._points)), self.hazards.belong_to(_ids(self._hazards))])
        return ours and self._lie_beside()

    def _lie_beside(self) -> bool:
        """No place that was set or moved on the map lies far from the path."""
        way, stood = places.Way.of(record.track_of(self.route)), {row["id"]: row for row in self._points}
        near = True
        for form in self.points.forms:
            told = form.cleaned_data
            lat, lon, before = told.get("lat"), told.get("lon"), stood.get(told.get("id"), {})
            if lat is None or lon is None or (lat, lon) == (before.get("lat"), before.get("lon")):
                continue
            if way.foot(lat, lon).away_m > FARTHEST:
                form.add_error("name", _("On the map this place lies more than a kilometre from the path."))
                near = False
        return near

    @property
    def forms(self) -> list[forms.BaseForm]:
        """Every form on the page, in the order of the page."""
        return [self.words, *self.points.forms, *self.hazards.forms]

    def told(self) -> dict[str, Any]:
        """The rows as the domain takes them."""
        return {
            "points": [record.PointWords(**row) for row in self.points.told()],
            "hazards": [record.HazardWords(**row) for row in self.hazards.told()],
        }


def _ids(rows: Iterable[dict[str, Any]]) -> set[int]:
    return {row["id"] for row in rows}


def _rows_of(route: Route) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if route._state.adding:
        return [], []
    points = route.points.exclude(kind=RoutePoint.Kind.START).values(*PointForm.base_fields)
    return [dict(row) for row in points], [dict(row) for row in route.hazards.values(*HazardForm.base_fields)]
