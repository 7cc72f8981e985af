"""Expressions in quantities: the normal form keeps the value, and text that is none is refused."""

import math
import operator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax.falsification.expressions import HIGHEST, Numbers, evaluate
from w2sjax.falsification.polynomials import Polynomial, constant, quantity

quick = settings(max_examples=200, deadline=None, derandomize=True)
NAMES = ("misfit", "epsilon", "weak_error", "d(best,weak)")
VALUES = {"misfit": 2.25, "epsilon": 0.3, "weak_error": 7.0}
FLOATS = Numbers(
    VALUES.__getitem__,
    lambda first, second: {("best", "weak"): 1.7}[first, second],
    float,
    lambda value: math.sqrt(max(value, 0.0)),
)
CONSTANTS = [Fraction(n, d) for n in (-3, -1, 0, 1, 2, 4) for d in (1, 2, 9)]


def combined(parts):
    return st.one_of(st.tuples(st.sampled_from("+-*"), parts, parts), st.tuples(parts))


trees = st.recursive(st.sampled_from((*NAMES, *CONSTANTS)), combined, max_leaves=6)


def built(tree):
    """A polynomial, and what it is worth."""
    if isinstance(tree, str):
        return quantity(tree), evaluate(tree, FLOATS)
    if isinstance(tree, Fraction):
        return constant(tree), float(tree)
    if len(tree) == 1:
        polynomial, value = built(tree[0])
        return polynomial.root(), math.sqrt(max(value, 0.0))
    act = {"+": operator.add, "-": operator.sub, "*": operator.mul}[tree[0]]
    left, right = built(tree[1]), built(tree[2])
    return act(left[0], right[0]), act(left[1], right[1])


@quick
@given(trees)
def test_the_text_has_the_value_of_what_was_built(tree):
    polynomial, value = built(tree)
    # A root may hide a rounding error of 1e-16 as 1e-8, and so on for roots of roots.
    size = 1e-3 if "root(root" in polynomial.text() or "-" in polynomial.text() else 1e-9
    found = evaluate(polynomial.text(), FLOATS)
    assert found == pytest.approx(value, rel=size, abs=size)
    terms = sum(float(c) * evaluate(name, FLOATS) for name, c in polynomial.named().items())
    assert terms == pytest.approx(found, rel=1e-9, abs=1e-9)


MISFIT, EPSILON = quantity("misfit"), quantity("epsilon")
SAME: list[tuple[Polynomial, str]] = [
    (MISFIT.root() * EPSILON.root(), "root(epsilon*misfit)"),
    ((MISFIT * EPSILON).root(), "root(epsilon*misfit)"),
    (MISFIT.root() * MISFIT.root(), "misfit"),
    ((MISFIT * MISFIT).root(), "misfit"),
    ((MISFIT + EPSILON).root() * (MISFIT + EPSILON).root(), "epsilon + misfit"),
    ((MISFIT.root() + EPSILON.root()) * (MISFIT.root() - EPSILON.root()), "-epsilon + misfit"),
    (MISFIT.scaled(Fraction(4)).root(), "2*root(misfit)"),
    (MISFIT.scaled(Fraction(2)).root() * EPSILON.scaled(Fraction(2)).root(),
     "2*root(epsilon*misfit)"),
    ((MISFIT - EPSILON).root() * (MISFIT - EPSILON).root(), "root(-epsilon + misfit)^2"),
    (MISFIT.root().root(), "root(root(misfit))"),
    (MISFIT - MISFIT, "0"),
]  # fmt: skip


@pytest.mark.parametrize(("polynomial", "text"), SAME)
def test_equal_expressions_get_equal_names(polynomial, text):
    assert polynomial.text() == text


def test_the_positive_part_is_not_cancelled():
    """The root of what is negative is 0, and so is its square."""
    negative = EPSILON - MISFIT
    square = negative.root() * negative.root()
    assert evaluate(square.text(), FLOATS) == 0 != evaluate(negative.text(), FLOATS)


@pytest.mark.parametrize(
    "text",
    ["", "misfit +", "root(misfit", "misfit)", "2 3", "misfit^0", f"misfit^{HIGHEST + 1}", "misfit^1/2",
     "d(best)", "1/0", "x ? y", "(" * 40 + "misfit" + ")" * 40, "misfit + " * 999 + "misfit", "^2"],
)  # fmt: skip
def test_text_that_is_none(text):
    with pytest.raises(ValueError, match="quantity: "):
        evaluate(text, FLOATS)


def test_unknown_names():
    for text in ("moon", "root(moon)", "d(best,moon)"):
        with pytest.raises(KeyError):
            evaluate(text, FLOATS)
