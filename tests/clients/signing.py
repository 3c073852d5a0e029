"""What the tests of the signing page share: what is typed there, and its addresses."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import signing
from clients.domain.agreement import Agreement, disclosure_print, plan_questions
from clients.domain.identity import Circumstances
from clients.models import Consent
from practice.domain import links
from tests import factories

CANARY = "canary-wren"
ANSWERS = {"plan_what": "step_aside", "plan_who": "friend", "sign": CANARY, "name": "Mary Lee"}


def given(asked: Consent, **more: Any) -> dict[str, Any]:
    """Everything that the sign form asks for, in one post."""
    return {**ANSWERS, "shown": asked.shown_sha256, **more}


def disclosed(asked: Consent) -> Consent:
    """Agreed to sign on a screen."""
    signing.disclose(asked, sha256=disclosure_print(asked))
    return asked


def token_of(asked: Consent, *, lasts: timedelta = timedelta(days=30)) -> str:
    """A link like the one in the letter of its request."""
    return links.make("consent", subject=asked.request_id or asked.pk, lasts=lasts, by=asked.asked_by)


def handed_back(browser: Browser) -> None:
    """The device is back: whoever is signed in there says that it is them."""
    browser.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})


def handed_over(browser: Browser, asked: Consent) -> str:
    """One agreement's address on a device that whoever is signed in there hands over."""
    handed_back(browser)
    press = reverse("clients:consent_again", args=[asked.client_id, asked.pk])
    return address(browser.post(press, {"how": "here"}).url.split("/")[2], asked)


def address(token: str, asked: Consent, name: str = "consent_page") -> str:
    """One agreement's address behind a link."""
    return reverse(name, args=[token, asked.pk])


def sign_together(asked: Consent, *, at: datetime | None = None) -> Consent:
    """Signed by typing the signer's own name, on a device on which whoever asked is signed in."""
    moment = at or timezone.now()
    signing.disclose(asked, sha256=disclosure_print(asked), at=moment)
    plan = {one["key"]: one["choices"][0]["value"] for one in plan_questions(asked)}
    agreement = Agreement(plan=plan, shown_sha256=asked.shown_sha256, name=asked.signs)
    return signing.sign(asked, agreement, circumstances=Circumstances(witness=asked.asked_by), at=moment)
