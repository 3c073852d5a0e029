"""The form for a path that is drawn on the map, or typed as coordinates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from routes.domain import coordinates, editing, record
from routes.domain.gpx import GpxProblem, Track


class PathForm(forms.Form):
    """The list of coordinates, which the map writes. A usable one leaves `geometry` behind; None when nothing moved."""

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
    geometry: dict[str, Any] | None = None

    def __init__(self, data: Any = None, *, before: Track | None = None) -> None:
        self.before = before
        self.written = coordinates.text_of(_held(before)) if before else ""
        super().__init__(data, initial={"coordinates": self.written})

    def clean_coordinates(self) -> str:
        """Read and measured; what is no path names its line."""
        text: str = self.cleaned_data["coordinates"]
        if self.written and text.split() == self.written.split():
            return text
        try:
            track = coordinates.read(text)
            self.geometry = record.geometry_of(editing.redrawn(track, self.before) if self.before else track)
        except GpxProblem as problem:
            raise forms.ValidationError(str(problem)) from None
        return text


def _held(track: Track) -> Track:
    return Track((tuple(track.points[index] for index in editing.handles(track)),))
