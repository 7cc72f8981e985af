r"""Project a target on a strong hypothesis class: the student that learns it perfectly.

$$f_{sw} = \arg\min_{f \in V} \sum_i w_i (f_i - y_i)^2$$
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic import rounding
from w2sjax.machine.host import concrete
from w2sjax.projecting.certificate import Projection, Status
from w2sjax.projecting.certification import certify, values_of
from w2sjax.projecting.hypothesis import HypothesisClass, derived_again
from w2sjax.projecting.rows import Rows
from w2sjax.projecting.sets.convex_set import CoefficientSet, ValueSet
from w2sjax.projecting.solvers.least_squares import solve

MAX_STEPS = 500


def project(
    hypothesis: HypothesisClass,
    target: Float[Array, " n"],
    *,
    max_steps: int = MAX_STEPS,
    tolerance: float | None = None,
    radius: Float[Array, ""] | float | None = None,
) -> Projection:
    r"""Project `target` on the class and certify the answer.

    Works under `jit`, `vmap` and `grad`, in float32 and float64. Derivatives are implicit, through
    the optimality conditions at the solution with the active constraints held: exact where the
    active set is stable; at degenerate points (a constraint active with multiplier zero) the
    derivative of the piece on which the constraint stays active; where the solution is not unique
    (rank-deficient features) the minimum-norm solution of the linearised conditions.

    Args:
        hypothesis: the class.
        target: what to project, shape (n,), in the dtype of the class; batches by `jax.vmap`.
        max_steps: iterations a solver may spend.
        tolerance: relative gap $\gamma/\|y\|^2$ for the status CERTIFIED; $\varepsilon^{2/3}$ by default.
        radius: see `certify`.

    Returns:
        A `Projection`. Where several coefficients give the projection (n < d, rank-deficient
        features), those of least norm for `subspace`, `affine`, `l2_ball` and `rkhs_ball`, of least
        distance to the centre in its own norm for `ellipsoid`, and one of them for the others; the
        values are unique in every case.

    Raises:
        ValueError: for shapes or dtypes that do not fit.

    After the Gram route (`hypothesis_class(method="gram")`), an answer that its certificate finds
    loose is computed again from a QR factorisation when called outside of `jit`.
    """
    target = values_of(hypothesis, target, "target")
    result = _project(hypothesis, target, radius, max_steps=max_steps, tolerance=tolerance)
    factors = hypothesis.factorisation
    if factors is None or factors.left is not None or isinstance(hypothesis.features, Rows):
        return result
    if concrete(result.status) in (None, Status.CERTIFIED):
        return result
    accurate = derived_again(hypothesis)
    return project(accurate, target, max_steps=max_steps, tolerance=tolerance, radius=radius)


@functools.partial(jax.jit, static_argnames=("max_steps", "tolerance"))
def _project(hypothesis, target, radius, *, max_steps, tolerance) -> Projection:
    if isinstance(hypothesis.set, ValueSet):
        point = hypothesis.set.project(target, hypothesis.weights)
        answer = certify(*jax.lax.stop_gradient((hypothesis, target, point)), tolerance=tolerance)
        return _with_derivatives(answer, point, answer.intercept, point)
    frozen, fixed = jax.lax.stop_gradient((hypothesis, target))
    solution = _solve(frozen, fixed, max_steps)
    data = hypothesis.set, hypothesis.features, hypothesis.weights, target
    theta = _differentiable(hypothesis.intercept, solution.coefficients, data)
    intercept = _intercept(hypothesis, target, theta)
    point = jax.lax.stop_gradient((theta, intercept))
    given = {"hint": solution.dual, "steps": solution.steps, "radius": radius}
    answer = certify(frozen, fixed, *point, tolerance=tolerance, **given)
    free = intercept if hypothesis.intercept else None
    return _with_derivatives(answer, theta, intercept, hypothesis.values(theta, free))


def _with_derivatives(answer, coefficients, intercept, values) -> Projection:
    """Put differentiable points into a certified answer; bounds and statuses carry no derivative."""
    points = {"coefficients": coefficients, "intercept": intercept, "values": values}
    return dataclasses.replace(jax.lax.stop_gradient(answer), **points)


def _solve(hypothesis, target, max_steps):
    factors, weights = hypothesis.factorisation, hypothesis.weights
    points = hypothesis.features, weights, hypothesis.centre
    target = jnp.where(weights > 0, target, 0)
    if hypothesis.intercept:
        target = target - _mean(weights, target)
    convex_set: CoefficientSet = hypothesis.set
    solution = convex_set.solve(
        factors.system(factors.coordinates(*points, target)), max_steps=max_steps
    )
    if convex_set.linear:
        # One step of iterative refinement takes the residual to rounding level.
        theta = solution.coefficients
        residual = _residual(hypothesis, target, theta)
        if hypothesis.intercept:
            residual -= _mean(weights, residual)
        theta += factors.system(factors.coordinates(*points, residual)).minimum_norm()
        solution = dataclasses.replace(solution, coefficients=theta)
    return solution


def _intercept(hypothesis, target, theta) -> Float[Array, ""]:
    """Weighted mean of the residual, taken twice so that what is left is rounding."""
    if not hypothesis.intercept:
        return jnp.zeros((), target.dtype)
    left = _residual(hypothesis, target, theta)
    first = _mean(hypothesis.weights, left)
    return first + _mean(hypothesis.weights, left - first)


def _mean(weights, values) -> Float[Array, ""]:
    return jnp.sum(weights * values) / jnp.sum(weights)


def _residual(hypothesis, target, theta) -> Float[Array, " n"]:
    r"""$y - H\theta$, zero at points without weight, which may overflow."""
    return jnp.where(hypothesis.weights > 0, target - hypothesis.values(theta), 0)


def _stationarity(unknowns, data, intercept, active):
    r"""Optimality conditions: the Lagrangian's gradient, active constraints, other multipliers.

    `unknowns` is the pair (coefficients, multipliers), `data` what they depend on.
    """
    (theta, multipliers), (convex_set, features, weights, target) = unknowns, data
    features = jnp.where(weights[:, None] > 0, features, 0)
    target = jnp.where(weights > 0, target, 0)
    residual = jnp.matmul(features, theta, precision=rounding.HIGHEST) - target
    if intercept:
        residual -= _mean(weights, residual)
    gradient = jnp.matmul(features.T, weights * residual, precision=rounding.HIGHEST)
    constraints, pull = jax.vjp(lambda point: convex_set.constraints(point)[0], theta)
    gradient += pull(multipliers)[0]
    return jnp.concatenate([gradient, jnp.where(active, constraints, multipliers)])


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def _differentiable(intercept, theta, data):
    """Return `theta`, found elsewhere as the minimiser, with its implicit derivative."""
    return theta


@_differentiable.defjvp
def _(intercept, primals, tangents):
    (theta, data), (_, data_tangents) = primals, tangents
    dimension, convex_set = theta.shape[0], data[0]
    constraints, active = convex_set.constraints(theta)
    multipliers = jnp.zeros_like(constraints)
    if constraints.shape[0]:
        gradient = _stationarity((theta, multipliers), data, intercept, active)[:dimension]
        normals = jax.jacfwd(lambda point: convex_set.constraints(point)[0])(theta)
        normals = jnp.where(active[:, None], normals, 0)
        multipliers = -jnp.linalg.pinv(normals.T) @ gradient

    unknowns = theta, multipliers
    conditions = functools.partial(_stationarity, intercept=intercept, active=active)
    matrix = jnp.concatenate(jax.jacfwd(conditions)(unknowns, data), axis=1)
    _, change = jax.jvp(functools.partial(conditions, unknowns), (data,), (data_tangents,))
    return theta, -solve(matrix, change)[:dimension]
