r"""A second opinion on a counterexample: other algorithms, and nothing but `fractions`.

Projections are not computed. The file states every student; its gap $\gamma = \sup_{u \in V} \langle y -
f, u - f \rangle$ is bounded through the support function of the set, and $d(f, p) \le \gamma$ for the
projection p says how far the stated one can be off: not at all where the gap is 0.
"""

from collections.abc import Callable
from fractions import Fraction

from w2sjax.falsification.expressions import Numbers, evaluate, is_expression
from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.judging import judge
from w2sjax.falsification.opinion import Opinion, RefusedError, UnboundedError
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.projection.sets import contains
from w2sjax.falsification.projection.supports import BITS, support
from w2sjax.falsification.rationals import Vector, apply, dot, root_above, transpose
from w2sjax.falsification.statement import Statement


def check_problem(
    statement: Statement, problem: Problem, students: dict[str, tuple[Vector, Fraction]]
) -> Opinion:
    """Check a counterexample of the projection claims, with its stated students.

    Raises:
        RefusedError: if a hypothesis fails or a student is missing or no member.
    """
    evidence = quantities(statement, problem, students)
    try:
        return judge(statement, evidence.__getitem__, evidence.notes)
    except UnboundedError:
        nothing = exact(0)
        return Opinion(False, nothing, nothing, evidence.notes | {"gap": "infinite"})


def _hypotheses(statement: Statement, problem: Problem) -> dict[str, str]:
    fault = problem.fault()
    if fault is not None:
        raise RefusedError(fault)
    if statement.sets is not None and problem.set not in statement.sets:
        raise RefusedError(f"{statement.claim} is not about sets of kind {problem.set}")
    notes = {}
    for name in statement.members:
        if not contains(problem.set, problem.parameters, getattr(problem, name)):
            raise RefusedError(f"{name} is not in the set")
        notes[f"{name} in the set"] = "exact"
    if "realizability" in statement.hypotheses:
        if any(value != 0 for value in problem.offset):
            raise RefusedError("the target is not realizable: the offset is not zero")
        notes["realizability"] = "exact"
    return notes


def quantities(
    statement: Statement, problem: Problem, students: dict[str, tuple[Vector, Fraction]]
) -> "_Evidence":
    """Enclose the quantities when they are asked for, with the stated students.

    Raises:
        RefusedError: if a hypothesis fails; when it is asked for, if a student is missing or no member.
    """
    evidence = _Evidence(problem, statement, students)
    evidence.notes |= _hypotheses(statement, problem)
    return evidence


