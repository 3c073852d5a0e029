"""The practice's own limits of the weather, number by number, with why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practice.models.modes import OUTDOOR, Mode
from routes.domain import condition_figures, own_limits
from routes.domain.limits import Basis, Hazard, Level, Limit, LimitProblem, Limits, Setting, Who, shipped
from routes.models import WeatherLimits

WHO: Mapping[Who, Promise] = MappingProxyType(
    {
        Who.STRICT: gettext_lazy("very sensitive to heat or cold"),
        Who.LUNGS: gettext_lazy("asthma or COPD"),
    }
)
SETTINGS: Mapping[str, Promise] = MappingProxyType(
    {
        "sun_open": gettext_lazy("What full sun adds in the open"),
        "sun_partly": gettext_lazy("What full sun adds where it is partly shaded"),
        "sun_from": gettext_lazy("From which heat on the sun counts"),
        "sun_full": gettext_lazy("What counts as full sun"),
        "uv_words": gettext_lazy("Hat and sunscreen are mentioned from"),
        "air_words": gettext_lazy("With asthma, moderate air is mentioned from"),
        "heat_mild_words": gettext_lazy("With mild sensitivity, heat is mentioned from"),
        "ice_wet_hours": gettext_lazy("How long a path stays wet"),
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One number: its field, what is shipped, and whose it is."""

    field: BoundField
    shipped: str
    basis: str
    source: str
    is_own: bool


class LimitsForm(forms.Form):
    """Every number that can be moved. The fields are made from the shipped limits, so a new one needs no code."""

    words = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept with the numbers, for whoever asks later."),
    )

    def __init__(self, *args: Any, now: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = {row.key: row for row in _movable(now)}
        self.shipped = {row.key: row for row in _movable(shipped())}
        for key, row in self.now.items():
            widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
            self.fields[key] = forms.FloatField(label=_name(row), initial=f"{row.at:g}", widget=widget)

    def clean(self) -> dict[str, Any]:
        """Within what can be, and no indoors before a change."""
        cleaned = super().clean() or {}
        try:
            shipped().changed(self.numbers(cleaned))
        except LimitProblem as problem:
            for name, sentence in problem.sentences.items():
                self.add_error(name, str(sentence))
        return cleaned

    def numbers(self, cleaned: Mapping[str, Any]) -> dict[str, float]:
        """The numbers that could be read."""
        return {name: cleaned[name] for name in self.now if cleaned.get(name) is not None}

    def groups(self) -> Iterator[tuple[str, list[Line]]]:
        """By hazard, in the order in which hazards are told; the other numbers last."""
        for hazard in Hazard:
            rows = [row for row in self.now.values() if isinstance(row, Limit) and row.hazard is hazard]
            if rows:
                yield str(condition_figures.NAMES[hazard]), [self._line(row) for row in rows]
        rest = [row for row in self.now.values() if isinstance(row, Setting)]
        yield _("Other numbers"), [self._line(row) for row in rest]

    def history(self) -> Iterator[tuple[WeatherLimits, list[str]]]:
        """Each time that they were set, the newest first, with what changed in words."""
        for one in own_limits.changes():
            yield one.kept, [_moved(self.fields[name].label, was, now) for name, was, now in one.numbers]

    def _line(self, row: Limit | Setting) -> Line:
        default = self.shipped[row.key]
        basis = _("published") if default.basis is Basis.PUBLISHED else _("ours")
        return Line(self[row.key], _number(default), basis, default.source, row.at != default.at)


def _movable(limits: Limits) -> list[Limit | Setting]:
    return [*(row for row in limits.rows if row.between), *limits.settings.values()]


def _moved(label: str | Promise | None, was: float, now: float) -> str:
    return _("%(name)s: %(was)s became %(now)s") % {"name": label, "was": f"{was:g}", "now": f"{now:g}"}


def _number(row: Limit | Setting) -> str:
    """“90 °F (32 °C)”; a difference of temperatures is no temperature."""
    text = f"{row.at:g} {row.unit}"
    if row.unit != "°F" or row.key in ("sun_open", "sun_partly"):
        return text
    return f"{text} ({condition_figures.celsius(row.at):.0f} °C)"


def _name(row: Limit | Setting) -> str:
    """“Walk, sit: change from (°F)”."""
    if isinstance(row, Setting):
        return f"{SETTINGS[row.key]} ({row.unit})"
    modes = ", ".join(str(mode.label) for mode in Mode if mode in row.modes) if row.modes != OUTDOOR else _("any way")
    level = _("change something from") if row.level is Level.MODIFY else _("indoors from")
    who = f", {WHO[row.who]}" if row.who in WHO else ""
    return f"{modes[:1].upper()}{modes[1:]}{who}: {level} ({row.unit})"
