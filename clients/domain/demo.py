"""The demo's 24 clients: invented people, made by the verbs that real work uses and then moved back in time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients.domain import (
    asq,
    contacts,
    decision,
    demo_safety,
    documents_demo,
    enquiry,
    intake,
    measures_demo,
    medical_demo,
    reading,
    screening,
)
from clients.domain.contacts import Way
from clients.domain.instruments import Item
from clients.models import CareTeamMember, Client, ContactPoint, Screening
from practice.models import User

ALL = ("indoor", "online", "sit", "walk", "run")
WALK = ("indoor", "online", "sit", "walk")
SIT = ("indoor", "online", "sit")
ROOM = ("indoor", "online")


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person: who, with which therapist, how long, what was agreed, and what is not calm in the intake."""

    name: str
    pronouns: str
    therapist: int | None
    weeks: int
    modes: tuple[str, ...]
    wish: str
    answers: dict[str, Any]
    ends_in: int = 280
    """Days from today until the decision is to be looked at again; negative has run out."""
    until: str = "decided"
    """How far they have come: enquiry, waiting, sent, unread, decided, closed."""


NOBODY: dict[str, Any] = {}
PANIC = {"racing": "yes", "racing.new": "no", "racing.effort": "no", "racing.looked": "yes"}
SERTRALINE = {"medicines": ("antidepressant",)}
LITHIUM = {"medicines": ("lithium",)}
ASTHMA = {"asthma": "yes", "asthma.reliever": "yes"}
KNEES = {"falls": ("worry",)}
STINGS = {"allergy": "yes", "allergy.injectors": "two"}
DRIVEN = {"have_to": "yes", "missing_one": "yes", "rest_days": "yes", "worth": "sometimes"}
PAST_DISORDER = {"disorder": "past", "skipping": "sometimes"}
HARD = {"hurt": "talk", "line": "It has been a long winter. I would rather say it than write it."}
DIABETES = {"disease": ("diabetes",), "disease.agreed": "yes", "low_sugar": "yes"}
MURMUR = {"murmur": "yes", "murmur.new": "no", "murmur.effort": "no", "murmur.looked": "no"}

PEOPLE = (
    Person("Ines Marlow", "she/her", 0, 9, ALL, "Would like to talk while walking; rooms make me freeze.", PANIC),
    Person("Tomas Kessler", "he/him", 0, 9, ROOM, "Sleep, and a job that follows me home.", HARD | MURMUR),
    Person("Ruth Abara", "she/her", 0, 10, WALK, "We talk past each other, he and I.", SERTRALINE),
    Person("Jonah Okonkwo", "he/him", 0, 12, ALL, "Running used to be joy. I want that back.", DRIVEN, ends_in=-5),
    Person(
        "Priya Ellery", "she/her", 0, 2, (), "Panic on the train; outside it is better.", PANIC | HARD, until="unread"
    ),
    Person("Wilhelmina van den Broek", "she/her", 0, 10, WALK, "Grief, mostly. My knees are old.", KNEES),
    Person("Sunniva Dahl", "they/them", 0, 9, SIT, "Being looked at is hard. Side by side might do.", LITHIUM),
    Person("Marcus Bell", "he/him", 0, 9, WALK, "Drinking less, and what is under it.", NOBODY, ends_in=18),
    Person("Hana Osei", "she/her", 0, 10, WALK, "Since the baby I do not know who I am.", ASTHMA),
    Person("Daniel Abara", "he/him", 0, 10, WALK, "She asked me to come. I am glad she did.", NOBODY),
    Person("Leo Fairweather", "he/him", 1, 11, WALK, "Exams, and a heart that will not be quiet.", PANIC),
    Person("Amara Singh", "she/her", 1, 9, ALL, "I freeze at work and run at dawn.", SERTRALINE),
    Person("Oskar Lind", "he/him", 1, 10, ROOM, "A diagnosis I do not want to carry alone.", MURMUR),
    Person("Grace Whitcombe", "she/her", 1, 9, WALK, "Retired, and nobody needs me before noon.", KNEES | STINGS),
    Person("Yusuf Demir", "he/him", 1, 9, WALK, "Anger that arrives before I do.", NOBODY),
    Person("Eleni Markou", "she/her", 1, 10, WALK, "Food takes up too much of the day.", PAST_DISORDER),
    Person("Callum Reid", "he/him", 1, 9, WALK, "I moved here and know no one.", ASTHMA | SERTRALINE),
    Person("Noor Haddad", "she/her", 1, 1, (), "A friend walks with you and speaks well of it.", NOBODY, until="sent"),
    Person("Beatrix Stone", "she/her", 2, 9, WALK, "To speak up in meetings without shaking.", NOBODY),
    Person("Arlo Finch", "they/them", 2, 9, SIT, "Quiet places. People tire me.", SERTRALINE),
    Person("Mei Tanaka", "she/her", 2, 10, WALK, "My mother's illness and my own patience.", DIABETES),
    Person("Stellan Brook", "he/him", 0, 0, (), "Saw your page; would weekday evenings work?", NOBODY, until="enquiry"),
    Person("Fay Carrick", "she/her", None, 2, (), "Asks whether walking counts as therapy.", NOBODY, until="waiting"),
    Person("Iris Vale", "she/her", 1, 14, WALK, "A year of letting go.", NOBODY, until="closed"),
)
REASONS = (
    "{name} and I considered that a room makes it harder to begin, and that beside each other words come more easily. "
    "What could speak against it was talked through; we begin slowly and turn round whenever either of us says so.",
    "We considered what {name} answered and what has helped before. Being outside is part of how {name} settles. "
    "We agreed on even paths, daylight, and the room as the other choice on any day.",
    "{name} would like to be outside and knows that indoors is worth as much. We went through heart, breath, medicines "
    "and harder days; what was found has been looked into. We look again together before the year is over.",
)
INDOORS = (
    "{name} and I considered going outside and decided for the room for now. There are things to look into first; "
    "we talk about it again when {name} wants to, without hurry."
)
NEGATIVE = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}


