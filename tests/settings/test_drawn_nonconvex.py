"""Theorem 1 over classes that are not convex, as in examples/nonconvex.py: refuted, and by hand, too."""

from fractions import Fraction
from pathlib import Path

import pytest

from w2sjax.falsification.budget import Budget
from w2sjax.falsification.search import falsify
from w2sjax.verification.claim_files import find_claims

FILE = Path(__file__).parents[2] / "examples" / "nonconvex.py"
BUDGET = Budget(instances=0, small=2000, restarts=0)


@pytest.mark.parametrize("name", ["two_lines", "hidden_unit"])
def test_theorem_one_needs_a_convex_class(name):
    (claim,) = find_claims([f"{FILE}::{name}"])
    found = falsify(claim, 0, budget=BUDGET, shrink_seconds=5).counterexample
    assert found is not None
    assert Fraction(found.lhs) > Fraction(found.rhs)


def test_the_sides_of_the_hidden_unit_by_hand():
    (claim,) = find_claims([f"{FILE}::hidden_unit"])
    found = falsify(claim, 0, budget=BUDGET, shrink_seconds=5).counterexample
    assert found is not None
    first, second, target = found.instance.values
    student = (first, 0) if abs(first) >= abs(second) else (0, second)
    error = Fraction((student[0] - target) ** 2 + student[1] ** 2, 2)
    weak_error = Fraction((first - target) ** 2 + second**2, 2)
    misfit = Fraction((student[0] - first) ** 2 + (student[1] - second) ** 2, 2)
    assert (Fraction(found.lhs), Fraction(found.rhs)) == (error, weak_error - misfit)
