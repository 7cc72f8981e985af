"""Loading .npz files, folders of .npy files and .safetensors files."""

import builtins
import json
import tracemalloc
import zipfile

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save_file

from w2sjax.auditing.checks import DataError
from w2sjax.auditing.data import load
from w2sjax.auditing.file_rows import FileRows
from w2sjax.projecting.stored_rows import StoredRows

ROWS, WIDTH, MODELS = 12, 3, 2
NUMERIC = ["strong_features", "weak_predictions", "target", "weights", "student_predictions"]


def arrays(**changes):
    generator = np.random.default_rng(0)
    given = {
        "strong_features": generator.normal(size=(ROWS, WIDTH)),
        "weak_predictions": generator.normal(size=(MODELS, ROWS)),
        "weak_names": np.array(["small", "größer"]),
        "target": generator.normal(size=ROWS),
        "weights": generator.uniform(1, 2, size=ROWS),
        "student_predictions": generator.normal(size=(MODELS, ROWS)),
    }
    return {name: array for name, array in {**given, **changes}.items() if array is not None}


def save_npz(folder, given):
    np.savez(folder / "data.npz", **given)
    return folder / "data.npz"


def save_compressed(folder, given):
    np.savez_compressed(folder / "data.NPZ.npz", **given)
    return folder / "data.NPZ.npz"


def save_folder(folder, given):
    for name, array in given.items():
        np.save(folder / f"{name}.npy", array)
    return folder


def save_safetensors(folder, given):
    tensors = {name: array for name, array in given.items() if name != "weak_names"}
    metadata = None
    if "weak_names" in given:
        metadata = {"weak_names": json.dumps(given["weak_names"].tolist())}
    save_file(tensors, folder / "data.safetensors", metadata=metadata)
    return folder / "data.safetensors"


SAVERS = [save_npz, save_compressed, save_folder, save_safetensors]
every_format = pytest.mark.parametrize("save", SAVERS)


def refused(path, *words, **options):
    with pytest.raises(DataError) as caught:
        load(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    for word in (str(path), *words):
        assert word in message, message


@every_format
def test_round_trip(tmp_path, save):
    given = arrays()
    path = save(tmp_path, {**given, "something_else": np.ones(3)})
    data = load(str(path))
    for name in NUMERIC:
        array = getattr(data, name)
        assert array.dtype == np.float64
        np.testing.assert_array_equal(array, given[name])
    assert data.weak_names == ("small", "größer")
    assert data.source == str(path)
    assert data.warnings == ("arrays of other names are not used: 'something_else'",)


@every_format
def test_optional_arrays_may_be_missing(tmp_path, save):
    given = arrays(weak_names=None, target=None, weights=None, student_predictions=None)
    data = load(save(tmp_path, given))
    assert data.target is None and data.weights is None and data.student_predictions is None
    assert data.weak_names == ("weak_0", "weak_1")


@given(
    st.data(),
    st.integers(1, 6),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([np.float16, np.float32, np.float64]),
)
@settings(derandomize=True, deadline=None, max_examples=50)
def test_npz_round_trip_of_any_arrays(tmp_path_factory, draws, rows, width, models, dtype):
    elements = hnp.from_dtype(np.dtype(dtype), allow_nan=False, allow_infinity=False)
    given = {
        "strong_features": draws.draw(hnp.arrays(dtype, (rows, width), elements=elements)),
        "weak_predictions": draws.draw(hnp.arrays(dtype, (models, rows), elements=elements)),
        "target": draws.draw(hnp.arrays(dtype, rows, elements=elements)),
    }
    data = load(save_npz(tmp_path_factory.mktemp("npz"), given))
    for name, array in given.items():
        loaded = getattr(data, name)
        np.testing.assert_array_equal(loaded, array.astype(np.float64))
        np.testing.assert_array_equal(np.signbit(loaded), np.signbit(array))


@pytest.mark.parametrize("save", [save_folder, save_safetensors])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, ml_dtypes.bfloat16])
def test_features_stay_in_their_file(tmp_path, save, dtype):
    given = arrays(strong_features=arrays()["strong_features"].astype(dtype))
    features = load(save(tmp_path, given)).strong_features
    assert isinstance(features, FileRows)
    assert features.dtype == dtype

    np.testing.assert_array_equal(features, given["strong_features"])


