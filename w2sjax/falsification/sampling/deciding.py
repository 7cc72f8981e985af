"""The decision of a statement with probability: is a sample that breaks it too likely?

Every sample is decided on its own; the probabilities of those that break the statement for certain,
and of those that are not certain to satisfy it, bound the probability of failure.
"""

import dataclasses
from typing import Any

from flint import arb, ctx, fmpq

from w2sjax.falsification.decision import (
    HOLDS,
    OUTSIDE,
    UNDECIDED,
    VIOLATED,
    Decision,
)
from w2sjax.falsification.flint_numbers import rational, written
from w2sjax.falsification.sampling.outcomes import Outcome, outcomes
from w2sjax.falsification.sampling.population import INDEPENDENT, Population
from w2sjax.falsification.sampling.quantities import ZERO, Exact, SampleQuantities
from w2sjax.falsification.sampling.statements import BOUNDED, FIRST, IID
from w2sjax.falsification.statement import Statement

LONG = 24  # digits of a probability that are written out


@dataclasses.dataclass(frozen=True)
class Judged:
    """A sample, what the statement makes of it, both sides, and the coefficient of the student."""

    outcome: Outcome
    verdict: str = UNDECIDED
    lhs: Any = ZERO
    rhs: Any = ZERO
    student: fmpq = ZERO

    @property
    def violated(self) -> bool:
        """Whether it breaks the statement for certain."""
        return self.verdict == VIOLATED


def decide_population(
    statement: Statement, population: Population, precisions: tuple[int, ...]
) -> Decision:
    """Decide a statement about a population without fault."""
    hypotheses, satisfied = check_hypotheses(statement, population)
    if not satisfied:
        return Decision(OUTSIDE, hypotheses=hypotheses)
    judged = decide_samples(statement, population, precisions)
    lower, unsettled = (
        sum((j.outcome.probability for j in judged if j.verdict == kind), ZERO)
        for kind in (VIOLATED, UNDECIDED)
    )
    delta = rational(population.delta)
    outcome = VIOLATED if lower > delta else HOLDS if lower + unsettled <= delta else UNDECIDED
    failing = sum(j.violated for j in judged)
    hypotheses["samples"] = f"all {len(judged)} that differ are enumerated, {failing} fail"
    slack = float(arb(delta - lower))
    return Decision(outcome, written(lower, LONG), str(population.delta), slack, hypotheses)


def decide_samples(
    statement: Statement, population: Population, precisions: tuple[int, ...]
) -> list[Judged]:
    """Decide the statement for every sample; only what is undecided is decided again, closer."""
    found = [Judged(outcome) for outcome in outcomes(population)]
    sides = [
        [(name, rational(value)) for name, value in side.items() if value != 0]
        for side in (statement.lhs, statement.rhs)
    ]
    for precision in precisions:
        with ctx.workprec(2 * precision):
            exact = Exact(population)
            found = [
                _judged(sides, statement.identity, exact, judged.outcome)
                if judged.verdict == UNDECIDED
                else judged
                for judged in found
            ]
        if all(judged.verdict != UNDECIDED for judged in found):
            break
    return found


def _judged(sides, identity: bool, exact: Exact, outcome: Outcome) -> Judged:
    """Compare both sides for one sample: the sign of the difference has to be certain."""
    quantities = SampleQuantities(exact, outcome)
    lhs, rhs = (
        sum((quantities[name] * factor for name, factor in side), start=ZERO) for side in sides
    )
    slack = rhs - lhs
    verdict = HOLDS if slack >= 0 else VIOLATED if slack < 0 else UNDECIDED
    if identity:
        different = slack > 0 or slack < 0
        verdict = VIOLATED if different else HOLDS if slack == 0 else UNDECIDED
    return Judged(outcome, verdict, lhs, rhs, quantities.student)


def check_hypotheses(statement: Statement, population: Population) -> tuple[dict[str, str], bool]:
    """Say how every hypothesis was checked, and whether all are satisfied."""
    largest = max(abs(x) for x in population.features) * population.radius
    weak = max(map(abs, (*population.weak, *population.seen)))
    checks = {
        IID: population.scheme == INDEPENDENT,
        FIRST: population.weak == population.seen,
        BOUNDED: max(largest, weak) <= population.bound,
    }
    notes = {
        name: "exact" if checks[name] else "fails"
        for name in statement.hypotheses
        if name in checks
    }
    target = max(map(abs, population.target)) <= population.bound
    notes["target bounded by B"] = "exact" if target else "fails"
    satisfied = target and all(checks[name] for name in statement.hypotheses if name in checks)
    if statement.dropped is not None:
        notes[statement.dropped] = "dropped"
    return notes, satisfied
