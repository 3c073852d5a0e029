"""A message that comes in is kept once, with whom it is from, and nothing that anybody sends is dropped."""

import io
import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from clients.domain import contacts, inbox, receiving, reply_calls, said_words
from clients.domain.receiving import Text
from clients.models import Client, ContactPoint, Reply
from practice.domain import papers, post, reply_address
from practice.models import AuditEntry, CoverPerson, Letter, Paper
from tests import factories, pictures
from tests.practice import mails

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ADDRESS = "post@practice.example"
AUTO = "reply_kept"
MASKED = [
    "su1cide", "$u!c1d3", "k!ll myself", "K1LL MY5ELF!!!", "ki11 myself", "k|ll myself", "3nd 1t all", "I want to d1e!",
    "s u i c i d e", "S.U.I.C.I.D.E.", "s u 1 c ! d e", "k.i.l.l m.y.s.e.l.f", "k i l l m y s e l f",
    "I w a n t t o d i e", "I k-i-l-l myself", "k_i_l_l_myself", "sui.cide", "su-icide", "killmyself", "overdo$e",
    "ki\u200bll my\u200dself", "su\u2060icide", "ki\u3164ll my\u115fself", "ki\u2800ll myself", "k\x80ill myself",
    "m@tarme", "qu1er0 m0rir", "I want to kill myself!now", "s u i\nc i d e",
    "k*ll myself", "k**l mys*lf", "*su*c*de*", "k*llmyself", "k*ll my5elf", "want 2 die",
    "ᴋɪʟʟ ᴍʏsᴇʟꜰ", "ᴋɪʟʟ ᴍʏsᴇʟғ", "🅺🅸🅻🅻 🅼🆈🆂🅴🅻🅵",
]  # fmt: skip
ORDINARY = [
    "07700 900123", "+44 (0)20 7946 0142", "1 2 3", "1 2 3 4 5 6 7 8 9 0", "my I.D. is 1234",
    "A. B. Lee", "M.E. and I.T.",
    "J.R.R. Tolkien", "see you at 5!", "until the end, 17 May", "to the end 1.7 km", "I listen to rap, Ed", "Thanks!!!",
    "10:30 @ gate B", "It is 3.5 km, about 5000 steps", "Room 101, floor 1", "A 1 2 3 B",
    "I a m l a t e", "hit the road",
    "my code is k1b5-7e3o", "e-mail: a.b@c.example", "Will meet her!", "£5 + £3 = £8 | $10", "Me vi o la vi ayer",
    "P.S. I will call at 1", "we climbed the hill, me and Ben", "4 me and u", "D1E 4BC",
    "S.O.S. no, only joking: U.S.A.",
    "5 * 3 * 2", "a * b", "*** new ***", "**Thursday**, 10:00", "2*3*4 km", "sh*t, late", "so f*cking late",
    "https://maps.example/@51.5,-0.1,17z?x=1!2m3!4k5", "2026-11-26T10:00:00+01:00", "AL-2026-1008-7F3K", "K.I.M. Lee",
]  # fmt: skip


@pytest.fixture(autouse=True)
def receives(settings):
    settings.REPLY_ADDRESS = ADDRESS


def letter(client, to="mary.lee@example.org", **fields):
    defaults = {"kind": "session_reminder", "about": client.pk, "client": client.pk, "state": "sent", "due_at": NOW}
    return Letter.objects.create(key=f"{to}{Letter.objects.count()}", to=to, **defaults | fields)


def came(raw, **more):
    reply = receiving.take_mail(raw, **more)
    assert reply is not None
    return Reply.objects.get(pk=reply.pk)


