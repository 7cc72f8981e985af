"""Ratios of integers with their rounding, which is all that the expansion bounds are made of."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.rounding import Rounded, gamma, inflate


def share(part: Float[Array, "*any"], whole: Float[Array, "*any"]) -> Rounded:
    """Quotient of two exact numbers; 0/0 is 0, and a part of nothing (to be masked) is left as it is.

    A division counts as two roundings: compilers may turn it into a product with a reciprocal.
    """
    value = part / jnp.where(whole == 0, 1, whole)
    return Rounded(value, inflate(gamma(2, value.dtype) * jnp.abs(value), 2))


def larger(first: Rounded, second: Rounded) -> Rounded:
    """The larger of two numbers: the error is at most the larger of theirs."""
    return Rounded(jnp.maximum(first.value, second.value), jnp.maximum(first.error, second.error))


def smaller(first: Rounded, second: Rounded) -> Rounded:
    """The smaller of two numbers: the error is at most the larger of theirs."""
    return Rounded(jnp.minimum(first.value, second.value), jnp.maximum(first.error, second.error))


def select(condition, first: Rounded, second: Rounded) -> Rounded:
    """`first` where the condition holds, else `second`."""
    return Rounded(
        jnp.where(condition, first.value, second.value),
        jnp.where(condition, first.error, second.error),
    )


def quotient(numerator: Rounded, denominator: Rounded) -> Rounded:
    r"""$a / b$ for a denominator larger than its error: $|a/b - â/b̂| ≤ (e_a + |â/b̂| e_b) / (|b̂| - e_b)$."""
    ratio = share(numerator.value, denominator.value)
    spread = numerator.error + jnp.abs(ratio.value) * denominator.error
    certain = jnp.abs(denominator.value) - denominator.error
    # Half of it makes up for the rounding of the difference.
    return ratio.perturbed(2 * spread / certain)
