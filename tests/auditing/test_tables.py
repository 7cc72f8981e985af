"""Loading named columns of CSV and Parquet files."""

import builtins
import decimal
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from w2sjax import auditing
from w2sjax.auditing.checks import DataError
from w2sjax.auditing.data import load

ROWS = 12
OPTIONS = {
    "strong_columns": ["x_*"],
    "weak_columns": ["small", "tiny"],
    "target_column": "y",
    "weights_column": "weight",
}


def columns(**changes):
    generator = np.random.default_rng(0)
    names = ["x_2", "tiny", "x_10", "y", "weight", "small", "X_3"]
    given = {name: generator.uniform(size=ROWS) for name in names}
    text = {"id": [f"row, {index}" for index in range(ROWS)]}
    return {**text, **given, **changes}


def save_csv(folder, given):
    pyarrow.csv.write_csv(pa.table(given), folder / "data.csv")
    return folder / "data.csv"


def save_parquet(folder, given):
    pyarrow.parquet.write_table(pa.table(given), folder / "data.parquet")
    return folder / "data.parquet"


both_formats = pytest.mark.parametrize("save", [save_csv, save_parquet])


def refused(path, *words, **options):
    with pytest.raises(DataError) as caught:
        load(path, **{**OPTIONS, **options})
    message = str(caught.value)
    assert "\n" not in message
    for word in (str(path), *words):
        assert word in message, message


@both_formats
def test_round_trip(tmp_path, save):
    given = columns()
    data = load(save(tmp_path, given), **OPTIONS)
    assert data.weak_names == ("small", "tiny")
    assert data.student_predictions is None
    for array, expected in (
        (data.strong_features, np.c_[given["x_2"], given["x_10"]]),
        (data.weak_predictions, np.stack([given["small"], given["tiny"]])),
        (data.target, given["y"]),
        (data.weights, given["weight"]),
    ):
        assert isinstance(array, np.ndarray) and array.dtype == np.float64
        np.testing.assert_array_equal(array, expected)


@both_formats
def test_target_and_weights_are_optional(tmp_path, save):
    path = save(tmp_path, columns())
    data = load(path, strong_columns=["x_2"], weak_columns=["tiny"])
    assert data.target is None and data.weights is None


@both_formats
@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["x_10", "x_2"], ["x_10", "x_2"]),
        (["x_10", "x_*"], ["x_10", "x_2"]),
        (["x_?"], ["x_2"]),
        (["[xX]_*"], ["x_2", "x_10", "X_3"]),
        ("x_*", ["x_2", "x_10"]),
    ],
)
def test_globs_match_in_file_order_once(tmp_path, save, patterns, expected):
    given = columns()
    data = load(save(tmp_path, given), strong_columns=patterns, weak_columns=["small"])
    np.testing.assert_array_equal(data.strong_features, np.c_[*(given[name] for name in expected)])


@both_formats
def test_a_name_comes_before_a_glob(tmp_path, save):
    given = columns(**{"x_[2]": np.arange(ROWS)})
    data = load(save(tmp_path, given), strong_columns=["x_[2]"], weak_columns=["small"])
    np.testing.assert_array_equal(data.strong_features[:, 0], np.arange(ROWS))


@pytest.mark.parametrize(
    "dtype", [np.float16, np.float32, np.int8, np.int64, np.uint64, bool], ids=lambda t: t.__name__
)
@both_formats
def test_narrow_dtypes_are_widened(tmp_path, save, dtype):
    if save is save_csv and dtype == np.float16:
        pytest.skip("pyarrow writes no float16 to CSV")
    values = (np.arange(ROWS) % 5).astype(dtype)
    data = load(save(tmp_path, columns(y=values)), **OPTIONS)
    assert data.target is not None
    np.testing.assert_array_equal(data.target, values.astype(np.float64))


