"""For whom: the person, what screening found, what was decided, what she agreed to."""

from clients.models.arrival import ClientImport
from clients.models.client import CareTeamMember, Client, ClientQuerySet
from clients.models.consent import Consent, ConsentText
from clients.models.contact import ContactPoint, EmergencyContact
from clients.models.decision import Decision
from clients.models.measure import ChartAgreement, MeasurePlan
from clients.models.review import Review
from clients.models.rule_change import RuleChange
from clients.models.safety import FollowUp, PlanGiven, SafetyAssessment, SafetyPlan
from clients.models.screening import Screening
from clients.models.text_pack import TextPack

__all__ = [
    "CareTeamMember",
    "ChartAgreement",
    "Client",
    "ClientImport",
    "ClientQuerySet",
    "Consent",
    "ConsentText",
    "ContactPoint",
    "Decision",
    "EmergencyContact",
    "FollowUp",
    "MeasurePlan",
    "PlanGiven",
    "Review",
    "RuleChange",
    "SafetyAssessment",
    "SafetyPlan",
    "Screening",
    "TextPack",
]
