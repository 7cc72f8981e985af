"""Records of finished work: they come back as they were, or are refused; nothing is used for other work."""

import json
import re
import subprocess
import sys

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2sjax.machine import records
from w2sjax.machine.records import Record, fingerprint

WORK = {"claims": ["one"], "key": [0, 1], "drop": None}
arrays = hnp.arrays(st.sampled_from([np.float64, np.float32, np.int64, np.bool_]), (2, 3))
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | arrays
values = st.recursive(
    leaves, lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=6
)


def same(a, b):
    """Equal in every bit, NaN and signs of zeros as well, and of the same type."""
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[name], b[name]) for name in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and repr(a) == repr(b)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("records") / "made" / "when needed"


@given(values, st.text())
def test_units_come_back(place, value, unit):
    kept = Record(place, "sum", WORK).keep(unit, value)
    assert same(kept, value)
    assert same(Record(place, "sum", WORK).units[unit], value)


def test_a_unit_that_is_known_is_not_computed(tmp_path):
    asked = []

    def compute():
        asked.append("a")
        return 3

    for _ in range(2):
        assert Record(tmp_path, "sum", WORK).once("a", compute) == 3
    assert asked == ["a"] and len(list(tmp_path.glob("sum_*/*"))) == 1


@pytest.mark.parametrize("value", [object(), {"a": [st]}, np.asarray(["text"])])
def test_what_would_not_come_back_is_refused(tmp_path, value):
    with pytest.raises(TypeError, match="cannot record"):
        Record(tmp_path, "sum", WORK).keep("a", value)
    assert not list(tmp_path.iterdir())


def test_no_folder_no_records(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Record(None, "sum", WORK).keep("a", 1)
    assert Record(None, "sum", WORK).units == {}
    assert not list(tmp_path.iterdir())


def test_other_work_has_other_records(tmp_path, monkeypatch):
    """Also where nothing but the program is another."""
    Record(tmp_path, "sum", WORK).keep("a", 1)
    assert Record(tmp_path, "sum", WORK | {"drop": "luck"}).units == {}
    assert Record(tmp_path, "product", WORK).units == {}
    for part, other in (("code", lambda: "another"), ("versions", lambda: {"jax": "another"})):
        with monkeypatch.context() as patch:
            patch.setattr(records, part, other)
            assert Record(tmp_path, "sum", WORK).units == {}
    assert Record(tmp_path, "sum", WORK).units == {"a": 1}


def test_records_of_other_work_are_refused(tmp_path):
    other = WORK | {"drop": "luck"}
    Record(tmp_path, "sum", other).keep("b", 2)
    (there,) = tmp_path.glob("*/*")
    Record(tmp_path, "sum", WORK).keep("a", 1)
    (path,) = set(tmp_path.glob("*/*")) - {there}
    moved = path.rename(there.with_name("a.json"))
    with pytest.raises(ValueError, match=rf"{re.escape(str(moved))} belongs to other work"):
        Record(tmp_path, "sum", other)


def test_damaged_records_are_refused(tmp_path):
    """Whatever byte is another, and wherever the file is cut."""
    value = {"slack": np.asarray([0.1, -np.inf]), "found": [1.5, "x"]}
    Record(tmp_path, "sum", WORK).keep("a", value)
    (path,) = tmp_path.glob("*/*")
    content, found = path.read_bytes(), {"refused": 0, "the same": 0}
    for place in range(0, len(content), 7):
        byte = bytes([content[place] ^ 1])
        for damaged in (content[:place], content[:place] + byte + content[place + 1 :]):
            path.write_bytes(damaged)
            try:
                assert same(Record(tmp_path, "sum", WORK).units["a"], value)
                found["the same"] += 1
            except ValueError as error:
                assert f"checkpoint: {path} cannot be read" in str(error)
                found["refused"] += 1
    assert found["refused"] > 100 * found["the same"]


def test_a_kill_while_writing_leaves_the_last_record(tmp_path, monkeypatch):
    record = Record(tmp_path, "sum", WORK)
    record.keep("a", 1)

    def killed(*paths):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", killed)
        with pytest.raises(KeyboardInterrupt):
            record.keep("a", 2)
    assert Record(tmp_path, "sum", WORK).units == {"a": 1}


WRITER = """
import json, sys
from w2sjax.machine.records import Record
folder, count, work = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
for place in range(count):
    Record(folder, "sum", work).keep(f"unit {place % 5}", [place % 5] * 2000)
    assert all(value == [int(name[-1])] * 2000 for name, value in Record(folder, "sum", work).units.items())
"""


def test_two_processes_write_one_record(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path), "20", json.dumps(WORK)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        said = process.communicate()[1]
        assert process.returncode == 0, said
    assert len(Record(tmp_path, "sum", WORK).units) == 5
    assert not list(tmp_path.rglob("*.partial"))


def test_fingerprints_tell_arrays_apart():
    one = np.arange(6.0)
    others = [one.reshape(2, 3), one.astype(np.float32), one + 1, one[::2], one[:0]]
    assert len({fingerprint(one), *map(fingerprint, others), fingerprint(one, one)}) == 7
    assert fingerprint(one) == fingerprint(np.arange(12.0)[:6])
