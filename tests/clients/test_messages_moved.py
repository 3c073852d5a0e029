"""A message that lies in the wrong file is given to whom it is from, or waits again; nothing of it is lost."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from clients.domain import inbox, receiving, reply_calls
from clients.models import CareTeamMember, Reply
from practice.domain import papers, post
from practice.models import AuditEntry, CoverPerson, Letter
from tests import factories, pictures
from tests.practice import mails

pytestmark = pytest.mark.django_db
CANARY = "canary-heron"
WORRIES = f"I want to kill myself {CANARY}"
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def url(name, *args):
    return reverse(f"clients:{name}", args=[getattr(one, "pk", one) for one in args])


def said(answer):
    return " ".join(strip_tags(re.sub(r"<head>.*?</head>", "", answer.content.decode(), flags=re.S)).split())


def today(browser):
    return said(browser.get(reverse("home"), follow=True))


def entries(action, subject):
    return AuditEntry.objects.filter(body__contains=f'"{action}"').filter(body__contains=str(subject.pk)).count()


def open_letters(kind=reply_calls.READ):
    letters = Letter.objects.filter(kind=kind, state="due")
    return [one.to for one in letters if post.kinds[kind].still_wanted(one)]


@pytest.fixture
def other(anna):
    """Another client in Anna's care."""
    return factories.client("Aaron Able", anna)


@pytest.fixture
def wrote(mrs_lee):
    return receiving.take_mail(mails.plain(f"Running late {CANARY}"))


def moved(reply):
    return Reply.objects.get(pk=reply.pk)


class TestToAnother:
    def test_it_leaves_one_page_and_stands_on_the_other(self, mrs_lee, other, wrote, as_anna, anna):
        as_anna.get(url("message", wrote))
        page = as_anna.get(url("message", wrote))
        assert "It is from somebody else" in said(page) and f'value="{mrs_lee.pk}"' not in page.content.decode()
        as_anna.post(url("message_answered", wrote))
        answer = as_anna.post(url("message_move", wrote), {"client": other.pk}, follow=True)
        assert "Kept with Aaron Able." in said(answer)
        assert url("message", wrote) not in as_anna.get(url("messages", mrs_lee)).content.decode()
        assert url("message", wrote) in as_anna.get(url("messages", other)).content.decode()
        reply = moved(wrote)
        assert (reply.client, reply.sorted_by, reply.read_by, reply.answered_at) == (other, anna, anna, None)
        page = said(as_anna.get(url("message", wrote)))
        assert CANARY in page and "Put into this file" in page and "Aaron Able · Messages" in page
        assert "Aaron Able wrote: 1 message is not answered yet." in today(as_anna)

    def test_both_files_keep_in_the_books_that_it_was_there(self, mrs_lee, other, wrote, anna):
        inbox.read(wrote, by=anna)
        inbox.move(wrote, other, by=anna)
        assert [entries(action, mrs_lee) for action in ("message.came_in", "message.read", "message.taken_out")] == [
            1,
            1,
            1,
        ]
        assert entries("message.assigned", other) == 1

    def test_all_of_it_opens_in_the_new_file(self, mrs_lee, other, anna):
        raw = mails.with_file(pictures.drawn("JPEG"), "bench.jpg", "image/jpeg")
        reply = receiving.take_mail(raw)
        before = (reply.text, reply.subject, inbox.files(reply), papers.read(reply.raw), reply.key, reply.received_at)
        reply = moved(inbox.move(reply, other, by=anna))
        assert before == (
            reply.text, reply.subject, inbox.files(reply), papers.read(reply.raw), reply.key, reply.received_at
        )  # fmt: skip
        assert receiving.take_mail(raw) == reply and Reply.objects.count() == 1

    def test_the_answer_that_it_is_kept_goes_with_it(self, mrs_lee, other, wrote, anna):
        inbox.move(wrote, other, by=anna)
        assert Letter.objects.get(kind="reply_kept").client == other.pk

    def test_a_client_of_whom_one_may_not_know_cannot_be_chosen(self, mrs_lee, mr_ode, wrote, as_anna):
        page = as_anna.get(url("message", wrote))
        assert "Peter" not in said(page) and str(mr_ode.pk) not in page.content.decode()
        answer = as_anna.post(url("message_move", wrote), {"client": mr_ode.pk})
        assert answer.status_code == 422 and CANARY in said(answer) and "Ode" not in said(answer)
        assert moved(wrote).client == mrs_lee

    @pytest.mark.parametrize("whom", ["", "nobody", "x" * 5000, "\0"])
    def test_nobody_chosen_is_a_sentence_and_changes_nothing(self, mrs_lee, other, wrote, as_anna, whom):
        answer = as_anna.post(url("message_move", wrote), {"client": whom})
        assert answer.status_code == 422 and "Please look at this again" in said(answer)
        assert moved(wrote).client == mrs_lee

    @pytest.mark.parametrize("who", ["as_ben", "as_olga", "as_rosa", "as_mrs_lee"])
    def test_nobody_else_moves_it(self, request, mrs_lee, mr_ode, wrote, who):
        browser = request.getfixturevalue(who)
        assert browser.post(url("message_move", wrote), {"nobody": "on"}).status_code in (302, 403, 404)
        assert browser.post(url("message_move", wrote), {"client": mr_ode.pk}).status_code in (302, 403, 404)
        assert moved(wrote).client == mrs_lee

    def test_of_two_who_move_it_at_once_the_first_counts(self, mrs_lee, other, wrote, anna):
        third = factories.client("Zoe Zed", anna)
        stale = moved(wrote)
        inbox.move(wrote, other, by=anna)
        assert inbox.move(stale, third, by=anna).client == other
        assert entries("message.assigned", third) == 0

    def test_only_whoever_says_whose_it_is_changes_what_was_written_down(self, mrs_lee, other, wrote, anna):
        inbox.answered(wrote, by=anna)
        for change in ({"client": other}, {"client": None}, {"read_at": None, "read_by": None}):
            with pytest.raises(ProgrammingError), transaction.atomic():
                Reply.objects.filter(pk=wrote.pk).update(**change)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Reply.objects.filter(pk=wrote.pk).update(
                client=other, sorted_at=NOW, sorted_by=anna, text_sealed=b"", worries=False
            )


