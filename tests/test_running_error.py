"""Bounds of traced rounding, against rational and ball arithmetic; and what is refused."""

import functools
import os
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from w2sjax import exact as exact_number
from w2sjax import strategies
from w2sjax.arithmetic.running_error import rounded

SIZE = 5
EMITTERS = "xla_cpu_use_fusion_emitters"  # an option of jax 0.10
quick = settings(max_examples=30, deadline=None, derandomize=True)


def mean(v):
    return sum(v) / len(v)


def variance(v):
    return sum((a - mean(v)) ** 2 for a in v) / len(v)


def middle(v):
    return max(Fraction(-1), min(v[0] / 3, Fraction(1)))


# Plain code, the same in rational numbers, and how many roundings of its terms it may be off by.
CODES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "sum": (jnp.sum, sum),
    "mean": (jnp.mean, mean),
    "variance": (jnp.var, variance),
    "dot": (lambda v: v @ v[::-1], lambda v: sum(a * b for a, b in zip(v, v[::-1], strict=True))),
    "product": (jnp.prod, np.prod),
    "cube": (lambda v: jnp.sum(v**3), lambda v: sum(a**3 for a in v)),
    "quotient": (lambda v: v[0] / (1 + v[1] ** 2), lambda v: v[0] / (1 + v[1] ** 2)),
    "reciprocal": (lambda v: (1 + v[1] ** 2) ** -2, lambda v: 1 / (1 + v[1] ** 2) ** 2),
    "running sum": (lambda v: jnp.max(jnp.cumsum(v)), lambda v: max(np.cumsum(v))),
    "clip": (lambda v: jnp.clip(v[0] / 3, -1, 1), middle),
    "positive part": (
        lambda v: jnp.sum(jnp.where(v - 0.1 > 0, v - 0.1, 0)),
        lambda v: sum(max(a - Fraction(0.1), 0) for a in v),
    ),
    "in doubt": (
        lambda v: jnp.where(v[0] / 3 * 3 > v[0], 1.0, 2.0),
        lambda v: 2,
    ),
    "sorted": (lambda v: jnp.sort(v / 7)[1], lambda v: sorted(a / 7 for a in v)[1]),
    "absolute": (lambda v: jnp.sum(jnp.abs(v / 3)), lambda v: sum(abs(a) / 3 for a in v)),
    "mixed": (
        lambda v: jnp.einsum("i,ij->j", v, jnp.outer(v, v))[0] - v[0] * (v @ v),
        lambda v: 0,
    ),
    "update": (lambda v: jnp.sum(v.at[1].set(v[0] / 3)), lambda v: sum(v) - v[1] + v[0] / 3),
}


def bounded(name):
    code = CODES[name][0]
    return jax.jit(lambda v: rounded(lambda given: jnp.asarray(code(given), jnp.float64), v))


@pytest.mark.parametrize("name", CODES)
def test_the_bound_covers_the_error_and_is_small(name):
    compiled, exact = bounded(name), CODES[name][1]

    @quick
    @given(strategies.vectors(size=SIZE))
    @example(jnp.asarray([0.1, 0.2, 0.3, -0.6, 1e-300]))
    @example(jnp.asarray([5.0, 1 / 3, 1e8, -1e8, 1e-8]))
    @example(jnp.zeros(SIZE))
    def check(vector):
        found = compiled(vector)
        entries = [Fraction(float(x)) for x in vector]
        error = abs(Fraction(float(found.value)) - Fraction(exact(entries)))
        assert error <= Fraction(float(found.error))
        if name != "in doubt":  # there a comparison may go either way
            terms = (1 + float(jnp.max(jnp.abs(vector)))) ** (SIZE if name == "product" else 3)
            assert found.error <= 1e-13 * terms

    check()


