"""The exact side of the claims on the regret: play, both engines, counterexamples."""

import dataclasses
import itertools
import math
from collections import Counter
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import ctx

from w2sjax.falsification.checking import check
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.deciding import OUTSIDE, UNDECIDED, VIOLATED, decide
from w2sjax.falsification.rendering import markdown
from w2sjax.falsification.shrinking import shrink
from w2sjax.language import less
from w2sjax.language.rewriting import twin_of
from w2sjax.overlap.simulation import simulate
from w2sjax.settings.bandits import (
    BANDITS,
    BOUNDED,
    K,
    T,
    best,
    checker,
    delta,
    engine,
    paid,
    regret,
)
from w2sjax.settings.bandits.engine import Engine, play
from w2sjax.settings.bandits.instance import Instance
from w2sjax.settings.bandits.search import small
from w2sjax.settings.exact import RefusedError
from w2sjax.verification.lookup import claim_named

ONE, HALF = Fraction(1), Fraction(1, 2)
CLAIMS = {name: claim_named(name) for name in ("bandit_regret", "bandit_regret_probable")}
FALSE = {
    f"{name} {label}": statement
    for name, claim in CLAIMS.items()
    for label, statement in (
        ("twin", twin_of(claim)),
        *((name, claim.without(name)) for name in claim.droppable),
    )
}
MEAN, PROBABLE = CLAIMS.values()


def constant(value):
    return [ONE], [Fraction(value)]


def coin(share):
    return [Fraction(share), 1 - Fraction(share)], [ONE, Fraction(0)]


def bandit(horizon, *sources, failure=HALF, others=(), scenarios=(ONE,)):
    """Sources that pay as in `sources`, and in other scenarios as in `others`."""
    chances, rewards = ([[s[part] for s in row] for row in (sources, *others)] for part in (0, 1))
    return Instance(horizon, failure, list(map(Fraction, scenarios)), chances, rewards)


def cases(case, claim=PROBABLE):
    with ctx.workprec(256):
        return list(Engine(claim, case, 128).cases())


def expected(case):
    """The regret as the engine has it."""
    return float(cases(case)[0].quantity(("regret",)))


def fails(case, allowed):
    """The probability that less is paid than the best density and what is allowed, by the engine."""
    short = {one: one.quantity(("best",)) - one.quantity(("paid",)) for one in cases(case)}
    return sum(float(one.weight) for one, missing in short.items() if float(missing) > allowed)


def brute_force(case):
    """Every tape of rewards, with the index in floating point: chance, tries and total of each."""
    count, horizon = case.size, case.horizon
    for scenario, chances, rewards in zip(case.scenarios, case.chances, case.rewards, strict=True):
        sources = [list(zip(*both, strict=True)) for both in zip(chances, rewards, strict=True)]
        tape: Any
        for tape in itertools.product(*(source for source in sources for _ in range(horizon))):
            outcomes: list[tuple[Fraction, Fraction]] = list(tape)
            chance = float(scenario * math.prod(p for p, _ in outcomes))
            tries, sums = np.zeros(count, int), np.zeros(count)
            for time in range(horizon):
                with np.errstate(divide="ignore", invalid="ignore"):
                    index = sums / tries + np.sqrt(2 * math.log(horizon) / tries)
                # Equal indices differ by rounding.
                source = (
                    time if time < count else int(np.flatnonzero(index > index.max() - 1e-9)[0])
                )
                sums[source] += float(outcomes[source * horizon + int(tries[source])][1])
                tries[source] += 1
            yield chance, tries, sums.sum()


SMALL = {
    "two coins": bandit(4, coin("1/3"), coin("1/2")),
    "three coins": bandit(4, coin("1/3"), coin("3/4"), coin("1/8")),
    "a coin and a constant": bandit(5, coin("1/4"), constant("1/2")),
    "large rewards": bandit(4, ([HALF, HALF], [Fraction(8), Fraction(-8)]), coin("1/2")),
    "two scenarios": bandit(
        4, coin("1/2"), constant(1), others=[(constant(1), coin("1/8"))], scenarios=("1/4", "3/4")
    ),
}


