r"""What the gain claim needs: a student for every number of overlap points, judged exactly."""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.claims.claim import Domain, Hypothesis
from w2sjax.claims.overlap.gain_instance import DIMENSION, GRID, STRATA, GainInstance, draw
from w2sjax.mixture import logistic
from w2sjax.mixture.accuracy import overall, region_accuracies
from w2sjax.mixture.model import OverlapMixture
from w2sjax.rounding import HIGHEST

HESSIANS = 1  # a fit; few points in few dimensions need no more to be near the optimum


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class GainStudy:
    """An instance, and the accuracy of the students of every repetition along the grid."""

    instance: GainInstance
    accuracies: Float[Array, "*batch r k"]


def prepare(instance: GainInstance, needs: tuple[str, ...] = ()) -> GainStudy:
    """Fit the students of all repetitions, and judge them in closed form."""
    del needs
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
    return GainStudy(instance, jax.lax.map(repetition, (instance.signs, instance.noise)))


def _misled(study: GainStudy) -> GainStudy:
    """Let the weak model say the opposite."""
    return prepare(dataclasses.replace(study.instance, direction=-study.instance.direction))


DOMAIN = Domain(name="overlap/gain", draw=draw, prepare=prepare, strata=STRATA)

BETTER_THAN_CHANCE = Hypothesis(
    "the weak model is better than chance on the easy pattern", drop=_misled
)
