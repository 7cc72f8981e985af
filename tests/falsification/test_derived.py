"""Users' claims about projections get the exact statements that w2sjax's own have, from their checks."""

import dataclasses
import itertools
import json
from fractions import Fraction

import jax.numpy as jnp
import pytest
from typer.testing import CliRunner

import w2sjax
from w2sjax import Hypothesis, rounding
from w2sjax.cli import app
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.counterexample import replay
from w2sjax.falsification.decision import OUTSIDE, VIOLATED
from w2sjax.falsification.exact import decide
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.no_exact_side import NoExactSideError
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.rendering import formula
from w2sjax.falsification.search import falsify
from w2sjax.falsification.stated import statement_of
from w2sjax.falsification.statement import statement_from_json
from w2sjax.falsification.statements import STATEMENTS

NO_RANDOM = Budget(instances=0, restarts=0)


def misfit_gain(study):
    return study.student_error(), study.weak_error() - study.misfit()


def pythagorean_identity(study):
    return study.weak_error(), study.misfit() + study.student_error()


def gain_ceiling(study):
    misfit, error = study.misfit(), study.student_error()
    return study.weak_error(), misfit + error + (misfit.sqrt() * error.sqrt()).scaled(2.0)


def nonrealizable_gain(study):
    sampled = study.sampled
    weak_error, misfit, epsilon = study.weak_error(), study.misfit(sampled), study.epsilon()
    excess = misfit - study.misfit(study.projection)
    roots, distance = excess.sqrt() + epsilon.sqrt(), weak_error.sqrt()
    bound = weak_error - misfit + excess + epsilon + (epsilon.sqrt() * distance).scaled(2.0)
    return study.student_error(sampled), bound + (distance * roots).scaled(2.0) + roots * roots


def root_distance_metric(study):
    weak, target, middle = study.instance.weak, study.target, study.combination
    error = study.member_error()
    left = study.distance(weak, target, error).sqrt()
    return left, study.distance(weak, middle).sqrt() + study.distance(middle, target, error).sqrt()


def convex_values(study):
    apart = study.distance(study.member, study.other, study.member_error())
    return apart + study.distance(study.mixed.values, study.combination), apart


RESTATED = {
    misfit_gain: ("convexity", "realizability", "exactness"),
    pythagorean_identity: ("realizability", "exactness"),
    gain_ceiling: (),
    nonrealizable_gain: (),
    root_distance_metric: (),
    convex_values: ("convexity",),
}


def restated(check, **options):
    own = STATEMENTS[check.__name__]
    return w2sjax.claim(
        domain="projection",
        hypotheses=RESTATED[check],
        sets=own.sets,
        identity=own.identity,
        needs=("projection", "best", "sampled", "mixed"),
        **options,
    )(check)


@pytest.mark.parametrize("check", RESTATED, ids=lambda check: check.__name__)
def test_registered_claims_restated_are_the_registered_statements(check):
    """The same numbers on both sides, and the same outcomes, with and without hypotheses."""
    own, claim = STATEMENTS[check.__name__], restated(check)
    if check is gain_ceiling:  # which holds for any student, while a study's is the projection
        own = dataclasses.replace(own, student="projection")
    for drop in (None, *RESTATED[check]):
        known = own if drop is None else own.without(drop)
        derived = statement_of(claim, drop=drop)
        assert (derived.hypotheses, derived.dropped) == (known.hypotheses, known.dropped)
        assert (derived.identity, derived.sets) == (known.identity, known.sets)
        compared = 0
        for kind in ("subspace", "simplex", "l2_ball", "monotone"):
            if known.sets is not None and kind not in known.sets:
                continue
            for problem in itertools.islice(small_problems(known, kind, None, 3), 15):
                first, second = decide(known, problem), decide(derived, problem)
                assert first.outcome == second.outcome or OUTSIDE in (first.outcome, second.outcome)
                assert (
                    first.slack == pytest.approx(second.slack, abs=1e-12)
                    or second.outcome == OUTSIDE
                )
                compared += second.outcome != OUTSIDE
                if second.outcome == VIOLATED:
                    assert KINDS["projection"].check(derived, problem, second.students).violated
        assert compared > 5


def test_linear_statements_are_the_same_data():
    for check in (misfit_gain, pythagorean_identity):
        claim = restated(check)
        assert statement_of(claim) == STATEMENTS[check.__name__]
        for drop in RESTATED[check]:
            assert statement_of(claim, drop=drop) == STATEMENTS[check.__name__].without(drop)


