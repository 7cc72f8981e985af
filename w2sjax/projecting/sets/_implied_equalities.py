r"""Linear constraints with the equalities that they imply, found on the host and proved exactly.

Rows $A\theta \le b$, $C\theta = e$ may leave no interior: an equality written as two inequalities, a
facet that two sets share. A linear program names rows that seem to have no room. For a row $i$ its
multipliers $\lambda \ge 0$, $\lambda_i > 0$, $\nu$ with $A^\top\lambda + C^\top\nu = 0$, made exact
in rational arithmetic, say how much all rows with $\lambda_k > 0$ leave together:
$\sum_k \lambda_k (b - A\theta)_k = b^\top\lambda + e^\top\nu =: w$ at every $\theta$ with
$C\theta = e$. If $w = 0$ they are equalities, and if $w < 0$ the set is empty (Farkas).
"""

import dataclasses
from typing import Any

import numpy as np
import scipy
from jaxtyping import Float

SMALL = 1e-6  # room, relative to the scale of the program, above which HiGHS can be believed


@dataclasses.dataclass(frozen=True)
class Rows:
    r"""$A\theta \le b$ and $C\theta = e$ as arrays of numpy."""

    matrix: Float[np.ndarray, "m d"]
    bound: Float[np.ndarray, " m"]
    equality: Float[np.ndarray, "k d"]
    level: Float[np.ndarray, " k"]


class NoRoomError(ValueError):
    """The rows contradict each other, or leave room below the rounding of their numbers."""

    def __init__(self, room: float | None, rows: list[int]):
        """Take the room (negative: how far they are from a common point) and the rows if known."""
        super().__init__(f"{room} over rows {rows}")
        self.room, self.rows = room, rows


def with_implied(rows: Rows, dtype: Any) -> tuple[Rows, Float[np.ndarray, " d"], bool]:
    """Turn implied equalities into equalities, leave out what always holds and what follows.

    Returns the rows, a point with room in the inequalities, and whether there are fewer rows because
    some are implied equalities or follow from other equalities.

    Args:
        rows: any constraints with finite numbers; bounds may be inf.
        dtype: the precision of the numbers.

    Raises:
        NoRoomError: if there is no point, or less room than the numbers' rounding but some.
    """
    kept = np.isfinite(rows.bound) & np.any(rows.matrix != 0, axis=1)
    impossible = np.flatnonzero(~kept & (rows.bound < 0))
    if impossible.size:
        raise NoRoomError(float(rows.bound[impossible[0]]), [int(impossible[0])])
    numbers = np.flatnonzero(kept)
    lengths = np.linalg.norm(rows.matrix[kept], axis=1)
    held = _independent(dataclasses.replace(rows, matrix=rows.matrix[kept], bound=rows.bound[kept]))
    point, radius = _centre(held, lengths)
    fewer = held.level.size < rows.level.size
    if radius > SMALL:
        return held, point, fewer
    tight, equal = _without_room(held, lengths), np.zeros(len(numbers), bool)
    while tight.any():
        row = int(np.argmax(tight))
        room, scale, multipliers = _room(held, row)
        involved = np.flatnonzero(multipliers > 0)
        if room != 0 and room < 16 * np.finfo(dtype).eps * scale:
            raise NoRoomError(room, [int(i) for i in numbers[involved]])
        equal[involved] |= room == 0
        tight[row] = False
        tight &= ~equal
    if not equal.any():
        return held, point, fewer
    equality = np.concatenate([held.equality, held.matrix[equal]])
    level = np.concatenate([held.level, held.bound[equal]])
    held = _independent(Rows(held.matrix[~equal], held.bound[~equal], equality, level))
    return held, _centre(held, lengths[~equal])[0], True


def _independent(rows: Rows) -> Rows:
    """Drop equalities that follow from others."""
    if not rows.level.size:
        return rows
    _, pivots = _reduced(rows.equality.T)
    _, with_level = _reduced(np.c_[rows.equality, rows.level].T)
    if len(with_level) > len(pivots):
        raise NoRoomError(None, [])
    return dataclasses.replace(rows, equality=rows.equality[pivots], level=rows.level[pivots])


