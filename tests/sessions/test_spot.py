"""What a client sees of the spot where she meets: its photograph, parking, her own maps app; and nothing else of the
record."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import recording
from clients.models import Client
from practice.domain import links, papers, uploads
from practice.models import Mode, User
from routes.domain import photos
from routes.models import Hazard, Route
from sessions.domain import booking, reminders
from sessions.models import Session
from tests import factories, pictures
from tests.sessions.people import ready

pytestmark = pytest.mark.django_db
SECRETS = ("barrier 4417", "canary-access", "canary-hazard", "canary-instead")


@pytest.fixture
def route(anna: User) -> Route:
    made = factories.route(
        anna, gate_codes=SECRETS[0], emergency_access=SECRETS[1], signal_instead=SECRETS[3], parking="Two bays."
    )
    photos.keep(uploads.photograph(pictures.photograph()), of=made, by=anna)
    hazard = Hazard.objects.create(route=made, kind="water", words=SECRETS[2])
    photos.keep(uploads.photograph(pictures.drawn("PNG")), of=hazard, by=anna)
    return made


@pytest.fixture
def walk(anna: User, mrs_lee: Client, route: Route) -> Session:
    ready(mrs_lee, anna)
    return _walk(anna, mrs_lee, route)


def _walk(anna: User, person: Client, route: Route, **fields: Any) -> Session:
    starts_at = fields.pop("starts_at", timezone.now() + timedelta(days=1))
    fields = {"mode": Mode.WALK, "route": route, "fallback": "room"} | fields
    return factories.session(anna, person, starts_at=starts_at, **fields)


def link(session: Session, purpose: str = reminders.PURPOSE) -> str:
    token = links.make(purpose, subject=session.seats.get().pk, lasts=timedelta(days=1), by=None)
    return reverse("reminder", args=[token])


def own(session: Session) -> str:
    return reverse("sessions:photo", args=[session.seats.get().pk])


def test_she_sees_the_spot_on_her_page_and_behind_her_link(
    walk: Session, route: Route, as_mrs_lee: Browser, as_mallory: Browser
) -> None:
    address = link(walk)
    for browser, page, picture in ((as_mrs_lee, "/sessions/mine", own(walk)), (as_mallory, address, f"{address}photo")):
        said = browser.get(page).content.decode()
        assert f'src="{picture}" alt="The meeting spot: Orchard loop, the gate"' in said
        assert "Two bays." in said and "geo:51.53130,-0.15700" in said
        answer = browser.get(picture)
        assert answer.status_code == 200 and answer.content == papers.read(Route.objects.get().photo)  # type: ignore[arg-type]
        assert b"canary" not in answer.content
        assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
        assert not [secret for secret in SECRETS if secret in said]


def test_she_fetches_nothing_else_of_the_record(walk: Session, route: Route, as_mrs_lee: Browser) -> None:
    hazard = route.hazards.get()
    addresses = [
        reverse("routes:list"),
        reverse("routes:show", args=[route.pk]),
        reverse("routes:edit", args=[route.pk]),
        reverse("routes:photo", args=[route.pk, route.photo_id]),
        reverse("routes:photo", args=[route.pk, hazard.photo_id]),
        reverse("routes:take_hazard_photo", args=[route.pk, hazard.pk]),
    ]
    for address in addresses:
        answer = as_mrs_lee.get(address)
        assert answer.status_code == 404
        assert not [secret for secret in SECRETS if secret in answer.content.decode()]


def test_nobody_sees_the_spot_of_somebody_elses_session(
    walk: Session, anna: User, route: Route, as_mrs_lee: Browser, as_anna: Browser, as_mallory: Browser
) -> None:
    other = _walk(
        anna, ready(factories.client("Other", anna), anna), route, starts_at=timezone.now() + timedelta(days=2)
    )
    assert as_mrs_lee.get(own(other)).status_code == 404
    assert as_anna.get(own(walk)).status_code == 404
    assert as_mallory.get(own(walk)).status_code == 302
    assert as_mallory.get(link(walk, "something else") + "photo").status_code == 410


def _past(session: Session, anna: User) -> None:
    begun, over = timezone.now() - timedelta(hours=2), timezone.now() - timedelta(hours=1)
    span = {"starts_at": begun, "ends_at": over, "blocked_from": begun, "blocked_until": over}
    Session.objects.filter(pk=session.pk).update(**span)


def _says_danger(session: Session, anna: User) -> None:
    recording.record(session.seats.get().client, "day_of_check", {"new": ("chest",)}, manner="phone", by=anna)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda session, anna: booking.cancel(session, by=anna), id="it is cancelled"),
        pytest.param(_past, id="it is over"),
        pytest.param(_says_danger, id="outdoors does not stand"),
        pytest.param(
            lambda session, anna: Session.objects.filter(pk=session.pk).update(indoor_minutes=20), id="the room first"
        ),
        pytest.param(lambda session, anna: Route.objects.update(photo=None), id="there is none"),
    ],
)
def test_it_is_not_shown_when(change: Any, walk: Session, anna: User, as_mrs_lee: Browser) -> None:
    address = f"{link(walk)}photo"
    assert as_mrs_lee.get(own(walk)).status_code == Browser().get(address).status_code == 200
    change(walk, anna)
    assert as_mrs_lee.get(own(walk)).status_code == 404
    assert Browser().get(address).status_code in (404, 410)
    assert "<img" not in as_mrs_lee.get("/sessions/mine").content.decode()
