"""Claims with probability in exact numbers: both engines, against brute force and the claims in doubles."""

import dataclasses
import functools
import itertools
import json
import math
import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx
from scipy.stats import binomtest
from typer.testing import CliRunner

from w2sjax import REGISTRY, Verdict, hypothesis_class
from w2sjax.arithmetic.flint_numbers import python
from w2sjax.arithmetic.measured import judge as measured
from w2sjax.cli import app
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.checking import check
from w2sjax.falsification.counterexample import confirm, load, replay
from w2sjax.falsification.deciding import OUTSIDE, VIOLATED, decide, judge
from w2sjax.falsification.redecide import redecide
from w2sjax.falsification.rendering import markdown
from w2sjax.falsification.search import falsify
from w2sjax.falsification.shrinking import shrink
from w2sjax.language import sqrt
from w2sjax.language.rewriting import twin_of
from w2sjax.machine.compilation import compile_quickly
from w2sjax.projecting.sets import L2Ball
from w2sjax.settings.exact import RefusedError
from w2sjax.settings.sampling import SAMPLING, B, d, n, student, target
from w2sjax.settings.sampling.checker import Checker
from w2sjax.settings.sampling.drawing import SamplingInstance, sample
from w2sjax.settings.sampling.engine import Engine, outcomes
from w2sjax.settings.sampling.floats import prepare, study
from w2sjax.settings.sampling.instance import Instance
from w2sjax.settings.sampling.search import small

CLAIMS = {claim.name: claim for claim in REGISTRY if claim.setting is SAMPLING}
TWINS = {name: twin_of(claim) for name, claim in CLAIMS.items()}
IID, FIRST, BOUNDED = CLAIMS["uniform_misfit"].droppable
FALSE = {f"{name}, false twin": twin for name, twin in TWINS.items()} | {
    f"{name} without {lost}": claim.without(lost)
    for name, claim in CLAIMS.items()
    for lost in claim.droppable
}
each_claim = pytest.mark.parametrize("name", CLAIMS)


def population(**changes):
    """Two points of mass 1 and feature 1, the weak model 1 and -1, the target 0."""
    numbers = {
        "copies": [1, 1],
        "masses": ["1", "1"],
        "features": ["1", "1"],
        "weak": ["1", "-1"],
        "seen": ["1", "-1"],
        "target": ["0", "0"],
        "radius": "1",
        "bound": "1",
        "draws": 15,
        "scheme": "independent",
        "failure": "1/10",
    }
    return Instance.from_json(numbers | changes)


def candidates(claim, seed=0):
    return small(claim, "l2_ball", None, seed)


def wild(source, *, points=5, draws=3):
    """Populations that break all assumptions, of few points, with many kinds of numbers."""
    kinds = source.choice((1, 2, 2, 3))
    copies = [1] * kinds
    for _ in range(source.randint(0, points - kinds)):
        copies[source.randrange(kinds)] += 1

    def row(low, high):
        return [Fraction(source.randint(low, high), source.randint(1, 3)) for _ in range(kinds)]

    weak = row(-6, 6)
    return Instance(
        copies=copies, masses=row(1, 5), features=row(-4, 4), weak=weak,
        seen=source.choice((weak, row(-6, 6))), target=row(-1, 1),
        radius=source.choice((Fraction(1), Fraction(2, 3))), bound=Fraction(1),
        draws=source.randint(1, draws),
        scheme=source.choice(("independent", "independent", "repeated")),
        failure=Fraction(source.randint(1, 9), 10),
    )  # fmt: skip


def unconditional(claim):
    return dataclasses.replace(claim, assumptions=())


@dataclasses.dataclass(frozen=True)
class Decided:
    """A sample, and what a claim makes of it."""

    sample: Any
    lhs: float
    rhs: float
    violated: bool


def samples(claim, case):
    """Decide a claim for every sample."""
    with ctx.workprec(256):
        found = []
        for one, given in zip(
            Engine(claim, case, 128).samples(), Engine(claim, case, 128).cases(), strict=True
        ):
            said = judge(claim, given)
            found.append(Decided(one, side(said.lower), side(said.upper), said.outcome == VIOLATED))
    return found


# Brute force: every ordered sample of single points, in floating point.


