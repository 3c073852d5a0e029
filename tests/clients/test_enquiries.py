"""Enquiries: the first reply, the waiting list, what became of them, and forgetting those that came to nothing."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients import tasks
from clients.domain import contacts, enquiry, forgetting, inbox, receiving, replies
from clients.domain.contacts import Way
from clients.models import CareTeamMember, Client, ContactPoint, Reply
from practice.domain import papers, post
from practice.models import AuditEntry, DataKey, Letter, Paper, Practice
from tests import factories, pictures
from tests.practice import mails

pytestmark = pytest.mark.django_db
LIST = "clients:enquiries"


@pytest.fixture
def fay(olga):
    return enquiry.record(name="Fay Carrick", wish="canary-wish", way=Way("email", "fay@example.org"), by=olga)


def ago(client, **when):
    Client.objects.filter(pk=client.pk).update(enquired_at=timezone.now() - timedelta(**when))
    client.refresh_from_db()


def forget(**later):
    return forgetting.forget_enquiries(now=timezone.now() + timedelta(**later))


# --- the first reply ---


def test_the_first_reply_counts(fay, olga):
    ago(fay, hours=3)
    enquiry.reply(fay, by=olga)
    assert replies.took(fay) == "replied after 3 hours"
    first = fay.first_reply_at
    enquiry.reply(fay, by=olga)
    fay.refresh_from_db()
    assert fay.first_reply_at == first
    assert AuditEntry.objects.filter(body__contains="enquiry.replied").count() == 1


@pytest.mark.parametrize("outcome", ["admit", "wait", "refer"])
def test_who_is_settled_was_answered(fay, olga, anna, outcome):
    if outcome == "admit":
        enquiry.admit(fay, therapist=anna, by=olga)
    elif outcome == "wait":
        enquiry.wait(fay, by=olga)
    else:
        enquiry.close(fay, reason="", referred_to="Larkhill", by=olga)
    fay.refresh_from_db()
    assert fay.first_reply_at


def test_closing_without_a_word_is_no_reply(fay, olga):
    enquiry.close(fay, reason="Spam.", by=olga)
    fay.refresh_from_db()
    assert fay.first_reply_at is None and fay.outcome == "closed"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "1 minute"), (89, "89 minutes"), (90, "2 hours"), (180, "3 hours"), (47 * 60, "47 hours"), (2880, "2 days")],
)
def test_times_as_they_are_said(minutes, said):
    assert replies.spoken(timedelta(minutes=minutes)) == said


def test_the_middle_of_the_practice(olga, anna):
    now = timezone.now()
    assert replies.usual(now=now) == ""
    for hours in (1, 5, 40):
        Client.objects.create(name=f"After {hours}", first_reply_at=now)
        Client.objects.filter(name=f"After {hours}").update(enquired_at=now - timedelta(hours=hours))
    factories.client("Carried Over", anna, carried_over_on=timezone.localdate(), first_reply_at=now)
    assert replies.usual(now=now) == "5 hours"


# --- the waiting list ---


def test_who_came_first_stands_first_and_since_when(as_olga, olga, fay):
    second = enquiry.record(name="Stellan Brook", wish="", way=Way("phone", "07700 900111"), by=olga)
    enquiry.wait(second, by=olga)
    enquiry.wait(fay, by=olga)
    Client.objects.filter(pk=fay.pk).update(waiting_since=timezone.now() - timedelta(days=20))
    text = as_olga.get(reverse(LIST)).content.decode()
    assert text.index("Fay Carrick") < text.index("Stellan Brook") and "Waiting since" in text and "20 days" in text


def test_on_and_off_by_the_buttons(as_olga, fay):
    where = reverse("clients:waiting_list", args=[fay.pk])
    for _ in range(2):
        assert as_olga.post(where, {"from": "enquiries"})["Location"] == reverse(LIST)
    fay.refresh_from_db()
    assert fay.waiting_since
    as_olga.post(where, {"off": "yes"})
    fay.refresh_from_db()
    assert fay.waiting_since is None and fay.status == "enquiry" and fay.stepped_at
    assert AuditEntry.objects.filter(body__contains='"enquiry.waits"').count() == 1


def test_beginning_ends_the_waiting(fay, olga, anna):
    enquiry.wait(fay, by=olga)
    enquiry.admit(fay, therapist=anna, by=olga)
    fay.refresh_from_db()
    assert fay.waiting_since is None and fay.status == "active"


def test_a_client_is_not_put_on_the_list(as_anna, mrs_lee):
    assert as_anna.post(reverse("clients:waiting_list", args=[mrs_lee.pk])).status_code == 302
    mrs_lee.refresh_from_db()
    assert mrs_lee.waiting_since is None and mrs_lee.first_reply_at is None


# --- what became of it ---


def test_referred_on_says_to_whom_and_the_words_lie_sealed(as_olga, fay):
    where = reverse("clients:close", args=[fay.pk])
    answer = as_olga.post(where, {"outcome": "referred", "reason": "evenings", "referred_to": ""})
    assert answer.status_code == 422 and "evenings" in answer.content.decode()
    as_olga.post(where, {"outcome": "referred", "referred_to": "canary-larkhill", "reason": ""})
    fay.refresh_from_db()
    assert (fay.status, fay.outcome, fay.referred_to) == ("closed", "referred", "canary-larkhill")
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM clients_client c")
        assert "canary" not in cursor.fetchone()[0]
    assert "canary-larkhill" in as_olga.get(reverse("clients:show", args=[fay.pk])).content.decode()


def test_closed_says_why_and_calls_letters_back(as_olga, fay):
    letter = post.write("intake_invitation", key="x", to="fay@example.org", about=fay.pk, client=fay.pk)
    where = reverse("clients:close", args=[fay.pk])
    assert as_olga.post(where, {"outcome": "closed"}).status_code == 422
    assert as_olga.post(where, {"outcome": "closed", "reason": "No reply."}).status_code == 302
    letter.refresh_from_db()
    fay.refresh_from_db()
    assert letter.state == "cancelled" and fay.outcome == "closed" and fay.referred_to == ""


def test_who_comes_back_begins_without_the_old_ending(fay, olga, anna):
    enquiry.close(fay, reason="", referred_to="Larkhill", by=olga)
    enquiry.admit(fay, therapist=anna, by=olga)
    fay.refresh_from_db()
    assert (fay.outcome, fay.referred_to, fay.status) == ("", "", "active")


def test_the_reply_and_the_ending_show_on_the_page(as_olga, olga, fay):
    ago(fay, hours=3)
    page = reverse("clients:show", args=[fay.pk])
    assert "Replied" in as_olga.get(page).content.decode()
    as_olga.post(reverse("clients:replied", args=[fay.pk]))
    text = as_olga.get(page).content.decode()
    assert "Replied after 3 hours" in text and reverse("clients:replied", args=[fay.pk]) not in text
    text = as_olga.get(reverse(LIST)).content.decode()
    assert "first reply usually comes after 3 hours" in text and "canary-wish" not in text


def test_a_therapist_sees_her_own_and_nobody_elses(as_anna, as_ben, as_rosa, anna, fay):
    CareTeamMember.objects.create(client=fay, user=anna)
    assert "Fay Carrick" in as_anna.get(reverse(LIST)).content.decode()
    assert "Fay Carrick" not in as_ben.get(reverse(LIST)).content.decode()
    assert as_ben.post(reverse("clients:replied", args=[fay.pk])).status_code == 404
    assert as_rosa.get(reverse(LIST)).status_code == 404


def test_today_rings_back_only_whom_nobody_answered(as_olga, olga, fay):
    assert "Fay Carrick" in as_olga.get(reverse("sessions:today")).content.decode()
    enquiry.reply(fay, by=olga)
    assert "Fay Carrick" not in as_olga.get(reverse("sessions:today")).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(as_olga, olga, fay):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert as_olga.get(reverse(LIST)).status_code == 200
        return len(found)

    enquiry.wait(enquiry.record(name="Waits", wish="", way=Way("phone", "07700 900119"), by=olga), by=olga)
    before = queries()
    for number in range(3):
        more = enquiry.record(name=f"More {number}", wish="", way=Way("phone", f"07700 90011{number}"), by=olga)
        if number:
            enquiry.wait(more, by=olga)
    assert queries() == before


# --- forgetting ---


def test_after_its_days_an_enquiry_is_gone_truly(fay, olga):
    contacts.put_emergency(fay, name="Jo Field", relation="friend", phone="07700 900222", by=olga)
    Letter.objects.create(
        kind="x", key="x", to="fay@example.org", about=fay.pk, client=fay.pk, state="sent", due_at=timezone.now()
    )
    assert DataKey.objects.filter(subject=fay.pk).exists()
    assert forget(days=89) == 0
    assert forget(days=90, minutes=1) == 1
    for model in (Client, ContactPoint, CareTeamMember, Letter):
        assert not model.objects.exists()
    assert not DataKey.objects.filter(subject=fay.pk).exists()
    entry = AuditEntry.objects.filter(body__contains="enquiry.forgotten").get()
    assert str(fay.pk) in entry.body and "Fay" not in entry.body
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(a.body, '') FROM practice_auditentry a")
        assert "Fay" not in cursor.fetchone()[0]


def test_it_is_safe_to_run_twice(fay):
    ago(fay, days=91)
    tasks.forget()
    tasks.forget()
    assert not Client.objects.exists()
    assert AuditEntry.objects.filter(body__contains="enquiry.forgotten").count() == 1


def test_the_days_are_the_practices_and_count_from_the_last_step(fay, olga):
    Practice.objects.update(enquiry_days=30)
    ago(fay, days=31)
    enquiry.reply(fay, by=olga)
    assert forget() == 0 and forget(days=29) == 0
    assert forgetting.forgotten_on(fay, Practice.load()) == fay.first_reply_at + timedelta(days=30)
    assert forget(days=31) == 1


def test_who_waits_is_kept_and_counts_anew_when_taken_off(fay, olga):
    enquiry.wait(fay, by=olga)
    assert forget(days=1000) == 0
    enquiry.stop_waiting(fay, by=olga)
    assert forget(days=89) == 0 and forget(days=91) == 1


@pytest.mark.parametrize("outcome", ["referred", "closed"])
def test_who_went_elsewhere_is_forgotten_too(fay, olga, outcome):
    enquiry.close(fay, reason="x", referred_to="Larkhill" if outcome == "referred" else "", by=olga)
    assert forget(days=89) == 0 and forget(days=91) == 1


def test_nobody_who_was_a_client_is_ever_forgotten(fay, olga, anna, mrs_lee):
    enquiry.admit(fay, therapist=anna, by=olga)
    enquiry.close(fay, reason="Moved away.", by=anna)
    enquiry.close(mrs_lee, reason="Moved away.", by=anna)
    Client.objects.filter(pk=mrs_lee.pk).update(admitted_at=None)  # as in rows older than the field; she has a log-in
    assert forget(days=5000) == 0 and Client.objects.count() == 2


def test_who_has_more_in_the_file_stays(fay, anna):
    factories.session(anna, fay)
    assert forget(days=500) == 0
    assert forgetting.with_more([fay.pk]) == {fay.pk: "seats"}


class TestMessages:
    """What an enquirer wrote goes with her, unless it waits for somebody or worries."""

    def wrote(self, text="Any news?", now=None):
        raw = mails.with_file(pictures.drawn("JPEG"), "bench.jpg", "image/jpeg", text=text)
        return receiving.take_mail(raw.replace(b"mary.lee@", b"fay@"), now=now)

    def test_they_go_with_her_and_their_papers_and_keys(self, fay, anna):
        reply = self.wrote()
        inbox.answered(reply, by=anna)
        assert Paper.objects.count() == 2 and DataKey.objects.filter(subject=reply.pk).exists()
        assert forget(days=91) == 1
        for model in (Client, Reply, Paper, DataKey, Letter):
            assert not model.objects.exists(), model
        assert not AuditEntry.objects.filter(body__contains="news").exists()

    def test_a_message_is_a_step(self, fay, anna):
        ago(fay, days=91)
        reply = self.wrote()
        inbox.answered(reply, by=anna)
        fay.refresh_from_db()
        assert forgetting.forgotten_on(fay, Practice.load()) == fay.stepped_at + timedelta(days=90)
        assert fay.stepped_at >= reply.received_at and forget(days=89) == 0 and forget(days=91) == 1

    def test_one_that_nobody_has_answered_keeps_her(self, fay, anna):
        reply = self.wrote()
        inbox.read(reply, by=anna)
        assert forget(days=500) == 0 and forgetting.with_more([fay.pk], messages_go=True) == {fay.pk: "replies"}
        inbox.answered(reply, by=anna)
        assert forget(days=500) == 1

    def test_one_that_worries_stays_and_so_does_she(self, fay, anna):
        reply = self.wrote("I want to die")
        inbox.answered(reply, by=anna)
        assert forget(days=500) == 0 and Reply.objects.get().text.startswith("I want to die")

    def test_one_that_was_given_to_a_client_stays_whole_when_she_goes(self, fay, mrs_lee, anna):
        reply = inbox.move(self.wrote(), mrs_lee, by=anna)
        assert forget(days=91) == 1 and not Client.objects.filter(pk=fay.pk).exists()
        kept = Reply.objects.get()
        assert kept.client == mrs_lee and kept.text == "Any news?" and papers.read(kept.raw)
        assert reply == kept and [papers.read(one) for one in Paper.objects.all()]

    def test_of_one_that_somebody_else_was_found_to_have_written_she_is_forgotten(self, fay, mrs_lee, anna):
        ContactPoint.objects.create(client=mrs_lee, kind="email", value="fay@example.org")
        reply = self.wrote()
        assert set(reply.might_be.all()) == {fay, mrs_lee} and forget(days=91) == 0
        inbox.assign(reply, mrs_lee, by=anna)
        assert forget(days=91) == 1 and list(reply.might_be.all()) == [mrs_lee]

    def test_what_a_client_wrote_goes_by_no_door(self, mrs_lee, anna):
        reply = inbox.answered(receiving.take_mail(mails.plain()), by=anna)
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT forget_messages(%s::uuid[])", [[mrs_lee.pk]])
        with pytest.raises(ProgrammingError), transaction.atomic():
            reply.delete()
        assert Reply.objects.get().text == "I am running late."

    def test_the_cost_is_the_same_for_many(self, fay, olga, anna):
        inbox.answered(self.wrote(), by=anna)
        with CaptureQueriesContext(connection) as one:
            assert forget(days=91) == 1
        for number in range(3):
            way = Way("email", f"eve{number}@example.org")
            enquiry.record(name=f"Eve {number}", wish="", way=way, by=olga)
            inbox.answered(receiving.take_mail(mails.plain(str(number), From=way.value)), by=anna)
        with CaptureQueriesContext(connection) as three:
            assert forget(days=91) == 3
        assert len(one) == len(three)


def test_the_database_keeps_a_key_as_long_as_anything_is_sealed_with_it(fay):
    with pytest.raises(ProgrammingError, match="still here"), transaction.atomic():
        forgetting.forget_keys([fay.pk])
    assert fay.wish == "canary-wish"


# --- the settings ---


def test_the_owner_settles_the_days(as_rosa, practice):
    where = reverse("practice:arrivals")
    assert 'value="60"' in as_rosa.get(where).content.decode()
    assert as_rosa.post(where, {"bridging_days": "45", "enquiry_days": "3"}).status_code == 422
    assert as_rosa.post(where, {"bridging_days": "45", "enquiry_days": "30"}).status_code == 302
    practice.refresh_from_db()
    assert (practice.bridging_days, practice.enquiry_days) == (45, 30)
    assert AuditEntry.objects.filter(body__contains="practice.arrivals_settled").count() == 1
