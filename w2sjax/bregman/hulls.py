r"""Bregman projections on the convex hull of k predictors, with their certificate.

$$\min_\theta \mathbb{E}\, D\Big(\sum_j \theta_j m_j, f_w\Big), \quad \theta \ge 0, \ \sum_j \theta_j = 1:$$

the student comes first, which for KL is the *reverse* one, KL(student ‖ weak). Its certificate is

$$\gamma(v) = \max_j \mathbb{E} \langle \nabla\varphi(f_w) - \nabla\varphi(v), m_j - v \rangle,$$

the largest of a linear function over the hull, which a vertex attains. By the three-point identity the
objective at v is at most $\gamma(v)$ above its minimum, so is $\mathbb{E}\, D(v^*, v)$ for the exact $v^*$,
and for every member g
$\mathbb{E}\, D(g, v) \le \mathbb{E}\, D(g, f_w) - \mathbb{E}\, D(v, f_w) + \gamma(v)$.

Source: Mulgund, Pabbaraju (2025), arXiv:2501.19105 (the inequality, at $\gamma = 0$); the certificate is
derived, and is the gap of Frank and Wolfe (Jaggi, 2013).
"""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Real

from w2sjax.arithmetic.rounding import HIGHEST, Rounded
from w2sjax.arithmetic.running_error import rounded
from w2sjax.bregman._simplex import minimise
from w2sjax.bregman.divergences import Divergence
from w2sjax.machine.host import concrete, floating
from w2sjax.projecting.certificate import default_tolerance, grade

MAX_STEPS = 100


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Mixture:
    r"""A member of a hull, with its distance to the projection bounded.

    Attributes:
        coefficients: $\theta$, the weights of the predictors; 0 for those that are infinitely far away.
        values: $v = \sum_j \theta_j m_j$ as computed.
        divergence: $\mathbb{E}\, D(v, f_w)$, or $\mathbb{E}\, D(f_w, v)$ if the weak model is first.
        gap: a proved bound on $\gamma(v)$, rounding included.
        status: a `w2sjax.projecting.certificate.Status`; NONFINITE where all predictors are infinitely far
            from the weak model.
        steps: Newton steps.
    """

    coefficients: Float[Array, "*batch k"]
    values: Float[Array, "*batch n c"]
    divergence: Float[Array, "*batch"]
    gap: Float[Array, "*batch"]
    status: Int[Array, "*batch"]
    steps: Int[Array, "*batch"]


def project(
    divergence: Divergence,
    members: Real[Array | np.ndarray, "k n c"],
    weak: Real[Array | np.ndarray, "n c"],
    weights: Real[Array | np.ndarray, " n"] | None = None,
    *,
    weak_first: bool = False,
    tolerance: float | None = None,
    max_steps: int = MAX_STEPS,
) -> Mixture:
    r"""Project a weak model on the hull of predictors; see the module for the problem.

    Args:
        divergence: $D$.
        members: $m_1, \dots, m_k$ at n points.
        weak: $f_w$ at these points.
        weights: masses of the points, which are scaled to sum to 1; equal by default.
        weak_first: minimise $\mathbb{E}\, D(f_w, v)$ instead, which for KL is cross-entropy. The gap is then
            that of Frank and Wolfe for this objective; where it is not convex, as for Itakura-Saito, it
            says that no member of the hull is better to first order, and no more.
        tolerance: the gap that is CERTIFIED, in parts of the larger of 1 and the divergence; by default
            3.7e-11 in double precision.
        max_steps: Newton steps at most.

    Raises:
        ValueError: for shapes that do not fit or are empty, and, outside of `jax.jit`, for NaN, infinity or
            numbers outside of the domain, negative weights, or weights that sum to 0.
    """
    members, weak = floating("members", members), floating("weak", weak)
    dtype = members.dtype
    weights = jnp.ones(weak.shape[:1], dtype) if weights is None else floating("weights", weights)
    _require(divergence, members, weak, weights)
    masses = weights.astype(dtype) / jnp.sum(weights)
    weak = weak.astype(dtype)
    problem = _settled(divergence, members, weak, masses, weak_first)

    def value(theta):
        point = _mix(theta, problem.members)
        ordered = (problem.weak, point) if weak_first else (point, problem.weak)
        return _mean(masses, divergence, *ordered)

    def slope(theta):
        point = _mix(theta, problem.members)
        falling = masses[:, None] * _away(divergence, weak_first, problem.weak, point)
        return jnp.sum(falling[None] * -problem.members, axis=(1, 2))

    def bend(theta):
        point = _mix(theta, problem.members)
        turned = jax.vmap(lambda u: jax.jvp(divergence.gradient, (point,), (u,))[1])
        weighted = masses[None, :, None] * turned(problem.members)
        return jnp.einsum("jnc,lnc->jl", problem.members, weighted, precision=HIGHEST)

    count = members.shape[0]
    start = jnp.full(count, 1 / count, dtype)
    theta, steps = minimise(value, slope, bend, start, max_steps)
    point = _mix(theta, problem.members)
    pulled: Rounded = rounded(
        functools.partial(pulls, divergence, weak_first),
        problem.members,
        problem.weak,
        point,
        masses,
    )
    gap = jnp.maximum(jnp.max(pulled.upper()), 0)
    # What predictors at infinity were replaced by gets their weights.
    moved = jnp.sum(jnp.where(problem.near, 0, theta))
    theta = jnp.where(problem.near, theta, 0).at[jnp.argmax(problem.near)].add(moved)
    values = jnp.where(problem.fixed, members[jnp.argmax(problem.near)], point)
    apart = _mean(masses, divergence, *((weak, values) if weak_first else (values, weak)))
    tolerance = default_tolerance(dtype) if tolerance is None else tolerance
    gap = jnp.where(jnp.any(problem.near), gap, jnp.inf)
    status, gap = grade(gap, jnp.maximum(1, apart), tolerance, jnp.asarray(jnp.inf, dtype))
    return Mixture(theta, values, apart, gap, status, steps)


