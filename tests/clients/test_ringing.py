"""Where somebody may be in danger, their own telephone stands first, with what to mind when another may hear it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, asq_window, contacts, recording
from clients.domain.contacts import Way
from clients.domain.instruments import shipped
from clients.models import Alert
from practice.models import CoverPerson
from tests.clients.safety import assess

pytestmark = pytest.mark.django_db
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
LOW = {item.key: "0" for item in shipped()["phq9"].items if item.needed}
OWN = "+44 7700 900123"
DIALLED = 'href="tel:+447700900123"'


@pytest.fixture
def phone(mrs_lee, anna):
    return contacts.put(mrs_lee, Way("phone", OWN, may_say="nothing", hours="evenings"), by=anna)


def now_page(client, made):
    return reverse("clients:asq_now", args=[client.pk, made.pk])


def test_their_own_numbers_the_one_to_try_first_at_the_head_and_what_is_not_safe_last(mrs_lee, anna, phone):
    contacts.put(mrs_lee, Way("phone", "1", is_safe=False), by=anna)
    contacts.put(mrs_lee, Way("phone", "020 7946 (0)9", is_preferred=True, may_say="name_only"), by=anna)
    contacts.put(mrs_lee, Way("phone", "3", whose="shared"), by=anna)
    contacts.put(mrs_lee, Way("text", "4"), by=anna)
    assert [(one.href, one.caution) for one in contacts.own_numbers(mrs_lee)] == [
        ("tel:020794609", "In a message a first name and a number only."),
        ("tel:+447700900123", "Not safe to leave a message. evenings"),
        ("tel:1", "Not safe to use: somebody else may hear it."),
    ]


def test_on_the_crisis_panel_until_it_is_settled(mrs_lee, anna, as_anna, phone):
    made = asq.record(mrs_lee, ACUTE, manner="phone", by=anna)
    page = as_anna.get(now_page(mrs_lee, made)).content.decode()
    assert DIALLED in page and page.index(DIALLED) < page.index("tel:999")
    assert "Not safe to leave a message." in page
    assess(mrs_lee, anna)
    assert DIALLED not in as_anna.get(now_page(mrs_lee, made)).content.decode()


def test_asked_in_the_room_what_to_do_comes_before_their_telephone_until_it_was_assessed(mrs_lee, anna, as_anna, phone):
    made = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    page = as_anna.get(now_page(mrs_lee, made)).content.decode()
    assert (
        page.index("tel:999") < page.index("is not left alone") < page.index("no longer together") < page.index(DIALLED)
    )
    assess(mrs_lee, anna, outcome="open")
    page = as_anna.get(now_page(mrs_lee, made)).content.decode()
    assert page.count(DIALLED) == 1 and page.index(DIALLED) < page.index("tel:999")


def test_without_a_number_the_page_says_so(mrs_lee, anna, as_anna):
    made = asq.record(mrs_lee, ACUTE, manner="phone", by=anna)
    page = as_anna.get(now_page(mrs_lee, made)).content.decode()
    assert "No telephone of Mrs Lee" in page and reverse("clients:show", args=[mrs_lee.pk]) in page


def test_nobody_is_told_to_ring_herself(mrs_lee, anna, ben, as_anna):
    for position, person in enumerate((anna, ben), start=1):
        CoverPerson.objects.create(user=person, position=position)
    made = asq.record(mrs_lee, ACUTE, manner="phone", by=anna)
    page = as_anna.get(now_page(mrs_lee, made)).content.decode()
    named = page.split("Who covers")[1]
    assert ben.email in named and anna.email not in named
    CoverPerson.objects.filter(user=ben).delete()
    assert "Nobody else is named on the cover list." in as_anna.get(now_page(mrs_lee, made)).content.decode()


def test_on_the_page_of_an_alert_until_somebody_acted(mrs_lee, anna, ben, as_anna, phone):
    CoverPerson.objects.create(user=ben, position=1)
    asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    alert = Alert.objects.get()
    where = reverse("clients:alert", args=[mrs_lee.pk, alert.pk])
    assert DIALLED in as_anna.get(where).content.decode()
    as_anna.post(where, {"words": "Rang at once."})
    assert DIALLED not in as_anna.get(where).content.decode()


@pytest.mark.parametrize(("answer", "is_shown"), [("0", False), ("1", True)])
def test_beside_the_answers_when_one_of_them_worries(mrs_lee, anna, as_anna, phone, answer, is_shown):
    made = recording.record(mrs_lee, "phq9", LOW | {"better_off_dead": answer}, manner="room", by=anna)
    page = as_anna.get(reverse("clients:answers", args=[mrs_lee.pk, made.pk])).content.decode()
    assert (DIALLED in page) is is_shown


def test_for_the_one_who_watches_a_window_and_for_a_colleague_not_before_they_care(mrs_lee, anna, ben, as_anna, as_ben):
    contacts.put(mrs_lee, Way("phone", OWN), by=anna)
    for position, person in enumerate((anna, ben), start=1):
        CoverPerson.objects.create(user=person, position=position)
    start = timezone.now() - timedelta(minutes=5)
    window = asq_window.ask(
        mrs_lee, watcher=ben, opens_at=start, closes_at=start + timedelta(hours=1), by=anna, now=start
    )
    where = reverse("clients:watch", args=[window.pk])
    assert DIALLED not in as_ben.get(where).content.decode()
    asq_window.accept(window, by=ben)
    assert DIALLED in as_ben.get(where).content.decode()
    assert DIALLED in as_anna.get(where).content.decode()


def test_three_numbers_cost_as_little_as_one(mrs_lee, anna, as_anna, phone):
    made = asq.record(mrs_lee, ACUTE, manner="phone", by=anna)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            as_anna.get(now_page(mrs_lee, made))
        return len(seen)

    queries()
    one = queries()
    for value in ("2", "3"):
        contacts.put(mrs_lee, Way("phone", value), by=anna)
    assert queries() == one
