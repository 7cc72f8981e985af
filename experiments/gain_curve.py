r"""Gain against overlap density: the published simulation of Shin, Cooper and Sala.

An overlap Gaussian mixture (`w2sjax.mixture.model`), 100 easy-only and 100 hard-only points and 10 to 90
overlap points; a weak model that sees the easy coordinates, an oracle that sees all and true labels, and a
student fitted on overlap points that the weak model labels. Accuracies are measured twice: on test sets, as
published, and in closed form, which leaves the noise of training alone.

Written: `data.csv` (test sets), `closed_form.csv`, `comparison.csv` (published numbers and z-scores),
`gain.csv` (gain, performance gap recovered, isotonic fit). Manifest: tests of monotonicity and the density
where student and weak model cross.

Run `python -m experiments gain_curve [--preset quick|paper] [--runs R] [--seed S] [--out DIR]`.
"""

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from rich.table import Table

from experiments._gain_runs import RUNS, Program, Runs, Setting
from experiments._run import Run, averages, experiment, moments, places, standard_error, table_of
from w2sjax.auditing.recovered import GapStatus, gap_recovered
from w2sjax.machine.compilation import jit_quickly
from w2sjax.mixture.gain import MODELS
from w2sjax.mixture.model import REGIONS
from w2sjax.mixture.monotone import trend

PLACES = ("all", *REGIONS[:3])
WEAK, ORACLE, STUDENT = range(3)
PUBLISHED_RUNS = 500
PUBLISHED_CROSSING = 0.095
PUBLISHED = {  # weak, oracle, student; student on easy, hard, overlap points
    10: (0.6677, 0.8236, 0.5840, 0.6012, 0.5617, 0.6348),
    20: (0.6787, 0.8299, 0.6695, 0.6956, 0.6244, 0.7646),
    30: (0.6860, 0.8349, 0.7291, 0.7610, 0.6687, 0.8238),
    40: (0.6940, 0.8396, 0.7639, 0.7923, 0.7005, 0.8516),
    50: (0.6998, 0.8440, 0.7791, 0.8051, 0.7116, 0.8620),
}
COMPARED = (
    ("weak", WEAK, 0), ("oracle", ORACLE, 0), ("student", STUDENT, 0),
    ("student easy", STUDENT, 1), ("student hard", STUDENT, 2), ("student overlap", STUDENT, 3),
)  # fmt: skip
COMPARISON = {
    "overlap": "{n_overlap}",
    "accuracy": "{quantity}",
    "published": "{published:.4f}",
    "ours": "{ours:.4f}",
    "closed form": "{closed_form:.4f}",
    "difference": "{difference:+.4f} ± {stderr:.4f}",
    "z": "{z:+.1f}",
}
RATIO = "{pgr:+.1%} ± {pgr_stderr:.1%}"
BY_DENSITY = {
    "overlap": "{n_overlap}",
    "density": "{overlap_density:.3f}",
    "gain": "{gain:+.4f} ± {gain_stderr:.4f}",
    "isotonic fit": "{isotonic:+.4f}",
    "gap recovered": lambda row: (
        "undefined" if row["pgr_status"] == "undefined" else RATIO.format(**row)
    ),
    "remark": lambda row: row["pgr_status"].removeprefix("defined"),
}


@dataclasses.dataclass(frozen=True)
class Config:
    """How often, and with how many overlap points."""

    runs: int = 500
    overlaps: tuple[int, ...] = tuple(range(10, 100, 10))
    others: int = 100
    blocks: int = 5
    permutations: int = 999


PRESETS = {"paper": Config(), "quick": Config(runs=60, blocks=3, permutations=199)}


@experiment(PRESETS, runs=RUNS)
def main(run: Run) -> tuple[Table | str, ...]:
    """Run, test, compare, write, draw, print."""
    config = run.config
    setting = Setting(tuple((config.others, config.others, n) for n in config.overlaps))
    key, trend_key = jax.random.split(run.key)
    with run.timed("compile"):
        program = Program(setting, config.blocks)
    with run.timed("runs"):
        progress = functools.partial(run.progress, "runs")
        runs = program.run(key, setting, config.runs, progress, run.once)
    compared = [row for n in config.overlaps for row in _compared(config, n, runs)]
    gains, facts = _gains(trend_key, setting, config, runs)
    run.write(
        data=_summaries(setting, config, runs.simulated),
        closed_form=_summaries(setting, config, runs.exact),
        comparison=compared,
        gain=gains,
    )
    run.facts = {"statuses": runs.statuses, "largest_radius": runs.radius, "monotonicity": facts}
    title = f"Published means and ours ({config.runs} runs)"
    comparison = table_of(title, COMPARISON, compared, left=("accuracy",))
    gained = table_of("Gain by density (closed form)", BY_DENSITY, gains, left=())
    return comparison, gained, _words(facts, runs)


