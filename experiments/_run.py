"""What experiments share: options, double precision, the manifest of a run, tables of data."""

import argparse
import csv
import dataclasses
import json
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import jax

from w2sjax.versions import versions


def options(
    name: str, description: str | None, presets: Collection[str]
) -> argparse.ArgumentParser:
    """Make a parser of what every experiment takes: preset, seed and folder."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
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

    def finish(self, **facts: Any) -> Path:
        """Write `manifest.json`: configuration, versions, durations, and the facts given."""
        total = time.perf_counter() - self._start
        self.manifest |= {"seconds": {**self.seconds, "total": total}, **facts}
        path = self.folder / "manifest.json"
        path.write_text(json.dumps(self.manifest, indent=1, default=float) + "\n")
        return path


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
