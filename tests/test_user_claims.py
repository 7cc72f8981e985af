"""Bounds of a user's own: stated in a few lines, judged soundly, found in files."""

import dataclasses
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
from w2sjax import Hypothesis, Inequality, Verdict, rounding
from w2sjax.claim_files import find_claims
from w2sjax.claims import Domain
from w2sjax.cli import app
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.search import falsify
from w2sjax.sets import Subspace
from w2sjax.user_domains import PROJECTION, CertifiedStudy, own_domain

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples" / "my_bounds.py"
PAGE = ROOT / "docs" / "your_own_bound.md"
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


@w2sjax.claim(draw=vectors, identity=True, name="binomial", title="A square", reference="school")
def expanded(pair):
    x, y = pair
    return jnp.sum((x - y) ** 2), x @ x + y @ y - 2 * (x @ y)


@w2sjax.claim(draw=vectors, false_twin=cauchy_schwarz.check)
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
    sides = jax.vmap(half_cauchy_schwarz.check)(draws)
    for (x, y), verdict in zip(np.asarray(draws), np.asarray(sides.verdict()), strict=True):
        x, y = exact.fractions(x), exact.fractions(y)
        holds = dot(x, y) ** 2 <= dot(x, x) * dot(y, y) / 2
        assert verdict == (Verdict.HOLDS if holds else Verdict.VIOLATED)


def test_claims_share_the_instances_of_one_function():
    assert cauchy_schwarz.domain is expanded.domain is own_domain(vectors)
    assert cauchy_schwarz.title == "Cauchy and Schwarz."
    assert (expanded.title, expanded.reference) == ("A square", "school")
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
        "inequality": lambda v: rounding_compare(*as_rounded(v)),
        "vouched": lambda v: (v[0], v[0] + jnp.abs(v[1]), 1e-12),
        "integers": lambda v: (0, jnp.int32(1)),
    }
    ways["wide"] = lambda v: (v[0], v[0] - 1, 2.0)

    def pair(key):
        return jax.random.normal(key, (2,))

    claims = [w2sjax.claim(draw=pair, name=name)(check) for name, check in ways.items()]
    for found in w2sjax.verify(claims, 0, instances=COUNT):
        assert (found.undecided if found.claim == "wide" else found.holds) == COUNT


def rounding_compare(left, right) -> Inequality:
    return w2sjax.claims.compare(left, right)


def test_hypotheses_of_ones_own_can_be_dropped():
    positive = Hypothesis("both are positive", impose=jnp.abs)

    @w2sjax.claim(draw=lambda key: jax.random.normal(key, (2,)), hypotheses={"sign": positive})
    def sum_is_larger(v):
        return v[0], v[0] + v[1]

    assert verified(sum_is_larger).holds == COUNT
    assert verified(sum_is_larger, drop="sign").refuted
    with pytest.raises(ValueError, match="has no hypothesis 'luck'"):
        verified(sum_is_larger, drop="luck")


def test_statements_with_probability():
    @w2sjax.claim(draw=lambda key: jax.random.uniform(key), failure=0.1)
    def mostly(u):
        return u, 0.95

    @w2sjax.claim(draw=lambda key: jax.random.uniform(key), failure=0.1)
    def rarely(u):
        return u, 0.5

    assert not verified(mostly).refuted and verified(rarely).refuted


def theorem_one(study, share=1.0):
    return study.student_error(), study.weak_error() - study.misfit().scaled(share)


def claimed(name, share=1.0, hypotheses=("realizability", "convexity")):
    options = {
        "domain": "projection",
        "hypotheses": hypotheses,
        "sets": ("subspace",),
        "name": name,
    }
    return w2sjax.claim(**options)(lambda study: theorem_one(study, share))


def test_over_the_built_in_instances():
    """Theorem 1 survives, half a misfit more does not, nor without a hypothesis."""
    claims = [claimed("true"), claimed("more", 1.5), claimed("all", hypotheses=("convexity",))]
    true, more, unrealizable = w2sjax.verify(claims, 0, instances=COUNT)
    assert true.violated == true.invalid == 0 and true.equal > 0.5 * COUNT
    assert more.refuted and unrealizable.refuted
    known = {claim.name: claim for claim in w2sjax.REGISTRY}["misfit_gain"].hypotheses
    assert claims[0].hypotheses == {name: known[name] for name in ("realizability", "convexity")}
    assert all(claim.domain is PROJECTION for claim in claims)


