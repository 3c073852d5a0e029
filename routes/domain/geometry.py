"""What can be measured on a path: length, climbing, steepness. It belongs to the route, never to a person."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from geographiclib.geodesic import Geodesic

from routes.domain.gpx import Point, Track

THRESHOLD = 5.0
"""Metres of climb that count, for heights by GPS or from a coarse model (our default; 3 m for a good model)."""
SPIKE = 50.0
"""Metres by which a height must leave its neighbours to be a fault of the device."""
GRADE_WINDOW = 50.0
STRETCH = 25.0
"""Metres over which a slope is evened out: heights by satellite are no good for less (ours)."""
BANDS = (1 / 20, 1 / 12, 1 / 10, 1 / 8)
"""Upper ends of the bands of running slope (US Access Board, ABA 1017.7.1): 5, 8.33, 10 and 12.5 %."""
TALKING_KMH = 4.0

_WGS84 = Geodesic.WGS84
_A, _E2 = _WGS84.a, _WGS84.f * (2 - _WGS84.f)

Line = Sequence[Point]


@dataclass(frozen=True, slots=True)
class Box:
    """South, west, north, east. Over the antimeridian west is greater than east, as in GeoJSON."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Metres of path in one band of slope, and the slope over them: 0.08 is 8 %, up or down."""

    metres: float
    grade: float

    @property
    def band(self) -> int:
        """0 up to 5 %, then 1, 2, 3, and 4 above 12.5 %."""
        return bisect_left(BANDS, self.grade)


@dataclass(frozen=True, slots=True)
class Measures:
    """What can be told about a path from its points: metres, per cent, and its shape."""

    points: int
    distance_m: float
    ascent_m: float
    descent_m: float
    max_grade_pct: float | None
    is_loop: bool
    box: Box
    has_elevation: bool

    @property
    def minutes(self) -> int:
        return minutes(self.distance_m, self.ascent_m)


def measure(track: Track) -> Measures:
    """Everything at once. Gaps between recorded parts are neither walked nor climbed."""
    steps = [distances(part) for part in track.parts]
    length = sum(part[-1] for part in steps)
    up = down = 0.0
    for part in track.parts:
        climbed, dropped = ascent([point.ele for point in part])
        up, down = up + climbed, down + dropped
    grades = [
        grade
        for part, metres in zip(track.parts, steps, strict=True)
        if (grade := max_grade(metres, [point.ele for point in part])) is not None
    ]
    return Measures(
        points=sum(len(part) for part in track.parts),
        distance_m=length,
        ascent_m=up,
        descent_m=down,
        max_grade_pct=max(grades, default=None),
        is_loop=is_loop(track.parts[0][0], track.parts[-1][-1], length),
        box=box(track.points),
        has_elevation=track.has_elevation,
    )


# --------------------------------------------------------------------------------------------------------- distance


def distance(a: Point, b: Point) -> float:
    """Metres on the WGS84 ellipsoid.

    Steps of a walk are short, and there the radii of curvature at the middle give the geodesic to better than one
    part in a million, thirty times faster; near a pole the chord does. Long steps take the geodesic itself.
    """
    rise = b.lat - a.lat
    turn = math.remainder(b.lon - a.lon, 360.0)
    middle = (a.lat + b.lat) / 2
    if abs(middle) > 80.0 and (straight := chord(a, b)) < 1000.0:
        return straight
    if abs(rise) > 0.009 or abs(turn) > 0.03 or abs(middle) > 80.0:
        return float(_WGS84.Inverse(a.lat, a.lon, b.lat, b.lon, Geodesic.DISTANCE)["s12"])
    sine = math.sin(math.radians(middle))
    bend = 1.0 - _E2 * sine * sine
    prime = _A / math.sqrt(bend)
    north = math.radians(rise) * prime * (1.0 - _E2) / bend
    east = math.radians(turn) * prime * math.sqrt(1.0 - sine * sine)
    return math.hypot(north, east)


