"""The demo practice: three therapists, 24 clients, six routes, and one of everything that needs a hand.

The same seed and day give the same people, times and words. Everything is made by the verbs that real work uses,
except what lies in the past: that is written in one go.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import consent, consent_texts, coverage, decision, measures_demo, signing
from clients.domain import demo as demo_clients
from clients.domain.consent_demo import family, sign_for_demo
from clients.models import Client, ConsentText, EmergencyContact
from practice.domain import seal
from practice.domain.local_time import instant
from practice.models import OUTDOOR, Letter, Mode, Practice, User
from routes.domain import demo as demo_routes
from routes.domain import weather_ahead
from routes.models import Forecast, Route
from sessions.domain import demo_hours, demo_practice, demo_series, reminders
from sessions.domain.demo_diary import LONDON, Habit, ahead, free_hours, past, write_notes
from sessions.domain.demo_practice import PASSWORD, Staff
from sessions.models import Seat, Session

SEED = 20261008


class RealData(Exception):
    """This database holds a practice that is not a demo; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who can sign in to the demo."""

    email: str
    who: str


def is_here() -> bool:
    """True when the demo practice is in this database. Raises `RealData` when another one is."""
    practice = Practice.objects.first()
    if (practice and not practice.is_demo) or (not practice and Client.objects.exists()):
        raise RealData(
            _("This database holds a real practice. The demo goes only into an empty one; nothing was changed.")
        )
    return practice is not None


@transaction.atomic
def make(*, today: date, seed: int = SEED) -> None:
    """Fill an empty database. Raises `RealData` on one that is not empty."""
    if is_here():
        raise RealData(_("The demo is there already; nothing was changed."))
    rng = random.Random(seed)  # noqa: S311  (invented people, not secrets)
    demo_practice.practice()
    seal.certificate()
    house, staff = demo_practice.house(), demo_practice.staff()
    offered = demo_hours.offers()
    demo_hours.work(staff, house.place, today)
    routes = [route for route in demo_routes.make(staff.anna, today) if not route.archived_at]
    people = demo_clients.make(staff.therapists, today, rng)
    _agree(people, staff, today)
    measures_demo.look_again(people[0], by=staff.anna, today=today)
    habits = list(_habits(people, staff, routes, today))
    write_notes(past(habits, house, today, rng), rng, waits_for=staff.anna)
    ahead(habits, house, today, offered)
    _give_login(habits, staff)
    _leave_something_to_do(habits, staff)
    demo_series.make(habits, house, today, offered)
    weather_ahead.look(source=Forecast.Source.SAMPLE)


def _texts() -> list[ConsentText]:
    """What somebody has to agree to before meeting outdoors, or in a group."""
    consent_texts.publish_shipped(at=timezone.now() - timedelta(days=400))
    return [text for text in consent_texts.current() if set(text.modes) & coverage.NEEDED]


def _agree(people: Iterable[Client], staff: Staff, today: date) -> None:
    """Consents for everyone with a decision for outdoors: one runs out soon, and one person wants to talk first."""
    texts = _texts()
    active = [client for client in people if client.status == Client.Status.ACTIVE]
    standing = decision.standing(active)
    decided = {one.pk: made for one in active if (made := standing[one.pk].decision) and set(made.modes) & OUTDOOR}
    named = set(EmergencyContact.objects.filter(client__in=decided).values_list("client_id", flat=True))
    for number, client in enumerate(client for client in active if client.pk in decided):
        lead, made = consent.lead_of(client) or staff.anna, decided[client.pk]
        if client.pk not in named:
            EmergencyContact.objects.create(client=client, name="Jo Field", relation="friend", phone="020 7946 0199")
        signed_on = today - timedelta(days=350) if number == 1 else made.at.date() + timedelta(days=3)
        in_a_group = {coverage.GROUP} if lead == staff.ben else set()
        for text in texts:
            if set(text.modes) & {*made.modes, *in_a_group}:
                sign_for_demo(client, text, on=_evening(signed_on), by=lead)
    young = next(client for client in active if client.name == "Priya Ellery")
    family(young, texts[0], on=_evening(today - timedelta(days=2)), by=staff.anna)


def _evening(day: date) -> datetime:
    """Half past five on a day, or an hour ago when that is still to come."""
    return min(instant(day, time(17, 30), LONDON), timezone.now() - timedelta(hours=1))


def _habits(people: Sequence[Client], staff: Staff, routes: Sequence[Route], today: date) -> Iterator[Habit]:
    """An hour of the week for everyone in treatment; two share Anna's, four share Ben's."""
    active = [client for client in people if client.status == Client.Status.ACTIVE]
    standing = decision.standing(active)
    for turn, therapist in enumerate(staff.therapists):
        own = [client for client in active if (lead := consent.lead_of(client)) and lead.pk == therapist.pk]
        hours = iter(free_hours(today, later=20 * turn))
        for number, members in enumerate(_parties(own, standing, therapist, staff)):
            day, at = next(hours)
            modes = _arc([standing[client.pk].decision for client in members], number)
            yield Habit(
                clients=members,
                therapist=therapist,
                days_on=day,
                at=at,
                modes=modes,
                route=routes[(number + turn) % 4],
                name=_("The park group") if len(members) > 2 else "",
                indoor_minutes=20 if number == 3 and modes[-1] in OUTDOOR else 0,
            )


def _parties(
    own: Sequence[Client], standing: dict[UUID, decision.Standing], therapist: User, staff: Staff
) -> Iterator[tuple[Client, ...]]:
    """Mostly one by one; the first two who may walk with Anna come as a couple, four with Ben as a group."""
    walkers = [one for one in own if (made := standing[one.pk].decision) and Mode.WALK in made.modes]
    size = {staff.anna.pk: 2, staff.ben.pk: 4}.get(therapist.pk, 0)
    together = tuple(walkers[-size:]) if size and len(walkers) > size else ()
    singles = [client for client in own if client not in together]
    outdoors_first = sorted(singles, key=lambda one: one not in walkers)
    for number, client in enumerate(outdoors_first):
        if number == 2 and together:
            yield together
        yield (client,)


def _arc(decisions: Sequence[object], number: int) -> tuple[str, ...]:
    """How it went, week by week: first the room, then what everyone's decision allows."""
    allowed = set(Mode.values)
    for made in decisions:
        allowed &= set(made.modes) if made else {Mode.INDOOR, Mode.ONLINE}  # type: ignore[attr-defined]
    steps = [Mode.INDOOR, Mode.INDOOR]
    if Mode.SIT in allowed and number % 2:
        steps += [Mode.SIT, Mode.SIT]
    if Mode.WALK in allowed:
        steps += [Mode.WALK, Mode.WALK]
    if Mode.RUN in allowed and number % 3 == 1:
        steps += [Mode.RUN]
    if len(steps) == 2 and number % 4 == 3:
        steps += [Mode.ONLINE]
    return tuple(str(step) for step in steps)


