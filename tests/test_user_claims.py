"""Bounds of a user's own: stated in a few lines, judged soundly, found in files."""

import json
import re
from fractions import Fraction
from pathlib import Path

import exact
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from typer.testing import CliRunner

import w2sjax
from w2sjax import Assumption, Verdict
from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.inequality import Inequality, compare
from w2sjax.cli import app
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.search import falsify
from w2sjax.language.printing import LATEX, UNICODE, statement
from w2sjax.settings.random_instances import compared, draw_of
from w2sjax.verification.claim_files import find_claims

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples" / "my_bounds.py"
PAGE = ROOT / "docs" / "how_to" / "state_a_bound.md"
COUNT = 500


def vectors(key):
    return jax.random.normal(key, (2, 4))


@w2sjax.claim(draw=vectors)
def cauchy_schwarz(pair):
    """Cauchy and Schwarz.

    The rest of the docstring is no title.
    """
    x, y = pair
    return (x @ y) ** 2, (x @ x) * (y @ y)


@w2sjax.claim(draw=vectors, identity=True, name="binomial", title="A square", source="school")
def expanded(pair):
    x, y = pair
    return jnp.sum((x - y) ** 2), x @ x + y @ y - 2 * (x @ y)


@w2sjax.claim(draw=vectors, false_twin=cauchy_schwarz)
def half_cauchy_schwarz(pair):
    """A false one."""
    x, y = pair
    return (x @ y) ** 2, (x @ x) * (y @ y) / 2


def verified(claim, **options):
    (found,) = w2sjax.verify(claim, 0, instances=COUNT, **options)
    return found


def test_true_false_and_equal():
    first, second, third = w2sjax.verify(
        [cauchy_schwarz, expanded, half_cauchy_schwarz], 0, instances=COUNT
    )
    assert first.holds == COUNT and not first.refuted and first.set == "none"
    assert second.claim == "binomial" and second.equal == COUNT
    assert third.refuted and 0 < third.violated < COUNT
    assert first.strata == {"all": {"holds": COUNT} | dict.fromkeys(
        ("equal", "undecided", "invalid", "violated"), 0)}  # fmt: skip


def dot(left, right):
    return sum(p * q for p, q in zip(left, right, strict=True))


def test_violations_are_violations_in_rational_numbers():
    draws = jax.vmap(vectors)(jax.random.split(jax.random.key(5), 300))
    sides = jax.vmap(lambda drawn: compared(drawn, half_cauchy_schwarz))(draws)
    for (x, y), verdict in zip(np.asarray(draws), np.asarray(sides.verdict()), strict=True):
        x, y = exact.fractions(x), exact.fractions(y)
        holds = dot(x, y) ** 2 <= dot(x, x) * dot(y, y) / 2
        assert verdict == (Verdict.HOLDS if holds else Verdict.VIOLATED)


def test_claims_share_the_instances_of_one_function():
    assert draw_of(cauchy_schwarz) is draw_of(expanded) and cauchy_schwarz != half_cauchy_schwarz
    assert cauchy_schwarz.title == "Cauchy and Schwarz."
    assert (expanded.title, expanded.source) == ("A square", "school")
    assert verified(half_cauchy_schwarz, twin=True).holds == COUNT


def test_equality_is_never_a_violation():
    """Both sides are the same number, computed in two ways, with cancellation in one."""

    @w2sjax.claim(draw=lambda key: jax.random.normal(key, (3,)) * 1e6)
    def tight(v):
        return jnp.sum((v - 1) ** 2), jnp.sum(v**2) - 2 * jnp.sum(v) + 3

    found = verified(tight)
    assert found.violated == found.invalid == 0 and found.equal + found.undecided > 0.5 * COUNT


def test_every_way_to_state_the_sides():
    def as_rounded(v):
        return rounding.exact(v[0]), rounding.exact(v[0]) + rounding.exact(jnp.abs(v[1]))

    ways = {
        "rounded": as_rounded,
        "inequality": lambda v: compare(*as_rounded(v)),
        "vouched": lambda v: (v[0], v[0] + jnp.abs(v[1]), 1e-12),
        "integers": lambda v: (0, jnp.int32(1)),
    }
    ways["wide"] = lambda v: (v[0], v[0] - 1, 2.0)

    def pair(key):
        return jax.random.normal(key, (2,))

    claims = [w2sjax.claim(draw=pair, name=name)(check) for name, check in ways.items()]
    for found in w2sjax.verify(claims, 0, instances=COUNT):
        assert (found.undecided if found.claim == "wide" else found.holds) == COUNT


