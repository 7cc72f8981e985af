"""Projections in exact or 60-digit arithmetic, by enumeration: oracles for small problems.

A problem is to minimise the weighted distance of H theta + c from a target. Everything is computed in
`Fraction` where the answer is rational, and in `Decimal` where it is not.
"""

import decimal
import itertools
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

decimal.getcontext().prec = 60


def fractions(array) -> Any:
    """Nested lists of the exact values of an array of floats."""
    array = np.asarray(array, float)
    return Fraction(float(array)) if array.ndim == 0 else [fractions(part) for part in array]


def decimals(array) -> Any:
    """Nested lists of `Decimal`s of exactly the same value."""
    if isinstance(array, list):
        return [decimals(part) for part in array]
    return Decimal(array.numerator) / Decimal(array.denominator)


def dot(left, right):
    return sum((a * b for a, b in zip(left, right, strict=True)), start=0 * left[0])


def apply(matrix, vector):
    return [dot(row, vector) for row in matrix]


def inner(weights, left, right):
    """The weighted inner product."""
    return sum((w * a * b for w, a, b in zip(weights, left, right, strict=True)), start=0 * left[0])


def distance(weights, left, right):
    """d(f, g), the weighted squared distance."""
    gaps = [a - b for a, b in zip(left, right, strict=True)]
    return inner(weights, gaps, gaps)


def upper(value) -> float:
    """A float that is at least this number."""
    return float(np.nextafter(float(value), np.inf))


def solve(matrix, right):
    """Gaussian elimination; None where the matrix is singular."""
    size = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda i, c=column: abs(rows[i][c]))
        if rows[pivot][column] == 0:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for i in range(size):
            if i != column and rows[i][column] != 0:
                factor = rows[i][column] / rows[column][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[column], strict=True)]
    return [rows[i][size] / rows[i][i] for i in range(size)]


def normal_equations(features, weights, target):
    size = range(len(features[0]))
    columns = [[row[j] for row in features] for j in size]
    gram = [[inner(weights, columns[i], columns[j]) for j in size] for i in size]
    return gram, [inner(weights, column, target) for column in columns]


def polyhedron(features, weights, target, matrix, bound, equality=(), level=()):
    """Coefficients of the projection on {A theta <= b, C theta = e}: the best feasible face."""
    gram, moment = normal_equations(features, weights, target)
    size = len(gram)
    best, least = None, None
    for count in range(size - len(equality) + 1):
        for face in itertools.combinations(range(len(matrix)), count):
            rows = [*equality, *(matrix[i] for i in face)]
            values = [*level, *(bound[i] for i in face)]
            zero = [[Fraction(0)] * len(rows)] * len(rows)
            system = [list(gram[i]) + [row[i] for row in rows] for i in range(size)] + [
                list(row) + part for row, part in zip(rows, zero, strict=True)
            ]
            answer = solve(system, list(moment) + values)
            if answer is None:
                continue
            theta = answer[:size]
            if any(dot(row, theta) > b for row, b in zip(matrix, bound, strict=True)):
                continue
            loss = distance(weights, apply(features, theta), target)
            if least is None or loss < least:
                best, least = theta, loss
    return best


def ellipsoid(features, weights, target, shape, centre, radius):
    """Coefficients of the projection on {(theta - c)' M (theta - c) <= r^2}, to 50 digits or so."""
    gram, moment = (decimals(part) for part in normal_equations(features, weights, target))
    shape, centre, radius = decimals(shape), decimals(centre), decimals(radius)
    size = range(len(gram))
    pull = apply(shape, centre)

    def point(multiplier):
        system = [[gram[i][j] + multiplier * shape[i][j] for j in size] for i in size]
        return solve(system, [moment[i] + multiplier * pull[i] for i in size])

    def excess(theta):
        shift = [a - b for a, b in zip(theta, centre, strict=True)]
        return dot(shift, apply(shape, shift)) - radius**2

    free = point(Decimal(0))
    if free is not None and excess(free) <= 0:
        return free
    low, high = Decimal(0), Decimal(1)
    while excess(point(high)) > 0:
        low, high = high, 4 * high
    for _ in range(220):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(point(middle)) > 0 else (low, middle)
    return point(high)


def isotonic(target, weights):
    """Weighted isotonic regression: pool adjacent violators."""
    blocks: list[list] = []
    for value, weight in zip(target, weights, strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            right, left = blocks.pop(), blocks.pop()
            mass = left[1] + right[1]
            mean = (left[0] * left[1] + right[0] * right[1]) / mass
            blocks.append([mean, mass, left[2] + right[2]])
    return [value for value, _, count in blocks for _ in range(count)]
