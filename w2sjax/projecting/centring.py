r"""Columns less their weighted means, for the sake of an intercept."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import HIGHEST, contract
from w2sjax.projecting.rows import Rows


def times(features, coefficients: Float[Array, " d"]) -> Float[Array, " n"]:
    r"""$H\theta$."""
    if isinstance(features, Rows):
        return features.times(coefficients)
    return jnp.matmul(features, coefficients, precision=HIGHEST)


def means(features, weights) -> Float[Array, " d"]:
    """Give the weighted means of the columns; of a constant column its value."""
    counted = weights[:, None] > 0
    # A row of features that lie on many devices would bring all of them to each.
    low = jnp.min(jnp.where(counted, features, jnp.inf), axis=0)
    high = jnp.max(jnp.where(counted, features, -jnp.inf), axis=0)
    mean = contract(jnp.where(counted, features, 0), weights) / jnp.sum(weights)
    return jnp.where(low == high, low, mean)


def centred(features, weights, centre) -> Float[Array, "n d"]:
    """Subtract the means and what rounding has left of them; rows without weight are zero.

    Subtracting twice keeps the digits of a column that is large beside its spread, and makes a
    constant column exactly zero. `centre` is None where there is no intercept.
    """
    return centred_with_rest(features, weights, centre)[0]


def centred_with_rest(features, weights, centre):
    """Also give the means that the first subtraction has left."""
    counted = weights[:, None] > 0
    if centre is None:
        return jnp.where(counted, features, 0), jnp.zeros(features.shape[1], features.dtype)
    shifted = jnp.where(counted, features - centre[None, :], 0)
    left = contract(shifted, weights) / jnp.sum(weights)
    return jnp.where(counted, shifted - left[None, :], 0), left


def weighted_moment(features, weights, centre, target) -> Float[Array, " d"]:
    r"""$(H - m)^\top W y$."""
    if isinstance(features, Rows):
        return features.moment(weights * target)
    return contract(centred(features, weights, centre), weights * target)
