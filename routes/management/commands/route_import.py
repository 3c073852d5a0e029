"""`manage.py route_import FILE.gpx --dry-run --json`: what a GPX file holds, in figures."""

import json
import stat
import sys
from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.models import Practice, User
from practice.rules import Permission, has
from routes.domain import gpx, record
from routes.domain.geometry import Measures
from routes.domain.gpx import GpxProblem, Track


class Command(BaseCommand):
    """Reads as strictly as the page does. An unusable file is one line on stderr and exit code 2."""

    help = "Read a GPX file, tell what it holds, and add it as a route (or, with --dry-run, only tell)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and what to do with it. A wrong one is one line, without the usage before it."""
        parser.usage = SUPPRESS
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="tell, and keep nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object; bbox is west, south, east, north")
        parser.add_argument("--cut", type=float, default=0.0, metavar="METRES", help="leave out at both ends")
        parser.add_argument("--name", default="", help="what the practice calls the route")
        parser.add_argument("--by", default="", metavar="EMAIL", help="who adds it; needed without --dry-run")

    def handle(self, *, file: Path, dry_run: bool, cut: float, name: str, by: str, **options: Any) -> None:
        """Tell first, keep after."""
        try:
            track = record.read(_bytes(file), cut)
            facts = _facts(track, record.measured(track), gpx.clean(name or track.name or file.stem))
            if not dry_run:
                _keep(record.geometry_of(track), str(facts["name"]), by)
                facts["warnings"] += ["It is not assessed yet: it cannot be booked before somebody did that."]
        except GpxProblem as problem:
            self.stderr.write(gpx.clean(str(problem)))
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        else:
            self.stdout.write("\n".join(f"{key}: {value}" for key, value in facts.items()))


def _bytes(file: Path) -> bytes:
    """An ordinary file, and no more of it than may be read: a pipe keeps one waiting, and a device may have no end."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise GpxProblem(f"{file} is not a file with something in it, but a folder, a pipe or a device.")
        with file.open("rb") as opened:
            return opened.read(gpx.MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise GpxProblem(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _facts(track: Track, measured: Measures, name: str) -> dict[str, Any]:
    box, grade = measured.box, measured.max_grade_pct
    known = measured.has_elevation
    return {
        "name": name,
        "points": measured.points,
        "distance_m": round(measured.distance_m, 1),
        "ascent_m": round(measured.ascent_m, 1) if known else None,
        "descent_m": round(measured.descent_m, 1) if known else None,
        "max_grade_pct": None if grade is None else round(grade, 1),
        "is_loop": measured.is_loop,
        "waypoints": len(track.waypoints),
        "bbox": [box.west, box.south, box.east, box.north],
        "has_elevation": known,
        "warnings": [str(warning) for warning in track.warnings],
    }


def _keep(geometry: dict[str, Any], name: str, by: str) -> None:
    """Clients see the alias, and the name of a file may be that of a person: it never becomes one."""
    person = User.objects.filter(email=by.lower()).first()
    if person is None:
        raise GpxProblem("Say with --by EMAIL who adds this route; nobody has that address.")
    if not has(person, Permission.KEEP_ROUTES):
        raise GpxProblem("Whoever has the address in --by may not add routes.")
    practice = Practice.load()
    words = {
        "name": name[:120],
        "alias": _("Meeting point"),
        "meeting_point": _("Not written down yet."),
        "look_again_on": practice.day_of(timezone.now()),
    }
    try:
        record.make(words, geometry, zone=practice.time_zone, by=person)
    except IntegrityError:
        raise GpxProblem(f"There is already a route called {name}.") from None
