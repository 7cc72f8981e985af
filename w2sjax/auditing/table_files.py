"""What pyarrow reads of CSV files: names of columns, and columns of finite doubles."""

import codecs
import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.csv
from pyarrow import types

from w2sjax.auditing.arrays import LARGE, real_array, rounding
from w2sjax.auditing.checks import DataError, one_line
from w2sjax.auditing.list_columns import decoded, is_list

# How pyarrow's single-threaded reader names the place of an error; its rows count the header as 1.
_PLACE = re.compile(r"(?:In CSV column #(\d+): )?(?:CSV parse error: )?Row #(\d+): (.*)", re.DOTALL)
_COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces"}  # but commas
_BLOCK = 2**24  # bytes, into which a row must fit
_TEXT = 2**20  # bytes that are decoded together
_END = "\x03"  # ASCII's end of text
_UNCLOSED = "a quote is opened and never closed, which hides all rows after it"


class CsvReader:
    """A CSV file, compressed or not, whose selected columns are numbers or true/false."""

    def __init__(self, path: Path):
        self.path = path
        self.names: list[str] = []
        with refusals(self.path, "CSV", self._why), self._stream() as stream:
            head = stream.read(2**12)
        if b"\0" in head:
            raise DataError(
                f"{path}: has zero bytes (and begins with {head[:4]!r}); expected CSV in UTF-8"
            )
        self._require_text()
        # Rows of a wrong length are for `read`.
        with refusals(self.path, "CSV", self._why), self._stream() as stream:
            opened = pyarrow.csv.open_csv(stream, *self._options(lambda row: "skip"))
            schema, self.names = opened.schema, opened.schema.names
        self._truths = {field.name for field in schema if types.is_boolean(field.type)}
        if len(self.names) == 1:
            raise DataError(f"{path}: {_one_column(self.names[0])}")

    def _require_text(self) -> None:
        """Raise `DataError` where the file is not UTF-8, which pyarrow only tells of the columns it reads."""
        decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
        with refusals(self.path, "CSV", self._why), self._stream() as stream:
            block = b" "
            while block:
                block = stream.read(_TEXT)
                try:
                    decoder.decode(block, final=not block)
                except UnicodeDecodeError as error:
                    line += error.object[: error.start].count(b"\n")
                    raise DataError(
                        f"{self.path}: is not UTF-8 in line {line}; save it as UTF-8"
                    ) from error
                line += block.count(b"\n")

    def read(self, names: list[str]) -> tuple[list[np.ndarray], list[str]]:
        """Read the named columns as finite float64 arrays, and say which digits were lost."""
        kinds = {
            name: pyarrow.bool_() if name in self._truths else pyarrow.float64() for name in names
        }
        columns, notes = numbers(self.path, self._table(kinds))
        large = {
            name: column
            for name, column in zip(names, columns, strict=True)
            if np.abs(column).max() >= LARGE
        }
        if large:
            text = self._table(dict.fromkeys(large, pyarrow.string()))
            for name, column in large.items():
                notes += _rounded(name, text.column(name).to_pylist(), column.tolist())
        return columns, notes

    def holds_lists(self, name: str) -> bool:
        """Cells of CSV files are no lists."""
        return False

    def cells(self, name: str) -> list[str | None]:
        """Read a column as text."""
        return self._table({name: pyarrow.string()}).column(name).to_pylist()

    def _table(self, kinds: dict[str, Any]) -> Any:
        ended = []

        def met(row: Any) -> str:
            if row.text != _END:
                return "error"
            ended.append(row)
            return "skip"

        convert = pyarrow.csv.ConvertOptions(
            include_columns=list(kinds), column_types=kinds, null_values=[""]
        )
        with refusals(self.path, "CSV", self._why), self._stream() as stream:
            table = pyarrow.csv.read_csv(_Ended(stream), *self._options(met), convert)
        if not ended:
            raise DataError(f"{self.path}: {_UNCLOSED}")
        return table

    def _stream(self) -> Any:
        compression = _COMPRESSIONS.get(self.path.suffix.lower())
        return pyarrow.input_stream(str(self.path), compression=compression)

    def _options(self, bad_row: Any) -> tuple[Any, Any]:
        # One thread, so that errors say which row they are in.
        reading = pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK)
        parsing = pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=bad_row)
        return reading, parsing

    def _why(self, error: Exception) -> str:
        message, place = str(error), _PLACE.match(str(error))
        if _END in message:
            return _UNCLOSED
        if "straddling" in message:
            return f"{_UNCLOSED}, or a row is over 16 MB"
        if place is None:
            return f"is not a readable CSV file: {one_line(error)}"
        column, row, reason = place.groups()
        told = f"row {int(row) - 2}: {one_line(reason)}"
        if column is None:
            return told
        name = self.names[int(column)].strip()
        return f"column {name!r}: {told}; expected numbers such as 1234.5"


