"""Finite worlds from doubles to exact numbers, and back."""

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from w2sjax.language.claims import Claim
from w2sjax.settings.expansion.drawing import KINDS
from w2sjax.settings.expansion.finite_world import FiniteWorld, finite_world
from w2sjax.settings.expansion.instance import Instance
from w2sjax.settings.expansion.small import fitted


def exact_instances(raw: Any, claim: Claim) -> list[Instance]:
    """Convert a world, once for every q that matters (and c, where it is stated)."""
    graph = np.asarray(raw.neighbours)
    if not claim.assumes("symmetry"):
        graph = np.triu(graph)
    masses = [Fraction(mass) for mass in np.asarray(raw.masses, float).tolist()]
    world = Instance(
        masses=tuple(masses),
        truth=_row(raw.truth),
        teacher=_row(raw.teacher),
        hard=tuple(np.asarray(raw.hard).tolist()),
        neighbours=tuple(map(tuple, graph.tolist())),
        classifiers=tuple(map(_row, np.asarray(raw.classifiers))),
    )
    absent = {x for x, mass in enumerate(masses) if not mass}
    return list(fitted(world.without("point", absent), claim))


def _row(labels: Any) -> tuple[int, ...]:
    return tuple(np.asarray(labels).tolist())


def from_exact(world: Instance) -> FiniteWorld:
    """Give the doubles of a world with whole masses; q is then chosen anew, the least that it may be."""
    fields = dataclasses.asdict(world)
    del fields["q"], fields["c"]
    fields["masses"] = [float(mass) for mass in world.masses]
    return finite_world(**fields, strata=len(KINDS))
