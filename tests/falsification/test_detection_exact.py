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
from w2sjax.falsification.checking import check
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.deciding import OUTSIDE, VIOLATED, decide
from w2sjax.falsification.search import falsify
from w2sjax.falsification.shrinking import shrink
from w2sjax.language.rewriting import twin_of
from w2sjax.settings.detection.checker import Checker
from w2sjax.settings.detection.engine import Engine
from w2sjax.settings.detection.instance import Instance
from w2sjax.settings.detection.search import small
from w2sjax.settings.exact import RefusedError
from w2sjax.verification.lookup import claim_named

CLAIM = claim_named("detection_concentration")
TWIN = twin_of(CLAIM)
DROPPED = [CLAIM.without(assumption) for assumption in CLAIM.droppable]
FALSE = [TWIN, *DROPPED]
NAMES = ["twin", *CLAIM.droppable]
HALF = Fraction(1, 2)


def example(**changes):
    plain = Instance(6, Fraction(1, 4), HALF, Fraction(3), Fraction(3, 2))
    return dataclasses.replace(plain, **changes)


def experiments(claim, seed):
    return small(claim, None, None, seed)


def weights(e):
    """Probability of each number of points that are called, by the first engine."""
    with ctx.workprec(256):
        return {case.label: case.weight for case in Engine(CLAIM, e, 128).cases()}


def allowing(claim):
    """Do without all assumptions."""
    return dataclasses.replace(claim, assumptions=())


def far(e, claim=CLAIM):
    """Probability of failure, by the first engine."""
    found = decide(allowing(claim), e).lhs
    return float(found[1:].split()[0]) if found.startswith("[") else float(Fraction(found))


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


@pytest.mark.parametrize("claim", FALSE, ids=NAMES)
def test_failures_agree_with_scipy(claim):
    for e in itertools.islice(experiments(claim, 3), 200):
        chance = called(e)
        shares = stats.binom.pmf(np.arange(e.points + 1), e.points, chance)
        if e.copies:
            shares = np.zeros(e.points + 1)
            shares[[0, -1]] = 1 - chance, chance
        for number, weight in weights(e).items():
            assert float(weight) == pytest.approx(shares[number], abs=1e-12)
        numbers = np.arange(e.points + 1)
        for one, power in ((CLAIM, 1), (TWIN, 2)):
            off = abs(numbers / e.points - float(e.density)) > allowed(e, power)
            assert far(e, one) == pytest.approx(shares[off].sum(), abs=1e-12)


@pytest.mark.parametrize(
    "e",
    [example(), example(zeroed=True), example(copies=True), example(directions=5, density=Fraction(1, 8)),
     example(easy=Fraction(1)), example(easy=Fraction(2), zeroed=True)],
    ids=["plain", "zeroed", "copies", "directions", "easy", "easy zeroed"],
)  # fmt: skip
def test_failures_agree_with_simulated_points(e):
    """Points are drawn as `Instance` says; 4e5 bits, so 5 standard errors are at most 0.008."""
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


@pytest.mark.parametrize("claim", [CLAIM, *FALSE], ids=["true", *NAMES])
def test_engines_agree(claim):
    outcomes = Counter()
    for e in itertools.islice(experiments(claim, 0), 40):
        first = decide(claim, e, (128,))
        outcomes[first.outcome] += 1
        every = list(weights(e))
        cases = list(Checker(claim, e, {"failing": every}).cases())
        for case, weight in zip(cases, weights(e).values(), strict=True):
            assert float(case.weight.low) == pytest.approx(float(weight), abs=1e-15)
            assert case.weight.high - case.weight.low < Fraction(1, 2**100)
        failing = first.evidence["failing"]
        if failing:
            second = check(claim, e, first.evidence)
            assert (first.outcome == VIOLATED) == second.violated
            assert float(second.lhs.low) == pytest.approx(far(e, claim))
        for number in set(every) - set(failing):
            with pytest.raises(RefusedError, match="does not"):
                check(claim, e, {"failing": [number]})
    assert outcomes["undecided"] == 0
    assert (outcomes[VIOLATED] > 0) == (claim is not CLAIM)


@pytest.mark.parametrize(
    ("failing", "word"), [([0, 0], "twice"), ([7], "points"), ([True], "points"), ([], "no case")]
)
def test_stated_numbers_that_are_none(failing, word):
    with pytest.raises(RefusedError, match=word):
        check(TWIN, example(), {"failing": failing})
    if failing == [7]:
        with pytest.raises(RefusedError, match=word):
            check(DROPPED[0], example(copies=True), {"failing": [3]})


def test_assumptions_are_checked():
    for change in ({"copies": True}, {"directions": 2}, {"easy": HALF}):
        e = example(**change)
        assert decide(CLAIM, e).outcome == OUTSIDE
        with pytest.raises(RefusedError, match="fails"):
            check(CLAIM, e, {"failing": [0]})
    assert decide(DROPPED[0], example(copies=True, directions=2)).outcome == OUTSIDE


def test_the_true_claim_is_never_violated():
    for e in itertools.islice(experiments(CLAIM, 1), 2000):
        assert decide(CLAIM, e, (128,)).outcome == "holds"


@pytest.mark.parametrize("claim", FALSE, ids=NAMES)
def test_false_ones_are_refuted_and_small(claim):
    stream = itertools.islice(experiments(claim, 0), 500)
    hit = next(e for e in stream if decide(claim, e, (128,)).violated)
    found = confirm(claim, shrink(claim, hit))
    assert found is not None and found.instance.size <= 3
    assert Instance.from_json(found.instance.to_json()) == found.instance


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
            Instance.from_json(good | change)


def test_falsify_finds_it():
    budget = Budget(instances=0, small=500, restarts=0)
    answer = falsify("detection_concentration", drop="one direction", budget=budget)
    assert answer.counterexample is not None
    assert answer.counterexample.instance.size == 1
