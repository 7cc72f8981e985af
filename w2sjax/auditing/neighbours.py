r"""Neighbourhoods of an audit's points: the k nearest, or all within a radius; exact search.

Distances are Euclidean. Blocks of rows are screened by $\|x\|^2 + \|x'\|^2 - 2\langle x, x'\rangle$, one
matrix product; the points that its rounding leaves in doubt are decided by $\|x - x'\|$ itself, so
that duplicates are at distance 0, distances are symmetric, and no result depends on the blocks.
Neighbourhoods are symmetric, and no point is in its own.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from numbers import Integral, Real

import numpy as np
import scipy.sparse
from jaxtyping import Bool, Float64, Int

from w2sjax.arithmetic.rounding import gamma

BLOCK = 2**22  # distances looked at together: 32 MB
PAIRS = 2**25  # pairs within a radius that are held at most: half a gigabyte

Progress = Callable[[str, int, int], None] | None


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
        ends = np.repeat(np.arange(labels.shape[1]), self.sizes)
        found = np.ones(labels.shape, bool)
        for row, answers in zip(found, labels, strict=True):
            row[ends[answers[ends] != answers[self.graph.indices]]] = False
        return found

    def reached(self, sets: Bool[np.ndarray, "f n"]) -> Bool[np.ndarray, "f n"]:
        r"""$N(U) = \bigcup_{x \in U} N(x)$ of every set."""
        return np.asarray(self.graph @ sets.T.astype(np.int32)).T > 0


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
    features: Float64[np.ndarray, "n d"], counts: Sequence[int], *, progress: Progress = None
) -> list[Neighbourhoods]:
    """Make neighbours of two points if either is among the k nearest of the other, for every k.

    The numbers are those that `require` lets pass.
    """
    if not counts:
        return []
    n = len(features)
    kept = min(max(counts) + 1, n - 1)
    places, distances = np.empty((n, kept), np.int64), np.empty((n, kept))
    points = _Points(features)
    for row, near, margin in points.screened(progress):
        bound = np.partition(near, kept - 1)[kept - 1] + 2 * margin
        others = np.flatnonzero(near <= bound)
        exact = points.distances(row, others)
        order = np.argsort(exact, kind="stable")[:kept]  # of equals the first row
        places[row], distances[row] = others[order], exact[order]
    return [_nearest_graph(places, distances, count) for count in counts]


def within(
    features: Float64[np.ndarray, "n d"], radii: Sequence[float], *, progress: Progress = None
) -> list[Neighbourhoods]:
    """Make neighbours of two points that are at most a radius apart, for every radius.

    Raises:
        ValueError: for a radius within which there are more than `PAIRS` pairs.
    """
    if not radii:
        return []
    points = _Points(features)
    largest = points.scaled(max(radii))
    found, distances, total = [], [], 0
    for row, near, margin in points.screened(progress):
        others = np.flatnonzero(near <= largest * largest + margin)
        exact = points.distances(row, others)
        inside = exact <= largest
        found.append(others[inside].astype(np.int32))
        distances.append(exact[inside])
        total += found[-1].size
        if total > PAIRS:
            raise ValueError(
                f"radius: more than {PAIRS} pairs of points are within {max(radii)!r}; "
                "take a smaller radius, or the k nearest"
            )
    sources = np.repeat(np.arange(len(features)), [len(some) for some in found])
    others, exact = np.concatenate(found), np.concatenate(distances)
    graphs = []
    for radius in radii:
        kept = exact <= points.scaled(radius)
        graph = _graph(sources[kept], others[kept], len(features))
        graphs.append(Neighbourhoods(f"r = {radius:g}", graph, 0))
    return graphs


class _Points:
    """Points, scaled by a power of two so that no square overflows, with what screening needs."""

    def __init__(self, features: np.ndarray):
        self.exponent = int(np.frexp(np.max(np.abs(features)))[1]) + 1
        self.features = np.ldexp(features, -self.exponent)
        self.centred = self.features - self.features.mean(axis=0)
        self.squares = np.einsum("nd,nd->n", self.centred, self.centred)
        # Of the product, of centring and of the exact distances; four times what they add up to.
        self.error = 32 * gamma(features.shape[1] + 8, np.float64)

    def scaled(self, radius: float) -> float:
        """Scale a radius as the points were; no two of them are further apart than the result may be."""
        with np.errstate(over="ignore"):
            return min(float(np.ldexp(radius, -self.exponent)), self.features.shape[1] + 1.0)

    def screened(self, progress: Progress) -> Iterator[tuple[int, np.ndarray, float]]:
        """Give each row, its approximate squared distances (itself: infinite), and their error."""
        n = len(self.features)
        rows = max(1, BLOCK // n)
        for start in range(0, n, rows):
            block = slice(start, start + rows)
            near = self.centred[block] @ (-2 * self.centred.T)
            near += self.squares[block, None] + self.squares
            near[np.arange(len(near)), np.arange(start, start + len(near))] = np.inf
            margins = self.error * (self.squares[block] + self.squares.max())
            for place, row in enumerate(near):
                yield start + place, row, float(margins[place])
            if progress is not None:
                progress("neighbours", start + len(near), n)

    def distances(self, row: int, others: np.ndarray) -> np.ndarray:
        apart = self.features[others] - self.features[row]
        return np.sqrt(np.sum(apart * apart, axis=1))


def _nearest_graph(places: np.ndarray, distances: np.ndarray, count: int) -> Neighbourhoods:
    n, kept = places.shape
    sources, others = np.repeat(np.arange(n), count), places[:, :count].ravel()
    graph = _graph(np.append(sources, others), np.append(others, sources), n)
    tied = np.sum(distances[:, count - 1] == distances[:, count]) if count < kept else 0
    return Neighbourhoods(f"k = {count}", graph, int(tied))


def _graph(sources: np.ndarray, others: np.ndarray, n: int) -> scipy.sparse.csr_array:
    """Every pair counts once, however often it is given."""
    ones = np.ones(len(sources), bool)
    return scipy.sparse.csr_array((ones, (sources, others)), shape=(n, n))
