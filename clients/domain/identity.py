"""Who signs: beside whoever handed the device over, signed in with their own account, or by a code that was mailed.

Reading needs none of it, nor do talking first and declining. A code is six digits in a letter to the address to which
the request went. It is made when its letter leaves, kept only as a keyed hash, works for 15 minutes and for five
tries; five letters an hour at most. Typed rightly, it holds in that browser for an hour. The numbers are ours.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from clients.domain import contacts, signers, steps
from clients.domain.consent import KIND as REQUEST
from clients.domain.consent import Kind
from clients.models import Consent, ConsentRequest, SigningCode
from practice.domain import audit, post
from practice.models import Letter, User

KIND = "consent_code"
LASTS, HOLDS = timedelta(minutes=15), timedelta(hours=1)
TRIES = LETTERS_AN_HOUR = 5


class How(StrEnum):
    """How we know who signed. By the mere link nothing is signed any more; older evidence says so."""

    MAILED = "mailed"
    LINK = "link"
    TOGETHER = "together"
    LOGIN = "login"
    CODE = "code"


class NotKnown(Exception):
    """We do not know who that is; the message is a sentence for the signer."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What surrounds a signature.

    `witness` handed over the device on which she signs, and is signed in there; `login` is whoever is signed in there;
    `code` was typed rightly there.
    """

    address: str = ""
    agent: str = ""
    witness: User | None = None
    login: User | None = None
    code: SigningCode | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """How we know who signs; with a code, the address to which it went."""

    how: How
    to: str = ""


def who(consent: Consent, around: Circumstances, *, at: datetime | None = None) -> Known | None:
    """How we know that this is whose signature is asked for; None when we do not."""
    moment = at or timezone.now()
    if around.witness:
        return Known(How.TOGETHER)
    own = consent.signatory.user_id if consent.signatory else consent.client.user_id
    if around.login and around.login.pk == own:
        return Known(How.LOGIN)
    code = around.code
    if code and code.request_id == consent.request_id and code.used_at and code.used_at > moment - HOLDS:
        return Known(How.CODE, code.sent_to)
    return None


def holding(consent: Consent, pk: str | UUID, *, at: datetime | None = None) -> SigningCode | None:
    """The code of this id, when it was typed rightly for this request within the hour."""
    since = (at or timezone.now()) - HOLDS
    return SigningCode.objects.filter(pk=pk, request=consent.request_id, used_at__gt=since).first()


def address(consent: Consent) -> str:
    """Where a code may go: where the request went, while letters may still go there. "" when nowhere."""
    if consent.request_id is None:
        return ""
    letter = Letter.objects.filter(about=consent.request_id, kind=REQUEST).order_by("-created_at").first()
    if letter and signers.may_write(consent.client_id, consent.signatory, letter.to):
        return letter.to
    return ""


def is_on_its_way(consent: Consent) -> bool:
    """Whether a letter with a code was written so recently that the code may still work, and not typed since."""
    if consent.request_id is None:
        return False
    typed = SigningCode.objects.filter(request=consent.request_id).aggregate(at=Max("used_at"))["at"]
    since = max(timezone.now() - LASTS, typed) if typed else timezone.now() - LASTS
    letters = Letter.objects.filter(about=consent.request_id, kind=KIND, created_at__gt=since)
    return letters.exclude(state__in=[Letter.State.CANCELLED, Letter.State.DEAD]).exists()


@transaction.atomic
def send_code(consent: Consent) -> Letter:
    """Write the letter that brings a code. Raises NotKnown without an address, or after five in an hour.

    Pressed twice within a minute, the letter of the first press is returned.
    """
    to = address(consent)
    if consent.request_id is None or not to:
        raise NotKnown(_("There is no address to which a code may go. Please sign together with us, or ask us."))
    request, now = ConsentRequest.objects.select_for_update().get(pk=consent.request_id), timezone.now()
    letters = Letter.objects.filter(about=request.pk, kind=KIND)
    if twice := letters.filter(created_at__gt=now - contacts.TWICE).first():
        return twice
    if letters.filter(created_at__gt=now - timedelta(hours=1)).count() >= LETTERS_AN_HOUR:
        raise NotKnown(_("Five codes went out within an hour. Please wait a little, or ring us."))
    post.cancel(about=request.pk, kind=KIND)
    steps.add(consent, Kind.CODE, to=to)
    audit.record("consent.code_sent", by=None, subject=consent.client_id, detail={"consent": str(consent.pk)})
    key = f"{KIND}:{request.pk}:{letters.count() + 1}"
    return post.write(KIND, key=key, to=to, about=request.pk, client=consent.client_id, not_after=now + LASTS)


def make_code(request: ConsentRequest, *, to: str, at: datetime | None = None) -> str:
    """A new code, for the letter that is leaving; from now on no earlier one works. Returns the six digits."""
    moment, digits = at or timezone.now(), f"{secrets.randbelow(10**6):06}"
    made = SigningCode(request=request, sent_to=to, made_at=moment, expires_at=moment + LASTS)
    made.hashed = _hash(made, digits)
    made.save(force_insert=True)
    return digits


def first_a_code() -> str:
    """What is said to whoever signs afar without a code."""
    return _("We do not know yet that it is you. Please have a code sent, and type it.")


def _hash(code: SigningCode, digits: str) -> str:
    whole = f"{code.pk}:{code.request_id}:{digits}"
    return salted_hmac("clients.identity.sign", whole, algorithm="sha256").hexdigest()


def check(consent: Consent, typed: str, *, at: datetime | None = None) -> SigningCode:
    """The newest code of the request, typed rightly. Raises NotKnown with a sentence; a wrong try is counted.

    The same code again within its 15 minutes is right again: the button was pressed twice.
    """
    moment = at or timezone.now()
    digits = "".join(str(unicodedata.decimal(sign)) for sign in typed if sign.isdecimal())
    with transaction.atomic():
        code = SigningCode.objects.select_for_update().filter(request=consent.request_id).order_by("-made_at").first()
        if code is None:
            raise NotKnown(_("Please have a code sent to you first."))
        if code.expires_at <= moment:
            raise NotKnown(_("This code has run out: it works for 15 minutes. Please have a new one sent."))
        if code.tries >= TRIES:
            raise NotKnown(_("That was tried too often. Please have a new code sent."))
        is_right = constant_time_compare(_hash(code, digits), code.hashed)
        if is_right and code.used_at is None:
            code.used_at = moment
            code.save(update_fields=["used_at"])
            steps.add(consent, Kind.IDENTIFIED, at=moment, how=How.CODE.value, to=code.sent_to)
            audit.record("consent.identified", by=None, subject=consent.client_id, detail={"consent": str(consent.pk)})
        elif not is_right:
            code.tries += 1
            code.save(update_fields=["tries"])
    if not is_right:
        raise NotKnown(_("These are not the six digits of the newest letter. Please look again."))
    return code
