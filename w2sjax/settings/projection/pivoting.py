r"""Convex quadratic programs in rational arithmetic, by complementary pivoting (Lemke, 1965).

Minimise $\tfrac12 x^\top Q x - h^\top x$ over $x \ge 0$, $Ax \le b$ with $Q$ positive semidefinite: the
linear complementarity problem $w = Mz + q \ge 0$, $z \ge 0$, $w^\top z = 0$ with $z = (x, \lambda)$. Ties
are broken lexicographically, so that no degenerate problem cycles.
"""

from collections.abc import Sequence
from typing import Any

from flint import fmpq

Row = list[Any]  # of fmpq


def minimise(
    quadratic: Sequence[Row], linear: Row, matrix: Sequence[Row], bound: Row
) -> tuple[Row, Row] | None:
    """Find a minimiser and the multipliers of its constraints; None where there is none."""
    size, count = len(linear), len(bound)
    zero = fmpq(0)
    columns = [[matrix[i][j] for i in range(count)] for j in range(size)]
    product = [[*quadratic[j], *columns[j]] for j in range(size)]
    product += [[*(-value for value in row), *[zero] * count] for row in matrix]
    constants = [*(-value for value in linear), *bound]
    answer = complementary(product, constants)
    return None if answer is None else (answer[:size], answer[size:])


def complementary(matrix: Sequence[Row], constants: Row) -> Row | None:
    """Solve the linear complementarity problem of a positive semidefinite matrix."""
    size = len(constants)
    if size == 0 or min(constants) >= 0:
        return [fmpq(0)] * size
    # Columns: w, z, the artificial variable, constants; basic variables have unit columns.
    unit = [[fmpq(int(i == j)) for j in range(size)] for i in range(size)]
    rows = [
        [*unit[i], *(-value for value in matrix[i]), fmpq(-1), constants[i]] for i in range(size)
    ]
    basis = list(range(size))
    artificial, entering = 2 * size, 2 * size
    leaving = min(range(size), key=lambda i: [constants[i], *(-v for v in rows[i][:size])])
    while True:
        _pivot(rows, leaving, entering)
        gone, basis[leaving] = basis[leaving], entering
        if gone == artificial:
            break
        entering = gone + size if gone < size else gone - size
        found = _ratio(rows, basis, entering, size)
        if found is None:
            return None
        leaving = found
    answer = [fmpq(0)] * size
    for i, variable in enumerate(basis):
        if size <= variable < 2 * size:
            answer[variable - size] = rows[i][-1]
    return answer


def _pivot(rows, row, column) -> None:
    pivot = rows[row][column]
    rows[row] = [value / pivot for value in rows[row]]
    chosen = rows[row]
    for i, current in enumerate(rows):
        factor = current[column]
        if i != row and factor != 0:
            pairs = zip(current, chosen, strict=True)
            rows[i] = [a if b == 0 else a - factor * b for a, b in pairs]


def _ratio(rows, basis, column, size) -> int | None:
    """Choose the row that leaves: the lexicographically least ratio, the artificial one first."""
    ratios = {i: row[-1] / row[column] for i, row in enumerate(rows) if row[column] > 0}
    if not ratios:
        return None
    least = min(ratios.values())
    tied = [i for i, ratio in ratios.items() if ratio == least]
    for i in tied:
        if basis[i] == 2 * size:
            return i
    return min(tied, key=lambda i: [value / rows[i][column] for value in rows[i][:size]])
