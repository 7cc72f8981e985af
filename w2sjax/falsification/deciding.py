"""What exact arithmetic says of a claim on an instance: violated, holds, undecided, or no instance of it.

Rational numbers decide at once; where roots enter, enclosures are narrowed until the sign of the
difference is certain or the largest precision is reached. Conditions are decided exactly first.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any

from flint import arb, ctx, fmpq

from w2sjax.arithmetic.flint_numbers import FLINT, written
from w2sjax.falsification.lifting import Parts, begun, claimed, conditions
from w2sjax.language.claims import Claim
from w2sjax.language.terms import Comparison
from w2sjax.settings.exact import Case, OpenError

PRECISIONS = (128, 512, 2048)
HOLDS, VIOLATED, UNDECIDED, OUTSIDE = "holds", "violated", "undecided", "outside"
LONG = 24  # digits of a probability that are written out


@dataclasses.dataclass(frozen=True)
class Decision:
    """What exact arithmetic says.

    Attributes:
        outcome: "holds", "violated", "undecided", or "outside" if a condition fails.
        lhs, rhs: the lower and the upper side as text, rational or enclosed (of a claim with probability, the
            probability of failure and delta); empty where there are none.
        slack: rhs - lhs (or minus its size for an identity) as a double, for people and for sorting.
        checks: how each condition was checked, or that it fails.
        evidence: what the checker needs, as plain objects.
        constants: where a violation hangs on how constants are rounded, what to write; else empty.
    """

    outcome: str
    lhs: str = ""
    rhs: str = ""
    slack: float = 0.0
    checks: dict[str, str] = dataclasses.field(default_factory=dict)
    evidence: dict[str, Any] = dataclasses.field(default_factory=dict)
    constants: str = ""

    @property
    def violated(self) -> bool:
        """Whether it is a counterexample."""
        return self.outcome == VIOLATED


@dataclasses.dataclass(frozen=True)
class Judged:
    """One case: what the claim makes of it, and the sides that say so."""

    outcome: str
    lower: Any = fmpq(0)
    upper: Any = fmpq(0)
    identity: bool = False

    @functools.cached_property
    def slack(self) -> float:
        """What is left between the sides, as a double."""
        found = float(arb(self.upper - self.lower))
        return -abs(found) if self.identity else found


def no_exact_side(claim: Claim) -> str:
    """Say why a claim has no exact side; "" where it has one."""
    if not claim.setting.exact:
        return f"{claim.name} has no exact side"
    say = getattr(claim.setting.part("engine"), "no_exact_side", None)
    return "" if say is None else say(claim)


def decide(claim: Claim, instance: Any, precisions: tuple[int, ...] = PRECISIONS) -> Decision:
    """Decide a claim on an exact instance of its setting."""
    fault = instance.fault()
    if fault is not None:
        return Decision(OUTSIDE, checks={"instance": fault})
    engine_of = claim.setting.part("engine").Engine
    answer = Decision(UNDECIDED)
    for bits in precisions:
        with ctx.workprec(2 * bits):
            engine = engine_of(claim, instance, bits)
            answer = _attempt(claim, instance, engine)
            if answer.outcome != UNDECIDED:
                break
            about = _literally(claim, instance, engine)
            if about is not None:
                # More precision does not help: what is left is the width of constants.
                return dataclasses.replace(answer, constants=about)
    return answer


def _attempt(claim: Claim, instance: Any, engine: Any) -> Decision:
    try:
        return _decided(claim, instance, engine)
    except OpenError as error:
        return Decision(UNDECIDED, lhs=str(error))


def _literally(claim: Claim, instance: Any, engine: Any) -> str | None:
    """Decide what is open with constants that stand for themselves alone; None where it stays open.

    An engine whose code has constants gives itself without their width, and says what hangs on it.
    """
    plain, about = engine.literally() if hasattr(engine, "literally") else (None, "")
    if plain is None:
        return None
    literal = _attempt(claim, instance, plain)
    return None if literal.outcome == UNDECIDED else about if literal.violated else ""


def _decided(claim: Claim, instance: Any, engine: Any) -> Decision:
    properties = engine.properties()
    checks = {name: "exact" if met else "fails" for name, met in properties.items()}
    if claim.dropped is not None:
        checks[claim.dropped] = "dropped"
    if not all(properties.values()):
        return Decision(OUTSIDE, checks=checks)
    certain = claim.failure is None
    answer = _certain(claim, engine) if certain else _likely(claim, instance, engine)
    return dataclasses.replace(answer, checks=checks | answer.checks)


def _certain(claim: Claim, engine: Any) -> Decision:
    """Decide a claim about every case: the worst one is reported."""
    case, worst = _worst(list(_all(claim, engine)), lambda one: one[1])
    if worst.outcome == OUTSIDE:
        return Decision(OUTSIDE)
    both = written(worst.lower), written(worst.upper)
    checks = {name: "exact" for name, _ in claim.conditions if name}
    evidence = engine.evidence() | ({} if case.label is None else {"failing": [case.label]})
    return Decision(worst.outcome, *both, worst.slack, checks, evidence)


def _likely(claim: Claim, instance: Any, engine: Any) -> Decision:
    """Decide a claim with probability: the cases that break it for certain may not be likelier than delta."""
    failing: list[Any] = []
    broken, unsettled, inside = fmpq(0), fmpq(0), False
    for case, found in _all(claim, engine):
        inside = inside or found.outcome != OUTSIDE
        if found.outcome == VIOLATED:
            broken += case.weight
            failing.append(case.label)
        elif found.outcome == UNDECIDED:
            unsettled += case.weight
    if not inside:
        return Decision(OUTSIDE)
    delta = FLINT["number"](instance.failure)
    outcome = VIOLATED if broken > delta else HOLDS if broken + unsettled <= delta else UNDECIDED
    both, slack = (written(broken, LONG), str(instance.failure)), float(arb(delta - broken))
    checks, evidence = {"cases that fail": str(len(failing))}, engine.evidence()
    return Decision(outcome, *both, slack, checks, evidence | {"failing": failing})


def _all(claim: Claim, engine: Any) -> Iterator[tuple[Case, Judged]]:
    """Judge every case; what is the same in all of them is computed once."""
    known = None
    for case in engine.cases():
        known = known or begun(claim, case, FLINT)
        yield case, judge(claim, case, known)


def judge(claim: Claim, case: Case, known: Parts | None = None) -> Judged:
    """Compare both sides in one case, for every model it ranges over; the worst comparison is given."""
    sure = True
    for (_, one), lower, upper in conditions(claim, case, FLINT, known):
        met = _met(one, upper - lower)
        if met is False:
            return Judged(OUTSIDE)
        sure = sure and met is True
    worst = _worst([_compared(*one) for one in claimed(claim, case, FLINT, known)])
    if worst.outcome == VIOLATED and not sure:
        return dataclasses.replace(worst, outcome=UNDECIDED)
    return worst


def _worst(found: list[Any], judged: Callable[[Any], Judged] = lambda one: one) -> Any:
    """Take the most severe, and of equals the one of least slack; most often there is but one."""

    def severity(one: Any) -> tuple[int, float]:
        answer = judged(one)
        return (VIOLATED, UNDECIDED, OUTSIDE, HOLDS).index(answer.outcome), answer.slack

    return found[0] if len(found) == 1 else min(found, key=severity)


def _compared(one: Comparison, lower: Any, upper: Any) -> Judged:
    """Compare: the sign of the difference has to be certain; what is not finite claims nothing."""
    difference = upper - lower
    if isinstance(difference, arb) and not difference.is_finite():
        outcome = HOLDS if difference > 0 else OUTSIDE
    else:
        outcome = {True: HOLDS, False: VIOLATED, None: UNDECIDED}[_met(one, difference)]
    return Judged(outcome, lower, upper, one.identity)


def _met(one: Comparison, difference: Any) -> bool | None:
    """Whether a comparison holds; None where that is open."""
    if one.identity:
        return True if difference == 0 else False if difference > 0 or difference < 0 else None
    if one.relation == "<":
        return True if difference > 0 else False if difference <= 0 else None
    return True if difference >= 0 else False if difference < 0 else None
