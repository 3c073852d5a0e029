"""Starting points for a risk assessment: `routes/assessments/*.toml`, read once and checked.

What a file suggests is ours and is there to be thought over on the path itself. A broken file is refused with its name
and what is wrong with it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from routes.domain.risk import COLUMNS, Likelihood, Line, Severity
from routes.models import Hazard, RiskAssessment

FOLDER = Path(__file__).resolve().parent.parent / "assessments"
HEAD = {"name", "about", "season", "hours", "alone", "hazards"}
TEXTS = ("kind", "words", "who", "control")
SCALES = {
    "likelihood": Likelihood,
    "severity": Severity,
    "likelihood_after": Likelihood,
    "severity_after": Severity,
}


class BrokenTemplate(Exception):
    """A sentence with the file and what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Template:
    """One starting point: its key is the name of its file; its words are translated when shown."""

    key: str
    name: str
    about: str
    season: str
    hours: str
    alone: str
    hazards: tuple[Line, ...]

    @property
    def lines(self) -> list[Line]:
        """Its lines in the reader's language."""
        return [
            Line(
                kind=one.kind,
                words=_(one.words),
                who=_(one.who),
                likelihood=one.likelihood,
                severity=one.severity,
                control=_(one.control),
                likelihood_after=one.likelihood_after,
                severity_after=one.severity_after,
            )
            for one in self.hazards
        ]


@cache
def shipped() -> Mapping[str, Template]:
    """Every template by its key. Raises `BrokenTemplate`."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))}


def read(path: Path) -> Template:
    """One file. Raises `BrokenTemplate`."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenTemplate(f"{path.name} is not valid TOML: {error}.") from error
    if set(told) != HEAD:
        raise BrokenTemplate(f"{path.name}: it needs {_names(HEAD)}, and has {_names(told)}.")
    if told["season"] not in RiskAssessment.Season.values:
        raise BrokenTemplate(f'{path.name}: the season "{told["season"]}" is not known.')
    if not isinstance(told["hazards"], list) or not told["hazards"]:
        raise BrokenTemplate(f"{path.name}: it has no hazards.")
    hazards = tuple(_line(path, number, row) for number, row in enumerate(told.pop("hazards"), start=1))
    for name, value in told.items():
        if not isinstance(value, str) or not value:
            raise BrokenTemplate(f"{path.name}: {name} has to be words.")
    return Template(path.stem, hazards=hazards, **told)


def _line(path: Path, number: int, row: Any) -> Line:
    where = f"{path.name}, hazard {number}"
    if not isinstance(row, dict) or set(row) != set(COLUMNS):
        raise BrokenTemplate(f"{where}: it needs {_names(COLUMNS)}.")
    if missing := [name for name in TEXTS if not isinstance(row[name], str) or not row[name]]:
        raise BrokenTemplate(f"{where}: {missing[0]} has to be words.")
    if row["kind"] not in Hazard.Kind.values:
        raise BrokenTemplate(f'{where}: the kind "{row["kind"]}" is not known.')
    for name, scale in SCALES.items():
        if type(row[name]) is not int or row[name] not in scale.values:
            raise BrokenTemplate(f"{where}: {name} goes from 1 to 5.")
    line = Line(**row)
    if line.got_worse:
        raise BrokenTemplate(f"{where}: it is worse after the control than before.")
    return line


def _names(names: Any) -> str:
    return ", ".join(sorted(names)) or "nothing"
