"""Shrinking ends at small counterexamples that are still ones, and the steps keep their promises."""

import random
from fractions import Fraction

from falsification_samples import fraction
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax.falsification.exact import decide
from w2sjax.falsification.projection import steps as problem_steps
from w2sjax.falsification.projection.problem import Problem
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.rationals import length
from w2sjax.falsification.shrinking import shrink
from w2sjax.falsification.statements import STATEMENTS, TWINS
from w2sjax.falsification.worlds import steps as world_steps
from w2sjax.falsification.worlds.small import small_worlds
from w2sjax.falsification.worlds.world import World


def large(statement, points=12, dimension=4, seed=0, *, kind="subspace"):
    """A problem with doubles of full length that violates a statement."""
    source = random.Random(seed)

    def vector(size):
        return [Fraction(source.gauss(0, 1)) for _ in range(size)]

    while True:
        problem = Problem(
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
        problem = problem_steps._repaired(problem, statement)
        if decide(statement, problem, (128,)).violated:
            return problem


def test_theorem_1_without_realizability_ends_at_two_points():
    statement = STATEMENTS["misfit_gain"].without("realizability")
    small = shrink(statement, large(statement))
    assert decide(statement, small).violated
    assert isinstance(small, Problem) and (small.size, small.dimension) == (2, 1)
    assert small.features is not None
    numbers = [*small.weak, *small.offset, *small.masses, small.features[0][0]]
    assert max(map(length, numbers)) <= 2


def test_no_step_is_left():
    """A fixed point: every cheaper step would not violate the statement."""
    statement = TWINS["gain_ceiling"]
    small = shrink(statement, large(statement, 4, 2, kind="l2_ball"))
    assert isinstance(small, Problem)
    cost = problem_steps.cost(small)
    for step in problem_steps.steps(small, statement):
        assert problem_steps.cost(step) >= cost or not decide(statement, step).violated
    assert shrink(statement, small) == small


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 10**6))
def test_shrinking_never_leaves_the_counterexamples(seed):
    statement = TWINS["misfit_gain"]
    problems = small_problems(statement, "l2_ball", None, seed)
    problem = next(p for p in problems if decide(statement, p).violated)
    small = shrink(statement, problem)
    assert isinstance(small, Problem) and decide(statement, small).violated
    assert problem_steps.cost(small) <= problem_steps.cost(problem)


def test_without_time_the_counterexample_comes_back():
    statement = TWINS["misfit_gain"]
    problem = large(statement.without("realizability"))
    assert shrink(statement.without("realizability"), problem, seconds=0) == problem


def test_worlds_shrink_to_two_points():
    statement = TWINS["expansion_core"]
    worlds = small_worlds(statement, 3, points=1)
    world = next(w for w in worlds if w.size >= 5 and decide(statement, w).violated)
    small = shrink(statement, world)
    assert isinstance(small, World) and decide(statement, small).violated
    assert small.size == 2 and len(small.classifiers) == 1
    assert small.masses == [1, 1] and small.q == 0
    assert world_steps.cost(small) < world_steps.cost(world)


def test_steps_make_valid_problems():
    statement = STATEMENTS["misfit_gain"]
    source = random.Random(4)
    for kind in ("box", "polyhedron", "ellipsoid", "monotone"):
        problem = next(small_problems(statement, kind, None, source.randrange(99)))
        for step in problem_steps.steps(problem, statement):
            assert step.fault() is None or step.set in (
                "box",
                "ellipsoid",
                "monotone",
                "polyhedron",
            )
        sizes = {step.size for step in problem_steps.steps(problem, statement)}
        assert sizes <= {problem.size, problem.size - 1}


def test_scaling_keeps_the_outcome():
    source = random.Random(5)
    statement = STATEMENTS["misfit_gain"].without("realizability")
    for _ in range(20):
        problem = next(small_problems(statement, "subspace", None, source.randrange(999)))
        scaled = problem_steps._scaled(problem, abs(fraction(source)) + 1)
        assert decide(statement, scaled).outcome == decide(statement, problem).outcome
