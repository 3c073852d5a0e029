"""A mailbox that cannot be reached stands on Today, with since when, and goes when it is read again."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from clients import tasks
from clients.models import Reply
from practice.config.receiving import Imap
from practice.domain import mailbox, words
from practice.models import Practice
from tests.practice import mails
from tests.practice.imap_server import Mailbox, Server

pytestmark = pytest.mark.django_db
SAID = "The mailbox for answers cannot be reached since"


def today(browser):
    return " ".join(strip_tags(re.sub(r"<head>.*?</head>", "", page(browser), flags=re.S)).split())


def page(browser):
    return browser.get(reverse("home"), follow=True).content.decode()


@pytest.fixture(autouse=True)
def nothing_known():
    cache.delete(mailbox.AWAY)
    yield
    cache.delete(mailbox.AWAY)


@pytest.fixture
def box(settings):
    """A mailbox on a server that is not running."""
    kept = Mailbox()
    with Server(kept) as server:
        port = server.server_address[1]
    settings.IMAP = Imap("127.0.0.1", port, "post", kept.password, "INBOX", tls=False)
    return kept


def fails(*, ago):
    since = timezone.now() - ago
    with pytest.raises(mailbox.NotReached):
        mailbox.watch(Imap("127.0.0.1", 9, "post", "x", "INBOX", tls=False), print, now=since)
    return since


@pytest.mark.parametrize("who", ["as_olga", "as_rosa", "as_anna", "as_sam"])
def test_all_who_work_here_see_since_when_it_is_away(request, practice, box, mrs_lee, who):
    browser = request.getfixturevalue(who)
    assert SAID not in today(browser)
    since = fails(ago=timedelta(hours=2))
    with pytest.raises(mailbox.NotReached):
        tasks.read_mailbox()
    assert f"{SAID} {words.when(since, Practice.load().time_zone)}." in today(browser)


def test_a_client_sees_nothing_of_it(practice, box, as_mrs_lee):
    fails(ago=timedelta(hours=2))
    assert "mailbox" not in today(as_mrs_lee)


def test_it_goes_when_the_mailbox_is_read_again(practice, box, mrs_lee, as_olga, settings):
    fails(ago=timedelta(hours=2))
    box.put(mails.plain())
    with Server(box) as server:
        settings.IMAP = Imap("127.0.0.1", server.server_address[1], "post", box.password, "INBOX", tls=False)
        tasks.read_mailbox()
    assert SAID not in today(as_olga) and Reply.objects.get().client == mrs_lee
    assert mailbox.away_since() is None


def test_a_moment_is_not_worth_a_word(practice, box, as_olga):
    fails(ago=timedelta(minutes=4))
    assert SAID not in today(as_olga)
    assert mailbox.away_since(now=timezone.now() + timedelta(minutes=2))


def test_the_first_time_counts(practice, box):
    first = fails(ago=timedelta(hours=2))
    fails(ago=timedelta(hours=1))
    assert mailbox.away_since() == first


def test_a_practice_without_a_mailbox_is_told_nothing(practice, as_olga):
    fails(ago=timedelta(hours=2))
    assert SAID not in today(as_olga)


def test_it_costs_no_question_to_the_database(practice, box, as_olga):
    counts = []
    for _turn in range(3):
        with CaptureQueriesContext(connection) as seen:
            page(as_olga)
        counts.append(len(seen))
        cache.add(mailbox.AWAY, timezone.now() - timedelta(hours=1), None)
    assert counts[1] == counts[2]
