"""Arrays in shards are those of one file; a shard that is missing or disagrees is named in one line."""

import json

import ml_dtypes
import numpy as np
import pytest
from safetensors.numpy import save_file

from w2sjax.auditing.changes import unchanged
from w2sjax.auditing.classification.data import load_classifiers
from w2sjax.auditing.data import load
from w2sjax.auditing.pieces import Pieces
from w2sjax.auditing.shards import points_axis

ENDS = [4, 5, 9]  # rows before each shard but the first, of 12


def arrays(dtype=np.float32):
    random = np.random.default_rng(0)
    return {
        "strong_features": random.normal(size=(12, 3)).astype(dtype),
        "weak_predictions": random.normal(size=(2, 12)),
        "weights": np.r_[np.zeros(4), random.uniform(size=8)],  # all zero in the first shard
        "weak_probabilities": random.dirichlet(np.ones(3), size=12),
    }


def parts(name, array):
    return np.split(array, ENDS, axis=points_axis(name, array.ndim))


def save_npy(folder, given, name="{}-{:05}-of-{:05}.npy"):
    for array in given:
        for place, part in enumerate(parts(array, given[array])):
            np.save(folder / name.format(array, place, 4), part)


def save_tensors(folder, given):
    for place in range(4):
        tensors = {name: np.ascontiguousarray(parts(name, given[name])[place]) for name in given}
        save_file(tensors, folder / f"model-{place + 1:05}-of-00004.safetensors")


def refused(folder, *words):
    with pytest.raises(ValueError) as caught:
        load(folder)
    message = str(caught.value)
    assert "\n" not in message and all(word in message for word in words), message


@pytest.mark.parametrize("save", [save_npy, save_tensors])
@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
def test_shards_are_one_array(tmp_path, save, dtype):
    given = arrays(dtype)
    save(tmp_path, given)
    data = load(tmp_path)
    assert isinstance(data.strong_features, Pieces) and data.strong_features.dtype == dtype
    for name, array in given.items():
        np.testing.assert_array_equal(
            np.asarray(getattr(data, name), np.float64), array.astype(float)
        )
    classes = load_classifiers(tmp_path)
    np.testing.assert_allclose(classes.weak_probabilities[0], given["weak_probabilities"])


def test_bad_shards_are_named(tmp_path):
    save_npy(tmp_path, arrays())
    shard = tmp_path / "strong_features-00002-of-00004.npy"
    last = tmp_path / "strong_features-00003-of-00004.npy"
    held, content = np.load(shard), last.read_bytes()
    np.save(shard, held[:, :2])
    refused(tmp_path, shard.name, "shape (4, 2)")
    np.save(shard, held.astype(float))
    refused(tmp_path, shard.name, "dtype float64")
    np.save(shard, held[1:])
    refused(tmp_path, "weak_predictions-00002-of-00004.npy: has 4 points", f"{shard.name} has 3")
    np.save(shard, held)
    last.write_bytes(content[:-1])
    refused(tmp_path, last.name, "truncated")
    last.unlink()
    refused(tmp_path, f"shard {last.name} is missing")
    last.write_bytes(content)
    np.save(tmp_path / "strong_features-2-of-4.npy", held)
    refused(tmp_path, "same shard")
    (tmp_path / "strong_features-2-of-4.npy").rename(tmp_path / "strong_features-2-of-5.npy")
    refused(tmp_path, "does not belong")


def test_numbers_of_shards_may_begin_with_one(tmp_path):
    save_npy(tmp_path, arrays())
    for file in sorted(tmp_path.iterdir(), reverse=True):
        name, place, *_ = file.name.split("-")
        file.rename(tmp_path / f"{name}-{int(place) + 1}-of-4.npy")
    assert len(load(tmp_path).strong_features) == 12


def test_an_index_says_which_shards_there_are(tmp_path):
    save_tensors(tmp_path, arrays())
    index = tmp_path / "model.safetensors.index.json"
    name = "model-00001-of-00004.safetensors"
    index.write_text(json.dumps({"weight_map": {"strong_features": name}}))
    assert len(load(tmp_path).strong_features) == 12
    index.write_text(json.dumps({"weight_map": {"strong_features": "model-5.safetensors"}}))
    refused(tmp_path, index.name, "shard model-5.safetensors is missing")
    index.write_text(json.dumps({"weight_map": {"layer": name}}))
    refused(tmp_path, name, "no tensor 'layer'")
    for damaged in ("{", "[]", '{"weight_map": 3}', "[" * 10**5):
        index.write_text(damaged)
        refused(tmp_path, index.name, "not an index")


def test_arrays_may_have_other_names(tmp_path):
    given = arrays()
    save_npy(tmp_path, {"layer_20": given["strong_features"]})
    np.save(tmp_path / "y.npy", given["weak_predictions"])
    data = load(tmp_path, arrays={"strong_features": "layer_20", "weak_predictions": "y"})
    np.testing.assert_array_equal(np.asarray(data.strong_features), given["strong_features"])
    for names, word in (
        ({"strong_features": "layer_2"}, "did you mean 'layer_20'?"),
        ({"strong_features": "activations"}, "it has: 'layer_20', 'y'"),
        ({"features": "y"}, "array 'features'"),
    ):
        with pytest.raises(ValueError, match="array") as caught:
            load(tmp_path, arrays=names)
        assert word in str(caught.value)


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".bin", ".pkl", ".pickle", ".joblib"])
def test_pickles_are_never_loaded(tmp_path, suffix):
    (tmp_path / f"held{suffix}").write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    refused(tmp_path / f"held{suffix}", "never loaded", "convert it", "numpy.savez")


def test_a_file_that_changes_while_it_is_read_is_named(tmp_path):
    save_npy(tmp_path, arrays())
    file = tmp_path / "weights-00001-of-00004.npy"
    for change in (lambda: file.write_bytes(file.read_bytes() * 2), file.unlink):
        with pytest.raises(ValueError, match=f"{file.name}: changed while it was read"):
            with unchanged(tmp_path):
                change()
    np.save(file, arrays()["weights"][4:5])
    with file.open("ab") as grown:
        grown.write(bytes(8))
    refused(tmp_path, file.name, "8 bytes beyond its array")
