"""What happens later: each task calls the domain and is safe to run twice."""

from celery import shared_task

from clients.domain import consent_papers, medical_letters
from clients.models import Consent


@shared_task(name="clients.tasks.keep_signed_consent")
def keep_signed_consent(consent_id: str) -> None:
    """Print and keep the paper of a signed consent."""
    consent_papers.paper_of(Consent.objects.select_related("client", "text", "paper").get(pk=consent_id))


@shared_task(name="clients.tasks.remind_of_medical_letters")
def remind_of_medical_letters() -> None:
    """Put on Today the letters to doctors that have had no reply for a fortnight."""
    medical_letters.remind()
