"""Who must not meet: refused like any other time, known to who reads the chart, and to nobody else in anything."""

import shutil
import subprocess
import threading
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.domain import keeping_apart
from clients.models import Client, KeepApart
from practice.domain import links, papers
from practice.models import Letter, Mode, User
from sessions.domain import apart, booking, group_offers, groups, reminders, summary
from sessions.domain.clash import Clash
from sessions.models import Session, WaitingPlace
from tests import factories
from tests.sessions.people import ready
from tests.sessions.test_booking import book, race
from tests.sessions.test_notes import signed

SOON = datetime.combine(datetime.now(UTC).date() + timedelta(days=10), time(10), UTC)
HOUR = timedelta(hours=1)
CANARY = "canary-apart"
ORDINARY = "That time cannot be had. Please choose another."


@pytest.fixture
def pair(anna: User, mrs_lee: Client, mr_ode: Client) -> KeepApart:
    """Mrs Lee must not meet Mr Ode, who is Ben's client."""
    [made] = keeping_apart.keep(mrs_lee, name="peter  ODE", words=f"{CANARY}: they were married.", by=anna)
    return made


@pytest.mark.django_db
class TestThePair:
    def test_it_is_kept_once_whatever_the_order(self, anna: User, ben: User, pair: KeepApart) -> None:
        assert keeping_apart.keep(pair.client, name="Peter Ode", words="again", by=anna) == [pair]
        with pytest.raises(keeping_apart.NotKept):
            keeping_apart.keep(pair.other, name="Mary Lee", words="from the other side", by=ben)
        with pytest.raises(IntegrityError, match="keep_apart_once"), transaction.atomic():
            KeepApart.objects.create(client=pair.other, other=pair.client, by=ben)
        with pytest.raises(IntegrityError, match="keep_apart_is_of_two"), transaction.atomic():
            KeepApart.objects.create(client=pair.other, other=pair.other, by=ben)
        keeping_apart.lift(pair, by=anna)
        assert keeping_apart.keep(pair.other, name="Mary Lee", words="", by=ben)

    def test_a_name_that_nobody_has_keeps_nothing(self, anna: User, mrs_lee: Client) -> None:
        for name in ("Peter O", "Mary Lee"):
            with pytest.raises(keeping_apart.NotKept):
                keeping_apart.keep(mrs_lee, name=name, words="", by=anna)

    def test_the_words_lie_sealed(self, pair: KeepApart) -> None:
        assert CANARY.encode() not in bytes(pair.words_sealed)
        assert KeepApart.objects.get().words.startswith(CANARY)


