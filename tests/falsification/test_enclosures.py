"""The checker's logarithms and normal probabilities, against ball arithmetic: they enclose narrowly."""

import random
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from w2sjax.falsification.flint_numbers import rational
from w2sjax.falsification.logarithm import log_enclosure
from w2sjax.falsification.normal import LARGEST, normal_enclosure


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
    found = log_enclosure(value, bits)
    assert encloses(found, arb(rational(value)).log())
    assert found.high - found.low <= Fraction(1, 2**bits)


def test_logarithms_at_edges():
    one = log_enclosure(Fraction(1), 64)
    assert one.low <= 0 <= one.high
    for value in (Fraction(1, 3**500), Fraction(5**400, 7), Fraction(4, 3), Fraction(2, 3)):
        assert encloses(log_enclosure(value, 200), arb(rational(value)).log())
    for value in (Fraction(0), Fraction(-1)):
        with pytest.raises(ValueError, match="positive"):
            log_enclosure(value, 64)


@given(st.fractions(min_value=-30, max_value=30, max_denominator=1000), st.integers(8, 200))
def test_normal_probabilities_are_enclosed(x, bits):
    found = normal_enclosure(x, bits)
    truth = (-arb(rational(x)) / arb(2).sqrt()).erfc() / 2
    assert encloses(found, truth)
    assert found.high - found.low <= Fraction(1, 2**bits)
    mirrored = normal_enclosure(-x, bits)
    assert (mirrored.low, mirrored.high) == (1 - found.high, 1 - found.low) or x == 0


def test_normal_probabilities_far_out():
    for x in (LARGEST, LARGEST + 1, 10 * LARGEST):
        found = normal_enclosure(Fraction(-x), 64)
        assert encloses(found, (arb(x) / arb(2).sqrt()).erfc() / 2)
        assert 0 <= found.low <= found.high < Fraction(1, 2**64)
        above = normal_enclosure(Fraction(x), 64)
        assert above.low > 1 - Fraction(1, 2**60) and above.high <= 1


def test_a_wrong_bound_would_be_seen():
    source = random.Random(0)
    for _ in range(20):
        value = Fraction(source.randint(2, 10**6), source.randint(1, 10**6))
        truth, found = arb(rational(value)).log(), log_enclosure(value, 64)
        shift = Fraction(1, 2**60)
        moved = type(found)(found.low + shift, found.high + shift)
        assert not encloses(moved, truth)
