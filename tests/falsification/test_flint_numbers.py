"""Numbers of flint: sums of products keep what may be 0, roots are of the positive part."""

import pytest
from flint import arb, fmpq

from w2sjax.arithmetic.flint_numbers import inner, root


def test_a_ball_that_contains_zero_keeps_its_width():
    around = arb(0, 1)
    total = inner([around, fmpq(1)], [fmpq(3), fmpq(2)])
    assert total.lower() <= -1 and total.upper() >= 5
    assert inner([fmpq(0), fmpq(1)], [around, fmpq(2)]) == 2


@pytest.mark.parametrize(
    ("value", "expected"), [(fmpq(-1), 0), (fmpq(-1, 3), 0), (fmpq(0), 0), (fmpq(9, 4), fmpq(3, 2))]
)
def test_rational_roots_of_the_positive_part(value, expected):
    assert isinstance(root(value), fmpq) and root(value) == expected


def test_enclosed_roots_of_the_positive_part():
    assert root(arb(-1)) == 0
    ball = root(arb(0, 4))
    assert ball.lower() <= 0 and 2 <= ball.upper() < 2.001
    assert root(fmpq(2)).overlaps(arb(2).sqrt())
