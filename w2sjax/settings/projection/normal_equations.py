"""Normal equations in rational arithmetic."""

from typing import Any

from flint import fmpq, fmpq_mat

from w2sjax.arithmetic.flint_numbers import inner

Row = list[Any]  # of fmpq


def normal_equations(features: list[Row], weights: Row, target: Row) -> tuple[list[Row], Row]:
    r"""Give $H^\top W H$ and $H^\top W y$."""
    size = range(len(features[0]))
    columns = [[row[j] for row in features] for j in size]
    weighted = [[w * a for w, a in zip(weights, column, strict=True)] for column in columns]
    gram = [[inner(weighted[i], columns[j]) for j in size] for i in size]
    return gram, [inner(column, target) for column in weighted]


def any_solution(gram: list[Row], moment: Row) -> Row:
    """Solve consistent equations; free coefficients are zero."""
    size = len(moment)
    rows = [[*gram[i], moment[i]] for i in range(size)]
    reduced, rank = fmpq_mat(rows).rref()
    theta = [fmpq(0)] * size
    for i in range(rank):
        lead = next(j for j in range(size) if reduced[i, j] != 0)
        theta[lead] = reduced[i, size]
    return theta
