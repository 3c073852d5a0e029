"""What a guardian can reach: never an answer, a note, a decision or why. Canaries lie in everything the teen has."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, consent_letters, signers, signing
from clients.models import Consent, EmergencyContact
from practice.models import Letter, Role
from tests import factories
from tests.clients.guardians import of_age_from, parent
from tests.house import world
from tests.house.test_authz_matrix import PAGES

pytestmark = pytest.mark.django_db
CANARY = world.CANARY


@pytest.fixture
def teen(anna):
    """A young client whose chart holds a canary in every sealed place, and who likes another name."""
    of_age_from(18)
    made = world.chart("Mina", anna, factories.route(anna), 1)
    made.birth_date, made.called = timezone.localdate() - timedelta(days=16 * 365), f"{CANARY}-Mo"
    made.save(update_fields=["birth_date", "called"])
    made.known = {name: find(made) for name, find in world.OBJECTS.items()}
    made.signatories.all().delete()
    EmergencyContact.objects.update(name=f"{CANARY} Boyfriend", phone="07700 900999")
    return made


@pytest.fixture
def asked(teen, anna, text):
    """Everybody was asked, and the teen has answered in words."""
    ada = parent(teen, "Ada Brook", by=anna, may_see="times")
    wanted = [signers.Signer(None, "assent"), signers.Signer(ada, "permission")]
    own, hers = consent.ask_all(teen, [text], wanted, by=anna)
    signing.talk(own.consents.get(), words=f"{CANARY} talk")
    return hers


def _token(request) -> tuple[str, str]:
    words = consent_letters.render(Letter.objects.get(about=request.pk))
    assert CANARY not in words.text + words.html + words.subject
    return re.search(r"/s/([\w-]+)/", words.text)[1], words.text


def test_her_letter_and_pages_hold_nothing_of_the_client(asked, as_mallory):
    token, _words = _token(asked)
    pages = [reverse("sign_consent", args=[token]) + query for query in ("", "?as=print", "?type=large")]
    shown = [as_mallory.get(page) for page in pages]
    assert [answer.status_code for answer in shown] == [200] * 3
    signing_page = shown[0].content.decode()
    assert "07700 900999" not in signing_page and "Ada" in _words
    for answer in shown:
        assert CANARY not in answer.content.decode()


def test_the_text_she_signs_names_neither_whom_to_ring_nor_the_name_the_client_likes(asked):
    row = asked.consents.get()
    assert CANARY not in row.shown_text and "07700" not in row.shown_text


def test_with_her_link_no_other_page_opens(asked, as_mallory):
    token, _words = _token(asked)
    own, hers = Consent.objects.get(request__signatory=None, request__asked_at=asked.asked_at), asked.consents.get()
    for name in ("intake", "review", "plan_on_phone", "plan_copy", "reminder", "asq_window"):
        assert as_mallory.get(reverse(name, args=[token])).status_code == 410
    for name in ("talk_consent", "decline_consent"):
        assert as_mallory.post(reverse(name, args=[token, own.pk]), {"words": "mine"}).status_code == 410
        assert as_mallory.post(reverse(name, args=[token, hers.pk]), {"words": "mine"}).status_code == 302
    after = as_mallory.get(reverse("sign_consent", args=[token])).content.decode()
    assert CANARY not in after
    own.refresh_from_db()
    assert own.status == "talk" and own.answers["talk"] == f"{CANARY} talk"


def test_a_login_of_hers_opens_no_page_about_the_client(asked, teen):
    login = factories.user("Ada Brook", Role.CLIENT, email="ada@example.net")
    asked.signatory.user = login
    asked.signatory.save(update_fields=["user"])
    browser = Browser()
    browser.force_login(login)
    seen = [browser.get(address) for address in _addresses(teen)]
    assert len(seen) > 40
    opened = {answer.request["PATH_INFO"] for answer in seen if answer.status_code == 200}
    assert opened <= {"/sessions/mine"} and {answer.status_code for answer in seen} <= {200, 302, 404, 405}
    assert not [answer for answer in seen if CANARY in answer.content.decode()]


def _addresses(teen) -> list[str]:
    """Every page of the matrix, with the teen's own ids filled in."""

    def given(kind: str) -> object:
        return int(kind) if kind.isdigit() else kind[1:] if kind.startswith("=") else teen.known[kind]

    pages = {name: page.get("args", []) for name, page in PAGES.items()}
    about_her = {name: args for name, args in pages.items() if set(args) <= {*teen.known, "1"}}
    return [reverse(name, args=[given(kind) for kind in args]) for name, args in about_her.items()]
