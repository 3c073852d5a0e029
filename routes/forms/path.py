"""The form for a path that is drawn on the map, or typed as coordinates."""

import hashlib
import json
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from routes.domain import coordinates, editing, places, record
from routes.domain.gpx import GpxProblem, Track
from routes.forms.rows import FARTHEST
from routes.models import Route, RoutePoint

MEANWHILE = _("Somebody changed this path meanwhile. Open the page again and make your change on the newer path.")


class PathForm(forms.Form):
    """The list of coordinates, which the map writes. A usable one leaves `geometry` behind; None when nothing moved.

    Of a route that is there, `seen` marks the path that the page showed: another one meanwhile refuses.
    """

    coordinates = forms.CharField(
        label=_("Latitude and longitude, one point a line"),
        help_text=_("Such as 51.5073, -0.1657; a height in metres may follow. N, S, E and W are understood too."),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        max_length=400_000,
        error_messages={
            "required": _("Draw or write at least two points."),
            "max_length": _("This path has more than 5,000 points. Leave some out."),
        },
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    geometry: dict[str, Any] | None = None

    def __init__(self, data: Any = None, *, route: Route | None = None) -> None:
        self.route, self.before = route, record.track_of(route) if route else None
        self.written = coordinates.text_of(_held(self.before)) if self.before else ""
        self.mark = hashlib.sha256(json.dumps(self.before.parts).encode()).hexdigest() if self.before else ""
        super().__init__(data, initial={"coordinates": self.written, "seen": self.mark})

    def clean_coordinates(self) -> str:
        """Read and measured; what is no path names its line."""
        text: str = self.cleaned_data["coordinates"]
        if self.written and text.split() == self.written.split():
            return text
        try:
            track = coordinates.read(text)
            track = editing.redrawn(track, self.before) if self.before else track
            self.geometry = record.geometry_of(track)
        except GpxProblem as problem:
            raise forms.ValidationError(str(problem)) from None
        if names := self._left_behind(track):
            words = gettext(
                "More than a kilometre from this path: %(names)s. Take them off the route before you move it."
            )
            raise forms.ValidationError(words % {"names": ", ".join(names)})
        return text

    def _left_behind(self, track: Track) -> list[str]:
        """The places of the route that lie too far from its new path."""
        kept = self.route.points.exclude(kind=RoutePoint.Kind.START) if self.route else ()
        way = places.Way.of(track)
        return [point.name for point in kept if way.foot(point.lat, point.lon).away_m > FARTHEST]

    def clean(self) -> dict[str, Any]:
        """Nobody undoes what she has not seen."""
        cleaned = super().clean() or {}
        if cleaned.get("seen") != self.mark:
            self.add_error(None, MEANWHILE)
        return cleaned


def _held(track: Track) -> Track:
    return Track((tuple(track.points[index] for index in editing.handles(track)),))
