"""What can be found in answers: each finding names the items behind it, or nothing.

`considerations.toml` builds on them. Two rules hold everywhere: a question that was not answered is never a "no", and
a symptom that is neither new nor changed and that somebody has looked into is known.
"""

from collections.abc import Callable, Mapping

from clients.domain.facts import Facts, Ref

Found = tuple[Ref, ...]


def _refs(instrument: str, *items: str) -> Found:
    return tuple(Ref(instrument, item) for item in items)


ASKED = _refs("asq", "wished_dead", "better_off", "thoughts", "tried", "now")
HURT = Ref("harder_days", "hurt")
DISORDER, MAKING_UP = _refs("food_and_rest", "disorder", "making_up")
ENERGY = _refs("food_and_rest", "skipping", "faint", "stress_fracture")
DRIVEN = _refs("running_and_me", "have_to", "missing_one", "others_worry", "rest_days", "worth", "only_calm")
WHEN_ILL, MAKE_UP, UNFUELLED = _refs("running_and_me", "when_ill", "make_up", "unfuelled")
HAVE_TO, ONLY_CALM = _refs("running_and_me", "have_to", "only_calm")
RUNNING = (*DRIVEN, WHEN_ILL, MAKE_UP, UNFUELLED)
SEVERE = _refs("everyday_health", "chest_pain", "collapse", "breathless_rest")
SYMPTOMS = _refs("everyday_health", "racing", "tired", "legs", "murmur")
WISHES, ACTIVE, DISEASE = _refs("everyday_health", "wishes", "active", "disease")
ASTHMA, ALLERGY, LOW_SUGAR = _refs("everyday_health", "asthma", "allergy", "low_sugar")
SEIZURE, FALLS, MEDICINES = _refs("everyday_health", "seizure", "falls", "medicines")
DISEASES = ("heart", "diabetes", "kidney")
STRICT_HEAT = ("lithium", "antipsychotic", "anticholinergic", "heart", "sweating")
MILD_HEAT = ("antidepressant", "stimulant")


def _under(ref: Ref, follow_up: str) -> Ref:
    return Ref(ref.instrument, f"{ref.item}.{follow_up}")


def _is_known(facts: Facts, ref: Ref) -> bool:
    """Looked into by someone, and neither new nor changed. Anything not answered does not count as known."""
    asks_new = ref.instrument == "everyday_health"
    return facts.has(_under(ref, "looked"), "yes") and (not asks_new or facts.has(_under(ref, "new"), "no"))


def _unexplained(facts: Facts, refs: Found) -> Found:
    return tuple(ref for ref in facts.where(refs, "yes") if not _is_known(facts, ref))


def _known(facts: Facts, refs: Found) -> Found:
    return tuple(ref for ref in facts.where(refs, "yes") if _is_known(facts, ref))


def asq_acute(facts: Facts) -> Found:
    """Thoughts right now, or refused: acute, as published."""
    return facts.where(ASKED, "yes", "refused") if facts.outcome("asq") == "acute_positive" else ()


def asq_positive(facts: Facts) -> Found:
    """Any of the four not answered with no, and not acute."""
    if facts.outcome("asq") != "non_acute_positive":
        return ()
    return facts.where(ASKED, "yes", "refused") or (Ref("asq", ""),)


def safety_open(facts: Facts) -> Found:
    """Written down as not settled within 30 days."""
    return (Ref("asq", ""),) if facts.safety_open else ()


def severe_disorder(facts: Facts) -> Found:
    """An eating disorder at the moment, or making up for eating."""
    return facts.where((DISORDER,), "now") + facts.where((MAKING_UP,), "yes")


def food_and_body(facts: Facts) -> Found:
    """Food and body came up, without a sign that closes anything."""
    return (
        facts.where((DISORDER,), "past", "talk")
        + facts.where((MAKING_UP, *ENERGY), "talk", "sometimes")
        + facts.where((MAKE_UP, UNFUELLED), "yes")
    )


def low_energy(facts: Facts) -> Found:
    """A sign that the body may be short of energy, which nobody has looked into."""
    return facts.where((DISORDER,), "recent") + _unexplained(facts, ENERGY)


def three_or_more(facts: Facts) -> Found:
    """Three or more warning signs in how one and running get along."""
    fired = facts.where(RUNNING, "yes")
    return fired if len(fired) >= 3 else ()


