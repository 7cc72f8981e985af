"""Rational numbers: the simplest one of an interval, roots, text; against brute force."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax.arithmetic.rationals import length, parse, root_above, root_below, simplest, text

numbers = st.fractions(min_value=-5, max_value=5, max_denominator=60)
positive = st.fractions(min_value=0, max_value=100, max_denominator=1000)


@settings(deadline=None)
@given(numbers, st.fractions(min_value=0, max_value=1, max_denominator=40))
def test_simplest_is_inside_and_has_the_least_denominator(low, width):
    high = low + width
    found = simplest(low, high)
    assert low <= found <= high
    for denominator in range(1, found.denominator):
        # The first multiple of 1/denominator from low on lies beyond.
        assert Fraction(-((-low * denominator) // 1), denominator) > high


def test_simplest_refuses_an_empty_interval():
    with pytest.raises(ValueError, match="low: expected at most 0, got 1"):
        simplest(Fraction(1), Fraction(0))


@settings(deadline=None)
@given(positive, st.sampled_from([8, 64, 256]))
def test_roots_enclose(value, bits):
    low, high = root_below(value, bits), root_above(value, bits)
    assert low**2 <= value <= high**2
    assert high - low <= high * Fraction(4, 2**bits)


@settings(deadline=None)
@given(positive)
def test_roots_of_squares_are_exact(value):
    assert root_below(value**2, 64) <= value <= root_above(value**2, 64)
    if (value.denominator & (value.denominator - 1)) == 0:
        assert root_above(value**2, 64) == value


@settings(deadline=None)
@given(st.lists(st.lists(numbers, max_size=3), max_size=3))
def test_text_is_read_again(values):
    assert parse(text(values)) == values


@pytest.mark.parametrize(
    "wrong", [
        "1/0", "abc", 0.5, None, True, {"a": 1}, 2, "1e9", "1.5", " 1", "1_0", "+1", "1/-2", "٣",
        "9" * 4301,
    ],
)  # fmt: skip
def test_parse_refuses(wrong):
    with pytest.raises(ValueError, match="expected a rational number"):
        parse([wrong])


@pytest.mark.parametrize(("value", "depth"), [("1", 1), (["1"], 0), (["1"], 2), ([["1"], "1"], 2)])
def test_parse_refuses_other_depths(value, depth):
    with pytest.raises(ValueError, match="expected a"):
        parse(value, depth)


def test_short_numbers_are_shorter():
    order = ["0", "1", "2", "-2", "1/3", "7/5", "355/113"]
    lengths = [length(Fraction(value)) for value in order]
    assert lengths == sorted(lengths) and lengths[0] == 0


def test_numbers_too_long_to_be_read_are_not_written():
    assert parse(text(Fraction(10) ** 4299)) == Fraction(10) ** 4299
    with pytest.raises(ValueError, match="more digits than a file can hold"):
        text([Fraction(1, 10**4300)])
