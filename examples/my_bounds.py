"""Bounds of one's own: `w2sjax verify examples/my_bounds.py --set l2_ball --set simplex`.

Theorem 1 says that a student gains at least its misfit, if the target lies in the strong class. How much is
lost if it does not? No more than the distance of the target from the class, one may think: `loses_epsilon`.
That is refuted at once. What holds instead is `loses_a_root`: a geometric mean with the misfit.

The last two bounds are about instances that this file draws itself.
"""

import jax
import jax.numpy as jnp

import w2sjax
from w2sjax import Claim
from w2sjax.language import sqrt
from w2sjax.settings.projection import CONVEX, EXACT, PROJECTION, best, d, student, target, weak

gain, misfit = d(weak, target) - d(student, target), d(student, weak)
epsilon = d(best, target)

loses_epsilon = Claim(
    title="Without realizability, Theorem 1 loses no more than the distance of the target",
    source="a guess",
    setting=PROJECTION,
    assumptions=(CONVEX, EXACT),
    claim=misfit - epsilon <= gain,
)

loses_a_root = Claim(
    title="Without realizability, Theorem 1 loses no more than twice a geometric mean with the misfit",
    source="the sharpened Theorem 2, for an exact projection",
    setting=PROJECTION,
    assumptions=(CONVEX, EXACT),
    claim=misfit - 2 * sqrt(epsilon * misfit) <= gain,
    false_twin=loses_epsilon.claim,
)


def two_distributions(key):
    """Draw positive numbers; the bounds below make probabilities of them."""
    return jax.random.uniform(key, (2, 6), minval=0.01)


def all_positive(drawn):
    """What the bounds are about: any positive numbers."""
    return jnp.all(drawn > 0)


def divergences(drawn):
    """Total variation distance and relative entropy of the two distributions."""
    p, q = drawn / drawn.sum(axis=1, keepdims=True)
    return jnp.abs(p - q).sum() / 2, jnp.sum(p * jnp.log(p / q))


@w2sjax.claim(draw=two_distributions, valid=all_positive)
def pinsker(drawn):
    """Pinsker's inequality."""
    variation, entropy = divergences(drawn)
    return 2 * variation**2, entropy


@w2sjax.claim(draw=two_distributions, valid=all_positive)
def pinsker_with_four(drawn):
    """Pinsker's inequality with a constant that is too large."""
    variation, entropy = divergences(drawn)
    return 4 * variation**2, entropy