def _centre(rows: Rows, lengths) -> tuple[Float[np.ndarray, " d"], float]:
    """Find the centre of a largest ball of radius at most 1 in the inequalities, and its radius.

    Where it is small the program is solved again around the point found, in smaller units.
    """
    dimension = rows.matrix.shape[1]
    point, radius = np.zeros(dimension), 0.0
    inverse = np.linalg.pinv(rows.equality)
    for unit in (1.0, 1e-5, 1e-10):
        answer = scipy.optimize.linprog(
            np.r_[np.zeros(dimension), -1.0],
            A_ub=np.c_[rows.matrix / lengths[:, None], np.ones_like(lengths)],
            b_ub=(rows.bound - rows.matrix @ point) / (lengths * unit),
            A_eq=np.c_[rows.equality, np.zeros_like(rows.level)],
            b_eq=(rows.level - rows.equality @ point) / unit,
            bounds=[(None, None)] * dimension + [(0, 1)],
        )
        if answer.x is None:
            if unit == 1.0:
                raise NoRoomError(None, [])
            break
        point, radius = point + unit * answer.x[:dimension], unit * float(answer.x[dimension])
        for _ in range(2):
            point = point - inverse @ (rows.equality @ point - rows.level)
        if answer.x[dimension] > SMALL:
            break
    return point, radius


def _without_room(rows: Rows, lengths) -> np.ndarray:
    """Say which rows have little room at a point where as many as possible have some.

    The constraints are homogenised, so that a row reaches a room of 1 if it has any.
    """
    count, dimension = rows.matrix.shape
    none = np.zeros((rows.level.size, count))
    answer = scipy.optimize.linprog(
        np.r_[np.zeros(dimension), -np.ones(count), 0.0],
        A_ub=np.c_[rows.matrix / lengths[:, None], np.eye(count), -rows.bound / lengths],
        b_ub=np.zeros(count),
        A_eq=np.c_[rows.equality, none, -rows.level],
        b_eq=np.zeros(rows.level.size),
        bounds=[(None, None)] * dimension + [(0, 1)] * count + [(1, 1 / SMALL)],
    )
    if answer.x is None:
        return np.ones(count, bool)
    return answer.x[dimension:-1] < 0.5


def _room(rows: Rows, row: int) -> tuple[float, float, Float[np.ndarray, " m"]]:
    r"""Return the exact $w$ (rounded), the size of its terms, and $\lambda$ with $\lambda_i > 0$.

    The room is inf where no multipliers can be made exact.
    """
    unknown = np.inf, 0.0, np.zeros(len(rows.bound))
    inequalities, equalities = (rows.matrix, rows.bound), (rows.equality, rows.level)
    answer = scipy.optimize.linprog(rows.matrix[row], *inequalities, *equalities, (None, None))
    if answer.x is None:
        return unknown
    guess = -answer.ineqlin.marginals
    guess[row] += 1
    free = -answer.eqlin.marginals
    support = np.flatnonzero(guess > 1e-9 * np.max(guess))
    while row in support:
        columns = np.concatenate([rows.matrix[support], rows.equality]).T
        found = _null_vector(columns, np.concatenate([guess[support], free]))
        negative = np.array([value < 0 for value in found[: len(support)]])
        if not negative.any():
            ends = np.concatenate([rows.bound[support], rows.level])
            terms = [value * _rational(end) for value, end in zip(found, ends, strict=True)]
            exact = np.zeros(len(rows.bound))
            exact[support] = [float(value) for value in found[: len(support)]]
            if not exact[row] > 0:
                break
            return float(sum(terms)), float(sum(abs(term) for term in terms)), exact
        support = support[~negative]
    return unknown


def _null_vector(matrix: np.ndarray, guess: np.ndarray) -> list:
    """Give an exact null vector near `guess`: the free entries from it, the others to match."""
    reduced, pivots = _reduced(matrix)
    found = [_rational(value) for value in guess]
    others = [column for column in range(reduced.ncols()) if column not in pivots]
    for row, pivot in enumerate(pivots):
        found[pivot] = -sum((reduced[row, j] * found[j] for j in others), _rational(0.0))
    return found


def _reduced(matrix: np.ndarray) -> tuple[Any, list[int]]:
    """Return the reduced row echelon form in rationals and its pivots: columns that are independent."""
    from flint import fmpq_mat

    count, width = matrix.shape
    reduced, rank = fmpq_mat(count, width, [_rational(value) for value in matrix.ravel()]).rref()
    return reduced, [next(j for j in range(width) if reduced[row, j] != 0) for row in range(rank)]


def _rational(value):
    from flint import fmpq

    return fmpq(*float(value).as_integer_ratio())