def disease_active(facts: Facts) -> Found:
    """A disease without a doctor's word, in somebody who is active."""
    return _disease(facts, agreed=False) if facts.has(ACTIVE, "yes") else ()


def disease_inactive(facts: Facts) -> Found:
    """Not saying whether one is active is not being active."""
    return _disease(facts, agreed=False) if not facts.has(ACTIVE, "yes") else ()


def disease_agreed(facts: Facts) -> Found:
    """A disease, and a doctor's word within twelve months."""
    return _disease(facts, agreed=True)


def _disease(facts: Facts, *, agreed: bool) -> Found:
    """Known disease, with or without a doctor's word within twelve months."""
    return facts.where((DISEASE,), *DISEASES) if facts.has(_under(DISEASE, "agreed"), "yes") is agreed else ()


def new_to_moving(facts: Facts) -> Found:
    """Running among the wishes, and not active. (With a disease or symptoms another rule says more.)"""
    heavier = facts.has(DISEASE, *DISEASES) or _unexplained(facts, SEVERE + SYMPTOMS)
    return (ACTIVE, WISHES) if facts.has(WISHES, "run") and not facts.has(ACTIVE, "yes") and not heavier else ()


def without_injectors(facts: Facts) -> Found:
    """A severe allergy without two injectors to carry."""
    return facts.where((ALLERGY,), "yes") if not facts.has(_under(ALLERGY, "injectors"), "two") else ()


def without_reliever(facts: Facts) -> Found:
    """A breathing condition without a reliever to carry."""
    return facts.where((ASTHMA,), "yes") if not facts.has(_under(ASTHMA, "reliever"), "yes") else ()


def recent_seizure(facts: Facts) -> Found:
    """A seizure within twelve months, or not known to be longer ago."""
    return facts.where((SEIZURE,), "yes") if not facts.has(_under(SEIZURE, "recent"), "no") else ()


def older_seizure(facts: Facts) -> Found:
    """Seizures, the last one longer ago than twelve months."""
    return facts.where((SEIZURE,), "yes") if facts.has(_under(SEIZURE, "recent"), "no") else ()


def strict_heat(facts: Facts) -> Found:
    """A medicine that makes heat a real risk."""
    return facts.where((MEDICINES,), *STRICT_HEAT)


def mild_heat(facts: Facts) -> Found:
    """A medicine that makes heat harder, and none that makes it a real risk."""
    return facts.where((MEDICINES,), *MILD_HEAT) if not strict_heat(facts) else ()


FINDINGS: Mapping[str, Callable[[Facts], Found]] = {
    "asq_acute": asq_acute,
    "asq_positive": asq_positive,
    "safety_open": safety_open,
    "self_harm": lambda facts: facts.where((HURT,), "yes", "talk"),
    "severe_disorder": severe_disorder,
    "food_and_body": food_and_body,
    "low_energy": low_energy,
    "known_energy": lambda facts: _known(facts, ENERGY),
    "three_or_more": three_or_more,
    "runs_unwell": lambda facts: facts.where((WHEN_ILL,), "yes"),
    "must_run": lambda facts: facts.where((HAVE_TO, ONLY_CALM), "yes"),
    "severe_symptom": lambda facts: _unexplained(facts, SEVERE),
    "known_severe_symptom": lambda facts: _known(facts, SEVERE),
    "symptom": lambda facts: _unexplained(facts, SYMPTOMS),
    "known_symptom": lambda facts: _known(facts, SYMPTOMS),
    "disease_inactive": disease_inactive,
    "disease_active": disease_active,
    "disease_agreed": disease_agreed,
    "new_to_moving": new_to_moving,
    "without_injectors": without_injectors,
    "without_reliever": without_reliever,
    "asthma": lambda facts: facts.where((ASTHMA,), "yes"),
    "allergy": lambda facts: facts.where((ALLERGY,), "yes"),
    "low_sugar": lambda facts: facts.where((LOW_SUGAR,), "yes"),
    "recent_seizure": recent_seizure,
    "older_seizure": older_seizure,
    "falls": lambda facts: facts.where((FALLS,), "fallen", "unsteady", "worry"),
    "strict_heat": strict_heat,
    "mild_heat": mild_heat,
    "unanswered": Facts.unanswered,
}
