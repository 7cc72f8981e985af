"""The exact engine and the checker agree, refuse what they must, and the checker finds tampering."""

import dataclasses
import itertools
from collections import Counter
from fractions import Fraction

import pytest
from falsification_samples import EXPANSION, KINDS, PROJECTION, about, problems, statements

from w2sjax.falsification.bandits.deciding import NAMES as BANDIT_NAMES
from w2sjax.falsification.decision import OUTSIDE, UNDECIDED, VIOLATED
from w2sjax.falsification.detection.deciding import NAMES as DETECTION_NAMES
from w2sjax.falsification.exact import decide
from w2sjax.falsification.kinds import KINDS as INSTANCES
from w2sjax.falsification.opinion import RefusedError
from w2sjax.falsification.projection.checker import check_problem
from w2sjax.falsification.projection.quantities import NAMES
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.sampling.quantities import NAMES as SAMPLE_NAMES
from w2sjax.falsification.selection.deciding import NAMES as CHOICE_NAMES
from w2sjax.falsification.statements import STATEMENTS, TWINS
from w2sjax.falsification.worlds.checker import check_world
from w2sjax.falsification.worlds.quantities import NAMES as WORLD_NAMES
from w2sjax.falsification.worlds.small import small_worlds


def opinions(statement, instance, students):
    """What the checker says: "refused", "violated" or "not violated", with the sides."""
    try:
        second = (
            check_world(statement, instance)
            if statement.domain == "expansion"
            else check_problem(statement, instance, students)
        )
    except RefusedError:
        return "refused", None
    return "violated" if second.violated else "not violated", second


def agree(statement, instance):
    """Compare the engines on one instance; returns the outcome."""
    first = decide(statement, instance, (128,))
    word, second = opinions(statement, instance, first.students)
    assert (first.outcome == OUTSIDE) == (word == "refused"), (statement, instance, first)
    assert (first.outcome == VIOLATED) == (word == "violated"), (statement, instance, first)
    if second is not None and "[" not in first.lhs + first.rhs and first.rhs not in ("inf", ""):
        for text, interval in ((first.lhs, second.lhs), (first.rhs, second.rhs)):
            assert interval.low <= Fraction(text) <= interval.high
    return first.outcome


@pytest.mark.parametrize("kind", KINDS)
def test_engines_agree_on_projection_problems(kind):
    outcomes = Counter()
    for name, statement in statements(PROJECTION):
        if about(statement, kind):
            for problem in problems(statement, kind, 12):
                outcomes[name, agree(statement, problem)] += 1
    kinds = Counter(outcome for _, outcome in outcomes.elements())
    assert kinds["holds"] > 20 and kinds["violated"] > 20
    assert kinds[UNDECIDED] < 10


@pytest.mark.parametrize("name", EXPANSION)
def test_engines_agree_on_worlds(name):
    variants = [STATEMENTS[name], TWINS[name]]
    variants += [STATEMENTS[name].without(hypothesis) for hypothesis in STATEMENTS[name].hypotheses]
    outcomes = Counter()
    for statement in variants:
        # Every 50th small world, and random larger ones.
        small = itertools.islice(small_worlds(statement, 0), 0, 3000, 50)
        large = itertools.islice(small_worlds(statement, 0, points=1), 60)
        for world in itertools.chain(small, large):
            outcomes[agree(statement, world)] += 1
    assert min(outcomes["holds"], outcomes["violated"]) > 5


@pytest.mark.parametrize("name", PROJECTION)
def test_true_statements_are_never_violated(name):
    for kind in KINDS:
        if about(STATEMENTS[name], kind):
            for problem in problems(STATEMENTS[name], kind, 40, seed=1):
                assert not decide(STATEMENTS[name], problem, (128,)).violated


@pytest.mark.parametrize("name", EXPANSION)
def test_true_statements_about_worlds_are_never_violated(name):
    for world in itertools.islice(small_worlds(STATEMENTS[name], 1), 0, 3000, 10):
        assert not decide(STATEMENTS[name], world).violated


def test_every_quantity_has_words_and_is_used_by_both_engines():
    known = {"projection": NAMES, "expansion": WORLD_NAMES, "sampling": SAMPLE_NAMES}
    known |= {"selection": CHOICE_NAMES, "detection": DETECTION_NAMES, "bandits": BANDIT_NAMES}
    for statement in (*STATEMENTS.values(), *TWINS.values()):
        used = set(statement.quantities())
        assert used <= set(known[statement.domain])
        assert used <= set(INSTANCES[statement.domain].words(statement))


def example(kind="l2_ball", claim="misfit_gain"):
    statement = TWINS[claim]
    for problem in small_problems(statement, kind, None, 5):
        answer = decide(statement, problem)
        if answer.violated:
            return statement, problem, answer.students
    raise AssertionError


def test_the_checker_refuses_students_that_are_not_the_projection():
    statement, problem, students = example()
    (theta, constant) = students["weak"]
    inside = [value / 2 for value in theta]
    if inside == theta:
        inside = [Fraction(1, 7)] * len(theta)
    wrong = {"weak": (inside, constant)}
    # A member with a gap: the sides become wide, and nothing is confirmed by them.
    wide = check_problem(statement, problem, wrong).lhs
    assert wide.low < wide.high
    with pytest.raises(RefusedError, match="not stated"):
        check_problem(statement, problem, {})
    far = {"weak": ([Fraction(100)] * len(theta), constant)}
    with pytest.raises(RefusedError, match="no member"):
        check_problem(statement, problem, far)
    with pytest.raises(RefusedError, match="intercept"):
        check_problem(statement, problem, {"weak": (theta, Fraction(1))})


def test_a_wrong_projection_on_a_subspace_is_refused():
    statement, problem, students = example("subspace")
    theta, constant = students["weak"]
    with pytest.raises(RefusedError, match="is none"):
        check_problem(statement, problem, {"weak": ([value + 1 for value in theta], constant)})


def test_hypotheses_are_checked():
    statement, problem, students = example()
    moved = dataclasses.replace(problem, offset=[Fraction(1)] * problem.size)
    assert decide(statement, moved).outcome == OUTSIDE
    with pytest.raises(RefusedError, match="not realizable"):
        check_problem(statement, moved, students)
    outside = dataclasses.replace(problem, truth=[Fraction(99)] * problem.dimension)
    assert decide(statement, outside).outcome == OUTSIDE
    with pytest.raises(RefusedError, match="truth is not in the set"):
        check_problem(statement, outside, students)
    assert decide(STATEMENTS["pythagorean_identity"], problem).outcome == OUTSIDE


def test_roots_are_enclosed_until_the_sign_is_certain():
    """Two irrational sides that differ by 1e-25 need more than the first precision."""
    statement = STATEMENTS["root_distance_metric"]
    problem = problems(statement, "subspace", 1)[0]
    problem = dataclasses.replace(
        problem,
        features=[[Fraction(1)], [Fraction(1)]],
        masses=[Fraction(1), Fraction(2)],
        weak=[Fraction(1), Fraction(3)],
        truth=[Fraction(0)],
        other=[Fraction(0)],
        student=[Fraction(0)],
        offset=[Fraction(2), Fraction(-1)],
    )
    nearly = statement.changed(lhs={"root_weak_target": "1"}, rhs={"root_weak_between": "1"})
    assert decide(nearly, problem).outcome in ("holds", "violated")
    same = dataclasses.replace(statement, rhs=statement.lhs)
    assert decide(same, problem).outcome == UNDECIDED, "equal irrational numbers stay undecided"
