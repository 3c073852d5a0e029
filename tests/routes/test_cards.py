"""The cards of a route: opened again and read, on one page where they promise it, and out of a client's reach."""

import re
import subprocess
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from practice.models import Practice
from routes.domain import cards, location
from routes.models import Hazard, RiskAssessment, RoutePoint
from tests import factories
from tests.clients.on_paper import can_be_read

TODAY = date(2026, 5, 4)
CODE = "C 4417"
PAGES = ("card", "emergency", "emergency_card")


@pytest.fixture
def route(anna):
    return factories.route(anna, gate_codes=CODE, defibrillator="Café wall, day and night.", **HELP)


HELP = {
    "emergency_access": "Gate C, Mill Lane, then 300 m of gravel.",
    "emergency_department": "Fenwell General",
    "emergency_minutes": 11,
    "signal_found": "patchy",
    "signal": "none between the bridge and the mill",
    "fallback": "Room 2, Larch Street.",
    "permit": "The estate's letter.",
    "overheard": "some",
    "privacy": "Wait for the school run.",
    "width_cm": 120,
}


def point(route, position, kind, name, words="", minutes=4):
    return RoutePoint.objects.create(
        route=route, position=position, kind=kind, name=name, words=words, lat=51.53, lon=-0.157, minutes=minutes
    )


def text_of(data):
    """In the order of reading, so that a column is not torn by its neighbour."""
    ran = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    return " ".join(ran.stdout.decode().split())


def pages_of(data):
    told = subprocess.run(["pdfinfo", "-"], input=data, capture_output=True, check=True).stdout.decode()
    return int(re.search(r"Pages:\s+(\d+)", told)[1])


def longest(anna, letters="A long word and another one, "):
    """The longest record that the forms let in, and a way for an ambulance that goes on for pages."""

    def words(count):
        return (letters * count)[:count]

    route = factories.route(
        anna, name=words(120), alias=words(120), meeting_point=words(300), emergency_access=words(1_500) + "\nx" * 200,
        gate_codes=words(120), defibrillator=words(200), emergency_department=words(200), emergency_minutes=600,
        signal_found="none", signal=words(120), signal_instead=words(200), permit=words(200), fallback=words(200),
        parking=words(200),
    )  # fmt: skip
    for number in range(1, 41):
        point(route, number, "gate" if number % 4 == 0 else "exit", words(80), words(200), number)
    for _number in range(12):
        Hazard.objects.create(route=route, kind="other", words=words(200))
    return route


# ---------------------------------------------------------------------------------------------------------- positions


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (47.365562, 8.524813, "8FVC9G8F+6W"),
        (20.3700625, 2.7821875, "7FG49QCJ+2V"),
        (47.0000625, 8.0000625, "8FVC2222+22"),
        (-41.2730625, 174.7859375, "4VCPPQGP+Q9"),
        (-89.9999375, -179.9999375, "22222222+22"),
        (90, 1, "CFX3X2X2+X2"),
        (47.0000625, 728.0000625, "8FVC2222+22"),
        (-41.2730625, -905.2140625, "4VCPPQGP+Q9"),
        (1.2, 3.4, "6FH56C22+22"),
        (35.6, 3.033, "8F75J22M+26"),
        (-37.014, -159.936, "43J2X3P7+CJ"),
        (10.734, -168.294, "722HPPM4+JC"),
        (-25.798, -59.812, "5862652Q+R6"),
        (-19.212, 107.423, "5PG9QCQF+66"),
        (-18.32, 96.397, "5MHRM9JW+2R"),
        (51.5074, -0.1278, "9C3XGV4C+XV"),
    ],
)
def test_plus_codes_are_those_of_the_published_vectors(lat, lon, code):
    """github.com/google/open-location-code, test_data/encoding.csv; the last is of the library openlocationcode."""
    assert location.plus_code(lat, lon) == code


def test_a_position_is_said_digit_by_digit():
    assert location.spoken(51.5313, -0.157) == "5 1 point 5 3 1 3 north, 0 point 1 5 7 0 west"
    assert location.spoken(-33.86, 151.2) == "3 3 point 8 6 0 0 south, 1 5 1 point 2 0 0 0 east"


# --------------------------------------------------------------------------------------------------------- route card


