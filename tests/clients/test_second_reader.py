"""A decision read with a second clinician: asked, read once, standing meanwhile, seen by nobody else."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import decision, second_reading
from clients.models import Decision, SecondReading
from practice.models import AuditEntry, Role, Supervision
from sessions.domain import hand
from tests import factories

pytestmark = pytest.mark.django_db
CANARY = "canary-linnet"


def form(browser, client, **changes):
    where = reverse("clients:decide", args=[client.pk])
    said = {
        "modes": ["indoor", "walk"],
        "reasoning": f"We considered {CANARY}.",
        "look_again_on": (timezone.localdate() + timedelta(days=60)).isoformat(),
        "read": browser.get(where).context["read"],
    }
    return browser.post(where, said | changes)


@pytest.fixture
def made(mrs_lee, anna):
    return factories.decision(mrs_lee, anna, "indoor", "walk", reasoning=f"We considered {CANARY}.")


@pytest.fixture
def reading(made, anna, ben):
    return second_reading.ask(made, reader=ben, by=anna)


def hands(reader):
    return [f"{one.link} {one.rest}" for one in hand.of(reader, now=timezone.now(), today=timezone.localdate())]


def at(browser, reading):
    return browser.get(reverse("clients:reading", args=[reading.pk]))


def test_nobody_is_asked_unless_chosen(mrs_lee, as_anna):
    assert form(as_anna, mrs_lee).status_code == 302
    assert not SecondReading.objects.exists()


def test_a_colleague_is_asked_and_the_decision_stands_meanwhile(mrs_lee, ben, as_anna):
    assert form(as_anna, mrs_lee, read_with=str(ben.pk)).status_code == 302
    made = Decision.objects.get()
    assert second_reading.of(made)[0].reader == ben
    assert decision.permits(mrs_lee, "walk", timezone.localdate()).open
    text = as_anna.get(reverse("clients:decision", args=[mrs_lee.pk, made.pk])).content.decode()
    assert "Waiting to be read with Ben" in text


def test_pressed_twice_there_is_one_decision_and_one_reading(mrs_lee, ben, as_anna):
    for _press in range(2):
        form(as_anna, mrs_lee, read_with=str(ben.pk))
    assert Decision.objects.count() == SecondReading.objects.count() == 1


def test_who_can_be_asked(anna, ben, sam, olga, rosa, mrs_lee):
    factories.user("Tess Young", Role.TRAINEE)
    gone = factories.user("Gone Away", Role.THERAPIST)
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    assert sorted(one.name for one in second_reading.readers(anna)) == ["Ben Castle", "Sam Holt"]


@pytest.mark.parametrize("who", ["olga", "anna", "nobody"])
def test_nobody_else_can_be_chosen(who, mrs_lee, olga, anna, as_anna):
    chosen = {"olga": olga.pk, "anna": anna.pk, "nobody": "me"}[who]
    answer = form(as_anna, mrs_lee, read_with=str(chosen))
    assert answer.status_code == 422 and CANARY in answer.content.decode()
    assert not Decision.objects.exists()


def test_in_training_the_supervisor_is_chosen_beforehand(sam):
    tess = factories.user("Tess Young", Role.TRAINEE)
    Supervision.objects.create(supervisor=sam, supervisee=tess)
    browser = Browser()
    browser.force_login(tess)
    page = browser.get(reverse("clients:decide", args=[factories.client("Amy Pond", tess).pk]))
    assert page.context["form"]["read_with"].value() == sam.pk
    assert f'value="{sam.pk}" selected' in page.content.decode()


def test_the_reader_reads_the_decision_and_says_so_once(reading, made, as_ben, as_anna, mrs_lee):
    text = at(as_ben, reading).content.decode()
    assert CANARY in text and "Mary Lee" in text
    where = reverse("clients:reading", args=[reading.pk])
    assert as_ben.post(where, {"comment": "I would go slower."}).status_code == 302
    kept = SecondReading.objects.get()
    assert kept.read_at and kept.comment == "I would go slower."
    assert b"slower" not in bytes(kept.comment_sealed)
    text = as_anna.get(reverse("clients:decision", args=[mrs_lee.pk, made.pk])).content.decode()
    assert "Read with Ben Castle" in text and "I would go slower." in text and "Waiting" not in text
    as_ben.post(where, {"comment": "Or not."})
    assert SecondReading.objects.get().comment == "I would go slower."
    assert "I would go slower." in at(as_ben, reading).content.decode()


def test_reading_it_without_a_word_is_enough(reading, as_ben):
    assert as_ben.post(reverse("clients:reading", args=[reading.pk]), {}).status_code == 302
    assert SecondReading.objects.get().read_at


def test_a_comment_that_is_too_long_comes_back(reading, as_ben):
    answer = as_ben.post(reverse("clients:reading", args=[reading.pk]), {"comment": "long " * 1000})
    assert answer.status_code == 422 and "long long" in answer.content.decode()
    assert SecondReading.objects.get().read_at is None


def test_the_reader_gets_into_nothing_else_of_the_chart(reading, made, as_ben, mrs_lee):
    for name, args in (("show", []), ("decision", [made.pk]), ("decision_log", [made.pk]), ("decide", [])):
        assert as_ben.get(reverse(f"clients:{name}", args=[mrs_lee.pk, *args])).status_code == 404, name


def test_nobody_but_the_reader_gets_in(reading, as_anna, as_sam, as_olga, as_rosa, as_mrs_lee, as_mallory):
    for browser in (as_anna, as_sam, as_olga, as_rosa, as_mrs_lee):
        answer = at(browser, reading)
        assert answer.status_code == 404 and CANARY not in answer.content.decode()
    assert at(as_mallory, reading).status_code == 302


def test_today_says_it_until_it_is_read(reading, ben, anna, olga):
    assert "A decision about Mary Lee waits to be read; Anna asked you." in hands(ben)
    assert not any("waits to be read" in line for line in [*hands(anna), *hands(olga)])
    second_reading.read(reading, comment="", by=ben)
    assert not any("waits to be read" in line for line in hands(ben))


def test_a_supervisor_without_clients_is_told_too(made, anna, sam):
    second_reading.ask(made, reader=sam, by=anna)
    assert "A decision about Mary Lee waits to be read; Anna asked you." in hands(sam)


def test_reading_leaves_a_trace_before_it_shows(reading, as_ben, mrs_lee):
    before = AuditEntry.objects.count()
    at(as_ben, reading)
    entry = AuditEntry.objects.order_by("pk").last()
    assert AuditEntry.objects.count() == before + 1
    assert "decision.read" in entry.body and str(mrs_lee.pk) in entry.body


def queries(browser, where):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(where).status_code == 200
    return len(captured)


def test_the_decision_costs_the_same_with_one_reader_and_with_three(reading, made, anna, sam, as_anna, mrs_lee):
    where = reverse("clients:decision", args=[mrs_lee.pk, made.pk])
    second_reading.read(reading, comment="Yes.", by=reading.reader)
    one = queries(as_anna, where)
    for reader in (sam, factories.user("Mira Solberg", Role.THERAPIST)):
        second_reading.read(second_reading.ask(made, reader=reader, by=anna), comment="Yes.", by=reader)
    assert queries(as_anna, where) == one


def test_what_was_asked_and_said_stands(reading, ben, sam):
    for change in ({"reader": sam}, {"asked_at": timezone.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SecondReading.objects.update(**change)
    second_reading.read(reading, comment="Yes.", by=ben)
    for change in ({"read_at": None}, {"comment_sealed": b""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SecondReading.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        SecondReading.objects.all().delete()


def test_nobody_reads_her_own_and_nobody_is_asked_twice(made, anna, ben):
    with pytest.raises(IntegrityError, match="second_reading_is_another_s"), transaction.atomic():
        SecondReading.objects.create(decision=made, reader=anna, asked_by=anna)
    SecondReading.objects.create(decision=made, reader=ben, asked_by=anna)
    with pytest.raises(IntegrityError, match="second_reading_once"), transaction.atomic():
        SecondReading.objects.create(decision=made, reader=ben, asked_by=anna)


@pytest.mark.parametrize(
    ("comment", "line"),
    [
        ("", "Ben has read your decision about Mary Lee. "),
        (CANARY, "Ben has read your decision about Mary Lee and said something."),
    ],
)
def test_who_decided_hears_that_it_was_read(reading, made, anna, ben, olga, sam, as_anna, comment, line):
    assert not any("has read" in one for one in hands(anna))
    second_reading.read(reading, comment=comment, by=ben)
    assert line in hands(anna)
    assert not any("has read" in one for person in (ben, olga, sam) for one in hands(person))
    page = as_anna.get("/sessions/today").content.decode()
    assert reverse("clients:decision", args=[made.client_id, made.pk]) in page and CANARY not in page


def test_and_for_a_fortnight_only(reading, anna, mrs_lee):
    just, long_ago = (timezone.now() - timedelta(days=days, minutes=-1) for days in (14, 15))
    other = second_reading.ask(reading.decision, reader=factories.user("Mira Solberg", "therapist"), by=anna)
    SecondReading.objects.filter(pk=reading.pk).update(read_at=just)
    SecondReading.objects.filter(pk=other.pk).update(read_at=long_ago)
    assert [one for one in hands(anna) if "has read" in one] == ["Ben has read your decision about Mary Lee. "]
    mrs_lee.care_team.update(until=timezone.now())
    assert not any("has read" in one for one in hands(anna)), "no longer theirs to open"
