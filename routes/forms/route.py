"""Forms about routes: the file, the words, and rows of points and hazards."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from routes.domain import gpx, record, shape
from routes.domain.gpx import GpxProblem, Track
from routes.models import Hazard, Route, RoutePoint

DRAFT_SALT = "routes.draft"
DRAFT_LASTS = timedelta(days=1)
FURTHER_ROWS = 3
REVIEW_AFTER = timedelta(days=365)


class FileForm(forms.Form):
    """A GPX file, and how much of its ends to leave out. A usable one leaves `track` behind."""

    file = forms.FileField(
        label=_("GPX file"),
        help_text=_("From a watch, a walking app or a map site, up to 10 MB. Times and heart rates are not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": ".gpx,application/gpx+xml"}),
        error_messages={"required": _("Choose a file first."), "empty": _("This file is empty.")},
    )
    cut_m = forms.IntegerField(
        label=_("Leave out at both ends"),
        help_text=_("Metres. If the recording begins or ends at somebody's home, leave out 200."),
        min_value=0,
        max_value=2000,
        initial=0,
        required=False,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    track: Track
    geometry: dict[str, Any]

    def clean(self) -> dict[str, Any]:
        """Read and measure; a file that cannot become a route says why beside its field."""
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if upload and "cut_m" in cleaned:
            try:
                if upload.size > gpx.MAX_BYTES:
                    raise GpxProblem(gpx.TOO_BIG)
                self.track = shape.cut_ends(gpx.read(upload.read()), float(cleaned["cut_m"] or 0))
                self.geometry = record.geometry_of(self.track)
            except GpxProblem as problem:
                self.add_error("file", str(problem))
        return cleaned

    def draft(self, user_id: object) -> str:
        """The measured path, signed, for the next page to carry; the file itself is not kept anywhere."""
        geometry = self.geometry | {"max_grade_pct": _plain(self.geometry["max_grade_pct"])}
        return signing.dumps([str(user_id), geometry], salt=DRAFT_SALT, compress=True)


def _plain(number: Any) -> str | None:
    return None if number is None else str(number)


def read_draft(text: str, user_id: object) -> dict[str, Any] | None:
    """The path of a draft that this person made within a day, or None."""
    try:
        owner, geometry = signing.loads(text, salt=DRAFT_SALT, max_age=DRAFT_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return dict(geometry) if owner == str(user_id) else None


class RouteForm(forms.ModelForm):
    """What a person knows about a route and a satellite does not."""

    class Meta:
        model = Route
        fields = [
            "name", "alias", "meeting_point", "surface", "light", "step_free",
            "emergency_access", "defibrillator", "emergency_department", "signal", "fallback",
            "walked_on", "look_again_on", "closed_because",
        ]  # fmt: skip
        widgets = {
            "meeting_point": forms.Textarea(attrs={"rows": 3}),
            "emergency_access": forms.Textarea(attrs={"rows": 3}),
            "walked_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "look_again_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "name": _("As the practice calls it."),
            "meeting_point": _("How to find the spot, and how to know it: a bench, a sign, a tree."),
            "light": _("Decides until when a walk here may last in winter."),
            "emergency_access": _("Which gate, whom to ring, the code of the barrier."),
            "defibrillator": _("Where it hangs, and when one can get at it."),
            "emergency_department": _("With the minutes by road."),
            "signal": _("Which networks, and when it was tried."),
            "fallback": _("The room or the video call that is used when the weather says no."),
            "look_again_on": _("A year at the most; sooner after a storm or works."),
            "closed_because": _("Only while it is closed, for example “marathon on Sunday”. It cannot be booked then."),
        }
        error_messages = {"name": {"unique": _("There is already a route of this name.")}}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["surface"].required = self.fields["light"].required = True
        self.fields["closed_because"].label = _("Closed at the moment, because")
        if self.instance._state.adding:
            self.fields["look_again_on"].initial = today + REVIEW_AFTER
            del self.fields["closed_because"]

    def clean_walked_on(self) -> date | None:
        """Nobody has walked it tomorrow."""
        walked: date | None = self.cleaned_data["walked_on"]
        if walked and walked > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return walked

    def said(self) -> dict[str, Any]:
        """The cleaned words, by column."""
        return {name: self.cleaned_data[name] for name in self.fields}


class PointForm(forms.Form):
    """One place along the route. A row left empty is not a row."""

    kind = forms.ChoiceField(label=_("What"), choices=[("", "…"), *RoutePoint.Kind.choices[1:]], required=False)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    words = forms.CharField(label=_("In words"), max_length=200, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=2000, required=False)

    def clean(self) -> dict[str, Any]:
        """A begun row needs what a map needs."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") or cleaned.get("name") or cleaned.get("words") or cleaned.get("minutes") is not None:
            if not cleaned.get("name"):
                self.add_error("name", _("Give this place a name."))
            if not cleaned.get("kind"):
                self.add_error("kind", _("Say what it is."))
            if cleaned.get("minutes") is None and "minutes" not in self.errors:
                self.add_error("minutes", _("How many minutes from the start?"))
        return cleaned


class HazardForm(forms.Form):
    """One thing to take care of."""

    kind = forms.ChoiceField(label=_("What"), choices=[("", "…"), *Hazard.Kind.choices], required=False)
    words = forms.CharField(label=_("In words: where, when, and what to do"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """A kind without words helps nobody on the day."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") and not cleaned.get("words"):
            self.add_error("words", _("Say it in words, as you would to a colleague."))
        if cleaned.get("words") and not cleaned.get("kind"):
            self.add_error("kind", _("Say which kind it is."))
        return cleaned


def _told(rows: Any) -> list[dict[str, Any]]:
    """The rows that were filled in; a few stand empty at the end, so that nobody needs a script to add one."""
    return [row.cleaned_data for row in rows.forms if row.cleaned_data.get("kind")]


PointRows = forms.formset_factory(PointForm, extra=FURTHER_ROWS, max_num=40, absolute_max=60, validate_max=True)
HazardRows = forms.formset_factory(HazardForm, extra=FURTHER_ROWS, max_num=40, absolute_max=60, validate_max=True)


class RoutePages:
    """The form of a route with its two sets of rows: valid together, or shown together."""

    def __init__(self, data: Any = None, *, route: Route | None = None, today: date, name: str = "") -> None:
        points, hazards = _rows_of(route)
        self.words = RouteForm(data, instance=route, today=today, initial={"name": name} if name else None)
        self.points = PointRows(data, prefix="points", initial=points)
        self.hazards = HazardRows(data, prefix="hazards", initial=hazards)

    def is_valid(self) -> bool:
        """All three are asked, so that everything missing is told at once."""
        return all([self.words.is_valid(), self.points.is_valid(), self.hazards.is_valid()])

    @property
    def forms(self) -> list[forms.BaseForm]:
        """Every form on the page, in the order of the page."""
        return [self.words, *self.points.forms, *self.hazards.forms]

    def told(self) -> dict[str, Any]:
        """The rows as the domain takes them."""
        return {
            "points": [record.PointWords(**row) for row in _told(self.points)],
            "hazards": [record.HazardWords(**row) for row in _told(self.hazards)],
        }


def _rows_of(route: Route | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if route is None:
        return [], []
    points = route.points.exclude(kind=RoutePoint.Kind.START).values("kind", "name", "words", "minutes")
    return [dict(row) for row in points], [dict(row) for row in route.hazards.values("kind", "words")]
