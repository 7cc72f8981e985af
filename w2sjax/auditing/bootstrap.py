"""Percentile intervals of an audit's quantities over resamples of the points, many at a time.

A resample of n points with replacement counts point i $c_i$ times, with weight $c_i w_i$. It
changes the factorisation, so every resample factorises anew, learns anew and measures anew, all
inside one vectorised program. Resample b depends on the key and b alone.

For linear classes the features are first replaced by an orthonormal basis of their span: the same
functions, and so well conditioned on a resample that its Gram matrix is accurate enough.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64, PRNGKeyArray

from w2sjax.auditing.quantities import Student, measure
from w2sjax.projecting.centring import centred
from w2sjax.projecting.hypothesis import HypothesisClass, hypothesis_class
from w2sjax.projecting.projection import project

LEVEL = 0.95
TAILS = 50 * (1 - LEVEL), 50 * (1 + LEVEL)  # in percent, as tables have them
Interval = tuple[float, float] | None
NAMES = ("misfit", "weak_error", "student_error", "gain", "epsilon", "guaranteed_gain")
DOUBT = "doubt of "
WELL_CONDITIONED = 1e4  # where a Gram matrix is still accurate enough
BUDGET = 2**24  # numbers held at once by the resamples of a chunk: 128 MB


def resampled(
    hypothesis: HypothesisClass,
    weak: Float64[np.ndarray, "m n"],
    students: Student,
    target: Float64[np.ndarray | jax.Array, " n"] | None,
    *,
    count: int,
    key: PRNGKeyArray,
    tolerance: float,
    max_steps: int,
    chunk: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    once: Callable[[str, Callable[[], Any]], Any] = lambda unit, compute: compute(),
) -> dict[str, Float64[np.ndarray, "count m"]]:
    """Measure `count` resamples; the chunk size changes results by rounding at most.

    Students that are neither given nor fixed are learned anew on every resample. What each number may
    be off by is found under its name with `DOUBT` in front. `once` records every chunk, as of a `Record`.
    """
    models, rows = weak.shape
    hypothesis, students, method = _prepared(hypothesis, students)
    settings = {"method": method, "tolerance": tolerance, "max_steps": max_steps}
    width = 1 if hypothesis.features is None else hypothesis.features.shape[1]
    if chunk is None:
        chunk = max(1, BUDGET // (rows * (4 * width + 8 * models)))
    chunk = min(chunk, count)
    arrays = jax.tree.map(jnp.asarray, (weak, students, target))
    blocks = []
    for start in range(0, count, chunk):
        # The last chunk repeats its end, so that one program serves all.
        ids = jnp.asarray(np.minimum(np.arange(start, start + chunk), count - 1))
        block = functools.partial(_block, hypothesis, *arrays, key, ids, **settings)
        found = once(f"resamples {start} to {start + chunk}", block)
        blocks.append(np.asarray(found)[: count - start])
        if progress is not None:
            progress("bootstrap", min(start + chunk, count), count)
    stacked = np.concatenate(blocks)
    names = (*NAMES, *(DOUBT + name for name in NAMES))
    return {name: stacked[:, :, place] for place, name in enumerate(names)}


def _prepared(
    hypothesis: HypothesisClass, students: Student
) -> tuple[HypothesisClass, Student, str]:
    """Give the class, the students in its terms, and the method of factorisation for resamples."""
    factors = hypothesis.factorisation
    if factors is None:
        return hypothesis, students, "qr"
    if not hypothesis.set.linear:
        condition = float(factors.singular[0] / factors.smallest)
        return hypothesis, students, "gram" if condition < WELL_CONDITIONED else "qr"
    if students.coefficients is not None:
        students = Student(values=students.predictions(hypothesis.features))
    kept = slice(0, max(1, int(factors.rank)))
    singular = np.asarray(factors.singular)[kept]
    scaled = np.asarray(factors.right)[:, kept] / np.where(singular > 0, singular, 1)
    columns = centred(hypothesis.features, hypothesis.weights, hypothesis.centre)
    basis = jnp.asarray(columns / factors.scales[None, :] @ scaled)
    return dataclasses.replace(hypothesis, features=basis, factorisation=None), students, "gram"


@functools.partial(jax.jit, static_argnames=("method", "tolerance", "max_steps"))
def _block(hypothesis, weak, students, target, key, ids, *, method, **settings):
    size = hypothesis.size

    def resample(index):
        weights = hypothesis.weights * resample_counts(key, index, size, weak.dtype)
        how = {"intercept": hypothesis.intercept, "method": method}
        weighted = hypothesis_class(hypothesis.set, hypothesis.features, weights, **how)
        best = None if target is None else project(weighted, target, **settings)
        found, _ = measure(weighted, weak, students, target, best, **settings)
        numbers = [getattr(found, name) for name in NAMES]
        doubts = [found.doubts.get(name, jnp.full_like(found.misfit, jnp.nan)) for name in NAMES]
        return jnp.stack([*numbers, *doubts], axis=-1)

    return jax.vmap(resample)(ids)


def resample_counts(key: PRNGKeyArray, index: Any, n: int, dtype: Any) -> Array:
    """How often resample `index` of n points has each."""
    points = jax.random.randint(jax.random.fold_in(key, index), (n,), 0, n)
    return jnp.zeros(n, dtype).at[points].add(1)


def percentile_interval(sample: Float64[np.ndarray, " count"]) -> Interval:
    """Give the central interval of probability `LEVEL`; None where a resample is not finite."""
    if not np.isfinite(sample).all():
        return None
    low, high = np.quantile(sample, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
