"""The people who sign beside a client: named, changed, ended; and her date of birth, on which it turns who has to.

Nothing is deleted: who no longer signs is ended and stays beside what was signed. What they wrote down is read nowhere
else: a signatory sees the papers that were laid before them, and times and places where that was agreed.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import ages, consent, signers
from clients.models import Client, Consent, ConsentRequest, Signatory
from practice.domain import audit, links
from practice.models import Link, Practice, User


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of somebody who signs."""

    name: str
    relation: str
    email: str = ""
    must_sign: bool = True
    may_see: str = Signatory.MaySee.NOTHING
    authority_seen_on: date | None = None


def was_asked(signatory: Signatory) -> bool:
    """Whether something was laid before them: from then on the row stands for this one person."""
    return Consent.objects.filter(signatory=signatory).exists()


@transaction.atomic
def put(
    client: Client, said: Named, *, by: User, signatory: Signatory | None = None, is_same: bool = False
) -> Signatory:
    """Name somebody who signs, or change what is known of them. Two presses name one person once.

    With another address, the links that went to the one before end, and no letter leaves for it any more. Once they
    were asked, another relation or another name is somebody else, who has signed nothing: the one before is ended.
    `is_same` says that only the spelling of the name is put right.
    """
    Client.objects.select_for_update().get(pk=client.pk)
    values = asdict(said)
    if signatory and was_asked(signatory):
        is_other_name = signatory.name != said.name and not is_same
        if is_other_name or signatory.relation != said.relation:
            end(signatory, by=by)
            signatory = None
    signatory = signatory or client.signatories.current().filter(**values).first()
    if signatory is None:
        signatory = Signatory.objects.create(client=client, **values)
        _record("signatory.named", signatory, by=by, relation=said.relation)
        return signatory
    changed = [name for name, value in values.items() if getattr(signatory, name) != value]
    if not changed:
        return signatory
    if "email" in changed and signatory.email:
        _end_links(signatory)
    for name in changed:
        setattr(signatory, name, values[name])
    signatory.save(update_fields=changed)
    rights = {name: str(values[name]) for name in changed if name not in ("name", "email")}
    _record("signatory.changed", signatory, by=by, changed=" ".join(changed), **rights)
    return signatory


@transaction.atomic
def end(signatory: Signatory, *, by: User | None, at: datetime | None = None) -> None:
    """They sign no more: what is open before them ends, and their links reach nothing from now on. Twice is once."""
    Client.objects.select_for_update().get(pk=signatory.client_id)
    signatory.refresh_from_db()
    if signatory.ended_at:
        return
    signatory.ended_at = at or timezone.now()
    signatory.save(update_fields=["ended_at"])
    for one in Consent.objects.open().select_for_update(of=("self",)).filter(signatory=signatory):
        consent.end(one, Consent.Status.EXPIRED, consent.Kind.EXPIRED)
    _end_links(signatory)
    _record("signatory.ended", signatory, by=by)


def _end_links(signatory: Signatory) -> None:
    """Whatever was mailed to them or opened for them stops working, whether it was signed or not."""
    for subject in _subjects(Q(signatory=signatory)):
        links.end(consent.PURPOSE, subject=subject)


def _subjects(theirs: Q) -> list[UUID]:
    """What a link of theirs can be about: a request, or one asking."""
    requests = ConsentRequest.objects.filter(theirs).values_list("pk", flat=True)
    return [*requests, *Consent.objects.filter(theirs).values_list("pk", flat=True)]


def _record(action: str, signatory: Signatory, *, by: User | None, **detail: str) -> None:
    audit.record(action, by=by, subject=signatory.client_id, detail={"signatory": str(signatory.pk), **detail})


@transaction.atomic
def put_birth_date(client: Client, born: date | None, *, by: User) -> None:
    """Keep the day on which the client was born; links of parents and guardians end on the day that follows from it."""
    row = Client.objects.select_for_update().get(pk=client.pk)
    if row.birth_date == born:
        return
    client.birth_date = born
    client.save(update_fields=["birth_date"])
    audit.record("client.birth_date_kept", by=by, subject=client.pk)
    if last := signers.parents_until(client, Practice.load()):
        theirs = Q(client=client, signatory__relation__in=Signatory.UNTIL_OF_AGE)
        ConsentRequest.objects.filter(theirs, expires_at__gt=last).update(expires_at=last)
        Link.objects.filter(purpose=consent.PURPOSE, subject__in=_subjects(theirs), expires_at__gt=last).update(
            expires_at=last
        )


def clashes(
    client: Client, email: str, *, points: Collection[str], others: Iterable[Signatory], but: UUID | None
) -> list[str]:
    """Why letters might reach the wrong eyes: the address is the client's too, or somebody else's who signs."""
    address = email.strip().casefold()
    if not address:
        return []
    found = []
    if address in {point.strip().casefold() for point in points}:
        words = _("%(name)s is reached at this address too: each would read what is written to the other.")
        found.append(words % {"name": client.called_name})
    same = [one for one in others if one.pk != but and one.email.strip().casefold() == address]
    words = _("%(name)s has this address too: one of them could answer for the other.")
    return found + [words % {"name": one.name} for one in same]


def not_seen(client: Client, *, now: datetime | None = None) -> str:
    """What a young client reads above whatever she answers: who does not see it. "" for everybody of age."""
    if client.birth_date is None:
        return ""
    practice = Practice.load()
    if not ages.is_young(client.birth_date, practice.day_of(now or timezone.now()), practice):
        return ""
    told = [one.name for one in client.signatories.current() if one.may_see == Signatory.MaySee.TIMES]
    words = [_("Your parents or guardians do not see this.")]
    if told:
        known = _("When and where you meet may be known to: %(names)s.")
        words.append(known % {"names": ", ".join(told)})
    words.append(_("Only if you are in danger might we have to tell somebody, and we would say so to you."))
    return " ".join(words)
