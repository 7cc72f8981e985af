r"""A polyhedron of coefficients, $A\theta \le b$ and $C\theta = e$."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import Rounded, gamma, inflate
from w2sjax.projecting.sets import _legal
from w2sjax.projecting.sets._implied_equalities import NoRoomError, Rows, with_implied
from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets._uniform import uniform
from w2sjax.projecting.sets.convex_set import CoefficientSet, Support, near_zero
from w2sjax.projecting.solvers.least_squares import euclidean
from w2sjax.projecting.solvers.polyhedron import polyhedron as solve_polyhedron


@registered
@dataclasses.dataclass(frozen=True)
class Polyhedron(CoefficientSet):
    r"""$C = \{\theta : A\theta \le b,\; C\theta = e\}$, with a point where $A\theta < b$.

    Attributes:
        matrix, bound: $A$ (m, d) and $b$ (m,); m may be 0, and entries of $b$ may be inf.
        equality, level: $C$ (k, d) and $e$ (k,); k may be 0, and the rows are independent.
        interior: a point of the set with room in every inequality, which bounds the distance of
            a nearly feasible point to the set; `from_arrays` finds one.
    """

    matrix: Float[Array, "*batch m d"]
    bound: Float[Array, "*batch m"]
    equality: Float[Array, "*batch k d"]
    level: Float[Array, "*batch k"]
    interior: Float[Array, "*batch d"]

    name = "polyhedron"
    parameters = "FILE (matrix, bound[, equality, level])"
    steps = 1000

    def __post_init__(self):
        """Refuse entries that are not numbers, and bounds of -inf."""
        for field in ("matrix", "equality", "level", "interior"):
            _legal.finite(self.name, field, getattr(self, field))
        bound = _legal.numbers(self.name, "bound", self.bound)
        if bound is not None and (bound == -np.inf).any():
            raise ValueError("set: polyhedron needs bounds above -inf, which no point satisfies")

    @classmethod
    def from_arrays(cls, matrix, bound, equality=None, level=None, dtype=None) -> "Polyhedron":
        """Build on the host; rows that always hold are left out, implied equalities become equalities.

        The interior point is the Chebyshev centre, or a point 1 inside.

        Raises:
            ValueError: for shapes that disagree, equalities that are dependent up to rounding, or if
                no point satisfies all constraints.
        """
        dtype = dtype or jnp.zeros(()).dtype

        def given(field, array):
            known = _legal.numbers(cls.name, field, array)
            if known is None:
                raise ValueError(f"set: polyhedron needs its {field} outside of a trace")
            return known.astype(dtype).astype(float)

        matrix, bound = np.atleast_2d(given("matrix", matrix)), np.atleast_1d(given("bound", bound))
        dimension = matrix.shape[-1]
        equality = np.zeros((0, dimension)) if equality is None else given("equality", equality)
        level = np.zeros(0) if level is None else np.atleast_1d(given("level", level))
        equality = np.atleast_2d(equality)
        right = matrix.ndim == 2 and bound.shape == matrix.shape[:1] and level.ndim == 1
        if not right or equality.shape != (level.shape[0], dimension):
            raise ValueError(
                f"polyhedron: matrix {matrix.shape} with bound {bound.shape}, and equality "
                f"{equality.shape} with level {level.shape} do not fit together"
            )
        cls(matrix, bound, equality, level, np.zeros(dimension))  # pyright: ignore[reportArgumentType]
        try:
            rows, interior, _ = with_implied(Rows(matrix, bound, equality, level), dtype)
        except NoRoomError as error:
            raise ValueError(f"polyhedron: {_no_room(error)}") from None
        lengths = np.linalg.norm(rows.equality, axis=1, keepdims=True)
        if rows.level.size and np.linalg.matrix_rank(rows.equality / lengths) < rows.level.size:
            raise ValueError(
                "polyhedron: the rows of equality, with those that inequalities imply, are linearly "
                "dependent up to rounding; leave out those that follow from others"
            )
        arrays = (rows.matrix, rows.bound, rows.equality, rows.level, interior)
        return cls(*(jnp.asarray(array, dtype) for array in arrays))

    def _rows(self) -> tuple[Float[Array, "m d"], Float[Array, " m"]]:
        """Give the inequalities, as 0 <= 0 where the bound is infinite."""
        void = jnp.isinf(self.bound)
        return jnp.where(void[:, None], 0, self.matrix), jnp.where(void, 0, self.bound)

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
            dual: Any = self.solve(euclidean(reach * direction), max_steps=self.steps).dual
            hint = (dual[0] / reach, dual[1] / reach)
        inequality_dual, equality_dual = jnp.maximum(hint[0], 0), hint[1]
        matrix, bound = self._rows()
        terms = jnp.concatenate([bound * inequality_dual, self.level * equality_dual])
        error = gamma(size + 2, dtype) * jnp.sum(jnp.abs(terms))
        residual = direction - matrix.T @ inequality_dual - self.equality.T @ equality_dual
        magnitude = jnp.abs(direction) + jnp.abs(matrix.T) @ inequality_dual
        magnitude += jnp.abs(self.equality.T) @ jnp.abs(equality_dual)
        left = inflate(jnp.abs(residual) + gamma(size + 2, dtype) * magnitude, size + 4)
        return Support(jnp.sum(terms) + inflate(error, size + 4), left)

    def solve(self, system, *, max_steps):
        """Active set."""
        rows = *self._rows(), self.equality, self.level
        return solve_polyhedron(system.factor, system.response, *rows, max_steps=max_steps)

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
        matrix, bound = self._rows()
        magnitude = jnp.abs(matrix) @ jnp.abs(point) + jnp.abs(bound)
        error = inflate(gamma(size + 2, dtype) * magnitude, size)
        empty = ~jnp.any(matrix != 0, axis=1)  # nothing is rounded in such a row
        return Rounded(bound - matrix @ point, jnp.where(empty, 0, error))

    def distance(self, point):
        r"""Correct the equalities, then move towards the interior point until feasible.

        With violations $v_i$ at the corrected point and slacks $s_i$ at the interior one, the share
        $t = \max_i v_i / (v_i + s_i)$ of the way suffices; inf where a violated row has no slack.
        """
        if self.bound.shape[0] == 0:
            return self._off_plane(point)
        lengths = jnp.sqrt(jnp.sum(self._rows()[0] ** 2, axis=1))
        slack, off = self._slacks(point), self._off_plane(point)
        inside, inside_off = self._slacks(self.interior), self._off_plane(self.interior)

        def moved(violation, room, shift):
            whole = violation + jnp.where(room > 0, room, 1)
            share = jnp.where(room > 0, violation / whole, jnp.inf)
            way = rounding.norm(self.interior - point) + shift
            share = jnp.max(jnp.where(violation > 0, share, 0))
            return jnp.where(jnp.isfinite(share), share * way, jnp.inf)

        value = off.value + moved(jnp.maximum(-slack.value, 0), inside.value, 0 * off.value)
        shift = off.upper() + inside_off.upper()
        room = inside.value - inside.error - 1.01 * lengths * inside_off.upper()
        violation = jnp.maximum(slack.error + 1.01 * lengths * off.upper() - slack.value, 0)
        bound = off.upper() + moved(violation, room, shift)
        known = jnp.isfinite(bound)
        error = jnp.where(known, inflate(jnp.maximum(bound - value, 0), 16), 0)
        return Rounded(jnp.where(known, value, jnp.inf), error)

    def contains(self, point):
        """Whether no constraint is violated beyond rounding."""
        slack, off = self._slacks(point), self._off_plane(point)
        return jnp.all(slack.value >= -slack.error) & (off.value <= off.error)

    def extent(self, dimension, dtype):
        """What rows on a single coordinate imply; inf elsewhere, for boundedness is not tested."""
        matrix, bound = self._rows()
        rows = jnp.concatenate([matrix, self.equality, -self.equality])
        ends = jnp.concatenate([bound, self.level, -self.level])
        single = jnp.sum(rows != 0, axis=1, keepdims=True) == 1
        limits = ends[:, None] / jnp.where(rows != 0, rows, 1)
        upper = jnp.min(limits, axis=0, initial=jnp.inf, where=single & (rows > 0))
        lower = jnp.max(limits, axis=0, initial=-jnp.inf, where=single & (rows < 0))
        return inflate(jnp.maximum(jnp.abs(lower), jnp.abs(upper)), 2)

    def margin(self, point):
        """Smallest distance to a facet; 0 where there are equalities."""
        dtype = point.dtype
        if self.level.shape[0]:
            return jnp.zeros((), dtype)
        slack = self._slacks(point)
        lengths = 1.01 * jnp.sqrt(jnp.sum(self._rows()[0] ** 2, axis=1))
        room = slack.value - slack.error
        always = jnp.where(room < 0, -jnp.inf, jnp.inf)
        room = jnp.where(lengths > 0, room / jnp.where(lengths > 0, lengths, 1), always)
        return jnp.min(room, initial=jnp.inf)

    def constraints(self, point):
        r"""$A\theta - b$ and $C\theta - e$."""
        matrix, bound = self._rows()
        inequality = matrix @ point - bound
        equality = self.equality @ point - self.level
        size = jnp.abs(matrix) @ jnp.abs(point) + jnp.abs(bound)
        near = near_zero(inequality, size) & jnp.any(matrix != 0, axis=1)
        active = jnp.concatenate([near, jnp.ones_like(equality, bool)])
        return jnp.concatenate([inequality, equality]), active

    def draw(self, key, dimension, dtype):
        """Walk from the interior point along the equalities, to the boundary one time in four."""
        raw = uniform(key, (dimension + 1,), dtype)
        direction = 2 * raw[1:] - 1
        inverse = jnp.linalg.pinv(self.equality) if self.level.shape[0] else self.equality.T
        direction -= inverse @ (self.equality @ direction)
        matrix, bound = self._rows()
        speed = matrix @ direction
        slack = bound - matrix @ self.interior
        times = jnp.where(speed > 0, slack / jnp.where(speed > 0, speed, 1), jnp.inf)
        reach = jnp.minimum(jnp.min(times, initial=jnp.inf), 10.0)
        share = jnp.minimum(4 / 3 * raw[0], 1)
        member = self.interior + (share * (1 - gamma(64, dtype)) * reach) * direction
        # What rounding left of the way off the equalities is taken away.
        return member - inverse @ (self.equality @ member - self.level)

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw d + 2 halfspaces and, for d > 1, one hyperplane around a random interior point."""
        count, equalities = dimension + 2, 1 if dimension > 1 else 0
        raw = jax.random.normal(key, (count + equalities + 1, dimension + 1), dtype)
        matrix, equality, interior = raw[:count, 1:], raw[count:-1, 1:], raw[-1, 1:]
        slack = 0.01 + jnp.abs(raw[:count, 0])
        return cls(matrix, matrix @ interior + slack, equality, equality @ interior, interior)


def _no_room(error: NoRoomError) -> str:
    """Say what rows that leave no room mean and what to do."""
    if error.room is None:
        return "no point satisfies all constraints; widen or leave out some of them"
    rows = f"rows {error.rows} of the inequalities, with the equalities,"
    if len(error.rows) == 1:
        return f"row {error.rows[0]} says 0 <= {error.room:.3g}, which no point satisfies; leave it out"
    fault = f"leave a room of {error.room:.3g}, less than their rounding"
    if error.room < 0:
        rows = f"no point satisfies all constraints: {rows}"
        fault = f"contradict each other by {-error.room:.3g}"
    return f"{rows} {fault}; widen them, or write the equation they mean in equality and level"
