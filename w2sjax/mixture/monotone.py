"""Does a curve rise? Its isotonic fit, a permutation test of the trend, and its steepest fall."""

import dataclasses

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtr
from jaxtyping import Array, Float, PRNGKeyArray

from w2sjax.projecting.isotonic import isotonic


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Trend:
    """What repeated measurements of a curve say about its rising.

    Attributes:
        fitted: isotonic fit of the means.
        residual: the largest distance of the means to it.
        rising: p-value of "no trend", small where the curve rises.
        fall: the largest fall between neighbours in its standard errors; negative where all rise.
        falling: p-value of "never falls", small where the curve falls somewhere.
    """

    fitted: Float[Array, " k"]
    residual: Float[Array, ""]
    rising: Float[Array, ""]
    fall: Float[Array, ""]
    falling: Float[Array, ""]


def largest_fall(values: Float[Array, " k"]) -> Float[Array, ""]:
    """Largest amount by which a later value is below an earlier one; 0 for a nondecreasing sequence.

    Half of it is the distance to the nearest nondecreasing sequence in the maximum norm.
    """
    return jnp.max(jax.lax.cummax(values) - values)


def trend(key: PRNGKeyArray, values: Float[Array, "runs k"], permutations: int = 999) -> Trend:
    r"""Test whether the columns' means rise; every row is one run along the curve.

    "No trend" is tested by permuting each row: if the entries of a row are exchangeable, the share of
    permutations whose isotonic fit varies as much, the observed order counted, is a p-value whatever
    their law. "Never falls" is tested by the paired differences of neighbouring columns, normal for
    many runs, with Bonferroni's correction.

    Raises:
        ValueError: for fewer than two rows or columns, or no permutation.
    """
    if values.ndim != 2 or min(values.shape) < 2:
        raise ValueError(f"values: expected 2 rows and columns or more, got shape {values.shape}")
    if permutations < 1:
        raise ValueError(f"permutations: expected at least 1, got {permutations}")
    runs, size = values.shape
    ones = jnp.ones(size, values.dtype)

    def variation(rows):
        means = jnp.mean(rows, axis=0)
        return jnp.sum((isotonic(means, ones) - jnp.mean(means)) ** 2)

    def permuted(own):
        return variation(jax.random.permutation(own, values, axis=1, independent=True))

    others = jax.lax.map(permuted, jax.random.split(key, permutations))
    observed = variation(values)
    # Sums in another order may differ in their last bits.
    reached = jnp.sum(others >= observed * (1 - 1e-9))
    means = jnp.mean(values, axis=0)
    steps = jnp.diff(values, axis=1)
    errors = jnp.std(steps, axis=0, ddof=1) / jnp.sqrt(jnp.asarray(runs, values.dtype))
    rise = jnp.mean(steps, axis=0)
    infinite = jnp.where(rise < 0, jnp.inf, jnp.where(rise > 0, -jnp.inf, 0))
    falls = jnp.where(errors > 0, -rise / jnp.where(errors > 0, errors, 1), infinite)
    fall = jnp.max(falls)
    fitted = isotonic(means, ones)
    return Trend(
        fitted=fitted,
        residual=jnp.max(jnp.abs(fitted - means)),
        rising=((1 + reached) / (1 + permutations)).astype(values.dtype),
        fall=fall,
        falling=jnp.minimum((size - 1) * ndtr(-fall), 1),
    )
