r"""Resamples of features that are read block by block: few points stand for all.

What an audit measures on a resample are squared distances between combinations of the columns of
$Z = (1, X, f_1, \dots, f_k)$: the constant, the features, and the functions that are compared. They depend
on the points through $Z^\top C Z$ alone, with masses $C$. So with $R^\top R = Z^\top C Z$ the rows of $R$,
as many as $Z$ has columns, stand for all points; a reflection makes the constant's column constant
there, too. One pass over the features forms the Gram matrices of many resamples.

For a linear class $X$ are the features in a basis that is orthonormal on all points.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, UInt

from w2sjax.arithmetic.rounding import gamma
from w2sjax.auditing.quantities import Student
from w2sjax.projecting.certificate import Projection
from w2sjax.projecting.factorisation import Factorisation
from w2sjax.projecting.rows import Rows


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Condensed:
    """Resamples as points of weight one each, whose mean squares are those of the resample.

    Attributes:
        features, functions: their values there.
        lengths: root mean squares of features and functions.
        error: of an inner product, relative to the lengths of its two factors.
    """

    features: Float[Array, "*batch points d"]
    functions: Float[Array, "*batch k points"]
    lengths: tuple[Float[Array, "*batch d"], Float[Array, "*batch k"]]
    error: Float[Array, "*batch"]

    def doubt(self, students: Student, best: Projection | None) -> Float[Array, " m"]:
        """Bound, to first order, what the numbers of every student are off by."""
        terms = [(students.coefficients, students.intercept)]
        terms += [] if best is None else [(best.coefficients, best.intercept)]
        spread = [jnp.abs(theta) @ self.lengths[0] + jnp.abs(free) for theta, free in terms]
        return 4 * self.error * (sum(spread) + jnp.max(self.lengths[1])) ** 2


def condense(
    rows: Rows,
    masses: Float[np.ndarray, " n"],
    functions: Float[np.ndarray, "k n"],
    counts: UInt[np.ndarray, "resamples n"],
) -> Condensed:
    """Condense the resamples that count every point so often."""

    def part(block: slice) -> list[np.ndarray]:
        columns = [np.ones((1, block.stop - block.start)), rows.centred(block).T]
        table = np.concatenate([*columns, functions[:, block]]).T
        found = []
        for counted in counts[:, block]:
            kept = np.flatnonzero(counted)
            weighted = table[kept] * np.sqrt(counted[kept] * masses[block][kept])[:, None]
            found.append(weighted.T @ weighted)
        return found

    grams = np.stack(rows.total(part, rows.named("resamples", masses, functions, counts)))
    return _of_gram(grams, len(functions), rows.additions)


def in_orthonormal_basis(rows: Rows, factors: Factorisation) -> Rows:
    """Take a basis of the functions that is orthonormal on all points."""
    kept = slice(0, max(1, int(factors.rank)))
    lengths = jnp.where(factors.singular > 0, factors.singular, 1)
    basis = np.asarray(factors.directions / lengths[None, :])[:, kept]
    return dataclasses.replace(rows.recentred(), rest=None, basis=basis)


@functools.partial(jax.jit, static_argnames=("functions", "additions"))
def _of_gram(gram, functions: int, additions: int) -> Condensed:
    """Factor Gram matrices, each as $R^\\top R$."""

    def one(gram):
        size, dtype = gram.shape[0], gram.dtype
        lengths = jnp.sqrt(jnp.diagonal(gram))
        units = jnp.where(lengths > 0, lengths, 1)
        scaled = gram / units[None, :] / units[:, None]
        values, vectors = jnp.linalg.eigh(scaled)
        root = jnp.sqrt(jnp.maximum(values, 0))[:, None] * vectors.T
        left = jnp.max(jnp.abs(scaled - root.T @ root))
        # Reflect the constant's column to equal entries.
        level = jnp.linalg.norm(root[:, 0]) / size**0.5
        level = jnp.where(jnp.sum(root[:, 0]) > 0, level, -level)
        mirror = root[:, 0] + level
        mirror /= jnp.linalg.norm(mirror)
        root = (2 * mirror[:, None] * (mirror @ root)[None, :] - root) * jnp.sign(level)
        points = root * units[None, :] / lengths[0] * size**0.5
        relative = lengths[1:] / lengths[0]
        places = slice(1, size - functions), slice(size - functions, size)
        error = left + gamma(additions + 8 * size, dtype)
        ends = relative[: size - functions - 1], relative[size - functions - 1 :]
        return Condensed(points[:, places[0]], points[:, places[1]].T, ends, error)

    return jax.lax.map(one, gram)
