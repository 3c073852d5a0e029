"""What tests of safety share: an assessment in a line, and a row as it was settled before there were any."""

from typing import Any

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
    """An assessment that settles, unless it is said how else it ended."""
    at = words.pop("at", None)
    return safety.assess(client, CALM | words, outcome=outcome, manner="room", by=by, at=at)


def before_assessments(made: Screening, *said: tuple[str, str]) -> None:
    """Who was told and whether it was settled, as rows said it of themselves."""
    made.told = [{"told": told, "safety": how} for told, how in said]
    made.save(update_fields=["told_sealed"])
