"""All claims with each assumption dropped; time limits inside the phases; ascent over a given set."""

import dataclasses
import functools
import itertools
from typing import Any

import jax
import numpy as np
import pytest
from falsification_samples import small

from w2sjax import claim
from w2sjax.falsification.all_claims import falsify_all
from w2sjax.falsification.ascent import climb
from w2sjax.falsification.budget import Budget, Clock
from w2sjax.falsification.deciding import decide
from w2sjax.falsification.question import asked
from w2sjax.falsification.report import matrix, summary
from w2sjax.falsification.search import Search, falsify
from w2sjax.language.rewriting import twin_of
from w2sjax.projecting.sets.parse import parse_set
from w2sjax.verification.lookup import claim_named, variants_of
from w2sjax.verification.verifying import BLOCK, verify


def two_shares(key):
    return jax.random.uniform(key, (2,))


@claim(draw=two_shares)
def product(pair):
    """A product of two shares is at most their mean."""
    return pair[0] * pair[1], (pair[0] + pair[1]) / 2


@claim(draw=two_shares)
def too_much(pair):
    """A product of two shares is at most a quarter."""
    return pair[0] * pair[1], 0.25


def test_verify_stops_after_a_chunk():
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 1

    (answer,) = verify(product, 1, instances=10**6, chunk=2, stop=stop)
    assert answer.instances == answer.holds == 2 * 2 * BLOCK * jax.device_count()


def test_seconds_are_kept_inside_the_random_phase():
    answer = falsify(product, 1, budget=Budget(10_000_000, small=0, restarts=0, seconds=1e-3))
    assert 0 < answer.instances["random"] < 100_000
    assert not answer.complete and summary(answer).endswith("time ran out")


def test_the_clock_pauses():
    clock = Clock(10.0, spent=4.0)
    assert clock.spent() == 4.0
    clock.charge(5.0)
    with clock.running():
        assert 9.0 <= clock.spent() < 10.0 and not clock.expired()
    clock.charge(1.0)
    assert clock.expired() and clock.spent() == clock.spent()


def ticking():
    """A clock by which every look at it takes a second."""
    return functools.partial(Clock, now=itertools.count().__next__)


def test_parts_of_the_time():
    """Of 12 seconds, the first of three parts may take 4; what it leaves, the others have."""
    seconds = [0.0]
    clock = Clock(12.0, now=lambda: seconds[0])
    with clock.running(), clock.part(3):
        with clock.part(2):
            seconds[0] = 1.0
            assert not clock.expired()
            seconds[0] = 2.0
            assert clock.expired()
        assert not clock.expired() and clock.left() == 2.0
    with clock.part(2):
        assert clock.left() == 5.0, "half of what is left"
    assert clock.left() == 10.0


def test_small_instances_leave_time_for_the_others(monkeypatch):
    monkeypatch.setattr("w2sjax.falsification.search.Clock", ticking())
    sets = ["simplex", "subspace"]
    budget = Budget(instances=500, small=10**9, restarts=0, seconds=60)
    search = Search(
        asked("convex_values", 0), variants_of(claim_named("convex_values"), sets), budget
    )
    search.run("small")
    counts = [outcome.instances for outcome in search.outcomes["small"].values()]
    assert len(counts) == len(sets) and max(counts) <= 1.5 * min(counts)
    assert search.clock.spent() <= 1.1 * 60 / 4, "a share of four phases"
    search.run("random")
    assert all(outcome.finished for outcome in search.outcomes["random"].values())
    found = search.answer(0.0)
    assert found.instances["random"] == 500 * len(sets) and not found.complete


def test_the_rows_of_all():
    claims = [claim_named(name) for name in ("misfit_gain", "hard_error", "pythagorean_identity")]
    common: Any = {"sets": ["simplex"], "budget": Budget(0, 200, 0), "shrink_seconds": 30}
    answers, together = (falsify_all(claims, processes=count, **common) for count in (1, 2))
    assert [dataclasses.replace(one, seconds={}) for one in answers] == [
        dataclasses.replace(one, seconds={}) for one in together
    ]
    wanted = [(c.name, lost) for c in claims[:2] for lost in (None, *c.droppable)]
    assert [(a.claim, a.drop) for a in answers] == wanted, "the identity is not about the simplex"
    assert [a.found for a in answers[:4]] == [False, True, True, True]
    assert len(matrix(answers).rows) == len(wanted) + 2


def test_the_small_instances_are_spread():
    answer = falsify_all([claim_named("gain_ceiling")], budget=Budget(0, 130, 0))[0]
    assert len(answer.sets) == 13 and answer.instances["small"] == 12 * 10


def test_claims_share_programs_and_agree_with_a_search_of_their_own():
    budget = Budget(instances=500, small=0, restarts=0)
    seen = []
    answers = falsify_all(
        [product, too_much], 5, budget=budget,
        progress=lambda *told: seen.append(told), shrink_seconds=1,
    )  # fmt: skip
    assert ("random instances", 1, 1) in seen, "both claims at once"
    for found, answer in zip((product, too_much), answers, strict=True):
        alone = falsify(found, 5, budget=budget, shrink_seconds=1)
        assert alone.instances == answer.instances and alone.least_slack == answer.least_slack
        assert alone.found == answer.found == (found is too_much)
        assert alone.counterexample == answer.counterexample


def test_unknown_sets_are_refused():
    with pytest.raises(ValueError, match="there is no 'teapot'"):
        falsify_all([claim_named("misfit_gain")], sets=["teapot"])


def test_ascent_over_a_given_set_keeps_it():
    ball = parse_set("l2_ball:2.5")
    raws, slacks = climb(twin_of(claim_named("gain_ceiling")), jax.random.key(0), ball, restarts=4)
    assert slacks[0] < 0
    for raw in raws:
        assert float(raw.hypothesis.set.radius) == 2.5
        assert np.linalg.norm(raw.truth) <= 2.5 * (1 + 1e-12)


@pytest.mark.parametrize("kind", ["ellipsoid", "l2_ball", "simplex"])
def test_the_gap_of_the_projection_is_zero(kind):
    """Without "any student" the student is the projection, whose coefficients are not stated."""
    claim = claim_named("inexact_gain").without("any student")
    stream = small(claim, kind)
    outcomes = {decide(claim, next(stream)).outcome for _ in range(30)}
    assert outcomes <= {"holds", "undecided"} and "holds" in outcomes
