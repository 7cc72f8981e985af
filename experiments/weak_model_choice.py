r"""Which of several weak models to learn from: the paper's rule, judged on tasks with known targets.

The rule takes the weak model with the smallest err_w - misfit, which bounds the student's error where
the target lies in the class. Here it stands beside the smallest weak error, the largest misfit, and
chance: how often each finds the best student, and what it loses where it does not. A choice is certified
where its upper bound is below the lower bounds of all others (`error_bracket`).

A class is linear in Gaussian features, free or in a ball around the truth. The weak models' errors are
graded, a random share of each lies in the class, and each knows a random share of what the class
cannot represent of the target. Errors are in units of the mean square of the target's member.

Run `python -m experiments weak_model_choice [--preset quick|paper] [--seed K] [--out DIR]`.
"""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from experiments._gains import instance_of
from experiments._run import Run, Table, averages, experiment, grouped, places, table_of
from w2sjax import hypothesis_class
from w2sjax.arithmetic.measured import evaluate
from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.claims.selection import error_bracket
from w2sjax.machine.compilation import jit_quickly
from w2sjax.projecting.sets import L2Ball, Subspace
from w2sjax.settings.selection import d, lower, misfit, student, target, upper
from w2sjax.settings.selection import weak as weak_model
from w2sjax.settings.selection.floats import SelectionInstance, prepare, study

# The mean square of what is added to the member, whether all weak models are copies of the first with a
# little noise, and whether all have the same error.
SETTINGS = {
    "realizable": (0.0, False, False),
    "outside 0.01": (0.01, False, False),
    "outside 0.1": (0.1, False, False),
    "outside 1": (1.0, False, False),
    "near-tied": (0.1, True, False),
    "equal error": (0.1, False, True),
}
AXES = {"class": ("subspace", "l2_ball"), "setting": tuple(SETTINGS)}
STRATEGIES = ("err_w - misfit", "err_w", "misfit", "chance")
TOGETHER = 1000  # tasks that are judged, and recorded, at a time
COLUMNS = ("setting", "ε", *STRATEGIES, "certified")


@dataclasses.dataclass(frozen=True)
class Config:
    """Sizes; `errors` are the least and the largest grade, `reach` the truth's share of the radius."""

    tasks: int = 20_000
    points: int = 200
    features: int = 16
    models: int = 6
    errors: tuple[float, float] = (0.1, 1.0)
    tie: float = 0.01
    reach: float = 0.9
    block: int = 100


PRESETS = {"paper": Config(), "quick": Config(tasks=1_000)}


@experiment(PRESETS)
def main(run: Run) -> tuple[Table, str]:
    """Draw tasks, choose by every strategy; write data, draw, print the table."""
    found = choose(run.key, run.config, run.once)
    choices, certified = summary(found), certificates(found)
    run.write(choices=choices, certified=certified)
    return _table(choices, certified, run.config), conclusion(choices)


def choose(key, config: Config, once: Any) -> dict[str, np.ndarray]:
    """Judge all tasks; arrays (tasks, classes, settings), with a last axis for what is plural.

    Some tasks at a time, each of which `once` records.
    """
    keys, parts = jax.random.split(key, config.tasks), []
    for first in range(0, config.tasks, TOGETHER):
        judge = functools.partial(_judge_all, keys[first : first + TOGETHER], config=config)
        parts.append(once(f"tasks from {first}", judge))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


@functools.partial(jit_quickly, static_argnames="config")
def _judge_all(keys, *, config: Config):
    return jax.lax.map(lambda key: _judge(key, config), keys, batch_size=config.block)


def _judge(key, config: Config) -> dict[str, Any]:
    """One draw of class and models, judged in both classes and all settings."""
    feature_key, head_key, noise_key, share_key, chance_key = jax.random.split(key, 5)
    features = jax.random.normal(feature_key, (config.points, config.features))
    heads = jax.random.normal(head_key, (config.models + 2, config.features))
    values = jnp.matmul(heads, features.T, precision=HIGHEST)
    truth = heads[0] / jnp.sqrt(jnp.mean(values[0] ** 2))
    noise = jax.random.normal(noise_key, (config.models, config.points))
    shares, known = jax.random.uniform(share_key, (2, config.models))

    def error(share, inside, noise):
        return _unit(jnp.sqrt(share) * _unit(inside) + jnp.sqrt(1 - share) * noise)

    parts = {
        "member": jnp.matmul(features, truth, precision=HIGHEST),
        "beyond": _unit(jnp.cos(3 * _unit(values[1]))),
        "errors": jax.vmap(error)(shares, values[2:], noise),
        "known": known,
        "copies": noise,
    }
    free = hypothesis_class(Subspace(), features)
    ball = dataclasses.replace(free, set=L2Ball(jnp.linalg.norm(truth) / config.reach))
    chance = jax.random.randint(chance_key, (), 0, config.models)
    settings = [jnp.asarray(column) for column in zip(*SETTINGS.values(), strict=True)]

    def judged(hypothesis):
        def one(*setting):
            weak, offset = _task(config, *setting, **parts)
            return _outcome(hypothesis, truth, weak, offset, chance)

        return jax.vmap(one)(*settings)

    return jax.tree.map(lambda *rows: jnp.stack(rows), judged(free), judged(ball))


