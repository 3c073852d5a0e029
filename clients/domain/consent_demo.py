"""Consents for the demo: signed by the same verbs as real ones, at a given moment."""

from datetime import datetime, timedelta

from clients.domain import consent
from clients.domain.signing import Agreement, Circumstances, sign
from clients.models import Client, Consent, ConsentText
from practice.models import User


def sign_for_demo(client: Client, text: ConsentText, *, on: datetime, by: User) -> Consent:
    """Asked two days before, then typed and signed at the moment `on`, together with `by`. No letter is written."""
    asked = consent.ask(client, text, by=by, send=False, at=on - timedelta(days=2))
    questions = asked.shown["plan"]["questions"] if asked.shown.get("plan") else []
    plan = {one["key"]: one["choices"][client.pk.int % len(one["choices"])]["value"] for one in questions}
    agreement = Agreement(plan=plan, accepts_screen=True, shown_sha256=asked.shown_sha256, name=client.name)
    return sign(asked, agreement, circumstances=Circumstances(witness=by), at=on)
