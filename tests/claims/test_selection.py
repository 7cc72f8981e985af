"""Choosing among weak models: brackets by numpy, no violations, refuted twins, right certificates."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb

from w2sjax import Status, verify
from w2sjax.arithmetic.inequality import Verdict
from w2sjax.arithmetic.measured import evaluate, exactly, judge, measured
from w2sjax.arithmetic.rounding import Rounded
from w2sjax.language.terms import quantity
from w2sjax.projecting.sets import L2Ball
from w2sjax.settings.selection import (
    SELECTION,
    chosen,
    d,
    least,
    least_other,
    lower,
    misfit,
    student,
    target,
    upper,
    weak,
)
from w2sjax.settings.selection.conversion import exact_instances, from_exact
from w2sjax.settings.selection.engine import Engine
from w2sjax.settings.selection.floats import (
    MODELS,
    OTHER_KINDS,
    STRATA,
    Study,
    draw,
    prepare,
    study,
)
from w2sjax.verification.lookup import claim_named

pytestmark = pytest.mark.xdist_group("claims on selection")  # their programs are compiled once
CLAIMS = [claim_named(name) for name in ("error_bracket", "selection_regret")]
COUNT = 300
ERROR, WEAK = d(student, target), d(weak, target)
TERMS = (WEAK, misfit, ERROR, lower, upper, chosen(ERROR), least(ERROR), least_other(lower))


@functools.cache
def answers(twin, kind="l2_ball"):
    """Verifications by claim."""
    found = verify([c.name for c in CLAIMS], 1, sets=[kind], instances=1000, twin=twin)
    return {verification.claim: verification for verification in found}


@pytest.mark.parametrize("kind", ["subspace", "l2_ball"])
def test_claims_hold(kind):
    for found in answers(False, kind).values():
        assert found.violated == found.invalid == 0
        assert found.undecided <= 10
        assert found.holds > 0 and found.equal > 0


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_twins_are_refuted(claim):
    assert answers(True)[claim.name].refuted


@functools.cache
def instances():
    """Raw instances, their projections, terms and choices, as numpy arrays."""

    def one(key):
        raw = draw(key, L2Ball)
        prepared = prepare(raw)
        judged = study(prepared, CLAIMS[0])
        found = {
            term: one for term, one in zip(TERMS, evaluate(TERMS, judged.quantity), strict=True)
        }
        return raw, prepared, tuple(found.values()), judged.choice()

    keys = jax.random.split(jax.random.key(2), COUNT)
    raw, prepared, found, choice = jax.device_get(jax.jit(jax.vmap(one))(keys))
    return raw, prepared, dict(zip(TERMS, found, strict=True)), choice


def test_instances_are_diverse():
    raw = instances()[0]
    assert raw.weak.shape == (COUNT, MODELS, 64)
    assert np.all(raw.weak[:, 0] == raw.base.weak)
    realizable = np.all(raw.base.offset == 0, axis=1)
    assert 0.4 < realizable.mean() < 0.6
    names = np.array(STRATA)[raw.strata]
    assert np.all((names[:, 4] == "target:realizable") == realizable)
    assert {f"others:{kind}" for kind in OTHER_KINDS} == set(names[:, 3])


def test_brackets_agree_with_numpy():
    raw, prepared, found, choice = instances()
    base, students, best = raw.base, prepared.students, prepared.best
    goal = np.einsum("bnd,bd->bn", base.hypothesis.features, base.truth) + base.offset
    weights = base.hypothesis.weights[:, None]

    def distance(left, right):
        return np.sum(weights * (left - right) ** 2, axis=-1)

    weak_error = distance(raw.weak, goal[:, None])
    off = distance(raw.weak, students.values)
    error = distance(students.values, goal[:, None])
    epsilon = distance(best.values[:, None], goal[:, None])
    size = 1e-9 * found[upper].size
    rows = np.arange(COUNT)
    for term, expected in (
        (WEAK, weak_error),
        (misfit, off),
        (ERROR, error),
        (lower, np.maximum(0, np.sqrt(weak_error) - np.sqrt(off)) ** 2),
        (chosen(ERROR), error[rows, choice][:, None]),
        (least(ERROR), error.min(axis=1)[:, None]),
    ):
        assert np.all(np.abs(found[term].number.value - expected) <= size)
        assert np.all(found[term].number.error <= size)
    exact = students.status == Status.CERTIFIED
    assert exact.mean() > 0.9
    # What the gap of a certified student adds is small, and never negative.
    more = found[upper].number.value - (weak_error - off + 2 * np.sqrt(epsilon * off))
    assert np.all(more >= -size)
    assert np.median((more / found[upper].size)[exact]) <= 1e-9
    # Near-tied models may be told apart by rounding alone.
    promised = weak_error - off
    assert np.all(promised[rows, choice] - promised.min(axis=1) <= size[rows, choice])


def test_certified_choices_are_right():
    _, _, found, choice = instances()
    rows, high, low = np.arange(COUNT), found[upper].number, found[least_other(lower)].number
    sure = (high.value + high.error)[rows, choice] < low.value[:, 0] - low.error[:, 0]
    assert sure.sum() > 10
    best = np.argmin(found[ERROR].number.value, axis=1)
    assert np.array_equal(choice[sure], best[sure])
    assert np.any(choice != best)


def test_the_least_counts_only_what_may_lead():
    """Of -1, 0 and 5 with errors; 0.9995 may be less than 1."""

    def reduced(values, errors):
        number = Rounded(jnp.asarray(values), jnp.asarray(errors))
        return Study(None, CLAIMS[0]).quantity(("least",), measured(number)).number  # type: ignore[arg-type]

    clear = reduced([-1.0, 0.0, 5.0], [0.0, 1e-3, 2.0])
    assert clear.value.tolist() == [-1] * 3 and clear.error.tolist() == [0] * 3
    assert reduced([-1.0, -0.9995], [1e-9, 1e-3]).error.tolist() == [1e-3] * 2


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_tight_instances_are_equal_in_doubles(claim):
    found = judge(claim, study(prepare(from_exact(claim.tight)), claim).quantity)
    assert int(found.verdict()) == Verdict.EQUAL and float(found.rhs) >= 1


def test_a_constant_side_is_compared_with_every_model():
    """Errors 1 and 2 are at most 3/2 for one model only: the other is reported."""
    claim = claim_named("error_bracket")
    values = measured(Rounded(jnp.asarray([1.0, 2.0]), jnp.zeros(2)))
    limit = type(claim)("", "", SELECTION, quantity("d", "student", "target") <= 1.5)
    found = judge(limit, lambda data: values)
    assert int(found.verdict()) == Verdict.VIOLATED and float(found.lhs) == 2
    assert float(judge(limit, lambda data: exactly(1.0)).lhs) == 1


@pytest.mark.slow
def test_random_instances_are_converted_and_agree_with_doubles():
    raw, prepared, found, choice = instances()
    for place in range(3):
        (case,) = exact_instances(jax.tree.map(lambda leaf, i=place: leaf[i], raw), CLAIMS[0])
        assert case.count == MODELS and case.fault() is None
        engine = Engine(CLAIMS[0], case, 128)
        exact = [float(arb(value)) for value in engine.quantity(ERROR.data)]
        assert np.allclose(exact, found[ERROR].number.value[place], rtol=1e-6, atol=1e-9)
        (exact_choice,) = set(engine.quantity(("chosen",), tuple(range(MODELS))))
        assert exact_choice == choice[place]
