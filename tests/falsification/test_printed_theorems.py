"""Theorems 4.1 and 4.2 of Lang et al.: as printed refuted by every search, repaired by none."""

import dataclasses
import itertools
from fractions import Fraction as Q

import pytest

from w2sjax.falsification.budget import Budget
from w2sjax.falsification.counterexample import confirm, replay
from w2sjax.falsification.decision import OUTSIDE
from w2sjax.falsification.exact import decide
from w2sjax.falsification.opinion import RefusedError
from w2sjax.falsification.rendering import markdown
from w2sjax.falsification.search import falsify
from w2sjax.falsification.statements import STATEMENTS, TWINS
from w2sjax.falsification.worlds.checker import check_world
from w2sjax.falsification.worlds.constants import attained, fitted
from w2sjax.falsification.worlds.local import walks
from w2sjax.falsification.worlds.names import MODERATE, PRINTED
from w2sjax.falsification.worlds.small import small_worlds
from w2sjax.falsification.worlds.world import World, world_from_json

AS_PRINTED = {name: STATEMENTS[name].without(MODERATE) for name in PRINTED}
SMALLEST = {
    "pseudolabel_correction": 3,
    "coverage_expansion": 5,
}  # points; four are too few for 4.2
each = pytest.mark.parametrize("name", PRINTED)


def world(masses, teacher, edges, family, q, c) -> World:
    """One true label; the teacher abstains where it says -1."""
    graph = [[False] * len(masses) for _ in masses]
    for x, y in edges:
        graph[x][y] = graph[y][x] = True
    return World(
        masses=[Q(mass) for mass in masses],
        truth=[0] * len(masses),
        teacher=teacher,
        hard=[label == -1 for label in teacher],
        neighbours=graph,
        classifiers=family,
        q=Q(q),
        c=None if c is None else Q(c),
    )


FIVE = world(
    [1, 2, 1, 5, 1], [-1, -1, -1, 0, 1], [(1, 3), (2, 3)], [[0, 1, 2, 1, 1]], Q(1, 4), Q(15, 8)
)
HALF = world(
    [1, 1, 2, 2, 1, 1], [-1, -1, 0, 0, 1, 1], [(0, 2), (1, 4)], [[1, 0, 1, 0, 0, 1]], 0, None
)


@each
def test_falsify_refutes_it_and_shrinks_it(name):
    answer = falsify(name, drop=MODERATE, budget=Budget(instances=0, restarts=0))
    assert answer.counterexample is not None and answer.instances["small"] <= 20_000
    instance = answer.counterexample.instance
    assert isinstance(instance, World) and instance.size == SMALLEST[name]
    assert f"c = {instance.c}" in markdown(answer.counterexample)


@each
def test_evolution_refutes_it(name):
    found = next(world for world, slack in walks(AS_PRINTED[name], 3, 8) if slack < 0)
    assert confirm(AS_PRINTED[name], found) is not None
    assert decide(STATEMENTS[name], found).outcome == OUTSIDE, "its constant is not moderate"


@each
def test_with_a_moderate_constant_it_survives(name):
    for candidate in itertools.islice(small_worlds(STATEMENTS[name], 5), 0, 3000, 6):
        decision = decide(STATEMENTS[name], candidate)
        assert not decision.violated
    for candidate, slack in itertools.islice(walks(STATEMENTS[name], 5, 2), 100):
        assert slack >= 0, candidate


def test_the_example_of_the_documentation(tmp_path):
    """Every number of it by hand: in T a point each that is right, robustly wrong, and fragile."""
    found = confirm(AS_PRINTED["coverage_expansion"], FIVE, "by hand")
    assert found is not None
    alpha, q, c, disagreement, fragile = Q(1, 6), Q(1, 4), Q(15, 8), Q(5, 6), Q(1, 4)
    assert c * Q(2, 4) < 1 and disagreement + fragile < c * (1 - q - alpha)
    bound = (1 - alpha) / (1 - 2 * alpha) * fragile
    bound += max(q, (disagreement - c * alpha) / (c * (1 - 2 * alpha)))
    assert (Q(found.lhs), Q(found.rhs)) == (Q(3, 4), bound) and bound == Q(35, 48)
    found.save(tmp_path / "five.json")
    again = replay(tmp_path / "five.json")
    assert again.counterexample and again.registered


@pytest.mark.parametrize(
    "change",
    [
        {"c": Q(2)},  # the infimum itself: the definition is strict
        {"c": Q(13, 7)},  # f and the teacher agree too rarely by then
        {"c": None},  # the printed theorem says nothing of a largest one
        {"q": Q(0)},  # the set of f's right points is above 0 and reaches nothing
        {"masses": [Q(1), Q(2), Q(1), Q(1), Q(1)]},  # alpha = 1/2
        {"teacher": [-1, -1, -1, 0, 0]},  # alpha = 0
        {"teacher": [0, -1, -1, 0, 1]},  # T has to be where the teacher abstains
    ],
    ids=str,
)
def test_both_engines_refuse_what_is_outside(change):
    outside = dataclasses.replace(FIVE, **change)
    assert decide(AS_PRINTED["coverage_expansion"], outside).outcome == OUTSIDE
    with pytest.raises(RefusedError):
        check_world(AS_PRINTED["coverage_expansion"], outside)


def test_a_stated_constant_in_the_other_claims():
    """A smaller c is allowed and gives a weaker bound; the largest itself and more are refused."""
    statement = STATEMENTS["coverage_good_side"]
    largest = decide(statement, HALF)
    smaller = dataclasses.replace(HALF, c=Q(4, 5))
    assert Q(decide(statement, smaller).rhs) > Q(largest.rhs)
    assert check_world(statement, smaller).rhs.low == Q(decide(statement, smaller).rhs)
    for c in (Q(1), Q(3, 2)):
        assert decide(statement, dataclasses.replace(HALF, c=c)).outcome == OUTSIDE
        with pytest.raises(RefusedError, match="less than every ratio"):
            check_world(statement, dataclasses.replace(HALF, c=c))


def test_the_tight_world_is_tight():
    decision = decide(STATEMENTS["coverage_expansion"], HALF)
    assert (decision.lhs, decision.rhs) == ("1/2", "1/2")
    assert decide(
        TWINS["coverage_expansion"].changed(rhs={"two_sided_spread": "0.99"}), HALF
    ).violated


@pytest.mark.parametrize("c", [None, Q(15, 8)])
def test_files_keep_the_constant(c):
    kept = dataclasses.replace(FIVE, c=c)
    assert world_from_json(kept.to_json()) == kept
    older = {key: value for key, value in kept.to_json().items() if key != "c"}
    assert world_from_json(older) == dataclasses.replace(FIVE, c=None)


@pytest.mark.parametrize("c", [Q(0), Q(-1)])
def test_constants_are_positive(c):
    assert "c: expected a positive number" in (dataclasses.replace(FIVE, c=c).fault() or "")


def test_fitted_constants_are_allowed():
    statement = AS_PRINTED["coverage_expansion"]
    assert attained(FIVE, statement) == [0, Q(1, 4), Q(1, 2)]
    found = list(fitted(FIVE, statement))
    assert {w.q for w in found} == {Q(1, 4), Q(1, 2)}, "for q = 0 the constant is 0"
    for candidate in found:
        assert decide(statement, candidate).hypotheses["c is less than every ratio"] == "exact"