def brute_sides(claim, twin, case, sequence):
    """Both sides for one ordered sample of places, by sums over points."""
    points = [kind for kind, count in enumerate(case.copies) for _ in range(count)]
    held = set(sequence)
    mass = np.asarray([float(case.masses[kind]) for kind in points])
    mass = mass / mass.sum()
    x, f = (np.asarray([float(row[k]) for k in points]) for row in (case.features, case.target))
    w = np.asarray(
        [float((case.seen if i in held else case.weak)[k]) for i, k in enumerate(points)]
    )
    counts = np.bincount(sequence, minlength=len(points)) / len(sequence)
    radius, square, n = float(case.radius), float(case.bound) ** 2, case.draws

    def fitted(weights, values):
        below = np.sum(weights * x * x)
        return np.clip(np.sum(weights * x * values) / below, -radius, radius) if below else 0.0

    def d(weights, a, b):
        return np.sum(weights * (a - b) ** 2)

    student = fitted(counts, w) * x
    epsilon = d(mass, fitted(mass, f) * x, f)
    two = square * (8 + 4 * math.sqrt(math.log(2 / case.failure) / 2))
    one = square * (4 + 5 * math.sqrt(math.log(1 / case.failure) / 2))
    rate = 1.0 if twin else 0.5
    if claim == "uniform_misfit":
        thetas = np.linspace(-radius, radius, 41)
        misses = [d(mass, t * x, w) - d(counts, t * x, w) for t in thetas]
        bend, slope, _ = np.polyfit(thetas, misses, 2)
        if abs(bend) > 1e-9 and abs(slope / (2 * bend)) <= radius:
            top = -slope / (2 * bend)
            misses.append(d(mass, top * x, w) - d(counts, top * x, w))
        return np.max(np.abs(misses)), two / n**rate
    if claim == "sampled_gap":
        steps = [np.sum(mass * (w - student) * (u * x - student)) for u in (-radius, radius)]
        return max(steps), one / n**rate
    error, gain = d(mass, student, f), d(mass, w, f) - d(mass, student, w)
    if claim == "sampled_sharpened_gain":
        gamma = 0 if twin else one / n**rate
        return error, gain + 2 * gamma + 2 * math.sqrt(epsilon * d(mass, student, w))
    kappa = 0 if twin else 2 * two / n**rate
    far, roots = math.sqrt(d(mass, w, f)), math.sqrt(kappa) + math.sqrt(epsilon)
    return error, gain + kappa + epsilon + 2 * math.sqrt(epsilon) * far + 2 * far * roots + roots**2


