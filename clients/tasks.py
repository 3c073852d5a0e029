"""What happens later: each task calls the domain and is safe to run twice."""

from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clients.domain import (
    alerts,
    asking_again,
    asq_window,
    calling,
    coming_of_age,
    consent_papers,
    consent_reminders,
    forgetting,
    imports,
    medical_letters,
    receiving,
    reply_calls,
    running_out,
)
from clients.models import Consent
from practice.domain import mailbox


@shared_task(name="clients.tasks.keep_signed_consent")
def keep_signed_consent(consent_id: str) -> None:
    """Print and keep the paper of a signed consent."""
    consent_papers.paper_of(Consent.objects.select_related("client", "text", "paper").get(pk=consent_id))


@shared_task(name="clients.tasks.call")
def call(screening_id: str) -> None:
    """Call somebody for an answer that should not wait."""
    calling.call(UUID(screening_id))


@shared_task(name="clients.tasks.watch_alerts")
def watch_alerts() -> None:
    """Call for what still waits for it; write to the next of the cover list about what nobody has heard of; end what
    came with a window."""
    calling.sweep()
    alerts.escalate()
    reply_calls.escalate()
    asq_window.tidy()


@shared_task(name="clients.tasks.forget")
def forget() -> None:
    """Every night: enquiries that came to nothing, and what is left of uploaded lists, go for good."""
    forgetting.forget_enquiries(now=timezone.now())
    imports.drop_old(now=timezone.now())


@shared_task(name="clients.tasks.ask_what_runs_out")
def ask_what_runs_out() -> None:
    """Ask about decisions that run out, and for consents that do."""
    running_out.look()
    asking_again.look()


@shared_task(name="clients.tasks.remind_of_medical_letters")
def remind_of_medical_letters() -> None:
    """Put on Today the letters to doctors that have had no reply for a fortnight."""
    medical_letters.remind()


@shared_task(name="clients.tasks.look_at_signing")
def look_at_signing() -> None:
    """Hand over to who has come of age; end what was not answered in time, and remind of the rest."""
    coming_of_age.look()
    consent_reminders.look()


@shared_task(name="clients.tasks.read_mailbox")
def read_mailbox() -> None:
    """Take in what lies in the mailbox, where the practice has one."""
    if settings.IMAP:
        mailbox.watch(settings.IMAP, receiving.take_mail)
