"""A path as a plain list of coordinates, one point a line, for those who cannot use a map; and back again.

Read are degrees with a sign or with N, S, E, W, degrees with minutes and seconds, and a height in metres as the third.
A comma may part numbers or stand for the decimal point; where it could be either, we ask and do not guess.
"""

import math
import re
from itertools import accumulate, pairwise
from typing import cast

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from routes.domain.editing import FARTHEST, counted, on_earth
from routes.domain.geometry import distance
from routes.domain.gpx import HIGHEST, LOWEST, GpxProblem, Point, Track, Words

LONGEST_LINE = 100
_UNREADABLE = _("Line {number} could not be read. Write latitude and longitude, such as 51.5073, -0.1657.")
_AMBIGUOUS = _(
    "In line {number} a comma could part two numbers or be a decimal point. Part the numbers by a semicolon."
)
_SIXTY = _("In line {number}, minutes and seconds must be less than 60, and only the last number has decimals.")
_SIGNED = _("Line {number} has both a sign and a letter. Write 0.1657 W, or -0.1657.")
_NOWHERE = _("Line {number} is nowhere on Earth. Latitude comes first, -90 to 90; then longitude, -180 to 180.")
_HEIGHT = _("In line {number}, the height must lie between -500 and 9,000 m.")
_ALONE = _("Line {number} stands alone. An empty line begins a new piece, and a piece needs at least two lines.")
_FAR = _("Point {number} is more than 5 km from the point before it.")

_SPELLINGS = str.maketrans(
    {"−": "-", "–": "-", "º": "°", "˚": "°"} | dict.fromkeys("′’´", "'") | dict.fromkeys("″”“", '"')
)
_LETTERS_FIRST = re.compile(r"([NSEW])([^NSEW]+)([NSEW])([^NSEW;]+?)(?:(?:;|,\s)([^NSEW]*))?")
_LETTERS_LAST = re.compile(r"([^NSEW]+)([NSEW])([^NSEW]+)([NSEW])[\s,;]*([^NSEW]*)")
_DEGREES = re.compile(r"([^°]+°[^°]*?)[\s,;]+([+-]?[0-9.,]+\s*°[^°,;]*)(?:[,;](.*))?")
_UNCLEAR_COMMA = re.compile(r"(?<![0-9.])[0-9]+,[0-9]")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