def test_columns_first_features_stay_there(tmp_path):
    given = arrays(strong_features=np.asfortranarray(arrays()["strong_features"]))
    features = load(save_folder(tmp_path, given)).strong_features
    assert isinstance(features, FileRows)
    np.testing.assert_array_equal(features, given["strong_features"])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_stored_features_are_checked_without_a_copy(tmp_path, dtype):
    shape = (10**6, 32)
    path = save_folder(tmp_path, {"weak_predictions": np.zeros(shape[0])})
    # A sparse file: zeros that take no room on the disk.
    np.lib.format.open_memmap(path / "strong_features.npy", "w+", dtype, shape).flush()
    tracemalloc.start()
    data = load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < data.strong_features.size


@every_format
@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.int32, np.uint8, bool])
def test_narrow_dtypes_are_widened(tmp_path, save, dtype):
    narrow = {
        name: np.abs(array * 8).astype(dtype)
        for name, array in arrays(weak_names=None).items()
        if name != "weights"
    }
    data = load(save(tmp_path, narrow))
    for name, array in narrow.items():
        loaded = getattr(data, name)
        stays = name == "strong_features" and isinstance(loaded, StoredRows)
        assert loaded.dtype == (dtype if stays else np.float64)
        np.testing.assert_array_equal(loaded, array.astype(np.float64))


@every_format
def test_values_are_validated(tmp_path, save):
    bad = arrays()
    bad["weak_predictions"][1, 4] = np.nan
    refused(save(tmp_path, bad), "weak_predictions", "NaN", "row 1", "column 4")


@every_format
@pytest.mark.parametrize("shape", [(0, 3), (ROWS, 0)])
def test_empty_features_are_refused(tmp_path, save, shape):
    refused(save(tmp_path, arrays(strong_features=np.ones(shape))), "strong_features", "empty")


@every_format
@pytest.mark.parametrize("name", ["strong_features", "weak_predictions"])
def test_a_missing_array_is_named_beside_what_is_there(tmp_path, save, name):
    refused(save(tmp_path, arrays(**{name: None})), f" {name}", "it has: ", "target")


def test_integers_of_files_that_are_no_doubles_are_told(tmp_path):
    for save in SAVERS:
        clock = 1_700_000_000_000_000_000 + np.arange(ROWS)
        note = load(save(tmp_path, arrays(target=clock))).warnings[0]
        assert "target: integers beyond 2^53 are rounded" in note
        assert "1700000000000000001 at row 1 becomes 1700000000000000000" in note


@every_format
def test_columns_are_for_tables(tmp_path, save):
    path = save(tmp_path, arrays())
    for option in ("strong_columns", "weak_columns", "target_column", "weights_column"):
        refused(path, "columns can be named", ".csv", ".parquet", **{option: "x"})


@pytest.mark.parametrize("save", [save_npz, save_folder])
@pytest.mark.parametrize("name", ["target", "weak_names"])
def test_pickled_objects_are_never_loaded(tmp_path, save, name):
    given = arrays(**{name: np.array([{"a": 1}] * ROWS, object)})
    plain = "strings: names.astype(str)" if name == "weak_names" else "numbers"
    refused(save(tmp_path, given), name, "pickled Python objects", f"save plain {plain}")


@pytest.mark.parametrize("save", [save_npz, save_compressed, save_safetensors])
@pytest.mark.parametrize("share", [0, 0.3, 0.7, 0.99])
def test_truncated_files_are_refused(tmp_path, save, share):
    path = save(tmp_path, arrays())
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, "is not a")


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"junk" * 50, None])
def test_damaged_npy_files_are_refused(tmp_path, content):
    path = save_folder(tmp_path, arrays())
    whole = (path / "target.npy").read_bytes()
    (path / "target.npy").write_bytes(whole[:-1] if content is None else content)
    refused(path, "target", "truncated or corrupt")


