r"""What an audit measures of one weak model, each number on its provable side.

For any student $q$ and any member $u$ of the class,
$d(f_w, f^*) - d(q, f^*) = d(q, f_w) + 2\langle f_w - q, q - f^*\rangle$ gives

$$\mathrm{gain} \ge \mathrm{misfit} - 2\langle f_w - q, u - q\rangle - 2\|f_w - q\|\,\|f^* - u\|,$$

the sharpened form of Theorem 2 of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116, whose
first product the student's certificate bounds. Here $u$ is the class's best fit $f_s$ of the target.
"""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.rounding import Rounded, gamma, inflate, mean_square
from w2sjax.projecting.certificate import Projection, Status
from w2sjax.projecting.certification import certify
from w2sjax.projecting.hypothesis import HypothesisClass
from w2sjax.projecting.projection import project
from w2sjax.projecting.rows import Rows


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Quantities:
    r"""Squared distances of one weak model and its student; NaN where they need a target.

    Attributes:
        misfit: $d(q, f_w)$.
        gap: bound of the distance of the student from the projection of the weak model.
        weak_error: $d(f_w, f^*)$.
        student_error: $d(q, f^*)$.
        gain: weak error less student error.
        epsilon: $d(f_s, f^*)$, the distance of the target from the class.
        guaranteed_gain: a lower bound of the gain; -inf where the certificate does not cover the class.
        reach: of the student's certificate; inf where it covers the class.
        pairing: bound of $\langle f_w - q, f_s - q\rangle$; without a target, for a member within
            `distance` of the student, which is then the mean square of the weak model.
        distance: see `pairing`.
        student_error_low, student_error_high: bounds of the student's error that do not use it:
            $(\sqrt{\mathrm{err}_w} - \sqrt{\mathrm{misfit}})_+^2$ and
            $\mathrm{err}_w -$ guaranteed gain.
        status: of the student's certificate.
        doubts: by name, what a number may be off by: rounding, and where a projection is certified, what
            its gap allows. A number that is no larger may be 0.
    """

    misfit: Float[Array, "*batch"]
    gap: Float[Array, "*batch"]
    weak_error: Float[Array, "*batch"]
    student_error: Float[Array, "*batch"]
    gain: Float[Array, "*batch"]
    epsilon: Float[Array, "*batch"]
    guaranteed_gain: Float[Array, "*batch"]
    reach: Float[Array, "*batch"]
    pairing: Float[Array, "*batch"]
    distance: Float[Array, "*batch"]
    student_error_low: Float[Array, "*batch"]
    student_error_high: Float[Array, "*batch"]
    status: Int[Array, "*batch"]
    doubts: dict[str, Float[Array, "*batch"]]


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Student:
    """How a student comes about: by projection, unless one of these is given.

    Attributes:
        values: what a student trained elsewhere predicts.
        coefficients, intercept: a student fitted on other points.
    """

    values: Any = None
    coefficients: Any = None
    intercept: Any = None

    def predictions(self, features: Any) -> np.ndarray:
        """Values at the points of students with coefficients; those of a set of values are values."""
        if features is None:
            return self.coefficients
        if isinstance(features, Rows):
            values = np.asarray(jax.vmap(features.times)(jnp.asarray(self.coefficients)))
        else:
            values = self.coefficients @ np.asarray(features).T
        return values + self.intercept[:, None]


@functools.partial(jax.jit, static_argnames=("tolerance", "max_steps", "chunk"))
def measure(
    hypothesis: HypothesisClass,
    weak: Float[Array, "m n"],
    students: Student | Projection,
    target: Float[Array, " n"] | None,
    best: Projection | None,
    *,
    tolerance: float,
    max_steps: int,
    chunk: int = 0,
) -> tuple[Quantities, Student]:
    """Measure m weak models, so many at once (all, by default); also gives their students.

    `best` is the projection of `target` on the class; both are None where there is no target. `students`
    may be the projections of the weak models, where they are known.
    """

    def one(given):
        weak, how = given
        student = _learn(hypothesis, weak, how, max_steps, tolerance)
        learnt = Student(coefficients=student.coefficients, intercept=student.intercept)
        return _quantities(hypothesis, weak, student, target, best), learnt

    return jax.lax.map(one, (weak, students), batch_size=chunk)


def _learn(hypothesis, weak, how: Student | Projection, max_steps, tolerance) -> Projection:
    """Find a student and certify it."""
    if isinstance(how, Projection):
        return how
    options = {"tolerance": tolerance}
    if how.coefficients is not None:
        return certify(hypothesis, weak, how.coefficients, how.intercept, **options)
    if how.values is None:
        return project(hypothesis, weak, max_steps=max_steps, **options)
    if hypothesis.features is None:
        return certify(hypothesis, weak, how.values, **options)
    near = project(hypothesis, how.values, max_steps=max_steps, **options)
    return certify(
        hypothesis, weak, near.coefficients, near.intercept, values=how.values, **options
    )


