"""A client asks for a time, and is answered: within the rules, once, and without a word about why."""

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import contacts, keeping_apart
from clients.models import Client
from practice.domain import post
from practice.models import Letter, Mode, Practice, Service, User
from sessions.domain import asked, asked_letters, asking, booking, hand_asked, holds, moving
from sessions.models import AskedAnswer, Session
from tests import factories
from tests.sessions.test_booking import book
from tests.sessions.test_booking_verbs import run_out

TODAY = datetime.now(UTC).date()
SOON = datetime.combine(TODAY + timedelta(days=3), time(12), UTC)
CANARY = "canary-asked"


def ask(client: Client, service: Service, at: datetime = SOON, **fields: Any) -> Session:
    said = {"service": service, "mode": Mode.INDOOR, "place": factories.place(), "key": uuid.uuid4()} | fields
    return asking.ask(client, starts_at=at, now=timezone.now(), **said)


@pytest.mark.django_db
class TestRules:
    def test_it_is_asked_for_with_her_own_therapist_and_held(
        self, anna: User, mrs_lee: Client, service: Service
    ) -> None:
        session = ask(mrs_lee, service)
        assert (session.status, session.therapist, session.booked_by) == ("requested", anna, mrs_lee.user)
        assert (session.minutes, session.service) == (30, service)

    @pytest.mark.parametrize(
        "change",
        [
            lambda: Practice.objects.update(clients_ask=False),
            lambda: Service.objects.update(clients_may_ask=False),
            lambda: Service.objects.update(is_offered=False),
            lambda: Practice.objects.update(ask_notice_hours=24 * 10),
            lambda: Practice.objects.update(ask_ahead_days=1),
            lambda: Client.objects.update(status="closed"),
        ],
        ids=["off", "not asked for", "not offered", "too soon", "too far", "closed"],
    )
    def test_outside_the_rules_nothing_is_asked_for(self, mrs_lee: Client, service: Service, change: Any) -> None:
        change()
        with pytest.raises(asking.NotOffered):
            ask(Client.objects.get(pk=mrs_lee.pk), Service.objects.get(pk=service.pk))
        assert not Session.objects.exists()

    def test_what_is_taken_or_not_worked_is_not_offered(self, anna: User, mrs_lee: Client, service: Service) -> None:
        book(anna, factories.client("Ines Marlow", anna), at=SOON)
        for at in (SOON, SOON + timedelta(minutes=30), SOON.replace(hour=2), SOON + timedelta(minutes=51)):
            with pytest.raises(asking.NotOffered):
                ask(mrs_lee, service, at)

    def test_over_her_minutes_outdoors_a_walk_is_not_offered(
        self, anna: User, mrs_lee: Client, service: Service
    ) -> None:
        Service.objects.update(modes=[Mode.WALK, Mode.INDOOR])
        service.refresh_from_db()
        factories.record(anna, outdoor_minutes_a_day=30)
        other = factories.client("Ines Marlow", anna)
        factories.session(anna, other, starts_at=SOON + timedelta(hours=2), mode="walk", route=factories.route(anna),
                          fallback="room")  # fmt: skip
        with pytest.raises(asking.NotOffered):
            ask(mrs_lee, service, mode=Mode.WALK)
        assert ask(mrs_lee, service).status == "requested"

    @pytest.mark.parametrize("rooms", [0, 1, 2])
    def test_the_same_form_twice_is_one(self, mrs_lee: Client, service: Service, rooms: int) -> None:
        key = uuid.uuid4()
        for number in range(rooms):
            factories.room(f"Room {number}")
        assert ask(mrs_lee, service, key=key) == ask(mrs_lee, service, key=key)
        with pytest.raises(asking.NotOffered, match="used already"):
            ask(mrs_lee, service, SOON + timedelta(hours=2), key=key)

    def test_three_times_at_once_are_enough(self, as_mrs_lee: Browser, mrs_lee: Client, service: Service) -> None:
        key = uuid.uuid4()
        asked_for = [ask(mrs_lee, service, SOON + timedelta(hours=n), key=key if n == 2 else uuid.uuid4())
                     for n in range(3)]  # fmt: skip
        with pytest.raises(asking.NotOffered, match="kept for you already"):
            ask(mrs_lee, service, SOON + timedelta(hours=3))
        assert ask(mrs_lee, service, SOON + timedelta(hours=2), key=key) == asked_for[2], "the same form is still one"
        as_mrs_lee.post(reverse("sessions:take_back", args=[asked_for[0].pk]))
        assert ask(mrs_lee, service, SOON + timedelta(hours=3)).status == "requested"

    def test_without_a_yes_it_is_booked_at_once(self, mrs_lee: Client, service: Service) -> None:
        Practice.objects.update(asks_need_approval=False)
        assert ask(mrs_lee, service).status == "booked"

    def test_where_every_room_is_taken_it_is_asked_for_instead(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client, service: Service
    ) -> None:
        Practice.objects.update(asks_need_approval=False)
        room = factories.room()
        book(ben, mr_ode, at=SOON, room=room)
        session = ask(mrs_lee, service)
        assert (session.status, session.room) == ("requested", None)
        later = ask(mrs_lee, service, SOON + timedelta(hours=2))
        assert (later.status, later.room) == ("booked", room)

    def test_whatever_speaks_against_it_makes_it_a_question_and_is_not_told(
        self, as_mrs_lee: Browser, anna: User, mrs_lee: Client, service: Service
    ) -> None:
        Practice.objects.update(asks_need_approval=False)
        Service.objects.update(modes=[Mode.WALK])
        factories.route(anna)
        service.refresh_from_db()
        session = ask(mrs_lee, service, mode=Mode.WALK)
        assert (session.status, session.fallback) == ("requested", "other_time")
        page = as_mrs_lee.get(reverse("sessions:ask")).content.decode()
        for word in ("decision", "consent", "emergency contact", "Not decided"):
            assert word not in page.split("<main", 1)[1].split("</main", 1)[0], word

    def test_near_somebody_she_must_not_meet_nothing_is_offered(
        self, as_mrs_lee: Browser, anna: User, ben: User, mrs_lee: Client, mr_ode: Client, service: Service
    ) -> None:
        keeping_apart.keep(mrs_lee, name="Peter Ode", words=CANARY, by=anna)
        value = f"{SOON.isoformat()} {factories.place().pk}"
        assert value in as_mrs_lee.get(reverse("sessions:ask")).content.decode()
        book(ben, mr_ode, at=SOON)
        page = as_mrs_lee.get(reverse("sessions:ask")).content.decode()
        assert value not in page and CANARY not in page
        with pytest.raises(asking.NotOffered, match="cannot be had"):
            ask(mrs_lee, service)