@w2sjax.claim(domain="projection", needs=("projection", "best"))
def loses_epsilon(study):
    """Theorem 1 without realizability, wrongly."""
    gain = study.weak_error() - study.student_error()
    return study.misfit() - study.epsilon(), gain


def corrected(study):
    gain, misfit = study.weak_error() - study.student_error(), study.misfit()
    return misfit - (study.epsilon().sqrt() * misfit.sqrt()).scaled(2.0), gain


loses_a_root = w2sjax.claim(
    domain="projection", needs=("projection", "best"), false_twin=loses_epsilon.check
)(corrected)


def test_a_false_strengthening_gets_a_short_counterexample(tmp_path):
    answer = falsify(loses_epsilon, sets=["subspace"], budget=NO_RANDOM)
    found = answer.counterexample
    assert found is not None and found.instance.size <= 2
    assert Fraction(found.lhs) > Fraction(found.rhs)
    path = tmp_path / "case.json"
    found.save(path)
    again = replay(path)
    assert again.counterexample and again.lhs == found.lhs
    twin = falsify(loses_a_root, twin=True, sets=["subspace"], budget=NO_RANDOM)
    assert twin.counterexample is not None
    assert (twin.counterexample.lhs, twin.claim) == (found.lhs, "corrected")


def test_its_correction_survives():
    answer = falsify(loses_a_root, sets=["subspace"], budget=Budget(0, 1000, 0))
    assert not answer.found and answer.undecided == 0
    assert answer.instances["small"] == 1000 and answer.exact and not answer.note


def test_random_instances_are_confirmed_in_the_exact_statement():
    budget = Budget(instances=500, small=0, restarts=0)
    answer = falsify(loses_epsilon, sets=["subspace"], budget=budget, shrink_seconds=1.0)
    assert answer.counterexample is not None and "random" in answer.counterexample.found


def test_statements_are_readable_and_survive_a_file():
    statement = statement_of(loses_a_root)
    assert formula(statement) == "d(f, f_w) - 2 √(ε d(f, f_w)) ≤ d(f_w, f*) - d(f, f*)"
    assert statement_from_json(json.loads(json.dumps(statement.to_json()))) == statement

    @w2sjax.claim(domain="projection")
    def odd(study):
        one = rounding.exact(jnp.asarray(0.5))
        best = study.distance(study.best.values, study.instance.weak)
        return one - study.misfit(), best * best + one * study.weak_error()

    assert formula(statement_of(odd)) == "1/2 - d(f, f_w) ≤ d(f_s, f_w)² + 1/2 d(f_w, f*)"

    @w2sjax.claim(domain="projection", needs=("projection", "mixed"))
    def products(study):
        error = study.weak_error()
        outside = study.distance(study.mixed.values, study.combination)
        way = study.distance(study.combination, study.target)
        return error * study.misfit() + outside, way * error * error.sqrt() * error.sqrt()

    assert formula(statement_of(products)) == (
        "d(f, f_w) d(f_w, f*) + d(h, g) ≤ d(h, f*) d(f_w, f*)²"
    )


def test_one_student_of_two_is_the_sampled_one():
    """`study.student` beside a sampled student is the exact projection."""

    @w2sjax.claim(domain="projection", needs=("projection", "sampled"))
    def further(study):
        return study.misfit(), study.misfit(study.sampled)

    statement = statement_of(further)
    assert dict(statement.lhs) == {"d(projection,weak)": 1} and dict(statement.rhs) == {"misfit": 1}
    assert statement.members == ("student",) and statement.student == "member"
    assert not falsify(further, sets=["simplex"], budget=Budget(0, 500, 0)).found

    def apart(study):
        student, sampled, best = study.student, study.sampled, study.best
        return study.distance(sampled.values, student.values), study.distance(
            best.values, student.values
        )

    claim = w2sjax.claim(domain="projection", needs=("projection", "sampled", "best"))(apart)
    statement = statement_of(claim)
    assert dict(statement.lhs) == {"d(student,projection)": 1}
    assert dict(statement.rhs) == {"d(best,projection)": 1}


