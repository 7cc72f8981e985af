"""Many small worlds at once, also all of a shape: sets of points as bit masks, masses as integers; exact.

All points are of class 0. A point is of T (the teacher abstains), or of S with a right or a wrong label.
"""

import dataclasses
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Bool, Int, Int64, UInt16

from w2sjax.arithmetic.fraction_arrays import Fractions, ratios
from w2sjax.settings.expansion.instance import Instance
from w2sjax.settings.expansion.sets import Places
from w2sjax.settings.expansion.small import RIGHT, SILENT, TEACHER, WRONG, divided

Masks = UInt16[np.ndarray, "w f"]
LARGEST = 64  # the total mass: products of a few sums of masses fit into 64 bits
CHUNK = 50_000  # worlds that are enumerated at a time


@dataclasses.dataclass(frozen=True)
class Batch:
    """Worlds of one number of points and of classifiers.

    Attributes:
        masses: integers from 1 on.
        parts: SILENT, RIGHT or WRONG.
        graph: for every point the mask of its neighbours; symmetric.
        labels: the first classifier is f; a right label is 0.
    """

    masses: Int[np.ndarray, "w n"]
    parts: Int[np.ndarray, "w n"]
    graph: UInt16[np.ndarray, "w n"]
    labels: Int[np.ndarray, "w f n"]

    def __len__(self) -> int:
        """Give the number of worlds."""
        return len(self.masses)

    def __getitem__(self, chosen: Any) -> "Batch":
        """Take some of the worlds."""
        return Batch(*(getattr(self, field.name)[chosen] for field in dataclasses.fields(self)))

    def replaced(self, places: Bool[np.ndarray, " w"], other: "Batch") -> "Batch":
        """Take the worlds of another batch in some places."""
        rows, names = places[:, None], ("masses", "parts", "graph")
        masses, parts, graph = (np.where(rows, getattr(other, n), getattr(self, n)) for n in names)
        return Batch(masses, parts, graph, np.where(rows[..., None], other.labels, self.labels))

    def world(self, place: int, q: Fraction) -> Instance:
        """Give one world as an exact instance."""
        names = ("parts", "masses", "graph", "labels")
        parts, masses, rows, labels = (getattr(self, name)[place].tolist() for name in names)
        points = range(len(parts))
        near = tuple(tuple(bool(row >> y & 1) for y in points) for row in rows)
        return dataclasses.replace(divided(parts, masses, [0] * len(parts), near, labels), q=q)


def masks(flags: Bool[np.ndarray, "*any n"]) -> UInt16[np.ndarray, "*any"]:
    """Pack the last axis, points, into bit masks."""
    powers = (1 << np.arange(flags.shape[-1])).astype(np.uint16)
    return np.asarray(np.sum(np.where(flags, powers, 0), axis=-1, dtype=np.uint16))


def _reached(graph: UInt16[np.ndarray, "w n"], points: Masks) -> Masks:
    """N(U) of every set."""
    found = np.zeros_like(points)
    for x in range(graph.shape[1]):
        found |= np.where(points >> x & 1, graph[:, x, None], np.uint16(0))
    return found


