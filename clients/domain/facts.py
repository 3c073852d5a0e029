"""What the rules are made of: levels in order, limits, and the answers as facts one can ask about."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.domain import screening
from clients.domain.instruments import Answer, Answers, shipped
from clients.domain.screening import Score


class Level(IntEnum):
    """How much thought a finding asks for, in order. Never a verdict: a clinician decides."""

    CLEAR = 0
    WALK_ONLY = 1
    THERAPIST_REVIEW = 2
    MEDICAL_CLEARANCE = 3
    NOT_SUITABLE_NOW = 4
    CRISIS = 5

    @property
    def label(self) -> Promise:
        return LEVEL_WORDS[self]


LEVEL_WORDS: dict[Level, Promise] = {
    Level.CLEAR: _("Good to know"),
    Level.WALK_ONLY: _("Walking before running"),
    Level.THERAPIST_REVIEW: _("Talk about it first"),
    Level.MEDICAL_CLEARANCE: _("A doctor's word first"),
    Level.NOT_SUITABLE_NOW: _("Indoors for now"),
    Level.CRISIS: _("Stay with the person now"),
}


class Limit(TextChoices):
    """What a decision can carry with it. Readiness and route choice read these names."""

    HEAT_STRICT = "heat_strict", _("Very sensitive to heat")
    HEAT_MILD = "heat_mild", _("Sensitive to heat: water, shade, ask")
    CARRIES_INHALER = "carries_inhaler", _("Carries a reliever inhaler")
    CARRIES_INJECTORS = "carries_injectors", _("Carries two injectors, in date")
    CARRIES_SUGAR = "carries_sugar", _("Sugar in the pocket, for both")
    NO_WATER_EDGE = "no_water_edge", _("No water's edge")
    NO_HEIGHTS = "no_heights", _("No cliff, bridge, railway or fast road")
    NO_HILLS = "no_hills", _("No hills")
    EVEN_GROUND = "even_ground", _("Even, firm ground, nothing steeper than 5 %")
    REST_POINTS = "rest_points", _("Benches on the way")
    SHORT = "short", _("Short to begin with: twenty minutes outside")
    DAYLIGHT = "daylight", _("In daylight")
    TOILETS = "toilets", _("Toilets on the way")
    QUIET = "quiet", _("Quiet paths, away from ears")
    VARIED = "varied", _("Changing places and times; no open meeting point")
    HIDE_DISTANCE = "hide_distance", _("No distances shown to the client")
    NO_HOMEWORK_RUNS = "no_homework_runs", _("No running as homework")


class Ref(NamedTuple):
    """One item of one instrument."""

    instrument: str
    item: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Answers by instrument, and what the clinician already knows."""

    given: Mapping[str, Answers]
    expected: Collection[str] = field(default_factory=tuple)
    """Instruments that should have been asked by now; an absent one is a question still open."""
    safety_open: bool = False
    """Suicide questions were positive in the last 30 days and what keeps the person safe is not settled."""
    safety_settled: bool = False
    """They were positive in the last 30 days, and a safety assessment settled it."""
    wants: str = ""
    """The way of meeting that is asked about, beside what the client wished for."""
    doctor: str = ""
    """What a doctor's letter says that is in force: agreed, walking_only or not_now; nothing new was told since."""
    parq_yes: bool = False
    """The PAR-Q+ in force has a yes that no doctor's word followed."""

    @property
    def doctor_agreed(self) -> bool:
        """A letter in force agrees to activity."""
        return self.doctor == "agreed"

    def answer(self, ref: Ref) -> Answer | None:
        return self.given.get(ref.instrument, {}).get(ref.item)

    def has(self, ref: Ref, *values: str) -> bool:
        given = self.answer(ref)
        return bool(set(values) & ({given} if isinstance(given, str) else set(given or ())))

    def where(self, refs: Collection[Ref], *values: str) -> tuple[Ref, ...]:
        """Those of the items that were answered with one of the values."""
        return tuple(ref for ref in refs if self.has(ref, *values))

    def score(self, instrument: str) -> Score | None:
        """What the answers to it add up to; None when it was not given."""
        if instrument not in self.given:
            return None
        return screening.score(shipped()[instrument], self.given[instrument])

    def outcome(self, instrument: str) -> str:
        """The scored outcome, or "" when the instrument was not given."""
        return found.outcome if (found := self.score(instrument)) else ""

    def flagged(self, instrument: str, flags: Collection[str]) -> tuple[Ref, ...]:
        """The items behind those of the flags that are raised."""
        if not (found := self.score(instrument)):
            return ()
        raised = [one for one in shipped()[instrument].scoring.flags if one.key in found.flags & set(flags)]
        groups = [group for one in raised for condition in one.conditions for group in condition.groups]
        return tuple(
            ref for group in groups for ref in self.where([Ref(instrument, key) for key in group.items], *group.answers)
        )

    def unanswered(self) -> tuple[Ref, ...]:
        """Needed items left out or missing, and expected instruments not given at all (item "")."""
        open_items = [
            Ref(key, item) for key, answers in self.given.items() for item in screening.missing(shipped()[key], answers)
        ]
        return tuple(open_items + [Ref(key, "") for key in self.expected if key not in self.given])


def limit_words(names: Collection[str]) -> list[str]:
    """Limits in words; a name from an older rule set is shown as it is."""
    return [str(Limit(name).label) if name in Limit.values else name for name in names]
