"""A score over time as a drawing: bands as quiet zones with words, points joined, and what changed, in words.

Pure: days and values in, a frozen description of the drawing out. One template draws it, on the page and on paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practice.domain import words

WIDTH, HEIGHT = 360, 196
LEFT, RIGHT, TOP, BOTTOM = 26, 246, 12, 168
"""The field that the points lie in; to its right stand the words of the bands, under it the days."""


@dataclass(frozen=True, slots=True)
class Zone:
    """One band, from its upper edge down. `word_y` is the base line of its word."""

    y: float
    height: float
    word: str
    word_y: float
    is_shaded: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """One answer: where it lies, and its value when it stands beside it."""

    x: float
    y: float
    value: str
    value_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A value at the left edge, or a day under the field."""

    x: float
    y: float
    word: str
    anchor: str = "end"


@dataclass(frozen=True, slots=True)
class Row:
    """The same as a line of a table."""

    day: date
    value: int
    word: str


@dataclass(frozen=True, slots=True)
class ScoreChart:
    """One drawing with everything that a reader who does not see it needs."""

    key: str
    title: str
    change: str
    description: str
    zones: tuple[Zone, ...]
    path: str
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    across: int = WIDTH - LEFT
    word_x: int = RIGHT + 8


def draw(
    key: str,
    title: str,
    points: Sequence[tuple[date, int]],
    *,
    bands: Sequence[tuple[int, str]],
    lowest: int = 0,
    highest: int,
    threshold: int,
    lower_is_easier: bool = True,
) -> ScoreChart | None:
    """Draw the answers of one instrument; nothing when there are none.

    What was answered on one day stands in the order in which it is given. `bands` are (first value, word), ascending;
    `threshold` is the change from which on one may speak of a change.
    """
    ordered = sorted(points, key=lambda point: point[0])
    if not ordered:
        return None
    change = _change(ordered, threshold, lower_is_easier)
    across = _across([day for day, _value in ordered])
    spots = [(x, _y(value, lowest, highest)) for x, (_day, value) in zip(across, ordered, strict=True)]
    rows = tuple(Row(day, value, _band_of(value, bands)) for day, value in ordered)
    return ScoreChart(
        key=key,
        title=title,
        change=change,
        description=_described(rows, lowest, highest, change),
        zones=_zones(bands, lowest, highest),
        path="M" + "L".join(f"{x} {y}" for x, y in spots),
        dots=tuple(_dots(ordered, spots)),
        ticks=tuple(_ticks(ordered, bands, lowest, highest)),
        rows=tuple(reversed(rows)),
    )


def _y(value: float, lowest: int, highest: int) -> float:
    """The highest value lies at the top."""
    share = (min(max(value, lowest), highest) - lowest) / (highest - lowest)
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def _across(days: Sequence[date]) -> list[float]:
    """Days lie apart as they were, two answers of one day within it; a single one lies in the middle."""
    places = [(day - days[0]).days + days[:number].count(day) / days.count(day) for number, day in enumerate(days)]
    span = places[-1]
    return [round(LEFT + 12 + (place / span if span else 0.5) * (RIGHT - LEFT - 24), 1) for place in places]


def _zones(bands: Sequence[tuple[int, str]], lowest: int, highest: int) -> tuple[Zone, ...]:
    edges = [start for start, _word in bands[1:]]
    bounds = list(zip([lowest, *edges], [*edges, highest], strict=True))
    zones = []
    for number, ((_start, word), (low, high)) in enumerate(zip(bands, bounds, strict=True)):
        top, bottom = _y(high, lowest, highest), _y(low, lowest, highest)
        middle = round((top + bottom) / 2 + 4, 1)
        zones.append(Zone(top, round(bottom - top, 1), word, middle, is_shaded=number % 2 == 1))
    return tuple(zones)


def _dots(points: Sequence[tuple[date, int]], spots: Sequence[tuple[float, float]]) -> list[Dot]:
    """The first and the last value stand beside their dots; the others are in the table."""
    named = {0, len(points) - 1}
    return [
        Dot(x, y, str(value) if number in named else "", round(y - 9 if y > TOP + 14 else y + 17, 1), "middle")
        for number, ((_day, value), (x, y)) in enumerate(zip(points, spots, strict=True))
    ]


def _ticks(
    points: Sequence[tuple[date, int]],
    bands: Sequence[tuple[int, str]],
    lowest: int,
    highest: int,
) -> list[Tick]:
    values = [lowest, *(start for start, _word in bands[1:])]
    sides = [Tick(LEFT - 6, round(_y(value, lowest, highest) + 3.5, 1), str(value)) for value in values]
    base = HEIGHT - 8
    first, last = points[0][0], points[-1][0]
    if first == last:
        return [*sides, Tick((LEFT + RIGHT) / 2, base, words.short_day(first), "middle")]
    return [*sides, Tick(LEFT, base, words.short_day(first), "start"), Tick(RIGHT, base, words.short_day(last), "end")]


def _band_of(value: int, bands: Sequence[tuple[int, str]]) -> str:
    return next((word for start, word in reversed(bands) if value >= start), "")


def _change(points: Sequence[tuple[date, int]], threshold: int, lower_is_easier: bool) -> str:
    """“eased by 6 since 3 March”: the newest against the first, and only when it is more than chance may bring."""
    (first_day, first), (last_day, last) = points[0], points[-1]
    since = words.plain_day(first_day)
    if len(points) == 1:
        return _("answered once, on %(day)s") % {"day": since}
    if first_day == last_day:
        told = {"n": len(points), "day": since, "first": first, "last": last}
        return _("answered %(n)s times on %(day)s, from %(first)s to %(last)s") % told
    by = (first - last) if lower_is_easier else (last - first)
    if abs(by) < threshold:
        return _("about the same since %(day)s") % {"day": since}
    said = _("eased by %(n)s since %(day)s") if by > 0 else _("harder by %(n)s since %(day)s")
    return said % {"n": abs(by), "day": since}


def _described(rows: Sequence[Row], lowest: int, highest: int, change: str) -> str:
    """The drawing in words, for whoever does not see it."""
    counted = ngettext("%(n)s answer", "%(n)s answers", len(rows)) % {"n": len(rows)}
    last = rows[-1]
    newest = f"{last.value} ({last.word})" if last.word else str(last.value)
    return _("%(counted)s between %(lowest)s and %(highest)s; the newest is %(newest)s. %(change)s.") % {
        "counted": counted,
        "lowest": lowest,
        "highest": highest,
        "newest": newest,
        "change": change[:1].upper() + change[1:],
    }
