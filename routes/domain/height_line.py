"""The height line of a route as plain data for one SVG template, the same for page and paper."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routes.domain.drawing import XY, Parts, Spot, path_of
from routes.domain.geometry import along, height_at, profile
from routes.domain.gpx import Point
from routes.domain.shape import METRES_PER_DEGREE

At = Callable[[float, float], XY]


@dataclass(frozen=True, slots=True)
class ProfileMark:
    """A numbered spot under the height line."""

    x: float
    y: float
    number: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the template of the height line needs, in units of its view box."""

    width: int
    height: int
    line: str
    area: str
    base: float
    lowest: int
    highest: int
    top: XY
    top_anchor: str
    marks: tuple[ProfileMark, ...]
    small: bool

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {self.height}"

    @property
    def rise(self) -> int:
        return self.highest - self.lowest

    @property
    def flat(self) -> bool:
        return self.highest - self.lowest < 5


def draw_profile(parts: Parts, spots: Sequence[Spot] = ()) -> Profile | None:
    """The height line of a whole path with its spots under it, or None without heights."""
    heights = profile(parts)
    return draw_heights(heights, parts=parts, spots=spots) if heights else None


def draw_heights(
    heights: Sequence[XY],
    *,
    parts: Parts = (),
    spots: Sequence[Spot] = (),
    width: int = 600,
    height: int = 104,
    small: bool = False,
) -> Profile:
    """(metres, height) pairs as a line. Gentle paths look gentle: the scale never shows less than 30 m."""
    low, high = min(h for _m, h in heights), max(h for _m, h in heights)
    side, top, base = (0, 3, height - 2) if small else (12, 26, height - 20)
    length, lift = heights[-1][0], (base - top) * 0.88 / max(high - low, 30.0)

    def at(metres: float, tall: float) -> XY:
        return side + metres / length * (width - 2 * side), base - (base - top) * 0.12 - (tall - low) * lift

    drawn = [at(m, h) for m, h in heights]
    peak = at(*max(heights, key=lambda pair: pair[1]))
    path = path_of(drawn)
    return Profile(
        width=width,
        height=height,
        line=path,
        area=f"{path}L{drawn[-1][0]:g} {base:g}L{drawn[0][0]:g} {base:g}Z",
        base=base,
        lowest=round(low),
        highest=round(high),
        top=peak,
        top_anchor="start" if peak[0] < 60 else "end" if peak[0] > width - 60 else "middle",
        marks=_marks(parts, heights, spots, at) if spots else (),
        small=small,
    )


def _marks(parts: Parts, heights: Sequence[XY], spots: Sequence[Spot], at: At) -> tuple[ProfileMark, ...]:
    """Spots on the path (within 40 m of it) stand under the height line where the path first passes them."""
    line, metres_at = [point for part in parts for point in part], along(parts)
    xs, ys = [m for m, _h in heights], [h for _m, h in heights]
    marks: list[ProfileMark] = []
    for number, spot in enumerate(spots, start=1):
        metres = passing(line, metres_at, spot)
        if metres is None:
            continue
        x, y = at(metres, height_at(xs, ys, metres))
        if all(abs(x - other.x) > 16 for other in marks):
            marks.append(ProfileMark(x, y, number, "start" if x < 20 else "middle"))
    return tuple(marks)


def passing(line: Sequence[Point], metres: Sequence[float], spot: Spot, within: float = 40.0) -> float | None:
    """Metres from the start at which the line passes the spot; None when it stays farther away than `within`."""
    squeeze = math.cos(math.radians(spot.lat))

    def away(point: Point) -> float:
        turn = (point.lon - spot.lon + 180.0) % 360.0 - 180.0
        return math.hypot(point.lat - spot.lat, turn * squeeze) * METRES_PER_DEGREE

    nearest = min(range(len(line)), key=lambda index: away(line[index]))
    return metres[nearest] if away(line[nearest]) <= within else None
