"""Files damaged at random are refused in one line, or read as what their bytes now say; never a traceback.

W2SJAX_FUZZ sets the number of files, and tries other ones each time.
"""

import os
import shutil
import struct

import independent_readers
import numpy as np
import pytest
import test_arrow_files
import test_shards
import test_tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from w2sjax.auditing.checks import DataError
from w2sjax.auditing.data import load

EXAMPLES = int(os.environ.get("W2SJAX_FUZZ", "0"))
HOSTILE = [
    b"\x80\x04\x95",
    b"cos\nsystem\n(S'false'\ntR.",
    b"{'descr': '|O', 'fortran_order': False, 'shape': (9,)}",
    b"(999999999999, 3)",
    b"(-1, 3)",
    b"[" * 999,
    b"{" * 999,
    b"\xff" * 8,
    struct.pack("<Q", 2**62),
    b"nan",
    b"inf",
    b'"shape":[18446744073709551615,3]',
    b'"data_offsets":[0,99999999]',
    b"PAR1",
    b"\0" * 64,
    b'"',
    b"\n",
    b",",
]


def npy(folder):
    test_shards.save_npy(folder, test_shards.arrays())
    return folder, {}


def npz(folder):
    np.savez(folder / "data.npz", **test_shards.arrays())
    return folder / "data.npz", {}


def safetensors(folder):
    test_shards.save_tensors(folder, test_shards.arrays())
    return folder, {}


def parquet(folder):
    return test_arrow_files.save_parquet(folder, test_arrow_files.table()), test_arrow_files.OPTIONS


def dataset(folder):
    return test_arrow_files.save_dataset(folder, test_arrow_files.table()), test_arrow_files.OPTIONS


def csv(folder):
    return test_tables.save_csv(folder, test_tables.columns()), test_tables.OPTIONS


@st.composite
def damages(draw, content):
    """Cut, flip, overwrite, put in, repeat, or shuffle."""
    place = draw(
        st.integers(0, max(0, len(content) - 1)) | st.integers(0, min(300, len(content) - 1))
    )
    size = draw(st.integers(1, 64))
    strange = draw(st.sampled_from(HOSTILE) | st.binary(min_size=1, max_size=16))
    kind = draw(st.sampled_from(["cut", "flip", "overwrite", "insert", "repeat", "swap", "grow"]))
    before, after = content[:place], content[place:]
    match kind:
        case "cut":
            return before
        case "flip":
            return before + bytes([after[0] ^ draw(st.integers(1, 255))]) + after[1:]
        case "overwrite":
            return before + strange + after[len(strange) :]
        case "insert":
            return before + strange + after
        case "repeat":
            return before + after[:size] + after
        case "swap":
            return before + after[size : 2 * size] + after[:size] + after[2 * size :]
    return content + strange


ROLES = {
    "strong_features": ["x_*"],
    "weak_predictions": ["small", "tiny"],
    "target": ["y"],
    "weights": ["weight"],
}
READERS = {
    npy: independent_readers.npy,
    npz: lambda path: test_shards.arrays(),  # which has checksums
    safetensors: independent_readers.safetensors,
    parquet: independent_readers.parquet,
    dataset: independent_readers.dataset,
    csv: lambda path: independent_readers.table(path, ROLES),
}


@pytest.mark.parametrize("save", READERS)
def test_damage_is_refused_in_one_line_or_read_as_it_stands(tmp_path, save):
    path, options = save(tmp_path)
    files = sorted(file for file in tmp_path.rglob("*") if file.is_file())
    held = {file: file.read_bytes() for file in files}

    @given(st.data())
    @settings(
        derandomize=not EXAMPLES,
        deadline=None,
        max_examples=EXAMPLES or 40,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def check(draws):
        file = draws.draw(st.sampled_from(files))
        content = held[file]
        for _ in range(draws.draw(st.integers(1, 2))):
            if content:
                content = draws.draw(damages(content))
        file.write_bytes(content)
        try:
            data = load(path, **options)
        except DataError as error:
            assert "\n" not in str(error)
        else:
            compare(data, READERS[save](path))
        finally:
            file.write_bytes(held[file])

    check()


def compare(data, expected):
    """Compare with what other means read; an array whose name is damaged is none."""
    for name in independent_readers.NAMES:
        found = getattr(data, name)
        if found is None:
            assert name not in expected or "other names are not used" in data.notes[0]
            continue
        array = np.asarray(found, np.float64)
        assert np.isfinite(array).all()
        np.testing.assert_array_equal(np.squeeze(array), np.squeeze(expected[name]))


@pytest.mark.parametrize("save", [npy, safetensors, parquet, dataset, npz])
def test_every_cut_is_refused(tmp_path, save):
    path, options = save(tmp_path)
    file = sorted(file for file in tmp_path.rglob("*-*") if file.is_file())[-1:] or [path]
    content = file[0].read_bytes()
    for size in range(0, len(content), max(1, len(content) // 50)):
        file[0].write_bytes(content[:size])
        if save is dataset and size > len(content) - 16:  # the mark of the end
            continue
        with pytest.raises(DataError):
            load(path, **options)
    shutil.rmtree(tmp_path)
