"""What is agreed to, as versions that never change: published, resolved for one client, and read.

What stands in braces is a name that is filled in before a client sees the text; one that is not known stops the asking.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import consent_files, names
from clients.domain.consent_files import ANSWER, Draft, fingerprint
from clients.models import ConsentDraft, ConsentText
from practice.domain import audit, crisis
from practice.domain.words import apart
from practice.models import OUTDOOR, Practice, User

__all__ = [
    "Section",
    "Unresolved",
    "current",
    "fingerprint",
    "is_overtaken",
    "minutes",
    "plan_said",
    "preview",
    "publish",
    "publish_shipped",
    "resolve",
    "sections",
]
_NAME = re.compile(r"\{(\w*)\}")


class Unresolved(Exception):
    """A name that the text needs is not known; the message is the name."""


@transaction.atomic
def publish_shipped(*, by: User | None = None, at: datetime | None = None) -> list[ConsentText]:
    """Publish every text that came with the product and is new or was changed; returns what was published now.

    Doing it twice publishes nothing the second time. Published versions stay as they are, and a text that the practice
    has made its own in the editor is left to the practice.
    """
    published = []
    own = set(ConsentDraft.objects.values_list("key", "language"))
    for draft in consent_files.shipped():
        if (draft.key, draft.language) in own:
            continue
        newest = _newest(draft)
        if newest is None or newest.sha256 != draft.sha256:
            published.append(publish(draft, by=by, at=at))
    return published


@transaction.atomic
def publish(draft: Draft, *, renews: bool = True, by: User | None = None, at: datetime | None = None) -> ConsentText:
    """Make these words the next version of their text. Whether they are whole is the caller's to know."""
    newest = _newest(draft)
    text = ConsentText.objects.create(
        key=draft.key,
        version=newest.version + 1 if newest else 1,
        language=draft.language,
        title=draft.title,
        modes=list(draft.modes),
        body=dict(draft.body),
        sha256=draft.sha256,
        published_at=at or timezone.now(),
        published_by=by,
        renews=renews,
    )
    detail: dict[str, str | int | None] = {"text": str(text.pk), "sha256": text.sha256, "renews": int(renews)}
    audit.record("consent_text.published", by=by, detail=detail)
    return text


def _newest(draft: Draft) -> ConsentText | None:
    return ConsentText.objects.filter(key=draft.key, language=draft.language).order_by("-version").first()


def is_overtaken(text: ConsentText, *, at: datetime) -> bool:
    """Whether a later version asks for new signatures: whoever has not signed this one by then signs it no more."""
    later = ConsentText.objects.filter(key=text.key, language=text.language, version__gt=text.version, renews=True)
    return later.filter(published_at__lte=at).exists()


def current(language: str = "en") -> list[ConsentText]:
    """The newest version of each text, in the language where there is one, otherwise in English; going out first."""
    found: dict[str, ConsentText] = {}
    for text in ConsentText.objects.filter(language__in={language, "en"}).order_by("key", "version"):
        known = found.get(text.key)
        if known is None or text.language == language or known.language != language:
            found[text.key] = text
    return sorted(found.values(), key=lambda text: (not OUTDOOR & set(text.modes), text.key))


def languages() -> list[str]:
    """The languages in which any text is published."""
    return list(ConsentText.objects.order_by("language").values_list("language", flat=True).distinct())


def resolve(text: ConsentText, names: Mapping[str, str], *, shown: Collection[str] = ()) -> dict[str, Any]:
    """The text exactly as it will be shown, with every name filled in. Raises Unresolved for a name without a value.

    `shown`: which of the clauses that are not for everybody are in it.
    """
    body = dict(text.body)
    kept = [
        {name: value for name, value in one.items() if name != "only"}
        for one in body["clauses"]
        if not one["only"] or one["only"] in shown
    ]
    whole = {name: value for name, value in body.items() if name not in ("draft", "note", "clauses")}
    whole |= {"key": text.key, "language": text.language, "title": text.title, "version": text.version}
    filled: dict[str, Any] = _fill(whole | {"modes": list(text.modes), "clauses": kept}, names)
    return filled


def preview(text: ConsentText, *, to: Collection[str] = ()) -> dict[str, Any]:
    """A text as it will be shown, with invented people; what cannot be filled in stays as it was typed.

    `to`: whose clauses are in it beside those for everybody.
    """
    practice = Practice.load()
    names = {
        "therapist": _("Robin"),
        "supervisor": _("Dr Kim Hale"),
        "practice": practice.name,
        "client": _("Dana"),
        "phone": practice.phone or practice.email or "020 7946 0199",
        "emergency": crisis.emergency_number(practice.country),
        "crisis_lines": "; ".join(line["said"] for line in crisis.lines(practice.country)),
        "emergency_contact": _("That is %(name)s, %(phone)s.") % {"name": _("Jo Field"), "phone": "020 7946 0123"},
    }
    for name in _NAME.findall(audit.canonical({"title": text.title, "body": text.body})):
        names.setdefault(name, f"{{{name}}}")
    return resolve(text, names, shown=to)


def _fill(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _NAME.sub(lambda found: _value(found[1], names), value)
    if isinstance(value, dict):
        return {name: _fill(one, names) for name, one in value.items()}
    if isinstance(value, list):
        return [_fill(one, names) for one in value]
    return value


def _value(name: str, names: Mapping[str, str]) -> str:
    if f"{{{name}}}" == ANSWER:
        return ANSWER
    if not names.get(name):
        raise Unresolved(name)
    return names[name]


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered part of the full text."""

    number: int
    heading: str
    paragraphs: tuple[str, ...]


def sections(shown: Mapping[str, Any]) -> list[Section]:
    """The clauses of a shown text as they are read: a clause without a heading goes on with the one before it."""
    made: list[Section] = []
    for clause in shown["clauses"]:
        paragraphs = tuple(line.strip() for line in clause["words"].split("\n") if line.strip())
        if clause["heading"] or not made:
            made.append(Section(len(made) + 1, clause["heading"], paragraphs))
        else:
            last = made.pop()
            made.append(Section(last.number, last.heading, last.paragraphs + paragraphs))
    return made


def minutes(shown: Mapping[str, Any]) -> int:
    """About how long the full text takes to read, at 200 words a minute."""
    return max(1, round(sum(len(clause["words"].split()) for clause in shown["clauses"]) / 200))


def plan_said(shown: Mapping[str, Any], plan: Mapping[str, str]) -> list[str]:
    """What was chosen for meeting somebody she knows, in sentences; nothing for a text without such a plan."""
    if not shown.get("plan"):
        return []
    said = [
        choice["said"]
        for question in shown["plan"]["questions"]
        for choice in question["choices"]
        if choice["value"] == plan.get(question["key"])
    ]
    if sign := plan.get("sign"):
        said.append(shown["plan"]["sign"]["said"].replace(ANSWER, apart(names.plain(sign).rstrip("."))))
    return said
