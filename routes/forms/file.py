"""The form for a file with a path, and the draft that carries the path to the next page."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from routes.domain import gpx, record
from routes.domain.gpx import GpxProblem, Track

DRAFT_SALT = "routes.draft"
DRAFT_LASTS = timedelta(days=1)


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
                self.track = record.read(upload.read(), float(cleaned["cut_m"] or 0))
                self.geometry = record.geometry_of(self.track)
            except GpxProblem as problem:
                self.add_error("file", str(problem))
        return cleaned

    def draft(self, user_id: object) -> str:
        """The measured path, signed, for the next page to carry; the file itself is not kept anywhere."""
        return draft_of(self.geometry, user_id)


def draft_of(geometry: Mapping[str, Any], user_id: object) -> str:
    """A measured path, signed, for the next page to carry."""
    grade = geometry["max_grade_pct"]
    plain = dict(geometry) | {"max_grade_pct": None if grade is None else str(grade)}
    return signing.dumps([str(user_id), plain], salt=DRAFT_SALT, compress=True)


def read_draft(text: str, user_id: object) -> dict[str, Any] | None:
    """The path of a draft that this person made within a day, or None."""
    try:
        owner, geometry = signing.loads(text, salt=DRAFT_SALT, max_age=DRAFT_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return dict(geometry) if owner == str(user_id) else None
