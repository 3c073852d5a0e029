"""`manage.py route_import`: figures on stdout, or one line on stderr and exit code 2."""

import json
from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import call_command

from routes.domain import gpx
from routes.domain.geometry import measure
from routes.models import Route
from tests.routes.files import DATA, LOOP, RECORDED, track


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


@pytest.mark.parametrize("path", RECORDED)
def test_recorded_tracks_are_told_in_figures(path):
    done = run(path, "--dry-run", "--json")
    if path.stem == "unicode_with_bom":
        assert done.returncode == 2 and "single places" in done.stderr
        return
    told = json.loads(done.stdout)
    assert told["distance_m"] == round(measure(gpx.read(path.read_bytes())).distance_m, 1)
    assert told["has_elevation"] is (told["ascent_m"] is not None)


@pytest.mark.parametrize("cut", ["nan", "inf", "1e309", "99999"])
def test_nothing_is_left_after_cutting_everything(cut):
    done = run(LOOP, "--dry-run", "--cut", cut)
    assert done.returncode == 2 and "nothing is left" in done.stderr


@pytest.mark.django_db
def test_keeping_it(anna):
    kept = run(LOOP, "--by", anna.email)
    assert kept.returncode == 0 and "not assessed yet" in kept.stdout
    assert run(LOOP, "--by", anna.email).stderr.startswith("There is already a route")
    assert "--by" in run(LOOP, "--by", "nobody@example.org").stderr


@pytest.mark.django_db
def test_clients_do_not_see_what_the_file_was_called(tmp_path, anna):
    file = tmp_path / "From Mary Lee's house.gpx"
    file.write_bytes(LOOP.read_bytes())
    assert run(file, "--name", "Mary Lee's walk", "--by", anna.email).returncode == 0
    kept = Route.objects.get()
    assert kept.name == "Mary Lee's walk" and kept.alias == "Meeting point"


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["desk", "client"])
def test_whoever_may_not_add_a_route_on_the_page_adds_none_here(who, olga, mrs_lee):
    done = run(LOOP, "--by", {"desk": olga, "client": mrs_lee.user}[who].email)
    assert done.returncode == 2 and "may not add routes" in done.stderr and done.stderr.count("\n") == 1
    assert not Route.objects.exists()
