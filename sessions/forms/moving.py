"""Where a session was dragged to, and a reason where one is needed."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from practice.domain.local_time import instant, kept
from practice.models import Practice, User
from sessions.forms import therapists
from sessions.models import Session

KEPT = ("week", "view", "with", "mode", "service", "place", "cancelled")


class WallField(forms.Field):
    """A day and a time on the clocks of the practice, as the grid shows them, in a year that has not yet gone by."""

    def to_python(self, value: str | None) -> datetime | None:
        """The instant."""
        if not value:
            return None
        try:
            wall = parse_datetime(value)
        except ValueError:
            wall = None
        if wall is None or wall.tzinfo:
            raise forms.ValidationError(_("That is not a day and a time."))
        if abs(wall - datetime.now(Practice.load().zone).replace(tzinfo=None)) > timedelta(days=3 * 365):
            raise forms.ValidationError(_("That is too far from today."))
        return instant(wall.date(), wall.time(), Practice.load().zone)


class ShiftForm(forms.Form):
    """Where to, for how long, with whom when it changes; `doubled_because` lets it lie over another session; `back` is
    the calendar's address."""

    to = WallField(widget=forms.HiddenInput)
    minutes = forms.IntegerField(min_value=5, max_value=24 * 60, widget=forms.HiddenInput)
    doubled_because = forms.CharField(
        label=_("Book over another session because"),
        max_length=200,
        required=False,
        help_text=_("The reason is kept with the booking, and whoever sees it there can read it."),
    )
    therapist = forms.ModelChoiceField(queryset=User.objects.none(), required=False, widget=forms.HiddenInput)
    tell = forms.BooleanField(required=False)
    calendar = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        self.fields["therapist"].queryset = therapists(by)  # type: ignore[attr-defined]

    def clean_to(self) -> datetime:
        """Stretched only, it begins when it began."""
        return kept(self.cleaned_data["to"], self.session.starts_at)

    def where(self) -> dict[str, Any]:
        """The arguments of `moving.look` and of `moving.at`."""
        return {name: self.cleaned_data[name] for name in ("to", "minutes", "therapist")}

    def how(self) -> dict[str, Any]:
        """The arguments of `moving.shift`."""
        return self.where() | {"because": self.cleaned_data["doubled_because"], "tell": self.cleaned_data["tell"]}

    def back(self) -> str:
        """What of the calendar's address is ours, as a query; else the day that it was moved to."""
        asked = QueryDict(self.cleaned_data["calendar"])
        kept = QueryDict(mutable=True)
        for name in KEPT:
            if asked.get(name):
                kept[name] = asked[name]
        kept.setdefault("week", timezone.localtime(self.cleaned_data["to"]).date().isoformat())
        return kept.urlencode()