class TestBackToNobody:
    def test_it_waits_again_for_somebody_to_say_whose_it_is(self, mrs_lee, mr_ode, wrote, as_anna, as_ben, as_rosa):
        as_anna.get(url("message", wrote))
        answer = as_anna.post(url("message_move", wrote), {"nobody": "on"}, follow=True)
        assert "waits under “From whom?”" in said(answer)
        for browser in (as_anna, as_ben, as_rosa):
            assert "1 message from somebody we do not know" in today(browser)
        page = as_ben.get(url("message", wrote))
        assert CANARY in said(page) and "Taken out of a file" in said(page)
        assert "Mary" not in said(page) and str(mrs_lee.pk) not in page.content.decode()
        as_ben.post(url("message", wrote), {"client": mr_ode.pk})
        assert moved(wrote).client == mr_ode and as_anna.get(url("message", wrote)).status_code == 404

    def test_whoever_has_the_address_besides_is_asked_as_before(self, mrs_lee, other, as_anna, anna):
        reply = receiving.take_mail(mails.plain(From="who@nowhere.example"))
        inbox.move(inbox.assign(reply, mrs_lee, by=anna), None, by=anna)
        assert as_anna.post(url("message", reply), {"client": other.pk}).status_code == 302
        assert moved(reply).client == other

    def test_what_nobody_is_known_for_is_not_moved_by_that_door(self, mrs_lee, as_anna):
        reply = receiving.take_mail(mails.plain(From="who@nowhere.example"))
        as_anna.post(url("message_move", reply), {"client": mrs_lee.pk})
        assert moved(reply).client is None


class TestWorrying:
    @pytest.fixture
    def worrying(self, mrs_lee):
        return receiving.take_mail(mails.plain(WORRIES))

    def test_the_new_therapist_is_called_and_who_was_called_before_is_not(
        self, mrs_lee, mr_ode, worrying, anna, ben, rosa, sam
    ):
        CoverPerson.objects.create(user=sam, position=1)
        inbox.read(worrying, by=anna)
        reply = inbox.move(worrying, None, by=anna)
        assert open_letters("message_ring") == [sam.email] and open_letters() == []
        inbox.assign(reply, mr_ode, by=rosa)
        assert open_letters() == [ben.email] and open_letters("message_ring") == [sam.email]
        reply = moved(reply)
        assert reply.read_at is None and reply.told == [sam.pk] and Reply.objects.calling().get() == reply

    def test_the_same_therapist_is_called_again_when_it_comes_back(self, mr_ode, worrying, anna, ben, rosa):
        reply = inbox.assign(inbox.move(worrying, None, by=anna), mr_ode, by=rosa)
        inbox.read(reply, by=ben)
        reply = inbox.assign(inbox.move(moved(reply), None, by=ben), mr_ode, by=rosa)
        assert open_letters() == [ben.email]

    def test_it_comes_first_on_today_of_her_therapist(self, mr_ode, worrying, anna, rosa, as_ben):
        inbox.assign(inbox.move(worrying, None, by=anna), mr_ode, by=rosa)
        assert "Peter Ode wrote: please read this now." in today(as_ben)

    def test_nobody_hears_it_and_the_next_who_covers_is_written_to(self, mr_ode, worrying, anna, rosa, ben, sam):
        for number, person in enumerate((sam, rosa)):
            CoverPerson.objects.create(user=person, position=number)
        reply = inbox.assign(inbox.move(worrying, None, by=anna), mr_ode, by=rosa)
        assert reply_calls.escalate(now=reply.told_at + timedelta(days=1)) == 1
        assert moved(reply).told == [sam.pk, rosa.pk]

    def test_given_to_another_client_of_her_own_she_has_read_it(self, mrs_lee, other, worrying, anna):
        inbox.move(worrying, other, by=anna)
        assert not Reply.objects.calling().exists() and open_letters() == []


def test_as_many_questions_however_many_clients_there_are(mrs_lee, wrote, anna, as_anna):
    counts = []
    for number in (1, 2):
        for each in range(number):
            factories.client(f"Client {number}{each}", anna)
        as_anna.get(url("message", wrote))
        with CaptureQueriesContext(connection) as seen:
            as_anna.get(url("message", wrote))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_left_the_care_team_moves_it_no_more(mrs_lee, other, wrote, anna, as_anna):
    CareTeamMember.objects.filter(client=mrs_lee).update(until=timezone.now())
    assert as_anna.post(url("message_move", wrote), {"client": other.pk}).status_code in (302, 404)
