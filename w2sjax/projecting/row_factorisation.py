r"""The factorisation of features that are read block by block: Gram matrices, in as few passes as do.

The first Gram matrix resolves singular values down to about 1e-5 of the largest one. Directions below are
tried as null vectors, in exact arithmetic. For a linear class whose features are worse, the Gram matrix of
$(H - m)T$ follows, with $T$ from the first one: its columns are nearly orthonormal, and as much is resolved
again.
"""

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import gamma, inflate
from w2sjax.projecting.decomposition import from_gram, scaled_gram
from w2sjax.projecting.dependence import dependent_directions
from w2sjax.projecting.factorisation import WELL_CONDITIONED, Factorisation
from w2sjax.projecting.rows import Rows

CHANGES = 2  # of the basis: singular values of less than 1e-15 are rounding


def factorise_rows(rows: Rows, weights, *, free: bool, linear: bool) -> tuple[Rows, Factorisation]:
    """Decompose by Gram matrices; also gives the rows with their means and basis.

    The first one is formed about the means of the first rows. Where those lie off by more than half of a
    column's root mean square about them, a second pass takes the means that the first one found.

    Args:
        rows: the features.
        weights: masses of the points.
        free: whether the class has an intercept.
        linear: whether it is a subspace, so that any basis of it will do.
    """
    masses = np.asarray(weights)
    rows = dataclasses.replace(rows, centre=None, rest=None, basis=None)  # those of another class
    rows, gram, misled = _centred_gram(rows.about(masses) if free else rows, masses)
    if misled:
        rows, gram, _ = _centred_gram(rows.recentred(), masses)
    centre, rest = _means(rows)
    first = scaled_gram(gram, rows, weights, centre, rest)
    found = first = _without_null(first, rows, masses)
    changed = rows
    for _ in range(CHANGES if linear else 0):
        if found.resolved and found.singular[0] <= WELL_CONDITIONED * found.smallest:
            break
        changed, found = _in_basis(changed, found, first, weights)
        found = _without_null(found, changed, masses)
    # Only a basis that is proved to span the class stands for it.
    return (changed, found) if found.resolved else (rows, first)


def _centred_gram(rows: Rows, masses) -> tuple[Rows, np.ndarray, bool]:
    """Give the rows with what is left of their means, the Gram matrix, and whether the means mislead."""
    gram, sums = rows.gram(masses)
    if rows.centre is None:
        return rows, gram, False
    whole = masses.sum()  # 1 up to rounding
    rest = sums / whole
    misled = np.any(4 * whole * rest**2 > np.diagonal(gram))
    return dataclasses.replace(rows, rest=rest), gram - whole * np.outer(rest, rest), bool(misled)


def _means(rows: Rows) -> tuple[Float[Array, " d"] | None, Float[Array, " d"]]:
    """Give the centre, and what is left of the means."""
    centre = None if rows.centre is None else jnp.asarray(rows.centre)
    rest = np.zeros(rows.shape[1]) if rows.rest is None else rows.rest
    return centre, jnp.asarray(rest)


def _in_basis(
    rows: Rows, found: Factorisation, first: Factorisation, weights
) -> tuple[Rows, Factorisation]:
    """Factor the columns that `found` takes for orthonormal, or for as small as what it resolves."""
    level = jnp.sqrt(2 * found.defect)
    basis = np.asarray(found.directions / jnp.maximum(found.singular, level)[None, :])
    rows = dataclasses.replace(rows.recentred(), basis=basis, rest=None)
    rows, gram, _ = _centred_gram(rows, np.asarray(weights))
    # A column is a product of d terms, each of a column less its centre.
    lengths = first.norms + first.scales * first.drift + first.raw_norms * rounding.unit(float)
    blur = gamma(rows.shape[1] + 8, basis.dtype) * (lengths @ np.abs(basis))
    centre, rest = _means(rows)
    again = from_gram(
        jnp.asarray(gram),
        jnp.diagonal(gram),
        jnp.ones_like(rest),
        rows,
        weights,
        None if centre is None else jnp.zeros_like(centre),
        rest,
        inflate(blur, 2 * rows.shape[1]),
    )
    ceiling = jnp.minimum(again.ceiling, found.ceiling)
    units = {"scales": first.scales, "raw_norms": first.raw_norms}
    return rows, dataclasses.replace(
        again, basis=jnp.asarray(basis), blur=blur, ceiling=ceiling, **units
    )


def _without_null(found: Factorisation, rows: Rows, masses) -> Factorisation:
    """Lower the ceiling of the rank by null vectors, which takes a pass."""
    rank, scales = int(found.rank), np.asarray(found.scales)
    if rank >= int(found.ceiling):
        return found
    candidates = scales[:, None] * np.asarray(found.directions)[:, rank:]
    free = rows.centre is not None

    def count() -> int:
        return dependent_directions(rows.counted(masses), candidates, scales, constant=free)

    null = rows.record.once(rows.named("null vectors", candidates, masses), count)
    return dataclasses.replace(found, ceiling=jnp.minimum(found.ceiling, len(scales) - null))
