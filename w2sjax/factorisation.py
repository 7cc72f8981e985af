r"""One thin singular value decomposition of the weighted features, with its errors measured.

$A = \sqrt w\,(H - \text{centre}) \approx U \Sigma V^\top$, through a Householder QR
($A = QR$, $R = U' \Sigma V^\top$, $U = QU'$) or through the eigenvectors of the Gram matrix, which
leaves $U$ out. The decomposition is not trusted: $E = A - U\Sigma V^\top$ and $\|U^\top U - I\|$ are
computed, with the rounding of that computation, and enter every certificate.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from w2sjax import rounding
from w2sjax._host import concrete
from w2sjax.rounding import gamma, inflate
from w2sjax.solvers.least_squares import LeastSquares


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Factorisation:
    r"""Singular value decomposition of the weighted, centred features.

    Attributes:
        left: $U$ (n, d), zero columns beyond min(n, d); None after the Gram route.
        singular: $\Sigma$, descending, exactly 0 beyond the numerical rank.
        right: $V$ (d, d).
        rank: number of positive singular values.
        norms: bounds of the columns' norms $\|h_j - \text{centre}_j\|_w$.
        raw_norms: bounds of $\|h_j\|_w$.
        defect: bound of $\|A - U\Sigma V^\top\|_F$, dropped singular values included (after the
            Gram route: of $\|A^\top A - V\Sigma^2V^\top\|_F$).
        skew: bound of $\|U^\top U - I\|_F$ and $\|V^\top V - I\|_F$.
    """

    left: Float[Array, "*batch n d"] | None
    singular: Float[Array, "*batch d"]
    right: Float[Array, "*batch d d"]
    rank: Int[Array, "*batch"]
    norms: Float[Array, "*batch d"]
    raw_norms: Float[Array, "*batch d"]
    defect: Float[Array, "*batch"]
    skew: Float[Array, "*batch"]

    @property
    def smallest(self) -> Float[Array, ""]:
        r"""Smallest positive singular value; inf if there is none."""
        return jnp.min(jnp.where(self.singular > 0, self.singular, jnp.inf))

    def full_rank_floor(self) -> Float[Array, ""]:
        r"""Give a proved lower bound of $\min \|A\theta\| / \|\theta\|$; 0 if it may vanish."""
        dimension = self.singular.shape[0]
        smallest, skew = self.smallest, self.skew
        if self.left is None:
            square = smallest**2 * (1 - skew) - self.defect
            floor = jnp.sqrt(jnp.maximum(square, 0))
        else:
            shrink = jnp.sqrt(jnp.maximum(1 - skew, 0))
            floor = jnp.maximum(smallest * shrink * shrink - self.defect, 0)
        safe = floor * (1 - gamma(16, floor.dtype))
        return jnp.where(self.rank == dimension, safe, 0)

    def coordinates(
        self, features, weights, centre, target: Float[Array, " n"]
    ) -> Float[Array, " d"]:
        r"""$U^\top \sqrt w\, y$, zero beyond the numerical rank."""
        if self.left is None:
            moment = weighted_moment(features, weights, centre, target)
            inverse = jnp.where(
                self.singular > 0, 1 / jnp.where(self.singular > 0, self.singular, 1), 0
            )
            return inverse * (self.right.T @ moment)
        response = _product(self.left.T, jnp.sqrt(weights) * target)
        return jnp.where(self.singular > 0, response, 0)

    def system(self, response: Float[Array, " d"]) -> LeastSquares:
        """Reduce to the problem that the solvers receive."""
        return LeastSquares(self.singular, self.right, response)


def weighted_moment(features, weights, centre, target) -> Float[Array, " d"]:
    r"""$(H - \text{centre})^\top W y$, without forming the centred features."""
    mass = weights * target
    return _product(features.T, mass) - centre * jnp.sum(mass)


def factorise(features, weights, centre, *, method: str) -> Factorisation:
    """Decompose $\\sqrt w (H - centre)$ by "qr" or "gram"; not differentiated."""
    features, weights, centre = jax.lax.stop_gradient((features, weights, centre))
    return (
        _by_qr(features, weights, centre) if method == "qr" else _by_gram(features, weights, centre)
    )


def _product(left, right):
    return jnp.matmul(left, right, precision=rounding.HIGHEST)


def _norms(squares, weights, centre, size):
    """Bounds of the columns' centred and raw norms from computed sums of squares."""
    norms = inflate(jnp.sqrt(squares), size + 8)
    raw = norms + inflate(jnp.sqrt(jnp.sum(weights)) * jnp.abs(centre), size + 4)
    return norms, inflate(raw, 2)


