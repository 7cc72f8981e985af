"""What experiments share: options, double precision, the manifest of a run, tables of data."""

import argparse
import contextlib
import csv
import dataclasses
import importlib
import json
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
from rich.console import Console
from rich.table import Table

from w2sjax.versions import versions


def parser_of(description: str | None) -> argparse.ArgumentParser:
    """Make a parser that is described by the first line of a module's documentation."""
    return argparse.ArgumentParser(description=(description or "").partition("\n")[0])


def options(
    name: str, description: str | None, presets: Collection[str]
) -> argparse.ArgumentParser:
    """Make a parser of what every experiment takes: preset, seed and folder."""
    parser = parser_of(description)
    parser.add_argument("--preset", choices=presets, default="quick")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out", name))
    return parser


class Run:
    """One run of an experiment: its folder, its clock, and what its manifest says.

    Switches JAX to double precision, without which nothing is certified.
    """

    def __init__(self, name: str, config: Any, seed: int, out: Path):
        jax.config.update("jax_enable_x64", True)
        self.folder = out
        self.manifest: dict[str, Any] = {
            "experiment": name,
            "config": dataclasses.asdict(config),
            "seed": seed,
            "device": f"{jax.device_count()} x {jax.devices()[0].device_kind}",
            "versions": versions(),
        }
        self.seconds: dict[str, float] = {}
        self._start = time.perf_counter()
        out.mkdir(parents=True, exist_ok=True)

    def write(self, file: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
        """Write a CSV file of numbers with all their digits."""
        path = self.folder / file
        with path.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(columns)
            writer.writerows(rows)
        return path

    def write_rows(self, **tables: Sequence[dict[str, Any]]) -> None:
        """Write CSV files of rows that name their columns."""
        for file, rows in tables.items():
            self.write(f"{file}.csv", list(rows[0]), [list(row.values()) for row in rows])

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Count what is done meanwhile towards a duration of the manifest."""
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

    def finish(self, **facts: Any) -> Path:
        """Write `manifest.json`: configuration, versions, durations, and the facts given."""
        total = time.perf_counter() - self._start
        self.manifest |= {"seconds": {**self.seconds, "total": total}, **facts}
        path = self.folder / "manifest.json"
        path.write_text(json.dumps(self.manifest, indent=1, default=float) + "\n")
        return path

    def show(
        self, *parts: Any, last: str = "Data, manifest and figure in", width: int = 100
    ) -> None:
        """Draw the figures; print tables and sentences, and in the end where everything is."""
        importlib.import_module(f"figures.{self.manifest['experiment']}").draw(self.folder)
        console = Console(width=width)
        for part in (*parts, f"{last} {self.folder}"):
            console.print(part, highlight=False)


def table_of(
    title: str | None,
    columns: Sequence[str] | dict[str, str],
    rows: Iterable[Any],
    *,
    left: Collection[str] | None = None,
    title_justify: Any = "left",
    caption: str | None = None,
) -> Table:
    """Lay rows out: cells, or values that the columns say how to write; the first column is text.

    `left` are the columns of text where it is not the first one alone.
    """
    table = Table(title=title, title_justify=title_justify, caption=caption)
    text = tuple(columns)[:1] if left is None else left
    for name in columns:
        table.add_column(name, justify="left" if name in text else "right")
    for row in rows:
        if isinstance(columns, dict):
            row = [form.format(**row) for form in columns.values()]
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


def read(path: Path) -> dict[str, list[Any]]:
    """Read a CSV file column by column; what looks like a number becomes one."""
    with path.open(newline="") as stream:
        rows = list(csv.reader(stream))
    if len(rows) < 2:
        raise ValueError(f"{path}: has no rows")
    return {name: [_number(row[i]) for row in rows[1:]] for i, name in enumerate(rows[0])}


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text
