"""What air feels like: heat index and wind chill, as the US National Weather Service computes them."""

import math

HOTTEST_F = 130.0
SWITCH_F = 80.0
"""Where Steadman's simple form hands over to the regression (NWS)."""


def fahrenheit(celsius: float) -> float:
    """Degrees Celsius in degrees Fahrenheit."""
    return celsius * 1.8 + 32.0


def celsius(fahrenheit: float) -> float:
    """Degrees Fahrenheit in degrees Celsius."""
    return (fahrenheit - 32.0) / 1.8


def heat_index(temperature_f: float, humidity_pct: float) -> float:
    """Heat index in °F, in the shade and a light wind (NWS Weather Prediction Center, "The Heat Index Equation").

    Steadman's simple form averaged with the temperature; from 80 °F on Rothfusz's regression (SR 90-23) with its two
    adjustments, for dry air between 80 and 112 °F and for damp air between 80 and 87 °F. Humidity is taken as 0 to 100;
    ValueError above 130 °F, where the regression says nothing.
    """
    if not temperature_f <= HOTTEST_F or math.isnan(humidity_pct):
        raise ValueError("the heat index is not defined above 130 °F, nor without a humidity")
    t, rh = temperature_f, _within(humidity_pct)
    simple = _simple(t, rh)
    if simple < SWITCH_F:
        return simple
    hot = (
        -42.379 + 2.04901523 * t + 10.14333127 * rh - 0.22475541 * t * rh - 0.00683783 * t * t
        - 0.05481717 * rh * rh + 0.00122874 * t * t * rh + 0.00085282 * t * rh * rh - 0.00000199 * t * t * rh * rh
    )  # fmt: skip
    if rh < 13.0 and 80.0 <= t <= 112.0:
        hot -= (13.0 - rh) / 4.0 * math.sqrt((17.0 - abs(t - 95.0)) / 17.0)
    elif rh > 85.0 and 80.0 <= t <= 87.0:
        hot += (rh - 85.0) / 10.0 * (87.0 - t) / 5.0
    return hot


def _simple(t: float, rh: float) -> float:
    return (t + 0.5 * (t + 61.0 + (t - 68.0) * 1.2 + _within(rh) * 0.094)) / 2


def _within(humidity_pct: float) -> float:
    return min(max(humidity_pct, 0.0), 100.0)


def heat_to_judge(temperature_f: float, humidity_pct: float) -> float:
    """The heat index in °F, made to never fall as it gets hotter or damper (ours).

    In dry air the regression begins up to 3 °F below the 80 °F at which the simple form hands over to it: from there on
    no less than 80 °F is told. Raises as `heat_index` does.
    """
    found = heat_index(temperature_f, humidity_pct)
    return max(found, SWITCH_F) if _simple(temperature_f, humidity_pct) >= SWITCH_F else found


def wind_chill(temperature_f: float, wind_mph: float) -> float:
    """Wind chill in °F (NWS 2001), valid up to 50 °F and above 3 mph; elsewhere the temperature itself."""
    if temperature_f > 50.0 or wind_mph <= 3.0:
        return temperature_f
    moved = wind_mph**0.16
    return float(35.74 + 0.6215 * temperature_f - 35.75 * moved + 0.4275 * temperature_f * moved)


def wind_chill_metric(temperature_c: float, wind_kmh: float) -> float:
    """Wind chill in °C in the form that Environment Canada publishes, valid up to 10 °C and above 4.8 km/h; elsewhere
    the temperature itself. It differs from the form in °F by some hundredths, for its rounded constants."""
    if temperature_c > 10.0 or wind_kmh <= 4.8:
        return temperature_c
    moved = wind_kmh**0.16
    return float(13.12 + 0.6215 * temperature_c - 11.37 * moved + 0.3965 * temperature_c * moved)
