"""Pages of services, hours, holidays and records: who keeps them, what is refused, and what is kept."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from practice.models import AuditEntry, ClinicianRecord, HoursChange, Mode, Place, Practice, Service, WorkingHours
from sessions.models import Session
from tests import factories

pytestmark = pytest.mark.django_db
SERVICE = {
    "name": "Walk and talk", "kind": "individual", "seats": "", "modes": ["walk", "indoor"], "minutes": "50",
    "indoor_minutes": "10", "travel_minutes": "10", "note_minutes": "10", "fee": "75.00", "currency": "gbp",
    "colour": "sky",
}  # fmt: skip


def today():
    return timezone.localdate()


class TestServices:
    """What is offered."""

    def test_one_is_added_changed_and_no_longer_offered(self, as_rosa):
        assert "No services yet" in as_rosa.get(reverse("practice:services")).content.decode()
        assert as_rosa.post(reverse("practice:new_service"), SERVICE).status_code == 302
        made = Service.objects.get()
        assert (made.modes, made.fee, made.currency, made.seats) == (["walk", "indoor"], Decimal(75), "GBP", 1)
        where = reverse("practice:service", args=[made.pk])
        assert as_rosa.get(where).status_code == 200
        assert as_rosa.post(where, SERVICE | {"kind": "group", "seats": "6"}).status_code == 302
        made.refresh_from_db()
        assert (made.kind, made.seats) == ("group", 6)
        offer = reverse("practice:offer", args=[made.pk])
        as_rosa.post(offer)
        assert "No longer offered" in as_rosa.get(reverse("practice:services")).content.decode()
        as_rosa.post(offer, {"again": "1"})
        made.refresh_from_db()
        assert made.is_offered
        for what in ("added", "changed", "ended", "offered"):
            assert AuditEntry.objects.filter(body__contains=f"service.{what}").count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""}, {"modes": []}, {"modes": ["flying"]}, {"minutes": "0"}, {"minutes": "99999"},
            {"indoor_minutes": "50"}, {"kind": "group", "seats": ""}, {"kind": "group", "seats": "1"},
            {"kind": "crowd"}, {"currency": "£"}, {"colour": "red"}, {"fee": "much"}, {"fee": "-50"},
            {"travel_minutes": "-1"}, {"note_minutes": ""},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(self, as_rosa, wrong):
        answer = as_rosa.post(reverse("practice:new_service"), SERVICE | wrong)
        assert answer.status_code == 422 and not Service.objects.exists()
        kept = "Walk and talk" if "name" not in wrong else "75.00"
        assert kept in answer.content.decode()

    def test_a_name_is_there_once(self, as_rosa):
        factories.service("Walk and talk")
        answer = as_rosa.post(reverse("practice:new_service"), SERVICE)
        assert answer.status_code == 422 and Service.objects.count() == 1

    def test_a_couple_has_two_seats_whatever_is_typed(self, as_rosa):
        assert (
            as_rosa.post(reverse("practice:new_service"), SERVICE | {"kind": "couple", "seats": "9"}).status_code == 302
        )
        assert Service.objects.get().seats == 2

    def test_the_list_asks_as_often_for_three_as_for_one(self, as_rosa):
        counts = []
        for number in range(3):
            factories.service(f"Service {number}")
            with CaptureQueriesContext(connection) as queries:
                as_rosa.get(reverse("practice:services"))
            counts.append(len(queries))
        assert counts[0] == counts[2], counts


def week(**spans):
    """Empty but for these: `mon=("09:00", "12:00")`."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    data = {f"{day}-{n}-{part}": "" for day in range(7) for n in range(3) for part in ("starts", "ends")}
    for name, pairs in spans.items():
        pairs = [pairs] if isinstance(pairs, tuple) else pairs
        for n, (starts, ends) in enumerate(pairs):
            data |= {f"{days.index(name)}-{n}-starts": starts, f"{days.index(name)}-{n}-ends": ends}
    return data


