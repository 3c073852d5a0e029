"""Twice at the same moment, on committed rows: one signature, one paper."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, consent_demo, consent_papers, consent_texts, identity
from clients.domain.agreement import disclosure_print
from clients.models import Consent
from practice.domain import audit, links
from practice.models import AuditEntry, Paper, Role
from tests import factories
from tests.clients.signing import disclosed


def _begin():
    factories.practice()
    anna = factories.user("Anna Reiter", Role.THERAPIST)
    person = factories.client("Mary Lee", anna)
    consent_texts.publish_shipped()
    return anna, person, next(text for text in consent_texts.current() if text.key == "outdoors")


def _laid(anna, person, text):
    """Asked, agreed to a screen, and a code mailed: everything but the name is there."""
    asked = consent.ask(person, text, by=anna, send=False)
    disclosed(asked)
    code = identity.make_code(asked.request, to="mary@example.org")
    return asked, links.make("consent", subject=asked.pk, lasts=timedelta(days=1), by=anna), code


def _at_once(count, act):
    gate = Barrier(count)

    def one(number):
        try:
            gate.wait(10)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_two_posts_at_the_same_moment_give_one_signature(fresh_db):
    anna, person, text = _begin()
    asked, token, code = _laid(anna, person, text)
    given = {"shown": asked.shown_sha256, "plan_what": "stop", "plan_who": "mine", "code": code}
    address = reverse("sign_consent", args=[token])
    answers = _at_once(4, lambda number: Browser().post(address, given | {"name": f"Mary Lee {number}"}))
    assert all(answer.status_code in (200, 302) for answer in answers)
    row = Consent.objects.get()
    assert row.status == "signed" and row.signer.startswith("Mary Lee ")
    assert Consent.pgh_event_model.objects.filter(status="signed").count() == 1
    assert sum('"consent.signed"' in entry.body for entry in AuditEntry.objects.all()) == 1
    assert audit.verify().whole


def test_opened_and_agreed_to_a_screen_at_the_same_moment_are_one_step_each(fresh_db):
    anna, person, text = _begin()
    asked = consent.ask(person, text, by=anna, send=False)
    token = links.make("consent", subject=asked.pk, lasts=timedelta(days=1), by=anna)
    here, said = reverse("consent_page", args=[token, asked.pk]), {"disclosure": disclosure_print(asked)}
    person.user = factories.user("Mary Lee", Role.CLIENT)
    person.save(update_fields=["user"])
    hers = [Browser() for _ in range(4)]
    for browser in hers:
        browser.force_login(person.user)
    _at_once(4, lambda number: hers[number].post(here + "screen", said) if number % 2 else hers[number].get(here))
    assert sorted(step.kind for step in asked.steps.all()) == ["asked", "disclosed", "opened"]


def test_two_who_print_at_the_same_moment_keep_one_paper(fresh_db):
    anna, person, text = _begin()
    signed = consent_demo.sign_for_demo(person, text, on=timezone.now(), by=anna)
    papers = _at_once(2, lambda number: consent_papers.paper_of(Consent.objects.get(pk=signed.pk)).pk)
    assert len(set(papers)) == 1 and Paper.objects.count() == 1


def test_sign_and_ask_again_at_the_same_moment_leave_one_of_the_two_truths(fresh_db):
    anna, person, text = _begin()
    asked, token, code = _laid(anna, person, text)
    given = {"shown": asked.shown_sha256, "plan_what": "stop", "plan_who": "mine", "code": code, "name": "Mary Lee"}
    address = reverse("sign_consent", args=[token])

    def act(number):
        return Browser().post(address, given) if number else consent.ask(person, text, by=anna, send=False)

    _at_once(2, act)
    first, second = Consent.objects.order_by("asked_at").values_list("status", flat=True)
    assert (first, second) in [("signed", "asked"), ("replaced", "asked")]
