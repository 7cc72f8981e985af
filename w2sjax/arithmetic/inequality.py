r"""Both sides of a statement on one instance, the error they may carry, and the verdict.

With slack = rhs − lhs (for an identity, −|rhs − lhs|):

* **holds**: slack > tolerance;
* **violated**: slack < −tolerance;
* **equal**: |slack| ≤ tolerance, and the tolerance is at most 1e-9 of the scale (|lhs| + |rhs| and
  the terms that cancelled): the answer for an identity and at a tight case;
* **undecided**: |slack| ≤ tolerance, but the tolerance is larger than that;
* **invalid**: a side or the tolerance is NaN or infinite.
"""

import dataclasses
import enum

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from w2sjax.arithmetic.rounding import Rounded, inflate, underflow

EQUAL_WITHIN = 1e-9


class Verdict(enum.IntEnum):
    """What an instance says about a statement, ordered by severity."""

    HOLDS = 0
    EQUAL = 1
    UNDECIDED = 2
    INVALID = 3
    VIOLATED = 4


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Inequality:
    """The statement lhs ≤ rhs (or lhs = rhs, for an `identity`) as computed on one instance.

    Attributes:
        lhs, rhs: computed sides.
        tolerance: a proved bound on the error of rhs − lhs: rounding and certificates.
        scale: |lhs| + |rhs| and the size of the terms that cancelled in either.
        identity: whether equality is claimed.
    """

    lhs: Float[Array, "*batch"]
    rhs: Float[Array, "*batch"]
    tolerance: Float[Array, "*batch"]
    scale: Float[Array, "*batch"]
    identity: bool = dataclasses.field(default=False, metadata={"static": True})

    @property
    def slack(self) -> Float[Array, "*batch"]:
        """What is left between the sides; −|rhs − lhs| for an identity."""
        difference = self.rhs - self.lhs
        return -jnp.abs(difference) if self.identity else difference

    @property
    def normalised_slack(self) -> Float[Array, "*batch"]:
        """slack / (|lhs| + |rhs|); 0 where the slack is within its tolerance."""
        size = jnp.abs(self.lhs) + jnp.abs(self.rhs)
        known = (jnp.abs(self.slack) > self.tolerance) & (size > 0)
        return jnp.where(known, self.slack / jnp.where(known, size, 1), 0)

    @property
    def share(self) -> Float[Array, "*batch"]:
        """lhs / rhs where rhs is positive, the tightness of an instance; 1 at `equal`, else 0."""
        positive = self.rhs > self.tolerance
        ratio = jnp.where(positive, self.lhs / jnp.where(positive, self.rhs, 1), 0)
        return jnp.where(self.verdict() == int(Verdict.EQUAL), 1, ratio)

    def verdict(self) -> Int[Array, "*batch"]:
        """Decide the instance: a `Verdict`."""
        slack, tolerance = self.slack, self.tolerance
        floor = underflow(2**20, tolerance.dtype)
        narrow = tolerance <= EQUAL_WITHIN * self.scale + floor
        answer = jnp.where(narrow, int(Verdict.EQUAL), int(Verdict.UNDECIDED))
        answer = jnp.where(slack > tolerance, int(Verdict.HOLDS), answer)
        answer = jnp.where(slack < -tolerance, int(Verdict.VIOLATED), answer)
        valid = jnp.isfinite(self.lhs) & jnp.isfinite(self.rhs) & ~jnp.isnan(tolerance)
        return jnp.where(valid, answer, int(Verdict.INVALID)).astype(jnp.int32)


def compare(
    lhs: Rounded,
    rhs: Rounded,
    *,
    allowance: Float[Array, "*any"] | float = 0.0,
    cancelled: Float[Array, "*any"] | float = 0.0,
    identity: bool = False,
) -> Inequality:
    """Build an `Inequality` from sides with known rounding.

    `allowance` is what certificates allow the slack to be negative by, `cancelled` the size of
    terms that cancelled inside a side.
    """
    tolerance = inflate((rhs - lhs).error + allowance, 4)
    scale = jnp.abs(lhs.value) + jnp.abs(rhs.value) + cancelled
    return Inequality(lhs.value, rhs.value, tolerance, scale, identity)
