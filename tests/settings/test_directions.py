"""Laws of directions: what they say of vectors, by numpy; both engines; false ones refuted."""

import dataclasses
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import ortho_group

from w2sjax import REGISTRY, verify
from w2sjax.arithmetic.measured import judge
from w2sjax.falsification.checking import check
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.deciding import decide
from w2sjax.falsification.shrinking import shrink
from w2sjax.language.rewriting import twin_of
from w2sjax.settings.directions import DIRECTIONS, VECTORS
from w2sjax.settings.directions.conversion import exact_instances, from_exact
from w2sjax.settings.directions.floats import Directions, draw, study
from w2sjax.settings.directions.instance import Instance, vectors
from w2sjax.settings.directions.search import small

CLAIMS = {claim.name: claim for claim in REGISTRY if claim.setting is DIRECTIONS}
FALSE = {
    f"{claim.name} {what}": changed
    for claim in CLAIMS.values()
    for what, changed in (
        ("twin", twin_of(claim)),
        *((d, claim.without(d)) for d in claim.droppable),
    )
}
each_claim = pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)


def of(eta, **named):
    arrays = {name: jnp.asarray(v, jnp.float64) for name, v in named.items()}
    return Directions(arrays, jnp.asarray(float(eta)), jnp.zeros(2, jnp.int32))


def sides(name, instance):
    """Both sides of every comparison of a claim, in doubles."""
    claim = CLAIMS[name]
    found = []
    for one in claim.comparisons:
        alone = dataclasses.replace(claim, claim=one, assumptions=())
        judged = judge(alone, study(instance, alone).quantity)
        found.append((float(judged.lhs), float(judged.rhs)))
    return found


def cosine(v, u):
    return v @ u / np.sqrt(v @ v * (u @ u))


def unit(v):
    return v / np.linalg.norm(v)


def risen(w, b, along, step):
    """The rise of the cosine after a step, times the length that the student then has."""
    return (cosine(w + step * along, b) - w @ b) * np.linalg.norm(w + step * along)


@pytest.mark.parametrize("name", ["teacher_step", "delta_step"])
def test_the_rise_is_that_of_the_stepped_vector(name):
    """Numpy takes the step; the derivative at 0 is g, and the curvature is bounded, by differences."""
    source = np.random.default_rng(0)
    for eta in (-0.7, 0.3, 2.0):
        named = dict(zip(VECTORS, source.standard_normal((5, 4)), strict=True))
        named["student"] *= np.sign(named["student"] @ named["truth"])
        w, b, along = (unit(named[one]) for one in ("student", "truth", "teacher"))
        if name == "delta_step":
            along = unit(named["chosen"]) - unit(named["rejected"])
        (low, rise), (same, high) = sides(name, of(eta, **named))
        assert rise == same == pytest.approx(risen(w, b, along, eta), abs=1e-12)
        before, now, after = (risen(w, b, along, step) for step in (-1e-4, 0, 1e-4))
        assert high == pytest.approx(eta * (after - before) / 2e-4, abs=1e-7)
        assert (after - 2 * now + before) / 1e-8 >= 2 * (low - high) / eta**2 - 1e-6


def test_every_shrunk_student_obeys_the_limit():
    """Students S f_t with any 0 <= S <= I, and that their error is what the claim computes."""
    source = np.random.default_rng(1)
    for _ in range(30):
        target, teacher = unit(source.standard_normal(4)), source.standard_normal(4)
        taught = (target @ teacher) / (teacher @ teacher) * teacher
        frame = ortho_group.rvs(4, random_state=source)
        student = frame @ (source.random(4) * (frame.T @ taught))
        eta = student @ student / (student @ taught)
        (crude, same), (limit, error) = sides(
            "random_feature_limit", of(eta, student=student, truth=target, teacher=teacher)
        )
        assert error == pytest.approx(np.sum((student - target) ** 2), abs=1e-12)
        left = 1 - taught @ taught
        expected = (np.sqrt(1 + 3 * left) - np.sqrt(1 - left)) ** 2 / 4
        assert limit == same == pytest.approx(expected, abs=1e-12)
        assert 0.75 * left**2 - 1e-12 <= limit <= error + 1e-12
        assert crude == pytest.approx(0.75 * left**2, abs=1e-12)


def test_the_limit_is_attained_at_every_error():
    for left in (0.1, 0.5, 2 / 3, 0.9):
        share = np.sqrt(1 - left)
        target = np.array([1.0, 0.0])
        taught = share * np.array([share, np.sqrt(left)])
        away = target - taught / 2
        student = taught / 2 + share / 2 * unit(away)
        instance = of(1, student=student, truth=target, teacher=taught)
        _, (limit, error) = sides("random_feature_limit", instance)
        assert limit == pytest.approx(error, abs=1e-12)


@each_claim
def test_tight_cases_are_tight(claim):
    decision = decide(claim, claim.tight)
    assert decision.outcome == "holds" and decision.lhs == decision.rhs != "0"
    judged = judge(claim, study(from_exact(claim.tight), claim).quantity)
    assert abs(float(judged.slack)) <= float(judged.tolerance) < 1e-13


@each_claim
def test_true_claims_hold(claim):
    outcomes = [
        decide(claim, one).outcome for one in itertools.islice(small(claim, None, None, 1), 500)
    ]
    assert "violated" not in outcomes and outcomes.count("undecided") < 100
    assert outcomes.count("holds") > 50
    (found,) = verify(claim, 1, instances=2000)
    assert found.violated == found.invalid == 0 and found.undecided <= 2


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_false_ones_are_refuted_by_both_engines(claim):
    stream = itertools.islice(small(claim, None, None, 0), 500)
    hit = next(one for one in stream if decide(claim, one).violated)
    found = confirm(claim, shrink(claim, hit))
    assert found is not None and found.instance.size <= 2
    assert Instance.from_json(found.instance.to_json()) == found.instance
    assert check(claim, found.instance, {}).violated


@each_claim
def test_doubles_agree_with_exact_numbers(claim):
    for key in jax.random.split(jax.random.key(5), 20):
        raw = draw(key)
        (instance,) = exact_instances(raw, claim)
        decision = decide(claim, instance)
        if decision.outcome == "holds":
            judged = judge(claim, study(raw, claim).quantity)
            assert judged.slack >= -judged.tolerance


def test_what_is_no_direction_is_refused():
    good = vectors(1, student=(1, 0), truth=(0, 1)).to_json()
    for change, word in (
        ({"vectors": {"student": ["0", "0"]}}, "'student' is 0"),
        ({"vectors": {"student": ["1"], "truth": ["1", "2"]}}, "one length"),
        ({"vectors": {}}, "some"),
        ({"vectors": {"nobody": ["1"]}}, "got 'nobody'"),
        ({"eta": "x"}, "eta"),
    ):
        with pytest.raises(ValueError, match=word):
            Instance.from_json(good | change)
    claim = CLAIMS["teacher_step"]
    assert decide(claim, vectors(1, student=(1, 0), truth=(0, 1))).outcome == "outside"
    assert decide(claim, vectors(1, student=(-1,), truth=(1,), teacher=(1,))).outcome == "outside"
