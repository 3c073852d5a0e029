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
practice that has not said from which age a person agrees alone cannot ask anybody under 21.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import DateTimeField, F, Min, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from clients.domain import ages, answers
from clients.models import Client, Consent, ConsentText, Signatory
from practice.domain.words import apart, short_day
from practice.models import OUTDOOR, Guardians, Practice

Pair = tuple[UUID, str, date]
GROUP = "group"
NEEDED = OUTDOOR | {GROUP}
"""What needs a consent of its own."""


class State(StrEnum):
    """Where it stands. What ran out is a matter for a look; the others, but the first, stop a booking."""

    COVERED = "covered"
    RAN_OUT = "ran_out"
    NEVER = "never"
    TALK = "talk"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    BLOCKED = "blocked"


BY_WEIGHT = list(State)
"""Of several people the heaviest answer counts."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether it is covered, until which day at most, and the words for a clinician."""

    state: State
    until: date | None
    words: str
    grace: int = 30
    """Days for which what ran out is only a look."""
    is_divided: bool = False
    """One guardian agreed and another said no: a look for people, and nothing to ask for by night."""
    lacking: tuple[UUID | None, ...] = ()
    """Whose signature is to be asked for, the client's as None: never given, or run out."""
    missing: str = ""
    """Who has never signed, by a short name; “Ada or Bob” where one of them is enough."""

    @property
    def is_covered(self) -> bool:
        """True when nothing needs to be done."""
        return self.state == State.COVERED

    @property
    def stops(self) -> bool:
        """True when a session outdoors is not to be booked: never agreed, declined or taken back."""
        return self.state not in (State.COVERED, State.RAN_OUT)

    @property
    def said_no(self) -> bool:
        """True when it was declined or taken back."""
        return self.state in (State.DECLINED, State.WITHDRAWN)

    def left_of_grace(self, on: date) -> int:
        """For what ran out: how many days of grace are left on a day; below none when they are over."""
        return self.grace - (on - self.until).days if self.until else -1


def heaviest(found: Sequence[Coverage]) -> Coverage:
    """Of several that are all needed, the one that weighs most; of equal ones the one that ends first."""
    return max(found, key=lambda one: (BY_WEIGHT.index(one.state), -(one.until or date.max).toordinal()))


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


def covers_many(pairs: Iterable[tuple[Client | UUID, str, date]]) -> dict[Pair, Coverage]:
    """For many at once, in three queries, and one more for those given by their id; the keys are (client's id, mode,
    day)."""
    wanted, known = set(), {}
    for one, mode, on in pairs:
        if isinstance(one, Client):
            known[one.pk] = one
        wanted.add((one.pk if isinstance(one, Client) else one, str(mode), on))
    if not wanted:
        return {}
    practice, people = Practice.load(), _people({pk for pk, _mode, _on in wanted}, known)
    return {(pk, mode, on): _judge(people[pk], mode, on, practice) for pk, mode, on in wanted}


def _people(keys: set[UUID], known: Mapping[UUID, Client]) -> dict[UUID, _Person]:
    rows: dict[UUID, list[Consent]] = {pk: [] for pk in keys}
    for row in _answers(keys):
        rows[row.client_id].append(row)
    others: dict[UUID, list[Signatory]] = {pk: [] for pk in keys}
    for one in Signatory.objects.current().filter(client__in=keys, must_sign=True):
        others[one.client_id].append(one)
    missing = Client.objects.only("birth_date", "name", "called").filter(pk__in=keys - known.keys())
    clients = [*known.values(), *(missing if keys - known.keys() else ())]
    return {one.pk: _Person(one.birth_date, one.called_name, rows[one.pk], others[one.pk]) for one in clients}


def _answers(keys: set[UUID]) -> Iterable[Consent]:
    """Every asking that counts, each with `renewed_at`: when a version followed, on the day of the signature or on the
    text, that asks for anew. On paper the newest version may be kept with a day before it was there."""
    later = Q(version__gt=OuterRef("text__version")) | Q(
        version__gt=1, published_at__gt=OuterRef("answered_at") + timedelta(hours=12)
    )
    newer = ConsentText.objects.filter(later, key=OuterRef("text__key"), language=OuterRef("text__language"))
    first = newer.filter(renews=True).order_by().values("key").annotate(at=Min("published_at")).values("at")
    unsealed = ("shown_sealed", "signer_sealed", "signature_sealed", "answers_sealed", "evidence_sealed")
    rows = answers.counting(Consent.objects.filter(client__in=keys)).defer(*unsealed)
    return rows.annotate(renewed_at=Subquery(first, output_field=DateTimeField()), text_key=F("text__key"))


def _judge(person: _Person, mode: str, on: date, practice: Practice) -> Coverage:
    rows = [row for row in person.rows if mode in row.modes and (mode in NEEDED or not row.is_open)]
    if mode not in NEEDED and not rows:
        return not_asked()
    age = ages.on(person.birth_date, on)
    if practice.majority_age is None and age is not None and age < ages.OLDEST_MAJORITY:
        return Coverage(State.BLOCKED, None, _("First set the age of majority in the practice's settings"))
    standing = ages.standing(age, practice)
    own = _own(person, rows, mode, on, practice)
    needed = [(None, own), *_others(person, rows, mode, on, standing, practice)]
    if mode not in NEEDED:
        needed = [(who, one) for who, one in needed if one.state != State.NEVER]
    return _together(needed, practice.grace_days) if needed else not_asked()


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