@dataclasses.dataclass(frozen=True)
class _Settled:
    """A problem in which all slopes are finite.

    Attributes:
        members, weak: without members at infinity, nor coordinates that cannot move and have no slope.
        near: the members that are not at infinity.
        fixed: the coordinates that were replaced.
    """

    members: Float[Array, "k n c"]
    weak: Float[Array, "n c"]
    near: Any
    fixed: Any


def _settled(divergence, members, weak, masses, weak_first) -> _Settled:
    def apart(member):
        return _mean(masses, divergence, *((weak, member) if weak_first else (member, weak)))

    # With the weak model first the middle of the hull may be near where no member is.
    near = jnp.isfinite(jax.vmap(apart)(members)) | weak_first
    first = members[jnp.argmax(near)]
    members = jnp.where(near[:, None, None], members, first[None])
    still = jnp.all(members == first[None], axis=0) & ~jnp.isfinite(divergence.gradient(first))
    fixed = still | (masses == 0)[:, None]
    middle = jnp.asarray(0.5, members.dtype)  # inside of all domains
    settled = jnp.where(fixed[None], middle, members), jnp.where(fixed, middle, weak)
    return _Settled(*settled, near, fixed)


def _away(divergence, weak_first, weak, point):
    r"""Give the direction in which the objective falls: $\nabla\varphi(f_w) - \nabla\varphi(v)$."""
    if weak_first:
        return jax.jvp(divergence.gradient, (point,), (weak - point,))[1]
    return divergence.gradient(weak) - divergence.gradient(point)


def _mix(theta, members):
    return jnp.einsum("k,knc->nc", theta, members, precision=HIGHEST)


def _mean(masses, divergence, u, v):
    return jnp.sum(jnp.where(masses > 0, masses * divergence.between(u, v), 0))


def pulls(
    divergence: Divergence,
    weak_first: bool,
    members: Float[Array, "k n c"],
    weak: Float[Array, "n c"],
    point: Float[Array, "n c"],
    masses: Float[Array, " n"],
) -> Float[Array, " k"]:
    r"""Give $\mathbb{E} \langle \nabla\varphi(f_w) - \nabla\varphi(v), m_j - v \rangle$ for all j."""
    falling = masses[:, None] * _away(divergence, weak_first, weak, point)
    return jnp.sum(falling[None] * (members - point[None]), axis=(1, 2))


def _require(divergence, members, weak, weights) -> None:
    if members.ndim != 3 or 0 in members.shape:
        raise ValueError(f"members: expected shape (k, n, c), not empty, got {members.shape}")
    for name, array, shape in (
        ("weak", weak, members.shape[1:]),
        ("weights", weights, members.shape[1:2]),
    ):
        if array.shape != shape:
            raise ValueError(f"{name}: expected shape {shape}, got {array.shape}")
    known = concrete(weights)
    if known is not None and not (
        np.all(np.isfinite(known)) and np.all(known >= 0) and known.sum() > 0
    ):
        raise ValueError("weights: expected nonnegative numbers with a positive sum")
    for name, array in (("members", members), ("weak", weak)):
        inside = concrete(jnp.all(divergence.inside(array)))
        if inside is not None and not inside:
            raise ValueError(
                f"{name}: expected finite numbers in the domain of {type(divergence).__name__}"
            )
