"""The demo: the same every time, full, and never on top of real data."""

import random
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from clients.models import Client
from practice.models import HoursChange, Mode, Practice, SealingCertificate, User
from practice.models import Service as Offer
from routes.domain import conditions, daylight, forecast, sample_weather, weather
from routes.domain.outing import Outing, Person
from routes.domain.provider import Cell, Service
from routes.models import Forecast
from sessions.domain import demo, demo_diary, demo_words, free, hand, outdoors_soon, outlook, weather_chip
from sessions.models import Note, Session
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 18)


def told() -> list[Any]:
    """What a person would compare two demos by."""
    sessions = Session.objects.order_by("starts_at", "therapist__name", "mode")
    rows = [
        (one.starts_at, one.therapist.name, one.mode, one.status, [seat.client.name for seat in one.seats.all()])
        for one in sessions.select_related("therapist").prefetch_related("seats__client")
    ]
    notes = Note.objects.order_by("seat__starts_at", "seat__client__search_name").select_related("seat")
    return [rows, [note.content for note in notes[:20]]]


def test_it_is_full_and_the_same_every_time() -> None:
    seen = []
    for _turn in range(2):
        with transaction.atomic():
            demo.make(today=DAY)
            seen.append(told())
            if len(seen) == 1:
                assert Client.objects.count() == 24
                assert {"sit", "walk", "run", "indoor"} <= set(Session.objects.values_list("mode", flat=True))
                assert {"individual", "couple", "group"} == set(Session.objects.values_list("kind", flat=True))
                assert Session.objects.filter(indoor_minutes__gt=0).exists()
                assert not Session.objects.exclude(route__closed_because="").filter(route__isnull=False).exists()
                assert {"front desk", "owner", "trainee", "client"} <= {login.who for login in demo.logins()}
                assert len(demo.PASSWORD) >= 15
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("today", [DAY, date(2026, 11, 21), date(2026, 12, 23)])
def test_its_week_lies_within_its_hours_and_is_booked_by_what_it_offers(today: date) -> None:
    demo.make(today=today)
    since = datetime.combine(today, datetime.min.time(), demo_diary.LONDON)
    ahead = Session.objects.filter(starts_at__gte=since).select_related("therapist__clinician", "place")
    frame = free.frame(ahead)
    assert [said for one in ahead if (said := frame.outside(one))] == []
    assert all(one.service_id for one in ahead) and len(ahead) > 40
    assert Offer.objects.count() == 5 and HoursChange.objects.filter(kind="away").count() == 1
    ben = User.objects.get(short_name="Ben")
    assert ben.clinician.first_aid_until < today, "one thing is due, as in real life"


def test_the_weather_of_its_next_walks_is_there_at_once_and_is_a_sample() -> None:
    now = timezone.now()
    demo.make(today=now.date())
    soon = {(one.lat, one.lon) for one in outdoors_soon.walks(now)}
    found = weather.at_many(soon, now=timezone.now())
    assert all(one.forecast and one.is_sample for one in found.values())
    assert Forecast.objects.exists() == bool(soon)


def test_what_it_says_of_the_weather_is_a_sample_and_nothing_to_be_alarmed_by() -> None:
    demo.make(today=timezone.now().date())
    sessions = Session.objects.holding().outdoors().select_related("place", "route", "therapist")
    skies = outlook.load(sessions, now=timezone.now())
    found = [chip for sky in skies.values() for chip in weather_chip.of(sky, outlook.ANYBODY)]
    assert all("Sample weather" in chip.text and chip.tone in ("ok", "look") for chip in found)


@pytest.mark.parametrize("month", range(1, 13))
def test_its_mornings_ask_for_a_change_and_no_hour_for_indoors(month: int) -> None:
    cell, zone = Cell.of(51.53, -0.15), ZoneInfo("Europe/London")
    now = datetime(2026, month, 14, 7, 0, tzinfo=zone)
    told = sample_weather.ask(Service.FORECAST, cell, now), sample_weather.ask(Service.AIR, cell, now)
    ahead = forecast.read(told[0]).joined(forecast.read(told[1]))
    for day in (now.date() + timedelta(days=number) for number in range(3)):
        sun, said = daylight.of(51.53, -0.15, zone, day), []
        for start in (datetime.combine(day, at, zone) for at in demo_diary.HOURS):
            outing = Outing(start, start + timedelta(minutes=50), Mode.WALK)
            said.append(conditions.judge(outing, Person(), conditions.Surroundings(ahead, sun)).level)
        assert said[0] == "modify" and "indoors" not in said and "unknown" not in said


def test_one_of_everything_needs_a_hand() -> None:
    from datetime import UTC, datetime, timedelta

    today = datetime.now(UTC).date()
    demo.make(today=today)
    anna = User.objects.get(name="Anna Reiter")
    words = {one.word for one in hand.of(anna, now=datetime.now(UTC) + timedelta(minutes=1), today=today)}
    assert {"Write", "Decide", "Talk", "Ask again", "Check", "Assess", "Walk"} <= words
    assert SealingCertificate.objects.get().name == "Alder Walk"
    assert call_demo("--if-empty") == ""
    assert "anna@" in call_demo("--logins")
    with pytest.raises(CommandError, match="there already"):
        call_demo()


def call_demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def test_a_real_practice_is_left_alone() -> None:
    factories.practice()
    with pytest.raises(CommandError, match="real practice"):
        call_demo("--if-empty")
    assert Practice.objects.get().name == "Larch Street"
    assert not Session.objects.exists()


def test_nobody_is_told_the_same_twice_or_of_a_bench_in_the_room():
    rng, told = random.Random(7), set()
    notes = [demo_words.note(rng, outside=False, told=told) for _ in range(8)]
    kept = [note["for_client"] for note in notes if note["for_client"]]
    assert kept and len(kept) == len(set(kept))
    outside = {words for section in demo_words.WORDS.values() for words in section.get(demo_words.OUTSIDE, ())}
    assert not outside & {words for note in notes for words in note.values()}
