"""Bounds of one's own: `w2sjax verify examples/my_bounds.py --set l2_ball --set simplex`.

Theorem 1 says that a student gains at least its misfit, if the target lies in the strong class. How much is
lost if it does not? No more than the distance of the target from the class, one may think: `loses_epsilon`.
That is refuted at once. What holds instead is `loses_a_root`: a geometric mean with the misfit.

The last two bounds are about instances that this file draws itself.
"""

import jax
import jax.numpy as jnp

import w2sjax


@w2sjax.claim(domain="projection", needs=("projection", "best"))
def loses_epsilon(study):
    """Without realizability, Theorem 1 loses no more than the distance of the target."""
    gain = study.weak_error() - study.student_error()
    return study.misfit() - study.epsilon(), gain


@w2sjax.claim(
    domain="projection",
    needs=("projection", "best"),
    statement=r"d(f_{sw}, f_w) - 2\sqrt{\varepsilon\, d(f_{sw}, f_w)} \le d(f_w, f^*) - d(f_{sw}, f^*)",
    false_twin=loses_epsilon.check,
)
def loses_a_root(study):
    """Without realizability, Theorem 1 loses no more than twice a geometric mean with the misfit."""
    gain, misfit = study.weak_error() - study.student_error(), study.misfit()
    return misfit - (study.epsilon().sqrt() * misfit.sqrt()).scaled(2.0), gain


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
