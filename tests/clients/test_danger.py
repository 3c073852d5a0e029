"""What must not be lost while somebody may be in danger: alarms, pauses, and answers that stay as they were given."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, calling, deciding, decision, intake, reading
from clients.models import Decision, Screening
from practice.domain import post
from practice.models import AuditEntry, CoverPerson, Letter
from tests.clients.safety import assess, before_assessments

pytestmark = pytest.mark.django_db
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
POSITIVE = NO | {"wished_dead": "yes", "now": "no"}
TODAY = timezone.localdate
LAST = intake.steps()[-1]


@pytest.fixture
def sent(mrs_lee, anna, ben):
    """An intake that went by link, with somebody who covers."""
    CoverPerson.objects.create(user=ben, position=1)
    return intake.send(mrs_lee, by=anna, reader=anna)


@pytest.fixture
def token(sent, anna):
    return intake.link_for(sent, by=anna)


def outdoors(client, by):
    return decision.decide(
        client, modes=["indoor", "walk"], limits=[], reasoning="We considered it.",
        look_again_on=TODAY() + timedelta(days=90), by=by,
    )  # fmt: skip


def part(token):
    return reverse("intake_part", args=[token, LAST.number])


def decide_form(page, **changes):
    """The form as the page gave it, filled in."""
    return {
        "modes": ["indoor", "walk"],
        "reasoning": "She and I considered how walking helps her begin.",
        "look_again_on": (TODAY() + timedelta(days=60)).isoformat(),
        "thought_about": "on",
        "read": page.context["read"],
    } | changes


# --- filled in together after it was sent ---


def test_once_it_is_filled_in_together_the_mailed_link_ends(mrs_lee, anna, client, sent, token):
    intake.together(mrs_lee, manner="room", by=anna)
    assert client.post(part(token), {"hurt": "yes", "way": "on"}).status_code == 410
    letter = Letter.objects.get(kind="intake_invitation")
    assert letter.state == Letter.State.CANCELLED
    assert not post.kinds[letter.kind].still_wanted(letter)


def test_answers_that_a_client_hands_in_herself_always_reach_somebody(mrs_lee, anna, sent):
    intake.together(mrs_lee, manner="room", by=anna)
    intake.save(sent, LAST, {"hurt": "yes"})
    intake.hand_in(sent)
    assert set(Letter.objects.exclude(kind="intake_invitation").values_list("kind", flat=True)) >= {
        "answers_came_in",
        "please_make_sure",
    }


# --- a later "no" does not undo an acute answer ---


def test_a_later_no_does_not_lift_the_pause(mrs_lee, anna):
    outdoors(mrs_lee, anna)
    asq.record(mrs_lee, ACUTE, manner="phone", by=anna)
    asq.record(mrs_lee, NO, manner="room", by=anna)
    assert not decision.permits(mrs_lee, "walk", TODAY()).open
    outdoors(mrs_lee, anna)
    assert not decision.permits(mrs_lee, "walk", TODAY()).open, "a decision that was overtaken lifts nothing"
    assess(mrs_lee, anna)
    assert decision.permits(mrs_lee, "walk", TODAY()).open
    assess(mrs_lee, anna, "open")
    assert not decision.permits(mrs_lee, "walk", TODAY()).open, "what reopened pauses again"


def test_who_was_told_and_who_read_it_cannot_be_taken_back(mrs_lee, anna):
    made = asq.record(mrs_lee, ACUTE, manner="phone", by=anna)
    before_assessments(made, ("Crisis team.", "settled"))
    Screening.objects.filter(pk=made.pk, seen_at=None).update(seen_at=timezone.now())
    for change in ({"told_sealed": b""}, {"seen_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Screening.objects.filter(pk=made.pk).update(**change)


def test_outdoors_waits_for_every_acute_answer_to_be_settled(mrs_lee, anna, as_anna):
    made = asq.record(mrs_lee, ACUTE, manner="phone", by=anna)
    asq.record(mrs_lee, NO, manner="room", by=anna)
    where = reverse("clients:decide", args=[mrs_lee.pk])
    assert as_anna.post(where, decide_form(as_anna.get(where))).status_code == 422
    page = as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()
    assert reverse("clients:asq_now", args=[mrs_lee.pk, made.pk]) in page
    assess(mrs_lee, anna)
    assert as_anna.post(where, decide_form(as_anna.get(where))).status_code == 302


def test_nothing_written_down_is_not_settled(mrs_lee, anna, as_anna):
    made = asq.record(mrs_lee, POSITIVE, manner="room", by=anna)
    assert asq.is_open(made, on=TODAY())
    assert "still open" in as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()
    assess(mrs_lee, anna)
    made.refresh_from_db()
    assert not asq.is_open(made, on=TODAY())


def test_no_to_everything_has_nothing_to_settle(mrs_lee, anna):
    assert not asq.is_open(asq.record(mrs_lee, NO, manner="room", by=anna), on=TODAY())


# --- never overwritten ---


@pytest.mark.parametrize(
    "change",
    [
        {"answers_sealed": b""},
        {"submitted_at": timezone.now() - timedelta(days=1)},
        {"status": "withdrawn"},
        {"manner": "video"},
        {"versions": {}},
        {"read_by": None},
    ],
)
def test_what_was_handed_in_stands(mrs_lee, anna, change):
    made = asq.record(mrs_lee, POSITIVE, manner="room", by=anna)
    with pytest.raises(DatabaseError), transaction.atomic():
        Screening.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Screening.objects.filter(pk=made.pk).delete()


def test_what_was_begun_is_not_deleted_either(sent):
    with pytest.raises(DatabaseError), transaction.atomic():
        sent.delete()


def test_who_was_told_is_kept_beside_the_answers_each_time(mrs_lee, anna):
    """Rows of before there were assessments: the last thing said of them counts until somebody is assessed."""
    made = asq.record(mrs_lee, POSITIVE, manner="room", by=anna)
    before = bytes(Screening.objects.get(pk=made.pk).answers_sealed)
    before_assessments(made, ("canary-owl", "open"), ("Her sister, 15:10.", "settled"))
    made.refresh_from_db()
    assert bytes(made.answers_sealed) == before
    assert b"canary-owl" not in bytes(made.told_sealed)
    assert asq.told(made)["told"] == "Her sister, 15:10."
    assert not asq.is_open(made, on=TODAY())
    before_assessments(made, ("Her sister, 15:10.", "settled"), ("She rang again.", "open"))
    assert asq.is_open(made, on=TODAY())


def test_an_acute_row_of_before_that_was_settled_stays_settled_until_it_is_assessed_anew(mrs_lee, anna):
    made = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    before_assessments(made, ("Crisis team.", "settled"))
    assert not asq.acute_unsettled(asq.all_of(mrs_lee))
    assess(mrs_lee, anna, "evaluation")
    assert asq.acute_unsettled(asq.all_of(mrs_lee))


def test_what_was_told_before_there_was_a_place_for_it_is_still_read(mrs_lee, anna):
    made = Screening(
        client=mrs_lee, kind=asq.KIND, manner="room", status="submitted", asked_by=anna, submitted_at=timezone.now()
    )
    made.answers = {asq.KIND: POSITIVE, "record": {"told": "Jo.", "safety": "settled", "by": str(anna.pk)}}
    made.save(force_insert=True)
    assert asq.told(made)["told"] == "Jo."
    assert not asq.is_open(made, on=TODAY())


def test_the_log_says_that_it_was_assessed_and_not_how(mrs_lee, anna):
    asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    assess(mrs_lee, anna, "emergency")
    assert AuditEntry.objects.filter(body__contains="safety.assessed").exists()
    assert not AuditEntry.objects.filter(body__contains="emergency").exists()


def test_an_alarm_to_a_colleague_does_not_carry_the_client(mrs_lee, anna, sent, token, client):
    asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    client.post(part(token), {"hurt": "yes", "way": "on"})
    calling.sweep()
    letters = Letter.objects.exclude(kind="intake_invitation")
    assert {letter.kind for letter in letters} == {"please_ring", "please_make_sure", "answers_came_in"}
    assert {letter.client for letter in letters} == {None}


# --- deciding on what was shown ---


def test_a_decision_is_not_written_on_answers_that_were_not_shown(mrs_lee, anna, as_anna):
    asq.record(mrs_lee, NO, manner="room", by=anna)
    where = reverse("clients:decide", args=[mrs_lee.pk])
    page = as_anna.get(where)
    made = intake.together(mrs_lee, manner="room", by=anna)
    intake.save(made, LAST, {"hurt": "no", "line": "canary-robin"}, by=anna)
    intake.hand_in(made, by=anna)
    answer = as_anna.post(where, decide_form(page))
    assert answer.status_code == 422
    assert "Something came in" in answer.content.decode() and "canary-robin" in answer.content.decode()
    assert not Decision.objects.exists()
    assert as_anna.post(where, decide_form(answer)).status_code == 302
    assert set(Decision.objects.get().screenings) == {one.pk for one in reading.newest(mrs_lee, today=TODAY())}


def test_a_decision_is_not_written_over_a_worrying_answer_that_came_in_meanwhile(mrs_lee, anna, as_anna, sent):
    where = reverse("clients:decide", args=[mrs_lee.pk])
    page = as_anna.get(where)
    assert "should not wait" not in page.content.decode()
    intake.save(sent, LAST, {"hurt": "yes"})
    calling.sweep()
    answer = as_anna.post(where, decide_form(page))
    text = answer.content.decode()
    read = reverse("clients:answers", args=[mrs_lee.pk, sent.pk])
    assert answer.status_code == 422 and "Something came in" in text and not Decision.objects.exists()
    assert "answers that should not wait" in text and read in text
    assert as_anna.get(read).status_code == 200
    assert "should not wait" not in as_anna.get(where).content.decode()
    assert as_anna.post(where, decide_form(answer)).status_code == 302, "to have read them brings nothing new"


def test_nor_over_one_that_still_waits_for_its_call(mrs_lee, anna, sent):
    before = deciding.table(mrs_lee, on=TODAY()).mark
    intake.save(sent, LAST, {"hurt": "yes"})
    there = deciding.table(mrs_lee, on=TODAY())
    assert there.mark != before and there.unread == (sent,)


def test_writing_the_decision_marks_nothing_as_read(mrs_lee, anna, as_anna):
    asq.record(mrs_lee, NO, manner="room", by=anna)
    where = reverse("clients:decide", args=[mrs_lee.pk])
    page = as_anna.get(where)
    reads = AuditEntry.objects.filter(body__contains="screening.read")
    before = reads.count()
    assert as_anna.post(where, decide_form(page)).status_code == 302
    assert reads.count() == before


# --- left half-way ---


def test_a_worrying_answer_is_heard_of_before_it_is_handed_in(client, sent, token, anna, ben, as_anna):
    for _ in range(2):
        client.post(part(token), {"hurt": "yes", "way": "stop"})
        calling.sweep()
    letters = {letter.kind: letter for letter in Letter.objects.exclude(kind="intake_invitation")}
    assert {kind: letter.to for kind, letter in letters.items()} == {
        "answers_came_in": anna.email,
        "please_make_sure": ben.email,
    }
    assert Letter.objects.exclude(kind="intake_invitation").count() == 2
    for kind, letter in letters.items():
        assert post.kinds[kind].still_wanted(letter)
        words = post.kinds[kind].render(letter)
        assert "hurt" not in words.text and "Lee" not in words.text
    page = as_anna.get(reverse("clients:answers", args=[sent.client_id, sent.pk])).content.decode()
    assert "Not handed in yet" in page
    sent.refresh_from_db()
    assert sent.seen_at is None


def test_what_can_wait_is_not_read_before_it_is_handed_in(client, sent, token, as_anna):
    client.post(part(token), {"hurt": "no", "way": "stop"})
    assert not Letter.objects.exclude(kind="intake_invitation").exists()
    assert as_anna.get(reverse("clients:answers", args=[sent.client_id, sent.pk])).status_code == 404


def test_an_intake_that_lay_for_two_days_is_abandoned(client, sent, token):
    now = timezone.now()
    assert not Screening.objects.abandoned(now=now + timedelta(days=3)).exists()
    client.post(part(token), {"hurt": "no", "way": "stop"})
    assert not Screening.objects.abandoned(now=now + timedelta(days=1)).exists()
    assert Screening.objects.abandoned(now=now + timedelta(days=3)).get() == sent
    intake.hand_in(sent)
    assert not Screening.objects.abandoned(now=now + timedelta(days=3)).exists()
