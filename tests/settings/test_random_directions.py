"""Delta learning in high dimension: probabilities by enumeration, both engines, random errors."""

import dataclasses
import itertools
from fractions import Fraction

import jax
import numpy as np
import pytest
from scipy import stats

from w2sjax import verify
from w2sjax.falsification.checking import check
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.deciding import decide
from w2sjax.falsification.shrinking import shrink
from w2sjax.language.rewriting import twin_of
from w2sjax.settings.exact import RefusedError
from w2sjax.settings.random_directions.engine import Engine
from w2sjax.settings.random_directions.floats import draw, study
from w2sjax.settings.random_directions.instance import Instance
from w2sjax.settings.random_directions.search import small
from w2sjax.verification.lookup import claim_named

CLAIM = claim_named("delta_in_high_dimension")
FALSE = {"twin": twin_of(CLAIM), **{name: CLAIM.without(name) for name in CLAIM.droppable}}
COSINES = [Fraction(3, 5), Fraction(1, 4), Fraction(-1, 3)]
PLAIN = Instance(5, Fraction(1, 10), COSINES, 4)


def derivatives(instance):
    """g of all vectors of signs there are, by numpy: dimensions of errors 1 to 3."""
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=instance.rank)))
    errors = signs / np.sqrt(instance.rank)
    a = np.array(instance.cosines, float)
    found = []
    for zero, one, two in itertools.product(errors, repeat=3):
        one = zero if instance.copied else one
        parts = (np.sqrt(1 - a**2)[:, None]) * [zero, one, two]
        student, chosen, rejected = np.c_[a, parts]
        found.append(a[1] - a[2] - a[0] * (student @ (chosen - rejected)))
    return np.array(found)


def least(instance):
    """What g falls below with probability at most delta."""
    a = np.array(instance.cosines, float)
    spread = 2 * (1 - a[0] ** 2) * (2 - a[1] ** 2 - a[2] ** 2) * -np.log(float(instance.failure))
    return (1 - a[0] ** 2) * (a[1] - a[2]) - abs(a[0]) * np.sqrt(spread / (instance.dimension - 1))


@pytest.mark.parametrize(
    "instance",
    [
        dataclasses.replace(PLAIN, dimension=4, rank=3),
        Instance(3, Fraction(9, 10), COSINES, 2, copied=True),
        Instance(6, Fraction(1, 2), COSINES, 1),
    ],
    ids=["plain", "copied", "narrow"],
)
def test_failures_are_those_of_all_signs(instance):
    claim = dataclasses.replace(CLAIM, assumptions=())
    decision = decide(claim, instance)
    expected = np.mean(derivatives(instance) < least(instance))
    assert float(Fraction(decision.lhs)) == pytest.approx(expected, abs=1e-12)


def test_weights_are_binomial():
    shares = stats.binom.pmf(np.arange(5), 4, 0.5)
    weights = [float(case.weight) for case in Engine(CLAIM, PLAIN, 128).cases()]
    assert weights == pytest.approx(np.outer(shares, shares).ravel())


@pytest.mark.parametrize("claim", [CLAIM, *FALSE.values()], ids=["true", *FALSE])
def test_engines_agree(claim):
    violated = 0
    for instance in itertools.islice(small(claim, None, None, 2), 60):
        first = decide(claim, instance, (128,))
        if first.outcome in ("holds", "violated") and first.evidence["failing"]:
            assert check(claim, instance, first.evidence).violated == first.violated
        violated += first.violated
    assert (violated > 0) == (claim is not CLAIM)


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_false_ones_are_refuted_and_small(claim):
    hit = next(one for one in small(claim, None, None, 0) if decide(claim, one).violated)
    found = confirm(claim, shrink(claim, hit))
    assert found is not None and found.instance.size <= 4
    assert Instance.from_json(found.instance.to_json()) == found.instance
    answer = verify(CLAIM, 1, instances=2000, twin=claim.twin, drop=claim.dropped)
    assert answer[0].refuted


def test_it_is_not_refuted_in_doubles():
    (found,) = verify(CLAIM, 1, instances=2000)
    assert not found.refuted and found.undecided == found.invalid == 0 < found.violated


def test_errors_are_uniform_on_the_sphere():
    """A product of two errors on the sphere in m dimensions: its square is beta(1/2, (m - 1)/2)."""
    raw = jax.jit(jax.vmap(draw))(jax.random.split(jax.random.key(0), 4000))
    rank, signs = np.asarray(raw.rank), np.asarray(raw.strata[:, 0])
    products = jax.vmap(lambda one: study(one, CLAIM).quantity(("to_chosen",)).number.value)(raw)
    chosen = (signs == 0) & (rank > 1)
    squares = np.asarray(products)[chosen] ** 2
    places = stats.beta.cdf(squares, 0.5, (rank[chosen] - 1) / 2)
    assert stats.kstest(places, "uniform").pvalue > 1e-3
    whole = np.asarray(products)[signs == 1] * rank[signs == 1]
    assert np.allclose(whole, np.round(whole), atol=1e-9)


@pytest.mark.parametrize("stated", [["0, 4", "0, 4"], ["5, 0"], [3]])
def test_stated_numbers_that_are_none(stated):
    with pytest.raises(RefusedError, match="each once"):
        check(CLAIM, PLAIN, {"failing": stated})


def test_bad_fields_are_refused():
    for change, word in (
        ({"dimension": 1}, "dimension"),
        ({"rank": 5}, "rank"),
        ({"cosines": ["2", "0", "0"]}, "cosines"),
        ({"failure": "1"}, "failure"),
    ):
        with pytest.raises(ValueError, match=word):
            Instance.from_json(PLAIN.to_json() | change)
