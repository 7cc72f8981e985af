"""The students of an audit and their numbers, from features in memory or read block by block."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from w2sjax.auditing.classes import Choice
from w2sjax.auditing.data import AuditData
from w2sjax.auditing.options import Options
from w2sjax.auditing.quantities import Quantities, Student, measure
from w2sjax.auditing.recorded import route_of
from w2sjax.machine.sharded import spread
from w2sjax.projecting.certificate import Status
from w2sjax.projecting.hypothesis import HypothesisClass, hypothesis_class
from w2sjax.projecting.projection import project
from w2sjax.projecting.rows import STREAMED, Rows, block_of

COPIES = 7  # of the features, in doubles, that a factorisation in memory takes
CHUNK = 2**24  # predictions of weak models looked at together, at most: 128 MB
HELD = 16  # arrays of them, in doubles, that may be held then


def too_large(size: int, options: Options) -> bool:
    """Tell whether so many numbers are read block by block."""
    return size >= STREAMED or COPIES * 8 * size > options.room


def measured(
    choice: Choice, data: AuditData, students: Student, target, options: Options, *, streamed: bool
) -> tuple[HypothesisClass, int | None, Quantities, Student]:
    """Measure all weak models; what is read block by block and not certified, again in memory.

    Gives the class, the status of the target's projection, the numbers of all weak models, their students.
    """
    hypothesis = _class(choice, data, options, streamed=streamed)
    given = hypothesis, data.weak_predictions, students, target, options
    unit = f"students, {route_of(hypothesis)}"
    known = options.record.once(unit, functools.partial(_numbers, *given, streamed=streamed))
    found, learnt = Quantities(**known["quantities"]), Student(**known["students"])
    if streamed and COPIES * 8 * data.strong_features.size <= options.room:
        # No certificate is expected of students that learnt elsewhere.
        statuses = [found.status] * (students.values is None and students.coefficients is None)
        statuses += [] if target is None else [known["target"]]
        if any(np.any(np.asarray(status) != Status.CERTIFIED) for status in statuses):
            return measured(choice, data, students, target, options, streamed=False)
    return hypothesis, known["target"], found, learnt


def _numbers(
    hypothesis: HypothesisClass, weak, learning, target, options: Options, *, streamed: bool
) -> dict[str, Any]:
    """Project, and measure; as plain objects that can be recorded."""
    settings = {"tolerance": options.tolerance, "max_steps": options.max_steps}
    chunk = max(1, int(min(CHUNK, options.room / (8 * HELD))) // hypothesis.size)
    weak, learning = jax.tree.map(jnp.asarray, (weak, learning))
    if streamed and learning.values is None and learning.coefficients is None:
        best, learning = _projected_together(hypothesis, weak, target, chunk=chunk, **settings)
    else:
        best = None if target is None else project(hypothesis, target, **settings)
    measured = measure(hypothesis, weak, learning, target, best, chunk=chunk, **settings)
    found, learnt = jax.tree.map(np.asarray, measured)
    status = None if best is None else int(best.status)
    return {"target": status, "quantities": vars(found), "students": vars(learnt)}


@functools.partial(jax.jit, static_argnames=("chunk", "tolerance", "max_steps"))
def _projected_together(hypothesis: HypothesisClass, weak, target, *, chunk: int, **settings):
    """Project the target and the weak models in the same passes over the features."""
    labels = weak if target is None else jnp.concatenate([target[None], weak])
    each = functools.partial(project, hypothesis, **settings)
    found = jax.lax.map(each, labels, batch_size=chunk)
    if target is None:
        return None, found
    return jax.tree.map(lambda leaf: leaf[0], found), jax.tree.map(lambda leaf: leaf[1:], found)


def _class(choice: Choice, data: AuditData, options: Options, *, streamed: bool) -> HypothesisClass:
    rows = len(data.strong_features)
    weights = jnp.asarray(np.ones(rows) if data.weights is None else data.weights)
    if choice.of_values:
        return hypothesis_class(choice.set, weights=weights)
    if streamed:
        features = in_blocks(data, options)
    elif spread(data.strong_features) is not None:
        features = data.strong_features
    else:
        features = jnp.asarray(np.asarray(data.strong_features, np.float64))
    return hypothesis_class(choice.set, features, weights, intercept=choice.intercept)


def in_blocks(data: AuditData, options: Options) -> Rows:
    """Give features that are read block by block."""
    how = {"record": options.record, "progress": options.progress}
    return Rows(data.strong_features, block=block_of(options.room), **how)
