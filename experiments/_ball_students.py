"""Students over a Euclidean ball of coefficients, whose radius the weak labels alone decide.

The student projects its labels on $V_r = \\{H\\theta + c : \\|\\theta\\| \\le r\\}$; of the radii
given, cross-validation takes the one that predicts held-out weak labels best. The molecules that
judge are the distribution P of the theorems, in which the student is an inexact projection.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from experiments._gains import judged
from w2sjax import hypothesis_class, project
from w2sjax._compilation import jit_quickly
from w2sjax.certificate import Projection
from w2sjax.hypothesis import HypothesisClass
from w2sjax.sets.l2_ball import L2Ball


@jit_quickly
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


@jit_quickly
def judge(
    features: Float[Array, "n d"],
    weak: Float[Array, "m n"],
    target: Float[Array, " n"],
    students: Projection,
    radii: Float[Array, " m"],
) -> dict[str, Float[Array, " m"]]:
    r"""Measure weak models and students on fresh points with equal weights.

    `bound` is weak error less misfit: an upper bound of the student's error where the target is in
    the class and the student the projection in P. In general, with $f_s$ the target's projection,

    $$d(q, f^*) - \mathrm{bound} = 2\langle f_w - q, f_s - q\rangle + 2\langle f_w - q, f^* - f_s\rangle,$$

    `excess_sampled`, as the student was fitted on other points, and `excess_outside`, as the target
    is outside the class. The sharpened Theorem 2 guarantees a gain from bounds of both.
    """
    fresh = hypothesis_class(_ball(1.0), features, intercept=True)

    def one(weak, fitted, radius):
        hypothesis = _within(fresh, radius)
        student, prepared, found = judged(hypothesis, weak, target, fitted)
        best = prepared.students["target"].values
        residual = fresh.weights * (weak - student.values)
        return found | {
            "bound": found["weak_error"] - found["misfit"],
            "excess_sampled": 2 * jnp.sum(residual * (best - student.values)),
            "excess_outside": 2 * jnp.sum(residual * (target - best)),
        }

    return jax.vmap(one)(weak, students, radii)


def _ball(radius) -> L2Ball:
    return L2Ball(jnp.asarray(radius, jnp.float64))


def _within(hypothesis: HypothesisClass, radius) -> HypothesisClass:
    """The same features, and their one factorisation, with another radius."""
    return dataclasses.replace(hypothesis, set=_ball(radius))
