"""Percentile intervals of an audit's quantities over resamples of the points, many at a time.

A resample of n points with replacement counts point i $c_i$ times, with weight $c_i w_i$. It
changes the factorisation, so every resample factorises anew, learns anew and measures anew, all
inside one vectorised program. Resample b depends on the key and b alone.

For linear classes the features are first replaced by an orthonormal basis of their span: the same
functions, and so well conditioned on a resample that its Gram matrix is accurate enough. Features that are
read block by block are `condensed`, many resamples in a pass.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64, PRNGKeyArray

from w2sjax.auditing import condensed
from w2sjax.auditing.condensed import Condensed
from w2sjax.auditing.quantities import Student, measure
from w2sjax.auditing.recorded import route_of
from w2sjax.machine.processes import cores
from w2sjax.machine.records import UNRECORDED, Part
from w2sjax.projecting.centring import centred
from w2sjax.projecting.factorisation import WELL_CONDITIONED
from w2sjax.projecting.hypothesis import HypothesisClass, hypothesis_class
from w2sjax.projecting.projection import project
from w2sjax.projecting.rows import Rows

LEVEL = 0.95
TAILS = 50 * (1 - LEVEL), 50 * (1 + LEVEL)  # in percent, as tables have them
Interval = tuple[float, float] | None
NAMES = ("misfit", "weak_error", "student_error", "gain", "epsilon", "guaranteed_gain")
DOUBT = "doubt of "
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
    memory: float = float("inf"),
    chunk: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    record: Part = UNRECORDED,
) -> dict[str, Float64[np.ndarray, "count m"]]:
    """Measure `count` resamples, in at most a quarter of the memory, bytes; it changes only rounding.

    Students that are neither given nor fixed are learned anew on every resample. What each number may
    be off by is found under its name with `DOUBT` in front. Every chunk is recorded.
    """
    models, rows = weak.shape
    settings = {"tolerance": tolerance, "max_steps": max_steps}
    each: Callable[..., Array]
    route = route_of(hypothesis)
    if isinstance(hypothesis.features, Rows):
        features, factors = hypothesis.features, hypothesis.factorisation
        students = _given_values(hypothesis, students)
        if hypothesis.set.linear and factors is not None:
            features = condensed.in_orthonormal_basis(features, factors)
        each = functools.partial(_condensed_block, features)
        held = rows + cores() * (features.shape[1] + 2 * models + 2) ** 2
    else:
        hypothesis, students, method = _prepared(hypothesis, students)
        each = functools.partial(_block, method=method)
        width = 1 if hypothesis.features is None else hypothesis.features.shape[1]
        held = rows * (4 * width + 8 * models)
    room = min(BUDGET, memory / 32)
    chunk = min(count, max(1, int(room // held)) if chunk is None else chunk)
    weak, students, target = jax.tree.map(jnp.asarray, (weak, students, target))
    blocks = []
    for start in range(0, count, chunk):
        # The last chunk repeats its end, so that one program serves all.
        ids = jnp.asarray(np.minimum(np.arange(start, start + chunk), count - 1))
        block = functools.partial(each, hypothesis, weak, students, target, key, ids, **settings)
        found = record.once(f"resamples {start} to {start + chunk}, {route}", block)
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
        accurate = float(factors.condition) < WELL_CONDITIONED
        return hypothesis, students, "gram" if accurate else "qr"
    students = _given_values(hypothesis, students)
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
        return _measured(weighted, weak, students, target, **settings)

    return jax.vmap(resample)(ids)


def _condensed_block(rows: Rows, hypothesis, weak, students, target, key, ids, **settings):
    """Measure resamples of features that are read block by block."""
    given = (weak, students.values, None if target is None else target[None])
    functions = np.concatenate([part for part in given if part is not None])
    counts = np.stack([_counts(key, index, hypothesis.size) for index in ids])
    found = condensed.condense(rows, np.asarray(hypothesis.weights), functions, counts)
    how = {"intercept": hypothesis.intercept, "models": len(weak), "known": target is not None}
    return _measured_condensed(hypothesis.set, found, **how, **settings)


@functools.partial(
    jax.jit, static_argnames=("intercept", "models", "known", "tolerance", "max_steps")
)
def _measured_condensed(kind, found: Condensed, *, intercept, models, known, **settings):
    method = "gram" if kind.linear else "qr"

    def resample(one: Condensed):
        weak, target = one.functions[:models], one.functions[-1] if known else None
        last = len(one.functions) - known
        students = Student(values=one.functions[models:last] if last > models else None)
        hypothesis = hypothesis_class(kind, one.features, intercept=intercept, method=method)
        return _measured(hypothesis, weak, students, target, one, **settings)

    return jax.lax.map(resample, found)


def _measured(hypothesis, weak, students, target, points: Condensed | None = None, **settings):
    """Give the numbers of all weak models, and then what they may be off by."""
    best = None if target is None else project(hypothesis, target, **settings)
    found, learnt = measure(hypothesis, weak, students, target, best, **settings)
    numbers = jnp.stack([getattr(found, name) for name in NAMES], axis=-1)
    unknown = jnp.full_like(found.misfit, jnp.nan)
    doubts = jnp.stack([found.doubts.get(name, unknown) for name in NAMES], axis=-1)
    if points is not None:
        doubts += points.doubt(learnt, best)[:, None]
    return jnp.concatenate([numbers, doubts], axis=-1)


def _given_values(hypothesis: HypothesisClass, students: Student) -> Student:
    """Give students that are not learnt anew by their values."""
    if students.coefficients is None:
        return students
    return Student(values=students.predictions(hypothesis.features))


@functools.partial(jax.jit, static_argnames="n")
def _counts(key, index, n: int):
    return resample_counts(key, index, n, jnp.uint16)


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
