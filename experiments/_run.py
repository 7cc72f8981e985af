"""What experiments share: options, double precision, the manifest of a run, tables of data."""

import argparse
import contextlib
import csv
import dataclasses
import functools
import hashlib
import importlib.util
import io
import itertools
import json
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
from rich.console import Console
from rich.table import Table

from w2sjax.machine.records import Record, RecordError
from w2sjax.machine.versions import code, versions
from w2sjax.machine.writable import write_whole
from w2sjax.verification.report import progress_bar

HERE = Path(__file__).parent


def parser_of(description: str | None) -> argparse.ArgumentParser:
    """Make a parser that is described by the first line of a module's documentation."""
    return argparse.ArgumentParser(description=(description or "").partition("\n")[0])


def at_least(least: int) -> Callable[[str], int]:
    """Make the type of an option that is a whole number and not too small."""

    def number(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"expected at least {least}, got {text}")
        return int(text)

    return number


@dataclasses.dataclass
class Run:
    """One run of an experiment; switches JAX to double precision, or nothing would be certified.

    Attributes:
        name, config: of the experiment.
        given: its options.
        progress: shows how many of all are done.
        facts: what else the manifest says.
        seconds: durations by name.
        code: exit code of the program.
    """

    name: str
    config: Any
    given: argparse.Namespace
    progress: Callable[[str, int, int], None]
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    seconds: dict[str, float] = dataclasses.field(default_factory=dict)
    code: int = 0

    def __post_init__(self):
        """Start the clock; make the folder; read what an earlier run recorded there."""
        jax.config.update("jax_enable_x64", True)
        self.key, self.folder = jax.random.key(self.given.seed), self.given.out
        self.start = time.perf_counter()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.progress_folder = self.folder / "progress"
        config = json.loads(json.dumps(dataclasses.asdict(self.config), default=str))
        work = {"config": config, "given": _identified(self.given), "experiments": code(HERE)}
        self.record = Record(self.progress_folder, self.name, work)

    def write(self, **tables: Iterable[dict[str, Any]]) -> None:
        """Write CSV files of rows that name their columns, numbers with all their digits."""
        for file, rows in tables.items():
            first, *rest = rows
            stream = io.StringIO()
            writer = csv.DictWriter(stream, first)
            writer.writeheader()
            writer.writerows([first, *rest])
            write_whole(self.folder / f"{file}.csv", stream.getvalue())

    def once(self, unit: str, compute: Callable[[], Any]) -> Any:
        """Compute a part of it and record it, unless that is done; it depends on its name alone."""
        return self.record.once(unit, compute)

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Count what is done meanwhile towards a duration of the manifest."""
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

    def finish(self) -> None:
        """Write `manifest.json`, and draw the figures if there are any."""
        manifest = {
            "experiment": self.name,
            "config": dataclasses.asdict(self.config),
            "preset": self.given.preset,
            "seed": self.given.seed,
            "device": f"{jax.device_count()} x {jax.devices()[0].device_kind}",
            "versions": versions(),
            "seconds": {**self.seconds, "total": time.perf_counter() - self.start},
        }
        text = json.dumps(manifest | self.facts, indent=1, default=float)
        write_whole(self.folder / "manifest.json", text + "\n")
        figures = f"figures.{self.name}"
        if importlib.util.find_spec(figures):
            importlib.import_module(figures).draw(self.folder)


def _identified(given: argparse.Namespace) -> dict[str, Any]:
    """Give what options say, apart from the folder; files by their contents."""
    options = {name: value for name, value in vars(given).items() if name != "out"}
    files = {name: value for name, value in options.items() if isinstance(value, Path)}
    for name, path in files.items():
        inside = sorted(path.glob("*")) if path.is_dir() else [path]
        contents = [one.read_bytes() for one in inside if one.is_file()]
        options[name] = [hashlib.sha256(content).hexdigest() for content in contents]
    return options


def experiment(
    presets: dict[str, Any],
    *,
    expected: tuple[type[Exception], ...] = (),
    exclusive: bool = False,
    width: int = 100,
    **more: dict[str, Any],
) -> Callable[[Callable[[Run], Iterable[Any]]], Callable[..., int]]:
    """Make the main program of what computes, writes its data, and returns what is to be printed.

    Options are preset, seed, folder, and `more`; one that is named like a field of the configuration
    changes it. `exclusive`: of `more` one may be given. An `expected` error is told in one line.
    """

    def program_of(study: Callable[[Run], Iterable[Any]]) -> Callable[..., int]:
        module = study.__module__
        name = module.rpartition(".")[2]

        @functools.wraps(study)
        def main(arguments: list[str] | None = None) -> int:
            parser = parser_of(sys.modules[module].__doc__)
            parser.add_argument("--preset", choices=presets, default="quick")
            parser.add_argument("--seed", type=at_least(0), default=0)
            parser.add_argument("--out", type=Path, default=Path("out", name))
            options = parser.add_mutually_exclusive_group() if exclusive else parser
            for option, how in more.items():
                options.add_argument(f"--{option}", **how)
            given = parser.parse_args(arguments)
            config = presets[given.preset]
            fields = {field.name for field in dataclasses.fields(config)}
            changed = {k: v for k, v in vars(given).items() if k in fields and v is not None}
            try:
                with progress_bar() as progress:
                    run = Run(name, dataclasses.replace(config, **changed), given, progress)
                    parts = study(run)
                run.finish()
            except (*expected, OSError, RecordError) as error:
                return refused(error)
            console = Console(width=width)
            for part in (*parts, f"Written to {run.folder}"):
                console.print(part, highlight=False)
            return run.code

        return main

    return program_of


def refused(error: Exception) -> int:
    """Say what was wrong with the input; return the exit code."""
    Console(stderr=True).print(f"error: {error}", markup=False, soft_wrap=True)
    return 2


def table_of(
    title: str | None,
    columns: Sequence[str] | Mapping[str, str | Callable[[Any], str]],
    rows: Iterable[Any],
    *,
    left: Collection[str] | None = None,
    **look: Any,
) -> Table:
    """Lay rows out: cells, or values by name that the columns say how to write.

    The first column is text. `left` are the columns of text where it is not the first one alone.
    """
    table = Table(title=title, title_justify="left", caption_justify="left", **look)
    text = tuple(columns)[:1] if left is None else left
    for name in columns:
        table.add_column(name, justify="left" if name in text else "right")
    for row in rows:
        if isinstance(columns, Mapping):
            forms = columns.values()
            row = [form(row) if callable(form) else form.format(**row) for form in forms]
        table.add_row(*row)
    return table


def grouped(rows: Iterable[dict[str, Any]], *names: str) -> Iterable[tuple[Any, list]]:
    """Give the values under some names, in their order, each with the rows that have them."""
    groups: dict[tuple, list] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups.items()


def standard_error(values: Any) -> Any:
    """Standard error of the mean of a vector."""
    return values.std(ddof=1) / len(values) ** 0.5


def places(**axes: Sequence[Any]) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    """Give every place of an array whose axes have labels, with a row of its labels."""
    for place in np.ndindex(*map(len, axes.values())):
        labels = zip(axes.items(), place, strict=True)
        yield place, {name: values[i] for (name, values), i in labels}


def averages(found: dict[str, Any]) -> dict[str, Any]:
    """Mean of each vector that is named, and under another name its standard error."""
    row = {}
    for name, values in found.items():
        row |= {name: values.mean(), f"{name}_stderr": standard_error(values)}
    return row


def moments(values: Any) -> dict[str, Any]:
    """Mean, deviation and standard error of a vector's values that are finite, and their number."""
    kept = values[np.isfinite(values)]
    spread = kept.std(ddof=1) if kept.size > 1 else np.nan
    mean, stderr = kept.mean() if kept.size else np.nan, spread / max(kept.size, 1) ** 0.5
    return {"mean": mean, "std": spread, "stderr": stderr, "runs": kept.size}


def read(path: Path) -> dict[str, list[Any]]:
    """Read a CSV file column by column; what looks like a number becomes one."""
    with path.open(newline="") as stream:
        names, *rows = [row for row in csv.reader(stream) if row] or [[]]
    if not rows:
        raise ValueError(f"{path}: has no rows")
    columns = itertools.zip_longest(*rows, fillvalue="")
    return {name: list(map(_number, column)) for name, column in zip(names, columns, strict=False)}


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text