def brute_failure(claim, twin, case, decided):
    """Sum the probabilities of the ordered samples that break the inequality; both sides must agree."""
    kinds = [kind for kind, count in enumerate(case.copies) for _ in range(count)]
    mass = [case.masses[kind] / sum(case.masses[k] for k in kinds) for kind in kinds]
    found = {(one.sample.counts, one.sample.distinct): one for one in decided}
    times = 1 if case.scheme == "repeated" else case.draws
    total = Fraction(0)
    for places in itertools.product(range(len(mass)), repeat=times):
        sequence = places * (case.draws // times)
        lhs, rhs = brute_sides(claim, twin, case, sequence)
        held, apart = Counter(kinds[i] for i in sequence), Counter(kinds[i] for i in set(sequence))
        exact = found[
            tuple(held[k] for k in range(case.size)),
            tuple(apart[k] if case.tells_apart(k) else min(held[k], 1) for k in range(case.size)),
        ]
        # The root of an epsilon of 0 is as wrong as the root of its rounding error.
        assert (exact.lhs, exact.rhs) == pytest.approx((lhs, rhs), rel=1e-9, abs=1e-6)
        if lhs > rhs + 1e-9:
            total += math.prod(mass[i] for i in places)
    return total


@each_claim
@pytest.mark.parametrize("twin", [False, True])
def test_the_failure_probability_is_that_of_all_ordered_samples(name, twin):
    claim = unconditional((TWINS if twin else CLAIMS)[name])
    source = random.Random(name)
    seen = set()
    for _ in range(12):
        case = wild(source, points=4)
        # Small bounds, so that both sides are near each other.
        case = dataclasses.replace(case, bound=Fraction(1, source.choice((1, 2, 4, 12))), target=[
            f / 12 for f in case.target])  # fmt: skip
        decided = samples(claim, case)
        expected = brute_failure(name, twin, case, decided)
        broken = [one.sample for one in decided if one.violated]
        assert sum((python(one.probability) for one in broken), Fraction(0)) == expected, case
        if broken:
            evidence = {"failing": [one.label for one in broken]}
            opinion = check(claim, case, evidence)
            assert opinion.lhs.low == opinion.lhs.high == expected
        for one in (one.sample for one in decided if not one.violated):
            with pytest.raises(RefusedError, match="does not"):
                check(claim, case, {"failing": [one.label]})
        seen.add(0 < expected < 1)
    assert True in seen


@pytest.mark.parametrize("seed", range(8))
def test_both_ways_to_count_samples_agree(seed):
    case = wild(random.Random(seed), points=9, draws=6)
    claim = unconditional(CLAIMS["uniform_misfit"])
    total = 0
    for counts, distinct, probability in outcomes(case):
        (one,) = Checker(claim, case, {"failing": [[list(counts), list(distinct)]]}).cases()
        assert one.weight.low == one.weight.high == python(probability)
        total += python(probability)
    assert total == 1


@pytest.mark.parametrize(
    ("failing", "word"),
    [
        ([[[15, 0], [1, 0]]] * 2, "twice"),
        ([[[15], [1]]], "no sample"),
        ([[[14, 0], [1, 0]]], "no sample"),
        ([[[16, -1], [1, 0]]], "no sample"),
        ([[[15, 0], [True, 0]]], "no sample"),
        ([[[15, 0]]], "two lists"),
        ([3], "two lists"),
        ([], "no case"),
    ],
)
def test_stated_samples_that_are_none(failing, word):
    with pytest.raises(RefusedError, match=word):
        check(TWINS["uniform_misfit"], population(), {"failing": failing})


def test_impossible_samples_have_no_probability():
    """Of one point more than its draws, of a point that is not told apart, of two that are repeated."""
    claim = unconditional(CLAIMS["uniform_misfit"])
    apart = population(copies=[4, 1], seen=["-1", "-1"], draws=3)
    repeated = population(scheme="repeated", draws=4)
    for case, label in (
        (apart, [[2, 1], [3, 1]]),
        (apart, [[2, 1], [0, 1]]),
        (apart, [[2, 1], [2, 0]]),
        (apart, [[3, 0], [2, 1]]),
        (population(copies=[4, 1]), [[15, 0], [2, 0]]),
        (repeated, [[2, 2], [1, 1]]),
    ):
        (one,) = Checker(claim, case, {"failing": [label]}).cases()
        assert one.weight.high == 0


# The claims in floating point.


def floats(values):
    return jnp.asarray([float(value) for value in values])


def raw_instance(case, weak, counts):
    """The instance of the claim with one sample; points of a kind are points apart."""
    spread = np.repeat(np.arange(case.size), case.copies)
    ball = L2Ball(jnp.asarray(float(case.radius)))
    return SamplingInstance(
        hypothesis=hypothesis_class(
            ball, floats(case.features)[spread][:, None], floats(case.masses)[spread]
        ),
        weak=weak,
        target=floats(case.target)[spread],
        bound=jnp.asarray(float(case.bound)),
        counts=counts,
        size=jnp.sum(counts),
        spare=jax.random.key_data(jax.random.key(0)),
        strata=jnp.zeros(2, jnp.int32),
    )


@functools.cache
def program(name, twin, case_json):
    """Both sides and the verdict of a claim, for many samples of one population."""
    case, claim = Instance.from_json(json.loads(case_json)), (TWINS if twin else CLAIMS)[name]

    def one(weak, counts):
        prepared = prepare(raw_instance(case, weak, counts), (claim,))
        side = measured(claim, study(prepared, claim).quantity)
        return side.lhs, side.rhs, side.verdict()

    return jax.jit(jax.vmap(one))


def checked(name, twin, case, weak, counts):
    run = program(name, twin, json.dumps(case.to_json()))
    return jax.device_get(compile_quickly(run.lower(weak, counts))(weak, counts))


CASES = {
    "independent": population(masses=["2", "1"], weak=["1", "-1/2"], seen=["1", "-1/2"], draws=6,
                              features=["1", "-1/2"], target=["1/2", "1"]),
    "chosen after": population(copies=[3, 1], seen=["-1", "-1"], target=["1", "-1/2"], draws=5),
}  # fmt: skip


@pytest.mark.parametrize("label", CASES)
@pytest.mark.parametrize(
    "twin", [pytest.param(False, marks=pytest.mark.slow), True], ids=["true", "twin"]
)
@each_claim
def test_the_exact_sides_are_those_of_the_claim(name, twin, label):
    case = CASES[label]
    decided = samples(unconditional((TWINS if twin else CLAIMS)[name]), case)
    counts, weak = [], []
    for one in (one.sample for one in decided):
        places = [(k, i) for k, count in enumerate(case.copies) for i in range(count)]
        # The last of the different points of a kind is drawn most often.
        held = [int(i < one.distinct[k]) for k, i in places]
        for k in range(case.size):
            last = max(
                (p for p, (kind, _) in enumerate(places) if kind == k and held[p]), default=0
            )
            held[last] += one.counts[k] - one.distinct[k]
        counts.append([float(count) for count in held])
        weak.append([float((case.seen if h else case.weak)[k])
                     for (k, _), h in zip(places, held, strict=True)])  # fmt: skip
    lhs, rhs, verdicts = checked(name, twin, case, jnp.asarray(weak), jnp.asarray(counts))
    for one, a, b, verdict in zip(decided, lhs, rhs, verdicts, strict=True):
        assert (one.lhs, one.rhs) == pytest.approx((a, b), rel=1e-9, abs=1e-9)
        if verdict in (Verdict.HOLDS, Verdict.VIOLATED):
            assert one.violated == (verdict == Verdict.VIOLATED)


def side(value):
    """Read a side: a rational of flint or a ball."""
    return float(value) if isinstance(value, arb) else float(python(value))


def number(text):
    """Read a side: a rational or a ball."""
    return float(text[1:].split()[0]) if text.startswith("[") else Fraction(text)


def test_simulated_samples_fail_as_often():
    """5,000 samples, failures counted by the claim in floating point; false alarm once in 10^6."""
    case, count = population(), 5000
    weights = jnp.full(2, 0.5)
    keys = jax.random.split(jax.random.key(1), count)
    size = jnp.asarray(float(case.draws))
    counts = jax.jit(jax.vmap(lambda key: sample(key, weights, size, case.draws)))(keys)
    weak = jnp.broadcast_to(floats(case.weak), counts.shape)
    *_, verdicts = checked("uniform_misfit", True, case, weak, counts)
    failures = int(np.sum(verdicts == Verdict.VIOLATED))
    answer = decide(TWINS["uniform_misfit"], case)
    assert answer.violated and Fraction(answer.lhs) == Fraction(1941, 16384)
    assert binomtest(failures, count, float(Fraction(answer.lhs))).pvalue > 1e-6


# The two engines.


def agree(claim, case):
    first = decide(claim, case, (128,))
    if first.outcome == OUTSIDE:
        with pytest.raises(RefusedError):
            check(claim, case, {"failing": [[[case.draws] + [0] * (case.size - 1), []]]})
    elif first.evidence["failing"]:
        second = check(claim, case, json.loads(json.dumps(first.evidence)))
        assert first.violated == second.violated, (claim, case)
        low, high = float(second.lhs.low), float(second.lhs.high)
        assert float(number(first.lhs)) == pytest.approx(low, rel=1e-12) and low == high
        assert Fraction(first.rhs) == second.rhs.low == second.rhs.high == case.failure
    else:
        assert first.lhs == "0" and not first.violated
    return first.outcome


@pytest.mark.parametrize(("mass", "outcome"), [("9", "holds"), ("8", "violated")])
def test_failing_as_often_as_allowed_is_allowed(mass, outcome):
    """The rare point alone breaks the claim: with probability delta, or a little more."""
    case = population(masses=[mass, "1"], scheme="repeated", draws=200)
    claim = CLAIMS["uniform_misfit"].without(IID)
    assert decide(claim, case).lhs == str(Fraction(1, int(mass) + 1))
    assert agree(claim, case) == outcome


def test_what_cannot_be_decided_counts_for_neither_side():
    """Equal irrational sides: no precision tells them apart."""
    same = 1 / sqrt(n) <= sqrt(1 / n)
    claim = dataclasses.replace(CLAIMS["uniform_misfit"], claim=same)
    answer = decide(claim, population(draws=2), (128, 512))
    assert answer.outcome == "undecided" and answer.lhs == "0"
    with pytest.raises(RefusedError, match="does not"):
        check(claim, population(draws=2), {"failing": [[[1, 1], [1, 1]]]})


def test_claims_about_every_sample():
    """Without a probability one sample that breaks the claim is enough, and the file says which."""
    claim = dataclasses.replace(
        CLAIMS["uniform_misfit"], claim=d(student, target) <= B**2 / 2, failure=None
    )
    case = population(draws=3)
    found = decide(claim, case)
    assert found.violated and (found.lhs, found.rhs) == ("1", "1/2")
    assert found.evidence["failing"] in ([[[3, 0], [1, 0]]], [[[0, 3], [0, 1]]])
    assert check(claim, case, found.evidence).violated
    always = dataclasses.replace(claim, claim=d(student, target) <= B**2)
    assert decide(always, case).outcome == "holds"


def test_engines_agree():
    found = Counter()
    source = random.Random(2)
    for claim in (*CLAIMS.values(), *FALSE.values()):
        light = (case for case in candidates(claim, 1) if case.outcomes() <= 64)
        for case in itertools.islice(light, 2):
            found[agree(claim, case)] += 1
        for _ in range(2):
            found[agree(claim, wild(source))] += 1
            found[agree(unconditional(claim), wild(source))] += 1
    assert min(found["holds"], found["violated"], found[OUTSIDE]) > 10
    assert found["undecided"] == 0


@each_claim
def test_true_claims_are_never_violated(name):
    for case in itertools.islice(candidates(CLAIMS[name], 3), 120):
        assert decide(CLAIMS[name], case, (128,)).outcome == "holds"


@pytest.mark.slow
@each_claim
def test_true_claims_are_never_violated_by_thousands(name):
    source = random.Random(name)
    kept = 0
    for case in itertools.islice(candidates(CLAIMS[name], 4), 1000):
        allowed = Fraction(source.randint(1, 19), 20)
        features, weak, target = (
            [Fraction(source.randint(-6, 6), 6) for _ in row]
            for row in (case.features, case.weak, case.target)
        )
        changed = dataclasses.replace(
            case, features=features, weak=weak, seen=weak, target=target, failure=allowed
        )
        for one in (case, changed):
            kept += decide(CLAIMS[name], one, (128,)).outcome == "holds"
    assert kept == 2000


@functools.cache
def refuted(label):
    claim = FALSE[label]
    stream = itertools.islice(candidates(claim), 2000)
    return next(case for case in stream if decide(claim, case, (128,)).violated)


@pytest.mark.parametrize("label", FALSE)
def test_what_is_false_is_refuted(label):
    answer = confirm(FALSE[label], refuted(label))
    assert answer is not None and number(answer.lhs) > number(answer.rhs)


LONG = f"sampled_gain without {FIRST}"
# Shrinking takes up to a minute: one claim's are looked at every time.
SLOW = [LONG, *(label for label in FALSE if not label.startswith("sampled_gain"))]


@pytest.mark.parametrize(
    "label", [pytest.param(x, marks=pytest.mark.slow) if x in SLOW else x for x in FALSE]
)
def test_counterexamples_are_small(label):
    small = shrink(FALSE[label], refuted(label), seconds=60)
    assert decide(FALSE[label], small).violated
    limits = {IID: (2, 107), FIRST: (49, 26), BOUNDED: (2, 1), None: (2, 15)}
    points, draws = (760, 200) if label == LONG else limits[FALSE[label].dropped]
    assert sum(small.copies) <= points and small.draws <= draws
    assert 0 not in small.features


# Assumptions, files, pages, the command.


@pytest.mark.parametrize(
    ("assumption", "changes"),
    [
        (IID, {"scheme": "repeated"}),
        (FIRST, {"seen": ["-1", "-1"]}),
        (BOUNDED, {"features": ["1", "2"]}),
        (BOUNDED, {"weak": ["1", "2"], "seen": ["1", "2"]}),
        (BOUNDED, {"radius": "2"}),
        (None, {"target": ["0", "2"]}),
    ],
)
def test_assumptions_are_checked(assumption, changes):
    claim, case = CLAIMS["sampled_gain"], population(**changes)
    assert decide(claim, case).outcome == OUTSIDE
    evidence = {"failing": [[[15, 0], [1, 0]]]}
    with pytest.raises(RefusedError, match=assumption or "target"):
        check(claim, case, evidence)
    if assumption is not None:
        assert decide(claim.without(assumption), case).outcome != OUTSIDE
        with pytest.raises(RefusedError, match="stated to fail does not"):
            check(claim.without(assumption), case, evidence)


@pytest.mark.parametrize(
    "changes",
    [
        {"copies": [0, 1]},
        {"copies": [True, 1]},
        {"copies": 2},
        {"copies": [1]},
        {"masses": ["0", "1"]},
        {"masses": ["1", ["1"]]},
        {"masses": "1"},
        {"features": ["1/0", "1"]},
        {"weak": [1.5, "1"]},
        {"radius": "0"},
        {"radius": ["1"]},
        {"bound": "-1"},
        {"failure": "1"},
        {"draws": 0},
        {"draws": 1_001},
        {"draws": "3"},
        {"scheme": "teapot"},
        {"copies": [9, 9], "seen": ["-1", "1"], "draws": 900},
        {"nonsense": 1},
    ],
)
def test_wrong_populations(changes):
    with pytest.raises(ValueError, match=r"expected|at most|more than"):
        population(**changes)


@pytest.fixture(scope="module")
def answer():
    label = f"sampled_gap without {FIRST}"
    found = confirm(FALSE[label], shrink(FALSE[label], refuted(label)), "a test")
    assert found is not None
    return found


def test_replay_needs_no_jax(answer, tmp_path):
    path = tmp_path / "case.json"
    answer.save(path)
    stated = load(path)
    assert (stated.instance, stated.evidence) == (answer.instance, answer.evidence)
    assert stated.rhs == "1/10"
    again = replay(path)
    assert again.counterexample and again.registered
    program = (
        "import sys, w2sjax.cli\n"
        f"try: w2sjax.cli.app(['replay', {str(path)!r}])\n"
        "except SystemExit as stop: print(stop.code, 'jax' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "1 False"
    assert "probability of failure" in done.stdout and "δ 1/10" in done.stdout


def test_files_that_are_wrong(answer, tmp_path):
    path = tmp_path / "case.json"

    def outcome(change):
        fields = json.loads(json.dumps(answer.to_json()))
        change(fields)
        path.write_text(json.dumps(fields))
        return CliRunner().invoke(app, ["replay", str(path)])

    def renamed(fields):
        for step in fields["claim"]["steps"]:
            step[2] = ["nonsense"] if step[2] == ["n"] else step[2]

    assert outcome(lambda f: None).exit_code == 1
    harmless = outcome(lambda f: f["instance"].update(seen=f["instance"]["weak"]))
    assert harmless.exit_code == 0 and "no counterexample" in harmless.output
    refused = outcome(lambda f: f["evidence"]["failing"].append(f["evidence"]["failing"][0]))
    assert refused.exit_code == 0 and "stated twice" in refused.output
    for change in (
        lambda f: f["instance"].update(draws=1_000_000),
        lambda f: f["instance"].update(failure="2"),
        lambda f: f["instance"].update(copies=["24"]),
        lambda f: f["instance"].pop("seen"),
        renamed,
        lambda f: f.update(lhs="1/2"),
    ):
        done = outcome(change)
        assert done.exit_code == 2 and done.output.startswith("error: "), done.output


def test_the_page_shows_the_population_and_the_samples_that_fail(answer):
    page = markdown(answer)
    assert "with probability at least 1 - δ, γ(f)" in page
    assert f"it fails with probability **{answer.lhs} > 1/10**" in page
    assert "| f_w where drawn | f_w elsewhere |" in page and "different points drawn" in page
    assert f"| {sum(answer.instance.copies)} | 1 |" in page and "f*" not in page
    two = confirm(TWINS["uniform_misfit"], population())
    assert two is not None
    page = markdown(two)
    assert "| 4, 11 | 1365/32768 | 14/15 | about 0.8596996 |" in page
    assert "and 4 more, together with probability 1/1024." in page


NO_RANDOM = Budget(instances=0, restarts=0)


def test_the_search_finds_what_an_assumption_is_for():
    for drop in (IID, BOUNDED):
        found = falsify("sampled_gap", drop=drop, budget=NO_RANDOM)
        assert found.counterexample is not None and found.instances["small"] < 200
        assert found.counterexample.claim.dropped == drop
    twin = falsify("sampled_gain", twin=True, budget=NO_RANDOM)
    assert twin.counterexample is not None
    assert twin.counterexample.instance.described() == "2 points, n = 1"


def test_a_given_radius_is_searched():
    ball = L2Ball(jnp.asarray(0.5))
    found = falsify("sampled_gain", twin=True, sets=[ball], budget=NO_RANDOM)
    assert found.counterexample is not None
    twin = TWINS["uniform_misfit"]
    (first,) = itertools.islice(small(twin, "l2_ball", {"radius": Fraction(1, 2)}, 0), 1)
    assert first.radius == Fraction(1, 2) and decide(twin, first).lhs


@pytest.mark.slow
def test_random_samples_in_floating_point_confirm_nothing():
    """One sample that fails is no counterexample; too many failures stay unconfirmed."""
    budget = Budget(instances=64, small=0, restarts=0)
    found = falsify("sampled_gap", drop=IID, budget=budget)
    assert not found.found and found.unconfirmed > 0
    with pytest.raises(ValueError, match="no exact side for random instances"):
        redecide("uniform_misfit")
