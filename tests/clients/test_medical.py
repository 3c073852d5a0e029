"""What a doctor's word is worth: pure sums over letters and PAR-Q+ results, and the verbs that keep them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from clients import tasks
from clients.domain import intake, medical, medical_letters, reading
from clients.domain.medical import State
from clients.models import MedicalLetter, ParQ
from practice.domain import papers
from practice.domain.uploads import Upload
from practice.models import Paper
from sessions.domain import hand
from tests.clients.on_paper import can_be_read, text_of

MAY = date(2026, 5, 3)
TODAY = date(2026, 10, 8)
CANARY = "canary-siskin"


def letter(said="agreed", wrote_on=MAY, expires_on=None, **fields):
    """A reply, past the database."""
    fields.setdefault("status", "replied")
    made = MedicalLetter(
        doctor_wrote_on=wrote_on,
        expires_on=expires_on or medical.a_year_after(wrote_on),
        asked_at=datetime(2026, 4, 20, 9, tzinfo=UTC),
        **fields,
    )
    made.doctor_said = said
    return made


def parq(result="all_no", done_on=MAY, **fields):
    fields.setdefault("kept_at", datetime(2026, 5, 3, 9, tzinfo=UTC))
    made = ParQ(done_on=done_on, expires_on=medical.a_year_after(done_on), form_year=2026, **fields)
    made.result = result
    return made


def waiting(**fields):
    return MedicalLetter(status="requested", asked_at=datetime(2026, 9, 20, 9, tzinfo=UTC), **fields)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class TestStands:
    def test_nobody_was_asked(self):
        assert medical.stands([], None, on=TODAY) == medical.Standing(State.NONE)
        assert medical.stands([], None, on=TODAY).words == ""

    def test_asked_and_waiting(self):
        asked = waiting()
        assert medical.stands([asked], None, on=TODAY) == medical.Standing(State.WAITING, None, asked)

    @pytest.mark.parametrize("said", ["agreed", "walking_only", "not_now", "ask_again"])
    def test_what_the_doctor_said(self, said):
        assert medical.stands([letter(said)], None, on=TODAY).state == said

    @pytest.mark.parametrize(("day", "state"), [(date(2027, 5, 3), State.AGREED), (date(2027, 5, 4), State.RAN_OUT)])
    def test_it_counts_up_to_and_including_its_last_day(self, day, state):
        assert medical.stands([letter()], None, on=day).state == state

    @pytest.mark.parametrize(
        ("answered", "state"),
        [
            (noon(MAY - timedelta(days=1)), State.AGREED),
            (noon(MAY), State.AGREED),
            (noon(MAY + timedelta(days=1)), State.NEWER_SYMPTOM),
        ],
    )
    def test_a_symptom_answered_on_a_later_day_asks_again(self, answered, state):
        assert medical.stands([letter()], answered, on=TODAY).state == state

    def test_the_sentence_names_the_letter(self):
        words = medical.stands([letter()], noon(TODAY), on=TODAY).words
        assert words.startswith("A new symptom since the letter of Sunday 3 May") and words.endswith(": ask again.")

    @pytest.mark.parametrize("order", [1, -1])
    def test_the_newest_reply_counts_and_one_put_aside_does_not(self, order):
        older, newer = letter("not_now", MAY), letter("walking_only", MAY + timedelta(days=60))
        aside = letter("agreed", MAY + timedelta(days=90), status="withdrawn")
        assert medical.stands([older, newer, aside][::order], None, on=TODAY).state == State.WALKING_ONLY

    def test_a_new_request_does_not_end_what_was_agreed(self):
        asked = waiting()
        standing = medical.stands([letter(), asked], None, on=TODAY)
        assert (standing.state, standing.waiting) == (State.AGREED, asked)


class TestFacts:
    @pytest.mark.parametrize(
        ("letters", "symptoms", "activity", "walking"),
        [
            ([], None, False, False),
            ([waiting()], None, False, False),
            ([letter("agreed")], None, True, True),
            ([letter("walking_only")], None, False, True),
            ([letter("not_now")], None, False, False),
            ([letter("ask_again")], None, False, False),
            ([letter("agreed")], noon(TODAY), False, False),
            ([letter("agreed", date(2025, 5, 3))], None, False, False),
            ([letter("agreed", status="withdrawn")], None, False, False),
        ],
    )
    def test_of_letters(self, letters, symptoms, activity, walking):
        facts = medical.facts_of(letters, symptoms_answered_at=symptoms, on=TODAY)
        assert (facts.activity_agreed, facts.walking_agreed) == (activity, walking)

    @pytest.mark.parametrize(
        ("forms", "letters", "result", "cleared"),
        [
            ([], [], "", False),
            ([parq("all_no")], [], "all_no", True),
            ([parq("any_yes")], [], "any_yes", False),
            ([parq("any_yes")], [letter("agreed")], "any_yes", True),
            ([parq("any_yes")], [letter("walking_only")], "any_yes", False),
            ([parq("any_yes")], [letter("agreed", MAY - timedelta(days=1))], "any_yes", False),
            ([parq("all_no", date(2025, 10, 7))], [], "", False),
            ([parq("all_no", date(2025, 10, 8))], [], "all_no", True),
            ([parq("all_no"), parq("any_yes", MAY + timedelta(days=1))], [], "any_yes", False),
        ],
    )
    def test_of_the_parq(self, forms, letters, result, cleared):
        facts = medical.facts_of(letters, forms, on=TODAY)
        assert (facts.parq, facts.parq_is_cleared) == (result, cleared)

    def test_a_symptom_answered_after_the_parq_asks_for_a_new_one(self):
        assert medical.facts_of([], [parq()], symptoms_answered_at=noon(TODAY), on=TODAY).parq == ""

    def test_the_year_of_a_leap_day(self):
        assert medical.a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)


def filled(person, by, **answers):
    made = intake.together(person, manner="room", by=by)
    for step in intake.steps():
        if here := {key: value for key, value in answers.items() if key in step.keys}:
            intake.save(made, step, here)
    return intake.hand_in(made, by=by)


@pytest.mark.django_db
class TestSymptoms:
    @pytest.mark.parametrize(
        ("answers", "asks"),
        [
            ({"chest_pain": "no"}, False),
            ({"chest_pain": "yes", "chest_pain.new": "no", "chest_pain.looked": "yes"}, False),
            ({"chest_pain": "yes", "chest_pain.new": "yes", "chest_pain.looked": "yes"}, True),
            ({"racing": "yes", "racing.looked": "no"}, True),
            ({"disease": ("heart",), "disease.agreed": "no"}, False),
        ],
    )
    def test_only_what_is_new_or_not_looked_into(self, answers, asks, mrs_lee, anna):
        made = filled(mrs_lee, anna, **answers)
        assert medical.symptoms_answered_at([made]) == (made.submitted_at if asks else None)

    def test_a_doctor_can_be_asked_about_the_body_and_not_about_the_rest(self, mrs_lee, anna):
        made = filled(mrs_lee, anna, chest_pain="yes", racing="yes")
        found = medical.for_a_doctor(reading.considered([made]))
        assert found and {one.rule[0] for one in found} <= {"M", "E"}
        assert not any("uicid" in one.finding for one in found)


def asked(person, by, *, ago=0, **fields):
    said = {"name": "Dr Imogen Field", "address": "2 Mill Lane\nLarch Hill", "text": f"We ask about {CANARY}."} | fields
    made = medical_letters.ask(person, client_agreed_on=timezone.localdate(), by=by, **said)
    if ago:
        made = MedicalLetter.objects.create(
            client=person, doctor_name="Dr Field", client_agreed_on=MAY, asked_by=by, paper=made.paper,
            asked_at=timezone.now() - timedelta(days=ago), text="…",
        )  # fmt: skip
        MedicalLetter.objects.exclude(pk=made.pk).update(status="withdrawn")
    return made


def replied(made, by, **fields):
    day = timezone.localdate()
    said = {"said": "agreed", "wrote_on": day, "expires_on": medical.a_year_after(day), "words": CANARY} | fields
    return medical_letters.write_down_reply(made, by=by, **said)


@pytest.mark.django_db
class TestLetters:
    def test_asking_makes_one_letter_and_one_paper(self, mrs_lee, anna):
        made = asked(mrs_lee, anna)
        assert asked(mrs_lee, anna) == made, "pressed twice"
        assert MedicalLetter.objects.count() == Paper.objects.count() == 1
        assert made.status == "requested" and made.text == f"We ask about {CANARY}."
        assert CANARY.encode() not in bytes(made.text_sealed) and CANARY.encode() not in bytes(made.paper.sealed)

    @can_be_read
    def test_the_paper_says_what_was_written_and_who_agreed(self, mrs_lee, anna):
        text = text_of(papers.read(asked(mrs_lee, anna).paper))
        for words in ("Dr Imogen Field", "2 Mill Lane", "Mary Lee", CANARY, "agreed to this request", "Anna Reiter"):
            assert words in text, words
        for words in ("Activity agreed: nothing", "Walking only: running", "Not now: moving", "I cannot say yet."):
            assert words in text, words

    @can_be_read
    def test_a_long_name_in_the_foot_keeps_clear_of_number_and_page(self, mrs_lee, anna):
        name = "Dr Nadezhda Wilhelmina Konstantinopolskaya-Featherstone Lindqvist"
        made = asked(mrs_lee, anna, name=name)
        text = text_of(papers.read(made.paper))
        assert f"Document {made.paper.number} Private, for Dr Nadezhda" in text and "Page 1 of" in text
        assert text.count("Lindqvist") == 2, "above, and whole in the foot"

    def test_the_draft_says_what_was_ticked_and_nothing_else(self, mrs_lee):
        text = medical_letters.draft(mrs_lee, about=["Chest pain: yes"], ways=["walk"])
        assert "Chest pain: yes" in text and "walking outdoors" in text and "running" not in text
        assert "told us" not in medical_letters.draft(mrs_lee, about=[], ways=["walk"])

    def test_the_draft_asks_for_a_word_soon_only_where_it_is_urgent(self, mrs_lee):
        mrs_lee.birth_date = date(1979, 4, 2)
        line = "Chest pain or pressure that is new; nobody has looked into it yet."
        text = medical_letters.draft(mrs_lee, about=[line], ways=["walk"], is_urgent=True)
        assert text.startswith("Mary Lee, born on 2 Apr 1979,") and "Mary Lee told us:" in text and "Mrs" not in text
        assert "We would be grateful for a word soon." in text
        assert "soon" not in medical_letters.draft(mrs_lee, about=[line], ways=["walk"])

    def test_a_reply_is_kept_once_and_stands(self, mrs_lee, anna):
        made = asked(mrs_lee, anna)
        kept = replied(made, anna, upload=Upload(b"%PDF-1.7 reply", "application/pdf"))
        assert kept.status == "replied" and kept.reply == CANARY
        assert papers.read(kept.reply_paper) == b"%PDF-1.7 reply"
        assert replied(made, anna) == kept and Paper.objects.count() == 2, "pressed twice"
        with pytest.raises(medical_letters.AlreadyAnswered):
            replied(made, anna, said="not_now")

    def test_a_reply_to_a_letter_put_aside_is_refused(self, mrs_lee, anna):
        made = medical_letters.put_aside(asked(mrs_lee, anna), by=anna)
        with pytest.raises(medical_letters.AlreadyAnswered):
            replied(made, anna)

    @pytest.mark.parametrize(
        "change",
        [{"doctor_name": "Dr X"}, {"text_sealed": b"x"}, {"client_agreed_on": MAY}, {"asked_at": noon(MAY)}],
        ids=lambda change: next(iter(change)),
    )
    def test_what_was_asked_stands(self, change, mrs_lee, anna):
        asked(mrs_lee, anna)
        with pytest.raises(DatabaseError), transaction.atomic():
            MedicalLetter.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            MedicalLetter.objects.all().delete()

    @pytest.mark.parametrize("change", [{"said_sealed": b"x"}, {"expires_on": TODAY}, {"reply_sealed": b""}])
    def test_what_was_replied_stands(self, change, mrs_lee, anna):
        replied(asked(mrs_lee, anna), anna)
        with pytest.raises(DatabaseError), transaction.atomic():
            MedicalLetter.objects.update(**change)

    def test_put_aside_is_put_aside(self, mrs_lee, anna):
        medical_letters.put_aside(replied(asked(mrs_lee, anna), anna), by=anna)
        with pytest.raises(DatabaseError), transaction.atomic():
            MedicalLetter.objects.update(status="replied")

    def test_a_reply_has_everything_and_expiry_is_never_stored(self, mrs_lee, anna):
        asked(mrs_lee, anna)
        with pytest.raises(IntegrityError, match="medical_letter_replied_has_all"), transaction.atomic():
            MedicalLetter.objects.update(status="replied")
        with pytest.raises(IntegrityError, match="medical_letter_expiry_is_read"), transaction.atomic():
            MedicalLetter.objects.update(status="expired")

    def test_a_parq_is_kept_and_stands(self, mrs_lee, anna):
        day = timezone.localdate()
        kept = medical_letters.keep_parq(mrs_lee, result="all_no", form_year=2026, done_on=day, by=anna)
        again = medical_letters.keep_parq(mrs_lee, result="all_no", form_year=2026, done_on=day, by=anna)
        assert kept == again and kept.expires_on == medical.a_year_after(day)
        for change in (lambda: ParQ.objects.update(result_sealed=b"x"), lambda: ParQ.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        with pytest.raises(IntegrityError, match="parq_expires_later"), transaction.atomic():
            ParQ.objects.create(
                client=mrs_lee, result_text="all_no", form_year=2026, done_on=day, expires_on=day, kept_by=anna
            )
        with pytest.raises(IntegrityError, match="parq_has_a_result"), transaction.atomic():
            ParQ.objects.create(
                client=mrs_lee, result_sealed=b"", form_year=2026, done_on=day, expires_on=kept.expires_on, kept_by=anna
            )

    def test_what_came_of_both_lies_sealed(self, mrs_lee, anna):
        replied(asked(mrs_lee, anna), anna)
        medical_letters.keep_parq(mrs_lee, result="any_yes", form_year=2026, done_on=timezone.localdate(), by=anna)
        with connection.cursor() as cursor:
            for name in ("medicalletter", "medicalletterevent", "parq"):
                cursor.execute(f"SELECT row_to_json(t)::text FROM clients_{name} t")
                raw = " ".join(row for (row,) in cursor.fetchall())
                assert raw and not [word for word in ('agreed"', "walking_only", "any_yes") if word in raw], raw


def hands(reader):
    found = hand.of(reader, now=timezone.now(), today=timezone.localdate())
    return [f"{one.link} {one.rest}" for one in found if "no reply" in one.rest]


@pytest.mark.django_db
class TestReminders:
    def test_a_fortnight_without_a_reply_and_again_every_fortnight(self, mrs_lee, anna, ben, olga, sam):
        now = timezone.now()
        made = asked(mrs_lee, anna, ago=13)
        tasks.remind_of_medical_letters()
        assert hands(anna) == []
        assert medical_letters.remind(now=now + timedelta(days=1, minutes=1)) == 1
        assert medical_letters.remind(now=now + timedelta(days=1, minutes=2)) == 0, "run twice"
        [line] = hands(anna)
        assert line.startswith("The letter about Mary Lee has no reply since")
        assert hands(ben) == hands(olga) == []
        again = now + timedelta(days=5)
        medical_letters.ask_again(made, by=anna, now=again)
        assert hands(anna) == []
        assert medical_letters.remind(now=again + timedelta(days=13)) == 0
        assert medical_letters.remind(now=again + timedelta(days=14)) == 1
        assert len(hands(anna)) == 1

    def test_a_reply_or_putting_it_aside_ends_it(self, mrs_lee, anna):
        made = asked(mrs_lee, anna, ago=20)
        medical_letters.remind()
        assert len(hands(anna)) == 1
        replied(made, anna)
        assert hands(anna) == []
        assert medical_letters.remind(now=timezone.now() + timedelta(days=60)) == 0

    def test_who_left_is_not_asked_after(self, mrs_lee, anna):
        asked(mrs_lee, anna, ago=20)
        medical_letters.remind()
        type(mrs_lee).objects.filter(pk=mrs_lee.pk).update(status="closed")
        assert hands(anna) == []

    def test_asking_again_twice_is_one_act(self, mrs_lee, anna):
        made = asked(mrs_lee, anna, ago=20)
        first = medical_letters.ask_again(made, by=anna).asked_again_at
        assert medical_letters.ask_again(made, by=anna).asked_again_at == first


def test_every_night_the_task_runs():
    from practice.config.celery import app

    assert "clients.tasks.remind_of_medical_letters" in {one["task"] for one in app.conf.beat_schedule.values()}
