"""How allauth fits this practice: invitations only, and seeds of second factors sealed with the practice's key."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from practice.domain import audit, vault

PLACE = "mfa.authenticator.secret"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs herself up; people come by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """A log-in is an entry of the audit chain."""
        audit.record("log_in", by=user)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A failed log-in too, without what was typed."""
        audit.record("log_in_failed", by=None)
        super().authentication_failed(request, **credentials)

    def logout(self, request: HttpRequest) -> None:
        """And leaving."""
        audit.record("log_out", by=request.user if request.user.is_authenticated else None)
        super().logout(request)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: their seeds never lie plain in the database."""

    def encrypt(self, text: str) -> str:
        """Seal a seed with the practice's own key."""
        return base64.b64encode(vault.wrap(text.encode(), place=PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a seed."""
        return vault.unwrap(base64.b64decode(encrypted_text), place=PLACE).decode()

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows."""
        return "Alongside"
