"""Users' claims about instances of their own: refuted, shrunk within what is valid, replayed."""

import json
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from typer.testing import CliRunner

import w2sjax
from w2sjax import Assumption
from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.inequality import compare
from w2sjax.cli import app
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.counterexample import confirm, replay
from w2sjax.falsification.question import no_exact_side
from w2sjax.falsification.redecide import redecide, unsettled
from w2sjax.falsification.rendering import markdown
from w2sjax.falsification.report import summary
from w2sjax.falsification.search import falsify
from w2sjax.falsification.shrinking import shrink
from w2sjax.settings.drawn import conversion
from w2sjax.settings.drawn.instance import DrawnCase
from w2sjax.settings.random_instances import compared
from w2sjax.verification.claim_files import find_claims
from w2sjax.verification.verifying import instance

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "my_bounds.py"
SMALL, RANDOM = (
    Budget(instances=0, restarts=0, small=500),
    Budget(instances=500, restarts=0, small=0),
)
WALK = Budget(instances=0, small=0, restarts=8)


def pair(key):
    return jax.random.normal(key, (2, 3))


def half(v):
    """Cauchy and Schwarz with a constant that is too small."""
    x, y = v
    return (x @ y) ** 2, (x @ x) * (y @ y) / 2


anything = w2sjax.claim(draw=pair, valid=lambda v: jnp.all(jnp.abs(v) < 100), name="half")(half)
as_drawn = w2sjax.claim(draw=pair, name="half")(half)


def violates(case: DrawnCase) -> bool:
    rows = case.values
    x, y = rows[:3], rows[3:]

    def dot(left, right):
        return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))

    return dot(x, y) ** 2 > dot(x, x) * dot(y, y) / 2


@pytest.mark.parametrize("budget", [SMALL, RANDOM, WALK], ids=["small", "random", "walk"])
def test_every_phase_finds_and_shrinks(budget):
    answer = falsify(anything, budget=budget)
    found = answer.counterexample
    assert found is not None and isinstance(found.instance, DrawnCase) and violates(found.instance)
    entries = found.instance.values
    assert sorted(map(abs, entries))[-3:] == [0, 1, 1] and (found.lhs, found.rhs) == ("1", "1/2")


def test_without_valid_the_drawn_numbers_count_as_they_are():
    assert not falsify(as_drawn, budget=SMALL).found and not falsify(as_drawn, budget=WALK).found
    answer = falsify(as_drawn, 3, budget=RANDOM)
    found = answer.counterexample
    assert found is not None and isinstance(found.instance, DrawnCase) and violates(found.instance)
    assert all(float(v) == v for v in found.instance.values)  # doubles, as drawn
    page = markdown(found)
    assert "nothing (valid=) says which other instances count" in page
    assert repr(float(found.instance.values[0])) in page


def test_shrinking_stays_within_what_is_valid():
    def ordered(v):
        return jnp.all(v[0] >= 1) & jnp.all(v[1] <= -v[0])

    claim = w2sjax.claim(draw=pair, valid=ordered)(half)
    start = DrawnCase(
        conversion.program_of(claim), tuple(map(Fraction, ("7/3", "3", "9/5", "-4", "-5", "-3")))
    )
    assert confirm(claim, start) is not None
    assert shrink(claim, start).values == (1, 1, 1, -1, -1, -1)