class _Unclear(Exception):
    """Why a line is no point, in words that wait for the number of the line."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.words = words


def read(text: str) -> Track:
    """The path of the lines in `text`; GpxProblem names the first line that is wrong. An empty line begins a piece."""
    lines = text.splitlines()
    counted(sum(bool(line.strip()) for line in lines))
    pieces: list[list[tuple[int, Point]]] = [[]]
    for number, line in enumerate(lines, start=1):
        if line.strip():
            pieces[-1].append((number, _numbered(number, line)))
        elif pieces[-1]:
            pieces.append([])
    found = [piece for piece in pieces if piece]
    return Track(tuple(map(_piece, found, accumulate(map(len, found), initial=0))))


def _numbered(number: int, line: str) -> Point:
    try:
        return _point(line)
    except _Unclear as problem:
        raise GpxProblem(format_lazy(cast(str, problem.words), number=number)) from None


def _piece(numbered: list[tuple[int, Point]], before: int) -> tuple[Point, ...]:
    """The points of one piece; `before` is how many points the pieces before it have, as the map numbers them."""
    if len(numbered) == 1:
        raise GpxProblem(format_lazy(_ALONE, number=numbered[0][0]))
    points = tuple(point for _number, point in numbered)
    for number, (a, b) in enumerate(pairwise(points), start=before + 2):
        if distance(a, b) > FARTHEST:
            raise GpxProblem(format_lazy(_FAR, number=number))
    return points


def text_of(track: Track) -> str:
    """The path as lines that `read` takes, to seven digits (a centimetre), with an empty line between pieces."""
    return "\n\n".join("\n".join(_line(point) for point in part) for part in track.parts)


def _line(point: Point) -> str:
    numbers = [f"{point.lat:.7f}", f"{point.lon:.7f}", *([] if point.ele is None else [f"{point.ele:.1f}"])]
    return ", ".join(number.rstrip("0").rstrip(".") for number in numbers)


def _point(line: str) -> Point:
    line = line.translate(_SPELLINGS).strip(" \t,;").upper()
    line = re.sub(r"(?<=[0-9])\s*M$", "", line)
    if len(line) > LONGEST_LINE:
        raise _Unclear(_UNREADABLE)
    if re.search("[NSEW]", line):
        lat, lon, height = _lettered(line)
    else:
        lat, lon, height = _fields(line)
    position = _degrees(lat), _degrees(lon)
    if not on_earth(*position):
        raise _Unclear(_NOWHERE)
    return Point(*position, _metres(height))


def _lettered(line: str) -> tuple[str, str, str]:
    """Latitude and longitude with a sign in place of the letter, in this order whichever came first."""
    if found := _LETTERS_FIRST.fullmatch(line):
        one, first, other, second, height = found.groups()
    elif found := _LETTERS_LAST.fullmatch(line):
        first, one, second, other, height = found.groups()
    else:
        raise _Unclear(_UNREADABLE)
    if "+" in first + second or "-" in first + second:
        raise _Unclear(_SIGNED)
    first, second = _with_points(line, [first.strip(" \t,;"), second.strip(" \t,;")])
    told = {letter: ("-" if letter in "SW" else "") + angle for letter, angle in ((one, first), (other, second))}
    lat, lon = told.get("N") or told.get("S"), told.get("E") or told.get("W")
    if not lat or not lon:
        raise _Unclear(_UNREADABLE)
    return lat, lon, height or ""


def _fields(line: str) -> tuple[str, str, str]:
    if found := _DEGREES.fullmatch(line):
        fields = [field or "" for field in found.groups()]
    elif ";" in line:
        fields = line.split(";")
    elif "." in line:
        if _UNCLEAR_COMMA.search(line):
            raise _Unclear(_AMBIGUOUS)
        fields = re.split(r"[\s,]+", line)
    else:
        fields = [field.rstrip(",") for field in line.split()]
        if len(fields) == 1 and "," in line:
            raise _Unclear(_AMBIGUOUS)
    if len(fields) not in (2, 3):
        raise _Unclear(_UNREADABLE)
    lat, lon = _with_points(line, fields[:2])
    return lat, lon, fields[2] if len(fields) == 3 else ""


def _with_points(line: str, angles: list[str]) -> list[str]:
    """Decimal commas as points: only where no point stands in the line and both numbers have just one comma."""
    commas = [angle.count(",") for angle in angles]
    if not any(commas):
        return angles
    if commas != [1, 1] or "." in line:
        raise _Unclear(_AMBIGUOUS)
    return [angle.replace(",", ".") for angle in angles]


def _degrees(angle: str) -> float:
    """Of "-0 9 56.5", with any signs for degrees, minutes and seconds between."""
    angle = angle.strip()
    numbers = re.sub("[°'\":]", " ", re.sub("^[+-]", "", angle)).split()
    if not 1 <= len(numbers) <= 3 or not all(_NUMBER.fullmatch(number) for number in numbers):
        raise _Unclear(_UNREADABLE)
    whole, small = numbers[:-1], [float(number) for number in numbers[1:]]
    if any("." in number for number in whole) or any(number >= 60 for number in small):
        raise _Unclear(_SIXTY)
    degrees = math.fsum(float(number) / float(60**power) for power, number in enumerate(numbers))
    return 0.0 - degrees if angle.startswith("-") else degrees


def _metres(height: str) -> float | None:
    height = height.strip(" \t,;").replace(",", ".")
    if not height:
        return None
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", height):
        raise _Unclear(_UNREADABLE)
    if not LOWEST <= float(height) <= HIGHEST:
        raise _Unclear(_HEIGHT)
    return float(height) + 0.0
