r"""An exact rational point at which symmetric matrices are ⪰ 0 and numbers ≥ 0, all affine in the point.

Find $x \in \mathbb{Q}^m$ with $A_k(x) \succeq 0$, $a_i(x) \ge 0$ and $e_j(x) = 0$. Equations are solved in
rationals first. An interior point method then finds the point that is farthest inside; it is rounded, and
what it is rounded to is checked in rationals. Where the inside is empty, the dual solution names vectors k
with $A(x)k = 0$ and numbers that are 0 at every solution (facial reduction); they are rounded and made
equations, and the search goes on in the smaller face.
"""

import dataclasses
import math
from fractions import Fraction

import numpy as np

from w2sjax.proving.numeric import solved
from w2sjax.proving.systems import Affine, Point, System, value

INSIDE = 1e-6  # a margin that is not an effect of rounding
CERTAIN = 1e-4  # a part of a dual solution that is not
COARSE = (
    1e-2,
    1e-3,
    1e-1,
)  # how far a kernel may be from its rounding, in parts of 1/denominator^2
DENOMINATORS = (1, 2, 4, 6, 12, 60, 1000, 10**5, 10**7, 10**9, 10**12)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes:
        point: an exact solution, if there is one.
        margin: how far inside a numerical one was; below 0 by how much all of them fail.
    """

    point: Point | None
    margin: float


def solve(system: System, smallest: Affine | None = None) -> Answer:
    """Find a solution; first one at which `smallest` is least, which is often a simple one.

    Raises:
        ImportError: without Clarabel.
    """
    reduced = _solved(system)
    if reduced is None:
        return Answer(None, -math.inf)
    if smallest is not None and reduced.system.size:
        found, _ = solved(reduced.system, reduced.composed(smallest))
        point = None if found is None else reduced.rounded(found.x, system, DENOMINATORS[:6])
        if point is not None:
            return Answer(point, 0.0)
    for _ in range(system.size + sum(map(len, system.blocks)) + 1):
        found, margin = solved(reduced.system)
        if found is None or margin < -INSIDE:
            return Answer(None, margin)
        point = reduced.rounded(found.x, system)
        if point is not None:
            return Answer(point, max(margin, 0.0))
        if margin > INSIDE:
            break
        faces = (_face(reduced.system, found, coarse) for coarse in COARSE)
        smaller = (reduced.within(face) for face in faces if face is not None)
        reduced = next((one for one in smaller if one is not None), None)
        if reduced is None:
            break
    return Answer(None, 0.0)


def least(system: System, objective: Affine) -> tuple[float, list[float] | None]:
    """Give the least value of an affine function, numerically, and where it is attained.

    Infinite where there is no point, minus infinity where there is no least value.
    """
    reduced = _solved(system)
    if reduced is None:
        return math.inf, None
    if not reduced.system.size:
        point = tuple(value(one, ()) for one in reduced.lift)
        there = float(value(objective, point)) if system.holds(point) else math.inf
        return there, [float(x) for x in point]
    found, status = solved(reduced.system, reduced.composed(objective))
    if found is None:
        return math.copysign(math.inf, status), None
    point = [
        float(one[0]) + sum(float(a) * x for a, x in zip(one[1:], found.x, strict=False) if a)
        for one in reduced.lift
    ]
    value_there = float(objective[0]) + sum(
        float(a) * x for a, x in zip(objective[1:], point, strict=True)
    )
    return value_there, point


@dataclasses.dataclass(frozen=True)
class _Reduced:
    """A system without equations: x as an affine function of fewer variables."""

    system: System
    lift: tuple[Affine, ...]

    def composed(self, one: Affine) -> Affine:
        """Give an affine function of x as one of the variables that are left."""
        total = [one[0], *[Fraction(0)] * self.system.size]
        for share, lifted in zip(one[1:], self.lift, strict=True):
            if share:
                total = [a + share * b for a, b in zip(total, lifted, strict=True)]
        return tuple(total)

    def rounded(self, near, system: System, denominators=DENOMINATORS) -> Point | None:
        """Give the exact point of the least denominator near a numerical one that solves a system."""
        before = None
        for denominator in denominators:
            inner = [Fraction(float(x)).limit_denominator(denominator)
                     for x in near[: self.system.size]]  # fmt: skip
            if inner != before:
                point = tuple(value(one, inner) for one in self.lift)
                if system.holds(point):
                    return point
            before = inner
        return None

    def within(self, face: System) -> "_Reduced | None":
        """Go on in a face; None if its equations contradict each other."""
        inside = _solved(face)
        if inside is None:
            return None
        return _Reduced(inside.system, tuple(inside.composed(one) for one in self.lift))


def _solved(system: System) -> _Reduced | None:
    """Solve the equations; None if they contradict each other."""
    rows = [[*one[1:], -one[0]] for one in system.zero]
    pivots: list[int] = []
    for column in range(system.size):
        place = len(pivots)
        below = next((i for i in range(place, len(rows)) if rows[i][column]), None)
        if below is None:
            continue
        rows[place], rows[below] = rows[below], rows[place]
        scale = rows[place][column]
        rows[place] = [entry / scale for entry in rows[place]]
        for i, row in enumerate(rows):
            if i != place and row[column]:
                factor = row[column]
                rows[i] = [a - factor * b for a, b in zip(row, rows[place], strict=True)]
        pivots.append(column)
    if any(row[-1] for row in rows[len(pivots) :]):
        return None
    free = [column for column in range(system.size) if column not in pivots]
    lift = []
    for column in range(system.size):
        if column in pivots:
            row = rows[pivots.index(column)]
            lift.append((row[-1], *(-row[other] for other in free)))
        else:
            lift.append((Fraction(0), *(Fraction(int(column == other)) for other in free)))
    bare = _Reduced(System(len(free), (), ()), tuple(lift))
    blocks = tuple(
        [[bare.composed(one) for one in row] for row in block] for block in system.blocks
    )
    signs = tuple(dict.fromkeys(bare.composed(one) for one in system.nonnegative))
    return _Reduced(System(len(free), blocks, signs), tuple(lift))


def _face(system: System, found, coarse: float) -> System | None:
    """Give what the dual solution says of every point: vectors of kernels, numbers that are 0."""
    count = len(system.nonnegative)
    dual, zero = np.array(found.z), []
    for one, weight in zip(system.nonnegative, dual[:count], strict=True):
        if weight > CERTAIN:
            zero.append(one)
    blocks, start = [], count + 1
    for block in system.blocks:
        size = len(block)
        length = size * (size + 1) // 2
        kernel = _kernel(dual[start : start + length], size, coarse)
        start += length
        for vector in kernel:
            zero += [_combined(row, vector) for row in block]
        pivots = [next(i for i, x in enumerate(vector) if x == 1) for vector in kernel]
        left = [i for i in range(size) if i not in pivots]
        blocks.append([[block[i][j] for j in left] for i in left])
    zero = [one for one in zero if any(one)]
    if not zero:
        return None
    return System(system.size, tuple(blocks), system.nonnegative, tuple(zero))


def _combined(row: list[Affine], vector: list[Fraction]) -> Affine:
    parts = [[share * a for a in one] for share, one in zip(vector, row, strict=True)]
    return tuple(sum(column, Fraction(0)) for column in zip(*parts, strict=True))


def _kernel(triangle, size: int, coarse: float) -> list[list[Fraction]]:
    """Round the range of a dual matrix to a rational basis, each vector with a 1 where the others are 0."""
    dual, place = np.zeros((size, size)), 0
    for j in range(size):
        for i in range(j + 1):
            dual[i, j] = dual[j, i] = triangle[place] / (1.0 if i == j else math.sqrt(2.0))
            place += 1
    if size == 0:
        return []
    values, vectors = np.linalg.eigh(dual)
    basis = vectors[:, values > CERTAIN * max(1.0, values[-1])].T.copy()
    pivots: list[int] = []
    for row in range(len(basis)):
        column = int(np.argmax(np.where(np.isin(np.arange(size), pivots), 0, np.abs(basis[row]))))
        pivots.append(column)
        basis[row] /= basis[row, column]
        for other in range(len(basis)):
            if other != row:
                basis[other] -= basis[other, column] * basis[row]
    return [
        [
            Fraction(int(i == column)) if i in pivots else _simple(x, coarse)
            for i, x in enumerate(row)
        ]
        for row, column in zip(basis, pivots, strict=True)
    ]


def _simple(x: float, coarse: float) -> Fraction:
    """Round to the simplest number nearby."""
    for denominator in (1, 2, 4, 12, 60, 1000, 10**5):
        near = Fraction(float(x)).limit_denominator(denominator)
        if abs(near - x) < min(1e-5, coarse / denominator**2):
            return near
    return Fraction(float(x)).limit_denominator(10**7)
