r"""Points that carry an easy pattern, a hard pattern, both or neither.

With the label $y \in \{0, 1\}$ and its sign $s = 2y - 1$, the coordinates of a pattern that a point
carries are $s\mu + Fz$, $z$ standard normal; those of a pattern that it lacks are 0 (`zeroed`) or
noise alone, $Fz$. The easy coordinates come first. Noise of the two patterns is independent.

Reference. Shin, Cooper, Sala (2025), synthetic experiment, arXiv:2412.03881.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.machine.host import concrete

REGIONS = ("easy", "hard", "overlap", "neither")
EASY, HARD, OVERLAP, NEITHER = range(len(REGIONS))
CARRIED = (True, False, True, False), (False, True, True, False)  # where either pattern is present


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class OverlapMixture:
    r"""A distribution of points with an easy and a hard pattern.

    Attributes:
        easy_mean, hard_mean: $\mu$ of either pattern, for the label 1; its negative for 0.
        easy_noise, hard_noise: $F$, for a covariance $FF^\top$: a matrix, or a number for $F = \sigma I$.
        shares: probabilities of `REGIONS`.
        positive: probability of the label 1.
        zeroed: whether coordinates of an absent pattern are 0, and not noise.
    """

    easy_mean: Float[Array, "*batch easy"]
    hard_mean: Float[Array, "*batch hard"]
    easy_noise: Float[Array, "*noise"]
    hard_noise: Float[Array, "*noise"]
    shares: Float[Array, "*batch 4"]
    positive: Float[Array, "*batch"]
    zeroed: bool = dataclasses.field(default=True, metadata={"static": True})

    @property
    def dimensions(self) -> tuple[int, int]:
        """Numbers of easy and of hard coordinates."""
        return self.easy_mean.shape[-1], self.hard_mean.shape[-1]

    def patterns(self, columns: Float[Array, "*any d"]) -> Iterator[tuple[Array, ...]]:
        """Give its columns, mean and noise of either pattern, and which of `REGIONS` carry it."""
        easy, _ = self.dimensions
        parts = columns[..., :easy], columns[..., easy:]
        means, noises = (self.easy_mean, self.hard_mean), (self.easy_noise, self.hard_noise)
        return zip(parts, means, noises, map(jnp.asarray, CARRIED), strict=True)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Sample:
    """Points with their labels (0 or 1) and regions (indices into `REGIONS`)."""

    features: Float[Array, "*batch n d"]
    labels: Int[Array, "*batch n"]
    regions: Int[Array, "*batch n"]


def overlap_mixture(
    easy_mean: Any,
    hard_mean: Any,
    *,
    easy_covariance: Any = 1.0,
    hard_covariance: Any = 1.0,
    shares: Any = (1 / 3, 1 / 3, 1 / 3, 0.0),
    positive: Any = 0.5,
    zeroed: bool = True,
) -> OverlapMixture:
    """Build a mixture from means and covariances; a number stands for a multiple of the identity.

    The dtype is that of the means. To be called outside of `jax.jit`.

    Raises:
        ValueError: for shapes that do not fit, numbers that are not finite, a covariance that is not
            symmetric and positive semidefinite, shares or a probability outside [0, 1], or shares
            that do not add up to 1.
    """
    easy, hard = _finite("easy_mean", easy_mean), _finite("hard_mean", hard_mean)
    for name, mean in (("easy_mean", easy), ("hard_mean", hard)):
        if mean.ndim != 1 or mean.size == 0:
            raise ValueError(f"{name}: expected a vector, not empty, got shape {mean.shape}")
    dtype = jnp.result_type(float, easy, hard)
    division = _finite("shares", shares)
    if division.shape != (4,) or np.any(division < 0) or abs(division.sum() - 1) > 1e-6:
        raise ValueError(f"shares: expected 4 probabilities that add up to 1, got {division}")
    probability = _finite("positive", positive)
    if probability.shape != () or not 0 <= probability <= 1:
        raise ValueError(f"positive: expected a probability, got {positive}")
    return OverlapMixture(
        easy_mean=jnp.asarray(easy, dtype),
        hard_mean=jnp.asarray(hard, dtype),
        easy_noise=jnp.asarray(_factor("easy_covariance", easy_covariance, easy.size), dtype),
        hard_noise=jnp.asarray(_factor("hard_covariance", hard_covariance, hard.size), dtype),
        shares=jnp.asarray(division / division.sum(), dtype),
        positive=jnp.asarray(probability, dtype),
        zeroed=zeroed,
    )


def published(
    key: PRNGKeyArray,
    overlap: Float[Array, ""] | float = 50.0,
    *,
    dimension: int = 20,
    variance: Float[Array, ""] | float = 5.0,
    dtype: Any = jnp.float64,
) -> OverlapMixture:
    r"""Draw the mixture of the published simulation.

    Means are uniform on $[0, 1]$, 20 coordinates a pattern, of variance 5, absent patterns are 0, and
    the labels are fair. `overlap` points share the space with 100 easy-only and 100 hard-only ones.
    """
    means = jax.random.uniform(key, (2, dimension), dtype)
    deviation = jnp.sqrt(jnp.asarray(variance, dtype))
    counts = jnp.stack([jnp.asarray(n, dtype) for n in (100.0, 100.0, overlap, 0.0)])
    return OverlapMixture(
        easy_mean=means[0],
        hard_mean=means[1],
        easy_noise=deviation,
        hard_noise=deviation,
        shares=counts / jnp.sum(counts),
        positive=jnp.asarray(0.5, dtype),
    )


def draw_regions(key: PRNGKeyArray, mixture: OverlapMixture, n: int) -> Int[Array, " n"]:
    """Draw the regions of n independent points by the mixture's shares."""
    if n < 1:
        raise ValueError(f"n: expected at least 1, got {n}")
    uniform = jax.random.uniform(key, (n,), mixture.shares.dtype)
    # The last region of positive share takes what rounding leaves of the cumulative sum.
    last = (NEITHER - jnp.argmax(mixture.shares[::-1] > 0)).astype(jnp.int32)
    drawn = jnp.searchsorted(jnp.cumsum(mixture.shares), uniform, side="right")
    return jnp.minimum(drawn.astype(jnp.int32), last)


