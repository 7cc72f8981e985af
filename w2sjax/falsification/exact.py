"""The decision of a statement on an exact instance: violated, holds, undecided, or no instance of it.

Rational numbers decide at once; where roots enter, enclosures are narrowed until the sign is certain
or the largest precision is reached. Hypotheses are checked exactly first.
"""

import dataclasses
from typing import Any

from flint import arb, ctx, fmpq

from w2sjax.falsification import world_quantities
from w2sjax.falsification.flint_numbers import python, rational
from w2sjax.falsification.problem import Problem
from w2sjax.falsification.quantities import InfiniteError, OutOfReachError, Quantities
from w2sjax.falsification.statements import Statement
from w2sjax.falsification.world import World

PRECISIONS = (128, 512, 2048)
HOLDS, VIOLATED, UNDECIDED, OUTSIDE = "holds", "violated", "undecided", "outside"


@dataclasses.dataclass(frozen=True)
class Decision:
    """What exact arithmetic says.

    Attributes:
        outcome: "holds", "violated", "undecided", or "outside" if a hypothesis fails.
        lhs, rhs: both sides as text, rational or enclosed; empty where there are none.
        slack: rhs - lhs (or minus its size for an identity) as a double, for people and for sorting.
        hypotheses: how each was checked, or why it fails.
        students: coefficients and intercept of every projection, for the checker.
    """

    outcome: str
    lhs: str = ""
    rhs: str = ""
    slack: float = 0.0
    hypotheses: dict[str, str] = dataclasses.field(default_factory=dict)
    students: dict[str, tuple[list[Any], Any]] = dataclasses.field(default_factory=dict)

    @property
    def violated(self) -> bool:
        """Whether it is a counterexample."""
        return self.outcome == VIOLATED


def decide(
    statement: Statement, problem: Problem | World, precisions: tuple[int, ...] = PRECISIONS
) -> Decision:
    """Decide a statement on an exact instance."""
    fault = problem.fault()
    if fault is not None:
        return Decision(OUTSIDE, hypotheses={"instance": fault})
    if isinstance(problem, World):
        return _decide_world(statement, problem)
    hypotheses, satisfied = check_hypotheses(statement, problem)
    if not satisfied:
        return Decision(OUTSIDE, hypotheses=hypotheses)
    answer = Decision(UNDECIDED, hypotheses=hypotheses)
    for precision in precisions:
        saved, ctx.prec = ctx.prec, 2 * precision
        try:
            quantities = Quantities(problem, statement, precision)
            answer = _compare(statement, quantities, hypotheses)
            students = {
                name: ([python(v) for v in s.coefficients], python(s.intercept))
                for name, s in quantities.students.items()
            }
            answer = dataclasses.replace(answer, students=students)
        except InfiniteError:
            return Decision(HOLDS, rhs="inf", slack=float("inf"), hypotheses=hypotheses)
        except OutOfReachError as error:
            return Decision(UNDECIDED, lhs=str(error), hypotheses=hypotheses)
        finally:
            ctx.prec = saved
        if answer.outcome != UNDECIDED:
            return answer
    return answer


def check_hypotheses(statement: Statement, problem: Problem) -> tuple[dict[str, str], bool]:
    """Say how every hypothesis was checked, and whether all are satisfied."""
    notes, satisfied = {}, True
    if statement.sets is not None and problem.set not in statement.sets:
        return {"set": f"the claim is not about {problem.set}"}, False
    for name in statement.members:
        inside = not problem.outside(name)
        satisfied &= inside
        notes[f"{name} in the set"] = "exact" if inside else "fails"
    if "realizability" in statement.hypotheses:
        zero = not any(problem.offset)
        satisfied &= zero
        notes["realizability"] = "exact: the target is H truth + c" if zero else "fails: offset"
    if statement.student == "projection":
        notes["exactness"] = "the student is the exact projection"
    if "convexity" in statement.hypotheses:
        notes["convexity"] = f"the class is the image of the convex set {problem.set}"
    if statement.dropped is not None:
        notes[statement.dropped] = "dropped"
    return notes, satisfied


def _side(terms, quantities):
    total = fmpq(0)
    for name, coefficient in terms.items():
        if coefficient != 0:
            total = total + quantities[name] * rational(coefficient)
    return total


def _compare(statement: Statement, quantities: Any, hypotheses: dict[str, str]) -> Decision:
    """Compare both sides: the difference's sign has to be certain."""
    lhs, rhs = _side(statement.lhs, quantities), _side(statement.rhs, quantities)
    difference = rhs - lhs
    slack = float(difference if isinstance(difference, arb) else arb(difference))
    slack = -abs(slack) if statement.identity else slack
    if statement.identity:
        certain = difference > 0 or difference < 0
        outcome = VIOLATED if certain else HOLDS if difference == 0 else UNDECIDED
    elif difference >= 0:
        outcome = HOLDS
    else:
        outcome = VIOLATED if difference < 0 else UNDECIDED
    return Decision(outcome, _text(lhs), _text(rhs), slack, hypotheses)


def _text(value) -> str:
    return str(python(value)) if isinstance(value, fmpq) else value.str(20)


def _decide_world(statement: Statement, world: World) -> Decision:
    """Decide a statement about a finite world: everything is a ratio of integers."""
    quantities = world_quantities.WorldQuantities(world, statement)
    hypotheses, satisfied = quantities.check_hypotheses()
    if not satisfied:
        return Decision(OUTSIDE, hypotheses=hypotheses)
    try:
        return _compare(statement, quantities, hypotheses)
    except InfiniteError:
        return Decision(HOLDS, rhs="inf", slack=float("inf"), hypotheses=hypotheses)
