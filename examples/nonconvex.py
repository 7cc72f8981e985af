"""Theorem 1 over classes that are not convex. Both claims are false, and small counterexamples show why.

Run `w2sjax falsify examples/nonconvex.py` for both, or name one: `examples/nonconvex.py::hidden_unit`.
"""

import jax
import jax.numpy as jnp

import w2sjax


def theorem_one(student, weak, target):
    """Give both sides of Theorem 1."""

    def distance(f, g):
        return jnp.mean((f - g) ** 2)

    return distance(student, target), distance(weak, target) - distance(student, weak)


def lines(key):
    """Draw two directions, the weak model, and the place of the target on the first line."""
    return {"lines": jax.random.normal(key, (3, 2)), "place": jax.random.normal(key)}


@w2sjax.claim(draw=lines, valid=lambda drawn: jnp.all(jnp.sum(drawn["lines"] ** 2, axis=1) > 0))
def two_lines(drawn):
    """Theorem 1 where the class is the union of two lines through the origin."""
    first, second, weak = drawn["lines"]

    def onto(line):
        return line * (jnp.sum(line * weak) / jnp.sum(line**2))

    one, other = onto(first), onto(second)
    nearer = jnp.sum((one - weak) ** 2) <= jnp.sum((other - weak) ** 2)
    return theorem_one(jnp.where(nearer, one, other), weak, drawn["place"] * first)


def values(key):
    """Draw the weak model at 1 and -1, and the target's output weight."""
    return jax.random.normal(key, (3,))


@w2sjax.claim(draw=values, valid=lambda drawn: jnp.isfinite(drawn[0]))
def hidden_unit(drawn):
    """Theorem 1 for networks with one hidden unit, x -> t relu(x) and x -> t relu(-x), at 1 and -1."""
    weak, target = drawn[:2], jnp.stack([drawn[2], jnp.zeros_like(drawn[2])])
    forward = jnp.abs(weak[0]) >= jnp.abs(weak[1])
    student = weak * jnp.stack([forward, ~forward]).astype(weak.dtype)
    return theorem_one(student, weak, target)
