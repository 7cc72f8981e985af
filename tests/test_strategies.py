"""Strategies: every draw is valid, failing examples are short, and nothing compiles twice."""

import subprocess
import sys
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import find, given, settings

from w2sjax import SETS, strategies
from w2sjax.projecting.sets import ValueSet
from w2sjax.settings.bandits.floats import GRID, LARGEST, SMALLEST
from w2sjax.settings.bandits.floats import STRATA as BANDIT_STRATA
from w2sjax.settings.projection.floats import STRATA

DIMENSION, POINTS = 3, 4
each_kind = pytest.mark.parametrize("kind", SETS)
few = settings(max_examples=12, deadline=None, derandomize=True)
many = settings(max_examples=40, deadline=None, derandomize=True)


def rational(array):
    return [Fraction(float(x)) for x in np.ravel(array)]


def exactly_inside(kind: str, given: Any, point) -> bool:
    """Membership in rational numbers; of a sphere, up to the rounding of its points."""
    x = rational(point)
    allowed = 1 + Fraction(1, 2**50)
    match kind:
        case "subspace" | "affine":
            return True
        case "l2_ball" | "rkhs_ball":
            return sum(v * v for v in x) <= Fraction(float(given.radius)) ** 2 * allowed
        case "l1_ball":
            return sum(map(abs, x)) <= Fraction(float(given.radius))
        case "simplex":
            return min(x) >= 0 and sum(x) == Fraction(float(given.total))
        case "orthant":
            return min(x) >= 0
        case "box":
            ends = zip(rational(given.lower), x, rational(given.upper), strict=True)
            return all(low <= v <= high for low, v, high in ends)
        case "polyhedron":
            rows = [rational(row) for row in given.matrix]
            sums = [sum(a * v for a, v in zip(row, x, strict=True)) for row in rows]
            return all(s <= b for s, b in zip(sums, rational(given.bound), strict=True))
        case "ellipsoid":
            shifted = [v - c for v, c in zip(x, rational(given.centre), strict=True)]
            columns = [rational(column) for column in np.tril(given.cholesky).T]
            parts = [sum(a * v for a, v in zip(column, shifted, strict=True)) for column in columns]
            return sum(v * v for v in parts) <= allowed
        case "monotone":
            return x == sorted(x)
        case "bounded_values":
            return max(map(abs, x)) <= Fraction(float(given.bound))
        case "intersection":
            return exactly_inside("l2_ball", given.first, point) and exactly_inside(
                "box", given.second, point
            )
    raise AssertionError(kind)


@st.composite
def sets_with_members(draw, kind):
    given = draw(strategies.convex_sets(kind=kind, dimension=DIMENSION))
    return given, draw(strategies.members(given, dimension=DIMENSION))


@each_kind
def test_members_are_inside(kind):
    @many
    @given(sets_with_members(kind))
    def check(drawn):
        convex_set, point = drawn
        assert isinstance(convex_set, SETS[kind])
        assert point.shape == (DIMENSION,) and point.dtype == jnp.float64
        assert exactly_inside(kind, convex_set, point)

    check()


@each_kind
def test_members_reach_the_boundary_and_leave_zero(kind):
    """Not only the simplest member: some are non-zero, and no two coordinates need be equal."""
    found = find(
        sets_with_members(kind),
        lambda drawn: len(set(np.asarray(drawn[1]).tolist())) == DIMENSION,
        settings=settings(max_examples=500, deadline=None, derandomize=True),
    )
    assert np.all(np.asarray(found[1]) * 2**20 % 1 == 0)  # a short fraction


@each_kind
def test_instances_are_valid_and_compile_once(kind):
    traced = []
    columns = None if issubclass(SETS[kind], ValueSet) else 2

    @jax.jit
    def outside(instance):
        traced.append(kind)
        hypothesis = instance.hypothesis
        distances = [hypothesis.set.distance(v) for v in (instance.truth, instance.other)]
        far = jnp.stack([distance.value - distance.error for distance in distances])
        return far, hypothesis.values(instance.truth, instance.truth_intercept) + instance.offset

    @few
    @given(strategies.instances(kind=kind, points=POINTS, features=columns))
    def check(instance):
        far, target = outside(instance)
        assert np.all(np.asarray(far) <= 0)
        assert target.shape == (POINTS,) and np.all(np.isfinite(target))
        weights = rational(instance.hypothesis.weights)
        assert abs(sum(weights) - 1) <= Fraction(1, 2**50) and min(weights) >= 0
        assert 0 < instance.mixture < 1 and 0 <= instance.wander <= 1
        assert np.all(np.asarray(instance.multiplicity) >= 0)
        groups = [STRATA[i].split(":")[0] for i in instance.strata]
        assert groups == ["features", "weights", "weak"]
        assert instance.hypothesis.intercept or instance.truth_intercept == 0

    check()
    assert len(traced) == 1


@few
@given(strategies.instances(kind="box", points=POINTS, features=2, realizable=True))
def test_realizable_targets_are_members(instance):
    assert not np.any(instance.offset)


@many
@given(strategies.probability_vectors(size=5))
def test_probabilities_sum_to_one_exactly(probabilities):
    entries = rational(probabilities)
    assert sum(entries) == 1 and min(entries) >= 0
    assert float(jnp.sum(probabilities)) == float(jnp.sum(probabilities[::-1])) == 1


@many
@given(strategies.numbers(least=-0.3, largest=2.5))
def test_numbers_are_in_range(number):
    assert -0.3 <= number <= 2.5
    assert number == 0 or abs(number) >= sys.float_info.min


