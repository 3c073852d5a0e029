"""Asking the first questions of people carried over: in small batches, when somebody says so, and once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import contacts, intake, inviting
from clients.domain.contacts import Way
from clients.models import Client, ContactPoint, Screening
from practice.models import CoverPerson, Letter
from tests import factories

pytestmark = pytest.mark.django_db
LIST, SEND = reverse("clients:invitations"), reverse("clients:send_invitations")


@pytest.fixture
def cover(ben):
    return CoverPerson.objects.create(user=ben, position=1)


def carried(count, lead):
    day = timezone.localdate()
    return [factories.client(f"Person {n:02}", lead, carried_over_on=day) for n in range(count)]


def who(clients):
    return {"who": [str(client.pk) for client in clients]}


def test_nothing_goes_before_it_was_said_twice(as_anna, anna, cover):
    people = carried(3, anna)
    text = as_anna.get(LIST).content.decode()
    assert "3 clients were not asked yet" in text
    answer = as_anna.post(LIST, who(people[:2]))
    assert answer.status_code == 200 and "Send 2 letters?" in answer.content.decode()
    assert not Letter.objects.exists() and not Screening.objects.exists()
    assert as_anna.post(SEND, who(people[:2]))["Location"] == LIST
    assert set(Screening.objects.values_list("client", flat=True)) == {one.pk for one in people[:2]}
    text = as_anna.get(LIST).content.decode()
    assert "2 letters are on their way" in text and "One client was not asked yet" in text


def test_pressed_twice_sends_once_also_much_later(as_anna, anna, cover):
    people = carried(2, anna)
    for _ in range(2):
        as_anna.post(SEND, who(people))
    Letter.objects.update(created_at=timezone.now() - timedelta(days=1))
    as_anna.post(SEND, who(people))
    assert Letter.objects.count() == 2 and Screening.objects.count() == 2


def test_ten_at_a_time(as_anna, anna, cover):
    people = carried(11, anna)
    answer = as_anna.post(LIST, who(people))
    text = answer.content.decode()
    assert answer.status_code == 422 and "Up to 10 at a time" in text and text.count(" checked") == 11
    as_anna.post(SEND, who(people))
    assert not Letter.objects.exists()
    assert as_anna.post(LIST, who(people[:10])).status_code == 200


def test_why_one_cannot_go_by_letter(as_anna, anna, cover):
    silent, unsafe, fine = carried(3, anna)
    ContactPoint.objects.filter(client=silent).delete()
    contacts.put(unsafe, Way("email", "person.01@example.org", is_safe=False), by=anna)
    assert [line.point is None for line in inviting.lines(inviting.waiting(anna))] == [True, True, False]
    assert "No letter can go to" in as_anna.get(LIST).content.decode()
    done = inviting.send([silent, unsafe, fine], by=anna)
    assert done.sent == (fine,) and [client for client, _why in done.not_sent] == [silent, unsafe]


def test_with_nobody_covering_nothing_goes(as_anna, anna):
    people = carried(2, anna)
    text = as_anna.get(LIST).content.decode()
    assert "Nobody is named on the cover list" in text and "Look once more" not in text
    as_anna.post(SEND, who(people))
    assert not Letter.objects.exists()
    assert "Nobody is named" in as_anna.get(LIST).content.decode()


def test_whoever_covers_alone_is_told_so_before_sending(as_anna, anna, ben):
    people = carried(2, anna)
    row = CoverPerson.objects.create(user=anna, position=1)
    said = "You are the only one who covers"
    assert said in as_anna.get(LIST).content.decode() and said in as_anna.post(LIST, who(people)).content.decode()
    row.delete()
    CoverPerson.objects.create(user=ben, position=1)
    assert said not in as_anna.get(LIST).content.decode()
    assert said not in as_anna.post(LIST, who(people)).content.decode()


def test_only_who_waits_is_listed(anna, ben, cover, mrs_lee):
    asked, closed, theirs, waits = *carried(3, anna), factories.client("Waits", anna, carried_over_on="2026-09-01")
    intake.send(asked, by=anna, reader=anna)
    Client.objects.filter(pk=closed.pk).update(status="closed")
    theirs.care_team.update(user=ben)
    assert list(inviting.waiting(anna)) == [waits]


def test_a_colleagues_client_is_not_asked(as_anna, ben, cover):
    [theirs] = carried(1, ben)
    assert as_anna.post(LIST, who([theirs])).status_code == 422
    as_anna.post(SEND, who([theirs]))
    assert not Letter.objects.exists()


@pytest.mark.parametrize("browser", ["as_olga", "as_rosa", "as_sam", "as_mrs_lee"])
def test_the_desk_asks_nobody(request, browser, anna, cover):
    people = carried(1, anna)
    browser = request.getfixturevalue(browser)
    assert browser.get(LIST).status_code == 404 and browser.post(SEND, who(people)).status_code == 404


def test_nobody_chosen_is_asked_again(as_anna, anna, cover):
    carried(1, anna)
    answer = as_anna.post(LIST, {})
    assert answer.status_code == 422 and "Please choose somebody" in answer.content.decode()
    assert as_anna.post(LIST, {"who": ["nonsense"]}).status_code == 422


def test_it_costs_the_same_for_one_and_for_many(as_anna, anna, cover):
    def queries():
        with CaptureQueriesContext(connection) as found:
            as_anna.get(LIST)
        return len(found)

    carried(1, anna)
    before = queries()
    for number in range(3):
        factories.client(f"More {number}", anna, carried_over_on="2026-09-01")
    assert queries() == before


def test_looking_once_more_costs_the_same_too(as_anna, anna, cover):
    people = carried(4, anna)

    def queries(chosen):
        with CaptureQueriesContext(connection) as found:
            assert as_anna.post(LIST, who(chosen)).status_code == 200
        return len(found)

    assert queries(people[:1]) == queries(people[:3])
