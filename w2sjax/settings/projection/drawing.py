r"""Random instances of weak-to-strong learning by projection, as diverse as the theorems allow.

An instance is a hypothesis class on n weighted points, a member $g = H\theta^* + c$ of it, a target
$f^* = g + $ offset, a weak model $f_w$, a second member, a sample's masses and a few numbers that
the claims use. One shape serves every size: points without weight and columns of zeros make smaller
problems (also n < d) without another compilation.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.projecting.hypothesis import HypothesisClass, hypothesis_class
from w2sjax.projecting.sets.convex_set import ConvexSet, ValueSet
from w2sjax.projecting.sets.dimension import dimension_of
from w2sjax.projecting.sets.rkhs_ball import RKHSBall

POINTS, FEATURES = 64, 8

KINDS = {
    "features": ("white", "correlated", "duplicated", "heavy_tailed"),
    "weights": ("equal", "skewed", "few_points"),
    "weak": ("near", "far", "inside", "orthogonal", "trained", "overshooting", "unrelated"),
}
STRATA = tuple(f"{what}:{kind}" for what, kinds in KINDS.items() for kind in kinds)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class ProjectionInstance:
    r"""One problem of learning from a weak teacher by projection.

    Attributes:
        hypothesis: the strong class $V$.
        weak: $f_w$, any function.
        truth, truth_intercept: coefficients of a member $g$ of the class.
        offset: $f^* - g$; zero in a realizable instance.
        other, other_intercept: coefficients of a second member.
        multiplicity: how often a sample holds each point, relative to its mass.
        mixture: a number in (0, 1).
        wander: share of the way from the projection to `other` that an inexact student stands at.
        strata: indices into `STRATA`.
    """

    hypothesis: HypothesisClass
    weak: Float[Array, "*batch n"]
    truth: Float[Array, "*batch d"]
    truth_intercept: Float[Array, "*batch"]
    offset: Float[Array, "*batch n"]
    other: Float[Array, "*batch d"]
    other_intercept: Float[Array, "*batch"]
    multiplicity: Float[Array, "*batch n"]
    mixture: Float[Array, "*batch"]
    wander: Float[Array, "*batch"]
    strata: Int[Array, "*batch 3"]


def draw(
    key: PRNGKeyArray,
    variant: ConvexSet | type[ConvexSet],
    *,
    points: int = POINTS,
    features: int = FEATURES,
    dtype=jnp.float64,
) -> ProjectionInstance:
    """Draw an instance over a given convex set, or over a random one of a given kind.

    There are as many features as a given set has coefficients, and `features` where it may have any.

    Strata: features white, correlated (condition number up to 1e4), with exactly duplicated and zero
    columns, or heavy-tailed; weights equal, skewed, or on few points (down to one); weak models near
    the truth, far away, inside the class, orthogonal to it, trained on other features, overshooting
    the truth, or unrelated. All values are scaled by 1e-6 to 1e6.
    """
    given = None if isinstance(variant, type) else dimension_of(variant)
    features = given or features
    uniform_key, normal_key, set_key, truth_key, other_key = jax.random.split(key, 8)[:5]
    # One call each: every use of the generator is a program of its own to compile. Numbers of
    # single precision are drawn three times as fast, and products of them fill a double.
    uniform = jax.random.uniform(uniform_key, (8 + features + 3 * points,), jnp.float32)
    normal = jax.random.normal(normal_key, ((points + 3) * features + 4 * points + 2,), jnp.float32)
    uniform, normal = uniform.astype(dtype), normal.astype(dtype)
    numbers, copies, rest = jnp.split(uniform, (8, 8 + features))
    counts = np.array([len(kinds) for kinds in KINDS.values()])
    kinds = jnp.floor(numbers[:3] * counts.astype(dtype)).astype(jnp.int32)
    width, least = jnp.asarray([12, 3, 4], dtype), jnp.asarray([6, 0, 3], dtype)
    scale, size, level = 10 ** (width * numbers[3:6] - least)
    masses, order, copied = rest.reshape(3, points)
    raw, noise, smooth, shift, skew, constants = jnp.split(
        normal, [(points + 3) * features + points * i for i in range(5)]
    )
    weights = _weights(kinds[1], skew, order, numbers[6])
    kind = variant if isinstance(variant, type) else type(variant)
    dimension = points if issubclass(kind, ValueSet) else features
    convex_set = variant.random(set_key, dimension, dtype) if isinstance(variant, type) else variant
    matrix = _features(kinds[0], raw.reshape(points + 3, features), copies)
    convex_set, hypothesis = _class(convex_set, matrix, weights, scale)
    truth = convex_set.draw(truth_key, dimension, dtype)
    other = convex_set.draw(other_key, dimension, dtype)
    constants = scale * constants if hypothesis.intercept else jnp.zeros(2, dtype)
    member = hypothesis.values(truth, constants[0])
    second = hypothesis.values(other, constants[1])
    spread = jnp.sqrt(jnp.sum(hypothesis.weights * (member - second) ** 2))
    spread = jnp.where(spread > 0, spread, scale)
    return ProjectionInstance(
        hypothesis=hypothesis,
        weak=_weak(kinds[2], hypothesis, member, second, spread, noise, smooth, size),
        truth=truth,
        truth_intercept=constants[0],
        offset=level * spread * shift,
        other=other,
        other_intercept=constants[1],
        multiplicity=-jnp.log1p(-copied),
        mixture=0.05 + 0.9 * numbers[7],
        wander=masses[0],
        strata=kinds + (np.cumsum(counts) - counts).astype(np.int32),
    )


def _class(convex_set, matrix, weights, scale) -> tuple[ConvexSet, HypothesisClass]:
    """Put a set on the points; one of values is scaled with the data (cones have no leaves)."""
    if isinstance(convex_set, ValueSet):
        convex_set = jax.tree.map(lambda leaf: leaf * scale, convex_set)
        return convex_set, hypothesis_class(convex_set, weights=weights)
    matrix = scale * matrix
    if not isinstance(convex_set, RKHSBall):
        return convex_set, hypothesis_class(convex_set, matrix, weights)
    kernel = jnp.matmul(matrix, matrix.T, precision=HIGHEST)
    convex_set = dataclasses.replace(convex_set, kernel=kernel, rank=matrix.shape[1])
    return convex_set, hypothesis_class(convex_set, weights=weights)


def _features(kind, raw, copies) -> Float[Array, "n d"]:
    points, features = raw.shape[0] - 3, raw.shape[1]
    white, directions, tails = raw[:points], raw[points : points + 2], raw[points + 2]
    spectrum = 10 ** (-4.0 * jnp.linspace(0.0, 1.0, features, dtype=raw.dtype))
    correlated = white * spectrum[None, :]
    for direction in directions:
        # A reflection mixes the columns and leaves the condition number as it is.
        along = 2 * direction / jnp.sum(direction**2)
        correlated -= (correlated @ direction)[:, None] * along[None, :]
    source = jnp.floor(copies * (features + 1)).astype(jnp.int32)
    padded = jnp.concatenate([white, jnp.zeros((points, 1), raw.dtype)], axis=1)
    duplicated = padded[:, source]
    heavy = white / (0.01 + jnp.abs(jnp.roll(white, 1, axis=0) + tails[None, :]))
    return jnp.stack([white, correlated, duplicated, heavy])[kind]


def _weights(kind, skew, order, share) -> Float[Array, " n"]:
    points = skew.shape[0]
    count = points**share
    # The points with the smallest numbers stay, at least one of them.
    few = jnp.where((order * points < count) | (order == jnp.min(order)), 1.0, 0.0)
    return jnp.stack([jnp.ones_like(skew), jnp.exp(3 * skew), few.astype(skew.dtype)])[kind]


def _weak(kind, hypothesis, member, second, spread, noise, smooth, size) -> Float[Array, " n"]:
    weights, factors = hypothesis.weights, hypothesis.factorisation
    orthogonal = size * noise
    if factors is not None:
        # Remove the part of the noise that lies in the features' span.
        root = jnp.sqrt(weights)
        along = jnp.matmul(factors.left.T, root * noise, precision=HIGHEST)
        along = jnp.matmul(factors.left, along, precision=HIGHEST)
        orthogonal = noise - jnp.where(root > 0, along / jnp.where(root > 0, root, 1), 0)
    walk = jnp.cumsum(smooth)
    length = jnp.sum(weights * walk**2)
    trained = walk * jnp.sum(weights * walk * member) / jnp.where(length > 0, length, 1)
    choices = [
        member + 1e-3 * spread * noise,
        member + size * spread * noise,
        second,
        member + spread * orthogonal,
        trained,
        member + size * (member - second) + 0.1 * spread * noise,
        spread * noise,
    ]
    return jnp.stack(choices)[kind]