@pytest.mark.parametrize("case", SMALL.values(), ids=SMALL)
def test_play_agrees_with_every_tape_of_rewards(case):
    best, means = float(max(case.densities())), np.array([float(o) for o in case.densities()])
    paths = list(brute_force(case))
    lost = best - sum(chance * tries @ means for chance, tries, _ in paths) / case.horizon
    assert expected(case) == pytest.approx(lost, abs=1e-12)
    for allowed in (0.05, 0.21, 0.55):
        failed = sum(p for p, _, paid in paths if best - paid / case.horizon > allowed)
        assert fails(case, allowed) == pytest.approx(failed, abs=1e-12)
    assert sum(one.weight for one in cases(case)) == 1
    assert len({one.label for one in cases(case)}) == len(cases(case))


@pytest.mark.parametrize("values", [("1/4", "1/2"), ("3/4", "1/8", "1/2"), ("0", "0", "1")])
def test_determined_play_agrees_with_the_simulation(values):
    """The index of the simulation is rounded to single precision; here no two come that close."""
    horizon, means = 300, jnp.asarray([[float(Fraction(v)) for v in values]])

    def itself(uniform, mean, source, tries):
        return mean

    played = simulate(jax.random.key(0), means, "index", horizon, rewards=itself)
    with ctx.workprec(256):
        ((tries, _, chance),) = play(bandit(horizon, *map(constant, values)))
    assert tries == tuple(np.asarray(played.pulls[0, -1], int).tolist()) and chance == 1


def test_chances_agree_with_the_simulation():
    """40,000 simulated bandits: 5 standard errors of a mean of numbers in [0, 1] are 0.0125."""
    shares, horizon, bandits = ("1/4", "1/2"), 12, 40_000
    means = jnp.tile(jnp.asarray([[float(Fraction(s)) for s in shares]]), (bandits, 1))
    played = simulate(jax.random.key(1), means, "index", horizon)
    case = bandit(horizon, *map(coin, shares))
    assert abs(float(jnp.mean(played.regret[:, -1])) - expected(case)) < 0.0125
    total = np.asarray(jnp.sum(played.rewards[:, -1], axis=1)) / horizon
    allowed = math.sqrt(math.log(1 / (0.5 - 4 / 12**3)) / 24)
    assert abs(np.mean(0.5 - total > allowed) - fails(case, allowed)) < 0.0125


def test_equal_indices_go_to_the_first_source():
    with ctx.workprec(256):
        ((tries, *_),) = play(bandit(7, constant("1/3"), constant("1/3"), constant("1/3")))
    assert tries == (3, 2, 2)


def opinion(claim, case, evidence):
    try:
        return check(claim, case, evidence)
    except RefusedError as error:
        return str(error)


@pytest.mark.parametrize("claim", [*CLAIMS.values(), *FALSE.values()], ids=[*CLAIMS, *FALSE])
def test_engines_agree(claim):
    outcomes = Counter()
    # Without independence a regret needs thousands of rounds.
    count = 4 if claim.dropped == "independence" else 25
    for case in itertools.islice(small(claim, None, None, 0), count):
        first = decide(claim, case, (128,))
        second = opinion(claim, case, first.evidence)
        outcomes[first.outcome] += 1
        if isinstance(second, str):
            assert first.outcome != VIOLATED
            continue
        assert (first.outcome == VIOLATED) == second.violated
        side = (
            Fraction(first.lhs) if claim.failure is None else case.failure - Fraction(first.slack)
        )
        assert float(second.lhs.low) == pytest.approx(float(side), abs=1e-15)
        assert second.lhs.low == second.lhs.high
    assert outcomes[UNDECIDED] == 0
    assert (outcomes[VIOLATED] > 0) == (claim not in CLAIMS.values())


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_true_claims_are_never_violated(claim):
    for case in itertools.islice(small(claim, None, None, 1), 1000):
        assert decide(claim, case, (128,)).outcome in ("holds", OUTSIDE)


@pytest.mark.parametrize("sources", [
    (constant(0), constant(1)), (constant("1/2"), constant(1)), (coin("1/8"), constant(1))])  # fmt: skip
