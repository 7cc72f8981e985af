"""A student for every number of overlap points, judged exactly, and how its accuracy falls or rises."""

import dataclasses
from fractions import Fraction
from types import SimpleNamespace

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.measured import MEASURED, exactly, measured
from w2sjax.arithmetic.rounding import HIGHEST, Rounded, gamma
from w2sjax.language.claims import Claim
from w2sjax.mixture import logistic
from w2sjax.mixture.accuracy import overall, region_accuracies
from w2sjax.mixture.model import OverlapMixture
from w2sjax.monotone import largest_fall
from w2sjax.settings.mixture.drawing import DIMENSION, GRID, GainInstance
from w2sjax.settings.mixture.drawing import STRATA as STRATA
from w2sjax.settings.mixture.drawing import draw as draw

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
    one = jnp.ones((), dtype)
    mixture = OverlapMixture(
        instance.means[0], instance.means[1], one, one, instance.shares, one / 2
    )
    place = jnp.arange(GRID[-1])

    def repetition(drawn):
        signs, noise = drawn
        points = signs[:, None] * jnp.ravel(instance.means)[None, :] + noise
        scores = jnp.matmul(points[:, :DIMENSION], instance.direction, precision=HIGHEST)
        labels = (scores > 0).astype(dtype)

        def student(size):
            used = (place < size).astype(dtype)
            return logistic.fit(
                points, labels, used, strength=instance.strength, max_steps=HESSIANS
            )

        fits = jax.vmap(student)(jnp.asarray(GRID))
        regions = jax.vmap(lambda w, b: region_accuracies(mixture, w, b))(
            fits.coefficients, fits.intercept
        )
        return overall(regions, instance.shares)

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
