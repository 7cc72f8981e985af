r"""Students of regressions, simulated: random features, inherited variance, the performance gap recovered."""

from collections.abc import Iterable, Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy.optimize import isotonic_regression

from experiments._run import averages
from experiments._teacher_points import quantities, value
from w2sjax.claims.directions.random_feature_limit import CLAIM as FEATURE_LIMIT
from w2sjax.claims.regression import variance_inheritance
from w2sjax.machine.compilation import jit_quickly
from w2sjax.settings.regression.simulation import features, inherited

POINTS, INPUTS, WIDE = 100, 6, 150  # of random-feature students
WIDTHS = (1, 2, 4, 8, 16, 32)  # of their teachers
WEAK, STRONG, LABELS = 12, 8, 40  # d_w, d_s and n of the inherited variance
SHARED = {"6 of 12 directions": (1.0,) * 6, "3 of 12": (1.0,) * 3, "8 of 12, by half": (0.5,) * 8}


def random_features(source: np.random.Generator, worlds: int) -> Iterator[dict[str, Any]]:
    """Fit teachers of few random features, and students of many that are stopped at their best step."""
    stops = np.geomspace(1e-1, 1e4, 60)
    for _ in range(worlds):
        inputs = source.standard_normal((POINTS, INPUTS)) / INPUTS**0.5

        def relu(width: int, inputs=inputs) -> np.ndarray:
            return np.maximum(inputs @ source.standard_normal((INPUTS, width)), 0)

        directions, sizes, _ = np.linalg.svd(relu(WIDE), full_matrices=False)
        kept = 1 - np.exp(-np.outer(stops, (sizes / sizes[0]) ** 2))
        smooth = relu(30) @ source.standard_normal(30)
        for name, target in (("smooth targets", smooth), ("one direction", directions[:, 0])):
            target = target / np.linalg.norm(target)
            for width in WIDTHS:
                noise = source.standard_normal((POINTS, width)) * source.uniform(0, 0.3)
                basis, _ = np.linalg.qr(relu(width) + noise)
                teacher = basis @ (basis.T @ target)
                learnt = (kept * (directions.T @ teacher)) @ directions.T
                error = np.sum((teacher - target) ** 2)
                (law,) = feature_limits([error])
                least = np.sum((learnt - target) ** 2, axis=1).min()
                yield {"target": name, "teacher": error, "student": least, "limit": law["limit"]}


def feature_limits(errors: Iterable[float]) -> Iterator[dict[str, Any]]:
    """Give the limit, three quarters of a square, and a student that attains the first."""
    for error in errors:
        share = np.sqrt(1 - error)
        truth, taught = np.array([1.0, 0.0]), share * np.array([share, np.sqrt(error)])
        away = truth - taught / 2
        student = taught / 2 + share / 2 * away / np.linalg.norm(away)
        known = quantities(1, student=student, truth=truth, teacher=taught)
        (square, _), (limit, attained) = (
            (value(one.lhs, known), value(one.rhs, known)) for one in FEATURE_LIMIT.comparisons
        )
        yield {"teacher": error, "limit": limit, "attained": attained, "square": square}


def variances(
    source: np.random.Generator, pairs: int, sizes: tuple[int, ...]
) -> Iterator[dict[str, Any]]:
    """Give the share of the teacher's variance that students of N points inherit, and the formula."""
    passed, deviation = jit_quickly(inherited), ((LABELS - WEAK - 1) / WEAK) ** 0.5
    for name, cosines in SHARED.items():
        shape = pairs, LABELS + max(sizes), 2 * WEAK + STRONG
        normal = jnp.asarray(source.standard_normal(shape))
        teacher = normal[:, :LABELS, :WEAK]
        strong, rest = jnp.split(normal[:, LABELS:, WEAK:], (STRONG,), axis=-1)
        padded = jnp.zeros(STRONG).at[: len(cosines)].set(jnp.asarray(cosines))
        weak, squares = features(padded, strong, rest), np.square(cosines)
        for size in sizes:
            used = (jnp.arange(max(sizes)) < size)[None, :, None]
            learnt = (jnp.where(used, part, 0) for part in (strong, weak))
            traces = np.asarray(passed(teacher, *learnt))
            known = {"n": LABELS, "N": size, "d_w": WEAK, "d_s": STRONG, "shared": sum(squares)}
            known |= {"squared": sum(squares**2), "sigma": deviation}
            formula = value(variance_inheritance.V, {(k,): v for k, v in known.items()})
            row = {"shared": name, "size": size, "law": formula}
            yield row | averages({"variance": traces * deviation**2})


def recovered(source: np.random.Generator, problems: int) -> Iterator[dict[str, Any]]:
    """Project teachers on subspaces and on monotone functions; targets in the class, or near it."""
    for name in ("in a subspace", "near a subspace", "monotone", "nearly monotone"):
        off = 0.3 if "near" in name else 0.0
        for _ in range(problems):
            basis, _ = np.linalg.qr(source.standard_normal((8, 3)))
            member = basis @ source.standard_normal(3)
            if "monotone" in name:
                member = np.sort(source.standard_normal(8))

            def project(values: np.ndarray, basis=basis, monotone="monotone" in name) -> np.ndarray:
                return isotonic_regression(values).x if monotone else basis @ (basis.T @ values)

            target, weak = (member + size * source.standard_normal(8) for size in (off, 1.0))
            student, best = project(weak), project(target)
            misfit, epsilon = np.mean((student - weak) ** 2), np.mean((best - target) ** 2)
            error = np.mean((weak - target) ** 2)
            yield {
                "target": name,
                "bound": (misfit - 2 * np.sqrt(epsilon * misfit)) / (error - epsilon),
                "recovered": (error - np.mean((student - target) ** 2)) / (error - epsilon),
            }
