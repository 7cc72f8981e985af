"""Digits with an easy and a hard half: what points are made of, and the whole pipeline on a few runs."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments import _digit_halves as halves
from experiments import digits_overlap
from experiments._run import read
from w2sjax.mixture.model import EASY, HARD, OVERLAP

SMALL = digits_overlap.Config(densities=(0.1, 0.4), runs=4, rounds=8, selections=2)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The folder of a small study."""
    folder = tmp_path_factory.mktemp("digits")
    patch = pytest.MonkeyPatch()
    patch.setitem(digits_overlap.PRESETS, "quick", SMALL)
    try:
        assert digits_overlap.main(["--out", str(folder)]) == 0
    finally:
        patch.undo()
    return folder


def test_images_are_those_of_the_labels():
    images, labels = halves.load((4, 9))
    assert images.shape == (361, 64) and set(np.unique(labels)) == {0, 1}
    np.testing.assert_allclose(images.mean(axis=0), 0, atol=1e-12)
    everything, parity = halves.load(None)
    assert everything.shape == (1797, 64)
    assert np.sum(parity) == 906  # ones, threes, fives, sevens and nines


def test_halves_are_set_to_zero():
    images = jnp.arange(1.0, 1 + 3 * 64).reshape(3, 64)
    shown = np.asarray(halves.restrict(images, jnp.asarray([EASY, HARD, OVERLAP])))
    assert np.all(shown[0, :32] == images[0, :32]) and np.all(shown[0, 32:] == 0)
    assert np.all(shown[1, :32] == 0) and np.all(shown[1, 32:] == images[1, 32:])
    assert np.all(shown[2] == images[2])


def test_the_left_half_comes_first():
    """A picture put together again is the bundled one but for the mean."""
    from sklearn.datasets import load_digits

    images, _ = halves.load(None)
    first = np.concatenate(np.asarray(images[0]).reshape(2, 8, 4), axis=1)
    bundle: Any = load_digits()
    np.testing.assert_allclose(first, (bundle.images[0] - bundle.images.mean(axis=0)) / 16)


def test_an_empty_image_has_no_activations():
    layer = halves.random_layer(jax.random.key(0))
    np.testing.assert_array_equal(halves.activations(layer, jnp.zeros((2, 64))), 0)


def test_lessons_have_the_density():
    images, labels = halves.load((4, 9))
    taught = halves.lesson(
        jax.random.key(1), images, labels, jnp.asarray(0.3), jnp.asarray(1.0), sizes=(100, 150)
    )
    counts = np.bincount(np.asarray(taught.regions), minlength=3)
    assert counts.tolist() == [52, 53, 45]
    assert np.all(
        taught.chances[taught.regions == HARD] == taught.chances[taught.regions == HARD][0]
    )
    pictures = [np.asarray(part) for part in (taught.sold[0], taught.test[0])]
    assert len(pictures[1]) == len(labels) - 250
    both = {row.tobytes() for row in pictures[0]} & {row.tobytes() for row in pictures[1]}
    assert len(both) <= 2  # no picture is in both sets, unless the data hold it twice


def test_students_pass_their_teacher_where_overlap_is_dense(study):
    data = read(study / "data.csv")
    keys = zip(data["density"], data["model"], data["region"], strict=True)
    mean = dict(zip(keys, data["mean"], strict=True))
    assert len(mean) == 2 * 5 * 4
    assert mean[0.4, "student", "all"] > mean[0.4, "weak", "all"] + 0.05
    assert mean[0.4, "student", "hard"] > 0.75 > 0.6 > mean[0.4, "weak", "hard"] > 0.4
    assert mean[0.4, "student", "all"] > mean[0.1, "student", "all"]
    for model in digits_overlap.MODELS:
        parts = [mean[0.4, model, region] for region in ("easy", "hard", "overlap")]
        assert np.dot((0.3, 0.3, 0.4), parts) == pytest.approx(mean[0.4, model, "all"])


def test_detection_beats_guessing(study):
    data = read(study / "detection.csv")
    keys = zip(data["density"], data["features"], data["quantity"], strict=True)
    found = dict(zip(keys, data["mean"], strict=True))
    for kind in halves.KINDS:
        assert found[0.4, kind, "precision"] > 0.6  # 0.4 by chance
        assert found[0.4, kind, "recall"] > 0.5


def test_sources_are_bought_from(study):
    data = read(study / "selection.csv")
    last = [i for i, time in enumerate(data["round"]) if time == SMALL.rounds]
    assert len(last) == 5
    density = {data["strategy"][i]: data["density"][i] for i in last}
    assert (
        density["best"] > density["uniform"] and max(density.values()) <= max(halves.SOURCES) + 0.2
    )
    assert all(0.5 < data["accuracy"][i] <= 1 for i in last)
    assert (study / "digits_overlap.png").stat().st_size > 10_000


def test_bad_digits_are_refused(capsys):
    for digits in (["4", "4"], ["3", "10"]):
        with pytest.raises(SystemExit) as stop:
            digits_overlap.main(["--digits", *digits])
        assert stop.value.code == 2
    assert "two different digits" in capsys.readouterr().err