def chord(a: Point, b: Point) -> float:
    """Metres straight through the ground: never more than along it, and a micrometre less for a kilometre."""
    return math.dist(_in_space(a), _in_space(b))


def _in_space(point: Point) -> tuple[float, float, float]:
    lat, lon = math.radians(point.lat), math.radians(point.lon)
    prime = _A / math.sqrt(1.0 - _E2 * math.sin(lat) ** 2)
    out = prime * math.cos(lat)
    return out * math.cos(lon), out * math.sin(lon), prime * (1.0 - _E2) * math.sin(lat)


def distances(line: Line) -> list[float]:
    """Metres from the start for each point."""
    return list(accumulate((distance(a, b) for a, b in pairwise(line)), initial=0.0))


def along(parts: Iterable[Line]) -> list[float]:
    """Metres from the start for each point of all parts in a row; the gaps between them have no length."""
    metres: list[float] = []
    for part in parts:
        before = metres[-1] if metres else 0.0
        metres += [before + more for more in distances(part)]
    return metres


def is_loop(start: Point, end: Point, length: float) -> bool:
    """Does it end where it began: within 50 m, or within 5 % of its length (and not just because it is so short)?

    A path walked out and back does, too; `shape.turns_back` tells the two apart.
    """
    gap = distance(start, end)
    return gap <= max(50.0, 0.05 * length) and gap * 3 < length


def box(points: Iterable[Point]) -> Box:
    """The smallest box around the points; the one over the antimeridian when that is the smaller."""
    points = list(points)
    south, north = min(point.lat for point in points), max(point.lat for point in points)
    west, east = min(point.lon for point in points), max(point.lon for point in points)
    if east - west > 180.0:
        west = min(point.lon for point in points if point.lon >= 0.0)
        east = max(point.lon for point in points if point.lon < 0.0)
    return Box(south, west, north, east)


def minutes(distance_m: float, ascent_m: float, kmh: float = TALKING_KMH) -> int:
    """Naismith 1892: the way at an even pace and a minute for each 10 m up. Walking and talking is 4 km/h (ours)."""
    return round(distance_m / 1000 / kmh * 60 + ascent_m / 10)


# ---------------------------------------------------------------------------------------------------------- heights


def ascent(heights: Iterable[float | None], threshold: float = THRESHOLD) -> tuple[float, float]:
    """Metres up and down, by hysteresis: only a change of `threshold` from the last kept height counts.

    A plain sum of differences climbs hills on a flat path, because satellites guess heights. Hysteresis depends on the
    end it begins at, a path does not: we read it from both and believe the one that climbs less, since noise only adds.
    """
    series = despike([height for height in heights if height is not None])
    there, (down, up) = _climbs(series, threshold), _climbs(series[::-1], threshold)
    back = (up, down)
    if sum(there) == sum(back):
        return (there[0] + up) / 2, (there[1] + down) / 2
    return min(there, back, key=sum)


def _climbs(series: Sequence[float], threshold: float) -> tuple[float, float]:
    up = down = 0.0
    kept = series[0] if series else 0.0
    for height in series:
        change = height - kept
        if change >= threshold:
            up, kept = up + change, height
        elif change <= -threshold:
            down, kept = down - change, height
    return up, down


def despike(series: Sequence[float]) -> list[float]:
    """Heights, with each single jump of more than 50 m replaced by the median of it and its two neighbours."""
    calm = list(series)
    for index, (before, height, after) in enumerate(zip(series, series[1:], series[2:], strict=False), start=1):
        if abs(height - before) > SPIKE and abs(height - after) > SPIKE:
            calm[index] = sorted((before, height, after))[1]
    return calm


