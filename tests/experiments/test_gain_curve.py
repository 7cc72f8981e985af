"""The gain curve on a few runs: columns, published numbers, the crossing, same seed same data."""

import json

import jax
import numpy as np
import pytest

from experiments import gain_curve, gain_sweeps
from experiments._gain_runs import Program, Setting
from experiments._run import read

SMALL = gain_curve.Config(runs=40, overlaps=(10, 30, 50), blocks=1, permutations=99)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gain_curve")
    patch = pytest.MonkeyPatch()
    patch.setitem(gain_curve.PRESETS, "quick", SMALL)
    try:
        assert gain_curve.main(["--out", str(folder)]) == 0
    finally:
        patch.undo()
    return folder


def test_the_columns_are_as_promised(study):
    data = read(study / "data.csv")
    names = ["n_overlap", "overlap_density", "model", "region", "mean", "std", "stderr", "runs"]
    assert list(data) == names
    assert len(data["mean"]) == 3 * 3 * 4
    assert set(data["model"]) == {"weak", "oracle", "student"}
    assert set(data["region"]) == {"all", "easy", "hard", "overlap"}
    np.testing.assert_allclose(data["stderr"], np.array(data["std"]) / 40**0.5)


def test_published_numbers_are_reproduced(study):
    """18 z-scores of correlated means; one beyond 4.5 has a probability of about 1e-4."""
    z = np.array(read(study / "comparison.csv")["z"])
    assert z.size == 18 and np.abs(z).max() < 4.5


def test_the_manifest_says_what_was_found(study):
    manifest = json.loads((study / "manifest.json").read_text())
    facts = manifest["monotonicity"]
    assert facts["rising_p"] == 0.01 and facts["falling_p"] > 0.01
    assert 0.05 < facts["crossing"] < 0.15 and facts["crossing_stderr"] < 0.05
    assert sum(manifest["statuses"].values()) == 40 * 3 * 3
    assert manifest["largest_radius"] <= 1e-6
    for name in ("gain_curve.pdf", "gain_curve_regions.png"):
        assert (study / name).exists()


def test_crossing():
    densities = np.array([0.1, 0.2, 0.3])
    assert gain_curve.crossing(densities, np.array([-1.0, 1.0, 2.0])) == pytest.approx(0.15)
    assert np.isnan(gain_curve.crossing(densities, np.ones(3)))


@pytest.mark.slow
def test_chunks_change_nothing():
    setting = Setting(((10, 10, 5), (10, 10, 10)), dimension=3)
    key = jax.random.key(5)
    first, second = (Program(setting, blocks).run(key, setting, 100) for blocks in (1, 2))
    np.testing.assert_allclose(first.exact, second.exact, atol=1e-7)


def test_settings_cover_the_sweeps():
    cases = gain_sweeps.settings(gain_sweeps.PRESETS["paper"])
    assert {sweep for sweep, _, _ in cases} == {
        "total", "size", "dimension", "separation", "noise", "student"
    }  # fmt: skip
    total = next(setting for sweep, _, setting in cases if sweep == "total")
    assert {sum(row) for row in total.counts} == {250}


def test_sweeps_are_written_and_drawn(tmp_path, monkeypatch):
    small = gain_sweeps.Config(
        runs=8, overlaps=(10, 50), sizes=(), dimensions=(), separations=(1.0, 3.0), variances=(),
        students=(), fixed_total=False,
    )  # fmt: skip
    monkeypatch.setitem(gain_sweeps.PRESETS, "quick", small)
    assert gain_sweeps.main(["--out", str(tmp_path)]) == 0
    data = read(tmp_path / "data.csv")
    names = ["sweep", "value", "n_overlap", "overlap_density", "weak", "oracle", "student", "gain"]
    assert list(data) == [*names, "stderr", "runs"]
    gain = dict(zip(zip(data["value"], data["n_overlap"], strict=True), data["gain"], strict=True))
    assert gain[3, 50] > gain[1, 50] > gain[1, 10]
    statuses = json.loads((tmp_path / "manifest.json").read_text())["statuses"]
    assert sum(statuses.values()) == 2 * 2 * 3 * 8
    assert (tmp_path / "gain_map.png").stat().st_size > 10_000
