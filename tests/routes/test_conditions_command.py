"""`manage.py conditions`: one JSON object on stdout, or one line on stderr and exit code 2; never a database."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.routes import open_meteo

ROOT = Path(__file__).resolve().parent.parent.parent
ASKED = {"lat": "51.5", "lon": "-0.12", "start": "2026-06-15T11:00+01:00", "minutes": "50", "mode": "walk"}


def arguments(**changed):
    asked = ASKED | {name: str(value) for name, value in changed.items()}
    return [part for name, value in asked.items() for part in (f"--{name}", value)]


def run(*more, **changed):
    """Exit code, stdout and stderr."""
    out, err = StringIO(), StringIO()
    try:
        call_command("conditions", *arguments(**changed), *more, stdout=out, stderr=err, no_color=True)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def told(*more, **changed):
    code, out, err = run("--json", *more, **changed)
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.fixture
def files(tmp_path):
    """Arguments for a forecast and the air of 15 June, with these values changed."""

    def make(weather=None, air=None, **more):
        (tmp_path / "forecast.json").write_text(json.dumps(open_meteo.weather(weather, **more)))
        (tmp_path / "air.json").write_text(json.dumps(open_meteo.air(air, **more)))
        return ["--forecast", str(tmp_path / "forecast.json"), "--air", str(tmp_path / "air.json")]

    return make


def level(answer, name):
    return next(hazard["level"] for hazard in answer["hazards"] if hazard["name"] == name)


def test_the_keys_are_these_and_no_others(files):
    answer = told(*files())
    assert list(answer) == ["decision", "hazards", "light", "alternatives"]
    assert answer["decision"] == "go" and answer["alternatives"] == []
    for hazard in answer["hazards"]:
        assert list(hazard) == ["name", "value", "unit", "level", "limit", "basis"]
        assert hazard["level"] == "go" and hazard["basis"] in ("published", "ours")
    assert answer["light"] == {
        "sunset": "2026-06-15T21:19:26+01:00", "civil_dusk": "2026-06-15T22:07:01+01:00", "ok": True,
    }  # fmt: skip


def test_a_hot_run_of_a_sensitive_client(files):
    hot = {"temperature_2m": 82.0, "relative_humidity_2m": 50, "shortwave_radiation": 0}
    sources = files(hot)
    forecast = Path(sources[1])
    answer = json.loads(forecast.read_text())
    answer["hourly_units"]["temperature_2m"] = "°F"
    forecast.write_text(json.dumps(answer))
    assert told(*sources, mode="run")["decision"] == "modify"
    strict = told(*sources, "--sensitive", mode="run")
    assert strict["decision"] == "indoors"
    heat = next(hazard for hazard in strict["hazards"] if hazard["name"] == "heat_index")
    assert heat == {
        "name": "heat_index", "value": 82.77, "unit": "°F", "level": "indoors", "limit": 80.0, "basis": "published",
    }  # fmt: skip
    assert [(way["kind"], way["decision"]) for way in strict["alternatives"]] == [("walk", "modify"), ("indoors", "go")]
    assert all(way["words"] for way in strict["alternatives"])


def test_shade_is_said_by_the_exposure(files):
    sunny = {"temperature_2m": 29.0, "shortwave_radiation": 900}
    assert level(told(*files(sunny)), "heat_index") == "modify"
    assert level(told(*files(sunny), exposure="shaded"), "heat_index") == "go"


def test_under_trees_it_gets_dark_sooner():
    evening = {"start": "2026-06-15T20:25+01:00"}  # to 21:15, sunset 21:19, civil dusk 22:07
    assert told(**evening)["light"]["ok"] is True
    assert told(**evening, exposure="shaded")["light"]["ok"] is False


def test_without_files_the_weather_is_unknown_and_the_light_is_known():
    answer = told()
    assert answer["decision"] == "unknown" and answer["light"]["ok"] is True
    assert {hazard["level"] for hazard in answer["hazards"] if hazard["name"] != "light"} == {"unknown"}
    dark = told(start="2026-12-15T17:30Z")
    assert dark["decision"] == "indoors" and dark["light"]["ok"] is False


def test_air_alone_and_a_missing_hour_and_value_are_unknown(files):
    both = files()
    assert told(*both[2:])["decision"] == "unknown" and level(told(*both[2:]), "aqi") == "go"
    assert told(*both[:2])["decision"] == "unknown" and level(told(*both[:2]), "aqi") == "unknown"
    assert told(*files(hours=11))["decision"] == "unknown"
    assert level(told(*files({"temperature_2m": None})), "heat_index") == "unknown"


def test_times_of_the_file_are_local_to_it(files):
    new_york = {"lat": 40.7, "lon": -74.0, "start": "2026-06-15T23:00-04:00"}
    zone = {"timezone": "America/New_York", "utc_offset_seconds": -14400}
    assert told(*files(**zone, hours=24), **new_york)["decision"] == "indoors"  # dark
    assert level(told(*files(**zone, hours=25), **new_york), "gusts") == "go"
    assert level(told(*files(**zone, hours=24), **new_york), "gusts") == "unknown"


@pytest.mark.parametrize(
    ("place", "start", "sunset"),
    [
        ({"lat": -33.8688, "lon": 151.2093}, "2024-12-20T23:00Z", "2024-12-21T09:05"),
        ({"lat": -33.8688, "lon": 151.2093}, "2024-12-21T10:00+11:00", "2024-12-21T20:05"),
        ({"lat": 40.7128, "lon": -74.0060}, "2024-12-21T12:00-05:00", "2024-12-21T16:32"),
        ({"lat": 40.7128, "lon": -74.0060}, "2024-12-22T01:00+05:45", "2024-12-22T03:17"),
        ({"lat": -16.8, "lon": -179.97}, "2024-12-21T10:00+12:00", "2024-12-21T18:"),
        ({"lat": -16.8, "lon": 179.97}, "2024-12-21T10:00+12:00", "2024-12-21T18:"),
    ],
)
def test_the_sun_is_that_of_the_day_at_the_place(place, start, sunset):
    assert told(**place, start=start)["light"]["sunset"].startswith(sunset)


def test_polar_night_and_midnight_sun():
    for start, ok in (("2024-12-21T11:00+01:00", True), ("2024-06-21T23:00+02:00", True)):
        light = told(lat=69.6492, lon=18.9553, start=start)["light"]
        assert light["sunset"] is None and light["ok"] is ok
    back = told(lat=78.2232, lon=15.6267, start="2027-01-30T03:00+01:00")["light"]  # the first twilight of the year
    assert back["civil_dusk"].startswith("2027-01-30T1") and back["ok"] is False
    assert told(lat=90, lon=0, start="2024-12-21T11:00Z")["light"] == {"sunset": None, "civil_dusk": None, "ok": False}


@pytest.mark.parametrize(
    "changed",
    [
        {"start": "2026-06-15T10:00"}, {"start": "2026-06-15"}, {"start": "noon"}, {"start": ""},
        {"start": "0001-01-01T00:00+14:00"}, {"start": "9999-12-31T23:59-14:00"},
        {"lat": 91}, {"lat": "nan"}, {"lat": "inf"}, {"lon": -181}, {"minutes": 0}, {"minutes": -5}, {"minutes": 10**9},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_one_line_and_exit_code_2(changed):
    code, out, err = run("--json", **changed)
    assert (code, out) == (2, "") and err.count("\n") == 1 and err.strip()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b"{}", b'{"hourly": {}}', b'{"hourly": {"time": ["x"]}}', b"\xff\xfe", b"[" * 100_000,
     b'{"error": true, "reason": "line one\\nline two"}', b"9" * 10_000, b" " * 10_000_001],
)  # fmt: skip
def test_an_unusable_file_is_one_line_and_exit_code_2(content, tmp_path):
    file = tmp_path / "forecast.json"
    file.write_bytes(content)
    for name in ("--forecast", "--air"):
        code, out, err = run(name, str(file))
        assert (code, out) == (2, "") and err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize("path", ["missing.json", ".", "/dev/zero"])
def test_no_file_is_one_line_and_exit_code_2(path):
    code, out, err = run("--forecast", path)
    assert (code, out) == (2, "") and err.count("\n") == 1


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    command = [sys.executable, ROOT / "manage.py", "conditions", *arguments(), "--forecast", tmp_path / "pipe"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("changed", [{"mode": "fly"}, {"lat": "north"}, {"minutes": "50.5"}, {"exposure": "bare"}])
def test_a_wrong_word_is_refused_by_the_parser(changed):
    with pytest.raises(CommandError):
        run(**changed)


@pytest.mark.parametrize(
    ("given_", "code"), [(arguments(), 0), (arguments(mode="fly"), 2), (arguments(start="noon"), 2), ([], 2)]
)
def test_at_the_shell_it_is_the_same_and_no_database_is_asked(given_, code):
    nowhere = os.environ | {"DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:9/nowhere"}
    command = [sys.executable, ROOT / "manage.py", "conditions", *given_, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=nowhere)
    assert done.returncode == code, done.stderr
    assert bool(done.stdout) is (code == 0) and done.stderr.count("\n") == (code != 0)


def test_in_words_for_a_person(files):
    code, out, _ = run(*files({"wind_gusts_10m": 62}))
    assert code == 0 and out.startswith("modify\n") and "Keep away from trees" in out
