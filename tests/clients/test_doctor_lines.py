"""What a doctor reads of answers: plain sentences, and whether a word is asked for soon."""

import pytest

from clients.domain import doctor_lines
from clients.models import Screening

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(mrs_lee, anna):
    def tell(**said):
        made = Screening(
            client=mrs_lee, kind="intake", versions={}, language="en", status="submitted", asked_by=anna, read_by=anna
        )
        made.answers = {"everyday_health": {key.replace("__", "."): value for key, value in said.items()}}
        return [(one.text, one.is_urgent) for one in doctor_lines.offered([made])]

    return tell


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            {"chest_pain": "yes", "chest_pain__new": "yes", "chest_pain__effort": "yes", "chest_pain__looked": "no"},
            "Chest pain or pressure that is new or has changed lately and comes with effort; "
            "nobody has looked into it yet.",
        ),
        (
            {"collapse": "yes", "collapse__new": "no", "collapse__effort": "unsure", "collapse__looked": "talk"},
            "A faint or collapse that is not new; we do not know whether anyone has looked into it.",
        ),
        (
            {"breathless_rest": "yes"},
            "Shortness of breath at rest; we do not know whether anyone has looked into it.",
        ),
    ],
)
def test_what_cannot_wait(told, said, line):
    assert (line, True) in told(**said)


def test_what_can_wait(told):
    known = {"chest_pain": "yes", "chest_pain__new": "no", "chest_pain__effort": "no", "chest_pain__looked": "yes"}
    line = "Chest pain or pressure that is not new and does not come with effort; a doctor or nurse has looked into it."
    assert (line, False) in told(**known)
    assert ("Swelling of the ankles, or calf pain on walking; nobody has looked into it yet.", False) in told(
        legs="yes", legs__looked="no"
    )


def test_the_rest_in_short_words_without_a_yes(told):
    lines = [text for text, _urgent in told(disease=["heart"], active="yes", asthma="yes", asthma__reliever="no")]
    assert not any("Yes" in line or "yes" in line for line in lines)
    assert any("has a reliever inhaler: no." in line for line in lines) and all(line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            {"active": "no"},
            "In the last three months not active for half an hour or more on at least three days of most weeks.",
        ),
        ({"active": "left_out"}, "We do not know how active they have been in the last three months."),
    ],
)
def test_who_is_new_to_moving_is_a_sentence(told, said, line):
    assert (line, False) in told(wishes=["run"], **said)
