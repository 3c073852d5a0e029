"""The gate: one answer for booking, readiness and the start, in three renderings; what closes, and what only asks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, deciding, decision, intake, medical_letters, recording, review
from clients.domain.decision import Ground, Standing
from clients.domain.instruments import shipped
from clients.models import Client, Decision
from practice.models import Mode, Practice, User
from tests import factories

NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
DAY = date(2027, 3, 4)
TODAY = timezone.localdate
LATE, SOON = timedelta(days=31), timedelta(days=1)


def stands(made: Decision | None, **fields) -> Standing:
    return Standing(made, "Anna", **{"is_paused": False} | fields)


def decided(*modes, until=DAY):
    at = datetime(2027, 1, 5, 12, tzinfo=UTC)
    return Decision(by=User(name="Anna Reiter"), at=at, modes=modes, limits=["no_hills"], look_again_on=until)


# --- one table: what it rests on, whether it is open, whether it asks to look ---


@pytest.mark.parametrize(
    ("standing", "mode", "ground", "is_open", "look"),
    [
        (stands(None), "indoor", Ground.FREE, True, False),
        (stands(None, is_paused=True), "online", Ground.FREE, True, False),
        (stands(None), "sit", Ground.UNDECIDED, False, False),
        (stands(None, bridged_until=DAY), "walk", Ground.BRIDGED, True, True),
        (stands(None, bridged_until=DAY - SOON), "walk", Ground.UNDECIDED, False, False),
        (stands(None, bridged_until=DAY, is_paused=True), "walk", Ground.PAUSED, False, False),
        (stands(decided("walk")), "walk", Ground.AGREED, True, False),
        (stands(decided("walk"), is_paused=True), "walk", Ground.PAUSED, False, False),
        (stands(decided("sit")), "walk", Ground.NOT_INCLUDED, False, False),
        (stands(decided("sit"), bridged_until=DAY), "walk", Ground.NOT_INCLUDED, False, False),
        (stands(decided("walk"), news=("Something is new.",)), "walk", Ground.NEW, True, True),
        (stands(decided("walk", until=DAY - SOON)), "walk", Ground.RAN_OUT, True, True),
        (stands(decided("walk", until=DAY - LATE)), "walk", Ground.OVER, False, False),
        (stands(decided("walk", until=DAY - LATE), news=("New.",)), "walk", Ground.OVER, False, False),
        (stands(decided("walk", until=DAY - LATE), bridged_until=DAY), "walk", Ground.RAN_OUT, True, True),
        (stands(decided("walk", until=DAY - LATE), bridged_until=DAY - SOON), "walk", Ground.OVER, False, False),
    ],
)
def test_each_ground(standing, mode, ground, is_open, look):
    found = standing.permits(mode, DAY)
    assert (found.ground, found.open, found.needs_a_look) == (ground, is_open, look)
    assert found.reasons and all(found.reasons) and found.word and found.for_desk and found.for_client


SAID = "They said canary-heron."


@pytest.mark.parametrize(
    "standing",
    [
        stands(None),
        stands(None, bridged_until=DAY),
        stands(decided("sit")),
        stands(decided("walk"), is_paused=True),
        stands(decided("walk"), news=(SAID,)),
        stands(decided("walk", until=DAY - SOON), news=(SAID,)),
        stands(decided("walk", until=DAY - LATE), news=(SAID,)),
    ],
)
def test_desk_and_client_read_a_yes_or_whom_to_ask_and_nothing_between(standing):
    found = standing.permits("walk", DAY)
    said = {"Walking agreed, Anna, 5 Jan 2027", "Walking, as before"}
    assert (found.for_desk in said) is found.open is (found.for_client in said)
    if not found.open:
        assert (found.for_desk, found.for_client) == ("Not yet, ask Anna", "Let's talk first")
    for words in (found.for_desk, found.for_client):
        for secret in ("canary", "uicid", "look again", "ran out", "grace", "paper", "new"):
            assert secret not in words


def test_what_is_new_stands_among_the_reasons_for_a_clinician():
    assert SAID in stands(decided("walk"), news=(SAID,)).permits("walk", DAY).reasons
    assert SAID in stands(decided("walk", until=DAY - SOON), news=(SAID,)).permits("walk", DAY).reasons


# --- what is new since the decision ---


def answered(client, by, **answers):
    made = intake.together(client, manner="room", by=by)
    for key, value in answers.items():
        step = next(one for one in intake.steps() if any(item.key == key for item in one.part.items))
        intake.save(made, step, {key: value})
    return intake.hand_in(made, by=by)


def wrote(client, by, said, *, days_ago):
    on = TODAY() - timedelta(days=days_ago)
    letter = medical_letters.ask(
        client, name=f"Dr {days_ago}", address="", text="May she walk?", client_agreed_on=on, by=by
    )
    until = on + timedelta(days=200)
    return medical_letters.write_down_reply(letter, said=said, wrote_on=on, expires_on=until, words="", by=by)


@pytest.mark.django_db
class TestNews:
    def walk(self, client, on=None):
        return decision.permits(client, "walk", on or TODAY())

    def test_new_considerations_ask_to_look_again_and_close_nothing(self, mrs_lee, anna):
        factories.decision(mrs_lee, anna)
        assert self.walk(mrs_lee).ground == Ground.AGREED
        answered(mrs_lee, anna, hurt="yes")
        found = self.walk(mrs_lee)
        assert (found.ground, found.open) == (Ground.NEW, True)
        assert "ask to be thought about" in found.reasons[0]
        factories.decision(mrs_lee, anna)
        assert self.walk(mrs_lee).ground == Ground.AGREED

    def test_answers_that_ask_for_nothing_ask_nobody_to_look(self, mrs_lee, anna):
        factories.decision(mrs_lee, anna)
        asq.record(mrs_lee, NO, manner="room", by=anna)
        assert self.walk(mrs_lee).ground == Ground.AGREED

    def test_what_was_on_the_table_when_it_was_decided_is_not_new(self, mrs_lee, anna):
        asq.record(mrs_lee, NO | {"wished_dead": "yes", "now": "no"}, manner="room", by=anna)
        known = '[{"rule": "%s"}]'
        raised = {"S2", "S3", "S4"}
        factories.decision(mrs_lee, anna, considered="[" + ",".join(known[1:-1] % rule for rule in raised) + "]")
        asq.record(mrs_lee, NO | {"wished_dead": "yes", "now": "no"}, manner="phone", by=anna)
        assert self.walk(mrs_lee).ground == Ground.AGREED
        factories.decision(mrs_lee, anna, considered="[]")
        asq.record(mrs_lee, NO | {"wished_dead": "yes", "now": "no"}, manner="video", by=anna)
        assert self.walk(mrs_lee).ground == Ground.NEW

    def test_an_event_asks_to_look_again_until_it_is_decided_anew(self, mrs_lee, anna):
        factories.decision(mrs_lee, anna)
        review.note_change(mrs_lee, by=anna, said="canary-wren")
        found = self.walk(mrs_lee)
        assert found.open and found.needs_a_look
        assert found.reasons[0].startswith("Something has changed, Anna wrote on")
        assert "canary-wren" not in str(found)
        factories.decision(mrs_lee, anna)
        assert self.walk(mrs_lee).ground == Ground.AGREED

    @pytest.mark.parametrize(
        ("said", "modes", "asks"),
        [
            ("not_now", ("walk",), True),
            ("ask_again", ("walk",), True),
            ("walking_only", ("walk", "run"), True),
            ("walking_only", ("walk",), False),
            ("agreed", ("walk", "run"), False),
        ],
    )
    def test_a_doctors_word_that_says_less_than_the_decision_asks_to_look_again(self, mrs_lee, anna, said, modes, asks):
        wrote(mrs_lee, anna, "agreed", days_ago=3)
        factories.decision(mrs_lee, anna, *modes)
        wrote(mrs_lee, anna, said, days_ago=1)
        found = self.walk(mrs_lee)
        assert found.open and found.needs_a_look == asks
        assert found.reasons[0].startswith("The doctor's answer of") == asks
        factories.decision(mrs_lee, anna, *modes)
        assert not self.walk(mrs_lee).needs_a_look

    def test_the_doctor_who_wrote_last_counts(self, mrs_lee, anna):
        factories.decision(mrs_lee, anna)
        wrote(mrs_lee, anna, "not_now", days_ago=2)
        wrote(mrs_lee, anna, "agreed", days_ago=1)
        assert self.walk(mrs_lee).ground == Ground.AGREED


# --- carried over from paper ---


@pytest.mark.django_db
class TestBridging:
    @pytest.fixture
    def carried(self, anna):
        return factories.client("Noor Aziz", anna, carried_over_on=TODAY() - timedelta(days=10))

    def test_before_a_decision_outdoors_is_a_look_and_then_refuses(self, carried):
        last = TODAY() + timedelta(days=50)
        assert {m: decision.permits(carried, m, last).open for m in Mode.values} == dict.fromkeys(Mode.values, True)
        found = decision.permits(carried, "walk", last)
        assert (found.needs_a_look, found.until) == (True, last)
        assert (found.for_desk, found.for_client) == ("Walking, as before", "Walking, as before")
        assert not decision.permits(carried, "walk", last + SOON).open

    def test_a_practice_without_a_period_bridges_nobody(self, carried):
        Practice.objects.update(bridging_days=0)
        assert not decision.permits(carried, "walk", TODAY()).open

    def test_danger_stated_pauses_all_the_same(self, carried, anna):
        asq.record(carried, ACUTE, manner="phone", by=anna)
        assert decision.permits(carried, "walk", TODAY()).ground == Ground.PAUSED

    def test_nobody_else_is_bridged(self, mrs_lee):
        assert decision.permits(mrs_lee, "walk", TODAY()).ground == Ground.UNDECIDED


# --- what it costs ---


@pytest.mark.django_db
@pytest.mark.parametrize("with_answers", [False, True])
def test_where_many_stand_costs_the_same_as_where_one_stands(anna, django_assert_num_queries, with_answers):
    people = [factories.client(name, anna, carried_over_on=TODAY()) for name in ("Ada", "Bea", "Cleo")]
    for person in people:
        factories.decision(person, anna, considered="[]")
        if with_answers:
            answered(person, anna, hurt="yes")
            review.note_change(person, by=anna, said="New medicine.")
            wrote(person, anna, "not_now", days_ago=1)
    people = list(Client.objects.filter(pk__in=[person.pk for person in people]))
    for some in (people[:1], people):
        with django_assert_num_queries(9 if with_answers else 3):
            found = decision.standing(some)
            assert [one.permits("walk", TODAY()).needs_a_look for one in found.values()] == [with_answers] * len(some)
    with django_assert_num_queries(9 if with_answers else 3):
        decision.permits(people[0], "walk", TODAY())


# --- the page: amber for the therapist, never for the desk ---


@pytest.mark.django_db
def test_the_desk_sees_no_amber_and_no_reason_on_the_clients_page(mrs_lee, anna, as_anna, as_olga):
    factories.decision(mrs_lee, anna)
    review.note_change(mrs_lee, by=anna, said="canary-wren")
    url = reverse("clients:show", args=[mrs_lee.pk])
    mine, desk = as_anna.get(url).content.decode(), as_olga.get(url).content.decode()
    assert "chip look" in mine and "Something has changed, Anna wrote" in mine
    assert "Walking agreed, Anna" in desk and "chip ok" in desk
    for secret in ("chip look", "has changed", "canary-wren", "ook again", "review"):
        assert secret not in desk


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["clients:show", "sessions:outdoors_after", "sessions:for_client", "clients:consents"])
def test_the_desk_reads_whom_to_ask_when_it_is_closed(mrs_lee, anna, as_olga, name):
    factories.decision(mrs_lee, anna)
    asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    page = as_olga.get(reverse(name, args=[mrs_lee.pk])).content.decode()
    assert "uicid" not in page and "paused" not in page.lower()
    if name == "clients:show":
        assert "Not yet, ask Anna" in page


class TestGraver:
    """A finding of a line that was on the table, resting on something else now, asks to look again."""

    KNOWN = {"racing": "yes", "racing.new": "no", "racing.effort": "no", "racing.looked": "yes"}

    def answered(self, person, anna, **answers):
        made = intake.together(person, manner="room", by=anna)
        for step in intake.steps():
            if here := {key: value for key, value in answers.items() if key in step.keys}:
                intake.save(made, step, here, by=anna)
        return intake.hand_in(made, by=anna)

    def decided(self, person, anna):
        lies = deciding.table(person, on=TODAY())
        decision.decide(
            person, modes=["walk", "run"], limits=[], reasoning="We considered it.", by=anna,
            look_again_on=TODAY() + timedelta(days=90), considered=lies.considered, screenings=lies.screenings,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("before", "after", "asks"),
        [
            (KNOWN, KNOWN, False),
            (KNOWN, KNOWN | {"racing.new": "yes", "racing.looked": "no"}, True),
            (KNOWN, KNOWN | {"murmur": "yes", "murmur.looked": "no"}, True),
            ({"asthma": "yes", "asthma.reliever": "yes"}, {"asthma": "yes", "asthma.reliever": "no"}, True),
            ({"seizure": "yes", "seizure.recent": "no"}, {"seizure": "yes", "seizure.recent": "yes"}, True),
            ({"disease": ("heart",), "disease.agreed": "yes", "active": "yes"},
             {"disease": ("heart",), "disease.agreed": "no", "active": "yes"}, True),
            ({"recent": ("injury",), "recent.agreed": "yes"}, {"recent": ("injury",), "recent.agreed": "no"}, True),
            ({"recent": ("injury",), "recent.agreed": "no"}, {"recent": ("injury",), "recent.agreed": "yes"}, False),
        ],
    )  # fmt: skip
    def test_it_is_news(self, mrs_lee, anna, before, after, asks):
        self.answered(mrs_lee, anna, **before)
        self.decided(mrs_lee, anna)
        self.answered(mrs_lee, anna, **after)
        permission = decision.permits(mrs_lee, "run", TODAY())
        assert permission.open and permission.needs_a_look is asks

    def test_the_ninth_question_and_the_suicide_questions(self, mrs_lee, anna):
        def phq9(value):
            items = [item.key for item in shipped()["phq9"].items if item.needed]
            answers = dict.fromkeys(items, "1") | {"better_off_dead": value}
            recording.record(mrs_lee, "phq9", answers, manner="room", by=anna, now=timezone.now())

        def asks():
            return decision.permits(mrs_lee, "run", TODAY()).needs_a_look

        phq9("1")
        self.decided(mrs_lee, anna)
        phq9("3")
        assert asks()
        self.decided(mrs_lee, anna)
        assert not asks()
        asq.record(mrs_lee, {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "yes", "now": "no"},
                   manner="room", by=anna)  # fmt: skip
        assert asks()
