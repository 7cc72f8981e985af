r"""Logistic regression with an l2 penalty and a free intercept, thousands of small fits at a time.

$$\min_{w, b} \tfrac12 \|w\|^2 + C \sum_i m_i \bigl(\log(1 + e^{z_i}) - t_i z_i\bigr), \qquad z_i = x_i^\top
w + b$$

is scikit-learn's objective, with targets $t_i \in [0, 1]$ and masses $m_i \ge 0$. A minimum exists exactly if
neither all targets of positive mass are 0 nor all are 1.

Method. Newton's, for centred and scaled columns (`equilibration`), with one Hessian, which costs ten
gradients, for several steps (Shamanskii 1967), in conjugate directions. Gradients have the precision of the
inputs; the Hessian is formed and factored in single precision, which is twice as fast and costs no accuracy,
as it only shapes the steps. Every step is followed to near the minimum of its line: with $\varphi$ the
objective on it and $R = \max_i |\dot z_i|$, $\varphi''(t + h) \le e^{Rh} \varphi''(t)$, so that
$h = \log(1 - R\varphi'/\varphi'')/R$ never overshoots and the objective falls, whatever the Hessian was.
"""

import dataclasses
import enum
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import cho_solve
from jaxtyping import Array, Float, Int, Real

from w2sjax.arithmetic.rounding import HIGHEST
from w2sjax.machine.host import concrete, floating
from w2sjax.mixture.equilibration import Equilibrated, equilibrated
from w2sjax.mixture.logistic_certificate import Optimality, optimality

GRADIENTS = 5  # a Hessian
LINE_STEPS = 2


