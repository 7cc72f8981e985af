"""Random committees; values lie on a grid, so that averages of four are exact."""

import dataclasses
import functools
import operator
from types import SimpleNamespace

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from w2sjax.arithmetic.measured import measured
from w2sjax.arithmetic.rounding import Rounded, mean_square
from w2sjax.settings.random_instances import strata

MODELS, POINTS, GRID = 4, 6, 2.0**20
STRATA = strata(models=("alike", "different"))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Committee:
    """Values of the models, a row each, and of the target; the indices into `STRATA`."""

    models: Float[Array, "*batch m n"]
    target: Float[Array, "*batch n"]
    strata: Int[Array, "*batch 1"]


def draw(key, variant=None) -> Committee:
    """Draw models around zero, alike or not, and a target."""
    kind_key, value_key = jax.random.split(key)
    different = jax.random.bernoulli(kind_key).astype(jnp.int32)
    values = jax.random.normal(value_key, (MODELS + 1, POINTS), jnp.float64)
    models = jnp.where(different == 1, 1.0, 1e-3) * values[1:]
    on_grid = jnp.round(GRID * models) / GRID
    return Committee(on_grid, values[0], different[None])


def prepare(instance: Committee, claims=()) -> Committee:
    """Leave it: nothing is shared."""
    return instance


def study(instance: Committee, claim) -> SimpleNamespace:
    """Give the quantities, each with a bound on its rounding."""
    weights, average = jnp.full(POINTS, 1 / POINTS), jnp.mean(instance.models, axis=0)

    def mean(other) -> Rounded:
        each = [mean_square(weights, model, other) for model in instance.models]
        return functools.reduce(operator.add, each).scaled(1 / MODELS)

    found = {
        ("error",): mean_square(weights, average, instance.target),
        ("mean_error",): mean(instance.target),
        ("spread",): mean(average),
    }
    return SimpleNamespace(quantity=lambda data: measured(found[data]))
