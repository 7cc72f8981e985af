"""Counts of `printed_bounds`: cases by statement, source, constant and what the hypothesis says."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from w2sjax import Claim
from w2sjax.arithmetic.fraction_arrays import Fractions, less, number
from w2sjax.claims import REGISTRY
from w2sjax.language.terms import Term
from w2sjax.settings.expansion import RARELY_WRONG, alpha
from w2sjax.settings.expansion.batch import Batch, BatchSets
from w2sjax.settings.expansion.batch_sides import HUGE, BatchSides, Sides

NAMES = (
    "expansion_core",
    "coverage_good_side",
    "pseudolabel_correction_tight",
    "pseudolabel_correction",
    "coverage_expansion",
)
PRINTED = NAMES[3:]  # stated for moderate c by the claims, and not in print
MODERATE = "moderate constant"
CELLS = ("c up to 1", "c up to its limit", "c beyond")
SPEAKS = ("of no set", "of one family", "of sets")
COUNTS = ("cases", "applicable", "violated", "equal", "below_one")
KEYS = ("statement", "source", "constant", "hypothesis_speaks")
COLUMNS = (*COUNTS, "tightest", "tightest_world")
POINTS = ("statement", "source", "c_over_limit", "lhs", "rhs", "violated")
KEPT = 25  # points of the figure that one batch gives for a statement and a cell


def printed(name: str) -> Claim:
    """Give a statement as printed, about worlds with $0 < \\alpha < ½$."""
    (claim,) = (one for one in REGISTRY if one.name == name)
    claim = claim.without(MODERATE) if name in PRINTED else claim
    return dataclasses.replace(claim, where=(*claim.where, *RARELY_WRONG))


def limit(name: str) -> Term:
    """Give the largest moderate c of a statement; 1/(1 - alpha) where none is stated."""
    (claim,) = (one for one in REGISTRY if one.name == name)
    formulas = [one.formula for one in claim.assumed(MODERATE) if one.formula is not None]
    return formulas[0].upper if formulas else 1 / (1 - alpha)


def cells(name: str) -> tuple[tuple[Term | int, Term | int], ...]:
    """Give the intervals of c."""
    return (0, 1), (1, limit(name)), (limit(name), HUGE)


def _sorted(levels: list[Fractions]) -> list[Fractions]:
    """Put the levels of every world into order."""
    order = np.argsort(np.stack([level.double for level in levels]), axis=0)
    above, below = (
        np.take_along_axis(np.stack([getattr(level, part) for level in levels]), order, axis=0)
        for part in ("above", "below")
    )
    size = max(level.size for level in levels)
    return [Fractions(a, b, size) for a, b in zip(above, below, strict=True)]


@dataclasses.dataclass
class Row:
    """One cell of the table.

    Attributes:
        counts: by name.
        tightest: the largest lhs/rhs of cases that hold with 0 < rhs < 1.
        world: where it is attained.
    """

    counts: Counter[str] = dataclasses.field(default_factory=Counter)
    tightest: float = 0.0
    world: str = ""


class Tally:
    """Everything counted so far."""

    def __init__(self):
        self.worlds: Counter[str] = Counter()
        self._rows: dict[tuple[str, str, str, str], Row] = defaultdict(Row)
        self._points: list[tuple[Any, ...]] = []

    def add(self, source: str, batch: Batch) -> None:
        """Decide every statement on a batch, for every q and every c."""
        self.worlds[source] += len(batch)
        sets = BatchSets(batch)
        for name in NAMES:
            bounds = BatchSides(printed(name), sets)
            last = np.full(len(batch), -1.0)
            for level in _sorted(bounds.levels()):
                new = (level.double > last) & (level.double < 1)
                last = level.double
                if not new.any():
                    continue
                infimum, speaking = bounds.infimum(level)
                speaks = np.where(speaking == len(bounds.families), 2, np.minimum(speaking, 1))
                for cell, ends in zip(CELLS, cells(name), strict=True):
                    sides = bounds.sides(level, infimum, *ends)
                    self._count((name, source, cell), batch, sides, new, speaks)
                    if source != "enumerated":
                        top = bounds.values((limit(name),), level, sides.c)[0]
                        self._sample(source, name, sides, new, sides.c.double / top.double)

    def _count(
        self, place: tuple[str, str, str], batch: Batch, sides: Sides, new: Any, speaks: Any
    ) -> None:
        applies, zero = sides.applicable & new, number(0)
        violated, below = sides.violated & new, less(sides.rhs, number(1))
        equal = ~less(sides.lhs, sides.rhs) & ~violated & less(zero, sides.lhs)
        flags = {"cases": new, "applicable": applies, "violated": violated,
                 "equal": applies & equal, "below_one": applies & below}  # fmt: skip
        telling = applies & ~violated & less(zero, sides.rhs) & below
        ratio = np.where(telling, sides.lhs.double / np.where(telling, sides.rhs.double, 1), 0.0)
        for kind, word in enumerate(SPEAKS):
            here = speaks == kind
            row = self._rows[(*place, word)]
            for key, flag in flags.items():
                row.counts[key] += int(np.count_nonzero(flag & here))
            best = int(np.argmax(np.where(here, ratio, 0.0)))
            if here[best] and ratio[best] > row.tightest:
                row.tightest, row.world = float(ratio[best]), described(batch, sides, best)

    def _sample(self, source: str, name: str, sides: Sides, new: Any, share: Any) -> None:
        finite = sides.applicable & new & (sides.c.double < HUGE)
        violated = np.flatnonzero(finite & sides.violated)[:KEPT]
        for place in np.concatenate([violated, np.flatnonzero(finite)[:KEPT]]):
            lhs, rhs = sides.lhs.double[place], sides.rhs.double[place]
            self._points.append((name, source, share[place], lhs, rhs, int(sides.violated[place])))

    def rows(self) -> Iterator[list[Any]]:
        """List the table's rows, cells without cases left out."""
        for key, row in self._rows.items():
            if row.counts["cases"]:
                counts = [row.counts[name] for name in COUNTS]
                yield [*key, *counts, row.tightest, row.world]

    def points(self) -> list[tuple[Any, ...]]:
        """List what the figure shows, each point once."""
        return sorted(set(self._points))

    def summary(self) -> dict[tuple[str, str, str], Counter[str]]:
        """Sum the counts over the sources."""
        found: dict[tuple[str, str, str], Counter[str]] = {}
        for name in NAMES:
            for cell in CELLS:
                for speaks in SPEAKS:
                    rows = [
                        r for k, r in self._rows.items() if (k[0], *k[2:]) == (name, cell, speaks)
                    ]
                    total = sum((row.counts for row in rows), Counter())
                    if total["cases"]:
                        found[name, cell, speaks] = total
        return found


def described(batch: Batch, sides: Sides, place: int) -> str:
    """Write a world in a line."""
    c = sides.c.fraction(place)
    world = batch.world(place, sides.q.fraction(place))
    edges = [
        f"{x + 1}-{y + 1}" for x in range(world.size) for y in range(x) if world.neighbours[x][y]
    ]
    return "; ".join(
        (
            "masses " + " ".join(map(str, world.masses)),
            "teacher " + " ".join("-" if label < 0 else str(label) for label in world.teacher),
            *("labels " + " ".join(map(str, row)) for row in world.classifiers),
            "edges " + (" ".join(edges) or "none"),
            f"q {world.q}",
            "c free" if c == HUGE else f"c {c}",
        )
    )
