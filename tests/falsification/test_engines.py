"""The exact engine and the checker agree, refuse what they must, and the checker finds tampering."""

import dataclasses
import itertools
from collections import Counter
from fractions import Fraction

import pytest
from falsification_samples import claim, small, twin

from w2sjax import REGISTRY
from w2sjax.falsification.checking import check
from w2sjax.falsification.deciding import OUTSIDE, UNDECIDED, VIOLATED, decide
from w2sjax.language import equal, maximum, sqrt
from w2sjax.settings.exact import RefusedError
from w2sjax.settings.projection import (
    CONVEX,
    EXACT,
    MEMBER,
    REALIZABLE,
    best,
    between,
    d,
    gap,
    inner,
    member,
    other,
    outside,
    sampled,
    student,
    target,
    two_points,
    weak,
)
from w2sjax.settings.projection.sets import SHAPES

CLAIMS = [one for one in REGISTRY if one.setting.name == "projection"]


def variants(name):
    theorem = claim(name)
    return [theorem, twin(name), *(theorem.without(drop) for drop in theorem.droppable)]


def about(theorem, kind):
    return theorem.sets is None or kind in theorem.sets


def agree(theorem, instance):
    """Compare the engines on one instance; returns the outcome."""
    first = decide(theorem, instance, (128,))
    try:
        second = check(theorem, instance, first.evidence)
    except RefusedError:
        assert first.outcome == OUTSIDE, (theorem, instance, first)
        return OUTSIDE
    assert first.outcome != OUTSIDE, (theorem, instance)
    assert (first.outcome == VIOLATED) == second.violated, (theorem, instance, first)
    if not set("[a") & set(first.lhs + first.rhs) and first.rhs not in ("inf", ""):
        for text, interval in ((first.lhs, second.lhs), (first.rhs, second.rhs)):
            assert interval.low <= Fraction(text) <= interval.high
    return first.outcome


@pytest.mark.parametrize("kind", SHAPES)
def test_engines_agree_on_projection_problems(kind):
    outcomes = Counter()
    for theorem in CLAIMS:
        for variant in variants(theorem.name):
            if about(variant, kind):
                for problem in itertools.islice(small(variant, kind), 12):
                    outcomes[agree(variant, problem)] += 1
    assert outcomes["holds"] > 20 and outcomes["violated"] > 20
    assert outcomes[UNDECIDED] < 10


@pytest.mark.parametrize("theorem", CLAIMS, ids=lambda one: one.name)
def test_true_claims_are_never_violated(theorem):
    for kind in SHAPES:
        if about(theorem, kind):
            for problem in itertools.islice(small(theorem, kind, 1), 40):
                assert not decide(theorem, problem, (128,)).violated


def new(formula, *assumptions):
    """A claim that no file states."""
    known = claim("gain_identity")
    changed = {"name": "new", "claim": formula, "assumptions": assumptions}
    return dataclasses.replace(known, **changed, false_twin=None, tight=None)


NEW = [
    new(sqrt(d(weak, best)) <= sqrt(d(weak, target)) + sqrt(outside(target)), CONVEX),
    new(outside(weak) <= d(weak, student) / 2, CONVEX, EXACT),
    new(outside(2 * member - other / 2) <= d(member, other), CONVEX),
    new(gap(between) <= inner(weak - between, member - between), CONVEX),
    new(gap(best) <= d(weak, target), CONVEX),
    new(gap(weak) <= 0, CONVEX),
    new(gap(student) <= inner(weak - student, target - student), CONVEX, REALIZABLE, MEMBER),
    new(equal(inner(weak, student), inner(student, student)), CONVEX, EXACT),
    new(d(sampled, student) <= maximum(d(sampled, weak), d(weak, between)), CONVEX, EXACT),
    new(d(weak + student / 3, 2 * target - sampled) <= d(weak, target), CONVEX, EXACT),
]


@pytest.mark.parametrize("kind", SHAPES)
def test_engines_agree_on_claims_that_no_file_states(kind):
    """Every quantity, of every kind of function, with and without convexity."""
    outcomes = Counter()
    for theorem in NEW:
        for variant in (theorem, *(theorem.without(drop) for drop in theorem.droppable)):
            for problem in itertools.islice(small(variant, kind), 8):
                first = decide(variant, problem, (128, 512))
                if first.outcome in ("holds", VIOLATED):
                    try:
                        second = check(variant, problem, first.evidence)
                        assert (first.outcome == VIOLATED) == second.violated, (variant, problem)
                    except RefusedError as error:  # the engine knows more of irrational projections
                        assert "known nearly only" in str(error)
                outcomes[first.outcome] += 1
    assert min(outcomes["holds"], outcomes[VIOLATED]) > 20


