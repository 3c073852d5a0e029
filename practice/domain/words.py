"""The one place that puts days, times and names into words, for pages, letters and PDFs."""

import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _


def apart(name: str) -> str:
    """A name for a sentence: one that runs from right to left is set apart (Unicode UAX 9, FSI and PDI), so that the
    words beside it keep their places."""
    runs_left = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in name)
    return f"\u2068{name}\u2069" if runs_left else name


def day(value: date, *, today: date | None = None) -> str:
    """“Thursday 8 October”, with the year when it is not this one."""
    this_year = (today or timezone.localdate()).year
    pattern = "l j F" if value.year == this_year else "l j F Y"
    return str(formats.date_format(value, pattern))


def plain_day(value: date, *, today: date | None = None) -> str:
    """“8 October”, with the year when it is not this one."""
    this_year = (today or timezone.localdate()).year
    return str(formats.date_format(value, "j F" if value.year == this_year else "j F Y"))


def short_day(value: date) -> str:
    """“8 Oct 2026”."""
    return str(formats.date_format(value, "j M Y"))


def clock(value: datetime, zone: str, *, reader_zone: str | None = None) -> str:
    """“14:00”, and “14:00 (Europe/London)” when the reader's clock shows another hour."""
    there = value.astimezone(ZoneInfo(zone))
    text = f"{there:%H:%M}"
    if reader_zone and value.astimezone(ZoneInfo(reader_zone)).utcoffset() != there.utcoffset():
        return _("%(time)s (%(zone)s)") % {"time": text, "zone": zone}
    return text


def when(value: datetime, zone: str, *, reader_zone: str | None = None, own_zone: str = "") -> str:
    """“Thursday 8 October, 14:00”, as `clock_for` says the time."""
    local = value.astimezone(ZoneInfo(zone)).date()
    return f"{day(local)}, {clock_for(value, zone, reader_zone=reader_zone, own_zone=own_zone)}"


def clock_for(value: datetime, zone: str, *, reader_zone: str | None = None, own_zone: str = "") -> str:
    """“14:00”, as `clock` says it; for whoever has said which clocks are theirs, where those show another time:
    “14:00 in London, 15:00 for you in Paris”, with the day where that is another one."""
    there, here = value.astimezone(ZoneInfo(zone)), value.astimezone(ZoneInfo(own_zone or zone))
    if there.utcoffset() == here.utcoffset():
        return clock(value, zone, reader_zone=None if own_zone else reader_zone)
    own = f"{here:%H:%M}" if here.date() == there.date() else f"{day(here.date())}, {here:%H:%M}"
    said = {"time": f"{there:%H:%M}", "there": city(zone), "own": own, "here": city(own_zone)}
    return _("%(time)s in %(there)s, %(own)s for you in %(here)s") % said


def city(zone: str) -> str:
    """“London” of Europe/London."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")
