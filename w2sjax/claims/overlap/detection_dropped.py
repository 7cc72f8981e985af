"""What breaks the concentration of the detected density without one of its hypotheses."""

import dataclasses

import jax
import jax.numpy as jnp

from w2sjax.claims.claim import Hypothesis
from w2sjax.claims.overlap.detection_instance import EASY, HARD
from w2sjax.claims.overlap.detection_study import DetectionStudy, prepare, scored

DIRECTIONS = 64


def _copies(study: DetectionStudy) -> DetectionStudy:
    """All points are copies of the first."""
    points = study.instance.points
    same = jnp.broadcast_to(points[:1], points.shape)
    return prepare(dataclasses.replace(study.instance, points=same))


def _largest_of_many(study: DetectionStudy) -> DetectionStudy:
    """Points without the hard pattern are scored by the best of many directions of one length."""
    instance = study.instance
    direction, points = instance.direction, instance.points
    key = jax.random.wrap_key_data(instance.spare)
    numbers = jax.random.normal(key, (DIRECTIONS + points.shape[0], HARD), direction.dtype)
    others, noise = numbers[:DIRECTIONS], instance.noise * numbers[DIRECTIONS:]
    length = jnp.sqrt(jnp.sum(direction * direction))
    others *= length / jnp.sqrt(jnp.sum(others * others, axis=1, keepdims=True))
    changed = dataclasses.replace(
        instance,
        points=jnp.concatenate([points[:, :EASY], noise], axis=1),
        overlap=jnp.zeros_like(instance.overlap),
        density=jnp.zeros_like(instance.density),
        zeroed=jnp.zeros_like(instance.zeroed),
    )
    return scored(changed, jnp.pad(others, ((0, 0), (EASY, 0))))


def _easy_coordinates(study: DetectionStudy) -> DetectionStudy:
    """The direction has easy coordinates too, as long as its hard ones."""
    direction = study.instance.direction
    length = jnp.sqrt(jnp.sum(direction * direction) / EASY)
    return prepare(dataclasses.replace(study.instance, direction=direction.at[:EASY].set(length)))


HYPOTHESES = {
    "i.i.d. points": Hypothesis("the points are independent draws", drop=_copies),
    "one direction": Hypothesis(
        "the score is along one direction, fixed before the points", drop=_largest_of_many
    ),
    "hard coordinates only": Hypothesis(
        "the direction is 0 on the easy coordinates", drop=_easy_coordinates
    ),
}
