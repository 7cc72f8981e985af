"""The instances of the expansion claims: random worlds, sorted by how much the bounds say there."""

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Int, PRNGKeyArray

from w2sjax.claims.claim import Domain
from w2sjax.claims.expansion import bounds
from w2sjax.claims.expansion.constants import Expansion
from w2sjax.claims.expansion.drawing import KINDS, SMOOTH, components, draw_world, offsets
from w2sjax.claims.expansion.study import ExpansionStudy, prepare
from w2sjax.claims.expansion.world import FiniteWorld
from w2sjax.rounding import Rounded

SPREAD_SAYS = ("no set above q", "bound below 1", "bound from 1 on")
PAYBACK_SAYS = (
    "no expansion",
    "bound below the teacher's error",
    "bound below 1",
    "bound from 1 on",
)

GROUPS = {**KINDS, "core": SPREAD_SAYS, "hard": SPREAD_SAYS, "payback": PAYBACK_SAYS}
STRATA = tuple(f"{group}:{kind}" for group, kinds in GROUPS.items() for kind in kinds)


def draw(key: PRNGKeyArray, variant: None = None) -> FiniteWorld:
    """Draw a world in which every hypothesis is satisfied."""
    del variant
    world = _agreeing(draw_world(key))
    kinds = jnp.concatenate([world.strata, _says(prepare(world))])
    return dataclasses.replace(world, strata=kinds + offsets(GROUPS))


def _agreeing(world: FiniteWorld) -> FiniteWorld:
    """Repair a world where f and the teacher agree too rarely for the payback, a <= 0.

    f becomes constant on components, right on that of point 1, and the teacher right on the overlap
    points: what is left of 1 - a are the mistakes of f there.
    """
    rare = bounds.agreed_mass(prepare(world)) <= 0
    component = components(world.neighbours)
    f = world.classifiers[0]
    smooth = jnp.where(component == component[1], 0, f[component])
    kinds = jnp.stack([*world.strata[:3], jnp.int32(SMOOTH.index("by component")), world.strata[4]])
    return dataclasses.replace(
        world,
        classifiers=world.classifiers.at[0].set(jnp.where(rare, smooth, f)),
        teacher=jnp.where(rare & ~world.hard, world.truth, world.teacher),
        strata=jnp.where(rare, kinds, world.strata),
    )


def says_of_spread(study: ExpansionStudy, expansion: Expansion, bound: Rounded) -> Int[Array, ""]:
    """Tell what a bound of the core lemma's form says: an index into `SPREAD_SAYS`."""
    q = expansion.quantile(study.world.level, jnp.ones_like(study.family))
    return jnp.where(jnp.any(expansion.above(q)), 1 + _from_one(bound), 0)


def _says(study: ExpansionStudy):
    """Tell what each bound says: indices into its group."""
    good, bad = study.overlap & study.taught, study.hard & ~study.taught
    core = study.expansion(study.wrong, study.overlap, study.hard)
    hard = study.expansion(study.wrong, good, study.hard)
    found = [
        says_of_spread(study, core, bounds.core(study)),
        says_of_spread(study, hard, bounds.hard(study)),
    ]
    expansion, bound = study.expansion(~study.wrong, bad, study.overlap), bounds.payback(study)
    expands = expansion.constant(bounds.agreed_quantile(study, expansion)).value > 0
    weak_error = study.probability(~study.taught, study.hard)
    answer = jnp.where(bound.value < weak_error.value, 1, 2 + _from_one(bound))
    return jnp.stack([*found, jnp.where(expands, answer, 0)]).astype(jnp.int32)


def _from_one(bound):
    return (bound.value >= 1).astype(jnp.int32)


DOMAIN = Domain(name="expansion", draw=draw, prepare=prepare, strata=STRATA)
