"""The guard of derived statements: the user's own code, run on a counterexample, must say the same."""

import itertools

import jax.numpy as jnp
import pytest
from test_derived import RESTATED, restated

import w2sjax
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.decision import OUTSIDE
from w2sjax.falsification.exact import decide
from w2sjax.falsification.own import contradiction
from w2sjax.falsification.projection import derived
from w2sjax.falsification.projection.rechecking import doubt, study_of
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.search import falsify
from w2sjax.falsification.stated import statement_of


@pytest.mark.parametrize("check", RESTATED, ids=lambda check: check.__name__)
def test_the_code_says_what_its_statement_says(check):
    """With and without hypotheses; and a statement that is a little off is told from it."""
    claim = restated(check)
    compared = 0
    for drop in (None, *RESTATED[check]):
        statement = statement_of(claim, drop=drop)
        for kind in ("subspace", "affine", "simplex", "l2_ball", "monotone"):
            if statement.sets is not None and kind not in statement.sets:
                continue
            for problem in itertools.islice(small_problems(statement, kind, None, 3), 30, 33):
                decision = decide(statement, problem)
                if decision.outcome == OUTSIDE:
                    continue
                found = claim.check(study_of(statement, problem))
                assert float(found.slack) == pytest.approx(decision.slack, abs=1e-6)
                assert doubt(claim.check, statement, problem) == ""
                more = statement.changed(lhs={"d(target,weak)": "1/100"})
                size = abs(decide(more, problem).slack - decision.slack)
                assert bool(doubt(claim.check, more, problem)) == (size > 0)
                compared += size > 0
    assert compared > 3


@w2sjax.claim(domain="projection", needs=("projection", "sampled"))
def near(study):
    away = study.distance(study.sampled.values, study.student.values)
    misfit = study.misfit()
    return study.misfit(study.sampled), misfit + away + (misfit * away).sqrt().scaled(2.0)


@w2sjax.claim(domain="projection", needs=("projection", "sampled"))
def too_near(study):
    return study.misfit(study.sampled), study.misfit().scaled(2.0)


def test_an_error_of_the_derivation_refutes_nothing(monkeypatch):
    monkeypatch.setattr(derived, "_ROLES", {"student": "student", "sampled": "student"})
    answer = falsify(near, sets=["subspace"], budget=Budget(0, 500, 0))
    assert not answer.found and not answer.refuted and answer.one_engine == 1
    assert "the code of the claim gives a slack of" in answer.note


def test_what_is_false_stays_refuted():
    answer = falsify(too_near, sets=["subspace", "box"], budget=Budget(0, 500, 0))
    assert answer.found and not answer.note


def test_only_derived_statements_are_doubted():
    statement = statement_of(near)
    problem = next(small_problems(statement, "subspace", None, 0))
    other = statement.changed(lhs={"misfit": 5})
    assert contradiction(near, other, problem, twin=False) == ""
    own = w2sjax.REGISTRY[0]
    assert contradiction(own, statement_of(own), problem, twin=False) == ""

    def failing(study):
        raise ValueError(study.size() + jnp.nan)

    assert doubt(failing, statement, problem) == ""
