"""Texts as they come: one TOML file a text and language in `clients/consents/`, read and checked.

A new text, or a new language of one, is a file `key.language.toml`. A file that is not whole is refused with a sentence
that names the file and the reason. Which clauses it needs stands in `checklist.toml`; the words are our own.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from clients.domain import consent_checklist
from clients.domain.consent_checklist import MINOR, TRAINEE
from clients.domain.names import has_words
from practice.domain import audit
from practice.models import Scope

FOLDER = Path(__file__).resolve().parent.parent / "consents"
NAMES = frozenset(
    {"therapist", "supervisor", "practice", "client", "phone", "emergency", "crisis_lines", "emergency_contact"}
)
ANSWER = "{answer}"
"""Filled in when she has answered; stands in what is said of the sign, and nowhere else."""
TO_TRANSLATE = "to_translate"
"""Where a draft that was begun from words in another language keeps their lines; no version has it."""
MOST_ANSWERS = 6
"""To one question of the plan: what a telephone shows at once (ours)."""

_KNOWN = re.compile("{(" + "|".join(sorted(NAMES)) + ")}")
_DOUBLED = re.compile(r"{{[^{}]*}}")
_WORD = re.compile(r"[^\W\d_]\S*")
_LOOSE = re.compile(r"{[^{}]*}|[{}]")


class BrokenText(Exception):
    """A sentence with the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of one text in one language, before they are a version: of a file, or as the practice has them."""

    key: str
    language: str
    title: str
    modes: tuple[str, ...]
    body: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The fingerprint of everything but the version."""
        whole = {"key": self.key, "language": self.language, "title": self.title, "modes": list(self.modes)}
        return fingerprint(whole | {"body": dict(self.body)})

    @property
    def as_version(self) -> "Draft":
        """What a version has of it: everything but the clauses of which only a heading stands, and the mark of what is
        to be translated."""
        body = {name: value for name, value in self.body.items() if name != TO_TRANSLATE}
        return replace(self, body=body | {"clauses": [clause for clause in body["clauses"] if clause["words"]]})


