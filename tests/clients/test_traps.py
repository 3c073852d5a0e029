"""What is commonly coded wrong, by the numbers of our clinical reference, and is not coded wrong here."""

import itertools
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clients.domain.considerations import consider
from clients.domain.facts import Level
from clients.domain.instruments import FOLDER, Status, shipped
from clients.domain.screening import score
from routes.domain import daylight, geometry

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = (".py", ".toml", ".txt", ".md", ".js", ".html", ".yml")


def ours():
    """The files of the product itself, without what it takes from others and without this page."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    names = [name for name in listed.stdout.splitlines() if name.endswith(OURS) and "vendor" not in name]
    return [ROOT / name for name in names if Path(name).name != Path(__file__).name and (ROOT / name).exists()]


def anywhere(pattern):
    found = re.compile(pattern)
    return [str(file.relative_to(ROOT)) for file in ours() if found.search(file.read_text("utf-8", "replace"))]


def test_the_search_of_the_repository_finds_what_is_there():
    assert "clients/domain/screening.py" in anywhere(r"def missing\(instrument")


def full(key, value):
    return {item.key: value for item in shipped()[key].items if item.needed}


def test_t1_scoff_is_positive_at_two():
    assert score(shipped()["scoff"], full("scoff", "no") | {"q1": "yes", "q2": "yes"}).bands["total"] == "positive"


def test_t2_no_air_quality_table_of_2012():
    assert not anywhere(r"(?m)^python-aqi\b")
    assert not anywhere(r"12\.0,\s*50\b")


def test_t3_and_t4_no_heat_index_with_the_wrong_coefficient():
    assert not anywhere(r"0\.05391553")


def test_t5_the_lowest_answer_of_the_gad7_is_not_at_all():
    lowest = shipped()["gad7"].items[0].scale.choices[0]
    assert (lowest.value, lowest.text["en"]) == ("0", "Not at all")
    assert not any("sure" in choice.text["en"] for item in shipped()["gad7"].items for choice in item.scale.choices)


def test_t6_the_ranges_are_27_and_21():
    assert score(shipped()["phq9"], full("phq9", "3")).total == 27
    assert score(shipped()["gad7"], full("gad7", "3")).total == 21


def test_t7_who5_is_the_sum_times_four():
    assert score(shipped()["who5"], full("who5", "0")).total == 0
    assert score(shipped()["who5"], full("who5", "5")).total == 100


def test_t8_dass21_is_doubled():
    made = score(shipped()["dass21"], full("dass21", "1"))
    assert set(made.totals.values()) == {14}
    assert dict(made.bands) == {"depression": "moderate", "anxiety": "moderate", "stress": "normal"}


@pytest.mark.parametrize("key", ["cssrs", "scoff", "edeqs", "eai", "cet", "who5", "dass21"])
def test_t9_words_that_are_not_ours_to_give_do_not_come_along(key):
    instrument = shipped()[key]
    assert instrument.status == Status.PACK_REQUIRED
    assert all(item.text["en"].isdecimal() for item in instrument.items)


def test_t10_what_is_never_shipped_is_not_there():
    assert not {path.stem for path in FOLDER.glob("*.toml")} & {"ors", "srs", "eat26", "leafq", "borg", "rpe"}
    assert shipped()["parq"].status == Status.LINK_ONLY and not shipped()["parq"].parts


def test_t11_no_place_of_service_of_the_street():
    assert not anywhere(r"(?i)(\bPOS\b|place_of_service)\W{0,6}27\b")


def test_t12_no_descriptors_of_procedure_codes():
    assert not anywhere(r"(?i)\b9083[247]\b")


def test_t13_an_attempt_of_long_ago_counts():
    answers = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "yes", "now": "no"}
    assert score(shipped()["asq"], answers).outcome == "non_acute_positive"
    assert consider({"asq": answers}).level == Level.THERAPIST_REVIEW


def test_t14_light_ends_at_civil_dusk_and_not_at_sunset():
    sun = daylight.of(51.53, -0.15, ZoneInfo("Europe/London"), date(2026, 10, 22))
    assert sun.set and sun.dusk
    begun = sun.set - timedelta(hours=1)
    open_air = daylight.light(sun, begun, sun.dusk, under_trees=False, lit=False)
    under_trees = daylight.light(sun, begun, sun.set, under_trees=True, lit=False)
    assert not open_air.ok and open_air.end_by and sun.set < open_air.end_by < sun.dusk
    assert not under_trees.ok and under_trees.end_by and under_trees.end_by < open_air.end_by


def test_t15_noise_is_not_ascent():
    noise = [100.0 + (0.8 if number % 2 else 0.0) for number in range(400)]
    naive = sum(max(0.0, after - before) for before, after in itertools.pairwise(noise))
    up, _ = geometry.ascent(noise)
    assert naive > 150 and up == 0


def test_t16_nothing_at_the_ninth_question_does_not_stand_for_the_suicide_questions():
    considered = consider({"phq9": full("phq9", "0")}, expected=("asq",))
    assert "INCOMPLETE" in considered.rules
