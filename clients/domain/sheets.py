"""What the chart of one client is read from. Nothing sealed is loaded."""

from typing import Any

from django.db.models import QuerySet

from clients.domain import answers, coverage
from clients.models import Client, MedicalLetter


def of(client: Client) -> dict[str, QuerySet[Any]]:
    """By the names that they have in `story.Chart`."""
    letters = client.medical_letters.exclude(status=MedicalLetter.Status.WITHDRAWN)
    consents = coverage.renewing(answers.recorded(client.consents.all()))
    return {
        "screenings": client.screenings.select_related("read_by").defer("answers_sealed").order_by("-asked_at"),
        "decisions": client.decisions.select_related("by")
        .defer("reasoning_sealed", "considered_sealed")
        .order_by("-at"),
        "consents": consents.select_related("text", "signatory").order_by("-asked_at"),
        "reviews": client.reviews.defer("words_sealed").order_by("-asked_at"),
        "assessments": client.safety_assessments.select_related("by").defer("words_sealed"),
        "plans": client.safety_plans.defer("words_sealed"),
        "letters": letters.defer("text_sealed", "reply_sealed"),
        "documents": client.documents.in_force().defer("title_sealed"),
    }