@pytest.mark.django_db
class TestHerPages:
    def form(self, service: Service, **fields: Any) -> dict[str, Any]:
        at = f"{SOON.isoformat()} {factories.place().pk}"
        return {"service": service.pk, "mode": "indoor", "at": at, "key": uuid.uuid4()} | fields

    def test_she_asks_sees_it_and_takes_it_back(self, as_mrs_lee: Browser, service: Service) -> None:
        page = as_mrs_lee.post(reverse("sessions:ask"), self.form(service), follow=True).content.decode()
        assert "answers by" in page
        assert "answers by" in as_mrs_lee.get(reverse("sessions:mine")).content.decode()
        session = Session.objects.get()
        for _twice in range(2):
            as_mrs_lee.post(reverse("sessions:take_back", args=[session.pk]))
        assert Session.objects.get().status == "cancelled"
        assert "answers by" not in as_mrs_lee.get(reverse("sessions:ask")).content.decode()

    @pytest.mark.parametrize(
        "at",
        [
            "",
            "tomorrow",
            "2026-13-45T10:00:00+00:00 x",
            "2026-12-03T10:00:00",
            "0001-01-01T00:00:00+00:00 1",
            "0001-01-01T00:00:00+14:00 PLACE",
            "9999-12-31T23:59:59-12:00 PLACE",
        ],
    )
    def test_what_is_no_time_is_a_sentence(self, as_mrs_lee: Browser, service: Service, at: str) -> None:
        at = at.replace("PLACE", str(factories.place().pk))
        answer = as_mrs_lee.post(reverse("sessions:ask"), self.form(service, at=at))
        assert answer.status_code == 422
        assert "Choose one of the times." in answer.content.decode() or "cannot be had" in answer.content.decode()

    def test_a_yes_that_came_first_is_not_taken_back(
        self, as_mrs_lee: Browser, anna: User, mrs_lee: Client, service: Service
    ) -> None:
        session = ask(mrs_lee, service)
        asked.yes(session, by=anna)
        with pytest.raises(booking.NotPossible):
            asking.take_back(session, by=anna)  # as it was loaded before the yes
        page = as_mrs_lee.post(reverse("sessions:take_back", args=[session.pk]), follow=True).content.decode()
        assert "It is booked by now." in page and "The time is free again" not in page
        assert Session.objects.get().status == "booked"

    @pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2027-02-30", "x"])
    def test_a_day_far_off_shows_what_there_is(self, as_mrs_lee: Browser, service: Service, day: str) -> None:
        assert as_mrs_lee.get(reverse("sessions:ask"), {"from": day}).status_code == 200

    def test_another_clients_asking_is_not_hers(
        self, as_mrs_lee: Browser, anna: User, mrs_lee: Client, service: Service
    ) -> None:
        other = factories.client("Ines Marlow", anna, user=factories.user("Ines Marlow", "client"))
        session = ask(other, service)
        for name in ("sessions:take_back", "sessions:say_yes"):
            assert as_mrs_lee.post(reverse(name, args=[session.pk])).status_code == 404
        assert as_mrs_lee.post(reverse("sessions:cancel_mine", args=[session.seats.get().pk])).status_code == 404

    def test_she_cannot_say_yes_to_what_she_asked_for(
        self, as_mrs_lee: Browser, mrs_lee: Client, service: Service
    ) -> None:
        session = ask(mrs_lee, service)
        assert as_mrs_lee.post(reverse("sessions:say_yes", args=[session.pk])).status_code == 404
        assert Session.objects.get().status == "requested"

    @pytest.mark.parametrize(("hours", "words"), [(3, "may be charged: 60.00 GBP"), (72, "nothing is charged")])
    def test_what_cancelling_costs_is_said_beforehand(
        self, as_mrs_lee: Browser, anna: User, mrs_lee: Client, service: Service, hours: int, words: str
    ) -> None:
        Service.objects.update(fee=60)
        session = book(anna, mrs_lee, at=timezone.now() + timedelta(hours=hours), service=service)
        address = reverse("sessions:cancel_mine", args=[session.seats.get().pk])
        assert address in as_mrs_lee.get(reverse("sessions:mine")).content.decode()
        page = as_mrs_lee.get(address).content.decode()
        assert words in page
        assert Session.objects.get().status == "booked"
        as_mrs_lee.post(address, {"read": session.starts_at.isoformat()})
        session.refresh_from_db(fields=["status", "cancelled_at", "changes"])
        assert (session.status, session.changes) == ("cancelled", 1)
        assert as_mrs_lee.post(address).status_code == 404

    def test_a_time_that_others_share_is_not_cancelled_here(
        self, as_mrs_lee: Browser, anna: User, mrs_lee: Client
    ) -> None:
        session = book(anna, mrs_lee, factories.client("Dan Lee", anna), at=SOON, kind="couple")
        seat = session.seats.get(client=mrs_lee)
        assert as_mrs_lee.get(reverse("sessions:cancel_mine", args=[seat.pk])).status_code == 404

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_for_one_and_for_three(
        self, as_mrs_lee: Browser, anna: User, mrs_lee: Client, service: Service, count: int
    ) -> None:
        for n in range(count):
            booking.decline(ask(mrs_lee, service, SOON + timedelta(hours=6 + n)), by=anna, words="Away then.")
        for n in range(count):
            ask(mrs_lee, service, SOON + timedelta(hours=n))
        with CaptureQueriesContext(connection) as queries:
            page = as_mrs_lee.get(reverse("sessions:ask")).content.decode()
        assert page.count("Away then.") == page.count("answers by") == count
        assert len([one for one in queries if "practice_datakey" in one["sql"]]) == 1
        assert len(queries) <= 26


