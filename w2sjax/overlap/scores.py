r"""How well each point matches some hard-only point: the largest similarity over all of them.

$$s(x) = \max_{h \in H} \frac{|\langle x, h \rangle|}{\|x\| \|h\|} \quad\text{(cosine)}, \qquad
s(x) = \max_{h \in H} \langle x, h \rangle \quad\text{(inner)}.$$

The matrix of all similarities is never formed: blocks of points meet blocks of hard points, and only
the largest similarity of a point is kept. The number of hard points is a value, not a shape, so that one
compiled program serves every split of the same points.

Reference. Shin, Cooper, Sala (2025), overlap detection, arXiv:2412.03881; absolute cosine there,
the plain inner product as a variant.
"""

import functools
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Float64, Real

from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.machine.host import at_least_single, concrete, floating
from w2sjax.projecting.rows import Rows

MEASURES = ("cosine", "inner")
POINT_BLOCK, HARD_BLOCK = 1024, 1024


def largest_similarity(
    points: Real[Array | np.ndarray, "n d"] | Sequence,
    hard: Real[Array | np.ndarray, "h d"] | Sequence,
    used: Bool[Array | np.ndarray, " h"] | Sequence[bool] | None = None,
    *,
    measure: str = "cosine",
    point_block: int = POINT_BLOCK,
    hard_block: int = HARD_BLOCK,
) -> Float[Array, " n"]:
    """Give the largest similarity of every point with the hard points that are used.

    The cosine with a row of zeros is 0, and where no hard point is used every score is 0. A point that is
    also a hard point meets itself. Blocks change results by rounding at most. Memory beyond the
    inputs is of the order (point_block + hard_block) d + point_block hard_block + n + h numbers. Lists and
    numpy's arrays will do.

    Raises:
        ValueError: for shapes, dtypes or options that do not fit, and outside of `jax.jit` for numbers
            that are not finite.
    """
    points, hard = (
        at_least_single(floating(name, rows)) for name, rows in (("points", points), ("hard", hard))
    )
    counted = jnp.ones(hard.shape[:1], bool) if used is None else jnp.asarray(used, bool)
    _require(points, hard, counted, measure, point_block, hard_block)
    sizes = min(point_block, points.shape[0]), min(hard_block, hard.shape[0])
    return _largest(points, hard, counted, measure, *sizes)


