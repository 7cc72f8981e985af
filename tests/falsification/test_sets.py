"""Membership, which both engines share, against points that are known to be inside and outside."""

from fractions import Fraction

import pytest

from w2sjax.falsification.projection.sets import SHAPES, contains, member_near
from w2sjax.falsification.rationals import parse

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
    assert SHAPES[kind](numbers, 2) is None
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
        ("l2_ball", {}, "positive"),
        ("orthant", {"radius": Fraction(1)}, "parameters"),
        ("box", {"lower": [Fraction(1)], "upper": [Fraction(0)]}, "at most upper"),
        ("box", {"lower": [], "upper": [Fraction(0)]}, "1 numbers"),
        ("ellipsoid", {"lower": [[Fraction(0)]], "centre": [Fraction(0)]}, "singular"),
        ("polyhedron", {"matrix": [[]], "bound": [Fraction(1)], "equality": [], "level": []}, "rows"),
    ],
)  # fmt: skip
def test_faults(kind, parameters, message):
    assert message in SHAPES[kind](parameters, 1)
