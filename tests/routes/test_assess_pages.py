"""The pages of a risk assessment: who gets in, what is kept, what is refused with everything typed still there."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from routes.domain import assessing, risk
from routes.models import AssessmentApproval, Hazard, RiskAssessment, Route
from tests import factories
from tests.routes.test_assessing import SOUND, WHOLE, second_person

__all__ = ["second_person"]
CANARY = "barrier code 4417"
COWS = replace(WHOLE, kind="livestock", words="Cows in June.")
TODAY = timezone.localdate


@pytest.fixture
def orchard(anna):
    route = factories.route(anna, **SOUND | {"look_again_because": "", "gate_codes": CANARY})
    Hazard.objects.create(route=route, kind="livestock", words="Cows in June.")
    return route


def url(name, route, *more):
    return reverse(f"routes:{name}", args=[route.pk, *more])


def typed(*lines, **fields):
    """What a browser sends: these lines and an empty one."""
    told = {"lines-TOTAL_FORMS": str(len(lines) + 1), "lines-INITIAL_FORMS": str(len(lines))}
    for number, line in enumerate(lines):
        row = line if isinstance(line, dict) else risk.kept([line])[0]
        told |= {f"lines-{number}-{name}": "" if value is None else str(value) for name, value in row.items()}
    days = {"walked_on": TODAY().isoformat(), "review_on": (TODAY() + timedelta(days=300)).isoformat()}
    return told | days | {"season": "all", "hours": "", "group_limit": "", "alone": "", "words": ""} | fields


def sent(browser, route, told):
    """Sent from a page that was opened just now."""
    seen = assessing.mark(assessing.draft_of(route))
    return browser.post(url("assess_draft", route), told | {"seen": seen})


def signed(route, by, **fields):
    made = factories.assessment(route, by, **fields)
    Route.objects.filter(pk=route.pk).update(risk="waiting" if made.needs_approval else "passed")
    return made


# --------------------------------------------------------------------------------------------------------------- who


def test_nobody_is_sent_to_sign_in_and_a_client_sees_nothing(as_mallory, as_mrs_lee, orchard, anna):
    signed(orchard, anna)
    addresses = [url("assess", orchard), url("assess_draft", orchard)]
    addresses += [url(name, orchard, 1) for name in ("assessment", "approve_assessment", "assessment_paper")]
    for address in addresses:
        answer = as_mallory.get(address)
        assert answer.status_code == 302 and reverse("account_login") in answer["Location"]
        answer = as_mrs_lee.get(address)
        assert answer.status_code == 404 and CANARY not in answer.content.decode()


def test_the_desk_reads_what_was_signed_and_writes_nothing(as_olga, orchard, anna):
    assessing.begin(orchard, "your_block", by=anna)
    page = as_olga.get(url("show", orchard)).content.decode()
    assert "Nobody has assessed it yet" in page and "draft" not in page and url("assess", orchard) not in page
    for address in (url("assess", orchard), url("assess_draft", orchard)):
        assert as_olga.get(address).status_code == as_olga.post(address, typed(WHOLE)).status_code == 404
    assert as_olga.post(url("throw_away_assessment", orchard)).status_code == 404
    assert assessing.draft_of(orchard)
    signed(orchard, anna, version=2, needs_approval=True)
    assert CANARY in as_olga.get(url("assessment", orchard, 2)).content.decode()
    for method in ("get", "post"):
        assert getattr(as_olga, method)(url("approve_assessment", orchard, 2)).status_code == 404
    assert not AssessmentApproval.objects.exists()


# --------------------------------------------------------------------------------------------------------- beginning


def test_one_chooses_where_to_begin_and_the_record_comes_first(as_anna, orchard):
    page = as_anna.get(url("assess", orchard)).content.decode()
    assert "City park loop" in page and "Woodland path" in page and "As the last time" not in page
    answer = as_anna.post(url("assess", orchard), {"template": "woodland_path"})
    assert answer["Location"] == url("assess_draft", orchard)
    page = as_anna.get(answer["Location"]).content.decode()
    assert page.index("Cows in June.") < page.index("Roots, mud, loose stones") and "Leave out" in page
    assert CANARY in page and "10, high" in page and "5, medium" in page, "scores in words"
    assert as_anna.get(url("assess", orchard))["Location"] == url("assess_draft", orchard), "gone on with"


def test_the_last_version_is_offered_once_there_is_one(as_anna, anna, orchard):
    signed(orchard, anna)
    assert "As the last time" in as_anna.get(url("assess", orchard)).content.decode()
    as_anna.post(url("assess", orchard), {"template": "last"})
    assert "Open water, no rail." in as_anna.get(url("assess_draft", orchard)).content.decode()


@pytest.mark.parametrize("template", ["", "last", "../demo/1-inner-circle"])
def test_what_is_not_offered_is_refused(as_anna, orchard, template):
    answer = as_anna.post(url("assess", orchard), {"template": template})
    assert answer.status_code == 422 and "is-invalid" not in answer.content.decode().split("<main")[0]
    assert not orchard.assessments.exists()


# ----------------------------------------------------------------------------------------------------------- writing


def test_a_draft_is_kept_with_its_gaps_and_lines_can_be_left_out_and_added(as_anna, anna, orchard):
    assessing.begin(orchard, "your_block", by=anna)
    gone = risk.kept([WHOLE])[0] | {"words": "A pond.", "gone": "on"}
    begun = {"kind": "dogs", "words": "Dogs.", "likelihood": "3"}
    answer = sent(as_anna, orchard, typed(gone, begun, WHOLE, walked_on="", group_limit="4"))
    assert answer["Location"] == url("assess_draft", orchard)
    kept = orchard.assessments.get()
    assert [line.words for line in risk.lines(kept.rows)] == ["Dogs.", "Open water, no rail."]
    assert (kept.group_limit, kept.walked_on, kept.signed_at, kept.rows[0]["severity"]) == (4, None, None, None)
    more = sent(as_anna, orchard, typed(WHOLE, more="1"))
    assert more["Location"].endswith("/assess/draft?more=1#one-more")
    orchard.refresh_from_db()
    assert orchard.risk == "missing"


@pytest.mark.parametrize(
    ("line", "fields", "sentence"),
    [
        ({"likelihood": "6"}, {}, "valid choice"),
        ({"kind": "dragons"}, {}, "valid choice"),
        ({"kind": ""}, {}, "which kind"),
        ({"words": "x" * 201}, {}, "200"),
        ({}, {"season": "monsoon"}, "valid choice"),
        ({}, {"walked_on": "yesterday"}, "valid date"),
        ({}, {"review_on": "2020-01-01"}, "a year after it at the most"),
        ({}, {"walked_on": "2024-01-01"}, "a year after it at the most"),
        ({}, {"walked_on": "9999-12-01", "review_on": "9999-12-31"}, "has not come yet"),
        ({}, {"lines-TOTAL_FORMS": "70"}, "at most 40"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(as_anna, anna, orchard, line, fields, sentence):
    before = assessing.begin(orchard, "your_block", by=anna)
    told = typed(risk.kept([WHOLE])[0] | line, hours="at noon, typed by hand", **fields)
    answer = sent(as_anna, orchard, told)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "at noon, typed by hand" in page
    assert "Walk on the land side." in page and orchard.assessments.get().rows == before.rows


def test_signing_what_is_not_whole_says_where_and_keeps_the_draft(as_anna, anna, orchard):
    assessing.begin(orchard, "nothing", by=anna)
    lacking = risk.kept([WHOLE])[0] | {"control": "", "likelihood_after": "4"}
    answer = sent(as_anna, orchard, typed(WHOLE, lacking, walked_on="", sign="1"))
    page = answer.content.decode()
    assert answer.status_code == 422
    for sentence in ("What do you do about it?", "worse than before", "On which day did you walk it?"):
        assert sentence in page
    assert re.search(r'href="#id_lines-1-control"', page) and not re.search(r'href="#id_lines-0', page)
    kept = orchard.assessments.get()
    assert len(kept.rows) == 2 and kept.signed_at is None


def test_without_a_line_nothing_is_signed(as_anna, anna, orchard):
    assessing.begin(orchard, "nothing", by=anna)
    answer = sent(as_anna, orchard, typed(sign="1"))
    assert answer.status_code == 422 and "at least one hazard" in answer.content.decode()


def test_signed_with_one_act_it_stands_on_the_route(as_anna, anna, orchard):
    assessing.begin(orchard, "nothing", by=anna)
    answer = sent(as_anna, orchard, typed(WHOLE, COWS, sign="1"))
    assert answer["Location"] == url("assessment", orchard, 1)
    page = as_anna.get(answer["Location"]).content.decode()
    for words in ("10, high", "unlikely, a life", "Walk on the land side.", "nobody else approved it", CANARY):
        assert words in page
    orchard.refresh_from_db()
    assert (orchard.risk, orchard.walked_by) == ("passed", anna)
    show = as_anna.get(url("show", orchard)).content.decode()
    assert "approved by the assessor alone" in show and "Assess it again" in show and "Not assessed" not in show
    assert as_anna.get(url("assess_draft", orchard))["Location"] == url("assess", orchard), "no draft is left"
    assert orchard.events.order_by("-pgh_id").first().pgh_context["actor"] == str(anna.pk)


def mark_on(browser, route):
    return re.search(r'name="seen" value="(\w+)"', browser.get(url("assess_draft", route)).content.decode())[1]


@pytest.mark.parametrize("act", [{"sign": "1"}, {}, {"hours": "x" * 90}])
def test_an_old_page_neither_signs_nor_writes_away_what_a_colleague_wrote(as_anna, as_ben, anna, orchard, act):
    assessing.begin(orchard, "nothing", by=anna)
    seen = mark_on(as_anna, orchard)
    sent(as_ben, orchard, typed(WHOLE, COWS, replace(WHOLE, kind="drop", words="The edge gave way.")))
    answer = as_anna.post(url("assess_draft", orchard), typed(WHOLE, COWS, **act) | {"seen": seen}, follow=True)
    page = answer.content.decode()
    assert "was changed since you opened it" in page and "The edge gave way." in page
    kept = orchard.assessments.get()
    assert len(kept.rows) == 3 and kept.signed_at is None
    without = as_anna.post(url("assess_draft", orchard), typed(WHOLE, COWS, **act))
    assert without["Location"] == url("assess_draft", orchard) and len(orchard.assessments.get().rows) == 3


def test_a_page_that_was_refused_can_be_put_right_and_sent_again(as_anna, anna, orchard):
    assessing.begin(orchard, "nothing", by=anna)
    refused = sent(as_anna, orchard, typed(WHOLE, COWS, walked_on="", sign="1")).content.decode()
    again = {"seen": re.search(r'name="seen" value="(\w+)"', refused)[1], "sign": "1"}
    answer = as_anna.post(url("assess_draft", orchard), typed(WHOLE, COWS) | again)
    assert answer["Location"] == url("assessment", orchard, 1)


def test_what_the_record_lacks_is_told_before_signing_and_after(as_anna, anna, orchard):
    Route.objects.filter(pk=orchard.pk).update(defibrillator="")
    assessing.begin(orchard, "nothing", by=anna)
    page = as_anna.get(url("assess_draft", orchard)).content.decode()
    assert "would not pass" in page and "No defibrillator" in page and url("edit", orchard) in page
    sent(as_anna, orchard, typed(WHOLE, COWS, sign="1"))
    for address in (url("assessment", orchard, 1), url("show", orchard)):
        assert "No defibrillator" in as_anna.get(address).content.decode()
    assert "Did not pass" in as_anna.get(reverse("routes:list")).content.decode()


def test_a_draft_is_thrown_away(as_ben, anna, orchard):
    assessing.begin(orchard, "your_block", by=anna)
    assert "Go on with the draft of Anna Reiter" in as_ben.get(url("show", orchard)).content.decode()
    as_ben.post(url("throw_away_assessment", orchard))
    assert not RiskAssessment.objects.exists()
    assert as_ben.post(url("throw_away_assessment", orchard)).status_code == 302, "twice is once"


# --------------------------------------------------------------------------------------------------------- approving


def test_a_second_person_reads_and_approves(second_person, as_anna, as_ben, anna, orchard):
    assessing.begin(orchard, "nothing", by=anna)
    sent(as_anna, orchard, typed(WHOLE, COWS, sign="1"))
    mine = as_anna.get(url("assessment", orchard, 1)).content.decode()
    assert "It waits for approval" in mine and "Read and approve" not in mine
    assert "somebody else approves it" in as_anna.get(url("approve_assessment", orchard, 1)).content.decode()
    answer = as_anna.post(url("approve_assessment", orchard, 1))
    assert answer.status_code == 422 and "somebody else approves it" in answer.content.decode()
    assert "Read and approve" in as_ben.get(url("assessment", orchard, 1)).content.decode()
    assert "Walk on the land side." in as_ben.get(url("approve_assessment", orchard, 1)).content.decode()
    long = as_ben.post(url("approve_assessment", orchard, 1), {"words": "x" * 301})
    assert long.status_code == 422 and "x" * 301 in long.content.decode()
    as_ben.post(url("approve_assessment", orchard, 1), {"words": "I walked it too."})
    orchard.refresh_from_db()
    assert orchard.risk == "passed"
    page = as_anna.get(url("assessment", orchard, 1)).content.decode()
    assert "by Ben Castle on" in page and "I walked it too." in page
    assert as_ben.get(url("approve_assessment", orchard, 1))["Location"] == url("assessment", orchard, 1)


def test_an_old_version_stays_readable_and_says_that_it_is_old(as_anna, anna, orchard):
    for version in (1, 2):
        signed(orchard, anna, version=version)
    assert "A newer version counts" in as_anna.get(url("assessment", orchard, 1)).content.decode()
    assert "A newer version counts" not in as_anna.get(url("assessment", orchard, 2)).content.decode()
    assert as_anna.get(url("assessment", orchard, 3)).status_code == 404


def test_a_draft_has_no_page_as_a_version(as_anna, anna, orchard):
    assessing.begin(orchard, "nothing", by=anna)
    for name in ("assessment", "approve_assessment", "assessment_paper"):
        assert as_anna.get(url(name, orchard, 1)).status_code == 404


def test_the_paper_is_handed_over_as_a_file(as_olga, anna, orchard):
    signed(orchard, anna)
    answer = as_olga.get(url("assessment_paper", orchard, 1))
    assert answer.content.startswith(b"%PDF") and "attachment" in answer["Content-Disposition"]


def test_as_many_queries_for_three_versions_and_lines_as_for_one(as_anna, anna, orchard, django_assert_num_queries):
    signed(orchard, anna)
    assessing.begin(orchard, "nothing", by=anna)
    addresses = [url("show", orchard), url("assessment", orchard, 1), url("assess_draft", orchard)]
    counts = []
    for address in addresses:
        with CaptureQueriesContext(connection) as one:
            as_anna.get(address)
        counts.append(len(one))
    for version in (3, 4):
        made = signed(orchard, anna, version=version, rows=risk.kept([WHOLE] * 5))
        AssessmentApproval.objects.create(assessment=made, by=factories.user(f"Approver {version}"), is_own=False)
    assessing.save(assessing.draft_of(orchard), [WHOLE] * 9, by=anna)
    for address, count in zip(addresses, counts, strict=True):
        with django_assert_num_queries(count):
            as_anna.get(address)
