"""An uploaded table: its bytes, read carefully into rows of text. Nothing in it is ever worked out.

Read are UTF-8 with and without a byte order mark and Windows-1252, with commas, semicolons or tabs, quoted as in
RFC 4180. Whatever else it is, the reader learns in a sentence, with the line where there is one.
"""

import csv
import io
from dataclasses import dataclass

from django.utils.translation import gettext as _

LARGEST = 1024 * 1024
MOST_ROWS = 2000
MOST_COLUMNS = 60
LONGEST_CELL = 1000
DELIMITERS = (",", ";", "\t")


class Unreadable(Exception):
    """Why this file cannot be read as a table; the message is a sentence for the screen."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings: the line of the file that it ends on, and as many cells as there are headings."""

    line: int
    cells: tuple[str, ...]
    is_whole: bool = True
    """False when it has more cells than there are headings: one of them may stand in the wrong column."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings and the rows, without the empty ones."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read(data: bytes) -> Sheet:
    """The table in these bytes. Raises Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable(_("This file has more than 1 MB. Please take it apart into smaller ones."))
    text = _text(data)
    lines = _lines(text, _delimiter(text))
    headings = next((cells for _line, cells in lines if any(cells)), [])
    rows = [(line, cells) for line, cells in lines if any(cells)][1:]
    _check(headings, rows)
    return Sheet(tuple(headings), tuple(_row(line, cells, len(headings)) for line, cells in rows))


def _check(headings: list[str], rows: list[tuple[int, list[str]]]) -> None:
    if len(headings) > MOST_COLUMNS:
        raise Unreadable(
            _("This table has more than %(most)s columns. Please leave some out.") % {"most": MOST_COLUMNS}
        )
    if not rows:
        raise Unreadable(_("There are no rows in this file: the first one is read as headings."))
    if len(rows) > MOST_ROWS:
        words = _("This file has %(rows)s rows. Up to %(most)s can be taken in at a time.")
        raise Unreadable(words % {"rows": len(rows), "most": MOST_ROWS})


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        words = _("This is not a table in plain text. Please save it as “CSV UTF-8” and try again.")
        raise Unreadable(words)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The letters in this file cannot be read. Please save it as “CSV UTF-8” and try again."))


def _delimiter(text: str) -> str:
    """What stands most often in the first line that has words, outside quotation marks; a comma if nothing does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _lines(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)
    found = []
    try:
        for cells in reader:
            found.append((reader.line_num, [_cell(cell) for cell in cells]))
    except csv.Error as error:
        words = _(
            "Line %(line)s cannot be read: a quotation mark is not closed or closed too early, or a cell is very long."
        )
        raise Unreadable(words % {"line": reader.line_num}) from error
    return found


def _cell(text: str) -> str:
    """One line of text without control characters; what a spreadsheet wraps to keep a zero, ="07700", unwrapped."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if plain.startswith('="') and plain.endswith('"') and '"' not in plain[2:-1]:
        plain = plain[2:-1]
    return plain[:LONGEST_CELL]


def _row(line: int, cells: list[str], width: int) -> Row:
    rest = cells[width:]
    return Row(line, tuple((cells + [""] * width)[:width]), is_whole=not any(rest))