def _quantities(hypothesis, weak, student: Projection, target, best) -> Quantities:
    weights = hypothesis.weights
    misfit = mean_square(weights, student.values, weak)
    found: dict[str, Any] = {
        "misfit": misfit.value,
        "gap": student.gap,
        "reach": student.radius,
        "status": student.status,
    }
    size = mean_square(weights, weak, jnp.zeros_like(weak))
    doubts: dict[str, Any] = {"misfit": misfit.error + _moved(student, misfit)}
    if target is None:
        pairing = student.pairing(size.upper())
        doubts["guaranteed_gain"] = doubts["misfit"] + _if_certified(student, 2 * pairing)
        found |= {"pairing": pairing, "distance": size.upper(), "doubts": doubts}
        names = [field.name for field in dataclasses.fields(Quantities)]
        blank: dict[str, Any] = dict.fromkeys(names, jnp.full((), jnp.nan, weak.dtype))
        return Quantities(**blank | found)
    weak_error = mean_square(weights, weak, target)
    student_error = mean_square(weights, student.values, target)
    gain = weak_error - student_error
    epsilon = mean_square(weights, best.values, target)
    off = _off_class(hypothesis, best)
    away = jnp.sqrt(mean_square(weights, best.values, student.values).upper()) + off
    distance = inflate(away * away, 8)
    pairing = student.pairing(distance)
    product = jnp.sqrt(misfit.upper()) * (jnp.sqrt(epsilon.upper()) + off)
    # The computed gain may be smaller than the exact one by its own error: stay below both.
    loss = inflate(2 * (pairing + product) + misfit.error + gain.error, 16)
    guaranteed = misfit.value - loss
    guaranteed -= inflate(rounding.unit(weak.dtype) * (misfit.value + loss), 4)
    doubts |= {
        "weak_error": weak_error.error,
        "student_error": student_error.error + _moved(student, student_error),
        "gain": gain.error + _moved(student, student_error),
        "epsilon": epsilon.error + _moved(best, epsilon),
        "guaranteed_gain": _guarantee_doubt(student, misfit, gain, pairing, product),
    }
    # A guarantee speaks of the whole class.
    guaranteed = jnp.where(jnp.isinf(student.radius), guaranteed, -jnp.inf)
    root = weak_error.sqrt() - misfit.sqrt()
    low = jnp.maximum(root.value - inflate(root.error, 2), 0)
    shave = 1 - 4 * rounding.unit(weak.dtype)
    high = weak_error.upper() - guaranteed
    high += inflate(rounding.unit(weak.dtype) * jnp.abs(high), 4)
    return Quantities(
        **found,
        weak_error=weak_error.value,
        student_error=student_error.value,
        gain=gain.value,
        epsilon=epsilon.value,
        guaranteed_gain=guaranteed,
        pairing=pairing,
        distance=distance,
        student_error_low=low * low * shave,
        student_error_high=high,
        doubts=doubts,
    )


def _guarantee_doubt(student, misfit: Rounded, gain: Rounded, pairing, product):
    """Bound what is taken off a guarantee for errors; all of it, where the misfit may be 0."""
    zero = misfit.value <= misfit.error + _moved(student, misfit)
    taken = misfit.error + gain.error + _if_certified(student, 2 * pairing)
    return inflate(taken + jnp.where(zero, misfit.value + 2 * product, 0), 32)


def _moved(found: Projection, square: Rounded):
    r"""Bound how much a squared distance from it changes on the way to the true projection.

    With $m$ the distance, $\lvert (\sqrt m \pm \sqrt{\mathrm{gap}})^2 - m \rvert$.
    """
    return _if_certified(found, found.gap + 2 * jnp.sqrt(found.gap * square.value))


def _if_certified(found: Projection, bound):
    """Leave out what the certificate does not show to be small."""
    return jnp.where(found.status == int(Status.CERTIFIED), bound, 0)


def _off_class(hypothesis, best: Projection):
    """Bound the distance of the computed best fit from a member."""
    outside = hypothesis.set.distance(best.coefficients).upper()
    factors, dtype = hypothesis.factorisation, outside.dtype
    if factors is None:
        return inflate(outside * jnp.sqrt(jnp.max(hypothesis.weights)), 4)
    size, dimension = hypothesis.features.shape
    total = jnp.sqrt(inflate(jnp.sum(hypothesis.weights), size))
    lengths = jnp.sum(jnp.abs(best.coefficients) * factors.raw_norms)
    off = gamma(dimension + 2, dtype) * (lengths + jnp.abs(best.intercept) * total)
    off += outside * rounding.norm(factors.norms) + rounding.underflow(size, dtype) ** 0.5
    return inflate(off, 2 * dimension + 16)
