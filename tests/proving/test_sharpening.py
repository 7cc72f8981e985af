"""Best constants: known ones, irrational ones, curves, and bounds that hold always or never."""

import math
from fractions import Fraction

import pytest
from test_proofs import made

from w2sjax.falsification.deciding import decide
from w2sjax.falsification.question import asked
from w2sjax.language import sqrt, unknown
from w2sjax.proving.algebraic import algebraic
from w2sjax.proving.curves import curve
from w2sjax.proving.pages import sharpened_text
from w2sjax.proving.reports import curve_table
from w2sjax.proving.sharpening import sharpen
from w2sjax.proving.unknowns import with_values
from w2sjax.settings.projection import (
    CONVEX,
    EXACT,
    REALIZABLE,
    best,
    d,
    student,
    target,
    weak,
)

a, c = unknown("a"), unknown("c")
gain = d(weak, target) - d(student, target)
misfit, epsilon = d(student, weak), d(best, target)
PLAIN, REAL = (CONVEX, EXACT), (CONVEX, REALIZABLE, EXACT)


def on_the_way(share):
    return (1 - share) * weak + share * student


KNOWN = {
    "floor": (gain >= -c * epsilon, PLAIN, "least", 1),
    "theorem 1": (gain >= c * misfit, REAL, "greatest", 1),
    "sharpened theorem 2": (gain >= misfit - c * sqrt(epsilon * misfit), PLAIN, "least", 2),
    "misfit": (misfit <= c * (d(weak, target) + epsilon), PLAIN, "least", 2),
    "without convexity": (d(student, target) <= c * d(weak, target), (REALIZABLE, EXACT), "least", 4),
    "half-way": (d(on_the_way(Fraction(1, 2)), target) <= d(weak, target) - c * misfit, REAL, "greatest",
                 Fraction(3, 4)),
    "a quarter, at most lost": (d(on_the_way(Fraction(1, 4)), target) <= d(weak, target) + c * epsilon,
                                PLAIN, "least", Fraction(1, 7)),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_best_constants_are_rational_and_tight(name):
    claimed, assumptions, kind, constant = KNOWN[name]
    claim = made(claimed, *assumptions)
    found = sharpen(claim)
    assert (found.kind, found.constant) == (kind, constant) and found.proof is not None
    found.proof.check()
    better = constant - Fraction(1, 1000) * (1 if kind == "least" else -1)
    if not found.note:  # of two members that are equally near an instance takes the first
        at = decide(with_values(claim, {"c": Fraction(constant)}), found.tight)
        assert at.slack == 0
        assert decide(with_values(claim, {"c": better}), found.tight).violated
    fields = found.to_json()
    assert fields["constant"] == str(constant) and fields["tight"] and fields["proof"]
    assert f"The {kind} c is {constant}." in sharpened_text(found)


def test_an_irrational_constant_is_enclosed():
    both = d(target, best) + d(weak, best)
    found = sharpen(made(d(student, best) + d(weak, target) <= c * both, *PLAIN))
    assert found.constant is None and found.interval is not None
    low, high = found.interval
    golden = (3 + math.sqrt(5)) / 2
    assert low < golden < high and high - low <= Fraction(1, 10**6)
    assert found.proof is not None and found.counterexample is not None
    found.proof.check()
    assert found.algebraic == "(3 + √5)/2" and "(3 + √5)/2" in sharpened_text(found)


@pytest.mark.parametrize(
    ("number", "name"),
    [(math.sqrt(2), "√2"), ((3 - math.sqrt(5)) / 2, "(3 - √5)/2"), (1 + math.sqrt(8), "1 + 2√2"),
     (math.pi, "")],
)  # fmt: skip
def test_quadratic_numbers_are_named(number, name):
    assert algebraic(number) == name


def test_a_bound_that_holds_never_or_always():
    never = sharpen(made(d(student, target) <= c * misfit, *PLAIN))
    assert never.kind == "none" and never.constant is None and never.counterexample is not None
    for value in (-5, 0, Fraction(10**6)):
        at = with_values(never.claim, {"c": Fraction(value)})
        assert decide(at, never.counterexample.instance).violated
    always = sharpen(made(c * d(student, student) <= misfit, *PLAIN))
    assert always.kind == "every" and "every c" in sharpened_text(always)
    assert always.proof is not None
    always.proof.check()
    assert "no c" in sharpened_text(never)


def test_the_curve_of_two_constants():
    found = curve(
        made(gain >= a * misfit - c * epsilon, *PLAIN), (Fraction(-1), Fraction(1, 4), Fraction(1))
    )
    assert found.names == ("a", "c")
    assert [best.constant for _, best in found.points] == [Fraction(1, 2), Fraction(4, 3), None]
    assert found.points[-1][1].kind == "none" and len(curve_table(found).rows) == 3


def test_unknown_constants_are_for_sharpening_alone():
    claim = made(gain >= -c * epsilon, *PLAIN)
    with pytest.raises(ValueError, match="unknown constant c: w2sjax sharpen"):
        asked(claim, 0)
    for wrong in (made(gain >= 0, *PLAIN), made(gain >= a * misfit - c * epsilon, *PLAIN)):
        with pytest.raises(ValueError, match="one unknown constant"):
            sharpen(wrong)
    with pytest.raises(ValueError, match="two unknown constants"):
        curve(claim)
    with pytest.raises(ValueError, match="a name such as"):
        unknown("2c")
