r"""Expansion constants, computed from the family instead of assumed.

$(c, q)$-expansion of sets $U_1, U_2, \dots$ in B on (A, B) is: $P(U_j|B) > q$ implies $P(N(U_j)|A) >
c P(U_j|B)$. The largest c is an infimum, over the sets above q, of $P(N(U_j)|A) / P(U_j|B)$. At
the infimum itself the inequality is weak, which is all that the proofs use (every smaller c is
strict, and the conclusions are closed). Between two attained values of $P(U_j|B)$ neither hypothesis
nor c depends on q, and the bounds grow with it, so attained values (and 0) are all that matter.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from w2sjax.claims.expansion.shares import select, share
from w2sjax.rounding import Rounded, exact


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Expansion:
    """How a family's sets expand; masses, an entry for each set.

    Attributes:
        sets: the mass of U in B.
        reached: the mass of N(U) in A.
        source: the mass of B.
        target: the mass of A.
        family: whether a set counts.
    """

    sets: Float[Array, "*batch f"]
    reached: Float[Array, "*batch f"]
    source: Float[Array, "*batch"]
    target: Float[Array, "*batch"]
    family: Bool[Array, "*batch f"]

    def quantile(self, level: Float[Array, ""], allowed: Bool[Array, " f"]) -> Float[Array, ""]:
        """Choose q among 0 and the allowed sets' masses, as a mass: the one of rank `level`.

        At least as large as every allowed set that reaches nothing, so that c > 0 if all are allowed.
        """
        usable = self.family & allowed
        values = jnp.sort(jnp.append(jnp.where(usable, self.sets, 0), 0))
        place = jnp.floor(level * (values.shape[0] - 1)).astype(jnp.int32)
        stuck = jnp.max(jnp.where(usable & (self.reached == 0), self.sets, 0))
        return jnp.maximum(values[place], stuck)

    def above(self, q: Float[Array, ""]) -> Bool[Array, " f"]:
        """Sets of the family that have more than q, a mass."""
        return self.family & (self.sets > q)

    def reciprocal(self, q: Float[Array, ""]) -> Rounded:
        """1/c; 0 if no set has more than q. Needs c > 0, as `quantile` sees to."""
        ratios = share(self.sets * self.target, self.reached * self.source)
        chosen = select(self.above(q), ratios, exact(jnp.zeros_like(ratios.value)))
        return Rounded(jnp.max(chosen.value), jnp.max(chosen.error))

    def constant(self, q: Float[Array, ""]) -> Rounded:
        """The constant c; where no set has more than q every number would do, and 1 is taken."""
        ratios = share(self.reached * self.source, self.sets * self.target)
        above = self.above(q)
        least = jnp.min(jnp.where(above, ratios.value, jnp.inf))
        error = jnp.max(jnp.where(above, ratios.error, 0))
        return Rounded(jnp.where(jnp.any(above), least, 1), error)
