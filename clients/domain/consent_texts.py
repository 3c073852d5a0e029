"""What is agreed to: one TOML file a text, read and checked; published as versions that never change.

A new text, or a new language of one, is a file in `clients/consents/`. A file that is not whole is refused with a
sentence that names the file and the reason. Which clauses are required: the checklist of consents for sessions
outdoors that practices and guidance agree on (CAMFT, BACP and others), in keys; the words are our own.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients.models import ConsentText
from practice.domain import audit
from practice.models import Mode, User

FOLDER = Path(__file__).resolve().parent.parent / "consents"
REQUIRED = (
    "nature",
    "voluntary",
    "not_workout",
    "evidence",
    "physical_risk",
    "health_duty",
    "stop_rights",
    "confidentiality",
    "encounter_client",
    "encounter_therapist",
    "encounter_between",
    "distress",
    "weather",
    "emergency",
    "emergency_contact",
    "boundaries",
    "photos_tracking",
    "mandated",
    "insurance",
    "fees",
    "data",
    "esign",
    "crisis",
    "expiry",
    "training",
)
NAMES = frozenset(
    {"therapist", "supervisor", "practice", "client", "phone", "emergency", "crisis_lines", "emergency_contact"}
)
LATER = frozenset({"answer"})
"""Filled in when she has answered."""

TRAINEE = "trainee"
_NAME = re.compile(r"\{(\w*)\}")


class BrokenText(Exception):
    """A sentence with the file and what is wrong with it."""


class Unresolved(Exception):
    """A name that the text needs is not known; the message is the name."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One file, checked: what would be published."""

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


