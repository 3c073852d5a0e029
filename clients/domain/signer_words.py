"""Who signs, what it means and who reads it, as the page says it to the signer."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.domain import filling_in
from clients.models import Consent, Signatory
from practice.domain.words import apart
from practice.models import User

_RELATION = Signatory.Relation


def who_signs(consent: Consent) -> str:
    """As whom this person signs and what it means, in plain words."""
    if consent.signatory:
        return _as_another(consent.signatory, apart(filling_in.first_name(consent.client, consent.signatory)))
    if consent.meaning != Consent.Meaning.ASSENT:
        return _("You sign for yourself.")
    names = _guardians(consent)
    if not names:
        return _("You say that you want this too; somebody who looks after you signs as well.")
    words = ngettext(
        "You say that you want this too; %(names)s signs as well.",
        "You say that you want this too; %(names)s sign as well.",
        len(names),
    )
    return words % {"names": _(" and ").join(names)}


def _as_another(signatory: Signatory, client: str) -> str:
    words = {
        _RELATION.PARENT: _(
            "You sign as parent of %(client)s: you allow it. Whether %(client)s wants it, %(client)s says separately."
        ),
        _RELATION.GUARDIAN: _(
            "You sign as guardian of %(client)s: you allow it. Whether %(client)s wants it, %(client)s says separately."
        ),
        _RELATION.REPRESENTATIVE: _("You sign as legal representative of %(client)s: you agree for %(client)s."),
        _RELATION.PARTNER: _("You sign as partner of %(client)s, for yourself. Each of you signs alone."),
    }
    return words[_RELATION(signatory.relation)] % {"client": client}


def as_whom(relation: str, client: str) -> str:
    """As whom somebody beside the client signed, for a paper."""
    words = {
        _RELATION.PARENT: _("as parent of %(client)s"),
        _RELATION.GUARDIAN: _("as guardian of %(client)s"),
        _RELATION.REPRESENTATIVE: _("as legal representative of %(client)s"),
        _RELATION.PARTNER: _("as partner of %(client)s, for themselves"),
    }
    return words[_RELATION(relation)] % {"client": apart(client)}


def _guardians(consent: Consent) -> list[str]:
    others = consent.client.signatories.current().filter(must_sign=True)
    return [apart(one.name) for one in others if one.relation != _RELATION.PARTNER]


def who_reads(consent: Consent, therapist: User) -> str:
    """Who sees what is answered here, and who does not."""
    client = filling_in.first_name(consent.client, consent.signatory)
    names = {"name": apart(therapist.called), "client": apart(client)}
    if consent.signatory:
        said = _("Read by %(name)s and those who care for %(client)s here.") % names
        return f"{said} " + _("You do not see what %(client)s answers or talks about.") % names
    said = _("Read by %(name)s and those who care for you here.") % names
    if consent.meaning == Consent.Meaning.ASSENT:
        said += " " + _("Whoever signs as well sees only the own paper, not what you answer here.")
    return said
