"""Networks, heads and their training against numpy, and trainings that are killed and go on."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax.representations import (
    Heads,
    Representation,
    Schedule,
    draw_heads,
    perturb,
    pretrain,
    train_heads,
)

NETWORK: Any = Representation(depth=3, width=5)

shuffled = jax.random.permutation


def parameters(seed=0, inputs=4):
    return NETWORK.init(jax.random.key(seed), jnp.zeros((1, inputs)))


def layers(tree):
    """Kernels and biases in order."""
    found = tree["params"]
    return [(np.asarray(found[f"Dense_{i}"]["kernel"]), np.asarray(found[f"Dense_{i}"]["bias"]))
            for i in range(len(found))]  # fmt: skip


def adamw(gradients, start, rates, decay):
    """AdamW as Loshchilov and Hutter (and PyTorch) write it, in numpy; `gradients(x, step)`."""
    point, first, second = start.copy(), 0.0, 0.0
    for step, rate in enumerate(rates, 1):
        gradient = gradients(point, step - 1)
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        change = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        point = point - rate * change - rate * decay * point
    return point


def test_features_are_those_of_numpy():
    tree = parameters()
    inputs = np.random.default_rng(0).normal(size=(7, 4))
    expected = inputs
    for kernel, bias in layers(tree):
        expected = np.maximum(expected @ kernel + bias, 0)
    np.testing.assert_allclose(NETWORK.apply(tree, jnp.asarray(inputs)), expected, atol=1e-14)


def test_parameters_start_uniform_by_fan_in():
    wide = Representation(depth=2, width=64)
    tree = wide.init(jax.random.key(1), jnp.zeros((1, 9)))
    for (kernel, bias), bound in zip(layers(tree), (1 / 3, 1 / 8), strict=True):
        values = np.concatenate([kernel.ravel(), bias])
        assert np.abs(values).max() <= bound
        assert np.abs(values).max() >= 0.97 * bound
        # Standard error of the variance of a uniform sample; five of them.
        spread = bound**2 / 3
        assert abs(values.var() - spread) <= 5 * spread * np.sqrt(0.8 / values.size)


@pytest.mark.parametrize("points, batch", [(10, 4), (8, 4), (3, 5)])
def test_a_pass_visits_every_point_once(points, batch):
    schedule = Schedule(batch=batch)
    rows, weights = schedule.batches(shuffled(jax.random.key(0), points), jnp.float64)
    assert rows.shape == weights.shape == (schedule.steps(points), batch)
    assert sorted(np.asarray(rows)[np.asarray(weights) > 0].tolist()) == list(range(points))
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-15)
    for row in np.asarray(weights):
        assert len(set(row[row > 0].tolist())) == 1  # a batch's points count alike


def test_orders_differ_between_passes():
    first, second = (
        Schedule(batch=4).batches(shuffled(jax.random.key(k), 40), jnp.float64)[0] for k in (0, 1)
    )
    assert np.any(np.asarray(first) != np.asarray(second))


@pytest.mark.parametrize("schedule", [{"epochs": 0}, {"batch": 0}])
def test_empty_schedules_are_refused(schedule):
    with pytest.raises(ValueError, match="schedule"):
        Schedule(**schedule)


@pytest.mark.parametrize("cosine", [False, True])
def test_trained_heads_are_those_of_numpy(cosine):
    schedule = Schedule(epochs=3, batch=4, learning_rate=0.05, weight_decay=0.3, cosine=cosine)
    rng = np.random.default_rng(2)
    features, labels = rng.normal(size=(10, 3)), rng.normal(size=(2, 10))
    key = jax.random.key(3)
    found = train_heads(key, jnp.asarray(features), jnp.asarray(labels), schedule)
    start_key, order_key = jax.random.split(key)
    start = draw_heads(start_key, 2, 3, jnp.float64)
    batches = [
        (np.asarray(rows), np.asarray(weights))
        for epoch in range(3)
        for rows, weights in zip(
            *schedule.batches(shuffled(jax.random.fold_in(order_key, epoch), 10), jnp.float64),
            strict=True,
        )
    ]
    steps = np.arange(len(batches))
    rates = 0.05 * (0.5 * (1 + np.cos(np.pi * steps / len(batches))) if cosine else steps**0)
    extended = np.column_stack([features, np.ones(10)])
    for head in range(2):

        def gradient(point, step, head=head):
            rows, weights = batches[step]
            error = extended[rows] @ point - labels[head, rows]
            return 2 * extended[rows].T @ (weights * error)

        begin = np.append(start.coefficients[head], start.intercepts[head])
        expected = adamw(gradient, begin, rates, 0.3)
        got = np.append(found.coefficients[head], found.intercepts[head])
        np.testing.assert_allclose(got, expected, rtol=1e-10)


def test_noise_has_the_given_spread():
    tree = Representation(depth=2, width=64).init(jax.random.key(0), jnp.zeros((1, 64)))
    moved = perturb(jax.random.key(1), tree, 0.05)
    noise = [
        np.asarray(b - a).ravel() for a, b in zip(*map(jax.tree.leaves, (tree, moved)), strict=True)
    ]
    values = np.concatenate(noise)
    assert abs(values.std() / 0.05 - 1) <= 5 / np.sqrt(2 * values.size)
    kernels = [part for part in noise if part.size == 64 * 64]
    assert abs(np.corrcoef(kernels)[0, 1]) <= 5 / 64  # layers get independent noise
    same = perturb(jax.random.key(1), tree, 0.0)
    assert all(
        np.array_equal(a, b) for a, b in zip(*map(jax.tree.leaves, (tree, same)), strict=True)
    )


SCHEDULE = Schedule(epochs=25, batch=8, learning_rate=3e-2)


def problem(seeds=2, dtype=jnp.float32) -> Any:
    """Two tasks of eleven points on a true network."""
    keys = jax.random.split(jax.random.key(5), seeds)
    inputs = jax.random.normal(jax.random.key(6), (seeds, 2, 11, 4), dtype)
    heads = jax.vmap(lambda key: draw_heads(key, 2, 5, dtype))(keys)
    truth = NETWORK.init(jax.random.key(7), inputs[0, 0, :1])
    features = jax.vmap(jax.vmap(lambda x: NETWORK.apply(truth, x)))(inputs)
    labels = jax.vmap(jax.vmap(Heads.values))(heads, features)
    return keys, NETWORK, inputs, 10 * labels, heads, SCHEDULE


def test_pretraining_is_that_of_numpy():
    """Two epochs; the gradient of a loss written without flattening, the optimiser in numpy."""
    keys, network, inputs, labels, heads, _ = problem(seeds=1, dtype=jnp.float64)
    schedule = Schedule(epochs=2, batch=8, learning_rate=3e-3, weight_decay=0.1)
    found, losses = pretrain(keys, network, inputs, labels, heads, schedule)
    start = network.init(jax.random.fold_in(keys[0], 0), inputs[0, 0, :1])
    leaves, structure = jax.tree.flatten(start)
    shapes = [leaf.shape for leaf in leaves]
    splits = np.cumsum([leaf.size for leaf in leaves])[:-1]

    def tree(vector):
        parts = np.split(vector, splits)
        return structure.unflatten([p.reshape(s) for p, s in zip(parts, shapes, strict=True)])

    @jax.jit
    def loss(parameters, seen, wanted, weights, coefficients, intercept):
        error = network.apply(parameters, seen) @ coefficients + intercept - wanted
        return jnp.sum(weights * error**2)

    batches = []
    for epoch in range(2):
        epoch_key = jax.random.fold_in(jax.random.fold_in(keys[0], 1), epoch)
        for task, key in enumerate(jax.random.split(epoch_key, 2)):
            for rows, weights in zip(
                *schedule.batches(shuffled(key, 11), jnp.float64), strict=True
            ):
                batches.append((inputs[0, task][rows], labels[0, task][rows], weights,
                                heads.coefficients[0, task], heads.intercepts[0, task]))  # fmt: skip
    seen = []

    def gradient(vector, step):
        value, slope = jax.value_and_grad(loss)(tree(vector), *batches[step])
        seen.append(float(value))
        return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(slope)])

    begin = np.concatenate([np.ravel(leaf) for leaf in leaves])
    expected = adamw(gradient, begin, [3e-3] * len(batches), 0.1)
    got = np.concatenate([np.ravel(leaf[0]) for leaf in jax.tree.leaves(found)])
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(losses[0], np.reshape(seen, (2, -1)).mean(axis=1), rtol=1e-10)


def test_pretraining_learns_and_stays_in_single_precision():
    found, losses = pretrain(*problem())
    assert losses.shape == (2, 25)
    assert np.all(losses[:, -1] < 0.5 * losses[:, 0])
    assert {leaf.dtype for leaf in jax.tree.leaves(found)} == {jnp.dtype(jnp.float32)}


def test_a_killed_pretraining_goes_on(tmp_path):
    """Bit for bit, and nothing is trained again."""
    whole, losses = pretrain(*problem())

    class Kill(Exception):
        pass

    def kill(done, total):
        if done >= 10:
            raise Kill

    with pytest.raises(Kill):
        pretrain(*problem(), checkpoint=tmp_path, progress=kill)
    told = []
    again, again_losses = pretrain(
        *problem(), checkpoint=tmp_path, progress=lambda done, total: told.append(done)
    )
    assert min(told) > 10
    assert max(told) == 25
    for a, b in zip(*map(jax.tree.leaves, (whole, again)), strict=True):
        assert np.array_equal(a, b)
    assert np.array_equal(losses, again_losses)


def test_start_and_orders_may_be_given():
    """Given what the keys would have drawn, the training is the same, bit for bit."""
    keys, network, inputs, labels, heads, schedule = problem()
    expected, _ = pretrain(keys, network, inputs, labels, heads, schedule)
    first = jax.vmap(lambda key, x: network.init(jax.random.fold_in(key, 0), x[0, :1]))
    start = first(keys, inputs)
    orders = np.array(
        [
            [
                [shuffled(task, 11) for task in jax.random.split(jax.random.fold_in(own, epoch), 2)]
                for epoch in range(schedule.epochs)
            ]
            for own in (jax.random.fold_in(key, 1) for key in keys)
        ]
    )
    given = {"start": start, "orders": orders.astype(np.uint16)}
    found, _ = pretrain(None, network, inputs, labels, heads, schedule, **given)
    for a, b in zip(*map(jax.tree.leaves, (expected, found)), strict=True):
        assert np.array_equal(a, b)
    with pytest.raises(ValueError, match="keys"):
        pretrain(None, network, inputs, labels, heads, schedule, start=start)
    with pytest.raises(ValueError, match="orders"):
        pretrain(keys, network, inputs, labels, heads, schedule, orders=given["orders"][:, 1:])


def test_seeds_do_not_touch_each_other():
    keys, network, inputs, labels, heads, schedule = problem()
    both, _ = pretrain(keys, network, inputs, labels, heads, schedule)
    key, seen, wanted, own = jax.tree.map(lambda leaf: leaf[1:], (keys, inputs, labels, heads))
    alone, _ = pretrain(key, network, seen, wanted, own, schedule)
    for a, b in zip(*map(jax.tree.leaves, (both, alone)), strict=True):
        np.testing.assert_allclose(a[1], b[0], rtol=2e-4, atol=1e-5)


def test_shapes_that_do_not_fit_are_refused():
    keys, network, inputs, labels, heads, schedule = problem()
    fewer = Heads(heads.coefficients[:, :1], heads.intercepts[:, :1])
    with pytest.raises(ValueError, match="inputs, labels, heads"):
        pretrain(keys, network, inputs, labels, fewer, schedule)
