"""Coming of age: parents and guardians see and sign nothing any more, and the client's own agreement is asked for.

Links of parents end with the first moment of the birthday by themselves, because they were made to; each night what is
left is put in order: their rows end, and what the client signed under age is asked for anew. Twice is once.
"""

from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from clients.domain import ages, answers, consent, consent_texts, signatories, signers
from clients.domain.signers import Signer, address_of
from clients.models import Client, ClientQuerySet, Consent, ConsentText, Signatory
from practice.models import Practice

AHEAD = timedelta(days=30)
"""So long before it, the care team sees it coming (ours)."""
A_YEAR = timedelta(days=366)
"""After it nothing signed under age would have held any longer."""


def look(*, now: datetime | None = None) -> int:
    """Hand over to every client who has come of age; returns to how many anything was left to hand over."""
    moment, practice = now or timezone.now(), Practice.load()
    if practice.majority_age is None:
        return 0
    today = practice.day_of(moment)
    guarded = Signatory.objects.current().until_of_age().filter(client=OuterRef("pk"))
    grown = Client.objects.filter(birth_date__lte=ages.born_by(today, practice.majority_age))
    lately = Q(birth_date__gt=ages.born_by(today - A_YEAR, practice.majority_age))
    return sum(_hand_over(client, practice, moment) for client in grown.filter(Exists(guarded) | lately))


@transaction.atomic
def _hand_over(client: Client, practice: Practice, now: datetime) -> bool:
    """End what parents may, and ask the client; False when it was done before."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    guardians = list(client.signatories.current().until_of_age())
    for one in guardians:
        signatories.end(one, by=None, at=now)
    texts = _to_ask(client, practice) if client.status == Client.Status.ACTIVE else []
    if texts and address_of(client, None):
        with suppress(consent.CannotAsk):  # the therapist sees that it has run out, and reads why when she asks
            consent.ask_all(client, texts, [Signer(None, Consent.Meaning.CONSENT)], by=None, at=now)
    return bool(guardians or texts)


def _to_ask(client: Client, practice: Practice) -> list[ConsentText]:
    """The texts that were agreed to under age, or asked for then, in their newest version.

    Not what was asked for since the birthday, and nothing that was declined, taken back or kept for a talk.
    """
    came_of_age = signers.parents_until(client, practice)
    own = Consent.objects.filter(client=client, signatory=None)
    agreed = Q(answered_at__gte=came_of_age, meaning=Consent.Meaning.CONSENT)
    since = set(own.filter(Q(asked_at__gte=came_of_age) | agreed).values_list("text__key", flat=True))
    rows = list(own.counting().filter(asked_at__lt=came_of_age).select_related("text"))
    alone = answers.left_alone(list(answers.counting(own)), practice)
    keys = {row.text.key for row in rows} - since
    current = consent_texts.current(client.language[:2])
    return [text for text in current if text.key in keys and not alone & set(text.modes)]


def soon(clients: ClientQuerySet, *, now: datetime) -> list[tuple[Client, date]]:
    """Those of them who come of age within thirty days, and the day; nobody while the age is not set."""
    age = Practice.load().majority_age
    days = [(one, ages.birthday(one.birth_date, age)) for one in among(clients, now=now).order_by("birth_date")]
    return [(client, day) for client, day in days if day]


def among(clients: ClientQuerySet, *, now: datetime) -> ClientQuerySet:
    """The same without the day."""
    practice = Practice.load()
    age, today = practice.majority_age, practice.day_of(now)
    if age is None:
        return clients.none()
    return clients.filter(birth_date__gt=ages.born_by(today, age), birth_date__lte=ages.born_by(today + AHEAD, age))


def of(client: Client, *, now: datetime) -> date | None:
    """The day within the next thirty on which this client comes of age."""
    return next((day for _client, day in soon(Client.objects.filter(pk=client.pk), now=now)), None)
