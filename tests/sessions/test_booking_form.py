"""What the booking form says before it books: a time that is over, no room, and why it cannot say how ready it is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from clients.models import Client
from practice.models import User
from sessions.models import Session
from tests import factories
from tests.sessions.people import ready

pytestmark = pytest.mark.django_db
WHERE = "/sessions/book"
TODAY = datetime.now(UTC).date()
OVER, TO_COME, DAY = TODAY - timedelta(days=3), TODAY + timedelta(days=3), timedelta(days=1)
HTMX = {"HX-Request": "true"}


def typed(anna: User, person: Client, **fields: Any) -> dict[str, Any]:
    form = {
        "client": person.pk, "therapist": anna.pk, "mode": "indoor", "day": TO_COME, "starts": "10:00", "minutes": 50,
        "place": factories.place().pk, "travel": 0, "indoor_minutes": 0, "request_key": uuid4(),
    }  # fmt: skip
    return form | fields


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_time_that_is_over_is_booked_only_where_that_is_meant(anna: User, mrs_lee: Client, as_anna: Browser) -> None:
    form = typed(anna, mrs_lee, day=OVER)
    answer = as_anna.post(WHERE, form)
    assert answer.status_code == 422 and not Session.objects.exists()
    assert "That time is over. Choose another, or tick that it is meant so." in text(answer)
    assert 'name="is_past"' in text(answer) and OVER.isoformat() in text(answer), "nothing typed is lost"
    assert as_anna.post(WHERE, form | {"is_past": "on"}).status_code == 302
    assert Session.objects.get().starts_at.date() == OVER


def test_of_a_time_to_come_nothing_is_asked(anna: User, mrs_lee: Client, as_anna: Browser) -> None:
    assert 'name="is_past"' not in text(as_anna.get(WHERE))
    assert 'name="is_past"' not in text(as_anna.post(WHERE, typed(anna, mrs_lee, starts="25:00")))
    assert as_anna.post(WHERE, typed(anna, mrs_lee)).status_code == 302


def test_a_series_from_a_day_that_is_over_is_asked_about_too(anna: User, mrs_lee: Client, as_anna: Browser) -> None:
    form = typed(anna, mrs_lee, day=OVER)
    refused = as_anna.post("/sessions/series", form)
    assert refused.status_code == 422 and 'name="is_past"' in text(refused)
    meant = as_anna.post("/sessions/series", form | {"is_past": "on"})
    assert meant.status_code == 200 and '<input type="hidden" name="is_past" value="True"' in text(meant)


@pytest.mark.parametrize(("rooms", "room", "said"), [(0, False, False), (1, False, True), (1, True, False)])
def test_in_the_room_without_one_a_mild_word_is_said(
    anna: User, mrs_lee: Client, as_anna: Browser, rooms: int, room: bool, said: bool
) -> None:
    chosen = factories.room().pk if rooms else ""
    form = typed(anna, mrs_lee, room=chosen if room else "")
    before = text(as_anna.post(WHERE, form | {"look": "1"}, headers=HTMX))
    assert ("No room is chosen yet." in before) is said
    answer = as_anna.post(WHERE, form, follow=True)
    assert Session.objects.exists() and ("No room is chosen yet." in text(answer)) is said


def test_by_video_no_room_is_asked_for(anna: User, mrs_lee: Client, as_anna: Browser) -> None:
    factories.room()
    assert "No room is chosen yet." not in text(as_anna.post(WHERE, typed(anna, mrs_lee, mode="online"), follow=True))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mode": "walk", "fallback": "room"}, "Route: Choose the route."),
        ({"mode": "sit"}, "If it cannot be outdoors: Choose what happens when it cannot be outdoors."),
        ({"day": OVER}, "Day: That time is over."),
    ],
)
def test_how_ready_it_is_says_what_is_missing_and_not_something_else(
    anna: User, mrs_lee: Client, as_anna: Browser, fields: dict[str, Any], words: str
) -> None:
    page = text(as_anna.post(WHERE, typed(anna, mrs_lee, look="1", **fields), headers=HTMX))
    assert words in page and "Fill in who" not in page and "Nothing stands in the way" not in page


def test_sitting_outside_without_a_route_is_as_ready_as_it_is(anna: User, mrs_lee: Client, as_anna: Browser) -> None:
    page = text(as_anna.post(WHERE, typed(anna, mrs_lee, look="1", mode="sit", fallback="room"), headers=HTMX))
    assert "There is no decision yet" in page and "Nothing stands in the way" not in page


@pytest.fixture
def walk(anna: User, mrs_lee: Client) -> dict[str, Any]:
    """What books a walk at ten, on a route without lamps."""
    ready(mrs_lee, anna)
    route = factories.route(anna)
    factories.assessment(route, anna)
    return typed(anna, mrs_lee, mode="walk", route=route.pk, fallback="other_time")


def test_into_the_dark_is_booked_only_where_that_is_meant(walk: dict[str, Any], as_anna: Browser) -> None:
    late = walk | {"starts": "23:00"}
    answer = as_anna.post(WHERE, late)
    assert answer.status_code == 422 and not Session.objects.exists()
    assert "Or tick that it is meant so." in text(answer) and 'value="23:00"' in text(answer)
    looked = as_anna.post(WHERE, late | {"look": "1"}, headers=HTMX)
    assert looked.status_code == 200 and "tick that it is meant" not in text(looked), "looking asks for nothing"
    assert as_anna.post(WHERE, late | {"mode": "indoor"}).status_code == 302
    assert (
        as_anna.post(WHERE, late | {"is_dark": "on", "request_key": uuid4(), "day": TO_COME + DAY}).status_code == 302
    )
    assert Session.objects.filter(mode="walk").count() == 1


def test_in_the_light_nothing_is_asked(walk: dict[str, Any], as_anna: Browser) -> None:
    assert 'name="is_dark"' not in text(as_anna.get(WHERE))
    assert as_anna.post(WHERE, walk).status_code == 302


def test_it_is_moved_into_the_dark_only_where_that_is_meant(walk: dict[str, Any], as_anna: Browser) -> None:
    as_anna.post(WHERE, walk)
    session = Session.objects.get()
    where, late = f"/sessions/{session.pk}/move", {"day": TO_COME, "starts": "23:00"}
    answer = as_anna.post(where, late)
    assert answer.status_code == 422 and 'name="is_dark"' in text(answer)
    session.refresh_from_db(fields=["starts_at", "changes"])
    assert session.changes == 0
    assert as_anna.post(where, late | {"is_dark": "on"}).status_code == 302