class TestWhose:
    def test_by_the_address_that_the_letter_gave(self, mrs_lee, mr_ode):
        sent = letter(mrs_lee)
        to = reply_address.of(sent.pk)
        assert to.startswith("post+") and len(to.partition("@")[0]) <= 64
        reply = came(mails.plain(From="peter.ode@example.org", To=to.upper()))
        assert (reply.client, reply.letter_id) == (mrs_lee, sent.pk)

    def test_by_where_the_mail_server_delivered_it(self, mrs_lee):
        sent = letter(mrs_lee)
        assert came(mails.plain(From="x@y.example"), to=reply_address.of(sent.pk)).client == mrs_lee

    def test_by_the_mail_that_it_answers(self, mrs_lee):
        sent = letter(mrs_lee)
        assert came(mails.plain(From="x@y.example", References=f"<old@x> {sent.message_id}")).client == mrs_lee
        assert came(mails.plain("b", From="x@y.example", In_Reply_To=sent.message_id)).letter_id == sent.pk

    def test_by_the_address_that_wrote(self, mrs_lee):
        assert came(mails.plain(From="MARY.Lee@Example.org")).client == mrs_lee

    def test_several_with_one_address_are_never_guessed(self, mrs_lee, mr_ode):
        ContactPoint.objects.create(client=mr_ode, kind="email", value="mary.lee@example.org")
        reply = came(mails.plain())
        assert reply.client is None and set(reply.might_be.all()) == {mrs_lee, mr_ode}
        assert reply.sealed_for == reply.pk and reply.text == "I am running late."

    def test_nobody_is_known(self, practice):
        reply = came(mails.plain(From="who@nowhere.example"))
        assert reply.client is None and not reply.might_be.exists() and reply.text

    @pytest.mark.parametrize("change", ["a", "7", ""])
    def test_a_made_up_address_of_a_letter_counts_for_nothing(self, mrs_lee, change):
        name, _plus, rest = reply_address.of(letter(mrs_lee).pk).partition("+")
        forged = f"{name}+{rest[:30]}{change}{rest[31:]}"
        assert came(mails.plain(From="x@y.example", To=forged)).client is None

    @pytest.mark.parametrize("written", ["07700 900123", "+44 7700 900123", "0044 (0)7700-900123"])
    def test_by_the_number_however_it_is_written(self, mrs_lee, mr_ode, written):
        ContactPoint.objects.create(client=mrs_lee, kind="phone", value=written)
        ContactPoint.objects.create(client=mr_ode, kind="text", value="+1 770 0900123")
        assert receiving.take_text(Text("SM1", "+447700900123", "Late")).client == mrs_lee


class TestKept:
    def test_what_it_says_lies_sealed_with_a_key_of_its_own(self, mrs_lee):
        reply = came(mails.plain("canary-words", Subject="canary-subject"))
        assert (reply.text, reply.subject, reply.sealed_for) == ("canary-words", "canary-subject", reply.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT clients_reply::text FROM clients_reply")
            assert "canary" not in cursor.fetchone()[0]
        assert "canary" not in "".join(AuditEntry.objects.values_list("body", flat=True))

    def test_the_same_again_is_the_same(self, mrs_lee):
        first = came(mails.plain())
        assert came(b"Received: again\n" + mails.plain()) == first and Reply.objects.count() == 1
        assert Letter.objects.filter(kind=AUTO).count() == 1
        once = receiving.take_text(Text("SM1", "+447700900123", "Late"))
        assert receiving.take_text(Text("SM1", "+447700900123", "Late")) == once

    def test_another_under_the_same_number_is_kept_too(self, mrs_lee):
        assert came(mails.plain("one")) != came(mails.plain("two"))

    def test_a_mail_that_brings_a_report_along_is_kept(self, mrs_lee):
        sent = letter(mrs_lee)
        reply = came(mails.with_report(to=reply_address.of(sent.pk)))
        assert reply.client == mrs_lee and reply.text.startswith("I want to die.") and reply.worries
        sent.refresh_from_db()
        assert sent.state == "sent"

    def test_a_picture_and_a_pdf_are_kept_to_be_opened_and_the_rest_is_named(self, mrs_lee):
        reply = came(mails.with_file(pictures.drawn("JPEG"), "bench.jpg", "image/jpeg"))
        assert inbox.files(reply)[0].paper and reply.raw is not None and "named_only" not in reply.remarks
        assert b"bench.jpg" in papers.read(reply.raw)
        reply = came(mails.with_file(b"MZ\x90", "../setup.exe", "application/x-msdownload"))
        assert inbox.files(reply)[0].paper is None and reply.remarks == ["named_only"]

    @pytest.mark.parametrize(
        ("raw", "remark"),
        [
            (mails.big(11), "named_only"),
            (mails.big(21), "too_big"),
            (mails.with_file(b'x\x9f>"', "winmail.dat", "application/ms-tnef", text=""), "winmail"),
            (b"\xff\xfe\x00 nothing of a mail", "broken"),
            (mails.calendar_answer(), "declined"),
            (b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\ncut', "broken"),
            (b"From: a@b.example\n\n", "no_text"),
            (mails.plain("x" * 300_000), "long_text"),
            (mails.plain().replace(b"text/plain", b"text/plain" + b"; a=b" * 50_000), "cut"),
        ],
    )
    def test_nothing_is_dropped_and_a_sentence_says_what_is_missing(self, practice, raw, remark):
        reply = came(raw)
        assert remark in reply.remarks
        assert all(len(sentence) > 20 for sentence in reply.remark_words)
        assert reply.raw is None or papers.read(reply.raw) == raw[: papers.LARGEST]

    def test_mails_torn_at_random_are_all_kept(self, mrs_lee):
        shapes = [mails.plain(), mails.postfix("<a@b>"), mails.html("<p>hello</p>"), mails.calendar_answer()]
        shapes.append(mails.with_file(pictures.drawn("PNG"), "a.png", "image/png"))
        chance, torn = random.Random(8), set()
        for _ in range(40):
            mail = bytearray(chance.choice(shapes))
            for _place in range(chance.randrange(1, 20)):
                mail[chance.randrange(len(mail))] = chance.randrange(256)
            torn.add(bytes(mail))
        assert len({came(mail).pk for mail in torn}) == len(torn)
        assert receiving.take_text(Text("SM\0", "+44\0", "a\0b")).text == "ab"

    def test_what_was_kept_is_not_changed_or_taken_away(self, mrs_lee, anna):
        reply = came(mails.plain())
        for change in ({"sender": "x@y"}, {"text_sealed": b"x"}, {"client": None}, {"worries": True}):
            with pytest.raises(ProgrammingError), transaction.atomic():
                Reply.objects.filter(pk=reply.pk).update(**change)
        inbox.read(reply, by=anna)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Reply.objects.filter(pk=reply.pk).update(read_at=None, read_by=None)
        with pytest.raises(ProgrammingError), transaction.atomic():
            reply.delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            Reply.objects.filter(pk=reply.pk).update(answered_at=NOW)

    def test_two_at_once_are_one(self, fresh_db):
        anna = factories.practice() and factories.user("Anna Reiter", "therapist")
        factories.client("Mary Lee", anna)
        raw = mails.with_file(pictures.drawn("JPEG"), "bench.jpg", "image/jpeg", text="I want to die")

        def take(_number):
            try:
                return receiving.take_mail(raw).pk
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(take, range(8)))) == 1
        assert Reply.objects.count() == 1 and Letter.objects.filter(kind=reply_calls.READ).count() <= 1
        assert Paper.objects.count() == 2


