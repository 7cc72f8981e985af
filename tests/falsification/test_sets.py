"""Membership, which both engines share, against points known to be inside and outside; supports."""

import random
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from w2sjax.arithmetic.flint_numbers import python, rationals
from w2sjax.arithmetic.rationals import dot, parse
from w2sjax.settings.exact import RefusedError
from w2sjax.settings.projection.maximising import maximise
from w2sjax.settings.projection.sets import SHAPES, contains, fault_of, member_near
from w2sjax.settings.projection.supports import support

TRIANGLE = {"matrix": [["1", "1"]], "bound": ["1"], "equality": [["1", "-1"]], "level": ["0"]}
# Kind, parameters, members, others: the others fail each condition on its own.
CASES = [
    ("subspace", {}, [["9", "-9"]], []),
    ("affine", {}, [["9", "-9"]], []),
    ("orthant", {}, [["0", "5"]], [["-1/9", "5"], ["5", "-1/9"]]),
    ("box", {"lower": ["-1", "0"], "upper": ["1", "2"]}, [["-1", "2"]], [["-2", "1"], ["0", "3"]]),
    ("simplex", {"total": "1"}, [["1/3", "2/3"]], [["-1/3", "4/3"], ["1/3", "1/3"], ["1", "1"]]),
    ("l1_ball", {"radius": "1"}, [["-1/2", "1/2"]], [["-2/3", "2/3"], ["2", "-2"]]),
    ("l2_ball", {"radius": "5"}, [["3", "-4"]], [["3", "-401/100"]]),
    ("rkhs_ball", {"radius": "5"}, [["-3", "4"]], [["31/10", "4"]]),
    ("ellipsoid", {"lower": [["1", "0"], ["1", "2"]], "centre": ["1", "0"]},
     [["2", "0"], ["1/2", "1/2"]], [["0", "1"], ["0", "-1/2"]]),
    ("polyhedron", TRIANGLE, [["1/2", "1/2"], ["-9", "-9"]], [["1", "1"], ["0", "1"]]),
    ("monotone", {}, [["-1", "-1"], ["0", "7"]], [["1", "0"]]),
    ("bounded_values", {"bound": "1"}, [["1", "-1"]], [["0", "-3/2"], ["3/2", "0"]]),
    ("bounded_monotone", {"bound": "1"}, [["-1", "1"]], [["1", "-1"], ["0", "2"], ["-2", "0"]]),
]  # fmt: skip
each = pytest.mark.parametrize(
    ("kind", "parameters", "members", "others"), CASES, ids=[case[0] for case in CASES]
)


def test_every_kind_is_here():
    assert [case[0] for case in CASES] == list(SHAPES)


@each
def test_members_and_others(kind, parameters, members, others):
    numbers = {name: parse(value) for name, value in parameters.items()}
    assert fault_of(kind, numbers, 2) is None
    for point in parse(members):
        assert contains(kind, numbers, point)
        assert member_near(kind, numbers, point) == point
    for point in parse(others):
        assert not contains(kind, numbers, point)
        near = member_near(kind, numbers, point)
        assert (kind == "polyhedron") == (near is None)
        assert near is None or contains(kind, numbers, near)


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        ("l2_ball", {"radius": Fraction(0)}, "positive"),
        ("l2_ball", {}, "parameters"),
        ("orthant", {"radius": Fraction(1)}, "parameters"),
        ("box", {"lower": [Fraction(1)], "upper": [Fraction(0)]}, "at most upper"),
        ("box", {"lower": [], "upper": [Fraction(0)]}, "1 numbers"),
        ("ellipsoid", {"lower": [[Fraction(0)]], "centre": [Fraction(0)]}, "singular"),
        ("ellipsoid", {"lower": [Fraction(1)], "centre": [Fraction(0)]}, "2 deep"),
        ("polyhedron", {"matrix": [[]], "bound": [Fraction(1)], "equality": [], "level": []}, "rows"),
    ],
)  # fmt: skip
def test_faults(kind, parameters, message):
    assert message in (fault_of(kind, parameters, 1) or "")


def polyhedron(source: random.Random, rows: int, size: int, fixed: int) -> dict:
    """Small integers, so that ties, repeated rows and rows of zeros occur; the origin is inside."""

    def row():
        return [Fraction(source.randint(-2, 2)) for _ in range(size)]

    matrix, equality = [row() for _ in range(rows)], [row() for _ in range(fixed)]
    bound = [Fraction(source.randint(0, 2)) for _ in matrix]
    return {"matrix": matrix, "bound": bound, "equality": equality, "level": [Fraction(0)] * fixed}


def shown(given, along):
    """The supremum by the engine, where it is attained, and the bound that its multipliers show."""
    value, *rest = maximise("polyhedron", given, rationals(along))
    place, multipliers = ([python(part) for part in one] for one in rest)
    return value, place, support("polyhedron", given, along, multipliers)


@pytest.mark.parametrize("rows", [0, 1, 3, 6, 12])
def test_the_support_of_a_polyhedron(rows):
    """Against SciPy, unbounded ones too; the multipliers show it to the checker."""
    source, finite, infinite = random.Random(rows), 0, 0
    for _ in range(60):
        size = source.randint(1, 4)
        given = polyhedron(source, rows, size, source.randint(0, 2))
        along = [Fraction(source.randint(-3, 3)) for _ in range(size)]
        arrays = {name: np.array(value, float) for name, value in given.items()}
        known = linprog(
            -np.array(along, float),
            A_ub=arrays["matrix"].reshape(-1, size), b_ub=arrays["bound"],
            A_eq=arrays["equality"].reshape(-1, size), b_eq=arrays["level"], bounds=(None, None),
        )  # fmt: skip
        if known.status == 3:
            infinite += 1
            assert not maximise("polyhedron", given, rationals(along))[0].is_finite()
            continue
        finite += 1
        value, place, bound = shown(given, along)
        assert bound.low == bound.high == python(value) == dot(along, place)
        assert contains("polyhedron", given, place)
        assert float(bound.high) == pytest.approx(-known.fun, abs=1e-9)
    assert finite > 5 and (infinite > 5 or rows > 6)


@pytest.mark.parametrize(
    ("multipliers", "message"),
    [
        (None, "not stated"),
        (["1"], "not stated"),
        (["-1", "0"], "negative"),
        (["2", "0"], "direction"),
    ],
)
def test_multipliers_that_show_nothing_are_refused(multipliers, message):
    triangle = {name: parse(value) for name, value in TRIANGLE.items()}
    given = None if multipliers is None else parse(multipliers)
    along = parse(["1", "1"])
    assert support("polyhedron", triangle, along, parse(["1", "0"])).high == 1
    with pytest.raises(RefusedError, match=message):
        support("polyhedron", triangle, along, given)


def test_many_rows_take_steps_and_no_enumeration():
    """12 of 60 rows can be chosen in 10^12 ways."""
    size, rows = 12, 60
    given = polyhedron(random.Random(1), rows, size, 0)
    units = [[Fraction(i == j) for j in range(size)] for i in range(size)]
    given["matrix"] += units + [[-value for value in row] for row in units]
    given["bound"] += [Fraction(3)] * (2 * size)
    value, _, bound = shown(given, [Fraction(i - 5) for i in range(size)])
    assert 0 <= bound.high == python(value) <= 3 * sum(abs(i - 5) for i in range(size))