class TestWeek:
    """A week of hours."""

    @pytest.fixture(autouse=True)
    def _somewhere(self):
        factories.place()

    def test_a_therapist_keeps_her_own(self, as_anna, anna):
        where = reverse("practice:hours", args=[anna.pk])
        assert where in as_anna.get(reverse("sessions:today")).content.decode()
        data = week(mon=[("09:00", "12:00"), ("13:00", "17:30")], thu=("10:00", "15:00"))
        assert as_anna.post(where, data).status_code == 302
        rows = [(row.weekday, row.starts, row.ends) for row in anna.working_hours.all()]
        assert rows == [(0, time(9), time(12)), (0, time(13), time(17, 30)), (3, time(10), time(15))]
        page = as_anna.get(where).content.decode()
        assert 'value="13:00"' in page and 'value="17:30"' in page
        assert as_anna.post(where, week(fri=("08:00", "09:00"))).status_code == 302
        assert [row.weekday for row in anna.working_hours.all()] == [4]
        assert AuditEntry.objects.filter(body__contains="hours.kept").count() == 2
        assert WorkingHours.pgh_event_model.objects.filter(pgh_label="delete").count() == 3

    def test_like_monday_copies_and_keeps_nothing_yet(self, as_anna, anna):
        where = reverse("practice:hours", args=[anna.pk])
        page = as_anna.post(where, week(mon=("09:00", "17:00"), sat=("10:00", "11:00")) | {"same": "1"})
        assert page.status_code == 200 and not WorkingHours.objects.exists()
        form = page.context["form"]
        assert [form[f"{day}-0-ends"].value() for day in range(7)] == ["17:00"] * 5 + ["11:00", ""]

    @pytest.mark.parametrize(
        ("spans", "field", "words"),
        [
            ({"mon": ("09:00", "")}, "0-0-ends", "both times, or neither"),
            ({"tue": ("", "09:00")}, "1-0-starts", "both times, or neither"),
            ({"wed": ("12:00", "09:00")}, "2-0-ends", "end comes after the start"),
            ({"wed": ("12:00", "12:00")}, "2-0-ends", "end comes after the start"),
            ({"thu": [("09:00", "12:00"), ("11:00", "13:00")]}, "3-1-starts", "overlaps"),
            ({"fri": ("25:00", "26:00")}, "4-0-starts", "valid time"),
        ],
    )
    def test_what_cannot_be_is_said_beside_it(self, as_anna, anna, spans, field, words):
        factories.hours(anna, 6)
        answer = as_anna.post(reverse("practice:hours", args=[anna.pk]), week(**spans))
        assert answer.status_code == 422 and words in str(answer.context["form"].errors[field])
        assert [row.weekday for row in anna.working_hours.all()] == [6], "nothing was changed"

    def test_with_two_places_each_span_says_where(self, as_rosa, anna):
        mill = Place.objects.create(name="The mill")
        data = week(mon=("09:00", "12:00")) | {"0-0-place": str(mill.pk)}
        assert as_rosa.post(reverse("practice:hours", args=[anna.pk]), data).status_code == 302
        assert anna.working_hours.get().place == mill

    def test_a_practice_without_a_place_says_so(self, as_rosa, anna):
        Place.objects.all().delete()
        answer = as_rosa.post(reverse("practice:hours", args=[anna.pk]), week(mon=("09:00", "12:00")))
        assert "There is no place yet" in answer.content.decode() and not WorkingHours.objects.exists()

    def test_a_colleague_the_desk_and_a_client_do_not_know_the_page_is_there(self, as_ben, as_olga, as_mrs_lee, anna):
        for name in ("hours", "change_hours", "record"):
            where = reverse(f"practice:{name}", args=[anna.pk])
            for browser in (as_ben, as_olga, as_mrs_lee):
                assert browser.get(where).status_code == 404 and browser.post(where, week()).status_code == 404

    def test_nobody_has_hours_who_sees_no_clients(self, as_rosa, rosa, olga):
        for person in (rosa, olga):
            assert as_rosa.get(reverse("practice:hours", args=[person.pk])).status_code == 404

    def test_changing_them_lists_the_sessions_that_no_longer_fit_and_touches_none(
        self, as_rosa, as_anna, anna, mrs_lee
    ):
        day = today() + timedelta(days=7)
        session = factories.session(anna, mrs_lee, starts_at=timezone.make_aware(_at(day, 16)))
        before = Session.objects.values().get()
        where = reverse("practice:hours", args=[anna.pk])
        everyday = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("09:00", "12:00"))
        for browser, may_move in ((as_rosa, False), (as_anna, True)):
            page = browser.post(where, week(**everyday), follow=True).content.decode()
            assert "1 session does not fit" in page and "Outside the hours of Anna" in page
            assert (reverse("sessions:move", args=[session.pk]) in page) is may_move
        assert Session.objects.values().get() == before
        whole = dict.fromkeys(everyday, ("09:00", "18:00"))
        assert as_anna.post(where, week(**whole), follow=True).redirect_chain[-1][0] == where


def _at(day, hour):
    return datetime.combine(day, time(hour))


