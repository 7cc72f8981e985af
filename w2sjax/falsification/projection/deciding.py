"""The decision of a statement about a projection problem, with growing precision."""

import dataclasses

from w2sjax.falsification.decision import (
    HOLDS,
    OUTSIDE,
    UNDECIDED,
    Decision,
    InfiniteError,
    OutOfReachError,
    compare,
)
from w2sjax.falsification.flint_numbers import python
from w2sjax.falsification.narrowing import narrowed
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.projection.quantities import Quantities
from w2sjax.falsification.statement import Statement


def decide_problem(statement: Statement, problem: Problem, precisions: tuple[int, ...]) -> Decision:
    """Decide a statement about a problem without fault."""
    hypotheses, satisfied = check_hypotheses(statement, problem)
    if not satisfied:
        return Decision(OUTSIDE, hypotheses=hypotheses)

    def attempt(bits: int) -> Decision:
        quantities = Quantities(problem, statement, bits)
        answer = compare(statement, quantities, hypotheses)
        students = {
            name: ([python(v) for v in s.coefficients], python(s.intercept))
            for name, s in quantities.students.items()
        }
        return dataclasses.replace(answer, students=students)

    try:
        return narrowed(attempt, precisions, Decision(UNDECIDED, hypotheses=hypotheses))
    except InfiniteError:
        return Decision(HOLDS, rhs="inf", slack=float("inf"), hypotheses=hypotheses)
    except OutOfReachError as error:
        return Decision(UNDECIDED, lhs=str(error), hypotheses=hypotheses)


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
