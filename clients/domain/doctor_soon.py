"""Whether somebody told of what a doctor should look at soon: a pure question to the answers, asked for the client.

What it comes to among the rules is for the clinician; the client reads only not to wait for us.
"""

from collections.abc import Mapping
from typing import Any

from clients.domain import results
from clients.domain.asking import Step
from clients.domain.facts import Facts, Ref
from clients.domain.findings import FINDINGS, SEVERE

TODAY = Ref("day_of_check", "new")


def is_told(answers: Mapping[str, Any]) -> bool:
    """Chest pain, a collapse or breathlessness at rest that is new, changed or not looked into; or felt today."""
    facts = Facts(results.given(answers))
    return bool(FINDINGS["severe_symptom"](facts)) or facts.has(TODAY, "chest")


def is_asked_on(step: Step) -> bool:
    """Whether a page asks about it."""
    return any(ref.instrument == step.instrument.key and ref.item in step.keys for ref in (*SEVERE, TODAY))
