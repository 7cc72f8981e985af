"""The checker's transcendental functions, against ball arithmetic: they enclose narrowly."""

import random
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from w2sjax.arithmetic.enclosures import FAR, LARGEST, enclosed, normal_enclosure
from w2sjax.arithmetic.flint_numbers import rational
from w2sjax.arithmetic.intervals import Interval, UnboundedError, exact


@pytest.fixture(autouse=True)
def _precise():
    saved, ctx.prec = ctx.prec, 1200
    yield
    ctx.prec = saved


def encloses(interval, truth) -> bool:
    return not (rational(interval.low) > truth or rational(interval.high) < truth)


numbers = st.fractions(min_value=Fraction(1, 10**9), max_value=10**9, max_denominator=10**9)


@given(numbers, st.integers(8, 300))
def test_logarithms_are_enclosed(value, bits):
    found = enclosed("log", exact(value), bits)
    assert encloses(found, arb(rational(value)).log())
    assert found.high - found.low <= max(1, abs(found.high)) / 2**bits


def test_logarithms_at_edges():
    one = enclosed("log", exact(Fraction(1)), 64)
    assert one.low <= 0 <= one.high
    for value in (Fraction(1, 3**500), Fraction(5**400, 7), Fraction(4, 3), Fraction(2, 3)):
        assert encloses(enclosed("log", exact(value), 200), arb(rational(value)).log())
    for value in (Fraction(0), Fraction(-1)):
        with pytest.raises(UnboundedError, match="positive"):
            enclosed("log", exact(value), 64)


@given(
    st.sampled_from(["exp", "log", "tanh", "sin", "cos", "atan", "erf", "erfc"]),
    st.fractions(-60, 60, max_denominator=10**6),
    st.fractions(0, 4, max_denominator=100),
    st.integers(8, 400),
)
def test_functions_are_enclosed(name, low, width, bits):
    """At both ends and between them; of a point narrowly."""
    low = abs(low) + Fraction(1, 10**6) if name == "log" else low
    found = enclosed(name, Interval(low, low + width), bits)
    for share in map(Fraction, ("0", "1/7", "1/2", "1")):
        assert encloses(found, getattr(arb(rational(low + share * width)), name)())
    point = enclosed(name, exact(low), bits)
    size = max(abs(point.low), abs(point.high))
    assert point.high - point.low <= max(size, Fraction(1, 10**6)) / 2**bits


def test_exponents_beyond_reach():
    with pytest.raises(UnboundedError, match="beyond 10000"):
        enclosed("exp", exact(LARGEST + 1), 100)


@given(st.fractions(min_value=-30, max_value=30, max_denominator=1000), st.integers(8, 200))
def test_normal_probabilities_are_enclosed(x, bits):
    found = normal_enclosure(x, bits)
    truth = (-arb(rational(x)) / arb(2).sqrt()).erfc() / 2
    assert encloses(found, truth)
    assert found.high - found.low <= Fraction(1, 2**bits)
    mirrored = normal_enclosure(-x, bits)
    assert encloses(mirrored, 1 - truth)


def test_normal_probabilities_far_out():
    for x in (FAR, FAR + 1, 10 * FAR):
        found = normal_enclosure(Fraction(-x), 64)
        assert encloses(found, (arb(x) / arb(2).sqrt()).erfc() / 2)
        assert 0 <= found.low <= found.high < Fraction(1, 2**64)
        above = normal_enclosure(Fraction(x), 64)
        assert above.low > 1 - Fraction(1, 2**60) and above.high <= 1


def test_a_wrong_bound_would_be_seen():
    source = random.Random(0)
    for _ in range(20):
        value = Fraction(source.randint(2, 10**6), source.randint(1, 10**6))
        truth, found = arb(rational(value)).log(), enclosed("log", exact(value), 64)
        shift = Fraction(1, 2**60)
        moved = type(found)(found.low + shift, found.high + shift)
        assert not encloses(moved, truth)
