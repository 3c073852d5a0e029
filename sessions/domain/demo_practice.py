"""The demo's practice and its people: all invented, in a London that has one street more."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from practice.models import CoverPerson, Membership, Place, Practice, Role, Room, Supervision, User

PASSWORD = "slowly along the canal"  # noqa: S105  (printed for everyone who tries the demo)
DOMAIN = "alderwalk.example"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works at Alder Walk."""

    anna: User
    ben: User
    mira: User
    rosa: User
    olga: User

    @property
    def therapists(self) -> list[User]:
        """Anna, who supervises Mira; Ben; Mira, who is in training."""
        return [self.anna, self.ben, self.mira]


@dataclass(frozen=True, slots=True)
class House:
    """The address and its three rooms."""

    place: Place
    rooms: list[Room]


def practice() -> Practice:
    """The letterhead."""
    return Practice.objects.create(
        name="Alder Walk",
        tagline="Talking, indoors and out",
        address="7 Alder Walk, London N1 0XX",
        phone="020 7946 0142",
        email=f"post@{DOMAIN}",
        reply_hours="weekdays until 17:00",
        time_zone="Europe/London",
        country="GB",
        region="ENG",
        majority_age=18,
        is_demo=True,
    )


def house() -> House:
    """Three rooms over the workshop."""
    place = Place.objects.create(
        name="Alder Walk", address="7 Alder Walk, the green door, first floor", time_zone="Europe/London"
    )
    return House(place, [Room.objects.create(place=place, name=f"Room {n}") for n in (1, 2, 3)])


def staff() -> Staff:
    """Five people; the same password for all, because nobody real is here."""
    password = make_password(PASSWORD)
    people = Staff(
        anna=_person(
            "Anna Reiter", password, Role.THERAPIST, Role.SUPERVISOR, title="psychotherapist, UKCP registered"
        ),
        ben=_person("Ben Adeyemi", password, Role.THERAPIST, title="counsellor, BACP accredited"),
        mira=_person("Mira Solace", password, Role.TRAINEE, title="trainee counsellor, supervised by Anna Reiter"),
        rosa=_person("Rosa Lindqvist", password, Role.OWNER),
        olga=_person("Olga Brandt", password, Role.FRONT_DESK),
    )
    Supervision.objects.create(supervisor=people.anna, supervisee=people.mira)
    for position, person in enumerate((people.anna, people.ben), start=1):
        CoverPerson.objects.create(user=person, position=position)
    return people


def _person(name: str, password: str, *roles: str, title: str = "", email: str = "") -> User:
    first = name.split(" ")[0]
    address = email or f"{first.lower()}@{DOMAIN}"
    person = User.objects.create(email=address, name=name, short_name=first, title=title, password=password)
    Membership.objects.bulk_create([Membership(user=person, role=role) for role in roles])
    return person


def login_for(name: str, email: str) -> User:
    """A client's own log-in."""
    return _person(name, make_password(PASSWORD), Role.CLIENT, email=email)
