"""Random predictors, weak models and targets; a divergence, a class over features, all on grids.

Numbers are multiples of powers of 2 with few digits, so that members of hulls and log-linear classes are
exact: a theorem is about them.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.settings.bregman.family import KINDS
from w2sjax.settings.random_instances import strata

MEMBERS, POINTS, CLASSES, FEATURES = 3, 4, 3, 2
GRID, SCORE_GRID = 2.0**16, 2.0**8
LEAST = 2.0**-8  # a probability

WEAK = ("near", "inside", "unrelated", "confident")
PREDICTORS = ("alike", "different")
STRATA = strata(divergence=KINDS, weak=WEAK, predictors=PREDICTORS)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class BregmanInstance:
    r"""Predictors with probabilities as values, a weak model, and mixtures.

    Attributes:
        kind: of divergence, an index into `KINDS`.
        matrix, inverse: A of the divergence of Mahalanobis, and its exact inverse.
        masses: weights of the points.
        members: the predictors.
        weak: the weak model.
        student, stranger: values of functions that need not be in the class.
        mixtures: weights of the predictors in the target, and in a student that is any member.
        features: $h(x)$.
        heads: $\Theta$ of a student and of a target in the log-linear class.
        noise: what is added to the student's probabilities for a weak model, when projected.
        k: how many predictors a combination has.
        strata: indices into `STRATA`.
    """

    kind: Int[Array, "*batch"]
    matrix: Float[Array, "*batch c c"]
    inverse: Float[Array, "*batch c c"]
    masses: Float[Array, "*batch n"]
    members: Float[Array, "*batch m n c"]
    weak: Float[Array, "*batch n c"]
    student: Float[Array, "*batch n c"]
    stranger: Float[Array, "*batch n c"]
    mixtures: Float[Array, "*batch 2 m"]
    features: Float[Array, "*batch n d"]
    heads: Float[Array, "*batch 2 d c"]
    noise: Float[Array, "*batch n c"]
    k: Int[Array, "*batch"]
    strata: Int[Array, "*batch 3"]


def draw(key: PRNGKeyArray, variant: None = None) -> BregmanInstance:
    """Draw an instance."""
    keys = jax.random.split(key, 9)
    kind, teacher, alike, k = (
        jax.random.randint(one, (), low, high, jnp.int32)
        for one, low, high in zip(
            jax.random.split(keys[0], 4),
            (0, 0, 0, 1),
            (len(KINDS), len(WEAK), 2, MEMBERS),
            strict=True,
        )
    )
    scores = jax.random.normal(keys[1], (MEMBERS + 2, POINTS, CLASSES), jnp.float64)
    common, own = 2 * scores[0], scores[1:]
    spread = jnp.where(alike == 0, 0.2, 2.0)
    predictors = common[None] + spread * own[:-1]
    exponential = jax.random.exponential(keys[2], (3, MEMBERS), jnp.float64)
    mixtures = jax.vmap(shares)(exponential**2)
    weak = jnp.stack(
        [
            predictors[0] + 0.3 * own[-1],
            jnp.log(jnp.einsum("m,mnc->nc", mixtures[2], jax.nn.softmax(predictors))),
            2 * own[-1],
            4 * own[-1],
        ]
    )[teacher]
    matrix, inverse = _pair(keys[3], kind == KINDS.index("squared"))
    features = jax.random.normal(keys[4], (POINTS, FEATURES), jnp.float64)
    heads = jax.random.normal(keys[5], (2, FEATURES, CLASSES), jnp.float64)
    others = probabilities(2 * jax.random.normal(keys[7], (2, *weak.shape), jnp.float64))
    starts = len(KINDS), len(KINDS) + len(WEAK)
    return BregmanInstance(
        kind=kind,
        matrix=matrix,
        inverse=inverse,
        masses=shares(jax.random.exponential(keys[6], (POINTS,), jnp.float64)),
        members=probabilities(predictors),
        weak=probabilities(weak),
        student=others[0],
        stranger=others[1],
        mixtures=mixtures[:2],
        features=_on(SCORE_GRID, features),
        heads=_on(SCORE_GRID, heads),
        noise=jax.random.normal(keys[8], weak.shape, jnp.float64),
        k=k,
        strata=jnp.stack([kind, starts[0] + teacher, starts[1] + alike]),
    )


def shares(sizes: Float[Array, " m"]) -> Float[Array, " m"]:
    """Scale nonnegative numbers to multiples of 1/`GRID` that sum to 1."""
    found = jnp.floor(GRID * sizes / jnp.sum(sizes)) / GRID
    return found.at[jnp.argmax(found)].add(1 - jnp.sum(found))


def probabilities(scores: Float[Array, "*batch c"]) -> Float[Array, "*batch c"]:
    """Give softmax on the grid, no class below `LEAST`; rows sum to 1 exactly."""
    classes = scores.shape[-1]
    chances = (1 - classes * LEAST) * jax.nn.softmax(scores, axis=-1) + LEAST
    flat = jax.vmap(shares)(chances.reshape(-1, classes))
    return flat.reshape(scores.shape)


def _pair(key: PRNGKeyArray, plain: Bool[Array, ""]) -> tuple[Array, Array]:
    """Give a positive definite matrix and its inverse, both exact; the identity if plain."""
    lower_key, scale_key = jax.random.split(key)
    whole = jax.random.randint(lower_key, (CLASSES, CLASSES), -1, 2).astype(jnp.float64)
    below = jnp.where(plain, 0, jnp.tril(whole, -1))
    powers = jax.random.choice(scale_key, jnp.asarray([0.5, 1.0, 2.0]), (CLASSES,))
    scale = jnp.where(plain, 1, powers)
    # Strictly triangular: the third power is 0.
    one = jnp.eye(CLASSES)
    left, back = one + below, one - below + _product(below, below)
    return _product(left * scale[None], left.T), _product(back.T / scale[None], back)


_product = functools.partial(jnp.matmul, precision=HIGHEST)


def _on(grid: float, values: Float[Array, "*any"]) -> Float[Array, "*any"]:
    return jnp.round(grid * values) / grid
