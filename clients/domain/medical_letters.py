"""Asking a doctor: the request with what the client agreed to say, reminders, the reply, and the PAR-Q+ result."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.domain.contacts import TWICE
from clients.domain.medical import a_year_after
from clients.models import Client, MedicalLetter, ParQ
from practice.domain import audit, papers, printing, words
from practice.domain.uploads import Upload
from practice.models import Mode, Paper, Practice, User

REQUEST, REPLY, PARQ = "medical_request", "medical_reply", "parq"
"""Kinds of papers."""
REMIND_AFTER = timedelta(days=14)
WAYS = (Mode.SIT, Mode.WALK, Mode.RUN)

ANSWERS: Mapping[str, Promise] = {
    MedicalLetter.Said.AGREED: gettext_lazy("Activity agreed: nothing speaks against what you ask about."),
    MedicalLetter.Said.WALKING_ONLY: gettext_lazy("Walking only: running should wait."),
    MedicalLetter.Said.NOT_NOW: gettext_lazy("Not now: moving outdoors should wait."),
    MedicalLetter.Said.ASK_AGAIN: gettext_lazy("I cannot say yet. Please ask me again, at the time I give below."),
}
"""What a doctor can tick on the paper, in whole sentences."""


class AlreadyAnswered(Exception):
    """The reply stands as it was written down."""


def draft(client: Client, *, about: Collection[str], ways: Collection[str], is_urgent: bool = False) -> str:
    """The letter's text before the therapist edits it: what was ticked, what is asked, and nothing else."""
    asked = {
        Mode.SIT: _("sitting outside and short strolls"),
        Mode.WALK: _("walking outdoors for up to an hour, slowly enough to talk"),
        Mode.RUN: _("gentle running, slowly enough to talk"),
    }
    born = _(", born on %(day)s,") % {"day": words.short_day(client.birth_date)} if client.birth_date else ""
    opening = _(
        "%(name)s%(born)s comes to our practice and has agreed that we write to you. We would like to meet outdoors "
        "and in movement, and ask for your word first."
    ) % {"name": client.name, "born": born}
    told = [_("%(name)s told us:") % {"name": client.name}, *(f"– {one}" for one in about)] if about else []
    ways_asked = [asked[mode] for mode in WAYS if mode in ways]
    question = "\n".join([_("Is there anything that speaks against:"), *(f"– {one}" for one in ways_asked)])
    soon = _("We would be grateful for a word soon.") if is_urgent else ""
    closing = _("If there are limits, such as hills, heat or how long, please name them. Thank you for your time.")
    return "\n\n".join(filter(None, [opening, "\n".join(told), soon, question, closing]))


@transaction.atomic
def ask(
    client: Client,
    *,
    name: str,
    address: str,
    text: str,
    client_agreed_on: date,
    by: User,
    at: datetime | None = None,
) -> MedicalLetter:
    """Make the letter, print it and keep it. The very same one a moment ago is returned: it was pressed twice."""
    Client.objects.select_for_update().get(pk=client.pk)
    recent = client.medical_letters.filter(asked_by=by, doctor_name=name, asked_at__gt=timezone.now() - TWICE)
    if before := next((one for one in recent if one.text == text), None):
        return before
    made = MedicalLetter(client=client, doctor_name=name, doctor_address=address, asked_by=by)
    made.text, made.client_agreed_on, made.asked_at = text, client_agreed_on, at or timezone.now()
    made.paper = _print(made)
    made.save(force_insert=True)
    audit.record("medical.asked", by=by, subject=client.pk, detail={"letter": str(made.pk)})
    return made


def _print(made: MedicalLetter) -> Paper:
    number = papers.new_number()
    return papers.keep(
        subject=made.client_id,
        kind=REQUEST,
        title=_("Letter to %(name)s") % {"name": made.doctor_name},
        data=printing.pdf("pdf/medical_letter.html", contents(made, number=number)),
        media_type="application/pdf",
        by=made.asked_by,
        number=number,
    )


def contents(made: MedicalLetter, *, number: str) -> dict[str, Any]:
    """What stands on the paper."""
    return {
        "practice": Practice.load(),
        "document_id": number,
        "private_for": made.doctor_name,
        "letter": made,
        "text": made.text,
        "client": made.client,
        "author": made.asked_by,
        "on": timezone.localdate(made.asked_at),
        "answers": list(ANSWERS.values()),
    }