@transaction.atomic
def make(therapists: list[User], today: date, rng: random.Random) -> list[Client]:
    """All 24, in the order of the table, with the past that each of them has."""
    people = [_one(person, therapists, today, rng) for person in PEOPLE]
    by_name = {client.name: client for client in people}
    demo_safety.make(by_name["Tomas Kessler"], therapists[0], today)
    medical_demo.ask_a_doctor(by_name["Tomas Kessler"], by=therapists[0], today=today)
    medical_demo.give_to_read(by_name["Mei Tanaka"])
    documents_demo.add(by_name["Tomas Kessler"], by_name["Wilhelmina van den Broek"], by=therapists[0])
    measures_demo.fill(people[0], by=therapists[0], today=today)
    return people


def _one(person: Person, therapists: Sequence[User], today: date, rng: random.Random) -> Client:
    therapist = therapists[person.therapist] if person.therapist is not None else None
    client = _enquire(person, therapist or therapists[0], therapist, rng)
    if therapist and person.until != "enquiry":
        enquiry.admit(client, therapist=therapist, by=therapist)
        _come_to_know(client, person, therapist, today, rng)
    if person.until == "waiting":
        enquiry.wait(client, by=therapists[0])
    _move_back(client, person, today)
    return client


def _enquire(person: Person, by: User, therapist: User | None, rng: random.Random) -> Client:
    first = person.name.split(" ")[0]
    address = ".".join(person.name.lower().split(" ")) + "@example.org"
    client = enquiry.record(
        name=person.name,
        called=first,
        pronouns=person.pronouns,
        wish=person.wish,
        way=Way(ContactPoint.Kind.EMAIL, address, is_preferred=True),
        by=by,
        therapist=therapist,
    )
    unsafe = rng.random() < 0.15
    number = f"07700 900{rng.randrange(100, 1000)}"
    say = ContactPoint.MaySay.NOTHING if unsafe else ContactPoint.MaySay.NAME_ONLY
    whose = ContactPoint.Whose.SHARED if unsafe else ContactPoint.Whose.OWN
    contacts.put(client, Way(ContactPoint.Kind.PHONE, number, whose=whose, is_safe=not unsafe, may_say=say), by=by)
    return client


