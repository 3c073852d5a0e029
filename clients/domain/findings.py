"""What takes more than looking an answer up: each finding names the items behind it, or nothing.

`considerations.toml` builds on them. Two rules hold everywhere: a question that was not answered is never a "no", and
a symptom that is neither new nor changed and that somebody has looked into is known.
"""

from collections.abc import Callable, Mapping

from clients.domain.facts import Facts, Ref

Found = tuple[Ref, ...]


def _refs(instrument: str, *items: str) -> Found:
    return tuple(Ref(instrument, item) for item in items)


ASKED = _refs("asq", "wished_dead", "better_off", "thoughts", "tried", "now")
DISORDER, MAKING_UP = _refs("food_and_rest", "disorder", "making_up")
ENERGY = _refs("food_and_rest", "skipping", "faint", "stress_fracture")
DRIVEN = _refs("running_and_me", "have_to", "missing_one", "others_worry", "rest_days", "worth", "only_calm")
WHEN_ILL, MAKE_UP, UNFUELLED = _refs("running_and_me", "when_ill", "make_up", "unfuelled")
RUNNING = (*DRIVEN, WHEN_ILL, MAKE_UP, UNFUELLED)
SEVERE = _refs("everyday_health", "chest_pain", "collapse", "breathless_rest")
SYMPTOMS = _refs("everyday_health", "racing", "tired", "legs", "murmur")
WISHES, DISEASE, RECENT = _refs("everyday_health", "wishes", "disease", "recent")
ACTIVE = (Ref("everyday_health", "active"), Ref("acsm", "active"))
BRIEF_SYMPTOMS, BRIEF_DISEASE = _refs("acsm", "symptoms", "disease")
ASTHMA, ALLERGY, LOW_SUGAR = _refs("everyday_health", "asthma", "allergy", "low_sugar")
SEIZURE, MEDICINES = _refs("everyday_health", "seizure", "medicines")
KNOWN_ALLERGY, INJECTORS = _refs("picture", "insect_allergy", "auto_injectors")
KNOWN_ASTHMA, RELIEVER, INSULIN, SUGAR = _refs("picture", "asthma", "reliever", "insulin", "sugar")
WITHOUT = Ref("day_of_check", "without")
DISEASES = ("heart", "diabetes", "kidney")
RECENTLY = ("operation", "concussion", "injury")
STRICT_HEAT = ("lithium", "antipsychotic", "anticholinergic", "heart", "sweating")
MILD_HEAT = ("antidepressant", "stimulant")
KNOWN_STRICT = _refs("picture", "lithium", "antipsychotic", "anticholinergic", "beta_blocker", "diuretic", "topiramate")
KNOWN_MILD = _refs("picture", "ssri", "stimulant")


def _under(ref: Ref, follow_up: str) -> Ref:
    return Ref(ref.instrument, f"{ref.item}.{follow_up}")


def _is_known(facts: Facts, ref: Ref) -> bool:
    """Looked into by someone, and neither new nor changed; or followed by a doctor's letter that agrees to activity.

    Anything not answered does not count as known.
    """
    asks_new = ref.instrument == "everyday_health"
    if asks_new and facts.doctor_agreed:
        return True
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


def safety_settled(facts: Facts) -> Found:
    """Positive within 30 days, and settled by a safety assessment."""
    return (Ref("asq", ""),) if facts.safety_settled and not facts.safety_open else ()


def doctor_says(what: str) -> Callable[[Facts], Found]:
    """A doctor's letter in force that says this."""
    return lambda facts: (Ref("acsm", ""),) if facts.doctor == what else ()


def food_and_body(facts: Facts) -> Found:
    """Food and body came up, without a sign that closes anything."""
    return (
        facts.where((DISORDER,), "past", "talk")
        + facts.where((MAKING_UP, *ENERGY), "talk", "sometimes")
        + facts.where((MAKE_UP, UNFUELLED), "yes")
    )


def low_energy(facts: Facts) -> Found:
    """A sign that the body may be short of energy, which nobody has looked into."""
    told = facts.where((Ref("picture", "low_energy"),), "yes")
    return facts.where((DISORDER,), "recent") + _unexplained(facts, ENERGY) + told


def three_or_more(facts: Facts) -> Found:
    """Three or more warning signs in how one and running get along."""
    fired = facts.where(RUNNING, "yes")
    return fired if len(fired) >= 3 else ()


def calm(facts: Facts) -> Found:
    """PHQ-9 and GAD-7, those that were answered in full, both under 10, and nothing at the ninth question."""
    scores = [score for key in ("phq9", "gad7") if (score := facts.score(key))]
    calm = all(score.total is not None and score.total < 10 and not score.flags for score in scores)
    return tuple(Ref(score.instrument, "") for score in scores) if calm else ()


def symptom(facts: Facts) -> Found:
    """A symptom of the heart or the breath that is new, changed or not looked into."""
    brief = facts.where((BRIEF_SYMPTOMS,), "yes") if not facts.doctor_agreed else ()
    return _unexplained(facts, SYMPTOMS) + brief


def disease_active(facts: Facts) -> Found:
    """A disease without a doctor's word, in somebody who is active."""
    return _disease(facts, agreed=False) if facts.where(ACTIVE, "yes") else ()


def disease_inactive(facts: Facts) -> Found:
    """Not saying whether one is active is not being active."""
    return _disease(facts, agreed=False) if not facts.where(ACTIVE, "yes") else ()


