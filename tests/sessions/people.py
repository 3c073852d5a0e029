"""What the tests of sessions need of people, beyond the cast."""

from datetime import UTC, datetime, timedelta
from typing import Any

from clients.models import Client, Consent, ConsentText
from practice.models import Mode, User
from tests import factories


def consent(person: Client, by: User, *, status: str = "signed", days: int = 365, **fields: Any) -> Consent:
    """A consent to every way of meeting outdoors, as a row; `days` from today until it ends."""
    modes = [Mode.SIT, Mode.WALK, Mode.RUN]
    text, _made = ConsentText.objects.get_or_create(
        key="outdoors", version=1, language="en", defaults={"title": "Outside", "modes": modes, "body": {}}
    )
    now = datetime.now(UTC)
    answered = {"answered_at": now, "manner": "paper", "covers_until": (now + timedelta(days=days)).date()}
    fields = {"modes": modes} | (answered if status == "signed" else {}) | fields
    return Consent.objects.create(client=person, text=text, asked_by=by, status=status, **fields)


def ready(person: Client, therapist: User) -> Client:
    """Everything that a walk needs of the person."""
    factories.emergency_contact(person)
    factories.decision(person, therapist)
    consent(person, therapist)
    return person
