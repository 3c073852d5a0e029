"""Whether a consent covers a way of meeting on a day: the one answer for booking and for beginning a session.

For each way of meeting, and for each person whose signature it needs, the newest answer counts: signed, declined or
taken back. What was signed counts up to and including its last day, twelve months on, and no longer than until a newer
version that asks for new signatures, or until something happened that asks for them; what the client herself signed
young, by the day on which she signed, no longer than until she agrees alone or comes of age. From then on it has run
out, and is only a look for the practice's days of grace. A text for walking says nothing about running. Meeting in the
room or by video rests on the agreement for therapy itself, and counts as covered here unless an answer of its own was
no or ran out; an asking without an answer counts for nothing there.

Who has to sign: the client; under age, her own wish (assent) and the guardians who are named, all or one as the
practice says, and of several a no beside a yes is a look; of age, the partner or representative who is named. A
practice that has not said from which age a person agrees alone cannot ask anybody under 21, and somebody who once
signed as young, or for whom a parent is named, is judged by a date of birth alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import DateTimeField, F, Min, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from clients.domain import ages, answers, one_answer
from clients.domain.one_answer import BY_WEIGHT, Coverage, State, heaviest
from clients.models import Client, Consent, ConsentText, Signatory
from clients.models.consent import ConsentQuerySet
from practice.domain.words import apart
from practice.models import OUTDOOR, Guardians, Practice

__all__ = ["GROUP", "NEEDED", "Coverage", "State", "by_themselves", "covers", "covers_many", "heaviest", "not_asked"]
Pair = tuple[UUID, str, date]
GROUP = "group"
NEEDED = OUTDOOR | {GROUP}
"""What needs a consent of its own."""


@dataclass(frozen=True, slots=True)
class _Person:
    """What one client's coverage rests on."""

    birth_date: date | None
    called: str
    rows: Sequence[Consent]
    others: Sequence[Signatory]


def not_asked() -> Coverage:
    """For what needs no consent of its own."""
    return Coverage(State.COVERED, None, _("No consent of its own is needed"))


def covers(client: Client, mode: str, on: date) -> Coverage:
    """For one client, one way of meeting, one day."""
    return covers_many([(client, mode, on)])[(client.pk, str(mode), on)]


def by_themselves(signed: Sequence[Consent], on: date) -> dict[UUID, Coverage]:
    """What each signature alone comes to, with every no that its signer said after it: the heaviest of the ways of
    meeting for which it was not taken back. Whether it is still needed, and from whom else, is not asked.

    The rows come with their signatory and client; as many queries for one as for many. The keys are the rows' ids."""
    known = {one.client_id: one.client for one in signed}
    practice, people = Practice.load(), _people(set(known), known)
    return {one.pk: _by_itself(one, people[one.client_id], on, practice) for one in signed}


def _by_itself(signed: Consent, person: _Person, on: date, practice: Practice) -> Coverage:
    if words := _unsettled(person, ages.on(person.birth_date, on), practice):
        return Coverage(State.BLOCKED, None, words)
    is_young_ones = signed.signatory is None or signed.signatory.signs_for_a_minor
    born, found = person.birth_date if is_young_ones else None, []
    for mode in signed.modes:
        if mode not in signed.withdrawn_modes:
            rows = [row for row in person.rows if mode in row.modes and (row == signed or answers.is_no(row, mode))]
            found.append(one_answer.of(rows, signed.signatory_id, mode, on, practice, born=born))
    return heaviest(found) if found else not_asked()


def covers_many(
    pairs: Iterable[tuple[Client | UUID, str, date]],
    *,
    beside: Collection[UUID] | None = None,
    told: Iterable[Consent] | None = None,
) -> dict[Pair, Coverage]:
    """For many at once, in three queries, and one more for those given by their id; the keys are (client's id, mode,
    day). `beside`: for whom somebody else has to sign, and `told`: what was asked of them, from `renewing`, where they
    were looked up."""
    wanted, known = set(), {}
    for one, mode, on in pairs:
        if isinstance(one, Client):
            known[one.pk] = one
        wanted.add((one.pk if isinstance(one, Client) else one, str(mode), on))
    if not wanted:
        return {}
    practice, people = Practice.load(), _people({pk for pk, _mode, _on in wanted}, known, beside, told)
    return {(pk, mode, on): _judge(people[pk], mode, on, practice) for pk, mode, on in wanted}


def outdoors(
    client: Client,
    modes: Iterable[str],
    *,
    on: date,
    beside: Collection[UUID] | None = None,
    told: Iterable[Consent] | None = None,
) -> dict[str, Coverage]:
    """What covers each of these ways that leads outdoors; `beside` and `told` as in `covers_many`."""
    found = covers_many([(client, mode, on) for mode in modes if mode in OUTDOOR], beside=beside, told=told)
    return {mode: one for (_pk, mode, _on), one in found.items()}


def _people(
    keys: set[UUID],
    known: Mapping[UUID, Client],
    beside: Collection[UUID] | None = None,
    told: Iterable[Consent] | None = None,
) -> dict[UUID, _Person]:
    rows: dict[UUID, list[Consent]] = {pk: [] for pk in keys}
    for row in _answers(keys) if told is None else answers.of_loaded(told):
        rows[row.client_id].append(row)
    others: dict[UUID, list[Signatory]] = {pk: [] for pk in keys}
    for one in Signatory.objects.current().filter(client__in=keys if beside is None else beside, must_sign=True):
        others[one.client_id].append(one)
    missing = Client.objects.only("birth_date", "name", "called").filter(pk__in=keys - known.keys())
    clients = [*known.values(), *(missing if keys - known.keys() else ())]
    return {one.pk: _Person(one.birth_date, one.called_name, rows[one.pk], others[one.pk]) for one in clients}