def test_sides_are_printed_as_their_author_writes_them():
    written = w2sjax.claim(draw=vectors, statement=r"\left(x^T y\right)^2 \leq |x|^2 |y|^2")
    stated = written(lambda pair: (0.0, 1.0))
    assert statement(stated, LATEX) == r"\left(x^T y\right)^2 \le |x|^2 |y|^2"
    assert statement(stated, UNICODE) == "left side ≤ right side"
    assert statement(expanded, LATEX) == r"\text{left side} = \text{right side}"


@pytest.mark.parametrize("mapped", [False, True])
def test_assumptions_of_ones_own_can_be_dropped(mapped):
    positive = Assumption("sign", "both are positive", impose=jnp.abs, drop=lambda v: -jnp.abs(v))

    @w2sjax.claim(
        draw=lambda key: jax.random.normal(key, (2,)),
        assumptions={"sign": positive} if mapped else [positive],
    )
    def sum_is_larger(v):
        return v[0], v[0] + v[1]

    assert verified(sum_is_larger).holds == COUNT
    assert verified(sum_is_larger, drop="sign").violated == COUNT
    with pytest.raises(ValueError, match="has no assumption 'luck'"):
        verified(sum_is_larger, drop="luck")


def test_tight_instances():
    tight = w2sjax.claim(draw=vectors, tight=lambda: jnp.ones((2, 4)))(
        lambda v: (v[0] @ v[1], jnp.sum(v**2) / 2)
    )
    assert compared(tight.tight(), tight).verdict() == Verdict.EQUAL


def test_statements_with_probability():
    @w2sjax.claim(draw=lambda key: jax.random.uniform(key), failure=0.1)
    def mostly(u):
        return u, 0.95

    @w2sjax.claim(draw=lambda key: jax.random.uniform(key), failure=0.1)
    def rarely(u):
        return u, 0.5

    assert not verified(mostly).refuted and verified(rarely).refuted


PROBLEMS = [
    (lambda v: jnp.sum(v), "expected \\(lhs, rhs\\), \\(lhs, rhs, tolerance\\) or an Inequality"),
    (lambda v: (1.0, 2.0, 3.0, 4.0), "got tuple of 4"),
    (lambda v: (v, v), "expected a real number on either side, got float64 of shape"),
    (lambda v: (1j, 2.0), "expected a real number on either side, got complex128"),
    (lambda v: (rounding.exact(jnp.sum(v)), 1.0), "Rounded sides come as two"),
    (lambda v: (jnp.linalg.inv(v @ v.T)[0, 0], 1.0), "the rounding of 'lu' is not known"),
    (
        lambda v: Inequality(*map(jnp.sum, (v, v, v, v)), identity=True),
        "identity=True; say so to w2sjax.claim",
    ),
    (lambda v: v.moon, r" \(line \d+\): AttributeError"),
    (lambda v: {}["moon"], "KeyError: 'moon'"),
]


@pytest.mark.parametrize(("check", "message"), PROBLEMS)
def test_checks_that_are_none(check, message):
    claim = w2sjax.claim(draw=vectors, name="odd")(check)
    with pytest.raises(ValueError, match=f"odd: check failed.*{message}"):
        verified(claim)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ValueError, r"expected draw=, .*Claim\(setting=\.\.\., claim="),
        ({"draw": vectors, "failure": 1.0}, ValueError, "failure: expected a probability between"),
        (
            {"draw": vectors, "domain": "projection"},
            TypeError,
            r"no argument domain=; .*Claim\(setting=",
        ),
        (
            {"draw": vectors, "hypotheses": {}},
            TypeError,
            "no argument hypotheses=; write assumptions=",
        ),
        ({"draw": vectors, "reference": "a"}, TypeError, "write source="),
        ({"draw": vectors, "moon": 1}, TypeError, "there is no argument moon=$"),
    ],
)
def test_options_that_do_not_fit(options, error, message):
    with pytest.raises(error, match=message):
        w2sjax.claim(**options)(lambda v: (0.0, jnp.sum(v**2)))


