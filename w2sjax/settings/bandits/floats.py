r"""Random sets of sources with a horizon, and a few repetitions of the theorem's index, in floating point.

Densities are multiples of $2^{-24}$, as are the uniform numbers that they are compared with, so that a
point is an overlap point with exactly that probability.

The index is computed in single precision, as the choices depend on it alone; what they are worth is computed
in double precision.
"""

import dataclasses
import math
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

from w2sjax.arithmetic.measured import MEASURED, exactly, measured
from w2sjax.arithmetic.rounding import Rounded, gamma
from w2sjax.language.claims import Claim
from w2sjax.overlap.bandits import THEOREM
from w2sjax.overlap.regret import regret_bound
from w2sjax.overlap.rewards import indicator
from w2sjax.overlap.simulation import play
from w2sjax.settings.bandits import INDEPENDENT
from w2sjax.settings.random_instances import strata

PLACES = 4  # sources at most
SMALLEST, LARGEST = 8, 512  # rounds
REPETITIONS = 16
GRID = 2.0**24

GAPS = ("equal", "one good", "spread", "close")
SOURCES = map(str, range(2, PLACES + 1))
STRATA = strata(sources=SOURCES, gaps=GAPS, bound=("informative", "vacuous"))


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
    uniform_key, seed_key = jax.random.split(key)
    uniform = jax.random.uniform(uniform_key, (PLACES + 5,), jnp.float64)
    level, gap, raw = uniform[0], uniform[1], uniform[5:]
    count = 2 + jnp.floor((PLACES - 1) * uniform[2])
    sources = count.astype(jnp.int32)
    kind = jnp.floor(len(GAPS) * uniform[3]).astype(jnp.int32)
    places = jnp.arange(PLACES, dtype=jnp.int32)
    best = jnp.floor(count * raw[0]).astype(jnp.int32)
    first = (places == best).astype(raw.dtype)
    equal, close = jnp.broadcast_to(level, (PLACES,)), 0.8 * level + 0.2 * raw
    one_good = level * (1 - gap) + gap * level * first
    means = jnp.stack([equal, one_good, raw, close])[kind]
    means = jnp.floor(GRID * means) / GRID
    means = jnp.where(places < sources, means, 0)
    horizon = jnp.floor(SMALLEST * (largest / SMALLEST) ** uniform[4]).astype(jnp.int32)
    vacuous = (regret_bound(count, horizon.astype(count.dtype)) >= 1).astype(jnp.int32)
    return RegretInstance(
        means=means,
        sources=sources,
        horizon=horizon,
        seeds=jax.random.bits(seed_key, (2, REPETITIONS), jnp.uint32),
        scale=jnp.ones((), jnp.float64),
        late=jnp.zeros((), jnp.float64),
        strata=jnp.stack([sources - 2, PLACES - 1 + kind, PLACES - 1 + len(GAPS) + vacuous]),
    )


UNSURE = Fraction(1, 10)  # how likely the estimated regret is off by more than its error
RANGE = 20.0  # of rewards that leave [0, 1]
LATE = np.asarray([0.875, 0.296875] + [0.0] * (PLACES - 2))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Played:
    """An instance with what its repetitions chose and were paid.

    Attributes:
        instance: the raw instance.
        pulls: how often each source was chosen, a column for each repetition.
        rewards: what each paid.
    """

    instance: RegretInstance
    pulls: Float[Array, "*batch k r"]
    rewards: Float[Array, "*batch k r"]


def estimated(claim: Claim) -> Fraction | None:
    """Say with what probability an estimate in a claim is off by more than its error."""
    return UNSURE if ("regret",) in claim.quantities else None


def prepare(instance: RegretInstance, claims: tuple[Claim, ...] = ()) -> Played:
    """Play all repetitions; no claim needs more or less."""
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
    rounds = instance.horizon[None]
    state = play(THEOREM, rewards, instance.seeds, means, horizon, rounds, instance.sources)
    wide = instance.means.dtype
    return Played(instance, state.pulls[0].astype(wide), state.rewards[0].astype(wide))


def study(prepared: Played, claim: Claim) -> SimpleNamespace:
    """Give the quantities to one claim: expectations by all repetitions, what is paid by the first."""
    if claim.dropped is not None:
        prepared = prepare(without(prepared.instance, claim.dropped))
    instance, pulls = prepared.instance, prepared.pulls
    horizon = instance.horizon.astype(pulls.dtype)
    densities = instance.scale * instance.means
    best = jnp.max(densities)
    gaps = best - densities
    # Hoeffding: the regret of a repetition is at most the largest gap.
    largest = jnp.max(jnp.where(jnp.arange(PLACES, dtype=jnp.int32) < instance.sources, gaps, 0))
    radius = math.sqrt(math.log(1 / UNSURE) / (2 * pulls.shape[-1])) * largest
    regret = _within(jnp.mean(jnp.sum(pulls * gaps[:, None], axis=0)) / horizon)
    known = {
        ("K",): exactly(instance.sources),
        ("T",): exactly(horizon),
        ("delta",): MEASURED["number"](claim.failure or UNSURE),
        ("best",): exactly(best),
        ("paid",): measured(_within(jnp.sum(prepared.rewards[:, 0]) / horizon)),
        ("regret",): measured(regret.perturbed(radius)),
    }
    return SimpleNamespace(quantity=known.__getitem__)


def _within(value: Float[Array, ""]) -> Rounded:
    """A nonnegative number after a few roundings."""
    return Rounded(value, gamma(64, value.dtype) * value)


def without(instance: RegretInstance, assumption: str) -> RegretInstance:
    """Break an assumption.

    Without boundedness an overlap point pays 20. Without independence the best of two sources pays nothing at
    first: its mean over all rounds stays as it is.
    """
    changes: dict[str, Any] = {"scale": RANGE}
    if assumption == INDEPENDENT.name:
        changes = {"late": 1, "means": LATE, "sources": 2, "horizon": LARGEST}
    fields = {name: jnp.full_like(getattr(instance, name), v) for name, v in changes.items()}
    return dataclasses.replace(instance, **fields)
