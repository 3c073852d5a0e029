"""A drawn name, from strangers: only strokes come in, as numbers, and only what we write ourselves goes out.

The pad of the signing page sends an SVG. Nothing of it is ever shown: it must match, from its first character to its
last, the few shapes that the pad draws; of these the coordinates are read, and paths are written anew from them.
"""

import json
import re
from dataclasses import dataclass

from practice.domain import audit

LARGEST = 200_000
"""Characters. A long name drawn slowly has about 60,000."""

SMALLEST = 24
"""How far, in pixels, a drawing must reach to be more than a dot or a slip of the finger."""

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
    if not (0 < width <= 4000 and 0 < height <= 4000):
        raise NotASignature("no size")
    strokes, reached, position = [], _Reach(), head.end()
    while not svg.startswith("</svg>", position):
        if found := _CURVE.match(svg, position):
            strokes.append(_curve([float(one) for one in found.groups()], reached))
        elif found := _DOT.match(svg, position):
            strokes.append(_dot([float(one) for one in found.groups()], reached))
        else:
            raise NotASignature("something else than strokes")
        position = found.end()
    if svg[position:] != "</svg>" or not reached.enough:
        raise NotASignature("too little, or something after the end")
    return Drawing(width, height, tuple(strokes))


class _Reach:
    """How far the ink reaches."""

    def __init__(self) -> None:
        self.xs: list[float] = []
        self.ys: list[float] = []

    def to(self, x: float, y: float) -> None:
        self.xs.append(x)
        self.ys.append(y)

    @property
    def enough(self) -> bool:
        return bool(self.xs) and max(max(self.xs) - min(self.xs), max(self.ys) - min(self.ys)) >= SMALLEST


def _curve(n: list[float], reached: _Reach) -> Stroke:
    reached.to(n[0], n[1])
    reached.to(n[6], n[7])
    d = f"M{n[0]:.1f} {n[1]:.1f}C{n[2]:.1f} {n[3]:.1f} {n[4]:.1f} {n[5]:.1f} {n[6]:.1f} {n[7]:.1f}"
    return Stroke(d, f"{min(max(n[8], 0.3), 12):.1f}")


def _dot(n: list[float], reached: _Reach) -> Stroke:
    reached.to(n[1], n[2])
    return Stroke(f"M{n[1]:.1f} {n[2]:.1f}h0.1", f"{min(max(2 * n[0], 0.3), 12):.1f}")
