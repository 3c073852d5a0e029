"""The forms of a week, of what is otherwise, of holidays and of a clinician's record."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from practice.domain import public_holidays, words
from practice.models import ClinicianRecord, HoursChange, Place, Practice, User, WorkingHours

SPANS = range(2)
"""Before a break and after it."""
LIKE_MONDAY = range(1, 5)


def clock(label: Any) -> forms.TimeField:
    """A time on the wall, with the browser's own picker."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


def day(label: Any, **more: Any) -> forms.DateField:
    """A day, with the browser's own picker."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class WeekForm(forms.Form):
    """Two spans a day at most; where both times are empty there is none."""

    def __init__(self, data: Any = None, *, rows: Sequence[WorkingHours] = ()) -> None:
        super().__init__(data)
        self.places = list(Place.objects.all())
        for weekday, name in WEEKDAYS.items():
            standing = [row for row in rows if row.weekday == weekday]
            for n in SPANS:
                self._span(weekday, n, name, standing[n] if n < len(standing) else None)

    def _span(self, weekday: int, n: int, name: Any, row: WorkingHours | None) -> None:
        self.fields[f"{weekday}-{n}-starts"] = clock(_("%(day)s from") % {"day": name})
        self.fields[f"{weekday}-{n}-ends"] = clock(_("%(day)s to") % {"day": name})
        if len(self.places) > 1:
            chosen = forms.ModelChoiceField(Place.objects.all(), label=_("%(day)s at") % {"day": name}, required=False)
            chosen.empty_label = None
            self.fields[f"{weekday}-{n}-place"] = chosen
        if row:
            for part in ("starts", "ends", "place"):
                self.initial[f"{weekday}-{n}-{part}"] = getattr(row, "place_id" if part == "place" else part)

    def days(self) -> Iterator[dict[str, Any]]:
        """For the page: each day with its first span, the others, and whether those are used."""
        for weekday, name in WEEKDAYS.items():
            spans = [self._bound(weekday, n) for n in SPANS]
            used = any(field.value() or field.errors for span in spans[1:] for field in span[:2])
            yield {"name": name, "first": spans[0], "more": spans[1:], "is_open": used}

    def _bound(self, weekday: int, n: int) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith(f"{weekday}-{n}-")]

    @staticmethod
    def like_monday(data: QueryDict) -> QueryDict:
        """What was typed, with Monday on Tuesday to Friday too."""
        copied = data.copy()
        for weekday in LIKE_MONDAY:
            for name in [f"{n}-{part}" for n in SPANS for part in ("starts", "ends", "place")]:
                copied[f"{weekday}-{name}"] = data.get(f"0-{name}", "")
        return copied

    def clean(self) -> dict[str, Any]:
        """Both times or neither, the end after the start, and nothing twice."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for weekday in WEEKDAYS:
            taken: list[tuple[Any, Any]] = []
            for n in SPANS:
                first, last = f"{weekday}-{n}-starts", f"{weekday}-{n}-ends"
                starts, ends = data.get(first), data.get(last)
                if self.has_error(first) or self.has_error(last) or (starts is None and ends is None):
                    continue
                if starts is None or ends is None:
                    self.add_error(last if ends is None else first, _("Please fill in both times, or neither."))
                elif ends <= starts:
                    self.add_error(last, _("The end comes after the start."))
                elif any(starts < other[1] and other[0] < ends for other in taken):
                    self.add_error(first, _("This overlaps with another span of that day."))
                else:
                    taken.append((starts, ends))
        return data

    def rows(self) -> list[WorkingHours]:
        """What was typed, not saved yet."""
        data = self.cleaned_data
        return [
            WorkingHours(
                weekday=weekday,
                starts=data[f"{weekday}-{n}-starts"],
                ends=data[f"{weekday}-{n}-ends"],
                place=data.get(f"{weekday}-{n}-place") or self.places[0],
            )
            for weekday in WEEKDAYS
            for n in SPANS
            if data[f"{weekday}-{n}-starts"] is not None
        ]


