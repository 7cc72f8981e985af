r"""Accuracy of a linear classifier on the mixture, region by region, without a test set.

Given the label's sign $s$ and the region, the score $w^\top x + b$ is $N(sm + b, v)$, where $m = \langle
w_e, \mu_e \rangle + \langle w_h, \mu_h \rangle$ and $v = \|F_e^\top w_e\|^2 + \|F_h^\top w_h\|^2$ over the
patterns that are present; an absent pattern keeps its share of $v$ unless it is zeroed. With $\pi = P(y =
1)$,

$$P(\text{correct}) = \pi\, \Phi\Bigl(\frac{m + b}{\sqrt v}\Bigr) + (1 - \pi)\, \Phi\Bigl(\frac{m -
b}{\sqrt v}\Bigr).$$

Where $v = 0$ the score is constant: the label 1 is predicted if it is positive. Derived.
"""

import jax.numpy as jnp
from jax.scipy.special import ndtr
from jaxtyping import Array, Bool, Float

from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.mixture.model import REGIONS, OverlapMixture, Sample


def region_accuracies(
    mixture: OverlapMixture, coefficients: Float[Array, " d"], intercept: Float[Array, ""]
) -> Float[Array, " 4"]:
    """Population accuracy in each of `REGIONS`.

    Raises:
        ValueError: if there is not one coefficient for each coordinate.
    """
    size = sum(mixture.dimensions)
    if coefficients.shape != (size,):
        raise ValueError(f"coefficients: expected shape {(size,)}, got {coefficients.shape}")
    dtype = coefficients.dtype
    mean, variance = jnp.zeros(len(REGIONS), dtype), jnp.zeros(len(REGIONS), dtype)
    for slope, centre, factor, present in mixture.patterns(coefficients):
        mean += jnp.where(present, jnp.sum(slope * centre), 0)
        noisy = present if mixture.zeroed else jnp.ones_like(present)
        variance += jnp.where(noisy, _variance(factor, slope), 0)
    noise = variance > 0
    deviation = jnp.sqrt(jnp.where(noise, variance, 1))
    # A constant score of 0 means the label 0.
    certain = (mean + intercept > 0).astype(dtype), (mean - intercept >= 0).astype(dtype)
    right = jnp.where(noise, ndtr((mean + intercept) / deviation), certain[0])
    left = jnp.where(noise, ndtr((mean - intercept) / deviation), certain[1])
    return mixture.positive * right + (1 - mixture.positive) * left


def _variance(factor, slope):
    if factor.ndim == 0:
        return factor**2 * jnp.sum(slope**2)
    return jnp.sum(jnp.matmul(factor.T, slope, precision=HIGHEST) ** 2)


def overall(accuracies: Float[Array, "*any 4"], shares: Float[Array, " 4"]) -> Float[Array, "*any"]:
    """Accuracy over all regions, which have the given shares (or counts) of the points."""
    return jnp.matmul(accuracies, shares / jnp.sum(shares), precision=HIGHEST)


def simulated_accuracies(
    test: Sample,
    used: Bool[Array, " n"],
    coefficients: Float[Array, " d"],
    intercept: Float[Array, ""],
) -> Float[Array, " 5"]:
    """Accuracy on a test set: over all used points, and in each of `REGIONS`; NaN where there is none."""
    scores = jnp.matmul(test.features, coefficients, precision=HIGHEST) + intercept
    right = (scores > 0) == (test.labels == 1)
    places = jnp.arange(len(REGIONS), dtype=test.regions.dtype)
    members = (test.regions[:, None] == places[None, :]) & used[:, None]
    members = jnp.concatenate([used[:, None], members], axis=1).astype(scores.dtype)
    counts = jnp.sum(members, axis=0)
    hits = jnp.matmul(right.astype(scores.dtype), members, precision=HIGHEST)
    return jnp.where(counts > 0, hits / jnp.where(counts > 0, counts, 1), jnp.nan)
