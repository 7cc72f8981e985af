"""The verdict on two sides with a tolerance."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax import Inequality, Verdict
from w2sjax.arithmetic.inequality import compare
from w2sjax.arithmetic.rounding import Rounded, exact

NAN, INF = float("nan"), float("inf")


def statement(lhs, rhs, tolerance, scale=None, *, identity=False):
    scale = abs(lhs) + abs(rhs) if scale is None else scale
    sides = (jnp.asarray(value, float) for value in (lhs, rhs, tolerance, scale))
    return Inequality(*sides, identity=identity)


TABLE = [
    # lhs, rhs, tolerance, scale, identity, verdict
    (1.0, 2.0, 0.5, 3.0, False, Verdict.HOLDS),
    (1.0, 2.0, 1.5, 3.0, False, Verdict.UNDECIDED),
    (2.0, 1.0, 1.5, 3.0, False, Verdict.UNDECIDED),
    (2.0, 1.0, 0.5, 3.0, False, Verdict.VIOLATED),
    (1.0, 1.0, 1e-12, 2.0, False, Verdict.EQUAL),
    (1.0, 1.0, 1e-8, 2.0, False, Verdict.UNDECIDED),
    (1.0, 1.0, 1e-8, 1e3, False, Verdict.EQUAL),  # larger terms cancelled
    (0.0, 0.0, 0.0, 0.0, False, Verdict.EQUAL),
    (1.0, 2.0, 1.0, 3.0, False, Verdict.UNDECIDED),  # slack must exceed the tolerance
    (1.0, 1.0, 1e-12, 2.0, True, Verdict.EQUAL),
    (1.0, 2.0, 0.5, 3.0, True, Verdict.VIOLATED),  # an identity fails on both sides
    (2.0, 1.0, 0.5, 3.0, True, Verdict.VIOLATED),
    (1.0, 2.0, 1.5, 3.0, True, Verdict.UNDECIDED),
    (NAN, 2.0, 0.5, 3.0, False, Verdict.INVALID),
    (1.0, NAN, 0.5, 3.0, False, Verdict.INVALID),
    (1.0, 2.0, NAN, 3.0, False, Verdict.INVALID),
    (1.0, INF, 0.5, 3.0, False, Verdict.INVALID),
    (-INF, 1.0, 0.5, 3.0, False, Verdict.INVALID),
    (NAN, NAN, NAN, NAN, True, Verdict.INVALID),
    (1.0, 2.0, INF, 3.0, False, Verdict.UNDECIDED),  # valid sides, no certificate
]


@pytest.mark.parametrize(("lhs", "rhs", "tolerance", "scale", "identity", "expected"), TABLE)
def test_verdicts(lhs, rhs, tolerance, scale, identity, expected):
    side = statement(lhs, rhs, tolerance, scale, identity=identity)
    assert Verdict(int(side.verdict())) is expected
    assert side.verdict().dtype == jnp.int32


def test_severity_is_the_order():
    assert list(Verdict) == sorted(Verdict)
    assert max(Verdict) is Verdict.VIOLATED
    assert Verdict.HOLDS < Verdict.EQUAL < Verdict.UNDECIDED < Verdict.INVALID


def test_slack_and_shares():
    plain = statement(1.0, 4.0, 0.5)
    assert plain.slack == 3 and plain.normalised_slack == 3 / 5 and plain.share == 0.25
    other = statement(4.0, 1.0, 0.5)
    assert other.slack == -3 and other.normalised_slack == -3 / 5 and other.share == 4
    same = statement(1.0, 4.0, 0.5, identity=True)
    assert same.slack == -3 and same.normalised_slack == -3 / 5
    within = statement(1.0, 1.0 + 1e-13, 1e-12)
    assert within.normalised_slack == 0 and within.share == 1
    negative = statement(-2.0, -1.0, 0.1)
    assert negative.share == 0 and negative.normalised_slack == 1 / 3
    nothing = statement(0.0, 0.0, 0.0)
    assert nothing.normalised_slack == 0 and nothing.share == 1


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=3, max_size=3),
    st.floats(0, 1e3, allow_subnormal=False),
    st.booleans(),
)
def test_verdict_is_the_definition(sides, error, identity):
    lhs, rhs, shift = sides
    side = statement(lhs, rhs, error, abs(lhs) + abs(rhs) + abs(shift), identity=identity)
    slack = Fraction(float(rhs - lhs))
    slack = -abs(slack) if identity else slack
    if slack > Fraction(error):
        assert side.verdict() == Verdict.HOLDS and not identity
    elif slack < -Fraction(error):
        assert side.verdict() == Verdict.VIOLATED
    else:
        assert side.verdict() in (Verdict.EQUAL, Verdict.UNDECIDED)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(*[st.floats(-1e6, 1e6, allow_subnormal=False)] * 4, st.floats(0, 10))
def test_compare_covers_the_true_slack(lhs, lhs_change, rhs, rhs_change, allowance):
    """Sides that are off by less than their errors, wherever they are."""
    left = Rounded(jnp.asarray(lhs), jnp.asarray(abs(lhs_change)))
    right = Rounded(jnp.asarray(rhs), jnp.asarray(abs(rhs_change)))
    side = compare(left, right, allowance=allowance, cancelled=7.0)
    true = Fraction(rhs) + Fraction(rhs_change) - Fraction(lhs) - Fraction(lhs_change)
    computed = Fraction(float(side.rhs)) - Fraction(float(side.lhs))
    tolerance = Fraction(float(side.tolerance))
    assert abs(true - computed) + Fraction(allowance) <= tolerance
    size = abs(lhs_change) + abs(rhs_change) + allowance + 1e-15 * (abs(lhs) + abs(rhs))
    assert float(side.tolerance) <= 1.001 * size + 1e-290
    assert side.scale == abs(lhs) + abs(rhs) + 7


def test_exact_sides_have_rounding_only():
    side = compare(exact(jnp.asarray(0.1)), exact(jnp.asarray(0.3)))
    assert 0 < side.tolerance <= 1e-16
    assert side.verdict() == Verdict.HOLDS


def test_a_batch_is_one_at_a_time():
    columns = np.array([row[:4] for row in TABLE if not row[4]]).T
    lhs, rhs, tolerance, scale = (jnp.asarray(column) for column in columns)
    batch = Inequality(lhs, rhs, tolerance, scale)
    single = jax.vmap(lambda a, b, c, d: Inequality(a, b, c, d).verdict())(
        *map(jnp.asarray, columns)
    )
    np.testing.assert_array_equal(batch.verdict(), single)
