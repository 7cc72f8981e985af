"""The detection study: rates against closed forms, another search, files and figures."""

import csv
import dataclasses
import functools
import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from experiments import detection
from w2sjax.machine.compilation import compile_quickly
from w2sjax.mixture.model import EASY, HARD, OVERLAP
from w2sjax.overlap.change_point import change_point
from w2sjax.overlap.detection import detect

POINTS = 400

SMALL = detection.Config(
    separations=(4.0, 16.0), noises=(1.5,), points=60, dimension=3, repetitions=6, compared=2
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Rows of a small run, as the experiment writes them, and its folder."""
    folder = tmp_path_factory.mktemp("detection")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(detection.PRESETS, "quick", SMALL)
        assert detection.main(["--preset", "quick", "--out", str(folder)]) == 0
    with (folder / "data.csv").open() as file:
        return list(csv.DictReader(file)), folder


def test_files(run):
    rows, folder = run
    assert len(rows) == 4 and {row["case"] for row in rows} == set(detection.CASES)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["config"]["points"] == 60 and manifest["experiment"] == "detection"
    for suffix in (".png", ".pdf"):
        assert (folder / f"detection{suffix}").stat().st_size > 1000


def test_wide_separation_is_found_and_rates_are_closed_forms(run):
    rows, _ = run
    for row in rows:
        numbers = {name: float(value) for name, value in row.items() if name != "case"}
        separation = numbers["separation"]
        if separation == 16 and row["case"] == "zeroed":
            assert all(numbers[name] > 0.98 for name in ("precision", "recall"))
            assert abs(numbers["density_error"]) < 0.01
        assert numbers["recall"] == pytest.approx(1 - numbers["misses"])
        tail = norm.sf(separation / 2)
        assert numbers["rate_misses"] == pytest.approx(tail)
        rate = 0 if row["case"] == "zeroed" else 2 * tail
        assert numbers["rate_false_positives"] == pytest.approx(rate)
        # Within five standard errors of a share of 360 points.
        for name, expected in (("false_positives", rate), ("misses", tail)):
            error = (expected * (1 - expected) / 360) ** 0.5
            assert abs(numbers[f"direction_{name}"] - expected) <= 5 * error + 1e-12


@functools.cache
def _program():
    config = dataclasses.replace(SMALL, points=POINTS)
    given = jax.random.key(1), jnp.asarray(4.0), jnp.asarray(1.5), jnp.asarray(True)

    @jax.jit
    def program(key, separation, noise, zeroed):
        return detection.draw_study(key, separation, noise, zeroed, config)

    return compile_quickly(program.lower(*given)), given


def drawn(zeroed):
    """One study at four deviations, with noise or without."""
    program, given = _program()
    return jax.device_get(program(*given[:3], jnp.asarray(zeroed)))


def test_the_study_is_drawn_as_described():
    """Patterns zeroed or noise, easy coordinates three times as large, the weak model scikit-learn's."""
    mixture, chances, zeroed, regions = drawn(True)
    noisy = drawn(False)[2]
    assert np.bincount(regions).tolist() == [POINTS] * 3
    easy, hard = regions == EASY, regions == HARD
    assert np.all(zeroed[hard][:, :3] == 0) and np.all(zeroed[easy][:, 3:] == 0)
    assert np.array_equal(zeroed[regions == OVERLAP], noisy[regions == OVERLAP])
    assert np.std(noisy[hard][:, :3]) == pytest.approx(3 * 1.5, rel=0.1)
    assert np.std(noisy[easy][:, 3:]) == pytest.approx(1.5, rel=0.1)
    for mean in (mixture.easy_mean, mixture.hard_mean):
        assert float(np.linalg.norm(mean)) == pytest.approx(6)
    # Where the easy pattern is missing the weak model knows nothing but its intercept.
    assert np.ptp(np.asarray(chances)[hard]) == 0
    # Its labels are good where the pattern is there: another fit, on the test points, agrees.
    signs = np.sign(np.asarray(zeroed[:, :3] @ mixture.easy_mean))
    again = LogisticRegression().fit(zeroed[~hard][:, :3], signs[~hard])
    agree = again.predict(zeroed[~hard][:, :3]) == np.where(chances[~hard] > 0.5, 1, -1)
    assert agree.mean() > 0.95


def test_another_search_with_the_same_answer_changes_nothing():
    """The exact search in ruptures' place gives the same density."""

    def exact(ordered):
        split = change_point(jnp.asarray(ordered))
        return int(np.count_nonzero(ordered < float(split.threshold)))

    _, chances, features, _ = drawn(False)
    found = detect(jnp.asarray(chances), jnp.asarray(features))
    arrays = {
        "confidence": np.asarray(found.confidence),
        "scores": np.asarray(found.scores),
        "features": features,
        "density": float(found.density),
    }
    again = detection.search_again(arrays, exact)
    assert 0 < again["exact"] < 1
    assert again["exact"] == again["ruptures"] == again["ruptures_second_split"]
    assert again["hard_moved"] == 0
    elsewhere = detection.search_again(arrays, lambda ordered: exact(ordered) + 5)
    assert elsewhere["hard_moved"] == 5 and elsewhere["ruptures_second_split"] < again["exact"]
