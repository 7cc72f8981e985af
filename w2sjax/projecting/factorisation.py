r"""The singular value decomposition of a class's features, and what it proves of them.

$A = \sqrt w\,(H - m) S^{-1} \approx U \Sigma V^\top$, where $m$ are the means if there is an
intercept, and $S$ powers of two that bring the columns to norms between 1 and 2. `decomposition` computes
it and measures its errors.

A direction is *kept* if its singular value is above the measured defect; the others may be null or
may be directions that rounding hides. They are null for certain where the exact rank is *proved* to
be no larger than the number of kept ones; otherwise they are unresolved.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import HIGHEST, contract, gamma
from w2sjax.projecting.centring import weighted_moment
from w2sjax.projecting.solvers.least_squares import LeastSquares

WELL_CONDITIONED = 1e4  # where a Gram matrix is still accurate enough


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Factorisation:
    r"""Singular value decomposition of the weighted, centred, scaled features $A$.

    Attributes:
        left: $U$ (n, d), zero columns beyond min(n, d); None after the Gram route.
        singular: $\Sigma$, descending.
        right: $V$ (d, d).
        scales: $S$, powers of two, one a column; $A$ has columns of norm 1 to 2 (or zero).
        rank: number of directions kept: singular values that are proved to be positive.
        ceiling: a proved upper bound of the exact rank of the features (centred, if they are).
        largest_group: most columns that are exactly equal after scaling, if zero and equal columns
            are all that keeps the features from full rank; else 0.
        norms: bounds of the columns' norms $\|h_j - m_j\|_w$, in the features' units.
        raw_norms: bounds of $\|h_j\|_w$.
        defect: bound of $\|A - U_k\Sigma_k V_k^\top\|_F$ with the kept directions alone (after the
            Gram route: of $\|A^\top A - V_k\Sigma_k^2V_k^\top\|_F$).
        drift: bound of the norm of what rounding leaves of the columns' means.
        skew: bound of $\|U^\top U - I\|_F$ and $\|V^\top V - I\|_F$.
        basis: $T$, where it is $\sqrt w (H - m)T$ that is factored, and $T$ spans the class; else None.
        blur: bounds of how far the columns in the basis are off, as they are computed.
    """

    left: Float[Array, "*batch n d"] | None
    singular: Float[Array, "*batch d"]
    right: Float[Array, "*batch d d"]
    scales: Float[Array, "*batch d"]
    rank: Int[Array, "*batch"]
    ceiling: Int[Array, "*batch"]
    largest_group: Int[Array, "*batch"]
    norms: Float[Array, "*batch d"]
    raw_norms: Float[Array, "*batch d"]
    defect: Float[Array, "*batch"]
    drift: Float[Array, "*batch"]
    skew: Float[Array, "*batch"]
    basis: Float[Array, "*batch d d"] | None = None
    blur: Float[Array, "*batch d"] | None = None

    @property
    def smallest(self) -> Float[Array, ""]:
        r"""Smallest singular value that is kept; inf if there is none."""
        return jnp.min(jnp.where(self._kept(), self.singular, jnp.inf))

    def _kept(self):
        return jnp.arange(self.singular.shape[0], dtype=jnp.int32) < self.rank

    @property
    def condition(self) -> Float[Array, ""]:
        r"""Largest singular value of $A$ over the smallest one that is kept."""
        if self.basis is None:
            return self.singular[0] / self.smallest
        root = jnp.linalg.solve(
            (self.scales[:, None] * self.basis).T, self.right * self.singular[None, :]
        )
        values = jnp.linalg.svd(root, compute_uv=False)
        return values[0] / values[self.rank - 1]

    @property
    def directions(self) -> Float[Array, "d d"]:
        r"""Coefficients, in the features' units, of functions that are orthogonal, of lengths $\Sigma$."""
        if self.basis is None:
            return self.right / self.scales[:, None]
        return jnp.matmul(self.basis, self.right, precision=HIGHEST)

    @property
    def resolved(self) -> Bool[Array, ""]:
        """Whether every direction is kept or proved to be null."""
        return (self.rank >= self.ceiling) & (self.floor() > 0)

    def reduced(self, moment: Float[Array, " d"]) -> Float[Array, " d"]:
        """Give a moment of the factored columns in their units."""
        return moment / self.scales if self.basis is None else moment

    def length(self, coefficients: Float[Array, " d"]) -> Float[Array, ""]:
        r"""Bound $\|S\theta\|$: the norm of coefficients, each in the unit of its column."""
        return rounding.norm(self.scales * coefficients)

    def floor(self) -> Float[Array, ""]:
        r"""Give $\ell \ge 0$ with $\|A\varphi\| \ge \ell \|\varphi\|$ off the kernel of $A$.

        $A$ is here centred without rounding, and $\varphi$ orthogonal to its kernel; 0 while
        directions are unresolved. Let $s$ bound $\|V_k^\top z\|$ for unit $z$ in the kernel. Both
        spaces have complements of equal dimension, so $\|V_k^\top\varphi\|^2 \ge (1 - s^2)
        \|\varphi\|^2$, and $\|A\varphi\| \ge \sigma_k \|V_k^\top \varphi\| - \|E\|\|\varphi\|$, with
        corrections for $U$ and $V$ that are not quite orthogonal.
        """
        smallest, skew = self.smallest, self.skew
        shrink = jnp.sqrt(jnp.maximum(1 - skew, 0))
        if self.left is None:
            tilt = jnp.sqrt(self.drift**2 + self.defect) / smallest
        else:
            tilt = (self.defect + self.drift) / (jnp.maximum(shrink, 0.5) * smallest)
        full = self.rank == self.singular.shape[0]
        tilt = jnp.where(full, 0, tilt + 2 * skew)
        along = jnp.maximum(1 - skew - tilt**2, 0)
        if self.left is None:
            floor = jnp.sqrt(jnp.maximum(smallest**2 * along - self.defect, 0)) - self.drift
        else:
            floor = smallest * shrink * jnp.sqrt(along) - self.defect - self.drift
        safe = jnp.maximum(floor, 0) * (1 - gamma(32, floor.dtype))
        # Without any direction the class is one function, and every member has a length of 0.
        safe = jnp.where(self.rank == 0, jnp.inf, safe)
        return jnp.where(self.rank >= self.ceiling, safe, 0)

    def coordinates(
        self, features, weights, centre, target: Float[Array, " n"]
    ) -> Float[Array, " d"]:
        r"""$U^\top \sqrt w\, y$; after the Gram route zero beyond the rank."""
        if self.left is None:
            moment = self.reduced(weighted_moment(features, weights, centre, target))
            safe = jnp.where(self._kept(), self.singular, 1)
            return jnp.where(self._kept(), (self.right.T @ moment) / safe, 0)
        return contract(self.left, jnp.sqrt(weights) * target)

    def system(self, response: Float[Array, " d"]) -> LeastSquares:
        """Reduce to the problem that the solvers receive, null directions left out."""
        null = ~self._kept() & ((self.rank >= self.ceiling) | (self.left is None))
        singular, response = jnp.where(null, 0, self.singular), jnp.where(null, 0, response)
        right = self.right if self.basis is None else self.scales[:, None] * self.directions
        return LeastSquares(singular, right, response, self.scales, self.rank)
