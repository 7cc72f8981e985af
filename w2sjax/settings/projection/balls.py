r"""Projections on Euclidean balls of coefficients, through the secular equation.

$(G + \mu I)\theta = b$ with $\|\theta\| = R$: the multiplier is bracketed by rationals, with the signs
decided exactly, and the coefficients are enclosed over the bracket.
"""

from typing import Any

from flint import arb, arb_mat, fmpq, fmpq_mat

from w2sjax.arithmetic.flint_numbers import inner, rationals
from w2sjax.settings.projection.normal_equations import any_solution, normal_equations

Answer = tuple[list[Any], list[Any] | None]


def on_ellipsoid(
    parameters: Any, features: Any, weights: Any, target: Any, precision: int
) -> Answer:
    r"""Project on an ellipsoid: with $\varphi = L^\top(\theta - c)$ it is the unit ball."""
    lower = fmpq_mat([rationals(row) for row in parameters["lower"]])
    centre = rationals(parameters["centre"])
    inverse = lower.transpose().inv()
    moved = (fmpq_mat(features) * inverse).tolist()
    rest = [y - inner(row, centre) for y, row in zip(target, features, strict=True)]
    phi, enclosure = on_ball(*normal_equations(moved, weights, rest), fmpq(1), precision)
    back = inverse.tolist()

    def coefficients(point):
        return [c + inner(row, point) for c, row in zip(centre, back, strict=True)]

    return coefficients(phi), None if enclosure is None else coefficients(enclosure)


def on_ball(gram: Any, moment: Any, radius: Any, precision: int) -> Answer:
    """Give coefficients of the projection, and their enclosure where they are not exact."""
    size = len(moment)
    if size == 1:
        if gram[0][0] == 0:
            return [fmpq(0)], None
        return [max(min(moment[0] / gram[0][0], radius), -radius)], None
    matrix, right = fmpq_mat(gram), fmpq_mat([[m] for m in moment])
    # The shortest solution is in the range of the Gram matrix.
    squared = (matrix * matrix).tolist()
    preimage = any_solution(squared, moment)
    shortest = [inner(row, preimage) for row in gram]
    if inner(shortest, shortest) <= radius * radius:
        return shortest, None

    unit = fmpq_mat([[fmpq(int(i == j)) for j in range(size)] for i in range(size)])

    def at(multiplier):
        return [row[0] for row in (matrix + multiplier * unit).solve(right).tolist()]

    low, high = _bracket(at, radius, precision)
    if low == high:
        return at(low), None
    middle, half = (low + high) / 2, (high - low) / 2
    multiplier = arb(middle) + arb(0, half)
    solved = (arb_mat(matrix) + multiplier * arb_mat(unit)).solve(arb_mat(right))
    return _rounded(at(high), precision), [row[0] for row in solved.tolist()]


def _bracket(at, radius, precision) -> tuple[fmpq, fmpq]:
    """Bracket the multiplier at which the solution is as long as the radius; dyadic numbers."""
    square = radius * radius

    def long(multiplier):
        theta = at(multiplier)
        return inner(theta, theta) - square

    high = fmpq(1)
    while long(high) > 0:
        high = high * 4
    low = high / 4
    while long(low) < 0:
        low, high = low / 4, low
    for _ in range(precision):
        middle = (low + high) / 2
        sign = long(middle)
        if sign == 0:
            return middle, middle
        low, high = (middle, high) if sign > 0 else (low, middle)
    return low, high


def _rounded(theta, precision):
    """Round towards zero, coordinate by coordinate: a point inside the ball stays there."""
    scale = fmpq(2) ** precision
    return [(abs(t) * scale).floor() / scale * (1 if t >= 0 else -1) for t in theta]