@can_be_read
def test_a_route_card_tells_the_record(route, anna):
    Hazard.objects.create(route=route, kind="water", words="Open water, no rail.")
    Hazard.objects.create(route=route, kind="ice", words="Ice on the bridge.", state="gone")
    point(route, 1, "exit", "Mill path", "By the white gate.", 6)
    point(route, 2, "safe", "Café", minutes=11)
    RiskAssessment.objects.create(
        route=route, version=2, assessed_by=anna, walked_on=TODAY, review_on=date(2027, 5, 1), signed_at=timezone.now()
    )
    data = cards.route_card(route, today=TODAY)
    text = text_of(data)
    for words in (
        "Orchard loop", "Orchard loop, the gate", "Inside the gate, by the bench.", "Mill path", "By the white gate.",
        "Exit: Mill path (6 min)", "Café (11 min)", "Toilet: none written down", "Open water, no rail.", "120 cm",
        "Open ground, no lamps", "Room 2, Larch Street.", "The estate's letter.", "Assessed. Version 2, signed on",
        "Last walked on", "by Anna", CODE, "Fenwell General, 11 min by road", "9C3X", "As of 4 May 2026",
        "For the staff: codes of gates",
        f"Document {route.pk.hex[:8].upper()}-20260504", "Page 1 of 1",
    ):  # fmt: skip
        assert words in text, words
    assert "Ice on the bridge" not in text and "school run" not in text and "{" not in text
    assert pages_of(data) == 1


@can_be_read
def test_a_route_card_points_to_the_hazards_of_the_assessment(route, anna):
    assert "No hazards are written down" in text_of(cards.route_card(route, today=TODAY))
    made = factories.assessment(route, anna)
    factories.assessment(route, anna, version=2, rows=made.rows * 8)
    text = text_of(cards.route_card(route, today=TODAY))
    assert "names 8." in text and "No hazards are written down" not in text


@can_be_read
def test_long_words_and_many_points_do_not_break_a_route_card(anna):
    data = cards.route_card(longest(anna), today=TODAY)
    text = text_of(data)
    assert "Gate for an ambulance, 40 min" in text and "In an emergency" in text and pages_of(data) <= 8


@can_be_read
def test_a_route_card_of_twelve_points_is_two_pages(route):
    for number in range(1, 13):
        point(route, number, "bench", f"Bench {number} by the water", "Quiet, with a wall at the back.", number)
        Hazard.objects.create(route=route, kind="other", words=f"Something to take care of, number {number}.")
    data = cards.route_card(route, today=TODAY)
    assert pages_of(data) == 2 and "Bench 12 by the water" in text_of(data)


# ----------------------------------------------------------------------------------------------------- emergency card


@can_be_read
def test_an_emergency_card_says_where_who_comes_how_and_what_to_say(route):
    point(route, 1, "gate", "Mill Lane gate")
    data = cards.emergency_card(route, today=TODAY)
    text = text_of(data)
    for words in (
        "ring 999", "51.5", "9C3X", "point", "north", CODE, "Gate C, Mill Lane", "Café wall, day and night.",
        "Fenwell General, 11 min by road", "With gaps", "None between the bridge", "waves them in", "Mill Lane gate",
        "Breathing?", "cool first", "Name", "Telephone", "May be told", "supervisor", "incident report",
    ):  # fmt: skip
        assert words in text, words
    assert pages_of(data) == 1 and "school run" not in text


@can_be_read
@pytest.mark.parametrize(
    ("letters", "country"), [("A long word and another one, ", "GB"), ("W", "US"), ("步行治疗", "US")]
)
def test_an_emergency_card_is_one_page_whatever_the_record_holds(anna, letters, country):
    practice = Practice.load()
    practice.country, practice.phone = country, "+44 1632 960 142"
    practice.save(update_fields=["country", "phone"])
    data = cards.emergency_card(longest(anna, letters), today=TODAY)
    text = text_of(data)
    assert pages_of(data) == 1
    assert "Telephone" in text and "41" in text and {"GB": "999", "US": "911"}[country] in text


# -------------------------------------------------------------------------------------------------------- the pages


def test_the_page_for_an_emergency_says_the_same(as_anna, route):
    page = as_anna.get(reverse("routes:emergency", args=[route.pk])).content.decode()
    for words in ('href="tel:999"', CODE, "9C3X", "cool first", "Fenwell General", "Breathing?"):
        assert words in page, words
    assert "<script" not in page.split("<main")[1]


@pytest.mark.parametrize("name", ["card", "emergency_card"])
def test_the_cards_are_downloads_under_the_discreet_name(as_olga, route, name):
    answer = as_olga.get(reverse(f"routes:{name}", args=[route.pk]))
    assert answer.content.startswith(b"%PDF") and answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="orchard-loop-the-gate-')


@pytest.mark.parametrize("name", PAGES)
def test_the_page_of_a_route_leads_to_its_cards_and_no_client_gets_them(as_anna, as_mrs_lee, client, route, name):
    address = reverse(f"routes:{name}", args=[route.pk])
    lead = reverse("routes:emergency" if name == "emergency_card" else "routes:show", args=[route.pk])
    assert address in as_anna.get(lead).content.decode()
    assert as_mrs_lee.get(address).status_code == 404 and client.get(address).status_code == 302
    assert CODE not in as_anna.get(reverse("routes:gpx", args=[route.pk])).content.decode()
