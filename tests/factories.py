"""Rows for tests, each with the least that makes it true."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from clients.models import CareTeamMember, Client, ContactPoint, Decision, EmergencyContact
from practice.models import (
    ClinicianRecord,
    Membership,
    Mode,
    Place,
    Practice,
    Role,
    Room,
    Service,
    User,
    WorkingHours,
)
from routes.domain import emergency_facts
from routes.models import RiskAssessment, Route
from sessions.models import Seat, Series, Session

PASSWORD = "a long walk in the park"
# A loop in Regent's Park, drawn by hand: [lat, lon, ele].
LOOP = [
    [51.5313, -0.1570, 38.0],
    [51.5330, -0.1545, 39.0],
    [51.5345, -0.1560, 44.0],
    [51.5340, -0.1600, 47.0],
    [51.5320, -0.1605, 41.0],
    [51.5313, -0.1570, 38.0],
]
NOON = datetime(2026, 9, 3, 12, 0, tzinfo=UTC)


def practice(**fields: Any) -> Practice:
    """The one practice row."""
    defaults = {"name": "Larch Street", "phone": "020 7946 0142", "email": "post@larchstreet.example"}
    defaults["closed_on_holidays"] = False  # else what a test expects would depend on the day it runs
    return Practice.objects.get_or_create(defaults=defaults | fields)[0]


def user(name: str, *roles: str, **fields: Any) -> User:
    """A person with roles; the e-mail is made of the name."""
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@larchstreet.example")
    person = User.objects.create_user(email, PASSWORD, name=name, **fields)
    Membership.objects.bulk_create([Membership(user=person, role=role) for role in roles])
    return person


def place(**fields: Any) -> Place:
    """An office in London."""
    return Place.objects.get_or_create(name="Larch Street", defaults=fields)[0]


def room(name: str = "Room 1") -> Room:
    """A room there."""
    return Room.objects.get_or_create(place=place(), name=name)[0]


def service(name: str = "Walking session", **fields: Any) -> Service:
    """Fifty minutes, walking or in the room, with ten for the note."""
    return Service.objects.create(name=name, **{"modes": [Mode.WALK, Mode.INDOOR]} | fields)


def hours(therapist: User, *weekdays: int, starts: time = time(9), ends: time = time(17), **fields: Any) -> None:
    """The same hours on these weekdays, Monday being 0; without any, from Monday to Friday."""
    there = fields.pop("place", None) or place()
    WorkingHours.objects.bulk_create(
        WorkingHours(therapist=therapist, place=there, weekday=day, starts=starts, ends=ends, **fields)
        for day in weekdays or range(5)
    )


def record(clinician: User, **fields: Any) -> ClinicianRecord:
    """Everything in date for years, in place of what was recorded before."""
    late = (datetime.now(UTC) + timedelta(days=4 * 365)).date()
    days = ("licence_until", "insurance_until", "first_aid_until", "outdoor_training_until")
    values = dict.fromkeys(days, late) | fields
    clinician.clinician = ClinicianRecord.objects.update_or_create(user=clinician, defaults=values)[0]
    return clinician.clinician


def client(name: str, lead: User | None = None, **fields: Any) -> Client:
    """A client in treatment with her own safe e-mail address, and in somebody's care."""
    fields.setdefault("status", Client.Status.ACTIVE)
    person = Client.objects.create(name=name, **fields)
    slug = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
    ContactPoint.objects.create(client=person, kind=ContactPoint.Kind.EMAIL, value=f"{slug}@example.org")
    if lead:
        CareTeamMember.objects.create(client=person, user=lead)
    return person


def emergency_contact(person: Client, **fields: Any) -> EmergencyContact:
    """Whom to ring."""
    defaults = {"name": "Dana Lee", "relation": "sister", "phone": "07700 900123"}
    return EmergencyContact.objects.create(client=person, **defaults | fields)


def decision(person: Client, by: User, *modes: str, **fields: Any) -> Decision:
    """A decision that agrees to the modes (all by default) for a year."""
    fields.setdefault("look_again_on", (datetime.now(UTC) + timedelta(days=365)).date())
    fields.setdefault("reasoning", "She and I considered how walking would help her begin.")
    return Decision.objects.create(client=person, by=by, modes=list(modes or Mode.values), **fields)


def route(made_by: User, name: str = "Orchard loop", **fields: Any) -> Route:
    """A flat loop of about a kilometre that is reviewed and open."""
    today = datetime.now(UTC).date()
    defaults: dict[str, Any] = {
        "alias": f"{name}, the gate",
        "meeting_point": "Inside the gate, by the bench.",
        "line": LOOP,
        "distance_m": 1012,
        "ascent_m": 9,
        "descent_m": 9,
        "is_loop": True,
        "surface": Route.Surface.MIXED,
        "shade": Route.Shade.OPEN,
        "walked_on": today,
        "walked_by": made_by,
        "look_again_on": today + timedelta(days=365),
        "risk": Route.Risk.PASSED,
    }
    return Route.objects.create(name=name, made_by=made_by, **defaults | fields)


def assessment(route: Route, by: User, version: int = 1, **fields: Any) -> RiskAssessment:
    """A signed version with one hazard, not approved yet; the route is left as it is."""
    today = datetime.now(UTC).date()
    line = {"kind": "water", "words": "Open water, no rail.", "who": "client", "control": "Walk on the land side."}
    scores = {"likelihood": 2, "severity": 5, "likelihood_after": 1, "severity_after": 5}
    defaults: dict[str, Any] = {
        "rows": [line | scores],
        "walked_on": today,
        "review_on": today + timedelta(days=365),
        "signed_at": datetime.now(UTC),
        "emergency": emergency_facts.of(route),
    }
    return RiskAssessment.objects.create(route=route, version=version, assessed_by=by, **defaults | fields)


def series(by: User, first_on: date, **fields: Any) -> Series:
    """Every week at noon in London, until the day it began on."""
    defaults: dict[str, Any] = {"starts": time(12), "minutes": 50, "zone": "Europe/London", "until": first_on}
    return Series.objects.create(first_on=first_on, made_by=by, **defaults | fields)


def session(therapist: User, *clients: Client, starts_at: datetime = NOON, **fields: Any) -> Session:
    """A booked session of 50 minutes in the room, without buffers, written past the booking rules."""
    ends_at = fields.pop("ends_at", starts_at + timedelta(minutes=50))
    defaults: dict[str, Any] = {
        "place": place(),
        "mode": Mode.INDOOR,
        "booked_by": therapist,
        "blocked_from": starts_at,
        "blocked_until": ends_at,
    }
    made = Session.objects.create(therapist=therapist, starts_at=starts_at, ends_at=ends_at, **defaults | fields)
    Seat.objects.bulk_create([Seat.for_session(made, person) for person in clients])
    return made


__all__ = [
    "LOOP",
    "NOON",
    "PASSWORD",
    "Role",
    "assessment",
    "client",
    "decision",
    "emergency_contact",
    "hours",
    "place",
    "practice",
    "record",
    "room",
    "route",
    "series",
    "service",
    "session",
    "user",
]
