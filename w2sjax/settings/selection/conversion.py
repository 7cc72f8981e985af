"""Choices among weak models from doubles to exact numbers, and back."""

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np

from w2sjax.arithmetic.rationals import exactly
from w2sjax.language.claims import Claim
from w2sjax.settings.projection import conversion as projection
from w2sjax.settings.selection import of_one
from w2sjax.settings.selection.floats import SelectionInstance
from w2sjax.settings.selection.instance import Selection


def exact_instances(raw: Any, claim: Claim) -> list[Selection]:
    """Convert a choice; none where the set is out of reach."""
    models = np.asarray(raw.weak, np.float64)
    if not np.isfinite(models).all():
        return []
    others = tuple(map(exactly, models[1:].tolist()))
    base = dataclasses.replace(raw.base, weak=raw.weak[0])
    problems = projection.exact_instances(base, of_one(claim))
    return [Selection(problem, others) for problem in problems]


def from_exact(instance: Selection) -> SelectionInstance:
    """Give the doubles next to it."""
    base = projection.from_exact(instance.problem)
    others = jnp.asarray(np.array(instance.others, float), base.weak.dtype)
    weak = jnp.concatenate([base.weak[None], others.reshape(-1, instance.size)])
    return SelectionInstance(base, weak, jnp.zeros(5, jnp.int32))
