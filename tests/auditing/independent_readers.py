"""Arrays of an audit, read from files by other means than w2sjax: what a loader gives, if anything."""

import csv
import fnmatch
import io
import json
import struct
from fractions import Fraction

import numpy as np
import pyarrow.ipc
import pyarrow.parquet

KINDS = {"F": "f", "I": "i", "U": "u"}
NAMES = ("strong_features", "weak_predictions", "target", "weights", "weak_probabilities")
COLUMNS = {"strong_features": "embedding", "weak_predictions": "weak"}  # of tables with lists


def npy(folder):
    parts = {}
    for file in sorted(folder.glob("*-of-*.npy")):
        array = np.load(io.BytesIO(file.read_bytes()))
        name = file.name.partition("-")[0]
        parts.setdefault(name, []).append(half(array) if array.dtype.kind == "V" else array)
    return joined(parts)


def half(bits):
    """bfloat16 is the upper half of a single."""
    return (bits.view(np.uint16).astype(np.uint32) << 16).view(np.float32)


def safetensors(folder):
    parts = {}
    for file in sorted(folder.glob("*.safetensors")):
        content = file.read_bytes()
        (size,) = struct.unpack("<Q", content[:8])
        header, body = json.loads(content[8 : 8 + size]), content[8 + size :]
        for name, entry in header.items():
            if name in NAMES:
                first, last = entry["data_offsets"]
                array = decoded(entry["dtype"], body[first:last]).reshape(entry["shape"])
                parts.setdefault(name, []).append(array)
    return joined(parts)


def decoded(kind, content):
    if kind == "BF16":
        return half(np.frombuffer(content, np.uint16))
    if kind == "BOOL":
        return np.frombuffer(content, np.uint8) != 0
    return np.frombuffer(content, f"<{KINDS[kind[0]]}{int(kind[1:]) // 8}")


def joined(parts):
    return {
        name: np.concatenate(arrays, axis=-1 if name == "weak_predictions" else 0)
        for name, arrays in parts.items()
        if name in NAMES
    }


def parquet(folder):
    opened = [
        pyarrow.parquet.ParquetFile(io.BytesIO(file.read_bytes()))
        for file in sorted(folder.rglob("*.parquet"))
    ]
    return lists(
        lambda column: [
            file.read(columns=own(file.schema_arrow.names, column)).to_pydict() for file in opened
        ]
    )


def dataset(folder):
    state = json.loads((folder / "state.json").read_bytes())
    files = [folder / entry["filename"] for entry in state["_data_files"]]
    tables = [pyarrow.ipc.open_stream(file.read_bytes()).read_all() for file in files]
    return lists(
        lambda column: [
            table.select(own(table.column_names, column)).to_pydict() for table in tables
        ]
    )


def own(names, column):
    """What a column is called, but for spaces around it."""
    return [name for name in names if name.strip() == column]


def lists(read):
    return {
        name: np.array([cell for part in read(column) for cells in part.values() for cell in cells])
        for name, column in COLUMNS.items()
    }


def table(path, roles):
    """Read a CSV file, whose columns have the names or globs of each role."""
    text = path.read_bytes().decode("utf-8-sig")
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    names = [name.strip() for name in header]
    found = {}
    for role, patterns in roles.items():
        places = [
            place
            for pattern in patterns
            for place, name in enumerate(names)
            if fnmatch.fnmatchcase(name, pattern)
        ]
        columns = [[number(row[place]) for row in rows] for place in places]
        found[role] = np.array(columns).T if role == "strong_features" else np.array(columns)
    return found


def number(cell):
    """Read a decimal exactly, then round it to a double; `float` would be pyarrow's own way."""
    cell = cell.strip()
    if cell.lower() in ("true", "false"):
        return float(cell.lower() == "true")
    return float(Fraction(cell))
