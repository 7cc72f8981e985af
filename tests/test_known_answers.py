"""Projections whose answer is known: the data on which certificates were once false, and large ones."""

import math
from fractions import Fraction
from typing import Any, NamedTuple

import exact_projection
import jax.numpy as jnp
import numpy as np
import pytest
from test_promises import broken

from w2sjax import Status, hypothesis_class, project
from w2sjax.auditing.audit import audit as audited
from w2sjax.auditing.data import audit_data
from w2sjax.projecting.certificate import default_tolerance
from w2sjax.projecting.sets import Affine, Box, L1Ball, Orthant, Polyhedron, Subspace

audit: Any = audited  # a number of a report may be None; here it is not
SCORE = np.array([0.1, -0.2, 0.3, 0.0, -0.1, 0.2])
CLOCK = np.c_[1_700_000_000_000_000_000 + 10**9 * np.arange(6), SCORE].astype(float)
YEARS = np.arange(200.0, 208.0)
MILES = np.array([5.4, 7, 7.9, 7.6, 9.1, 9.4, 11.7, 10.9])
NEAR = np.array([[1, 1], [1, 1 + 1e-5], [1, 1 - 1e-5], [0, 0]])
SLOPE = np.array([0.0, 1, -1, 0])
GROUPS = np.eye(3)[[0, 1, 2, 0, 1, 2]]
SHORT = np.diag([1, 1e-16])
LONG = np.diag([1e17, 1])
UNIT = np.array([0.3, 0.7, 1.1, 1.3])
LAST_PLACE = np.c_[UNIT, UNIT + np.spacing(UNIT) * np.eye(4)[1]]


class Case(NamedTuple):
    """Features, a target and a set; the oracle's name for it and its parameters."""

    features: np.ndarray
    target: np.ndarray
    set: Any
    oracle: str
    parameters: dict[str, Any]
    certified: bool  # whether that is asked for; else the answer must be right, certified or not
    method: str = "qr"


def case(features, target, *, certified, intercept=False, method="qr"):
    kind = Affine() if intercept else Subspace()
    return Case(features, target, kind, "subspace", {}, certified, method)


def boxed(bound=1e6):
    ends = {"lower": np.full(2, -bound), "upper": np.full(2, bound)}
    return Case(NEAR, SLOPE, Box(jnp.asarray(-bound), jnp.asarray(bound)), "box", ends, False)


def wide_polyhedron(bound=1e6):
    matrix, limits = np.r_[np.eye(2), -np.eye(2)], np.full(4, bound)
    none = {"equality": np.zeros((0, 2)), "level": np.zeros(0)}
    given = {"matrix": matrix, "bound": limits, **none}
    return Case(
        NEAR, SLOPE, Polyhedron.from_arrays(matrix, limits), "polyhedron", given, certified=False
    )


CASES = {
    "clock": lambda: case(CLOCK, SCORE, certified=True),
    "clock_intercept": lambda: case(CLOCK, SCORE, certified=True, intercept=True),
    "short_column": lambda: case(SHORT, np.ones(2), certified=True),
    "long_column": lambda: case(LONG, np.ones(2), certified=True),
    "short_column_orthant": lambda: Case(SHORT, np.ones(2), Orthant(), "orthant", {}, True),
    "long_column_orthant": lambda: Case(LONG, np.ones(2), Orthant(), "orthant", {}, True),
    "powers": lambda: case(
        np.stack([YEARS**j for j in (1, 2, 3, 4)], axis=1), MILES, certified=False, intercept=True
    ),
    "gram": lambda: case(
        np.arange(8.0)[:, None] + 1e8, np.arange(8.0), certified=True, intercept=True, method="gram"
    ),
    "near_duplicates_box": boxed,
    "near_duplicates_l1_ball": lambda: Case(
        NEAR, SLOPE, L1Ball(jnp.asarray(1e6)), "l1_ball", {"radius": 1e6}, False
    ),
    "near_duplicates_orthant": lambda: Case(
        NEAR * np.array([-1, 1]), SLOPE, Orthant(), "orthant", {}, False
    ),
    "near_duplicates_polyhedron": wide_polyhedron,
    "one_hot": lambda: case(GROUPS, SCORE, certified=True),
    "one_hot_intercept": lambda: case(GROUPS, SCORE, certified=True, intercept=True),
    "duplicates": lambda: case(np.c_[SCORE[::-1], SCORE[::-1]], SCORE, certified=True),
    "multiples": lambda: case(SCORE[::-1, None] * [1, -2], SCORE, certified=True, intercept=True),
    "zero_column": lambda: case(np.c_[SCORE[::-1], 0 * SCORE], SCORE, certified=True),
}


def judged(case: Case):
    kind = case.set
    hypothesis = hypothesis_class(kind, jnp.asarray(case.features), method=case.method)
    answer = project(hypothesis, jnp.asarray(case.target))
    truth = exact_projection.project(
        case.oracle, case.parameters, case.features, np.ones(len(case.target)), case.target,
        intercept=kind.intercept,
    )  # fmt: skip
    return answer, truth


