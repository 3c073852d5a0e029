"""Every answer is kept as it is given; two pages of one form never overwrite each other without a word."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.domain import answering, calling, intake, worry
from clients.domain.answering import Change, mark
from clients.domain.instruments import LEFT_OUT
from clients.models import Alert, Screening
from practice.models import AuditEntry, CoverPerson, Letter
from tests import factories

STEPS = intake.steps()
HEART, LAST = STEPS[1], STEPS[-1]
db = pytest.mark.django_db


@pytest.fixture
def asked(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    return intake.send(mrs_lee, by=anna, reader=anna)


@pytest.fixture
def token(asked, anna):
    return intake.link_for(asked, by=anna)


@pytest.fixture
def phone(practice):
    return Browser()


def page(token, number=2):
    return reverse("intake_part", args=[token, number])


def one(browser, token, item, answer, *, number=2, was="", **more):
    """One answer, as the page sends it."""
    body = {"item": item, item: answer, f"was.{item}": was, **more}
    return browser.post(reverse("intake_keep", args=[token, number]), body)


def kept(asked, key="everyday_health"):
    asked.refresh_from_db()
    return asked.answers.get(key, {})


def drawn(browser, address):
    """What a page that is open in a browser would send: its hidden marks, and what is chosen."""
    form = browser.get(address).context["form"]
    data = {name: value for question in form.questions for name, value in question["was"]}
    return (
        data | {key: value for key, value in form.initial.items() if value} | {"version": form.step.instrument.version}
    )


# --- one answer ---


@db
def test_one_answer_is_kept_and_no_other_is_touched(phone, token, asked):
    one(phone, token, "collapse", "no")
    answer = one(phone, token, "chest_pain", "yes")
    assert answer.status_code == 200 and answer["Cache-Control"] != "public"
    assert answer.json()["was"]["chest_pain"] == mark("yes")
    assert kept(asked) == {"collapse": "no", "chest_pain": "yes"}
    assert asked.status == Screening.Status.STARTED and asked.saved_at


@db
def test_it_costs_six_queries_at_most_with_everything_counted(phone, token, asked):
    """The very first answer, with looking up the link; one that should not wait; one more beside it; and the next."""
    with CaptureQueriesContext(connection) as first:
        assert one(phone, token, "collapse", "no").status_code == 200
    assert len(first) <= 6, "\n".join(query["sql"][:120] for query in first)
    for item, answer, number in (
        ("hurt", "yes", LAST.number),
        ("chest_pain", "yes", 2),
        ("chest_pain.new", "yes", 2),
        ("line", "a robin", LAST.number),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert one(phone, token, item, answer, number=number).status_code == 200
        assert len(queries) <= 6, "\n".join(query["sql"][:120] for query in queries)
    assert calling.sweep() == 1
    raised = worry.read(Alert.objects.get().raised)
    assert raised.hurt == "yes" and raised.body


@db
def test_together_it_costs_six_queries_too(as_anna, mrs_lee, anna, asked):
    made = intake.together(mrs_lee, manner="room", by=anna)
    address = reverse("clients:together_keep", args=[mrs_lee.pk, made.pk, 2])
    with CaptureQueriesContext(connection) as queries:
        answer = as_anna.post(address, {"item": "collapse", "collapse": "no", "was.collapse": ""})
    assert answer.status_code == 200 and kept(made)["collapse"] == "no"
    assert len(queries) <= 6, "\n".join(query["sql"][:120] for query in queries)
    with CaptureQueriesContext(connection) as worrying:
        last = reverse("clients:together_keep", args=[mrs_lee.pk, made.pk, LAST.number])
        assert as_anna.post(last, {"item": "hurt", "hurt": "yes", "was.hurt": ""}).status_code == 200
    assert len(worrying) <= 6, "\n".join(query["sql"][:120] for query in worrying)
    calling.sweep()
    assert not Letter.objects.filter(kind="please_make_sure").exists(), "the therapist knows what she wrote herself"


@db
def test_a_colleague_keeps_nothing_in_a_form_of_hers(as_ben, as_olga, mrs_lee, anna):
    made = intake.together(mrs_lee, manner="room", by=anna)
    address = reverse("clients:together_keep", args=[mrs_lee.pk, made.pk, 2])
    for browser in (as_ben, as_olga):
        assert browser.post(address, {"item": "collapse", "collapse": "yes"}).status_code == 404
    assert kept(made) == {}


@db
def test_opening_a_page_leaves_a_trace_and_an_answer_none(phone, token, asked):
    before = AuditEntry.objects.count()
    one(phone, token, "collapse", "no")
    assert AuditEntry.objects.count() == before
    phone.get(page(token))
    assert AuditEntry.objects.count() == before + 1


@db
def test_it_lies_sealed(phone, token, asked):
    one(phone, token, "line", "canary-wren", number=LAST.number)
    assert kept(asked, "harder_days") == {"line": "canary-wren"}
    assert b"canary" not in bytes(asked.answers_sealed)


@db
def test_words_taken_away_are_gone(phone, token, asked):
    one(phone, token, "line", "a robin", number=LAST.number)
    one(phone, token, "line", "", number=LAST.number, was=mark("a robin"))
    assert kept(asked, "harder_days") == {}


@db
def test_boxes_come_as_one_answer(phone, token, asked):
    one(phone, token, "wishes", ["walk", "sit"], number=1)
    assert kept(asked)["wishes"] == ["sit", "walk"]
    both = one(phone, token, "disease", ["heart", LEFT_OUT], number=4)
    assert both.status_code == 422 and "Leaving it out does not go with an answer" in both.json()["said"]


# --- what follows ---


@db
def test_an_answer_that_closes_questions_drops_what_followed(phone, token, asked):
    one(phone, token, "chest_pain", "yes")
    one(phone, token, "chest_pain.new", "no")
    assert kept(asked) == {"chest_pain": "yes", "chest_pain.new": "no"}
    closed = one(phone, token, "chest_pain", "no", was=mark("yes"))
    assert kept(asked) == {"chest_pain": "no"}
    assert closed.json()["was"]["chest_pain.new"] == ""
    one(phone, token, "chest_pain", "yes", was=mark("no"))
    one(phone, token, "chest_pain.new", "no")
    assert kept(asked) == {"chest_pain": "yes", "chest_pain.new": "no"}


@db
def test_the_next_device_goes_on_at_the_first_open_question(phone, token, asked):
    one(phone, token, "active", "yes", number=1)
    one(phone, token, "chest_pain", "yes")
    first = Browser().get(reverse("intake", args=[token])).content.decode()
    assert f'href="{page(token)}#id_chest_pain.new"' in first


# --- two pages of one form ---


@db
def test_an_older_page_does_not_overwrite_what_another_kept(phone, token, asked):
    old = drawn(phone, page(token))
    one(phone, token, "chest_pain", "yes")
    answer = phone.post(page(token), old | {"collapse": "no", "way": "stop"})
    assert answer.status_code == 302
    assert kept(asked) == {"chest_pain": "yes", "collapse": "no"}


@db
def test_where_both_pages_chose_the_second_is_told_and_chooses(phone, token, asked):
    old = drawn(phone, page(token))
    one(phone, token, "collapse", "yes")
    data = old | {"chest_pain": "no", "collapse": "no", "breathless_rest": "no"}
    for way in ("on", "back", "stop"):
        answer = phone.post(page(token), data | {"way": way})
        assert answer.status_code == 422
        assert "another page kept “Yes” here, and you chose “No”" in answer.content.decode()
    assert kept(asked)["collapse"] == "yes"
    form = answer.context["form"]
    again = {name: value for question in form.questions for name, value in question["was"]}
    assert form["collapse"].value() == "yes"
    answer = phone.post(page(token), data | again | {"way": "on"})
    assert answer.status_code == 302
    assert kept(asked)["collapse"] == "no"


@db
def test_words_of_two_pages_are_both_on_the_page(phone, token, asked):
    old = drawn(phone, page(token, LAST.number))
    one(phone, token, "line", "a robin", number=LAST.number)
    answer = phone.post(page(token, LAST.number), old | {"line": "a wren", "hurt": "no", "way": "on"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "a robin" in text and "a wren</textarea>" in text
    assert kept(asked, "harder_days") == {"line": "a robin", "hurt": "no"}


@db
def test_one_answer_against_another_page_says_so_and_brings_what_stands(phone, token, asked):
    one(phone, token, "collapse", "yes")
    answer = one(phone, token, "collapse", "no")
    assert answer.status_code == 409
    assert answer.json()["stands"]["collapse"] == "yes" and answer.json()["was"]["collapse"] == mark("yes")
    assert kept(asked)["collapse"] == "yes"
    assert one(phone, token, "collapse", "no", was=mark("yes")).status_code == 200
    assert kept(asked)["collapse"] == "no"


@db
def test_the_same_answer_twice_is_one(phone, token, asked):
    for _ in range(2):
        assert one(phone, token, "collapse", "yes").status_code == 200
    assert kept(asked) == {"collapse": "yes"}


@db
def test_after_handing_in_nothing_changes_and_it_is_said(phone, token, asked):
    intake.hand_in(asked)
    answer = one(phone, token, "collapse", "yes")
    assert answer.status_code == 410 and "handed in already" in answer.json()["said"]
    assert kept(asked) == {}


@db
def test_the_last_page_pressed_twice_hands_in_once_with_the_same_thanks(phone, token, asked):
    for step in STEPS[:-1]:
        calm = {i.key: LEFT_OUT for i in step.part.items if i.needed}
        phone.post(page(token, step.number), calm | {"way": "on"})
    last = drawn(phone, page(token, LAST.number)) | {"hurt": "no", "way": "on"}
    first, second = (phone.post(page(token, LAST.number), last) for _ in range(2))
    assert first.url == second.url == reverse("intake", args=[token])
    assert Letter.objects.filter(kind="answers_came_in").count() == 1
    assert AuditEntry.objects.filter(body__contains="intake.handed_in").count() == 1
    other = phone.post(page(token, LAST.number), last | {"hurt": "yes"})
    assert "Handed in already" in phone.get(other.url).content.decode()
    assert kept(asked, "harder_days") == {"hurt": "no"}


@db
def test_what_is_open_on_an_earlier_page_is_asked_before_handing_in(phone, token, asked):
    answer = phone.post(page(token, LAST.number), {"hurt": "no", "way": "on"})
    assert answer.url == f"{page(token, 1)}?open"
    assert "Something here is still open" in phone.get(answer.url).content.decode()
    asked.refresh_from_db()
    assert asked.status == Screening.Status.STARTED


@db
def test_an_open_page_counts_what_another_answered(phone, token, asked):
    old = drawn(phone, page(token))
    for item in ("chest_pain", "collapse"):
        one(phone, token, item, "no")
    assert phone.post(page(token), old | {"breathless_rest": "no", "way": "on"}).status_code == 302


def test_two_phones_at_the_same_moment_lose_nothing(fresh_db):
    """Eight answers at once, each from a thread of its own: every one stands in the end."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    person = factories.client("Mary Lee", anna)
    asked = intake.together(person, manner="room", by=anna)
    step, gate = STEPS[-2], Barrier(8, timeout=10)
    keys = [item.key for item in step.part.items][:8]

    def answer(key):
        own = Screening.objects.get(pk=asked.pk)
        gate.wait()
        intake.keep(own, step, {key: Change("no", "")}, by=anna)
        connection.close()

    threads = [Thread(target=answer, args=(key,), daemon=True) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert kept(asked, step.instrument.key) == dict.fromkeys(keys, "no")


# --- sums ---


@pytest.mark.parametrize(
    ("stands", "was", "says", "ends", "clashes"),
    [
        ("", "", "no", "no", False),
        ("yes", "yes", "no", "no", False),
        ("yes", "", "", "yes", False),
        ("yes", "no", "no", "yes", False),
        ("yes", "", "no", "yes", True),
        ("yes", "", "yes", "yes", False),
        ("yes", "yes", "", "", False),
        ("", "yes", "yes", "", False),
        ("yes", None, "no", "no", False),
    ],
)
def test_three_ways_meet(stands, was, says, ends, clashes):
    change = Change(says, None if was is None else mark(was))
    merged = answering.merge(HEART.instrument, {"collapse": stands} if stands else {}, {"collapse": change})
    assert merged.answers.get("collapse", "") == ends
    assert ("collapse" in merged.clashes) is clashes


def test_a_mark_tells_nothing_and_tells_apart():
    assert mark("") == mark(()) == mark(None) == ""
    assert len({mark("yes"), mark("no"), mark(("yes",)), mark(("a", "b"))}) == 4
    assert "yes" not in mark("yes")
