"""Messages on their pages: the care team reads and answers, the desk sees that one waits, nobody else anything."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from clients import tasks
from clients.domain import inbox, receiving
from clients.models import CareTeamMember, Client, ContactPoint, Reply
from practice.config.receiving import Imap
from practice.domain import numbers
from practice.models import AuditEntry, CoverPerson
from tests import factories, pictures
from tests.practice import mails
from tests.practice.imap_server import Mailbox, Server

pytestmark = pytest.mark.django_db
CANARY = "canary-heron"
WORRIES = f"I want to kill myself {CANARY}"


def url(name, *args):
    return reverse(f"clients:{name}", args=[getattr(one, "pk", one) for one in args])


def body(answer):
    return answer.content.decode()


def said(answer):
    return " ".join(strip_tags(re.sub(r"<head>.*?</head>", "", body(answer), flags=re.S)).split())


def today(browser):
    return browser.get(reverse("home"), follow=True)


@pytest.fixture
def write(mrs_lee):
    """Mary writes."""

    def wrote(text=f"Running late {CANARY}", **headers):
        headers.setdefault("Message-ID", f"<{Reply.objects.count()}@x>")
        return receiving.take_mail(mails.plain(text, **headers))

    return wrote


class TestTherapist:
    def test_one_of_nobody_known_is_not_answered_and_goes_on_calling(self, practice, write, as_anna):
        reply = write(WORRIES, From="who@nowhere.example")
        answer = as_anna.post(url("message_answered", reply), follow=True)
        assert "Say first whose message it is" in said(answer)
        reply.refresh_from_db()
        assert reply.answered_at is None and reply.read_at is None and Reply.objects.calling().get() == reply

    def test_of_what_worries_nothing_is_folded_away(self, mrs_lee, write, as_anna):
        reply = write("I am fine.\n> I want to die\n> tonight")
        page = as_anna.get(url("message", reply))
        assert "With what it quotes" not in said(page) and "&gt; I want to die" in body(page)

    def test_a_message_stands_on_today_and_is_read_answered_and_gone(self, mrs_lee, write, as_anna, anna):
        reply = write()
        assert "Mary Lee wrote: 1 message waits since" in said(today(as_anna))
        assert url("messages", mrs_lee) in body(today(as_anna))
        assert "One message waits to be read" in said(as_anna.get(url("show", mrs_lee)))
        listed = as_anna.get(url("messages", mrs_lee))
        assert url("message", reply) in body(listed) and CANARY not in body(listed)
        assert Reply.objects.get().read_at is None
        page = as_anna.get(url("message", reply))
        assert f"Running late {CANARY}" in said(page) and "Mrs Lee wrote" in said(page)
        read = Reply.objects.get()
        assert read.read_by == anna and AuditEntry.objects.filter(body__contains='"message.read"').count() == 1
        assert "1 message is not answered yet" in said(today(as_anna))
        assert as_anna.post(url("message_answered", reply))["Location"] == url("messages", mrs_lee)
        assert "wrote:" not in said(today(as_anna))
        assert "Answered" in said(as_anna.get(url("messages", mrs_lee)))

    def test_what_worries_comes_first_and_says_that_the_list_is_ours(self, mrs_lee, write, as_anna, anna):
        other = factories.client("Aaron Able", anna)
        receiving.take_mail(mails.plain("Hello", From=other.contact_points.get().value))
        write("Hello"), write(WORRIES)
        lines = said(today(as_anna))
        assert lines.index("Mary Lee wrote: please read this now.") < lines.index("Aaron Able wrote:")
        page = said(as_anna.get(url("message", Reply.objects.get(worries=True))))
        assert "“kill myself” stands in it" in page and "not validated" in page and "It decides nothing" in page

    def test_what_is_quoted_is_folded_away_and_still_there(self, write, as_anna):
        reply = write(f"Late.\n\n{mails.QUOTED}")
        page = body(as_anna.get(url("message", reply)))
        assert ">Late.</div>" in page and "<details" in page and "Larch Street wrote" in page

    def test_a_message_from_elsewhere_says_so(self, mrs_lee, write, as_anna, settings):
        from practice.domain import reply_address
        from practice.models import Letter

        settings.REPLY_ADDRESS = "post@practice.example"
        sent = Letter.objects.create(
            kind="x", key="x", to="mary.lee@example.org", about=mrs_lee.pk, client=mrs_lee.pk, due_at=timezone.now()
        )
        reply = write(From="somebody@else.example", To=reply_address.of(sent.pk))
        assert "does not stand among the ways to reach Mrs Lee" in said(as_anna.get(url("message", reply)))
        assert "does not stand" not in said(as_anna.get(url("message", write())))

    def test_files_are_opened_one_by_one_and_only_here(self, mrs_lee, as_anna, as_ben, as_olga):
        reply = receiving.take_mail(
            mails.with_file(pictures.drawn("JPEG"), "bench.jpg", "image/jpeg").replace(b"post@x", b"post@y")
        )
        paper = inbox.files(reply)[0].paper
        answer = as_anna.get(url("message_file", reply, paper))
        assert answer["Content-Type"] == "image/jpeg" and answer["Content-Disposition"].startswith("attachment")
        whole = as_anna.get(url("message_file", reply, reply.raw_id))
        assert whole["Content-Disposition"].endswith('.eml"') and whole["Content-Security-Policy"].startswith("sandbox")
        assert as_anna.get(url("message_file", reply, mrs_lee.pk)).status_code == 404
        for browser in (as_ben, as_olga):
            assert browser.get(url("message_file", reply, paper)).status_code == 404

    def test_markup_in_a_message_is_only_letters(self, write, as_anna):
        page = body(as_anna.get(url("message", write("<script>alert(1)</script>", Subject="<b>x</b>"))))
        assert "<script>alert(1)" not in page and "<b>x</b>" not in page and "&lt;script&gt;" in page

    def test_the_supervisor_reads_and_a_colleague_does_not(self, mrs_lee, write, as_sam, as_ben):
        reply = write()
        assert CANARY in body(as_sam.get(url("message", reply)))
        assert as_ben.get(url("message", reply)).status_code == 404
        assert as_ben.get(url("messages", mrs_lee)).status_code == 404
        assert "Mary" not in said(today(as_ben))

    def test_an_empty_list_says_what_will_stand_there(self, mrs_lee, as_anna):
        assert "No messages yet" in said(as_anna.get(url("messages", mrs_lee)))

    @pytest.mark.parametrize("page", ["list", "today", "unsorted"])
    def test_as_many_questions_for_three_as_for_one(self, mrs_lee, write, anna, as_anna, page):
        address = {"list": url("messages", mrs_lee), "today": reverse("home"), "unsorted": url("unsorted_messages")}[
            page
        ]
        counts = []
        for more in (1, 2):
            for number in range(more):
                person = factories.client(f"Client {more}{number}", anna)
                receiving.take_mail(mails.plain(WORRIES, From=person.contact_points.get().value))
                write(f"{more} {number}"), write(f"{more} {number}", From="who@nowhere.example")
            as_anna.get(address, follow=True)
            with CaptureQueriesContext(
                connection,
            ) as seen:
                as_anna.get(address, follow=True)
            counts.append(len(seen))
        assert counts[0] == counts[1]


def test_one_that_worries_stands_high_until_it_is_answered(mrs_lee, write, as_anna):
    reply = write(WORRIES)
    as_anna.get(url("message", reply))
    assert "Mary Lee wrote: a message that worries is read, and not answered yet." in said(today(as_anna))


class TestDesk:
    def test_the_desk_sees_that_a_message_waits_and_since_when_and_not_that_it_worries(self, mrs_lee, write, as_olga):
        reply = write(WORRIES)
        page = today(as_olga)
        assert "Mary Lee has written: a message waits since" in said(page)
        page = as_olga.get(url("show", mrs_lee))
        assert "A message waits since" in said(page) and "The care team reads it." in said(page)
        assert "note stop" not in body(page)
        assert as_olga.get(url("message", reply)).status_code == 404
        assert as_olga.get(url("messages", mrs_lee)).status_code == 404

    def test_a_worrying_one_looks_like_any_other_to_the_desk(self, mrs_lee, write, as_olga, as_anna):
        def seen():
            page = re.sub(r"\d\d:\d\d", "", said(today(as_olga)) + said(as_olga.get(url("show", mrs_lee))))
            for reply in Reply.objects.all():
                as_anna.get(url("message", reply))
            return page

        write("Hello")
        plain = seen()
        write(WORRIES)
        assert seen() == plain

    def test_once_it_is_read_the_desk_sees_nothing(self, write, as_olga, as_anna):
        as_anna.get(url("message", write()))
        assert "a message waits" not in said(today(as_olga))

    @pytest.mark.parametrize("who", ["as_olga", "as_rosa", "as_ben", "as_mrs_lee"])
    def test_no_page_of_anybody_else_holds_the_words(self, request, mrs_lee, write, as_anna, who):
        reply = write(WORRIES, Subject=CANARY)
        as_anna.get(url("message", reply))
        browser = request.getfixturevalue(who)
        pages = [reverse("home"), url("show", mrs_lee), url("messages", mrs_lee), url("message", reply)]
        pages += [url("documents", mrs_lee), url("unsorted_messages"), url("list"), reverse("sessions:calendar")]
        for page in pages:
            words = body(browser.get(page, follow=True))
            assert CANARY not in words and "kill myself" not in words and "read this now" not in words, page


class TestNobodyKnown:
    def test_a_clinician_says_whose_it_is_and_it_waits_for_her_therapist(self, mrs_lee, mr_ode, as_anna, as_ben, write):
        reply = write(From="who@nowhere.example")
        for browser in (as_anna, as_ben):
            assert "1 message from somebody we do not know" in said(today(browser))
        page = as_ben.get(url("message", reply))
        assert CANARY in body(page) and "Peter Ode" in body(page) and "Mary Lee" not in body(page)
        assert Reply.objects.get().read_at is None
        assert as_anna.post(url("message", reply), {"client": mrs_lee.pk}).status_code == 302
        reply.refresh_from_db()
        assert reply.client == mrs_lee and reply.read_at and "do not know" not in said(today(as_ben))
        assert as_ben.get(url("message", reply)).status_code == 404

    def test_what_the_owner_gives_to_a_client_still_waits_for_the_therapist(
        self, mrs_lee, write, as_rosa, as_anna, rosa
    ):
        reply = write(WORRIES, From="who@nowhere.example")
        assert "please read now" in said(today(as_rosa))
        assert CANARY in body(as_rosa.get(url("message", reply)))
        as_rosa.post(url("message", reply), {"client": mrs_lee.pk})
        assert "Mary Lee wrote: please read this now." in said(today(as_anna))
        assert as_rosa.get(url("message", reply)).status_code == 404

    def test_it_can_be_put_aside_and_is_kept(self, write, as_anna, rosa):
        reply = write(From="seller@nowhere.example")
        assert as_anna.post(url("message_aside", reply)).status_code == 302
        assert "do not know" not in said(today(as_anna)) and Reply.objects.get().aside_at
        assert "It is kept" in said(as_anna.get(url("message", reply)))

    def test_what_is_known_is_not_put_aside_nor_given_to_another_by_a_page_from_before(
        self, mrs_lee, mr_ode, write, as_anna
    ):
        reply = write()
        assert as_anna.post(url("message_aside", reply)).status_code == 404
        as_anna.post(url("message", reply), {"client": mr_ode.pk})
        reply.refresh_from_db()
        assert reply.client == mrs_lee and reply.aside_at is None

    @pytest.mark.parametrize("whom", ["", "nobody", "mr_ode"])
    def test_nobody_chosen_or_somebody_unknown_is_a_sentence(self, request, mrs_lee, write, as_anna, whom):
        reply = write(From="who@nowhere.example")
        chosen = request.getfixturevalue(whom).pk if whom == "mr_ode" else whom
        answer = as_anna.post(url("message", reply), {"client": chosen})
        assert answer.status_code == 422 and CANARY in body(answer)

    def test_of_several_a_clinician_of_either_says_whose_and_nobody_else_reads(
        self, mrs_lee, mr_ode, write, as_anna, as_ben, as_rosa, anna
    ):
        ContactPoint.objects.create(client=mr_ode, kind="email", value="mary.lee@example.org")
        stranger = factories.user("Cleo Third", "therapist")
        reply = write()
        assert (
            Reply.objects.readable_by(stranger).count() == 0 and as_rosa.get(url("message", reply)).status_code == 404
        )
        for browser in (as_anna, as_ben):
            assert "More than one client has this address" in said(browser.get(url("message", reply)))
        as_ben.post(url("message", reply), {"client": mr_ode.pk})
        assert as_anna.get(url("message", reply)).status_code == 404

    def test_in_nobodys_care_it_does_not_lie_where_nobody_looks(self, practice, anna, rosa, as_anna, as_rosa, as_olga):
        asked = factories.client("Eve New", status=Client.Status.ENQUIRY)
        reply = receiving.take_mail(mails.plain(WORRIES, From="eve.new@example.org"))
        for browser in (as_anna, as_rosa):
            assert "Eve New wrote: please read this now." in said(today(browser))
        assert CANARY in body(as_rosa.get(url("message", reply)))
        assert as_olga.get(url("message", reply)).status_code == 404
        CareTeamMember.objects.create(client=asked, user=anna)
        assert as_rosa.get(url("message", reply)).status_code == 404

    def test_whose_therapist_has_left_it_does_not_lie_there_either(self, mrs_lee, anna, rosa, write, as_rosa):
        anna.is_active = False
        anna.save(update_fields=["is_active"])
        assert CANARY in body(as_rosa.get(url("message", write())))


class TestCover:
    def test_who_covers_is_told_whom_to_ring_and_nothing_else(self, mrs_lee, write, anna, ben, as_ben):
        CoverPerson.objects.create(user=ben, position=1)
        reply = write(WORRIES)
        assert url("cover_message", reply) in body(today(as_ben))
        page = as_ben.get(url("cover_message", reply))
        assert "Please ring Anna Reiter" in said(page)
        assert not [word for word in ("Mary", "Lee", CANARY, "kill") if word in body(page)]
        as_ben.post(url("cover_message", reply))
        assert "They know" in said(as_ben.get(url("cover_message", reply)))
        assert url("cover_message", reply) not in body(today(as_ben))

    def test_who_does_not_cover_finds_nothing_there(self, write, as_ben, as_olga):
        for browser in (as_ben, as_olga):
            assert browser.get(url("cover_message", write(WORRIES))).status_code == 404


def test_the_worker_empties_the_mailbox(mrs_lee, settings):
    tasks.read_mailbox()
    box = Mailbox()
    box.put(mails.plain(), mails.plain("again"), mails.plain())
    with Server(box) as server:
        settings.IMAP = Imap("127.0.0.1", server.server_address[1], "post", "open sesame", "INBOX", tls=False)
        tasks.read_mailbox()
    assert Reply.objects.filter(client=mrs_lee).count() == 2 and not box.inbox


@pytest.mark.parametrize(
    ("written", "country", "known"),
    [
        ("07700 900123", "GB", "+447700900123"),
        ("+44 (0)7700 900123", "US", "+447700900123"),
        ("(415) 555-0123", "US", "+14155550123"),
        ("1 415 555 0123", "CA", "+14155550123"),
        ("0043 660 1234567", "GB", "+436601234567"),
        ("0660/1234567", "AT", "+436601234567"),
        ("0660 1234567", "XX", ""),
        ("call me", "GB", ""),
        ("12", "GB", ""),
        ("٠٧٧", "GB", ""),
    ],
)
def test_a_number_is_the_same_however_it_is_written(written, country, known):
    assert numbers.e164(written, country) == known


def test_old_messages_are_pages_apart(mrs_lee, write, as_anna):
    for number in range(52):
        write(str(number), Date=f"{number}", From="Mary <mary.lee@example.org>")
    Reply.objects.filter(worries=False).update(told_at=timezone.now() - timedelta(days=1))
    assert "page=2" in body(as_anna.get(url("messages", mrs_lee)))
