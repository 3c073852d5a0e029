"""Places along a path: where one is after so many minutes, after how many minutes one comes by, and how far apart
the exits lie."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

from routes.domain.geometry import along, height_at, measure
from routes.domain.gpx import Track
from routes.domain.shape import METRES_PER_DEGREE

SAME = 20.0
"""Metres: two passes that differ by less in how near they come are equally near, as a satellite finds them (ours)."""


@dataclass(frozen=True, slots=True)
class Foot:
    """The spot of a path that is nearest to a place: minutes from the start, and metres from the place to it."""

    minutes: int
    away_m: float


@dataclass(frozen=True, slots=True)
class Way:
    """A path with the metres from the start of each of its points, and the minutes that the whole takes."""

    track: Track
    metres_at: list[float]
    minutes: int

    @classmethod
    def of(cls, track: Track) -> "Way":
        """Measured once for all the places along it."""
        return cls(track, along(track.parts), max(measure(track).minutes, 1))

    def place_at(self, minutes: int) -> tuple[float, float]:
        """Latitude and longitude after so many minutes, walking and talking; past the end, the end."""
        line = self.track.points
        metres = self.metres_at[-1] * min(minutes / self.minutes, 1.0)
        lons = [line[0].lon + math.remainder(point.lon - line[0].lon, 360.0) for point in line]
        lat = height_at(self.metres_at, [point.lat for point in line], metres)
        lon = math.remainder(height_at(self.metres_at, lons, metres), 360.0)
        return round(lat, 7), round(lon, 7)

    def foot(self, lat: float, lon: float, *, near: float | None = None) -> Foot:
        """Straight down from a place to the path, on a plane about the place: good for the kilometre around it.

        Where the path comes by more than once, equally near within `SAME`, the pass nearest to these minutes counts;
        without minutes the nearest of all, and the first of equals.
        """
        feet = self._feet(lat, lon)
        nearest = min(feet, key=lambda foot: foot.away_m)
        if near is None:
            return nearest
        passes = groupby(feet, key=lambda foot: foot.away_m <= nearest.away_m + SAME)
        closest = [min(those, key=lambda foot: foot.away_m) for is_near, those in passes if is_near]
        return min(closest, key=lambda foot: abs(foot.minutes - near))

    def _feet(self, lat: float, lon: float) -> list[Foot]:
        """One foot on each stretch from point to point, in the order of walking."""
        squeeze = math.cos(math.radians(lat)) * METRES_PER_DEGREE
        found, first = list[Foot](), 0
        for part in self.track.parts:
            flat = [(math.remainder(p.lon - lon, 360.0) * squeeze, (p.lat - lat) * METRES_PER_DEGREE) for p in part]
            for index, (a, b) in enumerate(pairwise(flat), start=first):
                share, away = _down_to(a, b)
                metres = self.metres_at[index] + share * (self.metres_at[index + 1] - self.metres_at[index])
                found.append(Foot(round(metres / (self.metres_at[-1] or 1.0) * self.minutes), away))
            first += len(part)
        return found


def _down_to(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """From the origin to the stretch a-b: the share of it, and the distance."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    share = 0.0 if square == 0.0 else max(0.0, min(1.0, -(a[0] * dx + a[1] * dy) / square))
    return share, math.hypot(a[0] + share * dx, a[1] + share * dy)


def between_exits(exits: Iterable[int], whole: int, *, is_loop: bool) -> int:
    """Minutes of the longest way from one exit to the next, the start being one.

    A loop ends where it began. On a one-way path the stretch after the last exit is walked there and back.
    """
    at = [0, *sorted(min(minutes, whole) for minutes in exits)]
    last = whole - at[-1]
    return max([*(b - a for a, b in pairwise(at)), last if is_loop else 2 * last])
