"""The practice's own levels: a rule tightened, loosened, switched off, or put back as it came. Danger is excepted."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from clients.domain.considerations import Rule, rule_set
from clients.domain.facts import Level
from clients.models import RuleChange
from practice.domain import audit
from practice.models import User


class Fixed(Exception):
    """This rule cannot be changed; the message is a sentence for the screen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as it came, and what the practice made of it."""

    rule: Rule
    change: RuleChange | None

    @property
    def is_changed(self) -> bool:
        return self.change is not None and self.change.to != RuleChange.To.AS_SHIPPED

    @property
    def may_change(self) -> bool:
        return not self.rule.is_fixed


def current() -> Mapping[str, Level | None]:
    """The practice's levels by the key of a rule; None for one that is switched off. One query."""
    return {
        one.rule: None if one.to == RuleChange.To.OFF else Level[one.to]
        for one in RuleChange.objects.newest()
        if one.to != RuleChange.To.AS_SHIPPED
    }


def lines() -> list[Line]:
    """Every rule in the order of the file."""
    changes = {one.rule: one for one in RuleChange.objects.newest().select_related("by")}
    return [Line(rule, changes.get(rule.key)) for rule in rule_set().rules]


def find(key: str) -> Line | None:
    """One rule by its key."""
    return next((line for line in lines() if line.rule.key == key), None)


@transaction.atomic
def change(key: str, *, to: str, why: str, by: User) -> RuleChange:
    """Change what a rule asks for. The same as it stands already is written once. Raises Fixed."""
    line = find(key)
    if line is None or not line.may_change:
        raise Fixed(_("This rule stays as it is: it is about danger to life."))
    if line.change and (line.change.to, line.change.why) == (to, why):
        return line.change
    made = RuleChange.objects.create(rule=key, to=to, why=why, by=by)
    audit.record("rule.changed", by=by, detail={"rule": key, "to": to})
    return made
