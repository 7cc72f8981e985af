r"""Pairs of points that are near each other, with their distances; the points may lie in a file.

Two blocks of rows are in memory at a time. Tiles of their pairs are screened by $\|x\|^2 + \|x'\|^2
- 2\langle x, x'\rangle$, one matrix product in doubles; the pairs that its rounding leaves in doubt are
decided by $\|x - x'\|$ itself, so that duplicates are at distance 0 and no distance depends on blocks and
threads.
"""

import dataclasses
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from jaxtyping import Float, Float64
from threadpoolctl import threadpool_limits

from w2sjax.arithmetic.rounding import gamma
from w2sjax.machine.processes import cores
from w2sjax.projecting.rows import Rows

TILE = 1024  # points on either side of a matrix of distances: 8 MB
STRIPS = 32  # of tiles in a block, at most: a second or so for a pair of blocks
DIFFERENCES = 2**18  # numbers of exact differences at a time: 2 MB
MANY = 4  # times the pairs that are needed, from which on a tile's own distances limit it

Progress = Callable[[str, int, int], None] | None
Take = Callable[[np.ndarray, np.ndarray, np.ndarray], None]


@dataclasses.dataclass(frozen=True, eq=False)
class _Block:
    """Some scaled points, less their centre as well, and the squares of the latter's lengths."""

    start: int
    points: Float64[np.ndarray, "h d"]
    centred: Float64[np.ndarray, "h d"]
    squares: Float64[np.ndarray, " h"]


class Points:
    """Points, scaled by a power of two so that no square overflows.

    Args:
        features: an array, memory-mapped or not, or `StoredRows`, of any floating dtype.
    """

    def __init__(self, features: Float[Any, "n d"]):
        self.features, self.shape = features, features.shape
        rows = Rows(features)
        height = min(rows.height, STRIPS * TILE)
        rows = dataclasses.replace(rows, block=height * self.shape[1])
        sizes = rows.each(lambda some: (some, np.max(np.abs(rows.centred(some)))))
        self._blocks, largest = zip(*sizes, strict=True)
        self.exponent = int(np.frexp(max(largest))[1]) + 1
        self._widest = self.shape[1] + 1.0
        (sums,) = rows.total(lambda some: [self._scaled(some).sum(axis=0)])
        self._centre = sums / self.shape[0]
        # Of the product, of centring and of the exact distances; four times what they add up to.
        self._error = 32 * gamma(self.shape[1] + 8, np.float64)

    def scaled(self, radius: float) -> float:
        """Scale a radius as the points were; no two of them are further apart than the result may be."""
        with np.errstate(over="ignore"):
            return min(float(np.ldexp(radius, -self.exponent)), self._widest)

    def near(
        self,
        limits: Float64[np.ndarray, " n"],
        take: Take,
        *,
        needed: int = 0,
        done: int = 0,
        progress: Progress,
    ) -> Iterator[int]:
        """Hand over pairs that are at most as far apart as either's limit, in any order and each once.

        Gives how many pairs of blocks are done, after each.

        Args:
            limits: distances of scaled points, which `take` may lower.
            take: called with the rows of the first points, those of the second, and their distances;
                never twice at a time. It may be given pairs beyond the limits, too.
            needed: if not 0, of each point only so many nearest pairs are needed, and all equally near.
            done: pairs of blocks that are left out, as they were handed over before.
            progress: called with a label, the share of the work that is done, in points, and n.
        """
        n, lock = self.shape[0], threading.Lock()
        pairs = list(itertools.combinations_with_replacement(self._blocks, 2))
        work = np.cumsum([_count(one, other) for one, other in pairs])
        first = None
        # As many threads of BLAS in each of ours would crowd the cores.
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(cores()) as pool:
            for place, (rows, others) in enumerate(pairs[done:], done):
                if first is None or first.start != rows.start:
                    first = self._block(rows)
                second = first if others is rows else self._block(others)

                def strip(start: int, first: _Block = first, second: _Block = second) -> None:
                    for tile in _tiles(first, second, start):
                        found = self._tile(first, second, *tile, limits, needed)
                        with lock:
                            take(*found)

                deque(pool.map(strip, range(0, len(first.points), TILE)), maxlen=0)
                if progress is not None:
                    progress("neighbours", int(n * work[place] // work[-1]), n)
                yield place + 1

    def _scaled(self, rows: slice) -> np.ndarray:
        block = np.array(self.features[rows], np.float64, order="C")
        return np.ldexp(block, -self.exponent, out=block)

    def _block(self, rows: slice) -> _Block:
        points = self._scaled(rows)
        centred = points - self._centre
        return _Block(rows.start, points, centred, np.einsum("nd,nd->n", centred, centred))

    def _tile(self, first, second, rows, columns, limits, needed) -> tuple[np.ndarray, ...]:
        """Give the near pairs of some rows of one block with some of another."""
        squares = first.squares[rows, None], second.squares[None, columns]
        near = first.centred[rows] @ second.centred[columns].T
        near *= -2
        near += squares[0]
        near += squares[1]
        if first is second and rows == columns:
            near[np.tri(len(near), dtype=bool)] = np.inf
        margin = self._error * float(squares[0].max() + squares[1].max())
        bounds = [
            np.minimum(limits[block.start :][some], self._widest) ** 2 + margin
            for block, some in ((first, rows), (second, columns))
        ]
        inside = _either(near, *bounds)
        if 0 < MANY * needed * sum(near.shape) < np.count_nonzero(inside):
            for axis, bound in zip((1, 0), bounds, strict=True):
                if needed <= near.shape[axis]:
                    least = np.partition(near, needed - 1, axis).take(needed - 1, axis)
                    np.minimum(bound, least + 2 * margin, out=bound)
            inside = _either(near, *bounds)
        one, other = divmod(np.flatnonzero(inside), near.shape[1])
        one, other = one + rows.start, other + columns.start
        return one + first.start, other + second.start, _distances(first, second, one, other)


def _count(rows: slice, others: slice) -> int:
    """Count the pairs of points of two blocks, with their own where they are one."""
    height, width = (some.stop - some.start for some in (rows, others))
    return height * (height + 1) // 2 if others is rows else height * width


def _either(near: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Tell the pairs that are within the bound of either point."""
    inside = near <= one[:, None]
    inside |= near <= other
    return inside


def _tiles(first: _Block, second: _Block, start: int) -> Iterator[tuple[slice, slice]]:
    """Give the tiles of some rows; of a block with itself those on its diagonal and above."""
    rows = slice(start, min(start + TILE, len(first.points)))
    size = len(second.points)
    for begin in range(start if first is second else 0, size, TILE):
        yield rows, slice(begin, min(begin + TILE, size))


def _distances(first: _Block, second: _Block, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    found, step = np.empty(len(one)), max(1, DIFFERENCES // first.points.shape[1])
    for start in range(0, len(one), step):
        some = slice(start, start + step)
        apart = first.points[one[some]]
        apart -= second.points[other[some]]
        apart *= apart
        found[some] = np.sqrt(np.sum(apart, axis=1))
    return found
