"""Choosing among few sources without reductions, so that a batch of bandits stays elementwise.

Sources stand first, bandits after. A reduction over sources is a loop of its own for XLA; comparisons
written out are fused with what comes before and after, and run over the bandits in vector registers.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

Numbers = Float[Array, "*b"]  # one a bandit
Places = Int[Array, "*b"]  # a source a bandit
Counts = Float[Array, "*kb"]  # of some sources of some bandits
WRITTEN_OUT = 32  # sources up to which comparisons are written out


def largest(values: Float[Array, "k *b"]) -> Int[Array, "*b"]:
    """Return the place of the largest value, the first among equals."""
    if values.shape[0] > WRITTEN_OUT:
        return jnp.argmax(values, axis=0).astype(jnp.int32)
    best, place = values[0], jnp.zeros(values.shape[1:], jnp.int32)
    for k in range(1, values.shape[0]):
        better = values[k] > best
        best = jnp.where(better, values[k], best)
        place = jnp.where(better, jnp.int32(k), place)
    return place


def pick(values: Float[Array, "k *b"], source: Int[Array, "*b"]) -> Float[Array, "*b"]:
    """Return the value of one source."""
    if values.shape[0] > WRITTEN_OUT:
        return jnp.take_along_axis(values, source[None], axis=0)[0]
    found = values[0]
    for k in range(1, values.shape[0]):
        found = jnp.where(source == k, values[k], found)
    return found


def chosen(source: Int[Array, "*b"], sources: int) -> Bool[Array, "k *b"]:
    """Mark one of the sources; none for -1."""
    places = jnp.arange(sources, dtype=jnp.int32)
    return places.reshape(sources, *(1,) * source.ndim) == source[None]


def once(time: Int[Array, ""], work: Callable[[], Any]) -> Any:
    """Compute something once, where XLA would compute it again inside every loop that consumes it.

    Nothing is fused across the branches of a condition, and that no time is negative is not known when
    the program is compiled.
    """
    nothing = jax.tree.map(lambda part: jnp.zeros(part.shape, part.dtype), jax.eval_shape(work))
    return jax.lax.cond(time >= 0, work, lambda: nothing)
