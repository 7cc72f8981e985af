r"""Selecting data sources by overlap density: regret, students, and an index that gets stuck.

Regret against the number of rounds, for every strategy, beside the explicit bound; the accuracy of a
student that learns from the overlap points bought, where sources hold 10 % and 90 % of them (or ten
sources one 55 % and the others 5 % each); and a pair of sources between which the index with the root over
the pulls left out chooses the worse one for ever in a share of the runs.

Run `python -m experiments selection [--preset quick|paper] [--seed S] [--out DIR]`.
"""

import dataclasses
import functools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.stats import binomtest

from experiments import _source_students as students
from experiments._run import Run, Table, experiment, grouped, places, standard_error, table_of
from w2sjax.machine.compilation import jit_quickly
from w2sjax.overlap import STRATEGIES, regret_bound, sharper_regret_bound, simulate
from w2sjax.overlap.rewards import PartlyConstant

SHARES = {"two": (0.1, 0.9), "ten": (0.05,) * 9 + (0.55,)}
HORIZONS = {"two": 50, "ten": 200}
PLACES = 10
POINTS = 100  # of each kind, from which densities follow
VARIANCES = (5.0, 1.0)  # of the noise: as published, and one that lets the detector work
STUCK_MEANS = (0.53, 0.5)  # an indicator, and a source that pays its mean
STUCK = PartlyConstant((1,))
STUCK_COLUMNS = {
    "strategy": "{strategy}",
    "T": "{horizon:,}",
    "regret": "{regret:.5f} ± {stderr:.5f}",
    "bound": "{bound:.5f}",
    "on the worse source for good": "{stuck:.1%} ({stuck_low:.1%} to {stuck_high:.1%})",
}


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


@experiment(PRESETS)
def main(run: Run) -> tuple[Table, ...]:
    """Simulate, write data, draw, print."""
    stages = {"data": _regrets, "stuck": _stuck, "students": _students}

    def timed(name, place):
        with run.timed(name):
            return list(stages[name](jax.random.fold_in(run.key, place), run))

    # Side by side, as most of a short run is compiling.
    with ThreadPoolExecutor(max_workers=len(stages)) as pool:
        found = dict(zip(stages, pool.map(timed, stages, range(len(stages))), strict=True))
    run.write(**found)
    return (
        _regret_table(found["data"]),
        _stuck_table(found["stuck"]),
        _student_table(found["students"]),
    )


def _density(setting: str) -> Any:
    """Densities of the sources, repeated up to `PLACES`, so that one program serves all settings."""
    return jnp.resize(students.densities(SHARES[setting], POINTS), (PLACES,))


def _regrets(key, run: Run) -> Iterator[dict[str, Any]]:
    """Give mean regret by setting, horizon, strategy and rounds played."""
    config = run.config
    plans = []
    for setting in SHARES:
        for horizon in (HORIZONS[setting], config.rounds):
            first = len(SHARES[setting])
            looks = np.unique(np.geomspace(first, horizon, config.looks).astype(int))
            # One number of looks for all, as another is another program.
            spare = np.setdiff1d(np.arange(1, horizon), looks)[: config.looks - looks.size]
            plans.append((setting, horizon, np.sort(np.append(looks, spare))))
    for done, name in enumerate(STRATEGIES, 1):
        for setting, horizon, looks in plans:
            means = jnp.broadcast_to(_density(setting).astype(jnp.float32), (config.runs, PLACES))
            sources = len(SHARES[setting])
            play = functools.partial(
                simulate, key, means, name, horizon, rounds=looks, used=sources
            )
            unit = f"regret of {name}, {setting}, {horizon} rounds"
            regret = run.once(unit, lambda play=play: np.asarray(play().regret, float))
            for values, look in zip(regret.T, looks.tolist(), strict=True):
                row = {"setting": setting, "horizon": horizon, "strategy": name, "rounds": look}
                yield row | {
                    "regret": values.mean(),
                    "stderr": standard_error(values),
                    "bound": float(regret_bound(sources, horizon, look)),
                    "sharper": float(sharper_regret_bound(sources, horizon, look)),
                    "runs": config.runs,
                }
        run.progress("regret", done, len(STRATEGIES))


