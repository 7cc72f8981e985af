"""Which functions and squared distances of a counterexample a picture shows, and their values."""

from collections.abc import Mapping
from fractions import Fraction

from w2sjax.falsification.counterexample import Counterexample
from w2sjax.falsification.projection.distances import DISTANCES
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.rationals import Vector
from w2sjax.falsification.statement import Statement

TRIANGLE = ("weak_error", "student_error", "misfit")
# Quantities that are made of squared distances.
MADE_OF = {
    "product": TRIANGLE,
    "gap": ("misfit",),
    "excess": ("misfit",),
    "root_misfit_error": ("misfit", "student_error"),
    "root_epsilon_weak": ("epsilon", "weak_error"),
    "root_epsilon_misfit": ("epsilon", "misfit"),
    "weak_roots": ("weak_error", "epsilon"),
    "roots_squared": ("epsilon",),
    "root_weak_target": ("weak_error",),
    "root_weak_between": ("weak_between",),
    "root_between_target": ("between_target",),
}
LONGEST = 8  # letters of a fraction; longer ones are rounded


def functions(found: Counterexample, problem: Problem) -> dict[str, Vector]:
    """Give the values of every function that the picture may show, by the names of `FUNCTIONS`."""
    statement = found.statement
    values = {
        "weak": problem.weak,
        "target": problem.target(),
        "member": problem.values(problem.truth, problem.truth_intercept),
        "other": problem.values(problem.other, problem.other_intercept),
        "combination": problem.combination(),
        "student": problem.values(problem.student, problem.student_intercept),
    }
    for name, label in (("target", "best"), ("combination", "mixed")):
        if name in found.students:
            values[label] = problem.values(*found.students[name])
    if statement.student == "nearer":
        for name, label in (("student", "weak"), ("mixed", "combination")):
            first, second = (
                squared(problem, values[m], values[label]) for m in ("member", "other")
            )
            values[name] = values["member"] if first <= second else values["other"]
    elif "weak" in found.students and statement.student == "projection":
        values["student"] = problem.values(*found.students["weak"])
    return values


def shown(statement: Statement, known: Mapping[str, Vector]) -> list[str]:
    """List the squared distances that the statement is made of; the triangle if it names none."""
    names = [part for name in statement.quantities() for part in MADE_OF.get(name, (name,))]
    found = [n for n in dict.fromkeys(names) if n in DISTANCES and set(DISTANCES[n]) <= set(known)]
    return found or list(TRIANGLE)


def squared(problem: Problem, left: Vector, right: Vector) -> Fraction:
    """d(f, g)."""
    gaps = zip(problem.masses, left, right, strict=True)
    return sum((m * (a - b) ** 2 for m, a, b in gaps), Fraction(0)) / sum(problem.masses)


def written(value: Fraction) -> str:
    """Write a number: exactly if that is short."""
    return str(value) if len(str(value)) <= LONGEST else f"{float(value):.3g}"
