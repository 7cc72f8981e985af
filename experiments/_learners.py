"""The truth, and the representations of strong and weak models, of Charikar et al.'s synthetic study.

The true representation is a random network. Others are pretrained on tasks with known heads, or are
the truth with noise on its parameters. Training is in single precision; features are computed from
the trained parameters in double precision, in which all that follows is certified.
"""

import dataclasses
import functools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from experiments._run import Run
from w2sjax.representations import Heads, Representation, Schedule, draw_heads, perturb, pretrain


@dataclasses.dataclass(frozen=True)
class Learners:
    """What is drawn and trained; the defaults are published.

    Attributes:
        inputs, spread: dimension of the inputs and their standard deviation.
        width: of all networks.
        truth, deep, shallow: depths of the true, the deeper and the shallower network.
        tasks, points: for pretraining.
        few_tasks, few_points: for pretraining on few data.
        near, far: standard deviations of the noise on the truth's parameters.
        schedule: of pretraining.
        few_schedule: of pretraining on few data.
    """

    inputs: int = 8
    spread: float = 500.0
    width: int = 16
    truth: int = 5
    deep: int = 8
    shallow: int = 2
    tasks: int = 10
    points: int = 2000
    few_tasks: int = 5
    few_points: int = 250
    near: float = 0.01
    far: float = 0.05
    schedule: Schedule = Schedule()
    few_schedule: Schedule = Schedule()


@dataclasses.dataclass(frozen=True)
class Learner:
    """A representation: a network and its parameters, one set a seed."""

    network: Representation
    parameters: Any

    def features(self, inputs: Float[Array, "s n d"]) -> Float[Array, "s n k"]:
        """Compute features in double precision."""
        return _features(self.network, self.parameters, inputs)


@dataclasses.dataclass(frozen=True)
class Training:
    """A representation to pretrain: the network and the data, and what `pretrain` may be given.

    Attributes:
        network, schedule: what to train, and how.
        data: inputs, labels and heads of every seed's tasks.
        keys, start, orders: as `pretrain` takes them.
    """

    network: Representation
    schedule: Schedule
    data: Any
    keys: Any = None
    start: Any = None
    orders: Any = None


# Tasks of s seeds on points to learn from and fresh ones: features by learner (s, 2, n, k), and
# targets (s, m, 2, n).
Part = tuple[dict[str, Any], Any]


@functools.partial(jax.jit, static_argnames="network")
def _features(network, parameters, inputs):
    return jax.vmap(network.apply)(parameters, inputs)


def draw_inputs(key: PRNGKeyArray, shape: tuple[int, ...], config: Learners) -> Array:
    """Draw inputs of mean zero and the configured standard deviation."""
    return config.spread * jax.random.normal(key, (*shape, config.inputs), jnp.float64)


def learners(keys: PRNGKeyArray, run: Run) -> dict[str, Learner]:
    """Draw the truth and make the other representations, by name, for every seed's key."""
    config: Learners = run.config.learners
    truth = Representation(config.truth, config.width)
    example = jnp.zeros((1, config.inputs), jnp.float64)
    fold = jax.vmap(jax.random.fold_in, (0, None))
    parameters = jax.vmap(lambda key: truth.init(key, example))(fold(keys, 0))
    made = {"truth": Learner(truth, parameters)}
    for place, (name, scale) in enumerate((("near", config.near), ("far", config.far))):
        noisy = jax.vmap(functools.partial(perturb, scale=scale))(fold(keys, 1 + place), parameters)
        made[name] = Learner(truth, noisy)
    many = _tasks(fold(keys, 3), made["truth"], config, config.tasks, config.points)
    few = _tasks(fold(keys, 4), made["truth"], config, config.few_tasks, config.few_points)
    trainings = {
        "deep": (config.deep, config.schedule, many),
        "shallow": (config.shallow, config.schedule, many),
        "deep_few": (config.deep, config.few_schedule, few),
        "shallow_few": (config.shallow, config.few_schedule, few),
    }
    return made | trained(
        {
            name: Training(Representation(depth, config.width), *how, keys=fold(keys, 5 + place))
            for place, (name, (depth, *how)) in enumerate(trainings.items())
        },
        run,
    )


def trained(trainings: dict[str, Training], run: Run) -> dict[str, Learner]:
    """Pretrain, two side by side; the longest come first."""

    def train(item: tuple[str, Training]) -> tuple[str, Learner]:
        name, one = item
        inputs, labels, heads = one.data
        with run.timed(f"pretrain {name}"):
            found, _ = pretrain(
                one.keys,
                one.network,
                inputs,
                labels,
                heads,
                one.schedule,
                start=one.start,
                orders=one.orders,
                checkpoint=run.progress_folder,
                progress=functools.partial(run.progress, f"pretraining: {name}"),
            )
        return name, Learner(one.network, in_precision(found, jnp.float64))

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(pool.map(train, trainings.items()))


def in_precision(tree: Any, dtype: Any) -> Any:
    """Round numbers."""
    return jax.tree.map(lambda leaf: leaf.astype(dtype), tree)


def _tasks(keys, truth: Learner, config: Learners, tasks: int, points: int) -> Any:
    """Draw the pretraining data of every seed, in single precision."""
    seeds = keys.shape[0]
    inputs = jax.vmap(lambda key: draw_inputs(key, (tasks * points,), config))(keys)
    heads = jax.vmap(
        lambda key: draw_heads(jax.random.fold_in(key, 1), tasks, config.width, jnp.float64)
    )(keys)
    return labelled(truth, inputs.reshape(seeds, tasks, points, -1), heads)


def labelled(truth: Learner, inputs: Float[Array, "s t n d"], heads: Heads) -> Any:
    """Label the points of every seed's tasks; single precision, to train on."""
    seeds, *shape, dimension = inputs.shape
    features = truth.features(inputs.reshape(seeds, -1, dimension)).reshape(seeds, *shape, -1)
    labels = jax.vmap(jax.vmap(Heads.values))(heads, features)
    return in_precision((inputs, labels, heads), jnp.float32)