class ChangeForm(forms.Form):
    """Days on which it is otherwise; of the whole practice only that it is closed."""

    kind = forms.ChoiceField(
        label=_("What"),
        choices=[(HoursChange.Kind.AWAY, _("Away")), (HoursChange.Kind.EXTRA, _("Extra hours"))],
        initial=HoursChange.Kind.AWAY,
        widget=forms.RadioSelect,
    )
    first_on = day(_("First day"))
    last_on = day(_("Last day"), required=False, help_text=_("Empty when it is one day."))
    starts = clock(_("From"))
    ends = clock(_("To"))
    place = forms.ModelChoiceField(Place.objects.all(), label=_("Place"), empty_label=None, required=False)
    words = forms.CharField(
        label=_("For us alone"), max_length=120, required=False, help_text=_("Clients never read it.")
    )

    def __init__(self, data: Any = None, *, therapist: User | None) -> None:
        super().__init__(data)
        self.therapist = therapist
        if therapist is None:
            for name in ("kind", "place"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Days and times in their order; extra hours have times."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("first_on"), data.get("last_on")
        starts, ends = data.get("starts"), data.get("ends")
        today = timezone.localdate()
        if first and last and last < first:
            self.add_error("last_on", _("The last day comes before the first."))
        elif first and not today <= (last or first) <= today + timedelta(days=3 * 365):
            between = {"first": words.day(today), "last": words.day(today + timedelta(days=3 * 365))}
            self.add_error(
                "last_on" if last else "first_on", _("Choose a day between %(first)s and %(last)s.") % between
            )
        if self.has_error("starts") or self.has_error("ends"):
            return data
        if (starts is None) != (ends is None):
            self.add_error("ends" if ends is None else "starts", _("Please fill in both times, or neither."))
        elif starts and ends and ends <= starts:
            self.add_error("ends", _("The end comes after the start."))
        elif starts is None and data.get("kind") == HoursChange.Kind.EXTRA:
            self.add_error("starts", _("Extra hours need a time."))
        return data

    def made(self) -> HoursChange:
        """What was typed, not saved yet."""
        data = self.cleaned_data
        extra = data.get("kind") == HoursChange.Kind.EXTRA
        return HoursChange(
            kind=HoursChange.Kind.EXTRA if extra else HoursChange.Kind.AWAY,
            therapist=self.therapist,
            first_on=data["first_on"],
            last_on=data["last_on"] or data["first_on"],
            starts=data["starts"],
            ends=data["ends"],
            place=(data["place"] or Place.objects.first()) if extra else None,
            words=data["words"],
        )


class HolidaysForm(forms.ModelForm):
    """Whether the practice is closed on holidays, and whose."""

    class Meta:
        model = Practice
        fields = ["closed_on_holidays", "region"]
        labels = {"closed_on_holidays": _("Closed on public holidays"), "region": _("Region")}
        help_texts = {"region": _("Some holidays are kept in one part of a country only.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = public_holidays.regions(self.instance.country)
        if regions:
            choices = [("", _("the whole country")), *regions.items()]
            self.fields["region"].widget = forms.Select(choices=choices)
        else:
            del self.fields["region"]

    def clean_region(self) -> str:
        """One that is on the list."""
        region = str(self.cleaned_data["region"])
        if region and region not in public_holidays.regions(self.instance.country):
            raise forms.ValidationError(_("Please choose one."))
        return region


DATES = ("licence_until", "insurance_until", "first_aid_until", "outdoor_training_until")
OWN = ("video_link", "sessions_a_day", "outdoor_minutes_a_day")


class RecordForm(forms.ModelForm):
    """Until when her papers are in date, where she is met by video, and how much she does in a day. The days are for
    whoever keeps the practice; the rest is hers too."""

    video_link = forms.URLField(
        label=_("Video room"),
        max_length=200,
        required=False,
        assume_scheme="https",
        help_text=_("The address of the room where clients meet her by video."),
    )

    class Meta:
        model = ClinicianRecord
        fields = [*DATES, *OWN]
        labels = {
            "licence_until": _("Licence or registration until"),
            "insurance_until": _("Insurance, for outdoors too, until"),
            "first_aid_until": _("First aid until"),
            "outdoor_training_until": _("Outdoor training until"),
            "sessions_a_day": _("Sessions a day, at most"),
            "outdoor_minutes_a_day": _("Minutes outdoors a day, at most"),
        }
        help_texts = {
            "licence_until": _("Nothing can be booked for a day after it."),
            "insurance_until": _("Nothing can be booked for a day after it."),
            "first_aid_until": _("Outdoors only, and with the practice’s days of grace."),
            "outdoor_training_until": _("Outdoors only, and with the practice’s days of grace."),
            "sessions_a_day": _("Empty for no end."),
            "outdoor_minutes_a_day": _("Empty for no end."),
        }
        widgets = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in DATES} | {
            name: forms.NumberInput(attrs={"class": "short"}) for name in ("sessions_a_day", "outdoor_minutes_a_day")
        }

    def __init__(self, *args: Any, with_days: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_days:
            for name in DATES:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A slip of the year is found here."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in DATES:
            until: date | None = data.get(name)
            if until and not 2000 <= until.year <= timezone.localdate().year + 20:
                self.add_error(name, _("Please look at the year."))
        return data
