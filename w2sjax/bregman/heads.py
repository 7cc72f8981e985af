r"""Softmax-linear heads, fitted to soft labels by cross-entropy.

$$\min_{\Theta, b} L(\Theta, b) + \tfrac\lambda2 \|\Theta\|^2, \qquad L = -\sum_i w_i \sum_k p_{ik}
\log \mathrm{softmax}(\Theta^\top h_i + b)_k,$$

with weights that sum to 1 and the intercept free; or $\min L$ over $\|\Theta\| \le R$, which is the same
with the $\lambda \ge 0$ at which $\|\Theta\| = R$. Unpenalised and unbounded, there is no minimum where hard
labels are separable.

Method. Newton's (`head_newton`), or L-BFGS (`head_descent`) for more than `head_points.LARGE` coefficients.
Features are centred and turned into their principal directions, of mean square 1; directions
that are lost in rounding are left out. Scores are contrasts of classes, as only their differences count.
Under a norm bound the gap is that of the penalised problem plus $\frac\lambda2 (R^2 - \|\Theta\|^2)$, by
weak duality.

Derived; for two classes it is `w2sjax.mixture.logistic`. Certificate: `head_certificate`.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Real

from w2sjax.arithmetic.rounding import HIGHEST, unit
from w2sjax.bregman.head_certificate import gap
from w2sjax.bregman.head_descent import descend
from w2sjax.bregman.head_newton import minimise, within
from w2sjax.bregman.head_points import LARGE, points_of, product
from w2sjax.machine.host import concrete, floating
from w2sjax.mixture.logistic import FitStatus

SUMS = 0.01  # by how much probabilities may miss 1, as they may come from half precision


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Head:
    r"""A softmax-linear head $x \mapsto \mathrm{softmax}(\Theta^\top x + b)$.

    Attributes:
        coefficients: $\Theta$; its rows sum to 0.
        intercept: $b$, which sums to 0; zeros where there is none.
        loss: the cross-entropy L, without penalty.
        gap: a proved bound on the objective less its minimum, rounding included: for a free head this is
            $E\,\mathrm{KL}(\text{exact head} \,\|\, \text{this head})$. inf where nothing is proved.
        penalty: $\lambda$; of a norm bound, the one that it amounts to.
        rank: directions of the features that were kept.
        status: a `FitStatus`. NO_MINIMUM is proved: the loss falls forever along the scores found. LOOSE
            with an infinite gap may have no minimum either.
        steps: Hessians computed, or iterations of L-BFGS.
    """

    coefficients: Float[Array, "*batch d c"]
    intercept: Float[Array, "*batch c"]
    loss: Float[Array, "*batch"]
    gap: Float[Array, "*batch"]
    penalty: Float[Array, "*batch"]
    rank: Int[Array, "*batch"]
    status: Int[Array, "*batch"]
    steps: Int[Array, "*batch"]

    def scores(self, features: Float[Array, "n d"]) -> Float[Array, "n c"]:
        """Scores of the classes, of which softmax makes probabilities."""
        return jnp.matmul(features, self.coefficients, precision=HIGHEST) + self.intercept[None, :]


def fit(
    features: Real[Array | np.ndarray, "n d"],
    labels: Real[Array | np.ndarray, "n c"],
    weights: Real[Array | np.ndarray, " n"] | None = None,
    *,
    penalty: Float[Array, ""] | float = 0.0,
    bound: float | None = None,
    intercept: bool = True,
    tolerance: float = 1e-10,
    max_steps: int = 60,
) -> Head:
    r"""Fit a head; see the module for the problem.

    Args:
        features: a row for each point.
        labels: probabilities of the classes, a row for each point; they are scaled to sum to 1.
        weights: masses, which are scaled to sum to 1; equal by default.
        penalty: $\lambda$.
        bound: R, instead of a penalty.
        intercept: whether b is free, or 0.
        tolerance: the gap up to which a status is CERTIFIED; no other number depends on it.
        max_steps: how many Hessians to compute at most, for each penalty.

    Raises:
        ValueError: for shapes that do not fit, a bound that is not positive or comes with a penalty, and,
            outside of `jax.jit`, for NaN or infinity, negative numbers, rows of labels whose sum is not 1
            within 0.01, weights that sum to 0, or a negative penalty.
    """
    features, labels = floating("features", features), floating("labels", labels)
    dtype = features.dtype
    size = labels.shape[:1]
    weights = jnp.ones(size, dtype) if weights is None else floating("weights", weights)
    _require(features, labels, weights, penalty, bound)
    labels, weights = labels.astype(dtype), weights.astype(dtype)
    labels = labels / jnp.sum(labels, axis=1, keepdims=True)
    weights = weights / jnp.sum(weights)
    points, turn, centre = points_of(features, labels, weights, intercept)
    penalty = jnp.asarray(penalty, dtype)
    if bound is None:
        start = jnp.zeros((len(points.kept), labels.shape[1] - 1), dtype)
        solve = minimise if start.size <= LARGE else descend
        point, steps, separates = solve(points, start, penalty, max_steps=max_steps)
        proof = gap(points, point, penalty)
    else:
        point, penalty, steps = within(points, bound, max_steps=max_steps)
        slack = jnp.maximum(bound**2 - points.length(point) ** 2, 0) + 16 * unit(dtype) * bound**2
        proof, separates = gap(points, point, penalty) + penalty / 2 * slack, jnp.zeros((), bool)
    unused = jnp.any(product(weights, labels) <= 0) & intercept
    scores = points.scores(point)
    loss = -jnp.sum(weights[:, None] * labels * jax.nn.log_softmax(scores, axis=1))
    theta = product(product(turn, point[: turn.shape[1]]), points.contrasts.T)
    shift = product(point[-1], points.contrasts.T) if intercept else jnp.zeros(labels.shape[1])
    shift = shift - product(centre, theta)
    status = jnp.where(proof <= tolerance, int(FitStatus.CERTIFIED), int(FitStatus.LOOSE))
    status = jnp.where(separates | unused, int(FitStatus.NO_MINIMUM), status)
    finite = jnp.isfinite(loss) & jnp.all(jnp.isfinite(theta))
    status = jnp.where(finite, status, int(FitStatus.NONFINITE))
    return Head(
        coefficients=theta,
        intercept=shift.astype(dtype),
        loss=loss,
        gap=jnp.where(finite & ~separates & ~unused, proof, jnp.inf),
        penalty=penalty,
        rank=jnp.sum((points.kept > 0) & (points.held > 0)).astype(jnp.int32),
        status=status.astype(jnp.int32),
        steps=steps,
    )


def _require(features, labels, weights, penalty, bound) -> None:
    if features.ndim != 2 or 0 in features.shape:
        raise ValueError(f"features: expected a matrix, not empty, got shape {features.shape}")
    n = features.shape[0]
    if labels.ndim != 2 or labels.shape[0] != n or labels.shape[1] < 2:
        raise ValueError(f"labels: expected shape ({n}, c) with c > 1, got {labels.shape}")
    if weights.shape != (n,):
        raise ValueError(f"weights: expected shape {(n,)}, got {weights.shape}")
    if jnp.shape(penalty) != ():
        raise ValueError(f"penalty: expected a number, got shape {jnp.shape(penalty)}")
    size = min(features.shape) * (labels.shape[1] - 1)
    if bound is not None and size > LARGE:
        raise ValueError(
            f"bound: expected at most {LARGE} free coefficients, got {size}; take a penalty"
        )
    if bound is not None and (not bound > 0 or np.any(concrete(penalty) or 0)):
        raise ValueError(
            f"bound: expected a positive number and no penalty, got {bound}, {penalty}"
        )
    known = {"features": features, "labels": labels, "weights": weights, "penalty": penalty}
    for name, given in known.items():
        array = concrete(given)
        if array is None:
            continue
        if not np.all(np.isfinite(array)):
            raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
        if name != "features" and np.any(array < 0):
            raise ValueError(f"{name}: expected no negative number, got {np.min(array)}")
        if name == "weights" and not array.any():
            raise ValueError("weights: expected a positive sum, got 0")
        if name == "labels" and np.any(np.abs(array.sum(axis=1) - 1) > SUMS):
            row = int(np.argmax(np.abs(array.sum(axis=1) - 1)))
            raise ValueError(f"labels: row {row} adds up to {array[row].sum():.6g}, not 1")
