"""A small world with one person of every role, clients in every relation to them, and canaries in what is protected."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from clients.domain import documents, imports, receiving
from clients.models import (
    Alert,
    Baseline,
    CareTeamMember,
    ChartAgreement,
    Client,
    ClientImport,
    Consent,
    ConsentRequest,
    ConsentText,
    FollowUp,
    KeepApart,
    MeasurePlan,
    MedicalLetter,
    ParQ,
    PlanGiven,
    SafetyAssessment,
    SafetyPlan,
    Screening,
    SecondReading,
    Signatory,
    Window,
)
from practice.domain import links, papers, post, uploads
from practice.domain.uploads import Upload
from practice.models import CoverPerson, HoursChange, Letter, Mode, Role, Service, Supervision, User
from routes.domain import photos
from routes.models import Route
from sessions.models import CalendarFeed, Note, Session
from tests import factories, pictures

CANARY = "canary-7f3k"
NOBODY = "nobody"
RELATIONS = ("own", "team", "other", "none")
SOON = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=2)


@dataclass
class World:
    """Who is who. `clients[role, relation]` is the client whom that role stands in that relation to."""

    people: dict[str, User] = field(default_factory=dict)
    clients: dict[tuple[str, str], Client] = field(default_factory=dict)
    route: Route | None = None

    def client(self, role: str, relation: str) -> Client | None:
        """The client of a relation; None for `none`, which is a client who does not exist."""
        return None if relation == "none" else self.clients.get((role, relation), self.clients[NOBODY, "other"])

    def relations(self, role: str) -> list[str]:
        """The relations in which a role can stand."""
        return [one for one in RELATIONS if one in ("other", "none") or (role, one) in self.clients]


def build() -> World:
    """Everyone and their clients."""
    factories.practice()
    world = World()
    for role in Role.values:
        world.people[role] = factories.user(f"Person {role}", role)
    colleague = factories.user("Colleague", Role.THERAPIST)
    supervisee = factories.user("Supervisee", Role.TRAINEE)
    Supervision.objects.create(supervisor=world.people[Role.SUPERVISOR], supervisee=supervisee)
    CoverPerson.objects.create(user=colleague, position=1)
    CoverPerson.objects.create(user=world.people[Role.SUPERVISOR], position=2)
    world.route = factories.route(colleague)
    photos.keep(uploads.photograph(pictures.drawn("JPEG")), of=world.route, by=colleague)
    world.route.hazards.create(kind="water", words="Open water.")
    factories.assessment(world.route, colleague)
    world.clients[NOBODY, "other"] = chart("Other", colleague, world.route, 0)
    for number, role in enumerate((Role.THERAPIST, Role.TRAINEE), start=1):
        world.clients[role, "own"] = chart(f"Own {role}", world.people[role], world.route, number)
        world.clients[role, "team"] = chart(f"Team {role}", colleague, world.route, number + 2)
        CareTeamMember.objects.create(client=world.clients[role, "team"], user=world.people[role], is_lead=False)
    world.clients[Role.SUPERVISOR, "team"] = chart("Supervised", supervisee, world.route, 5)
    world.clients[Role.CLIENT, "own"] = chart("Herself", colleague, world.route, 6, user=world.people[Role.CLIENT])
    return world


def chart(name: str, lead: User, route: Route, number: int, **fields: object) -> Client:
    """A client with one of everything; what is protected holds the canary."""
    person = factories.client(f"{name} Client", lead, **fields)
    person.wish = f"{CANARY} wish"
    person.save(update_fields=["wish_sealed"])
    factories.emergency_contact(person, may_say=f"{CANARY} may be said")
    factories.decision(
        person, lead, reasoning=f"{CANARY} reasoning", considered=f'[{{"rule": "S1", "words": "{CANARY}"}}]'
    )
    Screening.objects.create(
        client=person,
        kind="asq",
        status=Screening.Status.SUBMITTED,
        submitted_at=datetime.now(UTC),
        asked_by=lead,
        answers={"asq1": "no", "asq2": "no", "asq3": "no", "asq4": "yes"},
    )
    Screening.objects.create(client=person, kind="intake", asked_by=lead, answers={"note": f"{CANARY} answer"})
    heard = Alert(screening=person.screenings.get(kind="asq"), moment="handed_in", acted_at=datetime.now(UTC))
    heard.acted_by, heard.seen_at, heard.seen_by = lead, heard.acted_at, lead
    heard.acted = f"{CANARY} acted"
    heard.save(force_insert=True)
    Service.objects.filter(name="Walking session").exists() or factories.service()
    known = Baseline(client=person, by=lead, review_by=SOON.date())
    known.words, known.known = f"{CANARY} known", {"item9": 1}
    known.save(force_insert=True)
    met = Client.objects.get_or_create(name="Nobody Near", defaults={"status": Client.Status.CLOSED})[0]
    pair = KeepApart(client=person, other=met, by=lead)
    pair.words = f"{CANARY} apart"
    pair.save(force_insert=True)
    Window.objects.create(
        client=person, asked_by=lead, watcher=lead, opens_at=SOON, closes_at=SOON + timedelta(hours=1)
    )
    Signatory.objects.create(client=person, name="Somebody Beside", relation="partner", must_sign=False)
    asked = ConsentRequest.objects.create(client=person, asked_by=lead, expires_at=SOON)
    Consent.objects.create(client=person, request=asked, text=consent_text(), modes=[Mode.WALK], asked_by=lead)
    signed = papers.keep(
        subject=person.pk, kind="consent", title="Consent", data=b"%PDF-1.7 " + CANARY.encode(),
        media_type="application/pdf", by=lead,
    )  # fmt: skip
    words = dict.fromkeys(("shown_text", "signer", "signature", "answers_text", "evidence_text"), f'"{CANARY}"')
    Consent.objects.create(
        client=person, text=consent_text(), modes=[Mode.WALK], asked_by=lead, status=Consent.Status.SIGNED,
        answered_at=datetime.now(UTC), covers_until=SOON.date(), manner=Consent.Manner.TYPED, paper=signed,
        shown_sha256="0" * 64, **words,
    )  # fmt: skip
    papers.keep(
        subject=person.pk, kind="summary", title="Summary", data=b"%PDF-1.7 " + CANARY.encode(),
        media_type="application/pdf", by=lead,
    )  # fmt: skip
    scan = Upload(b"%PDF-1.7 " + CANARY.encode(), "application/pdf")
    documents.add(person, scan, kind="custody", title=f"{CANARY} order", by=lead)
    wrote = f"From: {person.contact_points.get().value}\nContent-Type: text/html\n\n<p>{CANARY} kill myself</p>"
    receiving.take_mail(wrote.encode())
    begun = imports.upload(f"Name,Notes\n{CANARY} Somebody,{CANARY}".encode(), therapist=lead, by=lead)
    done = imports.upload(b"Name\nNobody In Particular", therapist=lead, by=lead)
    done.state, done.done_at = ClientImport.State.DONE, datetime.now(UTC)
    done.save(update_fields=["state", "done_at"])
    IMPORTS[person.pk] = (begun.pk, done.pk)
    whose = person.user or lead
    CalendarFeed.objects.create(user=whose, token_hash=person.pk.bytes, called=str(person.pk))
    safety(person, lead)
    doctors_word(person, lead)
    if not lead.hours_changes.exists():
        HoursChange.objects.create(therapist=lead, first_on=SOON.date(), last_on=SOON.date(), words=f"{CANARY} away")
    MeasurePlan.objects.create(client=person, kinds=["phq9"], every=4, how=MeasurePlan.How.ROOM, by=lead)
    ChartAgreement.objects.create(client=person, agreed=True, on=SOON.date(), by=lead)
    post.write("session_reminder", key=f"doubtful {person.pk}", to="x@example.org", about=person.pk, client=person.pk)
    Letter.objects.filter(client=person.pk, kind="session_reminder").update(state="uncertain")
    starts_at = SOON + timedelta(days=number)
    past = factories.session(lead, person, starts_at=starts_at - timedelta(days=30), status=Session.Status.KEPT)
    for hours, status in ((3, Session.Status.REQUESTED), (6, Session.Status.HELD)):
        at = starts_at - timedelta(hours=hours)
        factories.session(lead, person, starts_at=at, status=status, held_until=at, booked_by=person.user or lead)
    weekly = {"series": factories.series(lead, starts_at.date()), "occurs_on": starts_at.date()}
    factories.session(lead, person, starts_at=starts_at, mode=Mode.WALK, route=route, fallback="room", **weekly)
    early = starts_at - timedelta(minutes=90)
    factories.session(lead, person, starts_at=early, kind="group", name="The park group", capacity=3)
    Note.objects.create(seat=past.seats.get(), author=lead, content={"focus": f"{CANARY} note"})
    before = factories.session(lead, person, starts_at=starts_at - timedelta(days=60), status=Session.Status.KEPT)
    signing = {"status": Note.Status.SIGNED, "signed_at": datetime.now(UTC), "content": {"focus": f"{CANARY} signed"}}
    signing |= {"started_at": before.starts_at, "stopped_at": before.ends_at}
    Note.objects.create(seat=before.seats.get(), author=lead, **signing)
    return person


def safety(person: Client, lead: User) -> None:
    """An assessment, a plan that was given, the call that was promised, and a paper of each kind."""
    words = f'{{"decision": "{CANARY}", "thoughts": "none", "people": "{CANARY}"}}'
    made = SafetyAssessment.objects.create(
        client=person, by=lead, manner="room", outcome="with_plan", words_text=words
    )  # fmt: skip
    plan = SafetyPlan.objects.create(
        client=person, version=1, by=lead, manner="room", look_again_on=SOON.date(), words_text=words
    )
    FollowUp.objects.create(client=person, assessment=made, due_on=SOON.date(), made_by=lead)
    paper = papers.keep(
        subject=person.pk, kind="safety_plan", title="Plan", data=b"%PDF-1.7 " + CANARY.encode(),
        media_type="application/pdf", by=lead,
    )  # fmt: skip
    PlanGiven.objects.create(plan=plan, way="paper", by=lead, paper=paper)


def doctors_word(person: Client, lead: User) -> None:
    """A letter without a reply, a PAR-Q+, and a decision that a supervisor, or else a colleague, is asked to read."""
    paper = papers.keep(
        subject=person.pk, kind="medical_request", title="Letter", data=b"%PDF-1.7 " + CANARY.encode(),
        media_type="application/pdf", by=lead,
    )  # fmt: skip
    MedicalLetter.objects.create(
        client=person, doctor_name="Dr Field", client_agreed_on=SOON.date(), asked_by=lead, paper=paper,
        text=f"{CANARY} letter",
    )  # fmt: skip
    day = SOON.date()
    ParQ.objects.create(
        client=person,
        result_text="all_no",
        form_year=2026,
        done_on=day,
        expires_on=day + timedelta(days=365),
        kept_by=lead,
    )
    watches = Supervision.objects.filter(supervisee=lead).first()
    reader = watches.supervisor if watches else factories.user(f"Reader {person.name}", Role.THERAPIST)
    SecondReading.objects.create(decision=person.decisions.get(), reader=reader, asked_by=lead)


def consent_text() -> ConsentText:
    """One published text."""
    body = {"sentences": ["We walk."], "clauses": [], "plan": [], "disclosure": "On a screen."}
    return ConsentText.objects.get_or_create(
        key="test", version=1, defaults={"title": "Walking", "modes": ["walk"], "body": body, "sha256": "0" * 64}
    )[0]


def _past(person: Client, *, signed: bool = False) -> Session:
    return Session.objects.for_client(person).order_by("starts_at")[0 if signed else 1]


def _next(person: Client) -> Session:
    return Session.objects.for_client(person).order_by("-starts_at")[0]


IMPORTS: dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID]] = {}
"""For each client two lists that her therapist uploaded: one to be looked at, one that is done."""


# What a URL's `pk` can be: given a client, the id of one of her things.
ON_ROUTES: dict[str, Callable[[Route], object]] = {
    "route": lambda route: route.pk,
    "hazard": lambda route: route.hazards.get().pk,
    "photo": lambda route: route.photo_id,
}
OBJECTS: dict[str, Callable[[Client], uuid.UUID]] = {
    "client": lambda person: person.pk,
    "lead": lambda person: person.care_team.get(is_lead=True).user_id,
    "hours_change": lambda person: HoursChange.objects.get(therapist=person.care_team.get(is_lead=True).user_id).pk,
    "service": lambda person: Service.objects.get().pk,
    "import": lambda person: IMPORTS[person.pk][0],
    "done_import": lambda person: IMPORTS[person.pk][1],
    "signatory": lambda person: person.signatories.get().pk,
    "group": lambda person: Session.objects.for_client(person).get(kind="group").pk,
    "feed": lambda person: CalendarFeed.objects.get(called=str(person.pk)).pk,
    "contact": lambda person: person.contact_points.get().pk,
    "letter": lambda person: Letter.objects.get(client=person.pk, state="uncertain").pk,
    "screening": lambda person: person.screenings.get(kind="intake").pk,
    "asq": lambda person: person.screenings.get(kind="asq").pk,
    "alert": lambda person: person.screenings.get(kind="asq").alerts.get().pk,
    "window": lambda person: person.windows.get().pk,
    "pair": lambda person: person.kept_apart.get().pk,
    "decision": lambda person: person.decisions.get().pk,
    "assessment": lambda person: person.safety_assessments.get().pk,
    "plan": lambda person: person.safety_plans.get().pk,
    "follow_up": lambda person: person.follow_ups.get().pk,
    "safety_paper": lambda person: papers.Paper.objects.get(subject=person.pk, kind="safety_plan").pk,
    "reading": lambda person: person.decisions.get().readings.get().pk,
    "medical_letter": lambda person: person.medical_letters.get().pk,
    "medical_paper": lambda person: papers.Paper.objects.get(subject=person.pk, kind="medical_request").pk,
    "document": lambda person: person.documents.get().pk,
    "message": lambda person: person.replies.get().pk,
    "message_file": lambda person: person.replies.get().raw_id,
    "consent": lambda person: person.consents.get(status="asked").pk,
    "signed_consent": lambda person: person.consents.get(status="signed").pk,
    "session": lambda person: _next(person).pk,
    "asked_session": lambda person: Session.objects.for_client(person).get(status=Session.Status.REQUESTED).pk,
    "held_session": lambda person: Session.objects.for_client(person).get(status=Session.Status.HELD).pk,
    "past_session": lambda person: _past(person).pk,
    "seat": lambda person: _past(person).seats.get(client=person).pk,
    "signed_seat": lambda person: _past(person, signed=True).seats.get(client=person).pk,
    "next_seat": lambda person: _next(person).seats.get(client=person).pk,
    "paper": lambda person: papers.Paper.objects.get(subject=person.pk, kind="summary").pk,
}


def token(purpose: str, subject: uuid.UUID) -> str:
    """A link that works."""
    return links.make(purpose, subject=subject, lasts=timedelta(days=1), by=None)
