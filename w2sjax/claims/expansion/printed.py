"""Worlds for Theorems 4.1 and 4.2 of Lang et al.: those of `coverage` to which they mostly apply."""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from w2sjax.claims.claim import Domain
from w2sjax.claims.expansion import coverage, printed_bounds
from w2sjax.claims.expansion.drawing import KINDS, offsets
from w2sjax.claims.expansion.study import prepare
from w2sjax.claims.expansion.world import FiniteWorld

TRIES = 4
SAYS = ("nothing", "a bound")
CONSTANTS = ("up to 1", "up to the limit", "larger", "free")
GROUPS = {
    **KINDS,
    "correction": SAYS,
    "correction c": CONSTANTS,
    "coverage": SAYS,
    "coverage c": CONSTANTS,
}
STRATA = tuple(f"{group}:{kind}" for group, kinds in GROUPS.items() for kind in kinds)


def draw(key: PRNGKeyArray, variant: None = None) -> FiniteWorld:
    """Draw a few worlds and take the first to which most of the two theorems apply."""
    del variant
    worlds = jax.vmap(coverage.draw)(jax.random.split(key, TRIES))
    kinds = worlds.strata[:, : len(KINDS)]  # the first groups are the same in both domains
    says = jax.vmap(_says)(worlds)
    best = jnp.argmax(says[:, 0] + 2 * says[:, 2])  # 4.2 applies less often
    world = jax.tree.map(lambda leaf: leaf[best], worlds)
    places = says[best] + offsets(GROUPS)[len(KINDS) :]
    return dataclasses.replace(world, strata=jnp.concatenate([kinds[best], places]))


def _says(world: FiniteWorld):
    """Tell what each theorem says with moderate c, and how large c is as printed."""
    study = prepare(world)
    loose = dataclasses.replace(study, moderate=False)
    found = []
    for theorem in (printed_bounds.correction, printed_bounds.coverage):
        said, printed = theorem(study), theorem(loose)
        c = printed.constant.value
        size = (c > 1).astype(jnp.int32) + (c > printed.limit.value).astype(jnp.int32)
        free = jnp.int32(CONSTANTS.index("free"))
        found += [said.applies.astype(jnp.int32), jnp.where(printed.free, free, size)]
    return jnp.stack(found)


DOMAIN = Domain(name="expansion/printed", draw=draw, prepare=prepare, strata=STRATA)
