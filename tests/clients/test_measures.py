"""Measures over time: the plan, the drawings for the care team, and a client's own lines once they are agreed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import measure_asking, measure_plans, measures, own_lines, recording, results
from clients.domain.instruments import shipped
from clients.models import ChartAgreement, MeasurePlan, Screening
from practice.models import AuditEntry, CoverPerson

pytestmark = pytest.mark.django_db
PHQ9 = [item.key for item in shipped()["phq9"].items if item.needed]
GAD7 = [item.key for item in shipped()["gad7"].items]
TODAY = timezone.localdate()


def spread(keys, total):
    """Answers that add up to a total."""
    return {key: str(min(3, max(0, total - 3 * number))) for number, key in enumerate(keys)}


def answer(person, by, kind, total, days_ago, keys=None, **answers):
    given = answers or spread(keys or {"phq9": PHQ9, "gad7": GAD7}[kind], total)
    return recording.record(person, kind, given, manner="room", by=by, now=datetime.now(UTC) - timedelta(days=days_ago))


def plan(person, by, **fields):
    return measure_plans.write(person, **{"kinds": ["phq9"], "every": 4, "how": "room", "by": by} | fields)


def at(name, person):
    return reverse(f"clients:{name}", args=[person.pk])


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_what_can_be_planned_comes_to_a_figure_or_a_flag_and_is_never_asked_by_a_person_alone():
    kinds = [one.key for one in measure_plans.kinds()]
    assert kinds[:2] == ["phq9", "gad7"]
    assert {"who5", "dass21", "pcl5", "session_fit"} <= set(kinds)
    assert not {"asq", "cssrs", "day_of_check", "picture", "acsm", "everyday_health", "parq"} & set(kinds)


def test_the_newest_plan_counts_and_the_older_ones_stay(anna, mrs_lee):
    plan(mrs_lee, anna)
    newer = plan(mrs_lee, anna, kinds=["gad7", "phq9"], every=2, how="link")
    assert measure_plans.of(mrs_lee) == newer and newer.by == anna
    measure_plans.stop(mrs_lee, by=anna)
    assert measure_plans.of(mrs_lee) is None
    measure_plans.stop(mrs_lee, by=anna)
    assert MeasurePlan.objects.filter(client=mrs_lee).count() == 3


def test_the_same_plan_again_is_written_once_and_goes_on_counting(anna, mrs_lee):
    first = plan(mrs_lee, anna, kinds=["phq9", "gad7"])
    assert plan(mrs_lee, anna, kinds=["gad7", "phq9"]) == first
    assert MeasurePlan.objects.count() == 1


@pytest.mark.parametrize("every", [0, 21])
def test_the_database_counts_from_one_to_twenty(anna, mrs_lee, every):
    with pytest.raises(IntegrityError, match="measure_plan_counts_to_twenty"):
        MeasurePlan.objects.create(client=mrs_lee, kinds=["phq9"], every=every, how="room", by=anna)


def test_plans_and_agreements_are_never_rewritten(anna, mrs_lee):
    made = plan(mrs_lee, anna)
    agreed = measure_plans.agree(mrs_lee, on=TODAY, by=anna)
    for broken in (
        lambda: MeasurePlan.objects.update(every=2),
        made.delete,
        lambda: ChartAgreement.objects.update(agreed=False),
        agreed.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            broken()


def test_the_plan_is_made_changed_and_stopped_on_its_pages(as_anna, anna, mrs_lee):
    form = {"kinds": ["phq9", "gad7"], "every": "3", "how": "room"}
    assert as_anna.get(at("measure_plan", mrs_lee)).status_code == 200
    assert as_anna.post(at("measure_plan", mrs_lee), form).status_code == 302
    made = measure_plans.of(mrs_lee)
    assert (made.kinds, made.every, made.how, made.by) == (["gad7", "phq9"], 3, "room", anna)
    page = as_anna.get(at("over_time", mrs_lee)).content.decode()
    assert "Before every 3 sessions." in page and "GAD-7, PHQ-9" in page
    assert as_anna.post(at("stop_measures", mrs_lee)).status_code == 302
    assert measure_plans.of(mrs_lee) is None
    assert AuditEntry.objects.filter(body__contains="measures.planned").exists()


@pytest.mark.parametrize(
    "wrong",
    [{"kinds": []}, {"kinds": ["asq"]}, {"every": "0"}, {"every": "21"}, {"every": "many"}, {"how": "mail"},
     {"how": ""}, {"kinds": ["\x00"]}],
)  # fmt: skip
def test_a_plan_that_does_not_fit_is_refused_with_its_form(as_anna, mrs_lee, wrong):
    answer = as_anna.post(at("measure_plan", mrs_lee), {"kinds": ["phq9"], "every": "4", "how": "room"} | wrong)
    assert answer.status_code == 422 and not MeasurePlan.objects.exists()


def test_the_plan_says_at_once_when_nothing_can_go_by_link(as_anna, anna, mrs_lee):
    page = as_anna.get(at("measure_plan", mrs_lee)).content.decode()
    assert "Nobody is named on the cover list" in page
    CoverPerson.objects.create(user=anna, position=1)
    assert "Not by mail today" not in as_anna.get(at("measure_plan", mrs_lee)).content.decode()


# --- by link ----------------------------------------------------------------------------------------------------------


def ask(person, anna, kind="phq9"):
    return measure_asking.ask_by_link(person, kind, by=anna, reader=anna, until=timezone.now() + timedelta(days=2))


def test_nothing_goes_by_link_without_a_cover_list_a_safe_address_or_its_words(anna, mrs_lee):
    with pytest.raises(measure_asking.NotByLink, match="cover list"):
        ask(mrs_lee, anna)
    CoverPerson.objects.create(user=anna, position=1)
    with pytest.raises(measure_asking.NotByLink, match="copy"):
        ask(mrs_lee, anna, kind="who5")
    mrs_lee.contact_points.update(is_safe=False)
    with pytest.raises(measure_asking.NotByLink, match="safe"):
        ask(mrs_lee, anna)
    assert not Screening.objects.exists()


def test_one_that_was_never_begun_is_put_aside_for_the_next_and_one_begun_stays(anna, mrs_lee):
    CoverPerson.objects.create(user=anna, position=1)
    first = ask(mrs_lee, anna)
    second = ask(mrs_lee, anna)
    first.refresh_from_db()
    assert first.status == "withdrawn" and second.status == "asked"
    Screening.objects.filter(pk=second.pk).update(status="started")
    ask(mrs_lee, anna)
    second.refresh_from_db()
    assert second.status == "started"


# --- the drawings -----------------------------------------------------------------------------------------------------


def test_scores_become_a_line_with_bands_and_the_change_in_words(anna, mrs_lee):
    answer(mrs_lee, anna, "phq9", 17, 60)
    answer(mrs_lee, anna, "phq9", 12, 30)
    answer(mrs_lee, anna, "phq9", 9, 1)
    [chart] = measures.charts(mrs_lee)
    assert chart.title == "PHQ-9" and chart.change.startswith("eased by 8 since ")
    assert [row.word for row in chart.rows] == ["mild", "moderate", "moderately severe"]
    assert [row.value for row in chart.rows] == [9, 12, 17]
    assert chart.path.count("M") == 1 and chart.path.count("L") == 2
    assert [zone.word for zone in chart.zones] == ["minimal", "mild", "moderate", "moderately severe", "severe"]


def test_less_than_the_published_change_is_about_the_same(anna, mrs_lee):
    answer(mrs_lee, anna, "phq9", 14, 60)
    answer(mrs_lee, anna, "phq9", 10, 1)
    assert measures.charts(mrs_lee)[0].change.startswith("about the same")


def test_on_who5_more_is_easier(anna, mrs_lee):
    for days, value in ((60, "1"), (1, "3")):
        answer(mrs_lee, anna, "who5", 0, days, **{f"q{n}": value for n in range(1, 6)})
    [chart] = measures.charts(mrs_lee)
    assert chart.change.startswith("eased by 40") and chart.rows[0].value == 60


def test_where_no_change_is_published_none_is_claimed(anna, mrs_lee):
    for days, value in ((60, "1"), (1, "3")):
        answer(mrs_lee, anna, "dass21", 0, days, **{f"q{n}": value for n in range(1, 22)})
    charts = measures.charts(mrs_lee)
    assert [chart.title for chart in charts] == ["DASS-21: Depression", "DASS-21: Anxiety", "DASS-21: Stress"]
    for chart in charts:
        assert chart.change.startswith("from 14 to 42") and "not published" in chart.change
        assert "eased" not in chart.description and "not published" in chart.description


def test_a_day_on_which_too_much_was_open_is_a_gap(anna, mrs_lee):
    answer(mrs_lee, anna, "phq9", 17, 60)
    answer(mrs_lee, anna, "phq9", 0, 40, interest="2")
    answer(mrs_lee, anna, "phq9", 12, 20)
    answer(mrs_lee, anna, "phq9", 9, 1)
    [chart] = measures.charts(mrs_lee)
    assert chart.path.count("M") == 2 and chart.path.count("L") == 1 and len(chart.dots) == 3
    assert "Too much was left open" in chart.change and "Too much was left open" in chart.description


def test_nothing_but_gaps_draws_nothing(anna, mrs_lee):
    answer(mrs_lee, anna, "phq9", 0, 4, interest="2")
    assert measures.charts(mrs_lee) == []


def test_another_version_begins_a_line_of_its_own_without_todays_bands(anna, mrs_lee):
    answer(mrs_lee, anna, "phq9", 12, 20)
    answer(mrs_lee, anna, "phq9", 9, 1)
    for days, total in ((90, 20), (60, 2)):
        made = Screening(
            client=mrs_lee, kind="phq9", versions={"phq9": "1998"}, manner="room", status="submitted", asked_by=anna,
            submitted_at=timezone.now() - timedelta(days=days),
        )  # fmt: skip
        made.answers = {"phq9": spread(PHQ9, total)}
        results.seal(made)
        made.save(force_insert=True)
    now, before = measures.charts(mrs_lee)
    assert [row.value for row in now.rows] == [9, 12]
    assert before.title == "PHQ-9, as it was worded before" and [row.value for row in before.rows] == [2, 20]
    assert [zone.word for zone in before.zones] == [""] and "not published" in before.change
    assert now.key != before.key


@pytest.mark.parametrize(
    ("kind", "figure", "expected"),
    [("phq9", "total", (0, 27)), ("gad7", "total", (0, 21)), ("who5", "total", (0, 100)), ("pcl5", "total", (0, 80)),
     ("dass21", "stress", (0, 42)), ("eai", "total", (6, 30)), ("cet", "total", (0, 25)), ("pcptsd5", "total", (0, 5))],
)  # fmt: skip
def test_how_far_a_figure_reaches(kind, figure, expected):
    instrument = shipped()[kind]
    found = next(one for one in instrument.scoring.sums if one.key == figure)
    assert measures.reach(instrument, found) == expected


@pytest.mark.parametrize(("value", "drawn"), [(9, 9), (14.96, 14.9), (15.0, 15.0), (2.25, 2.2)])
def test_a_mean_never_reaches_a_band_by_being_rounded(value, drawn):
    assert measures.to_draw(value) == drawn


def test_the_page_and_the_decision_show_the_lines_after_an_entry_in_the_audit(as_anna, anna, mrs_lee):
    answer(mrs_lee, anna, "phq9", 17, 60)
    answer(mrs_lee, anna, "phq9", 9, 1)
    for name in ("over_time", "decide"):
        before = AuditEntry.objects.filter(body__contains="measures.read").count()
        page = as_anna.get(at(name, mrs_lee)).content.decode()
        assert "Eased by 8 since" in page and "<svg" in page and "moderately severe" in page
        assert AuditEntry.objects.filter(body__contains="measures.read").count() == before + 1
    assert at("over_time", mrs_lee) in as_anna.get(at("show", mrs_lee)).content.decode()


def test_without_answers_the_page_says_what_comes_next(as_anna, mrs_lee):
    page = as_anna.get(at("over_time", mrs_lee)).content.decode()
    assert "No score yet" in page and at("measure_plan", mrs_lee) in page


def test_the_pages_cost_the_same_with_any_number_of_answers(as_anna, anna, mrs_lee):
    def cost(name):
        with CaptureQueriesContext(connection) as seen:
            assert as_anna.get(at(name, mrs_lee)).status_code == 200
        return len(seen)

    def drawn():
        with CaptureQueriesContext(connection) as seen:
            measures.charts(mrs_lee)
        return len(seen)

    answer(mrs_lee, anna, "phq9", 17, 90)
    for name in ("over_time", "measure_plan"):
        cost(name)
    one = [cost("over_time"), cost("measure_plan")]
    assert drawn() == 2
    for days in (60, 30, 10):
        answer(mrs_lee, anna, "phq9", 12, days)
        answer(mrs_lee, anna, "gad7", 12, days)
        plan(mrs_lee, anna, every=days % 7 + 1)
    assert [cost("over_time"), cost("measure_plan")] == one and drawn() == 2


def test_the_supervisor_reads_and_plans_nothing(
    as_sam, sam, as_ben, as_olga, as_rosa, as_mrs_lee, client, anna, mrs_lee
):
    assert as_sam.get(at("over_time", mrs_lee)).status_code == 200
    assert as_sam.get(at("measure_plan", mrs_lee)).status_code == 404
    assert at("measure_plan", mrs_lee) not in as_sam.get(at("over_time", mrs_lee)).content.decode()
    for browser in (as_ben, as_olga, as_rosa, as_mrs_lee):
        for name in ("over_time", "measure_plan", "agree_charts"):
            assert browser.get(at(name, mrs_lee)).status_code == 404
    assert client.get(at("over_time", mrs_lee)).status_code == 302


# --- a client's own lines ---------------------------------------------------------------------------------------------

OWN = "clients:own_lines"
CLINICAL = ("PHQ", "GAD", "moderate", "severe", "minimal", "score", "band", "risk", "17", "eased")


def fill(anna, person):
    for days, total in ((90, 17), (60, 14), (30, 12), (2, 9)):
        answer(person, anna, "phq9", total, days)


def test_nothing_is_hers_to_see_before_it_was_agreed(as_mrs_lee, anna, mrs_lee):
    fill(anna, mrs_lee)
    plan(mrs_lee, anna)
    assert as_mrs_lee.get(reverse(OWN)).status_code == 404
    assert as_mrs_lee.get(reverse(OWN), headers={"HX-Request": "true"}).status_code == 404
    home = as_mrs_lee.get(reverse("sessions:mine")).content.decode()
    assert reverse(OWN) not in home and "last months" not in home and "PHQ" not in home


def test_once_agreed_she_sees_her_line_in_plain_words(as_mrs_lee, anna, mrs_lee):
    fill(anna, mrs_lee)
    measure_plans.agree(mrs_lee, on=TODAY, by=anna)
    assert reverse(OWN) in as_mrs_lee.get(reverse("sessions:mine")).content.decode()
    whole = as_mrs_lee.get(reverse(OWN)).content.decode()
    part = as_mrs_lee.get(reverse(OWN), headers={"HX-Request": "true"}).content.decode()
    assert "Mood and strength" in whole and "Easier since" in whole and "<html" in whole
    assert "Mood and strength" in part and "<html" not in part
    shown = re.sub(r"<[^>]*>", " ", part)
    for word in CLINICAL:
        assert word not in shown, word
    assert AuditEntry.objects.filter(body__contains="measures.own_read").count() == 2


def test_taken_back_it_is_gone_at_once(as_anna, as_mrs_lee, anna, mrs_lee):
    fill(anna, mrs_lee)
    day = TODAY.isoformat()
    assert as_anna.post(at("agree_charts", mrs_lee), {"on": "2999-01-01"}).status_code == 422
    assert as_anna.post(at("agree_charts", mrs_lee), {"on": ""}).status_code == 422
    assert as_mrs_lee.get(reverse(OWN)).status_code == 404
    for _twice in range(2):
        assert as_anna.post(at("agree_charts", mrs_lee), {"on": day}).status_code == 302
    assert ChartAgreement.objects.count() == 1 and as_mrs_lee.get(reverse(OWN)).status_code == 200
    assert as_anna.post(at("agree_charts", mrs_lee), {"on": day, "back": "yes"}).status_code == 302
    assert as_mrs_lee.get(reverse(OWN)).status_code == 404
    assert reverse(OWN) not in as_mrs_lee.get(reverse("sessions:mine")).content.decode()


def test_easier_days_lie_higher_up_and_other_questionnaires_are_not_drawn(anna, mrs_lee):
    fill(anna, mrs_lee)
    answer(mrs_lee, anna, "eai", 0, 5, **{f"q{n}": "5" for n in range(1, 7)})
    answer(mrs_lee, anna, "pcl5", 0, 5, **{f"q{n}": "3" for n in range(1, 21)})
    [line] = own_lines.of(mrs_lee, today=TODAY)
    heights = [dot.y for dot in line.dots]
    assert heights == sorted(heights, reverse=True) and heights[0] > heights[-1]


@pytest.mark.parametrize(
    ("totals", "said"),
    [([9, 17], "Harder since"), ([12, 10], "About the same since"), ([17, 9], "Easier since"), ([9], "Answered once")],
)
def test_what_she_reads_is_plain(anna, mrs_lee, totals, said):
    for number, total in enumerate(totals):
        answer(mrs_lee, anna, "phq9", total, 30 - 20 * number)
    [line] = own_lines.of(mrs_lee, today=TODAY)
    assert line.words.startswith(said)


def test_what_is_long_past_is_not_drawn_for_her(anna, mrs_lee):
    answer(mrs_lee, anna, "phq9", 20, 400)
    assert own_lines.of(mrs_lee, today=TODAY) == []


def test_another_client_sees_only_themselves(as_mrs_lee, anna, mrs_lee, mr_ode, ben):
    fill(anna, mrs_lee)
    measure_plans.agree(mr_ode, on=TODAY, by=ben)
    assert as_mrs_lee.get(reverse(OWN)).status_code == 404
    measure_plans.agree(mrs_lee, on=TODAY, by=anna)
    answer(mr_ode, ben, "gad7", 15, 3)
    assert "Worry" not in as_mrs_lee.get(reverse(OWN)).content.decode()


# --- twice on one day ---


def test_two_of_one_day_both_stand_in_the_table_and_on_the_line_in_the_order_of_time(anna, mrs_lee, as_anna):
    answer(mrs_lee, anna, "phq9", 15, 0.02)
    answer(mrs_lee, anna, "phq9", 6, 0.01)
    [chart] = measures.charts(mrs_lee)
    assert [row.value for row in chart.rows] == [6, 15] and len(chart.dots) == 2
    assert "answered 2 times" in chart.change and "once" not in chart.change + chart.description
    assert "nswered 2 times" in as_anna.get(at("over_time", mrs_lee)).content.decode()
    [line] = own_lines.of(mrs_lee, today=TODAY)
    assert line.words.startswith("Answered 2 times on")
