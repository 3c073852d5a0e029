"""The weather of one session in a few words: on its strip, and for its client. It never keeps anybody from booking."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from routes.domain.condition_figures import NAMES, celsius, degrees
from routes.domain.conditions import Decision
from routes.domain.limits import Hazard, Level
from routes.domain.outing import Finding, Person
from routes.domain.weather import OFF
from sessions.domain.chip import LOOK, NOTE, OK, STOP, Chip
from sessions.domain.outlook import ANYBODY, Sky
from sessions.models import WeatherChoice

SHORTEST = 40
"""Signs of the therapist's words that fit on a chip; longer ones stand behind it."""
COLD = frozenset({Hazard.COLD, Hazard.ICE, Hazard.FREEZING_RAIN})
TONES = {Level.GO: OK, Level.MODIFY: LOOK, Level.UNKNOWN: LOOK, Level.INDOORS: STOP}
ICONS = {
    Hazard.HEAT: "thermometer-sun",
    Hazard.COLD: "snowflake",
    Hazard.AIR: "waves",
    Hazard.UV: "sun",
    Hazard.GUSTS: "wind",
    Hazard.RAIN: "cloud-rain",
    Hazard.THUNDER: "cloud-lightning",
    Hazard.ICE: "snowflake",
    Hazard.FREEZING_RAIN: "snowflake",
    Hazard.VISIBILITY: "cloud-fog",
}
_SHORT: Mapping[tuple[Hazard, Level], Promise] = MappingProxyType(
    {
        (Hazard.LIGHT, Level.INDOORS): gettext_lazy("only in daylight, and it is dark"),
        (Hazard.HEAT, Level.MODIFY): gettext_lazy("shade, shorter"),
        (Hazard.HEAT, Level.INDOORS): gettext_lazy("too hot, better indoors"),
        (Hazard.COLD, Level.MODIFY): gettext_lazy("well covered, shorter"),
        (Hazard.COLD, Level.INDOORS): gettext_lazy("too cold, better indoors"),
        (Hazard.AIR, Level.MODIFY): gettext_lazy("air not clean, slow and short"),
        (Hazard.AIR, Level.INDOORS): gettext_lazy("air too bad, better indoors"),
        (Hazard.UV, Level.MODIFY): gettext_lazy("strong sun, shade"),
        (Hazard.UV, Level.INDOORS): gettext_lazy("sun too strong, another hour"),
        (Hazard.GUSTS, Level.MODIFY): gettext_lazy("gusts, away from trees"),
        (Hazard.GUSTS, Level.INDOORS): gettext_lazy("storm, better indoors"),
        (Hazard.RAIN, Level.MODIFY): gettext_lazy("heavy rain"),
        (Hazard.RAIN, Level.INDOORS): gettext_lazy("violent rain, better indoors"),
        (Hazard.THUNDER, Level.INDOORS): gettext_lazy("thunder, indoors"),
        (Hazard.ICE, Level.MODIFY): gettext_lazy("may be icy, treated paths"),
        (Hazard.FREEZING_RAIN, Level.INDOORS): gettext_lazy("freezing rain, indoors"),
        (Hazard.VISIBILITY, Level.MODIFY): gettext_lazy("fog, paths you know"),
        (Hazard.VISIBILITY, Level.INDOORS): gettext_lazy("thick fog, better indoors"),
    }
)


def of(sky: Sky, person: Person) -> tuple[Chip, ...]:
    """The chip of the weather, and that of what the therapist chose. Where nothing is ever looked up there is none."""
    chips = []
    if sky.weather.source != OFF:
        anybodys = _chip(sky, sky.decide(ANYBODY))
        chips.append(replace(_chip(sky, sky.decide(person)), plain=anybodys))
    if sky.choice:
        chips.append(_chosen(sky, sky.choice, person))
    return tuple(chips)


def calm(sky: Sky, lead: str) -> str:
    """For the client, as for anybody: what it is like, and who decides; nothing while it is not known."""
    found = sky.decide(ANYBODY)
    said = told(sky, found)
    if sky.weather.forecast is None or any(finding.level is Level.UNKNOWN for finding in said):
        return ""
    text = _figures(sky, said)
    if said[0].level is Level.INDOORS:
        text = _("%(figures)s. It may be better indoors; %(name)s decides with you") % {"figures": text, "name": lead}
    elif said[0].level is Level.MODIFY:
        text = f"{text}: {_SHORT[said[0].hazard, said[0].level]}"
    return capfirst(_sampled(sky, text))


