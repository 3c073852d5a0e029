"""Somebody who is mid-treatment comes in from paper: who they are, what they signed, and what was decided, dated then.

What is on paper is recorded as on paper: by whom and when it was put here, and never as if it had been signed on a
screen. It has the effect of any consent and any decision.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import consent, contacts, danger, decision, signers, signing, steps, unread
from clients.domain.contacts import TWICE, Way
from clients.models import CareTeamMember, Client, Consent, ConsentStep, ConsentText, Decision, Signatory
from practice.domain import audit, papers
from practice.domain.audit import canonical
from practice.domain.uploads import Upload
from practice.models import Practice, User

OLDEST_CONSENT = timedelta(days=5 * 366)
"""A date before that is more likely a slip of the pen (ours)."""


class NotFromPaper(Exception):
    """Why this is not taken from paper; the message is a sentence for the therapist."""


class NoScan(Exception):
    """Only of what was signed before a client came in from paper a date alone is taken; `text` says what it is of."""

    def __init__(self, text: ConsentText) -> None:
        super().__init__(_("Please add a scan or a photograph of the paper; a date alone shows nothing."))
        self.text = text


@dataclass(frozen=True, slots=True)
class Ring:
    """Whom to ring if something happens."""

    name: str
    relation: str
    phone: str
    may_say: str = ""


@transaction.atomic
def arrive(
    *,
    name: str,
    way: Way,
    therapist: User,
    by: User,
    today: date,
    called: str = "",
    pronouns: str = "",
    language: str = "en",
    ring: Ring | None = None,
) -> Client:
    """A client of this therapist from today on, carried over from paper.

    The very same a moment ago is returned instead: the button was pressed twice.
    """
    User.objects.select_for_update().get(pk=by.pk)
    recent = Client.objects.active().carried_over().filter(name=name, admitted_at__gt=timezone.now() - TWICE)
    if before := recent.filter(contact_points__value=way.value, care_team__user=therapist).first():
        return before
    client = Client(name=name, called=called, pronouns=pronouns, language=language, status=Client.Status.ACTIVE)
    client.admitted_at, client.carried_over_on = timezone.now(), today
    client.save(force_insert=True)
    CareTeamMember.objects.create(client=client, user=therapist)
    contacts.put(client, way, by=by)
    if ring:
        said = {"name": ring.name, "relation": ring.relation, "phone": ring.phone, "may_say": ring.may_say}
        contacts.put_emergency(client, by=by, **said)
    audit.record("client.carried_over", by=by, subject=client.pk, detail={"therapist": str(therapist.pk)})
    return client


@transaction.atomic
def keep_consent(
    client: Client,
    text: ConsentText,
    *,
    signed_on: date,
    by: User,
    scan: Upload | None = None,
    signatory: Signatory | None = None,
) -> Consent:
    """Record that the client, or who signs beside her, signed an agreement on paper that day. It covers a year from
    then, as any does, and means what her age on that day made of it.

    What was asked for by then on a screen has its answer, and ends. The same paper twice is kept once. Raises NoScan,
    and NotFromPaper when this person had no standing to sign that day.
    """
    Client.objects.select_for_update().get(pk=client.pk)
    if why := signers.no_standing(client, signatory, on=signed_on):
        raise NotFromPaper(why)
    if before := _same_paper(client, text, signatory, signed_on):
        return _with_scan(before, scan, by=by) if scan and before.paper is None else before
    if scan is None and not _came_with_it(client, signed_on):
        raise NoScan(text)
    moment = at_noon(signed_on)
    consent.replace_open(client, text.key, until=moment + timedelta(hours=12), signatory=signatory)
    made = Consent(client=client, text=text, modes=list(text.modes), asked_by=by, asked_at=moment, answered_at=moment)
    made.signatory, made.meaning = signatory, signers.meaning(client, signatory, on=signed_on)
    made.status, made.manner = Consent.Status.SIGNED, Consent.Manner.PAPER
    made.covers_until = signing.in_a_year(signed_on)
    made.evidence_text = canonical(_evidence(made, signed_on, by))
    made.save(force_insert=True)
    steps.add(made, ConsentStep.Kind.ON_PAPER, by=by)
    detail: dict[str, str | int | None] = {"consent": str(made.pk), "scan": int(scan is not None)}
    audit.record("consent.on_paper", by=by, subject=client.pk, detail=detail)
    return _with_scan(made, scan, by=by) if scan else made


def _same_paper(client: Client, text: ConsentText, signatory: Signatory | None, signed_on: date) -> Consent | None:
    """What stands of this version on paper of that day, unless it was to be signed anew by then: that is another."""
    stands = Consent.objects.filter(client=client, text=text, signatory=signatory, manner=Consent.Manner.PAPER)
    stands = stands.filter(status=Consent.Status.SIGNED, withdrawn_modes=[]).exclude(due_again_on__lte=signed_on)
    same = (one for one in stands.select_related("text", "paper") if one.evidence["signed_on"] == str(signed_on))
    return next(same, None)


def _came_with_it(client: Client, signed_on: date) -> bool:
    """Whether this was signed before the client came in from paper, so that a date may be all there is."""
    return client.carried_over_on is not None and signed_on <= client.carried_over_on


def _with_scan(row: Consent, scan: Upload, *, by: User) -> Consent:
    row.paper = papers.keep(
        subject=row.client_id,
        kind="consent",
        title=f"{row.text.title}, on paper",
        data=scan.data,
        media_type=scan.media_type,
        by=by,
    )
    row.save(update_fields=["paper"])
    return row


def _evidence(made: Consent, signed_on: date, by: User) -> dict[str, str]:
    """Who signed and as whom, with the names of this moment, whatever they become."""
    return {
        "how": "paper",
        "client": made.client.name,
        "signs": made.signs,
        "relation": made.signatory.relation if made.signatory else "",
        "signed_on": signed_on.isoformat(),
        "kept_by": by.name,
        "kept_at": timezone.now().isoformat(timespec="seconds"),
    }


@transaction.atomic
def keep_decision(
    client: Client,
    *,
    decided_on: date,
    modes: Collection[str],
    limits: Collection[str],
    reasoning: str,
    look_again_on: date,
    by: User,
) -> Decision:
    """The therapist's own decision as it was made on paper, dated by her. There is one; pressed twice, it is kept.

    Raises NotFromPaper when something was answered by now: dated today, it would lift what nobody has read.
    """
    Client.objects.select_for_update().get(pk=client.pk)
    if before := decision.newest(client):
        return before
    if why := hindrance(client):
        raise NotFromPaper(why)
    return decision.decide(
        client,
        modes=modes,
        limits=limits,
        reasoning=reasoning,
        look_again_on=look_again_on,
        by=by,
        at=at_noon(decided_on),
    )


def hindrance(client: Client) -> str:
    """Why no decision is put in from paper any more, in a sentence; "" before anything was decided or answered here,
    danger was stated in what is only begun, taken back or not, or somebody was called for what nobody has opened.
    After that, a decision is written with the answers in sight."""
    if client.decisions.exists() or client.screenings.answered().exists():
        return _("There are answers or a decision here already. The next one is written beside them.")
    dangers = danger.called_for([client.pk]) | danger.stated(danger.since_decided([client.pk]))
    return dangers.get(client.pk, "") or unread.hindrance(client.pk)


def at_noon(day: date) -> datetime:
    """A moment of that day in the practice's own zone: noon, or now when that is earlier."""
    return min(datetime.combine(day, time(12), tzinfo=ZoneInfo(Practice.load().time_zone)), timezone.now())
