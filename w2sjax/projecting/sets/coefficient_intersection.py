r"""The intersection of two sets of coefficients.

Over coefficients every set here is an intersection of halfspaces, hyperplanes, 1-norm balls and
ellipsoids, so one interior point method solves every pair, nested intersections included. Its
multipliers split the negative gradient $v = v_1 + v_2$ into a normal vector of each set, and
$\sigma_{A \cap B}(v) \le \sigma_A(v_1) + \sigma_B(v - v_1)$ holds for any split.
"""

import dataclasses
from typing import Any, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import Rounded, gamma, inflate
from w2sjax.projecting.sets import _restrictions
from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets.balls import L2Ball
from w2sjax.projecting.sets.box import Box
from w2sjax.projecting.sets.convex_set import CoefficientSet, Support, members
from w2sjax.projecting.sets.polyhedron import Polyhedron
from w2sjax.projecting.solvers.interior_point import Point, interior_point
from w2sjax.projecting.solvers.least_squares import Solution


class Split(NamedTuple):
    """A direction as the sum of one for each set, with the hint of each set for its own."""

    first: Float[Array, " d"]
    second: Float[Array, " d"]
    first_hint: Any
    second_hint: Any


@registered
@dataclasses.dataclass(frozen=True)
class Intersection(CoefficientSet):
    r"""$C = A \cap B$; build it with `intersect`.

    Attributes:
        first, second: $A$ and $B$.
        interior: a point of both, best inside one of them with a ball, which bounds the distance of
            a nearly feasible point to the intersection.
    """

    first: CoefficientSet
    second: CoefficientSet
    interior: Float[Array, "*batch d"]

    name = "intersection"
    parameters = "FILE (two sets[, interior point])"

    def support(self, direction, hint=None):
        r"""$\sigma_A(v_1) + \sigma_B(v - v_1)$; without a hint the best of $v_1 = v, v/2, 0$.

        What a hint leaves of $v$ goes to a set that bounds the coordinate, where it costs its size
        times the extent.
        """
        if hint is not None:
            rest = direction - hint.first - hint.second
            bounded = jnp.isfinite(self.first.extent(direction.shape[0], direction.dtype))
            first = jnp.where(bounded, hint.first + rest, hint.first)
            return self._split_support(hint._replace(first=first, second=direction - first))
        extent = self.extent(direction.shape[0], direction.dtype)
        largest = 1 / jnp.finfo(direction.dtype).eps
        reach = jnp.where(jnp.isfinite(extent), extent, largest)
        parts = (direction, 0.5 * direction, jnp.zeros_like(direction))
        splits = [Split(part, direction - part, None, None) for part in parts]
        bounds = [self._split_support(split) for split in splits]
        best = jnp.argmin(jnp.stack([bound.within(reach) for bound in bounds]))
        return jax.tree.map(lambda *values: jnp.stack(values)[best], *bounds)

    def _split_support(self, split: Split) -> Support:
        first = self.first.support(split.first, split.first_hint)
        second = self.second.support(split.second, split.second_hint)
        value = first.value + second.value
        # The difference that makes the second part is rounded once.
        unit = rounding.unit(value.dtype)
        residual = first.residual + second.residual + unit * jnp.abs(split.second)
        return Support(value + 2 * unit * jnp.abs(value), inflate(residual, 4))

    def solve(self, system, *, max_steps):
        """Interior point method; `dual` is the `Split` of the negative gradient for `support`."""
        dimension, dtype = system.response.shape[0], system.response.dtype
        interior = self._interior(dimension, dtype)
        pairs = [_restrictions.restrictions(part, dimension, dtype) for part in members(self)]
        constraints, radii = _restrictions.stacked(pairs)
        free = system.minimum_norm()
        reach = rounding.norm(free) + rounding.norm(interior)
        length = jnp.minimum(rounding.norm(self.extent(dimension, dtype)), reach)
        length = jnp.where(length > 0, length, 1)
        factor, held, start = system.factor, constraints, interior
        if radii.shape[0]:
            factor = jnp.concatenate([factor, -factor], axis=1)
            held = _restrictions.lift(constraints, radii)
            start = _restrictions.lift_point(interior, radii)
        point = interior_point(factor, system.response, held, start, length, max_steps=max_steps)
        taken = jnp.zeros((0, dimension), dtype)
        if radii.shape[0]:
            point, taken = _restrictions.unlift(point, constraints, radii)
        _, split = _splits(self, _normals(pairs, point, taken))
        # A target in the class, often on its boundary, is met more closely without the method.
        met = self.distance(free).upper() <= jnp.finfo(dtype).eps ** 0.6 * rounding.norm(free)
        return Solution(jnp.where(met, free, point.primal), cast(Any, split), point.steps)

    def _interior(self, dimension, dtype):
        return jnp.broadcast_to(jnp.asarray(self.interior, dtype), (dimension,))

    def distance(self, point):
        r"""Bound the distance by a way to the interior point $x$ that ends in both sets.

        Let $A$ contain a point $a$ with $\|x - a\| \le \alpha$, and $B$ the ball of radius
        $\rho > \alpha$ around $x$, hence that of radius $\rho - \alpha$ around $a$. The point
        $\tilde\theta$ nearest to $\theta$ in $A$ is within $\delta = \delta_A + \delta_B$ of some
        $b \in B$, the distances of $\theta$ to both sets added. For
        $t = \delta / (\delta + \rho - \alpha)$ the point $\tilde\theta + t(a - \tilde\theta)$
        lies in $A$, and in $B$ as it is $(1 - t) b + t (a + (1 - t)(\tilde\theta - b)/t)$ with
        $(1 - t)\delta / t = \rho - \alpha$. So the distance is at most
        $\delta_A + t(\|x - \theta\| + \alpha + \delta_A)$; the roles may be exchanged.

        Where neither set has a ball around $x$, linear constraints are treated as one polyhedron,
        and for others the bound is inf.
        """
        interior = self._interior(point.shape[0], point.dtype)
        first, second = self.first.distance(point), self.second.distance(point)
        one = self._way(point, interior, first, second, self.first, self.second)
        other = self._way(point, interior, second, first, self.second, self.first)
        value, bound = jnp.minimum(one[0], other[0]), jnp.minimum(one[1], other[1])
        linear = self._polyhedron(interior)
        if linear is not None:
            polyhedral, trusted = linear
            distance = polyhedral.distance(point)
            distant = jnp.where(trusted, distance.upper(), jnp.inf)
            value = jnp.where(distant < bound, distance.value, value)
            bound = jnp.minimum(bound, distant)
        known = jnp.isfinite(bound)
        error = jnp.where(known, inflate(jnp.maximum(bound - value, 0), 4), 0)
        return Rounded(jnp.where(known, value, jnp.inf), error)

    @staticmethod
    def _way(point, interior, first, second, kept, roomy):
        """Estimate the bound of `distance`, and bound it, for the set `roomy` with the ball."""
        off = kept.distance(interior).upper()
        room = roomy.margin(interior) - inflate(off, 4)
        room = room - 4 * rounding.unit(point.dtype) * (jnp.abs(room) + off)
        way = inflate(rounding.norm(interior - point), 2)

        def bound(near, far, reach):
            whole = near + far
            share = whole / (whole + jnp.where(room > 0, room, 1))
            moved = jnp.where(room > 0, share * reach, jnp.inf)
            return near + jnp.where(whole > 0, moved, 0)

        value = bound(first.value, second.value, way)
        upper = bound(first.upper(), second.upper(), way + off + first.upper())
        return value, inflate(upper, 16)

    def _polyhedron(self, interior):
        """Give all constraints as one polyhedron, if linear, and whether its distance is valid.

        That needs independent equalities and an interior point that satisfies the inequalities.
        """
        dimension, dtype = interior.shape[0], interior.dtype
        pairs = [_restrictions.restrictions(part, dimension, dtype) for part in members(self)]
        constraints, radii = _restrictions.stacked(pairs)
        if constraints.centres.shape[0] or radii.shape[0]:
            return None
        equality = constraints.equality
        matrix, bound = _restrictions.bounds_as_rows(constraints)
        polyhedron = Polyhedron(matrix, bound, equality, constraints.level, interior)
        slack, lengths = polyhedron._slacks(interior), jnp.sqrt(jnp.sum(matrix**2, axis=1))
        room = slack.value - slack.error - 1.01 * lengths * polyhedron._off_plane(interior).upper()
        valid = jnp.all(room >= 0)
        if equality.shape[0]:
            identity = jnp.eye(equality.shape[0], dtype=dtype)
            missing = jnp.abs(equality @ jnp.linalg.pinv(equality) - identity)
            valid &= jnp.max(missing) < 1e-3
        return polyhedron, valid

    def contains(self, point):
        """Whether both sets contain `point`."""
        return self.first.contains(point) & self.second.contains(point)

    def extent(self, dimension, dtype):
        """Return the smaller of the two."""
        parts = self.first, self.second
        return jnp.minimum(*(part.extent(dimension, dtype) for part in parts))

    def margin(self, point):
        """Return the smaller of the two."""
        return jnp.minimum(self.first.margin(point), self.second.margin(point))

    def constraints(self, point):
        """List those of the first set, then those of the second."""
        first, second = self.first.constraints(point), self.second.constraints(point)
        return jnp.concatenate([first[0], second[0]]), jnp.concatenate([first[1], second[1]])

    def draw(self, key, dimension, dtype):
        """Draw from one set and move towards the interior point until both contain the point.

        The draw is from the first set unless the second has no interior.
        """
        interior = self._interior(dimension, dtype)
        flat = ~(self.second.margin(interior) > 0)
        draws = (part.draw(key, dimension, dtype) for part in (self.second, self.first))
        start = jnp.where(flat, *draws)

        def halve(_, ends):
            outer, inner = ends
            middle = (outer + inner) / 2
            inside = self.contains(start + middle * (interior - start))
            return jnp.where(inside, outer, middle), jnp.where(inside, middle, inner)

        zero = jnp.zeros((), dtype)
        share = jax.lax.fori_loop(0, 60, halve, (zero, zero + 1))[1]
        inside = self.contains(start)
        share = jnp.where(inside, 0, jnp.minimum(share + gamma(64, dtype), 1))
        return jnp.where(share < 1, start + share * (interior - start), interior)

    @classmethod
    def random(cls, key: PRNGKeyArray, dimension: int, dtype: Any):
        """Draw a box and a Euclidean ball around a common interior point."""
        box_key, point_key, radius_key = jax.random.split(key, 3)
        box = Box.random(box_key, dimension, dtype)
        share = jax.random.uniform(point_key, (dimension,), dtype, 0.25, 0.75)
        interior = box.lower + share * (box.upper - box.lower)
        slack = 10 ** jax.random.uniform(radius_key, (), dtype, -1.0, 0.5)
        return cls(L2Ball(rounding.norm(interior) + slack), box, interior)


