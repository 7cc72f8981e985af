r"""The first opinion on projection problems, in flint's numbers: rational, or balls where roots enter."""

import operator
from typing import Any

from flint import arb, fmpq

from w2sjax.arithmetic.flint_numbers import inner, largest, least, python, rational, rationals
from w2sjax.arithmetic.rationals import text
from w2sjax.language.claims import Claim
from w2sjax.settings.exact import Case, OpenError
from w2sjax.settings.projection.functions import Parts, label
from w2sjax.settings.projection.maximising import maximise
from w2sjax.settings.projection.meaning import LABELS, STATED, meaning_of
from w2sjax.settings.projection.problem import Problem
from w2sjax.settings.projection.projecting import Student, project

Row = list[Any]


class Engine:
    """Everything that claims about projections speak of, computed when it is asked for."""

    def __init__(self, claim: Claim, problem: Problem, bits: int):
        self.claim, self.problem, self.bits = claim, problem, bits
        self.meaning = meaning_of(claim)
        masses = rationals(problem.masses)
        total = sum(masses, fmpq(0))
        self.weights = [mass / total for mass in masses]
        self.known: dict[str, Row] = {}
        self.students: dict[str, Student] = {}
        self.maxima: dict[str, Any] = {}

    def properties(self) -> dict[str, bool]:
        """Check what an instance of the claim has to be."""
        claim, problem = self.claim, self.problem
        if claim.sets is not None and problem.set not in claim.sets:
            return {f"the claim is about {problem.set}": False}
        members = ((name, getattr(problem, name)) for name in self.meaning.members)
        met = {f"{name} in the set": problem.inside(theta) for name, theta in members}
        met |= {one.name: True for one in claim.assumptions if one.formula is None}
        if self.meaning.realizable:
            met["realizability"] = not any(problem.offset)
        return met

    def cases(self) -> list[Case]:
        """Give the one case that there is."""
        return [Case(self.quantity)]

    def evidence(self) -> dict[str, Any]:
        """State the projections, and of gaps over polyhedra what shows them."""
        projections = {
            name: [_text(s.coefficients), text(python(s.intercept)), _text(s.multipliers)]
            for name, s in self.students.items()
        }
        return {"projections": projections, "gaps": self.maxima}

    def values(self, name: str) -> Row:
        """Values of a function, by what its symbol stands for."""
        if name not in self.known:
            self.known[name] = self._values(name)
        return self.known[name]

    def _values(self, name: str) -> Row:
        problem = self.problem
        if name in LABELS:
            given = self.values(LABELS[name])
            return self.nearer(given) if self.meaning.pair else self.projection(LABELS[name], given)
        if name == "target":
            return list(map(operator.add, self.values("member"), rationals(problem.offset)))
        if name == "between":
            share, members = rational(problem.mixture), map(self.values, ("member", "other"))
            return [share * a + (1 - share) * b for a, b in zip(*members, strict=True)]
        return rationals(problem.function(STATED.get(name, name)))

    def combined(self, parts: Parts) -> Row:
        """Values of a combination."""
        if len(parts) == 2 and parts[0][1] == 1 and parts[1][1] == -1:
            return list(map(operator.sub, self.values(parts[0][0]), self.values(parts[1][0])))
        found: Row = [fmpq(0)] * self.problem.size
        for place, (name, share) in enumerate(parts):
            values = self.values(name)
            if share != 1:
                factor = rational(share)
                values = [factor * value for value in values]
            found = list(map(operator.add, found, values)) if place else values
        return found

    def projection(self, name: str, given: Row) -> Row:
        """Values of the projection of a function on the class."""
        if name not in self.students:
            if not all(isinstance(value, fmpq) for value in given):
                raise OpenError("a projection of what is not rational")
            answer = project(self.problem, given, self.bits)
            if answer is None:
                raise OpenError(f"no exact projection on a set of kind {self.problem.set}")
            self.students[name] = answer
        return self.students[name].values

    def product(self, left: Row, right: Row) -> Any:
        """Weighted inner product."""
        return inner(self.weights, list(map(operator.mul, left, right)))

    def nearer(self, given: Row) -> Row:
        """Of the two members, the one next to a function: the first if both are."""
        members = self.values("member"), self.values("other")
        first, second = (self.square(given, one) for one in members)
        return members[0] if first <= second else members[1]

    def square(self, left: Row, right: Row) -> Any:
        """Squared distance."""
        apart = list(map(operator.sub, left, right))
        return self.product(apart, apart)

    def quantity(self, data: Any) -> Any:
        """Compute a quantity by its name."""
        head, first, *rest = data
        parts = self.meaning.parts
        if head == "d":
            apart = self.combined(parts(first, rest[0]))
            return self.product(apart, apart)
        if head == "inner":
            return self.product(self.combined(parts(first)), self.combined(parts(rest[0])))
        return self.gap(parts(first)) if head == "gap" else self.outside(parts(first))

    def outside(self, parts: Parts) -> Any:
        """Squared distance from the class."""
        given = self.combined(parts)
        if self.meaning.pair:
            return least(*(self.square(given, self.values(name)) for name in ("member", "other")))
        return self.square(given, self.projection(label(parts), given))

    def gap(self, parts: Parts) -> Any:
        r"""$\sup_{u \in V} \langle f_w - f, u - f \rangle$."""
        problem, given = self.problem, self.combined(parts)
        if self.meaning.pair:
            values = map(self.values, ("weak", "member", "other"))
            weak, *members = (list(map(operator.sub, one, given)) for one in values)
            return largest(*(self.product(weak, member) for member in members))
        if [name for name, _ in parts] == ["projection"] and parts[0][1] == 1:
            return fmpq(0)
        residual = map(operator.sub, self.values("weak"), given)
        pull = list(map(operator.mul, self.weights, residual))
        if problem.intercept and sum(pull, fmpq(0)) != 0:
            return arb("inf")
        direction = pull
        if problem.features is not None:
            columns = zip(*map(rationals, problem.features), strict=True)
            direction = [inner(list(column), pull) for column in columns]
        value, place, multipliers = maximise(problem.set, problem.parameters, direction)
        if problem.set == "polyhedron":
            self.maxima[label(parts)] = [_text(place), _text(multipliers)]
        return value - inner(pull, given)


def _text(row: Row) -> list[str]:
    return text([python(value) for value in row])
