"""The sets of a finite world that a claim is about, as bit masks, and their masses, as integers."""

import dataclasses
import functools
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.settings.expansion import HARD
from w2sjax.settings.expansion.constants import conditions
from w2sjax.settings.expansion.instance import Instance

Share = tuple[int, int]  # numerator and denominator


@dataclasses.dataclass(frozen=True)
class Places:
    """Points of events and regions, as anything that has &, | and ~: bits of an integer, masks, truth values.

    Attributes:
        events: the points of the events that have names.
        hard, easy: the points under study, in H and in O.
        taught: where the teacher is right.
    """

    events: Mapping[str, Any]
    hard: Any
    easy: Any
    taught: Any

    def event(self, data: Any) -> Any:
        """Find the points of an event."""
        if isinstance(data, str):
            return self.events[data]
        first, *others = map(self.event, data[1:])
        return first | others[0] if others else ~first

    def region(self, data: Any) -> Any:
        """Find the points of a region."""
        if isinstance(data, str):
            return self.hard if data in HARD else self.easy
        side, whole = data
        return self.region(whole) & (self.taught if side == "good" else ~self.taught)


class Sets:
    """Events, regions, and the sets that expand."""

    def __init__(self, claim: Claim, world: Instance):
        self.world, self.conditions = world, conditions(claim)
        names = self.conditions.names
        self.masses = _integers(world.masses)
        present = mask(self.masses)
        members = present & ~mask(world.truth) if "one label" in names else present
        hard = mask(world.hard)
        self.rows = [mask(row) for row in world.neighbours]
        taught = _equal(world.teacher, world.truth)
        self.right = [_equal(row, world.truth) for row in world.classifiers]
        near = [row & present for row in self.rows]
        self.robust = [_robust(near, row) for row in world.classifiers]
        events = {
            "wrong": ~self.right[0],
            "disagrees": ~_equal(world.classifiers[0], world.teacher),
            "fragile": ~self.robust[0],
            "mistaught": ~taught,
        }
        self.places = Places(events, members & hard, members & ~hard, taught)
        self._masses: dict[int, int] = {0: 0}

    def mass(self, points: int) -> int:
        """Total mass."""
        if points not in self._masses:
            total, left = 0, points
            for mass in self.masses:
                if left & 1:
                    total += mass
                left >>= 1
            self._masses[points] = total
        return self._masses[points]

    def share(self, event: Any, region: Any) -> Share:
        """P(event | region); 0 where the region is empty."""
        given = self.places.region(region)
        return self.mass(self.places.event(event) & given), self.mass(given) or 1

    def ratios(self) -> list[tuple[Share, Share]]:
        """List P(U | source) and P(N(U) | target) for all sets U that are claimed to expand."""
        found = []
        names = self.conditions.names
        for family, source, target in self.conditions.families:
            start, end = self.places.region(source), self.places.region(target)
            if "direction" not in names:
                start, end = end, start
            whole, reach = self.mass(start) or 1, self.mass(end) or 1
            for g in range(0 if "membership" in names else 1, len(self.right)):
                inside = self.robust[g] & start
                inside &= self.right[g] if family == "hits" else ~self.right[g]
                near = 0
                for x, row in enumerate(self.rows):
                    if inside >> x & 1:
                        near |= row
                found.append(((self.mass(inside), whole), (self.mass(near & end), reach)))
        return found

    def infimum(self) -> Share | None:
        """Compute the least ratio of the sets above q; None where there is none."""
        q, least = self.world.q, None
        for (inside, whole), (near, reach) in self.ratios():
            if inside * q.denominator > q.numerator * whole:
                ratio = near * whole, reach * inside
                if least is None or ratio[0] * least[1] < least[0] * ratio[1]:
                    least = ratio
        return least

    def attained(self) -> list[Fraction]:
        """List 0 and the shares of the sets that expand: the values of q that matter."""
        shares = {Fraction(*share) for share, _ in self.ratios()}
        return [Fraction(0), *sorted(share for share in shares if 0 < share < 1)]


@functools.lru_cache(maxsize=4096)
def mask(flags: tuple[Any, ...]) -> int:
    """Give the places that are not 0 as bits."""
    return sum(1 << i for i, flag in enumerate(flags) if flag)


@functools.lru_cache(maxsize=4096)
def _equal(left: tuple[int, ...], right: tuple[int, ...]) -> int:
    return sum(1 << i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a == b)


@functools.lru_cache(maxsize=4096)
def _kinds(labels: tuple[int, ...]) -> tuple[int, ...]:
    """Give for every point those of its label."""
    return tuple(_equal(labels, (label,) * len(labels)) for label in labels)


def _robust(near: list[int], labels: tuple[int, ...]) -> int:
    """Find the points with no neighbour of another label."""
    found = 0
    for x, (row, same) in enumerate(zip(near, _kinds(labels), strict=True)):
        if not row & ~same:
            found |= 1 << x
    return found


def _integers(masses: tuple[Fraction, ...]) -> tuple[int, ...]:
    scale = math.lcm(*[mass.denominator for mass in masses])
    return tuple([mass.numerator * (scale // mass.denominator) for mass in masses])