def _summaries(setting: Setting, config: Config, values: np.ndarray) -> Iterator[dict[str, Any]]:
    """Give a row for every overlap, model and region; `values` as in `Runs`."""
    for place, labels in places(n_overlap=config.overlaps, model=MODELS, region=PLACES):
        n, density = labels.pop("n_overlap"), setting.densities[place[0]]
        yield {"n_overlap": n, "overlap_density": density} | labels | moments(values[:, *place])


def _compared(config: Config, n: int, runs: Runs) -> Iterator[dict[str, Any]]:
    """Give the published numbers beside ours; z in standard errors of the difference of two runs."""
    for (name, model, place), published in zip(COMPARED, PUBLISHED.get(n, ()), strict=False):
        at = config.overlaps.index(n)
        values, exact = (part[:, at, model, place] for part in (runs.simulated, runs.exact))
        # The published means have the error of their own number of runs.
        error = values.std(ddof=1) * (1 / config.runs + 1 / PUBLISHED_RUNS) ** 0.5
        difference = values.mean() - published
        row = {"n_overlap": n, "quantity": name, "published": published, "ours": values.mean()}
        row |= {"closed_form": exact.mean(), "difference": difference}
        yield row | {"stderr": error, "z": difference / error}


def _gains(key, setting: Setting, config: Config, runs: Runs):
    """Gain, performance gap recovered and isotonic fit a density; tests of the curve."""
    overall = runs.exact[:, :, :, 0]
    gain = overall[:, :, STUDENT] - overall[:, :, WEAK]
    tested = jit_quickly(trend, static_argnames="permutations")
    found = jax.device_get(tested(key, jnp.asarray(gain), permutations=config.permutations))
    means = overall.mean(axis=0)
    recovered = gap_recovered(*(jnp.asarray(means[:, m]) for m in (WEAK, STUDENT, ORACLE)))
    ratio, status = np.asarray(recovered.value), np.asarray(recovered.status)
    # The ratio's error to first order.
    gap = (means[:, ORACLE] - means[:, WEAK])[None, :]
    parts = (gain - ratio * (overall[:, :, ORACLE] - overall[:, :, WEAK])) / gap
    rows = [
        {"n_overlap": n, "overlap_density": setting.densities[i]}
        | averages({"gain": gain[:, i]})
        | {
            "isotonic": found.fitted[i],
            "pgr": ratio[i],
            "pgr_stderr": standard_error(parts[:, i]),
            "pgr_status": GapStatus(int(status[i])).name.lower(),
        }
        for i, n in enumerate(config.overlaps)
    ]
    random = np.random.default_rng(0)
    again = [
        crossing(setting.densities, gain[random.integers(0, config.runs, config.runs)].mean(axis=0))
        for _ in range(400)
    ]
    facts = {
        "isotonic_residual": float(found.residual),
        "rising_p": float(found.rising),
        "steepest_fall": float(found.fall),
        "falling_p": float(found.falling),
        "crossing": crossing(setting.densities, gain.mean(axis=0)),
        "crossing_stderr": float(np.nanstd(again)) if np.any(np.isfinite(again)) else None,
        "published_crossing": PUBLISHED_CROSSING,
    }
    return rows, facts


def crossing(densities: np.ndarray, gain: np.ndarray) -> float:
    """Where the gain first turns from negative to positive, between densities linearly; NaN if never."""
    rises = np.flatnonzero((gain[:-1] < 0) & (gain[1:] >= 0))
    if rises.size == 0:
        return float("nan")
    i = rises[0]
    share = -gain[i] / (gain[i + 1] - gain[i])
    return float(densities[i] + share * (densities[i + 1] - densities[i]))


def _words(facts, runs: Runs) -> str:
    certified = runs.statuses["CERTIFIED"]
    error = facts["crossing_stderr"]
    return (
        f"student and weak model cross at a density of {facts['crossing']:.4f}"
        + (f" ± {error:.4f}" if error is not None else "")
        + f" (published: about {facts['published_crossing']})\n"
        f"test of no trend: p = {facts['rising_p']:.3g}; test of no fall: p = {facts['falling_p']:.2g}, "
        f"steepest step {-facts['steepest_fall']:+.1f} standard errors\n"
        f"{certified:,} of {sum(runs.statuses.values()):,} fits certified within "
        f"{runs.radius:.0e} of the optimum."
    )
