"""The map of a route as plain data for one SVG template, the same for page and paper.

Only what the record knows is drawn: the path, its points, north, a scale. No streets, woods or water are invented.
All coordinates are in the units of the view box; the templates add nothing but elements and words.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from routes.domain.geometry import Box, box, height_at
from routes.domain.gpx import Point
from routes.domain.shape import METRES_PER_DEGREE, simplify

Parts = Sequence[Sequence[Point]]
XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of the record to be drawn: the start, a bench, an exit, a hazard."""

    lat: float
    lon: float
    name: str = ""
    kind: str = "point"


@dataclass(frozen=True, slots=True)
class Mark:
    """A spot on the drawing. `anchor` says where its label runs; without `label` only the list beside it has words."""

    x: float
    y: float
    number: int
    kind: str
    name: str
    label: str
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A bar that is so many metres long on this sheet."""

    x: float
    y: float
    width: float
    metres: int

    @property
    def path(self) -> str:
        return f"M{self.x:g} {self.y - 6:g}v6h{self.width:g}v-6"

    @property
    def text_y(self) -> float:
        return self.y - 12

    @property
    def label(self) -> str:
        return f"{self.metres / 1000:g} km" if self.metres >= 1000 else f"{self.metres} m"


@dataclass(frozen=True, slots=True)
class Map:
    """Everything the template of the map needs, in units of its view box."""

    width: int
    height: int
    path: str
    gaps: str
    grid: str
    start: XY
    arrows: tuple[str, ...]
    marks: tuple[Mark, ...]
    scale: Scale
    small: bool

    @property
    def north_x(self) -> int:
        return self.width - 28

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {self.height}"


def draw_map(
    parts: Parts, spots: Sequence[Spot] = (), *, width: int = 600, height: int = 400, small: bool = False
) -> Map:
    """The path fitted into the box, north up. `small` is a thumbnail: no labels, no grid, no scale to read."""
    everything = [point for part in parts for point in part]
    sheet = _Sheet.around(box([*everything, *(Point(s.lat, s.lon) for s in spots)]), width, height, small)
    lines = [_drawn([sheet.place(point.lat, point.lon) for point in part]) for part in parts]
    return Map(
        width=width,
        height=height,
        path="".join(path_of(line) for line in lines),
        gaps="".join(path_of([a[-1], b[0]]) for a, b in pairwise(lines)),
        grid="" if small else _grid(sheet),
        start=lines[0][0],
        arrows=() if small else _arrows(lines),
        marks=_marks(sheet, spots, lines, small),
        scale=_scale(sheet),
        small=small,
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Metres east and north of the middle, times `zoom`, on paper. True enough for the few kilometres of a walk."""

    lat: float
    lon: float
    zoom: float
    width: int
    height: int

    @classmethod
    def around(cls, area: Box, width: int, height: int, small: bool) -> "_Sheet":
        lat = (area.south + area.north) / 2
        span = (area.east - area.west) % 360.0
        east = max(span * METRES_PER_DEGREE * math.cos(math.radians(lat)), 60.0)
        north = max((area.north - area.south) * METRES_PER_DEGREE, 60.0)
        side, top = (34, 30) if small else (76, 62)
        zoom = min((width - 2 * side) / east, (height - 2 * top) / north)
        return cls(lat, (area.west + span / 2 + 180.0) % 360.0 - 180.0, zoom, width, height)

    def place(self, lat: float, lon: float) -> XY:
        turn = (lon - self.lon + 180.0) % 360.0 - 180.0
        x = turn * METRES_PER_DEGREE * math.cos(math.radians(self.lat)) * self.zoom
        y = (lat - self.lat) * METRES_PER_DEGREE * self.zoom
        return self.width / 2 + x, self.height / 2 - y


def _drawn(line: list[XY]) -> list[XY]:
    return [line[index] for index in simplify(line)]


def path_of(line: Sequence[XY]) -> str:
    """SVG path data, to a tenth of a unit."""
    return "M" + "L".join(f"{round(x, 1):g} {round(y, 1):g}" for x, y in line)


def _grid(sheet: _Sheet) -> str:
    """A quiet grid of squares as wide as the scale bar, so that distances can be guessed anywhere on the sheet."""
    step = _scale(sheet).width
    across = [sheet.width / 2 + step * n for n in range(-20, 21)]
    down = [sheet.height / 2 + step * n for n in range(-20, 21)]
    return "".join(
        [f"M{x:.1f} 0V{sheet.height}" for x in across if 0 < x < sheet.width]
        + [f"M0 {y:.1f}H{sheet.width}" for y in down if 0 < y < sheet.height]
    )


