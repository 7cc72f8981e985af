r"""The quantities of a projection problem in flint's numbers: rational, or balls where roots enter."""

from collections.abc import Callable
from typing import Any

from flint import fmpq, fmpq_mat

from w2sjax.falsification.decision import InfiniteError, OutOfReachError
from w2sjax.falsification.expressions import Numbers, evaluate, is_expression
from w2sjax.falsification.flint_numbers import inner, rational, rationals, root
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.projection.projecting import Student, on_polyhedral, project
from w2sjax.falsification.projection.sets import BALLS, LINEAR, VALUES
from w2sjax.falsification.statement import Statement


class Quantities:
    """Everything that the projection statements speak of, computed when it is asked for."""

    def __init__(self, problem: Problem, statement: Statement, precision: int):
        self.problem, self.statement, self.precision = problem, statement, precision
        masses = rationals(problem.masses)
        total = sum(masses, fmpq(0))
        self.weights = [mass / total for mass in masses]
        self.weak, self.target = rationals(problem.weak), rationals(problem.target())
        self.member = rationals(problem.values(problem.truth, problem.truth_intercept))
        self.other = rationals(problem.values(problem.other, problem.other_intercept))
        self.combination = rationals(problem.combination())
        self.found: dict[str, Any] = {}
        self.students: dict[str, Student] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self.found:
            if is_expression(name):
                numbers = Numbers(self.__getitem__, self.between, rational, root)
                self.found[name] = evaluate(name, numbers)
            else:
                self.found[name] = _FORMULAS[name](self)
        return self.found[name]

    def between(self, first: str, second: str) -> Any:
        """d(f, g) of two functions by name."""
        return self.distance(_FUNCTIONS[first](self), _FUNCTIONS[second](self))

    def distance(self, left, right) -> Any:
        """d(f, g)."""
        gaps = [a - b for a, b in zip(left, right, strict=True)]
        return inner(self.weights, [gap * gap for gap in gaps])

    def projection(self, name: str) -> list[Any]:
        """Values of the projection of "weak", "target" or "combination"."""
        if name not in self.students:
            answer = project(self.problem, getattr(self, name), self.precision)
            if answer is None:
                raise OutOfReachError(f"no exact projection on a set of kind {self.problem.set}")
            self.students[name] = answer
        return self.students[name].values

    def nearer(self, label) -> list[Any]:
        """Of the two members, the one next to a label: the first if both are."""
        first, second = self.distance(self.member, label), self.distance(self.other, label)
        return self.member if first <= second else self.other

    @property
    def student(self) -> list[Any]:
        """Values of the student."""
        if self.statement.student == "projection":
            return self.projection("weak")
        if self.statement.student == "nearer":
            return self.nearer(self.weak)
        problem = self.problem
        return rationals(problem.values(problem.student, problem.student_intercept))

    @property
    def mixed(self) -> list[Any]:
        """Values of the member next to the convex combination."""
        if self.statement.student == "nearer":
            return self.nearer(self.combination)
        return self.projection("combination")

    def product(self) -> Any:
        r"""$\langle f_w - f, f - f^* \rangle$."""
        student = self.student
        terms = [(w - s) * (s - t)
                 for w, s, t in zip(self.weak, student, self.target, strict=True)]  # fmt: skip
        return inner(self.weights, terms)

    def gap(self) -> Any:
        r"""$\sup_{u \in V} \langle f_w - q, u - q \rangle$ for the student; 0 if it is the projection."""
        if self.statement.student == "projection":
            return fmpq(0)
        student = self.student
        pull = [w * (a - b)
                for w, a, b in zip(self.weights, self.weak, student, strict=True)]  # fmt: skip
        if self.problem.intercept and sum(pull, fmpq(0)) != 0:
            raise InfiniteError
        direction = pull
        if self.problem.features is not None:
            columns = zip(*(rationals(row) for row in self.problem.features), strict=True)
            direction = [inner(list(column), pull) for column in columns]
        return support(self.problem, direction) - inner(direction, rationals(self.problem.student))


def support(problem: Problem, direction: list[Any]) -> Any:
    """Maximise a direction over the set; for a set of values the direction carries the weights."""
    kind, parameters, size = problem.set, problem.parameters, len(direction)
    if kind in LINEAR:
        if any(value != 0 for value in direction):
            raise InfiniteError
        return fmpq(0)
    if kind in BALLS:
        if kind != "ellipsoid":
            return root(inner(direction, direction)) * rational(parameters["radius"])
        lower = fmpq_mat([rationals(row) for row in parameters["lower"]])
        solved = lower.solve(fmpq_mat([[value] for value in direction])).tolist()
        length = root(sum((row[0] * row[0] for row in solved), fmpq(0)))
        return length + inner(direction, rationals(parameters["centre"]))
    if kind in VALUES:
        return _support_of_values(kind, parameters, direction)
    nothing = [[fmpq(0)] * size for _ in range(size)]
    best = on_polyhedral(kind, parameters, nothing, direction, size)
    if best is None:
        raise InfiniteError
    return inner(direction, best)


def _support_of_values(kind, parameters, direction):
    tails = [sum(direction[i:], fmpq(0)) for i in range(len(direction) + 1)]
    if kind == "monotone":
        if tails[0] != 0 or max(tails) > 0:
            raise InfiniteError
        return fmpq(0)
    bound = rational(parameters["bound"])
    if kind == "bounded_values":
        return bound * sum((abs(value) for value in direction), fmpq(0))
    # Steps from -B to B are the extreme points of the bounded monotone functions.
    return bound * max(2 * tail - tails[0] for tail in tails)


_FUNCTIONS: dict[str, Callable[[Quantities], list[Any]]] = {
    "weak": lambda q: q.weak,
    "target": lambda q: q.target,
    "student": lambda q: q.student,
    "projection": lambda q: q.projection("weak"),
    "best": lambda q: q.projection("target"),
    "member": lambda q: q.member,
    "other": lambda q: q.other,
    "combination": lambda q: q.combination,
    "mixed": lambda q: q.mixed,
}

_FORMULAS: dict[str, Callable[[Quantities], Any]] = {
    "weak_error": lambda q: q.distance(q.weak, q.target),
    "student_error": lambda q: q.distance(q.student, q.target),
    "misfit": lambda q: q.distance(q.student, q.weak),
    "product": Quantities.product,
    "gap": Quantities.gap,
    "root_misfit_error": lambda q: root(q["misfit"] * q["student_error"]),
    "excess": lambda q: q["misfit"] - q.distance(q.projection("weak"), q.weak),
    "epsilon": lambda q: q.distance(q.projection("target"), q.target),
    "root_epsilon_weak": lambda q: root(q["epsilon"] * q["weak_error"]),
    "root_epsilon_misfit": lambda q: root(q["epsilon"] * q["misfit"]),
    "roots": lambda q: root(q["excess"]) + root(q["epsilon"]),
    "weak_roots": lambda q: root(q["weak_error"]) * q["roots"],
    "roots_squared": lambda q: q["roots"] * q["roots"],
    "apart": lambda q: q.distance(q.member, q.other),
    "outside": lambda q: q.distance(q.combination, q.mixed),
    "weak_between": lambda q: q.distance(q.weak, q.combination),
    "between_target": lambda q: q.distance(q.combination, q.target),
    "root_weak_target": lambda q: root(q["weak_error"]),
    "root_weak_between": lambda q: root(q["weak_between"]),
    "root_between_target": lambda q: root(q["between_target"]),
}
NAMES = tuple(_FORMULAS)