@both_formats
@pytest.mark.parametrize(
    "values",
    [
        1_700_000_000_000_000_000 + np.arange(ROWS),
        np.full(ROWS, 2**53 + 1),
        np.full(ROWS, 2**64 - 1, np.uint64),
        [decimal.Decimal(17 * 10**20 + index) for index in range(ROWS)],
    ],
    ids=["clock", "least", "hash", "decimal"],
)
def test_large_integers_are_rounded_and_told(tmp_path, save, values):
    data = load(save(tmp_path, columns(**{" z": values})), **{**OPTIONS, "target_column": "z"})
    assert data.target is not None and data.target.tolist() == [float(value) for value in values]
    (note,) = data.notes
    exact = [int(value) for value in values]
    row = next(row for row, value in enumerate(exact) if value != float(value))
    assert note.startswith("column 'z': integers beyond 2^53 are rounded to doubles: ")
    assert f"{exact[row]} at row {row} becomes {int(float(exact[row]))};" in note


@both_formats
def test_large_doubles_are_not_called_rounded(tmp_path, save):
    values = np.r_[1e300, 0.5, 2.0**60, np.arange(3, ROWS)]
    assert load(save(tmp_path, columns(y=values)), **OPTIONS).warnings == ()


def test_decimals_are_numbers(tmp_path):
    values = [decimal.Decimal(index) / 4 for index in range(ROWS)]
    data = load(save_parquet(tmp_path, columns(y=values)), **OPTIONS)
    assert data.target is not None and data.warnings == ()
    np.testing.assert_array_equal(data.target, np.arange(ROWS) / 4)


@both_formats
def test_spaces_around_names_do_not_count(tmp_path, save):
    given = columns()
    spaced = {f" {name} ": column for name, column in given.items()}
    for options in (OPTIONS, {**OPTIONS, "strong_columns": [" x_* "], "target_column": "y "}):
        data = load(save(tmp_path, spaced), **options)
        assert data.weak_names == ("small", "tiny")
        np.testing.assert_array_equal(data.strong_features, np.c_[given["x_2"], given["x_10"]])
    twice = columns(**{" y": given["y"]})
    refused(save(tmp_path, twice), "'y'", "appears 2 times")
    del given["y"]
    refused(save(tmp_path, given), "'y'", "'weight'")


@both_formats
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"strong_columns": ["z_*"]}, ["strong_columns", "'z_*'", "the file has: 'id', 'x_2'"]),
        ({"weak_columns": ["small", "big"]}, ["weak_columns", "'big'", "the file has"]),
        ({"target_column": "label"}, ["target_column", "'label'", "the file has"]),
        ({"weights_column": "label"}, ["weights_column", "'label'", "the file has"]),
        ({"strong_columns": []}, ["strong_columns must name a column", "the file has"]),
        ({"weak_columns": []}, ["weak_columns must name a column", "the file has"]),
        ({"target_column": "x_*"}, ["target_column", "one column", "'x_2', 'x_10'"]),
        ({"target_column": "tiny"}, ["'tiny'", "both weak_columns and target_column"]),
        ({"strong_columns": ["x_2", "y"]}, ["'y'", "both strong_columns and target_column"]),
        ({"strong_columns": ["id"]}, ["'id'"]),
    ],
)
def test_bad_columns_are_refused(tmp_path, save, options, words):
    refused(save(tmp_path, columns()), *words, **options)


@both_formats
@pytest.mark.parametrize(
    ("value", "reason"), [(np.nan, "NaN"), (np.inf, "infinity"), (None, "empty cell")]
)
def test_unusable_cells_are_placed(tmp_path, save, value, reason):
    values = [*range(7), value, *range(8, ROWS)]
    refused(save(tmp_path, columns(y=values)), "'y'", reason, "row 7")


@both_formats
def test_empty_tables_are_refused(tmp_path, save):
    empty = pa.table(columns()).slice(0, 0)
    refused(save(tmp_path, empty), "has no rows")


def test_long_lists_of_columns_are_cut(tmp_path):
    given = {f"column_{index}": [0.0] for index in range(100)}
    refused(save_parquet(tmp_path, given), "'column_39' and 60 more")


@both_formats
def test_tables_need_the_extra(tmp_path, monkeypatch, save):
    path = save(tmp_path, columns())
    genuine = builtins.__import__

    def without(name, *arguments, **options):
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return genuine(name, *arguments, **options)

    monkeypatch.delitem(sys.modules, "w2sjax.auditing.table_files", raising=False)
    monkeypatch.delattr(auditing, "table_files", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'w2sjax\[audit\]'"):
        load(path, **OPTIONS)