@pytest.mark.parametrize("name", CASES)
def test_known_to_be_hard(name):
    case = CASES[name]()
    answer, truth = judged(case)
    assert broken(answer, truth) is None
    assert float(truth.distance(answer.values) / truth.scale()) <= default_tolerance(np.float64)
    assert not case.certified or answer.status == Status.CERTIFIED


def test_columns_one_unit_in_the_last_place_apart_are_not_one():
    answer, truth = judged(case(LAST_PLACE, np.eye(4)[1], certified=False))
    assert truth.misfit() == 0
    assert broken(answer, truth) is None


def test_the_misfit_of_powers_is_that_of_exact_least_squares():
    answer, truth = judged(CASES["powers"]())
    assert round(float(truth.misfit()), 6) == 0.123861
    np.testing.assert_allclose(np.mean((MILES - answer.values) ** 2), 0.123861, rtol=1e-5)


def test_a_clock_does_not_hide_a_feature_from_the_audit():
    (model,) = audit(audit_data(CLOCK, SCORE, target=SCORE)).models
    assert model.misfit < 1e-20


def test_an_audit_with_a_clock_guarantees_nothing_that_is_false():
    random = np.random.default_rng(0)
    feature = 0.1 * random.normal(size=1000)
    features = np.c_[1_700_000_000_000 + 60_000 * np.arange(1000), feature]
    weak = 3 * feature + 1
    truth = exact_projection.project(
        "subspace", {}, features, np.ones(1000), weak, intercept=True
    )  # fmt: skip
    (model,) = audit(audit_data(features, weak)).models
    assert model.misfit < 1e-20
    assert model.guarantee is None or max(model.guarantee.guaranteed_gain) <= truth.misfit()


class Known(NamedTuple):
    """Whole numbers whose projection is known; points have equal weights."""

    features: np.ndarray
    target: np.ndarray
    projection: np.ndarray

    @property
    def masses(self):
        return np.ones(len(self.target))

    def distance(self, values) -> Fraction:
        """Give d(f, p), rounded down: differences and squares are rounded, the sum is not."""
        gaps = np.asarray(values).astype(float) - self.projection
        return Fraction(math.fsum(gaps**2)) / len(gaps) * (1 - Fraction(1, 10**14))

    def scale(self) -> Fraction:
        return Fraction(math.fsum(self.target.astype(float) ** 2)) / len(self.target)

    def reached(self, radius: float) -> bool:
        return False


def morse(size):
    """Signs whose sum over 32 points in a row is zero times every polynomial of degree four."""
    return np.array([1.0, -1.0])[[bin(i % 32).count("1") % 2 for i in range(size)]]


def known(name: str, size: int, dtype) -> Known:
    """Build features that the dtype holds, and a member of their class with what is orthogonal to it."""
    place, single = np.arange(size, dtype=float), dtype == np.float32
    group, residual = (place // 32) % 3, morse(size)
    match name:
        case "twenty_times_smaller":
            random = np.random.default_rng(0)
            first, second = np.round(2**10 * random.normal(size=(2, size)))
            columns, residual = [first / 2**10, second / 2**15], 0
            member = columns[0] + 20 * columns[1]
        case "clock":
            start, step = (1.7e9, 128) if single else (1.7e18, 1e9)
            columns, member = [start + step * place, group], place + 2 * group
        case "near_duplicates":
            ramp, sign = place % 1024 - 512, 1 - 2.0 * (group == 1)
            columns, member = [ramp, ramp + sign * 2.0 ** (-13 if single else -40)], sign
        case "powers":
            years = 200 + place % 32
            columns, member = [years**j for j in range(1, 3 if single else 5)], years**2
        case "ids":
            columns, member = [1e6 + place, (place // 64) % 2], (place // 64) % 2 - place
        case _:  # "one_hot"
            columns, member = [(group == k).astype(float) for k in range(3)], 2 * group
    features, target = np.stack(columns, axis=1), member + residual
    truth = Known(features.astype(dtype), target.astype(dtype), member)
    assert (truth.features == features).all()
    assert (truth.target == target).all()
    return truth


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [2048, pytest.param(500_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "name", ["twenty_times_smaller", "clock", "near_duplicates", "powers", "ids", "one_hot"]
)
def test_large_data(name, size, dtype):
    truth = known(name, size - size % 32, dtype)
    answer = project(
        hypothesis_class(Affine(), jnp.asarray(truth.features)), jnp.asarray(truth.target)
    )
    assert broken(answer, truth) is None


def test_half_a_million_rows_in_single_precision():
    truth = known("twenty_times_smaller", 500_000, np.float32)
    answer = project(
        hypothesis_class(Subspace(), jnp.asarray(truth.features)), jnp.asarray(truth.target)
    )
    assert broken(answer, truth) is None
    np.testing.assert_allclose(answer.coefficients, [1, 20], rtol=1e-3)
