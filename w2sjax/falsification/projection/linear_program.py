r"""The least value of a linear programme, by the simplex method; `fractions` alone.

Minimise $c^\top x$ over $x \ge 0$ with $Mx = v$, $v \ge 0$. Two phases; Bland's rule, so that no degenerate
programme cycles (Bland, 1977).
"""

from fractions import Fraction

from w2sjax.falsification.opinion import UnboundedError
from w2sjax.falsification.rationals import Matrix, Vector, dot

ZERO, ONE = Fraction(0), Fraction(1)


def least(matrix: Matrix, level: Vector, cost: Vector) -> Fraction | None:
    """Minimise; None where no point is feasible.

    Raises:
        UnboundedError: where there is no least value.
    """
    size, count = len(cost), len(level)
    signs = [-ONE if value < 0 else ONE for value in level]
    units = [[ONE if i == j else ZERO for j in range(count)] for i in range(count)]
    rows = [
        [*(sign * value for value in row), *unit, sign * right]
        for row, unit, sign, right in zip(matrix, units, signs, level, strict=True)
    ]
    basis = list(range(size, size + count))
    if _descend(rows, basis, [ZERO] * size + [ONE] * count, size + count) > 0:
        return None
    for i in range(count):  # artificial variables that stayed, at 0
        column = next((j for j in range(size) if rows[i][j] != 0), None)
        if basis[i] >= size and column is not None:
            _pivot(rows, basis, i, column)
    return _descend(rows, basis, [*cost, *[ZERO] * count], size)


def _descend(rows: Matrix, basis: list[int], cost: Vector, columns: int) -> Fraction:
    """Pivot until no column lowers the cost; returns its value."""
    while True:
        prices = [cost[variable] for variable in basis]
        entering = next(
            (
                j
                for j in range(columns)
                if j not in basis and cost[j] < dot(prices, [row[j] for row in rows])
            ),
            None,
        )
        if entering is None:
            return dot(prices, [row[-1] for row in rows])
        ratios = [
            (row[-1] / row[entering], basis[i], i)
            for i, row in enumerate(rows)
            if row[entering] > 0
        ]
        if not ratios:
            raise UnboundedError
        _pivot(rows, basis, min(ratios)[2], entering)


def _pivot(rows: Matrix, basis: list[int], place: int, column: int) -> None:
    pivot = rows[place][column]
    rows[place] = [value / pivot for value in rows[place]]
    for i, row in enumerate(rows):
        factor = row[column]
        if i != place and factor != 0:
            rows[i] = [a - factor * b for a, b in zip(row, rows[place], strict=True)]
    basis[place] = column