@pytest.mark.django_db
class TestBooking:
    @pytest.mark.parametrize("verb", [booking.book, booking.request, booking.hold])
    @pytest.mark.parametrize("minutes", [-109, 0, 109])
    def test_near_each_other_is_refused(self, anna: User, ben: User, pair: KeepApart, verb: Any, minutes: int) -> None:
        book(ben, pair.other, at=SOON)
        there = {"mode": Mode.INDOOR, "place": factories.place(), "by": anna, "therapist": anna}
        with pytest.raises(Clash) as refused:
            verb(clients=[pair.client], starts_at=SOON + timedelta(minutes=minutes), **there)
        assert refused.value.words(anna) != ORDINARY
        assert Session.objects.count() == 1

    @pytest.mark.parametrize("minutes", [-110, 110])
    def test_an_hour_apart_is_not_near(self, anna: User, ben: User, pair: KeepApart, minutes: int) -> None:
        book(ben, pair.other, at=SOON)
        assert book(anna, pair.client, at=SOON + timedelta(minutes=minutes)).pk

    def test_another_place_or_by_video_is_not_near(self, anna: User, ben: User, pair: KeepApart) -> None:
        elsewhere = type(factories.place()).objects.create(name="Far Street")
        book(ben, pair.other, at=SOON)
        book(ben, factories.client("Ada Roe", ben), at=SOON + 5 * HOUR)
        assert book(anna, pair.client, at=SOON, mode=Mode.ONLINE)
        assert book(anna, pair.client, at=SOON + HOUR, place=elsewhere)

    def test_the_same_route_is_near_from_another_place_too(self, anna: User, ben: User, pair: KeepApart) -> None:
        elsewhere = type(factories.place()).objects.create(name="Far Street")
        ready(pair.client, anna)
        ready(pair.other, ben)
        walk = {"mode": Mode.WALK, "route": factories.route(anna), "fallback": "room"}
        book(ben, pair.other, at=SOON, **walk)
        with pytest.raises(Clash):
            book(anna, pair.client, at=SOON, place=elsewhere, **walk)

    def test_nor_are_they_moved_there_nor_seated_together(self, anna: User, ben: User, pair: KeepApart) -> None:
        book(ben, pair.other, at=SOON)
        session = book(anna, pair.client, at=SOON + 4 * HOUR)
        with pytest.raises(Clash):
            booking.move(session, to=SOON + HOUR, by=anna)
        session.refresh_from_db(fields=["starts_at"])
        assert session.starts_at == SOON + 4 * HOUR
        pair.other.care_team.create(user=anna, is_lead=False)
        with pytest.raises(Clash):
            book(anna, pair.client, pair.other, at=SOON + 24 * HOUR, kind="group")

    def test_nor_does_one_join_the_others_group(self, anna: User, pair: KeepApart) -> None:
        pair.other.care_team.create(user=anna, is_lead=False)
        session = factories.session(anna, pair.client, starts_at=SOON, kind="group", capacity=3)
        with pytest.raises(apart.TooNear):
            groups.add(session, pair.other, by=anna)
        groups.put_on_list(session, pair.other, by=anna)
        assert not WaitingPlace.objects.exclude(state=WaitingPlace.State.WAITING).exists()
        assert [seat.client for seat in session.seats.all()] == [pair.client]
        keeping_apart.lift(pair, by=anna)
        groups.add(session, pair.other, by=anna)
        assert session.seats.count() == 2

    def test_nor_a_group_near_the_other_one(self, anna: User, ben: User, pair: KeepApart) -> None:
        book(ben, pair.other, at=SOON)
        session = factories.session(anna, starts_at=SOON + HOUR, kind="group", capacity=3)
        with pytest.raises(apart.TooNear):
            groups.add(session, pair.client, by=anna)

    def test_whom_others_in_a_group_must_not_meet_keeps_nobody_out(
        self, anna: User, ben: User, pair: KeepApart
    ) -> None:
        session = factories.session(anna, pair.client, starts_at=SOON, kind="group", capacity=3)
        factories.session(ben, pair.other, starts_at=SOON)
        groups.add(session, factories.client("Ines Marlow", anna), by=anna)
        assert session.seats.count() == 2

    def test_an_offer_overtaken_by_it_says_nothing_of_it(
        self, client: Browser, anna: User, as_olga: Browser, pair: KeepApart
    ) -> None:
        pair.other.care_team.create(user=anna, is_lead=False)
        session = factories.session(anna, starts_at=SOON, kind="group", capacity=3)
        groups.put_on_list(session, pair.other, by=anna)
        groups.add(session, pair.client, by=anna)
        place = WaitingPlace.objects.get()
        token = links.make(group_offers.PURPOSE, subject=place.pk, lasts=4 * HOUR, by=None)
        read = session.starts_at.isoformat()
        pages = [client.post(f"/o/{token}/", {"answer": "take", "read": read}).content.decode()]
        pages.append(
            as_olga.post(f"/sessions/{session.pk}/group", {"act": "add", "client": pair.other.pk}).content.decode()
        )
        assert session.seats.count() == 1
        assert "talk first: please ring us" in pages[0] and ORDINARY in pages[1]
        for page in pages:
            assert "apart" not in page and "Mary Lee is" not in page and CANARY not in page

    def test_what_was_lifted_or_cancelled_keeps_nobody_away(self, anna: User, ben: User, pair: KeepApart) -> None:
        first = book(ben, pair.other, at=SOON)
        booking.cancel(first, by=ben)
        session = book(anna, pair.client, at=SOON)
        booking.cancel(session, by=anna)
        book(ben, pair.other, at=SOON)
        keeping_apart.lift(pair, by=anna)
        assert book(anna, pair.client, at=SOON)

    def test_a_time_offered_to_her_is_never_near(self, anna: User, ben: User, pair: KeepApart) -> None:
        book(ben, pair.other, at=SOON)
        session = Session(therapist=anna, place=factories.place(), mode=Mode.INDOOR)
        session.starts_at, session.ends_at = SOON, SOON + timedelta(minutes=50)
        starts = [SOON + n * HOUR for n in range(-3, 4)]
        assert apart.away(session, [pair.client], starts) == [SOON - 3 * HOUR, SOON - 2 * HOUR, SOON + 2 * HOUR,
                                                              SOON + 3 * HOUR]  # fmt: skip


