"""The demo's client with a hard month behind them: an assessment, the call of the next day, and a plan to keep."""

from datetime import UTC, date, datetime, time, timedelta

from clients.domain import safety
from clients.models import Client, FollowUp, PlanGiven, SafetyAssessment
from clients.models.safety import Contact, Intent, Means, Method, Thoughts
from practice.models import User

HEARD = {
    "thoughts": Thoughts.WISH,
    "thoughts_words": "On some nights since the layoffs at work: “not waking up would be quiet”. Less this week.",
    "intent": Intent.NONE,
    "method": Method.NONE,
    "means": Means.NONE,
    "history": "A dark winter six years ago. Told his brother then, and that helped.",
    "holds": "His brother, the dog, the allotment in spring.",
    "decision": "We considered more help now and decided against it together: no intent, no plan, and he tells his "
    "brother tonight. A plan next week, a call tomorrow.",
    "told": "His brother, by himself, that evening. Supervision on Thursday.",
}
FIRST = {
    "staying": "The dog at the door. The allotment in spring.",
    "signs": "I stop answering messages.\nI am still awake at three.",
    "alone": "Shoes on, round the block with the dog.\nThe radio, the station where people talk.",
    "people": "Pavel, my brother: 07700 900417",
    "helpers": "Dr Quist, my GP: 020 7946 0771",
}
SECOND = FIRST | {
    "alone": "Shoes on, round the block with the dog.\nThe radio, the station where people talk.\nA shower, then bed "
    "even if I do not sleep.",
    "places": "The allotment. Mrs Adeyemi is there most mornings.\nThe library on Mill Road, upstairs.",
    "people": "Pavel, my brother: 07700 900417\nNadia, next door: 07700 900238",
    "safer": "The bottles went to Pavel. The old tablets went back to the chemist.",
}


def make(client: Client, therapist: User, today: date) -> None:
    """Five weeks ago until last week, by the verbs that real work uses."""
    told, later = (_at(today, days) for days in (36, 35))
    safety.assess(client, HEARD, outcome=SafetyAssessment.Outcome.CONTACT, manner=Contact.ROOM, by=therapist, at=told)
    task = FollowUp.objects.open().get(client=client)
    safety.done(task, words="Slept better; spoke with Pavel for an hour. We meet on Thursday.", by=therapist, at=later)
    for days, words, again in ((29, FIRST, -8), (8, SECOND, 48)):
        look_again_on = today + timedelta(days=again)
        at = _at(today, days)
        plan = safety.plan(client, words, look_again_on=look_again_on, manner=Contact.ROOM, by=therapist, at=at)
        PlanGiven.objects.create(plan=plan, way=PlanGiven.Way.PAPER, by=therapist, at=at + timedelta(minutes=20))


def _at(today: date, days_ago: int) -> datetime:
    return datetime.combine(today - timedelta(days=days_ago), time(15, 40), tzinfo=UTC)
