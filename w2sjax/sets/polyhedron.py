r"""A polyhedron of coefficients, $A\theta \le b$ and $C\theta = e$."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax import rounding
from w2sjax.rounding import Rounded, gamma, inflate
from w2sjax.sets._registered import registered
from w2sjax.sets._uniform import uniform
from w2sjax.sets.convex_set import CoefficientSet, Support, near_zero
from w2sjax.solvers.least_squares import euclidean
from w2sjax.solvers.polyhedron import polyhedron as solve_polyhedron


@registered
@dataclasses.dataclass(frozen=True)
class Polyhedron(CoefficientSet):
    r"""$C = \{\theta : A\theta \le b,\; C\theta = e\}$, with a point where $A\theta < b$.

    Attributes:
        matrix, bound: $A$ (m, d) and $b$ (m,); m may be 0.
        equality, level: $C$ (k, d) and $e$ (k,); k may be 0, and the rows are independent.
        interior: a point of the set with slack in every inequality, which bounds the distance of
            a nearly feasible point to the set; `from_arrays` finds one.
    """

    matrix: Float[Array, "*batch m d"]
    bound: Float[Array, "*batch m"]
    equality: Float[Array, "*batch k d"]
    level: Float[Array, "*batch k"]
    interior: Float[Array, "*batch d"]

    name = "polyhedron"
    parameters = "FILE (matrix, bound[, equality, level])"

    @classmethod
    def from_arrays(cls, matrix, bound, equality=None, level=None, dtype=None) -> "Polyhedron":
        """Build on the host, with the Chebyshev centre (or a point 1 inside) as interior point.

        Raises:
            ValueError: for shapes that disagree, dependent equalities, or if no point satisfies
                all constraints.
        """
        from scipy.optimize import linprog

        matrix = np.atleast_2d(np.asarray(matrix, float))
        bound = np.atleast_1d(np.asarray(bound, float))
        dimension = matrix.shape[-1]
        equality = np.zeros((0, dimension)) if equality is None else np.atleast_2d(equality)
        level = np.zeros(0) if level is None else np.atleast_1d(np.asarray(level, float))
        right = matrix.ndim == 2 and bound.shape == matrix.shape[:1] and level.ndim == 1
        if not right or equality.shape != (level.shape[0], dimension):
            raise ValueError(
                f"polyhedron: matrix {matrix.shape} with bound {bound.shape}, and equality "
                f"{equality.shape} with level {level.shape} do not fit together"
            )
        if level.size and np.linalg.matrix_rank(equality) < level.size:
            raise ValueError("polyhedron: the rows of equality are linearly dependent")
        lengths = np.linalg.norm(matrix, axis=1)
        answer = linprog(
            np.r_[np.zeros(dimension), -1.0],
            A_ub=np.c_[matrix, lengths],
            b_ub=bound,
            A_eq=np.c_[equality, np.zeros(level.shape[0])] if level.size else None,
            b_eq=level if level.size else None,
            bounds=[(None, None)] * dimension + [(0, 1)],
        )
        if not answer.success:
            raise ValueError(f"polyhedron: no point satisfies all constraints ({answer.message})")
        dtype = dtype or jnp.zeros(()).dtype
        return cls(*(jnp.asarray(a, dtype) for a in (matrix, bound, equality, level)),
                   interior=jnp.asarray(answer.x[:dimension], dtype))  # fmt: skip

    def project(self, point):
        """Active set, with the identity for features."""
        return self.solve(euclidean(point), max_steps=1000).coefficients

    def support(self, direction, hint=None):
        r"""$\sigma(v) \le b^\top\lambda + e^\top\nu$, residual $|v - A^\top\lambda - C^\top\nu|$.

        `hint` is the pair of multipliers; without it they come from the projection of a far point
        along the direction, and the residual is small but not at rounding.
        """
        size = direction.shape[0] + self.bound.shape[0] + self.level.shape[0]
        dtype = direction.dtype
        if hint is None:
            far = 1e4 * (1 + rounding.norm(self.interior))
            length = jnp.sqrt(jnp.sum(direction**2))
            reach = far / jnp.where(length > 0, length, 1)
            dual: Any = self.solve(euclidean(reach * direction), max_steps=1000).dual
            hint = (dual[0] / reach, dual[1] / reach)
        inequality_dual, equality_dual = jnp.maximum(hint[0], 0), hint[1]
        terms = jnp.concatenate([self.bound * inequality_dual, self.level * equality_dual])
        error = gamma(size + 2, dtype) * jnp.sum(jnp.abs(terms))
        residual = direction - self.matrix.T @ inequality_dual - self.equality.T @ equality_dual
        magnitude = (
            jnp.abs(direction)
            + jnp.abs(self.matrix.T) @ inequality_dual
            + jnp.abs(self.equality.T) @ jnp.abs(equality_dual)
        )
        return Support(
            jnp.sum(terms) + inflate(error, size + 4),
            inflate(jnp.abs(residual) + gamma(size + 2, dtype) * magnitude, size + 4),
        )

    def solve(self, system, *, max_steps):
        """Active set."""
        return solve_polyhedron(
            system.factor,
            system.response,
            self.matrix,
            self.bound,
            self.equality,
            self.level,
            max_steps=max_steps,
        )

    def _off_plane(self, point) -> Rounded:
        """Bound the distance to the affine set of the equalities."""
        size, dtype = point.shape[0], point.dtype
        if self.level.shape[0] == 0:
            return rounding.exact(jnp.zeros((), dtype))
        inverse = rounding.norm(jnp.linalg.pinv(self.equality).ravel())
        missing = jnp.sqrt(jnp.sum((self.equality @ point - self.level) ** 2))
        magnitude = rounding.norm(jnp.abs(self.equality) @ jnp.abs(point) + jnp.abs(self.level))
        # pinv is accurate to gamma times the condition number of the rows, far below the factor 2.
        return Rounded(2 * inverse * missing, 2 * inverse * gamma(size + 4, dtype) * magnitude)

    def _slacks(self, point) -> Rounded:
        size, dtype = point.shape[0], point.dtype
        magnitude = jnp.abs(self.matrix) @ jnp.abs(point) + jnp.abs(self.bound)
        return Rounded(
            self.bound - self.matrix @ point, inflate(gamma(size + 2, dtype) * magnitude, size)
        )

    def distance(self, point):
        r"""Correct the equalities, then move towards the interior point until feasible.

        With violations $v_i$ at the corrected point and slacks $s_i$ at the interior one, the share
        $t = \max_i v_i / (v_i + s_i)$ of the way suffices.
        """
        if self.bound.shape[0] == 0:
            return self._off_plane(point)
        lengths = jnp.sqrt(jnp.sum(self.matrix**2, axis=1))
        slack, off = self._slacks(point), self._off_plane(point)
        inside, inside_off = self._slacks(self.interior), self._off_plane(self.interior)

        def moved(violation, room, shift):
            share = jnp.where(violation > 0, violation / (violation + jnp.maximum(room, 0)), 0)
            way = rounding.norm(self.interior - point) + shift
            return jnp.max(share) * way

        value = off.value + moved(jnp.maximum(-slack.value, 0), inside.value, 0 * off.value)
        shift = off.upper() + inside_off.upper()
        room = inside.value - inside.error - 1.01 * lengths * inside_off.upper()
        violation = jnp.maximum(-slack.value, 0) + slack.error + 1.01 * lengths * off.upper()
        bound = off.upper() + moved(violation, room, shift)
        return Rounded(value, inflate(jnp.maximum(bound - value, 0), 16))

    def contains(self, point):
        """Whether no constraint is violated beyond rounding."""
        slack, off = self._slacks(point), self._off_plane(point)
        return jnp.all(slack.value >= -slack.error) & (off.value <= off.error)

    def extent(self, dimension, dtype):
        """What rows on a single coordinate imply; inf elsewhere, for boundedness is not tested."""
        rows = jnp.concatenate([self.matrix, self.equality, -self.equality])
        ends = jnp.concatenate([self.bound, self.level, -self.level])
        single = jnp.sum(rows != 0, axis=1, keepdims=True) == 1
        limits = ends[:, None] / jnp.where(rows != 0, rows, 1)
        upper = jnp.where(single & (rows > 0), limits, jnp.inf)
        lower = jnp.where(single & (rows < 0), limits, -jnp.inf)
        upper = jnp.min(upper, axis=0, initial=jnp.inf)
        lower = jnp.max(lower, axis=0, initial=-jnp.inf)
        return inflate(jnp.maximum(jnp.abs(lower), jnp.abs(upper)), 2)

    def margin(self, point):
        """Smallest distance to a facet; 0 where there are equalities."""
        dtype = point.dtype
        if self.level.shape[0]:
            return jnp.zeros((), dtype)
        slack = self._slacks(point)
        lengths = 1.01 * jnp.sqrt(jnp.sum(self.matrix**2, axis=1))
        room = (slack.value - slack.error) / jnp.where(lengths > 0, lengths, 1)
        return jnp.min(room, initial=jnp.inf)

    def constraints(self, point):
        r"""$A\theta - b$ and $C\theta - e$."""
        inequality = self.matrix @ point - self.bound
        equality = self.equality @ point - self.level
        size = jnp.abs(self.matrix) @ jnp.abs(point) + jnp.abs(self.bound)
        active = jnp.concatenate([near_zero(inequality, size), jnp.ones_like(equality, bool)])
        return jnp.concatenate([inequality, equality]), active

    def draw(self, key, dimension, dtype):
        """Walk from the interior point along the equalities, to the boundary one time in four."""
        raw = uniform(key, (dimension + 1,), dtype)
        direction = 2 * raw[1:] - 1
        inverse = jnp.linalg.pinv(self.equality) if self.level.shape[0] else None
        if inverse is not None:
            direction -= inverse @ (self.equality @ direction)
        speed = self.matrix @ direction
        slack = self.bound - self.matrix @ self.interior
        times = jnp.where(speed > 0, slack / jnp.where(speed > 0, speed, 1), jnp.inf)
        reach = jnp.minimum(jnp.min(times, initial=jnp.inf), 10.0)
        share = jnp.minimum(4 / 3 * raw[0], 1)
        member = self.interior + (share * (1 - gamma(64, dtype)) * reach) * direction
        if inverse is not None:  # what rounding left of the way off the equalities
            member -= inverse @ (self.equality @ member - self.level)
        return member

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw d + 2 halfspaces and, for d > 1, one hyperplane around a random interior point."""
        count, equalities = dimension + 2, 1 if dimension > 1 else 0
        raw = jax.random.normal(key, (count + equalities + 1, dimension + 1), dtype)
        matrix, equality, interior = raw[:count, 1:], raw[count:-1, 1:], raw[-1, 1:]
        slack = 0.01 + jnp.abs(raw[:count, 0])
        return cls(
            matrix=matrix,
            bound=matrix @ interior + slack,
            equality=equality,
            level=equality @ interior,
            interior=interior,
        )
