"""What raises a rule: answers, bands, outcomes, flags or a named finding, as a line of `considerations.toml` says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clients.domain.facts import Facts, Ref
from clients.domain.findings import FINDINGS, Found
from clients.domain.instruments import shipped

KINDS = ("answers", "bands", "outcomes", "flags", "finding")


@dataclass(frozen=True, slots=True)
class When:
    """Raised by any of these. The item of a band is its sum; of an outcome or a flag, "" stands for the whole.

    A band counts as soon as it is reached, whatever the questions left out: leaving one out takes no cut away (ours).
    """

    answers: Mapping[Ref, tuple[str, ...]]
    bands: Mapping[Ref, tuple[str, ...]]
    outcomes: Mapping[str, tuple[str, ...]]
    flags: Mapping[str, tuple[str, ...]]
    finding: str

    def found(self, facts: Facts) -> Found:
        """What is behind it, each named once; nothing when the rule is not raised."""
        refs = [ref for ref, values in self.answers.items() if facts.has(ref, *values)]
        for ref, bands in self.bands.items():
            if (score := facts.score(ref.instrument)) and score.reached.get(ref.item) in bands:
                refs.append(Ref(ref.instrument, ""))
        for instrument, outcomes in self.outcomes.items():
            if facts.outcome(instrument) in outcomes:
                refs.append(Ref(instrument, ""))
        for instrument, flags in self.flags.items():
            refs += facts.flagged(instrument, flags)
        if self.finding:
            refs += FINDINGS[self.finding](facts)
        return tuple(dict.fromkeys(refs))


def read(table: Mapping[str, Any], where: str) -> When:
    """One `when`, checked against the instruments. Raises ValueError with a sentence."""
    if strange := set(table) - set(KINDS):
        raise ValueError(f'{where} looks at "{min(strange)}", which is none of {", ".join(KINDS)}')
    if not any(table.values()):
        raise ValueError(f"{where} is raised by nothing")
    if (finding := table.get("finding", "")) and finding not in FINDINGS:
        raise ValueError(f'{where} looks for "{finding}", which is not a finding')
    made = When(
        answers={_ref(name): tuple(values) for name, values in table.get("answers", {}).items()},
        bands={_ref(name): tuple(values) for name, values in table.get("bands", {}).items()},
        outcomes={name: tuple(values) for name, values in table.get("outcomes", {}).items()},
        flags={name: tuple(values) for name, values in table.get("flags", {}).items()},
        finding=finding,
    )
    for what, known, values in _named(made, where):
        if unknown := set(values) - known:
            raise ValueError(f'{where} waits for "{min(unknown)}", which {what} does not have')
    return made


def _ref(name: str) -> Ref:
    instrument, _, item = name.partition(".")
    return Ref(instrument, item)


def _named(made: When, where: str) -> list[tuple[str, frozenset[str], tuple[str, ...]]]:
    """For every reference: its name, what it can be, and what is waited for."""
    named: list[tuple[str, frozenset[str], tuple[str, ...]]] = []
    try:
        for ref, values in made.answers.items():
            known = shipped()[ref.instrument].find(ref.item).scale.values
            named.append((f"{ref.instrument}.{ref.item}", known, values))
        for ref, values in made.bands.items():
            sums = {one.key: one for one in shipped()[ref.instrument].scoring.sums}
            keys = frozenset(band.key for band in sums[ref.item].bands)
            named.append((f"{ref.instrument}.{ref.item}", keys, values))
        for instrument, values in made.outcomes.items():
            known = frozenset(one.key for one in shipped()[instrument].scoring.outcomes)
            named.append((instrument, known, values))
        for instrument, values in made.flags.items():
            known = frozenset(one.key for one in shipped()[instrument].scoring.flags)
            named.append((instrument, known, values))
    except (KeyError, StopIteration) as error:
        raise ValueError(f"{where} names an instrument, item or sum that is not there ({error})") from error
    return named
