r"""Random samples of points with an easy pattern, some of which carry a hard pattern too.

A point has easy coordinates $y a + \sigma_a z_a$ and hard coordinates $y\mu + \sigma z$ where it carries the
hard pattern, with probability o, and otherwise $\sigma z$, or 0 where absent patterns are zeroed; $y = \pm 1$
is its label and the standard normal $z$, $z_a$ may be correlated. Hard-only points are not among
them: the confidence of the weak model has taken them out.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

HARD, EASY = 4, 2
SMALLEST, LARGEST = 2**4, 2**8
STRATA = (
    "absent:noise",
    "absent:zeroed",
    "density:none",
    "density:some",
    "density:all",
    "separation:narrow",
    "separation:wide",
)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class DetectionInstance:
    r"""A distribution, a direction with a threshold, and a sample.

    Attributes:
        points: easy coordinates, then hard ones; a row a point, of which the first n count.
        overlap: which points carry the hard pattern.
        size: $n$.
        density: $o$, the probability of the hard pattern.
        mean: $\mu$, 0 in the coordinates that this instance does without.
        noise: $\sigma$.
        zeroed: whether the hard coordinates of a point without the pattern are 0.
        direction: $m$, on all coordinates; 0 on the easy ones.
        threshold: $\tau > 0$.
        spare: data of a key, for what breaks a hypothesis.
        strata: indices into `STRATA`.
    """

    points: Float[Array, "*batch n d"]
    overlap: Bool[Array, "*batch n"]
    size: Float[Array, "*batch"]
    density: Float[Array, "*batch"]
    mean: Float[Array, "*batch h"]
    noise: Float[Array, "*batch"]
    zeroed: Bool[Array, "*batch"]
    direction: Float[Array, "*batch d"]
    threshold: Float[Array, "*batch"]
    spare: Any
    strata: Int[Array, "*batch 3"]


def draw(key: PRNGKeyArray, variant: None = None) -> DetectionInstance:
    """Draw a distribution with 1 to `HARD` hard coordinates, and `SMALLEST` to `LARGEST` points.

    Strata: noise kept or zeroed; no, some or all points with the hard pattern; and a separation along the
    direction below or above four standard deviations.
    """
    del variant
    uniform_key, small_key, normal_key, point_key, spare = jax.random.split(key, 5)
    uniform = jax.random.uniform(uniform_key, (10,), jnp.float32).astype(jnp.float64)
    small = jax.random.normal(small_key, (2 * HARD + EASY,), jnp.float32).astype(jnp.float64)
    noise = jax.random.normal(normal_key, (LARGEST, HARD + EASY), jnp.float32)
    noise = noise.astype(jnp.float64)
    coins = jax.random.uniform(point_key, (2, LARGEST), jnp.float32).astype(jnp.float64)
    present = jnp.arange(HARD, dtype=jnp.float64) < 1 + jnp.floor(HARD * uniform[0])
    mean, wander = (jnp.where(present, part, 0) for part in (small[:HARD], small[HARD : 2 * HARD]))
    easy_mean = 3 * small[2 * HARD :]
    direction = 10 ** (2 * uniform[1] - 1) * (mean + 0.5 * uniform[2] * wander)
    along = jnp.abs(jnp.sum(mean * direction))
    length = jnp.sqrt(jnp.sum(direction * direction))
    # The threshold lies somewhere between the two means, which are ratio deviations apart.
    ratio = 10 ** (2 * uniform[3] - 0.5)
    deviation = along / (ratio * length) + 1e-3
    threshold = (0.1 + 0.8 * uniform[4]) * along + 1e-3 * deviation * length
    part = jnp.floor(4 * uniform[5])
    density = jnp.where(part == 0, 0, jnp.where(part == 3, 1, uniform[6]))
    zeroed = uniform[7] < 0.3
    overlap = coins[0] < density
    sign = jnp.where(coins[1] < 0.5, 1.0, -1.0)[:, None]
    hard_noise = noise[:, :HARD]
    shared = jnp.sqrt(1 - uniform[8] ** 2)
    easy_noise = uniform[8] * noise[:, HARD:] + shared * hard_noise[:, :EASY]
    hard = deviation * jnp.where(present[None, :], hard_noise, 0)
    hard = jnp.where(overlap[:, None], sign * mean[None, :] + hard, jnp.where(zeroed, 0, hard))
    kinds = jnp.stack([zeroed, density > 0, density == 1, ratio > 4]).astype(jnp.int32)
    return DetectionInstance(
        points=jnp.concatenate([sign * easy_mean[None, :] + easy_noise, hard], axis=1),
        overlap=overlap,
        size=jnp.floor(SMALLEST * (LARGEST / SMALLEST) ** uniform[9]),
        density=density,
        mean=mean,
        noise=deviation,
        zeroed=zeroed,
        direction=jnp.concatenate([jnp.zeros(EASY), direction]),
        threshold=threshold,
        spare=jax.random.key_data(spare),
        strata=jnp.stack([kinds[0], 2 + kinds[1] + kinds[2], 5 + kinds[3]]),
    )
