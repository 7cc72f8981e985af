"""Rounding bounds against rational arithmetic: they cover the error, and not much more."""

import functools
import math
from decimal import Decimal, localcontext
from fractions import Fraction

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import (
    Rounded,
    exact,
    gamma,
    inflate,
    mean_square,
    norm,
    unit,
    weighted_dot,
)

SIZE = 20
check = settings(max_examples=100, deadline=None, derandomize=True)
each_dtype = pytest.mark.parametrize("dtype", [np.float64, np.float32])

# Numbers that cancel, differ by scales, or stand just beside each other.
special = [0.0, 1.0, -1.0, 1 + 2.0**-20, 1 - 2.0**-20, 2.0**26 + 1, 1e-6, -1e6, 3.0, 1 / 3]
numbers = st.one_of(st.sampled_from(special), st.floats(-1e6, 1e6, allow_subnormal=False, width=32))
vectors = hnp.arrays(np.float64, SIZE, elements=numbers)
masses = hnp.arrays(
    np.float64,
    SIZE,
    elements=st.one_of(
        st.sampled_from([0.0, 1.0, 1e-30, 1e-10]),
        st.floats(0, 1, allow_subnormal=False, width=32),
    ),
)


def fractions(array):
    return [Fraction(float(value)) for value in np.ravel(array)]


def fraction(value):
    return Fraction(float(value))


def covers(rounded, truth):
    """The error bound is sound."""
    return abs(fraction(rounded.value) - truth) <= fraction(rounded.error)


def lost(dtype, *factors):
    """What flushed products may cost: next to nothing, times the largest factor."""
    return 1e3 * float(np.finfo(dtype).tiny) * (1 + sum(float(np.max(np.abs(f))) for f in factors))


def exact_dot(weights, left, right):
    rows = zip(fractions(weights), fractions(left), fractions(right), strict=True)
    terms = [w * a * b for w, a, b in rows]
    return sum(terms), sum(map(abs, terms))


def exact_square(weights, left, right):
    rows = zip(fractions(weights), fractions(left), fractions(right), strict=True)
    return sum((w * (a - b) ** 2 for w, a, b in rows), start=Fraction(0))


def root(value: Fraction) -> Fraction:
    """A square root to 60 digits."""
    with localcontext() as context:
        context.prec = 80
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


@functools.cache
def compiled(name):
    function = {"dot": weighted_dot, "square": mean_square, "norm": norm,
                "length": rounding.length}[name]  # fmt: skip
    return jax.jit(function)


def test_unit_and_gamma():
    assert unit(jnp.float64) == 2.0**-53 and unit(jnp.float32) == 2.0**-24
    for dtype in (jnp.float64, jnp.float32):
        u = Fraction(unit(dtype))
        for count in (1, 2, 10, 1000, 10**6):
            true = count * u / (1 - count * u)
            assert abs(Fraction(gamma(count, dtype)) - true) <= true * Fraction(1, 10**15)
    assert gamma(2**24, jnp.float32) == math.inf
    assert rounding.underflow(3, jnp.float64) == 3 * np.finfo(np.float64).tiny


@each_dtype
@check
@given(st.floats(0, 2.0**99, allow_subnormal=False, width=32), st.integers(0, 1000))
def test_inflate_makes_up_for_roundings(dtype, bound, operations):
    """A bound that lost a factor (1 - u) in each operation is restored."""
    u = Fraction(unit(dtype))
    given_bound = fraction(dtype(bound))
    lost = given_bound * (1 - u) ** operations
    stored = jnp.asarray(np.nextafter(dtype(float(lost)), dtype(0)))
    assert fraction(inflate(stored, operations)) >= given_bound
    room = Fraction(2 * gamma(operations + 8, dtype))
    assert fraction(inflate(jnp.asarray(bound, dtype), operations)) <= given_bound * (
        1 + room
    ) + Fraction(1, 10**30)


@each_dtype
@check
@given(masses, vectors, vectors)
def test_weighted_dot(dtype, weights, left, right):
    weights, left, right = (array.astype(dtype) for array in (weights, left, right))
    found = compiled("dot")(*map(jnp.asarray, (weights, left, right)))
    truth, size = exact_dot(weights, left, right)
    assert found.value.dtype == dtype
    assert covers(found, truth)
    useful = (SIZE + 8) * unit(dtype) * float(size)
    assert float(found.error) <= useful + lost(dtype, right)


@each_dtype
@check
@given(masses, vectors, vectors)
def test_mean_square(dtype, weights, left, right):
    weights, left, right = (array.astype(dtype) for array in (weights, left, right))
    found = compiled("square")(*map(jnp.asarray, (weights, left, right)))
    truth = exact_square(weights, left, right)
    assert covers(found, truth)
    useful = (SIZE + 8) * unit(dtype) * float(truth)
    assert float(found.error) <= useful + lost(dtype, left, right)


