"""A message that came in from a client, or from somebody nobody knows: kept as it came, and what became of it."""

import uuid
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import CareTeamMember, Client
from clients.models.consent import changed
from practice.domain.vault import Sealed
from practice.models import Letter, Paper, Role, User
from practice.rules import Permission, has

CAME = (
    *("id", "channel", "sender", "key", "message_id", "letter_id", "received_at", "sealed_for", "subject_sealed"),
    *("text_sealed", "files_sealed", "raw_id", "remarks", "worries"),
)
"""What no longer changes once it came in."""
FACTS = (
    ("client_id", "sorted_at", "sorted_by_id"),
    ("read_at", "read_by_id"),
    ("answered_at", "answered_by_id"),
    ("aside_at", "aside_by_id"),
    ("reached_at", "reached_by_id"),
)
"""What no longer changes once it (the first of each) is written down, as long as it stays with whom it is."""
GIVEN = (
    "(OLD.client_id IS DISTINCT FROM NEW.client_id AND NEW.sorted_at IS NOT NULL "
    "AND OLD.sorted_at IS DISTINCT FROM NEW.sorted_at)"
)
"""Somebody says, now and by name, whose it is: for them it begins anew."""
ONLY_OF_NO_CLIENT = """
IF NOT OLD.worries AND OLD.answered_at IS NOT NULL AND EXISTS (
  SELECT FROM clients_client WHERE id = OLD.client_id AND admitted_at IS NULL AND user_id IS NULL AND status <> 'active'
) THEN
  RETURN OLD;
END IF;
RAISE EXCEPTION 'a message is kept';
"""
"""What may go with somebody who never was a client (`clients.domain.forgetting`)."""


def _stays(first: str, *others: str) -> str:
    return f"(OLD.{first} IS NOT NULL AND ({changed(first, *others)}))"


def may_sort(user: User) -> bool:
    """Who reads what nobody is known for and says whose it is: clinicians, and the owner."""
    return has(user, Permission.DECIDE) or (has(user, Permission.KEEP_PRACTICE) and Role.OWNER in user.roles)


class ReplyQuerySet(models.QuerySet["Reply"]):
    """Messages, by who reads them and what waits."""

    def readable_by(self, user: User) -> "ReplyQuerySet":
        """The care team of the client, or of a client it may be from. What is in nobody's care is read by whoever sorts
        it, so that no message lies where nobody looks."""
        charted = Client.objects.charted_by(user)
        cared_for = CareTeamMember.objects.current().filter(user__is_active=True)
        guesses = Reply.might_be.through.objects.filter(reply=OuterRef("pk"))
        mine = Q(client__in=charted) | Q(Exists(guesses.filter(client__in=charted)), client=None)
        if may_sort(user):
            theirs = Exists(cared_for.filter(client=OuterRef("client")))
            guessed = Exists(guesses.filter(client__in=cared_for.values("client")))
            mine |= Q(~theirs, client__isnull=False) | Q(~guessed, client=None)
        return self.filter(mine)

    def known_to(self, user: User) -> "ReplyQuerySet":
        """Of clients of whom this person may know: that a message waits, and never what it says."""
        return self.filter(client__in=Client.objects.visible_to(user))

    def waiting(self) -> "ReplyQuerySet":
        """Neither answered nor put aside."""
        return self.filter(answered_at__isnull=True, aside_at__isnull=True)

    def unread(self) -> "ReplyQuerySet":
        """Those that nobody who may has opened."""
        return self.filter(read_at__isnull=True, aside_at__isnull=True)

    def unsorted(self) -> "ReplyQuerySet":
        """Those of which nobody has said whose they are."""
        return self.filter(client__isnull=True, aside_at__isnull=True)

    def calling(self) -> "ReplyQuerySet":
        """Worrying, and nobody has opened them or reached the colleague."""
        return self.unread().filter(worries=True, reached_at__isnull=True)

    def worst_first(self) -> "ReplyQuerySet":
        """What worries before what does not, then as they came."""
        return self.order_by("-worries", "received_at")