def _normals(pairs, point: Point, taken) -> list[tuple[Float[Array, " d"], Any]]:
    """Give what each member takes of the negative gradient, and its own multipliers."""
    normals = []
    counts = [
        [len(part.limits), len(part.bound), len(part.level), len(part.centres), len(radii)]
        for part, radii in pairs
    ]
    for (part, _), count, end in zip(pairs, counts, np.cumsum(counts, axis=0), strict=True):
        bounds, rows, levels, quadratics, sums = map(slice, end - count, end)
        normal = jnp.sum(part.signs * point.bounds[bounds], axis=0)
        normal += point.rows[rows] @ part.matrix + point.equalities[levels] @ part.equality
        normal += jnp.sum(point.normals[quadratics], axis=0) + jnp.sum(taken[sums], axis=0)
        normals.append((normal, (point.rows[rows], point.equalities[levels])))
    return normals


def _splits(convex_set: CoefficientSet, normals: list) -> tuple[Float[Array, " d"], Any]:
    """Sum the normal vectors of the members over the tree of intersections, consuming `normals`."""
    if not isinstance(convex_set, Intersection):
        normal, multipliers = normals.pop(0)
        return normal, multipliers if isinstance(convex_set, Polyhedron) else None
    first, first_hint = _splits(convex_set.first, normals)
    second, second_hint = _splits(convex_set.second, normals)
    return first + second, Split(first, second, first_hint, second_hint)