def _own(person: _Person, rows: Sequence[Consent], mode: str, on: date, practice: Practice) -> Coverage:
    """Her own answer. What she signed while younger ends on the first day on which her word means something else."""
    found = _of(rows, None, mode, on, practice)
    if found.state not in (State.COVERED, State.RAN_OUT):
        return replace(found, missing=person.called if found.state == State.NEVER else "")
    newest = answers.newest([row for row in rows if row.signatory_id is None and not row.is_open], mode, practice)
    came = _came(newest, practice.day_of(answers.moment(newest, mode)), person.birth_date, practice)
    if came is None:
        return found
    until = min(came - timedelta(days=1), found.until or came)
    if on < came:
        return replace(found, until=until)
    if came == ages.birthday(person.birth_date, practice.majority_age):
        words = _("Of age since %(day)s: agrees alone now")
    else:
        words = _("Old enough since %(day)s: agrees alone now")
    return Coverage(State.RAN_OUT, until, words % {"day": short_day(came)})


def _came(row: Consent, signed_on: date, born: date | None, practice: Practice) -> date | None:
    """The day that ends this signature of hers. An assent never counts as more, on whatever day it was given."""
    assent = row.meaning == Consent.Meaning.ASSENT
    return next((day for day in ages.comings(born, practice) if assent or signed_on < day), None)


def _others(
    person: _Person, rows: Sequence[Consent], mode: str, on: date, standing: ages.Standing, practice: Practice
) -> list[tuple[UUID | None, Coverage]]:
    """The answers of those who have to sign beside her."""
    if standing is ages.Standing.ALONE:
        return []
    young = standing is ages.Standing.YOUNG
    asked = [one for one in person.others if young or not one.signs_for_a_minor]
    found = [(one, _named(one, _of(rows, one.pk, mode, on, practice))) for one in asked]
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


def _of(rows: Sequence[Consent], signatory: UUID | None, mode: str, on: date, practice: Practice) -> Coverage:
    """What one person answered about one way of meeting. Of several texts for it the newest answer of all decides; what
    asks for another signed text anew, on or after the day of that answer, lets it run out too."""
    theirs = [row for row in rows if row.signatory_id == signatory]
    answered = [row for row in theirs if not row.is_open]
    if not answered:
        return _never(next((row for row in reversed(theirs) if row.is_open), None))
    by_text: dict[str, list[Consent]] = {}
    for row in answered:
        by_text.setdefault(row.text_key, []).append(row)  # type: ignore[attr-defined]
    each = [answers.newest(same, mode, practice) for same in by_text.values()]
    newest = answers.newest(each, mode, practice)
    day = practice.day_of(answers.moment(newest, mode))
    if answers.is_taken_back(newest, mode):
        return Coverage(State.WITHDRAWN, None, _("Consent taken back, %(day)s") % {"day": short_day(day)})
    if newest.status == Consent.Status.DECLINED:
        return Coverage(State.DECLINED, None, _("Rather not, %(day)s") % {"day": short_day(day)})
    others = [row for row in each if row != newest and not answers.is_no(row, mode)]
    return _signed(newest, on, _asked_anew(newest, others, day, practice))


def _asked_anew(
    newest: Consent, others: Sequence[Consent], since: date, practice: Practice
) -> tuple[date | None, date | None]:
    """The first day on which something that happened, and on which a new version, asks for a signature anew."""
    due, renewed = [], []
    for row in (newest, *others):
        at = row.renewed_at  # type: ignore[attr-defined]
        due.append((row, row.due_again_on))
        renewed.append((row, practice.day_of(at) if at else None))
    first, second = ([day for row, day in one if day and (row is newest or day >= since)] for one in (due, renewed))
    return min(first, default=None), min(second, default=None)


def _signed(row: Consent, on: date, anew: tuple[date | None, date | None]) -> Coverage:
    due, renewed = anew
    until = min(day for day in (row.covers_until, _eve(due), _eve(renewed)) if day)
    if on <= until:
        return Coverage(State.COVERED, until, _("Consent to %(day)s") % {"day": short_day(until)})
    if until == row.covers_until:
        words = _("Consent ran out, %(day)s") % {"day": short_day(until)}
    elif until == _eve(due):
        words = _("Consent to be asked for again, since %(day)s") % {"day": short_day(until + timedelta(days=1))}
    else:
        words = _("The text has changed, %(day)s") % {"day": short_day(until + timedelta(days=1))}
    return Coverage(State.RAN_OUT, until, words)


def _eve(day: date | None) -> date | None:
    return day - timedelta(days=1) if day else None


def _never(asked: Consent | None) -> Coverage:
    if asked is None:
        return Coverage(State.NEVER, None, _("No consent yet"))
    if asked.status == Consent.Status.TALK:
        return Coverage(State.TALK, None, _("Wants to talk the consent through first"))
    return Coverage(
        State.NEVER, None, _("Consent sent %(day)s, not signed yet") % {"day": short_day(asked.asked_at.date())}
    )
