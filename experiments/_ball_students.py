"""Students over a Euclidean ball of coefficients, whose radius the weak labels alone decide.

The student projects its labels on $V_r = \\{H\\theta + c : \\|\\theta\\| \\le r\\}$; of the radii
given, cross-validation takes the one that predicts held-out weak labels best. The molecules that
judge are the distribution P of the theorems, in which the student is an inexact projection.
"""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from experiments._gains import SHARPENED, numbers, prepared_of
from w2sjax import certify, hypothesis_class, project
from w2sjax._compilation import compile_quickly
from w2sjax.certificate import Projection
from w2sjax.hypothesis import HypothesisClass
from w2sjax.sets.balls import L2Ball
from w2sjax.settings.random_instances import compared


@jax.jit
def learn(
    features: Float[Array, "n d"],
    labels: Float[Array, "m n"],
    folds: Float[Array, "k n"],
    radii: Float[Array, "m r"],
) -> tuple[Projection, Float[Array, " m"]]:
    """Fit a student to each of the m weak models' labels; also give the radii chosen.

    `folds` has ones for the points that a fold fits and zeros for those it holds out.
    """

    def held_out(fold):
        # No certificate is wanted of a fold, so the fast factorisation will do.
        fitted = hypothesis_class(_ball(1.0), features, fold, intercept=True, method="gram")

        def error(label, radius):
            values = project(_within(fitted, radius), label).values
            return jnp.sum((1 - fold) * (values - label) ** 2)

        return jax.vmap(jax.vmap(error, (None, 0)))(labels, radii)

    errors = jnp.sum(jax.lax.map(held_out, folds), axis=0)
    chosen = jnp.take_along_axis(radii, jnp.argmin(errors, axis=1)[:, None], axis=1)[:, 0]
    whole = hypothesis_class(_ball(1.0), features, intercept=True)
    students = jax.vmap(lambda label, radius: project(_within(whole, radius), label))(
        labels, chosen
    )
    return students, chosen


@jax.jit
def judge(
    features: Float[Array, "n d"],
    weak: Float[Array, "m n"],
    target: Float[Array, " n"],
    coefficients: Float[Array, "m d"],
    intercepts: Float[Array, " m"],
    radii: Float[Array, " m"],
) -> dict[str, Float[Array, " m"]]:
    r"""Measure weak models and students on fresh points with equal weights.

    `bound` is weak error less misfit: an upper bound of the student's error where the target is in
    the class and the student the projection in P. In general, with $f_s$ the target's projection,

    $$d(q, f^*) - \mathrm{bound} = 2\langle f_w - q, f_s - q\rangle + 2\langle f_w - q, f^* - f_s\rangle,$$

    `excess_sampled`, as the student was fitted on other points, and `excess_outside`, as the target
    is outside the class. `guaranteed` is the gain that the sharpened Theorem 2 guarantees from
    bounds of both, and `verdict` what its check says.
    """
    fresh = hypothesis_class(_ball(1.0), features, intercept=True)

    def one(weak, coefficients, intercept, radius):
        hypothesis = _within(fresh, radius)
        student = certify(hypothesis, weak, coefficients, intercept)
        prepared = prepared_of(hypothesis, weak, target, student)
        weak_error, student_error, misfit, epsilon = numbers(prepared, SHARPENED)
        best = prepared.students["target"].values
        gain = (weak_error - student_error).value
        residual = fresh.weights * (weak - student.values)
        check = compared(prepared, SHARPENED)
        return {
            "weak_error": weak_error.value,
            "student_error": student_error.value,
            "misfit": misfit.value,
            "gain": gain,
            "bound": (weak_error - misfit).value,
            "epsilon": epsilon.value,
            "gap": student.gap,
            "guaranteed": gain - check.slack,
            "excess_sampled": 2 * jnp.sum(residual * (best - student.values)),
            "excess_outside": 2 * jnp.sum(residual * (target - best)),
            "verdict": check.verdict(),
        }

    return jax.vmap(one)(weak, coefficients, intercepts, radii)


def quickly(function: Any, *arrays: Any) -> Any:
    """Call `learn` or `judge`, compiled once for every shape; most of a study's time is compiling."""
    return _program(function, *(np.shape(array) for array in arrays))(*arrays)


@functools.cache
def _program(function, *shapes):
    return compile_quickly(
        function.lower(*(jax.ShapeDtypeStruct(shape, jnp.float64) for shape in shapes))
    )


def _ball(radius) -> L2Ball:
    return L2Ball(jnp.asarray(radius, jnp.float64))


def _within(hypothesis: HypothesisClass, radius) -> HypothesisClass:
    """The same features, and their one factorisation, with another radius."""
    return dataclasses.replace(hypothesis, set=_ball(radius))