class TestPipe:
    @pytest.fixture
    def pipe(self, monkeypatch):
        def give(raw):
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))

        return give

    def test_a_mail_is_kept(self, mrs_lee, pipe):
        pipe(mails.plain())
        call_command("receive_mail", to=ADDRESS)
        assert Reply.objects.get().client == mrs_lee

    def test_while_the_database_is_away_the_mail_server_keeps_it(self, mrs_lee, pipe, caplog):
        pipe(mails.plain("canary-words"))

        def away(execute, *args):
            raise OperationalError("canary-server is away")

        with connection.execute_wrapper(away), pytest.raises(SystemExit) as stopped:
            call_command("receive_mail", stderr=io.StringIO())
        assert stopped.value.code == 75 and not Reply.objects.exists()


class TestAnsweredAtOnce:
    def answer(self):
        sent = Letter.objects.get(kind=AUTO)
        return sent, post.kinds[AUTO].render(sent)

    def test_it_says_that_it_is_kept_and_who_helps_now(self, mrs_lee):
        came(mails.plain())
        sent, words = self.answer()
        assert sent.to == "mary.lee@example.org" and post.kinds[AUTO].still_wanted(sent)
        for text in (words.text, words.html):
            assert "kept for Anna" in text and "not watched round the clock" in text
            assert "116 123" in text.replace("\xa0", " ")
        assert words.headers["Auto-Submitted"] == "auto-replied" and words.headers["In-Reply-To"] == "<one@example.org>"
        post.dispatch()
        assert mail.outbox[-1].message()["Auto-Submitted"] == "auto-replied"

    def test_a_discreet_address_is_told_neutrally_and_a_number(self, mrs_lee):
        mrs_lee.contact_points.update(may_say="name_only")
        came(mails.plain())
        _sent, words = self.answer()
        for text in (words.text, words.html):
            assert "has arrived" in text and "020 7946 0142" in text and "999" in text
            assert not [word for word in ("Larch", "Samaritans", "round the clock") if word in text]
        assert words.sender == "Anna"

    @pytest.mark.parametrize("unsafe", [{"is_safe": False}, {"may_say": "nothing"}])
    def test_where_nothing_is_safe_nothing_is_answered(self, mrs_lee, unsafe):
        mrs_lee.contact_points.update(**unsafe)
        assert came(mails.plain()).client == mrs_lee and not Letter.objects.filter(kind=AUTO).exists()

    def test_once_a_day_and_sender(self, mrs_lee):
        for number in range(3):
            came(mails.plain(f"number {number}"), now=NOW)
        came(mails.plain("next day"), now=NOW + timedelta(days=1))
        assert Letter.objects.filter(kind=AUTO).count() == 2

    @pytest.mark.parametrize(
        "headers",
        [
            {"Auto_Submitted": "auto-replied"},
            {"Precedence": "bulk"},
            {"From": "mailer-daemon@example.org"},
            {"From": "no-reply@example.org"},
            {"From": ADDRESS},
            {"From": "post+abc@practice.example"},
            {"From": "nobody"},
        ],
    )
    def test_never_to_a_machine_nor_to_ourselves(self, mrs_lee, headers):
        assert came(mails.plain(**headers)) and not Letter.objects.filter(kind=AUTO).exists()


