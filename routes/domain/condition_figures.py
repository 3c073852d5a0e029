"""Hazards and their figures in words; temperatures in the degrees that are read in a country."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routes.domain.limits import Hazard

IN_FAHRENHEIT = frozenset({"US"})
"""Countries, of those that a practice can be in, where the weather is told in °F."""
NAMES: Mapping[Hazard, Promise] = MappingProxyType(
    {
        Hazard.LIGHT: gettext_lazy("Light"),
        Hazard.HEAT: gettext_lazy("Heat"),
        Hazard.COLD: gettext_lazy("Cold and wind"),
        Hazard.AIR: gettext_lazy("Air"),
        Hazard.UV: gettext_lazy("Burning sun"),
        Hazard.GUSTS: gettext_lazy("Gusts"),
        Hazard.RAIN: gettext_lazy("Rain"),
        Hazard.THUNDER: gettext_lazy("Thunder"),
        Hazard.ICE: gettext_lazy("Ice on wet paths"),
        Hazard.FREEZING_RAIN: gettext_lazy("Freezing rain"),
        Hazard.VISIBILITY: gettext_lazy("Fog"),
    }
)
BY_CODE = frozenset({Hazard.THUNDER, Hazard.FREEZING_RAIN})
"""The forecast says whether it comes, and no figure."""


def celsius(fahrenheit: float) -> float:
    """°F as °C."""
    return (fahrenheit - 32) * 5 / 9


def degrees(value_c: float, *, fahrenheit: bool) -> str:
    """“31°” of a temperature in °C."""
    return f"{round(value_c * 9 / 5 + 32 if fahrenheit else value_c)}°"


def said(value: float | None, unit: str, *, fahrenheit: bool) -> str:
    """“36 °C” of a value in a unit of the limits; rain with one decimal, everything else whole."""
    if value is None:
        return _("not known")
    if unit == "°F" and not fahrenheit:
        value, unit = celsius(value), "°C"
    if unit == "m" and value >= 1000:
        value, unit = value / 1000, "km"
    rounded = number_format(value, 1 if unit == "mm/h" else 0)
    return f"{unit} {rounded}" if unit == "UV index" else f"{rounded} {unit}"
