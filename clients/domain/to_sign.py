"""Who is to sign, as the page of asking lists it: what each signature means, and where a letter goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from clients.domain import paper_standing, signers
from clients.domain.signers import Signer
from clients.models import Client, Consent, ConsentText


@dataclass(frozen=True, slots=True)
class Person:
    """One person who may be asked to sign."""

    signer: Signer
    name: str
    address: str
    must_sign: bool
    signed: tuple[str, ...]
    """Titles of the texts on offer that they have signed in this very version, so that they need not be asked."""
    is_done: bool
    """They signed all that is on offer."""

    @property
    def meaning(self) -> str:
        """What the signature means, as a sentence for the therapist."""
        said = {
            Consent.Meaning.CONSENT: _("The signature agrees, for themselves."),
            Consent.Meaning.ASSENT: _("The signature says that they want it too; a parent or guardian agrees."),
            Consent.Meaning.PERMISSION: _("The signature agrees for the client."),
        }
        return said[Consent.Meaning(self.signer.meaning)]

    @property
    def is_expected(self) -> bool:
        """Ticked beforehand."""
        return self.must_sign and not self.is_done


def people(client: Client, texts: Sequence[ConsentText], *, on: date) -> list[Person]:
    """Everybody who has to sign on a day, the client first, and who may besides. Raises CannotAsk as `signers` does."""
    standing = Consent.objects.signed().filter(client=client, text__in=[text.pk for text in texts])
    standing = standing.filter(covers_until__gte=on, due_again_on__isnull=True, withdrawn_modes=[])
    kept = set(standing.values_list("signatory", "text", "meaning"))
    found = []
    wanted = signers.signers(client, on=on)
    everybody = [*wanted, *signers.optional(client, on=on)]
    prefetch_related_objects([client], "contact_points")
    addresses = signers.addresses(client, [signer.signatory for signer in everybody])
    for signer, address in zip(everybody, addresses, strict=True):
        who = signer.signatory
        done = [text for text in texts if (who and who.pk, text.pk, str(signer.meaning)) in kept]
        found.append(
            Person(
                signer=signer,
                name=who.name if who else client.name,
                address=address,
                must_sign=signer in wanted,
                signed=tuple(text.title for text in done),
                is_done=bool(texts) and len(done) == len(texts),
            )
        )
    return found


def due(client: Client, texts: Sequence[ConsentText]) -> set[UUID]:
    """The texts on offer that are to be signed anew because something happened, and lie before nobody yet."""
    rows = paper_standing.rows().signed().filter(client=client, due_again_on__isnull=False)
    keys = {row.text.key for row in rows if row.newer_at is None}  # type: ignore[attr-defined]
    asked = set(Consent.objects.open().filter(client=client).values_list("text__key", flat=True))
    return {text.pk for text in texts if text.key in keys - asked}


def left_out(client: Client, chosen: Sequence[Signer], texts: Sequence[ConsentText], *, on: date) -> list[str]:
    """Whose signature is still needed and was asked for neither now nor before."""
    keys = {signer.key for signer in chosen}
    waiting = Consent.objects.open().filter(client=client, text__in=texts).values_list("signatory", flat=True)
    asked = {None if who is None else str(who) for who in waiting}
    missing = [one for one in people(client, texts, on=on) if one.is_expected and one.signer.key not in keys]
    return [
        one.name for one in missing if (str(one.signer.signatory.pk) if one.signer.signatory else None) not in asked
    ]


def open_before(client: Client, *, at: datetime) -> list[list[Consent]]:
    """What lies open at a moment before each person, the client first; a list for each request."""
    rows = Consent.objects.open().filter(client=client, request__expires_at__gt=at)
    rows = rows.select_related("signatory", "client", "text").order_by("signatory__since", "request", "asked_at")
    by_request: dict[UUID | None, list[Consent]] = {}
    for row in rows.defer("shown_sealed"):
        by_request.setdefault(row.request_id, []).append(row)
    return sorted(by_request.values(), key=lambda asked: asked[0].signatory_id is not None)