def test_a_flipped_byte_in_an_archive_is_refused(tmp_path):
    given = arrays()
    path = save_npz(tmp_path, given)
    content = path.read_bytes()
    place = content.index(given["target"].tobytes())
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    refused(path, "target", "truncated or corrupt", "CRC")


def test_an_archive_whose_list_loses_entries_is_refused(tmp_path):
    """A length in the list that takes the next entries for a comment leaves them out without a word."""
    path = save_npz(tmp_path, arrays())
    content = bytearray(path.read_bytes())
    second = content.index(b"PK\1\2", content.index(b"PK\1\2") + 1)
    content[second + 32 : second + 34] = b"\xff\xff"  # the comment's length
    path.write_bytes(content)
    refused(path, "is corrupt: 2 arrays are listed, and 6 at its end")


@every_format
def test_a_signalling_nan_is_one(tmp_path, save):
    given = arrays()
    given["strong_features"] = given["strong_features"].astype(np.float32)
    given["strong_features"].view(np.uint32)[1, 2] = 0x7FA00000
    refused(save(tmp_path, given), "strong_features", "NaN at row 1, column 2")


@every_format
def test_random_damage_is_refused_or_harmless(tmp_path, save):
    path = save(tmp_path, arrays())
    target = path / "target.npy" if path.is_dir() else path
    content = target.read_bytes()
    generator = np.random.default_rng(0)
    refusals = 0
    for _ in range(200):
        damaged = bytearray(content)
        damaged[generator.integers(min(len(content), 128))] = generator.integers(256)
        target.write_bytes(damaged)
        try:
            load(path)
        except DataError:
            refusals += 1
    assert refusals > 20


def test_an_archive_of_other_things_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.npz", "w") as archive:
        archive.writestr("strong_features", "1,2,3")
        archive.writestr("weak_predictions", "1,2,3")
    refused(tmp_path / "data.npz", "strong_features", "not a .npy array")
    (tmp_path / "shifted.npz").write_bytes(b"junk" + (tmp_path / "data.npz").read_bytes())
    refused(tmp_path / "shifted.npz", "cannot be read")


def test_safetensors_types_and_names_are_checked(tmp_path):
    path = save_safetensors(tmp_path, arrays(target=np.ones(ROWS, ml_dtypes.float8_e4m3fn)))
    refused(path, "target", "F8_E4M3")
    for names, word in (
        ("{", "JSON"),
        ("3", "not a string"),
        ('{"a": 1}', "not a string"),
        ('[["a"]]', "2 dimensions"),
    ):
        tensors = arrays(weak_names=None, weak_predictions=np.ones(ROWS), student_predictions=None)
        save_file(tensors, path, metadata={"weak_names": names})
        refused(path, "weak_names", word)


@pytest.mark.parametrize("name", ["missing.npz", "missing.csv", "missing"])
def test_missing_files_are_refused(tmp_path, name):
    refused(tmp_path / name, "no such file")


@pytest.mark.parametrize("name", ["data.txt", "data", "data.npy", "data.csv.xz"])
def test_unknown_extensions_are_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"1 2 3")
    for options in ({}, {"strong_columns": ["x"]}):
        refused(tmp_path / name, "unknown extension", ".npz", ".parquet", **options)


def test_an_empty_folder_is_refused(tmp_path):
    refused(tmp_path, "no file strong_features.npy", "it has: nothing")
    refused(tmp_path, "a folder without .parquet files", strong_columns=["x"])
    (tmp_path / "part-0.csv").write_text("x,w\n1,2\n")
    refused(tmp_path, "no file strong_features.npy", "it has: 'part-0.csv'")


def test_safetensors_needs_the_extra(tmp_path, monkeypatch):
    path = save_safetensors(tmp_path, arrays())
    genuine = builtins.__import__

    def without(name, *arguments, **options):
        if name.partition(".")[0] == "safetensors":
            raise ImportError(name)
        return genuine(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'w2sjax\[audit\]'"):
        load(path)
