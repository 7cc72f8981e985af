"""Worlds in batches: the engines say the same of every one, enumeration is complete, evolution improves."""

import dataclasses
import itertools
from collections import Counter
from fractions import Fraction as Q

import numpy as np
import pytest

from experiments._bound_tally import CELLS, NAMES, PRINTED, cells, printed
from w2sjax.arithmetic.fraction_arrays import FRACTIONS, at_most, less, ratios
from w2sjax.falsification.deciding import OUTSIDE, decide
from w2sjax.settings.expansion.batch import BatchSets, Shape, all_batches
from w2sjax.settings.expansion.batch_sides import HUGE, BatchSides
from w2sjax.settings.expansion.evolving import evolved, random_batch
from w2sjax.settings.expansion.small import RIGHT, SILENT, WRONG


def batch(count=600, points=6, classifiers=2, labels=3, seed=0):
    return random_batch(np.random.default_rng(seed), count, points, classifiers, labels)


@pytest.mark.parametrize("name", NAMES)
def test_batches_say_what_the_exact_engine_says(name):
    """At a c that is reached, the same sides; below one that is not, the same answer."""
    claim, worlds, outcomes = printed(name), batch(), Counter()
    bounds = BatchSides(claim, BatchSets(worlds))
    for level, cell in itertools.product(bounds.levels()[::2], range(len(CELLS))):
        infimum, _ = bounds.infimum(level)
        sides = bounds.sides(level, infimum, *cells(name)[cell])
        reached = less(sides.c, infimum)
        for place in range(cell, len(worlds), 5):
            q, c = sides.q.fraction(place), sides.c.fraction(place)
            if not sides.eligible[place] or q >= 1:
                continue
            stated = c if reached[place] else c * (1 - Q(1, 10**9))
            world = dataclasses.replace(worlds.world(place, q), c=stated)
            decision = decide(claim, world)
            assert (decision.outcome != OUTSIDE) == sides.applicable[place], (place, decision)
            outcomes[decision.outcome] += 1
            if decision.outcome == OUTSIDE:
                continue
            assert decision.violated == sides.violated[place]
            sidewise = sides.lhs.fraction(place), sides.rhs.fraction(place)
            exact = Q(decision.lhs), Q(decision.rhs)
            if reached[place]:
                assert exact == sidewise
            elif c < HUGE:
                assert float(exact[1]) == pytest.approx(float(sidewise[1]), abs=1e-6)
    assert outcomes["holds"] >= 15
    assert outcomes["violated"] >= 5 or name != "pseudolabel_correction"


OPERATIONS = {
    "+": lambda a, b: a + b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "max": max,
    "min": min,
}


def test_fractions_are_exact_or_refused():
    numbers = np.random.default_rng(0).integers(-40, 41, (2, 200)), np.full((2, 200), 36)
    one, two = (ratios(numbers[0][i], numbers[1][i]) for i in range(2))
    for name, operation in OPERATIONS.items():
        found = FRACTIONS[name](one, two)
        for place in range(200):
            a, b = one.fraction(place), two.fraction(place)
            if name != "/" or b:
                assert found.fraction(place) == operation(a, b), name
            else:
                assert not found.finite[place]
    for place in range(200):
        a, b = one.fraction(place), two.fraction(place)
        assert less(one, two)[place] == (a < b) and at_most(one, two)[place] == (a <= b)
    assert FRACTIONS["power"](one, 3).fraction(7) == one.fraction(7) ** 3
    large = ratios([2**40 + 1], [3])
    with pytest.raises(OverflowError, match="64 bits"):
        FRACTIONS["*"](large, large)
    assert FRACTIONS["*"](ratios([2**40], [2**39]), ratios([2**41], [2**40])).fraction(0) == 4


def test_what_is_infinite_is_at_most_nothing():
    infinite, nothing, one = ratios([1], [0]), ratios([0], [0]), ratios([1], [1])
    assert less(one, infinite) and not less(infinite, one) and not at_most(one, infinite)
    assert not less(nothing, one) and not at_most(nothing, nothing)
    assert FRACTIONS["min"](infinite, one).fraction(0) == 1


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
        sets = BatchSets(worlds)
        for name, cell in itertools.product(NAMES, range(len(CELLS))):
            bounds = BatchSides(printed(name), sets)
            levels = bounds.levels()
            for level in levels if name == "coverage_expansion" else levels[:1]:
                infimum, speaking = bounds.infimum(level)
                sides = bounds.sides(level, infimum, *cells(name)[cell])
                if name == "pseudolabel_correction" and CELLS[cell] == "c beyond":
                    vacuous = sides.applicable & (speaking == 0)
                    assert vacuous.any() and np.all(sides.violated[vacuous])
                else:
                    assert not sides.violated.any()


def test_masses_are_limited():
    worlds = batch(count=3)
    worlds.masses[1, 0] = 99
    with pytest.raises(ValueError, match="masses: expected a sum of at most 64"):
        BatchSets(worlds)


def test_evolution_improves_and_repeats():
    def best(generations):
        claim, beyond = printed("coverage_expansion"), cells("coverage_expansion")[2:]
        *_, last = evolved(claim, 1, 300, points=6, cells=beyond, generations=generations)
        return last

    first, last = best(0), best(30)
    assert last.ratings.min() < first.ratings.min()
    np.testing.assert_array_equal(best(30).ratings, last.ratings)
    place = int(np.argmin(last.ratings))
    again = best(30).world(place)
    assert again == last.world(place)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PRINTED])
def test_evolution_ends_at_equality_for_what_is_true(name):
    *_, last = evolved(printed(name), 0, 500, points=5, cells=cells(name), generations=40)
    assert last.ratings.min() == 0