class TestStopWords:
    @pytest.fixture
    def number(self, mrs_lee):
        return ContactPoint.objects.create(client=mrs_lee, kind="text", value="07700 900123")

    @pytest.mark.parametrize("word", ["STOP", " Stop. ", "arrêt", "STOPP", "Unsubscribe"])
    def test_a_stop_word_stops_and_is_kept(self, number, word):
        reply = receiving.take_text(Text("SM1", "+447700900123", word))
        number.refresh_from_db()
        assert number.stopped_at == reply.received_at and reply.text == word and reply.remarks == ["stopped"]

    def test_start_takes_it_back(self, number):
        receiving.take_text(Text("SM1", "+447700900123", "stop"))
        reply = receiving.take_text(Text("SM2", "+447700900123", "START"))
        number.refresh_from_db()
        assert number.stopped_at is None and reply.remarks == ["started"]

    def test_a_sentence_with_such_a_word_stops_nothing(self, number):
        receiving.take_text(Text("SM1", "+447700900123", "I can't stop crying"))
        receiving.take_text(Text("SM2", "+447700900123", "yes"))
        number.refresh_from_db()
        assert number.stopped_at is None


class TestWorries:
    @pytest.mark.parametrize(
        "text",
        [
            *(
                "I want to kill myself",
                "i CAN’T do this any more.",
                "voy a acabar con todo",
                "Quiero  morir",
                "k m s kms",
            ),
            *("kill my self", "end my own life", "I no longer want to live", "unalive myself"),
        ],
    )
    def test_words_of_the_list_are_found_however_they_are_written(self, text):
        assert said_words.worrying(text)

    @pytest.mark.parametrize(
        "text",
        [
            "I want to \u200bki\u200bll myself",
            "I want to ki\u00adll myself",
            "I want to_die",
            "I want to d\u0456e",
            "\u0430\u0441\u0430bar con todo, quiero m\u03bfrir",
            "\U0001d422 want to \uff44ie",
            "> I want to die",
            "On Wed, L wrote:\n> Hello\n> I want to die",
        ],
    )
    def test_strange_letters_and_quotation_marks_hide_none(self, text):
        assert said_words.worrying(text)

    @pytest.mark.parametrize("text", MASKED)
    def test_digits_signs_and_gaps_hide_none(self, text):
        assert said_words.worrying(text)

    @pytest.mark.parametrize("text", ["Running late, sorry", "", "The weekend is fine", "skill myself", *ORDINARY])
    def test_other_words_are_not(self, text):
        assert not said_words.worrying(text)

    def test_no_number_of_any_length_is_a_word_that_worries(self):
        chance = random.Random(6)
        numbers = ["".join(chance.choice("0123456789 +()-./,:!@$|#*") for _ in range(60)) for _ in range(2_000)]
        assert not said_words.worrying("\n".join(numbers))

    @pytest.mark.parametrize(
        "text",
        [
            "e " * 100_000,
            "k i l l " * 25_000,
            "kiii m y s e " * 15_000,
            "k*ii m*s" * 25_000,
            "\ufdfa" * 200_000,
            "a\n" * 100_000,
        ],
    )
    def test_a_text_made_to_be_slow_is_looked_through_in_time(self, text):
        begins = process_time()
        said_words.worrying(text, ours="Hello Mary\nSuicide line")
        assert process_time() - begins < 4  # 0.5 s alone on one core

    def test_what_is_word_for_word_of_our_letter_is_not_and_all_else_is(self):
        ours = "Hello Mary\nFor help now: 988 Suicide & Crisis Lifeline, at any hour.\nSuicide line"
        for text in (ours, "> 988 Suicide & Crisis\n> Lifeline, at any hour.", "Yes\n> Suicide line"):
            assert said_words.worrying(text) and not said_words.worrying(text, ours=ours)
        for text in ("Suicide", "> suicide", "> Hello Mary\n> I think of suicide", "Hello Mary, suicide"):
            assert said_words.worrying(text, ours=ours) == ("suicide",)

    def test_to_quote_the_letter_that_is_answered_calls_nobody(self, mrs_lee, practice):
        practice.name = "Larch Street Suicide Prevention"
        practice.save(update_fields=["name"])
        came(mails.plain())
        sent = Letter.objects.get(kind=AUTO)
        ours = "\n".join(f"> {line}" for line in post.kinds[AUTO].render(sent).text.split("\n"))
        assert "Suicide" in ours
        assert not came(mails.plain(f"Thank you\n{ours}", To=reply_address.of(sent.pk))).worries
        assert came(mails.plain(f"{ours}\n> I want to die", To=reply_address.of(sent.pk))).worries

    @pytest.mark.parametrize(
        "page",
        [
            "<p>Late.</p><img alt='I want to d1e'>",
            "<p>Late.</p><p title='I want to die'></p>",
            "<title>I want to die</title><p>Late.</p>",
        ],
    )
    def test_what_no_mail_program_shows_worries_too_and_is_brought_to_sight(self, mrs_lee, anna, page):
        reply = came(mails.html(page))
        assert reply.worries and reply.text.startswith("Late.\n\nI want to d") and "unseen" in reply.remarks
        assert Letter.objects.get(kind=reply_calls.READ).to == anna.email
        assert came(mails.html("<p>Late</p><img alt='logo'>")).text == "Late"

    def test_a_long_subject_is_looked_through_to_its_end_and_kept(self, mrs_lee):
        for much in ("and so on " * 42, "and so on " * 500):
            reply = came(mails.plain(Subject=much + "I want to kill myself"))
            assert reply.worries and "cut" in reply.remarks and reply.raw
            assert "kill myself" in reply.text
        assert came(mails.plain(Subject="and so on " * 10)).remarks == []

    def test_words_that_came_as_a_nameless_file_are_looked_through(self, mrs_lee):
        raw = mails.HEAD + "Content-Type: application/octet-stream\n\nI want to die\n"
        reply = came(raw.encode())
        assert reply.worries and reply.text == "I want to die"
        for data in (b"\x00\x01I want to die", b"\xff\xfe\x99I want to die"):
            assert not came(mails.with_file(data, "a.bin", "application/octet-stream")).worries

    def test_a_wall_of_lines_that_nobody_sees_is_looked_through_in_time(self, mrs_lee):
        raw = mails.with_file(b"a b\n" * 90_000 + b"I want to die", "x.csv", "text/csv")
        begins = process_time()
        reply = came(raw)
        assert process_time() - begins < 5 and reply.text == "See the file.\n\nI want to die" and reply.worries

    def test_each_of_two_forms_is_looked_through_and_shown(self, mrs_lee):
        said = "Content-Type: text/plain\n\nLate.\n--b\nContent-Type: text/html\n\n<p>I want to die</p>\n--b--\n"
        reply = came(f'{mails.HEAD}Content-Type: multipart/alternative; boundary="b"\n\n--b\n{said}'.encode())
        assert reply.worries and reply.text == "Late.\n\nI want to die" and reply.remarks == ["two_forms"]
        words = "<p>" + "A long letter about nothing at all. " * 20 + "</p>"
        said = f"Content-Type: text/plain\n\nI want to die\n--b\nContent-Type: text/html\n\n{words}\n--b--\n"
        reply = came(f'{mails.HEAD}Content-Type: multipart/alternative; boundary="b"\n\n--b\n{said}'.encode())
        assert reply.worries and reply.text.endswith("\n\nI want to die") and reply.text.startswith("A long letter")

    def test_they_are_told_as_the_list_has_them(self):
        assert said_words.worrying("I CANT do this any more", "kill myself") == (
            "can't do this any more",
            "kill myself",
        )

    def test_our_own_letters_raise_nothing(self, mrs_lee):
        came(mails.plain())
        sent = Letter.objects.get(kind=AUTO)
        words = post.kinds[AUTO].render(sent)
        assert not said_words.worrying(words.subject, words.text)

    def test_the_therapist_and_the_first_who_covers_are_asked_to_read_it(self, mrs_lee, anna, ben, sam):
        for number, person in enumerate((anna, ben, sam)):
            CoverPerson.objects.create(user=person, position=number)
        reply = came(mails.plain("I want to end it"), now=NOW)
        assert reply.worries and reply.told == [ben.pk]
        letters = Letter.objects.exclude(kind=AUTO)
        assert sorted(letters.values_list("kind", "to")) == [
            ("message_read_now", anna.email),
            ("message_ring", ben.email),
        ]
        for sent in letters:
            words = post.kinds[sent.kind].render(sent)
            told = words.subject + words.text + words.html
            assert sent.client is None and not [word for word in ("Mary", "Lee", "end it") if word in told]
        assert "Anna Reiter" in post.kinds["message_ring"].render(letters.get(kind="message_ring")).text

    def test_until_somebody_reads_it_the_next_is_written_to(self, mrs_lee, anna, ben, sam):
        for number, person in enumerate((ben, sam)):
            CoverPerson.objects.create(user=person, position=number)
        reply = came(mails.plain("I want to end it"), now=NOW)
        assert reply_calls.escalate(now=NOW + timedelta(minutes=29)) == 0
        assert reply_calls.escalate(now=NOW + timedelta(minutes=31)) == 1
        assert reply_calls.escalate(now=NOW + timedelta(minutes=31)) == 0
        assert reply_calls.escalate(now=NOW + timedelta(minutes=62)) == 0
        reply.refresh_from_db()
        assert reply.told == [ben.pk, sam.pk] and reply.exhausted_at

    def test_once_it_is_read_or_the_colleague_is_reached_nobody_else_is(self, mrs_lee, anna, ben, sam):
        for number, person in enumerate((ben, sam)):
            CoverPerson.objects.create(user=person, position=number)
        inbox.read(came(mails.plain("I want to end it"), now=NOW), by=anna)
        reply_calls.reached(came(mails.plain("end it now"), now=NOW), by=ben)
        assert reply_calls.escalate(now=NOW + timedelta(hours=1)) == 0
        assert not any(post.kinds[sent.kind].still_wanted(sent) for sent in Letter.objects.filter(kind="message_ring"))

    def test_where_nobody_is_known_and_nobody_covers_the_owners_are_asked(self, rosa):
        came(mails.plain("I want to end it", From="who@nowhere.example"))
        assert Letter.objects.get(kind="message_read_now").to == rosa.email


