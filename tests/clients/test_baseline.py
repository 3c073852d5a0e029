"""What is known: alerts speak of a rise, of something new, and of everything once the review has lapsed."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from clients.domain import alerts, baseline, calling, considerations, intake, reading
from clients.domain.worry import NOTHING_KNOWN, Known, Signs, is_new, signs
from clients.models import Alert, Baseline
from practice.models import AuditEntry, CoverPerson, Letter

pytestmark = pytest.mark.django_db
LAST = intake.steps()[-1]
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
CANARY = "canary-wren"


def known_to(client, by, *, days=30, **known):
    return baseline.write(
        client, words=f"{CANARY} passive thoughts", known=Known(**known),
        review_by=timezone.localdate() + timedelta(days=days), by=by,
    )  # fmt: skip


# --- the sums ---


@pytest.mark.parametrize(
    ("found", "known", "calls"),
    [
        (Signs(item9=1), Known(), True),
        (Signs(item9=1), Known(item9=1), False),
        (Signs(item9=2), Known(item9=1), True),
        (Signs(item9=1), Known(item9=3), False),
        (Signs(asq=frozenset({"tried"})), Known(asq=frozenset({"tried"})), False),
        (Signs(asq=frozenset({"tried", "thoughts"})), Known(asq=frozenset({"tried"})), True),
        (Signs(hurt="talk"), Known(hurt="yes"), False),
        (Signs(hurt="yes"), Known(hurt="talk"), True),
        (Signs(item9=1, hurt="yes"), Known(item9=3), True),
        (Signs(now=True), Known(item9=3, asq=frozenset(NO), hurt="yes"), True),
        (Signs(danger=True), Known(item9=3, asq=frozenset(NO), hurt="yes"), True),
        (Signs(), Known(), False),
    ],
)
def test_a_rise_a_new_item_and_always_intent_and_danger(found, known, calls):
    assert is_new(found, known) is calls


def test_more_said_never_calls_less():
    """Whatever is known: adding a sign to what was found never takes a call away."""
    some = [Signs(), Signs(item9=1), Signs(item9=3), Signs(hurt="talk"), Signs(asq=frozenset({"tried"}))]
    more = {"item9": 3, "asq": frozenset(NO), "hurt": "yes"}
    for known in (NOTHING_KNOWN, Known(item9=1), Known(item9=3, hurt="yes"), Known(asq=frozenset({"tried"}))):
        for one in some:
            worse = Signs(**{name: more[name] for name in more})
            assert is_new(worse, known) >= is_new(one, known)


def test_signs_of_an_acute_answer_are_intent_now():
    assert signs({"asq": NO | {"tried": "yes", "now": "refused"}}).now
    assert not signs({"asq": NO | {"tried": "yes", "now": "no"}}).now


# --- with rows ---


def test_what_is_known_calls_nobody_and_is_shown_all_the_same(mrs_lee, anna, ben, as_anna):
    CoverPerson.objects.create(user=ben, position=1)
    known_to(mrs_lee, anna, hurt="yes")
    sent = intake.send(mrs_lee, by=anna, reader=anna)
    intake.save(sent, LAST, {"hurt": "yes"})
    intake.hand_in(sent)
    assert not Alert.objects.exists()
    kinds = Letter.objects.exclude(kind="intake_invitation").values_list("kind", flat=True)
    assert list(kinds) == ["answers_came_in"], "the reader hears that answers came in, as always"
    found = considerations.consider(reading.given([intake.Screening.objects.get(pk=sent.pk)]))
    assert "S4" in found.rules, "nothing is hidden from the clinician"
    assert "hurt yourself" in as_anna.get(reverse("clients:answers", args=[mrs_lee.pk, sent.pk])).content.decode()


def test_a_lapsed_review_calls_again(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    known_to(mrs_lee, anna, days=-1, hurt="yes")
    sent = intake.send(mrs_lee, by=anna, reader=anna)
    intake.save(sent, LAST, {"hurt": "talk"})
    calling.sweep()
    assert Alert.objects.count() == 1


def test_it_counts_up_to_and_including_its_last_day(mrs_lee, anna):
    one = known_to(mrs_lee, anna, days=0, item9=1)
    assert baseline.known(mrs_lee, on=one.review_by) == Known(item9=1)
    assert baseline.known(mrs_lee, on=one.review_by + timedelta(days=1)) == NOTHING_KNOWN


def test_the_newest_counts_and_none_is_changed(mrs_lee, anna):
    first = known_to(mrs_lee, anna, item9=3)
    known_to(mrs_lee, anna, item9=1)
    assert baseline.known(mrs_lee, on=date.today()) == Known(item9=1)  # noqa: DTZ011
    for change in (lambda rows: rows.update(review_by=date(2030, 1, 1)), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Baseline.objects.filter(pk=first.pk))


def test_pressed_twice_it_is_written_once(mrs_lee, anna):
    assert known_to(mrs_lee, anna, item9=1) == known_to(mrs_lee, anna, item9=1)
    assert Baseline.objects.count() == 1


def test_item_nine_known_to_be_one_calls_at_two(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    known_to(mrs_lee, anna, item9=1)
    sent = intake.send(mrs_lee, by=anna, reader=anna)
    for value, calls in (("1", False), ("2", True)):
        sent.answers = {"phq9": {"better_off_dead": value}}
        assert alerts.worrying(sent) is calls


# --- pages ---


def form(**changes):
    day = timezone.localdate() + timedelta(days=30)
    said = {"words": f"{CANARY} plan reviewed 3 May", "item9": "1", "hurt": "no", "review_by": day.isoformat()}
    return said | {"asq": ["tried"]} | changes


def test_a_clinician_writes_it_and_the_care_team_reads_it(mrs_lee, as_anna, as_olga, as_rosa, as_ben):
    where = reverse("clients:baseline", args=[mrs_lee.pk])
    assert as_anna.get(where).status_code == 200
    assert as_anna.post(where, form()).status_code == 302
    one = Baseline.objects.get()
    assert baseline.known_in(one) == Known(item9=1, asq=frozenset({"tried"}))
    assert CANARY.encode() not in bytes(one.words_sealed) and b"item9" not in bytes(one.known_sealed)
    show = reverse("clients:show", args=[mrs_lee.pk])
    assert f"Known: {CANARY}" in as_anna.get(show).content.decode()
    assert AuditEntry.objects.filter(body__contains="baseline.read").exists()
    for other in (as_olga, as_rosa):
        assert CANARY not in other.get(show).content.decode()
        assert other.get(where).status_code == 404
    assert as_ben.get(where).status_code == 404


def test_an_overdue_review_is_said_in_amber(mrs_lee, anna, as_anna):
    known_to(mrs_lee, anna, days=-3, item9=1)
    page = as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()
    assert "overdue" in page and '<div class="note look">' in page


@pytest.mark.parametrize(
    "change",
    [
        {"words": ""},
        {"words": "x" * 1001},
        {"item9": "4"},
        {"item9": ""},
        {"asq": ["now"]},
        {"asq": ["nonsense"]},
        {"hurt": ""},
        {"review_by": "2020-01-01"},
        {"review_by": "2040-01-01"},
        {"review_by": "soon"},
    ],
)
def test_what_does_not_fit_is_said_and_the_form_kept(mrs_lee, as_anna, change):
    page = as_anna.post(reverse("clients:baseline", args=[mrs_lee.pk]), form(**change))
    assert page.status_code == 422 and not Baseline.objects.exists()
    assert change.get("words", CANARY) in page.content.decode()


def test_thoughts_right_now_are_never_part_of_it(mrs_lee, as_anna):
    page = as_anna.get(reverse("clients:baseline", args=[mrs_lee.pk])).content.decode()
    assert 'value="tried"' in page and 'value="now"' not in page