def test_without_valid_no_false_twin_is_made():
    with pytest.raises(
        ValueError, match="false_twin: no small change of 'cauchy_schwarz' is refuted"
    ):
        verified(cauchy_schwarz, twin=True)
    valid = w2sjax.claim(draw=vectors, valid=lambda v: jnp.all(jnp.abs(v) < 9))
    assert verified(valid(lambda v: (jnp.sum(v) ** 2, 8 * jnp.sum(v**2))), twin=True).refuted


def test_draws_that_fail():
    broken = w2sjax.claim(draw=lambda key: key.moon, name="broken")(lambda v: (0, 1))
    with pytest.raises(ValueError, match=r"draw failed \(line \d+\): AttributeError"):
        verified(broken)


fixed = np.random.default_rng(0)
DRAWS = {
    "numpy": (lambda key: fixed.normal(size=3), "gives one key different instances: numbers"),
    "partly numpy": (
        lambda key: jax.random.normal(key, (3,)) + fixed.normal(),
        "gives one key different instances: numbers",
    ),
    "a seed": (
        lambda key: np.random.default_rng(1).normal(size=3),
        "20,000 different keys one and the same instance: it ignores its key, or",
    ),
    "another key": (lambda key: jax.random.normal(jax.random.key(7), (3,)), "it ignores its key"),
    "no effect": (
        lambda key: jnp.floor(jax.random.uniform(key, (3,))),
        "one and the same instance",
    ),
}


@pytest.mark.parametrize("name", DRAWS)
def test_instances_that_are_all_one_are_refused(name):
    draw, message = DRAWS[name]
    claim = w2sjax.claim(draw=draw, name="odd")(lambda x: (0.0, x @ x))
    with pytest.raises(ValueError, match=f"^odd: draw .*{message}"):
        verified(claim)
    with pytest.raises(ValueError, match=f"^odd: draw .*{message}"):
        falsify(claim, budget=Budget(instances=500, small=0, restarts=0))


@pytest.mark.parametrize("chance", [0.5, 1e-3])
def test_few_instances_are_instances(chance):
    """A domain of two, one of them rare, and not a number."""
    claim = w2sjax.claim(draw=lambda key: jnp.where(jax.random.bernoulli(key, chance), jnp.nan, 1))
    found = verified(claim(lambda x: (0.0, x)))
    assert found.holds + found.invalid == COUNT


# Files


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_example_is_refuted_and_its_correction_survives(tmp_path):
    """As the page says; a false claim among others makes the exit code 1."""
    path, text = tmp_path / "found.json", PAGE.read_text()
    names = [f"{EXAMPLES}::{name}" for name in ("loses_epsilon", "loses_a_root")]
    done = invoke("verify", *names, "--set", "l2_ball", "--json", path)
    assert done.exit_code == 1 and "loses_epsilon" in done.stdout, done.output
    false, true = json.loads(path.read_text())
    assert false["violated"] > 1000 and true["violated"] == 0
    # Processors round differently, and some instances are close.
    (printed,) = re.findall(r"([\d,]+) of 20,000", text)
    assert abs(int(printed.replace(",", "")) - false["violated"]) <= 20


def test_all_claims_of_a_file_and_registered_ones():
    found = find_claims(["misfit_gain", str(EXAMPLES), f"{EXAMPLES}::pinsker"])
    names = [claim if isinstance(claim, str) else claim.name for claim in found]
    assert names == [
        "misfit_gain", "loses_epsilon", "loses_a_root", "pinsker", "pinsker_with_four",
    ]  # fmt: skip
    pinsker, false = found[3:]
    done = w2sjax.verify([pinsker, false], 0, instances=COUNT)
    assert done[0].holds == COUNT and done[1].refuted


FILES = {
    "x = 1 +": "bounds.py:1: SyntaxError",
    "import w2sjax\n\nw2sjax.claim()": "bounds.py:3: ValueError: claim: expected draw=",
    "import moon": "bounds.py:1: ModuleNotFoundError: No module named 'moon'",
    "raise SystemExit(0)": "bounds.py:1: SystemExit: 0",
    "from w2sjax.claims.projection.misfit_gain import CLAIM": "bounds.py defines no claim",
}


@pytest.mark.parametrize("text", FILES)
def test_files_that_do_not_run(text, tmp_path):
    path = tmp_path / "bounds.py"
    path.write_text(text)
    done = invoke("verify", path)
    assert done.exit_code == 2, done.output
    expected = FILES[text].replace("ValueError: ", "")
    assert done.stderr.startswith("error: ") and expected in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not done.stdout


