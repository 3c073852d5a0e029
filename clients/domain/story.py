"""A client's story as the care team reads it, and the one step that comes next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import asq, carrying_over, coverage, sheets
from clients.domain.coverage import Coverage, State
from clients.domain.glance import Glance
from clients.domain.instruments import said, shipped
from clients.models import (
    Client,
    Consent,
    Decision,
    Document,
    MedicalLetter,
    Review,
    SafetyAssessment,
    SafetyPlan,
    Screening,
)
from practice.models import OUTDOOR, Mode


class Next(StrEnum):
    """What comes next for one client; nothing else is asked for at the same time."""

    ADMIT = "admit"
    CARRY_OVER = "carry_over"
    SEND_INTAKE = "send_intake"
    WAIT_FOR_INTAKE = "wait_for_intake"
    RING = "ring"
    READ_ANSWERS = "read_answers"
    SETTLE = "settle"
    ASQ_LEFT = "asq_left"
    ASK_ASQ = "ask_asq"
    DECIDE = "decide"
    CONFIRM = "confirm"
    EMERGENCY_CONTACT = "emergency_contact"
    CONSENT = "consent"
    WAIT_FOR_CONSENT = "wait_for_consent"
    TALK_ABOUT_CONSENT = "talk_about_consent"
    CONSENT_REFUSED = "consent_refused"
    BOOK = "book"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story. What it opens to is a page of its own, which is read on the record."""

    at: datetime
    title: str
    icon: str
    kind: str = ""
    pk: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """What the care team may know of a client, read in a fixed number of queries."""

    screenings: tuple[Screening, ...]
    decisions: tuple[Decision, ...]
    consents: tuple[Consent, ...]
    reviews: tuple[Review, ...] = ()
    assessments: tuple[SafetyAssessment, ...] = ()
    plans: tuple[SafetyPlan, ...] = ()
    letters: tuple[MedicalLetter, ...] = ()
    """To doctors, but for those that were put aside."""
    documents: tuple[Document, ...] = ()
    """From outside, but for those that were put aside."""
    covered: Mapping[str, Coverage] = field(default_factory=dict)
    """What covers each way outdoors that is decided, today."""

    @property
    def intake(self) -> Screening | None:
        """The newest intake that was not taken back."""
        return self._newest("intake")

    @property
    def unread(self) -> Screening | None:
        """The intake that was answered and that nobody has read, the one that has waited longest."""
        waiting = [one for one in self.screenings if one.kind == "intake" and one.submitted_at and not one.seen_at]
        return waiting[-1] if waiting else None

    @property
    def asq(self) -> Screening | None:
        """The newest time that the suicide questions were asked."""
        return self._newest(asq.KIND)

    @property
    def decision(self) -> Decision | None:
        """The newest decision."""
        return self.decisions[0] if self.decisions else None

    @property
    def goes_outdoors(self) -> bool:
        """Whether the newest decision agrees to any way outdoors."""
        return bool(self.decision and set(self.decision.modes) & OUTDOOR)

    @property
    def asked_of(self) -> str:
        """Who is asked to sign and has not answered, or wants to talk first, by name; "" when that is the client."""
        open_ones = sorted((one for one in self.consents if one.is_open), key=lambda one: one.status, reverse=True)
        return open_ones[0].signatory.name if open_ones and open_ones[0].signatory else ""

    def is_asked(self, people: Sequence[UUID | None]) -> bool:
        """Whether something lies open before each of these people, the client as None."""
        return {one.signatory_id for one in self.consents if one.is_open} >= set(people)

    @property
    def said_since(self) -> str:
        """What was said about the newest decision, the weightier of both; "" when nothing was."""
        mine = {one.status for one in self.reviews if self.decision and one.decision_id == self.decision.pk}
        return next((one for one in (Review.Status.CHANGED, Review.Status.NOTHING) if one in mine), "")

    def _newest(self, kind: str) -> Screening | None:
        wanted = (one for one in self.screenings if one.kind == kind and one.status != Screening.Status.WITHDRAWN)
        return next(wanted, None)

    def new_answers(self) -> tuple[Screening, ...]:
        """What was answered since the last decision."""
        since = self.decision.at if self.decision else None
        return tuple(one for one in self.screenings if one.submitted_at and (since is None or one.submitted_at > since))


def chart(client: Client, seen: Glance | None = None) -> Chart:
    """Everything that the story and the next step look at. Nothing sealed is opened here. `seen`: which sheets there
    are, when that was looked at already."""
    found: dict[str, Any] = {
        name: tuple(rows) if seen is None or name in seen.also else () for name, rows in sheets.of(client).items()
    }
    read = Chart(**found)
    modes = read.decision.modes if read.decision else ()
    beside = None if seen is None else seen.beside
    covered = coverage.outdoors(client, modes, on=timezone.localdate(), beside=beside, told=read.consents)
    return replace(read, covered=covered)


def next_step(
    client: Client,
    read: Chart,
    *,
    on: date,
    safety_is_open: bool = False,
    asq_was_left: bool = False,
    is_news: bool | None = None,
) -> Next:
    """The one thing to do next, from the chart alone.

    `asq_was_left` says whether an answer called for the suicide questions and they did not follow; `is_news`, whether
    what was answered since the decision raised anything new, where None counts every answer.
    """
    if client.status != Client.Status.ACTIVE:
        return Next.ADMIT if client.status == Client.Status.ENQUIRY else Next.CLOSED
    if safety_is_open:
        return Next.SETTLE
    if asq_was_left:
        return Next.ASQ_LEFT
    if read.decision is None and read.intake is None and carrying_over.is_to_confirm(client):
        return Next.CARRY_OVER
    return _asking(read, on) or _agreeing(client, read, on, bool(read.new_answers()) if is_news is None else is_news)


