"""The assessments of a route for its page: `{% load assessing %}{% assessments_of route as found %}`."""

from dataclasses import dataclass

from django import template

from routes.domain import assessing
from routes.models import RiskAssessment, Route

register = template.Library()


@dataclass(frozen=True, slots=True)
class Found:
    """The signed versions, the newest first, and the draft that is open."""

    signed: list[RiskAssessment]
    draft: RiskAssessment | None

    @property
    def failures(self) -> list[str]:
        """Why the newest one did not pass, as sentences."""
        return assessing.failure_words(self.signed[0].failures) if self.signed else []


@register.simple_tag
def assessments_of(route: Route) -> Found:
    """Two queries, however many versions there are."""
    return Found(assessing.signed_of(route), assessing.draft_of(route))


@register.simple_tag
def last_assessment(route: Route) -> RiskAssessment | None:
    """The newest signed version with its lines, for a route whose record names no hazard. One query."""
    return route.assessments.filter(signed_at__isnull=False).first()