def test_distances_are_those_of_the_exact_projection():
    """A student that is known to stand off the projection is judged as the projection is."""

    @jax.jit
    def prepared(key):
        return PROJECTION.prepare(PROJECTION.draw(key, Subspace()), ("projection", "best"))

    study = prepared(jax.random.key(3))
    raw = study.instance
    assert isinstance(study, CertifiedStudy)
    apart = study.instance.hypothesis.weights @ (study.student.values - raw.weak) ** 2
    moved = study.student.values * (1 + 1e-9)  # stands for the projection with a gap that covers it
    gap = study.instance.hypothesis.weights @ (moved - study.student.values) ** 2 * 1.01
    crude = dataclasses.replace(study.student, values=moved, gap=gap)
    for found, plain in (
        (study.misfit(crude), apart),
        (study.student_error(crude), study.student_error().value),
    ):
        assert abs(found.value - plain) <= found.error
        assert found.error <= 1e-8 * (study.size() + 1e-12)
    assert study.epsilon().value == study.student_error(study.best).value


PROBLEMS = [
    (lambda v: jnp.sum(v), "expected \\(lhs, rhs\\), \\(lhs, rhs, tolerance\\) or an Inequality"),
    (lambda v: (1.0, 2.0, 3.0, 4.0), "got tuple of 4"),
    (lambda v: (v, v), "expected a real number on either side, got float64 of shape"),
    (lambda v: (1j, 2.0), "expected a real number on either side, got complex128"),
    (lambda v: (rounding.exact(jnp.sum(v)), 1.0), "Rounded sides come as two"),
    (lambda v: (jnp.linalg.inv(v @ v.T)[0, 0], 1.0), "the rounding of 'lu' is not known"),
    (lambda v: v.moon, r" \(line \d+\): AttributeError"),
    (lambda v: {}["moon"], "KeyError: 'moon'"),
]


@pytest.mark.parametrize(("check", "message"), PROBLEMS)
def test_checks_that_are_none(check, message):
    claim = w2sjax.claim(draw=vectors, name="odd")(check)
    with pytest.raises(ValueError, match=f"odd: check failed.*{message}"):
        verified(claim)


def test_plain_numbers_of_a_study_are_refused():
    claim = w2sjax.claim(domain="projection")(lambda study: (jnp.sum(study.student.values), 1.0))
    with pytest.raises(ValueError, match="build the sides from the study's methods"):
        jax.eval_shape(lambda key: claim.evaluate(key, Subspace()), jax.random.key(0))
    claim = w2sjax.claim(domain="projection")(lambda study: (study.epsilon(), study.epsilon()))
    with pytest.raises(ValueError, match="needs= names the students to prepare.*'best'"):
        jax.eval_shape(lambda key: claim.evaluate(key, Subspace()), jax.random.key(0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "expected one of draw="),
        ({"draw": vectors, "domain": "projection"}, "expected one of draw="),
        ({"domain": "moon"}, "domain: there is no 'moon'; known are projection"),
        ({"domain": "expansion", "sets": ("box",)}, "sets: instances of 'expansion' come without"),
        (
            {"domain": "expansion/printed", "hypotheses": ("moderate constant",)},
            "expansion/printed has several 'moderate constant'; pass the one that is meant",
        ),
        ({"domain": "expansion", "hypotheses": ("agreement", "luck")}, "expansion has no 'luck'"),
        ({"domain": "overlap/gain", "hypotheses": ("boundedness",)}, "has no 'boundedness'"),
        ({"domain": "projection", "hypotheses": ("luck",)}, "projection has no 'luck'"),
        ({"domain": "projection", "sets": ("moon",)}, "sets: there is no 'moon'"),
        ({"draw": vectors, "sets": ("box",)}, "come without a convex set"),
        ({"draw": vectors, "failure": 1.0}, "failure: expected a probability strictly between"),
        ({"domain": "projection", "valid": jnp.all}, "valid: says what draw= can give"),
    ],
)
def test_options_that_do_not_fit(options, message):
    with pytest.raises(ValueError, match=message):
        w2sjax.claim(**options)(cauchy_schwarz.check)