class BatchSets:
    """Events, regions and the sets that expand, as masks."""

    def __init__(self, batch: Batch):
        if batch.masses.sum(axis=1).max(initial=0) > LARGEST:
            raise ValueError(f"masses: expected a sum of at most {LARGEST} in every world")
        self.batch = batch
        labels, teacher = batch.labels, np.asarray(TEACHER)[batch.parts]
        hard, taught = masks(batch.parts == SILENT), masks(batch.parts == RIGHT)
        self.right = masks(labels == 0)
        self.robust = np.zeros(labels.shape[:2], np.uint16)
        for label in range(int(labels.max(initial=0)) + 1):
            here = labels == label
            self.robust |= masks(here) & ~_reached(batch.graph, masks(~here))
        events = {
            "wrong": ~self.right[:, 0],
            "disagrees": masks(labels[:, 0] != teacher),
            "fragile": ~self.robust[:, 0],
            "mistaught": ~taught,
        }
        self.places = Places(events, hard, ~hard, taught)
        self._shares: dict[Any, Fractions] = {}

    def mass(self, points: UInt16[np.ndarray, "w *sets"]) -> Int64[np.ndarray, "w *sets"]:
        """Total mass of sets."""
        masses = self.batch.masses
        total = np.zeros(points.shape, np.int64)
        for x in range(masses.shape[1]):
            part = masses[:, x].reshape((-1,) + (1,) * (points.ndim - 1))
            total += (points >> x & 1).astype(np.int64) * part
        return total

    def share(self, event: Any, region: Any) -> Fractions:
        """P(event | region); 0 where the region is empty."""
        if (event, region) not in self._shares:
            given, points = self.places.region(region), self.places.event(event)
            found = ratios(self.mass(points & given), np.maximum(self.mass(given), 1))
            self._shares[event, region] = found
        return self._shares[event, region]

    def expanding(self, family: str, source: Any, target: Any) -> tuple[Fractions, Fractions]:
        """P(U | source) and P(N(U) | target) of the robust mistakes or hits of every classifier."""
        start, end = self.places.region(source), self.places.region(target)
        inside = self.robust & start[:, None] & (self.right if family == "hits" else ~self.right)
        near = _reached(self.batch.graph, inside) & end[:, None]
        masses = (np.maximum(self.mass(part), 1)[:, None] for part in (start, end))
        whole, reach = (np.broadcast_to(mass, inside.shape) for mass in masses)
        return ratios(self.mass(inside), whole), ratios(self.mass(near), reach)


@dataclasses.dataclass(frozen=True)
class Shape:
    """How large a world is: points, classifiers, labels, and the masses that a point may have."""

    points: int
    classifiers: int = 1
    labels: int = 2
    masses: tuple[int, ...] = (1,)


def all_batches(shape: Shape) -> Iterator[Batch]:
    """Enumerate the worlds in which the teacher errs on some and less than half of S, and T has points.

    All divisions into parts, masses, graphs, families (their order counts).
    """
    pairs = list(itertools.combinations(range(shape.points), 2))
    graphs = _graphs(shape.points, pairs)
    entries = shape.classifiers * shape.points
    families = shape.labels**entries
    powers = shape.labels ** np.arange(entries)
    for parts, masses in _weighted_parts(shape):
        for start in range(0, len(graphs) * families, CHUNK):
            index = np.arange(start, min(start + CHUNK, len(graphs) * families))
            labels = index[:, None] // len(graphs) // powers % shape.labels
            count, graph = len(index), graphs[index % len(graphs)]
            family = labels.reshape(count, shape.classifiers, shape.points)
            yield Batch(np.tile(masses, (count, 1)), np.tile(parts, (count, 1)), graph, family)


def _graphs(points: int, pairs: list[tuple[int, int]]) -> np.ndarray:
    chosen = np.arange(2 ** len(pairs))[:, None] >> np.arange(len(pairs)) & 1
    graph = np.zeros((len(chosen), points, points), bool)
    for place, (x, y) in enumerate(pairs):
        graph[:, x, y] = graph[:, y, x] = chosen[:, place]
    return masks(graph)


def _weighted_parts(shape: Shape) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """List divisions into parts with masses; points of one part in order of mass."""
    kinds = itertools.product((SILENT, RIGHT, WRONG), shape.masses)
    for chosen in itertools.combinations_with_replacement(sorted(kinds), shape.points):
        total = [sum(mass for part, mass in chosen if part == kind) for kind in range(3)]
        if total[SILENT] and 0 < total[WRONG] < total[RIGHT]:
            parts, masses = zip(*chosen, strict=True)
            yield np.array(parts), np.array(masses)
