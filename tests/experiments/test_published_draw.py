"""The published draw: what is known of the authors' streams, and a short study on it."""

import csv

import numpy as np
import pytest

from experiments import misfit_gain
from experiments._learners import Learners
from experiments._published_draw import SEED, TorchStream, published_draw
from w2sjax.representations import Schedule

SHORT = Schedule(epochs=2, batch=64)
SMALL = misfit_gain.Config(
    learners=Learners(tasks=2, points=64, schedule=SHORT), tasks=4, points=50, heads=SHORT
)


def features(parameters, inputs):
    """The network in numpy."""
    for layer in parameters["params"].values():
        inputs = np.maximum(inputs @ layer["kernel"] + layer["bias"], 0)
    return inputs


@pytest.fixture(scope="module")
def draw():
    """The draw as published, but for the shuffles, which the networks and tasks do not depend on."""
    return published_draw(Learners(schedule=SHORT), 100, 2000, SHORT)


def test_the_stream_is_that_of_pytorch():
    """The first numbers of `torch.manual_seed(0); torch.rand(5)`, as its documentation prints them."""
    known = [0.4963, 0.7682, 0.0885, 0.1320, 0.3074]
    np.testing.assert_allclose(TorchStream(0).uniform(5), known, atol=5e-5)


def test_a_layer_draws_its_weight_row_by_row_and_then_its_bias():
    uniform, layer = TorchStream(3).uniform(12), TorchStream(3).linear(2, 4)
    expected = np.sqrt(0.5) * (2 * uniform.astype(float) - 1)
    np.testing.assert_allclose(layer["kernel"].T.ravel(), expected[:8], atol=1e-6)
    np.testing.assert_allclose(layer["bias"], expected[8:], atol=1e-6)


def test_tasks_are_as_variable_as_published(draw):
    """Variances over the inputs of truth and new tasks; four of their standard errors from many points."""
    inputs = np.random.default_rng(0).normal(0, 500, (100_000, 8)).astype(np.float32)
    seen = features(draw.truth, inputs)
    slopes, intercepts = map(np.asarray, (draw.new_heads.coefficients, draw.new_heads.intercepts))
    values = seen @ slopes.T + intercepts
    variances = values.var(axis=0)
    assert np.argsort(-variances)[:5].tolist() == [5, 42, 41, 26, 1]
    np.testing.assert_allclose(variances[[5, 42, 41]], [2.79, 2.14, 2.03], rtol=0.02)
    # On the points of the draw itself, too, where a variance has an error of 4 %.
    own = [
        (features(draw.truth, x) @ a + c).var()
        for x, a, c in zip(draw.new_inputs[:, 0], slopes, intercepts, strict=True)
    ]
    assert np.mean(own) == pytest.approx(0.88, abs=0.02)


def test_inputs_and_shuffles_follow_numpys_legacy_stream():
    """The stream once more, in the words of a notebook; later blocks come after all shuffles."""
    config, stream = SMALL.learners, np.random.RandomState(SEED)
    found = published_draw(config, SMALL.tasks, SMALL.points, SMALL.heads)
    inputs = [stream.normal(0, 500, (64, 8)) for _ in range(2)]
    orders = [[stream.permutation(64) for _ in range(2)] for _ in range(4)]
    fitted = [stream.normal(0, 500, (50, 8)) for _ in range(4)]
    [stream.permutation(50) for _ in range(4 * 2 * 2)]
    [stream.normal(0, 500, (50, 8)) for _ in range(4)]
    [stream.permutation(50) for _ in range(4 * 2)]
    fresh = [[stream.normal(0, 500, (50, 8)) for _ in range(2)][0] for _ in range(4)]
    np.testing.assert_array_equal(found.inputs, np.array(inputs, np.float32))
    np.testing.assert_array_equal(found.orders["deep"], orders[:2])
    np.testing.assert_array_equal(found.orders["shallow"], orders[2:])
    np.testing.assert_array_equal(found.new_inputs[:, 0], np.array(fitted, np.float32))
    np.testing.assert_array_equal(found.new_inputs[:, 1], np.array(fresh, np.float32))


def test_a_study_of_the_published_draw(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(misfit_gain.PRESETS, "quick", SMALL)
    assert misfit_gain.main(["--truth", "published", "--out", str(tmp_path)]) == 0
    with (tmp_path / "data.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = ("realizable", "pretraining")
    assert [(row["panel"], int(row["task"])) for row in rows] == [
        (panel, task) for panel in names for task in range(4)
    ]
    draw = published_draw(SMALL.learners, SMALL.tasks, SMALL.points, SMALL.heads)
    for row, inputs in zip(rows, [*draw.new_inputs[:, 1]] * 2, strict=True):
        task = int(row["task"])
        target = features(draw.truth, inputs) @ np.asarray(draw.new_heads.coefficients[task])
        assert float(row["variance"]) == pytest.approx(target.var(), rel=1e-5)
        assert (float(row["realizable"]) == 1) == (row["panel"] == "realizable")
    assert "published truth, reduced schedules" in capsys.readouterr().out
    assert (tmp_path / "misfit_gain.png").exists()
    assert misfit_gain.main(["--truth", "published", "--seeds", "2", "--out", str(tmp_path)]) == 2
    assert "--seeds" in capsys.readouterr().err
