"""`manage.py conditions --lat --lon --start --minutes --mode … --json`: go, modify or indoors, from files alone."""

import json
import math
import stat
import sys
from argparse import SUPPRESS
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandParser
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from practice.models.modes import Mode
from routes.domain import daylight, forecast
from routes.domain.conditions import Alternative, Decision, Surroundings, judge, other_ways
from routes.domain.daylight import SunTimes
from routes.domain.forecast import Forecast, ForecastProblem
from routes.domain.outing import Exposure, Finding, Heat, Outing, Person

MAX_BYTES = 10_000_000
LONGEST = 24 * 60


class Refused(Exception):
    """What was asked for makes no sense; the sentence says why."""


class Command(BaseCommand):
    """Needs no database. Bad input is one line on stderr and exit code 2; without files the weather is unknown."""

    help = "Tell what light, weather and air ask for on a walk or a run: go, modify, indoors, or unknown."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where, when, how, and the two answers of Open-Meteo. A wrong one is one line, without the usage before it."""
        parser.usage = SUPPRESS
        parser.add_argument("--lat", type=float, required=True, help="degrees north")
        parser.add_argument("--lon", type=float, required=True, help="degrees east")
        parser.add_argument("--start", required=True, help="ISO 8601 with its offset: 2026-06-15T17:30+01:00")
        parser.add_argument("--minutes", type=int, required=True)
        parser.add_argument("--mode", choices=["walk", "run"], required=True)
        parser.add_argument("--sensitive", action="store_true", help="very sensitive to heat")
        parser.add_argument("--exposure", choices=[each.value for each in Exposure], default=Exposure.OPEN.value)
        parser.add_argument("--forecast", type=Path, metavar="FILE.json", help="answer of the forecast service")
        parser.add_argument("--air", type=Path, metavar="FILE.json", help="answer of the air-quality service")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, **options: Any) -> None:
        """Read, judge, tell."""
        try:
            outing = _outing(options)
            sun = _sun(options["lat"], options["lon"], outing.start)
            around = Surroundings(_file(options["forecast"]).joined(_file(options["air"])), sun)
        except (Refused, ForecastProblem) as problem:
            self.stderr.write(" ".join(str(problem).split()))
            sys.exit(2)
        person = Person(Heat.STRICT if options["sensitive"] else Heat.STANDARD)
        decision = judge(outing, person, around)
        ways = list(other_ways(outing, person, around, than=decision))
        told = _as_json(decision, ways, around.sun, outing) if options["json"] else _as_text(decision, ways)
        self.stdout.write(told)


def _outing(asked: dict[str, Any]) -> Outing:
    if not abs(asked["lat"]) <= 90.0 or not abs(asked["lon"]) <= 180.0:
        raise Refused(_("--lat goes from -90 to 90, --lon from -180 to 180."))
    if not 1 <= asked["minutes"] <= LONGEST:
        raise Refused(_("--minutes goes from 1 to {most}.").format(most=LONGEST))
    try:
        start = datetime.fromisoformat(asked["start"])
    except ValueError:
        raise Refused(_("--start is not a time like 2026-06-15T17:30+01:00.")) from None
    if start.utcoffset() is None:
        raise Refused(_("--start needs its offset from UTC, as in 2026-06-15T17:30+01:00 or 2026-06-15T16:30Z."))
    if not 1900 <= start.year <= 2200:
        raise Refused(_("--start lies too far away to know the sun."))
    exposure = Exposure(asked["exposure"])
    end = start + timedelta(minutes=asked["minutes"])
    return Outing(start, end, Mode(asked["mode"]), exposure, under_trees=exposure is Exposure.SHADED)


def _sun(lat: float, lon: float, start: datetime) -> SunTimes:
    """The sun of the day by the place's own noon, whatever the offset in which the start is told."""
    hours = math.floor(lon / 15.0 + 0.5)
    zone = ZoneInfo(f"Etc/GMT{-hours:+d}")  # these names count westwards
    return daylight.of(lat, lon, zone, start.astimezone(zone).date())


def _file(path: Path | None) -> Forecast:
    """An ordinary file, and no more of it than may be read: a pipe keeps one waiting, and a device may have no end."""
    if path is None:
        return Forecast()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Refused(_("{path} is not a file, but a folder, a pipe or a device.").format(path=path))
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Refused(_("{path} is larger than 10 MB, which no forecast is.").format(path=path))
        return forecast.read(json.loads(data))
    except OSError as error:
        raise Refused(_("{path} cannot be read: {why}.").format(path=path, why=error.strerror or error)) from None
    except (ValueError, RecursionError):
        raise Refused(_("{path} is not JSON.").format(path=path)) from None


def _as_json(decision: Decision, ways: list[Alternative], sun: SunTimes, outing: Outing) -> str:
    zone = outing.start.tzinfo
    light = {
        "sunset": sun.set.astimezone(zone).isoformat(timespec="seconds") if sun.set else None,
        "civil_dusk": sun.dusk.astimezone(zone).isoformat(timespec="seconds") if sun.dusk else None,
        "ok": decision.light.ok,
    }
    return json.dumps(
        {
            "decision": decision.level,
            "hazards": [_hazard(finding) for finding in decision.findings],
            "light": light,
            "alternatives": [
                {
                    "kind": way.kind,
                    "mode": way.mode,
                    "start": way.start.isoformat(timespec="minutes"),
                    "decision": way.level,
                    "words": str(_words(way)),
                }
                for way in ways
            ],
        },
        ensure_ascii=False,
    )


def _hazard(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.hazard,
        "value": None if finding.value is None else round(finding.value, 2),
        "unit": finding.unit,
        "level": finding.level,
        "limit": finding.limit,
        "basis": finding.basis,
    }


def _words(way: Alternative) -> str | Promise:
    if way.kind == "walk":
        return _("Walk instead of run.")
    if way.kind == "another_hour":
        return _("At {time} nothing speaks against it.").format(time=way.start.strftime("%H:%M"))
    return _("Indoors, or by video.")


def _as_text(decision: Decision, ways: list[Alternative]) -> str:
    lines = [decision.level.value]
    for finding in decision.findings:
        value = "-" if finding.value is None else f"{finding.value:.1f}"
        limit = "-" if finding.limit is None else f"{finding.limit:g}"
        told = f"{finding.hazard}: {finding.level}, {value} {finding.unit}, limit {limit} ({finding.basis})"
        lines.append(" ".join([told, *(str(sentence) for sentence in finding.words)]))
    return "\n".join([*lines, *(str(_words(way)) for way in ways)])