def _asking(read: Chart, on: date) -> Next | None:
    if read.unread:
        return Next.READ_ANSWERS
    if read.intake is None and read.decision is None:
        return Next.SEND_INTAKE
    if read.intake and not read.intake.submitted_at:
        late = (
            read.intake.status == Screening.Status.STARTED and (on - timezone.localdate(read.intake.asked_at)).days >= 7
        )
        return Next.RING if late else Next.WAIT_FOR_INTAKE
    if read.asq is None and read.decision is None:
        return Next.ASK_ASQ
    return None


def _agreeing(client: Client, read: Chart, on: date, is_news: bool) -> Next:
    if read.decision is None or is_news or read.said_since == Review.Status.CHANGED:
        return Next.DECIDE
    if read.said_since == Review.Status.NOTHING:
        return Next.CONFIRM
    if on > read.decision.look_again_on:
        return Next.DECIDE
    if not read.goes_outdoors:
        return Next.BOOK
    if not hasattr(client, "emergency_contact"):
        return Next.EMERGENCY_CONTACT
    return _consent(read) or Next.BOOK


def _consent(read: Chart) -> Next | None:
    """What is missing before any way outdoors that is decided is agreed to by everybody who has to sign.

    One way that is covered is enough to meet, unless somebody said no to another: that is talked about first.
    Otherwise what somebody said comes before what nobody was asked.
    """
    found = read.covered.values()
    states = {one.state for one in found}
    if State.COVERED in states:
        return Next.CONSENT_REFUSED if any(one.said_no for one in found) else None
    if State.TALK in states:
        return Next.TALK_ABOUT_CONSENT
    if any(one.state == State.NEVER and read.is_asked(one.lacking) for one in found):
        return Next.WAIT_FOR_CONSENT
    refused = states & {State.DECLINED, State.WITHDRAWN} and State.RAN_OUT not in states
    return Next.CONSENT_REFUSED if refused else Next.CONSENT


def entries(client: Client, read: Chart) -> list[Entry]:
    """The story, newest first: when she came, what was asked, decided and agreed. Never what was said."""
    enquired = not client.carried_over_on and not client.came_with_id
    told = [Entry(client.enquired_at, _("Enquiry"), "message-circle")] if enquired else []
    if client.admitted_at and client.carried_over_on:
        told.append(Entry(client.admitted_at, _("Carried over from paper"), "file-up"))
    elif client.admitted_at and client.came_with_id:
        told.append(Entry(client.admitted_at, _("Came in with a list"), "file-up"))
    elif client.admitted_at:
        told.append(Entry(client.admitted_at, _("Became a client"), "user-check"))
    if client.closed_at:
        told.append(Entry(client.closed_at, _("Left"), "door-open"))
    told += [_of_screening(one) for one in read.screenings if one.status != Screening.Status.WITHDRAWN]
    told += [Entry(one.at, _of_decision(one), "footprints", "decision", one.pk) for one in read.decisions]
    told += [Entry(one.answered_at or one.asked_at, _of_consent(one), "file-check") for one in read.consents]
    told += [_of_review(one) for one in read.reviews if one.answered_at]
    told += [Entry(one.at, _of_assessment(one), "life-buoy", "assessment", one.pk) for one in read.assessments]
    told += [Entry(one.at, _of_plan(one), "hand-heart", "plan", version=one.version) for one in read.plans]
    told += [entry for one in read.letters for entry in _of_letter(one)]
    told += [Entry(one.added_at, _of_document(one), "file-up", "document") for one in read.documents]
    return sorted(told, key=lambda entry: entry.at, reverse=True)


def _of_letter(one: MedicalLetter) -> Iterator[Entry]:
    name = {"name": one.doctor_name}
    yield Entry(one.asked_at, _("%(name)s was asked for a word") % name, "mail", "letter", one.pk)
    if one.answered_at:
        yield Entry(one.answered_at, _("%(name)s replied") % name, "mail-check", "letter", one.pk)


def _of_document(one: Document) -> str:
    """By its kind; what it is called may say more, and is read on the record."""
    return _("Added: %(kind)s") % {"kind": one.get_kind_display()}


def _of_screening(one: Screening) -> Entry:
    asked = shipped().get(one.kind)
    name = said(asked.title) if asked else _("Intake")
    name = _("Suicide questions") if one.kind == asq.KIND else name
    if one.submitted_at:
        title = _("%(name)s, answered %(how)s") % {"name": name, "how": one.get_manner_display()}
        return Entry(one.submitted_at, title, "clipboard-check", "answers", one.pk)
    title = _("%(name)s, %(status)s") % {"name": name, "status": one.get_status_display()}
    return Entry(one.asked_at, title, "clipboard-list")


def _of_consent(one: Consent) -> str:
    on_paper = one.status == Consent.Status.SIGNED and one.manner == Consent.Manner.PAPER
    said = f"{one.text.title}: {_('signed on paper') if on_paper else one.get_status_display()}"
    return f"{one.signatory.name}, {said}" if one.signatory else said


def _of_review(one: Review) -> Entry:
    changed = one.status == Review.Status.CHANGED
    title = _("Something has changed") if changed else _("Nothing has changed")
    return Entry(one.said_at, title, "refresh-cw" if changed else "check", "review")


def _of_decision(one: Decision) -> str:
    modes = ", ".join(str(Mode(mode).label) for mode in one.modes) or _("nothing for now")
    return _("Decision by %(name)s: %(modes)s") % {"name": one.by.called, "modes": modes}


def _of_assessment(one: SafetyAssessment) -> str:
    return _("Safety assessment by %(name)s") % {"name": one.by.called}


def _of_plan(one: SafetyPlan) -> str:
    return _("Safety plan, version %(n)s") % {"n": one.version}