def test_names_that_are_not_there(tmp_path):
    for name, message in (
        (f"{tmp_path}/gone.py", "there is no such file"),
        (f"{EXAMPLES}::moon", "has no claim 'moon'; known are loses_epsilon"),
        (f"{EXAMPLES}::", "expected the name of a claim after ::"),
        (f"{tmp_path}/notes.txt::claim", "expected a Python file"),
    ):
        done = invoke("verify", name)
        assert done.exit_code == 2 and message in done.stderr


def test_a_check_that_fails_is_exit_code_two(tmp_path):
    (tmp_path / "helper.py").write_text(
        "import jax\n\n\ndef draw(key):\n    return jax.random.normal(key)\n"
    )
    path = tmp_path / "bounds.py"
    path.write_text(
        "import helper\nimport w2sjax\n\n\n"
        "@w2sjax.claim(draw=helper.draw)\ndef odd(x):\n    return x, x.moon\n"
    )
    done = invoke("verify", path)
    assert done.exit_code == 2
    assert "odd: check failed (line 7): AttributeError" in done.stderr
    assert len(done.stderr.splitlines()) == 1


UNJUDGED = """
import jax, w2sjax
from w2sjax import Assumption


def draw(key):
    return jax.random.normal(key, (2,))


def moon(values):
    return values.moon


@w2sjax.claim(draw=draw)
def first(x):
    return x[0] * x[1], x @ x

@w2sjax.claim(draw=draw)
def raises(x):
    return x, x.moon

@w2sjax.claim(draw=draw)
def refused(x):
    return jax.scipy.special.gammaln(x[0] ** 2 + 1), 1.0

@w2sjax.claim(draw=draw, assumptions=[Assumption("moon", "there is one", impose=moon)])
def imposes(x):
    return 0.0, x @ x

@w2sjax.claim(draw=lambda key: draw(key))
def false(x):
    return x @ x, 1.0
"""


@pytest.mark.parametrize(
    "arguments",
    [("verify", "--instances", 500), ("falsify", "--budget", 500, "--small", 10, "--restarts", 0)],
    ids=["verify", "falsify"],
)
def test_a_claim_that_cannot_be_judged_does_not_end_the_others(tmp_path, arguments):
    path, found = tmp_path / "bounds.py", tmp_path / "found.json"
    path.write_text(UNJUDGED)
    command, *options = arguments
    done = invoke(command, path, *options, "--json", found)
    assert done.exit_code == 2, done.output
    assert [row["claim"] for row in json.loads(found.read_text())] == ["first", "false"]
    assert "first" in done.stdout and "false" in done.stdout
    raises, refused, imposes = done.stderr.splitlines()
    assert raises.startswith("error: raises: check failed (line 20): AttributeError")
    assert refused.startswith("error: refused: check failed: the rounding of")
    assert imposes.startswith("error: imposes: AttributeError") and "moon" in imposes


def test_exact_trouble_with_one_claim_does_not_end_the_others(tmp_path, monkeypatch):
    from w2sjax.falsification import redecide

    known, path = redecide.redecide, tmp_path / "bounds.py"
    path.write_text(UNJUDGED.replace("def first(x):\n    return", "def first(x):\n    return 9 *"))

    def sometimes(claim, key, **options):
        if claim.name == "first":
            raise ValueError("exact: no")
        return known(claim, key, **options)

    monkeypatch.setattr(redecide, "redecide", sometimes)
    names = [f"{path}::{name}" for name in ("first", "false")]
    done = invoke("verify", *names, "--instances", 500, "--exact")
    assert done.exit_code == 2 and done.stderr == "error: exact: no\n"
    assert "false, none: of" in done.stdout


def test_a_tolerance_is_never_below_the_rounding():
    """The running error of a check covers what exact arithmetic says, at many instances."""
    draws = jax.vmap(vectors)(jax.random.split(jax.random.key(9), 100))
    sides = jax.vmap(lambda drawn: compared(drawn, expanded))(draws)
    assert np.all(np.abs(np.asarray(sides.slack)) <= np.asarray(sides.tolerance))
    for index in range(100):
        x, y = (exact.fractions(part) for part in draws[index])
        true = sum((a - b) ** 2 for a, b in zip(x, y, strict=True))
        for side in (sides.lhs, sides.rhs):
            off = abs(Fraction(float(side[index])) - true)
            assert off <= Fraction(float(sides.tolerance[index]))