def _give_login(habits: Sequence[Habit], staff: Staff) -> None:
    """Anna's first client has a log-in of her own."""
    first = next(habit for habit in habits if habit.therapist == staff.anna)
    client = first.clients[0]
    slug = client.name.split(" ")[0].lower()
    client.user = demo_practice.login_for(client.name, f"{slug}@example.org")
    client.save(update_fields=["user"])


def _leave_something_to_do(habits: Sequence[Habit], staff: Staff) -> None:
    """A reminder that may not have arrived, two answers to reminders, and somebody who wants to talk first."""
    now = timezone.now()
    coming = Seat.objects.filter(session__therapist=staff.anna, starts_at__gt=now + timedelta(hours=12))
    seats = list(coming.select_related("session", "client").order_by("starts_at")[:6])
    said = [(seat, Seat.Answer.COMING) for seat in seats[:1]]
    said += [(seat, Seat.Answer.INDOORS) for seat in seats[1:] if seat.session.is_outdoors][:1]
    for seat, answer in said:
        reminders.answer(seat, answer)
    _doubtful_letter(staff.anna, now)
    _wants_to_talk(habits, staff)


def _doubtful_letter(therapist: User, now: datetime) -> None:
    """The mail server went silent while this one was leaving."""
    session = Session.objects.filter(therapist=therapist, ends_at__lt=now, status="kept").order_by("-starts_at")[3]
    seat = session.seats.select_related("client").order_by("client__search_name")[0]
    Letter.objects.create(
        kind=reminders.KIND,
        key=f"{session.pk}|demo|{uuid4()}",
        to="silent@example.org",
        about=session.pk,
        client=seat.client_id,
        state=Letter.State.UNCERTAIN,
        due_at=session.starts_at - timedelta(days=1),
        attempts=1,
        last_error="TimeoutError while sending.",
    )


def _wants_to_talk(habits: Sequence[Habit], staff: Staff) -> None:
    text = next(text for text in _texts() if text.key == "outdoors")
    client = next(habit.clients[0] for habit in reversed(habits) if habit.therapist == staff.anna)
    asked = consent.ask(client, text, by=staff.anna, send=False)
    signing.talk(asked)


def logins() -> list[Login]:
    """Everyone who can sign in, staff first."""
    people = Practice.objects.filter(is_demo=True).exists() and _people()
    return [Login(user.email, ", ".join(_role_words(user))) for user in people or []]


def _people() -> list[User]:
    return list(User.objects.filter(is_active=True).prefetch_related("memberships").order_by("date_joined"))


def _role_words(user: User) -> list[str]:
    return [str(membership.get_role_display()) for membership in user.memberships.all()]


__all__ = ["PASSWORD", "RealData", "is_here", "logins", "make"]