def test_the_example_has_a_short_counterexample(tmp_path):
    """Six numbers each, all but one of them 1; checked with logarithms of another library."""
    (claim,) = find_claims([f"{EXAMPLES}::pinsker_with_four"])
    answer = falsify(claim, budget=SMALL)
    found = answer.counterexample
    assert found is not None and isinstance(found.instance, DrawnCase)
    entries = [float(v) for v in found.instance.values]
    assert sorted(entries)[:-1] == [1.0] * 11
    first, second = entries[:6], entries[6:]
    p, q = jnp.asarray(first) / sum(first), jnp.asarray(second) / sum(second)
    assert 4 * (jnp.abs(p - q).sum() / 2) ** 2 > jnp.sum(p * jnp.log(p / q)) + 1e-6
    path = tmp_path / "case.json"
    found.save(path)
    program = (
        "import sys, w2sjax.cli\n"
        f"try: w2sjax.cli.app(['replay', {str(path)!r}])\n"
        "except SystemExit as stop: print(stop.code, 'jax' in sys.modules)"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "1 False"
    assert "confirmed by both exact engines" in done.stdout and "a user’s claim" in done.stdout


def test_a_changed_file_is_no_counterexample(tmp_path):
    found = falsify(anything, budget=SMALL).counterexample
    assert found is not None
    path = tmp_path / "case.json"
    fields = found.to_json()
    fields["instance"]["values"][0] = "1000"
    path.write_text(json.dumps(fields))
    assert not replay(path).counterexample  # not valid any more
    fields["instance"]["program"]["left"] = 10**6
    path.write_text(json.dumps(fields))
    with pytest.raises(ValueError, match="not single numbers"):
        replay(path)
    fields = found.to_json()
    fields["instance"]["values"].pop()
    path.write_text(json.dumps(fields))
    with pytest.raises(ValueError, match="expected 6 entries, got 5"):
        replay(path)
    fields = json.loads(json.dumps(found.to_json()).replace('"left"', '"moon"'))
    path.write_text(json.dumps(fields))
    with pytest.raises(ValueError, match="moon"):
        replay(path)


def test_true_claims_survive():
    (claim,) = find_claims([f"{EXAMPLES}::pinsker"])
    answer = falsify(claim, budget=Budget(instances=500, small=300, restarts=2))
    assert not answer.found and answer.unconfirmed == 0 and answer.exact
    # Equal distributions: both sides are 0, rationally, and nothing is left open.
    assert answer.undecided == 0 and answer.instances["ascent"] > 0


def test_assumptions_are_imposed_in_exact_arithmetic():
    """A third of three equal parts is a third: rounding in `impose` plays no part."""
    shares = Assumption("shares", "they sum to one", impose=lambda v: v / jnp.sum(v))

    def positive(key):
        return jax.random.uniform(key, (3,), minval=0.1)

    @w2sjax.claim(
        draw=positive, assumptions=(shares,), identity=True, valid=lambda v: jnp.all(v > 0)
    )
    def total(v):
        return jnp.sum(v), 1.0

    answer = falsify(total, budget=SMALL)
    assert not answer.found and answer.undecided == 0 and answer.instances["small"] == 500
    dropped = falsify(total, drop="shares", budget=SMALL).counterexample
    assert dropped is not None and dropped.claim.dropped == "shares"
    assert dropped.checks["shares"] == "dropped"


def test_false_twins_are_searched():
    claim = w2sjax.claim(draw=pair, valid=lambda v: jnp.all(jnp.abs(v) < 100), false_twin=anything)(
        lambda v: ((v[0] @ v[1]) ** 2, (v[0] @ v[0]) * (v[1] @ v[1]))
    )
    assert not falsify(claim, budget=SMALL).found
    twin = falsify(claim, twin=True, budget=SMALL).counterexample
    assert twin is not None and (twin.lhs, twin.rhs) == ("1", "1/2")


def test_both_engines_have_all_functions():
    claim = w2sjax.claim(draw=jax.random.normal, valid=lambda x: x > 0, name="odd")(
        lambda x: (jnp.sin(x) + jax.scipy.special.erf(x), 0.5 * x + jnp.arctan(x) + jnp.cos(x) / 2)
    )
    answer = falsify(claim, budget=SMALL)
    assert answer.exact and answer.one_engine == 0 and answer.counterexample is not None


REASONS = {
    "it states a tolerance of its own": lambda v: (v[0, 0], v[0, 1], 0.1),
    "it states a tolerance": lambda v: (rounding.exact(v[0, 0]), rounding.exact(v[0, 1])),
    "it states": lambda v: compare(rounding.exact(v[0, 0]), rounding.exact(v[0, 1])),
    "it uses 'while'": lambda v: (
        jax.lax.while_loop(lambda x: x > 1, lambda x: x / 2, v[0, 0]),
        1.0,
    ),
    "its code fails on symbols": lambda v: (v.moon, 1.0),
}


@pytest.mark.parametrize("reason", REASONS)
def test_what_cannot_be_decided_exactly_says_why(reason):
    claim = w2sjax.claim(draw=pair, name="odd")(REASONS[reason])
    assert no_exact_side(claim).startswith(f"odd: {reason}")


def test_violations_that_stay_unconfirmed_are_counted_with_the_reason():
    claim = w2sjax.claim(draw=pair, name="odd")(lambda v: (v[0, 0], v[0, 1], 1e-9))
    answer = falsify(claim, budget=RANDOM)
    assert not answer.found and answer.unconfirmed > 0 and answer.refuted
    assert "not confirmed exactly (odd: it states a tolerance of its own)" in summary(answer)


def shares(key):
    return jax.random.uniform(key, (2,))


def tiny(pair):
    """False by less than 1e-18, where one number is close to 1; equal in doubles everywhere."""
    return pair[1] + jnp.maximum(0.0, pair[0] - 0.9921875) * 2.0**-53, pair[1]


def test_a_violation_below_the_rounding_is_found_where_random_instances_fall_into_it():
    claim = w2sjax.claim(draw=shares)(tiny)
    found = falsify(claim, budget=Budget(instances=1000, small=0, restarts=0))
    assert found.least_slack == 0 and found.open == 1000 and found.found
    assert found.counterexample is not None
    assert found.counterexample.found.startswith("random instance")
    few = falsify(claim, budget=Budget(instances=1000, small=0, restarts=0, exact=10))
    assert not few.found and few.decided == 10 and few.complete
    assert "; 10 of 1,000 that floating point does not settle decided exactly" in summary(few)


def test_the_least_slack_is_decided_first():
    claim = w2sjax.claim(draw=pair, name="half")(half)
    places = unsettled(claim, 0, None, 1000)
    draw = jax.jit(jax.vmap(lambda i: compared(instance(claim, 0, None, i).values, claim)))
    sides = draw(jnp.asarray(places))
    slacks = sides.normalised_slack.tolist()
    assert len(places) > 10 and slacks == sorted(slacks) and max(slacks) <= 0


def test_a_conversion_that_fails_is_not_the_last(monkeypatch):
    """The instance of least slack cannot be converted: the next one can."""
    known, tried = conversion.exact_instances, []

    def exact_instances(raw, claim):
        tried.append(raw)
        return (
            [] if len(tried) <= 2 else known(raw, claim)
        )  # in the random phase, and among the open

    monkeypatch.setattr(conversion, "exact_instances", exact_instances)
    found = falsify(as_drawn, budget=RANDOM)
    assert found.found and found.decided == 2 and len(tried) == 3


def positive(key):
    return jax.random.uniform(key, (5,), minval=0.1)


# True of what is meant: the constant, as written, and what to write instead.
MEANT = {
    "1/5": lambda x: (jnp.prod(x) ** 0.2, jnp.mean(x)),
    "1/10": lambda x: (x[0] / 10, (1 - 0.9) * x[0]),
    "1/3": lambda x: (x[0] / 3, 1 / 3 * x[0]),
    "9/10": lambda x: (jnp.where(0.9 * x[0] == x[0] * 9 / 10, 0.0, 1.0), 0.5),
    "e": lambda x: (jnp.exp(x[0]), math.e ** x[0]),
}
ADVICE = {number: f'to mean exactly that, write w2sjax.exact("{number}")' for number in MEANT} | {
    "e": "only as far as 2.718281828459045 in its code is rounded; compute it by jax.numpy"
}


@pytest.mark.parametrize("number", MEANT)
def test_no_counterexample_hangs_on_how_a_constant_was_rounded(number):
    claim = w2sjax.claim(draw=positive, valid=lambda x: jnp.all(x > 0), name="meant")(MEANT[number])
    (verified,) = w2sjax.verify(claim, 0, instances=500)
    assert verified.violated == 0
    answer = falsify(claim, budget=Budget(instances=500, small=200, restarts=2))
    assert not answer.found and answer.exact and answer.unconfirmed == 0 and answer.undecided > 0
    assert ADVICE[number] in summary(answer)


@pytest.mark.parametrize("exponent", [lambda: 0.2, lambda: w2sjax.exact("1/5")])
def test_false_claims_with_constants_are_refuted(exponent, tmp_path):
    claim = w2sjax.claim(draw=positive, valid=lambda x: jnp.all(x >= 0), name="means")(
        lambda x: (jnp.prod(x) ** exponent(), 0.9 * jnp.mean(x))
    )
    (verified,) = w2sjax.verify(claim, 0, instances=500)
    assert verified.violated > 0
    found = falsify(claim, budget=SMALL).counterexample
    assert found is not None and isinstance(found.instance, DrawnCase)
    path = tmp_path / "case.json"
    found.save(path)
    assert replay(path).counterexample
    assert "0.9 in it may stand for" in markdown(found)


def test_constants_that_stand_for_themselves_are_decided():
    claim = w2sjax.claim(draw=positive, valid=lambda x: jnp.all(x >= 0), name="means")(
        lambda x: (jnp.prod(x) ** w2sjax.exact("0.2"), jnp.mean(x))
    )
    answer = falsify(claim, budget=Budget(instances=500, small=300, restarts=2))
    assert not answer.found and answer.undecided == 0 and not answer.note


def test_replay_says_that_a_violation_hangs_on_a_constant(tmp_path):
    """A file whose constant was widened afterwards."""
    short = np.asarray([0.025])  # data
    claim = w2sjax.claim(draw=positive, valid=lambda x: jnp.all(x > 0), name="tenth")(
        lambda x: (x[0] / 10, 0.125 * x[0] - jnp.sum(short * x[0]))
    )
    found = falsify(claim, budget=SMALL).counterexample
    assert found is not None
    path, fields = tmp_path / "case.json", found.to_json()
    for step in fields["instance"]["program"]["steps"]:
        if step[0] == "constant" and step[2] == ["1/8"]:
            step[2] = [["1249999999/10000000000", "1250000001/10000000000"]]
    path.write_text(json.dumps(fields))
    again = replay(path)
    assert not again.counterexample and "0.125 in its code is rounded" in again.reason


def test_medians_are_judged_and_decided():
    claim = w2sjax.claim(draw=positive, valid=lambda x: jnp.all(x >= 0), name="skewed")(
        lambda x: (jnp.median(x), jnp.mean(x))
    )
    (verified,) = w2sjax.verify(claim, 0, instances=500)
    assert verified.violated > 0 and verified.holds > 0 and verified.undecided == 0
    found = falsify(claim, budget=SMALL).counterexample
    assert found is not None and isinstance(found.instance, DrawnCase)
    values = sorted(found.instance.values)
    assert values[2] > sum(values) / 5


def with_zeros(key):
    return jnp.round(jax.random.uniform(key, (4,), maxval=3)).at[0].set(1)


def test_zeros_inside_logarithms_that_are_not_chosen():
    """Gibbs' inequality against the uniform distribution."""

    @w2sjax.claim(draw=with_zeros, valid=lambda v: jnp.all(v >= 0) & (jnp.sum(v) > 0))
    def gibbs(v):
        q = v / jnp.sum(v)
        return 0, jnp.log(4) + jnp.sum(jnp.where(q > 0, q * jnp.log(jnp.where(q > 0, q, 1)), 0))

    (verified,) = w2sjax.verify(gibbs, 0, instances=500)
    assert verified.violated == verified.invalid == 0
    assert verified.holds > 450  # of the others, all four are equal
    assert not falsify(gibbs, budget=SMALL).found


@pytest.mark.parametrize("wrong", [0.2, True, None])
def test_floats_are_no_exact_numbers(wrong):
    with pytest.raises(TypeError, match="number"):  # here, the hook may say it
        w2sjax.exact(wrong)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [("pi", "a number such as"), ("1/0", "a number such as"), ("1/3e20", "a number such as"),
     ("0.12345678901234567890", "numerator and denominator up to")],
)  # fmt: skip
def test_numbers_that_cannot_be_staged(wrong, reason):
    with pytest.raises(ValueError, match=f"number: expected {reason}"):
        w2sjax.exact(wrong)


