"""`manage.py route_import` as a program of its own: 2 seconds and 300 MB, whatever it is fed.

The memory is the most that the process held at once, and is held here to what is promised. The seconds are those that
the processor worked for it: `make bench-import` holds each file to the two that are promised, on a quiet machine. Here,
beside other tests and on whatever machine, twice as many are a fault; and what waits for ever is ended after a minute.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.routes.files import GPX11, track

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 2.0 if os.environ.get("BENCH") else 4.0
KILOBYTES = 300_000
WATCHED = """
import os, sys
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_pid, ended, used = os.wait4(child, 0)
with open(sys.argv[1], "w") as told:
    print(os.waitstatus_to_exitcode(ended), used.ru_utime + used.ru_stime, used.ru_maxrss, file=told)
"""
"""A small process in between: a child of this big one would begin its life with the memory of its parent."""


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(file: object, told: Path, before: Sequence[str] = (), more: Sequence[str] = ()) -> Done:
    reading = ["route_import", str(file), "--dry-run", "--json", *more]
    command = [*before, sys.executable, str(ROOT / "manage.py"), *reading]
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", WATCHED, str(told), *command],
        capture_output=True, text=True, timeout=60, check=False, cwd=ROOT,
    )  # fmt: skip
    code, seconds, kilobytes = told.read_text().split()
    assert float(seconds) < SECONDS
    assert int(kilobytes) < KILOBYTES
    return Done(int(code), done.stdout, done.stderr)


def refused(done: Done) -> str:
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and done.stderr.endswith(".\n") and "Traceback" not in done.stderr
    return done.stderr


DOCTYPE = '<!DOCTYPE gpx [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]><gpx><name>&b;</name></gpx>'
OUTSIDE = '<!DOCTYPE gpx [<!ENTITY x SYSTEM "{0}">]><gpx><name>&x;</name></gpx>'
GOOD = track([(51.5, -0.1, 20), (51.51, -0.1, 20)])
BIG = 10 * 1024 * 1024


def points(*places: tuple[object, object]) -> bytes:
    return track([(lat, lon, 1) for lat, lon in places])


UNUSABLE = {
    "nothing": b"",
    "kml": b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>',
    "gzip": gzip.compress(GOOD),
    "empty-track": b"<gpx><trk><trkseg/></trk></gpx>",
    "one-point": points((51.5, -0.1)),
    "round-the-world": points((0, -170), (0, 0), (0, 170)),
    "laughs": DOCTYPE.encode(),
    "laughs-utf-16": DOCTYPE.encode("utf-16"),
    "laughs-utf-32": DOCTYPE.encode("utf-32"),
    "laughs-utf-7": b'<?xml version="1.0" encoding="UTF-7"?>' + DOCTYPE.encode("utf-7"),
    "quadratic": f'<!DOCTYPE gpx [<!ENTITY a "{"x" * 50_000}">]><gpx>{"&a;" * 50_000}</gpx>'.encode(),
    "entity-of-a-file": OUTSIDE.format("file:///etc/passwd").encode(),
    "nan": points((51.5, -0.1), ("NaN", 0)),
    "infinite": points((51.5, -0.1), (0, "inf")),
    "1e309": points((51.5, -0.1), ("1e309", 0)),
    "91-degrees": points((51.5, -0.1), (91, 0)),
    "comma-decimals": points(("51,5", "-0,1"), ("51,6", "-0,1")),
    "deep": b"<gpx>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</gpx>",
    "one-attribute": b'<gpx creator="' + b"x" * (BIG - 100) + b'"/>',
    "one-latitude": b'<gpx><trk><trkseg><trkpt lon="1" lat="' + b"1" * (BIG - 100) + b'"/></trkseg></trk></gpx>',
    "one-name": b"<gpx><trk><name>" + b"n " * (BIG // 2 - 60) + b"</name></trk></gpx>",
    "many-attributes": b"<gpx>" + b'<a b="1" c="1" d="1"/>' * 470_000 + b"</gpx>",
    "attributes-of-one": b"<gpx " + b" ".join(b'a%d="1"' % n for n in range(800_000)) + b"/>",
    "many-elements": b"<gpx>" + b"<a/>" * 2_600_000 + b"</gpx>",
    "as-many-as-may-be": b"<gpx>" + b"<a/>" * 1_190_000 + b"</gpx>",
    "as-many-with-text": b"<gpx>" + b"<a>12345678</a>" * 595_000 + b"</gpx>",
    "texts-between": b"<gpx>" + b"<a/>x" * 1_190_000 + b"</gpx>",
    "a-million-points": b"<gpx><trk><trkseg>" + b'<trkpt lat="1" lon="1"/>' * 430_000 + b"</trkseg></trk></gpx>",
    "many-pieces": b"<gpx><trk>"
    + b'<trkseg><trkpt lat="1" lon="1"/><trkpt lat="1" lon="2"/></trkseg>' * 25_000
    + b"</trk></gpx>",
    "empty-routes": b"<gpx>" + b"<rte/>" * 990_000 + b"</gpx>",
    "empty-pieces": b"<gpx><trk>" + b"<trkseg/>" * 990_000 + b"</trk></gpx>",
    "far-steps": points(*((n % 2 * 60, n % 3 * 59.7) for n in range(50_000))),
    "antipodes": points(*((n % 2 * 0.1, 179.9 * (-1) ** n) for n in range(50_000))),
    "brackets": b"<" * (BIG - 10),
    "zeros": bytes(BIG),
    "too-big": GOOD + b" " * BIG,
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_an_unusable_file_is_refused_in_time_and_room(what, tmp_path):
    file = tmp_path / "walk.gpx"
    file.write_bytes(UNUSABLE[what])
    refused(run(file, tmp_path / "told"))


@pytest.mark.parametrize(
    "path", ["/dev/zero", "/dev/null", "/dev/stdin", "/proc/self/mem", "/no/such/file.gpx", "/tmp"]
)
def test_what_is_no_file_is_refused(path, tmp_path):
    assert path in refused(run(path, tmp_path / "told"))


def test_a_pipe_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.gpx"
    os.mkfifo(pipe)
    assert "a pipe" in refused(run(pipe, tmp_path / "told"))


def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    file = tmp_path / "walk.gpx"
    file.write_bytes(GOOD)
    file.chmod(0)
    without = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    if without and not shutil.which("setpriv"):
        pytest.skip("root reads every file, and setpriv is not here to prevent it")
    assert "Permission denied" in refused(run(file, tmp_path / "told", without))


def test_a_cut_that_is_no_number_is_one_line(tmp_path):
    file = tmp_path / "walk.gpx"
    file.write_bytes(GOOD)
    done = run(file, tmp_path / "told", more=["--cut", "abc"])
    assert done.returncode == 2 and done.stdout == ""
    assert "--cut" in done.stderr and done.stderr.count("\n") == 1


def test_an_odd_name_stays_on_its_line(tmp_path):
    told = tmp_path / "told"
    file = tmp_path / os.fsdecode(b"w\xff\x1b[2Jalk\n.gpx")
    assert refused(run(file, told))
    file.write_bytes(GOOD)
    assert json.loads(run(file, told).stdout)["name"] == "w [2Jalk"


def places(shape: str) -> list[tuple[float, float, int]]:
    """50,000 points: a walk there and back, teeth that grow, a line over the antimeridian, and one near the pole."""
    if shape == "comb":
        return [(51 + 4e-5 * (n % 2) * n / 50_000, -0.1 + n * 1e-7, 5) for n in range(50_000)]
    if shape == "polar":
        return [(82 + n % 2 * 1e-5 + n * 2e-8, n * 1e-5, n % 70) for n in range(50_000)]
    if shape == "antimeridian":
        return [(-16.8, (179.9 + n * 4e-6 + 180) % 360 - 180, n % 70) for n in range(50_000)]
    return [(51 + min(n, 50_000 - n) / 1e6, -0.1, n // 10 % 70) for n in range(50_000)]


@pytest.mark.parametrize("shape", ["there and back", "comb", "antimeridian", "polar"])
def test_fifty_thousand_points_are_measured_in_time_and_room(shape, tmp_path):
    recorded = "".join(
        f'<trkpt lat="{lat:.7f}" lon="{lon:.7f}"><ele>{ele}</ele><time>2024-05-01T10:00:00Z</time></trkpt>\n'
        for lat, lon, ele in places(shape)
    )
    file = tmp_path / "walk.gpx"
    file.write_text(f"<gpx {GPX11}><trk><trkseg>{recorded}</trkseg></trk></gpx>")
    assert json.loads(run(file, tmp_path / "told").stdout)["points"] == 50_000


def test_far_places_beside_a_short_path_do_not_hold_up_its_cutting(tmp_path):
    file, around = tmp_path / "walk.gpx", "".join(f'<wpt lat="{n % 90 - 90}" lon="179.{n}"/>' for n in range(49_000))
    file.write_bytes(track([(51.5, -0.1, 20), (51.51, -0.1, 20)], also=around))
    told = json.loads(run(file, tmp_path / "told", more=["--cut", "100"]).stdout)
    assert told["waypoints"] == 49_000


def test_a_path_over_the_antimeridian_has_a_small_box(tmp_path):
    file = tmp_path / "fiji.gpx"
    file.write_bytes(points((-16.8, 179.99), (-16.8, -179.99)))
    told = json.loads(run(file, tmp_path / "told").stdout)
    assert told["bbox"] == [179.99, -16.8, -179.99, -16.8]
    assert told["distance_m"] == pytest.approx(2132, abs=5)
