"""All small worlds of a shape, in batches."""

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np

from w2sjax.settings.expansion.batch import Batch, masks
from w2sjax.settings.expansion.small import RIGHT, SILENT, WRONG

CHUNK = 50_000


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
            rows = index // len(graphs)
            labels = rows[:, None] // powers % shape.labels
            yield Batch(
                masses=np.broadcast_to(masses, (len(index), shape.points)),
                parts=np.broadcast_to(parts, (len(index), shape.points)),
                graph=graphs[index % len(graphs)],
                labels=labels.reshape(-1, shape.classifiers, shape.points),
            )


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
