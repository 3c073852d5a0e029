"""A worrying answer is sent, seen and acted on, and goes down the cover list until somebody has heard of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from clients.domain import alert_words, alerts, asq, calling, intake, recording, worry
from clients.models import Alert, CareTeamMember, Screening
from practice.domain import post
from practice.models import AuditEntry, CoverPerson, Letter
from tests import factories
from tests.clients.safety import assess

pytestmark = pytest.mark.django_db
LAST = intake.steps()[-1]
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
CLINICAL = ("suic", "harm", "hurt", "dead", "die", "kill", "risk", "therap", "crisis", "worr", "client")


@pytest.fixture
def covers(ben):
    """Ben, then Mira, then Jo."""
    people = [ben, factories.user("Mira Solberg", "therapist"), factories.user("Jo Field", "therapist")]
    for position, person in enumerate(people, start=1):
        CoverPerson.objects.create(user=person, position=position)
    return people


@pytest.fixture
def sent(mrs_lee, anna, covers):
    return intake.send(mrs_lee, by=anna, reader=anna)


def hand_in(sent, hurt="yes"):
    intake.save(sent, LAST, {"hurt": hurt})
    intake.hand_in(sent)
    return Alert.objects.first()


def came_at(alert, at):
    """Put its beginning where a test wants it."""
    Alert.objects.filter(pk=alert.pk).update(created_at=at, told_at=at)


def written_to(kind="please_make_sure"):
    return list(Letter.objects.filter(kind=kind).order_by("created_at").values_list("to", flat=True))


# --- raised ---


def test_a_worrying_answer_raises_one_alert_at_its_beginning(sent, anna, ben):
    for _ in range(2):
        intake.save(sent, LAST, {"hurt": "yes"})
        calling.sweep()
    alert = Alert.objects.get()
    assert (alert.moment, alert.told, alert.seen_at) == ("begun", [ben.pk], None)
    intake.hand_in(sent)
    assert Alert.objects.get() == alert, "what nobody has seen is not raised anew"
    assert written_to("answers_came_in") == [anna.email, anna.email]
    assert written_to() == [ben.email]


def test_what_is_handed_in_after_the_beginning_was_seen_is_told_again(sent, anna):
    intake.save(sent, LAST, {"hurt": "talk"})
    calling.sweep()
    intake.see(sent, by=anna)
    assert Alert.objects.get().seen_by == anna
    intake.hand_in(sent)
    assert [one.moment for one in Alert.objects.all()] == ["handed_in", "begun"]
    assert Alert.objects.unheard().count() == 1


def test_an_answer_that_can_wait_raises_nothing(sent, anna):
    assert hand_in(sent, hurt="no") is None
    assert written_to("answers_came_in") == [anna.email] and written_to() == []


def test_danger_to_the_body_raises_one(sent):
    heart = next(step for step in intake.steps() if "chest_pain" in {item.key for item in step.part.items})
    intake.save(sent, heart, {"chest_pain": "yes", "chest_pain.looked": "no", "chest_pain.new": "yes"})
    calling.sweep()
    assert Alert.objects.get().moment == "begun"


def test_what_is_filled_in_together_needs_no_alert(mrs_lee, anna, covers):
    asked = intake.together(mrs_lee, manner="room", by=anna)
    intake.save(asked, LAST, {"hurt": "yes"}, by=anna)
    assert calling.sweep() == 0
    intake.hand_in(asked, by=anna)
    assert not Alert.objects.exists() and not Letter.objects.exists()


def test_an_acute_answer_in_person_calls_everybody_at_once_and_is_seen(mrs_lee, anna, covers):
    asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    alert = Alert.objects.get()
    assert alert.seen_by == anna and alert.told == [person.pk for person in covers]
    assert written_to("please_ring") == [person.email for person in covers]
    assert alerts.escalate(now=timezone.now() + timedelta(days=1)) == 0


@pytest.fixture
def sam(mrs_lee):
    """Cares for her too, and does not lead."""
    made = factories.user("Sam Okoro", "therapist")
    CareTeamMember.objects.create(client=mrs_lee, user=made, is_lead=False)
    return made


HIGH = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "yes", "q5": "no", "q6": "no"}


@pytest.mark.parametrize("kind", ["asq", "cssrs"])
def test_a_colleague_with_the_client_now_is_rung_by_the_therapist_too(mrs_lee, anna, sam, covers, kind):
    CoverPerson.objects.create(user=sam, position=9)
    if kind == "asq":
        asq.record(mrs_lee, ACUTE, manner="room", by=sam)
    else:
        recording.record(mrs_lee, kind, HIGH, manner="room", by=sam)
    assert written_to("please_ring") == [anna.email, *(person.email for person in covers)]
    assert Alert.objects.get().told == [person.pk for person in covers], "nobody is asked to ring themselves"
    words = post.kinds["please_ring"].render(Letter.objects.filter(to=anna.email).get())
    assert words.subject == "Please ring Sam now"


def test_a_therapist_who_also_covers_is_written_to_once(mrs_lee, anna, sam):
    CoverPerson.objects.create(user=anna, position=1)
    asq.record(mrs_lee, ACUTE, manner="room", by=sam)
    assert written_to("please_ring") == [anna.email]


def test_what_a_colleague_fills_in_together_reaches_the_therapist_at_once(mrs_lee, anna, sam, covers):
    CoverPerson.objects.update(position=F("position") + 5)
    CoverPerson.objects.create(user=sam, position=1)
    asked = intake.together(mrs_lee, manner="room", by=sam)
    intake.save(asked, LAST, {"hurt": "yes"}, by=sam)
    calling.sweep()
    assert written_to("answers_came_in") == [anna.email], "nobody waits for the last page"
    intake.hand_in(asked, by=sam)
    alert = Alert.objects.get()
    assert (alert.colleague, alert.was_in_person, alert.seen_at) == (anna, False, None)
    assert set(written_to("answers_came_in")) == {anna.email}, "as soon as it is said, and when it is handed in"
    assert written_to() == [covers[0].email], "Sam knows, and the next of the cover list makes sure"


def test_what_was_sent_by_the_therapist_and_filled_in_with_a_colleague_is_theirs_to_read(sent, mrs_lee, anna, sam):
    asked = intake.together(mrs_lee, manner="phone", by=sam)
    intake.save(asked, LAST, {"hurt": "yes"}, by=sam)
    intake.hand_in(asked, by=sam)
    assert (Alert.objects.get().colleague, Alert.objects.get().was_in_person) == (anna, False)


def test_what_a_colleague_fills_in_together_and_can_wait_calls_nobody(mrs_lee, sam, covers):
    asked = intake.together(mrs_lee, manner="room", by=sam)
    intake.save(asked, LAST, {"hurt": "no"}, by=sam)
    intake.hand_in(asked, by=sam)
    asked.refresh_from_db()
    assert asked.read_by == sam and not Alert.objects.exists() and not Letter.objects.exists()


def test_what_was_asked_in_person_is_not_asked_for_again(mrs_lee, anna, covers):
    asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    [line] = alert_words.of_client(mrs_lee)
    assert (line.tone, line.title) == ("look", "Asked in person: the cover list was asked to ring")
    assess(mrs_lee, anna)
    [line] = alert_words.of_client(mrs_lee)
    assert line.tone == "", "green once somebody acted, and not before"
    assert alert_words.of_client(mrs_lee, now=timezone.now() + timedelta(days=20)) == []


def test_what_beat_asks_for_every_minute_is_a_task_that_may_run_twice(mrs_lee, practice):
    from practice.config.celery import app

    app.loader.import_default_modules()
    schedule = app.conf.beat_schedule["alerts"]
    assert schedule["schedule"] <= 60
    for _ in range(2):
        app.tasks[schedule["task"]]()


def test_item_nine_is_a_trigger_and_nought_says_nothing_more(sent):
    for value, worries in (("0", False), ("1", True), ("3", True)):
        sent.answers = {"phq9": {"better_off_dead": value}}
        assert alerts.worrying(sent) is worries
    sent.answers = {"phq9": {"better_off_dead": "0"}, "asq": NO | {"tried": "yes", "now": "no"}}
    assert alerts.worrying(sent), "a nought at item nine speaks for nothing else (T16)"


@pytest.mark.parametrize("left_out", ["wished_dead", "better_off", "thoughts", "tried"])
def test_a_question_left_out_or_refused_is_never_a_no(left_out):
    assert worry.signs({"asq": {key: value for key, value in NO.items() if key != left_out}}).asq == {left_out}
    assert worry.signs({"asq": NO | {left_out: "refused", "now": "no"}}).asq == {left_out}
    assert not worry.signs({"asq": NO})


# --- seen and acted ---


def test_opening_the_answers_is_seeing_and_the_first_counts(sent, anna, ben):
    alert = hand_in(sent)
    intake.see(sent, by=anna)
    intake.see(sent, by=ben)
    alert.refresh_from_db()
    assert alert.seen_by == anna


def test_what_was_done_is_sealed_and_written_once(sent, anna, ben):
    alert = hand_in(sent)
    alerts.act(alert, words="canary-kite rang", by=anna)
    alerts.act(alert, words="something else", by=ben)
    alert.refresh_from_db()
    assert (alert.acted, alert.acted_by, alert.seen_by) == ("canary-kite rang", anna, anna)
    assert b"canary-kite" not in bytes(alert.acted_sealed)
    assert not AuditEntry.objects.filter(body__contains="canary-kite").exists()


@pytest.mark.parametrize("change", [{"acted_at": NOON}, {"seen_at": NOON}, {"seen_by": None, "seen_at": None}])
def test_what_was_written_down_stands(sent, anna, change):
    alert = hand_in(sent)
    alerts.act(alert, words="rang", by=anna)
    with pytest.raises(DatabaseError), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).delete()


@pytest.mark.parametrize("what", ["seen", "reached", "acted"])
def test_nothing_was_done_by_nobody(sent, what):
    alert = hand_in(sent)
    with pytest.raises(DatabaseError, match=f"alert_{what}_by_somebody"), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(**{f"{what}_at": NOON})


def test_one_alert_a_moment(sent):
    hand_in(sent)
    with pytest.raises(DatabaseError, match="alert_once_a_moment"), transaction.atomic():
        Alert.objects.create(screening=sent, moment="begun")


def test_it_was_sent_when_the_first_letter_truly_left(sent, anna, settings):
    alert = hand_in(sent)
    assert Alert.objects.with_sent().get().sent_at is None
    Letter.objects.filter(kind="intake_invitation").update(state="sent", sent_at=NOON)
    assert Alert.objects.with_sent().get().sent_at is None, "the letter to the client is not it"
    Letter.objects.filter(kind="please_make_sure").update(state="sent", sent_at=NOON + timedelta(minutes=9))
    Letter.objects.filter(kind="answers_came_in").update(state="sent", sent_at=NOON + timedelta(minutes=2))
    assert Alert.objects.with_sent().get(pk=alert.pk).sent_at == NOON + timedelta(minutes=2)


def test_letters_about_the_beginning_are_not_those_of_what_was_handed_in(sent, anna):
    intake.save(sent, LAST, {"hurt": "talk"})
    calling.sweep()
    Letter.objects.exclude(kind="intake_invitation").update(state="sent", sent_at=NOON)
    intake.see(sent, by=anna)
    intake.hand_in(sent)
    assert [one.sent_at for one in Alert.objects.with_sent().order_by("created_at")] == [NOON, None]


def test_it_says_sent_seen_acted_and_by_whom(sent, anna, mrs_lee):
    hand_in(sent)
    [line] = alert_words.of_client(mrs_lee)
    assert (line.tone, line.steps) == ("stop", ("not sent yet", "not seen yet"))
    Letter.objects.filter(kind="answers_came_in").update(state="sent", sent_at=NOON + timedelta(minutes=2))
    intake.see(sent, by=anna, now=NOON + timedelta(minutes=10))
    [line] = alert_words.of_client(mrs_lee, now=NOON + timedelta(hours=1))
    assert (line.tone, line.steps) == ("look", ("sent 12:02", "seen 12:10, Anna"))
    Alert.objects.update(acted_at=NOON + timedelta(minutes=25), acted_by=anna)
    [line] = alert_words.of_client(mrs_lee, now=NOON + timedelta(hours=1))
    assert (line.tone, line.steps) == ("", ("sent 12:02", "seen 12:10, Anna", "acted 12:25, Anna"))
    [line] = alert_words.of_client(mrs_lee, now=NOON + timedelta(days=2))
    assert line.steps[0] == "sent Wednesday 25 November, 12:02"
    assert alert_words.of_client(mrs_lee, now=NOON + timedelta(days=20)) == []


# --- down the cover list ---


def test_it_goes_down_the_list_by_half_hours_and_then_everybody_is_told(sent, covers):
    alert = hand_in(sent)
    came_at(alert, NOON)
    steps = []
    for minutes in (29, 30, 31, 59, 60, 89, 90, 120):
        alerts.escalate(now=NOON + timedelta(minutes=minutes))
        alert.refresh_from_db()
        steps.append((minutes, len(alert.told), alert.exhausted_at is not None))
    assert steps == [
        (29, 1, False), (30, 2, False), (31, 2, False), (59, 2, False),
        (60, 3, False), (89, 3, False), (90, 3, True), (120, 3, True),
    ]  # fmt: skip
    assert written_to() == [person.email for person in covers]


def test_by_night_it_goes_faster(sent):
    alert = hand_in(sent)
    came_at(alert, NIGHT)
    assert alerts.escalate(now=NIGHT + timedelta(minutes=9)) == 0
    assert alerts.escalate(now=NIGHT + timedelta(minutes=10)) == 1


def test_the_night_is_the_practices_own(sent, practice):
    practice.time_zone = "America/Los_Angeles"
    practice.save(update_fields=["time_zone"])
    came_at(hand_in(sent), NIGHT)
    assert alerts.escalate(now=NIGHT + timedelta(minutes=29)) == 0


def test_the_reader_is_not_asked_to_ring_themselves(sent, anna):
    CoverPerson.objects.create(user=anna, position=9)
    alert = hand_in(sent)
    for number in range(1, 9):
        alerts.escalate(now=timezone.now() + timedelta(minutes=31 * number))
    alert.refresh_from_db()
    assert anna.pk not in alert.told and alert.exhausted_at


def test_who_left_the_practice_is_passed_over(sent, covers):
    covers[1].is_active = False
    covers[1].save(update_fields=["is_active"])
    came_at(hand_in(sent), NOON)
    alerts.escalate(now=NOON + timedelta(minutes=30))
    assert written_to() == [covers[0].email, covers[2].email]


@pytest.mark.parametrize("heard", ["seen", "reached", "acted"])
def test_it_stops_once_somebody_has_heard(sent, anna, ben, heard):
    alert = hand_in(sent)
    came_at(alert, NOON)
    if heard == "seen":
        intake.see(sent, by=anna)
    elif heard == "acted":
        alerts.act(alert, words="rang", by=anna)
    else:
        alerts.reached(alert, by=ben)
    assert alerts.escalate(now=NOON + timedelta(hours=9)) == 0
    letter = Letter.objects.get(kind="please_make_sure")
    assert not post.kinds[letter.kind].still_wanted(letter)
    mine = Letter.objects.filter(kind="answers_came_in").first()
    assert post.kinds[mine.kind].still_wanted(mine) is (heard == "reached"), "reached by telephone is not read"


def test_it_is_looked_at_again_under_its_lock(sent, anna):
    """Seen between the list of what waits and its own turn: nobody is written to any more."""
    alert = hand_in(sent)
    came_at(alert, NOON)
    intake.see(sent, by=anna)
    assert not alerts._step(alert.pk, NOON + timedelta(hours=9), True)
    assert len(written_to()) == 1


def test_running_twice_writes_one_letter(sent, covers):
    came_at(hand_in(sent), NOON)
    later = NOON + timedelta(minutes=30)
    assert (alerts.escalate(now=later), alerts.escalate(now=later)) == (1, 0)
    assert len(written_to()) == 2


def test_a_quiet_minute_costs_one_query(sent, django_assert_num_queries):
    with django_assert_num_queries(1):
        alerts.escalate()


def test_an_alert_of_a_solo_practice_comes_to_its_end_and_says_so(mrs_lee, anna):
    CoverPerson.objects.create(user=anna, position=1)
    alert = hand_in(intake.send(mrs_lee, by=anna, reader=anna))
    came_at(alert, NOON)
    alerts.escalate(now=NOON + timedelta(minutes=30))
    alert.refresh_from_db()
    assert alert.exhausted_at and written_to() == []


# --- the letters ---


def test_no_letter_names_a_client_or_says_a_clinical_word(sent, mrs_lee, covers):
    alert = hand_in(sent)
    came_at(alert, NOON)
    for minutes in (30, 60, 90):
        alerts.escalate(now=NOON + timedelta(minutes=minutes))
    asq.record(mrs_lee, ACUTE, manner="phone", by=covers[0])
    letters = Letter.objects.exclude(kind="intake_invitation")
    assert {letter.kind for letter in letters} == {"answers_came_in", "please_make_sure", "please_ring"}
    for letter in letters:
        words = post.kinds[letter.kind].render(letter)
        text = re.sub(r"https?://\S+", "", f"{words.subject} {words.text} {words.sender}").lower()
        assert not [word for word in (*CLINICAL, "lee") if word in text], text
        assert letter.client is None
        if letter.kind == "please_make_sure":
            assert f"/clients/alerts/{alert.pk}" in words.text and str(mrs_lee.pk) not in words.html


def test_begun_and_left_asks_for_a_ring_whatever_was_asked(sent, anna):
    made = Screening.objects.create(client=sent.client, kind="phq9", asked_by=anna, status="started")
    later = timezone.now() + timedelta(days=2, minutes=1)
    assert Screening.objects.abandoned(now=later).get() == made
