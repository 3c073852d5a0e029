"""A client's own lines, once the two agreed on it: how it went over the last months, without figures, bands or names
of questionnaires, and beside nobody else's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.domain import measures, score_chart
from clients.domain.measures import Series
from clients.domain.score_chart import Dot, Tick
from clients.models import Client
from practice.domain import words

LATELY = timedelta(days=182)
"""Half a year is what “over the last months” means here (ours)."""
SHOWN: Mapping[tuple[str, str], Callable[[], str]] = {
    ("phq9", "total"): lambda: _("Mood and strength"),
    ("gad7", "total"): lambda: _("Worry and restlessness"),
    ("who5", "total"): lambda: _("How well you felt"),
    ("dass21", "depression"): lambda: _("Mood"),
    ("dass21", "anxiety"): lambda: _("Being on edge"),
    ("dass21", "stress"): lambda: _("Tension"),
}
"""What a client may see, in plain words. Nothing about food, exercise or what was survived is drawn for her."""


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One line, easier days higher up."""

    key: str
    title: str
    words: str
    description: str
    path: str
    dots: tuple[Dot, ...]
    days: tuple[Tick, ...]
    width: int = score_chart.RIGHT + 50 - score_chart.LEFT
    height: int = score_chart.HEIGHT
    left: int = score_chart.LEFT
    right: int = score_chart.RIGHT
    top: int = score_chart.TOP
    bottom: int = score_chart.BOTTOM


def of(client: Client, *, today: date) -> list[OwnLine]:
    """Her lines of the last months; whether she may see them is asked before."""
    return [line for one in measures.series(client) if (line := _line(one, today))]


def _line(one: Series, today: date) -> OwnLine | None:
    name = SHOWN.get((one.instrument.key, one.figure.key))
    recent = _recent(one, today)
    if name is None or one.number or not recent.known:
        return None
    lowest, highest = measures.reach(one.instrument, one.figure)
    turned: Any = [(day, _height(one, value, lowest, highest)) for day, value in recent.known]
    drawn = score_chart.draw(
        one.instrument.key, name(), turned, bands=[(lowest, "")], lowest=lowest, highest=highest, threshold=1
    )
    if drawn is None:
        return None
    said = _words(recent)
    return OwnLine(
        key=f"{one.instrument.key[0]}{one.figure.key[0]}",
        title=name(),
        words=said,
        description=_("A line of %(times)s; higher is easier. %(words)s") % {"times": _times(recent), "words": said},
        path=measures.path(recent, drawn.dots),
        dots=drawn.dots,
        days=drawn.ticks[1:],
    )


def _recent(one: Series, today: date) -> Series:
    values = tuple(pair for pair in one.values if pair[0] >= today - LATELY)
    return Series(one.instrument, one.figure, one.version, one.number, values)


def _height(one: Series, value: float, lowest: int, highest: int) -> float:
    return highest + lowest - value if one.lower_is_easier else value


def _times(one: Series) -> str:
    times = len(one.known)
    return ngettext("%(n)s time", "%(n)s times", times) % {"n": times}


def _words(one: Series) -> str:
    """Easier, harder or about the same, and only where it is published how much is a change."""
    (first_day, first), (last_day, last) = one.known[0], one.known[-1]
    since = {"day": words.plain_day(first_day)}
    if len(one.known) == 1:
        return _("Answered once, on %(day)s. A second time makes a line.") % since
    if first_day == last_day:
        return _("Answered %(times)s on %(day)s.") % (since | {"times": _times(one)})
    by = first - last if one.lower_is_easier else last - first
    if not one.figure.change:
        return _("This is how it went since %(day)s.") % since
    if abs(by) < one.figure.change:
        return _("About the same since %(day)s, with ups and downs.") % since
    return (_("Easier since %(day)s.") if by > 0 else _("Harder since %(day)s. You can talk about it.")) % since
