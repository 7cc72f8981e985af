r"""Softmax-linear heads, and weak models at which one of them is the minimum of the cross-entropy.

Any weak model with positive probabilities for which $\mathbb{E}\, h (f_w - v)^\top = 0$ has the head v as its
minimum, and every weak model whose minimum is attained is of that kind: so heads need no solver here.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.settings.bregman.drawing import BregmanInstance

ROOM = 0.9  # how far towards the boundary a weak model may be from the student


def heads(instance: BregmanInstance, linear: bool, exact: bool) -> dict[str, Float[Array, "n c"]]:
    """Give the logits of student, target and weak model.

    Args:
        instance: coefficients are exact, and so are scores.
        linear: whether logits are linear in the features; else they are bent.
        exact: whether the student is the minimum; else the weak model is any near it.
    """
    features = instance.features
    scores = jnp.einsum("nd,jdc->jnc", features, instance.heads, precision=HIGHEST)
    student, target = scores if linear else scores + scores**2 / 4
    chances = jax.nn.softmax(student)
    noise = instance.noise - jnp.mean(instance.noise, axis=1, keepdims=True)
    if exact:
        heavy = features * instance.masses[:, None]
        moments = jnp.matmul(heavy.T, features, precision=HIGHEST)
        pulled = jnp.matmul(heavy.T, noise, precision=HIGHEST)
        noise -= jnp.matmul(features, jnp.linalg.solve(moments, pulled), precision=HIGHEST)
    falling = noise < 0
    room = jnp.min(jnp.where(falling, chances / -jnp.where(falling, noise, -1), jnp.inf))
    weak = chances + ROOM * jnp.minimum(room, 1) * noise
    return {"weak": jnp.log(weak), "student": student, "target": target}
