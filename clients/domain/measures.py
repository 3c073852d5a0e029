"""Scores over time: what questionnaires came to when they were answered, as drawings for the care team.

Two queries, whatever the number of answers: the rows, and the client's key.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import floor
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import measure_plans, results, score_chart
from clients.domain.instruments import Instrument, said
from clients.domain.questions import Sum
from clients.domain.score_chart import Dot, ScoreChart
from clients.domain.scoring_files import points
from clients.domain.screening import HIGHER_IS_EASIER
from clients.models import Client, Screening
from practice.domain import words


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of one version of one instrument, over time. None is a day on which too much was left open."""

    instrument: Instrument
    figure: Sum
    version: str
    number: int
    """0 for the version of today, above it for earlier ones."""
    values: tuple[tuple[date, float | None], ...]

    @property
    def known(self) -> list[tuple[date, float]]:
        """The days that have a figure."""
        return [(day, value) for day, value in self.values if value is not None]

    @property
    def gaps(self) -> list[date]:
        """The days on which too much was left open for a figure."""
        return [day for day, value in self.values if value is None]

    @property
    def lower_is_easier(self) -> bool:
        return self.instrument.key not in HIGHER_IS_EASIER


def series(client: Client) -> list[Series]:
    """Every figure that this client's answers came to, in the order of the plan's list; today's version first."""
    kinds = [one for one in measure_plans.kinds() if one.scoring.sums]
    rows = list(
        Screening.objects.answered()
        .filter(client=client, kind__in=[one.key for one in kinds])
        .defer("answers_sealed", "told_sealed")
        .order_by("submitted_at")
    )
    found = list(zip(rows, results.of_each(rows), strict=True))
    return [made for one in kinds for made in _of(one, [pair for pair in found if pair[0].kind == one.key])]


def _of(instrument: Instrument, found: Sequence[tuple[Screening, results.Result]]) -> Iterator[Series]:
    """A version that changed begins a line of its own: other questions, another figure, without bands of today."""
    versions = dict.fromkeys(row.versions.get(instrument.key, "") for row, _result in reversed(found))
    order = sorted(versions, key=lambda version: version != instrument.version)
    for number, version in enumerate(order, start=0 if instrument.version in versions else 1):
        own = [pair for pair in found if pair[0].versions.get(instrument.key, "") == version]
        for figure in figures(instrument):
            known = replace(figure, bands=(), change=0) if number else figure
            yield Series(instrument, known, version, number, tuple(_values(figure, own)))


def figures(instrument: Instrument) -> tuple[Sum, ...]:
    """What is drawn of an instrument: its total, or each of its figures where it has none."""
    total = tuple(one for one in instrument.scoring.sums if one.key == "total")
    return total or instrument.scoring.sums


def _values(figure: Sum, own: Sequence[tuple[Screening, results.Result]]) -> Iterator[tuple[date, float | None]]:
    """Every value that was given, two on one day as well, in the order of time."""
    for row, result in own:
        if row.submitted_at:
            value = result.totals.get(row.kind, {}).get(figure.key)
            yield timezone.localdate(row.submitted_at), value if value is None else to_draw(value)


def to_draw(value: float) -> float:
    """A figure as it stands beside its dot: whole, or with one decimal, cut off so that none reaches a band early."""
    return value if isinstance(value, int) else floor(value * 10) / 10


def charts(client: Client) -> list[ScoreChart]:
    """The drawings for the care team, with bands and with what changed in words."""
    return [chart for one in series(client) if (chart := _chart(one))]


def _chart(one: Series) -> ScoreChart | None:
    figure = one.figure
    bands = [(band.start, said(band.text)) for band in figure.bands]
    lowest, highest = reach(one.instrument, figure)
    known: Any = one.known  # a mean has a decimal, and is drawn where it lies
    drawn = score_chart.draw(
        f"{one.instrument.key}-{figure.key}-{one.number}",
        _title(one),
        known,
        bands=bands or [(lowest, "")],
        lowest=lowest,
        highest=highest,
        threshold=figure.change,
        lower_is_easier=one.lower_is_easier,
    )
    return _said(replace(drawn, path=path(one, drawn.dots)), one) if drawn else None


def _title(one: Series) -> str:
    title, own = said(one.instrument.title), said(one.figure.title)
    named = title if own in ("", title) else f"{title}: {own}"
    return _("%(title)s, as it was worded before") % {"title": named} if one.number else named


def path(one: Series, dots: Sequence[Dot]) -> str:
    """The line through the dots, broken where a day without a figure lies between two."""
    days = [day for day, _value in one.known]
    starts = {0} | {
        number for number in range(1, len(days)) if any(days[number - 1] < gap < days[number] for gap in one.gaps)
    }
    return "".join(f"{'M' if number in starts else 'L'}{dot.x} {dot.y}" for number, dot in enumerate(dots))


def _said(drawn: ScoreChart, one: Series) -> ScoreChart:
    """What changed, where nobody has published how much is a change; and the days without a figure."""
    change = drawn.change
    if not one.figure.change and len(one.known) > 1:
        (first_day, first), (_day, last) = one.known[0], one.known[-1]
        change = _("from %(first)s to %(last)s since %(day)s; how much is a change is not published for it") % {
            "first": first,
            "last": last,
            "day": words.plain_day(first_day),
        }
    if one.gaps:
        days = ", ".join(words.plain_day(day) for day in one.gaps)
        change = _("%(change)s. Too much was left open for a figure: %(days)s") % {"change": change, "days": days}
    described = drawn.description.removesuffix(f"{_upper(drawn.change)}.") + f"{_upper(change)}."
    return replace(drawn, change=change, description=described)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def reach(instrument: Instrument, figure: Sum) -> tuple[int, int]:
    """The lowest and the highest value that a figure can have."""
    if figure.of:
        parts = [reach(instrument, one) for one in instrument.scoring.sums if one.key in figure.of]
        low, high = sum(part[0] for part in parts), sum(part[1] for part in parts)
    else:
        scales = [
            [number for value in instrument.find(key).scale.values if (number := points(instrument, value)) is not None]
            for key in figure.items
        ]
        low, high = sum(map(min, scales)), sum(map(max, scales))
        if figure.method == "mean":
            low, high = low // len(scales), -(-high // len(scales))
    if figure.zero_when or figure.missing == "ignore":
        low = 0
    return low * figure.times, high * figure.times