@pytest.mark.django_db
class TestWhoKnows:
    def refusal(self, anna: User, ben: User, pair: KeepApart) -> Clash:
        book(ben, pair.other, at=SOON)
        with pytest.raises(Clash) as refused:
            book(anna, pair.client, at=SOON)
        return refused.value

    def test_each_reader_hears_what_they_may_know(
        self, anna: User, ben: User, olga: User, rosa: User, pair: KeepApart
    ) -> None:
        clash = self.refusal(anna, ben, pair)
        assert "Mary Lee" in clash.words(anna) and "Peter" not in clash.words(anna)
        assert {clash.words(olga), clash.words(rosa), clash.words(pair.client.user)} == {ORDINARY}
        pair.other.care_team.create(user=anna, is_lead=False)
        assert "Peter Ode" in clash.words(anna)

    def test_the_desk_reads_what_it_reads_of_any_time(
        self, as_olga: Browser, anna: User, ben: User, pair: KeepApart
    ) -> None:
        """The page after a refusal that keeps two apart, beside one of a time that was taken and is free again."""
        book(ben, pair.other, at=SOON)
        key = "5b0c7d4e-6f0a-4c39-9f5c-6e8d9ad02c11"
        typed = {
            "client": pair.client.pk, "therapist": anna.pk, "mode": "indoor", "day": SOON.date().isoformat(),
            "starts": "10:00", "minutes": 50, "place": factories.place().pk, "travel": 0, "indoor_minutes": 0,
            "request_key": key,
        }  # fmt: skip
        answer = as_olga.post(reverse("sessions:book"), typed)
        page = answer.content.decode()
        assert answer.status_code == 422 and ORDINARY in page
        assert Clash(apart.Taken.THERAPIST, Session(place=factories.place()), None).words(pair.by) == ORDINARY
        for word in (CANARY, "apart", "married", "keep", "Peter Ode is"):
            assert word not in page.split("<main", 1)[1].split("<form", 1)[0], word

    def test_looking_before_booking_tells_the_desk_nothing(
        self, as_olga: Browser, as_anna: Browser, anna: User, ben: User, pair: KeepApart
    ) -> None:
        """The fragment that says how ready it would be is the same with and without somebody near."""
        typed = {
            "client": pair.client.pk, "therapist": anna.pk, "mode": "indoor", "day": SOON.date().isoformat(),
            "starts": "10:00", "minutes": 50, "place": factories.place().pk, "travel": 0, "indoor_minutes": 0,
            "request_key": "5b0c7d4e-6f0a-4c39-9f5c-6e8d9ad02c11", "look": "1",
        }  # fmt: skip
        before = as_olga.post(reverse("sessions:book"), typed, headers={"HX-Request": "true"}).content
        book(ben, pair.other, at=SOON)
        assert as_olga.post(reverse("sessions:book"), typed, headers={"HX-Request": "true"}).content == before

    @pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils reads the PDF again")
    def test_it_stands_in_no_paper_and_no_letter(self, anna: User, ben: User, pair: KeepApart) -> None:
        book(ben, pair.other, at=SOON)
        book(anna, pair.client, at=SOON + 4 * HOUR)
        past = factories.session(anna, pair.client, starts_at=SOON - timedelta(days=30), status="kept")
        signed(past.seats.get(), anna)
        data = papers.read(summary.make(pair.client, by=anna))
        printed = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
        told = [printed]
        for letter in Letter.objects.filter(kind=reminders.KIND):
            words = reminders.render(letter)
            told += [words.subject, words.text, words.html]
        assert "Mary Lee" in printed and len(told) >= 7
        for text in told:
            assert CANARY not in text and "kept apart" not in text.lower()

    def test_it_stands_on_no_page_of_desk_owner_or_client(
        self, as_olga: Browser, as_rosa: Browser, as_mrs_lee: Browser, ben: User, pair: KeepApart
    ) -> None:
        book(ben, pair.other, at=SOON)
        session = factories.session(pair.by, pair.client, starts_at=SOON + 3 * HOUR)
        staff = [
            reverse("clients:show", args=[pair.client_id]), reverse("clients:show", args=[pair.other_id]),
            reverse("sessions:show", args=[session.pk]), reverse("sessions:for_client", args=[pair.client_id]),
            reverse("sessions:today"), reverse("sessions:calendar"), reverse("clients:list"),
        ]  # fmt: skip
        for browser, pages in ((as_olga, staff), (as_rosa, staff), (as_mrs_lee, [reverse("sessions:mine")])):
            for address in pages:
                page = browser.get(address).content.decode()
                assert CANARY not in page and "must not meet" not in page and "Kept apart" not in page, address
            for address in (
                reverse("clients:apart", args=[pair.client_id]),
                reverse("clients:apart", args=[pair.other_id]),
            ):
                assert browser.get(address).status_code == 404

    def test_the_trail_says_who_and_never_why(self, anna: User, pair: KeepApart) -> None:
        from practice.models import AuditEntry

        for entry in AuditEntry.objects.all():
            assert CANARY not in entry.body and str(pair.other_id) not in entry.body


