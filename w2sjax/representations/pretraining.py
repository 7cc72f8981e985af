r"""Pretrain a representation on several tasks whose heads are known and kept fixed.

$$\min_h \sum_t \mathbb{E}\,(\langle a_t, h(x) \rangle + c_t - y_t(x))^2$$

by AdamW; every epoch visits all tasks in turn, each in freshly shuffled batches. Seeds run side by
side under `jax.vmap`. Epochs run in chunks of one compiled program, between which progress is told
and recorded, so that a killed training goes on where it stood; chunks change no number.
"""

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Integer, Key

from w2sjax.machine.compilation import jit_quickly
from w2sjax.machine.records import Record, fingerprint
from w2sjax.representations.heads import Heads
from w2sjax.representations.network import Representation
from w2sjax.representations.schedule import Schedule

CHUNKS = 25
EPOCHS = "epochs"  # the unit of a record: how far the training is


def pretrain(
    keys: Key[Array, " s"] | None,
    network: Representation,
    inputs: Float[Array, "s t n d"],
    labels: Float[Array, "s t n"],
    heads: Heads,
    schedule: Schedule,
    *,
    start: Any = None,
    orders: Integer[np.ndarray, "s epochs t n"] | None = None,
    checkpoint: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Any, Float[Array, "s epochs"]]:
    """Train the network on t tasks of n points each, once for each of s seeds.

    Args:
        keys: one a seed, for the start and the order of the points, unless both are given.
        network: what to train.
        inputs, labels: points of every seed's tasks.
        heads: one head a task, not trained.
        schedule: how to train.
        start: the parameters to start from.
        orders: permutations, in which order every epoch visits the points of every task.
        checkpoint: a folder where the training is recorded, and from where a killed one goes on.
        progress: called with the epochs done and their number.

    Returns:
        The parameters, and the mean of the batches' losses in every epoch, by seed.

    Raises:
        ValueError: if shapes do not fit each other, or there are no keys to draw what is not given.
    """
    _check(inputs, labels, heads)
    visits = (len(labels), schedule.epochs, *labels.shape[1:])
    if orders is not None and orders.shape != visits:
        raise ValueError(f"orders: expected shape {visits}, got {orders.shape}")
    if keys is None and (start is None or orders is None):
        raise ValueError("keys: needed unless start and orders are given, got None")
    vectors = _drawn(keys, network, inputs) if start is None else jax.vmap(_vector)(start)
    state = (vectors, jax.vmap(_optimiser(schedule, inputs).init)(vectors))
    leaves, structure = jax.tree.flatten(state)
    work = {
        "network": [network.depth, network.width],
        "schedule": dataclasses.asdict(schedule),
        "data": fingerprint(*leaves, inputs, labels, *jax.tree.leaves(heads)),
        "orders": None if orders is None else fingerprint(orders),
        "keys": None if keys is None else fingerprint(jax.random.key_data(keys)),
    }
    record = Record(checkpoint, "pretrain", work)
    losses, done = np.zeros((labels.shape[0], 0), labels.dtype), 0
    if EPOCHS in record.units:
        known = record.units[EPOCHS]
        losses, done = known["losses"], known["done"]
        state = structure.unflatten(map(jnp.asarray, known["state"]))
    length = -(-schedule.epochs // CHUNKS)
    while done < schedule.epochs:
        # The last chunk may be shorter, and is then a second program.
        count = min(length, schedule.epochs - done)
        if orders is None:
            visited = _permutations(keys, jnp.asarray(done), count, *labels.shape[1:])
        else:
            visited = jnp.asarray(orders[:, done : done + count], jnp.int32)
        state, chunk = _epochs(visited, network, inputs, labels, heads, schedule, state)
        losses = np.concatenate([losses, np.asarray(chunk)], axis=1)
        done += count
        record.keep(EPOCHS, {"state": jax.tree.leaves(state), "losses": losses, "done": done})
        if progress is not None:
            progress(done, schedule.epochs)
    return jax.vmap(_unravel(network, inputs))(state[0]), jnp.asarray(losses)


def _check(inputs, labels, heads):
    if inputs.shape[:3] != labels.shape or heads.intercepts.shape != labels.shape[:2]:
        raise ValueError(
            f"inputs, labels, heads: expected (s, t, n, d), (s, t, n), (s, t), got "
            f"{inputs.shape}, {labels.shape}, {heads.intercepts.shape}"
        )


def _unravel(network, inputs):
    """The map from a vector of parameters to the network's tree."""
    example = jax.eval_shape(network.init, jax.random.key(0), inputs[0, 0, :1])
    return ravel_pytree(jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), example))[1]


def _optimiser(schedule, inputs):
    _, tasks, points, _ = inputs.shape
    return schedule.optimiser(schedule.epochs * tasks * schedule.steps(points))


def _vector(parameters):
    """Put the parameters into one vector, where the optimiser is one operation instead of one a layer."""
    return ravel_pytree(parameters)[0]


@functools.partial(jit_quickly, level=0, static_argnames="network")
def _drawn(keys, network, inputs):
    def one(key, seen):
        return _vector(network.init(jax.random.fold_in(key, 0), seen[0, :1]))

    return jax.vmap(one)(keys, inputs)


@functools.partial(jit_quickly, level=0, static_argnames=("count", "tasks", "points"))
def _permutations(keys, first, count, tasks, points):
    """Draw the order of the points in `count` epochs from epoch `first` on."""

    def one(key):
        order_key = jax.random.fold_in(key, 1)
        epochs = jax.vmap(lambda index: jax.random.fold_in(order_key, index))
        task_keys = jax.vmap(lambda key: jax.random.split(key, tasks))
        shuffle = jax.vmap(jax.vmap(lambda key: jax.random.permutation(key, points)))
        return shuffle(task_keys(epochs(first + jnp.arange(count))))

    return jax.vmap(one)(keys)


@functools.partial(jit_quickly, static_argnames=("network", "schedule"))
def _epochs(orders, network, inputs, labels, heads, schedule, state):
    """Train for as many epochs as there are orders."""
    parameters_of, optimiser = _unravel(network, inputs), _optimiser(schedule, inputs)

    def loss(vector, seen, wanted, weights, head):
        error = head.values(network.apply(parameters_of(vector), seen)) - wanted
        return jnp.sum(weights * error**2)

    def step(state, batch, head):
        vector, moments = state
        value, gradient = jax.value_and_grad(loss)(vector, *batch, head)
        with jax.numpy_dtype_promotion("standard"):
            change, moments = optimiser.update(gradient, moments, vector)
        return (vector + change, moments), value

    def task(state, given):
        order, seen, wanted, head = given
        rows, weights = schedule.batches(order, labels.dtype)
        batches = (seen[rows], wanted[rows], weights)
        return jax.lax.scan(lambda s, batch: step(s, batch, head), state, batches)

    def one(orders, seen, wanted, heads, state):
        def epoch(state, visited):
            state, losses = jax.lax.scan(task, state, (visited, seen, wanted, heads))
            return state, jnp.mean(losses)

        return jax.lax.scan(epoch, state, orders)

    return jax.vmap(one)(orders, inputs, labels, heads, state)