class TestOtherwise:
    """Exceptions and extra days."""

    def test_away_and_extra_are_kept_listed_and_taken_back(self, as_anna, anna):
        there, first = factories.place(), today() + timedelta(days=10)
        where = reverse("practice:change_hours", args=[anna.pk])
        assert as_anna.get(where).status_code == 200
        gone = {"kind": "away", "first_on": first.isoformat(), "last_on": (first + timedelta(days=4)).isoformat(),
                "words": "family"}  # fmt: skip
        extra = {"kind": "extra", "first_on": first.isoformat(), "starts": "10:00", "ends": "12:00",
                 "place": str(there.pk)}  # fmt: skip
        for data in (gone, extra):
            assert as_anna.post(where, data).status_code == 302
        away, more = HoursChange.objects.order_by("kind")
        assert (away.therapist, away.last_on, away.starts, away.place) == (anna, first + timedelta(days=4), None, None)
        assert (more.last_on, more.starts, more.place) == (first, time(10), there)
        page = as_anna.get(reverse("practice:hours", args=[anna.pk])).content.decode()
        assert "family" in page and "Extra hours" in page
        assert as_anna.post(reverse("practice:take_back", args=[away.pk])).status_code == 302
        assert list(HoursChange.objects.all()) == [more]
        assert not hasattr(HoursChange.pgh_event_model, "words"), "private words stay out of history"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"first_on": ""}, {"first_on": "0000-00-00"}, {"first_on": "2020-01-01"}, {"first_on": "9999-01-01"},
            {"last_on": "2020-01-01"}, {"starts": "10:00"}, {"starts": "12:00", "ends": "10:00"},
            {"kind": "extra"}, {"kind": "open"}, {"words": "x" * 121}, {"place": "nowhere"},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, as_anna, anna, wrong):
        data = {"kind": "away", "first_on": (today() + timedelta(days=3)).isoformat(), "words": "why"} | wrong
        answer = as_anna.post(reverse("practice:change_hours", args=[anna.pk]), data)
        assert answer.status_code == 422 and not HoursChange.objects.exists()

    def test_a_colleagues_exception_is_not_taken_back(self, as_ben, as_olga, as_anna, anna):
        day = today() + timedelta(days=3)
        hers = HoursChange.objects.create(therapist=anna, first_on=day, last_on=day)
        everybodys = HoursChange.objects.create(first_on=day, last_on=day)
        for browser, change in ((as_ben, hers), (as_olga, hers), (as_anna, everybodys)):
            assert browser.post(reverse("practice:take_back", args=[change.pk])).status_code == 404
        assert HoursChange.objects.count() == 2


class TestHolidays:
    """Public holidays, and when the practice is closed besides."""

    @pytest.fixture(autouse=True)
    def _closed(self, practice):
        Practice.objects.update(closed_on_holidays=True, country="GB", region="ENG")

    def test_they_stand_there_by_name_and_can_be_opened_and_closed(self, as_rosa):
        where = reverse("practice:holidays")
        year = today().year + 1
        page = as_rosa.get(where, {"year": year}).content.decode()
        assert "Christmas Day" in page and f"Public holidays {year}" in page and "St. Andrew" not in page
        day = date(year, 12, 25)
        opens = reverse("practice:open_on")
        for _twice in range(2):
            assert as_rosa.post(opens, {"day": day.isoformat()}).status_code == 302
        assert HoursChange.objects.get().kind == "open"
        assert "We are open that day." in as_rosa.get(where, {"year": year}).content.decode()
        as_rosa.post(opens, {"day": day.isoformat(), "closed": "1"})
        assert not HoursChange.objects.exists()

    @pytest.mark.parametrize("day", ["", "nonsense", "2026-13-40", "2026-07-14", "9999-12-32"])
    def test_only_a_holiday_can_be_opened(self, as_rosa, day):
        page = as_rosa.post(reverse("practice:open_on"), {"day": day}, follow=True).content.decode()
        assert "no public holiday here" in page and not HoursChange.objects.exists()

    def test_region_and_whether_it_is_closed_are_settled(self, as_rosa, practice):
        where = reverse("practice:holidays")
        assert as_rosa.post(where, {"closed_on_holidays": "on", "region": "SCT"}).status_code == 302
        assert Practice.load().region == "SCT"
        assert as_rosa.post(where, {"region": "Atlantis"}).status_code == 422
        assert as_rosa.post(where, {"region": ""}).status_code == 302
        assert (Practice.load().region, Practice.load().closed_on_holidays) == ("", False)

    def test_of_a_country_without_known_holidays_the_page_says_so(self, as_rosa):
        Practice.objects.update(country="ZZ", region="")
        assert "No holidays are known" in as_rosa.get(reverse("practice:holidays")).content.decode()

    def test_the_practice_can_be_closed_for_a_while(self, as_rosa):
        first = today() + timedelta(days=20)
        where = reverse("practice:closed")
        assert as_rosa.get(where).status_code == 200
        assert as_rosa.post(where, {"first_on": first.isoformat(), "words": "the boiler"}).status_code == 302
        made = HoursChange.objects.get()
        assert (made.kind, made.therapist, made.last_on) == ("away", None, first)
        assert "the boiler" in as_rosa.get(reverse("practice:holidays")).content.decode()
        assert as_rosa.post(reverse("practice:take_back", args=[made.pk])).status_code == 302
        assert not HoursChange.objects.exists()

    def test_closing_lists_whose_sessions_it_strands(self, as_rosa, anna, mrs_lee):
        day = today() + timedelta(days=20)
        factories.session(anna, mrs_lee, starts_at=timezone.make_aware(_at(day, 11)))
        page = as_rosa.post(reverse("practice:closed"), {"first_on": day.isoformat()}, follow=True).content.decode()
        assert "1 session does not fit" in page and "The practice is closed then" in page and "with Anna" in page


