"""Words that do not come with the product: checked, attested, and put in the place of the numbers.

A pack is a TOML file that the practice writes from a copy it is entitled to use:

    key = "scoff"
    version = "1999"       # of the instrument's file
    language = "en"
    [items]
    q1 = "…"
    [answers]              # only where the copy words them
    yes = "…"
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.domain.instruments import Instrument, Status, said, shipped
from clients.domain.questions import Item, Words
from clients.models import TextPack
from practice.domain import audit
from practice.models import User

LARGEST = 100_000
LONGEST = 1000
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


class BrokenPack(Exception):
    """A sentence with what is wrong with the file."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A file that fits its instrument."""

    instrument: Instrument
    language: str
    words: Mapping[str, str]
    checksum: str


def read(data: bytes) -> Pack:
    """A pack, checked against the instrument that it is for. Raises BrokenPack."""
    if len(data) > LARGEST:
        raise BrokenPack(_("The file is larger than %(kb)d kB.") % {"kb": LARGEST // 1000})
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BrokenPack(_("The file is not text in UTF-8.")) from error
    except (ValueError, RecursionError) as error:
        raise BrokenPack(_("The file is not valid TOML: %(why)s.") % {"why": error}) from error
    instrument = _instrument(table)
    language = table.get("language")
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise BrokenPack(_("The file does not say its language, such as “en”."))
    items, answers = table.get("items", {}), table.get("answers", {})
    keys = [item.key for item in instrument.every_item()]
    values = {value for item in instrument.every_item() for value in item.scale.values}
    _check(items, set(keys), _("question"))
    _check(answers, values, _("answer"))
    if lacking := [key for key in keys if key not in items]:
        raise BrokenPack(_("The words of %(key)s are missing.") % {"key": lacking[0]})
    words = {f"item:{key}": text for key, text in items.items()} | {f"answer:{k}": text for k, text in answers.items()}
    return Pack(instrument, language, words, hashlib.sha256(data).hexdigest())


def template(instrument: Instrument) -> str:
    """A file to begin with: every question and answer with room for its words."""
    answers = sorted({choice.value for item in instrument.every_item() for choice in item.scale.choices})
    lines = [
        f'key = "{instrument.key}"', f'version = "{instrument.version}"', 'language = "en"', "", "[items]",
        *(f'{item.key} = ""  # {said(item.short)}' for item in instrument.every_item()),
        "", "[answers]  # only where your copy words them; take the lines away otherwise",
        *(f'"{value}" = ""' for value in answers),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _instrument(table: Mapping[str, Any]) -> Instrument:
    key = table.get("key")
    found = shipped().get(key) if isinstance(key, str) else None
    if found is None or found.status != Status.PACK_REQUIRED:
        raise BrokenPack(_("“%(key)s” is not an instrument that needs a pack.") % {"key": str(key)[:60]})
    if table.get("version") != found.version:
        raise BrokenPack(_("The pack is for another version; this one is %(version)s.") % {"version": found.version})
    return found


def _check(table: Any, known: set[str], what: str) -> None:
    if not isinstance(table, dict):
        raise BrokenPack(_("The file has no words for its questions."))
    for key, text in table.items():
        if key not in known:
            raise BrokenPack(_("There is no %(what)s “%(key)s”.") % {"what": what, "key": key[:60]})
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST or not _is_plain(text):
            raise BrokenPack(
                _("The words of %(key)s are empty, longer than %(n)d letters, or hold signs that are no letters.")
                % {"key": key, "n": LONGEST}
            )


def _is_plain(text: str) -> bool:
    """No control characters but line breaks: nothing that the database or a page would stumble over."""
    return all(letter.isprintable() or letter == "\n" for letter in text)


def attestation(instrument: Instrument) -> str:
    """The sentence that whoever loads a pack agrees to."""
    return _("The practice is entitled to use this copy of %(title)s. %(licence)s") % {
        "title": said(instrument.title),
        "licence": instrument.licence,
    }


@transaction.atomic
def load(pack: Pack, *, by: User) -> TextPack:
    """Keep the words, with the sentence that was agreed to. The very same again is kept once."""
    before = _newest(pack.instrument.key).get(pack.language)
    if before and before.checksum == pack.checksum:
        return before
    made = TextPack.objects.create(
        instrument=pack.instrument.key,
        version=pack.instrument.version,
        language=pack.language,
        words=dict(pack.words),
        checksum=pack.checksum,
        attestation=attestation(pack.instrument),
        by=by,
    )
    audit.record("pack.loaded", by=by, detail={"instrument": made.instrument, "checksum": made.checksum})
    return made


@transaction.atomic
def take_away(instrument: str, language: str, *, by: User) -> None:
    """From now on the questions are numbers again; answers that were given stay."""
    if language in loaded(instrument):
        TextPack.objects.create(
            instrument=instrument, version="", language=language, words={}, checksum="",
            attestation="taken away", by=by,
        )  # fmt: skip
        audit.record("pack.taken_away", by=by, detail={"instrument": instrument, "language": language})


def _newest(instrument: str) -> dict[str, TextPack]:
    rows = TextPack.objects.filter(instrument=instrument).order_by("language", "-at").distinct("language")
    return {one.language: one for one in rows}


def loaded(instrument: str) -> dict[str, TextPack]:
    """The packs that count for an instrument, by language: those of its present version."""
    version = shipped()[instrument].version
    return {language: one for language, one in _newest(instrument).items() if one.words and one.version == version}


def worded(key: str) -> Instrument:
    """An instrument as it is shown: with its own words, those of packs, or numbers. At most one query."""
    instrument = shipped()[key]
    if instrument.status != Status.PACK_REQUIRED or not (packs := loaded(key)):
        return instrument
    words = {language: pack.words for language, pack in packs.items()}
    parts = [replace(part, items=tuple(_item(item, words) for item in part.items)) for part in instrument.parts]
    return replace(instrument, parts=tuple(parts), languages=(*instrument.languages, *sorted(words)))


def _item(item: Item, words: Mapping[str, Mapping[str, str]]) -> Item:
    choices = tuple(
        replace(choice, text=_with(choice.text, f"answer:{choice.value}", words)) for choice in item.scale.choices
    )
    return replace(item, text=_with(item.text, f"item:{item.key}", words), scale=replace(item.scale, choices=choices))


def _with(text: Words, name: str, words: Mapping[str, Mapping[str, str]]) -> Words:
    return {**text, **{language: one[name] for language, one in words.items() if name in one}}
