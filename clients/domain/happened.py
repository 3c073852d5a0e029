"""Everything that happened to one asking, in order and in words, for the page of staff."""

from datetime import date
from zoneinfo import ZoneInfo

from clients.domain import step_words, steps
from clients.domain.consent_papers import Happening, happenings
from clients.models import Consent, ConsentStep
from practice.domain.words import clock, short_day
from practice.models import Practice


def all_of(one: Consent) -> list[Happening]:
    """What was sealed with a signature as it is printed, then what came after; before a signature every step."""
    zone, told = Practice.load().time_zone, steps.of(one)
    sealed = happenings(one) if one.was_signed and one.shown_text else []
    if sealed:
        signed = next((at for at, step in enumerate(told) if step.kind == ConsentStep.Kind.SIGNED), -1)
        told = told[signed + 1 :]
    return [*sealed, *(_told(step, zone) for step in told)]


def _told(step: ConsentStep, zone: str) -> Happening:
    what, known = step_words.said(step.kind, step.detail, step.by.name if step.by else "")
    local = step.at.astimezone(ZoneInfo(zone))
    return Happening(f"{short_day(local.date())}, {clock(step.at, zone)}", what, known)


def asked_in(one: Consent) -> list[tuple[date, str]]:
    """What was asked when it was talked through, by day; for the chart alone."""
    talks = [step.detail for step in steps.of(one) if step.kind == ConsentStep.Kind.CONVERSATION]
    return [(date.fromisoformat(talk["day"]), talk["asked"]) for talk in talks if talk.get("asked")]
