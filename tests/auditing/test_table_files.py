"""CSV dialects, compression, folders of Parquet files, and files that are damaged."""

import bz2
import gzip
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from w2sjax.auditing.checks import DataError
from w2sjax.auditing.data import load

OPTIONS: Any = {"strong_columns": ["x"], "weak_columns": ["w"]}


def refused(path, *words, **changes):
    with pytest.raises(DataError) as caught:
        load(path, **{**OPTIONS, **changes})
    message = str(caught.value)
    assert "\n" not in message
    for word in (str(path), *words):
        assert word in message, message


@pytest.fixture
def parquet(tmp_path):
    """A Parquet file and its content."""
    path = tmp_path / "data.parquet"
    numbers = np.random.default_rng(0).normal(size=200)
    pyarrow.parquet.write_table(pa.table({"x": numbers, "w": numbers}), path)
    return path, path.read_bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["not a readable CSV", "Empty"]),
        ("x,w\n1,2\n3\n", ["row 1", "Expected 2 columns, got 1"]),
        ("x,w\n1,2\n3,4,5\n", ["row 1", "Expected 2 columns, got 3"]),
        ("x,w\n1,2\n3,oops\n", ["'w'", "row 1", "'oops'"]),
        ("x, w\n1,2\n3,oops\n", ["'w'", "row 1", "'oops'"]),
        ("x,w\n1,2\nNA,4\n", ["'x'", "row 1", "'NA'"]),
        ("x,w\n1,2\n\n3,oops\n", ["'w'", "row 1", "'oops'"]),
        ("x,w\n1,true\n3,4\n", ["'w'", "row 0", "'true'"]),
        ('x,w\n"1,000",2\n', ["'x'", "row 0", "'1,000'", "numbers such as 1234.5"]),
        ("x,w\n1,2\n1e400,2\n", ["'x'", "infinity at row 1"]),
        ("x,w,w\n1,2,3\n", ["'w'", "appears 2 times"]),
        ("x;w\n1;2\n", ["header 'x;w' has semicolons", "sep=';', decimal=','"]),
        ("x;w\n1,5;2\n1;2\n", ["header 'x;w' has semicolons", "numbers such as 1234.5"]),
        ("x\tw\n1,5\t2,5\n", ["header 'x\\tw' has tabs", "sep='\\t'"]),
        ("x|w\n1|2\n", ["header 'x|w' has bars"]),
        ("# made by\nx,w\n1,2\n", ["header '# made by' has spaces and no commas"]),
        ("x\n1\n", ["has one column, 'x'"]),
        ("x,w\n1,\xff\n", ["not UTF-8 in line 2"]),
        ("x,\xff\n1,2\n", ["not UTF-8 in line 1"]),
        ("x,w\n1,2\n\xc3", ["not UTF-8 in line 3"]),
        ("PAR1\0\0\0", ["zero bytes", "b'PAR1'"]),
        ('x,w,note\n1,2,"a\n3,4,b\n5,6,c\n', ["a quote is opened and never closed"]),
        ('x,w\n1,"2\n3,4\n', ["a quote is opened and never closed"]),
        ('x,w,note\n1,2,"' + "a\n3,4,b\n" * 2**21, ["a quote is opened and never closed"]),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_bad_csv_files_are_refused(tmp_path, content, words):
    path = tmp_path / "data.csv"
    path.write_bytes(content.encode("latin-1"))
    refused(path, *words)


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_quotes_hide_no_row(tmp_path, end):
    path = tmp_path / "data.csv"
    text = 'x,w,note\n1,2,"two\nlines, and ""quotes"""\n"3",4,a 5" pipe\n5,6,"c"'
    path.write_text(text + end, newline="")
    data = load(path, **OPTIONS)
    assert data.strong_features.tolist() == [[1.0], [3.0], [5.0]]
    assert data.weak_predictions.tolist() == [[2.0, 4.0, 6.0]]


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [
        (".gz", gzip.compress),
        (".GZ", gzip.compress),
        (".bz2", bz2.compress),
        (".zst", lambda content: pa.compress(content, codec="zstd", asbytes=True)),
    ],
)
def test_compressed_csv_files(tmp_path, suffix, compress):
    content = b"x,w\n" + b"".join(b"%d,%d\n" % (row, row % 7) for row in range(1000))
    path = tmp_path / f"data.csv{suffix}"
    path.write_bytes(compress(content))
    data = load(path, **OPTIONS)
    np.testing.assert_array_equal(data.strong_features[:, 0], np.arange(1000))
    for damaged in (compress(content)[:-9], content, b""):
        path.write_bytes(damaged)
        refused(path, "not a readable CSV")
    plain = tmp_path / "data.csv"
    plain.write_bytes(gzip.compress(content))
    refused(plain, "zero bytes", "UTF-8")


@pytest.mark.parametrize("name", ["data.parquet", "data"])
def test_folders_of_parquet_files_are_read_in_natural_order(tmp_path, name):
    folder = tmp_path / name
    (folder / "key=1").mkdir(parents=True)
    for index, part in enumerate(["key=1/part.3", "part.2", "part.10"]):
        table = pa.table({"x": [index, index + 0.5], "w": [0, 1]})
        pyarrow.parquet.write_table(table, folder / f"{part}.parquet")
    for other in ("_SUCCESS", "._part.2.parquet", "notes.txt"):
        (folder / other).write_text("no table")
    data = load(folder, **OPTIONS)
    np.testing.assert_array_equal(data.strong_features[:, 0], np.arange(6) / 2)
    refused(folder, "'key'", "the file has: 'x', 'w'", strong_columns=["key"])
    refused(folder, "strong_columns must name a column", strong_columns=[])
    pyarrow.parquet.write_table(pa.table({"x": [1.0]}), folder / "part.4.parquet")
    refused(folder, "part.4.parquet: column 'w': is missing")
    (folder / "part.2.parquet").write_bytes(b"")
    refused(folder, "not a readable Parquet file", "part.2.parquet")


def test_a_folder_without_parquet_files_is_refused(tmp_path):
    folder = tmp_path / "data.parquet"
    folder.mkdir()
    refused(folder, "a folder without .parquet files")


def test_csv_may_hold_truths_spaces_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "data.CSV"
    path.write_bytes(b"\xef\xbb\xbfx,w\r\n 1 ,true\r\n-2.5e-3,false\r\n")
    data = load(path, **OPTIONS)
    np.testing.assert_array_equal(data.strong_features, [[1], [-2.5e-3]])
    np.testing.assert_array_equal(data.weak_predictions, [[1, 0]])


@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_truncated_parquet_files_are_refused(parquet, share):
    path, content = parquet
    path.write_bytes(content[: int(share * len(content))])
    refused(path, "not a readable Parquet file")


def test_damaged_parquet_pages_are_refused(parquet):
    path, content = parquet
    path.write_bytes(content[:4] + bytes(1000) + content[1004:])
    refused(path, "not a readable Parquet file")