def disease_agreed(facts: Facts) -> Found:
    """A disease, and a doctor's word within twelve months."""
    return _disease(facts, agreed=True)


def _disease(facts: Facts, *, agreed: bool) -> Found:
    """Known disease, with or without a doctor's word within twelve months: the client's word, or a letter."""
    told = facts.where((DISEASE,), *DISEASES) + facts.where((BRIEF_DISEASE,), "yes")
    return tuple(ref for ref in told if (facts.has(_under(ref, "agreed"), "yes") or facts.doctor_agreed) is agreed)


def new_to_moving(facts: Facts) -> Found:
    """Would like to run, and not active."""
    asked = [ref for ref in ACTIVE if ref.instrument in facts.given]
    wants = facts.wants == "run" or facts.has(WISHES, "run")
    return tuple(asked) if wants and asked and not facts.where(ACTIVE, "yes") else ()


def parq_yes(facts: Facts) -> Found:
    """A yes on the PAR-Q+ that no doctor's word followed: kept as a result, or told."""
    told = facts.where((Ref("picture", "parq_yes"),), "yes")
    return (*told, Ref("parq", "")) if facts.parq_yes else told


def recent_injury(facts: Facts) -> Found:
    """An operation, a concussion or an injury within three months, and no doctor's word since."""
    told = facts.where((Ref("picture", "recent_injury"),), "yes")
    agreed = facts.has(_under(RECENT, "agreed"), "yes") or facts.doctor_agreed
    return (facts.where((RECENT,), *RECENTLY) if not agreed else ()) + told


def cleared_injury(facts: Facts) -> Found:
    """The same, with a doctor's word since."""
    agreed = facts.has(_under(RECENT, "agreed"), "yes") or facts.doctor_agreed
    return facts.where((RECENT,), *RECENTLY) if agreed else ()


def without_injectors(facts: Facts) -> Found:
    """A severe allergy without two injectors to carry, or without them today."""
    told = facts.where((ALLERGY,), "yes") if not facts.has(_under(ALLERGY, "injectors"), "two") else ()
    known = facts.where((KNOWN_ALLERGY,), "yes") if not facts.has(INJECTORS, "2") else ()
    return told + known + facts.where((WITHOUT,), "injectors")


def without_reliever(facts: Facts) -> Found:
    """A breathing condition without a reliever to carry, or without it today."""
    told = facts.where((ASTHMA,), "yes") if not facts.has(_under(ASTHMA, "reliever"), "yes") else ()
    known = facts.where((KNOWN_ASTHMA,), "yes") if not facts.has(RELIEVER, "yes") else ()
    return told + known + facts.where((WITHOUT,), "inhaler")


def without_sugar(facts: Facts) -> Found:
    """Medicine that lowers blood sugar, and known to be without sugar or meter."""
    known = facts.where((INSULIN,), "yes") if not facts.has(SUGAR, "yes") else ()
    return known + facts.where((WITHOUT,), "sugar")


def recent_seizure(facts: Facts) -> Found:
    """A seizure within twelve months, or not known to be longer ago."""
    told = facts.where((SEIZURE,), "yes") if not facts.has(_under(SEIZURE, "recent"), "no") else ()
    return told + facts.where((Ref("picture", "seizure_recent"),), "yes")


def older_seizure(facts: Facts) -> Found:
    """Seizures, the last one longer ago than twelve months."""
    return facts.where((SEIZURE,), "yes") if facts.has(_under(SEIZURE, "recent"), "no") else ()


def strict_heat(facts: Facts) -> Found:
    """A medicine that makes heat a real risk."""
    return facts.where((MEDICINES,), *STRICT_HEAT) + facts.where(KNOWN_STRICT, "yes")


def mild_heat(facts: Facts) -> Found:
    """A medicine that makes heat harder, and none that makes it a real risk."""
    mild = facts.where((MEDICINES,), *MILD_HEAT) + facts.where(KNOWN_MILD, "yes")
    return mild if not strict_heat(facts) else ()


FINDINGS: Mapping[str, Callable[[Facts], Found]] = {
    "asq_acute": asq_acute,
    "asq_positive": asq_positive,
    "safety_open": safety_open,
    "safety_settled": safety_settled,
    "doctor_walking": doctor_says("walking_only"),
    "doctor_not_now": doctor_says("not_now"),
    "food_and_body": food_and_body,
    "low_energy": low_energy,
    "known_energy": lambda facts: _known(facts, ENERGY),
    "three_or_more": three_or_more,
    "calm": calm,
    "severe_symptom": lambda facts: _unexplained(facts, SEVERE),
    "known_severe_symptom": lambda facts: _known(facts, SEVERE),
    "symptom": symptom,
    "known_symptom": lambda facts: _known(facts, SYMPTOMS),
    "disease_inactive": disease_inactive,
    "disease_active": disease_active,
    "disease_agreed": disease_agreed,
    "new_to_moving": new_to_moving,
    "parq_yes": parq_yes,
    "recent_injury": recent_injury,
    "cleared_injury": cleared_injury,
    "without_injectors": without_injectors,
    "without_reliever": without_reliever,
    "without_sugar": without_sugar,
    "recent_seizure": recent_seizure,
    "older_seizure": older_seizure,
    "strict_heat": strict_heat,
    "mild_heat": mild_heat,
    "unanswered": Facts.unanswered,
}