def remind(*, now: datetime | None = None) -> int:
    """Put on Today what has waited a fortnight since it was asked, asked again or last put there; how many that were.

    Run twice, the second run finds nothing.
    """
    now = now or timezone.now()
    never = Value(datetime.min.replace(year=1900, tzinfo=now.tzinfo))
    last = Greatest("asked_at", Coalesce(F("reminded_at"), never), Coalesce(F("asked_again_at"), never))
    due = MedicalLetter.objects.waiting().annotate(last=last).filter(last__lte=now - REMIND_AFTER)
    ids = list(due.values_list("pk", flat=True))
    waits = MedicalLetter.objects.waiting().filter(pk__in=ids)
    return waits.update(status=MedicalLetter.Status.REMINDED, reminded_at=now)


@transaction.atomic
def ask_again(letter: MedicalLetter, *, by: User, now: datetime | None = None) -> MedicalLetter:
    """Write down that the doctor was asked again; a fortnight later it comes back."""
    locked = _locked(letter)
    now = now or timezone.now()
    if not locked.is_waiting or (locked.asked_again_at and locked.asked_again_at > now - TWICE):
        return locked
    locked.asked_again_at = now
    locked.save(update_fields=["asked_again_at"])
    audit.record("medical.asked_again", by=by, subject=locked.client_id, detail={"letter": str(locked.pk)})
    return locked


@transaction.atomic
def write_down_reply(
    letter: MedicalLetter,
    *,
    said: str,
    wrote_on: date,
    expires_on: date,
    words: str,
    by: User,
    upload: Upload | None = None,
) -> MedicalLetter:
    """Keep what the doctor said. It stands: a mistake is put aside and asked for anew. Pressed twice, it is one act."""
    locked = _locked(letter)
    if not locked.is_waiting:
        if (locked.doctor_said, locked.doctor_wrote_on, locked.reply) == (said, wrote_on, words):
            return locked
        raise AlreadyAnswered
    locked.said_text, locked.doctor_wrote_on, locked.expires_on = said, wrote_on, expires_on
    locked.reply, locked.answered_by, locked.answered_at = words, by, timezone.now()
    locked.status = MedicalLetter.Status.REPLIED
    title = _("Reply of %(name)s") % {"name": locked.doctor_name}
    locked.reply_paper = _keep(locked.client, REPLY, title, upload, by)
    locked.save(
        update_fields=[
            *("said_sealed", "doctor_wrote_on", "expires_on", "reply_sealed", "answered_by", "answered_at"),
            *("status", "reply_paper"),
        ]
    )
    detail: dict[str, str | int | None] = {"letter": str(locked.pk)}
    audit.record("medical.reply_kept", by=by, subject=locked.client_id, detail=detail)
    return locked


def opened(letters: Sequence[MedicalLetter]) -> Sequence[MedicalLetter]:
    """The same letters, what each doctor said opened with one look at the keys."""
    for one, said in zip(letters, MedicalLetter.said_text.read_each(letters), strict=True):
        one.doctor_said = said
    return letters


@transaction.atomic
def put_aside(letter: MedicalLetter, *, by: User) -> MedicalLetter:
    """Withdraw a request, or put aside a reply that was written down by mistake. Both are kept and count no longer."""
    locked = _locked(letter)
    if locked.status == MedicalLetter.Status.WITHDRAWN:
        return locked
    locked.status, locked.withdrawn_at = MedicalLetter.Status.WITHDRAWN, timezone.now()
    locked.save(update_fields=["status", "withdrawn_at"])
    audit.record("medical.put_aside", by=by, subject=locked.client_id, detail={"letter": str(locked.pk)})
    return locked


@transaction.atomic
def keep_parq(
    client: Client, *, result: str, form_year: int, done_on: date, by: User, upload: Upload | None = None
) -> ParQ:
    """Keep the result of a PAR-Q+; it counts for twelve months. The same one a moment ago is returned."""
    Client.objects.select_for_update().get(pk=client.pk)
    said = {"form_year": form_year, "done_on": done_on}
    before = client.parqs.filter(**said, kept_by=by, kept_at__gt=timezone.now() - TWICE).first()
    if before and before.result == result:
        return before
    paper = _keep(client, PARQ, _("PAR-Q+ of %(day)s") % {"day": words.short_day(done_on)}, upload, by)
    kept = ParQ(client=client, **said, expires_on=a_year_after(done_on), paper=paper, kept_by=by)
    kept.result_text = result
    kept.save(force_insert=True)
    audit.record("medical.parq_kept", by=by, subject=client.pk, detail={"parq": str(kept.pk)})
    return kept


def _locked(letter: MedicalLetter) -> MedicalLetter:
    return MedicalLetter.objects.select_for_update(of=("self",)).select_related("client").get(pk=letter.pk)


def _keep(client: Client, kind: str, title: str, upload: Upload | None, by: User) -> Paper | None:
    if upload is None:
        return None
    return papers.keep(subject=client.pk, kind=kind, title=title, data=upload.data, media_type=upload.media_type, by=by)
