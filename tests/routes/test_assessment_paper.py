"""The printed assessment, read again."""

import re
import subprocess
from dataclasses import replace

import pytest

from practice.domain import papers
from practice.models import Paper
from routes.domain import assessing, assessment_paper, risk
from routes.models import RiskAssessment, Route
from tests import factories
from tests.clients.on_paper import can_be_read, text_of
from tests.routes.test_assessing import DAY, NOW, SOUND, WHOLE, drafted, second_person, signed

__all__ = ["second_person"]


def pages(data):
    """How many."""
    ran = subprocess.run(["pdfinfo", "-"], input=data, capture_output=True, check=True)
    return int(re.search(r"Pages:\s+(\d+)", ran.stdout.decode()).group(1))


def printed(made):
    return papers.read(assessment_paper.paper_of(made))


@pytest.fixture
def orchard(anna):
    more = {"gate_codes": "4417", "signal_tried_on": DAY, "permit": "Royal Parks", "permit_until": DAY}
    return factories.route(anna, **SOUND | more)


@can_be_read
def test_it_says_what_could_happen_who_walked_it_and_what_the_record_said(orchard, anna):
    made = signed(orchard, anna, season="autumn", hours="before noon", alone="Olga knows.", group_limit=5)
    text = text_of(printed(made))
    for words in (
        *("Orchard loop", "Larch Street", "Version 1, signed on 4 May 2026", "Anna Reiter", "walked on 3 May 2026"),
        *("autumn, before noon", "Olga knows.", "Most people in a group 5", "28 Feb 2027"),
        *("Open water, no rail.", "10, high", "unlikely, a life", "Walk on the land side.", "5, medium"),
        *("by the assessor, Anna Reiter; nobody else approved it", "4417", "At the café", "St Mary's; 8 minutes"),
        *(
            "good all the way; tried on 4 May 2026",
            "Royal Parks, until 4 May 2026",
            "51.53130, -0.15700",
            "Page 1 of 1",
        ),
    ):
        assert words in text, words
    assert "did not pass" not in text
    paper = Paper.objects.get(subject=orchard.pk)
    assert f"Document {paper.number}" in text and paper.kind == "assessment.1"


@can_be_read
def test_what_failed_is_said_plainly(anna):
    route = factories.route(anna, **SOUND | {"signal_found": "", "emergency_minutes": None})
    text = text_of(printed(signed(route, anna, replace(WHOLE, likelihood=5, likelihood_after=4))))
    assert "It did not pass: this route is not walked with clients." in text
    for failure in RiskAssessment.Failure:
        assert str(failure.label) in text
    assert "20, unacceptable" in text and "no: it did not pass" in text and "minutes not written down" in text


@can_be_read
def test_it_is_kept_once_and_once_more_when_it_was_approved(second_person, orchard, anna, ben):
    made = signed(orchard, anna)
    waiting = assessment_paper.paper_of(made)
    assert assessment_paper.paper_of(made) == waiting and "not yet" in text_of(papers.read(waiting))
    assessing.approve(made, by=ben, words="Walked it too.")
    final = assessment_paper.paper_of(made)
    assert final != waiting and assessment_paper.paper_of(made) == final
    text = text_of(papers.read(final))
    assert "by Ben Castle on" in text and "“Walked it too.”" in text


@can_be_read
def test_the_usual_case_is_one_page_and_a_long_one_loses_nothing(orchard, anna):
    draft = assessing.begin(orchard, "city_park_loop", by=anna, now=NOW)
    usual = assessing.sign(drafted(orchard, anna, *risk.lines(draft.rows), alone=draft.alone), by=anna, now=NOW)
    assert pages(printed(usual)) == 1
    Route.objects.filter(pk=orchard.pk).update(name="Wood" * 30, emergency_access="Schlagbaum" * 40)
    orchard.refresh_from_db()
    many = [
        replace(
            WHOLE,
            words=f"Nr{n}. " + "Donaudampfschifffahrtskapitänsmütze " * 5,
            control="Geländerholmausgleichsgewinde " * 9,
        )
        for n in range(12)
    ]
    data = printed(signed(orchard, anna, *many, words="Sonst nichts. " * 80))
    text = text_of(data)
    assert pages(data) > 1 and all(f"Nr{n}." in text for n in range(12))