class Reply(models.Model):
    """One message that came in. It is added to and never changed: whose it is, who read it, that it was answered.

    Given to somebody else, it is as new to them; who had it, read it and answered it before stands in the audit chain.
    """

    class Remark(models.TextChoices):
        """What is to be said about how it came, as a sentence for the page."""

        TOO_BIG = "too_big", _("It was larger than 20 MB: its end is missing.")
        LONG_TEXT = "long_text", _("It is very long: only its beginning stands here.")
        CUT = "cut", _("It could not be read in full: open the whole message as it came.")
        TWO_FORMS = "two_forms", _("It was written in two forms that differ: both stand here, one below the other.")
        UNSEEN = "unseen", _("What stands at its end was written where a mail program does not show it.")
        NO_TEXT = "no_text", _("No text could be read in it.")
        BROKEN = "broken", _("It came damaged: this is what could be read.")
        CHARSET = "charset", _("Some letters of it could not be read.")
        WINMAIL = "winmail", _("It came in a form that only Outlook reads. Ask for it as plain text or PDF.")
        NAMED_ONLY = "named_only", _("What came with it and is no picture or PDF is only named here.")
        ELSEWHERE = "elsewhere", _("Pictures came with it, which lie with the provider of text messages.")
        AUTOMATIC = "automatic", _("It was written by a machine, such as an absence note.")
        ACCEPTED = "accepted", _("It accepts an invitation in the calendar.")
        DECLINED = "declined", _("It declines an invitation in the calendar.")
        TENTATIVE = "tentative", _("It answers an invitation in the calendar with perhaps.")
        STOPPED = "stopped", _("It asks for no more text messages. None are sent to this number.")
        STARTED = "started", _("It asks for text messages again.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=10, choices=Letter.Channel.choices)
    sender = models.CharField(max_length=254, blank=True, help_text="the address or number as it came")
    key = models.CharField(max_length=64, unique=True, help_text="the same message again is known by it")
    message_id = models.CharField(max_length=255, blank=True, help_text="Message-ID, or what the provider calls it")
    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.PROTECT, related_name="replies")
    might_be = models.ManyToManyField(Client, blank=True, related_name="+", help_text="whose address it is, if several")
    letter_id = models.UUIDField(null=True, blank=True, help_text="the letter it answers")
    received_at = models.DateTimeField(default=timezone.now)
    sealed_for = models.UUIDField(help_text="whose key sealed it: its own, so that it can be given to somebody else")
    subject_sealed = models.BinaryField(default=b"", blank=True)
    text_sealed = models.BinaryField(default=b"", blank=True)
    files_sealed = models.BinaryField(default=b"", blank=True, help_text="what came with it: names and papers")
    subject = Sealed("subject_sealed")
    text = Sealed("text_sealed")
    files_text = Sealed("files_sealed")
    raw = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    remarks = ArrayField(models.CharField(max_length=12, choices=Remark.choices), default=list, blank=True)
    worries = models.BooleanField(default=False, help_text="words of our list stand in it: read it now")
    sorted_at = models.DateTimeField(null=True, blank=True)
    sorted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    aside_at = models.DateTimeField(null=True, blank=True, help_text="is not from a client")
    aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    told = ArrayField(models.UUIDField(), default=list, blank=True, help_text="who covers and was written to, in order")
    told_at = models.DateTimeField(default=timezone.now, help_text="when the last of them was")
    exhausted_at = models.DateTimeField(null=True, blank=True, help_text="when the cover list had come to its end")
    reached_at = models.DateTimeField(null=True, blank=True)
    reached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            models.Index(name="reply_newest", fields=["client", "-received_at"]),
            models.Index(name="reply_waits", fields=["received_at"], condition=Q(answered_at=None, aside_at=None)),
        ]
        constraints = [
            models.CheckConstraint(name="reply_channel_is_known", condition=Q(channel__in=["email", "text"])),
            *(
                models.CheckConstraint(
                    name=f"reply_{what}_by_somebody",
                    condition=Q(**{f"{what}_at": None, f"{what}_by": None})
                    | Q(**{f"{what}_at__isnull": False, f"{what}_by__isnull": False}),
                )
                for what in ("sorted", "read", "answered", "aside", "reached")
            ),
            models.CheckConstraint(
                name="reply_aside_is_nobodys", condition=Q(aside_at__isnull=True) | Q(client__isnull=True)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="reply_is_kept", when=pgtrigger.Before, operation=pgtrigger.Delete, func=ONLY_OF_NO_CLIENT
            ),
            pgtrigger.Protect(
                name="reply_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"(({changed(*CAME)}) OR (NOT {GIVEN} AND ({' OR '.join(_stays(*one) for one in FACTS)})))"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"message of {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with a key of its own: it opens in whosever file it lies, and goes with none of them."""
        return self.sealed_for

    @property
    def remark_words(self) -> list[str]:
        """The sentences about how it came."""
        return [str(self.Remark(one).label) for one in self.remarks]

    @property
    def waits_since(self) -> datetime | None:
        """Since when nobody has read it."""
        return None if self.read_at else self.received_at