@pytest.mark.django_db
class TestAnswers:
    @pytest.fixture
    def session(self, mrs_lee: Client, service: Service) -> Session:
        return ask(mrs_lee, service)

    def letter(self) -> post.Rendered:
        letter = Letter.objects.filter(kind=asked_letters.KIND).latest("created_at")
        assert asked_letters.still_wanted(letter)
        return asked_letters.render(letter)

    def address(self, session: Session) -> str:
        return reverse("sessions:answer_asked", args=[session.pk])

    def test_it_waits_on_today_and_in_the_list(
        self, as_anna: Browser, as_olga: Browser, as_ben: Browser, anna: User, session: Session
    ) -> None:
        [line] = hand_asked.of(anna, timezone.now())
        assert line.url == self.address(session) and line.link == "Mary Lee"
        for browser in (as_anna, as_olga):
            assert "Mary Lee" in browser.get(reverse("sessions:asked")).content.decode()
            assert "Mary Lee" in browser.get(self.address(session)).content.decode()
        assert "Mary Lee" not in as_ben.get(reverse("sessions:asked")).content.decode()
        assert as_ben.post(self.address(session), {"said": "yes"}).status_code == 404

    def test_yes_books_it_and_tells_her_once(self, as_anna: Browser, session: Session) -> None:
        as_anna.post(self.address(session), {"said": "yes"})
        again = as_anna.post(self.address(session), {"said": "yes"})
        assert again.status_code == 422 and "was answered" in again.content.decode()
        assert Session.objects.get().status == "booked"
        assert Letter.objects.filter(kind=asked_letters.KIND).count() == 1
        assert AskedAnswer.objects.count() == 1
        assert "Booked:" in self.letter().text

    def test_another_time_is_held_until_she_says_yes(
        self, as_anna: Browser, as_mrs_lee: Browser, session: Session
    ) -> None:
        day = (TODAY + timedelta(days=5)).isoformat()
        as_anna.post(
            self.address(session),
            {"said": "other", "other-day": day, "other-starts": "15:00", "other-words": "Better for the light."},
        )
        session.refresh_from_db(fields=["status"])
        assert session.status == "held"
        assert "instead" in self.letter().text and "light" not in self.letter().text
        page = as_mrs_lee.get(reverse("sessions:ask")).content.decode()
        assert "Better for the light." in page and "Yes, please" in page
        session.refresh_from_db(fields=["starts_at"])
        as_mrs_lee.post(reverse("sessions:say_yes", args=[session.pk]), {"read": session.starts_at.isoformat()})
        assert Session.objects.get().status == "booked"
        assert Letter.objects.filter(kind="session_reminder", state="due").count() == 1

    def test_a_yes_counts_for_the_time_that_was_read_and_the_new_one_is_told(
        self, anna: User, as_mrs_lee: Browser, session: Session
    ) -> None:
        held = asked.offer(session, to=SOON + timedelta(days=1), by=anna)
        read, address = held.starts_at.isoformat(), reverse("sessions:say_yes", args=[session.pk])
        assert f'value="{read}"' in as_mrs_lee.get(reverse("sessions:ask")).content.decode()
        moved = moving.shift(held, to=SOON + timedelta(days=1, hours=3), minutes=30, by=anna)
        shown = as_mrs_lee.post(address, {"read": read}, follow=True).content.decode()
        assert "The time has changed since this page was opened." in shown and "Yes, please" in shown
        assert Session.objects.get().status == "held"
        first, second = Letter.objects.filter(kind=asked_letters.KIND).order_by("created_at")
        assert not asked_letters.still_wanted(first) and asked_letters.still_wanted(second)
        assert second.due_at > timezone.now(), "what is undone at once is told to nobody"
        as_mrs_lee.post(address, {"read": moved.starts_at.isoformat()})
        assert Session.objects.get().status == "booked"

    def test_no_has_a_line_that_only_her_page_shows(
        self, as_anna: Browser, as_mrs_lee: Browser, session: Session
    ) -> None:
        empty = as_anna.post(self.address(session), {"said": "no", "no-words": ""})
        assert empty.status_code == 422 and Session.objects.get().status == "requested"
        as_anna.post(self.address(session), {"said": "no", "no-words": f"{CANARY} I am away."})
        assert CANARY not in self.letter().text + self.letter().html
        assert f"{CANARY} I am away." in as_mrs_lee.get(reverse("sessions:ask")).content.decode()

    def test_a_clash_or_what_is_missing_is_said_and_loses_nothing(
        self, as_anna: Browser, as_olga: Browser, anna: User, mrs_lee: Client, session: Session
    ) -> None:
        at = SOON + timedelta(days=2)
        book(anna, factories.client("Ines Marlow", anna), at=at)
        local = timezone.localtime(at)
        typed = {"said": "other", "other-day": local.date().isoformat(), "other-starts": local.strftime("%H:%M")}
        answer = as_anna.post(self.address(session), typed | {"other-words": "a line that stays"})
        assert answer.status_code == 422
        assert "Ines Marlow" in answer.content.decode() and "a line that stays" in answer.content.decode()
        assert Session.objects.filter(status="requested", starts_at=SOON).exists()

    def test_what_nobody_answered_is_told_too(self, as_mrs_lee: Browser, session: Session) -> None:
        run_out(session)
        assert holds.let_go() == 1
        assert "did not manage to answer in time" in self.letter().text
        assert "did not manage to answer in time" in as_mrs_lee.get(reverse("sessions:ask")).content.decode()

    def test_an_answer_that_was_overtaken_is_not_sent(self, anna: User, session: Session) -> None:
        asked.offer(session, to=SOON + timedelta(days=1), by=anna)
        first = Letter.objects.get(kind=asked_letters.KIND)
        booking.cancel(session, by=anna)
        assert not asked_letters.still_wanted(first)

    def test_after_a_stop_no_answer_leaves(self, anna: User, mrs_lee: Client, session: Session) -> None:
        asked.yes(session, by=anna)
        contacts.stop(mrs_lee.contact_points.get())
        assert not asked_letters.still_wanted(Letter.objects.get(kind=asked_letters.KIND))

    def test_where_we_may_not_be_named_the_letter_names_nobody(
        self, anna: User, mrs_lee: Client, session: Session
    ) -> None:
        mrs_lee.contact_points.update(may_say="name_only", sender="M. Reed")
        asked.yes(session, by=anna)
        words = self.letter()
        for text in (words.subject, words.text, words.html):
            assert "Larch Street" not in text and "Anna" not in text
        assert words.sender == "M. Reed"

    def test_of_what_staff_held_nobody_is_told(self, anna: User, mrs_lee: Client) -> None:
        held = booking.hold(
            therapist=anna, clients=[mrs_lee], mode=Mode.INDOOR, starts_at=SOON, place=factories.place(), by=anna
        )
        booking.decline(held, by=anna, words="no")
        assert not Letter.objects.exists() and not AskedAnswer.objects.exists()


