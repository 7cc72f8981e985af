r"""Random populations with a sample: linear heads in a ball, learnt from n weakly labelled points.

A population is a distribution on finitely many points, so that every expectation is a sum. The class
is $V = \{\theta^\top h : \|\theta\| \le R\}$ with $\|h(x)\| \le X$, $B = RX$; weak model and target are
bounded by $B$. The sample is n independent draws from the population, kept as counts.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.projecting.hypothesis import HypothesisClass, hypothesis_class
from w2sjax.projecting.sets.balls import L2Ball
from w2sjax.settings.random_instances import strata

POINTS, FEATURES = 64, 2
SMALLEST, LARGEST = 2**5, 2**12

WEAK_KINDS = ("near", "sign", "member", "unrelated", "coin")
TARGET_KINDS = ("realizable", "far", "wild")
STRATA = strata(weak=WEAK_KINDS, target=TARGET_KINDS)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class SamplingInstance:
    r"""A population, a weak model, a target, and a sample.

    Attributes:
        hypothesis: the ball class on the population.
        weak: $f_w$.
        target: $f^*$.
        bound: $B$, which bounds all members, the weak model and the target.
        counts: how often the sample holds each point.
        size: $n$.
        spare: randomness for a sample that a dropped assumption draws.
        strata: indices into `STRATA`.
    """

    hypothesis: HypothesisClass
    weak: Float[Array, "*batch p"]
    target: Float[Array, "*batch p"]
    bound: Float[Array, "*batch"]
    counts: Float[Array, "*batch p"]
    size: Float[Array, "*batch"]
    spare: UInt32[Array, "*batch 2"]
    strata: Int[Array, "*batch 2"]

    @property
    def features(self) -> Any:
        """Features of the population's points."""
        return self.hypothesis.features

    @property
    def radius(self) -> Any:
        """Radius of the ball."""
        ball: Any = self.hypothesis.set
        return ball.radius

    def largest(self) -> Float[Array, ""]:
        """Bound the values of members and of the weak model."""
        rows = jax.vmap(rounding.norm)(self.features)
        return jnp.maximum(self.radius * jnp.max(rows), jnp.max(jnp.abs(self.weak)))

    def rounding(self) -> Float[Array, ""]:
        """Bound the rounding of the values of a member."""
        return rounding.gamma(self.features.shape[1] + 8, self.size.dtype) * self.largest()


def draw(key: PRNGKeyArray, variant: L2Ball | type[L2Ball]) -> SamplingInstance:
    """Draw a population and a sample of `SMALLEST` to `LARGEST` points, log-uniform in size.

    Strata: weak models near a member, signs of one times the bound, members, unrelated, random signs
    times the bound; targets in the class, out of it, and of random signs.
    """
    uniform_key, normal_key, set_key, truth_key, sample_key, spare_key = jax.random.split(key, 6)
    uniform = jax.random.uniform(uniform_key, (16,), jnp.float32).astype(jnp.float64)
    normal = jax.random.normal(normal_key, ((FEATURES + 4) * POINTS,), jnp.float32)
    normal = normal.astype(jnp.float64)
    raw, noise, other, skew, extra = jnp.split(normal, [(FEATURES + k) * POINTS for k in range(4)])
    # All features are equally long, so that members come as near to the bound as they can.
    matrix = raw.reshape(POINTS, FEATURES)
    matrix = matrix / jax.vmap(rounding.norm)(matrix)[:, None]
    convex_set: Any = variant
    if isinstance(variant, type):
        convex_set = variant.random(set_key, FEATURES, jnp.float64)
    radius = convex_set.radius
    matrix = matrix * (10 ** (2 * uniform[0] - 1) / radius)
    weights = jnp.exp(2 * uniform[1] * skew)
    hypothesis = hypothesis_class(convex_set, matrix, weights)
    bound = radius * jnp.max(jax.vmap(rounding.norm)(matrix)) * (1 + 1e-12)
    kinds = jnp.floor(uniform[2:4] * jnp.asarray([5.0, 4.0])).astype(jnp.int32)
    kinds = kinds.at[1].set(jnp.maximum(kinds[1] - 1, 0))  # half of the targets are realizable
    truth = convex_set.draw(truth_key, FEATURES, jnp.float64)
    member = hypothesis.values(truth)
    level = jnp.sqrt(jnp.sum(hypothesis.weights * member**2)) + 1e-3 * bound
    second = jnp.matmul(matrix, truth[::-1], precision=HIGHEST)
    wander = uniform[4] * level * noise
    signs, coins = bound * jnp.sign(second + wander), bound * jnp.sign(noise)
    weak = jnp.stack([member + wander, signs, second, level * noise, coins])[kinds[0]]
    far = member + uniform[5] * level * other
    target = jnp.stack([member, far, bound * jnp.sign(extra)])[kinds[1]]
    size = jnp.floor(SMALLEST * (LARGEST / SMALLEST) ** uniform[6])
    return SamplingInstance(
        hypothesis=hypothesis,
        weak=jnp.clip(weak, -bound, bound),
        target=jnp.clip(target, -bound, bound),
        bound=bound,
        counts=sample(sample_key, hypothesis.weights, size, LARGEST),
        size=size,
        spare=jax.random.key_data(spare_key),
        strata=kinds + jnp.asarray([0, len(WEAK_KINDS)], jnp.int32),
    )


def sample(
    key: PRNGKeyArray, weights: Float[Array, " p"], size: Float[Array, ""], largest: int
) -> Float[Array, " p"]:
    """Count how often `size` independent draws hit each point; `largest` bounds the size."""
    bits = jax.random.bits(key, (largest,), jnp.uint32)
    used = jnp.arange(largest, dtype=weights.dtype) < size
    # Probabilities in units of 2^-32, which moves each by less than 1e-9.
    reached = (jnp.cumsum(weights)[:-1] * 2.0**32).astype(jnp.uint32)
    # No threshold is above the largest number, which stands for a draw that does not count.
    drawn = jnp.sort(jnp.where(used, bits, jnp.iinfo(bits.dtype).max))
    below = jnp.searchsorted(drawn, reached).astype(weights.dtype)
    return jnp.diff(jnp.concatenate([jnp.zeros(1, weights.dtype), below, size[None]]))
