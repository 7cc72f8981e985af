r"""Features that are never in memory as a whole: what is needed of them, a block of rows at a time.

Blocks are widened to doubles, centred, multiplied by numpy's BLAS and added up in their order, so that the
number of threads changes no digit.
"""

import dataclasses
import itertools
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import jax
import numpy as np
from jaxtyping import Array, Float
from threadpoolctl import threadpool_limits

from w2sjax.machine.host import concrete
from w2sjax.machine.processes import cores
from w2sjax.machine.records import UNRECORDED, Part

BLOCK = 2**21  # most numbers of a block: 16 MB in doubles
STREAMED = 2**24  # numbers from which features are read block by block: 128 MB in doubles
COPIES = 3  # of a block that are held while it is worked on
ALIVE: weakref.WeakValueDictionary[int, "Rows"] = weakref.WeakValueDictionary()
NUMBERS = itertools.count()
Found = TypeVar("Found")


def block_of(memory: float) -> int:
    """Give how many numbers a block may have where so many bytes may be used."""
    return int(min(BLOCK, memory / (8 * COPIES * (cores() + 1))))


@jax.tree_util.register_pytree_node_class
@dataclasses.dataclass(frozen=True, eq=False)
class Rows:
    r"""Features $H$ as rows of an array that may be mapped from a file.

    Under `jax.vmap` a product is one pass over the rows for the whole batch. A program sees their shape and
    number, so that one serves all rows of a shape; while it runs, somebody has to hold them.

    Attributes:
        array: $H$, of any floating dtype.
        centre: means of the columns, for the sake of an intercept; None without one.
        rest: of the means, what rounding has left of them.
        basis: $T$, where products are taken with the columns of $(H - m)T$ instead; means are those of
            these columns.
        block: numbers of a block, at most, `BLOCK` by default; a row at least.
        record: where sums are recorded while they grow.
        progress: called with a label, the rows that a pass has read, and their number.
        recent: the last values that were asked for, which a projection and its certificate share.
        number: by which a program finds them.
    """

    array: Any
    centre: np.ndarray | None = None
    rest: np.ndarray | None = None
    basis: np.ndarray | None = None
    block: int | None = None
    record: Part = UNRECORDED
    progress: Callable[[str, int, int], None] | None = None
    recent: dict[Any, np.ndarray] = dataclasses.field(default_factory=dict)
    number: Any = dataclasses.field(init=False, default_factory=lambda: np.int32(next(NUMBERS)))

    def __post_init__(self):
        """Let programs find them."""
        ALIVE[int(self.number)] = self

    def tree_flatten(self) -> tuple[tuple[Any], tuple[tuple[int, int], int | None]]:
        """Give the number, and what is known while a program is compiled."""
        return (self.number,), (self.shape, self.block)

    @classmethod
    def tree_unflatten(
        cls, known: tuple[tuple[int, int], int | None], numbers: tuple[Any]
    ) -> "Rows":
        """Give rows as a program sees them; outside of one, the rows themselves."""
        (number,) = numbers
        if isinstance(number, np.generic | np.ndarray | jax.Array) and concrete(number) is not None:
            return _alive(number)
        shape, block = known
        seen = object.__new__(cls)
        seen.__dict__.update(array=jax.ShapeDtypeStruct(shape, float), block=block, number=number)
        return seen

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies have numbers of their own."""
        return Rows, (self.array, self.centre, self.rest, self.basis, self.block)

    def about(self, weights: Float[np.ndarray, " n"]) -> "Rows":
        """Take the means of the first rows of some weight for a centre; constant columns have theirs."""
        start = int(np.argmax(weights > 0))
        rows = slice(start, start + self.height)
        block, masses = self._widened(rows), weights[rows]
        kept = block[masses > 0]
        means = np.where(np.ptp(kept, axis=0) == 0, kept[0], masses @ block / masses.sum())
        return dataclasses.replace(self, centre=means)

    def recentred(self) -> "Rows":
        """Take what is left of the columns' means into the centre."""
        if self.centre is None or self.rest is None or self.basis is not None:
            return self
        return dataclasses.replace(self, centre=self.centre + self.rest, rest=None)

    def gram(self, weights: Float[np.ndarray, " n"]) -> tuple[np.ndarray, np.ndarray]:
        r"""$A^\top A$ and $A^\top \sqrt w$ of $A = \sqrt w (H - m)T$."""
        roots = np.sqrt(weights)

        def part(rows: slice) -> list[np.ndarray]:
            block = self.centred(rows) * roots[rows, None]
            return [block.T @ block, roots[rows] @ block]

        unit = self.named("Gram matrix", weights)
        square, sums = self.record.once(unit, lambda: self.total(part, unit))
        return square, sums

    def counted(self, weights: Float[np.ndarray, " n"]) -> Iterator[np.ndarray]:
        """Give the rows of some weight, in doubles, a block at a time."""
        return self.each(lambda rows: self._widened(rows)[weights[rows] > 0])

    @property
    def additions(self) -> int:
        """Most additions that a term passes in a sum over the rows: in its block, and of blocks."""
        return min(self.height, self.shape[0]) + -(-self.shape[0] // self.height)

    @property
    def shape(self) -> tuple[int, int]:
        """Points and columns."""
        return self.array.shape[0], self.array.shape[1]

    @property
    def dtype(self) -> np.dtype:
        """In which products are computed."""
        return np.dtype(np.float64)

    def times(self, coefficients: Float[Array, " d"]) -> Float[Array, " n"]:
        r"""$H\theta$."""
        return self._called(_times, self.shape[0], coefficients)

    def moment(self, masses: Float[Array, " n"]) -> Float[Array, " d"]:
        r"""$((H - m)T)^\top \mu$."""
        return self._called(_moment, self.shape[1], masses)

    def _called(self, function: Callable[..., Any], size: int, given: Array) -> Array:
        made = jax.ShapeDtypeStruct((size,), self.dtype)
        return jax.pure_callback(function, made, self.number, given, vmap_method="expand_dims")

    def _times(self, theta: np.ndarray) -> np.ndarray:
        key = theta.shape, theta.tobytes()
        if key in self.recent:
            return self.recent[key]
        self.recent.clear()
        found = np.empty((*theta.shape[:-1], self.shape[0]))

        def part(rows: slice) -> None:
            found[..., rows] = theta @ self._widened(rows).T

        deque(self.each(part), maxlen=0)
        self.recent[key] = found
        return found

    def _moment(self, masses: np.ndarray) -> np.ndarray:
        (found,) = self.total(lambda rows: [masses[..., rows] @ self.centred(rows)])
        return found

    @property
    def height(self) -> int:
        """Rows of a block; the last one may have fewer."""
        return max(1, (self.block or BLOCK) // self.shape[1])

    def _widened(self, rows: slice) -> np.ndarray:
        return np.asarray(self.array[rows], np.float64)

    def centred(self, rows: slice) -> np.ndarray:
        """Give a block, less its centre, in the basis, less what is left of its means."""
        block = _less(self._widened(rows), self.centre)
        return _less(block if self.basis is None else block @ self.basis, self.rest)

    def named(self, unit: str, *arrays: np.ndarray) -> str:
        """Name what is recorded of a pass, which is about some arrays."""
        own = self.centre, self.rest, self.basis
        return self.record.named(f"{unit}, in blocks of {self.height}", (*own, *arrays))

    def total(
        self, part: Callable[[slice], Sequence[np.ndarray]], unit: str | None = None
    ) -> Sequence[np.ndarray]:
        """Add up the arrays that every block gives; of a unit that is named, growing sums are recorded."""

        def steps(known: Any) -> Iterator[dict[str, Any]]:
            done, sums = (0, []) if known is None else (known["blocks"], known["sums"])
            for count, found in enumerate(self.each(part, done), done + 1):
                pairs = zip(sums, found, strict=True)
                sums = [np.add(*pair, out=pair[0]) for pair in pairs] if sums else list(found)
                yield {"blocks": count, "sums": sums}

        record = UNRECORDED if unit is None else self.record
        return record.last(unit or "", steps)["sums"]

    def each(self, part: Callable[[slice], Found], done: int = 0) -> Iterator[Found]:
        """Give what every block gives, in order, after some that are done."""
        size = self.shape[0]
        for count, found in enumerate(self._worked(part, done), done + 1):
            if self.progress is not None:
                self.progress("rows", min(count * self.height, size), size)
            yield found

    def _worked(self, part: Callable[[slice], Found], done: int) -> Iterator[Found]:
        """Work on a few blocks at a time."""
        size, height = self.shape[0], self.height
        # As many threads of BLAS in each of ours would crowd the cores.
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(cores()) as pool:
            waiting: deque[Any] = deque()
            for start in range(done * height, size, height):
                waiting.append(pool.submit(part, slice(start, min(start + height, size))))
                if len(waiting) > cores():
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def _times(number: Any, coefficients: Any) -> np.ndarray:
    return _alive(number)._times(np.asarray(coefficients))


def _moment(number: Any, masses: Any) -> np.ndarray:
    return _alive(number)._moment(np.asarray(masses))


def _alive(number: Any) -> Rows:
    numbers = np.unique(number)
    if len(numbers) != 1 or int(numbers[0]) not in ALIVE:
        raise ValueError("Rows: a batch has to be of the same rows, which somebody holds")
    return ALIVE[int(numbers[0])]


def _less(block: np.ndarray, middle: np.ndarray | None) -> np.ndarray:
    if middle is None:
        return block
    return np.subtract(block, middle, out=block if block.base is None else None)
