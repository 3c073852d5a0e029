"""The words of a text as one signer is shown them: every name filled in, or a sentence about what is missing."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from clients.domain import consent_texts
from clients.domain.consent_checklist import MINOR, TRAINEE
from clients.domain.signers import CannotAsk
from clients.models import Client, ConsentText, EmergencyContact, Signatory
from practice.domain import crisis
from practice.domain.words import apart
from practice.models import Practice, Role, User


def names(client: Client, therapist: User, signatory: Signatory | None) -> dict[str, str]:
    """What stands for the braces of a text, for this client with this therapist; "" where nothing is known.

    Who signs beside the client reads neither whom she named for an emergency nor what she likes to be called.
    """
    practice = Practice.load()
    supervision = therapist.supervisors.select_related("supervisor").first()
    lines = [line["said"] for line in crisis.lines(practice.country)]
    named = getattr(client, "emergency_contact", None)
    return {
        "therapist": apart(therapist.called),
        "supervisor": apart(supervision.supervisor.name) if supervision else "",
        "practice": apart(practice.name),
        "client": apart(first_name(client, signatory)),
        "phone": practice.phone or practice.email,
        "emergency": crisis.emergency_number(practice.country),
        "crisis_lines": "; ".join(lines),
        "emergency_contact": _("That person is named before we first go out.") if signatory else _whom_to_ring(named),
    }


def first_name(client: Client, signatory: Signatory | None) -> str:
    """What whoever signs reads for the client: only she herself reads the name that she likes to be called."""
    return client.name.split(" ")[0] if signatory else client.called_name


def _whom_to_ring(named: EmergencyContact | None) -> str:
    if named is None:
        return _("You have not named anybody yet; we do that together before we first go out.")
    return _("That is %(name)s, %(phone)s.") % {"name": apart(named.name), "phone": named.phone}


def resolved(
    client: Client, text: ConsentText, therapist: User, signatory: Signatory | None, *, for_a_minor: bool
) -> dict[str, Any]:
    """The text exactly as it will be shown. Raises CannotAsk with a sentence where a name is not known, or where it
    says nothing about young people and one is asked.
    """
    if for_a_minor and not text.body.get("minors"):
        words = _("“%(title)s” is not marked as being for minors. Add what it says to young people, and publish it.")
        raise CannotAsk(words % {"title": text.title})
    lacking = {
        "phone": _("The practice has neither a telephone number nor an e-mail address yet. Add one in the settings."),
        "supervisor": _("%(name)s is in training and nobody is named as supervisor. The text has to say who it is."),
    }
    with override(text.language):
        known = names(client, therapist, signatory)
    shown = {TRAINEE} if Role.TRAINEE in therapist.roles else set()
    try:
        return consent_texts.resolve(text, known, shown=shown | ({MINOR} if for_a_minor else set()))
    except consent_texts.Unresolved as error:
        words = lacking.get(str(error), _("The text needs something that is not known: %(part)s."))
        raise CannotAsk(words % {"name": therapist.called, "part": str(error)}) from error
