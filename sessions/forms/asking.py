"""What a client asks for, and what she is answered."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from practice.domain.local_time import instant
from practice.models import Place, Service
from sessions.forms import ClockField, DayField
from sessions.models import Session

FAR = timedelta(days=3 * 365)
"""No page offers a time so far from now."""


class AskForm(forms.Form):
    """Which service, how, and which of the free times. `at` is an instant and a place."""

    service = forms.ModelChoiceField(queryset=Service.objects.all())
    mode = forms.CharField(max_length=10)
    at = forms.CharField(max_length=80, error_messages={"required": _("Choose one of the times.")})
    key = forms.UUIDField()

    def clean_at(self) -> tuple[datetime, Place]:
        """“2026-12-03T10:00:00+00:00 PLACE”, as the page wrote it."""
        moment, _space, place = self.cleaned_data["at"].partition(" ")
        try:
            starts_at, found = parse_datetime(moment), Place.objects.filter(pk=place).first()
        except (ValueError, forms.ValidationError):
            starts_at, found = None, None
        if starts_at is None or starts_at.tzinfo is None or abs(starts_at - timezone.now()) > FAR or found is None:
            raise forms.ValidationError(_("Choose one of the times."))
        return starts_at, found

    def wanted(self) -> dict[str, Any]:
        """The arguments of `asking.ask`."""
        said = self.cleaned_data
        starts_at, place = said["at"]
        said |= {"starts_at": starts_at, "place": place}
        return {name: said[name] for name in ("service", "mode", "starts_at", "place", "key")}

    @staticmethod
    def new_key() -> str:
        """So that the form that is sent twice asks once."""
        return str(uuid4())


class OtherTimeForm(forms.Form):
    """Another time, and a line to go with it."""

    day = DayField(label=_("Day"))
    starts = ClockField(label=_("From"))
    words = forms.CharField(
        label=_("A line for them"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def wanted(self, session: Session) -> dict[str, Any]:
        """The arguments of `asked.offer`: an instant on the clocks of the place."""
        said = self.cleaned_data
        return {"to": instant(said["day"], said["starts"], ZoneInfo(session.place.time_zone)), "words": said["words"]}


class NoForm(forms.Form):
    """Why not, in words that the person reads."""

    words = forms.CharField(
        label=_("A line for them"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("They read it on their own page. What concerns their health is better said in person."),
    )
