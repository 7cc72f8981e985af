"""Shrinking ends at small counterexamples that are still ones, and the steps keep their promises."""

import random
from fractions import Fraction

from falsification_samples import claim, fraction, small, twin, violating
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax.arithmetic.rationals import length
from w2sjax.falsification.deciding import decide
from w2sjax.falsification.shrinking import shrink
from w2sjax.settings.expansion import search as worlds
from w2sjax.settings.projection import search as problems
from w2sjax.settings.projection.instance import Instance

UNREAL = claim("misfit_gain", "realizability")


def large(about, points=12, dimension=4, seed=0, *, kind="subspace"):
    """A problem with doubles of full length that violates a claim."""
    source = random.Random(seed)

    def vector(size):
        return [Fraction(source.gauss(0, 1)) for _ in range(size)]

    while True:
        problem = Instance(
            set=kind,
            parameters={"radius": Fraction(source.random())} if kind == "l2_ball" else {},
            features=[vector(dimension) for _ in range(points)],
            masses=[Fraction(source.random()) for _ in range(points)],
            weak=vector(points),
            truth=vector(dimension),
            truth_intercept=Fraction(0),
            offset=vector(points),
            other=vector(dimension),
            other_intercept=Fraction(0),
            student=vector(dimension),
            student_intercept=Fraction(0),
            mixture=Fraction(source.random()),
        )
        problem = problems._repaired(problem, about)
        if decide(about, problem, (128,)).violated:
            return problem


def test_theorem_1_without_realizability_ends_at_two_points():
    found = shrink(UNREAL, large(UNREAL))
    assert decide(UNREAL, found).violated
    assert (found.size, found.dimension) == (2, 1)
    numbers = [*found.weak, *found.offset, *found.masses, found.features[0][0]]
    assert max(map(length, numbers)) <= 2


def test_no_step_is_left():
    """A fixed point: every cheaper step would not violate the claim."""
    false = twin("gain_ceiling")
    found = shrink(false, large(false, 4, 2, kind="l2_ball"))
    for step in problems.steps(found, false):
        assert problems.cost(step) >= problems.cost(found) or not decide(false, step).violated
    assert shrink(false, found) == found


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 10**6))
def test_shrinking_never_leaves_the_counterexamples(seed):
    false = twin("misfit_gain")
    problem = violating(false, "l2_ball", seed=seed)
    found = shrink(false, problem)
    assert decide(false, found).violated and problems.cost(found) <= problems.cost(problem)


def test_without_time_the_counterexample_comes_back():
    problem = large(UNREAL)
    assert shrink(UNREAL, problem, seconds=0) == problem


def test_worlds_shrink_to_two_points():
    false = twin("expansion_core")
    world = violating(false, seed=3, fits=lambda world: world.size >= 4)
    found = shrink(false, world)
    assert decide(false, found).violated and worlds.cost(found) < worlds.cost(world)
    assert found.size == 2 and len(found.classifiers) == 1
    assert list(found.masses) == [1, 1] and found.q == 0


def test_steps_make_valid_problems():
    theorem, source = claim("misfit_gain"), random.Random(4)
    for kind in ("box", "polyhedron", "ellipsoid", "monotone"):
        problem = next(small(theorem, kind, source.randrange(99)))
        found = list(problems.steps(problem, theorem))
        assert {step.size for step in found} <= {problem.size, problem.size - 1}
        assert any(step.fault() is None for step in found)


def test_scaling_keeps_the_outcome():
    source = random.Random(5)
    for _ in range(20):
        problem = next(small(UNREAL, seed=source.randrange(999)))
        scaled = problems.rescaled(problem, abs(fraction(source)) + 1)
        assert decide(UNREAL, scaled).outcome == decide(UNREAL, problem).outcome
