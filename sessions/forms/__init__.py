"""What is typed when booking, moving and writing a note: parsed and warned about here, decided elsewhere."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from practice.domain import words
from practice.domain.local_time import instant, kept
from practice.models import OUTDOOR, Mode, Place, Room, Service, User
from practice.rules import Permission, has
from routes.models import Route
from sessions.domain.booking import INSTEAD
from sessions.domain.notes import LONGEST, SECTIONS, Written
from sessions.forms.in_the_dark import InTheDark
from sessions.forms.service import buffers, lengths, offered, service_says
from sessions.models import Session, WeatherChoice


class DayField(forms.DateField):
    """A day of a diary, with the browser's own picker: from two years ago to three years ahead."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def validate(self, value: date | None) -> None:
        """A slip of the year is found here; clocks and calendars end sooner than dates do."""
        super().validate(value)
        today = timezone.localdate()
        first, last = today - timedelta(days=2 * 365), today + timedelta(days=3 * 365)
        if value and not first <= value <= last:
            between = {"first": words.day(first), "last": words.day(last)}
            raise forms.ValidationError(_("Choose a day between %(first)s and %(last)s.") % between)


class ClockField(forms.TimeField):
    """A time on the wall, with the browser's own picker."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class BookForm(InTheDark):
    """Who, how, when, where, and what instead. Choices are those that the person booking may see. A service fills in
    what it says; what is typed afterwards counts."""

    service = forms.ModelChoiceField(
        label=_("Service"), queryset=Service.objects.none(), required=False, empty_label=_("none of them")
    )
    client = forms.ModelChoiceField(label=_("Client"), queryset=Client.objects.none(), empty_label=_("choose"))
    therapist = forms.ModelChoiceField(label=_("With"), queryset=User.objects.none(), empty_label=_("choose"))
    others = forms.ModelMultipleChoiceField(
        label=_("And"),
        queryset=Client.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("One more for a couple, several for a group."),
    )
    mode = forms.ChoiceField(label=_("How"), choices=Mode.choices, widget=forms.RadioSelect)
    day = DayField(label=_("Day"))
    starts = ClockField(label=_("From"))
    minutes = forms.TypedChoiceField(label=_("Minutes"), coerce=int, initial=50)
    route = forms.ModelChoiceField(
        label=_("Route"),
        queryset=Route.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("For walking and running."),
    )
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none(), empty_label=None)
    room = forms.ModelChoiceField(
        label=_("Room"), queryset=Room.objects.none(), required=False, empty_label=_("no room")
    )
    indoor_minutes = forms.IntegerField(
        label=_("Minutes in the room first"), min_value=0, max_value=240, required=False, initial=0
    )
    fallback = forms.ChoiceField(
        label=_("If it cannot be outdoors"), choices=[("", _("not needed")), *Session.Fallback.choices], required=False
    )
    travel = forms.TypedChoiceField(label=_("For the way, before and after"), coerce=int, initial=0)
    note = forms.TypedChoiceField(label=_("For the note, after"), coerce=int, initial=0, required=False)
    name = forms.CharField(label=_("Name of the group"), max_length=80, required=False)
    doubled_because = forms.CharField(
        label=_("Book over another session because"),
        max_length=200,
        required=False,
        help_text=_("Only when it is meant: the reason is kept with the booking."),
    )
    is_past = forms.BooleanField(label=_("It is in the past, and meant so"), required=False)
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.is_over = by, False
        self.fields["service"].queryset = Service.objects.filter(is_offered=True)  # type: ignore[attr-defined]
        for name in ("client", "others"):
            self.fields[name].queryset = Client.objects.visible_to(by).active()  # type: ignore[attr-defined]
        self.fields["therapist"].queryset = therapists(by)  # type: ignore[attr-defined]
        self.fields["route"].queryset = Route.objects.in_use()  # type: ignore[attr-defined]
        places = Place.objects.annotate(has_rooms=Exists(Room.objects.filter(place=OuterRef("pk"))))
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        self.fields["room"].queryset = Room.objects.select_related("place")  # type: ignore[attr-defined]
        found = offered()
        for name, choices in (("minutes", lengths(found)), ("travel", buffers(found)), ("note", buffers(found))):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def beginning(by: User, *, client: Client | None = None, day: date | None = None) -> dict[str, Any]:
        """What an empty form says: tomorrow at ten, with whoever books, in the first place."""
        mine = therapists(by)
        return {
            "client": client.pk if client else None,
            "therapist": by.pk if has(by, Permission.WRITE_NOTES) else mine.values_list("pk", flat=True).first(),
            "day": day or timezone.localdate() + timedelta(days=1),
            "starts": time(10, 0),
            "place": Place.objects.values_list("pk", flat=True).first(),
            "fallback": Session.Fallback.ROOM,
            "request_key": uuid.uuid4(),
        }

    def clean(self) -> dict[str, Any]:
        """What belongs together: outdoors a fallback, on foot a route, in the room a room of that place."""
        data = super().clean() or {}
        mode = data.get("mode")
        if mode in (Mode.WALK, Mode.RUN) and not data.get("route"):
            self.add_error("route", _("Choose the route."))
        if mode in OUTDOOR and not data.get("fallback"):
            self.add_error("fallback", _("Choose what happens when it cannot be outdoors."))
        room, place = data.get("room"), data.get("place")
        if room and place and room.place_id != place.pk:
            self.add_error("room", _("That room is in another place."))
        if (data.get("indoor_minutes") or 0) > (data.get("minutes") or 0):
            self.add_error("indoor_minutes", _("That is longer than the session."))
        self.is_over = self._is_over()
        if self.is_over and not data.get("is_past"):
            self.add_error("day", _("That time is over. Choose another, or tick that it is meant so."))
        if service := data.get("service"):
            for name, words_of in service_says(service, mode, len(_everybody(data))):
                self.add_error(name, words_of)
        return data

    def _is_over(self) -> bool:
        """Whether what was typed ended before now; False where that is not known yet."""
        data = self.cleaned_data
        if not all(data.get(name) is not None for name in ("day", "starts", "minutes", "place")):
            return False
        return self.starts_at + timedelta(minutes=data["minutes"]) <= timezone.now()

    def goes_into_the_dark(self) -> bool:
        """Whether it would, and nobody said that this is meant."""
        data = self.cleaned_data
        route = data["route"] if data["mode"] in OUTDOOR else None
        ends_at = self.starts_at + timedelta(minutes=data["minutes"])
        return self.lacks_light(route, self.starts_at, ends_at, zone=data["place"].time_zone)

    @property
    def lacks_a_room(self) -> bool:
        """In the room, and none was chosen though the place has some."""
        data = self.cleaned_data
        return data["mode"] == Mode.INDOOR and data["room"] is None and bool(data["place"].has_rooms)

    def renew(self) -> None:
        """Give the form as it was typed a new key: sent again, it is another booking."""
        again = QueryDict(mutable=True)
        again.update(self.data)
        again["request_key"] = str(uuid.uuid4())
        self.data = again

    @property
    def starts_at(self) -> datetime:
        """The instant, on the clocks of the place."""
        data = self.cleaned_data
        return instant(data["day"], data["starts"], ZoneInfo(data["place"].time_zone))

    def wanted(self) -> dict[str, Any]:
        """The arguments of `booking.book`."""
        data = self.cleaned_data
        clients, service = _everybody(data), data["service"]
        outdoors = data["mode"] in OUTDOOR
        is_group = service.kind == Service.Kind.GROUP if service else len(clients) > 2
        kinds = {1: Session.Kind.INDIVIDUAL, 2: Session.Kind.COUPLE}
        return {
            "therapist": data["therapist"],
            "clients": clients,
            "mode": data["mode"],
            "starts_at": self.starts_at,
            "minutes": data["minutes"],
            "place": data["place"],
            "room": data["room"],
            "route": data["route"] if outdoors else None,
            "service": service,
            "kind": Session.Kind.GROUP if is_group else kinds[len(clients)],
            "capacity": service.seats if service and is_group else None,
            "name": data["name"],
            "fallback": data["fallback"] if outdoors else "",
            "indoor_minutes": data["indoor_minutes"] or 0 if outdoors else 0,
            "travel": data["travel"],
            "note": data["note"] or 0,
            "request_key": data["request_key"],
            "doubled_because": data["doubled_because"],
        }


def _everybody(data: dict[str, Any]) -> list[Client]:
    """Who comes, once each."""
    first = data.get("client")
    others = [other for other in data.get("others") or [] if other != first]
    return [first, *others] if first else others


def therapists(by: User) -> Any:
    """For whom a person may book: the desk for everyone, a therapist for herself."""
    everyone = User.objects.clinicians().select_related("clinician")
    return everyone if has(by, Permission.SEE_ALL_CLIENTS) else everyone.filter(pk=by.pk)


class MoveForm(InTheDark):
    """Another day or time, or where it was agreed to be instead of outdoors."""

    day = DayField(label=_("Day"))
    starts = ClockField(label=_("From"))
    to_fallback = forms.BooleanField(required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if session.is_outdoors and session.fallback in INSTEAD:
            label = _("Not outdoors but %(where)s, as was agreed")
            self.fields["to_fallback"].label = label % {"where": session.get_fallback_display()}
        else:
            del self.fields["to_fallback"]

    def wanted(self, session: Session) -> dict[str, Any]:
        """The arguments of `booking.move`: the new instant, on the clocks of the place."""
        data = self.cleaned_data
        to = instant(data["day"], data["starts"], ZoneInfo(session.place.time_zone))
        return {"to": kept(to, session.starts_at), "to_fallback": data.get("to_fallback", False)}

    def goes_into_the_dark(self, session: Session) -> bool:
        """Whether it would, and nobody said that this is meant."""
        to, indoors = self.wanted(session)["to"], self.cleaned_data.get("to_fallback", False)
        route = session.route if session.is_outdoors and not indoors else None
        lasts = session.ends_at - session.starts_at
        return self.lacks_light(route, to, to + lasts, zone=session.place.time_zone)


class NoteForm(forms.Form):
    """A note by sections. Nothing is needed to save a draft; signing asks for more."""

    started = ClockField(label=_("Talking from"), required=False)
    stopped = ClockField(label=_("to"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    measured = forms.BooleanField(label=_("Yes, this is needed here"), required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        for key, label in SECTIONS.items():
            self.fields[key] = forms.CharField(
                label=str(label),
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 3, "class": "written-line"}),
            )

    @property
    def sections(self) -> list[Any]:
        """The bound fields of the text, in order."""
        return [self[key] for key in SECTIONS]

    def written(self) -> Written:
        """What stands in the form, its times on the day of the session; a stop before the start is the next day's."""
        data = self.cleaned_data
        zone = ZoneInfo(self.session.place.time_zone)
        day = self.session.starts_at.astimezone(zone).date()
        start = instant(day, data["started"], zone) if data.get("started") else None
        stop = instant(day, data["stopped"], zone) if data.get("stopped") else None
        if start and stop and stop < start and stop + timedelta(days=1) - start < LONGEST:
            stop = instant(day + timedelta(days=1), data["stopped"], zone)
        return Written({key: data.get(key, "") for key in SECTIONS}, start, stop)


class WeatherChoiceForm(forms.Form):
    """What the therapist does about the weather, and why; `saw` names what stood on the page."""

    choice = forms.ChoiceField(
        label=_("For this session"), choices=WeatherChoice.Choice.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In a few words"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What changes, such as “shorter loop”. Needed where you are less careful than the limits say."),
    )
    saw = forms.CharField(widget=forms.HiddenInput, max_length=64)
