r"""Finite worlds in floating point: what a claim speaks of, with q and c chosen.

q is one of 0 and the shares of the sets that expand, by the world's `level`, among those at which the
conditions in which c takes no part hold; and no less than a set of theirs that reaches nothing, so that
c > 0. c as in `constants`. Masses are integers: a probability is one quotient of exact numbers.
"""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from w2sjax.arithmetic.measured import MEASURED, Measured, applies, evaluate, measured
from w2sjax.arithmetic.rounding import Rounded, gamma, inflate
from w2sjax.language.claims import Claim
from w2sjax.language.terms import Comparison
from w2sjax.settings.expansion import q
from w2sjax.settings.expansion.constants import Conditions, conditions
from w2sjax.settings.expansion.drawing import STRATA as STRATA
from w2sjax.settings.expansion.drawing import draw, draw_abstaining
from w2sjax.settings.expansion.finite_world import FiniteWorld
from w2sjax.settings.expansion.sets import Places

TRIES = 4


@functools.lru_cache(maxsize=64)
def draw_for(claim: Claim) -> Callable[..., FiniteWorld]:
    """Give the function that draws worlds with T and S, or H and O.

    Where conditions limit c it draws a few and takes the first to which the claim applies.
    """
    asked = conditions(claim)
    plain = draw_abstaining if asked.abstaining else draw

    def first(key: PRNGKeyArray, variant: None = None) -> FiniteWorld:
        worlds = jax.vmap(lambda one: plain(one, variant))(jax.random.split(key, TRIES))
        best = jnp.argmax(jax.vmap(lambda world: Study(world, claim).applies)(worlds))
        return jax.tree.map(lambda leaf: leaf[best], worlds)

    return first if asked.of_c else plain


def prepare(raw: FiniteWorld, claims: tuple[Claim, ...]) -> FiniteWorld:
    """Take the world; what claims need of it is cheap."""
    return dataclasses.replace(raw, masses=raw.masses.astype(jnp.result_type(float)))


def share(part: Float[Array, "*any"], whole: Float[Array, "*any"]) -> Rounded:
    """Quotient of two exact numbers; a part of nothing (0, or to be masked) is left as it is.

    A division counts as two roundings: compilers may turn it into a product with a reciprocal.
    """
    value = part / jnp.where(whole == 0, 1, whole)
    return Rounded(value, inflate(gamma(2, value.dtype) * jnp.abs(value), 2))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Family:
    """Sets that a claim expands; masses, an entry for each set.

    Attributes:
        sets: of U in the source.
        whole: of the source.
        reached: of N(U) in the target.
        target: of the target.
        counts: whether a set counts.
    """

    sets: Float[Array, " k"]
    whole: Float[Array, " k"]
    reached: Float[Array, " k"]
    target: Float[Array, " k"]
    counts: Bool[Array, " k"]

    @property
    def shares(self) -> Rounded:
        """P(U | source)."""
        return share(self.sets, self.whole)

    @property
    def ratios(self) -> Rounded:
        """P(N(U) | target) / P(U | source); two quotients, as products of four sums may be rounded."""
        return share(self.reached, self.target) * share(self.whole, self.sets)


