"""A session of a therapist, and the seats of the clients in it."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from clients.models import CareTeamMember, Client
from practice.models import OUTDOOR, Mode, Place, Role, Room, Service, Supervision, User
from practice.rules import Permission, has
from routes.models import Route
from sessions.models.series import Series

HOLDING = ["requested", "held", "booked", "arrived", "kept"]


class TsTzRange(Func):
    """PostgreSQL's tstzrange(from, until, '[)')."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions, by whose they are and when."""

    def visible_to(self, user: User) -> "SessionQuerySet":
        """Which sessions this person may know of: the desk all; a clinician her own, her supervisees', and those of
        clients whose care team either is on; a client her own."""
        if Role.CLIENT in user.roles and not has(user, Permission.SEE_DIARY):
            return self.filter(_seats(client__user=user))
        if has(user, Permission.SEE_ALL_CLIENTS):
            return self
        if has(user, Permission.SEE_DIARY):
            cared_for = CareTeamMember.objects.of(user).values("client")
            hers = _seats(client__in=cared_for)
            supervised = Exists(Supervision.objects.filter(supervisor=user, supervisee=OuterRef("therapist")))
            return self.filter(Q(therapist=user) | supervised | hers)
        return self.none()

    def kept_by(self, user: User) -> "SessionQuerySet":
        """Which sessions this person may move, cancel or close: the desk all, a clinician her own."""
        if not has(user, Permission.KEEP_DIARY):
            return self.none()
        return self if has(user, Permission.SEE_ALL_CLIENTS) else self.filter(therapist=user)

    def of(self, therapist: User) -> "SessionQuerySet":
        """One therapist's."""
        return self.filter(therapist=therapist)

    def for_client(self, client: Client) -> "SessionQuerySet":
        """Sessions in which this client has a seat."""
        return self.filter(_seats(client=client))

    def on(self, day: date, zone: ZoneInfo) -> "SessionQuerySet":
        """Sessions that start on a calendar day of a zone."""
        start = datetime.combine(day, datetime.min.time(), zone)
        return self.between(start, datetime.combine(day + timedelta(days=1), datetime.min.time(), zone))

    def between(self, start: datetime, end: datetime) -> "SessionQuerySet":
        """Sessions that start in [start, end)."""
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def holding(self) -> "SessionQuerySet":
        """Sessions that hold their slot."""
        return self.filter(status__in=HOLDING)

    def run_out(self, now: datetime) -> "SessionQuerySet":
        """Asked for or held, and the time of that is over."""
        return self.filter(status__in=["requested", "held"], held_until__lte=now)

    def outdoors(self) -> "SessionQuerySet":
        """Sitting outside, walking or running."""
        return self.filter(mode__in=OUTDOOR)

    def unsigned(self) -> "SessionQuerySet":
        """Sessions that took place and have a seat without a signed note."""
        from sessions.models.note import Note

        signed = Note.objects.filter(seat=OuterRef("pk"), status=Note.Status.SIGNED)
        return self.filter(_seats(~Exists(signed)), status__in=["booked", "arrived", "kept"])


def _seats(*wanted: Any, **more: Any) -> Exists:
    from sessions.models.seat import Seat

    return Exists(Seat.objects.filter(*wanted, session=OuterRef("pk"), **more))


