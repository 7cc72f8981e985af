"""Claims of Bregman geometry: not refuted; twins and what lacks an assumption are; quantities are right."""

import collections
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import rel_entr

from w2sjax.arithmetic.inequality import Verdict
from w2sjax.bregman.heads import fit
from w2sjax.claims import REGISTRY
from w2sjax.language.rewriting import twin_of
from w2sjax.settings import bregman as symbols
from w2sjax.settings.bregman.drawing import draw
from w2sjax.settings.bregman.family import KINDS
from w2sjax.settings.bregman.floats import Study, prepare
from w2sjax.settings.bregman.heads import heads
from w2sjax.settings.random_instances import compared

pytestmark = pytest.mark.xdist_group("claims of bregman")  # one program for all
CLAIMS = {claim.name: claim for claim in REGISTRY if claim.setting.name == "bregman"}
COUNT = 400
# True without it too, or false at none of these instances: `tests/settings/test_bregman_exact.py`.
NEEDLESS = {
    "bregman_inexact_gain": {"convexity", "any student"},
    "combination_gain": {"relative entropy"},
    "combination_error": {"relative entropy"},
}
STATED = [
    *CLAIMS.values(),
    *map(twin_of, CLAIMS.values()),
    *(claim.without(drop) for claim in CLAIMS.values() for drop in claim.droppable),
]


@functools.cache
def instances():
    return jax.jit(jax.vmap(draw))(jax.random.split(jax.random.key(5), COUNT))


@functools.cache
def verdicts():
    """Verdicts of all statements on the same instances.

    Quantities come from one program; comparisons are a few operations each, which are cheap one by one and
    would double what has to be compiled.
    """
    prepared = jax.jit(jax.vmap(lambda raw: prepare(raw, tuple(STATED))))(instances())

    def every(one):
        return jnp.stack([compared(one, claim).verdict() for claim in STATED])

    return np.asarray(jax.vmap(every)(prepared))


def counts(claim):
    found = collections.Counter(verdicts()[:, STATED.index(claim)].tolist())
    return {one.name: found[int(one)] for one in Verdict}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_hold(name):
    found = counts(CLAIMS[name])
    assert found["VIOLATED"] == found["INVALID"] == 0
    assert found["UNDECIDED"] <= COUNT // 20
    assert (found["HOLDS"] == 0) == CLAIMS[name].identity


@pytest.mark.parametrize("name", CLAIMS)
def test_twins_are_refuted_and_assumptions_needed(name):
    assert counts(twin_of(CLAIMS[name]))["VIOLATED"]
    for drop in CLAIMS[name].droppable:
        found = counts(CLAIMS[name].without(drop))
        assert (found["VIOLATED"] > 0) != (drop in NEEDLESS.get(name, ())), drop


def test_quantities_are_numpys():
    """KL of instances, the defect of a head, and that weak models of heads have them for a minimum."""
    raw = instances()
    claim, law = CLAIMS["bregman_gain"], CLAIMS["head_law"]
    known = jax.jit(jax.vmap(lambda one: prepare(one, (claim,)).known[0]))(raw)
    kl = np.asarray(raw.kind) == KINDS.index("kl")
    target = np.einsum("im,imnc->inc", raw.mixtures[:, 0], raw.members)
    expected = np.sum(raw.masses * rel_entr(target, raw.weak).sum(axis=2), axis=1)
    found = known[symbols.D("target", "weak").data].number
    np.testing.assert_allclose(found.value[kl], expected[kl], rtol=1e-11, atol=1e-15)
    assert np.all(np.abs(found.value - expected)[kl] <= found.error[kl] + 1e-13)
    assert np.all(np.asarray(known[symbols.slip.data].number.value) < 1e-10)
    logits = jax.jit(jax.vmap(lambda one: heads(one, True, True)))(raw)
    weak, student = (jax.nn.softmax(logits[name]) for name in ("weak", "student"))
    np.testing.assert_allclose(weak.sum(axis=2), 1)
    moments = np.einsum("in,ind,inc->idc", raw.masses, raw.features, weak - student)
    assert np.max(np.abs(moments)) < 1e-13 and np.max(np.abs(weak - student)) > 0.1
    # And the solver, which knows nothing of that, arrives at these heads.
    train = jax.jit(functools.partial(fit, intercept=False))
    for i in range(10):
        head = train(raw.features[i], weak[i], raw.masses[i])
        chances = jax.nn.softmax(head.scores(raw.features[i]))
        apart = np.sum(raw.masses[i] * rel_entr(student[i], chances).sum(axis=1))
        assert abs(apart) <= head.gap + 1e-15 and head.gap < 1e-13
    assert Study(jax.tree.map(lambda leaf: leaf[0], raw), [law]).dual
