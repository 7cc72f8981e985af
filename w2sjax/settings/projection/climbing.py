"""What gradient ascent moves of a projection problem: its functions, and the numbers that claims use."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from w2sjax.projecting.sets.convex_set import ConvexSet
from w2sjax.settings.projection import drawing
from w2sjax.settings.projection.drawing import ProjectionInstance

POINTS, FEATURES = 6, 2


def draw(key: PRNGKeyArray, variant: ConvexSet | type[ConvexSet]) -> ProjectionInstance:
    """Draw a small problem to start from."""
    return drawing.draw(key, variant, points=POINTS, features=FEATURES)


def _scale(raw: ProjectionInstance) -> Any:
    """Size of the values: what moves is relative to it."""
    return jnp.sqrt(jnp.sum(raw.hypothesis.weights * raw.weak**2)) + 1e-12


def moving(raw: ProjectionInstance) -> dict[str, Any]:
    """Give what moves: functions, members, and the logits of numbers between 0 and 1."""
    scale, half = _scale(raw), jnp.zeros_like(raw.wander)
    values = {"weak": raw.weak / scale, "offset": raw.offset / scale}
    return values | {"truth": raw.truth, "other": raw.other, "wander": half, "mixture": half}


def moved(raw: ProjectionInstance, numbers: dict[str, Any]) -> ProjectionInstance:
    """Put other numbers in."""
    values = {name: numbers[name] * _scale(raw) for name in ("weak", "offset")}
    shares = {name: jax.nn.sigmoid(numbers[name]) for name in ("wander", "mixture")}
    return dataclasses.replace(raw, **(numbers | values | shares))


def inside(raw: ProjectionInstance, numbers: dict[str, Any]) -> dict[str, Any]:
    """Project the members back on the set."""
    project = raw.hypothesis.set.project  # type: ignore[attr-defined]
    return numbers | {name: project(numbers[name]) for name in ("truth", "other")}
