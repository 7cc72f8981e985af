"""What a convex set offers: the interface that every file of this folder implements.

A set lives in the space of coefficients (over given features) or in the space of function values,
where inner products carry the weights of the points. Every number that certifies something
(`support`, `distance`) bounds the exact quantity, rounding included.
"""

import abc
import dataclasses
from typing import Any, ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from w2sjax.arithmetic.rounding import Rounded, inflate, unit
from w2sjax.projecting.solvers.least_squares import LeastSquares, Solution, euclidean


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Support:
    r"""A bound on the support function of a set $C$, unbounded or not.

    For every $u \in C$: $\langle v, u \rangle \le$ value $+ \sum_j$ residual$_j |u_j|$ over
    coefficients, and $\langle v, u \rangle_w \le$ value + residual $\cdot \|u\|_w$ over function
    values, where the residual is one number. It is 0 where the bound needs no size of $u$.
    """

    value: Float[Array, "*batch"]
    residual: Float[Array, "*shape"]

    def within(self, reach: Float[Array, "*shape"]) -> Float[Array, ""]:
        r"""Bound the support function of the members with $|u_j| \le$ reach$_j$ (or $\|u\|_w \le$ reach).

        For one set, not a batch; an infinite reach counts only where the residual is not 0.
        """
        terms = jnp.where(self.residual > 0, reach * self.residual, 0)
        rounded = unit(self.value.dtype) * jnp.abs(self.value)
        return self.value + inflate(jnp.sum(terms) + rounded, terms.size + 2)


class ConvexSet(abc.ABC):
    """A closed convex set; subclasses are frozen dataclasses registered as pytrees.

    Attributes:
        name: the name in the registry and on the command line.
        space: whether it constrains coefficients or function values.
        linear: whether it is the whole space, so that its class of functions is a subspace.
        intercept: whether its class always has a free, unpenalised constant.
        parameters: what may follow the colon on the command line.
        merges: whether a member stays one when the coefficients of several coordinates are added onto
            one of them and the others set to zero, and when a coefficient is set to zero.
    """

    name: ClassVar[str]
    space: ClassVar[Literal["coefficients", "values"]] = "coefficients"
    linear: ClassVar[bool] = False
    intercept: ClassVar[bool] = False
    parameters: ClassVar[str] = ""
    merges: ClassVar[bool] = False

    @abc.abstractmethod
    def distance(self, point: Float[Array, " d"]) -> Rounded:
        """Bound the Euclidean distance from `point` to the set: at most value + error."""

    @abc.abstractmethod
    def draw(self, key: PRNGKeyArray, dimension: int, dtype: Any) -> Float[Array, " dimension"]:
        """Draw a member, up to the rounding that `distance` bounds."""

    @classmethod
    def random(cls, key: PRNGKeyArray, dimension: int, dtype: Any) -> "ConvexSet":
        """Draw a set of this kind with members of order one; there may be but one."""
        return cls()

    def contains(self, point: Float[Array, " d"]) -> Bool[Array, ""]:
        """Whether `point` lies in the set, up to the rounding of the test itself."""
        distance = self.distance(point)
        return distance.value <= distance.error


class CoefficientSet(ConvexSet):
    """A set of coefficients; the class of functions is its image under the features."""

    space = "coefficients"
    steps: ClassVar[int] = 100  # most that a projection takes where it is a least-squares problem

    def project(self, point: Float[Array, " d"]) -> Float[Array, " d"]:
        """Euclidean projection of `point`."""
        return self.solve(euclidean(point), max_steps=self.steps).coefficients

    @abc.abstractmethod
    def support(self, direction: Float[Array, " d"], hint: Any = None) -> Support:
        """Bound the support function at `direction`; `hint` is a solver's dual point, if any."""

    @abc.abstractmethod
    def solve(self, system: LeastSquares, *, max_steps: int) -> Solution:
        """Minimise the least-squares objective of `system` over the set."""

    def extent(self, dimension: int, dtype: Any) -> Float[Array, " dimension"]:
        r"""Bound $|\theta_j|$ over the members, coordinate by coordinate; inf where unbounded."""
        return jnp.full(dimension, jnp.inf, dtype)

    @abc.abstractmethod
    def margin(self, point: Float[Array, " d"]) -> Float[Array, ""]:
        """Radius of a ball around `point` inside the set; 0 or less if none is known."""

    @abc.abstractmethod
    def constraints(
        self, point: Float[Array, " d"]
    ) -> tuple[Float[Array, " m"], Bool[Array, " m"]]:
        """Differentiable constraint values (at most 0 inside) and which are active at `point`."""


class ValueSet(ConvexSet):
    """A set of function values in $L^2(w)$: projections and inner products carry the weights."""

    space = "values"

    @abc.abstractmethod
    def project(
        self, point: Float[Array, " n"], weights: Float[Array, " n"] | None = None
    ) -> Float[Array, " n"]:
        r"""Projection in the norm $\sum_i w_i v_i^2$ (equal weights by default); differentiable."""

    @abc.abstractmethod
    def support(
        self,
        direction: Float[Array, " n"],
        weights: Float[Array, " n"] | None = None,
        hint: Any = None,
    ) -> Support:
        r"""Bound $\sup_u \sum_i w_i v_i u_i$; the residual multiplies the weighted norm of $u$."""


def near_zero(value: Float[Array, "*any"], scale: Float[Array, "..."]) -> Bool[Array, "*any"]:
    r"""Whether a slack counts as zero, at $\sqrt\varepsilon$ of its scale (for active constraints)."""
    return jnp.abs(value) <= jnp.sqrt(jnp.finfo(value.dtype).eps) * scale


def members(convex_set: Any) -> list[Any]:
    """List the sets that an intersection is one of, in order; any other set is its only one."""
    if convex_set.name == "intersection":
        return members(convex_set.first) + members(convex_set.second)
    return [convex_set]
