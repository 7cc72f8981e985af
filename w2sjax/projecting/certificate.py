r"""What an answer is and how it is proved.

Let $V$ be closed and convex in $L^2(w)$, $y$ a target, $p$ its projection on $V$ and $f$ a
candidate. A certificate is a pair (offset $a \ge 0$, slope $s \ge 0$) with

$$\langle y - f, u - f \rangle \le a + s \sqrt{d(u, f)} \quad \text{for every } u \in V.$$

With $s = 0$ this is the Frank-Wolfe gap $\gamma(f) \le a$; with $a = 0$ it is the Cauchy-Schwarz
bound that a subspace admits without any radius. If $f$ lies within $e$ of $V$, then
$d(f, p) \le a + s \sqrt{d(f, p)} + e(\|y - f\| + e)$, because
$d(f, p) = \langle y - f, p - f \rangle + \langle y - p, f - p \rangle$ and the second product is
at most $\|y - p\| e$. Solving the quadratic gives the reported `gap`.
"""

import dataclasses
import enum
import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from w2sjax.arithmetic import rounding
from w2sjax.reporting.blocks import Report
from w2sjax.reporting.showing import Shown


class Status(enum.IntEnum):
    """How an answer ended, ordered by severity so that `jnp.maximum` merges two of them."""

    CERTIFIED = 0  # the gap covers the whole class and is at most the tolerance asked for
    LOOSE = 1  # the gap is valid but larger, or covers members up to a reach only
    NONFINITE = 2  # NaN or inf was met; the gap is inf


class ProjectionError(ArithmeticError):
    """A projection that the host asked to be certified is not."""


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Projection(Shown):
    r"""A point near a convex set of functions, with its distance to the projection bounded.

    Attributes:
        coefficients: over the features; the values themselves where the class has no features.
        intercept: the free constant, 0 where the class has none.
        values: the function values $f_i$, shape `(*batch, n)`.
        gap: a proved upper bound of $d(f, p) = \sum_i w_i (f_i - p_i)^2$.
        offset, slope: $\langle y - f, u - f \rangle \le$ offset + slope $\sqrt{d(u, f)}$ for all
            members $u$ of the class within the reach `radius`.
        radius: the reach, inf where the certificate covers the whole class. It is finite for unbounded
            sets over features with unresolved directions (see `factorisation`), and bounds the norm
            of the coefficients that are covered, each in the unit of its column; `gap` is then the
            distance to the projection on the members within the reach, and nothing more.
        status: a `Status`.
        steps: iterations spent; 0 for a closed form.
    """

    coefficients: Float[Array, "*batch d"]
    intercept: Float[Array, "*batch"]
    values: Float[Array, "*batch n"]
    gap: Float[Array, "*batch"]
    offset: Float[Array, "*batch"]
    slope: Float[Array, "*batch"]
    radius: Float[Array, "*batch"]
    status: Int[Array, "*batch"]
    steps: Int[Array, "*batch"]

    def report(self) -> Report:
        """Give it as a report; on the host only."""
        from w2sjax.projecting.pages import report

        return report(self, Status)

    def pairing(self, distance: Float[Array, "*batch"]) -> Float[Array, "*batch"]:
        r"""Bound $\langle y - f, u - f \rangle$ for a member $u$ with $d(u, f) \le$ `distance`."""
        return rounding.inflate(self.offset + self.slope * jnp.sqrt(distance), 4)


def distance_bound(offset, slope, infeasibility, residual_norm):
    r"""Largest $t$ with $t \le a + s\sqrt t + e(\|r\| + e)$: the bound on $d(f, p)$."""
    constant = jnp.maximum(offset, 0) + infeasibility * (residual_norm + infeasibility)
    root = slope / 2 + jnp.sqrt(slope * slope / 4 + constant)
    return rounding.inflate(root * root, 12)


def linear_distance_bound(offset, slope, infeasibility):
    r"""Bound $d(f, p)$ over a subspace $V$, where $f$ lies within $e$ of $\tilde f \in V$.

    $\|p - \tilde f\|^2 = \langle y - \tilde f, p - \tilde f \rangle \le a + (s + e)\|p - \tilde f\|$, so
    the distance from the subspace counts in second order only.
    """
    inner = slope + infeasibility
    root = inner / 2 + jnp.sqrt(inner * inner / 4 + jnp.maximum(offset, 0)) + infeasibility
    return rounding.inflate(root * root, 12)


def default_tolerance(dtype) -> float:
    r"""Relative gap asked for when the caller names none: $\varepsilon^{2/3}$ (3.7e-11 in double)."""
    return float(jnp.finfo(dtype).eps) ** (2 / 3)


def grade(gap, scale, tolerance, reach):
    """Status of a gap against `tolerance` times `scale`, and the gap with inf for NaN."""
    finite = jnp.isfinite(gap) & jnp.isfinite(scale)
    small = gap <= tolerance * scale + jnp.finfo(gap.dtype).tiny * 1e16
    small &= jnp.isinf(reach)
    status = jnp.where(small, int(Status.CERTIFIED), int(Status.LOOSE))
    status = jnp.where(finite, status, int(Status.NONFINITE)).astype(jnp.int32)
    return status, jnp.where(finite, gap, jnp.inf)


def raise_if_failed(result: Projection) -> Projection:
    """Return `result` if all of it is certified; on the host only, never inside `jit`.

    Raises:
        ProjectionError: if any status is worse than `CERTIFIED`, with how many and the largest gap.
    """
    status = jax.device_get(result.status)
    failed = int((status != Status.CERTIFIED).sum())
    if failed:
        worst = Status(int(status.max())).name
        gap = float(jax.device_get(result.gap).max())
        reach = float(jax.device_get(result.radius).min())
        advice = (
            "raise max_steps, or the tolerance if this gap will do"
            if math.isinf(reach)
            else f"members are covered up to a reach of {reach:.3g} only: some columns of the features "
            "are dependent up to rounding; leave one of them out"
        )
        raise ProjectionError(
            f"{failed} of {status.size} projections are not certified (worst status {worst}, "
            f"largest gap {gap:.3g}); {advice}"
        )
    return result
