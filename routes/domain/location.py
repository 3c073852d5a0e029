"""A place as one says it to somebody who must find it: as a Plus Code, and digit by digit on the telephone."""

import math

from django.utils.translation import gettext as _

DIGITS = "23456789CFGHJMPQRVWX"
CELLS = 8_000
"""A degree in cells of ten digits: 20 x 20 x 20, about 14 m north to south.

Source: Open Location Code specification, https://github.com/google/open-location-code.
"""


def plus_code(lat: float, lon: float) -> str:
    """The full code of ten digits of a place in degrees; the pole lies in the cell beside it."""
    north = min(math.floor(round((lat + 90.0) * CELLS, 6)), 180 * CELLS - 1)
    east = math.floor(round((lon + 180.0) % 360.0 * CELLS, 6)) % (360 * CELLS)
    code = ""
    for _pair in range(5):
        code = DIGITS[north % 20] + DIGITS[east % 20] + code
        north, east = north // 20, east // 20
    return f"{code[:8]}+{code[8:]}"


def spoken(lat: float, lon: float) -> str:
    """“5 1 point 5 3 1 3 north, 0 point 1 5 7 0 west”: four digits after the point are about ten metres."""
    north, east = (_("north"), _("south"))[lat < 0], (_("east"), _("west"))[lon < 0]
    return f"{_digits(lat)} {north}, {_digits(lon)} {east}"


def _digits(degrees: float) -> str:
    whole, part = f"{abs(degrees):.4f}".split(".")
    return _("%(whole)s point %(part)s") % {"whole": " ".join(whole), "part": " ".join(part)}
