"""Consents for the demo: signed by the same verbs as real ones, at a given moment."""

from datetime import date, datetime, timedelta

from clients.domain import consent, signatories
from clients.domain.agreement import Agreement, disclosure_print, plan_questions
from clients.domain.identity import Circumstances
from clients.domain.signatories import Named
from clients.domain.signers import Signer, signers
from clients.domain.signing import disclose, sign
from clients.models import Client, Consent, ConsentText
from practice.models import User


def sign_for_demo(
    client: Client, text: ConsentText, *, on: datetime, by: User, signer: Signer | None = None
) -> Consent:
    """Asked two days before, then typed and signed at the moment `on`, together with `by`. No letter is written."""
    asked = consent.ask(client, text, by=by, send=False, at=on - timedelta(days=2), signer=signer)
    around = Circumstances(witness=by)
    disclose(asked, sha256=disclosure_print(asked), circumstances=around, at=on - timedelta(minutes=2))
    questions = plan_questions(asked)
    plan = {one["key"]: one["choices"][client.pk.int % len(one["choices"])]["value"] for one in questions}
    agreement = Agreement(plan=plan, shown_sha256=asked.shown_sha256, name=asked.signs)
    return sign(asked, agreement, circumstances=around, at=on, send_copy=False)


def family(client: Client, text: ConsentText, *, on: datetime, by: User) -> None:
    """Sixteen, with two parents who have to sign: she and her mother did, her father was asked."""
    signatories.put_birth_date(client, date(on.year - 16, 1, 1), by=by)
    for name, seen in (("Meera Ellery", on.date() - timedelta(days=6)), ("John Ellery", None)):
        said = Named(name, "parent", f"{name.split()[0].lower()}@example.net", may_see="times", authority_seen_on=seen)
        signatories.put(client, said, by=by)
    own, mother, father = signers(client, on=on.date())
    for signer in (own, mother):
        sign_for_demo(client, text, on=on, by=by, signer=signer)
    consent.ask(client, text, by=by, send=False, at=on, signer=father)
