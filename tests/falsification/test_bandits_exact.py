"""The exact side of the claims on the regret: play, both engines, counterexamples."""

import dataclasses
import itertools
import math
from collections import Counter
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import ctx

from w2sjax.falsification.bandits import checker, playing
from w2sjax.falsification.bandits.bandit import Bandit, Scenario, bandit_from_json
from w2sjax.falsification.bandits.checker import check_bandit
from w2sjax.falsification.bandits.deciding import Quantities
from w2sjax.falsification.bandits.playing import play
from w2sjax.falsification.bandits.small import small_bandits
from w2sjax.falsification.bandits.statements import STATEMENTS, TWINS
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.decision import OUTSIDE, UNDECIDED, VIOLATED
from w2sjax.falsification.exact import decide
from w2sjax.falsification.opinion import RefusedError
from w2sjax.falsification.rendering import markdown
from w2sjax.falsification.shrinking import shrink
from w2sjax.overlap.simulation import simulate

ONE, HALF = Fraction(1), Fraction(1, 2)
FALSE = {
    f"{name} {label}": statement
    for name, claim in STATEMENTS.items()
    for label, statement in (
        ("twin", TWINS[name]),
        *((hypothesis, claim.without(hypothesis)) for hypothesis in claim.hypotheses),
    )
}


def constant(value):
    return ((ONE, Fraction(value)),)


def coin(share):
    return ((Fraction(share), ONE), (1 - Fraction(share), Fraction(0)))


def bandit(horizon, *sources, failure=HALF):
    return Bandit(horizon, failure, (Scenario(ONE, sources),))


def quantity(case, name):
    with ctx.workprec(256):
        return float(Quantities(case)[name])


def brute_force(case):
    """Every tape of rewards, with the index in floating point: chance, tries and total of each."""
    count, horizon = case.sources, case.horizon
    for scenario in case.scenarios:
        slots = [source for source in scenario.sources for _ in range(horizon)]
        for tape in itertools.product(*slots):
            chance = float(scenario.probability * math.prod(p for p, _ in tape))
            tries, paid = np.zeros(count, int), np.zeros(count)
            for time in range(horizon):
                with np.errstate(divide="ignore", invalid="ignore"):
                    index = paid / tries + np.sqrt(2 * math.log(horizon) / tries)
                # Equal indices differ by rounding.
                source = (
                    time if time < count else int(np.flatnonzero(index > index.max() - 1e-9)[0])
                )
                paid[source] += float(tape[source * horizon + tries[source]][1])
                tries[source] += 1
            yield chance, tries, paid.sum()


SMALL = {
    "two coins": bandit(4, coin("1/3"), coin("1/2")),
    "three coins": bandit(4, coin("1/3"), coin("3/4"), coin("1/8")),
    "a coin and a constant": bandit(5, coin("1/4"), constant("1/2")),
    "large rewards": bandit(4, ((HALF, Fraction(8)), (HALF, Fraction(-8))), coin("1/2")),
    "two scenarios": Bandit(4, HALF, (
        Scenario(Fraction(1, 4), (coin("1/2"), constant(1))),
        Scenario(Fraction(3, 4), (constant(1), coin("1/8"))),
    )),
}  # fmt: skip


@pytest.mark.parametrize("case", SMALL.values(), ids=SMALL)
def test_play_agrees_with_every_tape_of_rewards(case):
    best, means = float(max(case.densities())), np.array([float(o) for o in case.densities()])
    paths = list(brute_force(case))
    expected = best - sum(chance * tries @ means for chance, tries, _ in paths) / case.horizon
    assert quantity(case, "regret") == pytest.approx(expected, abs=1e-12)
    left = float(case.failure) - float(case.unlucky)
    allowed = math.sqrt(math.log(1 / left) / (2 * case.horizon))
    failed = sum(p for p, _, paid in paths if best - paid / case.horizon > allowed)
    assert quantity(case, "short_of_chance") == pytest.approx(failed, abs=1e-12)
    claimed = math.sqrt(8 * case.sources * math.log(case.horizon) / case.horizon)
    assert quantity(case, "exploration") == pytest.approx(claimed)


@pytest.mark.parametrize("values", [("1/4", "1/2"), ("3/4", "1/8", "1/2"), ("0", "0", "1")])
def test_determined_play_agrees_with_the_simulation(values):
    """The index of the simulation is rounded to single precision; here no two come that close."""
    horizon, means = 300, jnp.asarray([[float(Fraction(v)) for v in values]])

    def itself(uniform, mean, source, tries):
        return mean

    played = simulate(jax.random.key(0), means, "index", horizon, rewards=itself)
    with ctx.workprec(256):
        ((pulls, _),) = play(bandit(horizon, *map(constant, values)))[0]
    assert pulls == tuple(np.asarray(played.pulls[0, -1], int).tolist())


def test_chances_agree_with_the_simulation():
    """40,000 simulated bandits: 5 standard errors of a mean of numbers in [0, 1] are 0.0125."""
    shares, horizon, bandits = ("1/4", "1/2"), 12, 40_000
    means = jnp.tile(jnp.asarray([[float(Fraction(s)) for s in shares]]), (bandits, 1))
    played = simulate(jax.random.key(1), means, "index", horizon)
    case = bandit(horizon, *map(coin, shares))
    assert abs(float(jnp.mean(played.regret[:, -1])) - quantity(case, "regret")) < 0.0125
    # Falling short of 1/2 by more than sqrt(log(1/delta') / 24).
    total = np.asarray(jnp.sum(played.rewards[:, -1], axis=1)) / horizon
    allowed = math.sqrt(math.log(1 / (0.5 - 4 / 12**3)) / 24)
    assert abs(np.mean(0.5 - total > allowed) - quantity(case, "short_of_chance")) < 0.0125


