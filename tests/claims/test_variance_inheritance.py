"""Variance inheritance: traces by numpy, moments by scipy, twin and assumptions refuted."""

import functools
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import binomtest, invwishart

from w2sjax import Verdict
from w2sjax.arithmetic.doubles import DOUBLES
from w2sjax.arithmetic.measured import judge
from w2sjax.claims.regression.variance_inheritance import V, spread, variance
from w2sjax.language.evaluation import plan
from w2sjax.language.rewriting import twin_of
from w2sjax.machine.compilation import jit_quickly
from w2sjax.settings.regression.floats import COLUMNS, draw, study
from w2sjax.settings.regression.simulation import features
from w2sjax.verification.lookup import claim_named

CLAIM = claim_named("variance_inheritance")


def value(term, **numbers):
    return float(plan((term,)).values(DOUBLES, lambda data: numbers[data[0]])[0])


VARIANTS = [CLAIM, twin_of(CLAIM), *map(CLAIM.without, CLAIM.droppable)]
COUNT = 1000


def judged(raw):
    """Mean variance of an instance, and verdicts on every variant."""
    found = [judge(claim, study(raw, claim).quantity).verdict() for claim in VARIANTS]
    return study(raw, CLAIM).quantity(("mean_variance",)).number, jnp.stack(found)


@functools.cache
def answer():
    raw = jax.jit(jax.vmap(draw))(jax.random.split(jax.random.key(0), COUNT))
    return jax.device_get((raw, *jit_quickly(jax.vmap(judged), level=0)(raw)))


def test_only_the_claim_survives():
    """Violations are at most delta for the claim, and by a binomial test more for all others."""
    verdicts = answer()[2]
    assert np.isin(verdicts, (Verdict.HOLDS, Verdict.VIOLATED)).mean() > 0.998
    true, *false = (verdicts == Verdict.VIOLATED).sum(axis=0)
    assert 0 < true <= COUNT / 10
    assert all(
        binomtest(int(number), COUNT, 0.1).pvalue < 1e-9 and number > 200 for number in false
    )


def test_the_variance_is_that_of_least_squares():
    """Numpy fits teacher and student to each unit of noise in turn; the squares of what is learnt sum up."""
    raw, means, _ = answer()
    for place in range(20):
        teacher, strong, rest, _ = np.split(raw.normal[place], COLUMNS, axis=-1)
        cosines = np.append(raw.cosines[place], 0)
        weak = cosines * np.pad(strong, ((0, 0), (0, 0), (0, 1))) + np.sqrt(1 - cosines**2) * rest
        n, N = raw.sizes[place].astype(int)
        traces = []
        for first, second, labelled in zip(teacher, strong, weak, strict=True):
            taught = np.linalg.lstsq(first[:n], np.eye(n), rcond=None)[0]
            learnt = np.linalg.lstsq(second[:N], labelled[:N] @ taught, rcond=None)[0]
            traces.append(np.sum(learnt**2))
        expected = np.mean(traces) * raw.sigma[place] ** 2
        assert abs(means.value[place] - expected) <= means.error[place] + 1e-12 * expected
        assert means.error[place] < 1e-9 * expected


def test_features_are_white_and_as_correlated_as_stated():
    source = np.random.default_rng(0)
    strong, rest = source.standard_normal((200_000, 2)), source.standard_normal((200_000, 3))
    weak = np.asarray(features(*map(jnp.asarray, ([0.6, 1.0], strong, rest))))
    # Six standard errors of an entry, at most 1.5 / sqrt(200,000) each.
    assert np.abs(weak.T @ weak / 200_000 - np.eye(3)).max() < 0.02
    cross = strong.T @ weak / 200_000
    assert np.abs(cross - [[0.6, 0, 0], [0, 1, 0]]).max() < 0.02


def inverse_wishart(p, n):
    """Mean and variance of the entries of an inverse Wishart matrix."""
    law: Any = invwishart(n, np.eye(p))
    return np.reshape(law.mean(), (p, p)), np.reshape(law.var(), (p, p))


@pytest.mark.parametrize(
    ("p", "N", "cosines"), [(1, 9, [0.6]), (2, 8, [0.9, 0.2]), (3, 12, [0.1, 0.5, 1])]
)
def test_moments_are_scipys(p, N, cosines):
    """Moments of inverse Wishart matrices give those of the squared norm of B."""
    squares = np.array(cosines) ** 2
    mean, var = inverse_wishart(p, N)
    # The law is that of every rotation, which ties the covariance of diagonal entries to variances.
    apart = var[0, 0] - 2 * var[0, 1] if p > 1 else 0
    of_trace = p * var[0, 0] + p * (p - 1) * apart
    of_square = np.sum(var + mean**2)
    sigma = 1 - squares
    expected = 2 * of_square * np.sum(sigma**2) + sigma.sum() ** 2 * of_trace
    expected += 4 * mean[0, 0] * np.sum(squares * sigma)
    known = {"N": N, "d_s": p, "d_w": p, "shared": squares.sum(), "squared": np.sum(squares**2)}
    assert value(spread, **known) == pytest.approx(expected)
    known |= {"n": 10, "sigma": 2.0}
    weak, _ = inverse_wishart(p, 10)
    norm = squares.sum() + np.trace(mean) * sigma.sum()
    assert value(V, **known) == pytest.approx(4 * weak[0, 0] * norm)
    assert value(variance, **known) > 0


def test_the_variance_of_a_trace_is_exact_for_one_feature():
    """With one weak and one strong feature that are equal, V is 1 / chi-squared: Var by its moments."""
    n = 11
    exact = Fraction(1, (n - 2) * (n - 4)) - Fraction(1, (n - 2) ** 2)
    known = {"n": n, "N": 9, "d_w": 1, "d_s": 1, "shared": 1, "squared": 1, "sigma": 1}
    assert value(variance, **known) == pytest.approx(float(exact))
