"""The practice itself: its people, its places, its post, its papers and its traces."""

from practice.models.audit import AuditEntry, AuditHead
from practice.models.clinician import ClinicianRecord
from practice.models.hours import HoursChange, WorkingHours
from practice.models.key import DataKey
from practice.models.letter import Letter
from practice.models.link import Link
from practice.models.modes import OUTDOOR, Mode, Scope
from practice.models.paper import Paper
from practice.models.people import CoverPerson, Membership, Role, Supervision, User
from practice.models.place import Place, Room
from practice.models.practice import Guardians, Practice
from practice.models.seal import SealingCertificate
from practice.models.service import Service

__all__ = [
    "OUTDOOR",
    "AuditEntry",
    "AuditHead",
    "ClinicianRecord",
    "CoverPerson",
    "DataKey",
    "Guardians",
    "HoursChange",
    "Letter",
    "Link",
    "Membership",
    "Mode",
    "Paper",
    "Place",
    "Practice",
    "Role",
    "Room",
    "Scope",
    "SealingCertificate",
    "Service",
    "Supervision",
    "User",
    "WorkingHours",
]
