"""Forgetting truly: enquiries that came to nothing, and people whom an import brought in and nobody has touched.

Only rows that have nothing else in their file can go: whoever was asked, decided about, booked or written about stays,
and the database refuses besides. With the person go the ways to reach them, the letters written to them, what they
wrote to us, and the keys that sealed their words. The audit chain keeps that somebody was forgotten, by an id that
leads nowhere. A message that waits for an answer keeps its writer here until it has one, and each counts as a step; one
with words that worry stays, and so does who wrote it: what we did when somebody was in danger is not forgotten.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.fields.related import ForeignObjectRel
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Reply
from practice.domain import audit, vault
from practice.models import Letter, Link, Paper, Practice, User

GOES_ALONG = {"contact_points", "care_team", "emergency_contact", "signatories"}
"""What belongs to a person from the first minute and says nothing about treatment."""
A_NIGHT = 200
"""So many are forgotten at a time, so that one night's work ends within a task's minute (ours)."""


class Stays(models.TextChoices):
    """Why somebody cannot be forgotten."""

    ASKED = "screenings", _("questions were asked")
    DECIDED = "decisions", _("a decision was written")
    AGREED = "consents", _("a consent was asked for or recorded")
    BOOKED = "seats", _("a session is in the diary")
    PAPER = "paper", _("a paper is kept")
    LETTER = "letter", _("a letter is just leaving")
    WROTE = "replies", _("a message came in")
    MORE = "more", _("something else is in the file")
    CHANGED = "changed", _("something was changed")

    @property
    def is_for_the_desk(self) -> bool:
        """What whoever keeps the diary knows anyway; the rest is for the care team."""
        return self in (Stays.BOOKED, Stays.CHANGED)


def with_more(ids: Collection[UUID], *, messages_go: bool = False) -> dict[UUID, Stays]:
    """Those of these people who have anything else in their file, and what: whichever app keeps it. `messages_go`: what
    they wrote counts only where it has to stay."""
    found = _whose_messages_stay(ids) if messages_go else {}
    for relation in Client._meta.get_fields(include_hidden=True):
        if messages_go and relation.related_model in (Reply, Reply.might_be.through):
            continue
        if isinstance(relation, ForeignObjectRel) and (name := relation.get_accessor_name()) not in GOES_ALONG:
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
            what = Stays(name) if name in Stays.values else Stays.MORE
            for pk in rows.values_list(relation.field.attname, flat=True).distinct():
                found[pk] = what if found.get(pk, Stays.MORE) == Stays.MORE else found[pk]
    leaving = Letter.objects.filter(client__in=ids, state=Letter.State.LEASED).values_list("client", flat=True)
    found |= {pk: Stays.LETTER for pk in leaving if pk}
    return found | dict.fromkeys(Paper.objects.filter(subject__in=ids).values_list("subject", flat=True), Stays.PAPER)


def _whose_messages_stay(ids: Collection[UUID]) -> dict[UUID, Stays]:
    """Those of whom a message is not answered, or worries; who might have written one of which nobody said whose it is;
    and those whose key sealed a message that lies in another file."""
    open_or_worrying = Reply.objects.filter(client__in=ids).filter(Q(answered_at=None) | Q(worries=True))
    guessed = Reply.might_be.through.objects.filter(client__in=ids, reply__client=None, reply__aside_at=None)
    elsewhere = Reply.objects.filter(sealed_for__in=ids).exclude(client=F("sealed_for"))
    found = (
        *open_or_worrying.values_list("client_id", flat=True),
        *guessed.values_list("client_id", flat=True),
        *elsewhere.values_list("sealed_for", flat=True),
    )
    return {pk: Stays.WROTE for pk in found if pk}


@transaction.atomic
def forget(ids: Collection[UUID], *, action: str, by: User | None) -> None:
    """Delete these people for good. Whoever calls has locked them and looked that nothing else is in their files."""
    if not ids:
        return
    audit.record_each(action, by=by, subjects=ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_messages(%s::uuid[])", [list(ids)])
    Letter.objects.filter(client__in=ids).delete()
    Link.objects.filter(subject__in=ids).delete()
    Client.objects.filter(pk__in=ids).delete()
    forget_keys(ids)


def forget_keys(subjects: Collection[UUID]) -> None:
    """Destroy the keys of subjects of whom nothing is left. The database refuses while anything is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_keys(%s::uuid[])", [list(subjects)])
    transaction.on_commit(vault.let_go)


def due(practice: Practice, now: datetime) -> "QuerySet[Client]":
    """Enquiries that came to nothing and have lain still for the practice's number of days; none that waits."""
    still = Client.objects.never_admitted().filter(waiting_since__isnull=True, user__isnull=True)
    last = still.annotate(last_step=Greatest("enquired_at", "first_reply_at", "closed_at", "stepped_at"))
    return last.filter(last_step__lt=now - timedelta(days=practice.enquiry_days)).order_by("last_step")


@transaction.atomic
def forget_enquiries(*, now: datetime) -> int:
    """Forget what is due; returns how many people that were. Safe to run twice, and beside somebody's admitting."""
    practice = Practice.objects.first()
    if practice is None:
        return 0
    ids = [client.pk for client in due(practice, now).select_for_update(skip_locked=True, of=("self",))]
    more = with_more(ids, messages_go=True)
    gone = [pk for pk in ids if pk not in more][:A_NIGHT]
    forget(gone, action="enquiry.forgotten", by=None)
    return len(gone)


def forgotten_on(client: Client, practice: Practice) -> datetime | None:
    """When an enquiry is forgotten if nothing more happens; None for whoever waits, or was a client."""
    if client.admitted_at or client.waiting_since or client.status == Client.Status.ACTIVE or client.user_id:
        return None
    steps = (client.enquired_at, client.first_reply_at, client.closed_at, client.stepped_at)
    return max(moment for moment in steps if moment) + timedelta(days=practice.enquiry_days)
