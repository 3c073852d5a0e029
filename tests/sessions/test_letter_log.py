"""The log of letters: what was or will be sent about a session, when, where to, and why not."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.domain import contacts
from clients.models import Client
from practice.domain import doubtful, post
from practice.models import Letter, User
from sessions.domain import booking, giving_up, letter_log, reminder_rules
from sessions.models import Session
from tests import factories
from tests.sessions.test_booking import START, book
from tests.sessions.test_reminders import Tray, tray  # noqa: F401

pytestmark = pytest.mark.django_db


def explain(session: Session) -> list[str]:
    out = StringIO()
    call_command("reminders_explain", str(session.pk), stdout=out)
    return out.getvalue().splitlines()


def test_what_will_be_sent_when_where_to_and_by_which_rule(rosa: User, anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    head, line = explain(session)
    assert head == "Thursday 4 March 2027, 10:00 (Europe/London), in the room, with Anna Reiter: booked."
    assert line == (
        "- Mary Lee: Reminder of a session, e-mail, to m…@example.org: waiting, "
        "Wednesday 3 March 2027, 18:00 (Europe/London). By the standard: the day before at 18:00, by e-mail."
    )
    reminder_rules.add(minutes_before=120, by=rosa)
    assert "By the rule: 2 hours before, by e-mail." in explain(session)[-1]


def test_a_rule_that_wrote_nothing_says_why(rosa: User, anna: User, mrs_lee: Client) -> None:
    reminder_rules.add(minutes_before=60, channel="text", by=rosa)
    session = book(anna, mrs_lee)
    [line] = explain(session)[1:]
    assert line == "- Mary Lee: Reminder of a session, 1 hour before, by text message: nothing. " + (
        "Text messages are switched off."
    )
    reminder_rules.add(client=mrs_lee, is_off=True, by=anna)
    assert explain(session)[-1].endswith("nothing. Reminders are switched off.")


def test_letters_that_no_rule_wrote_stand_beside_reminders(anna: User, mrs_lee: Client, as_anna: Browser) -> None:
    session = book(anna, mrs_lee)
    keys = (f"asked_answer|{session.pk}|x|y|ines.marlow@example.org", "a|b")
    for number, kind in enumerate(("asked_answer", "session_reminder")):
        post.write(kind, key=keys[number], to="mary.lee@example.org", about=session.pk, client=mrs_lee.pk)
    assert len(explain(session)) == 4
    assert as_anna.get(f"/sessions/{session.pk}").status_code == 200


def test_that_somebody_cannot_come_is_named_in_words(anna: User, mrs_lee: Client, as_olga: Browser) -> None:
    session = book(anna, mrs_lee)
    giving_up.say(session.seats.get(), "cannot")
    page = as_olga.get(f"/sessions/{session.pk}").content.decode()
    assert "Word to the therapist that they cannot come, e-mail" in page and giving_up.KIND not in page


def test_what_was_sent_and_what_was_taken_back(anna: User, mrs_lee: Client, tray: Tray) -> None:  # noqa: F811
    session = book(anna, mrs_lee)
    moved = booking.move(session, to=START + timedelta(hours=2), by=anna)
    post.dispatch(now=START - timedelta(hours=1))
    said = explain(moved)
    assert any("no longer wanted. It was moved to another time." in line for line in said)
    assert any(": sent, " in line for line in said)


def test_what_waits_and_will_not_leave_says_so_now(anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    contacts.stop(mrs_lee.contact_points.get())
    assert any("As things stand it will not leave: They asked for no more messages there" in one.why
               for one in letter_log.of(session, now=timezone.now(), foretell=True))  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_three_who_come_cost_as_few_queries_as_one(anna: User, count: int) -> None:
    people = [factories.client(f"Client {number}", anna) for number in range(count)]
    session = book(anna, *people, kind="group" if count > 1 else "individual")
    with CaptureQueriesContext(connection) as asked:
        assert len(letter_log.of(session, now=timezone.now())) == count
    assert len(asked) == 6


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("nonsense", "'nonsense' is not the id of a session: it stands in the address of its page."),
        ("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "There is no session 6f9619ff-8b86-d011-b42d-00cf4fc964ff."),
    ],
)
def test_an_id_that_no_session_has_ends_with_a_sentence_and_code_2(given: str, says: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("reminders_explain", given)
    assert (str(refused.value), refused.value.returncode) == (says, 2)


def test_the_page_of_a_session_lists_its_letters_and_no_address(
    anna: User, mrs_lee: Client, as_anna: Browser, as_olga: Browser
) -> None:
    session = book(anna, mrs_lee)
    for browser in (as_anna, as_olga):
        page = browser.get(f"/sessions/{session.pk}").content.decode()
        assert "Wednesday 3 March 2027, 18:00 (Europe/London)" in page and "m…@example.org" in page
        assert "mary.lee@example.org" not in page


def test_letters_that_may_not_have_arrived_are_settled_by_a_person(
    anna: User, ben: User, mrs_lee: Client, as_anna: Browser, as_ben: Browser, as_olga: Browser
) -> None:
    session = book(anna, mrs_lee)
    Letter.objects.update(state="uncertain", why_not="Nobody said whether it was taken: it may have arrived.")
    letter = Letter.objects.get()
    for browser in (as_anna, as_olga):
        page = browser.get("/clients/letters").content.decode()
        assert "Mary Lee" in page and "m…@example.org" in page and "May not have arrived" in page
        assert "Nobody said whether it was taken" in page and "mary.lee@" not in page
    assert "Mary Lee" not in as_ben.get("/clients/letters").content.decode()
    assert as_ben.post(f"/clients/letters/{letter.pk}", {"how": "rang"}).status_code == 404
    for _press in range(2):
        as_anna.post(f"/clients/letters/{letter.pk}", {"how": "again"})
    letter.refresh_from_db()
    assert (letter.settled_as, letter.settled_by, letter.state) == ("again", anna, "uncertain")
    [again] = Letter.objects.exclude(pk=letter.pk)
    assert (again.about, again.to, again.kind, again.state) == (session.pk, letter.to, letter.kind, "due")
    assert "Everything has arrived" in as_anna.get("/clients/letters").content.decode()
    assert "A letter to" not in as_anna.get("/sessions/today").content.decode()


def test_sent_again_it_is_read_again_before_it_leaves(
    anna: User,
    mrs_lee: Client,
    as_anna: Browser,
    tray: Tray,  # noqa: F811
) -> None:
    session = book(anna, mrs_lee)
    Letter.objects.update(state="dead")
    as_anna.post(f"/clients/letters/{Letter.objects.get().pk}", {"how": "again"})
    booking.cancel(session, by=anna)
    Letter.objects.filter(state="cancelled").update(state="due")  # behind the verb
    post.dispatch(now=timezone.now() + timedelta(minutes=1))
    assert tray.received == []
    assert Letter.objects.get(state="cancelled").why_not == "It no longer takes place as it was booked."


def test_sent_again_it_tells_of_what_had_gone_with_it(anna: User, mrs_lee: Client) -> None:
    lead, other = (
        Letter.objects.get(about=book(anna, mrs_lee, at=START + timedelta(hours=hours)).pk) for hours in (0, 4)
    )
    Letter.objects.filter(pk=lead.pk).update(state="uncertain")
    Letter.objects.filter(pk=other.pk).update(state="cancelled", folded_into=lead)
    assert doubtful.settle(lead, "again", by=anna)
    again = Letter.objects.get(state="due")
    assert "Also Thursday 4 March 2027, 14:00." in post.kinds[again.kind].render(again).text


def test_what_would_come_too_late_cannot_go_again(anna: User, mrs_lee: Client, as_anna: Browser) -> None:
    book(anna, mrs_lee)
    Letter.objects.update(state="dead", kind="of old")
    assert "Mary Lee" in as_anna.get("/clients/letters").content.decode(), "a kind that nothing here knows any more"
    Letter.objects.update(not_after=timezone.now() - timedelta(minutes=1), kind="session_reminder")
    assert "Send again" not in as_anna.get("/clients/letters").content.decode()
    as_anna.post(f"/clients/letters/{Letter.objects.get().pk}", {"how": "again"})
    assert Letter.objects.get().settled_as == ""
