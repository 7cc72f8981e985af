r"""One thin singular value decomposition of the weighted features, with its errors measured.

Columns are first scaled by powers of two to norms between 1 and 2, which changes no function and
changes coefficients exactly, so that a clock beside a probability costs no digits. The decomposition
comes from a Householder QR ($A = QR$, $R = U' \Sigma V^\top$, $U = QU'$) or from the
eigenvectors of the Gram matrix, which leaves $U$ out. It is not trusted:
$E = A - U\Sigma V^\top$ and $\|U^\top U - I\|$ are computed, with the rounding of that computation,
and enter every certificate.

The exact rank is bounded by the number of points, by zero and equal columns, and on the host by null
vectors (`dependence`).
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import additions, contract, gamma, inflate, total, underflow
from w2sjax.machine.host import concrete, seen
from w2sjax.machine.sharded import spread
from w2sjax.projecting.centring import centred_with_rest
from w2sjax.projecting.dependence import copies, dependent_directions
from w2sjax.projecting.factorisation import Factorisation
from w2sjax.projecting.rows import Rows
from w2sjax.projecting.thin_qr import thin_qr


def factorise(features, weights, centre, *, method: str) -> Factorisation:
    """Decompose $\\sqrt w (H - m) S^{-1}$ by "qr" or "gram"; not differentiated.

    On the host, directions that are not kept are put to an exact test, unless the rows lie on several
    devices. `centre` holds the columns'
    `means`, or is None for a class without intercept.
    """
    features, weights, centre = jax.lax.stop_gradient((features, weights, centre))
    decompose = _by_qr if method == "qr" else _by_gram
    found = decompose(features, weights, centre, spread(features))
    rank, ceiling = concrete(found.rank), concrete(found.ceiling)
    if rank is None or ceiling is None or rank >= ceiling or spread(features) is not None:
        return found
    rows, masses = concrete(features), concrete(weights)
    if rows is None or masses is None:
        return found
    counted = rows[masses > 0]
    candidates, scales = np.asarray(found.right)[:, rank:], np.asarray(found.scales)
    null = dependent_directions([counted], candidates, scales, constant=centre is not None)
    ceiling = jnp.minimum(found.ceiling, features.shape[1] - null)
    return dataclasses.replace(found, ceiling=ceiling)


def _product(left, right):
    return jnp.matmul(left, right, precision=rounding.HIGHEST)


def _scale(largest, squares_of) -> tuple[Float[Array, " d"], Float[Array, " d"]]:
    """Give powers of two near the columns' norms, and the sums of squares in their units.

    `squares_of` computes sums of squares in a given unit: squaring first could overflow.
    """
    limits = jnp.finfo(largest.dtype)
    one = jnp.ones((), largest.dtype)

    def power(exponent):
        return jnp.ldexp(one, jnp.clip(exponent, limits.minexp + 2, limits.maxexp - 2))

    exponent = jnp.where(largest > 0, jnp.frexp(largest)[1], 0)
    squares = squares_of(power(exponent))
    more = jnp.where(squares > 0, jnp.frexp(jnp.sqrt(squares))[1] - 1, 0)
    scales = power(exponent + more)
    return scales, squares_of(scales)


def _lengths(squares, scales, weights, centre, left, count):
    """Bounds of the columns' norms: centred, as first shifted, and raw; and what is left of means.

    Centred and raw are in the features' units, the others in the scaled ones. Terms pass `count` additions.
    """
    dtype = squares.dtype
    mass = jnp.sqrt(inflate(total(weights), additions(weights.shape[0], dtype)))
    norms = inflate(jnp.sqrt(squares), count + 8)
    shifted = inflate(norms + mass * jnp.abs(left) / scales, 4)
    drift = inflate(gamma(count + 6, dtype) * shifted, 4)
    middle = 0 if centre is None else jnp.abs(centre) + jnp.abs(left)
    raw = inflate(norms * scales + mass * middle, 4)
    drift = jnp.zeros((), dtype) if centre is None else rounding.norm(drift)
    return inflate(norms * scales, 2), shifted, raw, drift


def _without_dust(right, kept, squares):
    """Take columns of zeros out of the directions that are kept, where rounding has put them.

    What the factors leave of the features becomes no larger. A solver counts every column that is not
    zero exactly.
    """
    return jnp.where((squares == 0)[:, None] & kept[None, :], 0, right)


def _ceiling(features, weights, centre, scales, rank):
    """Bound the exact rank, by the number of points and by zero and equal columns."""
    dimension = features.shape[1]
    points = jnp.sum(weights > 0, dtype=jnp.int32) - int(centre is not None)
    counted = weights[:, None] > 0

    def examined():
        constant = jnp.zeros_like(scales) if centre is None else centre
        null = jnp.all((features == constant[None, :]) | ~counted, axis=0)
        scaled = jnp.where(counted, features / scales[None, :], 0)
        whole = jnp.all(((scaled != 0) == (features != 0)) | ~counted, axis=0)
        # XLA reads subnormal numbers as zeros: what it sees as zero or equal may not be.
        small = jnp.any(_subnormal(features) & counted)
        found = copies(scaled, null, whole)
        return jax.tree.map(lambda one, other: jnp.where(small, one, other), none, found)

    none = jnp.zeros((), jnp.int32), jnp.ones((), jnp.int32)
    if isinstance(features, Rows):  # `factorise_rows` looks for null vectors
        dependent, group = none
    else:
        dependent, group = jax.lax.cond(rank < dimension, examined, lambda: none)
    ceiling = jnp.minimum(points, dimension - dependent)
    return ceiling, jnp.where(dimension - dependent == rank, group, 0)


def _subnormal(array):
    """Tell the subnormal numbers by their bits."""
    limits = jnp.finfo(array.dtype)
    kind = jnp.uint64 if array.dtype == jnp.float64 else jnp.uint32
    size = jax.lax.bitcast_convert_type(array, kind) << 1  # the sign falls off
    return (size > 0) & (size < 2 << limits.nmant)


@functools.partial(jax.jit, static_argnames="place")
def _by_qr(features, weights, centre, place) -> Factorisation:
    size, dimension = features.shape
    dtype = features.dtype
    columns, left_over = centred_with_rest(features, weights, centre)
    weighted = jnp.sqrt(weights)[:, None] * columns
    scales, squares = _scale(
        jnp.max(jnp.abs(weighted), axis=0), lambda unit: total((weighted / unit[None, :]) ** 2)
    )
    scaled = weighted / scales[None, :]
    count = additions(size, dtype)
    norms, shifted, raw_norms, drift = _lengths(squares, scales, weights, centre, left_over, count)
    # Every entry may lose a few smallest numbers before it is scaled.
    lost = underflow(4, dtype) * size**0.5 * (1 + scales)
    norms, raw_norms = norms + lost, raw_norms + lost
    orthogonal, triangular = thin_qr(scaled, place)
    fewer = min(size, dimension)
    triangular = jnp.pad(triangular, ((0, dimension - fewer), (0, 0)))
    orthogonal = jnp.pad(orthogonal, ((0, 0), (0, dimension - fewer)))
    left, singular, right = jnp.linalg.svd(triangular)
    left, right = _product(orthogonal, left), right.T
    # An entry of A is rounded five times, one of U S V' passes d + 1 products and additions.
    residual = scaled - _product(left * singular[None, :], right.T)
    defect = inflate(jnp.sqrt(total(jnp.sum(residual**2, axis=1))), dimension + count)
    rows = rounding.norm(singular) * dimension**0.5
    defect += gamma(6, dtype) * rounding.norm(shifted) + gamma(dimension + 3, dtype) * rows
    defect += rounding.norm(lost / scales)
    defect = inflate(defect, 8)
    kept = singular > 2 * defect
    right = _without_dust(right, kept, squares)
    dropped = rounding.norm(jnp.where(kept, 0, singular))
    skew = jnp.maximum(_skew(left, jnp.arange(dimension) < fewer), _skew(right, kept | True))
    rank = jnp.sum(kept, dtype=jnp.int32)
    ceiling, group = _ceiling(features, weights, centre, scales, rank)
    return Factorisation(
        left, singular, right, scales, rank, ceiling, group, norms, raw_norms,
        inflate(defect + (1 + skew) * dropped, 4), drift, skew,
    )  # fmt: skip


def _by_gram(features, weights, centre, place) -> Factorisation:
    if place is not None:
        gram, left_over = _spread_gram(features, weights, centre)
        return scaled_gram(gram, features, weights, centre, left_over)
    masses = seen(weights)
    plain = centre is None and masses is not None and masses.all()
    columns, left_over = features, jnp.zeros(features.shape[1], features.dtype)
    if not plain:
        columns, left_over = centred_with_rest(features, weights, centre)
    return scaled_gram(_gram(columns, weights), features, weights, centre, left_over)


@jax.jit
def _spread_gram(features, weights, centre):
    columns, left_over = centred_with_rest(features, weights, centre)
    return _product((columns * weights[:, None]).T, columns), left_over


def scaled_gram(gram, features, weights, centre, left_over) -> Factorisation:
    """Decompose by a Gram matrix of features in their units, and what is left of their means."""
    diagonal = jnp.diagonal(gram)
    scales, squares = _scale(jnp.sqrt(diagonal), lambda unit: diagonal / unit / unit)
    gram = gram / scales[None, :] / scales[:, None]
    return from_gram(gram, squares, scales, features, weights, centre, left_over)


@jax.jit
def from_gram(
    gram, squares, scales, features, weights, centre, left_over, blur=None
) -> Factorisation:
    """Decompose by a Gram matrix of scaled columns, each of which is off by at most its blur."""
    size, dimension = features.shape
    dtype = gram.dtype
    count = features.additions if isinstance(features, Rows) else size
    norms, shifted, raw_norms, drift = _lengths(squares, scales, weights, centre, left_over, count)
    values, vectors = jnp.linalg.eigh((gram + gram.T) / 2)
    values, right = values[::-1], vectors[:, ::-1]
    residual = gram - _product(right * values[None, :], right.T)
    # An entry is a sum of products of numbers rounded five times, each bounded by the norms.
    lost = gamma(count + 16, dtype) + 3 * gamma(dimension + 6, dtype)
    flushed = underflow(4 * size, dtype) / scales[None, :] / scales[:, None]
    defect = inflate(jnp.sqrt(jnp.sum(residual**2)), dimension * dimension) + jnp.sum(flushed)
    root = jnp.sqrt(underflow(4 * size, dtype))
    norms, raw_norms = norms + root, raw_norms + root
    defect += lost * jnp.sum(shifted**2)
    if isinstance(features, Rows):
        # G - s s' / w, formed about other means, keeps the error e of the sums s: s e' + e s'.
        defect += 2 * drift * rounding.norm(inflate(jnp.abs(left_over) / scales, size + 8))
    if blur is not None:
        defect += rounding.norm(blur) * (2 * rounding.norm(shifted) + rounding.norm(blur))
        drift = drift if centre is None else drift + rounding.norm(blur)
    defect = inflate(defect, dimension + 16)
    kept = values > 2 * defect
    right = _without_dust(right, kept, squares)
    dropped = rounding.norm(jnp.where(kept, 0, values))
    skew = _skew(right, kept | True)
    rank = jnp.sum(kept, dtype=jnp.int32)
    ceiling, group = _ceiling(features, weights, centre, scales, rank)
    return Factorisation(
        None, jnp.sqrt(jnp.maximum(values, 0)), right, scales, rank, ceiling, group, norms,
        raw_norms, inflate(defect + (1 + skew) * dropped, 4), drift, skew,
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
    difference = contract(basis, basis) - jnp.diag(kept.astype(basis.dtype))
    rounding_error = gamma(additions(size, basis.dtype) + 2, basis.dtype) * 1.1 * dimension
    return inflate(jnp.sqrt(jnp.sum(difference**2)) + rounding_error, dimension * dimension)