def test_true_claims_hold_where_they_say_something(sources):
    """From 73 rounds on the bound for two sources is below 1."""
    case = bandit(100, *sources, failure=Fraction(1, 10))
    assert all(decide(claim, case, (128,)).outcome == "holds" for claim in CLAIMS.values())
    assert float(decide(MEAN, case).slack) + expected(case) < 1 < expected(case) * 50


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_false_ones_are_refuted(claim):
    stream = itertools.islice(small(claim, None, None, 0), 200)
    hit = next(case for case in stream if decide(claim, case, (128,)).violated)
    # Shrinking thousands of rounds takes long; see the next test.
    least = hit if hit.horizon > 2000 else shrink(claim, hit, seconds=5)
    found = confirm(claim, least)
    assert found is not None and found.instance.size <= 2
    assert Instance.from_json(found.instance.to_json()) == found.instance
    assert f"T = {least.horizon} rounds" in markdown(found)


def test_dependence_costs_even_a_single_source():
    """It pays 0 for ever with probability 1/3, else 1: after 119 rounds it fell short too often."""
    claim = PROBABLE.without("independence")
    shares = ("1/3", "2/3")
    case = bandit(
        119, constant(0), others=[[constant(1)]], scenarios=shares, failure=Fraction(1, 7)
    )
    found = confirm(claim, case)
    assert found is not None and (found.lhs, found.rhs) == ("1/3", "1/7")
    assert found.evidence["failing"] == ["0"]
    assert not decide(claim, dataclasses.replace(case, horizon=118)).violated
    assert decide(PROBABLE, case).outcome == OUTSIDE
    for lie in ([], ["0", "0"], ["119"], ["0", "119"], ["1"], [["0"]], "0", None):
        with pytest.raises(RefusedError):
            check(claim, case, {"failing": lie})


def test_dependence_costs_the_mean_regret():
    others = [(constant(0), constant(1))]
    case = bandit(3564, constant(HALF), constant("1/3"), others=others, scenarios=(HALF, HALF))
    found = confirm(MEAN.without("independence"), case)
    assert found is not None and found.lhs == "685/3564"


NEW = {
    "bought without exploring": dataclasses.replace(MEAN, claim=regret <= 1 / K / T, name="new"),
    "always paid": dataclasses.replace(MEAN, claim=best - paid <= K / T, name="new"),
    "a mean with probability": dataclasses.replace(
        MEAN, claim=regret <= 1 / K / T, where=(less(delta, 1 / K),), failure=Fraction(1, 3)
    ),
    "without independence": dataclasses.replace(
        PROBABLE, claim=regret + best - paid <= 1, assumptions=(BOUNDED,), where=()
    ),
}


@pytest.mark.parametrize("claim", NEW.values(), ids=NEW)
def test_new_claims_need_no_new_code(claim):
    assert claim.setting is BANDITS
    stream = itertools.islice(small(claim, None, None, 0), 500)
    hit = next(case for case in stream if decide(claim, case, (128,)).violated)
    assert confirm(claim, shrink(claim, hit, seconds=1)) is not None


def test_too_much_chance_is_left_open(monkeypatch):
    monkeypatch.setattr(engine, "STATES", 1000)
    monkeypatch.setattr(checker, "PATHS", 100)
    case = bandit(40, *[coin("1/2")] * 2)
    assert decide(MEAN, case, (128,)).outcome == UNDECIDED
    with pytest.raises(RefusedError, match="paths"):
        check(MEAN, case, {})


def test_bad_fields_are_refused():
    good = SMALL["two coins"].to_json()
    for change, word in (
        ({"horizon": 1}, "horizon"),
        ({"horizon": "4"}, "horizon"),
        ({"failure": "1"}, "failure"),
        ({"scenarios": []}, "scenario"),
        ({"scenarios": [], "chances": [], "rewards": []}, "at least one"),
        ({"scenarios": ["1/2"]}, "sum to 1"),
        ({"scenarios": 3}, "scenarios"),
        ({"rewards": [[["1"], ["1", "0"]]]}, "rewards"),
        ({"rewards": [["1", "0"]]}, "rewards"),
        ({"rewards": [[["1", "0"]]]}, "source"),
        ({"extra": 1}, "fields"),
    ):
        with pytest.raises(ValueError, match=word):
            Instance.from_json(good | change)
