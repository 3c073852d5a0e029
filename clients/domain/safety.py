"""What keeps somebody safe: the assessment after a worrying answer, the plan made together, the call of the next day.

Nothing else closes what is acute: not a later "no", and not a decision. An assessment that leaves something open keeps
it open, one that counts on a plan keeps it open until the plan is written, and whoever was handed over is assessed
again before it is settled.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import alerts, asq
from clients.domain.contacts import TWICE
from clients.models import Client, FollowUp, PlanGiven, SafetyAssessment, SafetyPlan, Screening
from clients.models.safety import Intent, Means, Method, Thoughts
from practice.domain import audit, links, post
from practice.models import Practice, User

ASKED = {"thoughts": Thoughts, "intent": Intent, "method": Method, "means": Means}
"""What is asked with a choice of answers; each may have words of its own beside it (`thoughts_words` and so on)."""
TOLD = ("history", "holds", "decision", "told")
PARTS = ("staying", "signs", "alone", "places", "people", "helpers", "safer")
"""The parts of a plan, in the order of its page; their headings stand in `plan_page`."""
PURPOSE = "safety_plan"
"""Of the links to a plan, and the kind of the letter that carries one."""
LONGEST = timedelta(days=366)


class CannotKeep(ValueError):
    """An answer that is none of the answers, or a plan with nothing in it; the message is a sentence."""


class Unread(CannotKeep):
    """Suicide questions were recorded that whoever writes the assessment has not seen."""


@transaction.atomic
def assess(
    client: Client,
    words: Mapping[str, str],
    *,
    outcome: str,
    manner: str,
    by: User,
    at: datetime | None = None,
    read: str | None = None,
) -> SafetyAssessment:
    """Write down an assessment: `words` by question (`ASKED` and `TOLD`). The next-day call follows by itself.

    It answers the newest asking that is still open. The same one by the same person a moment ago is returned instead.
    `read` is the mark of the askings that were shown; when there are newer ones, nothing is written (Unread).
    """
    for question, answers in ASKED.items():
        if words.get(question) not in answers.values:
            raise CannotKeep(f"“{words.get(question)}” is no answer about {question}.")
    if heard_nothing(words) and outcome in SafetyAssessment.SETTLES:
        raise CannotKeep(_("Nothing was said about thoughts, intent, a plan or means: this cannot be left as safe."))
    Client.objects.select_for_update().get(pk=client.pk)
    at = at or timezone.now()  # with the lock held, so that it never lies after an asking that nobody had seen
    if before := _just_assessed(client, words, outcome, by, at):
        return before
    asked = asq.all_of(client)
    if read is not None and read != mark(asked):
        raise Unread(_("Suicide questions were recorded since this page was opened: please read them first."))
    answered = asq.open_one(asked, on=day_of(at))
    made = SafetyAssessment(client=client, screening=answered, by=by, at=at, manner=manner, outcome=outcome)
    made.words_text = json.dumps({key: text for key, text in words.items() if text}, sort_keys=True)
    made.save(force_insert=True)
    audit.record("safety.assessed", by=by, subject=client.pk, detail={"assessment": str(made.pk)})
    if answered:
        alerts.assessed(answered, by=by)
    if is_worrying(made, words):
        _promise_a_call(made)
    return made


def heard_nothing(words: Mapping[str, str]) -> bool:
    """Whether every question was answered with "would not say"."""
    return all(words.get(question) == answers["UNSAID"] for question, answers in ASKED.items())


def mark(asked: Sequence[Screening]) -> str:
    """Which askings are known, and how each came out; a form sends it back, so that none is settled unread."""
    return " ".join(f"{one.pk}:{outcome}" for one, outcome in zip(asked, asq.outcomes(asked), strict=True))


def _just_assessed(
    client: Client, words: Mapping[str, str], outcome: str, by: User, at: datetime
) -> SafetyAssessment | None:
    made = newest_assessment(client)
    if made is None or (made.by_id, made.outcome) != (by.pk, outcome) or made.at <= at - TWICE:
        return None
    return made if made.words == {key: text for key, text in words.items() if text} else None


def is_worrying(made: SafetyAssessment, words: Mapping[str, str]) -> bool:
    """Whether somebody rings the next day: anything but "none" about thoughts, intent or plan, or anything open."""
    found = any(words[question] != "none" for question in ("thoughts", "intent", "method"))
    return found or made.outcome != SafetyAssessment.Outcome.WITH_PLAN


def _promise_a_call(made: SafetyAssessment) -> None:
    """One call the next day, however often it is assessed on this one."""
    due_on = day_of(made.at) + timedelta(days=1)
    waiting = FollowUp.objects.open().filter(client=made.client_id, kind=FollowUp.Kind.CALL, due_on=due_on)
    if not waiting.exists():
        FollowUp.objects.create(
            client_id=made.client_id, assessment=made, due_on=due_on, made_by=made.by, made_at=made.at
        )


@transaction.atomic
def done(task: FollowUp, *, words: str, by: User, at: datetime | None = None) -> FollowUp:
    """What was promised is done, and how it went. Done is done: a second time changes nothing."""
    task = FollowUp.objects.select_for_update(of=("self",)).select_related("client").get(pk=task.pk)
    if task.done_at:
        return task
    task.done_at, task.done_by, task.words = at or timezone.now(), by, words
    task.save(update_fields=["done_at", "done_by", "words_sealed"])
    audit.record("safety.follow_up_done", by=by, subject=task.client_id, detail={"task": str(task.pk)})
    return task


@transaction.atomic
def plan(
    client: Client, words: Mapping[str, str], *, look_again_on: date, manner: str, by: User, at: datetime | None = None
) -> SafetyPlan:
    """Write the next version of the plan, in the parts of `PARTS`; whoever writes it signs it off.

    The version before ends with its links and letters. Nothing changed a moment ago means pressed twice.
    """
    kept = {part: words[part] for part in PARTS if words.get(part)}
    if not kept:
        raise CannotKeep(_("Please write at least one part."))
    Client.objects.select_for_update().get(pk=client.pk)
    before, at = newest_plan(client), at or timezone.now()
    if before and before.by_id == by.pk and before.at > at - TWICE and before.words == kept:
        return before
    version = before.version + 1 if before else 1
    made = SafetyPlan(client=client, version=version, manner=manner, by=by, at=at, look_again_on=look_again_on)
    made.words_text = json.dumps(kept, sort_keys=True)
    made.save(force_insert=True)
    end_links(client, but=made)
    audit.record("safety.plan_written", by=by, subject=client.pk, detail={"plan": str(made.pk), "version": version})
    return made


def end_links(client: Client, *, but: SafetyPlan | None = None) -> None:
    """No mailed link opens a plan of this client any more, and no letter with one leaves."""
    for pk in client.safety_plans.values_list("pk", flat=True):
        if but is None or pk != but.pk:
            links.end(PURPOSE, subject=pk)
            post.cancel(about=pk, kind=PURPOSE)


def newest_assessment(client: Client) -> SafetyAssessment | None:
    """The last assessment."""
    return SafetyAssessment.objects.filter(client=client).select_related("by").first()


def is_left_open(client: Client) -> bool:
    """Whether the newest assessment left something open."""
    return SafetyAssessment.objects.filter(client=client).unsettled().exists()


def newest_plan(client: Client) -> SafetyPlan | None:
    """The plan that counts."""
    return SafetyPlan.objects.filter(client=client).select_related("by", "client").first()


def given_plan(client: Client) -> SafetyPlan | None:
    """The plan that counts, once it was given to the client, and while they are one; for their own pages."""
    made = newest_plan(client)
    is_theirs = made and client.status == Client.Status.ACTIVE and PlanGiven.objects.filter(plan=made).exists()
    return made if is_theirs else None


@dataclass(frozen=True, slots=True)
class Kept:
    """What a client's page says of safety, without opening anything that is sealed."""

    assessment: SafetyAssessment | None
    plan: SafetyPlan | None
    given: PlanGiven | None
    waiting: tuple[FollowUp, ...]
    is_overdue: bool

    def __bool__(self) -> bool:
        return bool(self.assessment or self.plan or self.waiting)

    def waits_for_plan(self, unsettled: Screening | None) -> bool:
        """True when the plan alone is missing: nothing was answered since the assessment that counts on it."""
        if self.assessment is None or not self.assessment.waits_for(self.plan):
            return False
        return unsettled is None or unsettled.submitted_at is None or unsettled.submitted_at <= self.assessment.at


def kept(client: Client, *, on: date) -> Kept:
    """Where the plan, the last assessment and the promised calls of one client stand."""
    plans = SafetyPlan.objects.filter(client=client).select_related("by").defer("words_sealed")
    assessments = SafetyAssessment.objects.filter(client=client).select_related("by").defer("words_sealed")
    return kept_of(plans[:1], assessments[:1], promised(client), on=on)


def promised(client: Client) -> QuerySet[FollowUp]:
    """The calls that are promised to one client."""
    return FollowUp.objects.open().filter(client=client).defer("words_sealed")


def kept_of(
    plans: Iterable[SafetyPlan], assessments: Iterable[SafetyAssessment], waiting: Iterable[FollowUp], *, on: date
) -> Kept:
    """The same from rows that are loaded already, the newest first."""
    newest = next(iter(plans), None)
    return Kept(
        assessment=next(iter(assessments), None),
        plan=newest,
        given=PlanGiven.objects.filter(plan=newest).first() if newest else None,
        waiting=tuple(waiting),
        is_overdue=newest is not None and newest.look_again_on < on,
    )


def day_of(moment: datetime) -> date:
    """A day of the practice's own zone."""
    return moment.astimezone(ZoneInfo(Practice.load().time_zone)).date()
