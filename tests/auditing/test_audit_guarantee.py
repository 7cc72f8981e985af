"""What is guaranteed holds: for any data, any class, any student, fitted here or elsewhere."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2sjax.auditing.audit import audit as audited
from w2sjax.auditing.data import audit_data
from w2sjax.auditing.quantities import Quantities
from w2sjax.auditing.ranking import rank

audit: Any = audited  # a number of a report may be None; here it is not
ROWS, WIDTH, MODELS = 8, 3, 2
numbers = st.floats(-1e3, 1e3, allow_subnormal=False)
SETS = ("affine", "l2_ball:1.5", "orthant", "bounded_values:2")


def vectors(*shape):
    return hnp.arrays(np.float64, shape, elements=numbers)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SETS),
    vectors(ROWS, WIDTH),
    vectors(MODELS, ROWS),
    vectors(ROWS),
    hnp.arrays(np.float64, WIDTH, elements=st.floats(0, 0.5)),
    st.sampled_from([0.0, 1e-6, 1.0]),
)
def test_the_gain_is_at_least_what_is_guaranteed(name, features, weak, noise, truth, share):
    """With share 0 the target lies in every one of the classes, up to rounding."""
    inside = np.clip(noise, -2, 2) if name == "bounded_values:2" else features @ truth
    data = audit_data(features, weak, target=inside + share * noise)
    report = audit(data, name)
    for model in report.models:
        if model.guaranteed_gain is not None:
            assert model.guaranteed_gain <= model.gain
    if report.certified:
        chosen = next(model for model in report.models if model.name == report.chosen)
        assert all(chosen.student_error <= model.student_error for model in report.models)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SETS[:3]),
    vectors(ROWS, WIDTH),
    vectors(MODELS, ROWS),
    vectors(ROWS),
    vectors(MODELS, ROWS),
)
def test_the_guarantee_covers_students_that_are_no_projections(
    name, features, weak, target, students
):
    report = audit(audit_data(features, weak, target=target, student_predictions=students), name)
    assert report.students == "given"
    for place, model in enumerate(report.models):
        expected = np.mean((students[place] - target) ** 2)
        np.testing.assert_allclose(model.student_error, expected, rtol=1e-9, atol=1e-300)
        if model.guaranteed_gain is not None:
            assert model.guaranteed_gain <= model.gain


@pytest.mark.parametrize(
    "name", ["affine", "l2_ball:1.5", "simplex", "box:-1,1", "bounded_values:2"]
)
def test_given_projections_are_as_good_as_found_ones(name):
    generator = np.random.default_rng(0)
    features, noise = generator.normal(size=(20, WIDTH)), generator.normal(size=(MODELS, 20))
    target = features @ np.array([0.5, 0.2, 0.3])
    weak = target + noise
    data = audit_data(features, weak, target=target)
    own = audit(data, name)
    assert all(model.status == "CERTIFIED" for model in own.models)
    from w2sjax.auditing.classes import choose
    from w2sjax.projecting.hypothesis import hypothesis_class
    from w2sjax.projecting.projection import project

    choice = choose(name, data, None)
    weights = jnp.ones(20)
    hypothesis = hypothesis_class(
        choice.set, None if choice.of_values else jnp.asarray(features), weights
    )
    students = np.stack([project(hypothesis, jnp.asarray(row)).values for row in weak])
    given_ = audit(audit_data(features, weak, target=target, student_predictions=students), name)
    for left, right in zip(own.models, given_.models, strict=True):
        np.testing.assert_allclose(left.gain, right.gain, rtol=1e-9)
        np.testing.assert_allclose(left.guaranteed_gain, right.guaranteed_gain, atol=1e-5)


def test_a_student_that_is_halfway_has_a_gap_and_keeps_its_guarantee():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(40, WIDTH))
    target = features @ np.array([1.0, 2.0, -1.0])
    weak = target + generator.normal(size=(1, 40))
    design = np.column_stack([features, np.ones(40)])
    projection = design @ np.linalg.lstsq(design, weak[0])[0]
    student = (projection + 0.1 * design @ np.ones(4))[None, :]
    data = audit_data(features, weak, target=target, student_predictions=student)
    (model,) = audit(data).models
    moved = np.mean((student[0] - projection) ** 2)
    assert moved * (1 - 1e-12) <= model.gap <= 2 * moved and model.status == "LOOSE"
    assert model.guaranteed_gain <= model.gain < model.misfit


def quantities(weak_error, misfit, student_error, low, high):
    size = len(weak_error)
    blank: dict[str, Any] = {name: np.zeros(size) for name in Quantities.__dataclass_fields__}
    blank.update(
        weak_error=np.array(weak_error),
        misfit=np.array(misfit),
        student_error=np.array(student_error),
        student_error_low=np.array(low),
        student_error_high=np.array(high),
    )
    return Quantities(**blank)


def test_ranking_by_hand():
    found = quantities([3.0, 2.0], [2.5, 0.1], [1.0, 0.5], [0.1, 0.9], [0.8, 3.0])
    assert rank(found, "ab") == {"chosen": "a", "certified": True, "best": "b", "regret": 0.5}
    tied = quantities([3.0, 2.0], [2.5, 0.1], [1.0, 0.5], [0.1, 0.8], [0.8, 3.0])
    assert not rank(tied, "ab")["certified"]
    nothing = quantities([np.nan], [1.0], [np.nan], [np.nan], [np.nan])
    nobody = {"chosen": None, "certified": False, "best": None, "regret": None}
    assert rank(nothing, "a") == nobody


def test_held_out_points_measure_the_fitted_student():
    generator = np.random.default_rng(3)
    features = generator.normal(size=(50, WIDTH))
    target = features @ np.ones(WIDTH) + 0.2 * generator.normal(size=50)
    weak = target + generator.normal(size=(MODELS, 50))
    report = audit(audit_data(features, weak, target=target), split="last:0.4")
    assert (report.part, report.n) == ("fit", 30)
    held = report.held_out
    assert (held.part, held.n, held.students) == ("held-out", 20, "fitted")
    design = np.column_stack([features, np.ones(50)])
    for place, (model, fitted) in enumerate(zip(held.models, report.models, strict=True)):
        theta = np.linalg.lstsq(design[:30], weak[place, :30])[0]
        student = design @ theta
        np.testing.assert_allclose(fitted.misfit, np.mean((student - weak[place])[:30] ** 2))
        np.testing.assert_allclose(model.misfit, np.mean((student - weak[place])[30:] ** 2))
        np.testing.assert_allclose(model.student_error, np.mean((student - target)[30:] ** 2))
        own = design[30:] @ np.linalg.lstsq(design[30:], weak[place, 30:])[0]
        moved = np.mean((student[30:] - own) ** 2)
        assert moved * (1 - 1e-12) <= model.gap <= 2 * moved
        assert model.guaranteed_gain <= model.gain
        best = design[30:] @ np.linalg.lstsq(design[30:], target[30:])[0]
        np.testing.assert_allclose(model.epsilon, np.mean((best - target[30:]) ** 2))


def test_random_splits_depend_on_the_key_alone():
    generator = np.random.default_rng(3)
    features = generator.normal(size=(20, WIDTH))
    data = audit_data(features, generator.normal(size=(MODELS, 20)))
    first, again, other = (audit(data, split="0.3", key=jax.random.key(k)) for k in (1, 1, 2))
    assert first == again and first.models != other.models
    assert first.held_out.n == 6 and first.held_out.models[0].guarantee is not None