def test_the_triangle_of_two_students_is_not_refuted():
    """True of roots: the sampled student is as far from f_w as the way over the projection at most."""

    def near(study):
        away = study.distance(study.sampled.values, study.student.values)
        misfit = study.misfit()
        return study.misfit(study.sampled), misfit + away + (misfit * away).sqrt().scaled(2.0)

    claim = w2sjax.claim(domain="projection", needs=("projection", "sampled"))(near)
    answer = falsify(claim, sets=["subspace"], budget=Budget(0, 500, 0))
    assert answer.exact and not answer.found


@pytest.mark.parametrize("name", ["comb", "first", "second"])
def test_members_of_the_check_stay_members_without_realizability(name):
    """Only the target leaves the class; what the check calls a member is in it as ever."""

    def comb(study):
        off = study.distance(study.combination, study.mixed.values)
        return off, study.weak_error().scaled(0.0)

    def first(study):
        return study.misfit(), study.distance(study.instance.weak, study.member)

    def second(study):
        return study.misfit(), study.distance(study.instance.weak, study.other)

    check = {"comb": comb, "first": first, "second": second}[name]
    claim = w2sjax.claim(
        domain="projection",
        needs=("projection", "mixed"),
        hypotheses=("convexity", "realizability", "exactness"),
    )(check)
    answer = falsify(claim, drop="realizability", sets=["box"], budget=Budget(0, 500, 0))
    assert answer.exact and not answer.found
    expected = ("truth",) if name == "first" else ("truth", "other")
    assert statement_of(claim, drop="realizability").members == expected


OUT_OF_REACH = {
    "it reads the .value": lambda s: (s.misfit().value * 2, s.weak_error()),
    "it uses the upper\\(\\) bound": lambda s: (s.misfit().upper(), s.weak_error()),
    "it branches on a quantity": lambda s: (s.misfit() if s.misfit() else 1, s.weak_error()),
    "it uses study.size": lambda s: (s.size(), s.misfit()),
    "it uses the gap of a student": lambda s: (s.student.gap, s.misfit()),
    "it calculates with the values of a function": lambda s: (
        s.distance(s.target * 2, s.target),
        1,
    ),
    "it states a tolerance of its own": lambda s: (s.misfit(), s.weak_error(), 0.1),
    "its sides are not built": lambda s: (1.0, 2.0),
    "it calculates with a float": lambda s: (s.misfit(), 2.0),
    "its code fails on symbols \\(KeyError": lambda s: ({}["moon"], s.misfit()),
}


@pytest.mark.parametrize("reason", OUT_OF_REACH)
def test_checks_out_of_reach_say_why(reason):
    claim = w2sjax.claim(domain="projection", name="odd")(OUT_OF_REACH[reason])
    with pytest.raises(NoExactSideError, match=f"odd: {reason}"):
        statement_of(claim)


def test_hypotheses_and_options_out_of_reach():
    own = {"luck": Hypothesis("the user is lucky")}
    claim = w2sjax.claim(domain="projection", hypotheses=own, name="odd")(misfit_gain)
    with pytest.raises(NoExactSideError, match="the hypothesis 'luck' is not one of w2sjax's"):
        statement_of(claim)
    claim = w2sjax.claim(domain="projection", failure=0.1, name="odd")(misfit_gain)
    with pytest.raises(NoExactSideError, match="a statement with probability"):
        statement_of(claim)
    claim = w2sjax.claim(domain="selection", sets=(), name="odd")(lambda study: (0.0, 1.0))
    with pytest.raises(NoExactSideError, match="on the domain 'selection' are not derived"):
        statement_of(claim)
    with pytest.raises(NoExactSideError, match="no false twin is stated"):
        statement_of(loses_epsilon, twin=True)
    claim = w2sjax.claim(domain="projection", hypotheses=("convexity",))(
        loses_epsilon.exact.args[1][False]
    )
    with pytest.raises(NoExactSideError, match="without convexity there is one student"):
        statement_of(claim, drop="convexity")


def test_the_output_says_why_nothing_is_confirmed(tmp_path):
    path = tmp_path / "bounds.py"
    path.write_text(
        "import w2sjax\n\n\n@w2sjax.claim(domain='projection')\ndef odd(study):\n"
        "    return study.weak_error(), study.misfit().perturbed(study.size() * 1e-9)\n"
    )
    arguments = ["falsify", f"{path}::odd", "--budget", "500", "--set", "subspace"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1, done.output
    assert (
        "violated in floating point, not confirmed exactly (odd: it uses study.size)" in done.output
    )