@pytest.mark.django_db
class TestThePage:
    def test_it_is_written_read_and_lifted_in_the_chart(
        self, as_anna: Browser, mrs_lee: Client, mr_ode: Client
    ) -> None:
        address = reverse("clients:apart", args=[mrs_lee.pk])
        answer = as_anna.post(address, {"name": "Peter Ode", "words": f"{CANARY} married"}, follow=True)
        assert CANARY in answer.content.decode()
        as_anna.post(reverse("clients:lift_apart", args=[KeepApart.objects.get().pk]))
        assert CANARY not in as_anna.get(address).content.decode()
        assert KeepApart.objects.get().lifted_by is not None

    def test_the_other_chart_says_that_and_not_whom_nor_why(self, as_ben: Browser, pair: KeepApart) -> None:
        page = as_ben.get(reverse("clients:apart", args=[pair.other_id])).content.decode()
        assert "Somebody in another" in page and "Mary" not in page and CANARY not in page
        assert as_ben.post(reverse("clients:lift_apart", args=[pair.pk])).status_code == 404
        assert KeepApart.objects.current().exists()

    def test_an_unknown_name_is_a_sentence_and_loses_nothing(self, as_anna: Browser, mrs_lee: Client) -> None:
        typed = {"name": "Nobody Here", "words": "words that stay"}
        answer = as_anna.post(reverse("clients:apart", args=[mrs_lee.pk]), typed)
        assert answer.status_code == 422
        assert "exactly this name" in answer.content.decode() and "words that stay" in answer.content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_for_one_and_for_three(
        self, as_anna: Browser, anna: User, ben: User, mrs_lee: Client, count: int, django_assert_max_num_queries: Any
    ) -> None:
        for n in range(count):
            factories.client(f"Person {n}", ben)
            keeping_apart.keep(mrs_lee, name=f"Person {n}", words="why", by=anna)
        with django_assert_max_num_queries(22):
            assert as_anna.get(reverse("clients:apart", args=[mrs_lee.pk])).status_code == 200


def test_two_of_a_pair_booked_at_the_same_moment_do_not_both_get_there(fresh_db: Any) -> None:
    factories.practice()
    anna, ben = factories.user("Anna Reiter", "therapist"), factories.user("Ben Castle", "therapist")
    pairs = [(factories.client(f"One {n}", anna), factories.client(f"Other {n}", ben)) for n in range(10)]
    place = factories.place()
    for one, other in pairs:
        keeping_apart.keep(one, name=other.name, words="", by=anna)
    gate, refused = threading.Barrier(2), []

    def act(number: int) -> None:
        for turn, both in enumerate(pairs):
            gate.wait()
            try:
                book((anna, ben)[number], both[number], at=SOON + turn * 24 * HOUR, place=place)
            except Clash:
                refused.append(turn)
        connection.close()

    threads = [threading.Thread(target=act, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(refused) == list(range(10))
    assert Session.objects.count() == 10


@pytest.mark.parametrize("page", ["shift", "move"])
def test_two_of_a_pair_moved_at_the_same_moment_do_not_stop_each_other(
    fresh_db: Any, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Each has locked her own and waits for the other's: the database ends one of them, and it is done again."""
    factories.practice()
    therapists = [factories.user(name, "therapist") for name in ("Anna Reiter", "Ben Castle")]
    one, other = factories.client("Mary Lee", therapists[0]), factories.client("Peter Ode", therapists[1])
    keeping_apart.keep(one, name=other.name, words="", by=therapists[0])
    sessions = [book(therapists[0], one, at=SOON), book(therapists[1], other, at=SOON + 24 * HOUR)]
    gate, wait, met = threading.Barrier(2, timeout=10), apart._wait_for, set()

    def together(people: Any) -> None:
        if threading.get_ident() not in met:
            met.add(threading.get_ident())
            gate.wait()
        wait(people)

    monkeypatch.setattr(apart, "_wait_for", together)

    def move(number: int, _turn: int) -> int:
        browser, day = Browser(), (SOON + timedelta(days=3 + number)).date()
        browser.force_login(therapists[number])
        asked = {"day": day, "starts": "10:00", "tell": "1", "to": f"{day}T10:00", "minutes": 50}
        return browser.post(f"/sessions/{sessions[number].pk}/{page}", asked).status_code

    [said] = race(2, move)
    assert said == [302, 302]
