"""What to change about a walk, in words, for each hazard and level."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from practice.models.modes import Mode
from routes.domain.limits import Hazard, Level, Limits
from routes.domain.outing import Finding, Heat, Outing, Person

NOT_KNOWN = _("Nothing is known about this for some of the time. Look outside, and at another forecast.")
MILD = _("Water along, the shady side, and ask on the way how the heat feels: the medicine can change that.")
SUN = _("In the sun it feels hotter than in the shade: choose shade, and it is within the limits.")
LUNGS_COLD = _("Breathe through a scarf, begin slowly, reliever inhaler in the pocket.")
LUNGS_AIR = _("Shorter and slower, reliever inhaler in the pocket; turn back at a cough or a tight chest.")
HAT = _("Hat, sunglasses and sunscreen.")
LISTEN = _("The air is not quite clean: ask about a cough or a tight chest on the way.")
MODERATE_AIR = _("Shorter and slower, away from traffic; turn back at a cough or a tight chest.")

_WORDS: Mapping[tuple[Hazard, Level], str | Promise] = MappingProxyType(
    {
        (Hazard.LIGHT, Level.MODIFY): _("It is dark for part of this: only lit paths with people about."),
        (Hazard.LIGHT, Level.INDOORS): _("It gets dark, or is not light yet: another hour, a lit path, or indoors."),
        (Hazard.HEAT, Level.MODIFY): _("Shade, slower, shorter, water along; stop at dizziness, nausea or a headache."),
        (Hazard.HEAT, Level.INDOORS): _("Too hot to be moving outside: indoors, or an early hour."),
        (Hazard.COLD, Level.MODIFY): _("Hands, ears and face covered, keep moving, shorter."),
        (Hazard.COLD, Level.INDOORS): _("Too cold to be outside for the length of a session."),
        (Hazard.AIR, Level.MODIFY): _("Half an hour at most, slowly, away from traffic."),
        (Hazard.AIR, Level.INDOORS): _("The air is too bad for this: indoors with the windows shut."),
        (Hazard.UV, Level.MODIFY): _("Shade at midday, hat, sunglasses, sunscreen."),
        (Hazard.UV, Level.INDOORS): _("The sun burns within minutes: early, late, or a shaded path."),
        (Hazard.GUSTS, Level.MODIFY): _("Keep away from trees and water's edges."),
        (Hazard.GUSTS, Level.INDOORS): _("Branches may come down: indoors."),
        (Hazard.RAIN, Level.MODIFY): _("Heavy rain: ask whether it is wanted, and take a path that does not flood."),
        (Hazard.RAIN, Level.INDOORS): _("Violent rain, and paths that flood: indoors."),
        (Hazard.THUNDER, Level.INDOORS): _("Thunder is expected. Indoors, until half an hour after the last of it."),
        (Hazard.ICE, Level.MODIFY): _("Wet and near freezing: treated, level paths only, and shoes with a grip."),
        (Hazard.FREEZING_RAIN, Level.INDOORS): _("Freezing rain: every path is ice."),
        (Hazard.VISIBILITY, Level.MODIFY): _("Fog: no road to cross without lights, and stay on paths you know."),
        (Hazard.VISIBILITY, Level.INDOORS): _("Too little to be seen by: not near roads, and not far from the door."),
    }
)


def words_of(finding: Finding, outing: Outing, person: Person, limits: Limits) -> tuple[str | Promise, ...]:
    """What to change or to think of; nothing where all is well."""
    if finding.level is Level.UNKNOWN:
        return (NOT_KNOWN,)
    said: list[str | Promise] = []
    if finding.in_the_sun and finding.level is Level.MODIFY:
        said.append(SUN)
    if finding.level is not Level.GO:
        said.append(_said(finding, outing, person))
    return (*said, *_beside(finding, person, limits))


def _beside(finding: Finding, person: Person, limits: Limits) -> tuple[str | Promise, ...]:
    """What is worth a word although it changes nothing."""
    value, fine = finding.value or 0.0, finding.level is Level.GO
    if finding.hazard is Hazard.HEAT and person.heat is Heat.MILD and value >= limits.number("heat_mild_words"):
        return (MILD,)
    if finding.hazard is Hazard.UV and fine and value >= limits.number("uv_words"):
        return (HAT,)
    careful = person.lungs or person.heat is Heat.STRICT
    if finding.hazard is Hazard.AIR and fine and careful and value >= limits.number("air_words"):
        return (LISTEN,)
    return ()


def _said(finding: Finding, outing: Outing, person: Person) -> str | Promise:
    changing = finding.level is Level.MODIFY
    if changing and finding.hazard is Hazard.AIR and (finding.value or 0.0) <= 100:
        return LUNGS_AIR if person.lungs else MODERATE_AIR
    if changing and finding.hazard is Hazard.COLD and person.lungs and outing.mode is not Mode.SIT:
        return LUNGS_COLD
    return _WORDS[finding.hazard, finding.level]
