"""Counts of `printed_bounds`: cases by statement, source, constant and what the hypothesis says."""

import dataclasses
import itertools
from collections import Counter, defaultdict
from typing import Any

import numpy as np

from w2sjax import Claim
from w2sjax.arithmetic.fraction_arrays import Fractions, less, number
from w2sjax.language.terms import Term
from w2sjax.settings.expansion import RARELY_WRONG, alpha
from w2sjax.settings.expansion.batch import Batch, BatchSets
from w2sjax.settings.expansion.batch_sides import HUGE, BatchSides, Sides
from w2sjax.verification.lookup import claim_named

TITLES = {
    "expansion_core": "core lemma",
    "coverage_good_side": "Theorem B.3",
    "pseudolabel_correction_tight": "Theorem B.1",
    "pseudolabel_correction": "Theorem 4.1 as printed",
    "coverage_expansion": "Theorem 4.2 as printed",
}
NAMES = tuple(TITLES)
PRINTED = NAMES[3:]  # stated for moderate c by the claims, and not in print
MODERATE = "moderate constant"
CELLS = ("c up to 1", "c up to its limit", "c beyond")
SPEAKS = ("of no set", "of one family", "of sets")
COUNTS = ("cases", "applicable", "violated", "equal", "below_one")
KEYS = ("statement", "source", "constant", "hypothesis_speaks")
NOTHING = dict.fromkeys(COUNTS, 0) | {"tightest": 0.0, "tightest_world": ""}
POINTS = ("statement", "source", "c_over_limit", "lhs", "rhs", "violated")
KEPT = 25  # points of the figure that one batch gives for a statement and a cell


def printed(name: str) -> Claim:
    """Give a statement as printed, about worlds with $0 < \\alpha < ½$."""
    claim = claim_named(name)
    claim = claim.without(MODERATE) if name in PRINTED else claim
    return dataclasses.replace(claim, where=(*claim.where, *RARELY_WRONG))


def limit(name: str) -> Term:
    """Give the largest moderate c of a statement; 1/(1 - alpha) where none is stated."""
    assumed = claim_named(name).assumed(MODERATE)
    formulas = [one.formula for one in assumed if one.formula is not None]
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


class Tally:
    """Everything counted so far."""

    def __init__(self):
        self.worlds: Counter[str] = Counter()
        self._rows: dict[tuple[str, ...], dict[str, Any]] = {}
        self._points: set[tuple[Any, ...]] = set()

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
            row = self._rows.setdefault((*place, word), dict(NOTHING))
            for key, flag in flags.items():
                row[key] += int(np.count_nonzero(flag & here))
            best = int(np.argmax(np.where(here, ratio, 0.0)))
            if here[best] and ratio[best] > row["tightest"]:
                row["tightest"] = float(ratio[best])
                row["tightest_world"] = described(batch, sides, best)

    def _sample(self, source: str, name: str, sides: Sides, new: Any, share: Any) -> None:
        finite = sides.applicable & new & (sides.c.double < HUGE)
        violated = np.flatnonzero(finite & sides.violated)[:KEPT]
        for place in np.concatenate([violated, np.flatnonzero(finite)[:KEPT]]):
            lhs, rhs = sides.lhs.double[place], sides.rhs.double[place]
            self._points.add((name, source, share[place], lhs, rhs, int(sides.violated[place])))

    def rows(self) -> list[dict[str, Any]]:
        """List the table's rows, cells without cases left out; `tightest` is below 1, of what holds."""
        rows = self._rows.items()
        return [dict(zip(KEYS, key, strict=True)) | row for key, row in rows if row["cases"]]

    def points(self) -> list[dict[str, Any]]:
        """List what the figure shows, each point once."""
        return [dict(zip(POINTS, point, strict=True)) for point in sorted(self._points)]

    def summary(self) -> dict[tuple[str, str, str], Counter[str]]:
        """Sum the counts over the sources."""
        found: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        for place in itertools.product(NAMES, CELLS, SPEAKS):
            for row in self.rows():
                if (row["statement"], row["constant"], row["hypothesis_speaks"]) == place:
                    found[place].update({name: row[name] for name in COUNTS})
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
