r"""Columns that depend on each other exactly: a proof that directions are null.

A singular value at the level of rounding may belong to a null direction or to one that rounding
hides: $[a, a + \mathrm{ulp}\,e_1]$ looks like $[a, a]$. Only exact arithmetic tells them apart.
"""

from collections.abc import Iterable
from fractions import Fraction

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
    blocks: Iterable[Float[np.ndarray, "n d"]],
    candidates: Float[np.ndarray, "d k"],
    scales: Float[np.ndarray, " d"],
    *,
    constant: bool,
) -> int:
    r"""Count independent vectors $z$ with $Hz = 0$ exactly, near a basis of numerically null ones.

    The basis is reduced to echelon form, whose rows are tried as vectors of short fractions; each is
    tested in exact arithmetic. Vectors that are not found, because their fractions are long or the
    test would take more than a few seconds, are not counted.

    Args:
        blocks: the rows of $H$ that count, in blocks.
        candidates: of $z$, each coefficient in the unit of its column, one candidate a column.
        scales: the units, powers of two.
        constant: whether $Hz$ may be a constant instead, which an intercept takes up.
    """
    short = map(_short, _echelon(np.asarray(candidates, np.float64).T))
    vectors = [vector for vector in short if vector is not None]
    tests = [_Test(vector, constant, ENTRIES // len(vectors)) for vector in vectors]
    for block in blocks:
        if not tests:
            break
        scaled = block / scales
        if not np.array_equal(scaled * scales, block):
            return 0  # entries so small that scaling has changed them
        tests = [test for test in tests if test.holds(scaled)]
    return len(tests)


class _Test:
    """Whether rows times a vector of whole numbers are all zero, or all the constant of the first row."""

    def __init__(self, vector: Int[np.ndarray, " d"], constant: bool, entries: int):
        self._support = np.flatnonzero(vector)
        self._vector = vector[self._support]
        self._constant: Fraction | None = None if constant else Fraction(0)
        self._left = entries

    def holds(self, rows: Float[np.ndarray, "n d"]) -> bool:
        """Test more rows."""
        if not len(rows):
            return True
        part = rows[:, self._support]
        constant = self._constant
        if constant is None:
            pairs = zip(part[0].tolist(), self._vector.tolist(), strict=True)
            constant = sum((Fraction(one) * whole for one, whole in pairs), Fraction(0))
        self._constant, near = constant, float(constant)
        images, size = part @ self._vector, np.abs(part) @ np.abs(self._vector)
        if np.any(np.abs(images - near) > 1e-12 * (size + abs(near))):
            return False
        # Below it all sums are exact; at it a larger one may have been rounded.
        exact = (size < 2.0**53 * _unit(part)) & (constant == Fraction(near))
        if np.any(images[exact] != near):
            return False
        rest = np.unique(part[~exact], axis=0)
        self._left -= rest.size
        return self._left >= 0 and _annihilates(rest, self._vector, constant)


def _unit(rows: Float[np.ndarray, "n s"]) -> Float[np.ndarray, " n"]:
    """Give the largest powers of two that divide all entries of a row."""
    mantissas, exponents = np.frexp(rows)
    whole = (mantissas * 2.0**53).astype(np.int64)
    lowest = np.ldexp((whole & -whole).astype(float), exponents - 53)
    return np.min(np.where(rows == 0, np.inf, lowest), axis=1)


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
            whole = nearest.astype(np.int64)
            return whole // np.gcd.reduce(whole)
    return None


def _annihilates(rows: Float[np.ndarray, "n s"], vector, constant: Fraction) -> bool:
    """Whether every row times the vector is the constant, in integers."""
    if not len(rows):
        return True
    mantissas, exponents = np.frexp(rows)
    least = int(exponents.min())
    whole = (mantissas * 2.0**53).astype(np.int64).astype(object)
    whole = whole << (exponents - least).astype(object)
    return bool(np.all(whole @ vector.astype(object) == constant * Fraction(2) ** (53 - least)))