@contextlib.contextmanager
def refusals(
    path: Path, kind: str, why: Callable[[Exception], str] | None = None
) -> Iterator[None]:
    """Make one line of what pyarrow raises on a damaged file."""
    try:
        yield
    except DataError:
        raise
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        reason = f"is not a readable {kind} file: {one_line(error)}" if why is None else why(error)
        raise DataError(f"{path}: {reason}") from error


class _Ended:
    """A stream with a last line of its own; where it is not met, a quote has been left open."""

    closed = False

    def __init__(self, stream: Any):
        self._stream, self._rest = stream, f"\n{_END}\n".encode()

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        if not block:
            block, self._rest = self._rest, b""
        return block


def _one_column(header: str) -> str:
    """Say why a header is one column only."""
    mark = next((mark for mark in _SEPARATORS if mark in header), None)
    if mark is None:
        return f"has one column, {one_line(header)!r}; expected several, separated by commas"
    return (
        f"the header {one_line(repr(header))} has {_SEPARATORS[mark]} and no commas; expected columns "
        "separated by commas and numbers such as 1234.5: convert it, such as with pandas.read_csv("
        f"path, sep={mark!r}, decimal=',').to_csv(new_path, index=False)"
    )


def _rounded(name: str, cells: list[str], doubles: list[float]) -> list[str]:
    """Say where the first cell is that has an integer which is no double, if any."""
    for row, (cell, double) in enumerate(zip(cells, doubles, strict=True)):
        if re.fullmatch(r"\s*[+-]?\d+\s*", cell) and int(cell) != double:
            return [f"column {name.strip()!r}: {rounding(int(cell), f'row {row}')}"]
    return []


def numbers(path: Path, table: Any) -> tuple[list[np.ndarray], list[str]]:
    """Turn the columns of an Arrow table into finite float64 arrays."""
    if not table.num_rows:
        raise DataError(f"{path}: has no rows")
    columns, notes = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        label = f"column {name.strip()!r}"
        if is_list(column.type):
            array, found = real_array(
                f"{path}: {label}", decoded(f"{path}: {label}", column), {2: "(n, k)"}
            )
            columns.append(array)
            notes.extend(f"{label}: {note}" for note in found)
            continue
        numeric = (types.is_floating, types.is_integer, types.is_boolean, types.is_decimal)
        if not any(is_kind(column.type) for is_kind in numeric):
            raise DataError(f"{path}: {label}: holds {column.type}, not numbers")
        if column.null_count:
            row = int(np.argmax(column.is_null().to_numpy()))
            raise DataError(f"{path}: {label}: empty cell at row {row}")
        whole = types.is_decimal(column.type) and column.type.scale == 0
        if not whole and not types.is_integer(column.type):
            column = column.cast(pyarrow.float64(), safe=False)
        array, found = real_array(f"{path}: {label}", column.to_numpy(), {1: "(n,)"})
        columns.append(array)
        notes.extend(f"{label}: {note}" for note in found)
    return columns, notes
