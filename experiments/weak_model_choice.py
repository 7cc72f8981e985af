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
from rich.table import Table

from experiments._gains import instance_of
from experiments._run import Run, options, standard_error, table_of
from w2sjax import hypothesis_class
from w2sjax._compilation import compile_quickly
from w2sjax.arithmetic.measured import evaluate
from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.claims.selection import error_bracket
from w2sjax.sets import L2Ball, Subspace
from w2sjax.settings.selection import d, lower, misfit, student, target, upper
from w2sjax.settings.selection import weak as weak_model
from w2sjax.settings.selection.floats import SelectionInstance, prepare, study


@dataclasses.dataclass(frozen=True)
class Setting:
    """A kind of task.

    Attributes:
        name: what tables call it.
        outside: mean square of the part of the target that is added to the member.
        tied: whether all weak models are copies of the first with a little noise.
        equal: whether all weak models have the same error.
    """

    name: str
    outside: float
    tied: bool = False
    equal: bool = False


SETTINGS = (
    Setting("realizable", 0.0),
    Setting("outside 0.01", 0.01),
    Setting("outside 0.1", 0.1),
    Setting("outside 1", 1.0),
    Setting("near-tied", 0.1, tied=True),
    Setting("equal error", 0.1, equal=True),
)
CLASSES = ("subspace", "l2_ball")
STRATEGIES = ("err_w - misfit", "err_w", "misfit", "chance")
COLUMNS = (
    "class", "setting", "strategy", "tasks", "best", "best_stderr", "regret", "regret_stderr",
    "regret_largest",
)  # fmt: skip
CERTIFIED = ("class", "setting", "tasks", "epsilon", "certified", "certified_right")


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


def main(arguments: list[str] | None = None) -> int:
    """Draw tasks, choose by every strategy; write data, manifest and figure; print the table."""
    parser = options("weak_model_choice", __doc__, PRESETS)
    given = parser.parse_args(arguments)
    config = PRESETS[given.preset]
    run = Run("weak_model_choice", config, given.seed, given.out)
    found = choose(jax.random.key(given.seed), config)
    choices, certified = summary(found), certificates(found)
    run.write_rows(choices=choices, certified=certified)
    run.finish(preset=given.preset)
    table = _table(choices, certified, config)
    run.show(table, conclusion(choices), last="data, manifest and figure in")
    return 0


def choose(key, config: Config) -> dict[str, np.ndarray]:
    """Judge all tasks; arrays (tasks, classes, settings), with a last axis for what is plural."""
    keys = jax.random.split(key, config.tasks)
    program = compile_quickly(_judge_all.lower(keys, config=config))
    return {name: np.asarray(values) for name, values in program(keys).items()}


@functools.partial(jax.jit, static_argnames="config")
def _judge_all(keys, config: Config):
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

    parts = Parts(
        member=jnp.matmul(features, truth, precision=HIGHEST),
        outside=_unit(jnp.cos(3 * _unit(values[1]))),
        error=jax.vmap(error)(shares, values[2:], noise),
        known=known,
        copy=noise,
    )
    free = hypothesis_class(Subspace(), features)
    ball = dataclasses.replace(free, set=L2Ball(jnp.linalg.norm(truth) / config.reach))
    chance = jax.random.randint(chance_key, (), 0, config.models)
    columns = zip(*((s.outside, s.tied, s.equal) for s in SETTINGS), strict=True)
    settings = tuple(jnp.asarray(column) for column in columns)

    def judged(hypothesis):
        def one(*setting):
            weak, offset = _task(parts, config, *setting)
            return _outcome(hypothesis, truth, weak, offset, chance)

        return jax.vmap(one)(*settings)

    return jax.tree.map(lambda *rows: jnp.stack(rows), judged(free), judged(ball))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Parts:
    """What a task is put together from, all of mean square about 1.

    Attributes:
        member: the target's member of the class.
        outside: a function that the class does not represent.
        error: each weak model's error, a random share of it in the class.
        known: which share of the target's other part each weak model knows.
        copy: what tells near-tied models apart.
    """

    member: jax.Array
    outside: jax.Array
    error: jax.Array
    known: jax.Array
    copy: jax.Array


