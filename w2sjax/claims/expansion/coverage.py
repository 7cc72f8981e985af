r"""Worlds for the bounds of Lang et al.: the teacher labels S and abstains on T.

In the studies of these claims T is what `hard` and S what `overlap` names elsewhere: the points of class
0 on which the teacher abstains, and those that it labels.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from w2sjax.claims.claim import Domain
from w2sjax.claims.expansion import bounds
from w2sjax.claims.expansion.domain import says_of_spread
from w2sjax.claims.expansion.drawing import KINDS, bridges, components, draw_world, offsets
from w2sjax.claims.expansion.study import ExpansionStudy, prepare
from w2sjax.claims.expansion.world import ABSTAINS, FiniteWorld

CORRECTION_SAYS = ("no expansion", "c up to 1", "c above 1", "c is free")

GROUPS = {**KINDS, "coverage": ("no set above q", "bound below 1", "bound from 1 on")}
GROUPS["correction"] = CORRECTION_SAYS
STRATA = tuple(f"{group}:{kind}" for group, kinds in GROUPS.items() for kind in kinds)


def draw(key: PRNGKeyArray, variant: None = None) -> FiniteWorld:
    r"""Draw a world with $0 < \alpha < 1/2$ and $P(f \ne \tilde y$ or f not robust$|S) \le 1 - \alpha$."""
    del variant
    world_key, edge_key = jax.random.split(key)
    world = draw_world(world_key)
    fourth = jnp.arange(world.masses.shape[0]) == 3
    silent = (world.hard | (world.teacher == ABSTAINS)) & ~fourth
    world = dataclasses.replace(
        world,
        masses=jnp.maximum(world.masses, fourth.astype(world.masses.dtype)),
        truth=jnp.where(fourth, 0, world.truth),
        # A wrong label in S, so that there is something to correct.
        teacher=jnp.where(silent, ABSTAINS, jnp.where(fourth, 1, world.teacher)),
        hard=silent,
    )
    world = _agreeing(_linked(world, edge_key))
    study = prepare(world)
    good = study.overlap & study.taught
    coverage = study.expansion(study.wrong, good, study.hard)
    bad = study.overlap & ~study.taught
    correction = study.expansion(~study.wrong, bad, good)
    q = bounds.corrected_quantile(study, correction)
    c = correction.constant(q).value
    size = jnp.where(c > 1, 2, (c > 0).astype(jnp.int32))
    size = jnp.where(jnp.any(correction.above(q)), size, CORRECTION_SAYS.index("c is free"))
    says = jnp.stack([says_of_spread(study, coverage, bounds.hard(study)), size])
    kinds = jnp.concatenate([world.strata, says.astype(jnp.int32)])
    return dataclasses.replace(world, strata=kinds + offsets(GROUPS))


def _linked(world: FiniteWorld, key) -> FiniteWorld:
    """In two thirds of the worlds, give points with right labels a neighbour with a wrong one."""
    study = prepare(world)
    good, bad = study.overlap & study.taught, study.overlap & ~study.taught
    count = good.shape[0]
    uniform = jax.random.uniform(key, (count + 1, count), jnp.float32).astype(world.masses.dtype)
    edges = bridges(world.neighbours, good[:, None] & bad[None, :], uniform[:count])
    linked = world.neighbours | ((uniform[count, 0] < 2 / 3) & edges)
    return dataclasses.replace(world, neighbours=linked)


def _lost(study: ExpansionStudy):
    """Masses of S where f disagrees or is not robust, and where the teacher is wrong."""
    lost = study.mass(study.overlap & (study.disagrees | study.fragile))
    return lost, study.mass(study.overlap & ~study.taught)


def _agreeing(world: FiniteWorld) -> FiniteWorld:
    """Where needed make f constant on components, right at point 1, and that point heavy enough."""
    lost, bad = _lost(prepare(world))
    total = prepare(world).mass(prepare(world).overlap)
    rare = (lost + bad > total) | (2 * bad >= total)
    component = components(world.neighbours)
    f = world.classifiers[0]
    smooth = jnp.where(component == component[1], 0, f[component])
    f = jnp.where(rare, smooth, f)
    world = dataclasses.replace(world, classifiers=world.classifiers.at[0].set(f))
    lost, bad = _lost(prepare(world))
    heavier = world.masses.at[1].add(lost + bad)
    return dataclasses.replace(world, masses=jnp.where(rare, heavier, world.masses))


DOMAIN = Domain(name="expansion/coverage", draw=draw, prepare=prepare, strata=STRATA)
