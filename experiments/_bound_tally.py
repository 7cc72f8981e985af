"""Counts of `printed_bounds`: cases by statement, source, constant and what the hypothesis says."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from w2sjax.falsification.worlds.batch import Batch, sets_of
from w2sjax.falsification.worlds.batch_bounds import CELLS, HUGE, NAMES, Bounds, Sides

SPEAKS = ("of no set", "of one family", "of sets")
COUNTS = ("cases", "applicable", "violated", "equal", "below_one")
KEYS = ("statement", "source", "constant", "hypothesis_speaks")
COLUMNS = (*COUNTS, "tightest", "tightest_world")
POINTS = ("statement", "source", "c_over_limit", "lhs", "rhs", "violated")
KEPT = 25  # points of the figure that one batch gives for a statement and a cell


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
        sets = sets_of(batch)
        for name in NAMES:
            bounds = Bounds(name, sets)
            levels = np.sort(bounds.levels, axis=1).T
            for place, level in enumerate(levels):
                new = np.full(len(batch), True) if place == 0 else level > levels[place - 1]
                new &= level < bounds.source
                if not new.any():
                    continue
                largest = bounds.largest(level)
                for cell in range(len(CELLS)):
                    sides = bounds.sides(level, cell, largest)
                    self._count(source, name, cell, batch, sides, new)

    def _count(self, source: str, name: str, cell: int, batch: Batch, sides: Sides, new) -> None:
        holds = sides.applicable & new & (sides.lhs <= sides.rhs)
        flags = {
            "cases": new,
            "applicable": sides.applicable & new,
            "violated": sides.violated & new,
            "equal": holds & (sides.lhs == sides.rhs) & (sides.lhs > 0),
            "below_one": sides.applicable & new & (sides.rhs < sides.scale),
        }
        telling = holds & (sides.rhs > 0) & (sides.rhs < sides.scale)
        ratio = np.where(telling, sides.lhs / np.maximum(sides.rhs, 1), 0.0)
        for speaks, word in enumerate(SPEAKS):
            here = sides.speaks == speaks
            row = self._rows[name, source, CELLS[cell], word]
            for key, flag in flags.items():
                row.counts[key] += int(np.count_nonzero(flag & here))
            best = int(np.argmax(np.where(here, ratio, 0.0)))
            if here[best] and ratio[best] > row.tightest:
                row.tightest, row.world = float(ratio[best]), described(batch, sides, best)
        if source != "enumerated":
            self._sample(source, name, sides, flags["applicable"])

    def _sample(self, source: str, name: str, sides: Sides, applicable) -> None:
        finite = applicable & (sides.c[0] < HUGE * sides.c[1])
        violated = np.flatnonzero(finite & sides.violated)[:KEPT]
        for place in np.concatenate([violated, np.flatnonzero(finite)[:KEPT]]):
            scale, limit = sides.scale[place], sides.limit
            share = sides.c[0][place] * limit[1][place] / (sides.c[1][place] * limit[0][place])
            lhs, rhs = sides.lhs[place] / scale, sides.rhs[place] / scale
            self._points.append((name, source, share, lhs, rhs, int(sides.violated[place])))

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
    c = Fraction(int(sides.c[0][place]), int(sides.c[1][place]))
    world = batch.world(place, sides.level(place), None)
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
