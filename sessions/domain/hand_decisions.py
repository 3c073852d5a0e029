"""What needs a hand around decisions: a doctor who has not replied, and a colleague's decision to read."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import MedicalLetter, SecondReading
from practice.domain import words
from practice.models import User
from sessions.domain.waiting import SHOWN, Hand, Part

TOLD = timedelta(days=14)
"""So long Today says that a decision was read."""
SEALED = ("decision__reasoning_sealed", "decision__considered_sealed")


def unanswered(reader: User) -> Part:
    """Letters to doctors without a reply for a fortnight, until the doctor was asked again."""
    rows = MedicalLetter.objects.readable_by(reader).to_chase().filter(client__status="active")
    return Part(rows, lambda: _letters(rows))


def _letters(waiting: QuerySet[MedicalLetter]) -> Iterator[Hand]:
    for letter in waiting.select_related("client").defer("text_sealed", "reply_sealed")[:SHOWN]:
        url = reverse("clients:doctor_letter", args=[letter.client_id, letter.pk])
        link = _("The letter about %(name)s") % {"name": letter.client.name}
        day = words.day(timezone.localdate(letter.asked_at))
        yield Hand("look", "mail-question", _("Ask again"), link, url, _("has no reply since %(day)s.") % {"day": day})


def second_readings(reader: User) -> Iterator[Part]:
    """Decisions that colleagues asked this person to read with them, and what became of this person's own."""
    waiting = SecondReading.objects.of(reader).waiting()
    read = SecondReading.objects.read_since(timezone.now() - TOLD, decided_by=reader)
    yield Part(waiting, lambda: _to_read(waiting))
    yield Part(read, lambda: _were_read(read))


def _to_read(waiting: QuerySet[SecondReading]) -> Iterator[Hand]:
    for reading in waiting.select_related("decision__client", "asked_by").defer(*SEALED)[:SHOWN]:
        url = reverse("clients:reading", args=[reading.pk])
        link = _("A decision about %(name)s") % {"name": reading.decision.client.name}
        rest = _("waits to be read; %(name)s asked you.") % {"name": reading.asked_by.called}
        yield Hand("look", "book-open", _("Read"), link, url, rest)


def _were_read(read: QuerySet[SecondReading]) -> Iterator[Hand]:
    """Decisions of this person that a colleague has read by now, and whether there is something to read about it."""
    for reading in read.select_related("decision__client", "reader").defer(*SEALED)[:SHOWN]:
        made, names = reading.decision, {"reader": reading.reader.called, "name": reading.decision.client.name}
        url = reverse("clients:decision", args=[made.client_id, made.pk])
        if reading.comment_sealed:
            link, rest = _("%(reader)s has read your decision about %(name)s") % names, _("and said something.")
        else:
            link, rest = _("%(reader)s has read your decision about %(name)s.") % names, ""
        yield Hand("note", "book-open", _("Read with you"), link, url, rest)
