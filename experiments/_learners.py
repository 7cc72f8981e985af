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


@functools.partial(jax.jit, static_argnames="network")
def _features(network, parameters, inputs):
    return jax.vmap(network.apply)(parameters, inputs)


def draw_inputs(key: PRNGKeyArray, shape: tuple[int, ...], config: Learners) -> Array:
    """Draw inputs of mean zero and the configured standard deviation."""
    return config.spread * jax.random.normal(key, (*shape, config.inputs), jnp.float64)


def learners(keys: PRNGKeyArray, run: Run) -> dict[str, Learner]:
    """Draw the truth and make the other representations, by name, for every seed's key.

    The trainings run side by side, the longest first.
    """
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
        "deep": (config.deep, many, config.schedule),
        "shallow": (config.shallow, many, config.schedule),
        "deep_few": (config.deep, few, config.few_schedule),
        "shallow_few": (config.shallow, few, config.few_schedule),
    }

    def train(item: Any):
        name, (depth, (inputs, labels, heads), schedule) = item
        network = Representation(depth, config.width)
        with run.timed(f"pretrain {name}"):
            found, _ = pretrain(
                fold(keys, 5 + list(trainings).index(name)),
                network,
                inputs,
                labels,
                heads,
                schedule,
                checkpoint=run.folder / "training",
                progress=functools.partial(run.progress, f"pretraining: {name}"),
            )
        return name, Learner(network, _cast(found, jnp.float64))

    with ThreadPoolExecutor(max_workers=2) as pool:
        made |= dict(pool.map(train, trainings.items()))
    return made


def _cast(tree, dtype):
    return jax.tree.map(lambda leaf: leaf.astype(dtype), tree)


def _tasks(keys, truth: Learner, config: Learners, tasks: int, points: int) -> Any:
    """Draw the pretraining data of every seed, in single precision."""
    seeds = keys.shape[0]
    inputs = jax.vmap(lambda key: draw_inputs(key, (tasks * points,), config))(keys)
    heads = jax.vmap(
        lambda key: draw_heads(jax.random.fold_in(key, 1), tasks, config.width, jnp.float64)
    )(keys)
    features = truth.features(inputs).reshape(seeds, tasks, points, config.width)
    labels = jax.vmap(jax.vmap(Heads.values))(heads, features)
    return _cast((inputs.reshape(seeds, tasks, points, -1), labels, heads), jnp.float32)
