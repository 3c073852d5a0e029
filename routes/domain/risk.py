"""How likely and how bad: one line of a risk assessment, its score before and after what is done, told in words.

A score is likelihood times severity, each from 1 to 5: 1-4 low, 5-9 medium, 10-15 high, 16-25 unacceptable. The scale,
its words and its bands are ours, after the five steps of the Health and Safety Executive; they are not validated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from routes.models import Hazard


class Likelihood(models.IntegerChoices):
    """How often it would happen to somebody who walks here every week."""

    HARDLY = 1, _("hardly ever")
    UNLIKELY = 2, _("unlikely")
    POSSIBLE = 3, _("possible")
    LIKELY = 4, _("likely")
    CERTAIN = 5, _("almost certain")


class Severity(models.IntegerChoices):
    """What it would do."""

    SLIGHT = 1, _("a fright or a scratch")
    AID = 2, _("first aid")
    DOCTOR = 3, _("a doctor")
    HOSPITAL = 4, _("hospital")
    LIFE = 5, _("a life")


class Band(models.TextChoices):
    """What a score means."""

    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")
    UNACCEPTABLE = "unacceptable", _("unacceptable")


MEDIUM_FROM, HIGH_FROM, UNACCEPTABLE_FROM = 5, 10, 16


def band(score: int) -> Band:
    """The band of a score from 1 to 25."""
    if score >= UNACCEPTABLE_FROM:
        return Band.UNACCEPTABLE
    if score >= HIGH_FROM:
        return Band.HIGH
    return Band.MEDIUM if score >= MEDIUM_FROM else Band.LOW


@dataclass(frozen=True, slots=True)
class Score:
    """Likelihood times severity, with the words for both and for what it comes to."""

    likelihood: int
    severity: int

    @property
    def value(self) -> int:
        """From 1 to 25."""
        return self.likelihood * self.severity

    @property
    def band(self) -> Band:
        """What it means."""
        return band(self.value)

    @property
    def words(self) -> str:
        """“unlikely, hospital”."""
        return f"{Likelihood(self.likelihood).label}, {Severity(self.severity).label}"


@dataclass(frozen=True, slots=True)
class Line:
    """One hazard, who may be harmed, what is done, and how it stands before and after. A draft may have gaps."""

    kind: str
    words: str
    who: str = ""
    likelihood: int | None = None
    severity: int | None = None
    control: str = ""
    likelihood_after: int | None = None
    severity_after: int | None = None

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(Hazard.Kind(self.kind).label)

    @property
    def before(self) -> Score | None:
        """As it is; None while it is not thought over."""
        return _score(self.likelihood, self.severity)

    @property
    def after(self) -> Score | None:
        """With everything done about it; None while it is not thought over."""
        return _score(self.likelihood_after, self.severity_after)

    @property
    def got_worse(self) -> bool:
        """True when what is done about it is said to make it worse."""
        return bool(self.before and self.after and self.after.value > self.before.value)

    @property
    def stays_unacceptable(self) -> bool:
        """True when it is unacceptable with everything done about it."""
        return self.after is not None and self.after.band == Band.UNACCEPTABLE


def _score(likelihood: int | None, severity: int | None) -> Score | None:
    return Score(likelihood, severity) if likelihood and severity else None


COLUMNS = tuple(one.name for one in fields(Line))


def lines(rows: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The lines as a row of `RiskAssessment` keeps them."""
    return [Line(**{name: row[name] for name in COLUMNS if name in row}) for row in rows]


def kept(told: Iterable[Line]) -> list[dict[str, Any]]:
    """The lines as they are kept."""
    return [asdict(line) for line in told]
