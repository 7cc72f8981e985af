"""What gradient ascent moves of a projection problem: its functions, and the numbers that claims use."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from w2sjax.sets.convex_set import ConvexSet
from w2sjax.sets.dimension import dimension_of
from w2sjax.settings.projection import drawing
from w2sjax.settings.projection.drawing import ProjectionInstance

POINTS, FEATURES = 6, 2


def draw(key: PRNGKeyArray, variant: ConvexSet | type[ConvexSet]) -> ProjectionInstance:
    """Draw a small problem to start from."""
    given = None if isinstance(variant, type) else dimension_of(variant)
    return drawing.draw(key, variant, points=POINTS, features=given or FEATURES)


def _scale(raw: ProjectionInstance) -> Any:
    """Size of the values: what moves is relative to it."""
    return jnp.sqrt(jnp.sum(raw.hypothesis.weights * raw.weak**2)) + 1e-12


def moving(raw: ProjectionInstance) -> tuple[Any, ...]:
    """Give what moves: functions, members, and the logits of numbers between 0 and 1."""
    scale, half = _scale(raw), jnp.zeros_like(raw.wander)
    return raw.weak / scale, raw.truth, raw.offset / scale, raw.other, half, half


def moved(raw: ProjectionInstance, numbers: tuple[Any, ...]) -> ProjectionInstance:
    """Put other numbers in."""
    weak, truth, offset, other, wander, mixture = numbers
    scale = _scale(raw)
    return dataclasses.replace(
        raw,
        weak=weak * scale,
        truth=truth,
        offset=offset * scale,
        other=other,
        wander=jax.nn.sigmoid(wander),
        mixture=jax.nn.sigmoid(mixture),
    )


def inside(raw: ProjectionInstance, numbers: tuple[Any, ...]) -> tuple[Any, ...]:
    """Project the members back on the set."""
    weak, truth, offset, other, wander, mixture = numbers
    project = raw.hypothesis.set.project  # type: ignore[attr-defined]
    return weak, project(truth), offset, project(other), wander, mixture