@many
@given(strategies.finite_worlds(points=5, classifiers=2, strata=3))
def test_worlds_are_valid(world):
    """`finite_world` accepted it; what it promises beyond that."""
    assert world.masses.shape == (5,) and world.classifiers.shape == (2, 5)
    assert world.strata.shape == (3,)
    assert world.hard.tolist()[:2] == [True, False]
    assert np.all(np.asarray(world.masses[:2]) > 0) and not np.any(world.truth[:2])
    assert not np.any(np.diagonal(world.neighbours))
    assert np.max(world.classifiers) < 3 and np.max(world.teacher) < 3


@few
@given(strategies.mixtures(easy=2, hard=3))
def test_mixtures_are_valid(mixture):
    assert mixture.dimensions == (2, 3)
    assert sum(rational(mixture.shares)) == 1
    assert 0 <= mixture.positive <= 1 and mixture.zeroed


@many
@given(strategies.bandits())
def test_bandits_are_valid(bandit):
    means, count = np.asarray(bandit.means), int(bandit.sources)
    assert np.all((means >= 0) & (means <= 1)) and np.all(means * GRID % 1 == 0)
    assert not np.any(means[count:]) and SMALLEST <= bandit.horizon <= LARGEST
    assert len({tuple(pair) for pair in np.asarray(bandit.seeds).T.tolist()}) == 16
    groups = [BANDIT_STRATA[i] for i in bandit.strata]
    assert groups[0] == f"sources:{count}" and groups[2].startswith("bound:")


COMPILE = {
    "probability_vectors": strategies.probability_vectors(size=3),
    "vectors": strategies.vectors(size=3),
    "finite_worlds": strategies.finite_worlds(points=4, classifiers=2),
    "mixtures": strategies.mixtures(easy=2, hard=2),
    "bandits": strategies.bandits(),
}


@pytest.mark.parametrize("name", COMPILE)
def test_one_compilation_serves_all_draws(name):
    traced = []

    @jax.jit
    def total(drawn):
        traced.append(name)
        return sum(jnp.sum(leaf).astype(jnp.float64) for leaf in jax.tree.leaves(drawn))

    @few
    @given(COMPILE[name])
    def check(drawn):
        assert np.isfinite(total(drawn))

    check()
    assert len(traced) == 1


def smallest(strategy, condition):
    return find(
        strategy, condition, settings=settings(max_examples=500, deadline=None, derandomize=True)
    )


def test_failing_examples_are_short():
    assert smallest(strategies.numbers(), lambda x: x > 2.5) == 3
    assert smallest(strategies.numbers(), lambda x: 0 < x < 1) in (0.5, 1 / 16)
    assert smallest(strategies.vectors(size=3), lambda v: bool(jnp.sum(v) > 1)).tolist() in (
        [0, 0, 2],
        [2, 0, 0],
        [0, 2, 0],
    )
    first = smallest(strategies.probability_vectors(size=3), lambda p: True)
    assert sorted(first.tolist()) == [0, 0, 1]
    half = smallest(strategies.probability_vectors(size=3), lambda p: bool(jnp.max(p) < 1))
    assert sorted(half.tolist()) == [0, 0.5, 0.5]


@pytest.mark.slow
def test_a_failing_instance_is_short():
    found = smallest(
        strategies.instances(kind="simplex", points=1, features=1),
        lambda instance: float(instance.weak[0]) > 1,
    )
    assert found.weak.tolist() == [2]
    parts: list[Any] = [found.hypothesis.features, found.offset, found.multiplicity]
    assert not any(map(np.any, parts))


def test_a_failing_world_is_short():
    world = smallest(
        strategies.finite_worlds(points=3, classifiers=1),
        lambda world: bool(np.any(world.neighbours)),
    )
    assert np.sum(world.neighbours) == 2
    assert world.masses.tolist() == [1, 1, 1] and not np.any(world.classifiers)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: strategies.numbers(least=1.0, largest=1.0), "expected finite numbers in order"),
        (lambda: strategies.numbers(largest=np.inf), "expected finite numbers in order"),
        (lambda: strategies.vectors(size=0), "size: expected at least 1, got 0"),
        (lambda: strategies.probability_vectors(size=0), "size: expected at least 1, got 0"),
        (lambda: strategies.convex_sets(kind="moon", dimension=2), "kind: there is no 'moon'"),
        (lambda: strategies.convex_sets(kind="box", dimension=0), "dimension: expected at least"),
        (
            lambda: strategies.instances(kind="box", points=2).example(),
            "features: box expects a number of columns, got None",
        ),
        (
            lambda: strategies.instances(kind="monotone", points=2, features=2).example(),
            "features: monotone expects none",
        ),
        (
            lambda: strategies.finite_worlds(points=1, classifiers=1).example(),
            "points: expected at least 2, got 1",
        ),
        (lambda: strategies.mixtures(easy=0, hard=1).example(), "easy: expected at least 1"),
        (lambda: strategies.bandits(largest=3).example(), "largest: expected at least 8, got 3"),
    ],
)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_options_that_do_not_fit(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_profile_has_no_deadline():
    assert settings.get_profile("w2sjax").deadline is None


def test_only_this_module_needs_hypothesis():
    program = (
        "import sys, w2sjax, w2sjax.cli, w2sjax.verification.verifying, w2sjax.settings.drawn.decorator\n"
        "assert 'hypothesis' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