# Rounded to whole numbers: code, where it is certain and where it is not, and the value where it is.
WHOLE: dict[str, tuple[Callable[..., Any], float, float, float]] = {
    "floor": (lambda x: jnp.floor(x / 3), 4.0, 3.0, 1),
    "ceil": (lambda x: jnp.ceil(x / 3), 4.0, 3.0, 2),
    "round": (lambda x: jnp.round(x / 3), 4.0, 4.5, 1),
    "sign": (lambda x: jnp.sign(x / 3 - 1), 2.0, 3.0, -1),
    "cut": (lambda x: (x / 3).astype(int).astype(float), -5.0, 3.0, -1),
    "counted": (lambda x: jnp.sum(jnp.stack([x, x, 7.0]) > 0.1).astype(float), 1.0, 0.1, 3),
    "chosen": (lambda x: jnp.where(x / 3 > 1, 5, 7) * 1.0, 2.0, 3.0, 7),
    "place": (lambda x: jnp.arange(4.0)[jnp.where(x / 3 > 1, 2, 1)], 2.0, 3.0, 1),
    "moved": (lambda x: jnp.roll(jnp.where(x / 3 > jnp.arange(2.0), 2, 1), 1)[0] * 1.0, 1.0, 3.0, 1),
    "truth": (lambda x: (x / 3 - 1).astype(bool).astype(float), 2.0, 3.0, 1),
    "constant": (lambda x: jnp.floor(x * 0 + 0.3 * 4), 1.0, jnp.inf, 1),
    "median": (lambda x: jnp.median(jnp.stack([x, 2 * x, 7.0])), 1.0, jnp.inf, 2),
    "quantile": (lambda x: jnp.quantile(jnp.stack([x, 2 * x, 7.0]), 0.25), 1.0, jnp.inf, 1.5),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_are_certain_away_from_where_they_change(name):
    code, certain, doubtful, exact = WHOLE[name]
    found = jax.jit(lambda x: rounded(code, x))(jnp.asarray(certain))
    assert abs(found.value - exact) <= found.error <= 1e-14
    doubt = jax.jit(lambda x: rounded(code, x))(jnp.asarray(doubtful))
    assert doubt.error >= 1


def entropy_like(v):
    q = v / jnp.sum(v)
    return jnp.sum(jnp.where(q > 0, q * jnp.log(jnp.where(q > 0, q, 1)), 0))


def test_zero_times_and_over_exact_numbers_is_zero():
    found = rounded(entropy_like, jnp.asarray([0.0, 1.0, 0.0, 3.0]))
    assert found.error <= 1e-13
    zero = jnp.asarray(0.0)
    for code in (
        lambda x: x / 3,
        lambda x: x * jnp.exp(1 + x),
        lambda x: jnp.sqrt(x),
        lambda x: x**3 / 7,
        lambda x: x ** exact_number("1/5"),
        lambda x: jnp.sum(jnp.stack([x, x]) / 3),
        lambda x: (x + x / 3) ** 2,
    ):
        assert rounded(code, zero).error == 0
    for code in (lambda x: x / 3, lambda x: x * 0.5, lambda x: x + 0.0, lambda x: jnp.sqrt(x)):
        small = jnp.asarray(5e-324)  # it may be flushed, also by a compiler that does its best
        program = jax.jit(functools.partial(rounded, code)).lower(small)
        for level in (0, 2):
            options: dict[str, Any] = {"xla_backend_optimization_level": level}
            if EMITTERS in os.environ["XLA_FLAGS"]:  # newer compilers have no other
                options[EMITTERS] = True
            assert program.compile(compiler_options=options)(small).error > 0
    assert rounded(lambda x: x / x, zero).error == jnp.inf
    assert rounded(lambda x: x * (1 / x), zero).error == jnp.inf
    assert rounded(lambda x: x * jnp.log(x - 1), zero).error == jnp.inf


def test_the_bound_is_needed():
    """Rounding does happen, so that bounds of zero would fail."""
    found = bounded("sum")(jnp.asarray([0.1, 0.2, 0.3, -0.6, 0.0]))
    assert found.value != 0 or found.error > 0
    assert bounded("in doubt")(jnp.asarray([0.7, 0, 0, 0, 0])).error >= 1


LIBRARY: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "sqrt": (lambda x: jnp.sqrt(x / 3), lambda x: (x / 3).sqrt()),
    "rsqrt": (lambda x: jax.lax.rsqrt(x / 3), lambda x: 1 / (x / 3).sqrt()),
    "exp": (lambda x: jnp.exp(x / 3), lambda x: (x / 3).exp()),
    "expm1": (lambda x: jnp.expm1(-x / 3), lambda x: (-x / 3).expm1()),
    "log": (lambda x: jnp.log(x / 3), lambda x: (x / 3).log()),
    "log1p": (lambda x: jnp.log1p(x / 3), lambda x: (x / 3).log1p()),
    "tanh": (lambda x: jnp.tanh(x / 3), lambda x: (x / 3).tanh()),
    "power": (lambda x: (x / 3) ** 1.5, lambda x: (x / 3) ** arb(1.5)),
    "computed exponent": (lambda x: (x / 3) ** (x / 7), lambda x: (x / 3) ** (x / 7)),
    "root": (lambda x: x ** exact_number("1/5"), lambda x: x.root(5)),
    "sine": (lambda x: jnp.sin(x / 3), lambda x: (x / 3).sin()),
    "sigmoid": (lambda x: jax.nn.sigmoid(x / 3), lambda x: 1 / (1 + (-x / 3).exp())),
}