class _Evidence:
    """The quantities, as intervals."""

    def __init__(self, problem: Problem, statement: Statement, students):
        self.problem, self.statement, self.stated = problem, statement, students
        total = sum(problem.masses, Fraction(0))
        self.weights = [mass / total for mass in problem.masses]
        self.target, self.combination = problem.target(), problem.combination()
        self.member = problem.values(problem.truth, problem.truth_intercept)
        self.other = problem.values(problem.other, problem.other_intercept)
        self.notes: dict[str, str] = {}
        self.known: dict[str, tuple[Vector, Fraction]] = {}
        self.found: dict[str, Interval] = {}

    def __getitem__(self, name: str) -> Interval:
        if name not in self.found:
            self.found[name] = self.expression(name) if is_expression(name) else self.named(name)
        return self.found[name]

    def named(self, name: str) -> Interval:
        """Enclose a quantity."""
        if name not in _QUANTITIES:
            raise RefusedError(f"unknown quantity {name!r}")
        return _QUANTITIES[name](self)

    def expression(self, text: str) -> Interval:
        """Enclose an expression in quantities."""
        numbers = Numbers(self.__getitem__, self.between, exact, lambda value: value.root(BITS))
        try:
            return evaluate(text, numbers)
        except ValueError as error:
            raise RefusedError(str(error)) from error

    def between(self, first: str, second: str) -> Interval:
        """Enclose d(f, g) of two functions by name."""
        for name in (first, second):
            if name not in _FUNCTIONS:
                raise RefusedError(f"unknown function {name!r}")
        (left, one), (right, two) = _FUNCTIONS[first](self), _FUNCTIONS[second](self)
        return self.square(left, right, one + two)

    def inner(self, left: Vector, right: Vector) -> Fraction:
        """Weighted inner product."""
        return sum(
            (w * a * b for w, a, b in zip(self.weights, left, right, strict=True)), Fraction(0)
        )

    def square(self, left: Vector, right: Vector, radius: Fraction = Fraction(0)) -> Interval:
        """d(f, g) where f is known up to a distance of `radius`."""
        gaps = [a - b for a, b in zip(left, right, strict=True)]
        value = exact(self.inner(gaps, gaps))
        if radius == 0:
            return value
        length = value.root(BITS)
        low = max(length.low - radius, Fraction(0))
        return Interval(low * low, (length.high + radius) ** 2)

    def projection(self, name: str) -> tuple[Vector, Fraction]:
        """Give the stated projection of a label: its values, and how far it is off at most."""
        if name not in self.known:
            label = {"weak": self.problem.weak, "target": self.target}.get(name, self.combination)
            if name not in self.stated:
                raise RefusedError(f"the projection of {name} is not stated")
            coefficients, constant = self.stated[name]
            if not contains(self.problem.set, self.problem.parameters, coefficients):
                raise RefusedError(f"the stated projection of {name} is no member")
            if not self.problem.intercept and constant != Fraction(0):
                raise RefusedError(f"the stated projection of {name} has an intercept")
            try:
                gap = self.gap(label, coefficients, constant).high
            except UnboundedError as error:
                raise RefusedError(f"the stated projection of {name} is none") from error
            radius = root_above(gap, BITS)
            values = self.problem.values(coefficients, constant)
            self.known[name] = values, radius
            self.notes[f"projection of {name}"] = (
                "exact: its gap is 0" if gap == 0 else f"within {float(radius):.1e}: its gap"
            )
        return self.known[name]

    def student(self) -> tuple[Vector, Fraction]:
        """Values of the student, and how far they are off at most."""
        if self.statement.student == "projection":
            return self.projection("weak")
        if self.statement.student == "member":
            problem = self.problem
            return problem.values(problem.student, problem.student_intercept), Fraction(0)
        return self.nearer(self.problem.weak), Fraction(0)

    def nearer(self, label: Vector) -> Vector:
        """Of the two members, the one next to a label."""
        first, second = self.square(self.member, label), self.square(self.other, label)
        return self.member if first.low <= second.low else self.other

    def mixed(self) -> tuple[Vector, Fraction]:
        """Values of the member next to the convex combination."""
        if self.statement.student == "nearer":
            return self.nearer(self.combination), Fraction(0)
        return self.projection("combination")

    def gap(self, label: Vector, coefficients: Vector, constant: Fraction) -> Interval:
        """Bound the gap of a member for a label."""
        problem = self.problem
        values = problem.values(coefficients, constant)
        pull = [w * (y - f) for w, y, f in zip(self.weights, label, values, strict=True)]
        if problem.intercept and sum(pull) != 0:
            raise UnboundedError
        along = pull if problem.features is None else apply(transpose(problem.features), pull)
        bound = support(problem.set, problem.parameters, along)
        return bound - exact(dot(along, coefficients))

    def product(self) -> Interval:
        """<f_w - f, f - f*> from three squared distances."""
        sides = self["weak_error"] - self["misfit"] - self["student_error"]
        return sides.scaled(Fraction(1, 2))

    def stated_gap(self) -> Interval:
        """Bound the gap of the student: a stated member, or the projection, whose gap is 0."""
        if self.statement.student == "projection":
            return exact(Fraction(0))
        problem = self.problem
        return self.gap(problem.weak, problem.student, problem.student_intercept)

    def excess(self) -> Interval:
        """Misfit of the student less that of the projection."""
        values, radius = self.projection("weak")
        return self["misfit"] - self.square(values, self.problem.weak, radius)

    def to(self, student: tuple[Vector, Fraction], other: Vector) -> Interval:
        """d(student, other)."""
        values, radius = student
        return self.square(values, other, radius)


_EXACTLY = Fraction(0)

# Values of every function, and how far they are off at most.
_FUNCTIONS: dict[str, Callable[[_Evidence], tuple[Vector, Fraction]]] = {
    "weak": lambda e: (e.problem.weak, _EXACTLY),
    "target": lambda e: (e.target, _EXACTLY),
    "student": _Evidence.student,
    "projection": lambda e: e.projection("weak"),
    "best": lambda e: e.projection("target"),
    "member": lambda e: (e.member, _EXACTLY),
    "other": lambda e: (e.other, _EXACTLY),
    "combination": lambda e: (e.combination, _EXACTLY),
    "mixed": _Evidence.mixed,
}

_QUANTITIES: dict[str, Callable[[_Evidence], Interval]] = {
    "weak_error": lambda e: e.square(e.problem.weak, e.target),
    "student_error": lambda e: e.to(e.student(), e.target),
    "misfit": lambda e: e.to(e.student(), e.problem.weak),
    "product": _Evidence.product,
    "gap": _Evidence.stated_gap,
    "root_misfit_error": lambda e: (e["misfit"] * e["student_error"]).root(BITS),
    "excess": _Evidence.excess,
    "epsilon": lambda e: e.to(e.projection("target"), e.target),
    "root_epsilon_weak": lambda e: (e["epsilon"] * e["weak_error"]).root(BITS),
    "root_epsilon_misfit": lambda e: (e["epsilon"] * e["misfit"]).root(BITS),
    "weak_roots": lambda e: (
        (e["weak_error"] * e["excess"]).root(BITS) + (e["weak_error"] * e["epsilon"]).root(BITS)
    ),
    "roots_squared": lambda e: (
        e["excess"] + e["epsilon"] + (e["excess"] * e["epsilon"]).root(BITS).scaled(Fraction(2))
    ),
    "apart": lambda e: e.square(e.member, e.other),
    "outside": lambda e: e.to(e.mixed(), e.combination),
    "weak_between": lambda e: e.square(e.problem.weak, e.combination),
    "between_target": lambda e: e.square(e.combination, e.target),
    "root_weak_target": lambda e: e["weak_error"].root(BITS),
    "root_weak_between": lambda e: e["weak_between"].root(BITS),
    "root_between_target": lambda e: e["between_target"].root(BITS),
}  # fmt: skip
