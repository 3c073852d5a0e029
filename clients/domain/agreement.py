"""What one person puts on the page to agree: the plan, initials, a name; and whether nothing of it is missing."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from clients.domain import names, signature
from clients.models import Consent, ConsentStep
from practice.domain.audit import canonical

LONGEST_SIGN, LONGEST_NAME, LONGEST_INITIALS = 120, 120, 20
LEAST_LETTERS = 2  # of a typed name


class NotWhole(Exception):
    """Something that a signature needs is missing; the message is a sentence for the signer."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one person put on the page: her plan, her initials where a clause asks, and her name, typed or drawn."""

    plan: Mapping[str, str]
    shown_sha256: str
    name: str = ""
    drawing: signature.Drawing | None = None
    initials: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Initialled:
    """A clause that asks for initials."""

    key: str
    heading: str
    words: str


def disclosure_print(consent: Consent) -> str:
    """The fingerprint of what is said about signing on a screen."""
    return hashlib.sha256(canonical(consent.shown["disclosure"]).encode()).hexdigest()


def disclosed(consent: Consent) -> ConsentStep | None:
    """When whoever signs, known to be the one, agreed to exactly these words about signing on a screen; or None."""
    wanted = disclosure_print(consent)
    said = consent.steps.filter(kind=ConsentStep.Kind.DISCLOSED).select_related("consent").order_by("at")
    return next((step for step in said if step.detail.get("sha256") == wanted and step.detail.get("how")), None)


def plan_questions(consent: Consent) -> list[dict[str, Any]]:
    """What the plan for meeting somebody asks of this signer; nothing of who signs for somebody else."""
    if consent.meaning == Consent.Meaning.PERMISSION or not consent.shown.get("plan"):
        return []
    questions: list[dict[str, Any]] = consent.shown["plan"]["questions"]
    return questions


def plan_of(consent: Consent, agreement: Agreement) -> dict[str, str]:
    """Her answers to the questions that were asked, and her sign; nothing else that a page may have sent."""
    questions = plan_questions(consent)
    sign = names.plain(agreement.plan.get("sign", ""))[:LONGEST_SIGN] if questions else ""
    return {one["key"]: agreement.plan[one["key"]] for one in questions} | ({"sign": sign} if sign else {})


def initialled(shown: Mapping[str, Any]) -> list[Initialled]:
    """The clauses of a shown text that ask for initials, each under the heading where it stands."""
    found, heading = [], ""
    for clause in shown["clauses"]:
        heading = clause["heading"] or heading
        if clause.get("initials"):
            found.append(Initialled(clause["key"], heading, clause["words"]))
    return found


def initials_of(consent: Consent, agreement: Agreement) -> dict[str, str]:
    """Her initials, by the clause that asked for them."""
    return {one.key: " ".join(agreement.initials[one.key].split()) for one in initialled(consent.shown)}


def are_initials(text: str) -> bool:
    """One to six letters of any script; marks on letters, full stops, hyphens and spaces go along."""
    along = all(names.letters(sign) or sign in ".-' ’" or unicodedata.category(sign)[0] == "M" for sign in text)
    return 1 <= names.letters(text) <= 6 and along and len(text) <= LONGEST_INITIALS


def check(consent: Consent, agreement: Agreement) -> None:
    """Everything a signature needs, looked at again here whatever the page did. Raises NotWhole with a sentence."""
    shown = consent.shown
    if not shown or agreement.shown_sha256 != consent.shown_sha256:
        raise NotWhole(_("The text is not the one that this page was opened with. Please open the link again."))
    if not disclosed(consent):
        raise NotWhole(_("Please say that you agree to sign on a screen, or ask for it on paper."))
    for question in plan_questions(consent):
        if agreement.plan.get(question["key"]) not in {choice["value"] for choice in question["choices"]}:
            raise NotWhole(_("Please choose an answer: %(question)s") % {"question": question["label"]})
    for one in initialled(shown):
        if not are_initials(agreement.initials.get(one.key, "").strip()):
            raise NotWhole(_("Please put your initials to “%(heading)s”.") % {"heading": one.heading})
    if agreement.drawing is None and names.letters(agreement.name) < LEAST_LETTERS:
        raise NotWhole(_("Please type your full name, or draw it."))