def _task(config: Config, outside, tied, equal, *, member, beyond, errors, known, copies):
    """The weak models of a setting, and what the target is more than its member.

    All parts have a mean square of about 1.

    Args:
        config: sizes.
        outside, tied, equal: of the setting.
        member: the target's member of the class.
        beyond: a function that the class does not represent.
        errors: each weak model's error, a random share of it in the class.
        known: which share of the target's other part each weak model knows.
        copies: what tells near-tied models apart.
    """
    grades = jnp.geomspace(*config.errors, config.models)
    offset = jnp.sqrt(outside) * beyond

    def away(grade, error, known):
        return (known - 1) * offset + jnp.sqrt(grade) * error

    first = away(grades[0], errors[0], known[0])

    def weak(grade, error, known, copy):
        found = away(grade, error, known)
        found = jnp.where(tied, first + jnp.sqrt(config.tie * grades[0]) * copy, found)
        found = jnp.where(equal, jnp.sqrt(jnp.mean(grades)) * _unit(found), found)
        return member + offset + found

    return jax.vmap(weak)(grades, errors, known, copies), offset


def _outcome(hypothesis, truth, weak, offset, chance) -> dict[str, Any]:
    """Learn from every weak model, choose by every strategy, certify the rule's choice."""
    base = instance_of(hypothesis, weak[0], truth, jnp.zeros(()), offset)
    prepared = prepare(SelectionInstance(base, weak, jnp.zeros(5, jnp.int32)))
    claim: Any = error_bracket.CLAIM
    judged = study(prepared, claim)
    wanted = (d(student, target), d(weak_model, target), misfit, lower, upper, claim.allowance)
    numbers = [found.number for found in evaluate(wanted, judged.quantity)]
    error, weak_error, misfits = (number.value for number in numbers[:3])
    below, above, allowed = numbers[3:]
    choice = judged.choice()
    others = (below.value - below.error).at[choice].set(jnp.inf)
    picks = jnp.stack([choice, jnp.argmin(weak_error), jnp.argmax(misfits), chance])
    values = base.hypothesis.values(truth) + offset
    return {
        "best": picks == jnp.argmin(error),
        "regret": error[picks] - jnp.min(error),
        "certified": (above + allowed).upper()[choice] < jnp.min(others),
        "epsilon": jnp.mean((prepared.best.values - values) ** 2),
    }


def _unit(values):
    """Scale a function to a mean square of 1."""
    return values / jnp.sqrt(jnp.mean(values**2))


def summary(found: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """How often each strategy finds the best student, and its regret: a row a class and setting."""
    rows = []
    tasks = len(found["best"])
    for place, row in places(**AXES, strategy=STRATEGIES):
        best, regret = found["best"][:, *place].mean(), found["regret"][:, *place]
        row |= {"tasks": tasks, "best": best, "best_stderr": (best * (1 - best) / tasks) ** 0.5}
        rows.append(row | averages({"regret": regret}) | {"regret_largest": regret.max()})
    return rows


def certificates(found: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """In how many tasks the rule's choice is certified, and in how many of those it is the best."""
    rows = []
    for place, row in places(**AXES):
        certified = found["certified"][:, *place]
        right = certified & found["best"][:, *place, 0]
        row |= {"tasks": certified.size, "epsilon": found["epsilon"][:, *place].mean()}
        rows.append(row | {"certified": certified.sum(), "certified_right": right.sum()})
    return rows


def conclusion(choices: list[dict[str, Any]]) -> str:
    """Say in one sentence where the rule fails."""
    rows = dict(grouped(choices, "class", "setting"))  # of every strategy, the rule's first
    kind, setting = min(rows, key=lambda place: rows[place][0]["best"])
    rule, *rest = rows[kind, setting]
    rival = max(rest, key=lambda row: row["best"])
    beaten = [
        f"{setting} ({kind})"
        for (kind, setting), (own, *others) in rows.items()
        if min(row["regret"] for row in others) < own["regret"]
    ]
    lost = f"loses more than another strategy in: {', '.join(beaten)}"
    return (
        f"{STRATEGIES[0]} fails most in '{setting}' ({kind}), where it finds the best student in "
        f"{rule['best']:.1%} of the tasks ({rival['strategy']}: {rival['best']:.1%}) and loses "
        f"up to {rule['regret_largest']:.2g}; on average it "
        + (lost if beaten else "loses less than every other strategy in every setting")
        + "."
    )


def _table(choices, certified, config: Config) -> Table:
    rows = []
    for (_, chosen), row in zip(grouped(choices, "class", "setting"), certified, strict=True):
        cells = (
            f"{c['best']:.1%} ≤{1e3 * c['regret_largest']:.0f}\n"
            f"{1e3 * c['regret']:.3g}±{1e3 * c['regret_stderr']:.1g}"
            for c in chosen
        )
        name = f"{row['setting']}\n[dim]{row['class']}[/dim]"
        epsilon = f"{row['epsilon']:.2g}" if row["epsilon"] > 1e-9 else "0"
        proved = f"{row['certified'] / row['tasks']:.1%}"
        right = f"{row['certified_right']}/{row['certified']}"
        rows.append((name, epsilon, *cells, f"{proved}\n{right}"))
    title = f"Choosing one of {config.models} weak models, {config.tasks:,} tasks"
    caption = (
        "Of each strategy: how often it finds the best student, and its largest and mean regret ± "
        "standard error in thousandths. ε: mean square distance of the target from the class. "
        "Certified: how often the choice by err_w - misfit is proved, and right/proved."
    )
    table = table_of(title, COLUMNS, rows, caption=caption)
    table.rows[len(SETTINGS) - 1].end_section = True
    return table