@dataclasses.dataclass(frozen=True, eq=False)
class Study:
    """A world, and the claim that looks at it."""

    world: FiniteWorld
    claim: Claim

    @property
    def _asked(self) -> Conditions:
        return conditions(self.claim)

    def quantity(self, data: Any) -> Measured:
        """One of the quantities."""
        if data[0] == "P":
            event, region = self._places.event(data[1]), self._places.region(data[2])
            return measured(share(self._mass(event & region), self._mass(region)))
        return self.q if data == q.data else self.c

    @property
    def applies(self) -> Bool[Array, ""]:
        """Whether all conditions of the claim hold."""
        return self._hold(tuple(one for _, one in self.claim.conditions), self.quantity)

    def _hold(self, asked: Sequence[Comparison], quantity: Callable[..., Any]) -> Array:
        sides = evaluate(tuple(side for one in asked for side in (one.lower, one.upper)), quantity)
        return applies(list(zip(asked, sides[::2], sides[1::2], strict=True)))

    def _mass(self, points: Bool[Array, "*sets n"]) -> Float[Array, "*sets"]:
        return jnp.sum(jnp.where(points, self.world.masses, 0), axis=-1)

    @functools.cached_property
    def _graph(self) -> FiniteWorld:
        """The world, its neighbourhoods one-way where symmetry is not assumed."""
        if "symmetry" in self._asked.names:
            return self.world
        return dataclasses.replace(self.world, neighbours=jnp.triu(self.world.neighbours))

    @functools.cached_property
    def _robust(self) -> Bool[Array, "f n"]:
        return self._graph.robust()

    @functools.cached_property
    def _places(self) -> Places:
        world = self.world
        taught, studied = world.teacher == world.truth, world.present
        if "one label" in self._asked.names:
            studied = studied & (world.truth == 0)
        events = {
            "wrong": world.classifiers[0] != world.truth,
            "disagrees": world.classifiers[0] != world.teacher,
            "fragile": ~self._robust[0],
            "mistaught": ~taught,
        }
        return Places(events, studied & world.hard, studied & ~world.hard, taught)

    @functools.cached_property
    def _family(self) -> Family:
        """All sets that the claim expands; an empty one first, which stands for q = 0."""
        zero, one = (fill(1, self.world.masses.dtype) for fill in (jnp.zeros, jnp.ones))
        found = [Family(zero, one, one, one, jnp.zeros((1,), bool))]
        right = self.world.classifiers == self.world.truth[None, :]
        counts = jnp.ones(right.shape[0], bool).at[0].set("membership" in self._asked.names)
        for name, *places in self._asked.families:
            source, target = map(self._places.region, places)
            if "direction" not in self._asked.names:
                source, target = target, source
            sets = (right if name == "hits" else ~right) & self._robust & source[None, :]
            near = self._graph.reached(sets) & target[None, :]
            whole, reach = (jnp.broadcast_to(self._mass(p), counts.shape) for p in (source, target))
            found.append(Family(self._mass(sets), whole, self._mass(near), reach, counts))
        return jax.tree.map(lambda *parts: jnp.concatenate(parts), *found)

    @functools.cached_property
    def _place(self) -> Array:
        """Which of the sets has the share that is taken for q."""
        family, shares = self._family, self._family.shares

        def allowed(level: Rounded) -> Bool[Array, ""]:
            known = {q.data: measured(level)}
            return self._hold(self._asked.of_q, lambda d: known.get(d) or self.quantity(d))

        usable = family.counts & jax.vmap(allowed)(shares)
        values = jnp.where(usable, shares.value, 0)
        order = jnp.argsort(values)
        rank = jnp.floor(self.world.level * (order.size - 1)).astype(jnp.int32)
        chosen = order[rank]
        chosen = jnp.where(usable[chosen], chosen, 0)
        stuck = jnp.argmax(jnp.where(usable & (family.reached == 0), values, 0))
        return jnp.where(values[stuck] > values[chosen], stuck, chosen)

    @functools.cached_property
    def q(self) -> Measured:
        """The share above which sets have to expand."""
        return measured(jax.tree.map(lambda leaf: leaf[self._place], self._family.shares))

    @functools.cached_property
    def c(self) -> Measured:
        """The largest constant that the sets above q and the claim's conditions allow."""
        family, ratios = self._family, self._family.ratios
        mass, whole = family.sets[self._place], family.whole[self._place]
        above = family.counts & (family.sets * whole > mass * family.whole)  # in integers
        least = jnp.min(jnp.where(above, ratios.value, jnp.inf))
        bounds = [measured(Rounded(least, jnp.max(jnp.where(above, ratios.error, 0))))]
        for bound in evaluate(self._asked.bounds, self.quantity):
            bounds.append(_if_finite(bound.number, jnp.inf))
        return _if_finite(MEASURED["min"](*bounds).number, 1)


study = Study


def _if_finite(number: Rounded, instead: float) -> Measured:
    known = jnp.isfinite(number.value)
    value, error = jnp.where(known, number.value, instead), jnp.where(known, number.error, 0)
    return measured(Rounded(value, error))
