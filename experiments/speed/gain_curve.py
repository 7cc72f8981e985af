"""The published gain curve: 500 runs x 9 densities x 3 models, against a loop over scikit-learn.

The loop draws its data with numpy, fits with scikit-learn's defaults, and scores the models on a test set,
region by region. The time here includes drawing, the test sets, and accuracies in closed form besides.
Coefficients are compared with scikit-learn's solver run to convergence on the same data. Seconds of all
processors together are given too: they are less at the mercy of what else the machine does.

Run `python -m experiments.speed.gain_curve [--runs R] [--loop L]`.
"""

import time
import warnings

from w2sjax import _threads

_threads.one_blas_thread()  # scikit-learn's small fits take many times as long with several

import jax  # noqa: E402
import numpy as np  # noqa: E402
from rich.console import Console  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402 # pyright: ignore[reportMissingImports]

from experiments._gain_runs import BLOCK, Program, Setting  # noqa: E402
from experiments._run import table_of  # noqa: E402
from experiments.speed._timing import clock, sizes  # noqa: E402
from w2sjax.mixture.gain import Design, Models, train  # noqa: E402
from w2sjax.mixture.logistic import LogisticFit  # noqa: E402
from w2sjax.mixture.model import HARD, OVERLAP, Sample, published, sample  # noqa: E402

SETTING = Setting(tuple((100, 100, overlap) for overlap in range(10, 100, 10)))
EASY = 20
REPEATS = 3
NAMES = ("weak", "oracle", "student")


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


def converged(first: Sample, second: Sample, plan: Design) -> list[list]:
    """Coefficients of scikit-learn's most accurate solver on given data, by model."""
    found = [[], [], []]
    used, regions = np.asarray(plan.used), np.asarray(plan.regions)
    options = {"solver": "newton-cholesky", "tol": 1e-12, "max_iter": 1000}
    for run in range(first.features.shape[0]):
        for chosen in used:
            points = first.features[run][chosen], first.labels[run][chosen]
            overlap = regions[chosen] == OVERLAP
            models = fit_all(*points, second.features[run][chosen], overlap, **options)
            for place in range(3):
                known = place < len(models)
                model = models[place] if known else None
                found[place].append(model and np.append(model.coef_, model.intercept_))
    return found


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


def largest_differences(models: Models, found: list[list]) -> list[float]:
    """Largest difference of a coefficient from the loop's, by model."""
    answers = []
    fits: tuple[LogisticFit, ...] = (models.weak, models.oracle, models.student)
    for fit, rows in zip(fits, found, strict=True):
        points = np.concatenate([fit.coefficients, fit.intercept[..., None]], axis=-1)
        points = points.reshape(-1, points.shape[-1])
        pairs = [(p, q) for p, q in zip(points, rows, strict=True) if q is not None]
        answers.append(max(float(np.abs(p - q).max()) for p, q in pairs))
    return answers


def main(arguments: list[str] | None = None) -> int:
    """Time both, compare coefficients, print."""
    given = sizes(__doc__, arguments, runs=500, loop=20)
    jax.config.update("jax_enable_x64", True)
    key, plan = jax.random.key(0), SETTING.plan()
    start = time.perf_counter()
    program = Program(SETTING, -(-given.runs // (BLOCK * jax.device_count())))
    compiling = time.perf_counter() - start
    own = [clock(lambda: program.run(key, SETTING, given.runs)) for _ in range(REPEATS)]
    random = np.random.default_rng(0)
    theirs = [clock(lambda: loop(random, given.loop)) for _ in range(REPEATS)]
    drawn = jax.jit(jax.vmap(lambda k: draw(k, plan)))(jax.random.split(key, given.loop))
    models = jax.device_get(jax.jit(jax.vmap(lambda a, b: train(a, b, plan, EASY)))(*drawn))
    first, second = jax.device_get(drawn)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on line searches that find nothing to gain
        found = converged(first, second, plan)
    columns = ("method", "seconds", "of processors", "compile [s]")
    table = table_of(f"{27 * given.runs:,} logistic regressions", columns, ())
    seconds, processors = (min(part) for part in zip(*own, strict=True))
    scale = given.runs / given.loop
    their_seconds, their_processors = (scale * min(part) for part in zip(*theirs, strict=True))
    table.add_row(
        f"scikit-learn, {given.loop} runs extrapolated", f"{their_seconds:.1f}",
        f"{their_processors:.1f}", "",
    )  # fmt: skip
    table.add_row("w2sjax", f"{seconds:.2f}", f"{processors:.2f}", f"{compiling:.1f}")
    differences = zip(NAMES, largest_differences(models, found), strict=True)
    console = Console()
    console.print(table)
    console.print(
        f"ratio {their_seconds / seconds:.0f}, of processors' seconds "
        f"{their_processors / processors:.0f}; largest difference of a coefficient: "
        + ", ".join(f"{name} {value:.0e}" for name, value in differences),
        highlight=False,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
