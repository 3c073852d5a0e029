"""What a client is offered when she asks for a time: no walk in the dark, and no first talk once it lies behind her."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from practice.domain.local_time import instant
from practice.models import Mode, Service, User
from sessions.domain import asked, asking
from sessions.models import Session
from tests import factories
from tests.sessions.test_booking import book

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
NOON = datetime.combine(TODAY + timedelta(days=3), time(12), UTC)
IN_THE_DARK = instant(NOON.date(), time(23), ZoneInfo("Europe/London")).astimezone(UTC)
"""On every day of the year."""


@pytest.fixture
def walks(anna: User, service: Service) -> Service:
    """Half an hour, walking, in the room or by video; late in the evening too."""
    factories.hours(anna, *range(7), starts=time(22), ends=time(23, 45))
    Service.objects.filter(pk=service.pk).update(modes=[Mode.WALK, Mode.INDOOR, Mode.ONLINE])
    service.refresh_from_db(fields=["modes"])
    return service


def looked_at(browser: Browser, offer: Service, mode: str = Mode.WALK) -> str:
    day = (NOON - timedelta(days=1)).date().isoformat()
    answer = browser.get(reverse("sessions:ask"), {"service": offer.pk, "mode": mode, "from": day})
    return answer.content.decode().split("<main", 1)[1].split("</main", 1)[0]


def value(at: datetime) -> str:
    return f"{at.isoformat()} {factories.place().pk}"


def form(offer: Service, at: datetime, **fields: Any) -> dict[str, Any]:
    return {"service": offer.pk, "mode": Mode.WALK, "at": value(at), "key": uuid.uuid4()} | fields


def test_a_walk_in_the_dark_is_named_and_cannot_be_chosen(
    as_mrs_lee: Browser, anna: User, mrs_lee: Client, walks: Service
) -> None:
    factories.route(anna)
    page = looked_at(as_mrs_lee, walks)
    assert value(NOON) in page and value(IN_THE_DARK) not in page
    assert "You would be out in the dark: " in page and "Then rather" in page
    assert f"mode=indoor&amp;from={NOON.date().isoformat()}" in page
    answer = as_mrs_lee.post(reverse("sessions:ask"), form(walks, IN_THE_DARK))
    assert answer.status_code == 422 and "You would be out in the dark then." in answer.content.decode()
    assert not Session.objects.exists()


def test_sitting_outside_in_the_dark_is_not_offered_either(as_mrs_lee: Browser, anna: User, walks: Service) -> None:
    Service.objects.filter(pk=walks.pk).update(modes=[Mode.SIT])
    walks.refresh_from_db(fields=["modes"])
    factories.route(anna, light="lit")
    page = looked_at(as_mrs_lee, walks, Mode.SIT)
    assert value(NOON) in page and value(IN_THE_DARK) not in page
    answer = as_mrs_lee.post(reverse("sessions:ask"), form(walks, IN_THE_DARK, mode=Mode.SIT))
    assert answer.status_code == 422 and "You would be out in the dark then." in answer.content.decode()
    assert as_mrs_lee.post(reverse("sessions:ask"), form(walks, NOON, mode=Mode.SIT)).status_code == 302


def test_in_the_room_and_on_a_lit_path_the_same_time_is_there(as_mrs_lee: Browser, anna: User, walks: Service) -> None:
    way = factories.route(anna)
    assert value(IN_THE_DARK) in looked_at(as_mrs_lee, walks, Mode.INDOOR)
    way.light = "lit"
    way.save(update_fields=["light"])
    page = looked_at(as_mrs_lee, walks)
    assert value(IN_THE_DARK) in page and "out in the dark" not in page
    assert as_mrs_lee.post(reverse("sessions:ask"), form(walks, IN_THE_DARK)).status_code == 302


def test_where_every_time_is_dark_none_can_be_sent(as_mrs_lee: Browser, anna: User, walks: Service) -> None:
    factories.route(anna)
    anna.working_hours.all().delete()
    factories.hours(anna, *range(7), starts=time(22), ends=time(23, 30))
    page = looked_at(as_mrs_lee, walks)
    assert "You would be out in the dark: 22:00, 22:30, 23:00." in page
    assert "Ask for this time" not in page and 'name="at"' not in page


def test_another_time_that_is_held_for_her_says_that_it_is_dark(
    as_mrs_lee: Browser, anna: User, mrs_lee: Client, walks: Service
) -> None:
    factories.route(anna)
    said = {"service": walks, "mode": Mode.WALK, "place": factories.place(), "key": uuid.uuid4()}
    session = asking.ask(mrs_lee, starts_at=NOON, now=timezone.now(), **said)
    assert not asking.lines(mrs_lee, now=timezone.now())[0].is_dark
    asked.offer(session, to=IN_THE_DARK, by=anna)
    page = as_mrs_lee.get(reverse("sessions:ask")).content.decode()
    assert "You would be out in the dark then." in page and "Yes, please" in page


class TestFirstTalk:
    @pytest.fixture
    def first_talk(self, service: Service) -> Service:
        return Service.objects.create(
            name="First talk", kind="intake", modes=[Mode.INDOOR], minutes=30, note_minutes=0, clients_may_ask=True
        )

    def test_whoever_is_new_may_ask_for_it_once(
        self, as_mrs_lee: Browser, mrs_lee: Client, first_talk: Service
    ) -> None:
        assert "First talk" in looked_at(as_mrs_lee, first_talk, Mode.INDOOR)
        asked_for = form(first_talk, NOON, mode=Mode.INDOOR)
        for _twice in range(2):
            assert as_mrs_lee.post(reverse("sessions:ask"), asked_for).status_code == 302
        assert Session.objects.get().service == first_talk
        assert "First talk," not in looked_at(as_mrs_lee, first_talk, Mode.INDOOR)

    @pytest.mark.parametrize("how", ["met here", "came from paper"])
    def test_whoever_has_begun_is_not_offered_it_and_staff_may_book_it(
        self, as_mrs_lee: Browser, anna: User, mrs_lee: Client, first_talk: Service, how: str
    ) -> None:
        if how == "met here":
            factories.session(anna, mrs_lee, starts_at=NOON - timedelta(days=30), status="kept")
        else:
            Client.objects.filter(pk=mrs_lee.pk).update(carried_over_on=date(2026, 1, 5))
        page = looked_at(as_mrs_lee, first_talk, Mode.INDOOR)
        assert "First talk," not in page and "Talk, 30 minutes" in page
        assert as_mrs_lee.post(reverse("sessions:ask"), form(first_talk, NOON, mode=Mode.INDOOR)).status_code == 422
        assert book(anna, mrs_lee, at=NOON, service=first_talk).status == "booked"
