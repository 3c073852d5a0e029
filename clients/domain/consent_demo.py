"""Consents for the demo: signed by the same verbs as real ones, at a given moment."""

from datetime import datetime, timedelta

from clients.domain import consent
from clients.domain.agreement import Agreement, disclosure_print, plan_questions
from clients.domain.identity import Circumstances
from clients.domain.signing import disclose, sign
from clients.models import Client, Consent, ConsentText
from practice.models import User


def sign_for_demo(client: Client, text: ConsentText, *, on: datetime, by: User) -> Consent:
    """Asked two days before, then typed and signed at the moment `on`, together with `by`. No letter is written."""
    asked = consent.ask(client, text, by=by, send=False, at=on - timedelta(days=2))
    disclose(asked, sha256=disclosure_print(asked), by=by, at=on - timedelta(minutes=2))
    questions = plan_questions(asked)
    plan = {one["key"]: one["choices"][client.pk.int % len(one["choices"])]["value"] for one in questions}
    agreement = Agreement(plan=plan, shown_sha256=asked.shown_sha256, name=client.name)
    return sign(asked, agreement, circumstances=Circumstances(witness=by), at=on)
