r"""Between teacher and student: what stopping early keeps of the gain, and what it saves of the loss.

$f_\lambda = (1 - \lambda) f_w + \lambda f_{sw}$ is a student stopped on the way to the projection, or
averaged with its teacher. The best constants of $d(f_\lambda, f^*) \le d(f_w, f^*) - c \cdot$ misfit
(realizable) and $d(f_\lambda, f^*) \le d(f_w, f^*) + c\,\varepsilon$ (any target) are found and proved for a
grid of $\lambda$ by `w2sjax.sharpen`, and random problems over a ball are laid beside them.

Run `python -m experiments early_stopping [--preset paper] [--out DIR]`.
"""

import dataclasses
import functools
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from experiments._run import Run, Table, experiment, table_of
from w2sjax import Claim, hypothesis_class, project, sharpen, unknown
from w2sjax.projecting.certificate import raise_if_failed
from w2sjax.projecting.sets import L2Ball
from w2sjax.settings.projection import (
    CONVEX,
    EXACT,
    PROJECTION,
    REALIZABLE,
    best,
    d,
    student,
    target,
    weak,
)


@dataclasses.dataclass(frozen=True)
class Config:
    """How many random problems, their points and coefficients, and the steps of the way."""

    problems: int = 300
    points: int = 6
    dimension: int = 2
    steps: int = 8
    way: float = 1.5


PRESETS = {"quick": Config(), "paper": Config(problems=20_000)}


@experiment(PRESETS)
def main(run: Run) -> tuple[Table]:
    """Prove the best constants, draw problems, write both, draw."""
    config = run.config
    shares = [Fraction(k, config.steps) for k in range(1, int(config.way * config.steps) + 1)]
    rows: list[dict[str, Any]] = []
    for share in shares:
        constants = run.once(f"share {share}", functools.partial(_constants, share))
        rows.append({"share": float(share), **constants})
    keys = jax.random.split(run.key, config.problems)
    found = jax.jit(jax.vmap(lambda key: _problem(key, config, [float(s) for s in shares])))(keys)
    kept, lost, status = jax.device_get(found)
    raise_if_failed(status)
    for place, row in enumerate(rows):
        row["least_kept"] = float(kept[:, place].min())
        row["median_kept"] = float(np.median(kept[:, place]))
        row["most_lost"] = float(lost[:, place].max())
        row["median_lost"] = float(np.median(lost[:, place]))
    run.write(shares=rows)
    columns = {
        "share": "{share:g}",
        "certain gain / misfit": "{kept}",
        "least seen": "{least_kept:.4f}",
        "possible loss / ε": "{lost}",
        "most seen": "{most_lost:.4f}",
    }
    return (table_of("On the way from teacher to student", columns, rows),)


def _constants(share: Fraction) -> dict[str, str]:
    """Find both constants."""
    way, c = (1 - share) * weak + share * student, unknown("c")
    gain = d(weak, target) - d(way, target)
    kept = _best(gain >= c * d(student, weak), (CONVEX, REALIZABLE, EXACT))
    lost = _best(gain >= -c * d(best, target), (CONVEX, EXACT))
    return {"kept": kept, "lost": lost}


def _best(claimed, assumptions) -> str:
    claim = Claim(
        title="on the way",
        source="derived",
        setting=PROJECTION,
        claim=claimed,
        assumptions=assumptions,
    )
    constant = sharpen(claim).constant
    return "none" if constant is None else str(constant)


def _problem(key, config: Config, shares: list[float]):
    """Gain over misfit of a realizable problem, loss over best error of another, for every share."""
    keys = jax.random.split(key, 4)
    features = jax.random.normal(keys[0], (config.points, config.dimension))
    strong = hypothesis_class(L2Ball(jnp.asarray(1.0)), features)
    teacher = 3 * jax.random.normal(keys[1], (config.points,))
    inside = jax.random.normal(keys[2], (config.dimension,))
    inside = features @ (inside / jnp.maximum(1.0, jnp.linalg.norm(inside)))
    outside = teacher + jax.random.normal(keys[3], (config.points,))
    projected, nearest = project(strong, teacher), project(strong, outside)
    way = jnp.asarray(shares)[:, None]
    along = (1 - way) * teacher[None] + way * projected.values[None]

    def gains(truth):
        return jnp.mean((teacher - truth) ** 2) - jnp.mean((along - truth[None]) ** 2, axis=1)

    misfit = jnp.mean((teacher - projected.values) ** 2)
    epsilon = jnp.mean((nearest.values - outside) ** 2)
    return gains(inside) / misfit, -gains(outside) / epsilon, projected
