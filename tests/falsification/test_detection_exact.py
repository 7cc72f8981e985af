"""The exact side of the claim on the detected density: probabilities, both engines, counterexamples."""

import dataclasses
import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from flint import ctx
from scipy import stats

from w2sjax.falsification.budget import Budget
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.decision import OUTSIDE, VIOLATED
from w2sjax.falsification.detection.checker import check_experiment
from w2sjax.falsification.detection.deciding import Probabilities
from w2sjax.falsification.detection.experiment import Experiment, experiment_from_json
from w2sjax.falsification.detection.small import small_experiments
from w2sjax.falsification.detection.statements import STATEMENTS, TWINS
from w2sjax.falsification.exact import decide
from w2sjax.falsification.opinion import RefusedError
from w2sjax.falsification.search import falsify
from w2sjax.falsification.shrinking import shrink

CLAIM = STATEMENTS["detection_concentration"]
TWIN = TWINS["detection_concentration"]
DROPPED = [CLAIM.without(hypothesis) for hypothesis in CLAIM.hypotheses]
FALSE = [TWIN, *DROPPED]
NAMES = ["twin", *CLAIM.hypotheses]
HALF = Fraction(1, 2)


def example(**changes):
    plain = Experiment(6, Fraction(1, 4), HALF, Fraction(3), Fraction(3, 2))
    return dataclasses.replace(plain, **changes)


def far(experiment, name="far"):
    with ctx.workprec(256):
        return float(Probabilities(experiment)[name])


def called(e):
    """Probability that a point is called, in floating point."""
    mean, easy, tau = float(e.mean), float(e.easy), float(e.threshold)
    normal = stats.norm

    def low(shift):
        return normal.cdf(tau - shift) - normal.cdf(-tau - shift)

    others = low(0) ** (e.directions - 1)
    plain = float(easy >= tau) if e.zeroed else 1 - low(easy) * others
    o = float(e.density)
    return o * (1 - low(mean + easy) * others) + (1 - o) * plain


def allowed(e, power=1):
    alpha = 0 if e.zeroed else 2 * stats.norm.sf(float(e.threshold))
    beta = stats.norm.cdf(float(e.threshold - e.mean))
    return max(alpha, beta) + math.sqrt(math.log(2 / e.failure) / 2) / e.points ** (power / 2)


@pytest.mark.parametrize("statement", FALSE, ids=NAMES)
def test_failures_agree_with_scipy(statement):
    for e in itertools.islice(small_experiments(statement, 3), 200):
        for name, power in (("far", 1), ("far_fast", 2)):
            numbers = np.arange(e.points + 1)
            off = abs(numbers / e.points - float(e.density)) > allowed(e, power)
            chance = called(e)
            shares = stats.binom.pmf(numbers, e.points, chance)
            if e.copies:
                shares = np.zeros(e.points + 1)
                shares[[0, -1]] = 1 - chance, chance
            assert far(e, name) == pytest.approx(shares[off].sum(), abs=1e-12)


@pytest.mark.parametrize(
    "e",
    [example(), example(zeroed=True), example(copies=True), example(directions=5, density=Fraction(1, 8)),
     example(easy=Fraction(1)), example(easy=Fraction(2), zeroed=True)],
    ids=["plain", "zeroed", "copies", "directions", "easy", "easy zeroed"],
)  # fmt: skip
def test_failures_agree_with_simulated_points(e):
    """Points are drawn as `Experiment` says; 4e5 bits, so 5 standard errors are at most 0.008."""
    source = np.random.default_rng(0)
    rounds = 100_000
    size = (rounds, 1 if e.copies else e.points)
    sign = source.choice([-1.0, 1.0], size)
    hard = source.random(size) < float(e.density)
    noise = source.standard_normal((*size, e.directions))
    noise[..., 0] += sign * hard * float(e.mean)
    if e.zeroed:
        noise *= hard[..., None]
    noise[..., 0] += sign * float(e.easy)
    share = np.mean(np.max(np.abs(noise), axis=-1) >= float(e.threshold), axis=1)
    failed = np.mean(abs(share - float(e.density)) > allowed(e))
    assert abs(failed - far(e)) < 5 * 0.5 / math.sqrt(rounds)


def opinion(statement, e):
    try:
        return check_experiment(statement, e)
    except RefusedError:
        return None


@pytest.mark.parametrize("statement", [CLAIM, *FALSE], ids=["true", *NAMES])
def test_engines_agree(statement):
    outcomes = Counter()
    for e in itertools.islice(small_experiments(statement, 0), 40):
        first, second = decide(statement, e, (128,)), opinion(statement, e)
        assert second is not None and (first.outcome == VIOLATED) == second.violated
        assert float(second.lhs.low) == pytest.approx(
            far(e, next(n for n, a in statement.lhs.items() if a))
        )
        assert second.lhs.high - second.lhs.low < Fraction(1, 2**100)
        outcomes[first.outcome] += 1
    assert outcomes["undecided"] == 0
    assert (outcomes[VIOLATED] > 0) == (statement is not CLAIM)


def test_hypotheses_are_checked():
    for change in ({"copies": True}, {"directions": 2}, {"easy": HALF}):
        e = example(**change)
        assert decide(CLAIM, e).outcome == OUTSIDE
        with pytest.raises(RefusedError, match="fails"):
            check_experiment(CLAIM, e)
    assert decide(DROPPED[0], example(copies=True, directions=2)).outcome == OUTSIDE


def test_the_true_claim_is_never_violated():
    for e in itertools.islice(small_experiments(CLAIM, 1), 2000):
        assert decide(CLAIM, e, (128,)).outcome == "holds"


@pytest.mark.parametrize("statement", FALSE, ids=NAMES)
def test_false_ones_are_refuted_and_small(statement):
    stream = itertools.islice(small_experiments(statement, 0), 500)
    hit = next(e for e in stream if decide(statement, e, (128,)).violated)
    found = confirm(statement, shrink(statement, hit))
    assert found is not None and found.instance.size <= 3
    assert experiment_from_json(found.instance.to_json()) == found.instance


def test_bad_fields_are_refused():
    good = example().to_json()
    for change, word in (
        ({"points": 0}, "points"),
        ({"points": 2.0}, "points"),
        ({"directions": True}, "directions"),
        ({"zeroed": 1}, "zeroed"),
        ({"failure": "0"}, "failure"),
        ({"density": "3/2"}, "density"),
        ({"threshold": "0"}, "threshold"),
        ({"mean": "x"}, "rational"),
        ({"extra": "1"}, "fields"),
    ):
        with pytest.raises(ValueError, match=word):
            experiment_from_json(good | change)


def test_falsify_finds_it():
    budget = Budget(instances=0, small=500, restarts=0)
    answer = falsify("detection_concentration", drop="one direction", budget=budget)
    assert answer.counterexample is not None
    assert answer.counterexample.instance.size == 1
