"""A series that is moved or cancelled is told once: one letter to each who comes, weighed by the rows it is about."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.domain import contacts
from clients.models import Client, ContactPoint
from practice.domain import doubtful, post
from practice.domain.local_time import instant
from practice.models import Letter, Place, User
from sessions.domain import booking, groups, letter_log, notices, series_changes, series_letter
from sessions.domain.notices import KIND
from sessions.domain.series_changes import Change, Scope, What
from sessions.models import Session
from tests import factories
from tests.sessions.test_series_changes import weekly
from tests.sessions.test_series_pages import change_url

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
LONDON = ZoneInfo("Europe/London")
FIRST = timezone.localdate(NOW, LONDON) + timedelta(days=30)
"""No Thursday: what day of the week it is depends on today, and so do the words."""


def often(day: date, clock: str) -> str:
    return f"{day:%A} {clock}"


@pytest.fixture
def made(anna: User, mrs_lee: Client) -> list[Session]:
    """Five weeks at half past five."""
    return weekly(anna, mrs_lee, first_on=FIRST, count=5)


def do(session: Session, change: Change, *, by: User, but: int = 0) -> list[Session]:
    """Carry out and tell, on every date but the last `but`."""
    found = series_changes.targets(session, change, by=by, now=timezone.now())
    days = [one.occurs_on for one in found if one.occurs_on][: len(found) - but]
    return series_changes.carry_out(session, change, days, by=by, now=timezone.now(), tell=True)


def moved_by(session: Session, days: int, starts: time = time(9)) -> Change:
    assert session.occurs_on
    return Change(What.MOVE, Scope.LATER, day=session.occurs_on + timedelta(days=days), starts=starts)


def waiting() -> list[Letter]:
    return list(Letter.objects.filter(kind=KIND, state=Letter.State.DUE).order_by("created_at"))


def leave(after: timedelta = post.UNDO) -> list[str]:
    """What has left by then, as plain text."""
    mail.outbox.clear()
    post.dispatch(now=timezone.now() + after + timedelta(seconds=1))
    return [f"{one.subject}\n{one.body}" for one in mail.outbox]


def plain(day: date) -> str:
    return f"{day.day} {day:%B}" + (f" {day.year}" if day.year != timezone.localdate().year else "")


class TestMoved:
    def test_one_letter_says_the_old_and_the_new_time_how_many_and_each_date(
        self, made: list[Session], anna: User
    ) -> None:
        do(made[1], moved_by(made[1], 1), by=anna)
        (letter,) = waiting()
        assert timedelta(minutes=2, seconds=50) < letter.due_at - timezone.now() <= post.UNDO
        assert leave(timedelta(0)) == []
        (text,) = leave()
        new = [FIRST + timedelta(weeks=n, days=1) for n in range(1, 5)]
        old = [FIRST + timedelta(weeks=n) for n in range(1, 5)]
        assert text.startswith(f"Changed: 4 dates from {plain(new[0])}\n")
        assert f"Hello Mrs Lee, your times have changed\n4 dates, now {often(new[0], '09:00')}\n" in text
        was, now = often(FIRST, "17:30"), often(new[0], "09:00")
        spans = f"{was}, from {plain(old[0])} to {plain(old[-1])}, becomes {now}, from {plain(new[0])} to "
        assert f"{spans}{plain(new[-1])}: 4 dates." in text
        assert f"The new dates: {', '.join(map(plain, new))}." in text
        assert "Times are those of Europe/London." in text and "/r/" in text
        assert leave(timedelta(hours=1)) == [] and not waiting()

    def test_the_link_shows_the_first_of_them(self, made: list[Session], anna: User, as_mallory: Browser) -> None:
        do(made[1], moved_by(made[1], 1), by=anna)
        (text,) = leave()
        page = as_mallory.get("/r/" + text.split("/r/")[1].split()[0]).content.decode()
        assert "09:00" in page and f"{FIRST + timedelta(weeks=1, days=1):%A}" in page

    def test_one_date_alone_is_told_in_the_words_of_one_session(self, made: list[Session], anna: User) -> None:
        do(made[3], Change(What.MOVE, Scope.THIS, day=FIRST + timedelta(weeks=3, days=1), starts=time(9)), by=anna)
        (text,) = leave()
        assert "your time has changed" in text and "dates" not in text

    def test_dates_that_were_elsewhere_before_are_said_one_by_one(self, made: list[Session], anna: User) -> None:
        booking.move(made[2], to=made[2].starts_at + timedelta(hours=1), by=anna)
        do(made[1], moved_by(made[1], 1), by=anna)
        (text,) = leave()
        day = FIRST + timedelta(weeks=2)
        assert "becomes" in text and f"{day:%A} {plain(day)}, 18:30 becomes" in text
        assert ": 3 dates." in text and "Changed: 4 dates" in text

    def test_moved_again_within_the_delay_it_tells_the_last_and_names_the_time_she_knows(
        self, made: list[Session], anna: User
    ) -> None:
        do(made[0], moved_by(made[0], 1), by=anna)
        again = list(
            Session.objects.filter(series__isnull=False).select_related("series", "place").order_by("starts_at")
        )
        do(again[0], moved_by(again[0], 1, time(12)), by=anna)
        (text,) = leave()
        assert often(FIRST + timedelta(days=2), "12:00") in text and often(FIRST, "17:30") in text
        assert "09:00" not in text and "5 dates" in text

    def test_what_is_moved_back_without_a_word_is_not_told(self, made: list[Session], anna: User) -> None:
        was = [one.starts_at for one in made]
        for one, start in zip(do(made[0], moved_by(made[0], 1), by=anna), was, strict=True):
            booking.move(one, to=start, by=anna)
        assert leave() == [] and not waiting()

    def test_of_one_that_was_taken_out_since_its_own_letter_tells(self, made: list[Session], anna: User) -> None:
        for number in (0, 2):
            Letter.objects.filter(kind=KIND).delete()
            sessions = list(Session.objects.select_related("series", "place").holding().order_by("starts_at"))
            done = do(sessions[0], moved_by(sessions[0], 1, time(9 + number)), by=anna)
            notices.tell(booking.cancel(done[number], by=anna), what=notices.What.CANCELLED, by=anna)
            assert len(waiting()) == 2
            texts = sorted(leave())
            assert [text.split(":")[0] for text in texts] == ["Cancelled", "Changed"]
            assert f"{len(done) - 1} dates" in texts[1] and not waiting()

    def test_a_first_date_that_has_begun_by_then_keeps_no_other_from_being_told(
        self, made: list[Session], anna: User
    ) -> None:
        do(made[0], moved_by(made[0], 1), by=anna)
        first = Session.objects.get(pk=made[0].pk)
        Session.objects.filter(pk=first.pk).update(status="cancelled")
        (text,) = leave()
        assert "Changed: 4 dates" in text and not Letter.objects.filter(kind=KIND, state="due").exists()

    def test_told_is_told_and_known_to_the_next_change(self, made: list[Session], anna: User) -> None:
        done = do(made[0], moved_by(made[0], 1), by=anna)
        leave()
        found = notices.told(done)
        assert len(found) == 5 and {one.letter.state for one in found.values()} == {Letter.State.SENT}
        assert notices.tell(done[3], what=notices.What.MOVED, by=anna)[0].folded_into is not None and not waiting()
        notices.tell(booking.cancel(done[3], by=anna), what=notices.What.CANCELLED, by=anna)
        (text,) = leave()
        assert "09:00" in text and "17:30" not in text

    @pytest.mark.parametrize("state", [Letter.State.DEAD, Letter.State.BOUNCED, Letter.State.UNCERTAIN])
    def test_a_letter_that_is_refused_is_followed_by_none_for_each_date(
        self, made: list[Session], anna: User, state: str
    ) -> None:
        do(made[0], moved_by(made[0], 1), by=anna)
        Letter.objects.filter(kind=KIND, state="due").update(state=state)
        assert leave() == [] and leave() == [] and not waiting()
        (letter,) = Letter.objects.filter(kind=KIND, state=state)
        assert letter.folded.count() == 4

    def test_sent_again_by_hand_it_tells_of_every_date(self, made: list[Session], anna: User) -> None:
        do(made[0], moved_by(made[0], 1), by=anna)
        Letter.objects.filter(kind=KIND, state="due").update(state=Letter.State.UNCERTAIN)
        assert doubtful.settle(Letter.objects.get(kind=KIND, state="uncertain"), "again", by=anna)
        (text,) = leave()
        assert "5 dates" in text

    def test_who_leaves_one_date_of_a_group_is_told_of_the_others(self, anna: User, mrs_lee: Client) -> None:
        other = factories.client("Peter Lee", anna)
        made = weekly(anna, mrs_lee, other, first_on=FIRST, count=4, kind="group")
        do(made[0], moved_by(made[0], 1), by=anna)
        groups.take_out(Session.objects.get(pk=made[0].pk), other, by=anna)
        texts = leave()
        hers, his = (next(text for text in texts if f"Hello {name}," in text) for name in ("Mrs Lee", "Peter"))
        assert "4 dates" in hers and "3 dates" in his


class TestCancelled:
    def test_one_letter_names_the_times_that_are_free_again(self, made: list[Session], anna: User) -> None:
        do(made[1], Change(What.CANCEL, Scope.LATER), by=anna, but=1)
        (text,) = leave()
        days = [FIRST + timedelta(weeks=n) for n in (1, 2, 3)]
        assert text.startswith(f"Cancelled: 3 dates from {plain(days[0])}\n")
        assert f"{often(FIRST, '17:30')}, from {plain(days[0])} to {plain(days[-1])}: 3 dates." in text
        assert f"{', '.join(map(plain, days))}." in text and "The times with Anna are free again." in text
        assert "/r/" not in text and "Times are those of Europe/London." in text
        assert not Letter.objects.filter(about=made[2].pk, state="due").exists()

    def test_all_that_are_to_come(self, made: list[Session], anna: User) -> None:
        do(made[3], Change(What.CANCEL, Scope.ALL), by=anna)
        assert "5 dates" in leave()[0] and not Session.objects.holding().exists()


class TestWhom:
    def test_each_of_a_couple_has_one_letter_that_names_nobody_else(self, anna: User, mrs_lee: Client) -> None:
        other = factories.client("Peter Lee", anna)
        made = weekly(anna, mrs_lee, other, first_on=FIRST, count=3, kind="couple")
        do(made[0], Change(What.CANCEL, Scope.ALL), by=anna)
        texts = leave()
        hers, his = (next(text for text in texts if f"Hello {name}," in text) for name in ("Mrs Lee", "Peter"))
        assert len(texts) == 2 and "Peter" not in hers and "Lee" not in his

    def test_who_may_not_be_named_reads_times_alone(self, made: list[Session], anna: User) -> None:
        ContactPoint.objects.update(may_say="name_only", sender="A. R.")
        do(made[0], moved_by(made[0], 1), by=anna)
        (text,) = leave()
        assert mail.outbox[0].from_email.startswith('"A. R."') and "Larch Street" not in str(mail.outbox[0].message())
        assert "5 dates" in text

    @pytest.mark.parametrize("change", ["unsafe", "closed", "stopped"])
    def test_who_may_not_be_written_to_any_more_is_not(
        self, made: list[Session], anna: User, mrs_lee: Client, change: str
    ) -> None:
        do(made[0], moved_by(made[0], 1), by=anna)
        if change == "unsafe":
            ContactPoint.objects.update(is_safe=False)
        elif change == "closed":
            Client.objects.update(status="closed")
        else:
            contacts.stop(mrs_lee.contact_points.get())
        assert leave() == [] and leave(timedelta(hours=1)) == [] and not waiting()

    def test_no_clinical_word_is_in_it(self, made: list[Session], anna: User) -> None:
        do(made[0], moved_by(made[0], 1), by=anna)
        (text,) = leave()
        html = str(mail.outbox[0].alternatives[0][0])
        for word in ("therap", "session", "client", "walk", "appointment", "counsel", "psych"):
            assert word not in text.split("\n-- \n")[0].split("Larch Street")[0].lower(), word
        assert "<h1" not in html and "5 dates" in html


class TestClocks:
    """Each time on the clocks of its place and, where they differ, on those of whoever reads it."""

    def test_her_own_stand_beside_those_of_the_place(self, made: list[Session], anna: User, mrs_lee: Client) -> None:
        Client.objects.filter(pk=mrs_lee.pk).update(own_zone="Europe/Paris")
        do(made[1], moved_by(made[1], 1), by=anna)
        (text,) = leave()
        was = often(FIRST, "17:30 in London, 18:30 for you in Paris")
        now = often(FIRST + timedelta(days=1), "09:00 in London, 10:00 for you in Paris")
        assert f"4 dates, now {now}\n" in text and f"{was}, from " in text and f", becomes {now}, from " in text
        assert "Times are those of" not in text

    def test_of_what_is_cancelled_too(self, made: list[Session], anna: User, mrs_lee: Client) -> None:
        Client.objects.filter(pk=mrs_lee.pk).update(own_zone="Europe/Paris")
        do(made[1], Change(What.CANCEL, Scope.LATER), by=anna)
        (text,) = leave()
        assert f"{often(FIRST, '17:30 in London, 18:30 for you in Paris')}, from " in text

    @pytest.mark.parametrize("own", ["", "Europe/London", "Europe/Paris"])
    def test_of_dates_at_places_with_other_clocks_each_names_its_own(
        self, made: list[Session], anna: User, mrs_lee: Client, own: str
    ) -> None:
        Client.objects.filter(pk=mrs_lee.pk).update(own_zone=own)
        do(made[1], moved_by(made[1], 1), by=anna)
        there = Place.objects.create(name="Rue Verte", time_zone="Europe/Paris")
        Session.objects.filter(pk=made[3].pk).update(place=there)
        (text,) = leave()
        london = "09:00 in London, 10:00 for you in Paris" if own == "Europe/Paris" else "09:00 (Europe/London)"
        paris = "10:00 in Paris, 09:00 for you in London" if own == "Europe/London" else "10:00 (Europe/Paris)"
        assert f"becomes {often(FIRST + timedelta(days=1), london)}, from " in text and ": 3 dates." in text
        assert f", {paris}." in text and "Times are those of" not in text

    def test_on_another_day_of_the_week(self) -> None:
        at = datetime(2027, 3, 4, 16, tzinfo=UTC)
        one = series_letter.Date(at, at, "Europe/London", own="Pacific/Auckland")
        assert one.often(at) == "Thursday 16:00 in London, Friday 05:00 for you in Auckland"

    def test_where_hers_change_in_another_week_the_dates_are_told_apart(self, mrs_lee: Client) -> None:
        weeks = [datetime(2027, 3, day, 16, tzinfo=UTC) for day in (4, 11, 18, 25)]
        dates = [series_letter.Date(at, at, "Europe/London", own="America/New_York") for at in weeks]
        said = [run["said"] for run in series_letter.in_words(dates, notices.What.CANCELLED, mrs_lee)["runs"]]
        assert [("11:00 for you" in one, "12:00 for you" in one) for one in said] == [(True, False), (False, True)]


class TestUndone:
    """What is done with one date within the three minutes and undone leaves the one letter as it was."""

    @pytest.mark.parametrize("number", [1, 2])
    @pytest.mark.parametrize("tell", [{}, {"tell": "yes"}])
    def test_cancelled(
        self, made: list[Session], anna: User, as_anna: Browser, number: int, tell: dict[str, str]
    ) -> None:
        do(made[1], moved_by(made[1], 1), by=anna)
        self.undone(as_anna, made[number], "cancel", **tell)

    @pytest.mark.parametrize("number", [1, 2])
    def test_dragged(self, made: list[Session], anna: User, as_anna: Browser, number: int) -> None:
        do(made[1], moved_by(made[1], 1), by=anna)
        to = Session.objects.get(pk=made[number].pk).starts_at.astimezone(LONDON) + timedelta(hours=3)
        self.undone(as_anna, made[number], "shift", to=f"{to:%Y-%m-%dT%H:%M}", minutes="50", tell="yes")

    def undone(self, browser: Browser, one: Session, act: str, **form: str) -> None:
        before = leads(waiting())
        assert browser.post(f"/sessions/{one.pk}/{act}", form).status_code == 302
        assert browser.post(f"/sessions/{one.pk}/undo").status_code == 302
        assert leads(waiting()) == before
        (text,) = leave()
        assert "Changed: 4 dates" in text and leave() == [] and not waiting()

    def test_twice_in_turn(self, made: list[Session], anna: User, as_anna: Browser) -> None:
        do(made[1], moved_by(made[1], 1), by=anna)
        for number in (1, 2):
            assert as_anna.post(f"/sessions/{made[number].pk}/cancel", {"tell": "yes"}).status_code == 302
            assert as_anna.post(f"/sessions/{made[number].pk}/undo").status_code == 302
        (text,) = leave()
        assert "Changed: 4 dates" in text

    def test_when_the_others_have_left_its_own_letter_tells_of_it(
        self, made: list[Session], anna: User, as_anna: Browser
    ) -> None:
        do(made[1], moved_by(made[1], 1), by=anna)
        as_anna.post(f"/sessions/{made[2].pk}/cancel", {"tell": "yes"})
        Letter.objects.filter(about=made[1].pk, kind=KIND).update(state=Letter.State.SENT)
        assert as_anna.post(f"/sessions/{made[2].pk}/undo").status_code == 302
        (text,) = leave()
        assert "your time has changed" in text and "dates" not in text

    def test_what_has_left_meanwhile_is_not_undone(self, made: list[Session], anna: User, as_anna: Browser) -> None:
        do(made[1], moved_by(made[1], 1), by=anna)
        as_anna.post(f"/sessions/{made[2].pk}/cancel")
        Letter.objects.filter(about=made[1].pk, kind=KIND).update(state=Letter.State.SENT)
        answer = as_anna.post(f"/sessions/{made[2].pk}/undo")
        assert answer.status_code == 409 and "The letter about it has left already" in answer.content.decode()


def leads(letters: list[Letter]) -> list[tuple[Letter, list[Letter]]]:
    """What leaves, and what goes with each."""
    return [(letter, list(letter.folded.order_by("created_at"))) for letter in letters]


class TestLog:
    def test_every_date_says_where_its_letter_stands_and_why_not(
        self, made: list[Session], anna: User, mrs_lee: Client
    ) -> None:
        do(made[0], moved_by(made[0], 1), by=anna)
        there = [Session.objects.select_related("place").get(pk=one.pk) for one in made]
        told = "Change of a session, e-mail"
        lines = [[one for one in letter_log.of(at, now=timezone.now()) if one.what == told] for at in there]
        assert {(line.state, line.name) for (line,) in lines} == {("waiting", "Mary Lee")}
        assert lines[3][0].why == "One letter tells of several dates." and lines[3][0].when
        ContactPoint.objects.update(is_safe=False)
        leave()
        (line,) = [one for one in letter_log.of(there[0], now=timezone.now()) if one.what == told]
        assert line.state == "no longer wanted" and line.why

    def test_whom_no_letter_reaches_has_a_line_on_each_date_that_says_why(
        self, made: list[Session], anna: User, mrs_lee: Client
    ) -> None:
        contacts.stop(mrs_lee.contact_points.get())
        for days in (1, 0, 1):
            sessions = list(Session.objects.select_related("series", "place").order_by("starts_at"))
            change = Change(What.MOVE, Scope.ALL, day=FIRST + timedelta(days=days), starts=time(9))
            do(sessions[0], change, by=anna)
        assert leave() == [] and not waiting()
        there = Session.objects.select_related("place").get(pk=made[3].pk)
        lines = [one for one in letter_log.of(there, now=timezone.now()) if one.what == "Change of a session, e-mail"]
        assert len(lines) == 3 and {(one.state, one.to) for one in lines} == {("nothing", "")}
        assert all(one.why.startswith("They asked for no more messages there, on ") for one in lines)

    def test_as_many_queries_for_one_of_them_as_for_another(self, made: list[Session], anna: User) -> None:
        do(made[0], moved_by(made[0], 1), by=anna)
        counts = []
        for one in (made[0], made[3]):
            there = Session.objects.select_related("place").get(pk=one.pk)
            with CaptureQueriesContext(connection) as queries:
                letter_log.of(there, now=timezone.now())
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestPages:
    def asked(self, made: list[Session], **more: Any) -> dict[str, Any]:
        on = [f"{one.occurs_on}" for one in made]
        return {"scope": "all", "saw": "all", "shown": on, "on": on} | more

    def test_it_is_said_before_and_ticked(self, as_anna: Browser, made: list[Session]) -> None:
        url = change_url(made[0], "cancel")
        page = as_anna.post(url, {"scope": "all", "look": "1"}).content.decode()
        assert "By e-mail, one letter for all dates: Mary Lee." in page
        assert 'name="tell" value="yes" id="tell" checked' in page and "you tell them yourself" in page
        again = as_anna.post(url, self.asked(made, look="1")).content.decode()
        assert 'id="tell" checked' not in again and 'id="tell"' in again

    @pytest.mark.parametrize("tell", [True, False])
    def test_told_when_it_is_ticked(self, as_anna: Browser, made: list[Session], tell: bool) -> None:
        form = self.asked(made, do="1") | ({"tell": "yes"} if tell else {})
        answer = as_anna.post(change_url(made[0], "cancel"), form, follow=True)
        assert len(waiting()) == int(tell)
        assert ("The letter about it leaves in three minutes." in answer.content.decode()) is tell

    def test_moving_tells_too(self, as_anna: Browser, made: list[Session]) -> None:
        day = FIRST + timedelta(days=1)
        asked = {"day": f"{day}", "starts": "09:00", "saw": f"all|{day}|09:00:00", "tell": "yes", "do": "1"}
        as_anna.post(change_url(made[0], "move"), self.asked(made) | asked)
        assert len(waiting()) == 1 and "5 dates" in leave()[0]

    def test_where_no_time_has_changed_it_says_that_no_letter_leaves(
        self, as_anna: Browser, made: list[Session]
    ) -> None:
        asked = {"day": f"{FIRST}", "starts": "17:30", "saw": f"all|{FIRST}|17:30:00", "tell": "yes", "do": "1"}
        answer = as_anna.post(change_url(made[0], "move"), self.asked(made) | asked, follow=True)
        assert "No letter leaves: no time has changed." in answer.content.decode() and not waiting()

    def test_whom_no_letter_reaches_is_named_before_and_after(
        self, as_anna: Browser, anna: User, made: list[Session], mrs_lee: Client
    ) -> None:
        contacts.stop(mrs_lee.contact_points.get())
        said = "No letter can go to Mary Lee: please ring. They asked for no more messages there"
        url = change_url(made[0], "cancel")
        assert said in as_anna.post(url, {"scope": "all", "look": "1"}).content.decode()
        answer = as_anna.post(url, self.asked(made, do="1", tell="yes"), follow=True).content.decode()
        assert said in answer and "leaves in three minutes" not in answer.split("<main")[0] and not waiting()

    def test_who_is_not_known_to_the_reader_is_counted_and_not_named(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        group = factories.session(anna, mrs_lee, mr_ode, starts_at=instant(FIRST, time(9), LONDON), kind="group")
        found = series_letter.reach([group], anna)
        assert found.before() == ["By e-mail, one letter for all dates: Mary Lee, 1 more."]
        ContactPoint.objects.all().delete()
        said = series_letter.reach([Session.objects.get(pk=group.pk)], anna).before()
        assert len(said) == 2 and "1 more" in said[1] and "Ode" not in " ".join(said)

    def test_of_another_route_no_letter_goes(self, as_olga: Browser, made: list[Session], ben: User) -> None:
        made[0].seats.get().client.care_team.create(user=ben, is_lead=False)
        form = {"scope": "all", "therapist": ben.pk, "look": "1"}
        page = as_olga.post(change_url(made[0], "therapist"), form).content.decode()
        assert 'name="tell"' not in page and "No letter goes about this" in page

    @pytest.mark.parametrize("what", ["move", "cancel"])
    def test_as_many_queries_for_one_date_as_for_three(self, as_anna: Browser, made: list[Session], what: str) -> None:
        counts = []
        for number in (4, 2, 4):
            day = FIRST + timedelta(weeks=number, days=1)
            asked = {"scope": "later", "day": f"{day}", "starts": "09:00", "look": "1"}
            with CaptureQueriesContext(connection) as queries:
                page = as_anna.post(change_url(made[number], what), asked).content.decode()
            assert page.count('name="on"') == 5 - number
            counts.append(len(queries))
        assert counts[1] == counts[2], counts


def test_reminders_follow_as_before(made: list[Session], anna: User) -> None:
    do(made[0], moved_by(made[0], 1), by=anna)
    due = Letter.objects.filter(kind="session_reminder", state="due")
    assert {letter.about for letter in due} == {one.pk for one in made}
