"""A drawn name, from strangers: only strokes come in, as numbers, and only what we write ourselves goes out.

The pad of the signing page sends an SVG. Nothing of it is ever shown: it must match, from its first character to its
last, the few shapes that the pad draws; of these the coordinates are read, and paths are written anew from them.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import dist

from practice.domain import audit

LARGEST = 200_000
"""Characters. A long name drawn slowly has about 60,000."""

WIDEST, TALLEST = 640, 240
"""The largest pad, in pixels: the page's column is 600 wide and the pad 180 high. On a larger one, what is long enough
to be a name would be a speck."""

SMALLEST = 24
"""How far, in pixels, a drawing must reach to be more than a dot or a slip of the finger."""

SHORTEST = 40
"""How long, in pixels, the lines of a drawing must be together; specks far apart are no name."""

THINNEST, THICKEST = 0.8, 12
"""How wide a line is kept, in pixels; the pad draws none that is thinner."""

_PARTS = 8  # of a curve, when its length is taken

_N = r"(-?\d{1,5}(?:\.\d{1,17})?)"
_COLOUR = r"#[0-9a-f]{6}"
_HEAD = re.compile(
    r'<svg xmlns="http://www\.w3\.org/2000/svg"(?: xmlns:xlink="http://www\.w3\.org/1999/xlink")?'
    rf' viewBox="0 0 {_N} {_N}" width="{_N}" height="{_N}">'
)
_CURVE = re.compile(
    rf'<path d="M {_N},{_N} C {_N},{_N} {_N},{_N} {_N},{_N}" stroke-width="{_N}" stroke="{_COLOUR}"'
    r' fill="none" stroke-linecap="round"(?:></path>|/>)'
)
_DOT = re.compile(rf'<circle r="{_N}" cx="{_N}" cy="{_N}" fill="{_COLOUR}"(?:></circle>|/>)')


class NotASignature(Exception):
    """It is no drawing of the pad, too large, or too little to be a name."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One piece of ink: a path of ours, and its width."""

    d: str
    width: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn name as numbers, in the pad's pixels."""

    width: int
    height: int
    strokes: tuple[Stroke, ...]

    def to_json(self) -> str:
        """As it is kept, sealed."""
        strokes = [[stroke.d, stroke.width] for stroke in self.strokes]
        return audit.canonical({"width": self.width, "height": self.height, "strokes": strokes})

    @classmethod
    def from_json(cls, text: str) -> "Drawing":
        """As it was kept."""
        data = json.loads(text)
        return cls(data["width"], data["height"], tuple(Stroke(*pair) for pair in data["strokes"]))


def read(svg: str) -> Drawing:
    """The strokes of a drawing. Raises NotASignature for everything that the pad would not send."""
    if len(svg) > LARGEST:
        raise NotASignature("too large")
    head = _HEAD.match(svg)
    if not head:
        raise NotASignature("no drawing")
    width, height = round(float(head[1])), round(float(head[2]))
    if not (0 < width <= WIDEST and 0 < height <= TALLEST):
        raise NotASignature("no size")
    strokes, ink, position = [], _Ink(width, height), head.end()
    while not svg.startswith("</svg>", position):
        if found := _CURVE.match(svg, position):
            strokes.append(_curve([float(one) for one in found.groups()], ink))
        elif found := _DOT.match(svg, position):
            strokes.append(_dot([float(one) for one in found.groups()]))
        else:
            raise NotASignature("something else than strokes")
        position = found.end()
    if svg[position:] != "</svg>" or not ink.is_enough:
        raise NotASignature("too little, or something after the end")
    return Drawing(width, height, tuple(strokes))


class _Ink:
    """The lines that can be seen: how long they are on the pad, and how far they reach there."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.length = 0.0
        self.xs: list[float] = []
        self.ys: list[float] = []

    def line(self, points: Iterable[tuple[float, float]]) -> None:
        for one, other in pairwise(points):
            if self._shows(one) and self._shows(other):
                self.length += dist(one, other)
                self.xs += (one[0], other[0])
                self.ys += (one[1], other[1])

    def _shows(self, point: tuple[float, float]) -> bool:
        return 0 <= point[0] <= self.width and 0 <= point[1] <= self.height

    @property
    def is_enough(self) -> bool:
        if self.length < SHORTEST:
            return False
        return max(max(self.xs) - min(self.xs), max(self.ys) - min(self.ys)) >= SMALLEST


def _curve(n: list[float], ink: _Ink) -> Stroke:
    ink.line((_at(n[0:8:2], part / _PARTS), _at(n[1:8:2], part / _PARTS)) for part in range(_PARTS + 1))
    d = f"M{n[0]:.1f} {n[1]:.1f}C{n[2]:.1f} {n[3]:.1f} {n[4]:.1f} {n[5]:.1f} {n[6]:.1f} {n[7]:.1f}"
    return Stroke(d, _width(n[8]))


def _at(n: list[float], t: float) -> float:
    """Where a cubic Bézier curve is, in one direction, at `t` from 0 to 1."""
    return (1 - t) ** 3 * n[0] + 3 * (1 - t) ** 2 * t * n[1] + 3 * (1 - t) * t**2 * n[2] + t**3 * n[3]


def _dot(n: list[float]) -> Stroke:
    if n[0] <= 0:
        raise NotASignature("a dot that cannot be seen")
    return Stroke(f"M{n[1]:.1f} {n[2]:.1f}h0.1", _width(2 * n[0]))


def _width(pixels: float) -> str:
    return f"{min(max(pixels, THINNEST), THICKEST):.1f}"
