"""A mailbox over a real socket: what lies there is taken, and moved away once it is kept and no sooner."""

import pytest

from practice.config.receiving import Imap
from practice.domain import mailbox
from tests.practice import mails
from tests.practice.imap_server import Mailbox, Server


def login(server, password="open sesame", folder="INBOX"):
    return Imap("127.0.0.1", server.server_address[1], "post", password, folder, tls=False)


@pytest.mark.parametrize("moves", [True, False])
def test_what_lies_there_is_taken_in_order_and_moved_away(moves):
    box, taken = Mailbox(moves=moves), []
    box.put(mails.plain("one"), mails.plain("two"))
    box.seen.update(box.inbox)
    with Server(box) as server:
        assert mailbox.empty(login(server), taken.append) == 2
        assert mailbox.empty(login(server), taken.append) == 0
    assert taken == box.kept == [mails.plain("one"), mails.plain("two")] and not box.inbox


def test_what_cannot_be_kept_stays_and_keeps_none_of_the_others(caplog):
    box, taken = Mailbox(), []
    box.put(mails.plain("one"), mails.plain("two"))

    def take(raw):
        if b"one" in raw.split(b"\n\n")[-1]:
            raise RuntimeError("away")
        taken.append(raw)

    with Server(box) as server:
        assert mailbox.empty(login(server), take) == 1
    assert list(box.inbox.values()) == [mails.plain("one")] and taken == [mails.plain("two")]
    assert "one" not in caplog.text.replace("one@", "")


def test_a_crash_between_keeping_and_moving_leaves_it_to_be_read_again():
    box, taken = Mailbox(), []
    box.put(mails.plain("one"))

    def take(raw):
        taken.append(raw)
        if len(taken) == 1:
            raise SystemExit

    with Server(box) as server:
        with pytest.raises(SystemExit):
            mailbox.empty(login(server), take)
        assert mailbox.empty(login(server), take) == 1
    assert taken == [mails.plain("one")] * 2 and not box.inbox


@pytest.mark.parametrize("wrong", [{"password": "no"}, {"folder": "Nowhere"}])
def test_a_mailbox_that_lets_nobody_in_is_not_reached(wrong):
    with Server(Mailbox()) as server, pytest.raises(mailbox.NotReached):
        mailbox.empty(login(server, **wrong), print)


def test_nobody_listens():
    with pytest.raises(mailbox.NotReached):
        mailbox.empty(Imap("127.0.0.1", 1, "post", "x", "INBOX", tls=False), print)


def test_more_than_is_kept_of_one_is_not_fetched(monkeypatch):
    monkeypatch.setattr(mailbox, "LARGEST", 100)
    box, taken = Mailbox(), []
    box.put(b"x" * 5000)
    with Server(box) as server:
        mailbox.empty(login(server), taken.append)
    assert taken == [b"x" * 101]