@check
@given(vectors, vectors, st.permutations(range(SIZE)))
def test_any_order_of_summation(left, right, order):
    """The bound is about the set of terms; another order stays within it."""
    weights = np.geomspace(1e-300, 1, SIZE)
    found = compiled("dot")(*map(jnp.asarray, (weights, left, right)))
    terms = (weights * left * right)[list(order)]
    total = np.float64(0)
    for term in terms:  # one after another, as no compiler would
        total = total + term
    truth, _ = exact_dot(weights, left, right)
    assert abs(fraction(total) - truth) <= fraction(found.error)
    shuffled = compiled("dot")(*(jnp.asarray(a[list(order)]) for a in (weights, left, right)))
    assert covers(shuffled, truth)


def adversarial(size, dtype, seed):
    """Long sums whose terms cancel, with weights from 1e-300 (or 1e-30) to 1."""
    random = np.random.default_rng(seed)
    tiny = -300 if dtype == np.float64 else -30
    weights = 10.0 ** random.uniform(tiny, 0, size)
    weights[: size // 2] = 1.0
    left = random.normal(size=size) * 10.0 ** random.integers(-3, 4, size)
    right = np.where(random.uniform(size=size) < 0.5, 1.0, -1.0) / left
    first, second = slice(0, size // 4), slice(size // 4, 2 * (size // 4))
    right[second] = -right[first] * left[first] / left[second]
    return tuple(array.astype(dtype) for array in (weights, left, right))


@each_dtype
@pytest.mark.parametrize("size", [1, 2, 1000, 4_000])
def test_long_sums(dtype, size):
    for seed in range(2):
        weights, left, right = adversarial(size, dtype, seed)
        found = compiled("dot")(*map(jnp.asarray, (weights, left, right)))
        truth, magnitude = exact_dot(weights, left, right)
        assert covers(found, truth)
        useful = (size + 8) * unit(dtype) / (1 - (size + 8) * unit(dtype))
        assert float(found.error) <= 1.01 * useful * float(magnitude) + size * lost(dtype, right)
        square = compiled("square")(*map(jnp.asarray, (weights, left, right)))
        assert covers(square, exact_square(weights, left, right))


@pytest.mark.slow
@each_dtype
def test_a_million_terms(dtype):
    weights, left, right = adversarial(10**6, dtype, 0)
    found = compiled("dot")(*map(jnp.asarray, (weights, left, right)))
    assert covers(found, exact_dot(weights, left, right)[0])
    square = compiled("square")(*map(jnp.asarray, (weights, left, right)))
    assert covers(square, exact_square(weights, left, right))


def test_a_sum_that_errs_as_much_as_it_may():
    """Serial sums of one sign, in as many blocks, come near the bound: it is not idle."""
    size = 2**14
    ones = jnp.full(size, 1.0 / 3, jnp.float32)
    total = np.float32(0)
    for block in np.asarray(ones).reshape(128, 128):
        part = np.float32(0)
        for value in block:
            part += value
        total += part
    assert rounding.additions(size, jnp.float32) == 256
    truth = size * fraction(np.float32(1 / 3))
    found = compiled("dot")(ones, jnp.ones_like(ones), jnp.ones_like(ones))
    error = abs(fraction(total) - truth)
    assert error <= fraction(found.error) <= 300 * error


@check
@given(hnp.arrays(np.float64, (3, SIZE), elements=numbers), masses)
def test_batches_are_covered(rows, weights):
    batch = jax.vmap(weighted_dot, (None, 0, None))(*map(jnp.asarray, (weights, rows, rows[0])))
    squares = jax.vmap(mean_square, (None, 0, None))(*map(jnp.asarray, (weights, rows, rows[0])))
    for i, row in enumerate(rows):
        dot = Rounded(batch.value[i], batch.error[i])
        assert covers(dot, exact_dot(weights, row, rows[0])[0])
        square = Rounded(squares.value[i], squares.error[i])
        assert covers(square, exact_square(weights, row, rows[0]))


values = st.floats(-1e6, 1e6, allow_subnormal=False)
errors = st.one_of(st.just(0.0), st.floats(1e-20, 1e3, allow_subnormal=False))
places = st.sampled_from([Fraction(-1), Fraction(1), Fraction(0), Fraction(1, 3)])


@functools.cache
def arithmetic():
    def every(a, b):
        return a + b, a - b, a * b, -a, a.scaled(-2.5), a.upper(), a.perturbed(b.error)

    return jax.jit(every)


@each_dtype
@check
@given(values, errors, places, values, errors, places)
def test_arithmetic(dtype, a, a_error, a_place, b, b_error, b_place):
    """True numbers anywhere within the errors, at their ends too."""
    one, other = (
        Rounded(jnp.asarray(v, dtype), jnp.asarray(e, dtype))
        for v, e in ((a, a_error), (b, b_error))
    )
    x = fraction(one.value) + a_place * fraction(one.error)
    y = fraction(other.value) + b_place * fraction(other.error)
    total, difference, product, negative, scaled, upper, wider = arithmetic()(one, other)
    assert covers(total, x + y)
    assert covers(difference, x - y)
    assert covers(product, x * y)
    assert covers(negative, -x) and negative.error == one.error
    assert covers(scaled, Fraction(-5, 2) * x)
    assert fraction(upper) >= x
    assert covers(wider, x + b_place * fraction(other.error))
    tiny, u = 1e-30, unit(dtype)
    ea, eb = float(one.error), float(other.error)
    for found, spread in (
        (total, ea + eb), (difference, ea + eb), (scaled, 2.5 * ea), (wider, ea + eb),
        (product, abs(a) * eb + abs(b) * ea + ea * eb),
    ):  # fmt: skip
        useful = (1 + 40 * u) * spread + 2 * u * abs(float(found.value)) + tiny
        assert float(found.error) <= useful * (1 + 1e-5)
    assert float(upper) <= (float(one.value) + ea) + 16 * u * (abs(a) + ea) + tiny


squares = st.one_of(
    st.sampled_from([0.0, 1e-30, 1e-16, 1.0, 2.0]), st.floats(0, 1e12, allow_subnormal=False)
)


@each_dtype
@check
@given(squares, errors, places)
def test_square_roots(dtype, value, error, place):
    given_value = Rounded(jnp.asarray(value, dtype), jnp.asarray(error, dtype))
    truth = fraction(given_value.value) + place * fraction(given_value.error)
    found = given_value.sqrt()
    truth = max(truth, Fraction(0))  # the exact quantity is nonnegative
    assert abs(fraction(found.value) - root(truth)) <= fraction(found.error)
    v, e, u = float(given_value.value), float(given_value.error), unit(dtype)
    loose = min(math.sqrt(2 * e), e / math.sqrt(v) if v > e else math.inf)
    assert float(found.error) <= (1 + 40 * u) * loose + 3 * u * math.sqrt(v) + 1e-18


def test_square_roots_of_negative_values():
    """A difference may come out negative; the exact quantity does not."""
    found = Rounded(jnp.asarray(-1e-17), jnp.asarray(4e-17)).sqrt()
    assert found.value == 0
    assert root(Fraction(3, 10**17)) <= fraction(found.error) <= 2 * root(Fraction(4, 10**17))


@each_dtype
@check
@given(vectors)
def test_norms(dtype, vector):
    vector = vector.astype(dtype)
    truth = root(sum((v * v for v in fractions(vector)), start=Fraction(0)))
    upper = compiled("norm")(jnp.asarray(vector))
    tiny = float(np.finfo(dtype).tiny)
    assert fraction(upper) >= truth
    assert float(upper) <= (1 + 2.1 * (SIZE + 8) * unit(dtype)) * float(truth) + 40 * tiny**0.5
    found = compiled("length")(jnp.asarray(vector))
    assert covers(found, truth)
    assert (float(found.value) == 0) == (not np.any(vector)) or np.max(np.abs(vector)) < 1e-18
    assert float(found.error) <= 3 * (SIZE + 8) * unit(dtype) * float(truth) + 40 * tiny**0.5


def test_tiny_numbers_are_not_lost():
    """Products that underflow are covered by the absolute part."""
    small = jnp.full(4, 1e-200)
    dot = weighted_dot(jnp.ones(4), small, small)
    assert covers(dot, 4 * fraction(1e-200) ** 2)
    square = mean_square(jnp.full(4, 1e-300), small, -small)
    assert covers(square, exact_square(np.full(4, 1e-300), np.full(4, 1e-200), -np.full(4, 1e-200)))
    assert fraction(norm(small)) >= 2 * fraction(1e-200)
    assert covers(rounding.length(small), 2 * fraction(1e-200))
    # A flushed product is multiplied by a large number, or a small weight by a small difference.
    large, zero = jnp.full(4, 1e250), jnp.zeros(4)
    dot = weighted_dot(jnp.full(4, 1e-300), jnp.full(4, 1e-10), large)
    assert covers(dot, exact_dot(np.full(4, 1e-300), np.full(4, 1e-10), np.full(4, 1e250))[0])
    square = mean_square(jnp.full(4, 1e-300), jnp.full(4, 1e-12), zero)
    assert covers(square, exact_square(np.full(4, 1e-300), np.full(4, 1e-12), np.zeros(4)))
    assert rounding.length(zero).value == rounding.length(zero).error == 0


def test_exact_numbers():
    number = exact(jnp.asarray(0.1))
    assert number.value == 0.1 and number.error == 0
    assert covers(number * number, fraction(0.1) ** 2)
    assert (number + number).error <= 1e-16
