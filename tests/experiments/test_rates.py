"""Rates on a small study: against brute force, the slope of a known power law, and the files."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments import rates
from experiments._run import read
from w2sjax import project

SMALL = rates.Config(
    sizes=(32, 256, 2048),
    repetitions=12,
    population=128,
    dimension=3,
    radii=(0.5, 2.0),
    dimensions=(2,),
    table_size=256,
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The folder of a small study."""
    folder = tmp_path_factory.mktemp("rates")
    patch = pytest.MonkeyPatch()
    patch.setitem(rates.PRESETS, "quick", SMALL)
    try:
        assert rates.main(["--out", str(folder)]) == 0
    finally:
        patch.undo()
    return folder


@pytest.mark.parametrize(("constraint", "level"), rates.CONSTRAINTS.items())
def test_the_constraint_is_as_named(constraint, level):
    instance = rates.population(jax.random.key(0), 512, 8, 1.0, level)
    found = project(instance.hypothesis, instance.weak)
    norm = np.linalg.norm(np.asarray(found.coefficients))
    assert norm == pytest.approx(1, abs=1e-9) if constraint == "active" else norm < 0.9
    assert np.abs(instance.weak).max() <= instance.bound
    assert np.linalg.norm(np.asarray(instance.hypothesis.features), axis=1).max() <= 1


def test_samples_have_their_size():
    instance = rates.population(jax.random.key(0), 64, 2, 1.0, 1.0)
    for size in (1, 33, 100):
        found = rates.resample(jax.random.key(1), instance, jnp.asarray(float(size)), 100)
        assert found.counts.sum() == found.size == size


def test_the_slope_of_a_power_law_is_found():
    curves = [
        {"constraint": "active", "n": n, "gap": 3 * n**-0.7, "gap_stderr": 0.01 * n**-0.7}
        for n in (10, 100, 1000, 10_000)
    ]
    found = rates._slope(curves, "active", "gap")
    assert found["slope"] == pytest.approx(-0.7, abs=1e-12)
    # Least squares with errors of 1/300 in the logarithm: sigma / sqrt(sum of squared deviations).
    spread = np.log(10) * np.sqrt(5)
    assert found["stderr"] == pytest.approx(1 / 300 / spread, rel=1e-6)


def test_everything_falls_and_stays_below_its_bound(study):
    data = {name: np.array(values) for name, values in read(study / "data.csv").items()}
    for constraint in rates.CONSTRAINTS:
        chosen = data["constraint"] == constraint
        for name in ("excess", "gap", "supremum"):
            values, bounds = data[name][chosen], data[f"{name}_bound"][chosen]
            assert np.all(np.diff(values) < 0)
            assert np.all(values < bounds)
        for name in ("theorem_2", "sharpened"):
            assert np.all(data[name][chosen] > 1)
    assert all(np.all(data[name] == 0) for name in rates.VERDICTS)


def test_the_manifest_counts_failures(study):
    manifest = json.loads((study / "manifest.json").read_text())
    assert manifest["failures"] == dict.fromkeys(rates.VERDICTS, 0)
    assert manifest["failure_allowed"] == 0.1
    assert manifest["config"]["repetitions"] == 12
    assert (study / "rates.pdf").exists()


def test_the_same_seed_is_the_same_data(study, tmp_path, monkeypatch):
    monkeypatch.setitem(rates.PRESETS, "quick", SMALL)
    assert rates.main(["--out", str(tmp_path)]) == 0
    assert (tmp_path / "data.csv").read_text() == (study / "data.csv").read_text()