@jax.jit
def _by_qr(features, weights, centre) -> Factorisation:
    size, dimension = features.shape
    dtype = features.dtype
    scaled = jnp.sqrt(weights)[:, None] * (features - centre[None, :])
    orthogonal, triangular = jnp.linalg.qr(scaled)
    kept = min(size, dimension)
    triangular = jnp.pad(triangular, ((0, dimension - kept), (0, 0)))
    orthogonal = jnp.pad(orthogonal, ((0, 0), (0, dimension - kept)))
    left, singular, right = jnp.linalg.svd(triangular)
    left, right = _product(orthogonal, left), right.T
    squares = jnp.sum(scaled**2, axis=0)
    norms, raw_norms = _norms(squares, weights, centre, size)
    # Centring leaves rounding of the size of the raw columns.
    largest = jnp.maximum(singular[0], rounding.norm(raw_norms))
    positive = singular > max(size, dimension) * jnp.finfo(dtype).eps * largest
    singular = jnp.where(positive, singular, 0)
    left = jnp.where(positive[None, :], left, 0)
    frobenius = rounding.norm(norms)
    # An entry of A is rounded three times, one of U S V' passes d + 1 products and additions.
    residual = scaled - _product(left * singular[None, :], right.T)
    rows = rounding.norm(singular) * dimension**0.5
    defect = inflate(jnp.sqrt(jnp.sum(residual**2)), size * dimension)
    defect += gamma(6, dtype) * frobenius + gamma(dimension + 3, dtype) * rows
    rank = jnp.sum(positive).astype(jnp.int32)
    return Factorisation(
        left, singular, right, rank, norms, raw_norms, inflate(defect, 8),
        jnp.maximum(_skew(left, positive), _skew(right, jnp.ones_like(positive))),
    )  # fmt: skip


def _by_gram(features, weights, centre) -> Factorisation:
    size, dimension = features.shape
    dtype = features.dtype
    gram = _gram(features, weights)
    gram -= jnp.sum(weights) * jnp.outer(centre, centre)
    squares = jnp.diagonal(gram)
    mean_square = jnp.sum(weights) * centre**2
    norms, raw_norms = _norms(jnp.maximum(squares, 0) + gamma(size + 8, dtype) * mean_square,
                              weights, centre, size)  # fmt: skip
    values, vectors = jnp.linalg.eigh((gram + gram.T) / 2)
    values, right = values[::-1], vectors[:, ::-1]
    eps = jnp.finfo(dtype).eps
    positive = values > max(size, dimension) * eps * values[0]
    values = jnp.where(positive, values, 0)
    residual = gram - _product(right * values[None, :], right.T)
    # Every entry of the Gram matrix is a sum of n products: gamma_{n+3} ||h_j|| ||h_k||.
    total = jnp.sum(raw_norms**2)
    defect = inflate(jnp.sqrt(jnp.sum(residual**2)), dimension * dimension)
    defect += (gamma(size + 6, dtype) + 3 * gamma(dimension + 6, dtype)) * total
    rank = jnp.sum(positive).astype(jnp.int32)
    return Factorisation(
        None, jnp.sqrt(values), right, rank, norms, raw_norms, inflate(defect, size + 8),
        _skew(right, jnp.ones_like(positive)),
    )  # fmt: skip


def _gram(features, weights) -> Float[Array, "d d"]:
    """$H^\\top W H$; on the host's CPU by numpy, whose BLAS forms only half of a symmetric product."""
    known, masses = concrete(features), concrete(weights)
    if known is None or masses is None or jax.default_backend() != "cpu":
        return _product((features * weights[:, None]).T, features)
    if np.ptp(masses) == 0:
        return jnp.asarray(known.T @ known) * weights[0]
    scaled = known * np.sqrt(masses)[:, None]
    return jnp.asarray(scaled.T @ scaled)


def _skew(basis, kept) -> Float[Array, ""]:
    """Bound $\\|B^\\top B - I\\|_F$ over the kept columns."""
    size, dimension = basis.shape
    difference = _product(basis.T, basis) - jnp.diag(kept.astype(basis.dtype))
    rounding_error = gamma(size + 2, basis.dtype) * 1.1 * dimension
    return inflate(jnp.sqrt(jnp.sum(difference**2)) + rounding_error, dimension * dimension)
