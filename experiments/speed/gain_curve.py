"""The published gain curve: 500 runs x 9 densities x 3 models, against a loop over scikit-learn.

The loop draws its data with numpy, fits with scikit-learn's defaults, and scores the models on a test set,
region by region. The time here includes drawing, the test sets, and accuracies in closed form besides.
Coefficients are compared with scikit-learn's solver run to convergence on the same data. Seconds of all
processors together are given too: they are less at the mercy of what else the machine does. A row has the
same with one Hessian a fit, however far that is from the optimum: Newton's method takes no less.

Run `python -m experiments.speed.gain_curve [--runs R] [--loop L]`.
"""

import argparse
import dataclasses
import warnings
from collections.abc import Callable
from typing import Any

from w2sjax.machine import threads

threads.one_blas_thread()  # scikit-learn's small fits take many times as long with several

import jax  # noqa: E402
import numpy as np  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402 # pyright: ignore[reportMissingImports]

from experiments._gain_runs import BLOCK, Program, Setting  # noqa: E402
from experiments._run import Table, table_of  # noqa: E402
from experiments.speed._timing import benchmark, clock  # noqa: E402
from w2sjax.mixture.gain import MODELS, Design, Models, Protocol, train  # noqa: E402
from w2sjax.mixture.logistic import LogisticFit  # noqa: E402
from w2sjax.mixture.model import HARD, OVERLAP, Sample, published, sample  # noqa: E402

SETTING = Setting(tuple((100, 100, overlap) for overlap in range(10, 100, 10)))
ONE_STEP = dataclasses.replace(SETTING, protocol=Protocol(tolerance=1e300))
EASY = 20
REPEATS = 3


def draw(key: jax.Array, plan: Design) -> tuple[Sample, Sample]:
    """Draw a training and a pseudo-labelled set of the largest make-up."""
    keys = jax.random.split(key, 3)
    mixture = published(keys[0])
    return sample(keys[1], mixture, plan.regions), sample(keys[2], mixture, plan.regions)


def fit_all(first, labels, second, overlap, **options) -> list[LogisticRegression]:
    """Fit weak model, oracle and, unless all labels agree, student."""
    weak = LogisticRegression(C=1.0, **options).fit(first[:, :EASY], labels)
    oracle = LogisticRegression(C=1.0, **options).fit(first, labels)
    guesses = weak.predict(second[overlap][:, :EASY])
    if np.unique(guesses).size < 2:
        return [weak, oracle]
    return [weak, oracle, LogisticRegression(C=0.01, **options).fit(second[overlap], guesses)]


def largest_differences(models: Models, first: Sample, second: Sample, plan: Design) -> list[float]:
    """Largest difference of a coefficient from scikit-learn's most accurate solver, by model."""
    worst = [0.0, 0.0, 0.0]
    used, regions = np.asarray(plan.used), np.asarray(plan.regions)
    options = {"solver": "newton-cholesky", "tol": 1e-12, "max_iter": 1000}
    fits: tuple[LogisticFit, ...] = (models.weak, models.oracle, models.student)
    for run, row in np.ndindex(first.features.shape[0], len(used)):
        chosen = used[row]
        points = first.features[run][chosen], first.labels[run][chosen]
        overlap = regions[chosen] == OVERLAP
        theirs = fit_all(*points, second.features[run][chosen], overlap, **options)
        for place, (fit, model) in enumerate(zip(fits, theirs, strict=False)):
            ours = np.append(fit.coefficients[run, row], fit.intercept[run, row])
            away = np.abs(ours - np.append(model.coef_, model.intercept_))
            worst[place] = max(worst[place], float(away.max()))
    return worst


def loop(random: np.random.Generator, runs: int) -> list:
    """Do all runs one after another, as published."""
    scores = []
    for _ in range(runs):
        means = random.random(2 * EASY)
        for counts in SETTING.counts:
            regions = np.repeat(range(3), counts)
            sets = [_drawn(random, means, regions) for _ in range(3)]
            (first, labels), (second, _), (test, truth) = sets
            for place, model in enumerate(fit_all(first, labels, second, regions == OVERLAP)):
                right = np.equal(model.predict(test if place else test[:, :EASY]), truth)
                scores.append([np.mean(right), *(np.mean(right[regions == r]) for r in range(3))])
    return scores


def _drawn(random, means, regions):
    labels = random.integers(0, 2, regions.size)
    points = (2 * labels - 1)[:, None] * means
    points = points + 5**0.5 * random.standard_normal((regions.size, means.size))
    points[regions == HARD, :EASY] = 0
    points[regions == 0, EASY:] = 0
    return points, labels


@benchmark(runs=500, loop=20)
def main(given: argparse.Namespace) -> tuple[Table, str]:
    """Time both, compare coefficients."""
    key, plan = jax.random.key(0), SETTING.plan()
    random = np.random.default_rng(0)
    scale = given.runs / given.loop
    slow = [scale * one for one in _least(lambda: loop(random, given.loop))]
    ours, shortest = (_timed(key, setting, given.runs) for setting in (SETTING, ONE_STEP))
    drawn = jax.jit(jax.vmap(lambda k: draw(k, plan)))(jax.random.split(key, given.loop))
    models = jax.device_get(jax.jit(jax.vmap(lambda a, b: train(a, b, plan, EASY)))(*drawn))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on line searches that find nothing to gain
        first, second = jax.device_get(drawn)
        differences = largest_differences(models, first, second, plan)
    rows = [
        (label, f"{wall:.2f}", f"{of_all:.2f}", *compiling)
        for label, (wall, of_all, *compiling) in (
            (f"scikit-learn, {given.loop} runs extrapolated", [*slow, ""]),
            ("w2sjax", ours),
            ("w2sjax, one Hessian a fit", shortest),
        )
    ]
    ratios = [f"{before / after:.0f}" for before, after in zip(slow, ours, strict=False)]
    columns = ("method", "seconds", "of processors", "compile [s]")
    return (
        table_of(f"{27 * given.runs:,} logistic regressions", columns, rows),
        f"ratio {ratios[0]}, of processors' seconds {ratios[1]}; largest difference of a coefficient: "
        + ", ".join(f"{name} {value:.0e}" for name, value in zip(MODELS, differences, strict=True)),
    )


def _timed(key: jax.Array, setting: Setting, runs: int) -> tuple[float, float, str]:
    """Time all runs, on the wall and of all processors, and compiling them."""
    blocks = -(-runs // (BLOCK * jax.device_count()))
    compiling, _, program = clock(lambda: Program(setting, blocks))
    return *_least(lambda: program.run(key, setting, runs)), f"{compiling:.1f}"


def _least(call: Callable[[], Any]) -> tuple[float, float]:
    """Give the least seconds of several calls, on the wall and of all processors."""
    wall, of_all, _ = zip(*(clock(call) for _ in range(REPEATS)), strict=True)
    return min(wall), min(of_all)


if __name__ == "__main__":
    raise SystemExit(main())
