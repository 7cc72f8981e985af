"""The arithmetics agree on random formulas, with an oracle by recursion."""

import math

import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from flint import arb, ctx, fmpq
from formulas import NAMES, SYMBOLS, formulas, nearby, oracle, single, values, widths
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from w2sjax.arithmetic.doubles import DOUBLES
from w2sjax.arithmetic.flint_numbers import FLINT, python, rational
from w2sjax.arithmetic.intervals import Interval, UnboundedError, exact, intervals
from w2sjax.arithmetic.measured import MEASURED, exactly, measured
from w2sjax.arithmetic.open_error import OpenError
from w2sjax.arithmetic.rounding import Rounded
from w2sjax.language.evaluation import parts, plan
from w2sjax.language.terms import log, quantity, term

BITS = 128


def real(value):
    return mpmath.mpf(value.numerator) / value.denominator


def precise(formula, known):
    """The value to 200 digits, and the least distance of what is under a root or divisor from 0."""

    def logarithm(value):
        if value <= 0:
            raise ZeroDivisionError
        return mpmath.log(value)

    with mpmath.workdps(200):
        return oracle(formula, {k: real(v) for k, v in known.items()}, real, mpmath.sqrt, logarithm)


@settings(max_examples=400, deadline=None)
@given(formulas(roots=False), values)
def test_rational_formulas_have_rational_values(formula, known):
    """Flint and the intervals are exact."""
    numbers = {name: rational(value) for name, value in known.items()}
    try:
        value = oracle(formula, known)
    except ZeroDivisionError:
        assume(False)
    (second,) = plan((formula,)).values(FLINT, numbers.__getitem__)
    assert isinstance(second, fmpq) and python(second) == value
    ends = {name: exact(value) for name, value in known.items()}
    (third,) = plan((formula,)).values(intervals(BITS), ends.__getitem__)
    assert third.low == third.high == value


def double(value):
    return jnp.asarray(float(value))


def split(known):
    """The exact numbers, and what is known of them in parts of a width."""
    return {k: v for k, (v, _) in known.items()}, {k: off for k, (_, off) in known.items()}


@settings(max_examples=400, deadline=None)
@given(single | formulas(), nearby, widths)
def test_enclosures_contain_the_value(formula, known, width):
    """Also where of the quantities only enclosures are known."""
    exactly_known, off = split(known)
    try:
        value = precise(formula, exactly_known)
    except ZeroDivisionError:
        assume(False)
    middles = {name: number + width * off[name] for name, number in exactly_known.items()}
    with mpmath.workdps(200), ctx.workprec(BITS):
        error = mpmath.mpf(10) ** -150
        balls = {
            name: arb(rational(middle)) + arb(0, rational(width)) if width else rational(middle)
            for name, middle in middles.items()
        }
        try:
            (ball,) = map(arb, plan((formula,)).values(FLINT, balls.__getitem__))
        except OpenError:  # what is divided by, or what a logarithm is of, may be 0
            ball = arb("nan")
        if ball.is_finite():
            middle, radius = (
                mpmath.mpf(int(m)) * mpmath.mpf(2) ** int(e)
                for m, e in (ball.mid().man_exp(), ball.rad().man_exp())
            )
            assert abs(middle - value) <= radius + error
        ends = {name: Interval(middle - width, middle + width) for name, middle in middles.items()}
        try:
            (found,) = plan((formula,)).values(intervals(BITS), ends.__getitem__)
        except UnboundedError:  # what is divided by may be 0
            return
        assert real(found.low) - error <= value <= real(found.high) + error


@settings(max_examples=400, deadline=None)
@given(single | formulas(), nearby, widths)
def test_doubles_are_off_by_no_more_than_they_say(formula, known, width):
    exactly_known, off = split(known)
    try:
        value = precise(formula, exactly_known)
    except ZeroDivisionError:
        assume(False)
    numbers = {
        name: measured(Rounded(double(number + width * off[name]), double(width)))
        for name, number in exactly_known.items()
    }
    (found,) = plan((formula,)).values(MEASURED, numbers.__getitem__)
    number, error, size = (float(x) for x in (found.number.value, found.number.error, found.size))
    if math.isfinite(number) and math.isfinite(error):
        with mpmath.workdps(200):
            assert abs(mpmath.mpf(number) - value) <= error
        assert abs(number) <= size * (1 + 1e-9)


