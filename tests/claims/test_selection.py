"""Choosing among weak models: brackets by numpy, no violations, refuted twins, right certificates."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax import REGISTRY, Status, verify
from w2sjax.claims.selection.instance import MODELS, OTHER_KINDS, STRATA
from w2sjax.claims.selection.study import DOMAIN, largest, positive_part
from w2sjax.rounding import Rounded
from w2sjax.sets import L2Ball

CLAIMS = [claim for claim in REGISTRY if claim.domain is DOMAIN]
COUNT = 300


@functools.cache
def answers(twin, kind="l2_ball"):
    """Verifications by claim."""
    names = [claim.name for claim in CLAIMS]
    found = verify(names, 1, sets=[kind], instances=1000, twin=twin)
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
    """Raw instances, their studies and brackets, as numpy arrays."""
    keys = jax.random.split(jax.random.key(2), COUNT)
    raw = jax.jit(jax.vmap(lambda key: DOMAIN.draw(key, L2Ball)))(keys)
    studies = jax.jit(jax.vmap(DOMAIN.prepare, (0, None)), static_argnums=1)(raw, ())
    brackets = jax.jit(jax.vmap(lambda study: study.bracket()))(studies)
    choice = jax.device_get(brackets.choice)
    return jax.device_get(raw), jax.device_get(studies), jax.device_get(brackets), choice


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
    raw, studies, brackets, choice = instances()
    base, students, best = raw.base, studies.students, studies.best
    target = np.einsum("bnd,bd->bn", base.hypothesis.features, base.truth) + base.offset
    weights = base.hypothesis.weights[:, None]

    def distance(left, right):
        return np.sum(weights * (left - right) ** 2, axis=-1)

    weak_error = distance(raw.weak, target[:, None])
    misfit = distance(raw.weak, students.values)
    epsilon = distance(best.values[:, None], target[:, None])
    lower = np.maximum(0, np.sqrt(weak_error) - np.sqrt(misfit)) ** 2
    upper = weak_error - misfit + 2 * np.sqrt(epsilon * misfit)
    size = 1e-9 * brackets.size
    for found, expected in (
        (brackets.weak_error, weak_error),
        (brackets.misfit, misfit),
        (brackets.error, distance(students.values, target[:, None])),
        (brackets.lower, lower),
    ):
        assert np.all(np.abs(found.value - expected) <= size)
        assert np.all(found.error <= size)
    exact = students.status == Status.CERTIFIED
    assert exact.mean() > 0.9
    # What the gap of a certified student adds is small, and never negative.
    more = brackets.upper.value - upper
    assert np.all(more >= -size)
    assert np.median((more / brackets.size)[exact]) <= 1e-9
    # Near-tied models may be told apart by rounding alone.
    rows, promised = np.arange(COUNT), weak_error - misfit
    excess = promised[rows, choice] - promised.min(axis=1)
    assert np.all(excess <= size[rows, choice])


def test_certified_choices_are_right():
    _, _, brackets, choice = instances()
    rows = np.arange(COUNT)
    others = brackets.lower.value - brackets.lower.error
    others[rows, choice] = np.inf
    chosen = (brackets.upper.value + brackets.upper.error)[rows, choice]
    certified = chosen < others.min(axis=1)
    assert certified.sum() > 10
    best = np.argmin(brackets.error.value, axis=1)
    assert np.array_equal(choice[certified], best[certified])
    assert np.any(choice != best)


def test_largest_counts_only_what_may_lead():
    numbers = Rounded(jnp.asarray([1.0, 0.0, -5.0]), jnp.asarray([0.0, 1e-3, 2.0]))
    assert largest(numbers).value == 1 and largest(numbers).error == 0
    near = Rounded(jnp.asarray([1.0, 0.9995]), jnp.asarray([1e-9, 1e-3]))
    assert largest(near).error == 1e-3
    part = positive_part(Rounded(jnp.asarray([2.0, -1.0, -1e-4]), jnp.full(3, 1e-3)))
    assert part.value.tolist() == [2, 0, 0]
    assert part.error.tolist() == [1e-3, 0, 1e-3]
