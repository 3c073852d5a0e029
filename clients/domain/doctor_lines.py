"""What a letter to a doctor can say, a plain sentence for each thing that was told; the form's own words stay here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.domain import medical, reading
from clients.domain.considerations import Consideration, answer_words, finding
from clients.domain.facts import Facts, Ref
from clients.domain.instruments import Item, said, shipped
from clients.models import Screening

URGENT = frozenset({"happening_now", "severe_today", "severe_symptom"})
"""Chest pain, a collapse or breathlessness at rest that is new, or that nobody has looked into."""
SYMPTOMS: Mapping[str, Promise] = {
    "chest_pain": gettext_lazy("Chest pain or pressure"),
    "collapse": gettext_lazy("A faint or collapse"),
    "breathless_rest": gettext_lazy("Shortness of breath at rest"),
    "racing": gettext_lazy("A racing heart or dizziness"),
    "tired": gettext_lazy("Unusual tiredness or breathlessness with usual tasks"),
    "legs": gettext_lazy("Swelling of the ankles, or calf pain on walking,"),
    "murmur": gettext_lazy("A heart murmur"),
}
NEW = {"yes": gettext_lazy("is new or has changed lately"), "no": gettext_lazy("is not new")}
EFFORT = {"yes": gettext_lazy("comes with effort"), "no": gettext_lazy("does not come with effort")}
LOOKED = {
    "yes": gettext_lazy("a doctor or nurse has looked into it"),
    "no": gettext_lazy("nobody has looked into it yet"),
}
UNKNOWN = gettext_lazy("we do not know whether anyone has looked into it")

ACTIVE = "active"
NOT_ACTIVE = gettext_lazy(
    "In the last three months not active for half an hour or more on at least three days of most weeks."
)
NOT_SAID = gettext_lazy("We do not know how active they have been in the last three months.")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a doctor could be told, and whether it asks for a word soon."""

    text: str
    is_urgent: bool


def offered(screenings: Collection[Screening]) -> list[Line]:
    """What of these answers a doctor could be asked about, each once."""
    facts = Facts(reading.given(screenings))
    found = medical.for_a_doctor(reading.considered(screenings))
    lines = {text: one.key in URGENT for one in found if (text := _sentences(facts, one))}
    return [Line(text, is_urgent) for text, is_urgent in lines.items()]


def _sentences(facts: Facts, one: Consideration) -> str:
    return " ".join(_symptom(facts, ref) if _is_symptom(ref) else _plain(facts, ref) for ref in one.refs)


def _is_symptom(ref: Ref) -> bool:
    return ref.instrument == "everyday_health" and ref.item in SYMPTOMS


def _symptom(facts: Facts, ref: Ref) -> str:
    """“Chest pain or pressure that is new or has changed lately; nobody has looked into it yet.”"""
    what, asked = str(SYMPTOMS[ref.item]), (("new", NEW), ("effort", EFFORT))
    how = [str(words[answer]) for key, words in asked if (answer := _of(facts, ref, key)) in words]
    if how:
        what = _("%(what)s that %(how)s") % {"what": what, "how": _(" and ").join(how)}
    return f"{what.rstrip(',')}; {LOOKED.get(_of(facts, ref, 'looked'), UNKNOWN)}."


def _of(facts: Facts, ref: Ref, follow_up: str) -> str:
    return str(facts.answer(Ref(ref.instrument, f"{ref.item}.{follow_up}")) or "")


def _plain(facts: Facts, ref: Ref) -> str:
    """The item in short words. A bare yes need not be said; any other answer stands beside it."""
    if not ref.item:
        return f"{finding(facts, ref)}."
    if ref.item == ACTIVE and not facts.has(ref, "yes"):
        return str(NOT_ACTIVE if facts.has(ref, "no") else NOT_SAID)
    item = shipped()[ref.instrument].find(ref.item)
    told = answer_words(facts, ref)
    beside = "" if facts.has(ref, "yes") else told
    head = f"{said(item.short)}: {beside}" if beside else said(item.short)
    return "; ".join([head, *_follow_ups(facts, ref, item)]) + "."


def _follow_ups(facts: Facts, ref: Ref, item: Item) -> list[str]:
    pairs = ((said(one.short), answer_words(facts, Ref(ref.instrument, one.key))) for one in item.follow_ups)
    return [f"{short}: {answer[:1].lower()}{answer[1:]}" for short, answer in pairs if answer]
