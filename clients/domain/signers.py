"""Whose signature an agreement with a client needs, what each of them means, and where each can be written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import ages, answers, contacts
from clients.models import Client, Consent, ContactPoint, Signatory
from practice.domain.words import apart, short_day
from practice.models import Practice, Scope

OWN = "own"


class CannotAsk(Exception):
    """Why this cannot be sent; the message is a sentence for the therapist."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature is asked for: the client's own, or a signatory's; and what it means."""

    signatory: Signatory | None
    meaning: str

    @property
    def key(self) -> str:
        """What a page calls this person."""
        return str(self.signatory.pk) if self.signatory else OWN

    def is_about_a_minor(self, client: Client, *, on: date) -> bool:
        """Whether this is a young person's own wish, or somebody's permission for one."""
        if self.meaning != Consent.Meaning.PERMISSION:
            return self.meaning == Consent.Meaning.ASSENT
        return ages.standing(ages.on(client.birth_date, on), Practice.load()) is ages.Standing.YOUNG


def signers(client: Client, *, on: date) -> list[Signer]:
    """Everybody who has to sign on a day, the client first. Raises CannotAsk where an age is not known."""
    practice = Practice.load()
    age = ages.on(client.birth_date, on)
    if practice.majority_age is None and age is not None and age < ages.OLDEST_MAJORITY:
        raise CannotAsk(
            _("First set in the practice's settings from which age a person agrees alone; it differs between places.")
        )
    current = list(client.signatories.current())
    assents = Consent.objects.counting().filter(client=client, meaning=Consent.Meaning.ASSENT)
    if age is None and (any(one.signs_for_a_minor for one in current) or assents.exists()):
        raise CannotAsk(_("First keep the date of birth: a young person signed here, or a parent is named."))
    standing = ages.standing(age, practice)
    young = standing is ages.Standing.YOUNG
    own = Signer(None, Consent.Meaning.ASSENT if young else Consent.Meaning.CONSENT)
    if standing is ages.Standing.ALONE:
        return [own]
    others = [one for one in current if one.must_sign and (young or not one.signs_for_a_minor)]
    if young and all(one.relation == Signatory.Relation.PARTNER for one in others):
        raise CannotAsk(_("%(name)s is under age. First name a parent or guardian.") % {"name": client.called_name})
    return [own, *(Signer(one, _meaning(one)) for one in others)]


def hindrance(client: Client, *, on: date) -> str:
    """Why nobody can be asked on a day, as a sentence; "" when they can."""
    try:
        signers(client, on=on)
    except CannotAsk as error:
        return str(error)
    return ""


def optional(client: Client, *, on: date) -> list[Signer]:
    """Who may be asked besides, and need not sign; nobody for a young person who agrees alone."""
    standing = ages.standing(ages.on(client.birth_date, on), Practice.load())
    if standing is ages.Standing.ALONE:
        return []
    young = standing is ages.Standing.YOUNG
    others = [one for one in client.signatories.current() if not one.must_sign]
    return [Signer(one, _meaning(one)) for one in others if young or not one.signs_for_a_minor]


def no_standing(client: Client, signatory: Signatory | None, *, on: date) -> str:
    """Why a signature of this person, given on a day, counts for nothing, as a sentence; "" when it counts.

    Of the client's own there is always something: what her age on that day made of it.
    """
    if signatory is None:
        return ""
    try:
        people = [*signers(client, on=on), *optional(client, on=on)]
    except CannotAsk as error:
        return str(error)
    if signatory in [one.signatory for one in people]:
        return ""
    words = _("%(name)s had no standing to sign for %(client)s on %(day)s: it needs somebody who is named for it here.")
    if signatory.ended_at is None:
        words = _("%(name)s had no standing to sign on %(day)s: %(client)s was old enough to agree alone.")
    return words % {"name": apart(signatory.name), "client": apart(client.called_name), "day": short_day(on)}


def meaning(client: Client, signatory: Signatory | None, *, on: date) -> str:
    """What a signature given on a day means: the client's own by her age on it, a signatory's by who that is."""
    if signatory:
        return _meaning(signatory)
    young = ages.standing(ages.on(client.birth_date, on), Practice.load()) is ages.Standing.YOUNG
    return Consent.Meaning.ASSENT if young else Consent.Meaning.CONSENT


def _meaning(one: Signatory) -> str:
    partner = one.relation == Signatory.Relation.PARTNER
    return Consent.Meaning.CONSENT if partner else Consent.Meaning.PERMISSION


