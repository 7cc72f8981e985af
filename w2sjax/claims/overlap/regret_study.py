r"""What the claims on the regret share: repetitions of the theorem's index on one set of sources.

$$\sqrt{\frac{8K \log T}{T}} + \frac KT + \frac{2K}{T^3}$$

bounds the expected regret: all intervals hold but with probability $2K/T^3$, and then a source of gap
$\Delta$ is chosen at most $1 + 8 \log T/\Delta^2$ times. Proofs: docs/selection.md. The index is computed in
single precision, as the choices depend on it alone; what they are worth is computed in double precision.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax import rounding
from w2sjax.claims.claim import Domain, Hypothesis
from w2sjax.claims.overlap.regret_instance import LARGEST, PLACES, STRATA, RegretInstance, draw
from w2sjax.overlap.bandits.index import THEOREM
from w2sjax.overlap.regret import exploration, unlucky
from w2sjax.overlap.rewards import indicator
from w2sjax.overlap.simulation import play
from w2sjax.rounding import Rounded

FAILURE = 0.1
RANGE = 20.0  # of rewards that leave [0, 1]


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class RegretStudy:
    """An instance with what its repetitions chose and were paid.

    Attributes:
        instance: the raw instance.
        pulls: how often each source was chosen, a column for each repetition.
        rewards: what each paid.
    """

    instance: RegretInstance
    pulls: Float[Array, "*batch k r"]
    rewards: Float[Array, "*batch k r"]

    @property
    def horizon(self) -> Float[Array, "*batch"]:
        """T, as a floating-point number."""
        return self.instance.horizon.astype(self.pulls.dtype)

    @property
    def best(self) -> Float[Array, "*batch"]:
        """What the best source pays on average."""
        return self.instance.scale * jnp.max(self.instance.means)

    def mean_regret(self) -> Rounded:
        """Average the regret over the repetitions."""
        lost = self.best - self.instance.scale * self.instance.means
        value = jnp.mean(jnp.sum(self.pulls * lost[:, None], axis=0)) / self.horizon
        return _within(value, 64)

    def spread(self) -> Float[Array, ""]:
        """Bound the regret of any repetition: the largest gap."""
        used = jnp.arange(PLACES, dtype=jnp.int32) < self.instance.sources
        worst = jnp.min(jnp.where(used, self.instance.means, 1))
        return self.best - self.instance.scale * worst

    def shortfall(self) -> Rounded:
        """By how much the first repetition was paid less, on average, than by the best source."""
        paid = jnp.sum(self.rewards[:, 0]) / self.horizon
        value = self.best - paid
        return Rounded(value, rounding.gamma(8, value.dtype) * (self.best + paid))

    def exploration(self) -> Rounded:
        r"""$\sqrt{8K \log T / T} + K / T$."""
        sources = self.instance.sources.astype(self.pulls.dtype)
        return _within(exploration(sources, self.horizon, self.horizon), 64)

    def unlucky(self) -> Rounded:
        """$2K / T^3$."""
        sources = self.instance.sources.astype(self.pulls.dtype)
        return _within(unlucky(sources, self.horizon), 64)


def _within(value, operations: int) -> Rounded:
    """A nonnegative number after so many roundings; logarithms are accurate to a few of them."""
    return rounding.exact(value).perturbed(rounding.gamma(operations, value.dtype) * value)


def prepare(instance: RegretInstance, needs: tuple[str, ...] = ()) -> RegretStudy:
    """Play all repetitions; no claim needs more or less."""
    del needs
    single = jnp.float32
    best = jnp.argmax(instance.means).astype(jnp.int32)
    horizon = instance.horizon.astype(single)

    def rewards(uniform, mean, source, tries):
        paid = indicator(uniform, mean, source, tries)
        late = (tries >= (1 - mean) * horizon).astype(single)
        paid = jnp.where((source == best) & (instance.late > 0), late, paid)
        return paid * instance.scale.astype(single)

    repetitions = instance.seeds.shape[-1]
    means = jnp.broadcast_to(instance.means.astype(single)[:, None], (PLACES, repetitions))
    state = play(
        THEOREM, rewards, instance.seeds, means, horizon, instance.horizon[None], instance.sources
    )
    wide = instance.means.dtype
    return RegretStudy(instance, state.pulls[0].astype(wide), state.rewards[0].astype(wide))


def _again(study: RegretStudy, **changes: Any) -> RegretStudy:
    return prepare(dataclasses.replace(study.instance, **changes))


def _late(study: RegretStudy) -> RegretStudy:
    """Let the best of two sources pay nothing at first: its mean over all rounds stays as it is."""
    means = jnp.asarray([0.875, 0.296875] + [0.0] * (PLACES - 2), study.instance.means.dtype)
    return _again(
        study,
        late=jnp.ones_like(study.instance.late),
        means=means,
        sources=jnp.full_like(study.instance.sources, 2),
        horizon=jnp.full_like(study.instance.horizon, LARGEST),
    )


def _unbounded(study: RegretStudy) -> RegretStudy:
    """Let an overlap point pay 20."""
    return _again(study, scale=jnp.full_like(study.instance.scale, RANGE))


DOMAIN = Domain(name="overlap/regret", draw=draw, prepare=prepare, strata=STRATA)

INDEPENDENT = Hypothesis("the points of a source are independent draws", drop=_late)
BOUNDED = Hypothesis("rewards lie in [0, 1]", drop=_unbounded)