def _scale(sheet: _Sheet) -> Scale:
    """The roundest length that is at most a quarter of the width."""
    room = sheet.width / 4 / sheet.zoom
    power = 10 ** math.floor(math.log10(room))
    metres = max(int(power * factor) for factor in (1, 2, 5) if power * factor <= room)
    return Scale(x=24, y=sheet.height - 20, width=round(metres * sheet.zoom, 1), metres=metres)


def _arrows(lines: Sequence[Sequence[XY]]) -> tuple[str, ...]:
    """Two small heads on the longest piece that say which way round it is walked."""
    line = max(lines, key=_span)
    along = [0.0]
    for a, b in pairwise(line):
        along.append(along[-1] + math.dist(a, b))
    if along[-1] < 120:
        return ()
    heads = []
    for share in (0.3, 0.72):
        (x0, y0), (x1, y1) = (_at(line, along, along[-1] * share + shift) for shift in (-4.0, 4.0))
        angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
        heads.append(f"translate({(x0 + x1) / 2:.1f} {(y0 + y1) / 2:.1f}) rotate({angle:.0f})")
    return tuple(heads)


def _span(line: Sequence[XY]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(line))


def _at(line: Sequence[XY], along: Sequence[float], where: float) -> XY:
    xs, ys = [x for x, _y in line], [y for _x, y in line]
    return height_at(along, xs, where), height_at(along, ys, where)


def _marks(sheet: _Sheet, spots: Sequence[Spot], lines: Sequence[Sequence[XY]], small: bool) -> tuple[Mark, ...]:
    at = [sheet.place(spot.lat, spot.lon) for spot in spots]
    placed: list[Room] = [(x - 14, y - 14, x + 14, y + 14) for x, y in at]
    path = [place for line in lines for place in _close_steps(line)]
    marks = []
    for number, (spot, (x, y)) in enumerate(zip(spots, at, strict=True), start=1):
        label, label_x, label_y, anchor = "", 0.0, 0.0, "start"
        if spot.name and not small:
            free = [
                side
                for side in _sides(x, y, sheet)
                if _inside(room := _room(side, spot.name), sheet) and not any(_overlap(room, taken) for taken in placed)
            ]
            if free:
                label, side = spot.name, min(free, key=lambda side: _on_path(_room(side, spot.name), path))
                label_x, label_y, anchor = side
                placed.append(_room(side, spot.name))
        marks.append(Mark(x, y, number, spot.kind, spot.name, label, label_x, label_y, anchor))
    return tuple(marks)


Side = tuple[float, float, str]
Room = tuple[float, float, float, float]


def _close_steps(line: Sequence[XY], step: float = 8.0) -> list[XY]:
    """Places along the line no farther apart than `step`, to see what a label would cover."""
    places: list[XY] = []
    for (x0, y0), (x1, y1) in pairwise(line):
        count = int(math.dist((x0, y0), (x1, y1)) / step) + 1
        places += [(x0 + (x1 - x0) * n / count, y0 + (y1 - y0) * n / count) for n in range(count)]
    return places


def _on_path(room: Room, path: Sequence[XY]) -> int:
    left, top, right, bottom = room
    return sum(left - 5 < x < right + 5 and top - 5 < y < bottom + 5 for x, y in path)


def _sides(x: float, y: float, sheet: _Sheet) -> list[Side]:
    """Where a label may stand, outwards from the middle first: there the path is least in its way."""
    right, left = (x + 20, y + 5, "start"), (x - 20, y + 5, "end")
    above, below = (x, y - 22, "middle"), (x, y + 31, "middle")
    first = [right, left] if x >= sheet.width / 2 else [left, right]
    return [*first, *([below, above] if y >= sheet.height / 2 else [above, below])]


def _room(side: Side, text: str) -> Room:
    x, y, anchor = side
    wide = 9.6 * len(text)
    left = {"start": x, "end": x - wide, "middle": x - wide / 2}[anchor]
    return left, y - 15, left + wide, y + 6


def _inside(room: Room, sheet: _Sheet) -> bool:
    return room[0] > 4 and room[1] > 4 and room[2] < sheet.width - 4 and room[3] < sheet.height - 40


def _overlap(a: Room, b: Room) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
