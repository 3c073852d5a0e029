"""The starting points that come along, and files that are refused."""

from datetime import date
from pathlib import Path

import pytest

from routes.domain import assessment_templates
from routes.domain.assessment_templates import FOLDER, BrokenTemplate
from routes.domain.risk import Band, Score, band
from routes.forms.assessment import AssessmentForm, LineForm
from routes.models import RiskAssessment


def test_the_four_that_come_along_can_be_read_and_fit_their_form() -> None:
    shipped = assessment_templates.shipped()
    assert [one.name for one in shipped.values()] == [
        "City park loop",
        "Laps of a field",
        "Woodland path",
        "Your block",
    ]
    for one in shipped.values():
        assert 5 <= len(one.lines) <= 10, "ten minutes"
        for line in one.lines:
            assert all(len(getattr(line, name)) <= LineForm().fields[name].max_length for name in ("words", "who"))
            assert len(line.control) <= LineForm().fields["control"].max_length
            assert line.after and not line.stays_unacceptable
        form = AssessmentForm(today=date(2026, 5, 3))
        assert len(one.hours) <= form.fields["hours"].max_length
        assert len(one.alone) <= form.fields["alone"].max_length
        assert len(one.key) <= RiskAssessment._meta.get_field("template").max_length


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('kind = "dogs"', 'kind = "dragons"', 'hazard 4: the kind "dragons" is not known'),
        ("likelihood = 3", "likelihood = 6", "hazard 1: likelihood goes from 1 to 5"),
        ("severity = 2", "severity = 0", "hazard 1: severity goes from 1 to 5"),
        ("severity = 2", "severity = true", "hazard 1: severity goes from 1 to 5"),
        ("likelihood_after = 2", 'likelihood_after = "2"', "hazard 1: likelihood_after goes from 1 to 5"),
        ("severity_after = 2", "severity_after = 5", "hazard 1: it is worse after"),
        ("who = ", "whom = ", "hazard 1: it needs"),
        ('words = "Dogs off the lead"', 'words = ""', "hazard 4: words has to be words"),
        ('season = "all"', 'season = "monsoon"', 'the season "monsoon" is not known'),
        ('season = "all"', "", "it needs about, alone, hazards"),
        ('hours = "in daylight', "hours = 3 #", "hours has to be words"),
        ("[[hazards]]", "[[hazards", "is not valid TOML"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_the_reason(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = (FOLDER / "city_park_loop.toml").read_text()
    assert old in text
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace(old, new, 1))
    with pytest.raises(BrokenTemplate, match="broken.toml") as refusal:
        assessment_templates.read(broken)
    assert reason in str(refusal.value)


def test_a_file_without_hazards_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "empty.toml"
    head = (FOLDER / "your_block.toml").read_text().split("[[hazards]]")[0]
    broken.write_text(f"{head}\nhazards = []\n")
    with pytest.raises(BrokenTemplate, match=r"empty\.toml: it has no hazards"):
        assessment_templates.read(broken)


@pytest.mark.parametrize(
    ("score", "found"),
    [
        *((score, Band.LOW) for score in (1, 4)),
        *((score, Band.MEDIUM) for score in (5, 9)),
        *((score, Band.HIGH) for score in (10, 15)),
        *((score, Band.UNACCEPTABLE) for score in (16, 25)),
    ],
)
def test_the_bands(score: int, found: Band) -> None:
    assert band(score) is found


def test_a_score_is_told_in_words() -> None:
    score = Score(2, 4)
    assert (score.value, score.words, str(score.band.label)) == (8, "unlikely, hospital", "medium")
