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
class Change:
    """One passage that is not as it was."""

    kind: Kind
    name: str
    pieces: tuple[Piece, ...]


def between(before: Draft, after: Draft) -> list[Change]:
    """What is not as it was, in the order of the new text; what was taken out comes last."""
    old, new = dict(_passages(before)), dict(_passages(after))
    found = []
    for name in [*new, *(name for name in old if name not in new)]:
        was, now = old.get(name, ("", ""))[1], new.get(name, ("", ""))[1]
        if was != now:
            kind = Kind.CHANGED if was and now else Kind.ADDED if now else Kind.REMOVED
            found.append(Change(kind, (new.get(name) or old[name])[0], tuple(pieces(was, now))))
    return found + _moved(before, after)


def _passages(draft: Draft) -> Iterator[tuple[str, tuple[str, str]]]:
    """Name of a passage -> what it is called, and its words."""
    body = draft.body
    yield "title", (_("Title"), draft.title)
    yield "about", (_("What it is about"), ", ".join(str(Scope(mode).label) for mode in draft.modes))
    yield "minors", (_("For minors"), _("yes") if body.get("minors") else "")
    yield "covers", (_("For"), f"{body['covers']}\n{body['not_covered']}".strip())
    yield "sentences", (_("The plain page"), "\n".join(body["sentences"]))
    for clause in body["clauses"]:
        name = clause["heading"] or consent_checklist.name_of(clause["key"])
        initials = _("(with initials)") if clause.get("initials") else ""
        yield f"clause {clause['key']}", (name, f"{clause['heading']}\n{clause['words']}\n{initials}".strip())
    if plan := body.get("plan"):
        yield "plan", (plan["title"], "\n".join(_plan(plan)))
    disclosure, signing = body["disclosure"], body["signing"]
    screen = [disclosure["title"], *disclosure["points"], disclosure["accept"]]
    yield "disclosure", (_("Reading and signing on a screen"), "\n".join(screen).strip())
    yield "signing", (_("At the signature"), f"{signing['act']}\n{signing['meaning']}".strip())
    yield "draft", (_("Read by a lawyer"), "" if body.get("draft") else _("yes"))


def _plan(plan: Mapping[str, Any]) -> Iterator[str]:
    for question in plan["questions"]:
        yield question["label"]
        yield from (f"{choice['label']}: {choice['said']}" for choice in question["choices"])
    yield from (plan["sign"][name] for name in ("label", "help", "said"))


def _moved(before: Draft, after: Draft) -> list[Change]:
    """The order of the clauses that both have, when it is another."""
    old, new = ([clause["key"] for clause in one.body["clauses"]] for one in (before, after))
    was, now = [key for key in old if key in new], [key for key in new if key in old]
    if was == now:
        return []
    named = ["\n".join(consent_checklist.name_of(key) for key in keys) for keys in (was, now)]
    return [Change(Kind.CHANGED, _("The order of the clauses"), tuple(pieces(*named)))]


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
