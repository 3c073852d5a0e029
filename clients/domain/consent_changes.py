"""What a draft changes in the last version, passage by passage and word by word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from clients.domain import consent_checklist
from clients.domain.consent_files import Draft
from practice.models import Scope


class Kind(StrEnum):
    """What became of a passage, or of some words in it."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a passage that share their fate."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is not as it was in one part of a passage, such as the heading of a clause; a passage of one part has no
    name for it."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One passage that is not as it was."""

    kind: Kind
    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Passage:
    """What it is called, and its words by the name of the part they stand in."""

    name: str
    parts: Mapping[str, str]


def between(before: Draft, after: Draft) -> list[Change]:
    """What is not as it was, in the order of the new text; what was taken out comes last."""
    old, new = dict(_passages(before)), dict(_passages(after))
    none = _Passage("", {})
    keys = [*new, *(key for key in old if key not in new)]
    found = (_change(old.get(key, none), new.get(key, none)) for key in keys)
    return [one for one in found if one.parts] + _moved(before, after)


def _change(old: _Passage, new: _Passage) -> Change:
    was, now = any(old.parts.values()), any(new.parts.values())
    parts = [
        Part(name, tuple(pieces(old.parts.get(name, ""), new.parts.get(name, ""))))
        for name in dict.fromkeys([*new.parts, *old.parts])
        if old.parts.get(name, "") != new.parts.get(name, "")
    ]
    kind = Kind.CHANGED if was and now else Kind.ADDED if now else Kind.REMOVED
    return Change(kind, new.name or old.name, tuple(parts))


def _passages(draft: Draft) -> Iterator[tuple[str, _Passage]]:
    """Every passage by a key of its own, in the order of the text."""
    body = draft.body
    yield "title", _Passage(_("Title"), {"": draft.title})
    about = ", ".join(str(Scope(mode).label) for mode in draft.modes)
    yield "about", _Passage(_("What it is about"), {"": about})
    yield "minors", _Passage(_("For minors"), {"": _("yes") if body.get("minors") else ""})
    yield "covers", _Passage(_("For"), {"": body["covers"]})
    yield "not_covered", _Passage(_("What it is not for"), {"": body["not_covered"]})
    yield "sentences", _Passage(_("The plain page"), {"": "\n".join(body["sentences"])})
    for clause in body["clauses"]:
        parts = {_("Heading"): clause["heading"], _("Words"): clause["words"]}
        parts[_("Initials")] = _("asked for") if clause.get("initials") else ""
        name = clause["heading"] or consent_checklist.name_of(clause["key"])
        yield f"clause {clause['key']}", _Passage(name, parts)
    if plan := body.get("plan"):
        yield from _plan(plan)
    disclosure, signing = body["disclosure"], body["signing"]
    screen = {_("Heading"): disclosure["title"], _("Points"): "\n".join(disclosure["points"])}
    screen[_("What is ticked")] = disclosure["accept"]
    yield "disclosure", _Passage(_("Reading and signing on a screen"), screen)
    act = {_("The button"): signing["act"], _("What pressing it means"): signing["meaning"]}
    yield "signing", _Passage(_("At the signature"), act)
    yield "draft", _Passage(_("Read by a lawyer"), {"": "" if body.get("draft") else _("yes")})


def _plan(plan: Mapping[str, Any]) -> Iterator[tuple[str, _Passage]]:
    """The questions for meeting somebody the client knows, each a passage; then the sign."""
    yield "plan", _Passage(_("If they meet somebody"), {_("Heading"): plan["title"]})
    for one in plan["questions"]:
        said = "\n".join(f"{choice['label']}: {choice['said']}" for choice in one["choices"])
        parts = {_("Question"): one["label"], _("Answers"): said}
        yield f"question {one['key']}", _Passage(one["label"], parts)
    sign = plan["sign"]
    parts = {_("Question"): sign["label"], _("Help"): sign["help"], _("As it is read out"): sign["said"]}
    yield "sign", _Passage(_("The sign"), parts)


def _moved(before: Draft, after: Draft) -> list[Change]:
    """The order of the clauses that both have, when it is another."""
    old, new = ([clause["key"] for clause in one.body["clauses"]] for one in (before, after))
    was, now = [key for key in old if key in new], [key for key in new if key in old]
    if was == now:
        return []
    named = ["\n".join(consent_checklist.name_of(key) for key in keys) for keys in (was, now)]
    return [Change(Kind.CHANGED, _("The order of the clauses"), (Part("", tuple(pieces(*named))),))]


def pieces(was: str, now: str) -> Iterator[Piece]:
    """Both texts as one: what stayed, what was taken out, what came in."""
    old, new = (re.findall(r"\S+|\n", text) for text in (was, now))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield Piece(Kind.SAME, _joined(old[i1:i2]))
        if tag in ("replace", "delete"):
            yield Piece(Kind.REMOVED, _joined(old[i1:i2]))
        if tag in ("replace", "insert"):
            yield Piece(Kind.ADDED, _joined(new[j1:j2]))


def _joined(words: list[str]) -> str:
    return " ".join(words)