def test_equal_indices_go_to_the_first_source():
    with ctx.workprec(256):
        ((pulls, _),) = play(bandit(7, constant("1/3"), constant("1/3"), constant("1/3")))[0]
    assert pulls == (3, 2, 2)


def opinion(statement, case):
    try:
        return check_bandit(statement, case)
    except RefusedError as error:
        return str(error)


@pytest.mark.parametrize(
    "statement", [*STATEMENTS.values(), *FALSE.values()], ids=[*STATEMENTS, *FALSE]
)
def test_engines_agree(statement):
    outcomes = Counter()
    # Without independence a regret needs thousands of rounds.
    count = 4 if statement.dropped == "independence" else 25
    for case in itertools.islice(small_bandits(statement, 0), count):
        first, second = decide(statement, case, (128,)), opinion(statement, case)
        outcomes[first.outcome] += 1
        if isinstance(second, str):
            assert first.outcome == OUTSIDE and "fails" in second
            continue
        assert (first.outcome == VIOLATED) == second.violated
        name = next(name for name, a in statement.lhs.items() if a != 0)
        assert float(second.lhs.low) == pytest.approx(quantity(case, name), abs=1e-15)
        assert second.lhs.low == second.lhs.high
    assert outcomes[UNDECIDED] == 0
    assert (outcomes[VIOLATED] > 0) == (statement not in STATEMENTS.values())


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_true_claims_are_never_violated(statement):
    for case in itertools.islice(small_bandits(statement, 1), 1000):
        assert decide(statement, case, (128,)).outcome in ("holds", OUTSIDE)


@pytest.mark.parametrize("case", [bandit(100, *sources) for sources in (
    (constant(0), constant(1)), (constant("1/2"), constant(1)), (coin("1/8"), constant(1)))])  # fmt: skip
def test_true_claims_hold_where_they_say_something(case):
    """From 73 rounds on the bound for two sources is below 1."""
    for statement in STATEMENTS.values():
        answer = decide(statement, dataclasses.replace(case, failure=Fraction(1, 10)), (128,))
        assert answer.outcome == "holds"
    assert (
        quantity(case, "exploration") + quantity(case, "tries") < 1 < quantity(case, "regret") * 50
    )


@pytest.mark.parametrize("statement", FALSE.values(), ids=FALSE)
def test_false_ones_are_refuted(statement):
    stream = itertools.islice(small_bandits(statement, 0), 200)
    hit = next(case for case in stream if decide(statement, case, (128,)).violated)
    # Shrinking thousands of rounds takes long; see the next test.
    small = hit if hit.horizon > 2000 else shrink(statement, hit, seconds=5)
    found = confirm(statement, small)
    assert found is not None and found.instance.size <= 2
    assert bandit_from_json(found.instance.to_json()) == found.instance
    assert f"T = {small.horizon} rounds" in markdown(found)


def test_dependence_costs_even_a_single_source():
    """It pays 0 for ever with probability 1/3, else 1: after 119 rounds it fell short too often."""
    both = Scenario(Fraction(1, 3), (constant(0),)), Scenario(Fraction(2, 3), (constant(1),))
    statement = STATEMENTS["bandit_regret_probable"].without("independence")
    case = Bandit(119, Fraction(1, 7), both)
    found = confirm(statement, case)
    assert found is not None and (found.lhs, found.rhs) == ("1/3", "1/7")
    assert not decide(statement, dataclasses.replace(case, horizon=118)).violated
    assert decide(STATEMENTS["bandit_regret_probable"], case).outcome == OUTSIDE


def test_dependence_costs_the_mean_regret():
    scenarios = (
        Scenario(HALF, (constant(HALF), constant("1/3"))),
        Scenario(HALF, (constant(0), constant(1))),
    )
    statement = STATEMENTS["bandit_regret"].without("independence")
    found = confirm(statement, Bandit(3564, HALF, scenarios))
    assert found is not None and found.lhs == "685/3564"


def test_too_much_chance_is_left_open(monkeypatch):
    monkeypatch.setattr(playing, "STATES", 1000)
    monkeypatch.setattr(checker, "PATHS", 100)
    case = bandit(40, *[coin("1/2")] * 2)
    assert decide(STATEMENTS["bandit_regret"], case, (128,)).outcome == UNDECIDED
    with pytest.raises(RefusedError, match="paths"):
        check_bandit(STATEMENTS["bandit_regret"], case)


def test_bad_fields_are_refused():
    good = SMALL["two coins"].to_json()
    scenario = good["scenarios"][0]
    for change, word in (
        ({"horizon": 1}, "horizon"),
        ({"horizon": "4"}, "horizon"),
        ({"failure": "1"}, "failure"),
        ({"scenarios": []}, "at least one"),
        ({"scenarios": [scenario | {"probability": "1/2"}]}, "sum to 1"),
        ({"scenarios": [scenario | {"sources": [[["1", "2", "3"]]]}]}, "scenarios|unpack"),
        ({"scenarios": 3}, "shape"),
        ({"extra": 1}, "fields"),
    ):
        with pytest.raises(ValueError, match=word):
            bandit_from_json(good | change)
