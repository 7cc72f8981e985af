"""Random directions in doubles, with errors on the sphere or of signs."""

import dataclasses
from types import SimpleNamespace

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from w2sjax.arithmetic.measured import MEASURED, exactly, measured
from w2sjax.arithmetic.rounding import Rounded, gamma
from w2sjax.language.claims import Claim
from w2sjax.settings.random_directions import EVERYWHERE, INDEPENDENT
from w2sjax.settings.random_instances import strata

LARGEST = 64  # coordinates of the errors
STRATA = strata(errors=("sphere", "signs"), dimension=("low", "high"))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Drawn:
    r"""Cosines to the truth and the errors.

    Attributes:
        cosines: $\alpha_0$, $\alpha_c$ and $\alpha_r$.
        numbers: of student, chosen and rejected teacher: normal ones, before they are made errors.
        rank: $d - 1$, how many of them count.
        strata: indices into `STRATA`.
    """

    cosines: Float[Array, "*batch 3"]
    numbers: Float[Array, "*batch 3 n"]
    rank: Float[Array, "*batch"]
    strata: Int[Array, "*batch 2"]


def draw(key: PRNGKeyArray, variant: None = None) -> Drawn:
    """Draw cosines, a student that is better than chance, and errors in 1 to `LARGEST` coordinates."""
    cosine_key, number_key, rank_key, kind_key = jax.random.split(key, 4)
    cosines = jax.random.uniform(cosine_key, (3,), jnp.float64, -1, 1)
    rank = jnp.floor(LARGEST ** jax.random.uniform(rank_key, (), jnp.float64))
    signs = jax.random.bernoulli(kind_key).astype(jnp.int32)
    return Drawn(
        cosines=cosines.at[0].set(jnp.abs(cosines[0])),
        numbers=jax.random.normal(number_key, (3, LARGEST), jnp.float64),
        rank=rank,
        strata=jnp.stack([signs, 2 + (rank > 8).astype(jnp.int32)]),
    )


def prepare(instance: Drawn, claims: tuple[Claim, ...] = ()) -> Drawn:
    """Leave it: nothing is shared."""
    return instance


def study(instance: Drawn, claim: Claim) -> SimpleNamespace:
    """Give the quantities; without an assumption errors are copied, or lie in one coordinate."""
    narrow = claim.dropped == EVERYWHERE.name
    used = jnp.arange(LARGEST, dtype=jnp.float64) < (1.0 if narrow else instance.rank)
    numbers = jnp.where(instance.strata[0] == 1, jnp.sign(instance.numbers), instance.numbers)
    errors = jnp.where(used[None, :], numbers, 0)
    errors = errors / jnp.linalg.norm(errors, axis=1, keepdims=True)
    if claim.dropped == INDEPENDENT.name:
        errors = errors.at[1].set(errors[0])
    # A length costs half the roundings of its square, and errors have length 1.
    room = jnp.asarray(gamma(3 * LARGEST, errors.dtype), errors.dtype)
    products = [
        measured(Rounded(jnp.sum(errors[0] * one), room), jnp.ones_like(room)) for one in errors[1:]
    ]
    cosines = dict(zip((("alpha_0",), ("alpha_c",), ("alpha_r",)), instance.cosines, strict=True))
    known = {name: exactly(cosine) for name, cosine in cosines.items()} | {
        ("to_chosen",): products[0],
        ("to_rejected",): products[1],
        ("d",): exactly(instance.rank + 1),
        ("delta",): MEASURED["number"](claim.failure),
    }
    return SimpleNamespace(quantity=known.__getitem__)
