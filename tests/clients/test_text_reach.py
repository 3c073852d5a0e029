"""Before a version is published: how many people it touches when it asks for new signatures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.domain import consent, consent_reach, signing
from clients.domain.consent import State
from clients.domain.signers import signers
from clients.models import Client, ConsentText
from practice.models import Mode
from tests import factories
from tests.clients.guardians import mina, of_age_from, parent
from tests.clients.signing import sign_together
from tests.clients.test_text_pages import publish
from tests.clients.texts import address, opened

pytestmark = pytest.mark.django_db


def signs(client, text, by, *, ago=10, **signer):
    moment = timezone.now() - timedelta(days=ago)
    return sign_together(consent.ask(client, text, by=by, at=moment, send=False, **signer), at=moment)


def reach(text):
    found = consent_reach.of(text, at=timezone.now())
    return found.standing, found.waiting


def test_who_signed_and_who_may_still_sign_is_counted_once(anna, text, texts):
    people = [factories.client(f"Person {n}", anna) for n in range(6)]
    for person in people[:4]:
        signs(person, text, anna)
    signs(people[0], text, anna, ago=5)  # twice is one person
    consent.withdraw(signs(people[1], text, anna, ago=3), by=None)
    consent.withdraw(signs(people[2], text, anna, ago=3), by=None, modes=[Mode.SIT])
    Client.objects.filter(pk=people[3].pk).update(status=Client.Status.CLOSED)
    signs(people[4], text, anna, ago=400)  # ran out
    signs(people[5], texts["running"], anna)
    assert reach(text) == (2, 0)
    consent.ask(people[4], text, by=anna, send=False)
    consent.ask(people[5], text, by=anna, send=False, at=timezone.now() - timedelta(days=300))  # its link is over
    assert reach(text) == (2, 1) and reach(texts["running"]) == (1, 0)


def test_who_said_no_later_and_who_was_asked_anew_already_is_not_counted(anna, text):
    said_no, older = (factories.client(name, anna) for name in ("Nora Field", "Otto Field"))
    signs(said_no, text, anna)
    signing.decline(consent.ask(said_no, text, by=anna, send=False), words="No.")
    signs(older, text, anna)
    consent.ask(factories.client("Wim Field", anna), text, by=anna, send=False)
    fields = ("key", "language", "title", "modes", "body", "sha256")
    same = {name: getattr(text, name) for name in fields}
    silent = ConsentText.objects.create(**same, version=2, renews=False)
    assert reach(silent) == (1, 1)
    newest = ConsentText.objects.create(**same, version=3, renews=True)
    assert reach(newest) == (0, 0)


def test_a_client_under_age_and_both_parents_are_three(anna, practice, text):
    of_age_from(18)
    child = mina(anna)
    for name in ("Ada Brook", "Bob Brook"):
        parent(child, name, by=anna)
    for signer in signers(child, on=timezone.localdate()):
        signs(child, text, anna, signer=signer)
    assert reach(text) == (3, 0)


def test_the_page_says_it_before_and_it_is_what_happens(as_rosa, anna):
    assert publish(as_rosa).status_code == 302
    text = ConsentText.objects.get()
    assert "Whom it touches" not in as_rosa.get(address("publish_text")).content.decode()  # nothing to publish
    people = [factories.client(f"Person {n}", anna) for n in range(3)]
    as_rosa.post(address(), opened(as_rosa) | {"not_covered": "Not flying."})
    page = as_rosa.get(address("publish_text")).content.decode()
    assert "Nobody’s signature stands on an earlier version" in page
    for person in people[:2]:
        signs(person, text, anna)
    consent.ask(people[2], text, by=anna, send=False)
    page = as_rosa.get(address("publish_text")).content.decode()
    assert "With yes, 2 people whose signatures stand are asked again." in page
    assert "One person was asked and has not answered" in page and page.index("With yes") < page.index(
        "Does this change need"
    )
    assert publish(as_rosa, renews="yes").status_code == 302
    tomorrow = timezone.localdate() + timedelta(days=1)
    states = [consent.covers(person, Mode.WALK, tomorrow).state for person in people]
    assert states == [State.RAN_OUT, State.RAN_OUT, State.NEVER]


def test_it_costs_the_same_for_any_number_of_people(as_rosa, anna):
    publish(as_rosa)
    text = ConsentText.objects.get()
    as_rosa.post(address(), opened(as_rosa) | {"not_covered": "Not flying."})

    def cost(number):
        for n in range(number):
            signs(factories.client(f"Person {n}", anna), text, anna)
        with CaptureQueriesContext(connection) as seen:
            assert as_rosa.get(address("publish_text")).status_code == 200
        return len(seen)

    assert cost(1) == cost(3)
