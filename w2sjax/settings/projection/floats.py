r"""The quantities of a projection problem in doubles, with proved errors, from functions with theirs."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.measured import MEASURED, Measured, exactly, measured
from w2sjax.arithmetic.rounding import Rounded
from w2sjax.language.claims import Claim
from w2sjax.projecting.certificate import Projection
from w2sjax.projecting.certification import certify
from w2sjax.projecting.hypothesis import derived_again
from w2sjax.projecting.projection import project
from w2sjax.settings.projection.computed import Functions, above, once
from w2sjax.settings.projection.computed import Prepared as Prepared
from w2sjax.settings.projection.drawing import STRATA as STRATA
from w2sjax.settings.projection.drawing import ProjectionInstance
from w2sjax.settings.projection.drawing import draw as draw
from w2sjax.settings.projection.functions import Parts, difference, label, parts_of, total
from w2sjax.settings.projection.meaning import LABELS
from w2sjax.settings.projection.members import (
    fitted_to,
    off_class,
    outside_set,
    reach,
    towards_other,
)

MEMBERS = {"member", "other", "between", "best", "projection", "sampled"}


def prepare(instance: ProjectionInstance, claims: Sequence[Claim]) -> Prepared:
    """Compute the projections that the claims need, in one batch over their labels."""
    instance = dataclasses.replace(instance, hypothesis=derived_again(instance.hypothesis))
    bare = Prepared(instance, {})
    labels: dict[str, Any] = {}
    for claim in claims:
        labels |= Study(bare, claim).labels()
    if not labels:
        return bare
    radius = reach(instance)
    # One loop in the program instead of one for each student.
    together = jnp.stack(list(labels.values()))
    answers = jax.vmap(lambda given: project(instance.hypothesis, given, radius=radius))(together)
    each = (jax.tree.map(lambda leaf, i=i: leaf[i], answers) for i in range(len(labels)))
    students = dict(zip(labels, each, strict=True))
    if "sampled" in students:
        share = fitted_to(instance, "sampled")[1]
        students["sampled"] = towards_other(instance, students["sampled"], share)
    return Prepared(instance, students, bare.computed)


def study(prepared: Prepared, claim: Claim) -> "Study":
    """Take an instance as one of a claim."""
    return Study(prepared, claim)


class Study(Functions):
    """The quantities of a claim."""

    def quantity(self, data: Any, *arguments: Measured) -> Measured:
        """Compute a quantity."""
        del arguments
        head, *functions = data
        parts = [self.meaning.parts(one) for one in functions]
        match head:
            case "d":
                return self.distance(self.meaning.parts(*functions))
            case "inner":
                return self.product(*parts)
            case "outside":
                return self.outside(parts[0])
            case "gap":
                return self.gap(parts[0])
        return exactly(self.certified(head, *parts))

    @once
    def distance(self, apart: Parts) -> Measured:
        """Mean square of a difference."""
        left = self.combined(tuple((name, share) for name, share in apart if share > 0))
        right = self.combined(tuple((name, -share) for name, share in apart if share < 0))
        square = rounding.mean_square(self.weights, left.values, right.values)
        error = self._moved(square, left.error + right.error)
        for name, given in LABELS.items():
            student = None if name in self.covered else self.projected(name)
            if student is not None and dict(apart) in ({name: 1, given: -1}, {name: -1, given: 1}):
                near = self._moved(square, self.values(given)[1])
                error = jnp.minimum(error, near + self._first_order(student, square))
        return measured(square.perturbed(error), left.size**2 + right.size**2)

    def _moved(self, square: Rounded, error: Float[Array, ""]) -> Float[Array, ""]:
        """Bound by how much a mean square changes where its root changes by an error at most."""
        return above(error * (2 * jnp.sqrt(square.upper()) + error))

    def _first_order(self, student: Projection, square: Rounded) -> Float[Array, ""]:
        r"""Bound $|d(f, y) - d(p, y)|$ for the projection p of y.

        It is $2\langle y - f, p - f \rangle - d(p, f)$, or twice the rounding of f in the direction of y.
        """
        off = off_class(self.hypothesis, student.coefficients, student.intercept)
        return above(2 * student.pairing(student.gap) + 2 * off * jnp.sqrt(square.upper()))

    @once
    def product(self, first: Parts, second: Parts) -> Measured:
        """Inner product."""
        left, right = self.combined(first), self.combined(second)
        found = rounding.weighted_dot(self.weights, left.values, right.values)
        off = left.error * (right.size + right.error) + right.error * left.size
        return measured(found.perturbed(above(off)), left.size * right.size)

    @once
    def outside(self, parts: Parts) -> Measured:
        """Squared distance from the class."""
        if self.meaning.pair:
            each = (difference(parts, parts_of(u)) for u in ("member", "other"))
            return MEASURED["min"](*map(self.distance, each))
        given, student = self.combined(parts), self.students.get(label(parts))
        if student is None:
            student = project(self.hypothesis, given.values, radius=reach(self.instance))
        square = rounding.mean_square(self.weights, given.values, student.values)
        away = self._moved(square, jnp.sqrt(student.gap))
        away = jnp.minimum(away, self._first_order(student, square))
        size = given.size**2 + rounding.norm(student.values, self.weights) ** 2
        return measured(square.perturbed(away + self._moved(square, given.error)), size)

    def gap(self, parts: Parts) -> Measured:
        r"""Bound the gap from above, over the members that take part."""
        residual = difference(parts_of("weak"), parts)
        if self.meaning.pair:
            steps = (difference(parts_of(u), parts) for u in ("member", "other"))
            return MEASURED["max"](*(self.product(residual, step) for step in steps))
        if label(parts) == "projection":
            return exactly(0.0)
        members = sorted((MEMBERS & self.used) - {label(parts)}) or ["member"]
        return MEASURED["max"](*(self.gap_towards(parts, parts_of(u)) for u in members))

    @once
    def gap_towards(self, parts: Parts, member: Parts) -> Measured:
        r"""Bound $\langle f_w - f, u - f \rangle$ for a member u.

        Of a function that is no student $\langle f_w - f, u - q \rangle$ is bounded, which is the same but
        for what does not depend on u: for the member q the label is then $f_w - f + q$.
        """
        residual, name = difference(parts_of("weak"), parts), label(parts)
        if name in ("stated", "sampled"):
            student = self.stated if name == "stated" else self.students[name]
            return exactly(self.towards(student, residual, parts, member))
        q = parts_of("member")
        moved = total([*residual, *q])
        student = self.graded(moved)
        rest = self.product(residual, difference(q, parts))
        return MEASURED["+"](exactly(self.towards(student, moved, q, member)), rest)

    @once
    def graded(self, parts: Parts) -> Projection:
        """Take the first member for the projection of a function, with the gap that it has."""
        truth = self.instance.truth, self.instance.truth_intercept
        values = self.combined(parts).values
        return certify(self.hypothesis, values, *truth, radius=reach(self.instance))

    def towards(
        self, student: Projection, residual: Parts, parts: Parts, member: Parts
    ) -> Float[Array, ""]:
        r"""Bound $\langle r, u - f \rangle$ for one member u."""
        given = self.combined(residual)
        away = self.distance(difference(member, parts)).number.upper()
        off = self.member_error * self.length(residual) + given.error * jnp.sqrt(away)
        return above(student.pairing(away) + off)

    @once
    def length(self, parts: Parts) -> Float[Array, ""]:
        """Bound the norm of a combination."""
        return rounding.norm(self.combined(parts).values, self.weights)

    @once
    def certified(self, head: str, parts: Parts, member: Parts = ()) -> Float[Array, ""]:
        """Give what the certificate of a computed projection says; 0 for what is none."""
        name = parts[0][0] if len(parts) == 1 else ""
        student = self.stated if (head, name) == ("off", "stated") else self.projected(name)
        if student is None:
            return jnp.zeros_like(self.weights[0])
        if head == "off":
            rounded = off_class(self.hypothesis, student.coefficients, student.intercept)
            return above(rounded + outside_set(self.hypothesis, student.coefficients))
        if head == "radius":
            return above(jnp.sqrt(student.gap))
        residual = difference(parts_of(LABELS[name]), parts)
        return self.towards(student, residual, parts, member)