@pghistory.track(exclude=["during", "therapist_here_at", "therapist_late_at"])
class Session(models.Model):
    """One meeting. The database holds that nobody is in two places; lists read `starts_at` and `ends_at`."""

    class Kind(models.TextChoices):
        """How many clients: one, two, or a group."""

        INDIVIDUAL = "individual", _("individual")
        COUPLE = "couple", _("couple")
        GROUP = "group", _("group")

    class Status(models.TextChoices):
        """Where a session stands."""

        REQUESTED = "requested", _("asked for")
        HELD = "held", _("held")
        BOOKED = "booked", _("booked")
        ARRIVED = "arrived", _("arrived")
        KEPT = "kept", _("took place")
        CANCELLED = "cancelled", _("cancelled")
        MISSED = "missed", _("missed")

    class Fallback(models.TextChoices):
        """What happens instead when it cannot be outdoors; chosen when booking."""

        ROOM = "room", _("in the room")
        VIDEO = "video", _("by video")
        OTHER_TIME = "other_time", _("another time")

    class Waived(models.TextChoices):
        """Why nobody is charged for what was moved or cancelled late."""

        WEATHER = "weather", _("weather")
        LIGHT = "light", _("light")
        AIR = "air", _("air")
        CHOICE = "choice", _("client's choice today")
        PRACTICE = "practice", _("we had to")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    occurs_on = models.DateField(null=True, blank=True, help_text="the day that the rule of the series gives it")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="sessions")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    route = models.ForeignKey(Route, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.INDIVIDUAL)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    indoor_minutes = models.PositiveSmallIntegerField(
        default=0, help_text="minutes in the room before going out; 0 when the whole session is in one place"
    )
    name = models.CharField(max_length=80, blank=True, help_text="a group's name")
    capacity = models.PositiveSmallIntegerField(null=True, blank=True, help_text="seats of a group; none is no end")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.BOOKED)
    held_until = models.DateTimeField(null=True, blank=True, help_text="when an asked-for or held slot is free again")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked_from = models.DateTimeField(help_text="with travel time before")
    blocked_until = models.DateTimeField(help_text="with travel and note time after")
    during = models.GeneratedField(
        expression=TsTzRange(F("starts_at"), F("ends_at"), Value("[)")),
        output_field=DateTimeRangeField(),
        db_persist=True,
    )
    doubled = models.BooleanField(default=False)
    doubled_because = models.CharField(max_length=200, blank=True)
    fallback = models.CharField(max_length=10, choices=Fallback.choices, blank=True)
    video_link = models.URLField(blank=True)
    therapist_here_at = models.DateTimeField(null=True, blank=True)
    therapist_late_at = models.DateTimeField(null=True, blank=True, help_text="she said: ten minutes late")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    waived = models.CharField(max_length=10, choices=Waived.choices, blank=True)
    changes = models.PositiveIntegerField(
        default=0, help_text="counts moves and cancellations, for calendars elsewhere"
    )
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(auto_now_add=True)
    request_key = models.UUIDField(null=True, unique=True, help_text="the same form twice is one booking")

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        indexes = [
            models.Index(
                name="session_of_therapist", fields=["therapist", "starts_at"], include=["ends_at", "status", "id"]
            ),
            models.Index(name="session_start", fields=["starts_at"]),
            models.Index(name="session_waiting", fields=["held_until"], condition=Q(status__in=["requested", "held"])),
        ]
        constraints = [
            models.CheckConstraint(name="session_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="session_is_at_most_a_day", condition=Q(ends_at__lte=F("starts_at") + timedelta(days=1))
            ),
            models.CheckConstraint(
                name="session_buffers_contain_it",
                condition=Q(blocked_from__lte=F("starts_at")) & Q(blocked_until__gte=F("ends_at")),
            ),
            models.CheckConstraint(
                name="session_moves_on_a_route",
                condition=~Q(mode__in=["walk", "run"]) | Q(route__isnull=False),
            ),
            models.CheckConstraint(
                name="session_outdoors_has_a_fallback",
                condition=~Q(mode__in=["sit", "walk", "run"]) | ~Q(fallback=""),
            ),
            models.CheckConstraint(
                name="session_doubled_has_a_reason", condition=Q(doubled=False) | ~Q(doubled_because="")
            ),
            models.CheckConstraint(
                name="session_held_has_an_end",
                condition=~Q(status__in=["requested", "held"]) | Q(held_until__isnull=False),
            ),
            models.CheckConstraint(
                name="session_of_series_has_its_day",
                condition=Q(series__isnull=True, occurs_on__isnull=True)
                | Q(series__isnull=False, occurs_on__isnull=False),
            ),
            models.UniqueConstraint(name="session_once_a_day_of_series", fields=["series", "occurs_on"]),
            models.UniqueConstraint(
                name="session_seat_key", fields=["id", "starts_at", "ends_at", "status", "doubled"]
            ),
            ExclusionConstraint(
                name="session_therapist_is_free",
                expressions=[
                    ("therapist", RangeOperators.EQUAL),
                    (
                        TsTzRange("blocked_from", "blocked_until", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=HOLDING, doubled=False),
            ),
            ExclusionConstraint(
                name="session_room_is_free",
                expressions=[("room", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(status__in=HOLDING, doubled=False, room__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()}, {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_outdoors(self) -> bool:
        """True for sitting outside, walking and running."""
        return self.mode in OUTDOOR

    @property
    def minutes(self) -> int:
        """Length in minutes, without buffers."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def is_waiting(self) -> bool:
        """True while it is only asked for or held."""
        return self.status in (self.Status.REQUESTED, self.Status.HELD)

    @property
    def holds_its_slot(self) -> bool:
        """True while nobody else may be booked over it."""
        return self.status in HOLDING
