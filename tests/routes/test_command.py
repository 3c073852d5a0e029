"""`manage.py route_import`: figures on stdout, or one line on stderr and exit code 2."""

import json
import subprocess
import sys
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.routes.files import DATA, LOOP, track

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object) -> Done:
    out, err = StringIO(), StringIO()
    try:
        call_command("route_import", *map(str, arguments), stdout=out, stderr=err, no_color=True)
    except SystemExit as end:
        return Done(int(str(end.code)), out.getvalue(), err.getvalue())
    return Done(0, out.getvalue(), err.getvalue())


def test_the_figures_of_a_loop():
    done = run(LOOP, "--dry-run", "--json")
    assert done.returncode == 0 and done.stderr == ""
    assert json.loads(done.stdout) == {
        "name": "Round Pond", "points": 73, "distance_m": 722.4, "ascent_m": 0.0, "descent_m": 0.0,
        "max_grade_pct": 1.5, "is_loop": True, "waypoints": 1,
        "bbox": [-0.185832, 51.504792, -0.182581, 51.506608], "has_elevation": True, "warnings": [],
    }  # fmt: skip


def test_without_heights_and_without_a_name(tmp_path):
    file = tmp_path / "canal.gpx"
    file.write_bytes(track([(51.5, -0.1, None), (51.51, -0.1, None)]))
    told = json.loads(run(file, "--dry-run", "--json").stdout)
    assert (told["name"], told["ascent_m"], told["max_grade_pct"], told["has_elevation"]) == (
        "canal",
        None,
        None,
        False,
    )
    assert len(told["warnings"]) == 1


@pytest.mark.parametrize("name", [*sorted(p.name for p in DATA.glob("*.gpx") if p != LOOP), "missing.gpx", "."])
def test_an_unusable_file_is_one_line_and_exit_code_2(name):
    done = run(DATA / name, "--dry-run", "--json")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_a_flood_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "flood.gpx"
    with file.open("wb") as sparse:
        sparse.truncate(2_000_000_000)
    done = run(file, "--dry-run", "--json")
    assert done.returncode == 2 and "10 MB" in done.stderr


def test_at_the_shell_it_is_the_same():
    command = [sys.executable, ROOT / "manage.py", "route_import", DATA / "doctype.gpx", "--dry-run"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1


@pytest.mark.django_db
def test_keeping_it(anna):
    kept = run(LOOP, "--by", anna.email)
    assert kept.returncode == 0 and "not assessed yet" in kept.stdout
    assert run(LOOP, "--by", anna.email).stderr.startswith("There is already a route")
    assert "--by" in run(LOOP, "--by", "nobody@example.org").stderr
