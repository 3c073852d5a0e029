"""Her own page on the day of a session: she says that she is there or late, and “I cannot come” is one thing."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from practice.domain import post
from practice.models import Letter, User
from sessions.domain import arriving, booking, giving_up, hand_answers
from sessions.models import Seat, Session
from tests import factories
from tests.sessions.test_booking import book
from tests.sessions.test_reminders import page

pytestmark = pytest.mark.django_db
MINE = reverse("sessions:mine")


def seen(browser: Browser) -> str:
    return browser.get(MINE).content.decode().split("<main", 1)[1].split("</main", 1)[0]


def read(session: Session) -> str:
    """What the forms of a page carry that was opened now."""
    return Session.objects.get(pk=session.pk).starts_at.isoformat()


@pytest.fixture
def soon(anna: User, mrs_lee: Client) -> Session:
    return factories.session(anna, mrs_lee, starts_at=timezone.now() + timedelta(minutes=30))


def test_signed_in_she_says_that_she_is_late_and_then_there(
    soon: Session, as_mrs_lee: Browser, as_anna: Browser
) -> None:
    answer = reverse("sessions:answer", args=[soon.seats.get().pk])
    assert f'action="{answer}"' in seen(as_mrs_lee) and "Ten minutes late" in seen(as_mrs_lee)
    assert as_mrs_lee.get(answer, {"arrival": "late"}).status_code == 405
    assert soon.seats.get().late_at is None, "looking changes nothing"
    for what, chip in (("late", "ten minutes late"), ("here", "is here")):
        assert as_mrs_lee.post(answer, {"arrival": what}).url == MINE
        assert "Anna sees it." in seen(as_mrs_lee)
        assert chip in as_anna.get(f"/sessions/{soon.pk}").content.decode()


def test_what_her_therapist_says_stands_there_too(soon: Session, as_mrs_lee: Browser, as_anna: Browser) -> None:
    as_anna.post(f"/sessions/{soon.pk}/arriving", {"what": "late"})
    assert "Anna will be ten minutes late." in seen(as_mrs_lee)


def test_somebody_elses_seat_is_not_hers(anna: User, as_mrs_lee: Browser) -> None:
    other = factories.session(
        anna, factories.client("Ines Marlow", anna), starts_at=timezone.now() + timedelta(minutes=30)
    )
    seat = other.seats.get()
    assert as_mrs_lee.post(reverse("sessions:answer", args=[seat.pk]), {"arrival": "here"}).status_code == 404
    seat.refresh_from_db(fields=["here_at"])
    assert seat.here_at is None


@pytest.mark.parametrize(("hours", "opens", "says"), [(3, False, "11:00"), (1, True, ""), (-1, False, "")])
def test_before_it_opens_her_page_says_from_when_on(
    anna: User, mrs_lee: Client, hours: int, opens: bool, says: str
) -> None:
    noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    seat = factories.session(anna, mrs_lee, starts_at=noon).seats.get()
    found = arriving.on_page(seat, now=noon - timedelta(hours=hours))
    assert (found["may_arrive"], found["may_arrive_from"]) == (opens, says)


def test_the_day_before_says_nothing_of_it(anna: User, mrs_lee: Client, as_mrs_lee: Browser) -> None:
    factories.session(anna, mrs_lee, starts_at=timezone.now() + timedelta(days=2))
    assert "I am here" not in seen(as_mrs_lee) and "you can say here that you are there" not in seen(as_mrs_lee)


class TestICannotCome:
    def test_it_is_one_action_with_one_word_and_is_explained(
        self, anna: User, mrs_lee: Client, as_mrs_lee: Browser
    ) -> None:
        days = (timedelta(days=3), timedelta(days=4))
        first, second = (factories.session(anna, mrs_lee, starts_at=timezone.now() + one) for one in days)
        shown = seen(as_mrs_lee)
        assert shown.count("I cannot come") == 2 and "Cancel this time" not in shown
        assert 'value="cannot"' not in shown and "Cancels this time; you are asked first" in shown
        for session in (first, second):
            assert shown.count(reverse("sessions:cancel_mine", args=[session.seats.get().pk])) == 1
        address = reverse("sessions:cancel_mine", args=[first.seats.get().pk])
        asked = as_mrs_lee.get(address).content.decode()
        assert "<h1>I cannot come</h1>" in asked and "it is free again in the diary of Anna" in asked
        said = as_mrs_lee.post(address, {"read": read(first)}, follow=True)
        assert "This time is cancelled, and Anna knows." in said.content.decode()
        first.refresh_from_db(fields=["status"])
        assert first.status == "cancelled"

    def test_where_others_come_too_it_tells_her_therapist_and_says_so(
        self, anna: User, mrs_lee: Client, as_mrs_lee: Browser
    ) -> None:
        other = factories.client("Dan Lee", anna)
        session = factories.session(anna, mrs_lee, other, starts_at=timezone.now() + timedelta(days=3), kind="couple")
        seat = session.seats.get(client=mrs_lee)
        for shown in (seen(as_mrs_lee), Browser().get(page(seat)).content.decode()):
            assert 'value="cannot"' in shown and "Anna sees it and will be in touch" in shown
        as_mrs_lee.post(reverse("sessions:answer", args=[seat.pk]), {"answer": "cannot", "read": read(session)})
        assert "Anna knows and will be in touch." in seen(as_mrs_lee)


def of_today(browser: Browser) -> str:
    return browser.get(reverse("sessions:today")).content.decode().split("<main", 1)[1]


def test_a_time_that_she_gives_up_reaches_her_therapist_at_once(
    soon: Session, as_mrs_lee: Browser, as_anna: Browser, as_ben: Browser
) -> None:
    address = reverse("sessions:cancel_mine", args=[soon.seats.get().pk])
    assert as_mrs_lee.post(address, {"read": read(soon)}).status_code == 302
    letter = Letter.objects.get(kind=giving_up.KIND)
    assert (letter.to, letter.client, letter.due_at <= timezone.now()) == (soon.therapist.email, None, True)
    assert giving_up.still_wanted(letter)
    said = giving_up.render(letter)
    assert "cancelled and free again" in said.text and "cancelled and free again" in said.html
    assert not re.search("Lee|Mary", said.subject + said.text + said.html), "the time, and nobody"
    assert "and has cancelled: the time is free." in of_today(as_anna)
    assert "has cancelled" not in of_today(as_ben)


def say(session: Session, said: str) -> None:
    giving_up.say(Seat.objects.select_related("session__therapist", "client").get(session=session), said)


def still_wanted() -> list[Letter]:
    return [one for one in Letter.objects.filter(kind=giving_up.KIND) if giving_up.still_wanted(one)]


def test_that_she_cannot_come_is_written_once_and_not_when_she_comes_after_all(soon: Session) -> None:
    for said in ("cannot", "coming", "cannot", "cannot"):
        say(soon, said)
    (letter,) = still_wanted()
    assert "you decide what becomes of the time" in giving_up.render(letter).text
    say(soon, "coming")
    assert not still_wanted()


def test_that_she_cannot_come_after_all_is_written_again(soon: Session) -> None:
    say(soon, "cannot")
    say(soon, "coming")
    post.dispatch()
    say(soon, "cannot")
    post.dispatch()
    assert [one.state for one in Letter.objects.filter(kind=giving_up.KIND).order_by("created_at")] == [
        Letter.State.CANCELLED,
        Letter.State.SENT,
    ]


def test_another_room_at_the_same_time_leaves_that_she_cannot_come(
    anna: User, mrs_lee: Client, as_anna: Browser
) -> None:
    days = (timedelta(days=3), timedelta(days=4))
    here, later = (factories.session(anna, mrs_lee, starts_at=timezone.now() + one, mode="indoor") for one in days)
    for one in (here, later):
        say(one, "cannot")
    booking.move(here, room=factories.room("Room 2"), by=anna)
    booking.move(later, to=later.starts_at + timedelta(hours=2), by=anna)
    assert [here.seats.get().answer, later.seats.get().answer] == ["cannot", ""]
    assert [letter.about for letter in still_wanted()] == [here.seats.get().pk]
    assert len(list(hand_answers.of(anna, timezone.now()))) == 1


def test_said_after_the_start_it_still_reaches_who_waits(anna: User, mrs_lee: Client) -> None:
    begun, over = (timezone.now() - timedelta(minutes=one) for one in (2, 90))
    session = factories.session(anna, mrs_lee, starts_at=begun)
    say(session, "cannot")
    say(factories.session(anna, factories.client("Ines Marlow", anna), starts_at=over), "cannot")
    post.dispatch()
    sent = Letter.objects.filter(kind=giving_up.KIND, state=Letter.State.SENT)
    assert [letter.about for letter in sent] == [session.seats.get().pk]
    assert [line.link for line in hand_answers.of(anna, timezone.now())] == ["Mary Lee"]


def test_what_the_practice_cancelled_is_not_said_to_be_her_doing(
    soon: Session, anna: User, as_mrs_lee: Browser, as_anna: Browser
) -> None:
    as_mrs_lee.post(reverse("sessions:answer", args=[soon.seats.get().pk]), {"answer": "cannot", "read": read(soon)})
    assert "cannot come" in of_today(as_anna)
    booking.cancel(soon, by=anna)
    assert "cannot come" not in of_today(as_anna)


class TestMovedSinceThePageWasOpened:
    @pytest.fixture
    def moved(self, anna: User, mrs_lee: Client) -> tuple[Session, str]:
        """A session in the room, moved by a day, and what a page carries that was opened before."""
        session = book(anna, mrs_lee, at=timezone.now() + timedelta(days=5))
        before = read(session)
        return booking.move(session, to=session.starts_at + timedelta(days=1), by=anna), before

    def test_it_is_not_cancelled_and_the_page_shows_the_new_time(
        self, moved: tuple[Session, str], as_mrs_lee: Browser
    ) -> None:
        session, before = moved
        address = reverse("sessions:cancel_mine", args=[session.seats.get().pk])
        shown = as_mrs_lee.post(address, {"read": before}, follow=True).content.decode()
        assert "The time has changed since this page was opened." in shown and f'value="{read(session)}"' in shown
        assert Session.objects.get(pk=session.pk).status == "booked"
        as_mrs_lee.post(address, {"read": read(session)})
        assert Session.objects.get(pk=session.pk).status == "cancelled"

    def test_no_answer_counts_on_her_own_page(self, moved: tuple[Session, str], as_mrs_lee: Browser) -> None:
        session, before = moved
        address = reverse("sessions:answer", args=[session.seats.get().pk])
        shown = as_mrs_lee.post(address, {"answer": "coming", "read": before}, follow=True).content.decode()
        assert "The time has changed since this page was opened." in shown and f'value="{read(session)}"' in shown
        assert session.seats.get().answer == ""
        as_mrs_lee.post(address, {"answer": "coming", "read": read(session)})
        assert session.seats.get().answer == "coming"

    def test_no_answer_counts_behind_her_link(self, moved: tuple[Session, str]) -> None:
        session, before = moved
        address, stranger = page(session.seats.get()), Browser()
        answer = stranger.post(address, {"answer": "coming", "read": before})
        shown = answer.content.decode()
        assert answer.status_code == 422 and f'value="{read(session)}"' in shown
        assert "The time has changed since this page was opened." in shown
        assert session.seats.get().answer == ""
        assert stranger.post(address, {"answer": "coming", "read": read(session)}).status_code == 302
        assert session.seats.get().answer == "coming"


def test_every_time_that_is_hers_stands_there_the_later_ones_folded_away(
    anna: User, mrs_lee: Client, as_mrs_lee: Browser
) -> None:
    for week in range(9):
        factories.session(anna, mrs_lee, starts_at=timezone.now() + timedelta(days=7 * week + 1))
    page = seen(as_mrs_lee)
    assert page.count(">I cannot come<") == 9 and "3 more after these" in page
    assert page.count("<details") == page.count("</details>") and page.count("<ul") == page.count("</ul>")
