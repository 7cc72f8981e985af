"""Bad data: every kind of it, in every format that can hold it, and what is said of it."""

import contextlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from docs.generate.data_formats import FORMATS, TABLES, Arrays, by_point, halves

ROWS, WIDTH = 12, 3
Fault = Callable[[Arrays], Arrays]


def numbers() -> Arrays:
    """Give arrays that an audit takes."""
    random = np.random.default_rng(0)
    return {
        "strong_features": random.normal(size=(ROWS, WIDTH)),
        "weak_predictions": random.normal(size=(1, ROWS)),
        "target": random.normal(size=ROWS),
        "weights": np.ones(ROWS),
    }


def overlap() -> Arrays:
    """Add the weak model's probabilities, by which overlap is detected."""
    return numbers() | {"weak_probabilities": np.linspace(0, 1, ROWS)}


def classes() -> Arrays:
    """Give arrays that an audit of classifiers takes."""
    rest = {name: numbers()[name] for name in ("strong_features", "weights")}
    chances = np.linspace([0.1, 0.9], [0.8, 0.2], ROWS)
    return {**rest, "weak_probabilities": chances, "target_probabilities": chances[::-1].copy()}


KINDS = {"regression": numbers, "overlap detection": overlap, "classifiers": classes}
PREDICTIONS = (
    "weak_probabilities",
    "weak_predictions",
)  # of which the first that is there is meant
TARGETS = ("target_probabilities", "target")


def _of(arrays: Arrays, names: tuple[str, ...]) -> str:
    for name in names:
        if name in arrays:
            return name
    raise LookupError(names)


def _last(names: tuple[str, ...], value: float) -> Fault:
    def changed(arrays: Arrays) -> Arrays:
        arrays[_of(arrays, names)].flat[-1] = value
        return arrays

    return changed


def _as(names: tuple[str, ...], make: Callable[[np.ndarray], np.ndarray]) -> Fault:
    return lambda arrays: arrays | {_of(arrays, names): make(arrays[_of(arrays, names)])}


def _shorter(names: tuple[str, ...]) -> Fault:
    def changed(arrays: Arrays) -> Arrays:
        name = _of(arrays, names)
        return arrays | by_point({name: arrays[name]}, lambda values: values[1:])

    return changed


def _without(arrays: Arrays) -> Arrays:
    return {name: values for name, values in arrays.items() if name not in PREDICTIONS}


FEATURES, WEIGHTS, CHANCES = ("strong_features",), ("weights",), PREDICTIONS[:1]
VALUES: dict[str, Fault] = {
    "NaN in the last row of the features": _last(FEATURES, np.nan),
    "infinity in the last row of the features": _last(FEATURES, np.inf),
    "NaN in the predictions": _last(PREDICTIONS, np.nan),
    "a probability above 1": _last(CHANCES, 1.5),
    "NaN in the target": _last(TARGETS, np.nan),
    "a negative weight": _last(WEIGHTS, -1.0),
    "weights that are all zero": _as(WEIGHTS, lambda weights: 0 * weights),
    "weights whose sum overflows": _as(WEIGHTS, lambda weights: weights + 1.7e308),
    "strings for features": _as(FEATURES, lambda values: np.full(values.shape, "a")),
    "complex features": _as(FEATURES, lambda values: values.astype(np.complex64)),
    "features of one dimension": _as(FEATURES, lambda values: values[:, 0]),
    "no rows": lambda arrays: by_point(arrays, lambda values: values[:0]),
    "a row too few in the target": _shorter(TARGETS),
    "a row too few in the predictions": _shorter(PREDICTIONS),
    "no predictions": _without,
}
LAST_PART: dict[str, Fault] = {
    "a shard of another width": _as(FEATURES, lambda values: values[:, 1:]),
    "a shard of another type": _as(FEATURES, lambda values: values.astype(np.float16)),
    "a row too few in the features of a shard": _as(FEATURES, lambda v: v[1:]),
}


