r"""Random sets of sources, with a horizon, and the chances of a few repetitions.

Densities are multiples of $2^{-24}$, as are the uniform numbers that they are compared with, so that a
point is an overlap point with exactly that probability.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

from w2sjax.overlap.regret import regret_bound

PLACES = 4  # sources at most
SMALLEST, LARGEST = 8, 512  # rounds
REPETITIONS = 16
GRID = 2.0**24

GAPS = ("equal", "one good", "spread", "close")
STRATA = (
    *(f"sources:{count}" for count in range(2, PLACES + 1)),
    *(f"gaps:{kind}" for kind in GAPS),
    *(f"bound:{kind}" for kind in ("informative", "vacuous")),
)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class RegretInstance:
    """Sources, a horizon, and the seeds of the repetitions.

    Attributes:
        means: densities; those beyond the sources are 0.
        sources: K.
        horizon: T.
        seeds: one for each repetition.
        scale: what an overlap point pays; 1, unless rewards may leave [0, 1].
        late: 0, unless the best source pays nothing at first, and later always.
        strata: indices into `STRATA`.
    """

    means: Float[Array, "*batch k"]
    sources: Int[Array, "*batch"]
    horizon: Int[Array, "*batch"]
    seeds: UInt32[Array, "*batch 2 r"]
    scale: Float[Array, "*batch"]
    late: Float[Array, "*batch"]
    strata: Int[Array, "*batch 3"]


def draw(key: PRNGKeyArray, variant: None = None, *, largest: int = LARGEST) -> RegretInstance:
    """Draw two to four sources and a horizon, log-uniform.

    Strata: sources that are equal, one that is better by a random gap, unrelated ones, and ones that
    differ by less than 0.2; the bound below 1 (informative) or not (vacuous, as a regret cannot exceed 1).
    """
    del variant
    uniform_key, seed_key = jax.random.split(key)
    uniform = jax.random.uniform(uniform_key, (PLACES + 5,), jnp.float64)
    level, gap, raw = uniform[0], uniform[1], uniform[5:]
    count = 2 + jnp.floor((PLACES - 1) * uniform[2])
    sources = count.astype(jnp.int32)
    kind = jnp.floor(len(GAPS) * uniform[3]).astype(jnp.int32)
    places = jnp.arange(PLACES, dtype=jnp.int32)
    best = jnp.floor(count * raw[0]).astype(jnp.int32)
    first = (places == best).astype(raw.dtype)
    means = jnp.stack(
        [
            jnp.broadcast_to(level, (PLACES,)),
            level * (1 - gap) + gap * level * first,
            raw,
            0.8 * level + 0.2 * raw,
        ]
    )[kind]
    means = jnp.floor(GRID * means) / GRID
    means = jnp.where(places < sources, means, 0)
    horizon = jnp.floor(SMALLEST * (largest / SMALLEST) ** uniform[4]).astype(jnp.int32)
    vacuous = regret_bound(count, horizon.astype(count.dtype)) >= 1
    return RegretInstance(
        means=means,
        sources=sources,
        horizon=horizon,
        seeds=jax.random.bits(seed_key, (2, REPETITIONS), jnp.uint32),
        scale=jnp.ones((), jnp.float64),
        late=jnp.zeros((), jnp.float64),
        strata=jnp.stack(
            [sources - 2, PLACES - 1 + kind, PLACES - 1 + len(GAPS) + vacuous.astype(jnp.int32)]
        ),
    )
