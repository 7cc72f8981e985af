r"""Columns that depend on each other exactly: a proof that directions are null.

A singular value at the level of rounding may belong to a null direction or to one that rounding
hides: $[a, a + \mathrm{ulp}\,e_1]$ looks like $[a, a]$. Only exact arithmetic tells them apart.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

LARGEST_DENOMINATOR = 63  # odd parts of the denominators that null vectors are tried with
BITS = 10  # and their powers of two
ENTRIES = 2**24  # products that the exact test may form: a few seconds


def copies(
    scaled: Float[Array, "n d"], null: Bool[Array, " d"], whole: Bool[Array, " d"]
) -> tuple[Int[Array, ""], Int[Array, ""]]:
    """Count the columns that are null or equal to an earlier one, and the largest group of equals.

    Columns are found by a hash of their bits and then compared, entry by entry. A column that is not
    `whole`, having lost entries when it was scaled, is neither.
    """
    kind = jnp.uint64 if scaled.dtype == jnp.float64 else jnp.uint32
    bits = jax.lax.bitcast_convert_type(scaled + jnp.zeros((), scaled.dtype), kind)
    odd = jnp.arange(scaled.shape[0], dtype=kind) * jnp.asarray(2654435769, kind)
    hashes = jnp.sum(bits * (2 * odd + 1)[:, None], axis=0, dtype=kind)
    index = jnp.arange(hashes.shape[0], dtype=jnp.int32)
    first = jnp.argmax(hashes[None, :] == hashes[:, None], axis=1).astype(jnp.int32)
    null = null & whole
    equal = jnp.all(scaled == scaled[:, first], axis=0) & ~null & whole & whole[first]
    members = (first[None, :] == index[:, None]) & equal[None, :]
    largest = jnp.max(jnp.sum(members, axis=1, dtype=jnp.int32))
    dependent = jnp.sum(null | (equal & (first < index)), dtype=jnp.int32)
    return dependent, jnp.maximum(largest, 1)


def dependent_directions(
    features: Float[np.ndarray, "n d"],
    candidates: Float[np.ndarray, "d k"],
    scales: Float[np.ndarray, " d"],
    *,
    constant: bool,
) -> int:
    r"""Count independent vectors $z$ with $Hz = 0$ exactly, near a basis of numerically null ones.

    The basis is reduced to echelon form, whose rows are tried as vectors of short fractions; each is
    tested in integer arithmetic. Vectors that are not found, because their fractions are long or the
    test would take more than a few seconds, are not counted.

    Args:
        features: $H$, the rows that count.
        candidates: of $z$, each coefficient in the unit of its column, one candidate a column.
        scales: the units, powers of two.
        constant: whether $Hz$ may be a constant instead, which an intercept takes up.
    """
    scaled = np.asarray(features, np.float64) / np.asarray(scales, np.float64)
    if not np.array_equal(scaled * np.asarray(scales, np.float64), features):
        return 0  # entries so small that scaling has changed them
    left = ENTRIES
    count = 0
    for row in _echelon(np.asarray(candidates, np.float64).T):
        vector = _short(row)
        if vector is None:
            continue
        support = np.flatnonzero(vector)
        part, whole = scaled[:, support], vector[support]
        image = part @ whole
        size = np.abs(part) @ np.abs(whole)
        base = image[0] if constant else 0.0
        if np.any(np.abs(image - base) > 1e-12 * (size + size[0])):
            continue
        rows = np.unique(part, axis=0)
        left -= rows.size
        if left < 0:
            break
        count += _annihilates(rows, whole, constant)
    return count


def _echelon(rows: Float[np.ndarray, "k d"]) -> Float[np.ndarray, "k d"]:
    """Reduce rows so that each has a 1 where all others have a 0."""
    rows = rows.copy()
    for place in range(len(rows)):
        _, column = np.unravel_index(np.argmax(np.abs(rows[place:])), rows[place:].shape)
        pivot = place + int(np.argmax(np.abs(rows[place:, column])))
        rows[[place, pivot]] = rows[[pivot, place]]
        rows[place] /= rows[place, column]
        others = np.arange(len(rows)) != place
        rows[others] -= np.outer(rows[others, column], rows[place])
    return rows


def _short(row: Float[np.ndarray, " d"]) -> Int[np.ndarray, " d"] | None:
    """Give a multiple of a row whose entries are integers, if short fractions are near it."""
    for factor in range(1, LARGEST_DENOMINATOR + 1, 2):
        multiple = row * (factor * 2**BITS)
        nearest = np.rint(multiple)
        if np.all(np.abs(multiple - nearest) <= 1e-4) and np.all(np.abs(nearest) < 2**40):
            return nearest.astype(np.int64)
    return None


def _annihilates(rows: Float[np.ndarray, "n s"], vector, constant: bool) -> bool:
    """Whether every row times the vector is zero, or all are the same constant, in integers."""
    mantissas, exponents = np.frexp(rows)
    least = int(exponents.min())
    whole = (mantissas * 2.0**53).astype(np.int64).astype(object)
    whole = whole << (exponents - least).astype(object)
    images = whole @ vector.astype(object)
    return bool(np.all(images == (images[0] if constant else 0)))
