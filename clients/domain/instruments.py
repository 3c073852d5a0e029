"""What can be asked: one TOML file an instrument in `clients/instruments/`, read and checked at start."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from clients.domain.instrument_files import BrokenInstrument, read
from clients.domain.questions import (
    LEFT_OUT,
    Answer,
    Answers,
    Instrument,
    Item,
    Outcome,
    Part,
    Status,
    Words,
    said,
)

FOLDER = Path(__file__).resolve().parent.parent / "instruments"


@cache
def shipped() -> Mapping[str, Instrument]:
    """Every instrument in the folder, by key. Raises BrokenInstrument for the first that is not whole."""
    return MappingProxyType({found.key: found for found in map(read, sorted(FOLDER.glob("*.toml")))})


__all__ = [
    "FOLDER",
    "LEFT_OUT",
    "Answer",
    "Answers",
    "BrokenInstrument",
    "Instrument",
    "Item",
    "Outcome",
    "Part",
    "Status",
    "Words",
    "read",
    "said",
    "shipped",
]
