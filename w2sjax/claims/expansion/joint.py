"""Two families that expand by the same c above the same q."""

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from w2sjax.claims.expansion.constants import Expansion
from w2sjax.claims.expansion.shares import share, smaller
from w2sjax.rounding import Rounded


@dataclasses.dataclass(frozen=True)
class Joint:
    """Two expansions; q is a mass of `whole`, the product of their sources, in integers."""

    first: Expansion
    second: Expansion

    @property
    def whole(self) -> Float[Array, ""]:
        """What a q is a part of."""
        return self.first.source * self.second.source

    def _shares(self) -> tuple[Float[Array, " f"], Float[Array, " f"]]:
        return self.first.sets * self.second.source, self.second.sets * self.first.source

    def quantile(self, level: Float[Array, ""]) -> Float[Array, ""]:
        """Choose q among 0 and the sets' shares, and no less than what reaches nothing."""
        values, stuck = [jnp.zeros((1,), self.whole.dtype)], jnp.zeros_like(self.whole)
        for expansion, shares in zip((self.first, self.second), self._shares(), strict=True):
            usable = jnp.where(expansion.family, shares, 0)
            values.append(usable)
            stuck = jnp.maximum(stuck, jnp.max(jnp.where(expansion.reached == 0, usable, 0)))
        ordered = jnp.sort(jnp.concatenate(values))
        place = jnp.floor(level * (ordered.shape[0] - 1)).astype(jnp.int32)
        return jnp.maximum(ordered[place], stuck)

    def _least(self, expansion: Expansion, above: Bool[Array, " f"]) -> Rounded:
        # Products of two sums are exact, of four they may be rounded: so two quotients.
        target, source = (
            jnp.broadcast_to(mass, expansion.sets.shape)
            for mass in (expansion.target, expansion.source)
        )
        ratios = share(expansion.reached, target) * share(source, expansion.sets)
        least = jnp.min(jnp.where(above, ratios.value, jnp.inf))
        return Rounded(least, jnp.max(jnp.where(above, ratios.error, 0)))

    def constant(self, q: Float[Array, ""]) -> Rounded:
        """The largest c for both; infinite where neither has a set above q."""
        found = [
            self._least(expansion, expansion.family & (shares > q))
            for expansion, shares in zip((self.first, self.second), self._shares(), strict=True)
        ]
        return smaller(*found)
