"""How the operations on single numbers propagate an error, and what each adds.

Each rule takes the computed value, the operands and, by name, the parameters of the operation. Errors
follow from the mean value theorem: an operation moves its result by at most its largest slope between
computed and exact operand, times the operand's error.
"""

import functools
import operator
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from w2sjax.arithmetic.rounding import inflate, underflow, unit
from w2sjax.arithmetic.running_error import tracked
from w2sjax.arithmetic.running_error.tracked import Tracked, after, exact_where, lower_bound, over


def addition(value, first, second, **_) -> Tracked:
    """Sums and differences: the errors add."""
    found = after(value, first.bound + second.bound)
    # Nothing is rounded where zero is added to what is exact.
    kept = (first.size + second.size >= underflow(1, value.dtype)) | (first.zero & second.zero)
    known = (first.zero | second.zero) & (first.bound + second.bound == 0) & kept
    return exact_where(known, found)


def product(value, first, second, **_) -> Tracked:
    """Bound by |a| e_b + |b| e_a + e_a e_b; a flushed operand counts times the other one."""
    inherited = jnp.abs(first.value) * second.bound + second.size * first.bound
    found = after(value, inherited, flushed=1 + first.size + second.size)
    nothing = (first.zero & jnp.isfinite(second.size)) | (second.zero & jnp.isfinite(first.size))
    return exact_where(nothing, found)


def quotient(value, first, second, **_) -> Tracked:
    """Bound by (e_a + |a / b| e_b) / (|b| - e_b)."""
    least = lower_bound(second)
    inherited = over(first.bound + 1.01 * jnp.abs(value) * second.bound, least)
    found = after(value, inherited, 4, 1 + first.size + over(1 + jnp.abs(value), least))
    return exact_where(first.zero & (least > 0) & jnp.isfinite(second.size), found)


def square(value, factor, **_) -> Tracked:
    """A product with itself."""
    return product(value, factor, factor)


def integer_power(value, base, *, y, **_) -> Tracked:
    """Bound by n e (|a| + e)^(n - 1), and one rounding a factor; a reciprocal for negative n."""
    count = max(abs(y), 1)
    inherited = count * base.bound * base.size ** (count - 1)
    whole = value if y >= 0 else base.value**count
    found = after(whole, inherited, 2 * count + 2, 1 + count * base.size**count)
    if y >= 0:
        return exact_where(base.zero, found)
    return quotient(value, Tracked(jnp.ones_like(base.value)), found)


def power(value, base, exponent, **_) -> Tracked:
    r"""Powers of positive numbers: the slope is largest at an end, and $a^{b+e} = a^b \exp(e \log a)$."""
    least, largest = lower_bound(base), 1.01 * base.size
    ends = [exponent.value - 1 + sign * 1.01 * exponent.bound for sign in (-1, 1)]
    slope = jnp.maximum(*(jnp.maximum(least**end, largest**end) for end in ends))
    moved = 1.01 * exponent.size * slope * base.bound
    # Nothing is known of fractional powers near or below zero, but that zero stays zero.
    inherited = jnp.where(least > 0, moved, jnp.where(base.bound > 0, jnp.inf, 0))
    height = jnp.abs(jnp.log(jnp.where(base.value > 0, base.value, 1)))
    turned = 1.01 * jnp.abs(value) * jnp.expm1(1.01 * exponent.bound * height)
    open_ = (exponent.bound > 0) & (base.value <= 0) & (exponent.value <= exponent.bound)
    found = after(value, jnp.where(open_, jnp.inf, inherited + turned), tracked.LIBRARY_ROUNDINGS)
    return exact_where(base.zero & (exponent.value > exponent.bound), found)


def square_root(value, inner, **_) -> Tracked:
    """Bound by the smaller of the root of 2 e and e over the root; NaN stays NaN."""
    crude = jnp.sqrt(2 * inner.bound)
    fine = over(inner.bound, jnp.abs(value))
    found = after(value, jnp.where(inner.value > inner.bound, jnp.minimum(crude, fine), crude))
    return exact_where(inner.zero, found)


def reciprocal_root(value, inner, **_) -> Tracked:
    """One over a square root."""
    root = square_root(jnp.sqrt(inner.value), inner)
    found = quotient(value, Tracked(jnp.ones_like(value)), root)
    return after(value, found.bound, tracked.LIBRARY_ROUNDINGS)


def library(inherited: Callable[[Any, Tracked], Any]) -> Callable[..., Tracked]:
    """Rule of a library function, by what becomes of the error of its operand."""

    def rule(value, inner, **_) -> Tracked:
        return after(value, inherited(value, inner), tracked.LIBRARY_ROUNDINGS)

    return rule


def logarithm_of_one_plus(value, inner) -> Any:
    """Bound by e / (1 + a - e)."""
    shifted = after(1 + inner.value, inner.bound)
    return jnp.where(inner.bound > 0, over(inner.bound, lower_bound(shifted)), 0)


def larger(value, *operands, **_) -> Tracked:
    """Maxima, minima and clipping choose: the largest error of what they choose from."""
    bound = functools.reduce(jnp.maximum, [operand.bound for operand in operands])
    return Tracked(value, jnp.broadcast_to(bound, value.shape))