@pytest.mark.django_db
class TestStaffCancels:
    def test_what_was_asked_for_is_answered_and_not_cancelled(
        self, as_anna: Browser, mrs_lee: Client, service: Service
    ) -> None:
        session = ask(mrs_lee, service)
        page = as_anna.post(reverse("sessions:cancel", args=[session.pk]), follow=True).content.decode()
        assert "This time was asked for. Answer it" in page
        assert Session.objects.get().status == "requested"

    def test_a_late_cancellation_is_charged_or_waived_by_reason(
        self, as_anna: Browser, anna: User, mrs_lee: Client
    ) -> None:
        session = book(anna, mrs_lee, at=timezone.now() + timedelta(hours=2))
        address = reverse("sessions:cancel", args=[session.pk])
        assert "Not charged: weather" in as_anna.get(address).content.decode()
        as_anna.post(address, {"waived": "weather"})
        assert Session.objects.get().waived == "weather"
        assert "Nobody is charged" in as_anna.get(reverse("sessions:show", args=[session.pk])).content.decode()

    def test_in_time_there_is_nothing_to_waive(self, as_anna: Browser, anna: User, mrs_lee: Client) -> None:
        session = book(anna, mrs_lee, at=timezone.now() + timedelta(days=5))
        assert "Not charged" not in as_anna.get(reverse("sessions:cancel", args=[session.pk])).content.decode()


@pytest.mark.django_db
def test_why_it_was_booked_over_another_is_read_by_staff_and_never_by_the_client(
    as_anna: Browser, as_olga: Browser, as_mrs_lee: Browser, anna: User, mrs_lee: Client
) -> None:
    book(anna, factories.client("Ines Marlow", anna), at=SOON)
    second = book(anna, mrs_lee, at=SOON, doubled_because=CANARY)
    for browser in (as_anna, as_olga):
        assert CANARY in browser.get(reverse("sessions:show", args=[second.pk])).content.decode()
    pages = [
        reverse("sessions:mine"),
        reverse("sessions:ask"),
        reverse("sessions:cancel_mine", args=[second.seats.get().pk]),
    ]
    for address in pages:
        assert CANARY not in as_mrs_lee.get(address).content.decode(), address
    from sessions.domain import reminders

    for letter in Letter.objects.filter(about=second.pk):
        words = reminders.render(letter)
        assert CANARY not in words.subject + words.text + words.html
