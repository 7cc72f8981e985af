r"""The theorems in the plane: Figures 1 and 4 of Charikar et al. (2024), from actual projections.

With two points of equal weight a function is a point of the plane. The strong class is an ellipse; the
weak model is projected on it. Where the target lies in the class, the triangle of target, student
and weak model has no acute angle at the student, which is Theorem 1. Where it does not, its projection
takes its place.

Run `python -m experiments geometry [--out DIR]`.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

from experiments._run import Run, Table, experiment, table_of
from w2sjax import hypothesis_class, project
from w2sjax.projecting.certificate import raise_if_failed
from w2sjax.projecting.sets import Ellipsoid


@dataclasses.dataclass(frozen=True)
class Config:
    """The ellipse (its axes' directions are turned by `angle` degrees), the weak model, two targets."""

    centre: tuple[float, float] = (0.0, 0.0)
    axes: tuple[float, float] = (2.0, 1.1)
    angle: float = 20.0
    weak: tuple[float, float] = (1.9, 2.1)
    inside: tuple[float, float] = (-0.6, -0.1)
    outside: tuple[float, float] = (-1.5, 1.4)
    boundary: int = 360


@experiment({"quick": Config()})
def main(run: Run) -> tuple[Table]:
    """Project in the plane, write points and distances, draw."""
    config = run.config
    turn = np.deg2rad(config.angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shape = rotation @ np.diag(1 / np.square(config.axes)) @ rotation.T
    ellipse = Ellipsoid(jnp.asarray(np.linalg.cholesky(shape)), jnp.asarray(config.centre))
    strong = hypothesis_class(ellipse, jnp.eye(2))
    around = np.linspace(0, 2 * np.pi, config.boundary)
    circle = 100 * np.stack([np.cos(around), np.sin(around)], axis=1)
    edge = jax.vmap(lambda point: project(strong, point))(jnp.asarray(circle))
    points, distances = [], []
    for panel, target in (("realizable", config.inside), ("not realizable", config.outside)):
        weak, truth = jnp.asarray(config.weak), jnp.asarray(target)
        student, best = project(strong, weak), project(strong, truth)
        raise_if_failed(student)
        raise_if_failed(best)
        named = {"weak": weak, "target": truth, "student": student.values, "best": best.values}
        shown = [*named.items(), *(("class", point) for point in edge.values)]
        points += [
            {"panel": panel, "name": name, "x": float(x), "y": float(y)} for name, (x, y) in shown
        ]
        distances.append({"panel": panel} | _distances(named, float(student.gap)))
    run.write(points=points, distances=distances)
    columns = [name.replace("_", " ") for name in distances[0]]
    cells = [
        (panel, *(f"{number:.3g}" for number in numbers))
        for panel, *numbers in (row.values() for row in distances)
    ]
    return (table_of("Two points, an ellipse: squared distances", columns, cells),)


def _distances(named, gap: float) -> dict[str, float]:
    """Squared distances in L2 of the two points, and the angle at the student in degrees."""

    def square(left, right):
        return float(jnp.mean((named[left] - named[right]) ** 2))

    to_weak, to_best = (np.asarray(named[name] - named["student"]) for name in ("weak", "best"))
    cosine = to_weak @ to_best / (np.linalg.norm(to_weak) * np.linalg.norm(to_best))
    weak_error, student_error = square("weak", "target"), square("student", "target")
    return {
        "weak_error": weak_error,
        "student_error": student_error,
        "misfit": square("student", "weak"),
        "gain": weak_error - student_error,
        "epsilon": square("best", "target"),
        "gap": gap,
        "angle": float(np.rad2deg(np.arccos(cosine))),
    }
