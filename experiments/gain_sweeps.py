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

import numpy as np

from experiments._gain_runs import RUNS, Program, Setting
from experiments._run import Run, Table, experiment, grouped, standard_error, table_of
from w2sjax.mixture.gain import MODELS, Protocol

BASE = 20  # coordinates of the published setting
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


PRESETS = {
    "paper": Config(),
    "quick": Config(
        runs=20,
        overlaps=(10, 30, 90),
        sizes=(),
        dimensions=(),
        separations=(0.5, 1.0, 2.0),
        variances=(1.25, 20.0),
        students=(),
        fixed_total=False,
    ),
}


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


@experiment(PRESETS, runs=RUNS)
def main(run: Run) -> tuple[Table]:
    """Run all sweeps, write, draw, print."""
    with run.timed("sweeps"):
        rows = _rows(run)
    run.write(data=rows)
    return (_table(rows),)


def _rows(run: Run) -> list[dict[str, Any]]:
    """Return a row for every sweep, value and density; note how the fits ended."""
    programs: dict = {}
    rows, statuses = [], collections.Counter()
    cases = settings(run.config)
    for done, (sweep, value, setting) in enumerate(cases, 1):

        def measured(setting=setting):
            shape = setting.dimension, setting.protocol, np.max(setting.counts, axis=0).tobytes()
            if shape not in programs:
                programs[shape] = Program(setting)
            runs = programs[shape].run(run.key, setting, run.config.runs)  # the same runs for all
            return {"exact": runs.exact, "statuses": runs.statuses}

        found = run.once(f"{sweep} {value}", measured)
        statuses.update(found["statuses"])
        for i, density in enumerate(setting.densities):
            accuracy = dict(zip(MODELS, found["exact"][:, i, :, 0].T, strict=True))
            gain = accuracy["student"] - accuracy["weak"]
            row = {"sweep": sweep, "value": value, "n_overlap": setting.counts[i][2]}
            row |= {"overlap_density": density}
            row |= {model: values.mean() for model, values in accuracy.items()}
            row |= {"gain": gain.mean(), "stderr": standard_error(gain), "runs": gain.size}
            rows.append(row)
        run.progress("settings", done, len(cases))
    run.facts["statuses"] = statuses
    return rows


def _table(rows) -> Table:
    cells = []
    for case, chosen in grouped(rows, "sweep", "value"):
        ends = [
            (f"{row['overlap_density']:.3f}", f"{row['gain']:+.3f} ± {row['stderr']:.3f}")
            for row in (chosen[0], chosen[-1])
        ]
        cells.append((*case, *ends[0], *ends[1]))
    columns = ("sweep", "value", "least", "gain", "largest", "gain")
    return table_of("Gain at the least and the largest density", columns, cells, left=columns[:2])
