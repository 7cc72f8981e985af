"""A computed array with a bound on what rounding has done to it, and how elementary steps add to it."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp

from w2sjax.arithmetic.rounding import inflate, underflow, unit

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
        value: as computed; a numpy array where it is a constant of the code, and exact.
        error: a bound for every entry; of truth values and integers, whether they may be wrong; None
            where the value is exact.
    """

    value: Any
    error: Any = None

    @property
    def bound(self) -> Any:
        """The error as an array."""
        if self.error is not None:
            return self.error
        return jnp.zeros(self.value.shape, self.value.dtype if self.floating else jnp.bool_)

    @property
    def size(self) -> Any:
        """Bound the exact absolute value."""
        return jnp.abs(self.value) + self.bound

    @property
    def floating(self) -> bool:
        """Whether it holds real numbers, the only ones that rounding touches."""
        return jnp.issubdtype(self.value.dtype, jnp.floating)

    @property
    def counts(self) -> bool:
        """Whether it holds integers."""
        return jnp.issubdtype(self.value.dtype, jnp.integer)

    @property
    def zero(self) -> Any:
        """Which entries are exactly zero, and not subnormal, which compares equal to it.

        The test of the bits is a range: one for zero would be compiled to a comparison of floats.
        """
        value = jnp.asarray(self.value)
        bits = jax.lax.bitcast_convert_type(jnp.abs(value), f"int{8 * value.dtype.itemsize}")
        least = jax.lax.bitcast_convert_type(jnp.finfo(value.dtype).tiny, bits.dtype)
        subnormal = (bits > 0) & (bits < least)
        return (value == 0) & ~subnormal & (self.bound == 0)


def after(value, inherited, roundings: int = ROUNDINGS, flushed: Any = 1.0) -> Tracked:
    """Give a result the error of its operands, its own roundings, and what may be flushed to zero.

    `inherited` is computed in at most twenty roundings; `flushed` counts smallest normal numbers.
    """
    own = roundings * unit(value.dtype) * jnp.abs(value)
    floor = underflow(4, value.dtype) * flushed
    bound = inflate(inherited + own + floor, 24)
    # A value that overflowed or is not a number says nothing.
    return Tracked(value, jnp.where(jnp.isfinite(value), bound, jnp.inf))


def exact_where(known, result: Tracked) -> Tracked:
    """Take the error away where the result is known to be exact."""
    return Tracked(result.value, jnp.where(known, 0, result.bound))


def lower_bound(operand: Tracked) -> Any:
    """Bound the exact absolute value from below, by 0 if need be."""
    step = 4 * unit(operand.value.dtype)
    return jnp.maximum(jnp.abs(operand.value) * (1 - step) - operand.bound * (1 + step), 0)


def over(numerator, denominator) -> Any:
    """Divide bounds: inf where nothing keeps the denominator from zero."""
    positive = denominator > 0
    ratio = numerator / jnp.where(positive, denominator, 1)
    return jnp.where(positive, ratio, jnp.inf)
