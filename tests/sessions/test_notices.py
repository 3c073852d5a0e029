"""A client is told once when a session was moved, cancelled or goes indoors: what is said, to whom, and when not."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from clients.domain import contacts, receiving
from clients.models import Client, ContactPoint, Reply
from practice.domain import post, reply_address, words
from practice.domain.local_time import instant
from practice.models import ClinicianRecord, Letter, Link, Mode, Practice, User
from sessions.domain import booking, notices, reminders
from sessions.domain.notices import KIND, What
from sessions.domain.reminder_plan import stamp
from sessions.models import Seat, Session
from tests import factories
from tests.practice import mails
from tests.sessions.people import ready

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
START = instant((NOW + timedelta(days=3)).date(), time(10), ZoneInfo("Europe/London"))
LONDON = "Europe/London"
VIDEO = "https://video.example/anna"


@pytest.fixture
def walk(anna: User, mrs_lee: Client) -> Session:
    ready(mrs_lee, anna)
    fields: dict[str, Any] = {"mode": Mode.WALK, "route": factories.route(anna), "fallback": "video"}
    return booking.book(
        therapist=anna, clients=[mrs_lee], starts_at=START, place=factories.place(), by=anna, **fields
    )  # fmt: skip


@pytest.fixture
def record(anna: User) -> ClinicianRecord:
    return factories.record(anna, video_link=VIDEO)


def letters(state: str = "due") -> list[Letter]:
    return list(Letter.objects.filter(kind=KIND, state=state).order_by("created_at"))


def leave(after: timedelta = post.UNDO) -> list[str]:
    """What has left by then, as plain text."""
    mail.outbox.clear()
    post.dispatch(now=timezone.now() + after + timedelta(seconds=1))
    return [f"{one.subject}\n{one.body}" for one in mail.outbox]


def test_it_leaves_three_minutes_later_and_once(walk: Session, anna: User) -> None:
    moved = booking.move(walk, to=START + timedelta(hours=2), by=anna)
    for _press in range(2):
        notices.tell(moved, what=What.MOVED, was=START, by=anna)
    (letter,) = letters()
    assert timedelta(minutes=2, seconds=50) < letter.due_at - timezone.now() <= post.UNDO
    assert leave(timedelta(0)) == []
    (text,) = leave()
    assert "12:00" in text and "Hello Mrs Lee, your time has changed" in text and "/r/" in text
    notices.tell(moved, what=What.MOVED, by=anna)
    assert leave() == [] and len(letters("sent")) == 1


def test_the_day_that_is_new_and_the_one_that_was_are_both_named(walk: Session, anna: User) -> None:
    to = START + timedelta(days=7, hours=2)
    notices.tell(booking.move(walk, to=to, by=anna), what=What.MOVED, was=START, by=anna)
    (text,) = leave()
    assert text.startswith(f"Changed: {words.when(to, LONDON)}\n")
    assert f"Instead of {words.when(START, LONDON)}." in " ".join(text.split())
    assert mail.outbox[0].alternatives[0][0].count("Instead of") == 1


def test_where_the_time_stays_it_is_not_said_to_have_changed(walk: Session, anna: User) -> None:
    outside = {"mode": Mode.WALK, "route": walk.route_id, "fallback": walk.fallback}
    notices.tell(booking.move(walk, to=START, by=anna, to_fallback=True), what=What.VIDEO, was=START, by=anna)
    leave()
    Session.objects.filter(pk=walk.pk).update(**outside)
    notices.tell(Session.objects.get(), what=What.MOVED, was=START, by=anna)
    (text,) = leave()
    assert "something has changed. We meet on" in text and "Instead of" not in text and "time has changed" not in text


def test_elsewhere_both_times_name_their_zone(walk: Session, anna: User) -> None:
    Practice.objects.update(time_zone="Europe/Paris")
    to = START + timedelta(hours=2)
    notices.tell(booking.move(walk, to=to, by=anna), what=What.MOVED, was=START, by=anna)
    (text,) = leave()
    assert "12:00 (Europe/London)\n" in text.split("Hello")[0] and "10:00 (Europe/London)." in text


@pytest.mark.parametrize("what", What)
def test_no_subject_says_where(walk: Session, what: What) -> None:
    seat = walk.seats.select_related("client", "session__place", "session__therapist").get()
    subject = notices.in_words(seat, what, None, "").subject.lower()
    assert words.when(START, LONDON).lower() in subject
    for word in ("indoor", "outdoor", "video", "room", "walk", "run", "weather", "park"):
        assert word not in subject, word


def test_several_changes_within_the_delay_end_as_one_letter_with_the_last_state(walk: Session, anna: User) -> None:
    for hours in (1, 2, 3):
        was = walk.starts_at
        walk = booking.move(walk, to=START + timedelta(hours=hours), by=anna)
        notices.tell(walk, what=What.MOVED, was=was, by=anna)
    (text,) = leave()
    assert "13:00" in text and "11:00" not in text and "12:00" not in text
    assert f"Instead of {words.when(START, LONDON)}." in text
    assert len(letters("cancelled")) == 2


def test_what_is_taken_back_within_the_delay_is_never_told(walk: Session, anna: User) -> None:
    notices.tell(booking.move(walk, to=START + timedelta(hours=1), by=anna), what=What.MOVED, by=anna)
    assert post.cancel(about=walk.pk, kind=KIND) == 1
    assert leave() == []


@pytest.mark.parametrize("undo", ["moved back", "cancelled", "closed", "unsafe"])
def test_what_the_row_no_longer_says_is_not_told(walk: Session, anna: User, mrs_lee: Client, undo: str) -> None:
    moved = booking.move(walk, to=START + timedelta(hours=1), by=anna)
    notices.tell(moved, what=What.MOVED, was=START, by=anna)
    if undo == "moved back":
        booking.move(moved, to=START, by=anna)
    elif undo == "cancelled":
        booking.cancel(moved, by=anna)
    elif undo == "closed":
        Client.objects.update(status="closed")
    else:
        ContactPoint.objects.update(is_safe=False)
    assert leave() == [] and letters("cancelled")


def test_what_came_back_is_told_again(walk: Session, anna: User) -> None:
    for _turn in range(2):
        away = booking.move(walk, to=START + timedelta(hours=1), by=anna)
        notices.tell(away, what=What.MOVED, by=anna)
        post.cancel(about=walk.pk, kind=KIND)
        walk = booking.move(away, to=START, by=anna)
    notices.tell(booking.move(walk, to=START + timedelta(hours=1), by=anna), what=What.MOVED, by=anna)
    assert len(leave()) == 1


def test_there_and_back_and_there_again_is_told_each_time(walk: Session, anna: User) -> None:
    for hours in (1, 0, 1):
        walk = booking.move(walk, to=START + timedelta(hours=hours), by=anna)
        for _press in range(2):
            notices.tell(walk, what=What.MOVED, by=anna)
        (text,) = leave()
        assert f"{10 + hours}:00" in text
    assert len(letters("sent")) == 3


@pytest.mark.parametrize("what", [What.CANCELLED, What.RING])
def test_the_time_she_knows_is_named_where_a_move_was_never_told(walk: Session, anna: User, what: What) -> None:
    for hours in (1, 2):
        was, to = walk.starts_at, START + timedelta(hours=hours)
        walk = booking.move(walk, to=to, by=anna)
        notices.tell(walk, what=What.MOVED, was=was, by=anna)
    if what == What.CANCELLED:
        walk = booking.cancel(walk, by=anna)
    notices.tell(walk, what=what, by=anna)
    (text,) = leave()
    assert "10:00" in text and "11:00" not in text and "12:00" not in text
    assert walk.starts_at == Session.objects.get().starts_at


def test_a_time_that_was_told_is_the_one_she_knows(walk: Session, anna: User) -> None:
    moved = booking.move(walk, to=START + timedelta(hours=1), by=anna)
    notices.tell(moved, what=What.MOVED, was=START, by=anna)
    leave()
    notices.tell(booking.cancel(moved, by=anna), what=What.CANCELLED, by=anna)
    (text,) = leave()
    assert "11:00" in text and "10:00" not in text


def test_what_was_changed_since_without_a_notice_is_what_it_says(walk: Session, anna: User) -> None:
    moved = booking.move(walk, to=START + timedelta(hours=1), by=anna)
    notices.tell(moved, what=What.MOVED, was=START, by=anna)
    moved = booking.move(moved, to=START + timedelta(hours=2), by=anna)
    (text,) = leave()
    assert "12:00" in text and "11:00" not in text
    notices.tell(moved, what=What.MOVED, by=anna)
    assert leave() == []
    notices.tell(booking.move(moved, to=START + timedelta(hours=1), by=anna), what=What.MOVED, by=anna)
    assert "11:00" in leave()[0]


def test_by_video_the_link_stands_in_the_letter(walk: Session, anna: User, record: ClinicianRecord) -> None:
    moved = booking.move(walk, to=START, by=anna, to_fallback=True)
    notices.tell(moved, what=What.VIDEO, by=anna)
    (text,) = leave()
    assert text.startswith(f"Changed: {words.when(START, LONDON)}\n") and VIDEO in text
    assert "this time we meet by video" in text and "Instead of" not in text


def test_where_nobody_may_be_named_it_stands_behind_the_page_alone(
    walk: Session, anna: User, record: ClinicianRecord, as_mallory: Browser
) -> None:
    ContactPoint.objects.update(may_say="name_only", sender="A. R.")
    moved = booking.move(walk, to=START, by=anna, to_fallback=True)
    notices.tell(moved, what=What.VIDEO, by=anna)
    (text,) = leave()
    assert VIDEO not in text and "Larch Street" not in text and "Orchard" not in text
    assert mail.outbox[0].from_email.startswith('"A. R."')
    assert VIDEO not in str(mail.outbox[0].message())
    page = as_mallory.get("/r/" + text.split("/r/")[1].split()[0]).content.decode()
    assert VIDEO in page


def test_without_a_video_room_the_page_says_who_sends_the_way_in(
    walk: Session, anna: User, as_mallory: Browser
) -> None:
    notices.tell(booking.move(walk, to=START, by=anna, to_fallback=True), what=What.VIDEO, by=anna)
    (text,) = leave()
    assert "How you get in stands behind the link" in text
    page = as_mallory.get("/r/" + text.split("/r/")[1].split()[0]).content.decode()
    assert "Anna sends you the way into the video room" in page


def test_a_cancelled_session_says_so_and_that_nothing_is_to_pay(walk: Session, anna: User) -> None:
    notices.tell(booking.cancel(walk, by=anna, waived="weather"), what=What.CANCELLED, by=anna)
    (text,) = leave()
    assert "Cancelled: " in text and "There is nothing to pay." in text and "weather" not in text and "/r/" not in text


def test_a_reminder_that_would_leave_beside_it_is_left_out(walk: Session, anna: User, mrs_lee: Client) -> None:
    soon = timezone.now() + timedelta(hours=3)
    moved = booking.move(walk, to=soon, by=anna)
    notices.tell(moved, what=What.MOVED, by=anna)
    assert not Letter.objects.filter(kind=reminders.KIND, state="due").exists()
    assert len(leave()) == 1


def test_each_of_a_couple_has_a_letter_that_names_nobody_else(anna: User, mrs_lee: Client) -> None:
    other = factories.client("Peter Lee", anna)
    session = factories.session(anna, mrs_lee, other, starts_at=START, kind="couple")
    notices.tell(session, what=What.MOVED, by=anna)
    texts = leave()
    hers, his = (next(text for text in texts if f"Hello {name}," in text) for name in ("Mrs Lee", "Peter"))
    assert len(texts) == 2 and "Peter" not in hers and "Lee" not in his


def test_nobody_is_told_of_what_has_begun_nor_at_an_unsafe_address(anna: User, mrs_lee: Client) -> None:
    past = factories.session(anna, mrs_lee, starts_at=NOW - timedelta(hours=2))
    assert notices.tell(past, what=What.CANCELLED, by=anna) == []
    ContactPoint.objects.update(is_safe=False)
    ahead = factories.session(anna, mrs_lee, starts_at=START)
    assert notices.tell(ahead, what=What.CANCELLED, by=anna) == []
    assert notices.unreached(ahead) == ["Mary Lee"]


def test_whoever_said_stop_is_not_written_to_and_is_named(walk: Session, anna: User, as_anna: Browser) -> None:
    soon = timezone.now() + timedelta(hours=3)
    other = factories.client("Peter Lee", anna)
    session = factories.session(anna, walk.seats.get().client, other, starts_at=soon, kind="couple")
    contacts.stop(other.contact_points.get())
    for client in (walk.seats.get().client, other):
        Letter.objects.create(
            kind=reminders.KIND, key=client.name, to="x", about=session.pk, client=client.pk, due_at=timezone.now()
        )
    assert [letter.client for letter in notices.tell(session, what=What.MOVED, by=anna)] != [other.pk]
    assert not letters()[1:] and notices.unreached(session) == ["Peter Lee"]
    assert [one.client for one in Letter.objects.filter(about=session.pk, kind=reminders.KIND, state="due")] == [
        other.pk
    ]
    answer = as_anna.post(f"/sessions/{session.pk}/cancel", {"tell": "yes"}, follow=True)
    assert "No letter can go to Peter Lee: please ring." in answer.content.decode()


@pytest.mark.parametrize("hours", [72, 4, 2])
def test_it_arrives_at_safe_hours_and_three_hours_before_the_start_at_any(
    anna: User, mrs_lee: Client, hours: int
) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    opens = now.astimezone(ZoneInfo("Europe/London")) + timedelta(hours=5)
    ContactPoint.objects.update(safe_from=opens.time(), safe_until=(opens + timedelta(hours=1)).time())
    session = factories.session(anna, mrs_lee, starts_at=now + timedelta(hours=hours))
    notices.tell(session, what=What.MOVED, by=anna)
    assert len(leave()) == (1 if hours == 2 else 0)
    if hours != 2:
        (letter,) = letters()
        assert letter.due_at == now + timedelta(hours=5 if hours == 72 else 1)
        assert len(leave(letter.due_at - timezone.now())) == 1


def test_where_it_is_open_where_they_meet_a_move_does_not_say_it(walk: Session, anna: User, mrs_lee: Client) -> None:
    moved = booking.move(walk, to=START + timedelta(hours=1), by=anna)
    notices.tell(moved, what=What.MOVED, by=anna)
    factories.decision(mrs_lee, anna, Mode.INDOOR)
    (text,) = leave()
    assert "Orchard" not in text and "will be in touch about where you meet" in text


def test_another_clock_than_the_practices_is_named(anna: User, mrs_lee: Client) -> None:
    place = factories.place()
    place.time_zone = "America/New_York"
    place.save(update_fields=["time_zone"])
    notices.tell(factories.session(anna, mrs_lee, starts_at=START), what=What.MOVED, by=anna)
    assert ":00 (America/New_York)" in leave()[0]


class TestPages:
    def test_moving_tells_when_it_is_ticked(self, walk: Session, as_anna: Browser) -> None:
        page = as_anna.get(f"/sessions/{walk.pk}/move").content.decode()
        assert 'name="tell" value="yes" id="tell" checked' in page
        form = {"day": f"{START + timedelta(days=1):%Y-%m-%d}", "starts": "12:00"}
        as_anna.post(f"/sessions/{walk.pk}/move", form)
        assert letters() == []
        form["starts"] = "13:00"
        answer = as_anna.post(f"/sessions/{walk.pk}/move", form | {"tell": "yes"}, follow=True)
        assert len(letters()) == 1 and "leaves in three minutes" in answer.content.decode()

    def test_to_the_fallback_it_says_so(self, walk: Session, as_anna: Browser) -> None:
        local = timezone.localtime(START, ZoneInfo("Europe/London"))
        form = {"day": f"{local:%Y-%m-%d}", "starts": f"{local:%H:%M}", "to_fallback": "on", "tell": "yes"}
        as_anna.post(f"/sessions/{walk.pk}/move", form)
        assert letters()[0].key.split("|")[1] == What.VIDEO

    def test_cancelling_tells_when_it_is_ticked(self, walk: Session, as_anna: Browser) -> None:
        form = {"day": f"{START + timedelta(days=1):%Y-%m-%d}", "starts": "12:00", "tell": "yes"}
        as_anna.post(f"/sessions/{walk.pk}/move", form)
        answer = as_anna.post(f"/sessions/{walk.pk}/cancel", {"tell": "yes"}, follow=True)
        assert letters()[0].key.split("|")[6] == stamp(START)
        assert letters()[0].key.split("|")[1] == What.CANCELLED
        assert "Cancelled. The letter about it leaves in three minutes." in answer.content.decode()

    def test_who_cannot_be_told_is_named(self, walk: Session, as_anna: Browser) -> None:
        ContactPoint.objects.update(is_safe=False)
        answer = as_anna.post(f"/sessions/{walk.pk}/cancel", {"tell": "yes"}, follow=True)
        assert "No letter can go to Mary Lee: please ring." in answer.content.decode()


def test_what_was_told_is_found_for_many_at_once(
    walk: Session, anna: User, mrs_lee: Client, django_assert_num_queries: Any
) -> None:
    notices.tell(walk, what=What.RING, by=anna)
    with django_assert_num_queries(1):
        found = notices.told([walk])
    assert found[walk.pk, mrs_lee.pk].what == What.RING
    assert Seat.objects.get().client_id == mrs_lee.pk


class TestAnswered:
    @pytest.fixture(autouse=True)
    def receives(self, settings: Any) -> None:
        settings.REPLY_ADDRESS = "post@practice.example"

    def moved(self, walk: Session, hours: int, *, by: User) -> Session:
        return booking.move(Session.objects.get(pk=walk.pk), to=START + timedelta(hours=hours), by=by)

    def answer(self, letter: Letter, said: str) -> None:
        receiving.take_mail(mails.plain(said, To=reply_address.of(letter.pk)))

    def test_a_worrying_answer_to_the_first_of_two_is_kept_and_calls(self, walk: Session, anna: User) -> None:
        for hours in (2, 4):
            notices.tell(self.moved(walk, hours, by=anna), what=What.MOVED, was=START, by=anna)
            assert len(leave()) == 1
        self.answer(letters("sent")[0], "I want to kill myself")
        assert Reply.objects.get().worries and Reply.objects.get().letter_id == letters("sent")[0].pk
        assert Letter.objects.filter(kind="message_read_now", to=anna.email).exists()

    def test_an_answer_changes_no_letter_and_the_next_one_leaves(self, walk: Session, anna: User) -> None:
        notices.tell(self.moved(walk, 2, by=anna), what=What.MOVED, was=START, by=anna)
        assert len(leave()) == 1
        (sent,), links = letters("sent"), Link.objects.count()
        moved = self.moved(walk, 4, by=anna)
        self.answer(sent, "Thank you")
        assert letters("sent")[0].key == sent.key and Link.objects.count() == links
        notices.tell(moved, what=What.MOVED, was=START + timedelta(hours=2), by=anna)
        assert any(text.startswith("Changed:") and "14:00" in text for text in leave()) and len(letters("sent")) == 2
