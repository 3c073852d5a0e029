"""What happens later: each task calls the domain and is safe to run twice."""

from celery import shared_task

from clients.domain import alerts, asq_window, consent_papers
from clients.models import Consent


@shared_task(name="clients.tasks.keep_signed_consent")
def keep_signed_consent(consent_id: str) -> None:
    """Print and keep the paper of a signed consent."""
    consent_papers.paper_of(Consent.objects.select_related("client", "text", "paper").get(pk=consent_id))


@shared_task(name="clients.tasks.watch_alerts")
def watch_alerts() -> None:
    """Write to the next of the cover list about what nobody has heard of; end what came with a window."""
    alerts.escalate()
    asq_window.tidy()
