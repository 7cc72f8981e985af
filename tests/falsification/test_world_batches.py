"""Worlds in batches: the engines say the same of every one, enumeration is complete, evolution improves."""

import itertools
from collections import Counter
from fractions import Fraction as Q

import numpy as np
import pytest

from w2sjax.falsification.decision import OUTSIDE
from w2sjax.falsification.exact import decide
from w2sjax.falsification.statements import STATEMENTS
from w2sjax.falsification.worlds.batch import RIGHT, SILENT, WRONG, sets_of
from w2sjax.falsification.worlds.batch_bounds import CELLS, HUGE, NAMES, VACUOUS, Bounds
from w2sjax.falsification.worlds.enumeration import Shape, all_batches
from w2sjax.falsification.worlds.evolving import evolved, random_batch
from w2sjax.falsification.worlds.names import MODERATE, PRINTED


def batch(count=600, points=6, classifiers=2, labels=3, seed=0):
    return random_batch(np.random.default_rng(seed), count, points, classifiers, labels)


def ratio(pair, place):
    return Q(int(pair[0][place]), int(pair[1][place]))


@pytest.mark.parametrize("name", NAMES)
def test_batches_say_what_the_exact_engine_says(name):
    """At a c that is reached, the same sides; below one that is not, the same answer."""
    statement = STATEMENTS[name].without(MODERATE) if name in PRINTED else STATEMENTS[name]
    worlds, outcomes = batch(), Counter()
    bounds = Bounds(name, sets_of(worlds))
    for level, cell in itertools.product(bounds.levels.T[::2], range(len(CELLS))):
        sides = bounds.sides(level, cell)
        top, bottom, _ = bounds.largest(level)
        for place in range(cell, len(worlds), 5):
            c, q = ratio(sides.c, place), sides.level(place)
            if not sides.eligible[place] or q >= 1 or bounds.good[place] == 0:
                continue
            reached = c * int(bottom[place]) < int(top[place])
            stated = c if reached else c * (1 - Q(1, 10**9))
            decision = decide(statement, worlds.world(place, q, stated))
            assert (decision.outcome != OUTSIDE) == sides.applicable[place], (place, decision)
            outcomes[decision.outcome] += 1
            if decision.outcome == OUTSIDE:
                continue
            assert decision.violated == sides.violated[place]
            scale = int(sides.scale[place])
            sidewise = Q(int(sides.lhs[place]), scale), Q(int(sides.rhs[place]), scale)
            exact = Q(decision.lhs), Q(decision.rhs)
            if reached:
                assert exact == sidewise
            elif c < HUGE:
                assert float(exact[1]) == pytest.approx(float(sidewise[1]), abs=1e-6)
    assert outcomes["holds"] >= 15
    assert outcomes["violated"] >= 5 or name != "pseudolabel_correction"


def test_the_enumeration_is_complete():
    """Four unit points: one of T, two with right labels and a wrong one; 64 graphs, 16 labellings."""
    found = list(all_batches(Shape(4)))
    keys = {
        (*one.parts[i], *one.graph[i], *one.labels[i].ravel())
        for one in found
        for i in range(len(one))
    }
    assert len(keys) == sum(map(len, found)) == 64 * 16
    assert {key[:4] for key in keys} == {(SILENT, RIGHT, RIGHT, WRONG)}
    masses = [one.masses[0] for one in all_batches(Shape(3, masses=(1, 2)))]
    assert sorted(map(tuple, np.asarray(masses).tolist())) == [(1, 2, 1), (2, 2, 1)]


@pytest.mark.parametrize("shape", [Shape(4, 1, 3, (1, 2)), Shape(4, 2, 2), Shape(5, 1, 2)], ids=str)
def test_fewer_points_do_not_refute_coverage_expansion(shape):
    """Four points never do, five with two labels neither; and 4.1 fails wherever no set exceeds q."""
    for worlds in all_batches(shape):
        sets = sets_of(worlds)
        for name, cell in itertools.product(NAMES, range(len(CELLS))):
            bounds = Bounds(name, sets)
            sides = bounds.sides(bounds.levels[:, 0], cell)
            if name == "pseudolabel_correction" and CELLS[cell] == "c beyond":
                vacuous = sides.applicable & (sides.speaks == VACUOUS)
                assert vacuous.any() and np.all(sides.violated[vacuous])
            else:
                assert not sides.violated.any()
        bounds = Bounds("coverage_expansion", sets)
        for level, cell in itertools.product(bounds.levels.T[1:], range(len(CELLS))):
            assert not bounds.sides(level, cell).violated.any()


def test_masses_are_limited():
    worlds = batch(count=3)
    worlds.masses[1, 0] = 99
    with pytest.raises(ValueError, match="masses: expected a sum of at most 64"):
        sets_of(worlds)


def test_evolution_improves_and_repeats():
    def best(generations):
        *_, last = evolved("coverage_expansion", 1, 300, points=6, generations=generations)
        return last

    first, last = best(0), best(30)
    assert last.ratings.min() < first.ratings.min()
    np.testing.assert_array_equal(best(30).ratings, last.ratings)
    place = int(np.argmin(last.ratings))
    again = best(30).world(place)
    assert again == last.world(place)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PRINTED])
def test_evolution_ends_at_equality_for_what_is_true(name):
    *_, last = evolved(name, 0, 500, points=5, cells=(0, 1, 2), generations=40)
    assert last.ratings.min() == 0
