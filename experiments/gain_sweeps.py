r"""What the gain curve depends on: overlap at a fixed total, size, dimension, separation, noise, student.

Around the published setting (`experiments/gain_curve.py`), one thing changed at a time:

* `total`: 250 points in all, the overlap points replacing others;
* `size`: all numbers of points times a factor;
* `dimension`: coordinates a pattern, means scaled to keep the patterns' separation;
* `separation`: the means times a factor; `noise`: the variance;
* `student`: on overlap points or all points, with hard or soft labels;
* `map`: density and separation together.

Accuracies are in closed form. Run `python -m experiments gain_sweeps [--preset quick|paper] [--runs R]
[--seed S] [--out DIR]`.
"""

import collections
import dataclasses
from typing import Any

import jax
import numpy as np
from rich.table import Table

from experiments._gain_runs import Program, Setting, started
from experiments._run import standard_error, table_of
from w2sjax.mixture.gain import Protocol
from w2sjax.report import progress_bar

BASE = 20  # coordinates of the published setting
COLUMNS = (
    "sweep", "value", "n_overlap", "overlap_density", "weak", "oracle", "student", "gain", "stderr", "runs",
)  # fmt: skip
STUDENTS = {
    "overlap, hard": Protocol(),
    "overlap, soft": Protocol(labels="soft"),
    "all, hard": Protocol(points="all"),
    "all, soft": Protocol(points="all", labels="soft"),
}


@dataclasses.dataclass(frozen=True)
class Config:
    """How often, and what is varied."""

    runs: int = 100
    overlaps: tuple[int, ...] = (10, 20, 30, 50, 70, 90)
    others: int = 100
    total: int = 250
    sizes: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
    dimensions: tuple[int, ...] = (5, 10, 20, 40)
    separations: tuple[float, ...] = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
    variances: tuple[float, ...] = (1.25, 2.5, 5.0, 10.0, 20.0)
    students: tuple[str, ...] = tuple(STUDENTS)
    fixed_total: bool = True


QUICK = Config(
    runs=20,
    overlaps=(10, 30, 90),
    sizes=(),
    dimensions=(),
    separations=(0.5, 1.0, 2.0),
    variances=(1.25, 20.0),
    students=(),
    fixed_total=False,
)
PRESETS = {"paper": Config(), "quick": QUICK}


def settings(config: Config) -> list[tuple[str, str, Setting]]:
    """List the sweeps, their values, and what they stand for."""
    base = Setting(tuple((config.others, config.others, n) for n in config.overlaps))
    change = dataclasses.replace
    found = [("separation", f"{s:g}", change(base, separation=s)) for s in config.separations]
    found += [("noise", f"{v:g}", change(base, variance=v)) for v in config.variances]
    if config.fixed_total:
        counts: Any = tuple(
            ((config.total - n) // 2, (config.total - n + 1) // 2, n) for n in config.overlaps
        )
        found.append(("total", str(config.total), change(base, counts=counts)))
    for factor in config.sizes:
        counts = tuple(tuple(int(factor * n) for n in row) for row in base.counts)
        found.append(("size", f"{factor:g}", change(base, counts=counts)))
    for dimension in config.dimensions:
        scale = (BASE / dimension) ** 0.5
        scaled = change(base, dimension=dimension, separation=scale)
        found.append(("dimension", str(dimension), scaled))
    found += [("student", name, change(base, protocol=STUDENTS[name])) for name in config.students]
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run all sweeps, write, draw, print."""
    given, config, run = started("gain_sweeps", __doc__, PRESETS, arguments)
    with run.timed("sweeps"), progress_bar() as progress:
        rows, statuses = _rows(jax.random.key(given.seed), config, progress)
    run.write("data.csv", COLUMNS, rows)
    run.finish(preset=given.preset, statuses=statuses)
    run.show(_table(rows), last="Data, manifest and figures in")
    return 0


def _rows(key, config: Config, progress):
    """Return a row of `COLUMNS` for every sweep, value and density, and how the fits ended."""
    programs: dict = {}
    rows, statuses = [], collections.Counter()
    cases = settings(config)
    for done, (sweep, value, setting) in enumerate(cases, 1):
        shape = setting.dimension, setting.protocol, np.max(setting.counts, axis=0).tobytes()
        if shape not in programs:
            programs[shape] = Program(setting)
        runs = programs[shape].run(key, setting, config.runs)  # the same runs for all
        statuses.update(runs.statuses)
        accuracy = runs.exact[:, :, :, 0]
        for i, density in enumerate(setting.densities):
            weak, oracle, student = accuracy[:, i].T
            gain = student - weak
            means = (part.mean() for part in (weak, oracle, student, gain))
            numbers = (density, *means, standard_error(gain), config.runs)
            row = (sweep, value, setting.counts[i][2], *numbers)
            rows.append(row)
        progress("settings", done, len(cases))
    return rows, dict(statuses)


def _table(rows) -> Table:
    cells = []
    for sweep, value in dict.fromkeys(row[:2] for row in rows):
        chosen = [row for row in rows if row[:2] == (sweep, value)]
        ends = [(f"{r[3]:.3f}", f"{r[7]:+.3f} ± {r[8]:.3f}") for r in (chosen[0], chosen[-1])]
        cells.append((sweep, value, *ends[0], *ends[1]))
    columns = ("sweep", "value", "least", "gain", "largest", "gain")
    return table_of("Gain at the least and the largest density", columns, cells, left=columns[:2])


if __name__ == "__main__":
    raise SystemExit(main())