@settings(max_examples=200, deadline=None)
@given(formulas(roots=False, ratios=False), nearby)
def test_errors_are_small_beside_what_is_added_up(formula, known):
    """So that a bound of infinity, which is always right, would not do."""
    numbers = {name: exactly(float(value)) for name, (value, _) in known.items()}
    (found,) = plan((formula,)).values(MEASURED, numbers.__getitem__)
    assert float(found.number.error) <= 1e-13 * float(found.size) + 1e-290


@settings(max_examples=200, deadline=None)
@given(formulas(), values)
def test_plain_doubles_are_near(formula, known):
    try:
        value = float(precise(formula, known))
    except ZeroDivisionError:
        assume(False)
    numbers = {name: exactly(float(value)) for name, value in known.items()}
    (found,) = plan((formula,)).values(MEASURED, numbers.__getitem__)
    error = float(found.number.error)
    assume(math.isfinite(error) and error < 1e-9)
    plain = {name: float(value) for name, value in known.items()}
    (near,) = plan((formula,)).values(DOUBLES, plain.__getitem__)
    assert abs(near - value) <= 1e-6 * (1 + float(found.size))


@settings(max_examples=200, deadline=None)
@given(formulas(roots=False), formulas(roots=False), values, st.sets(st.sampled_from(NAMES)))
def test_a_plan_can_be_begun(one, two, known, fixed):
    order = plan((one, two, one))
    numbers = {name: rational(value) for name, value in known.items()}
    other = {(name,): value + (name not in fixed) for (name,), value in numbers.items()}
    begun = order.begun(FLINT, numbers.__getitem__, lambda data: data[0] in fixed)
    assert all(
        not {(n,) for n in fixed} >= {q.data for q in parts((step,)) if q.operation == "quantity"}
        for _, step, _ in begun[1]
    )
    for case in (numbers, other, numbers):
        again = order.values(FLINT, case.__getitem__, begun)
        assert list(map(str, again)) == list(map(str, order.values(FLINT, case.__getitem__)))


def test_every_step_is_taken_once():
    a, b, _ = SYMBOLS
    shared = a + b
    asked = []

    def number(data):
        asked.append(data)
        return fmpq(2)

    assert plan((shared * shared, shared, a)).values(FLINT, number) == [16, 4, 2]
    assert asked == [("a",), ("b",)]


def test_a_quantity_of_terms_gets_their_values():
    a, b, _ = SYMBOLS
    larger = quantity("larger", of=(a + 1, b))

    def number(data, *given):
        return max(given) if data == ("larger",) else {("a",): 2, ("b",): 7}[data]

    assert plan((larger, -larger)).values(DOUBLES, number) == [7, -7]


@pytest.mark.parametrize(
    "of", [lambda a: 1 / a, log, lambda a: 1 / (1 + log(a))], ids=("1/a", "log", "1/(1+log)")
)
def test_what_has_no_value_in_flint_is_none_and_what_may_have_one_is_open(of):
    a, _, _ = SYMBOLS
    (found,) = plan((of(a),)).values(FLINT, {("a",): fmpq(0)}.__getitem__)
    assert found.is_nan()
    with pytest.raises(OpenError, match="may be 0 at this precision"):
        plan((of(a),)).values(FLINT, {("a",): arb(0, 2)}.__getitem__)


def test_what_has_no_value_in_doubles_is_not_a_number():
    a, _, _ = SYMBOLS
    zero = {("a",): 0.0}.__getitem__
    assert np.isnan(plan((1 / a,)).values(DOUBLES, zero)).all()
    (ratio, logarithm) = plan((1 / a, quantity("a") * 0 + term(1) / (a + 1))).values(
        MEASURED, lambda data: exactly(0.0)
    )
    assert math.isnan(float(ratio.number.value)) and float(logarithm.number.value) == 1
