"""The second opinion on a counterexample: the claim in intervals with rational ends; `fractions` alone.

It works from what the file states: students, and the cases of a claim with probability that fail. Their
probabilities add up to a lower bound, so that no other case has to be looked at.
"""

import dataclasses
import sys
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.intervals import Interval, UnboundedError, exact, intervals
from w2sjax.falsification.lifting import Parts, begun, claimed, conditions
from w2sjax.language.claims import Claim
from w2sjax.language.terms import Comparison
from w2sjax.settings.exact import Case, RefusedError

BITS = 400  # of roots and logarithms
LARGEST = Fraction(sys.float_info.max)


@dataclasses.dataclass(frozen=True)
class Opinion:
    """What the checker says: whether the claim is violated, both sides, and how it knows."""

    violated: bool
    lhs: Interval
    rhs: Interval
    notes: dict[str, str]


def check(claim: Claim, instance: Any, evidence: dict[str, Any]) -> Opinion:
    """Check a counterexample.

    Raises:
        RefusedError: if a condition fails, or the evidence does not show what it has to.
    """
    fault = instance.fault()
    if fault is not None:
        raise RefusedError(fault)
    checker = claim.setting.part("checker").Checker(claim, instance, evidence)
    for name, met in checker.properties().items():
        if not met:
            raise RefusedError(f"{name}: fails")
    found, known = [], None
    for case in checker.cases():
        known = known or _begun(claim, case)
        found.append((case, _judged(claim, case, known)))
    if not found:
        raise RefusedError("no case is stated")
    if claim.failure is None:
        violated, lower, upper = max((said for _, said in found), key=lambda said: said[0])
        return Opinion(violated, lower, upper, checker.notes)
    if not all(said[0] for _, said in found):
        raise RefusedError("a case that is stated to fail does not")
    failing = sum((case.weight for case, _ in found), exact(0))
    delta = exact(instance.failure)
    return Opinion(failing.low > delta.high, failing, delta, checker.notes)


def _begun(claim: Claim, case: Case) -> Parts | None:
    """Compute what is the same in all cases; None where there is nothing, or it has no value."""
    try:
        return begun(claim, case, intervals(BITS))
    except UnboundedError:
        return None


def _judged(claim: Claim, case: Case, known: Parts | None) -> tuple[bool, Interval, Interval]:
    """Tell whether a case is violated for certain, with the sides that show it."""
    try:
        for (name, condition), lower, upper in conditions(claim, case, intervals(BITS), known):
            if not _met(condition, lower, upper):
                raise RefusedError(f"{name or condition}: fails, or is open")
        compared = claimed(claim, case, intervals(BITS), known)
    except UnboundedError:
        return False, exact(0), exact(0)
    # The worst comparison is reported, as the engine does: of several equal ones, as doubles, the first.
    worst = max(compared, key=lambda one: (_excess(*one) > 0, _double(_excess(*one))))
    return _excess(*worst) > 0, *worst[1:]


def _excess(one: Comparison, lower: Interval, upper: Interval) -> Fraction:
    """By how much the sides break a comparison for certain."""
    above = lower.low - upper.high
    return max(above, upper.low - lower.high) if one.identity else above


def _double(number: Fraction) -> float:
    """Round to a double, beyond the largest to that."""
    return float(min(max(number, -LARGEST), LARGEST))


def _met(condition: Comparison, lower: Interval, upper: Interval) -> bool:
    """Whether a condition holds for certain."""
    if condition.identity:
        return lower.low == lower.high == upper.low == upper.high
    return lower.high < upper.low if condition.relation == "<" else lower.high <= upper.low
