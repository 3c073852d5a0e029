"""What tests of safety share: an assessment in a line, and a row as it was settled before there were any."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clients.domain import safety
from clients.models import Client, SafetyAssessment, Screening
from practice.models import User

CALM = {
    "thoughts": "none",
    "intent": "none",
    "method": "none",
    "means": "none",
    "decision": "We walked through it together.",
    "told": "Sam Holt, 14:20.",
}
GRAVE = CALM | {"thoughts": "suicide", "thoughts_words": "Since Sunday, most nights.", "means": "could"}


def assess(client: Client, by: User, outcome: str = "with_plan", **words: Any) -> SafetyAssessment:
    """An assessment that settles, its plan with it, unless it is said how else it ended."""
    at = words.pop("at", None)
    if outcome == "with_plan" and not client.safety_plans.exists():
        again = timezone.localdate() + timedelta(days=28)
        safety.plan(client, {"staying": "The dog."}, look_again_on=again, manner="room", by=by, at=at)
    return safety.assess(client, CALM | words, outcome=outcome, manner="room", by=by, at=at)


def before_assessments(made: Screening, *said: tuple[str, str]) -> None:
    """Who was told and whether it was settled, as rows said it of themselves."""
    made.told = [{"told": told, "safety": how} for told, how in said]
    made.save(update_fields=["told_sealed"])
