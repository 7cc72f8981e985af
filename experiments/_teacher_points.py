r"""Students that take a step along a teacher or along the difference of two, simulated on samples.

Inputs are $x \sim N(0, I)$. The signs that a teacher t gives them have $E\, \mathrm{sign} \langle t, x
\rangle x = \sqrt{2/\pi}\, t$: a step on a sample is one along t, with noise.
"""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from w2sjax.arithmetic.doubles import DOUBLES
from w2sjax.claims.directions import delta_step, teacher_step
from w2sjax.claims.random_directions.delta_in_high_dimension import CLAIM as HIGH_DIMENSION
from w2sjax.language.evaluation import plan
from w2sjax.language.terms import Term

Source = np.random.Generator
STUDENT = 0.6  # its cosine to the truth
# Cosines of teachers to the truth and to the student: weak with errors of its own, weak and alike, strong.
TEACHERS = {
    "weak, errors of its own": (0.3, 0.18),
    "weak, errors alike": (0.4, 0.9),
    "strong": (0.9, 0.4),
}
COSINES = {"alpha_0": 0.6, "alpha_c": 0.5, "alpha_r": 0.2, "delta": 0.1}  # of delta learning
DIMENSION = 8
FEW = 3  # coordinates, where signs are wrong most often


def value(term: Term, known: dict[Any, Any]) -> float:
    """Evaluate a formula in doubles."""
    return float(plan((term,)).values(DOUBLES, known.__getitem__)[0])


def units(source: Source, *shape: int) -> np.ndarray:
    """Draw unit vectors."""
    drawn = source.standard_normal(shape)
    return drawn / np.linalg.norm(drawn, axis=-1, keepdims=True)


def cosine(v: np.ndarray, u: np.ndarray) -> Any:
    """Cosine along the last axis."""
    return np.sum(v * u, axis=-1) / np.linalg.norm(v, axis=-1) / np.linalg.norm(u, axis=-1)


def quantities(eta: float, **vectors: np.ndarray) -> dict[Any, Any]:
    """Give what claims of directions speak of."""
    known: dict[Any, Any] = {("eta",): eta}
    for v, u in itertools.product(vectors, repeat=2):
        known["inner", v, u] = vectors[v] @ vectors[u]
        known["cos", v, u] = cosine(vectors[v], vectors[u])
    return known


def stepped(source: Source, samples: int, steps: tuple[float, ...]) -> Iterator[dict[str, Any]]:
    """Take steps of many lengths along three teachers; the law and its bounds beside what is measured."""
    truth, axis, *_ = np.eye(DIMENSION)
    student = STUDENT * truth + math.sqrt(1 - STUDENT**2) * axis
    for name, (tau, kappa) in TEACHERS.items():
        across = (kappa - STUDENT * tau) / math.sqrt(1 - STUDENT**2)
        rest = math.sqrt(1 - tau**2 - across**2)
        teacher = np.array([tau, across, rest, *[0] * (DIMENSION - 3)])
        for eta in steps:
            inputs = source.standard_normal((samples, DIMENSION))
            learnt = np.sign(inputs @ teacher) @ inputs / samples * math.sqrt(math.pi / 2)
            known = quantities(eta, student=student, truth=truth, teacher=teacher)
            after = np.linalg.norm(student + eta * teacher)
            (low, rise), (_, high) = (
                (value(one.lhs, known), value(one.rhs, known))
                for one in teacher_step.CLAIM.comparisons
            )
            yield {"teacher": name, "eta": eta} | {
                "measured": cosine(student + eta * learnt, truth) - STUDENT,
                "law": rise / after, "lower": low / after, "upper": high / after,
            }  # fmt: skip


def slopes(source: Source, samples: int, triples: int, lengths: tuple[float, ...]) -> Iterator[Any]:
    r"""Compare the criterion with the slope of the student's cosine, for students of several lengths.

    The linear loss moves the student along $\frac12 E (y_c - y_r) x$, the logistic loss of the pair along
    $\frac14 E (y_c - y_r) x - \frac12 E\, 1[y_c \ne y_r] \tanh(\langle \theta_0, x \rangle / 2)\, x$.
    Slopes are those of a step in which the first term is $\theta_c - \theta_r$.
    """
    inputs = source.standard_normal((samples, FEW))
    for _ in range(triples):
        truth, student, chosen, rejected = units(source, 4, FEW)
        student *= np.sign(student @ truth)
        if chosen @ truth < rejected @ truth:
            chosen, rejected = rejected, chosen
        given = {"student": student, "truth": truth, "chosen": chosen, "rejected": rejected}
        row = {"criterion": value(delta_step.g, quantities(0, **given))}
        labels = np.sign(inputs @ chosen), np.sign(inputs @ rejected)
        linear = (labels[0] - labels[1]) @ inputs / samples
        for length in (0.0, *lengths):
            pulled = np.tanh(length * (inputs @ student) / 2) * (labels[0] != labels[1])
            moved = math.sqrt(math.pi / 2) * (linear - 2 * pulled @ inputs / samples)
            slope = moved @ truth - (student @ truth) * (moved @ student)
            yield row | {"length": length, "slope": slope}


def in_dimensions(source: Source, draws: int, dimensions: tuple[int, ...]) -> Iterator[Any]:
    """Draw errors on the sphere: quantiles of the derivative, beside what it exceeds in all but 10 %."""
    a = np.array([COSINES[name] for name in ("alpha_0", "alpha_c", "alpha_r")])
    for dimension in dimensions:
        errors = units(source, draws, 3, dimension - 1) * np.sqrt(1 - a**2)[:, None]
        student, chosen, rejected = np.moveaxis(
            np.concatenate([np.broadcast_to(a[:, None], (draws, 3, 1)), errors], axis=2), 1, 0
        )
        along = np.sum(student * (chosen - rejected), axis=1)
        derivative = a[1] - a[2] - a[0] * along
        known = {(name,): number for name, number in COSINES.items()} | {("d",): dimension}
        yield {
            "dimension": dimension,
            "expected": (1 - a[0] ** 2) * (a[1] - a[2]),
            "bound": value(HIGH_DIMENSION.comparisons[0].rhs, known),
            "quantile": np.quantile(derivative, COSINES["delta"]),
            "positive": np.mean(derivative > 0),
        }
