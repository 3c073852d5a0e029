"""Help is one tap away on every page a client sees, with the numbers of the practice's country, and in the mails."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client as Browser
from django.urls import reverse

from clients.domain import asq_window, consent, consent_texts, intake, review, safety, unsubscribing
from clients.models import Review, Screening, Window
from practice.domain import crisis, post
from practice.models import Letter, Practice
from sessions.domain import group_offers, reminders, weather_asks
from sessions.models import Session, WaitingPlace
from tests.house import world as w
from tests.house.test_authz_matrix import MATRIX
from tests.house.test_look import TEMPLATES

ROOT = Path(__file__).resolve().parent.parent.parent
PHONE = [path for path in TEMPLATES if re.search(r'\{% extends "phone\.html" %\}', path.read_text())]
MAY_FILL = {"title", "head", "content", "foot", "after", "agreement"}
NUMBERS = {"US": "988", "CA": "988", "GB": "116 123", "IE": "116 123", "AU": "13 11 14", "NZ": "1737", "FR": "112"}
PANEL = re.compile(r'<details class="help"[^>]*>.*?</details>', re.S)
SHOWN = """{% extends "phone.html" %}{% block content %}<h1>Here</h1>{% endblock %}"""


def panel_numbers(page: str) -> list[str]:
    [panel] = PANEL.findall(page)
    return re.findall(r"<b>([^<]*)</b>", panel)


def expected(country: str) -> list[str]:
    return [line["number"] for line in crisis.lines(country)]


@pytest.mark.parametrize("path", PHONE, ids=lambda path: path.name)
def test_no_client_page_takes_the_help_away(path):
    """The panel stands outside every block; a page that fills other blocks, or none, cannot lose it."""
    filled = set(re.findall(r"\{% block (\w+)", path.read_text()))
    assert filled <= MAY_FILL, filled - MAY_FILL


def test_the_frame_keeps_it_outside_of_every_block():
    frame = (ROOT / "templates/phone.html").read_text()
    outside = re.sub(r"\{% block \w+ %\}.*?\{% endblock %\}", "", frame, flags=re.S)
    assert PANEL.search(outside) and 'class="crisis"' in outside


@pytest.mark.parametrize("country", NUMBERS)
def test_the_panel_names_the_countrys_numbers(country):
    page = engines["django"].from_string(SHOWN).render({"practice": Practice(name="Larch Street", country=country)})
    assert panel_numbers(page) == expected(country)
    assert NUMBERS[country] in expected(country)


@pytest.mark.parametrize("template", ["clients/crisis_now.html"])
@pytest.mark.parametrize("country", NUMBERS)
def test_help_before_anything_else_names_them_in_large_type(template, country):
    context = {"practice": Practice(country=country), "title": "Here"}
    page = engines["django"].get_template(template).render(context)
    assert re.findall(r"<b>([^<]*)</b>", page) == expected(country)


@pytest.fixture
def chart(db):
    """A client with one of everything that goes by link."""
    world = w.build()
    return world.clients[w.NOBODY, "other"]


def addresses(person) -> dict[str, str]:
    """A working address for every kind of link page."""
    intake_ = person.screenings.get(kind="intake")
    Screening.objects.filter(pk=intake_.pk).update(read_by=intake_.asked_by, read_until=datetime.now(UTC))
    opens_at = datetime.now(UTC) - timedelta(minutes=5)
    watched = Window.objects.create(
        client=person, asked_by=intake_.asked_by, watcher=intake_.asked_by, opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=1), accepted_at=opens_at,
    )  # fmt: skip
    consent_texts.publish_shipped()
    text = next(one for one in consent_texts.current() if one.key == "outdoors")
    nine = Screening(client=person, kind="phq9", asked_by=intake_.asked_by, status="started")
    nine.read_by, nine.read_until = intake_.asked_by, datetime.now(UTC)
    nine.answers = {"phq9": {"better_off_dead": "1"}}
    nine.save(force_insert=True)
    looked = Review.objects.create(client=person, decision=person.decisions.get(), manner="link")
    laid = consent.ask(person, text, by=intake_.asked_by, send=False)
    agreed = w.token(consent.PURPOSE, laid.pk)
    asked = w.token(intake.KIND, intake_.pk)
    offered = WaitingPlace.objects.create(client=person, session_id=w.OBJECTS["group"](person), put_by=intake_.asked_by)
    return {
        "intake": reverse("intake", args=[asked]),
        "intake_part": reverse("intake_part", args=[asked, 1]),
        "intake_help": reverse("intake_help", args=[w.token(intake.KIND, nine.pk), 1]),
        "asq_window": reverse("asq_window", args=[asq_window.link_for(watched)]),
        "asq_window, not yet": reverse("asq_window", args=[w.token("asq_window", person.windows.first().pk)]),
        "sign_consent": reverse("sign_consent", args=[agreed]),
        "consent_page": reverse("consent_page", args=[agreed, laid.pk]),
        "reminder": reverse("reminder", args=[w.token(reminders.PURPOSE, w.OBJECTS["next_seat"](person))]),
        "stop_messages": reverse("stop_messages", args=[w.token(unsubscribing.PURPOSE, w.OBJECTS["contact"](person))]),
        "weather_answer": reverse(
            "weather_answer", args=[weather_asks.token_for(Session.objects.get(pk=w.OBJECTS["session"](person)))]
        ),
        "review": reverse("review", args=[w.token(review.PURPOSE, looked.pk)]),
        "plan_on_phone": reverse("plan_on_phone", args=[w.token(safety.PURPOSE, w.OBJECTS["plan"](person))]),
        "seat_offer": reverse("seat_offer", args=[w.token(group_offers.PURPOSE, offered.pk)]),
        "a link that ended": reverse("intake", args=["A" * 43]),
    }


@pytest.mark.parametrize("country", ["GB", "IE", "US"])
def test_every_link_page_has_it(chart, country):
    Practice.objects.update(country=country)
    seen = {}
    for name, address in addresses(chart).items():
        answer = Browser().get(address)
        assert answer.status_code == (410 if name == "a link that ended" else 200), name
        seen[name] = panel_numbers(answer.content.decode())
    assert seen == dict.fromkeys(seen, expected(country))


ACTS = {
    *("disclose_consent", "talk_consent", "decline_consent", "take_back_consent", "consent_copy"),
    *("intake_keep", "plan_copy", "reminder_photo", "feed"),
}
"""Addresses that are no page of their own: what they do is answered by one of the others, or is a file."""


def test_every_kind_of_link_page_was_looked_at(chart):
    assert set(MATRIX["open"]["token"]) - ACTS <= set(addresses(chart))


def test_the_clients_own_pages_have_it(world_client):
    assert panel_numbers(world_client.get(reverse("sessions:mine")).content.decode()) == expected("GB")


@pytest.fixture
def world_client(db):
    world = w.build()
    browser = Browser()
    browser.force_login(world.people["client"])
    return browser


@pytest.mark.parametrize(("country", "number"), [("US", "988"), ("GB", "116 123"), ("IE", "116 123")])
def test_every_mail_that_asks_questions_names_them_too(chart, country, number):
    Practice.objects.update(country=country)
    addresses(chart)
    point = chart.contact_points.get()
    window = Window.objects.filter(client=chart).accepted().get()
    asked = {"intake_invitation": chart.screenings.get(kind="intake").pk, asq_window.INVITATION: window.pk}
    for kind, about in asked.items():
        words = post.kinds[kind].render(Letter(kind=kind, to=point.value, about=about, client=chart.pk))
        for text in (words.text, words.html):
            assert number in text.replace("\xa0", " "), kind