def _cut(files: list[Path]) -> None:
    if files[-1].suffix == ".csv":  # which may end in any row
        raise LookupError
    content = files[-1].read_bytes()
    files[-1].write_bytes(content[: len(content) // 2])


def _removed(files: list[Path]) -> None:
    if len(files) == 1:
        raise LookupError
    files[-1].unlink()


FILES: dict[str, Callable[[list[Path]], Any]] = {
    "a file cut in half": _cut,
    "an empty file": lambda files: files[-1].write_bytes(b""),
    "a shard that is missing": _removed,
}
MEANWHILE: dict[str, Callable[[Path], Any]] = {
    "a file that shrinks while it is read": lambda file: file.write_bytes(file.read_bytes()[:90]),
    "one that grows": lambda file: file.write_bytes(file.read_bytes() * 2),
    "one that is written anew": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "one that is removed": lambda file: file.unlink(),
}
FAULTS = (*VALUES, *LAST_PART, *FILES, *MEANWHILE)
Options = dict[str, Any]


def tried() -> Iterator[tuple[str, str, str, str | None]]:
    """Give each fault, kind of audit and format with the line that refuses it, the file named FILE.

    None stands where the format cannot hold the fault.
    """
    for fault in FAULTS:
        for kind in KINDS:
            for form in FORMATS:
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        path, options = spoilt(Path(folder), fault, kind, form)
                        with changing(path, fault):
                            yield fault, kind, form, without_place(audited(path, options), path)
                    except LookupError:
                        yield fault, kind, form, None


def spoilt(folder: Path, fault: str, kind: str, form: str) -> tuple[Path, Options]:
    """Write bad data; raises `LookupError` where the format, or the kind of audit, cannot hold it."""
    arrays = KINDS[kind]()
    if kind == "overlap detection" and (form in TABLES or fault not in _CHANCES_ONLY):
        raise LookupError  # columns are predictions or probabilities; the rest is as for regression
    first, last = halves(VALUES.get(fault, lambda same: same)(arrays))
    path = FORMATS[form](folder, first, LAST_PART.get(fault, lambda same: same)(last))
    if fault in LAST_PART and path.is_file():
        raise LookupError
    if fault in FILES:
        files = sorted(file for file in folder.iterdir() if "-" in file.name)
        FILES[fault](files or [path])
    return path, _columns(arrays) if form in TABLES else {}


_CHANCES_ONLY = ("NaN in the predictions", "a probability above 1")


def _columns(arrays: Arrays) -> Options:
    named = {"strong_columns": ["strong_features*"], "weights_column": "weights"}
    if "weak_predictions" in arrays:
        return {**named, "weak_columns": ["weak_predictions"], "target_column": "target"}
    several = [f"{name}*" for name in ("weak_probabilities", "target_probabilities")]
    return {
        **named,
        "probability_columns": several[:1],
        "target_probability_columns": several[1:],
    }


@contextlib.contextmanager
def changing(path: Path, fault: str) -> Iterator[None]:
    """Change the last file of the features between two reads of it, for a fault that is such a change."""
    if fault not in MEANWHILE:
        yield
        return
    files = [path] if path.is_file() else sorted(path.glob("strong_features-*"))
    file = (files or sorted(path.glob("data-*")))[-1]
    os.utime(file, (0, 0))  # written long ago
    from w2sjax.auditing import sources

    read = sources._read

    def and_changed(*given: Any) -> Any:
        found = read(*given)
        MEANWHILE[fault](file)
        return found

    with mock.patch("w2sjax.auditing.sources._read", and_changed):
        yield


def audited(path: Path, options: Options) -> str:
    """Run the command; raises `AssertionError` for anything but one line and exit code 2."""
    from rich.console import Console

    from w2sjax.auditing.command import run

    with contextlib.redirect_stderr(io.StringIO()) as errors:
        code = run(str(path), console=Console(file=io.StringIO()), **options)
    line = errors.getvalue().strip()
    if code != 2 or not line.startswith("error: ") or "\n" in line:
        raise AssertionError(f"{path} ended with {code}: {line}")
    return line.removeprefix("error: ")


def without_place(line: str, path: Path) -> str:
    """Leave out where the files are."""
    folder = path if path.is_dir() else path.parent
    return line.replace(str(path), "FILE").replace(f"{folder}/", "").replace("FILE/", "")
