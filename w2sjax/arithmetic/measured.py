r"""Terms in doubles: a number with a proved bound on its error, and the size of what was added up to it.

The size is that of the terms that may have cancelled; whether a tolerance is small is judged against it.
Works under
`jit` and `vmap`; quantities may be single numbers or, over several models, arrays of one shape.
"""

import dataclasses
import functools
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.inequality import Inequality, Verdict, compare
from w2sjax.arithmetic.rounding import Rounded, gamma, inflate
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import plan
from w2sjax.language.terms import Comparison, Term

ROOM = 256  # roundings allowed for a logarithm, which no standard bounds


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Measured:
    """A computed number.

    Attributes:
        number: its value and error.
        size: at least its absolute value: the sum of the absolute values of what was added up to it.
    """

    number: Rounded
    size: Float[Array, "*any"]


def measured(number: Rounded, size: Float[Array, "*any"] | None = None) -> Measured:
    """Take a number; by default nothing cancelled in it."""
    own = jnp.abs(number.value)
    return Measured(number, own if size is None else jnp.maximum(own, size))


def _number(value: Fraction) -> Measured:
    number = np.asarray(float(value), jnp.result_type(float))  # known also while tracing
    off = abs(Fraction(float(number)) - value)
    error = jnp.asarray(float(off) * (1 + 1e-6), number.dtype)
    return measured(Rounded(jnp.asarray(number), error))


def _each(operation: Callable[[Any, Any], Any]) -> Callable[..., Measured]:
    """Apply an operation of two, to numbers with errors and to sizes alike, to several in order."""

    def pair(first: Measured, second: Measured) -> Measured:
        return Measured(operation(first.number, second.number), operation(first.size, second.size))

    return lambda *parts: functools.reduce(pair, parts)


def _quotient(above: Measured, below: Measured) -> Measured:
    r"""$|a/b - â/b̂| ≤ (e_a + |â/b̂| e_b) / (|b̂| - e_b)$; not a number where the denominator may be 0."""
    certain = jnp.abs(below.number.value) - below.number.error
    good = certain > 0
    divisor = jnp.where(good, below.number.value, 1)
    value = jnp.where(good, above.number.value / divisor, jnp.nan)
    spread = above.number.error + jnp.abs(value) * below.number.error
    # Twice the spread makes up for the rounding of the difference.
    error = 2 * spread / jnp.where(good, certain, 1) + gamma(2, value.dtype) * jnp.abs(value)
    size = above.size / jnp.where(good, jnp.abs(divisor), 1)
    return measured(Rounded(value, inflate(error, 8)), size)


def _logarithm(value: Measured) -> Measured:
    least = value.number.value - value.number.error
    found = jnp.log(jnp.where(least > 0, value.number.value, jnp.nan))
    error = gamma(ROOM, found.dtype) * (1 + jnp.abs(found)) + 2 * value.number.error / least
    return measured(Rounded(found, inflate(error, 8)))


def _larger(first: Measured, second: Measured) -> Measured:
    """Take the larger; only what may be the largest counts in the error."""
    one, two = first.number, second.number
    value = jnp.maximum(one.value, two.value)
    room = 2 * (one.error + two.error)
    errors = [jnp.where(n.value + room >= value, n.error, 0) for n in (one, two)]
    return measured(Rounded(value, jnp.maximum(*errors)), jnp.maximum(first.size, second.size))


def negative(value: Measured) -> Measured:
    """Negate."""
    return Measured(-value.number, value.size)


def _absolute(value: Measured) -> Measured:
    return Measured(Rounded(jnp.abs(value.number.value), value.number.error), value.size)


MEASURED: dict[str, Callable[..., Any]] = {
    "number": _number,
    "+": _each(operator.add),
    "-": negative,
    "*": _each(operator.mul),
    "/": _quotient,
    "power": lambda value, exponent: _each(operator.mul)(*[value] * exponent),
    "sqrt": lambda value: measured(value.number.sqrt(), jnp.sqrt(value.size)),
    "log": _logarithm,
    "max": lambda *values: functools.reduce(_larger, values),
    "min": lambda *values: negative(functools.reduce(_larger, map(negative, values))),
    "abs": _absolute,
}


def evaluate(terms: tuple[Term, ...], quantity: Callable[..., Measured]) -> list[Measured]:
    """Compute terms."""
    return plan(terms).values(MEASURED, quantity)


def applies(conditions: list[tuple[Comparison, Measured, Measured]]) -> Bool[Array, "*any"]:
    """Whether conditions may all hold; a strict one has to hold for certain."""
    met = jnp.ones((), bool)
    for condition, lower, upper in conditions:
        slack = upper.number - lower.number
        strict = condition.relation == "<"
        good = slack.value > slack.error if strict else slack.value >= -slack.error
        met = met & (good & (slack.value <= slack.error) if condition.identity else good)
    return met


def judge(claim: Claim, quantity: Callable[..., Measured]) -> Inequality:
    """Compute both sides of a claim on one instance.

    Of several comparisons, or over several models, the worst is reported: the most severe verdict, and of
    equals the
    least slack. Where a condition fails nothing is claimed, and the answer is 0 <= 1, or 0 = 0.
    """
    terms = claim.terms if claim.allowance is None else (*claim.terms, claim.allowance)
    values = evaluate(terms, quantity)
    allowance: Any = 0.0
    if claim.allowance is not None:
        allowed = values.pop().number
        allowance = allowed.value + allowed.error
    pairs = list(zip(values[::2], values[1::2], strict=True))
    count = len(claim.comparisons)
    found = [
        compare(
            lower.number,
            upper.number,
            allowance=allowance,
            cancelled=lower.size + upper.size,
            identity=one.identity,
        )
        for one, (lower, upper) in zip(claim.comparisons, pairs[:count], strict=True)
    ]
    worst = _worst(found)
    conditions = [
        (one, *pair) for (_, one), pair in zip(claim.conditions, pairs[count:], strict=True)
    ]
    if not conditions:
        return worst
    met = jnp.all(applies(conditions))
    one, zero = jnp.ones_like(worst.lhs), jnp.zeros_like(worst.lhs)
    silent = dataclasses.replace(
        worst, lhs=zero, rhs=zero if worst.identity else one, tolerance=zero, scale=one
    )
    return jax.tree.map(lambda said, nothing: jnp.where(met, said, nothing), worst, silent)


def _worst(found: list[Inequality]) -> Inequality:
    """Take the worst of several, each of which may be over several models."""
    shape = jnp.broadcast_shapes(*(leaf.shape for leaf in jax.tree.leaves(found)))
    if len(found) == 1 and not shape:
        return found[0]

    def joined(*parts: Float[Array, "*any"]) -> Float[Array, " k"]:
        return jnp.concatenate([jnp.broadcast_to(part, shape or (1,)) for part in parts])

    every = jax.tree.map(joined, *found)
    severity = len(Verdict) * every.verdict().astype(every.lhs.dtype)
    severity -= jnp.nan_to_num(every.normalised_slack)
    return jax.tree.map(lambda leaf: leaf[jnp.argmax(severity)], every)


def exactly(value: Any) -> Measured:
    """Take a number as given."""
    return measured(rounding.exact(jnp.asarray(value, jnp.result_type(float))))
