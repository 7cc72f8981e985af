"""Mixtures of predictors that claims speak of: all of an instance are solved for at once."""

import dataclasses
import functools
import itertools
from collections.abc import Iterable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.bregman.hulls import Mixture, project
from w2sjax.settings.bregman.drawing import MEMBERS, BregmanInstance
from w2sjax.settings.bregman.family import KINDS, Family

DIGITS = 2.0**16  # of gradients
WHOLE = tuple(range(MEMBERS))
PAIRS = tuple(itertools.combinations(WHOLE, 2))


@dataclasses.dataclass(frozen=True)
class Problem:
    """A projection on the hull of some predictors.

    Attributes:
        dual: whether it is of gradients, in the conjugate's divergence.
        entropy: whether the divergence is KL, whatever the instance's is.
        row: the predictors.
        weak_first: whether the weak model comes first.
    """

    dual: bool
    entropy: bool = False
    row: tuple[int, ...] = WHOLE
    weak_first: bool = False


@dataclasses.dataclass(frozen=True)
class Geometry:
    """What a claim's functions are given by: values, or gradients.

    Attributes:
        instance: with the divergence that is meant.
        dual: whether they are given by gradients.
    """

    instance: BregmanInstance
    dual: bool

    @functools.cached_property
    def family(self) -> Family:
        """The divergence of what they are given by."""
        one = self.instance
        return Family(one.kind, jnp.asarray(self.dual), one.matrix, one.inverse)

    def given(self, values: Float[Array, "*batch c"]) -> Float[Array, "*batch c"]:
        """Give values; gradients are rounded to a grid, on which sums of their multiples are exact."""
        if not self.dual:
            return values
        primal = dataclasses.replace(self.family, dual=jnp.zeros((), bool))
        return jnp.round(DIGITS * primal.gradient(values)) / DIGITS


def geometry(instance: BregmanInstance, dual: bool, entropy: bool) -> Geometry:
    """Give the geometry of a claim."""
    if entropy:
        kind = jnp.full_like(instance.kind, KINDS.index("kl"))
        instance = dataclasses.replace(instance, kind=kind)
    return Geometry(instance, dual)


def solve(instance: BregmanInstance, problems: Iterable[Problem]) -> dict[Problem, Mixture]:
    """Solve problems, those of an order of arguments in one batch."""
    found: dict[Problem, Mixture] = {}
    wanted = list(dict.fromkeys(problems))
    for first in (False, True):
        some = [one for one in wanted if one.weak_first == first]
        if not some:
            continue
        given = [_given(instance, one) for one in some]
        batch: Any = jax.tree.map(lambda *leaves: jnp.stack(leaves), *given)
        fit = functools.partial(project, weights=instance.masses, weak_first=first)
        every = jax.vmap(lambda one, fit=fit: fit(*one))(batch)
        for i, one in enumerate(some):
            found[one] = jax.tree.map(lambda leaf, i=i: leaf[i], every)
    return found


def _given(instance: BregmanInstance, one: Problem) -> tuple[Family, Array, Array]:
    """Give divergence, predictors and weak model; fewer predictors are filled up with the first."""
    room = geometry(instance, one.dual, one.entropy)
    row = jnp.asarray([*one.row, *one.row[:1] * (MEMBERS - len(one.row))])
    return room.family, room.given(instance.members[row]), room.given(instance.weak)
