r"""Selecting data sources by overlap density: regret, students, and an index that gets stuck.

Regret against the number of rounds, for every strategy, beside the explicit bound; the accuracy of a
student that learns from the overlap points bought, where sources hold 10 % and 90 % of them (or ten
sources one 55 % and the others 5 % each); and a pair of sources between which the index with the root over
the pulls left out chooses the worse one for ever in a share of the runs.

Run `python -m experiments selection [--preset quick|paper] [--seed S] [--out DIR]`.
"""

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.stats import binomtest

from experiments import _source_students as students
from experiments._run import Run, options, standard_error
from experiments._selection_tables import regret_table, stuck_table, student_table
from w2sjax._compilation import compile_quickly
from w2sjax.overlap.bandits import STRATEGIES
from w2sjax.overlap.regret import regret_bound, sharper_regret_bound
from w2sjax.overlap.rewards import PartlyConstant
from w2sjax.overlap.simulation import simulate
from w2sjax.report import progress_bar

SHARES = {"two": (0.1, 0.9), "ten": (0.05,) * 9 + (0.55,)}
HORIZONS = {"two": 50, "ten": 200}
PLACES = 10
POINTS = 100  # of each kind, from which densities follow
VARIANCES = (5.0, 1.0)  # of the noise: as published, and one that lets the detector work
STUCK_MEANS = (0.53, 0.5)  # an indicator, and a source that pays its mean
STUCK = PartlyConstant((1,))


@dataclasses.dataclass(frozen=True)
class Config:
    """Sizes: runs, rounds of the regret, rounds after which students are fitted."""

    runs: int = 1000
    rounds: int = 20_000
    looks: int = 24
    student_runs: int = 1000
    student_looks: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    stuck_runs: int = 512
    stuck_strategies: tuple[str, ...] = ("index", "variant", "thompson")
    stuck_horizons: tuple[int, ...] = (1000, 10_000, 100_000, 1_000_000, 10_000_000)


PRESETS = {
    "paper": Config(),
    "quick": Config(
        runs=200,
        rounds=2000,
        looks=12,
        student_runs=12,
        student_looks=(0.2, 0.6, 1.0),
        stuck_runs=200,
        stuck_strategies=("index", "variant"),
        stuck_horizons=(1000, 10_000),
    ),
}


def main(arguments: list[str] | None = None) -> int:
    """Simulate, write data and manifest, draw, print."""
    parser = options("selection", __doc__, PRESETS)
    given = parser.parse_args(arguments)
    config = PRESETS[given.preset]
    run = Run("selection", config, given.seed, given.out)
    key = jax.random.key(given.seed)
    stages = {"data": _regrets, "stuck": _stuck, "students": _students}

    def timed(name, place):
        with run.timed(name):
            return list(stages[name](jax.random.fold_in(key, place), config, progress))

    # Side by side, as most of a short run is compiling.
    with progress_bar() as progress, ThreadPoolExecutor(max_workers=len(stages)) as pool:
        futures = {name: pool.submit(timed, name, place) for place, name in enumerate(stages)}
        found = {name: future.result() for name, future in futures.items()}
    run.write_rows(**found)
    run.finish(preset=given.preset)
    run.show(
        regret_table(found["data"]),
        stuck_table(found["stuck"], STUCK_MEANS),
        student_table(found["students"]),
    )
    return 0