def sign(value, inner, **_) -> Tracked:
    """A sign is right where the error cannot reach zero, and off by at most 2 elsewhere."""
    sure = (jnp.abs(inner.value) > inner.bound) | (inner.bound == 0)
    return Tracked(value, jnp.where(sure, 0, 2).astype(value.dtype))


def whole(function: Callable[[Any], Any]) -> Callable[..., Tracked]:
    """Rule of rounding to whole numbers, which never falls: as far as both ends of the operand go."""

    def rule(value, inner, **_) -> Tracked:
        low, high = ends(inner)
        reach = jnp.maximum(function(high) - value, value - function(low))
        return Tracked(value, jnp.where(jnp.isfinite(reach), reach, jnp.inf))

    return rule


def ends(operand: Tracked) -> tuple[Any, Any]:
    """Enclose the exact number, outwards by more than the roundings here."""
    value, bound = operand.value, operand.bound
    reach = jnp.where(bound > 0, inflate(bound + 4 * unit(value.dtype) * jnp.abs(value), 4), 0)
    return value - reach, value + reach


def comparison(value, first, second, **_) -> Tracked:
    """In doubt where the errors bridge the difference; of a number with itself, if it may be none."""
    if first is second:
        return Tracked(value, ~jnp.isfinite(first.bound))
    reach = 1.01 * (first.bound + second.bound)
    close = jnp.abs(first.value - second.value) <= reach
    finite = jnp.isfinite(first.value) & jnp.isfinite(second.value)
    return Tracked(value, (reach > 0) & (close | ~finite))


def logical(value, *operands, **_) -> Tracked:
    """In doubt where an operand is."""
    return Tracked(value, functools.reduce(operator.or_, [operand.bound for operand in operands]))


def choice(value, which, *cases, **_) -> Tracked:
    """Take the error of the chosen case; where the choice is in doubt, the distance to all cases."""
    if not cases[0].floating:
        doubt = logical(value, which, *cases).bound
        return Tracked(value, jnp.broadcast_to(doubt, value.shape))
    wanted = which.value.astype(jnp.int32)
    bound = jnp.zeros_like(value)
    for index, case in enumerate(cases):
        bound = jnp.where(wanted == index, case.bound, bound)
    if which.error is not None:
        apart = bound
        for case in cases:
            apart = jnp.maximum(apart, 1.01 * (jnp.abs(case.value - value) + case.bound))
        bound = jnp.where(which.error, apart, bound)
    return Tracked(value, bound)


def conversion(value, given, **_) -> Tracked:
    """Rounding to another precision; truth values in doubt become numbers off by 1."""
    kind = given.value.dtype
    if not jnp.issubdtype(value.dtype, jnp.floating):
        return Tracked(value, _cut(value.dtype, given) if given.floating else given.bound)
    if kind == jnp.bool_ or (given.floating and kind.itemsize <= value.dtype.itemsize):
        return Tracked(value, None if given.error is None else given.bound.astype(value.dtype))
    if not given.floating:  # an integer, which is exact; so is the result up to 2^53
        largest = 2.0 ** (jnp.finfo(value.dtype).nmant + 1)
        rounding = jnp.where(jnp.abs(value) <= largest, 0, 2 * unit(value.dtype) * jnp.abs(value))
        return Tracked(value, jnp.where(given.bound, jnp.inf, rounding).astype(value.dtype))
    return after(value, given.bound.astype(value.dtype))


def _cut(kind: Any, given: Tracked) -> Any:
    """Tell where a real number may become another integer or truth value."""
    low, high = ends(given)
    if kind == jnp.bool_:
        return ~((low > 0) | (high < 0) | given.zero)
    return ~(jnp.trunc(low) == jnp.trunc(high))


RULES: dict[str, Callable[..., Tracked]] = {
    **dict.fromkeys(("add", "add_any", "sub"), addition),
    "mul": product,
    "div": quotient,
    "square": square,
    "integer_pow": integer_power,
    "pow": power,
    "sqrt": square_root,
    "rsqrt": reciprocal_root,
    "exp": library(lambda value, inner: 1.01 * jnp.abs(value) * jnp.expm1(inner.bound)),
    "expm1": library(lambda value, inner: 1.01 * (value + 1) * jnp.expm1(inner.bound)),
    "log": library(lambda _, inner: over(inner.bound, lower_bound(inner))),
    "log1p": library(logarithm_of_one_plus),
    # These have a largest slope.
    **dict.fromkeys(("tanh", "sin", "cos", "atan"), library(lambda _, inner: inner.bound)),
    "logistic": library(lambda _, inner: 0.25 * inner.bound),
    "erf": library(lambda _, inner: 1.13 * inner.bound),
    **dict.fromkeys(("max", "min", "clamp"), larger),
    **dict.fromkeys(("neg", "abs"), lambda value, inner, **_: Tracked(value, inner.bound)),
    "sign": sign,
    **{name: whole(getattr(jnp, name)) for name in ("floor", "ceil", "round")},
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), comparison),
    **dict.fromkeys(("and", "or", "xor", "not"), logical),
    # In doubt where the error is not bounded.
    "is_finite": lambda value, inner, **_: Tracked(value, ~jnp.isfinite(inner.bound)),
    "select_n": choice,
    "convert_element_type": conversion,
}
