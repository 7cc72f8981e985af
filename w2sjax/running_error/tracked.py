"""A computed array with a bound on what rounding has done to it, and how elementary steps add to it."""

import dataclasses
from typing import Any

import jax.numpy as jnp

from w2sjax.rounding import inflate, underflow, unit

# Compilers reassociate constants and turn quotients into products: one rounding more than written.
ROUNDINGS = 2
# Logarithms, exponentials and their kin are not correctly rounded: a stated allowance, not a proof.
LIBRARY_ROUNDINGS = 32


class UnknownRounding(ValueError):
    """Plain code uses an operation whose rounding is not bounded here."""


@dataclasses.dataclass(frozen=True)
class Tracked:
    """A computed array and its distance to the exact one.

    Attributes:
        value: as computed.
        error: a bound for every entry; of truth values, whether they may be wrong; None where the
            value is exact.
    """

    value: Any
    error: Any = None

    @property
    def bound(self) -> Any:
        """The error as an array."""
        if self.error is not None:
            return self.error
        kind = jnp.bool_ if self.value.dtype == jnp.bool_ else self.value.dtype
        return jnp.zeros(self.value.shape, kind)

    @property
    def size(self) -> Any:
        """Bound the exact absolute value."""
        return jnp.abs(self.value) + self.bound

    @property
    def floating(self) -> bool:
        """Whether it holds real numbers, the only ones that rounding touches."""
        return jnp.issubdtype(self.value.dtype, jnp.floating)


def after(value, inherited, roundings: int = ROUNDINGS, flushed: Any = 1.0) -> Tracked:
    """Give a result the error of its operands, its own roundings, and what may be flushed to zero.

    `inherited` is computed in at most twenty roundings; `flushed` counts smallest normal numbers.
    """
    own = roundings * unit(value.dtype) * jnp.abs(value)
    floor = underflow(4, value.dtype) * flushed
    bound = inflate(inherited + own + floor, 24)
    # A value that overflowed or is not a number says nothing.
    return Tracked(value, jnp.where(jnp.isfinite(value), bound, jnp.inf))


def lower_bound(operand: Tracked) -> Any:
    """Bound the exact absolute value from below, by 0 if need be."""
    step = 4 * unit(operand.value.dtype)
    return jnp.maximum(jnp.abs(operand.value) * (1 - step) - operand.bound * (1 + step), 0)


def over(numerator, denominator) -> Any:
    """Divide bounds: inf where nothing keeps the denominator from zero."""
    positive = denominator > 0
    ratio = numerator / jnp.where(positive, denominator, 1)
    return jnp.where(positive, ratio, jnp.inf)
