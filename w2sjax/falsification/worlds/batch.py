"""Many small worlds at once: sets of points as bit masks, masses as integers; exact.

All points are of class 0. A point is of T (the teacher abstains), or of S with a right or a wrong label.
"""

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from w2sjax.falsification.worlds.world import ABSTAINS, World

SILENT, RIGHT, WRONG = range(3)
TEACHER = (ABSTAINS, 0, 1)
LARGEST = 64  # the total mass up to which products of sums fit into 64 bits


@dataclasses.dataclass(frozen=True)
class Batch:
    """Worlds of one number of points and of classifiers.

    Attributes:
        masses: (worlds, points), integers from 1 on.
        parts: (worlds, points): SILENT, RIGHT or WRONG.
        graph: (worlds, points), for every point the mask of its neighbours; symmetric.
        labels: (worlds, classifiers, points); the first classifier is f, a right label is 0.
    """

    masses: np.ndarray
    parts: np.ndarray
    graph: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        """Give the number of worlds."""
        return len(self.masses)

    def __getitem__(self, chosen: Any) -> "Batch":
        """Take some of the worlds."""
        return Batch(*(getattr(self, field.name)[chosen] for field in dataclasses.fields(self)))

    def world(self, place: int, q: Fraction, c: Fraction | None) -> World:
        """Give one world as an exact instance."""
        count = self.masses.shape[1]
        rows = [int(row) for row in self.graph[place]]
        parts = [int(part) for part in self.parts[place]]
        return World(
            masses=[Fraction(int(mass)) for mass in self.masses[place]],
            truth=[0] * count,
            teacher=[TEACHER[part] for part in parts],
            hard=[part == SILENT for part in parts],
            neighbours=[[bool(row >> y & 1) for y in range(count)] for row in rows],
            classifiers=[[int(label) for label in row] for row in self.labels[place]],
            q=q,
            c=c,
        )


def masks(flags: np.ndarray) -> np.ndarray:
    """Pack the last axis, points, into bit masks."""
    powers = (1 << np.arange(flags.shape[-1])).astype(np.uint16)
    return np.asarray(np.sum(np.where(flags, powers, 0), axis=-1, dtype=np.uint16))


@dataclasses.dataclass(frozen=True)
class Sets:
    """What the statements speak of, as masks: (worlds,) and, of the family, (worlds, classifiers).

    Attributes:
        batch: the worlds.
        silent, right, wrong: the parts of the world.
        mistakes: where a classifier is not right.
        robust: where it has no neighbour of another label.
        disagrees: where f does not say what the teacher says; in T it never does.
    """

    batch: Batch
    silent: np.ndarray
    right: np.ndarray
    wrong: np.ndarray
    mistakes: np.ndarray
    robust: np.ndarray
    disagrees: np.ndarray

    def mass(self, points: np.ndarray) -> np.ndarray:
        """Total mass of sets; a last axis of sets of the same world may follow the worlds."""
        masses = self.batch.masses
        total = np.zeros(points.shape, np.int64)
        for x in range(masses.shape[1]):
            part = masses[:, x].reshape((-1,) + (1,) * (points.ndim - 1))
            total += (points >> x & 1).astype(np.int64) * part
        return total

    def reached(self, points: np.ndarray) -> np.ndarray:
        """N(U) of sets of the family."""
        return reached(self.batch.graph, points)


def reached(graph: np.ndarray, points: np.ndarray) -> np.ndarray:
    """N(U) of every set, (worlds, sets)."""
    found = np.zeros_like(points)
    for x in range(graph.shape[1]):
        found |= np.where(points >> x & 1, graph[:, x, None], np.uint16(0))
    return found


def sets_of(batch: Batch) -> Sets:
    """Find the sets of a batch."""
    if batch.masses.sum(axis=1).max(initial=0) > LARGEST:
        raise ValueError(f"masses: expected a sum of at most {LARGEST} in every world")
    labels, teacher = batch.labels, np.asarray(TEACHER)[batch.parts]
    robust = np.zeros(labels.shape[:2], np.uint16)
    for label in range(int(labels.max(initial=0)) + 1):
        here = masks(labels == label)
        other = masks(labels != label)
        robust |= here & ~reached(batch.graph, other)
    return Sets(
        batch=batch,
        silent=masks(batch.parts == SILENT),
        right=masks(batch.parts == RIGHT),
        wrong=masks(batch.parts == WRONG),
        mistakes=masks(labels != 0),
        robust=robust,
        disagrees=masks(labels[:, 0] != teacher),
    )