def layout(counts: Int[Array, " 4"], size: int) -> Int[Array, " size"]:
    """Lay out regions of given counts, in the order of `REGIONS`, padded to `size` points.

    Of one size, layouts of all counts share a compiled program; and as a sample's first points do not
    depend on its later regions, another count of the last region adds points and changes none, but for
    rounding.

    Raises:
        ValueError: if a count is negative or their sum exceeds `size` (outside of `jax.jit`, where
            the points past `size` are left out).
    """
    known = concrete(counts)
    if known is not None and (np.any(known < 0) or known.sum() > size):
        raise ValueError(f"counts: expected at least 0 and at most {size} in all, got {known}")
    ends = jnp.cumsum(counts)
    regions = jnp.searchsorted(ends, jnp.arange(size, dtype=ends.dtype), side="right")
    return jnp.minimum(regions, NEITHER).astype(jnp.int32)


def sample(key: PRNGKeyArray, mixture: OverlapMixture, regions: Int[Array, " n"]) -> Sample:
    """Draw independent points with labels, each in its given region.

    Standard normal noise is drawn in single precision, whatever the dtype of the mixture.
    """
    if regions.ndim != 1 or regions.shape[0] == 0:
        raise ValueError(f"regions: expected a vector, not empty, got shape {regions.shape}")
    known = concrete(regions)
    if known is not None and (np.any(known < 0) or np.any(known > NEITHER)):
        raise ValueError(f"regions: expected indices 0 to 3, got {known.min()} to {known.max()}")
    label_key, noise_key = jax.random.split(key)
    n, dtype = regions.shape[0], mixture.easy_mean.dtype
    labels = jax.random.uniform(label_key, (n,), dtype) < mixture.positive
    sign = jnp.where(labels, 1, -1).astype(dtype)[:, None]
    # In double precision the same noise takes three times as long to draw.
    noise = jax.random.normal(noise_key, (n, sum(mixture.dimensions)), jnp.float32).astype(dtype)
    parts = []
    for standard, mean, factor, carried in mixture.patterns(noise):
        present = carried[regions][:, None]
        centre = jnp.where(present, sign * mean[None, :], 0)
        points = centre + _coloured(factor, standard)
        parts.append(jnp.where(present, points, 0) if mixture.zeroed else points)
    return Sample(jnp.concatenate(parts, axis=1), labels.astype(jnp.int32), regions)


def _coloured(factor: Float[Array, "*any"], standard: Float[Array, "n d"]) -> Float[Array, "n d"]:
    r"""$Fz$ for every row $z$; $F$ a matrix, or a number for a multiple of the identity."""
    if factor.ndim == 0:
        return factor * standard
    return jnp.matmul(standard, factor.T, precision=HIGHEST)


def _finite(name: str, values: Any) -> np.ndarray:
    array = np.asarray(values)
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    return array


def _factor(name: str, covariance: Any, size: int) -> np.ndarray:
    matrix = _finite(name, covariance)
    if matrix.shape not in ((), (size, size)):
        raise ValueError(f"{name}: expected a number or shape {(size, size)}, got {matrix.shape}")
    if matrix.ndim == 0:
        if matrix < 0:
            raise ValueError(f"{name}: expected a variance of at least 0, got {covariance}")
        return np.asarray(np.sqrt(matrix))
    largest = np.abs(matrix).max()
    values, vectors = np.linalg.eigh(matrix)
    if np.abs(matrix - matrix.T).max() > 1e-9 * largest or values[0] < -1e-9 * largest:
        raise ValueError(f"{name}: expected a symmetric positive semidefinite matrix")
    return vectors * np.sqrt(np.maximum(values, 0))
