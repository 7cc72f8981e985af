"""Many small worlds at once: sets of points as bit masks, masses as integers; exact.

All points are of class 0. A point is of T (the teacher abstains), or of S with a right or a wrong label.
"""

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Bool, Int, Int64, UInt16

from w2sjax.arithmetic.fraction_arrays import Fractions, ratios
from w2sjax.settings.expansion import HARD
from w2sjax.settings.expansion.instance import Instance
from w2sjax.settings.expansion.small import RIGHT, SILENT, TEACHER

LARGEST = 64  # the total mass: products of a few sums of masses fit into 64 bits


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

    def world(self, place: int, q: Fraction) -> Instance:
        """Give one world as an exact instance."""
        points = range(self.masses.shape[1])
        parts = self.parts[place].tolist()
        return Instance(
            masses=tuple(map(Fraction, self.masses[place].tolist())),
            truth=(0,) * len(points),
            teacher=tuple(TEACHER[part] for part in parts),
            hard=tuple(part == SILENT for part in parts),
            neighbours=tuple(tuple(bool(row >> y & 1) for y in points) for row in self.graph[place].tolist()),
            classifiers=tuple(map(tuple, self.labels[place].tolist())),
            q=q,
        )  # fmt: skip


def masks(flags: Bool[np.ndarray, "*any n"]) -> UInt16[np.ndarray, "*any"]:
    """Pack the last axis, points, into bit masks."""
    powers = (1 << np.arange(flags.shape[-1])).astype(np.uint16)
    return np.asarray(np.sum(np.where(flags, powers, 0), axis=-1, dtype=np.uint16))


def _reached(
    graph: UInt16[np.ndarray, "w n"], points: UInt16[np.ndarray, "w f"]
) -> UInt16[np.ndarray, "w f"]:
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
        self.silent, self.taught = masks(batch.parts == SILENT), masks(batch.parts == RIGHT)
        self.right = masks(labels == 0)
        self.robust = np.zeros(labels.shape[:2], np.uint16)
        for label in range(int(labels.max(initial=0)) + 1):
            here = labels == label
            self.robust |= masks(here) & ~_reached(batch.graph, masks(~here))
        self.events: dict[Any, np.ndarray] = {
            "wrong": ~self.right[:, 0],
            "disagrees": masks(labels[:, 0] != teacher),
            "fragile": ~self.robust[:, 0],
            "mistaught": ~self.taught,
        }
        self._shares: dict[Any, Fractions] = {}

    def event(self, data: Any) -> UInt16[np.ndarray, " w"]:
        """Find the points of an event."""
        if data in self.events:
            return self.events[data]
        operation, *parts = data
        found = [self.event(part) for part in parts]
        return ~found[0] if operation == "not" else found[0] | found[1]

    def region(self, data: Any) -> UInt16[np.ndarray, " w"]:
        """Find the points of a region."""
        if isinstance(data, str):
            return self.silent if data in HARD else ~self.silent
        inside = self.region(data[1])
        return inside & self.taught if data[0] == "good" else inside & ~self.taught

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
            given = self.region(region)
            found = ratios(self.mass(self.event(event) & given), np.maximum(self.mass(given), 1))
            self._shares[event, region] = found
        return self._shares[event, region]

    def expanding(self, family: str, source: Any, target: Any) -> tuple[Fractions, Fractions]:
        """P(U | source) and P(N(U) | target) of the robust mistakes or hits of every classifier."""
        start, end = self.region(source), self.region(target)
        inside = self.robust & start[:, None] & (self.right if family == "hits" else ~self.right)
        near = _reached(self.batch.graph, inside) & end[:, None]
        whole, reach = (np.maximum(self.mass(part), 1)[:, None] for part in (start, end))
        return ratios(self.mass(inside), whole), ratios(self.mass(near), reach)
