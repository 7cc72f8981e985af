r"""The functions of a projection problem in doubles, each with a bound on how far its values are off.

The bound is in the weighted norm, from what the function stands for. A member is exact through its
coefficients, a projection through its certificate. A projection that a claim's allowance speaks of is taken
as computed: the allowance covers it.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, TypeVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import gamma, inflate
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import quantities
from w2sjax.projecting.certificate import Projection
from w2sjax.settings.projection import FLOAT_HEADS
from w2sjax.settings.projection.drawing import ProjectionInstance
from w2sjax.settings.projection.functions import Parts, label, parts_of
from w2sjax.settings.projection.meaning import LABELS, meaning_of
from w2sjax.settings.projection.members import fitted_to, member_error, off_class, towards_other

Method = TypeVar("Method", bound=Callable[..., Any])
GIVEN = {"weak", "target", "member", "other", "between"}  # functions that need no projection


@dataclasses.dataclass(frozen=True)
class Prepared:
    r"""An instance with what some claims need of it.

    Attributes:
        instance: the raw instance.
        students: projections by what was projected, such as "weak", "target" or "between"; and
            "sampled", a student that was fitted on a sample.
        computed: what claims have computed, which others need too.
    """

    instance: ProjectionInstance
    students: dict[str, Projection]
    computed: dict[Any, Any] = dataclasses.field(default_factory=dict)


def once(method: Method) -> Method:
    """Compute once for all claims of an instance to which the functions that are given mean the same."""

    def found(functions: "Functions", *given: Any) -> Any:
        covered = functions.covered & {name for one in given for name, _ in parts_of(one)}
        key = method.__name__, given, functions.kind, frozenset(covered)
        known = functions.prepared.computed
        if key not in known:
            known[key] = method(functions, *given)
        return known[key]

    return functools.wraps(method)(found)  # pyright: ignore[reportReturnType]


@dataclasses.dataclass(frozen=True)
class Combination:
    """A linear combination of functions: its values, their error, and the size of what was added up."""

    values: Float[Array, " n"]
    error: Float[Array, ""]
    size: Float[Array, ""]


class Functions:
    """The functions of an instance, as a claim takes them."""

    def __init__(self, prepared: Prepared, claim: Claim):
        self.meaning = meaning_of(claim)
        self.prepared, self.students = prepared, prepared.students
        instance = prepared.instance
        self.kind = self.meaning.realizable, self.meaning.pair
        if self.meaning.realizable:
            zero = jnp.zeros_like(instance.offset)
            instance = dataclasses.replace(instance, offset=zero)
        self.instance, self.hypothesis = instance, instance.hypothesis
        self.weights = instance.hypothesis.weights
        allowed = quantities(() if claim.allowance is None else (claim.allowance,))
        self.quantities = (*quantities(claim.terms), *allowed)
        named = [self.meaning.parts(data[1]) for data in allowed if data[0] in FLOAT_HEADS]
        self.covered = {name for parts in named for name, _ in parts}
        every = [self.meaning.parts(one) for data in self.quantities for one in data[1:]]
        self.used = {name for parts in every for name, _ in parts}

    def labels(self) -> dict[str, Float[Array, " n"]]:
        """Give the labels that have to be projected, by name."""
        found = {}
        if "stated" in self.used or ("projection" in self.used and not self.meaning.pair):
            found["weak"] = self.instance.weak
        if "best" in self.used and not self.meaning.pair:
            found["target"] = self.values("target")[0]
        if "sampled" in self.used:
            found["sampled"] = fitted_to(self.instance, "sampled")[0]
        outside = () if self.meaning.pair else (q[1] for q in self.quantities if q[0] == "outside")
        for parts in map(self.meaning.parts, outside):
            if {name for name, _ in parts} <= GIVEN:
                found[label(parts)] = self.combined(parts).values
        return found

    @property
    @once
    def member_error(self) -> Float[Array, ""]:
        """Bound the distance of computed members from the class."""
        return member_error(self.instance)

    @property
    @once
    def stated(self) -> Projection:
        """Give a student that stands off the projection."""
        return towards_other(self.instance, self.students["weak"], self.instance.wander)

    def projected(self, name: str) -> Projection | None:
        """Give the projection that a symbol stands for; None where it is none."""
        return None if self.meaning.pair else self.students.get(LABELS.get(name, ""))

    @once
    def values(self, name: str) -> tuple[Float[Array, " n"], Float[Array, ""]]:
        """Give the values of a function, by what its symbol stands for, and their error."""
        instance, hypothesis, zero = self.instance, self.hypothesis, jnp.zeros_like(self.weights[0])
        match name:
            case "weak":
                return instance.weak, zero
            case "member":
                values = hypothesis.values(instance.truth, instance.truth_intercept)
                return values, self.member_error
            case "other":
                values = hypothesis.values(instance.other, instance.other_intercept)
                return values, self.member_error
            case "target":
                return self.values("member")[0] + instance.offset, self.member_error
            case "between":
                share, first, second = instance.mixture, self.values("member"), self.values("other")
                return share * first[0] + (1 - share) * second[0], 4 * self.member_error
            case "stated":
                return self.stated.values, zero
            case "sampled":
                student = self.students[name]
                error = off_class(hypothesis, student.coefficients, student.intercept)
                return student.values, error
        student = self.projected(name)
        if student is None:
            return self.nearer(LABELS[name]), self.member_error
        return student.values, zero if name in self.covered else above(jnp.sqrt(student.gap))

    @once
    def size(self, name: str) -> Float[Array, ""]:
        """Bound the norm of a function."""
        return rounding.norm(self.values(name)[0], self.weights)

    @once
    def nearer(self, name: str) -> Float[Array, " n"]:
        """Of the two members, give the one next to a function."""
        given, *members = (self.values(one)[0] for one in (name, "member", "other"))
        first, second = (rounding.mean_square(self.weights, m, given).value for m in members)
        return jnp.where(first <= second, *members)

    @once
    def combined(self, parts: Parts) -> Combination:
        """Compute a combination."""
        zero = jnp.zeros_like(self.weights)
        values, error, size = zero, jnp.sum(zero), jnp.sum(zero)
        for place, (name, share) in enumerate(parts):
            given, off = self.values(name)
            factor = float(share)
            values = given * factor + values if place or factor != 1 else given
            error += off * abs(factor)
            size += self.size(name) * abs(factor)
        # A factor may be rounded, a product, and the sum.
        as_given = [abs(share) for _, share in parts] == [1]
        roundings = 0 if as_given else len(parts) + 2
        error += gamma(roundings, size.dtype) * size
        return Combination(values, above(error), above(size))


def above(bound: Float[Array, "*any"]) -> Float[Array, "*any"]:
    """Make up for the roundings of a bound of a few operations."""
    return inflate(bound, 8)