class FitStatus(enum.IntEnum):
    """How a fit ended, ordered by severity."""

    CERTIFIED = 0  # the radius is at most the tolerance asked for
    LOOSE = 1  # the radius is valid but larger: steps or precision ran out
    NO_MINIMUM = 2  # all labels agree, or there is no point
    NONFINITE = 3  # NaN or inf was met


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class LogisticFit:
    r"""A linear classifier: the label is 1 where $w^\top x + b > 0$.

    Where there is no minimum, it is the limit of better and better ones: $w = 0$ and $b = \pm\infty$ if
    all labels agree, $b = 0$ if there is no point.

    Attributes:
        coefficients: $w$.
        intercept: $b$.
        gradient: Euclidean norm of the objective's gradient.
        radius: a proved bound on the distance of $(w, b)$ to the optimum (`logistic_certificate`).
        status: a `FitStatus`.
        steps: Hessians computed.
    """

    coefficients: Float[Array, "*batch d"]
    intercept: Float[Array, "*batch"]
    gradient: Float[Array, "*batch"]
    radius: Float[Array, "*batch"]
    status: Int[Array, "*batch"]
    steps: Int[Array, "*batch"]

    def scores(self, features: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Log odds of the label 1."""
        return jnp.matmul(features, self.coefficients, precision=HIGHEST) + self.intercept


def fit(
    features: Real[Array | np.ndarray, "n d"] | Sequence[Sequence[float]],
    targets: Real[Array | np.ndarray, " n"] | Sequence[float],
    weights: Real[Array | np.ndarray, " n"] | Sequence[float] | None = None,
    *,
    strength: Float[Array, ""] | float = 1.0,
    start: Float[Array, " d+1"] | None = None,
    tolerance: float = 1e-8,
    max_steps: int = 20,
    single: bool = True,
) -> LogisticFit:
    """Fit a logistic regression.

    Args:
        features: a row for each point. Lists and numpy's arrays will do, here and below.
        targets: labels 0 and 1, or probabilities.
        weights: masses; points of mass 0 do not count. 1 by default.
        strength: scikit-learn's `C`, the weight of the loss.
        start: coefficients and intercept to start from, such as those of a similar fit; 0 by default.
        tolerance: the radius at which to stop.
        max_steps: how many Hessians to compute at most.
        single: whether Hessians are in single precision. Where the squared condition number of centred and
            scaled features exceeds 1e7, set it to False.

    Raises:
        ValueError: for shapes that do not fit, and, outside of `jax.jit`, for NaN or infinity, targets
            outside [0, 1], negative masses, or a strength that is not positive.
    """
    features, targets = floating("features", features), floating("targets", targets)
    weights = jnp.ones_like(targets) if weights is None else floating("weights", weights)
    _require(features, targets, weights, strength)
    if start is not None and start.shape != (features.shape[1] + 1,):
        expected = (features.shape[1] + 1,)
        raise ValueError(f"start: expected shape {expected}, got {start.shape}")
    dtype = features.dtype
    given = (targets.astype(dtype), weights.astype(dtype), jnp.asarray(strength, dtype))
    points = equilibrated(features, given[1])
    problem = _Problem(points, *given, tolerance, jnp.float32 if single else dtype)
    ones, mass = jnp.sum(given[0] * given[1]), jnp.sum(given[1])
    exists = (ones > 0) & (ones < mass)

    def unfinished(state):
        _, _, proof, steps = state
        done = jnp.isfinite(proof.radius) & (
            proof.radius <= jnp.maximum(tolerance, 2 * proof.floor)
        )
        return exists & ~done & (steps < max_steps) & jnp.isfinite(proof.gradient)

    def improve(state):
        coefficients, intercept, _, steps = state
        coefficients, intercept = problem.improve(coefficients, intercept)
        return coefficients, intercept, problem.prove(coefficients, intercept), steps + 1

    zero = jnp.zeros((), dtype)
    start = jnp.zeros(features.shape[1] + 1, dtype) if start is None else start
    start = jnp.where(jnp.all(jnp.isfinite(start)), start, 0)
    unknown = Optimality(gradient=zero, radius=zero + jnp.inf, floor=zero)
    state = (*points.own(start[:-1], start[-1]), unknown, jnp.zeros((), jnp.int32))
    coefficients, intercept, proof, steps = jax.lax.while_loop(unfinished, improve, state)
    coefficients, intercept = points.given(coefficients, intercept)
    limit = jnp.where(mass > 0, jnp.where(ones > 0, jnp.inf, -jnp.inf), 0).astype(dtype)
    finite = jnp.isfinite(proof.gradient) & jnp.isfinite(mass)
    finite &= jnp.all(jnp.isfinite(points.distances) | (weights == 0))
    status = jnp.where(proof.radius <= tolerance, int(FitStatus.CERTIFIED), int(FitStatus.LOOSE))
    status = jnp.where(exists, status, int(FitStatus.NO_MINIMUM))
    return LogisticFit(
        coefficients=jnp.where(exists, coefficients, 0),
        intercept=jnp.where(exists, intercept, limit),
        gradient=proof.gradient,
        radius=jnp.where(finite & exists, proof.radius, jnp.inf),
        status=jnp.where(finite, status, int(FitStatus.NONFINITE)).astype(jnp.int32),
        steps=steps,
    )


@dataclasses.dataclass(frozen=True)
class _Problem:
    points: Equilibrated
    targets: Array
    weights: Array
    strength: Array
    tolerance: float
    curvature: Any  # the dtype of the Hessian

    def prove(self, coefficients, intercept) -> Optimality:
        data = (self.points, self.targets, self.weights, self.strength)
        return optimality(*data, coefficients, intercept, self.tolerance)

    def improve(self, coefficients, intercept):
        """Take several steps with one Hessian, in conjugate directions."""
        point = jnp.append(coefficients, intercept)
        scores = jnp.matmul(self.points.features, coefficients, precision=HIGHEST) + intercept
        factor = self._factor(scores)

        def step(_, state):
            point, scores, direction, old, size = state
            first, _ = self._slopes(scores)
            pull = jnp.matmul(first, self.points.features, precision=HIGHEST)
            slope = jnp.append(self.points.ridge * point[:-1] + pull, jnp.sum(first))
            newton = _solve(factor, slope)
            newton = jnp.where(jnp.all(jnp.isfinite(newton)), newton, slope)
            # Polak and Ribiere's conjugate direction, where it leads down.
            share = jnp.maximum(jnp.sum(newton * (slope - old)) / size, 0)
            size = jnp.sum(newton * slope)
            direction = share * direction - newton
            direction = jnp.where(jnp.sum(direction * slope) < 0, direction, -newton)
            moved = (
                jnp.matmul(self.points.features, direction[:-1], precision=HIGHEST) + direction[-1]
            )
            length = self._line(point[:-1], scores, direction[:-1], moved)
            point, scores = point + length * direction, scores + length * moved
            return point, scores, direction, slope, jnp.where(size > 0, size, jnp.inf)

        state = point, scores, jnp.zeros_like(point), jnp.zeros_like(point)
        state = *state, jnp.asarray(jnp.inf, point.dtype)
        point = jax.lax.fori_loop(0, GRADIENTS, step, state)[0]
        return point[:-1], point[-1]

    def _slopes(self, scores):
        """Derivatives of the loss by the scores, first and second."""
        chance = jax.nn.sigmoid(scores)
        scaled = self.strength * self.weights
        return scaled * (chance - self.targets), scaled * chance * (1 - chance)

    def _factor(self, scores):
        """Cholesky factor of the Hessian, the intercept eliminated, with what eliminated it."""
        _, second = self._slopes(scores)
        features = self.points.features.astype(self.curvature)
        second = second.astype(self.curvature)
        total = jnp.sum(second)
        total = jnp.where(total > 0, total, 1)
        weighted = features * second[:, None]
        centre = jnp.sum(weighted, axis=0) / total
        hessian = jnp.matmul(weighted.T, features)
        hessian += jnp.diag(self.points.ridge.astype(self.curvature))
        hessian -= total * centre[:, None] * centre[None, :]
        return jax.lax.linalg.cholesky(hessian, symmetrize_input=False), centre, total

    def _line(self, coefficients, scores, move, moved):
        """How far to go along a move."""
        largest = jnp.max(jnp.where(self.weights > 0, jnp.abs(moved), 0))
        held = self.points.ridge * move
        along, square = jnp.sum(coefficients * held), jnp.sum(move * held)
        length = jnp.zeros((), scores.dtype)
        for _ in range(LINE_STEPS):
            first, second = self._slopes(scores + length * moved)
            slope = along + length * square + jnp.sum(first * moved)
            bend = square + jnp.sum(second * moved**2)
            newton = jnp.maximum(-slope, 0) / jnp.where(bend > 0, bend, 1)
            damped = jnp.log1p(largest * newton) / jnp.where(largest > 0, largest, 1)
            length += jnp.where(largest > 0, damped, newton)
        return length


def _solve(factor, slope):
    """Newton's step, with its sign changed, in the precision of the factor."""
    lower, centre, total = factor
    given = slope.astype(centre.dtype)
    move = cho_solve((lower, True), given[:-1] - given[-1] * centre)
    rest = given[-1] / total - jnp.sum(centre * move)
    return jnp.append(move, rest).astype(slope.dtype)


def _require(features, targets, weights, strength) -> None:
    if features.ndim != 2 or 0 in features.shape:
        raise ValueError(f"features: expected a matrix, not empty, got shape {features.shape}")
    if jnp.shape(strength) != ():
        raise ValueError(f"strength: expected a number, got shape {jnp.shape(strength)}")
    for name, vector in (("targets", targets), ("weights", weights)):
        if vector.shape != features.shape[:1]:
            raise ValueError(f"{name}: expected shape {features.shape[:1]}, got {vector.shape}")
    limits = {
        "features": (features, -np.inf, np.inf),
        "targets": (targets, 0, 1),
        "weights": (weights, 0, np.inf),
        "strength": (strength, np.nextafter(0, 1), np.inf),
    }
    for name, (given, low, high) in limits.items():
        known = concrete(given)
        if known is None:
            continue
        if not np.all(np.isfinite(known)) or np.any(known < low) or np.any(known > high):
            raise ValueError(
                f"{name}: expected finite numbers from {low:g} to {high:g}, "
                f"got {np.min(known)} to {np.max(known)}"
            )
