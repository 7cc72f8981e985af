r"""A second opinion on a counterexample: other algorithms, and nothing but `fractions`.

Projections are not computed. The file states every student; its gap $\gamma = \sup_{u \in V} \langle y -
f, u - f \rangle$ is bounded through the support function of the set, and $d(f, p) \le \gamma$ for the
projection p says how far the stated one can be off: not at all where the gap is 0. Inner products are
differences of squares.
"""

from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.intervals import Interval, UnboundedError, exact, largest, least
from w2sjax.arithmetic.rationals import Vector, apply, dot, field, root_above, transpose
from w2sjax.language.claims import Claim
from w2sjax.settings.exact import Case, RefusedError
from w2sjax.settings.projection.functions import Parts, difference, label, parts_of, total
from w2sjax.settings.projection.meaning import LABELS, STATED, meaning_of
from w2sjax.settings.projection.problem import Problem
from w2sjax.settings.projection.supports import BITS, support

Near = tuple[Vector, Fraction]  # values, and how far a function is from them at most


class Checker:
    """The quantities, as intervals."""

    def __init__(self, claim: Claim, problem: Problem, evidence: Any):
        self.claim, self.problem = claim, problem
        self.meaning = meaning_of(claim)
        self.stated = evidence.get("projections", {})
        self.shown = evidence.get("gaps", {})
        self.weights = [mass / sum(problem.masses) for mass in problem.masses]
        self.notes: dict[str, str] = {}
        self.known: dict[str, Near] = {}

    def properties(self) -> dict[str, bool]:
        """Check what an instance of the claim has to be."""
        claim, problem = self.claim, self.problem
        about = claim.sets is None or problem.set in claim.sets
        met = {f"the claim is about {problem.set}": about}
        if about:
            for name in self.meaning.members:
                met[f"{name} in the set"] = problem.inside(getattr(problem, name))
        if claim.assumes("realizability"):
            met["realizability"] = all(value == 0 for value in problem.offset)
        return met

    def cases(self) -> list[Case]:
        """Give the one case that there is."""
        return [Case(self.quantity)]

    def quantity(self, data: Any) -> Interval:
        """Enclose a quantity.

        Raises:
            RefusedError: if a student is not stated, or no member.
            UnboundedError: where a gap is infinite.
        """
        head, *functions = data
        parts = [self.meaning.parts(one) for one in functions]
        match head:
            case "d":
                return self.square(difference(*parts))
            case "inner":
                return self.product(*parts)
            case "gap":
                return self.gap(parts[0])
        return self.outside(parts[0])

    def inner(self, left: Vector, right: Vector) -> Fraction:
        """Weighted inner product."""
        return dot(self.weights, [a * b for a, b in zip(left, right, strict=True)])

    def product(self, left: Parts, right: Parts) -> Interval:
        """Inner product of two combinations."""
        both = self.square(total([*left, *right])) - self.square(difference(left, right))
        return both.scaled(Fraction(1, 4))

    def square(self, parts: Parts) -> Interval:
        """Mean square of a combination."""
        return self.around(*self.combined(parts))

    def around(self, values: Vector, radius: Fraction) -> Interval:
        """Mean square of what is within `radius` of these values."""
        value = exact(self.inner(values, values))
        if radius == 0:
            return value
        length = value.root(BITS)
        low = max(length.low - radius, Fraction(0))
        return Interval(low * low, (length.high + radius) ** 2)

    def combined(self, parts: Parts) -> Near:
        """Give a combination, and how far it is off at most."""
        values, radius = [Fraction(0)] * self.problem.size, Fraction(0)
        for name, share in parts:
            one, near = self.function(name)
            values = [a + share * b for a, b in zip(values, one, strict=True)]
            radius += abs(share) * near
        return values, radius

    def function(self, name: str) -> Near:
        """Give a function, by what its symbol stands for."""
        if name not in self.known:
            problem = self.problem
            if name not in LABELS:
                self.known[name] = problem.function(STATED.get(name, name)), Fraction(0)
            elif self.meaning.pair:
                self.known[name] = self.nearer(problem.function(LABELS[name])), Fraction(0)
            else:
                given = problem.function(LABELS[name])
                self.known[name] = self.projection(LABELS[name], given)
        return self.known[name]

    def nearer(self, given: Vector) -> Vector:
        """Of the two members, the one next to a function."""
        members = [self.function(name)[0] for name in ("member", "other")]
        first, second = (self.around(_minus(one, given), Fraction(0)).low for one in members)
        return members[0] if first <= second else members[1]

    def projection(self, name: str, given: Vector) -> Near:
        """Give the stated projection of a function, and how far it is off at most."""
        if name not in self.stated:
            raise RefusedError(f"the projection of {name} is not stated")
        problem = self.problem
        coefficients, constant, multipliers = _numbers(self.stated[name], (1, 0, 1))
        if len(coefficients) != problem.dimension or not problem.inside(coefficients):
            raise RefusedError(f"the stated projection of {name} is no member")
        if not problem.intercept and constant != 0:
            raise RefusedError(f"the stated projection of {name} has an intercept")
        values = problem.values(coefficients, constant)
        try:
            bound = self.supremum(_minus(given, values), multipliers)
        except UnboundedError as error:
            raise RefusedError(f"the stated projection of {name} is none") from error
        above = bound.high - self.inner(_minus(given, values), values)
        radius = root_above(above, BITS)
        near = "exact: its gap is 0" if above == 0 else f"within {float(radius):.1e}: its gap"
        self.notes[f"projection of {name}"] = near
        return values, radius

    def supremum(self, residual: Vector, multipliers: Vector | None = None) -> Interval:
        r"""$\sup_{u \in V} \langle r, u \rangle$; of a polyhedron only its upper end is one."""
        problem = self.problem
        pull = [w * r for w, r in zip(self.weights, residual, strict=True)]
        if problem.intercept and sum(pull) != 0:
            raise UnboundedError("a constant without end")
        along = pull if problem.features is None else apply(transpose(problem.features), pull)
        return support(problem.set, problem.parameters, along, multipliers)

    def outside(self, parts: Parts) -> Interval:
        """Squared distance from the class."""
        if self.meaning.pair:
            apart = (difference(parts, parts_of(u)) for u in ("member", "other"))
            return least(*map(self.square, apart))
        given, off = self.combined(parts)
        values, radius = self.projection(label(parts), given)
        return self.around(_minus(given, values), radius + off)

    def gap(self, parts: Parts) -> Interval:
        r"""$\sup_{u \in V} \langle f_w - f, u - f \rangle$."""
        if parts == parts_of("projection"):
            return exact(Fraction(0))
        residual = difference(parts_of("weak"), parts)
        if self.meaning.pair:
            steps = (difference(parts_of(u), parts) for u in ("member", "other"))
            return largest(*(self.product(residual, step) for step in steps))
        (values, off), given = self.combined(residual), self.combined(parts)[0]
        if off != 0:
            raise RefusedError("the gap of a function that is known nearly only")
        along = exact(self.inner(values, given))
        if self.problem.set != "polyhedron":
            return self.supremum(values) - along
        place, multipliers = _numbers(self.shown.get(label(parts)), (1, 1))
        if not place:
            raise UnboundedError("a gap without end")
        if not self.problem.inside(place):
            raise RefusedError("where a gap is attained is no member")
        reached = exact(self.inner(values, self.problem.values(place)))
        return Interval(reached.low, self.supremum(values, multipliers).high) - along


def _minus(left: Vector, right: Vector) -> Vector:
    return [a - b for a, b in zip(left, right, strict=True)]


def _numbers(given: Any, depths: tuple[int, ...]) -> list[Any]:
    """Read what a file states."""
    if not isinstance(given, list) or len(given) != len(depths):
        raise RefusedError(f"the file states {given!r}")
    try:
        return [field("evidence", part, depth) for part, depth in zip(given, depths, strict=True)]
    except ValueError as error:
        raise RefusedError(str(error)) from error