def _task(parts: Parts, config: Config, outside, tied, equal):
    """The weak models of a setting, and what the target is more than its member."""
    grades = jnp.geomspace(*config.errors, config.models)
    offset = jnp.sqrt(outside) * parts.outside

    def away(grade, error, known):
        return (known - 1) * offset + jnp.sqrt(grade) * error

    first = away(grades[0], parts.error[0], parts.known[0])

    def weak(grade, error, known, copy):
        found = away(grade, error, known)
        found = jnp.where(tied, first + jnp.sqrt(config.tie * grades[0]) * copy, found)
        found = jnp.where(equal, jnp.sqrt(jnp.mean(grades)) * _unit(found), found)
        return parts.member + offset + found

    return jax.vmap(weak)(grades, parts.error, parts.known, parts.copy), offset


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
    for kind, setting, strategy in np.ndindex(found["best"].shape[1:]):
        best = found["best"][:, kind, setting, strategy].mean()
        regret = found["regret"][:, kind, setting, strategy]
        names = CLASSES[kind], SETTINGS[setting].name, STRATEGIES[strategy]
        found_best = (best, (best * (1 - best) / tasks) ** 0.5)
        lost = (regret.mean(), standard_error(regret), regret.max())
        rows.append(dict(zip(COLUMNS, (*names, tasks, *found_best, *lost), strict=True)))
    return rows


def certificates(found: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """In how many tasks the rule's choice is certified, and in how many of those it is the best."""
    rows = []
    for kind, setting in np.ndindex(found["certified"].shape[1:]):
        certified = found["certified"][:, kind, setting]
        right = certified & found["best"][:, kind, setting, 0]
        epsilon = found["epsilon"][:, kind, setting].mean()
        names = CLASSES[kind], SETTINGS[setting].name
        numbers = (len(certified), epsilon, int(certified.sum()), int(right.sum()))
        rows.append(dict(zip(CERTIFIED, (*names, *numbers), strict=True)))
    return rows


def conclusion(choices: list[dict[str, Any]]) -> str:
    """Say in one sentence where the rule fails."""
    rule, rest = STRATEGIES[0], STRATEGIES[1:]
    table = {(row["class"], row["setting"], row["strategy"]): row for row in choices}
    places = list(dict.fromkeys(place[:2] for place in table))
    worst = min(places, key=lambda place: table[*place, rule]["best"])
    found = table[*worst, rule]
    rival = max(rest, key=lambda strategy: table[*worst, strategy]["best"])
    beaten = [
        f"{setting} ({kind})"
        for kind, setting in places
        if any(
            table[kind, setting, other]["regret"] < table[kind, setting, rule]["regret"]
            for other in rest
        )
    ]
    lost = f"loses more than another strategy in: {', '.join(beaten)}"
    return (
        f"{rule} fails most in '{worst[1]}' ({worst[0]}), where it finds the best student in "
        f"{found['best']:.1%} of the tasks ({rival}: {table[*worst, rival]['best']:.1%}) and loses "
        f"up to {found['regret_largest']:.2g}; on average it "
        + (lost if beaten else "loses less than every other strategy in every setting")
        + "."
    )


def _table(choices, certified, config: Config) -> Table:
    title = f"Choosing one of {config.models} weak models, {config.tasks:,} tasks"
    columns = ("setting", "ε", *STRATEGIES, "certified")
    table = table_of(title, columns, (), title_justify="center")
    for column in table.columns:
        column.no_wrap = True
    for place, row in enumerate(certified):
        chosen = choices[len(STRATEGIES) * place :][: len(STRATEGIES)]
        table.add_row(
            f"{row['setting']}\n[dim]{row['class']}[/dim]",
            f"{row['epsilon']:.2g}" if row["epsilon"] > 1e-9 else "0",
            *(
                f"{c['best']:.1%} ≤{1e3 * c['regret_largest']:.0f}\n"
                f"{1e3 * c['regret']:.3g}±{1e3 * c['regret_stderr']:.1g}"
                for c in chosen
            ),
            f"{row['certified'] / row['tasks']:.1%}\n{row['certified_right']}/{row['certified']}",
            end_section=place % len(SETTINGS) == len(SETTINGS) - 1,
        )
    table.caption = (
        "Of each strategy: how often it finds the best student, and its largest and mean regret ± "
        "standard error in thousandths. ε: mean square distance of the target from the class. "
        "Certified: how often the choice by err_w - misfit is proved, and right/proved."
    )
    table.caption_justify = "left"
    return table


if __name__ == "__main__":
    raise SystemExit(main())