def _density(setting: str) -> Any:
    """Densities of the sources, repeated up to `PLACES`, so that one program serves all settings."""
    density = students.densities(SHARES[setting], POINTS)
    return jnp.tile(density, -(-PLACES // density.shape[0]))[:PLACES]


def _regrets(key, config: Config, progress) -> Iterator[dict[str, Any]]:
    """Return mean regret by setting, horizon, strategy and rounds played."""
    plans = []
    for setting in SHARES:
        for horizon in (HORIZONS[setting], config.rounds):
            first = len(SHARES[setting])
            looks = np.unique(np.geomspace(first, horizon, config.looks).astype(int))
            # One number of looks for all, as another is another program.
            spare = np.setdiff1d(np.arange(1, horizon), looks)[: config.looks - looks.size]
            plans.append((setting, horizon, np.sort(np.append(looks, spare))))

    def play(name):
        answers = []
        for setting, horizon, looks in plans:
            means = jnp.broadcast_to(_density(setting).astype(jnp.float32), (config.runs, PLACES))
            used = len(SHARES[setting])
            found = simulate(key, means, name, horizon, rounds=looks, used=used)
            answers.append(np.asarray(found.regret, float))
        return answers

    for done, name in enumerate(STRATEGIES):
        answers = play(name)
        progress("regret", done + 1, len(STRATEGIES))
        for (setting, horizon, looks), regrets in zip(plans, answers, strict=True):
            sources = len(SHARES[setting])
            for place, look in enumerate(looks.tolist()):
                values = regrets[:, place]
                yield {
                    "setting": setting,
                    "horizon": horizon,
                    "strategy": name,
                    "rounds": look,
                    "regret": values.mean(),
                    "stderr": standard_error(values),
                    "bound": float(regret_bound(sources, horizon, look)),
                    "sharper": float(sharper_regret_bound(sources, horizon, look)),
                    "runs": config.runs,
                }


def _stuck(key, config: Config, progress) -> Iterator[dict[str, Any]]:
    """Return, for two sources of a small gap, the regret and the share of runs on the worse one."""
    means = jnp.broadcast_to(jnp.asarray(STUCK_MEANS, jnp.float64), (config.stuck_runs, 2))

    def play(name):
        answers = []
        for horizon in config.stuck_horizons:
            looks = (horizon // 2, horizon)
            found = simulate(key, means, name, horizon, rounds=looks, rewards=STUCK)
            late = np.asarray(found.pulls[:, 1] - found.pulls[:, 0])
            answers.append((np.asarray(found.regret[:, 1]), late[:, 1] > 0.99 * late.sum(axis=1)))
        return answers

    for done, name in enumerate(config.stuck_strategies):
        answers = play(name)
        progress("a small gap", done + 1, len(config.stuck_strategies))
        for horizon, (regret, stuck) in zip(config.stuck_horizons, answers, strict=True):
            interval = binomtest(int(stuck.sum()), stuck.size).proportion_ci(method="exact")
            yield {
                "strategy": name,
                "horizon": horizon,
                "regret": regret.mean(),
                "stderr": standard_error(regret),
                "stuck": stuck.mean(),
                "stuck_low": interval.low,
                "stuck_high": interval.high,
                "bound": float(regret_bound(2, horizon)),
                "runs": regret.size,
            }


def _students(key, config: Config, progress) -> Iterator[dict[str, Any]]:
    """Return accuracy by setting, strategy, kind of reward and points bought."""
    points = max(HORIZONS.values())
    market_key, key = jax.random.split(key)
    keys = jax.random.split(market_key, config.student_runs)
    looks = len(config.student_looks)
    offering = jax.jit(students.markets, static_argnums=3)
    shapes = jax.eval_shape(lambda: offering(keys, _density("two"), jnp.asarray(1.0), points))
    like = jax.ShapeDtypeStruct
    judging = jax.jit(students.accuracies).lower(
        key, shapes, like((), jnp.int32), like((), jnp.float64), like((looks,), jnp.int32)
    )
    with ThreadPoolExecutor(max_workers=2) as pool:
        teach = pool.submit(_compiled, judging, config)
        offer = _compiled(offering.lower(keys, _density("two"), jnp.asarray(1.0), points), config)
    done = 0
    for setting, shares in SHARES.items():
        horizon = HORIZONS[setting]
        rounds = np.asarray([round(share * horizon) for share in config.student_looks], np.int32)
        for variance in VARIANCES:
            offers = offer(keys, _density(setting), jnp.asarray(variance))
            used, last = jnp.asarray(len(shares), jnp.int32), jnp.asarray(float(horizon))
            found = jax.device_get(teach.result()(key, offers, used, last, jnp.asarray(rounds)))
            yield from _student_rows(found, setting, variance, rounds)
            done += 10 * looks
            progress("students", done, len(SHARES) * len(VARIANCES) * 10 * looks)


def _compiled(lowered, config: Config) -> Any:
    """Compile a program, without any optimisation where it has little to do."""
    return compile_quickly(lowered, level=1 if config.student_runs > 100 else 0)


def _student_rows(found, setting: str, variance: float, looks) -> Iterator[dict[str, Any]]:
    for i, name in enumerate(STRATEGIES):
        for kind, reward in enumerate(("true", "detected")):
            for place, look in enumerate(looks.tolist()):
                values = found["accuracy"][:, i, kind, place]
                yield {
                    "setting": setting,
                    "variance": variance,
                    "strategy": name,
                    "reward": reward,
                    "points": look,
                    "accuracy": values.mean(),
                    "stderr": standard_error(values),
                    "miss": float(found["miss"]),
                    "false_positive": float(found["false_positive"]),
                    "runs": values.size,
                }


if __name__ == "__main__":
    raise SystemExit(main())
