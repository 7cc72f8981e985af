"""Misfit of a random weak model over balls of several radii."""

import dataclasses

import jax
import jax.numpy as jnp

from experiments._run import Run, Table, experiment, table_of
from w2sjax import hypothesis_class, project
from w2sjax.projecting.sets import L2Ball


@dataclasses.dataclass(frozen=True)
class Config:
    """Points, coefficients, radii."""

    points: int = 20
    dimension: int = 3
    radii: tuple[float, ...] = (0.5, 1.0, 2.0)


@experiment({"quick": Config(), "paper": Config(points=2000)})
def main(run: Run) -> tuple[Table]:
    """Project on every ball; write and print the misfits."""
    config, (features_key, weak_key) = run.config, jax.random.split(run.key)
    features = jax.random.normal(features_key, (config.points, config.dimension))
    weak, rows = jax.random.normal(weak_key, (config.points,)), []
    for radius in config.radii:
        student = project(hypothesis_class(L2Ball(jnp.asarray(radius)), features), weak)
        misfit = jnp.mean((student.values - weak) ** 2)
        rows.append({"radius": radius, "misfit": float(misfit), "gap": float(student.gap)})
    run.write(misfits=rows)
    columns = {"radius": "{radius:g}", "misfit": "{misfit:.4f}", "gap": "{gap:.1e}"}
    return (table_of("Misfit by radius", columns, rows),)
