"""Random pairs of samples, and the mean of what students inherit, in doubles."""

import dataclasses
import math
from types import SimpleNamespace

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from w2sjax.arithmetic.measured import MEASURED, exactly, measured
from w2sjax.arithmetic.running_error import rounded
from w2sjax.language.claims import Claim
from w2sjax.settings.random_instances import strata
from w2sjax.settings.regression import GAUSSIAN, WHITE
from w2sjax.settings.regression.simulation import features, inherited

WEAK, STRONG = 3, 2  # d_w and d_s
FEWEST, MOST = 7, 10  # points; fewer, and the variance of a trace is infinite
PAIRS = 16  # R
COLUMNS = WEAK, WEAK + STRONG, 2 * WEAK + STRONG  # where strong, weak and other numbers start
LONG = 1.5341205  # a normal number in 16 is larger
STRATA = strata(features=("alike", "apart"), labels=("few", "many"))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Samples:
    r"""Pairs of samples.

    Attributes:
        cosines: the diagonal of C.
        sigma: the noise's deviation.
        sizes: n and N, of how many points the first ones count.
        normal: independent normal numbers, per pair and point: weak, strong, weak, and one more.
        strata: indices into `STRATA`.
    """

    cosines: Float[Array, "*batch s"]
    sigma: Float[Array, "*batch"]
    sizes: Float[Array, "*batch 2"]
    normal: Float[Array, "*batch r n c"]
    strata: Int[Array, "*batch 2"]


def draw(key: PRNGKeyArray, variant: None = None) -> Samples:
    """Draw the law of the features and all points."""
    law_key, point_key = jax.random.split(key)
    numbers = jax.random.uniform(law_key, (5 + STRONG,), jnp.float64)
    apart, many = (numbers[:2] >= 0.5).astype(jnp.int32)
    more = jnp.floor(4 * numbers[3:5])
    shape = PAIRS, MOST, COLUMNS[-1] + 1
    return Samples(
        cosines=jnp.where(apart == 1, 0.3, 1.0) * numbers[5:],
        sigma=10 ** (2 * numbers[2] - 1),
        sizes=FEWEST + more.at[0].set(2 * many.astype(jnp.float64) + more[0] // 2),
        normal=jax.random.normal(point_key, shape, jnp.float32).astype(jnp.float64),
        strata=jnp.stack([apart, 2 + many]),
    )


def prepare(instance: Samples, claims: tuple[Claim, ...] = ()) -> Samples:
    """Leave it: nothing is shared but the numbers."""
    return instance


def study(instance: Samples, claim: Claim) -> SimpleNamespace:
    """Give the quantities; what breaks the dropped assumption is done to the points."""
    n, N = instance.sizes
    scale = 2 if claim.dropped == WHITE.name else 1
    normal = instance.normal
    if claim.dropped == GAUSSIAN.name:
        # Of unit covariance still: a point in 16 is long, the others are short.
        normal = normal * jnp.where(normal[..., -1:] > LONG, math.sqrt(16 - 15 / 100), 1 / 10)

    def mean(normal):
        teacher, strong, rest, _ = jnp.split(normal, COLUMNS, axis=-1)
        weak, place = features(instance.cosines, strong, rest), jnp.arange(MOST, dtype=rest.dtype)
        used, learnt = ((place < size).astype(rest.dtype)[None, :, None] for size in (n, N))
        traces = inherited(used * teacher, learnt * strong, learnt * weak)
        return jnp.mean(traces) * instance.sigma**2

    squares = instance.cosines**2
    numbers = {
        ("n",): n, ("N",): N, ("d_w",): WEAK, ("d_s",): STRONG,
        ("shared",): scale**4 * jnp.sum(squares), ("squared",): scale**8 * jnp.sum(squares**2),
        ("sigma",): instance.sigma, ("R",): PAIRS,
    }  # fmt: skip
    known = {name: exactly(number) for name, number in numbers.items()} | {
        ("delta",): MEASURED["number"](claim.failure),
        ("mean_variance",): measured(rounded(mean, normal)),
    }
    return SimpleNamespace(quantity=known.__getitem__)
