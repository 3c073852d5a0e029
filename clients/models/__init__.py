"""For whom: the person, what screening found, what was decided, what she agreed to."""

from clients.models.alert import Alert
from clients.models.arrival import ClientImport
from clients.models.baseline import Baseline
from clients.models.client import CareTeamMember, Client, ClientQuerySet
from clients.models.consent import Consent
from clients.models.consent_draft import ConsentDraft
from clients.models.consent_request import ConsentRequest
from clients.models.consent_step import ConsentStep
from clients.models.consent_text import ConsentText
from clients.models.contact import ContactPoint, EmergencyContact
from clients.models.decision import Decision
from clients.models.document import Document
from clients.models.keep_apart import KeepApart
from clients.models.measure import ChartAgreement, MeasurePlan
from clients.models.medical import MedicalLetter, ParQ
from clients.models.printed import PrintedDecision
from clients.models.review import Review
from clients.models.rule_change import RuleChange
from clients.models.safety import FollowUp, PlanGiven, SafetyAssessment, SafetyPlan
from clients.models.screening import Screening
from clients.models.second_reading import SecondReading
from clients.models.signatory import Signatory
from clients.models.signing_code import SigningCode
from clients.models.text_pack import TextPack
from clients.models.window import Window

__all__ = [
    "Alert",
    "Baseline",
    "CareTeamMember",
    "ChartAgreement",
    "Client",
    "ClientImport",
    "ClientQuerySet",
    "Consent",
    "ConsentDraft",
    "ConsentRequest",
    "ConsentStep",
    "ConsentText",
    "ContactPoint",
    "Decision",
    "Document",
    "EmergencyContact",
    "FollowUp",
    "KeepApart",
    "MeasurePlan",
    "MedicalLetter",
    "ParQ",
    "PlanGiven",
    "PrintedDecision",
    "Review",
    "RuleChange",
    "SafetyAssessment",
    "SafetyPlan",
    "Screening",
    "SecondReading",
    "Signatory",
    "SigningCode",
    "TextPack",
    "Window",
]