def max_grade(metres: Sequence[float], heights: Sequence[float | None], window: float = GRADE_WINDOW) -> float | None:
    """Steepest stretch of `window` metres, in per cent, up or down; None without heights or on a shorter path.

    Heights every 10 m are first evened out over 50 m, or the noise of satellites would build walls.
    """
    known = [(m, h) for m, h in zip(metres, heights, strict=True) if h is not None]
    if len(known) < 2 or known[-1][0] - known[0][0] < window:
        return None
    steps = 5
    count = min(int((known[-1][0] - known[0][0]) / window * steps), 20_000)
    even = _evened([h for _m, h in resample([m for m, _h in known], despike([h for _m, h in known]), count + 1)])
    stretch = (known[-1][0] - known[0][0]) / count * steps
    steepest = max(abs(after - before) for before, after in zip(even, even[steps:], strict=False))
    return steepest / stretch * 100


def grades(track: Track) -> tuple[Segment, ...]:
    """The slopes along the path, neighbours in one band as one; always an estimate, never a measurement.

    Each is the mean over 25 m of heights that were evened out over 25 m. Empty without heights.
    """
    found: list[Segment] = []
    for part in track.parts:
        found += _stretches(distances(part), [point.ele for point in part])
    return merged(found)


def merged(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Neighbours in one band as one: a slope does not get shorter by being told in pieces."""
    return tuple(_joined(list(same)) for _band, same in groupby(segments, key=lambda segment: segment.band))


def _joined(same: list[Segment]) -> Segment:
    """Their mean, and not a hair beyond the flattest and the steepest, where the band may end."""
    metres = sum(one.metres for one in same)
    mean = sum(one.metres * one.grade for one in same) / metres if metres else 0.0
    return Segment(metres, sorted((min(one.grade for one in same), mean, max(one.grade for one in same)))[1])


def _stretches(metres: Sequence[float], heights: Sequence[float | None], finer: int = 5) -> list[Segment]:
    known = [(m, h) for m, h in zip(metres, heights, strict=True) if h is not None]
    length = known[-1][0] - known[0][0] if known else 0.0
    if length < STRETCH:
        return []
    count = min(int(length / STRETCH), 8_000)
    samples = resample([m for m, _h in known], despike([h for _m, h in known]), count * finer + 1)
    even = _evened([h for _m, h in samples])[::finer]
    return [Segment(length / count, round(abs(b - a) / (length / count), 4)) for a, b in pairwise(even)]


def _evened(series: Sequence[float], reach: int = 2) -> list[float]:
    """Means over `reach` neighbours on both sides; towards the ends over fewer, but as many on each side."""
    last = len(series) - 1
    calm = []
    for index in range(len(series)):
        near = min(reach, index, last - index)
        calm.append(sum(series[index - near : index + near + 1]) / (2 * near + 1))
    return calm


def resample(xs: Sequence[float], ys: Sequence[float], samples: int) -> list[tuple[float, float]]:
    """(x, y) at `samples` even steps from the first to the last x, in one pass."""
    step, found, after = (xs[-1] - xs[0]) / (samples - 1), [], 1
    for number in range(samples):
        x = xs[0] + step * number
        while after < len(xs) - 1 and xs[after] < x:
            after += 1
        x0, x1 = xs[after - 1], xs[after]
        share = min((x - x0) / (x1 - x0), 1.0) if x1 > x0 else 1.0
        found.append((x, ys[after - 1] + (ys[after] - ys[after - 1]) * share))
    return found


def height_at(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """The height at `x` metres, evenly between the known ones; before the first and after the last it stays."""
    after = bisect_right(xs, x)
    if after == 0:
        return ys[0]
    if after == len(xs):
        return ys[-1]
    x0, x1 = xs[after - 1], xs[after]
    return ys[after - 1] + (ys[after] - ys[after - 1]) * (x - x0) / (x1 - x0)


def profile(parts: Sequence[Line], samples: int = 160) -> list[tuple[float, float]]:
    """(metres from the start, height) at even steps along the path; empty without at least two heights."""
    line = [point for part in parts for point in part]
    known = [(m, point.ele) for m, point in zip(along(parts), line, strict=True) if point.ele is not None]
    if len(known) < 2 or known[-1][0] <= known[0][0]:
        return []
    xs, ys = [m for m, _height in known], despike([height for _m, height in known])
    return resample(xs, ys, samples)