def _answers(keys: set[UUID]) -> Iterable[Consent]:
    """Every asking that counts, as `renewing` gives them."""
    return renewing(answers.counting(Consent.objects.filter(client__in=keys)))


def renewing(rows: ConsentQuerySet) -> ConsentQuerySet:
    """Each with `renewed_at`: when a version followed, on the day of the signature or on the text, that asks for anew.
    On paper the newest version may be kept with a day before it was there. Nothing sealed is loaded."""
    later = Q(version__gt=OuterRef("text__version")) | Q(
        version__gt=1, published_at__gt=OuterRef("answered_at") + timedelta(hours=12)
    )
    newer = ConsentText.objects.filter(later, key=OuterRef("text__key"), language=OuterRef("text__language"))
    first = newer.filter(renews=True).order_by().values("key").annotate(at=Min("published_at")).values("at")
    unsealed = ("shown_sealed", "signer_sealed", "signature_sealed", "answers_sealed", "evidence_sealed")
    return rows.defer(*unsealed).annotate(
        renewed_at=Subquery(first, output_field=DateTimeField()), text_key=F("text__key")
    )


def _judge(person: _Person, mode: str, on: date, practice: Practice) -> Coverage:
    rows = [row for row in person.rows if mode in row.modes and (mode in NEEDED or not row.is_open)]
    if mode not in NEEDED and not rows:
        return not_asked()
    age = ages.on(person.birth_date, on)
    if words := _unsettled(person, age, practice):
        return Coverage(State.BLOCKED, None, words)
    standing = ages.standing(age, practice)
    own = one_answer.of(rows, None, mode, on, practice, born=person.birth_date)
    own = replace(own, missing=person.called) if own.state == State.NEVER else own
    needed = [(None, own), *_others(person, rows, mode, on, standing, practice)]
    if mode not in NEEDED:
        needed = [(who, one) for who, one in needed if one.state != State.NEVER]
    return _together(needed, practice.grace_days) if needed else not_asked()


def _unsettled(person: _Person, age: int | None, practice: Practice) -> str:
    """What has to be known first, or "". Without both ages nobody's assent is judged, nor is a parent passed over."""
    assented = any(row.meaning == Consent.Meaning.ASSENT for row in person.rows)
    if practice.majority_age is None and (assented or (age is not None and age < ages.OLDEST_MAJORITY)):
        return _("First set the age of majority in the practice's settings")
    if age is None and (assented or any(one.signs_for_a_minor for one in person.others)):
        return _("First keep the date of birth: a young person signed, or a parent is named")
    return ""


def _together(needed: Sequence[tuple[UUID | None, Coverage]], grace: int) -> Coverage:
    """The heaviest answer of everybody, with the earliest end. Of several who have never signed, all are named."""
    found = heaviest([one for _who, one in needed])
    missing = [apart(one.missing) for _who, one in needed if one.missing]
    if found.state == State.NEVER and len(missing) > 1:
        names = _("%(names)s and %(last)s") % {"names": ", ".join(missing[:-1]), "last": missing[-1]}
        found = replace(found, words=_("Consent of %(names)s is missing") % {"names": names})
    unsigned = [(who, one) for who, one in needed if not one.is_divided]
    lacking = tuple(who for who, one in unsigned if one.state in (State.NEVER, State.RAN_OUT))
    return replace(found, grace=grace, lacking=lacking)


def _others(
    person: _Person, rows: Sequence[Consent], mode: str, on: date, standing: ages.Standing, practice: Practice
) -> list[tuple[UUID | None, Coverage]]:
    """The answers of those who have to sign beside her."""
    if standing is ages.Standing.ALONE:
        return []
    young = standing is ages.Standing.YOUNG
    asked = [one for one in person.others if young or not one.signs_for_a_minor]
    found = [(one, _named(one, one_answer.of(rows, one.pk, mode, on, practice))) for one in asked]
    if not young:
        return [(one.pk, each) for one, each in found]
    guardians: list[tuple[UUID | None, Coverage]] = [
        (one.pk, each) for one, each in found if one.relation != Signatory.Relation.PARTNER
    ]
    if not guardians:
        return [(None, Coverage(State.NEVER, None, _("Nobody is named who may agree for a client under age")))]
    return [_one_is_enough(guardians, on)] if practice.guardians == Guardians.ONE else guardians


def _one_is_enough(guardians: Sequence[tuple[UUID | None, Coverage]], on: date) -> tuple[UUID | None, Coverage]:
    """The lightest answer of the guardians. Where another said no, a yes is a look, and no yes is that no."""
    who, best = min(guardians, key=lambda pair: BY_WEIGHT.index(pair[1].state))
    no = next((pair for pair in guardians if pair[1].said_no), None)
    if no is None and best.state == State.NEVER:
        return who, replace(best, missing=_(" or ").join(one.missing for _who, one in guardians if one.missing))
    if no is None:
        return who, best
    if best.stops:
        return no
    until = on if best.is_covered else best.until
    words = _("%(yes)s. %(no)s") % {"yes": best.words, "no": no[1].words}
    return who, replace(best, state=State.RAN_OUT, until=until, words=words, is_divided=True)


def _named(who: Signatory, found: Coverage) -> Coverage:
    words = _("%(name)s: %(words)s") % {"name": who.name, "words": found.words}
    return replace(found, words=words, missing=who.name.split(" ")[0] if found.state == State.NEVER else "")
