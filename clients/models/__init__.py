"""For whom: the person, what screening found, what was decided, what she agreed to."""

from clients.models.client import CareTeamMember, Client, ClientQuerySet
from clients.models.consent import Consent, ConsentText
from clients.models.contact import ContactPoint, EmergencyContact
from clients.models.decision import Decision
from clients.models.medical import MedicalLetter, ParQ
from clients.models.printed import PrintedDecision
from clients.models.screening import Screening
from clients.models.second_reading import SecondReading

__all__ = [
    "CareTeamMember",
    "Client",
    "ClientQuerySet",
    "Consent",
    "ConsentText",
    "ContactPoint",
    "Decision",
    "EmergencyContact",
    "MedicalLetter",
    "ParQ",
    "PrintedDecision",
    "Screening",
    "SecondReading",
]
