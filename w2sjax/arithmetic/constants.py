"""What a number in a user's code stands for, and numbers that stand for themselves.

A double has seldom the value that was meant: `0.2` is 3602879701896397/18014398509481984. So that no
counterexample hangs on that, a scalar stands for an interval:

* integers, infinities and dyadic numbers of at most 20 bits (0.5, 0.375) for themselves;
* one that prints in at most 12 digits, for everything between its double and that decimal;
* a longer one was computed (1 - 0.9, 1/3, pi), and stands for itself up to a relative 1e-10.

In single precision these are 10 bits, 5 digits and 1e-5. Arrays are data: every entry stands for itself.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

# By bytes of a number: bits of dyadics, digits of decimals, places that computed numbers are good to.
_MEANT = {8: (20, 12, 10), 4: (10, 5, 5), 2: (3, 1, 1)}


def stands_for(number: Any) -> tuple[Fraction, Fraction] | None:
    """Give the ends of what a scalar of traced code stands for; None where that is itself alone."""
    array = np.asarray(number)
    if array.shape or not jnp.issubdtype(array.dtype, jnp.floating) or not np.isfinite(array):
        return None
    value = Fraction(float(array))
    bits, digits, places = _MEANT[max(array.dtype.itemsize, 2)]
    odd = abs(value.numerator) // (value.numerator & -value.numerator or 1)
    whole = value.denominator == 1 and abs(value) <= 2 ** (jnp.finfo(array.dtype).nmant + 1)
    if whole or odd.bit_length() <= bits:
        return None
    decimal = Decimal(str(array))
    if len(decimal.normalize().as_tuple().digits) <= digits:
        other = Fraction(decimal)
        return None if value == other else (min(value, other), max(value, other))
    width = abs(value) / 10**places
    return value - width, value + width


def exact(number: str | int | Fraction | Decimal) -> jax.Array:
    """Write a rational number into the code of a claim so that it stands for itself: a staged quotient.

    `x ** w2sjax.exact("1/5")` is the fifth root, where `x ** 0.2` is a power to something near it. To be
    called inside the check, which is traced: elsewhere the quotient is rounded at once.

    Args:
        number: text ("1/5", "0.2"), an int, a `Fraction` or a `Decimal`.

    Raises:
        TypeError: for a float, which is rounded before it comes here.
        ValueError: for text that is no number, and for parts that a float cannot hold.
    """
    if isinstance(number, bool) or not isinstance(number, str | int | Fraction | Decimal):
        raise TypeError(
            f"number: expected text such as '1/5', an int, Fraction or Decimal, got {number!r}"
        )
    try:
        value = Fraction(number)
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise ValueError(f"number: expected a number such as '1/5', got {number!r}") from error
    largest = 2 ** (jnp.finfo(jnp.result_type(float)).nmant + 1)
    if max(abs(value.numerator), value.denominator) > largest:
        raise ValueError(
            f"number: expected numerator and denominator up to {largest}, got {value}; "
            "write it as a product or quotient of shorter ones"
        )
    return jnp.divide(float(value.numerator), float(value.denominator))