class TestRecord:
    """What a clinician holds."""

    DAY = date(2031, 3, 3)
    LATE = DAY.isoformat()
    ALL = dict.fromkeys(("licence_until", "insurance_until", "first_aid_until", "outdoor_training_until"), LATE)
    OWN = {"video_link": "https://video.example/anna", "sessions_a_day": "6", "outdoor_minutes_a_day": "240"}

    def test_the_owner_enters_the_days(self, as_rosa, anna):
        where = reverse("practice:record", args=[anna.pk])
        assert as_rosa.post(where, self.ALL | self.OWN).status_code == 302
        kept = ClinicianRecord.objects.get(user=anna)
        assert (kept.licence_until, kept.sessions_a_day, kept.video_link) == (self.DAY, 6, self.OWN["video_link"])
        assert AuditEntry.objects.filter(body__contains="clinician.recorded").count() == 1
        anna.clinician.delete()
        assert as_rosa.post(where, {"licence_until": self.LATE}).status_code == 302
        assert ClinicianRecord.objects.get(user=anna).insurance_until is None

    def test_a_therapist_keeps_her_video_room_and_caps_but_no_days(self, as_anna, anna):
        where = reverse("practice:record", args=[anna.pk])
        before = ClinicianRecord.objects.get(user=anna).licence_until
        page = as_anna.get(where).content.decode()
        assert 'name="licence_until"' not in page and "Licence or registration" in page
        assert as_anna.post(where, self.ALL | self.OWN).status_code == 302
        kept = ClinicianRecord.objects.get(user=anna)
        assert (kept.licence_until, kept.outdoor_minutes_a_day) == (before, 240)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"licence_until": "soon"}, {"licence_until": "0202-01-01"}, {"insurance_until": "9999-01-01"},
            {"video_link": "javascript:alert(1)"}, {"sessions_a_day": "-1"}, {"outdoor_minutes_a_day": "99999"},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, as_rosa, anna, wrong):
        before = ClinicianRecord.objects.values().get(user=anna)
        assert as_rosa.post(reverse("practice:record", args=[anna.pk]), self.ALL | wrong).status_code == 422
        assert ClinicianRecord.objects.values().get(user=anna) == before

    def test_a_record_that_ends_lists_what_it_strands(self, as_rosa, anna, mrs_lee):
        factories.session(anna, mrs_lee, starts_at=timezone.make_aware(_at(today() + timedelta(days=9), 11)))
        ends = self.ALL | {"licence_until": (today() + timedelta(days=8)).isoformat()}
        page = as_rosa.post(reverse("practice:record", args=[anna.pk]), ends, follow=True).content.decode()
        assert "1 session does not fit" in page and "Licence of Anna ran out" in page


def test_the_practices_page_leads_to_all_of_it(as_rosa, anna, ben):
    page = as_rosa.get(reverse("practice:team")).content.decode()
    for where in (reverse("practice:services"), reverse("practice:holidays"), reverse("practice:hours", args=[ben.pk]),
                  reverse("practice:record", args=[anna.pk])):  # fmt: skip
        assert where in page


@pytest.mark.parametrize("name", ["services", "new_service", "holidays", "closed"])
@pytest.mark.parametrize("browser", ["as_anna", "as_olga", "as_mrs_lee"])
def test_others_do_not_know_that_pages_of_the_practice_are_there(request, browser, name):
    assert request.getfixturevalue(browser).get(reverse(f"practice:{name}")).status_code == 404


def test_mode_words_stand_in_the_list(as_rosa):
    factories.service(modes=[Mode.WALK, Mode.ONLINE])
    assert "walking, by video" in as_rosa.get(reverse("practice:services")).content.decode()