def test_verify_exact_settles_instances_of_ones_own():
    """Equal up to rounding: undecided in floating point, decided exactly."""

    @w2sjax.claim(draw=lambda key: jax.random.normal(key, (2,)) * 1e6)
    def tight(v):
        return (v[0] - v[1]) ** 2, v[0] ** 2 - 2 * v[0] * v[1] + v[1] ** 2

    (found,) = w2sjax.verify(tight, 0, instances=500)
    (again,) = redecide(tight, 0, instances=500)
    assert again.open == found.undecided and again.violated == again.undecided == 0


def test_the_command(tmp_path):
    arguments = [
        "falsify",
        f"{EXAMPLES}::pinsker_with_four",
        "--budget",
        "0",
        "--out",
        str(tmp_path),
    ]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1 and "counterexample with 12 numbers" in done.output
    assert replay(tmp_path / "pinsker_with_four.json").counterexample


def test_a_checkpoint_belongs_to_the_code(tmp_path):
    """A claim of the same name whose file has changed is not taken for the one that was recorded."""
    path, folder = tmp_path / "bounds.py", tmp_path / "record"
    text = (
        "import jax\nimport w2sjax\n\n\n"
        "@w2sjax.claim(draw=lambda key: jax.random.uniform(key))\n"
        "def below(x):\n    return x, LIMIT\n"
    )
    for limit, violated in (("1.0", False), ("0.5", True), ("1.0", False)):
        path.write_text(text.replace("LIMIT", limit))
        (found,) = w2sjax.verify(
            find_claims([f"{path}::below"]), 0, instances=500, checkpoint=folder
        )
        assert (found.violated > 0) == violated
    assert len(list(folder.iterdir())) == 2