def _stuck(key, run: Run) -> Iterator[dict[str, Any]]:
    """Give, for two sources of a small gap, the regret and the share of runs on the worse one."""
    config = run.config
    means = jnp.broadcast_to(jnp.asarray(STUCK_MEANS, jnp.float64), (config.stuck_runs, 2))
    for done, name in enumerate(config.stuck_strategies, 1):
        for horizon in config.stuck_horizons:
            looks = (horizon // 2, horizon)
            play = functools.partial(
                simulate, key, means, name, horizon, rounds=looks, rewards=STUCK
            )
            found = run.once(
                f"a small gap, {name}, {horizon} rounds", lambda play=play: _ends(play())
            )
            regret, late = found["regret"][:, 1], found["pulls"][:, 1] - found["pulls"][:, 0]
            stuck = late[:, 1] > 0.99 * late.sum(axis=1)
            interval = binomtest(int(stuck.sum()), stuck.size).proportion_ci(method="exact")
            row = {"strategy": name, "horizon": horizon}
            row |= {"regret": regret.mean(), "stderr": standard_error(regret)}
            row |= {"stuck": stuck.mean(), "stuck_low": interval.low, "stuck_high": interval.high}
            yield row | {"bound": float(regret_bound(2, horizon)), "runs": regret.size}
        run.progress("a small gap", done, len(config.stuck_strategies))


def _ends(played: Any) -> dict[str, Any]:
    return {"regret": played.regret, "pulls": played.pulls}


def _students(key, run: Run) -> Iterator[dict[str, Any]]:
    """Give accuracy by setting, strategy, kind of reward and points bought."""
    config = run.config
    points = max(HORIZONS.values())
    market_key, key = jax.random.split(key)
    keys = jax.random.split(market_key, config.student_runs)
    # Without any optimisation where there is little to do.
    level = 1 if config.student_runs > 100 else 0
    offer = jit_quickly(students.markets, level=level, static_argnums=3)
    judge = jit_quickly(students.accuracies, level=level)
    cases = [(setting, variance) for setting in SHARES for variance in VARIANCES]
    for done, (setting, variance) in enumerate(cases, 1):
        horizon = HORIZONS[setting]
        rounds = np.asarray([round(share * horizon) for share in config.student_looks], np.int32)

        def judged(setting=setting, variance=variance, horizon=horizon, rounds=rounds):
            offers = offer(keys, _density(setting), jnp.asarray(variance), points)
            used, last = jnp.asarray(len(SHARES[setting]), jnp.int32), jnp.asarray(float(horizon))
            return judge(key, offers, used, last, jnp.asarray(rounds))

        found = run.once(f"students, {setting}, variance {variance}", judged)
        rates = {name: float(found[name]) for name in ("miss", "false_positive")}
        axes = {
            "strategy": tuple(STRATEGIES),
            "reward": ("true", "detected"),
            "points": rounds.tolist(),
        }
        for place, row in places(**axes):
            values = found["accuracy"][:, *place]
            row = {"setting": setting, "variance": variance} | row
            row |= {"accuracy": values.mean(), "stderr": standard_error(values)}
            yield row | rates | {"runs": values.size}
        run.progress("students", done, len(cases))


def _regret_table(rows) -> Table:
    shown = []
    last = [row for row in rows if row["rounds"] == row["horizon"]]
    for case, chosen in grouped(last, "setting", "horizon"):
        cells = [f"{row['regret']:.4f} ± {row['stderr']:.4f}" for row in chosen]
        bounds = [f"{chosen[0][name]:.3f}" for name in ("bound", "sharper")]
        shown.append((case[0], f"{case[1]:,}", *cells, *bounds))
    columns = ("sources", "T", *STRATEGIES, "bound", "sharper")
    return table_of("Regret after all rounds", columns, shown)


def _stuck_table(rows) -> Table:
    indicator, constant = STUCK_MEANS
    title = f"Sources of density {indicator} (one point a round) and {constant} (constant)"
    caption = "For good: more than 99 % of the second half of the rounds; 95 % intervals."
    return table_of(title, STUCK_COLUMNS, rows, caption=caption)


def _student_table(rows) -> Table:
    last_look = {row["setting"]: row["points"] for row in rows}  # they ascend
    last = [row for row in rows if row["points"] == last_look[row["setting"]]]
    shown = []
    for case, chosen in grouped(last, "setting", "variance", "reward"):
        cells = [f"{row['accuracy']:.3f} ± {row['stderr']:.3f}" for row in chosen]
        shown.append((case[0], f"{case[1]:g}", case[2], *cells))
    rates = {
        (row["setting"], row["variance"]): (row["miss"], row["false_positive"]) for row in rows
    }
    caption = ", ".join(
        f"{miss:.0%} and {wrong:.0%} ({setting}, {variance:g})"
        for (setting, variance), (miss, wrong) in rates.items()
    )
    names = ("sources", "variance", "reward")
    return table_of(
        "Accuracy of the student after all rounds",
        (*names, *STRATEGIES),
        shown,
        left=names,
        caption=f"Overlap points that the detector misses, and others that it takes for them: {caption}",
    )