def written(letter):
    """As the outbox writes it out."""
    more = {"sender": "Larch Street", "subject": "Hello", "text": "text", "html": "html", "headers": {}}
    own = reply_address.of(letter.pk)
    return post.mails.written(to=letter.to, own=own, message_id=letter.message_id, **more)


class TestOutgoing:
    def test_a_letter_names_an_address_of_its_own_for_answers_and_for_what_comes_back(self, mrs_lee):
        sent = letter(mrs_lee)
        message = written(sent)
        own = reply_address.of(sent.pk)
        assert message.message()["Reply-To"] == own and message.from_email == own
        assert "Larch Street <no-reply@" in message.message()["From"].replace('"', "")
        assert reply_address.letter_of([own], []) == sent

    def test_without_an_address_each_mail_says_that_answers_reach_nobody(self, mrs_lee, settings):
        settings.REPLY_ADDRESS = ""
        message = written(letter(mrs_lee))
        assert "Reply-To" not in message.message()
        came(mails.plain())
        words = post.kinds[AUTO].render(Letter.objects.get(kind=AUTO))
        for text in (words.text, words.html):
            assert "Answers to this mail reach nobody. Ring 020 7946 0142." in text


def test_the_files_of_a_text_message_are_named(mrs_lee):
    reply = receiving.take_text(Text("SM1", "+447700900123", "", ("https://media.example/1",)))
    assert json.loads(reply.files_text)[0]["name"] == "https://media.example/1" and "elsewhere" in reply.remarks


def test_an_enquiry_that_wrote_is_a_client_like_any_other(practice):
    asked = factories.client("Eve New", status=Client.Status.ENQUIRY)
    assert came(mails.plain(From="eve.new@example.org")).client == asked
    assert contacts.safe_email(asked)