@pytest.mark.parametrize("name", LIBRARY)
def test_library_functions_in_ball_arithmetic(name):
    code, exact = LIBRARY[name]
    compiled = jax.jit(lambda x: rounded(code, x))

    @quick
    @given(st.floats(1e-6, 30))
    def check(x):
        found = compiled(x)
        before, ctx.prec = ctx.prec, 300
        try:
            error = abs(arb(float(found.value)) - exact(arb(x)))
            assert error < arb(float(found.error))
        finally:
            ctx.prec = before
        assert found.error <= 1e-13 * (1 + abs(found.value))

    check()


def test_exact_operations_have_no_error():
    def code(v):
        first, second, _ = v
        moved = jnp.roll(jnp.concatenate([jnp.stack([first, second]), jnp.tile(v, 2)]), 1)
        copies = moved, jnp.pad(v, 1), jnp.repeat(v, 2), v[jnp.array([2, 0])]
        return *copies, v[::-1], jnp.max(v), -v[2:], jnp.abs(v).reshape(1, -1), jnp.sort(v)

    for found in rounded(code, jnp.asarray([0.1, -0.7, 3.0])):
        assert not np.any(found.error)


def test_undefined_values_are_not_bounded():
    assert rounded(lambda x: 1 / (x - 1 / 3), jnp.asarray(1 / 3)).error == jnp.inf
    assert rounded(lambda x: jnp.log(x / 3 - x / 3), jnp.asarray(1.0)).error == jnp.inf
    assert rounded(lambda x: jnp.sqrt(x), jnp.asarray(-1.0)).error == jnp.inf


def test_batches_compile_once_and_agree():
    traced = []

    def code(v):
        traced.append(1)
        return jnp.var(v) / 3

    batched = jax.jit(jax.vmap(lambda v: rounded(code, v)))
    given_ = jnp.asarray(np.random.default_rng(0).normal(size=(7, SIZE)))
    found, again = batched(given_), batched(2 * given_)
    assert len(traced) == 1
    one = rounded(code, given_[3])
    assert abs(found.value[3] - one.value) <= one.error
    assert np.all(again.error > found.error)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (lambda v: jax.lax.fori_loop(0, 3, lambda i, x: x / 3, v), "scan"),
        (lambda v: jax.lax.while_loop(lambda x: x[0] > 1, lambda x: x / 3, v), "while"),
        (lambda v: jax.lax.cond(v[0] > 1, lambda: v, lambda: v / 3), "cond"),
        (lambda v: jnp.linalg.inv(jnp.outer(v, v)), "lu"),
        (lambda v: v[jnp.argmax(v / 3)], "argmax"),
    ],
)
def test_unknown_operations_are_refused(code, name):
    with pytest.raises(ValueError, match=f"the rounding of .?{name}.* is not known"):
        rounded(code, jnp.asarray([1.0, 2.0]))
