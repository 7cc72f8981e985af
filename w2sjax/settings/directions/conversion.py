"""Directions from doubles to exact numbers, and back."""

import jax.numpy as jnp
import numpy as np

from w2sjax.arithmetic.rationals import exactly
from w2sjax.language.claims import Claim
from w2sjax.settings.directions.floats import Directions
from w2sjax.settings.directions.instance import Instance


def exact_instances(raw: Directions, claim: Claim) -> list[Instance]:
    """Convert all vectors."""
    vectors = {name: exactly(np.asarray(v, float).tolist()) for name, v in raw.vectors.items()}
    return [Instance(vectors, exactly(float(raw.eta)))]


def from_exact(instance: Instance) -> Directions:
    """Give the doubles next to it."""
    vectors = {name: jnp.asarray(list(map(float, v))) for name, v in instance.vectors.items()}
    return Directions(vectors, jnp.asarray(float(instance.eta)), jnp.zeros(2, jnp.int32))