def _come_to_know(client: Client, person: Person, therapist: User, today: date, rng: random.Random) -> None:
    """From the first questions to the decision, as far as this person has come."""
    if person.until == "sent":
        intake.send(client, by=therapist, reader=therapist)
        return
    if person.until == "unread":
        _fill_in(client, person, therapist, asked_at=_at(today, 4, 11), at=_at(today, 1, 18))
        return
    decided_on = today - timedelta(days=max(7 * person.weeks - 12, 2))
    asked = _fill_in(client, person, therapist, asked_at=_at(decided_on, 5, 11), at=_at(decided_on, 2, 18))
    Screening.objects.filter(pk=asked.pk).update(seen_at=_at(decided_on, 1, 9))
    _ring(client, therapist, rng)
    asq.record(client, NEGATIVE, manner=Screening.Manner.ROOM, by=therapist, now=_at(decided_on, 2, 18))
    _decide(client, person, therapist, rng, _at(decided_on, 0, 15), today)
    if person.until == "closed":
        enquiry.close(client, reason="Finished, and well. Walks on by herself on Sundays.", by=therapist)


def _fill_in(client: Client, person: Person, therapist: User, *, asked_at: datetime, at: datetime) -> Screening:
    """The intake as she answered it by link, then."""
    asked = intake.together(client, manner=Screening.Manner.ROOM, by=therapist)
    answers: dict[str, dict[str, Any]] = {}
    for instrument in screening.intake():
        calm = {item.key: _calm(item, person) for item in instrument.items}
        given = calm | {key: value for key, value in person.answers.items() if key.split(".")[0] in calm}
        answers[instrument.key] = screening.clean(instrument, given)
    asked.answers, asked.asked_at, asked.manner = answers, asked_at, Screening.Manner.LINK
    asked.save(update_fields=["answers_sealed", "asked_at", "manner"])
    return intake.hand_in(asked, by=therapist, now=at)


def _calm(item: Item, person: Person) -> Any:
    """The answer of somebody who is well and active."""
    if item.key == "wishes":
        return tuple(mode for mode in person.modes if mode != "online") or ("unsure",)
    if item.key == "active":
        return "yes"
    if item.scale.kind == "text":
        return ""
    return ("none",) if item.scale.kind == "many" else "no"


def _ring(client: Client, therapist: User, rng: random.Random) -> None:
    name, relation = rng.choice((("Jo Field", "friend"), ("Sam Whitlock", "partner"), ("Dana Moss", "sister")))
    contacts.put_emergency(
        client,
        name=name,
        relation=relation,
        phone=f"07700 900{rng.randrange(100, 1000)}",
        may_say="That we were walking together and where. Nothing about why.",
        by=therapist,
    )


def _decide(client: Client, person: Person, therapist: User, rng: random.Random, at: datetime, today: date) -> None:
    screenings = reading.newest(client, today=timezone.localdate())
    considered = reading.considered(screenings)
    words = rng.choice(REASONS) if set(person.modes) - set(ROOM) else INDOORS
    decision.decide(
        client,
        modes=person.modes,
        limits=considered.limits,
        reasoning=words.format(name=client.called_name),
        look_again_on=min(today + timedelta(days=person.ends_in), at.date() + timedelta(days=365)),
        by=therapist,
        considered=considered,
        screenings=screenings,
        at=at,
    )


def _move_back(client: Client, person: Person, today: date) -> None:
    """Put the beginning where it belongs; nobody's answers change."""
    enquired = _at(today, 7 * person.weeks + 3, 10)
    times: dict[str, datetime] = {"enquired_at": enquired}
    if client.first_reply_at:
        times["first_reply_at"] = enquired + timedelta(hours=1 + len(client.name) % 5)
    if client.waiting_since:
        times["waiting_since"] = times["first_reply_at"]
    if client.admitted_at:
        times["admitted_at"] = enquired + timedelta(days=1)
    if client.closed_at:
        times["closed_at"] = _at(today, 12, 16)
    Client.objects.filter(pk=client.pk).update(**times)
    CareTeamMember.objects.filter(client=client).update(since=times.get("admitted_at", enquired))
    client.refresh_from_db()


def _at(day: date, days_ago: int, hour: int) -> datetime:
    """That many days earlier, at an hour of the day; never later than now."""
    return min(datetime.combine(day - timedelta(days=days_ago), time(hour, 5), tzinfo=UTC), timezone.now())