def told(sky: Sky, decision: Decision) -> list[Finding]:
    """What is told beside the light, which has a chip of its own, the worst first; the light only where it is worse
    for this person than for anybody."""
    anybodys = next(one.level for one in sky.decide(ANYBODY).findings if one.hazard is Hazard.LIGHT)
    told = [one for one in decision.findings if one.hazard is not Hazard.LIGHT or one.level is not anybodys]
    return sorted(told, key=lambda one: (-one.level.rank, one.level is not Level.UNKNOWN))


def level(sky: Sky, person: Person) -> Level:
    """The worst of what is told."""
    return told(sky, sky.decide(person))[0].level


def _chip(sky: Sky, decision: Decision) -> Chip:
    if sky.weather.forecast is None:
        why = sky.weather.why_unknown(sky.zone)
        text = _("Weather not known: %(why)s") % {"why": (why[:1].lower() + why[1:]).rstrip(".")}
        return Chip("weather", LOOK, "cloud-off", text, _("Look outside, and at another forecast."))
    said = told(sky, decision)
    worst = said[0]
    reasons = [str(words) for one in said if one.level is not Level.GO for words in one.words]
    text = capfirst(_sampled(sky, _text(sky, said)))
    return Chip(
        key="weather",
        tone=TONES[worst.level],
        icon="cloud-sun" if worst.level is Level.GO else ICONS.get(worst.hazard, "cloud-sun"),
        text=text,
        reason=" ".join([*dict.fromkeys(reasons), f"{sky.weather.credit}."]),
        short=_sampled(sky, _figures(sky, said)),
    )


def _text(sky: Sky, said: list[Finding]) -> str:
    worst, figures = said[0], _figures(sky, said)
    if worst.level is Level.GO:
        return _("%(figures)s, within your limits") % {"figures": figures}
    unknown = [str(NAMES[one.hazard]) for one in said if one.level is Level.UNKNOWN]
    if worst.level is Level.UNKNOWN:
        return _("%(figures)s: %(what)s not known") % {"figures": figures, "what": _few(unknown)}
    return f"{figures}: {_SHORT[worst.hazard, worst.level]}"


def _few(names: list[str]) -> str:
    if len(names) < 3:
        return ", ".join(name[:1].lower() + name[1:] for name in names)
    return ngettext("%(n)s thing", "%(n)s things", len(names)) % {"n": len(names)}


def _figures(sky: Sky, said: list[Finding]) -> str:
    """“31° feels like 36°”: the warmest of its hours, or the coldest where cold is what matters."""
    temperatures = [hour.temperature_c for hour in sky.hours if hour.temperature_c is not None]
    if not temperatures:
        return _("Temperature not known")
    worst = said[0]
    cold = worst.hazard in COLD and worst.level is not Level.GO
    shown = degrees(min(temperatures) if cold else max(temperatures), fahrenheit=sky.fahrenheit)
    if worst.hazard not in (Hazard.HEAT, Hazard.COLD) or worst.level is Level.GO or worst.value is None:
        return shown
    feels = degrees(celsius(worst.value), fahrenheit=sky.fahrenheit)
    return _("%(degrees)s feels like %(feels)s") % {"degrees": shown, "feels": feels} if feels != shown else shown


def _sampled(sky: Sky, text: str) -> str:
    return _("sample weather: %(text)s") % {"text": text} if sky.weather.is_sample else text


def _chosen(sky: Sky, choice: WeatherChoice, person: Person) -> Chip:
    """“Anna: go, shorter loop”. When more speaks against it now than when it was chosen, it needs a look."""
    said = {"name": choice.by.called, "what": choice.get_choice_display()}
    text = _("%(name)s: %(what)s") % said
    plain = Chip("choice", NOTE, "user-check", text)
    worse = level(sky, person).rank > Level(choice.said).rank
    again = _("More speaks against it now than when this was chosen: look again.") if worse else ""
    fits = 0 < len(sky.words) <= SHORTEST
    return Chip(
        key="choice",
        tone=LOOK if worse else NOTE,
        icon="user-check",
        text=f"{text}, {sky.words}" if fits else text,
        reason=" ".join(filter(None, ("" if fits else sky.words, again))),
        plain=plain,
    )
