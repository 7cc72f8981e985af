r"""Finite worlds: weighted points with true labels, a teacher, neighbourhoods and classifiers.

Masses are integers, so every probability is a ratio of integers that floating point holds exactly.
A point without mass is not there.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from w2sjax.settings.expansion.instance import ABSTAINS


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class FiniteWorld:
    r"""Everything that the expansion bounds speak of; the classifier they judge is the first.

    Attributes:
        masses: integers; $P(x)$ is a point's share of their sum.
        truth: $y(x)$, labels from 0; the points of class 0 are those under study.
        teacher: $\tilde y(x)$ or $f_{weak}(x)$; `ABSTAINS` where there is none.
        hard: whether a point carries the hard pattern alone (H); the others are overlap points (O).
        neighbours: row x holds $N(x)$; symmetric.
        classifiers: the family F, a row of labels for each member.
        level: in [0, 1): which of the family's attained probabilities is taken for q.
        strata: indices into `drawing.STRATA`.
    """

    masses: Float[Array, "*batch n"]
    truth: Int[Array, "*batch n"]
    teacher: Int[Array, "*batch n"]
    hard: Bool[Array, "*batch n"]
    neighbours: Bool[Array, "*batch n n"]
    classifiers: Int[Array, "*batch f n"]
    level: Float[Array, "*batch"]
    strata: Int[Array, "*batch s"]

    @property
    def present(self) -> Bool[Array, " n"]:
        """Points that have mass."""
        return self.masses > 0

    def robust(self) -> Bool[Array, "f n"]:
        r"""$R(f)$ of every member: where no neighbour that has mass is labelled otherwise."""
        labels = self.classifiers
        differ = labels[:, :, None] != labels[:, None, :]
        seen = self.neighbours & self.present[None, :]
        return ~jnp.any(differ & seen[None], axis=2)

    def reached(self, sets: Bool[Array, "f n"]) -> Bool[Array, "f n"]:
        r"""$N(U) = \bigcup_{x \in U} N(x)$ of every set."""
        return jnp.any(sets[:, :, None] & self.neighbours[None], axis=1)


def finite_world(
    *, masses, truth, teacher, hard, neighbours, classifiers, level: float = 0.0, strata: int = 0
) -> FiniteWorld:
    """Make a world of one's own numbers, checked; `strata` is how many zeros stand for its kinds.

    Raises:
        ValueError: for shapes that do not fit; masses that are not integers from 0 on with a sum of
            at most 2^26 (products of two sums must be exact), or no point of class 0 with mass
            among the hard or among the overlap points; labels below 0
            (the teacher's: below `ABSTAINS`); neighbourhoods that are not symmetric; a level
            outside [0, 1).
    """
    weights = _numbers("masses", masses, 1)
    count = weights.shape[0]
    if np.any(weights != np.floor(weights)) or np.any(weights < 0) or weights.sum() > 2**26:
        expected = "integers from 0 on with a sum of at most 2^26"
        raise ValueError(f"masses: expected {expected}, got {weights.tolist()}")
    labels = _numbers("truth", truth, 1, (count,), 0)
    region = _numbers("hard", hard, 1, (count,)).astype(bool)
    graph = _numbers("neighbours", neighbours, 2, (count, count)).astype(bool)
    if np.any(graph != graph.T):
        first, second = np.argwhere(graph != graph.T)[0]
        raise ValueError(f"neighbours: expected a symmetric matrix, differs at {first}, {second}")
    for name, part in (("hard", region), ("overlap", ~region)):
        if not np.any(part & (labels == 0) & (weights > 0)):
            raise ValueError(f"hard: expected a point of class 0 with mass among the {name} points")
    family = _numbers("classifiers", classifiers, 2)
    if family.shape[0] == 0:
        raise ValueError("classifiers: expected at least one row, got none")
    family = _numbers("classifiers", family, 2, (len(family), count), 0)
    if not 0 <= level < 1:
        raise ValueError(f"level: expected a number in [0, 1), got {level}")
    return FiniteWorld(
        masses=jnp.asarray(weights),
        truth=jnp.asarray(labels, jnp.int32),
        teacher=jnp.asarray(_numbers("teacher", teacher, 1, (count,), ABSTAINS), jnp.int32),
        hard=jnp.asarray(region),
        neighbours=jnp.asarray(graph),
        classifiers=jnp.asarray(family, jnp.int32),
        level=jnp.asarray(level, weights.dtype),
        strata=jnp.zeros(strata, jnp.int32),
    )


def _numbers(name, given, rank, shape=None, least=None):
    array = np.asarray(given, dtype=np.float64)
    if array.ndim != rank or array.shape[-1] == 0 or (shape is not None and array.shape != shape):
        expected = f"shape {shape}" if shape else f"{rank} axes, not empty"
        raise ValueError(f"{name}: expected {expected}, got shape {array.shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name}: expected finite numbers, got {array.tolist()}")
    if least is not None and (np.any(array != np.floor(array)) or np.any(array < least)):
        raise ValueError(f"{name}: expected integers from {least} on, got {array.tolist()}")
    return array
