"""Strong hypothesis classes and whole instances of learning from a weak teacher."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from hypothesis import strategies as st

from w2sjax.projecting.hypothesis import HypothesisClass, hypothesis_class
from w2sjax.projecting.sets import SETS, Subspace, ValueSet
from w2sjax.settings.projection.drawing import STRATA, ProjectionInstance
from w2sjax.strategies._convex_sets import convex_sets, members
from w2sjax.strategies._numbers import arrays, at_least, numbers, shares

_fractions = st.integers(1, 15).map(lambda count: count / 16)


@functools.partial(jax.jit, static_argnums=2)
def _over_features(matrix, masses, intercept: bool) -> HypothesisClass:
    """Factor features in one compiled program for all sets of coefficients."""
    return hypothesis_class(Subspace(), matrix, masses, intercept=intercept)


@st.composite
def hypothesis_classes(
    draw: Callable[..., Any], *, kind: str, points: int, features: int | None = None
) -> HypothesisClass:
    """Draw a class over features with short entries, and points that may have no mass.

    `features` counts the columns, and is None for a set of function values.
    """
    at_least("points", points)
    values = kind in SETS and issubclass(SETS[kind], ValueSet)
    if values == (features is not None):
        expected = "none, as it is a set of values" if values else "a number of columns"
        raise ValueError(f"features: {kind} expects {expected}, got {features}")
    dimension = points if features is None else features
    convex_set = draw(convex_sets(kind=kind, dimension=dimension))
    masses = jnp.asarray(draw(shares(points)))
    if features is None:
        return hypothesis_class(convex_set, weights=masses)
    matrix = jnp.asarray(draw(arrays(points, features, least=-4.0, largest=4.0)))
    free = convex_set.intercept
    return dataclasses.replace(_over_features(matrix, masses, free), set=convex_set)


@st.composite
def instances(
    draw: Callable[..., Any],
    *,
    kind: str,
    points: int,
    features: int | None = None,
    realizable: bool = False,
) -> ProjectionInstance:
    """Draw an instance of the projection domain; the target is a member if `realizable`.

    What `w2sjax.claims` prepares and checks: a class, a weak model, two members, an offset.
    """
    hypothesis = draw(hypothesis_classes(kind=kind, points=points, features=features))
    dimension = points if features is None else features
    constants = draw(arrays(2)) if hypothesis.intercept else jnp.zeros(2)
    offset: Any = jnp.zeros(points)
    if not realizable:
        offset = jnp.asarray(draw(arrays(points)))
    groups = ("features:white", "weights:skewed", "weak:unrelated")
    return ProjectionInstance(
        hypothesis=hypothesis,
        weak=jnp.asarray(draw(arrays(points))),
        truth=draw(members(hypothesis.set, dimension=dimension)),
        truth_intercept=jnp.asarray(constants[0]),
        offset=offset,
        other=draw(members(hypothesis.set, dimension=dimension)),
        other_intercept=jnp.asarray(constants[1]),
        multiplicity=jnp.asarray(draw(arrays(points, least=0.0))),
        mixture=jnp.asarray(draw(_fractions)),
        wander=jnp.asarray(draw(numbers(least=0.0, largest=1.0))),
        strata=jnp.asarray([STRATA.index(group) for group in groups], jnp.int32),
    )