def fingerprint(shown: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8), as lower-case hex."""
    return hashlib.sha256(audit.canonical(dict(shown)).encode()).hexdigest()


def shipped() -> tuple[Draft, ...]:
    """Every text in the folder. Raises BrokenText for the first that is not whole."""
    return tuple(read(path) for path in sorted(FOLDER.glob("*.toml")))


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
    if unknown := set(data["modes"]) - set(Mode.values):
        raise ValueError(f'"{min(unknown)}" is not a way to meet')
    if not data["modes"]:
        raise ValueError("it names no way to meet")
    body = {
        "draft": data.get("status") == "draft",
        "note": data.get("note", ""),
        "covers": data["covers"],
        "not_covered": data.get("not_covered", ""),
        "sentences": [_words(one, "a sentence of the plain page") for one in data["sentences"]],
        "clauses": _clauses(data["clauses"]),
        "plan": _plan(data["plan"]),
        "disclosure": _disclosure(data["disclosure"]),
        "signing": {name: _words(data["signing"][name], f"signing {name}") for name in ("act", "meaning")},
    }
    if not body["sentences"]:
        raise ValueError("the plain page has no sentences")
    _check_names(body)
    return Draft(data["key"], data["language"], _words(data["title"], "the title"), tuple(data["modes"]), body)


def _words(text: str, where: str) -> str:
    if not text.strip():
        raise ValueError(f"{where} has no words")
    return text.strip()


def _clauses(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for table in tables:
        key, only = table["key"], table.get("only", "")
        if only not in ("", TRAINEE):
            raise ValueError(f'the clause "{key}" is only for "{only}", which is not known')
        words = _words(table["words"], f'the clause "{key}"')
        made.append({"key": key, "heading": table.get("heading", "").strip(), "words": words, "only": only})
        if table.get("initials") is True:
            made[-1]["initials"] = True
    keys = [clause["key"] for clause in made]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f'the clause "{min(twice)}" is there twice')
    if lacking := [key for key in REQUIRED if key not in keys]:
        raise ValueError(f'the required clause "{lacking[0]}" has no words')
    if not made[0]["heading"]:
        raise ValueError(f'the first clause, "{keys[0]}", has no heading')
    return made


def _plan(table: dict[str, Any]) -> dict[str, Any]:
    questions = []
    for one in table["questions"]:
        choices = [{name: choice[name] for name in ("value", "label", "said")} for choice in one["choices"]]
        if len({choice["value"] for choice in choices}) < max(2, len(choices)):
            raise ValueError(f'the question "{one["key"]}" needs at least two different answers')
        questions.append({"key": one["key"], "label": _words(one["label"], "a question"), "choices": choices})
    sign = {name: _words(table["sign"][name], f"the sign's {name}") for name in ("label", "help", "said")}
    return {"title": _words(table["title"], "the plan"), "questions": questions, "sign": sign}


def _disclosure(table: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": _words(table["title"], "the disclosure"),
        "points": [_words(one, "a point of the disclosure") for one in table["points"]],
        "accept": _words(table["accept"], "what is accepted"),
    }


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _check_names(body: dict[str, Any]) -> None:
    for text in _strings(body):
        for name in _NAME.findall(text):
            if name not in NAMES | LATER:
                raise ValueError(f'"{{{name}}}" is not a name that can be filled in')


@transaction.atomic
def publish_shipped(*, by: User | None = None, at: datetime | None = None) -> list[ConsentText]:
    """Publish every text that came with the product and is new or was changed; returns what was published now.

    Doing it twice publishes nothing the second time. Published versions stay as they are.
    """
    published = []
    for draft in shipped():
        newest = ConsentText.objects.filter(key=draft.key, language=draft.language).order_by("-version").first()
        if newest and newest.sha256 == draft.sha256:
            continue
        text = ConsentText.objects.create(
            key=draft.key,
            version=newest.version + 1 if newest else 1,
            language=draft.language,
            title=draft.title,
            modes=list(draft.modes),
            body=dict(draft.body),
            sha256=draft.sha256,
            published_at=at or timezone.now(),
        )
        audit.record("consent_text.published", by=by, detail={"text": str(text.pk), "sha256": text.sha256})
        published.append(text)
    return published


def current(language: str = "en") -> list[ConsentText]:
    """The newest version of each text, in the language where there is one, otherwise in English."""
    found: dict[str, ConsentText] = {}
    for text in ConsentText.objects.filter(language__in={language, "en"}).order_by("key", "version"):
        known = found.get(text.key)
        if known is None or text.language == language or known.language != language:
            found[text.key] = text
    return list(found.values())


def resolve(text: ConsentText, names: Mapping[str, str], *, trainee: bool = False) -> dict[str, Any]:
    """The text exactly as it will be shown, with every name filled in. Raises Unresolved for a name without a value."""
    body = dict(text.body)
    kept = [
        {name: value for name, value in one.items() if name != "only"}
        for one in body["clauses"]
        if not one["only"] or trainee
    ]
    whole = {name: value for name, value in body.items() if name not in ("draft", "note", "clauses")}
    whole |= {"key": text.key, "language": text.language, "title": text.title, "version": text.version}
    filled: dict[str, Any] = _fill(whole | {"modes": list(text.modes), "clauses": kept}, names)
    return filled


def _fill(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _NAME.sub(lambda found: _value(found[1], names), value)
    if isinstance(value, dict):
        return {name: _fill(one, names) for name, one in value.items()}
    if isinstance(value, list):
        return [_fill(one, names) for one in value]
    return value


def _value(name: str, names: Mapping[str, str]) -> str:
    if name in LATER:
        return f"{{{name}}}"
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
        if clause["heading"] or not made:
            made.append(Section(len(made) + 1, clause["heading"], (clause["words"],)))
        else:
            last = made.pop()
            made.append(Section(last.number, last.heading, (*last.paragraphs, clause["words"])))
    return made


def minutes(shown: Mapping[str, Any]) -> int:
    """About how long the full text takes to read, at 200 words a minute."""
    return max(1, round(sum(len(clause["words"].split()) for clause in shown["clauses"]) / 200))


def plan_said(shown: Mapping[str, Any], plan: Mapping[str, str]) -> list[str]:
    """What was chosen for meeting somebody she knows, in sentences."""
    said = [
        choice["said"]
        for question in shown["plan"]["questions"]
        for choice in question["choices"]
        if choice["value"] == plan.get(question["key"])
    ]
    if sign := plan.get("sign"):
        said.append(shown["plan"]["sign"]["said"].replace("{answer}", sign.rstrip(".")))
    return said