def largest_cosine_of_rows(
    points: Rows,
    used: Bool[np.ndarray, " n"],
    progress: Callable[[str, int, int], None] | None = None,
) -> Float64[np.ndarray, " n"]:
    """Give the largest cosine of every point with those that are used, all of them rows of a file.

    In doubles; that of `largest_similarity` up to rounding. A block of the hard points meets all blocks of
    points, so that the file is read once for each; `progress` is told of these, and what is found of them is
    recorded where `points` are.
    """
    hard = np.flatnonzero(used)
    starts = range(0, len(hard), points.height)

    def steps(known: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
        found = known or {"blocks": 0, "best": np.zeros(points.shape[0])}
        yield found
        for start in starts[found["blocks"] :]:
            rows = _turned(points.array[hard[start : start + points.height]])
            deque(points.each(functools.partial(_raise, points, rows, found["best"])), maxlen=0)
            found["blocks"] += 1
            if progress is not None:
                progress("hard points", found["blocks"], len(starts))
            yield found

    unit = points.named("largest cosines", used)
    return points.record.once(unit, lambda: np.minimum(points.record.last(unit, steps)["best"], 1))


def _raise(points: Rows, rows: np.ndarray, best: np.ndarray, some: slice) -> None:
    """Raise the largest cosines of some points to those with these rows."""
    block, found = _turned(points.array[some]), best[some]
    for first in range(0, len(block), POINT_BLOCK):
        mine = slice(first, first + POINT_BLOCK)
        for other in range(0, len(rows), HARD_BLOCK):
            cosines = block[mine] @ rows[other : other + HARD_BLOCK].T
            np.maximum(found[mine], np.abs(cosines).max(axis=1), out=found[mine])


def _turned(stored: np.ndarray) -> Float64[np.ndarray, "m d"]:
    """Make the `_directions` of rows, with few copies of them."""
    rows = np.array(stored, np.float64)
    size = np.maximum(rows.max(axis=1), -rows.min(axis=1))[:, None]
    rows /= np.where(size > 0, size, 1)
    length = np.sqrt(np.einsum("md,md->m", rows, rows))[:, None]
    rows /= np.where(length > 0, length, 1)
    return rows


@functools.partial(jax.jit, static_argnums=(3, 4, 5))
def _largest(points, hard, counted, measure, point_block, hard_block) -> Array:
    n = points.shape[0]
    # Those that are used come first, so that the loop can stop after them.
    order = jnp.argsort(~counted, stable=True)
    count = jnp.sum(counted, dtype=jnp.int32)
    starts = jnp.arange(-(-n // point_block), dtype=jnp.int32) * point_block
    # The last block overlaps the one before it, so that all have one shape.
    starts = jnp.minimum(starts, n - point_block)
    prepare = _directions if measure == "cosine" else lambda rows: rows

    def one_hard_block(state):
        first, best = state
        place = jnp.minimum(first + jnp.arange(hard_block, dtype=jnp.int32), count - 1)
        rows = prepare(hard[order[place]])

        def one_point_block(index, best):
            start = starts[index]
            block = prepare(jax.lax.dynamic_slice_in_dim(points, start, point_block))
            found = jnp.matmul(block, rows.T, precision=HIGHEST)
            found = jnp.max(jnp.abs(found) if measure == "cosine" else found, axis=1)
            before = jax.lax.dynamic_slice_in_dim(best, start, point_block)
            return jax.lax.dynamic_update_slice_in_dim(best, jnp.maximum(before, found), start, 0)

        best = jax.lax.fori_loop(0, starts.shape[0], one_point_block, best)
        return first + hard_block, best

    lowest = jnp.full(n, -jnp.inf, points.dtype)
    state = (jnp.zeros((), jnp.int32), lowest)
    _, best = jax.lax.while_loop(lambda state: state[0] < count, one_hard_block, state)
    best = jnp.minimum(best, 1) if measure == "cosine" else best
    return jnp.where(count > 0, best, 0)


def _directions(rows: Float[Array, "m d"]) -> Float[Array, "m d"]:
    """Scale rows to length 1, whatever their size; rows of zeros stay."""
    size = jnp.max(jnp.abs(rows), axis=1, keepdims=True)
    rows = rows / jnp.where(size > 0, size, 1)
    length = jnp.sqrt(jnp.sum(rows * rows, axis=1, keepdims=True))
    return rows / jnp.where(length > 0, length, 1)


def _require(points, hard, used, measure, point_block, hard_block) -> None:
    if points.ndim != 2 or points.size == 0:
        raise ValueError(f"points: expected shape (n, d), not empty, got {points.shape}")
    if hard.ndim != 2 or hard.shape[0] == 0 or hard.shape[1] != points.shape[1]:
        expected = f"(h, {points.shape[1]}), not empty"
        raise ValueError(f"hard: expected shape {expected}, got {hard.shape}")
    if hard.dtype != points.dtype:
        raise ValueError(f"hard: expected dtype {points.dtype}, that of points, got {hard.dtype}")
    if used.shape != hard.shape[:1]:
        raise ValueError(f"used: expected shape {hard.shape[:1]}, got {used.shape}")
    if measure not in MEASURES:
        raise ValueError(f"measure: expected one of {', '.join(MEASURES)}, got {measure!r}")
    for name, size in (("point_block", point_block), ("hard_block", hard_block)):
        if size < 1:
            raise ValueError(f"{name}: expected at least 1, got {size}")
    for name, array in (("points", points), ("hard", hard)):
        known = concrete(array)
        if known is not None and not _all_finite(known):
            raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")


def _all_finite(array: np.ndarray) -> bool:
    """Look at blocks of rows: a mask of a large array is large itself."""
    return all(np.isfinite(array[i : i + 4096]).all() for i in range(0, len(array), 4096))
