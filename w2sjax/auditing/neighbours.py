r"""Neighbourhoods of an audit's points: the k nearest, or all within a radius; exact search.

Distances are Euclidean, those of `w2sjax.auditing.distances`: symmetric, and the same whatever the blocks.
Neighbourhoods are symmetric, and no point is in its own. Features may lie in a file: what is held of n points
is of the order n k numbers, or two for every pair within the radius.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import scipy.sparse
from jaxtyping import Bool, Float, Int

from w2sjax.auditing.distances import Points, Progress
from w2sjax.machine.records import UNRECORDED, Part

PAIRS = 2**25  # pairs within a radius that are held at most: half a gigabyte
LINKS = 2**20  # neighbours looked at together


@dataclasses.dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Symmetric neighbourhoods of n points.

    Attributes:
        name: how they were asked for.
        graph: row x holds True for every point of N(x).
        tied: points that have their last neighbour at the distance of one left out; ties go to the
            row that comes first. 0 for a radius.
    """

    name: str
    graph: scipy.sparse.csr_array
    tied: int

    @property
    def sizes(self) -> Int[np.ndarray, " n"]:
        """How many neighbours each point has."""
        return np.diff(self.graph.indptr).astype(np.int64)

    def robust(self, labels: Int[np.ndarray, "f n"]) -> Bool[np.ndarray, "f n"]:
        """R(f): where no neighbour is labelled otherwise, as without neighbours."""
        found = np.ones(labels.shape, bool)
        for ends, others in self._links():
            for row, answers in zip(found, labels, strict=True):
                row[ends[answers[ends] != answers[others]]] = False
        return found

    def reached(self, sets: Bool[np.ndarray, "f n"]) -> Bool[np.ndarray, "f n"]:
        r"""$N(U) = \bigcup_{x \in U} N(x)$ of every set."""
        return np.asarray(self.graph @ np.ascontiguousarray(sets.T)).T

    def _links(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give points with their neighbours, some at a time."""
        pointers, sizes = self.graph.indptr, self.sizes
        cuts = np.searchsorted(pointers, np.arange(LINKS, pointers[-1], LINKS))
        for start, stop in itertools.pairwise(np.unique([0, *cuts, len(sizes)])):
            ends = np.repeat(np.arange(start, stop), sizes[start:stop])
            yield ends, self.graph.indices[pointers[start] : pointers[stop]]


def require(counts: Sequence[int], radii: Sequence[float], n: int) -> None:
    """Raise `ValueError` for numbers of neighbours outside 1 to n - 1, and radii that are not positive."""
    for count in counts:
        if isinstance(count, bool) or not isinstance(count, Integral) or not 1 <= count < n:
            raise ValueError(
                f"neighbours: expected integers from 1 to n - 1 = {n - 1} "
                f"(no point is its own neighbour), got {count!r}"
            )
    for radius in radii:
        if not isinstance(radius, Real) or not 0 < radius < np.inf:
            raise ValueError(f"radius: expected positive numbers, got {radius!r}")


def nearest(
    features: Float[Any, "n d"],
    counts: Sequence[int],
    *,
    record: Part = UNRECORDED,
    progress: Progress = None,
) -> list[Neighbourhoods]:
    """Make neighbours of two points if either is among the k nearest of the other, for every k.

    The numbers are those that `require` lets pass; features are an array or `StoredRows`. What is found is
    recorded as it grows.
    """
    if not counts:
        return []
    n = len(features)
    found = _Nearest(n, min(max(counts) + 1, n - 1))

    def steps(known: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
        start = 0
        if known is not None:
            start = known["done"]
            found.places[:], found.distances[:] = known["places"], known["distances"]
        how = {"needed": found.kept, "done": start, "progress": progress}
        for done in Points(features).near(found.limits, found.take, **how):
            yield {"done": done, "places": found.places, "distances": found.distances}

    record.last(f"{found.kept} nearest", steps)
    return [found.graph(count) for count in counts]


def within(
    features: Float[Any, "n d"],
    radii: Sequence[float],
    *,
    record: Part = UNRECORDED,
    progress: Progress = None,
) -> list[Neighbourhoods]:
    """Make neighbours of two points that are at most a radius apart, for every radius.

    What is found is recorded as it grows.

    Raises:
        ValueError: for a radius within which there are more than `PAIRS` pairs.
    """
    if not radii:
        return []
    points, n = Points(features), len(features)
    largest = points.scaled(max(radii))

    def steps(known: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
        empty = [np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0)]
        found = known or {"done": 0, "parts": [empty]}
        total = sum(2 * len(distances) for *_, distances in found["parts"])

        def take(first: np.ndarray, second: np.ndarray, distances: np.ndarray) -> None:
            nonlocal total
            inside = distances <= largest
            if inside.any():
                pair = first[inside].astype(np.int32), second[inside].astype(np.int32)
                found["parts"].append([*pair, distances[inside]])
            total += 2 * np.count_nonzero(inside)
            if total > PAIRS:
                raise ValueError(
                    f"radius: more than {PAIRS} pairs of points are within {max(radii)!r}; "
                    "take a smaller radius, or the k nearest"
                )

        limits = np.full(n, largest)
        for done in points.near(limits, take, done=found["done"], progress=progress):
            yield found | {"done": done}

    parts = record.last(f"within {largest!r}", steps)["parts"]
    first, second, distances = map(np.concatenate, zip(*parts, strict=True))
    graphs = []
    for radius in radii:
        kept = distances <= points.scaled(radius)
        ones = np.ones(np.count_nonzero(kept), bool)
        above = scipy.sparse.csr_array((ones, (first[kept], second[kept])), shape=(n, n))
        graphs.append(Neighbourhoods(f"r = {radius:g}", _symmetric(above), 0))
    return graphs


class _Nearest:
    """The nearest points found so far, in the order of their distances and then of their rows."""

    def __init__(self, n: int, kept: int):
        self.kept = kept
        self.places = np.full((n, kept), n, np.int32)
        self.distances = np.full((n, kept), np.inf)
        self.limits = self.distances[:, -1]

    def take(self, first: np.ndarray, second: np.ndarray, distances: np.ndarray) -> None:
        """Let either point of some pairs have the other."""
        points, others = np.append(first, second), np.append(second, first)
        far = np.append(distances, distances)
        last, limit = self.places[points, -1], self.limits[points]
        better = (far < limit) | ((far == limit) & (others < last))
        if not better.any():
            return
        changed, counts = np.unique(points[better], return_counts=True)
        points = np.append(np.repeat(changed, self.kept), points[better])
        others = np.append(self.places[changed], others[better])
        far = np.append(self.distances[changed], far[better])
        order = np.lexsort((others, far, points))
        sizes = counts + self.kept
        ranks = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        first_ones = order[ranks < self.kept]
        self.places[changed] = others[first_ones].reshape(-1, self.kept)
        self.distances[changed] = far[first_ones].reshape(-1, self.kept)

    def graph(self, count: int) -> Neighbourhoods:
        """Link every point with its `count` nearest."""
        n, ones = len(self.places), np.ones(self.places[:, :count].size, bool)
        ends = np.arange(0, ones.size + 1, count)
        others = self.places[:, :count].ravel()
        links = scipy.sparse.csr_array((ones, others, ends), shape=(n, n))
        tied = 0
        if count < self.kept:
            tied = int(np.sum(self.distances[:, count - 1] == self.distances[:, count]))
        return Neighbourhoods(f"k = {count}", _symmetric(links), tied)


def _symmetric(links: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    """Every pair counts once, however often it is given."""
    both = scipy.sparse.csr_array(links.maximum(links.T.tocsr()))
    both.sort_indices()
    return both
