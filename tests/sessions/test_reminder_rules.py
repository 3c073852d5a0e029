"""Rules of reminders: whose count, when they are due, and that what has not left follows them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.domain import contacts, quiet
from clients.models import Client, ContactPoint
from practice.config import texting
from practice.domain import post, texts
from practice.models import Letter, Practice, Service, User
from sessions.domain import booking, letter_log, reminder_plan, reminder_rules, reminder_words, reminders
from sessions.domain.reminder_rules import SameAgain
from sessions.models import ReminderRule, Session
from tests import factories
from tests.sessions.test_booking import START, book
from tests.sessions.test_reminders import Tray, tray, walk  # noqa: F401

pytestmark = pytest.mark.django_db
NUMBER = "+447700900123"


def due(session: Session) -> list[datetime]:
    return sorted(Letter.objects.filter(about=session.pk, state="due").values_list("due_at", flat=True))


@pytest.fixture
def texting_is_on(settings: Any, mrs_lee: Client) -> None:
    settings.SMS = texting.Texts("file")
    ContactPoint.objects.create(client=mrs_lee, kind="text", value=NUMBER)


def test_her_own_rules_count_in_place_of_those_of_the_service_and_of_the_practice(
    rosa: User, anna: User, mrs_lee: Client
) -> None:
    service = Service.objects.create(name="Walk", modes=["walk", "indoor"])
    session = book(anna, mrs_lee, service=service)
    assert due(session) == [datetime(2027, 3, 3, 18, 0, tzinfo=UTC)]
    reminder_rules.add(minutes_before=120, by=rosa)
    assert due(session) == [START - timedelta(hours=2)]
    reminder_rules.add(service=service, days_before=2, at=time(12), by=rosa)
    assert due(session) == [datetime(2027, 3, 2, 12, 0, tzinfo=UTC)]
    hers = reminder_rules.add(client=mrs_lee, minutes_before=60, by=anna)
    assert due(session) == [START - timedelta(hours=1)]
    off = reminder_rules.add(client=mrs_lee, is_off=True, by=anna)
    assert due(session) == [] and not ReminderRule.objects.filter(pk=hers.pk).exists()
    reminder_rules.remove(off, by=anna)
    assert due(session) == [datetime(2027, 3, 2, 12, 0, tzinfo=UTC)]
    taken_back = Letter.objects.filter(about=session.pk, state="cancelled")
    assert {one.why_not for one in taken_back} == {"The rules for reminders, or the address, were changed."}


def test_the_standard_comes_back_when_the_last_rule_goes(rosa: User, anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    rule = reminder_rules.add(minutes_before=120, by=rosa)
    reminder_rules.remove(rule, by=rosa)
    assert due(session) == [datetime(2027, 3, 3, 18, 0, tzinfo=UTC)]


def test_the_day_before_is_one_on_the_clocks_of_the_place_when_they_change(anna: User, mrs_lee: Client) -> None:
    sunday = datetime(2027, 3, 28, 9, 0, tzinfo=UTC)  # 10:00 in London, whose clocks went forward that night
    assert due(book(anna, mrs_lee, at=sunday)) == [datetime(2027, 3, 27, 18, 0, tzinfo=UTC)]
    monday = datetime(2027, 3, 29, 9, 0, tzinfo=UTC)
    assert due(book(anna, mrs_lee, at=monday)) == [datetime(2027, 3, 28, 17, 0, tzinfo=UTC)]


def test_of_what_is_too_late_when_it_is_booked_one_leaves_and_none_where_another_is_to_come(
    rosa: User, anna: User, mrs_lee: Client
) -> None:
    for minutes in (24 * 60, 12 * 60):
        reminder_rules.add(minutes_before=minutes, by=rosa)
    now = timezone.now()
    assert len(due(book(anna, mrs_lee, at=now + timedelta(minutes=90)))) == 1
    reminder_rules.add(minutes_before=15, by=rosa)
    later = book(anna, mrs_lee, at=now + timedelta(minutes=240))
    assert len(due(later)) == 1


def test_a_rule_that_comes_after_the_reminder_has_left_sends_no_second_one(
    rosa: User, anna: User, mrs_lee: Client
) -> None:
    session = book(anna, mrs_lee, at=timezone.now() + timedelta(hours=5))
    Letter.objects.update(state="sent", sent_at=timezone.now())
    reminder_rules.add(minutes_before=10 * 60, by=rosa)
    assert due(session) == []


def test_a_rule_that_falls_after_the_start_writes_nothing_and_keeps_nothing_from_leaving(
    rosa: User, anna: User, mrs_lee: Client
) -> None:
    for days in (1, 0):
        reminder_rules.add(days_before=days, at=time(12), by=rosa)
    session = book(anna, mrs_lee)
    assert due(session) == [datetime(2027, 3, 3, 12, 0, tzinfo=UTC)]
    assert "It would come when the session has begun." in [
        one.why for one in letter_log.of(session, now=timezone.now())
    ]
    Letter.objects.all().delete()
    assert len(reminder_plan.plan([session], now=START - timedelta(hours=5))) == 1


def test_who_was_reminded_is_not_reminded_again_at_another_address(anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    sent_at = datetime(2027, 3, 3, 18, 5, tzinfo=UTC)
    Letter.objects.update(state="sent", sent_at=sent_at)
    ContactPoint.objects.create(
        client=mrs_lee,
        kind="email",
        value="new@example.org",
        is_preferred=True,
        safe_from=time(20),
        safe_until=time(22),
    )
    assert reminders.write_what_is_missing(now=sent_at) == 0
    assert [one.state for one in letter_log.of(session, now=sent_at)] == ["sent"]
    Letter.objects.update(state="bounced")
    assert reminders.write_what_is_missing(now=sent_at) == 1, "what came back reminded nobody"


@pytest.mark.parametrize("again", [1, 3])
def test_planning_twice_writes_once(anna: User, mrs_lee: Client, again: int) -> None:
    session = book(anna, mrs_lee, at=timezone.now() + timedelta(days=3))
    for _turn in range(again):
        assert reminders.write_what_is_missing() == 0
    assert len(due(session)) == 1


def test_who_got_an_address_later_is_reminded_all_the_same(anna: User, mrs_lee: Client) -> None:
    mrs_lee.contact_points.all().delete()
    session = book(anna, mrs_lee, at=timezone.now() + timedelta(days=3))
    assert due(session) == []
    ContactPoint.objects.create(client=mrs_lee, kind="email", value="new@example.org")
    assert reminders.write_what_is_missing() == 1
    assert Letter.objects.get(about=session.pk).to == "new@example.org"


def test_back_at_an_hour_that_was_taken_back_one_is_written_again(anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    moved = booking.move(session, to=START + timedelta(hours=2), by=anna)
    booking.move(moved, to=START, by=anna)
    assert len(due(session)) == 1
    words = Letter.objects.filter(about=session.pk, state="cancelled").values_list("why_not", flat=True)
    assert set(words) == {"It was moved to another time."}


@pytest.mark.parametrize("count", [1, 3])
def test_planning_takes_as_many_queries_for_three_as_for_one(anna: User, count: int) -> None:
    for number in range(count):
        book(anna, factories.client(f"Client {number}", anna), at=START + timedelta(days=number))
    Letter.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        assert len(reminder_plan.plan(Session.objects.all())) == count
    assert len(asked) == 6


def test_the_database_takes_no_rule_that_says_nothing_or_two_things(practice: Practice) -> None:
    for said in ({}, {"minutes_before": 60, "days_before": 1, "at": time(18)}, {"is_off": True, "minutes_before": 60}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReminderRule.objects.create(**said)  # type: ignore[arg-type]


def test_the_same_rule_twice_is_refused(rosa: User) -> None:
    reminder_rules.add(minutes_before=60, by=rosa)
    with pytest.raises(SameAgain):
        reminder_rules.add(minutes_before=60, by=rosa)


class TestHours:
    """Quiet hours of the practice are from 21:00 to 08:00 unless somebody changes them."""

    def test_a_reminder_that_would_come_at_night_comes_when_it_is_over_or_before_it_begins(
        self, rosa: User, anna: User, mrs_lee: Client
    ) -> None:
        reminder_rules.add(minutes_before=120, by=rosa)
        assert due(book(anna, mrs_lee, at=datetime(2027, 3, 4, 9, 0, tzinfo=UTC))) == [
            datetime(2027, 3, 4, 8, 0, tzinfo=UTC)
        ]
        early = book(anna, mrs_lee, at=datetime(2027, 3, 5, 7, 30, tzinfo=UTC))
        assert due(early) == [datetime(2027, 3, 4, 20, 59, tzinfo=UTC)]

    def test_her_own_hours_count_in_place_of_the_practices(self, rosa: User, anna: User, mrs_lee: Client) -> None:
        mrs_lee.contact_points.update(safe_from=time(22), safe_until=time(23))
        session = book(anna, mrs_lee)
        assert due(session) == [datetime(2027, 3, 3, 22, 0, tzinfo=UTC)]

    @pytest.mark.parametrize(
        ("zone", "night"),
        [
            ("Europe/London", date(2026, 3, 29)),
            ("Europe/London", date(2026, 10, 25)),
            ("America/New_York", date(2026, 3, 8)),
            ("America/New_York", date(2026, 11, 1)),
            ("Australia/Lord_Howe", date(2026, 10, 4)),
        ],
    )
    def test_on_the_night_of_the_change_none_is_moved_to_a_closed_moment_or_the_wrong_way(
        self, zone: str, night: date
    ) -> None:
        clocks = [time(0, 30), time(1), time(1, 15), time(2), time(2, 30), time(3), time(20)]
        midnight = datetime.combine(night, time.min, UTC)
        moments = [midnight + timedelta(minutes=15 * turn) for turn in range(-96, 96)]
        for begins, ends in permutations(clocks, 2):
            hours = quiet.Hours(begins, ends, ZoneInfo(zone))
            for moment in moments:
                later, sooner = hours.next_open(moment), hours.last_open(moment)
                assert sooner <= moment <= later, (begins, ends, moment)
                assert hours.are_open(sooner) and hours.are_open(later), (begins, ends, moment)

    def test_what_is_late_at_night_waits_for_the_morning(self, anna: User, mrs_lee: Client, tray: Tray) -> None:  # noqa: F811
        session = book(anna, mrs_lee)
        post.dispatch(now=datetime(2027, 3, 3, 23, 0, tzinfo=UTC))
        assert due(session) == [datetime(2027, 3, 4, 8, 0, tzinfo=UTC)]
        assert tray.received == []

    def test_what_may_not_leave_before_the_start_says_why_not(self, anna: User, mrs_lee: Client, tray: Tray) -> None:  # noqa: F811
        book(anna, mrs_lee, at=datetime(2027, 3, 4, 7, 0, tzinfo=UTC))
        post.dispatch(now=datetime(2027, 3, 4, 5, 0, tzinfo=UTC))
        letter = Letter.objects.get()
        assert (letter.state, tray.received) == ("expired", [])
        assert "at these hours" in letter.why_not


class TestTexts:
    """By text message: short, neutral, with a link."""

    def text(self, session: Session) -> str:
        return reminder_words.render(Letter.objects.get(about=session.pk, channel="text")).text

    def test_it_says_who_when_and_how_to_stop_and_no_more(
        self, texting_is_on: None, rosa: User, anna: User, mrs_lee: Client, settings: Any
    ) -> None:
        reminder_rules.add(minutes_before=60, channel="text", by=rosa)
        session = walk(anna, mrs_lee)
        assert self.text(session).endswith(" Answers reach nobody: ring 020 7946 0142."), "nothing of ours takes them"
        settings.SMS = texting.Texts("twilio", sender="+442079460142")
        said = self.text(session)
        assert said.startswith("Larch Street: Thu 4 Mar, 10:00. Answer and place: http")
        assert said.endswith(" Reply STOP to end these.") and "/r/" in said
        assert len(said) <= 160 and said.isascii()
        assert not any(word in said.lower() for word in ("therap", "session", "client", "orchard", "walk", "anna"))
        assert Letter.objects.get(about=session.pk, channel="text").to == NUMBER

    def test_where_only_a_name_may_be_said_it_says_no_more(
        self, texting_is_on: None, rosa: User, anna: User, mrs_lee: Client
    ) -> None:
        mrs_lee.contact_points.update(may_say="name_only")
        reminder_rules.add(minutes_before=60, channel="text", by=rosa)
        said = self.text(book(anna, mrs_lee))
        assert said.startswith("Anna: Thu") and "Larch" not in said

    def test_many_late_ones_go_as_one_that_still_fits(
        self, texting_is_on: None, rosa: User, anna: User, mrs_lee: Client
    ) -> None:
        reminder_rules.add(minutes_before=60, channel="text", by=rosa)
        for days in range(8):
            book(anna, mrs_lee, at=START + timedelta(days=days))
        first, *rest = Letter.objects.order_by("not_after")
        Letter.objects.filter(pk__in=[one.pk for one in rest]).update(state="cancelled", folded_into=first)
        said = reminder_words.render(first).text
        assert len(said) <= texts.LONGEST
        assert "Thu 4 Mar, 10:00." in said and "Also Friday 5 March 2027, 10:00; " in said and "; and more." in said

    def test_mail_and_text_are_two_letters(self, texting_is_on: None, rosa: User, anna: User, mrs_lee: Client) -> None:
        for channel in ("email", "text"):
            reminder_rules.add(minutes_before=60, channel=channel, by=rosa)
        assert len(due(book(anna, mrs_lee))) == 2

    def test_who_said_stop_gets_none_and_the_log_says_why(
        self, texting_is_on: None, rosa: User, anna: User, mrs_lee: Client
    ) -> None:
        reminder_rules.add(minutes_before=60, channel="text", by=rosa)
        session = book(anna, mrs_lee)
        contacts.stop(ContactPoint.objects.get(kind="text"))
        post.dispatch(now=START - timedelta(minutes=30))
        letter = Letter.objects.get(about=session.pk)
        assert letter.state == "cancelled" and letter.why_not.startswith("They asked for no more messages there, on ")
        contacts.start(ContactPoint.objects.get(kind="text"))
        assert contacts.best(mrs_lee, "text") is not None


def test_late_reminders_of_two_days_go_as_one_that_names_both(anna: User, mrs_lee: Client, tray: Tray) -> None:  # noqa: F811
    first, second = book(anna, mrs_lee), book(anna, mrs_lee, at=START + timedelta(hours=4))
    post.dispatch(now=START - timedelta(hours=1))
    [mail] = tray.received
    assert "Subject: Thursday, 10:00" in mail and "Also Thursday 4 March 2027, 14:00." in mail
    assert reminders.has_left(first) and reminders.has_left(second)
    assert reminders.write_what_is_missing(now=START - timedelta(minutes=30)) == 0
