r"""The students of several weak models and what brackets their errors, rational or in balls.

Where projections are rational every comparison is exact: $a + b - 2\sqrt{ab}$ is equal to a rational number
only if the root is rational, and then it is computed as one.
"""

import dataclasses
from typing import Any

from flint import arb, fmpq

from w2sjax.falsification.decision import OUTSIDE, Decision, OutOfReachError
from w2sjax.falsification.flint_numbers import python, root
from w2sjax.falsification.narrowing import decide_narrowing
from w2sjax.falsification.projection.deciding import check_hypotheses
from w2sjax.falsification.projection.quantities import Quantities
from w2sjax.falsification.selection.selection import Selection
from w2sjax.falsification.statement import Statement

NOTHING = fmpq(0)


def decide_selection(
    statement: Statement, selection: Selection, precisions: tuple[int, ...]
) -> Decision:
    """Decide a statement about a choice among weak models without fault."""
    notes, satisfied = check_hypotheses(statement, selection.problem)
    if not satisfied:
        return Decision(OUTSIDE, hypotheses=notes)
    students: dict[str, Any] = {}

    def quantities(precision: int) -> Brackets:
        nonlocal students
        brackets = Brackets(selection, statement, precision)
        students = brackets.students
        return brackets

    answer = decide_narrowing(statement, quantities, notes, precisions)
    stated = {
        name: ([python(v) for v in student.coefficients], python(student.intercept))
        for name, student in students.items()
    }
    return dataclasses.replace(answer, students=stated)


class Brackets:
    """Errors of all students, and what brackets them."""

    def __init__(self, selection: Selection, statement: Statement, precision: int):
        self.models = [Quantities(p, statement, precision) for p in selection.problems()]
        self.students: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        value = _FORMULAS[name](self)
        for j, model in enumerate(self.models):
            labels = {"weak": f"weak {j + 1}", "target": "target"}
            self.students |= {labels[k]: student for k, student in model.students.items()}
        return value

    @property
    def errors(self) -> list[Any]:
        """Errors of the students."""
        return [model["student_error"] for model in self.models]

    def upper(self, model: Quantities, *, realizable: bool = False) -> Any:
        """U, or what it would be for a realizable target; the gap of a projection is 0."""
        value = model["weak_error"] - model["misfit"]
        if realizable:
            return value
        # One target: its projection is the first model's.
        model.students.setdefault("target", self.target)
        return value + 2 * root(model["epsilon"] * model["misfit"])

    @property
    def target(self) -> Any:
        """Projection of the target."""
        self.models[0].projection("target")
        return self.models[0].students["target"]

    def off(self, *, realizable: bool) -> Any:
        """By how much an error leaves its bracket: the largest excess of all."""
        excesses = []
        for model in self.models:
            error = model["student_error"]
            excesses += [_lower(model) - error, error - self.upper(model, realizable=realizable)]
        return largest(excesses)

    def choice(self) -> int:
        """Give the place of the least weak error less misfit, the first among equals."""
        keys = [model["weak_error"] - model["misfit"] for model in self.models]
        for j, key in enumerate(keys):
            if all(key < other for other in keys[:j]) and all(
                key <= other for other in keys[j + 1 :]
            ):
                return j
        raise OutOfReachError("which model is chosen is open")

    def regret(self) -> Any:
        """Error of the chosen student less the least one."""
        chosen = self.errors[self.choice()]
        others = [chosen - error for j, error in enumerate(self.errors) if j != self.choice()]
        return largest([NOTHING, *others])

    def open(self) -> Any:
        """By how much the upper end of the chosen one exceeds the least lower end of the others."""
        choice = self.choice()
        upper = self.upper(self.models[choice])
        others = [upper - _lower(m) for j, m in enumerate(self.models) if j != choice]
        return largest([NOTHING, *others])


def _lower(model: Quantities) -> Any:
    """L, the square of the positive part of the difference of two roots."""
    weak, misfit = model["weak_error"], model["misfit"]
    if isinstance(weak, fmpq) and isinstance(misfit, fmpq):
        return weak + misfit - 2 * root(weak * misfit) if weak > misfit else NOTHING
    reach = arb(root(weak) - root(misfit)).max(arb(0))
    return reach * reach


def largest(values: list[Any]) -> Any:
    """Take the largest of rational numbers and balls; those that are certainly less play no part."""
    left = [v for v in values if not any(v < other for other in values)]
    if all(isinstance(value, fmpq) for value in left):
        return left[0]
    if len(left) == 1:
        return left[0]
    best = arb(left[0])
    for value in left[1:]:
        best = best.max(arb(value))
    return best


_FORMULAS = {
    "off_bracket": lambda brackets: brackets.off(realizable=False),
    "off_realizable": lambda brackets: brackets.off(realizable=True),
    "regret": Brackets.regret,
    "open": Brackets.open,
}
NAMES = tuple(_FORMULAS)
