"""The second opinion on a finite world: sets of points, the definition of expansion, `fractions` alone."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.intervals import Interval, UnboundedError, exact, intervals, least
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import plan
from w2sjax.settings.exact import Case
from w2sjax.settings.expansion.constants import conditions
from w2sjax.settings.expansion.instance import Instance

BITS = 400  # of roots and logarithms


class Checker:
    """Points, sets and their probabilities."""

    def __init__(self, claim: Claim, world: Instance, evidence: dict[str, Any]):
        self.claim, self.world, self.asked = claim, world, conditions(claim)
        self.notes: dict[str, str] = {}
        points = range(world.size)
        here = {x for x in points if world.masses[x] > 0}
        every = not claim.assumes("one label")
        studied = {x for x in here if every or world.truth[x] == 0}
        self.H = {x for x in studied if world.hard[x]}
        self.O = studied - self.H
        self.near = [{y for y in here if world.neighbours[x][y]} for x in points]
        self.points = set(points)
        self.taught_right = {x for x in points if world.teacher[x] == world.truth[x]}

    def properties(self) -> dict[str, bool]:
        """Check what is no formula."""
        world, found = self.world, {}
        if self.claim.assumes("symmetry"):
            found["symmetry"] = tuple(zip(*world.neighbours, strict=True)) == world.neighbours
        if self.asked.abstaining:
            silent = {x for x in self.points if world.teacher[x] == -1 and world.masses[x] > 0}
            hard = {x for x in self.points if world.hard[x] and world.masses[x] > 0}
            found["hard is where the teacher abstains"] = silent == hard
        if world.c is None:
            found["c is stated"] = not self.asked.needs_constant
        else:
            found["c is less than every ratio"] = all(n > world.c * u for u, n in self.above())
        return found

    def cases(self) -> Iterator[Case]:
        """Give the world itself."""
        yield Case(self.quantity)

    def quantity(self, data: Any) -> Interval:
        """One of the quantities."""
        match data:
            case ("P", event, region):
                return exact(self.p(self.event(event), self.region(region)))
            case ("q",):
                return exact(self.world.q)
        return self.constant()

    def event(self, data: Any) -> set[int]:
        """Points of an event."""
        f, world = self.world.classifiers[0], self.world
        match data:
            case "wrong":
                return {x for x in self.points if f[x] != world.truth[x]}
            case "disagrees":
                return {x for x in self.points if f[x] != world.teacher[x]}
            case "fragile":
                return self.points - self.firm(f)
            case "mistaught":
                return self.points - self.taught_right
            case ("not", inner):
                return self.points - self.event(inner)
            case ("or", first, second):
                return self.event(first) | self.event(second)
        raise ValueError(f"event: there is none {data!r}")

    def region(self, data: Any) -> set[int]:
        """Points of a region."""
        match data:
            case ("good", inner):
                return self.region(inner) & self.taught_right
            case ("bad", inner):
                return self.region(inner) - self.taught_right
        return self.H if data in ("H", "T", "B") else self.O

    def firm(self, labels: tuple[int, ...]) -> set[int]:
        """Points with no neighbour of another label."""
        return {x for x in self.points if {labels[y] for y in self.near[x]} <= {labels[x]}}

    def p(self, event: set[int], given: set[int]) -> Fraction:
        """P(event | given)."""
        whole = sum((self.world.masses[x] for x in given), Fraction(0))
        part = sum((self.world.masses[x] for x in event & given), Fraction(0))
        return part / whole if whole else Fraction(0)

    def above(self) -> list[tuple[Fraction, Fraction]]:
        """List P(U | source) and P(N(U) | target) of the sets above q."""
        world, found = self.world, []
        start = 0 if self.claim.assumes("membership") else 1
        for name, *places in self.asked.families:
            source, target = map(self.region, places)
            if not self.claim.assumes("direction"):
                source, target = target, source
            for labels in world.classifiers[start:]:
                right = {x for x in self.points if labels[x] == world.truth[x]}
                family = right if name == "hits" else self.points - right
                chosen = source & self.firm(labels) & family
                around = {y for x in chosen for y in self.near[x]}
                found.append((self.p(chosen, source), self.p(around, target)))
        return [(u, n) for u, n in found if u > world.q]

    def constant(self) -> Interval:
        """Give the stated c, or the largest that is allowed."""
        if self.world.c is not None:
            return exact(self.world.c)
        found = [exact(n / u) for u, n in self.above()]
        for bound in self.asked.bounds:
            try:
                found += plan((bound,)).values(intervals(BITS), self.quantity)
            except UnboundedError:  # it bounds nothing
                continue
        return least(*found) if found else exact(1)