def fingerprint(shown: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8), as lower-case hex."""
    return hashlib.sha256(audit.canonical(dict(shown)).encode()).hexdigest()


def shipped() -> tuple[Draft, ...]:
    """Every text in the folder. Raises BrokenText for the first that is not whole."""
    return tuple(_as_of(path, path.stat().st_mtime_ns) for path in sorted(FOLDER.glob("*.*.toml")))


@cache
def _as_of(path: Path, _changed_at: int) -> Draft:
    return read(path)


def read(path: Path) -> Draft:
    """One file, checked. Raises BrokenText with file and reason."""
    try:
        return _draft(tomllib.loads(path.read_text("utf-8")), path.name.removesuffix(".toml"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenText(f"{path.name} is not valid TOML: {error}.") from error
    except KeyError as error:
        raise BrokenText(f"{path.name} is missing {error.args[0]}.") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise BrokenText(f"{path.name}: {error}.") from error


def _draft(data: dict[str, Any], stem: str) -> Draft:
    if stem != f"{data['key']}.{data['language']}":
        raise ValueError(f'the key and language "{data["key"]}.{data["language"]}" differ from the file name')
    if unknown := set(data["modes"]) - set(Scope.values):
        raise ValueError(f'"{min(unknown)}" is nothing that a text can be about')
    if not data["modes"]:
        raise ValueError("it names nothing that it is about")
    body = {
        "draft": data.get("status") == "draft",
        "note": data.get("note", ""),
        "covers": data["covers"],
        "not_covered": data.get("not_covered", ""),
        "sentences": [_words(one, "a sentence of the plain page") for one in data["sentences"]],
        "clauses": _clauses(data["clauses"]),
        "disclosure": _disclosure(data["disclosure"]),
        "signing": {name: _words(data["signing"][name], f"signing {name}") for name in ("act", "meaning")},
    }
    body |= {"plan": _plan(data["plan"])} if "plan" in data else {}
    body |= {"minors": True} if data.get("minors") else {}
    if not body["sentences"]:
        raise ValueError("the plain page has no sentences")
    draft = Draft(data["key"], data["language"], _words(data["title"], "the title"), tuple(data["modes"]), body)
    if keys := lacking(draft):
        raise ValueError(f'the required clause "{keys[0]}" has no words')
    for clause, name in unnamed(draft):
        raise ValueError(f'the clause "{clause}" does not name {{{name}}}')
    if loose := unknown_names(draft):
        raise ValueError(f'"{loose[0]}" is not a name that can be filled in')
    return draft


def _words(text: str, where: str) -> str:
    if not has_words(text):
        raise ValueError(f"{where} has no words")
    return text.strip()


def _clauses(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for table in tables:
        key, only = table["key"], table.get("only", "")
        if only not in ("", TRAINEE, MINOR):
            raise ValueError(f'the clause "{key}" is only for "{only}", which is not known')
        words = _words(table["words"], f'the clause "{key}"')
        made.append({"key": key, "heading": table.get("heading", "").strip(), "words": words, "only": only})
        if table.get("initials") is True:
            made[-1]["initials"] = True
    keys = [clause["key"] for clause in made]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f'the clause "{min(twice)}" is there twice')
    if not has_words(made[0]["heading"]):
        raise ValueError(f'the first clause, "{keys[0]}", has no heading')
    return made


def _plan(table: dict[str, Any]) -> dict[str, Any]:
    questions = []
    for one in table["questions"]:
        choices = [{name: choice[name] for name in ("value", "label", "said")} for choice in one["choices"]]
        if len({choice["value"] for choice in choices}) < max(2, len(choices)):
            raise ValueError(f'the question "{one["key"]}" needs at least two different answers')
        if len(choices) > MOST_ANSWERS:
            raise ValueError(f'the question "{one["key"]}" has more than {MOST_ANSWERS} answers')
        questions.append({"key": one["key"], "label": _words(one["label"], "a question"), "choices": choices})
    sign = {name: _words(table["sign"][name], f"the sign's {name}") for name in ("label", "help", "said")}
    return {"title": _words(table["title"], "the plan"), "questions": questions, "sign": sign}


def _disclosure(table: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": _words(table["title"], "the disclosure"),
        "points": [_words(one, "a point of the disclosure") for one in table["points"]],
        "accept": _words(table["accept"], "what is accepted"),
    }


def unnamed(draft: Draft) -> list[tuple[str, str]]:
    """The clauses whose words leave out a name that they have to fill in: the key of each, and the name."""
    wanted = {point.key: sorted(point.names) for point in consent_checklist.points()}
    said = [(clause["key"], clause["words"]) for clause in draft.body["clauses"] if has_words(clause["words"])]
    return [(key, name) for key, words in said for name in wanted.get(key, ()) if f"{{{name}}}" not in words]


def lacking(draft: Draft) -> list[str]:
    """The keys of the clauses that a text about this needs and that have no words in it."""
    there = {clause["key"] for clause in draft.body["clauses"] if has_words(clause["words"])}
    needed = consent_checklist.needed(draft.modes, minors=bool(draft.body.get("minors")))
    return [point.key for point in needed if point.key not in there]


def left_out(draft: Draft) -> list[dict[str, Any]]:
    """The clauses that may be missing and of which only a heading stands."""
    without = lacking(draft)
    return [clause for clause in draft.body["clauses"] if not clause["words"] and clause["key"] not in without]


def untranslated(draft: Draft) -> list[tuple[str, str]]:
    """The passages in which a line still stands in the language it was begun from: the key of a clause, or "", and
    what it is called."""
    marked = frozenset(draft.body.get(TO_TRANSLATE, ()))
    return [(key, name) for key, name, words in _passages(draft) if not marked.isdisjoint(lines(strings(words)))]


def _passages(draft: Draft) -> Iterator[tuple[str, str, Any]]:
    body = draft.body
    yield "", _("Title"), draft.title
    yield "", _("For"), [body["covers"], body["not_covered"]]
    yield "", _("The plain page"), body["sentences"]
    for clause in body["clauses"]:
        name = consent_checklist.name_of(clause["key"])
        yield clause["key"], name, [clause["heading"], clause["words"]]
    yield "", _("If they meet somebody"), body.get("plan", "")
    yield "", _("Reading and signing on a screen"), body["disclosure"]
    yield "", _("At the signature"), body["signing"]


def lines(texts: Iterable[str]) -> list[str]:
    """Every line of two words or more, once each; a name that is filled in is none."""
    found = (" ".join(line.split()) for text in texts for line in text.split("\n"))
    return list(dict.fromkeys(line for line in found if len(_WORD.findall(_KNOWN.sub(" ", line))) > 1))


def unknown_names(draft: Draft) -> list[str]:
    """What stands in braces and cannot be filled in: another name, a doubled or a lonely brace. Once each, in order."""
    body = {name: value for name, value in draft.body.items() if name != TO_TRANSLATE}
    if plan := body.get("plan"):
        said = plan["sign"]["said"].replace(ANSWER, "")
        body["plan"] = plan | {"sign": plan["sign"] | {"said": said}}
    found = (loose for text in (draft.title, *strings(body)) for loose in _loose(text))
    return list(dict.fromkeys(found))


def _loose(text: str) -> list[str]:
    doubled = _DOUBLED.findall(text)
    return doubled + _LOOSE.findall(_KNOWN.sub(" ", _DOUBLED.sub(" ", text)))


def strings(value: Any) -> Iterator[str]:
    """Every text in a value, in its order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