def test_without_convexity_the_class_is_the_two_members():
    """By hand: of 0 and 3 the second is next to 4 and to 2; 1 is halfway between 0 and 2."""
    problem = two_points("subspace", weak=(4, 4), truth=0, other=3, offset=(2, 2))
    values = {
        d(student, weak): 1,
        d(best, target): 1,
        d(student, best): 0,
        outside(between): Fraction(9, 4),
        gap(member): 12,  # (4 - 0)(3 - 0)
        gap(other): 0,  # (4 - 3)(3 - 3)
        d(sampled, other): 0,
    }
    for term, value in values.items():
        theorem = new(equal(term, value), CONVEX, EXACT).without("convexity")
        assert agree(theorem, problem) == "holds", term
        assert (
            agree(new(equal(term, value + 1), CONVEX, EXACT).without("convexity"), problem)
            == VIOLATED
        )


def example(kind="l2_ball"):
    theorem = twin("misfit_gain")
    for problem in small(theorem, kind, 5):
        answer = decide(theorem, problem)
        if answer.violated:
            return theorem, problem, answer.evidence["projections"]["weak"]
    raise AssertionError


def test_the_checker_refuses_students_that_are_not_the_projection():
    theorem, problem, (theta, constant, shown) = example()

    def checked(*stated):
        return check(theorem, problem, {"projections": {"weak": list(stated)}, "gaps": {}})

    inside = [str(Fraction(value) / 2) for value in theta]
    if inside == theta:
        inside = ["1/7"] * len(theta)
    # A member with a gap: the sides become wide, and nothing is confirmed by them.
    wide = checked(inside, constant, shown).lhs
    assert wide.low < wide.high
    with pytest.raises(RefusedError, match="not stated"):
        check(theorem, problem, {})
    with pytest.raises(RefusedError, match="no member"):
        checked(["100"] * len(theta), constant, shown)
    with pytest.raises(RefusedError, match="no member"):
        checked([*theta, "0"], constant, shown)
    with pytest.raises(RefusedError, match="intercept"):
        checked(theta, "1", shown)
    for broken in (["x"], constant, shown), (theta, constant):
        with pytest.raises(RefusedError):
            checked(*broken)


def test_a_wrong_projection_on_a_subspace_is_refused():
    theorem, problem, (theta, constant, shown) = example("subspace")
    moved = [[str(Fraction(value) + 1) for value in theta], constant, shown]
    with pytest.raises(RefusedError, match="is none"):
        check(theorem, problem, {"projections": {"weak": moved}})


def test_a_gap_over_a_polyhedron_has_to_be_shown():
    theorem = new(gap(student) <= 0, CONVEX, MEMBER)
    found = ((problem, decide(theorem, problem)) for problem in small(theorem, "polyhedron"))
    problem, answer = next(pair for pair in found if pair[1].violated)
    place, multipliers = answer.evidence["gaps"]["stated"]
    assert check(theorem, problem, answer.evidence).violated
    for wrong in ([place, ["9"] * len(multipliers)], [["99"] * len(place), multipliers], [place]):
        with pytest.raises(RefusedError):
            check(theorem, problem, answer.evidence | {"gaps": {"stated": wrong}})


def test_assumptions_are_checked():
    theorem, problem, _ = example()
    evidence = decide(theorem, problem).evidence
    moved = dataclasses.replace(problem, offset=[Fraction(1)] * problem.size)
    assert decide(theorem, moved).outcome == OUTSIDE
    with pytest.raises(RefusedError, match="realizability"):
        check(theorem, moved, evidence)
    outside_ = dataclasses.replace(problem, truth=[Fraction(99)] * problem.dimension)
    assert decide(theorem, outside_).outcome == OUTSIDE
    with pytest.raises(RefusedError, match="truth in the set"):
        check(theorem, outside_, evidence)
    assert decide(claim("pythagorean_identity"), problem).outcome == OUTSIDE
    with pytest.raises(RefusedError, match="about l2_ball"):
        check(claim("pythagorean_identity"), problem, evidence)


def test_roots_are_enclosed_until_the_sign_is_certain():
    """Irrational sides that differ by 1e-60 need more than the first precision; equal ones stay open."""
    problem = two_points("subspace", weak=(1, 3), truth=0, offset=(2, -1))
    root = sqrt(d(weak, target))
    close = new(root <= root * (1 - Fraction(1, 10**60)))
    assert decide(close, problem, (64,)).outcome == UNDECIDED
    assert decide(close, problem).outcome == VIOLATED
    assert decide(new(root**2 <= d(weak, target)), problem).outcome == UNDECIDED
