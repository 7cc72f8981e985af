"""Random mixtures with a weak model, and repeated samples of overlap points for a student to learn from.

There is a student for every number of overlap points, judged exactly: its accuracy falls or rises.
"""

import dataclasses
from fractions import Fraction
from types import SimpleNamespace

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from w2sjax.arithmetic.measured import MEASURED, exactly, measured
from w2sjax.arithmetic.rounding import HIGHEST, Rounded, gamma
from w2sjax.language.claims import Claim
from w2sjax.mixture import logistic
from w2sjax.mixture.accuracy import overall, region_accuracies
from w2sjax.mixture.model import OverlapMixture
from w2sjax.mixture.monotone import largest_fall
from w2sjax.settings.random_instances import strata

DIMENSION = 2  # coordinates a pattern
GRID = (1, 3, 12)  # overlap points, ascending
REPETITIONS = 32

STRATA = strata(separation=("faint", "clear"), weak=("aligned", "askew"))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class GainInstance:
    r"""A mixture of variance 1 with fair labels, a weak model, and samples of overlap points.

    Attributes:
        means: $\mu$ of the easy and of the hard pattern.
        direction: of the weak model, $\hat y = 1$ where $\langle u, x_e \rangle > 0$.
        shares: of easy-only, hard-only, overlap points and neither, where the student is judged.
        strength: the student's `C`.
        signs: labels of the points of every repetition.
        noise: standard normal noise of their coordinates.
        strata: indices into `STRATA`.
    """

    means: Float[Array, "*batch 2 d"]
    direction: Float[Array, "*batch d"]
    shares: Float[Array, "*batch 4"]
    strength: Float[Array, "*batch"]
    signs: Float[Array, "*batch r n"]
    noise: Float[Array, "*batch r n 2*d"]
    strata: Int[Array, "*batch 2"]


def draw(key: PRNGKeyArray, variant: None = None) -> GainInstance:
    """Draw an instance; patterns have means of length 0.3 to 1 or 3 to 6."""
    number_key, direction_key, share_key, sign_key, noise_key = jax.random.split(key, 5)
    numbers = jax.random.uniform(number_key, (5,), jnp.float64)
    clear, askew = (numbers[:2] >= 0.5).astype(jnp.int32)
    low, high = jnp.where(clear == 1, 3.0, 0.3), jnp.where(clear == 1, 6.0, 1.0)
    normal = jax.random.normal(direction_key, (3, DIMENSION), jnp.float64)
    units = normal / jnp.linalg.norm(normal, axis=1, keepdims=True)
    means = units[:2] * (low + (high - low) * numbers[2:4])[:, None]
    aligned = units[0] + jnp.where(askew == 1, 0.9, 0.2) * units[2]
    shares = jnp.append(jax.random.exponential(share_key, (3,), jnp.float64), 0.0)
    size = REPETITIONS, GRID[-1]
    return GainInstance(
        means=means,
        direction=aligned / jnp.linalg.norm(aligned),
        shares=shares / jnp.sum(shares),
        strength=10 ** (2 * numbers[4] - 2),
        signs=2 * jax.random.bernoulli(sign_key, 0.5, size).astype(jnp.float64) - 1,
        noise=jax.random.normal(noise_key, (*size, 2 * DIMENSION), jnp.float32).astype(jnp.float64),
        strata=jnp.stack([clear, 2 + askew]),
    )


HESSIANS = 1  # a fit; few points in few dimensions need no more to be near the optimum
NORMAL_ULPS = 256  # of the normal distribution function and what it is given
FAILURE = Fraction(1, 10)  # delta of a claim without a probability


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Trained:
    """An instance, and the accuracy of the students of every repetition along the grid."""

    instance: GainInstance
    accuracies: Float[Array, "*batch r k"]


def prepare(instance: GainInstance, claims: tuple[Claim, ...] = ()) -> Trained:
    """Fit the students of all repetitions, and judge them in closed form."""
    dtype = instance.means.dtype
    (easy, hard), one = instance.means, jnp.ones((), dtype)
    mixture = OverlapMixture(easy, hard, one, one, instance.shares, one / 2)
    place = jnp.arange(GRID[-1])

    def repetition(drawn):
        signs, noise = drawn
        points = signs[:, None] * jnp.ravel(instance.means)[None, :] + noise
        scores = jnp.matmul(points[:, :DIMENSION], instance.direction, precision=HIGHEST)
        labels = (scores > 0).astype(dtype)

        def student(size):
            used = (place < size).astype(dtype)
            strength = instance.strength
            return logistic.fit(points, labels, used, strength=strength, max_steps=HESSIANS)

        fits = jax.vmap(student)(jnp.asarray(GRID))
        judged = jax.vmap(lambda w, b: region_accuracies(mixture, w, b))
        return overall(judged(fits.coefficients, fits.intercept), instance.shares)

    # One after another, so that a batch of instances stays in the caches.
    return Trained(instance, jax.lax.map(repetition, (instance.signs, instance.noise)))


def study(prepared: Trained, claim: Claim) -> SimpleNamespace:
    """Give the quantities to one claim; without its assumption the weak model says the opposite."""
    if claim.dropped is not None:
        instance = prepared.instance
        prepared = prepare(dataclasses.replace(instance, direction=-instance.direction))
    repetitions, size = prepared.accuracies.shape
    means = jnp.mean(prepared.accuracies, axis=0)
    # Computed accuracies are at most 1.
    error = jnp.asarray(2 * gamma(repetitions + NORMAL_ULPS, means.dtype), means.dtype)
    known = {
        ("R",): exactly(repetitions),
        ("k",): exactly(size),
        ("delta",): MEASURED["number"](claim.failure or FAILURE),
        ("largest_fall",): measured(Rounded(largest_fall(means), error)),
        ("largest_rise",): measured(Rounded(largest_fall(-means), error)),
    }
    return SimpleNamespace(quantity=known.__getitem__)