@pytest.mark.parametrize("name", sorted({claim.domain.name for claim in w2sjax.REGISTRY}))
def test_every_domain_can_be_named(name):
    """It is that of the registered claims, with their hypotheses, over the sets that it has."""
    known = [claim for claim in w2sjax.REGISTRY if claim.domain.name == name]
    assert len({claim.domain for claim in known}) == 1, "a name stands for one domain"
    hypotheses = [word for word in known[0].hypotheses if word != "moderate constant"]
    claim = w2sjax.claim(domain=name, hypotheses=hypotheses)(lambda study: (0.0, 1.0, 0.5))
    assert claim.domain.draw is known[0].domain.draw
    assert claim.hypotheses == {word: known[0].hypotheses[word] for word in hypotheses}
    assert (claim.sets == ()) == all(one.sets == () for one in known)


def test_finite_worlds_can_be_judged():
    @w2sjax.claim(domain="expansion", hypotheses="symmetry")
    def share(study):
        return study.probability(study.wrong[0], study.hard), rounding.exact(jnp.ones(()))

    found = verified(share)
    assert found.set == "none" and found.holds + found.equal == COUNT


@pytest.mark.parametrize("needs", ["best", ("best",), ("best", "projection")])
def test_the_projection_need_not_be_asked_for(needs):
    @w2sjax.claim(domain="projection", needs=needs, sets="subspace")
    def closest(study):
        return study.epsilon(), study.weak_error() + study.epsilon()

    found = verified(closest)
    assert found.holds + found.equal == COUNT


def test_students_that_there_are_not():
    claim = w2sjax.claim(domain="projection", needs=("luck",))(theorem_one)
    with pytest.raises(ValueError, match="needs: there is no student 'luck'; known are projection"):
        verified(claim, sets=["subspace"])


def test_equal_domains_are_one_domain():
    """Domains that are equal, and not the same object, share their instances; nothing is left out."""
    copies = [dataclasses.replace(cauchy_schwarz.domain) for _ in range(2)]
    claims = [dataclasses.replace(cauchy_schwarz, domain=copy, name=name)
              for name, copy in zip("ab", copies, strict=True)]  # fmt: skip
    found = w2sjax.verify([*claims, expanded], 0, instances=COUNT)
    assert [one.claim for one in found] == ["a", "b", "binomial"]
    assert found[0].holds == found[1].holds == COUNT


def test_other_domains_and_missing_twins():
    own = Domain("own", cauchy_schwarz.domain.draw, cauchy_schwarz.domain.prepare, ("all",))
    claim = w2sjax.claim(domain=own, sets=())(lambda v: (0.0, jnp.sum(v**2)))
    assert verified(claim).holds == COUNT
    with pytest.raises(ValueError, match="no false twin is stated"):
        verified(cauchy_schwarz, twin=True)
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
    assert f"{false['violated']:,} of 20,000" in text
    assert f"{false['holds']}   {false['equal']}" in text


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
    "import w2sjax\n\nw2sjax.claim()": "bounds.py:3: ValueError: claim: expected one of",
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
        (f"{EXAMPLES}::moon", "has no claim 'moon'; it has loses_epsilon"),
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
from w2sjax import Hypothesis


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

@w2sjax.claim(draw=draw, hypotheses={"moon": Hypothesis("there is one", impose=moon)})
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


def test_the_documentation_runs():
    """Every block of the page, in order, as one program."""
    text = PAGE.read_text()
    scope: dict[str, object] = {"__name__": "page"}
    for block in re.findall(r"^```python\n(.*?)^```$", text, re.S | re.M):
        exec(compile(block, "your_own_bound.md", "exec"), scope)
    scope["test_entropy_is_at_most_log_of_the_size"]()  # pyright: ignore
    assert verified(scope["pinsker"]).holds == COUNT


def test_a_tolerance_is_never_below_the_rounding():
    """The running error of a check covers what exact arithmetic says, at many instances."""
    draws = jax.vmap(vectors)(jax.random.split(jax.random.key(9), 100))
    sides = jax.vmap(expanded.check)(draws)
    assert np.all(np.abs(np.asarray(sides.slack)) <= np.asarray(sides.tolerance))
    for index in range(100):
        x, y = (exact.fractions(part) for part in draws[index])
        true = sum((a - b) ** 2 for a, b in zip(x, y, strict=True))
        for side in (sides.lhs, sides.rhs):
            off = abs(Fraction(float(side[index])) - true)
            assert off <= Fraction(float(sides.tolerance[index]))
