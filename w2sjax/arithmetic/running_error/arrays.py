"""How operations on whole arrays propagate an error: moves of entries, sums, products, orderings."""

import functools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from w2sjax.arithmetic.rounding import HIGHEST, gamma
from w2sjax.arithmetic.running_error import tracked
from w2sjax.arithmetic.running_error.tracked import Tracked, after, exact_where, over

# Operations that only copy entries: they copy the errors alike.
MOVES = (
    "broadcast_in_dim", "reshape", "transpose", "squeeze", "expand_dims", "rev", "slice", "split", "tile",
    "stack", "unstack",
    "copy", "copy_p", "stop_gradient", "concatenate", "gather", "dynamic_slice", "pad", "scatter",
    "dynamic_update_slice", "optimization_barrier", "device_put",
)  # fmt: skip


def move(bind: Callable[..., Any], operands: list[Tracked]) -> Any:
    """Apply an operation to the errors; indices stay what they are."""

    def part(operand):
        keyed = jnp.issubdtype(operand.value.dtype, jax.dtypes.extended)
        return operand.value if operand.counts or keyed else operand.bound

    return bind(*map(part, operands))


def total(value, terms, *, axes, **_) -> Tracked:
    """Sum m terms: m - 1 additions, in any order."""
    count = math.prod(terms.value.shape[axis] for axis in axes)
    grown = 2 * gamma(count + 1, value.dtype) * jnp.sum(terms.size, axis=axes)
    # The sum of the errors is itself a sum of m terms, all of one sign.
    inherited = jnp.sum(terms.bound, axis=axes) * (1 + 2 * gamma(count + 1, value.dtype))
    found = after(value, inherited + grown, flushed=float(count))
    return exact_where(jnp.all(terms.zero, axis=axes), found)


def running_total(value, terms, *, axis, reverse, **_) -> Tracked:
    """Prefix sums: each a sum of at most m terms."""
    count = terms.value.shape[axis]
    factor = gamma(count + 1, value.dtype)
    prefix = functools.partial(jax.lax.cumsum, axis=axis, reverse=reverse)
    inherited = (1 + 2 * factor) * prefix(terms.bound) + 2 * factor * prefix(terms.size)
    return after(value, inherited, flushed=float(count))


def total_product(value, factors, *, axes, **_) -> Tracked:
    """Bound by the sum over factors of e_i times the product of all other |a_j| + e_j."""
    count = math.prod(factors.value.shape[axis] for axis in axes)
    size = jnp.prod(factors.size, axis=axes)
    share = jnp.where(factors.bound > 0, over(factors.bound, factors.size), 0)
    grown = 2 * gamma(count + 1, value.dtype) * size
    inherited = 1.01 * jnp.sum(share, axis=axes) * size
    flushed = count * jnp.prod(1 + factors.size, axis=axes)
    return after(value, (1 + 4 * gamma(count + 1, value.dtype)) * (inherited + grown), 2, flushed)


def dot(value, first, second, *, dimension_numbers, **_) -> Tracked:
    """Sums of m products: the error of a sum, and a rounding in every term."""
    count = math.prod(first.value.shape[axis] for axis in dimension_numbers[0][0]) + 2

    def apply(left, right):
        return jax.lax.dot_general(left, right, dimension_numbers, precision=HIGHEST)

    factor = 2 * gamma(count, value.dtype)
    inherited = apply(first.size, second.bound) + apply(first.bound, second.size)
    grown = factor * apply(first.size, second.size)
    ones = jnp.ones_like
    flushed = apply(1 + first.size, ones(second.value)) + apply(ones(first.value), second.size)
    return after(value, (1 + factor) * inherited + grown, flushed=flushed)


def extreme(value, inner, *, axes, **_) -> Tracked:
    """Maxima and minima along axes: the largest error."""
    return Tracked(value, jnp.max(inner.bound, axis=axes))


def running_extreme(value, inner, *, axis, reverse, **_) -> Tracked:
    """Prefix maxima and minima: the largest error so far."""
    return Tracked(value, jax.lax.cummax(inner.bound, axis=axis, reverse=reverse))


def ordering(value, inner, *others, dimension, **_) -> Tracked:
    """Sorting moves no entry by more than the largest error."""
    if others:
        raise tracked.UnknownRounding("a sort of several arrays by rounded keys")
    largest = jnp.max(inner.bound, axis=dimension, keepdims=True)
    return Tracked(value, jnp.broadcast_to(largest, value.shape))


def agreement(value, inner, *, axes, **_) -> Tracked:
    """All or any of many truth values: in doubt where one of them is."""
    return Tracked(value, jnp.any(inner.bound, axis=axes))


RULES: dict[str, Callable[..., Tracked]] = {
    "reduce_sum": total,
    "cumsum": running_total,
    "reduce_prod": total_product,
    "dot_general": dot,
    **dict.fromkeys(("reduce_max", "reduce_min"), extreme),
    **dict.fromkeys(("cummax", "cummin"), running_extreme),
    "sort": ordering,
    **dict.fromkeys(("reduce_and", "reduce_or"), agreement),
}

# Without rounding of their own: exact operands give an exact result.
EXACT = (
    *MOVES, "max", "min", "clamp", "neg", "abs", "sign", "select_n", "reduce_max", "reduce_min",
    "cummax", "cummin", "sort", "floor", "ceil", "round", "iota",
)  # fmt: skip