def address_of(client: Client, signatory: Signatory | None) -> str:
    """Where a letter about signing may go; "" when nowhere.

    What the client said of an address as her own counts for everybody who is written to there about her.
    """
    return addresses(client, [signatory])[0]


def addresses(client: Client, people: Sequence[Signatory | None]) -> list[str]:
    """As `address_of`, for several people who sign beside one client."""
    refusing = _refusing_mail(client.pk)
    return ["" if (who and who.pk) in refusing else _safe_address(client, who) for who in people]


def _safe_address(client: Client, signatory: Signatory | None) -> str:
    if signatory:
        return "" if contacts.is_silent(client.contact_points.all(), signatory.email) else signatory.email
    point = contacts.safe_email(client)
    return point.value if point else ""


def _refusing_mail(client: UUID) -> set[UUID | None]:
    """Who has declined papers by e-mail or taken that back, the client as None; each for their own letters alone."""
    about = Consent.objects.filter(client=client, modes__contains=[Scope.E_DELIVERY])
    by_person: dict[UUID | None, list[Consent]] = {}
    for row in answers.counting(about):
        by_person.setdefault(row.signatory_id, []).append(row)
    practice = Practice.load()
    return {who for who, rows in by_person.items() if answers.says_no(rows, Scope.E_DELIVERY, practice)}


def parents_until(client: Client, practice: Practice) -> datetime | None:
    """The first moment of the birthday on which the client comes of age, as the practice's clock shows it."""
    birthday = ages.birthday(client.birth_date, practice.majority_age)
    return datetime.combine(birthday, time.min, ZoneInfo(practice.time_zone)) if birthday else None


def at_most(client: Client, signatory: Signatory | None, until: datetime) -> datetime:
    """That moment, and for a parent or guardian none after the client comes of age: so long a link of theirs works."""
    last = parents_until(client, Practice.load()) if signatory and signatory.signs_for_a_minor else None
    return min(until, last) if last else until


def is_over(signatory: Signatory, *, at: datetime) -> bool:
    """They sign no more, and see and are written nothing: ended, or a parent of somebody who has come of age."""
    last = parents_until(signatory.client, Practice.load()) if signatory.signs_for_a_minor else None
    return signatory.ended_at is not None or (last is not None and last <= at)


def may_write(client: Client | UUID | None, signatory: Signatory | None, address: str) -> bool:
    """Whether letters about signing may still go to this address, as it stands now."""
    key = client.pk if isinstance(client, Client) else client
    if key is None or (signatory and signatory.pk) in _refusing_mail(key):
        return False
    return may_reach(signatory, address) if signatory else contacts.recipient(client, address) is not None


def may_reach(signatory: Signatory, address: str) -> bool:
    """Whether somebody who signs is still there at all, and reached at this address safely."""
    points = ContactPoint.objects.filter(client=signatory.client_id)
    is_there = not is_over(signatory, at=timezone.now()) and signatory.email == address
    return is_there and not contacts.is_silent(points, address)


@dataclass(frozen=True, slots=True)
class Addressee:
    """How a letter about signing speaks to whoever it goes to."""

    hello: str
    may_name_us: bool
    sender: str


def addressee(client: Client, signatory: Signatory | None, address: str) -> Addressee:
    """A signatory by the full name; the client as she likes to be called, and no more than her address may have."""
    practice = Practice.load()
    if signatory:
        return Addressee(signatory.name, True, practice.name)
    point = contacts.recipient(client, address)
    named = point is not None and contacts.may_name_us(point)
    return Addressee(client.called_name, named, (point.sender if point else "") or (practice.name if named else ""))


def refused(signatory: Signatory) -> str:
    """That the client's word on this very address keeps letters from it, as a sentence."""
    words = _("No letter goes to %(name)s: in the client's own ways to be reached this address is unsafe or silent.")
    return words % {"name": signatory.name}


def no_address(client: Client, signatory: Signatory | None) -> str:
    """Why no letter can go to this person, as a sentence."""
    if (signatory and signatory.pk) in _refusing_mail(client.pk):
        name = signatory.name if signatory else client.called_name
        return _("%(name)s said no to papers by e-mail, so sign together here.") % {"name": name}
    if signatory and signatory.email:
        return refused(signatory)
    if signatory:
        return _("%(name)s has no e-mail address here. Add one, or sign together here.") % {"name": signatory}
    return _("There is no e-mail address that is safe to use. Add one, or sign together here.")
