"""Random directions in doubles: everywhere or near the truth, with steps of every length."""

import dataclasses
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from w2sjax.arithmetic.measured import MEASURED, Measured, exactly, measured
from w2sjax.arithmetic.rounding import weighted_dot
from w2sjax.language.claims import Claim
from w2sjax.settings.directions import VECTORS
from w2sjax.settings.random_instances import strata

DIMENSION = 4
STRATA = strata(models=("unrelated", "near the truth"), step=("short", "any length"))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Directions:
    r"""Vectors by name, the number $\eta$, and indices into `STRATA`."""

    vectors: dict[str, Float[Array, "*batch d"]]
    eta: Float[Array, "*batch"]
    strata: Int[Array, "*batch 2"]


def draw(key: PRNGKeyArray, variant: None = None) -> Directions:
    r"""Draw vectors, alone or about one, and $\eta$ in $[-2, 2]$ or of any size from 1e-3 to 1e3."""
    vector_key, kind_key, step_key, size_key = jax.random.split(key, 4)
    drawn = jax.random.normal(vector_key, (len(VECTORS), DIMENSION), jnp.float64)
    near, far = jax.random.bernoulli(kind_key, 0.5, (2,)).astype(jnp.int32)
    vectors = dict(zip(VECTORS, jnp.where(near == 1, drawn / 2, drawn), strict=True))
    for name in VECTORS:
        if name != "truth":
            vectors[name] = vectors[name] + jnp.where(near == 1, vectors["truth"], 0)
    step = jax.random.uniform(step_key, (), jnp.float64, -2, 2)
    size = 10 ** jax.random.uniform(size_key, (), jnp.float64, -3, 3)
    return Directions(vectors, jnp.where(far == 1, step * size, step), jnp.stack([near, 2 + far]))


def prepare(instance: Directions, claims: tuple[Claim, ...] = ()) -> Directions:
    """Leave it: nothing is shared."""
    return instance


def study(instance: Directions, claim: Claim) -> SimpleNamespace:
    """Give the quantities, each with a bound on its rounding."""

    def quantity(data: Any) -> Measured:
        if data == ("eta",):
            return exactly(instance.eta)
        v, u = (instance.vectors[name] for name in data[1:])
        if data[0] == "inner":
            return _inner(v, u)
        lengths = MEASURED["sqrt"](MEASURED["*"](_inner(v, v), _inner(u, u)))
        return MEASURED["/"](_inner(v, u), lengths)

    return SimpleNamespace(quantity=quantity)


def _inner(v: Float[Array, " d"], u: Float[Array, " d"]) -> Measured:
    return measured(weighted_dot(jnp.ones_like(v), v, u), jnp.sum(jnp.abs(v * u)))
