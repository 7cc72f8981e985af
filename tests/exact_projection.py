r"""Projections on whole classes in rational arithmetic: the oracle for what a certificate promises.

Minimise $\sum_i w_i (y_i - (H\theta + c)_i)^2$ over $\theta$ in a convex set, every float being the
rational number that it is. Gram matrices are products of integer matrices; subspaces are solved by
fraction-free elimination and polyhedral sets by the exact engine's complementary pivoting, neither of
which knows the library's floats. On balls the multiplier is bracketed by rationals.
"""

import dataclasses
from fractions import Fraction
from typing import Any

import exact
import numpy as np
from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from w2sjax.arithmetic.flint_numbers import inner, python, rational
from w2sjax.arithmetic.rationals import root_above
from w2sjax.settings.projection.normal_equations import any_solution
from w2sjax.settings.projection.projecting import on_polyhedral

VALUE_SETS = ("bounded_values", "monotone", "bounded_monotone")
BITS = 200  # of the ratio between the ends of a multiplier's bracket


@dataclasses.dataclass(frozen=True)
class Truth:
    r"""A projection $p$ in rational numbers.

    Attributes:
        values: of $p$ at the points, or of a point next to it.
        coefficients: of `values`.
        length: squared norm of the coefficients, each in the unit of its column, or a bound of it.
        slack: a bound of $d(\text{values}, p)$, zero where they are the same.
        masses: of the points, as they were given.
        target: $y$.
    """

    values: list[fmpq]
    coefficients: list[fmpq]
    length: fmpq
    slack: fmpq
    masses: list[fmpq]
    target: list[fmpq]

    def _distance(self, left, right) -> Fraction:
        total = sum(self.masses, fmpq(0))
        parts = zip(self.masses, left, right, strict=True)
        squares = (w * (number(a) - number(b)) ** 2 for w, a, b in parts if w != 0)
        return python(sum(squares, fmpq(0)) / total)

    def distance(self, values) -> Fraction:
        """Give d(f, p) for these floats, rounded down where p is not rational."""
        found = self._distance(values, self.values)
        if self.slack == 0:
            return found
        length = root_above(found) * (1 - Fraction(1, 2**200)) - root_above(python(self.slack))
        return max(length, Fraction(0)) ** 2

    def scale(self) -> Fraction:
        """Give d(y, 0)."""
        return self._distance(self.target, [0.0] * len(self.target))

    def misfit(self) -> Fraction:
        """Give d(y, p), up to the slack."""
        return self._distance(self.target, self.values)

    def reached(self, radius: float) -> bool:
        """Whether coefficients of p are known whose norm is at most this."""
        return self.length <= number(radius) ** 2


def number(value) -> fmpq:
    """Give the rational number that a float is; a rational number is its own."""
    return value if isinstance(value, fmpq) else fmpq(*float(value).as_integer_ratio())


def numbers(array) -> list[fmpq]:
    return [number(value) for value in np.asarray(array).tolist()]


def integers(column) -> tuple[list[int], int]:
    """Give whole numbers and the denominator, a power of two, that they share."""
    ratios = [float(value).as_integer_ratio() for value in column]
    denominator = max(ratio[1] for ratio in ratios)
    return [a * (denominator // b) for a, b in ratios], denominator


def normal_equations(features, masses, target, intercept: bool):
    r"""Give $H^\top W H$ and $H^\top W y$, columns and target centred where there is a constant."""
    ones = [np.ones(len(target))] if intercept else []
    columns, units = zip(*map(integers, [*features.T, *ones, target]), strict=True)
    weights, unit = integers(masses)
    rows = [list(map(int.__mul__, weights, column)) for column in columns]
    products = (fmpz_mat(rows) * fmpz_mat(list(columns)).transpose()).tolist()
    size = features.shape[1]
    chosen = [*range(size), -1]

    def entry(i, j):
        value = fmpq(products[i][j])
        if intercept:
            value = value - fmpq(products[i][size] * products[j][size], products[size][size])
        return value / fmpz(units[i] * units[j] * unit)

    table = [[entry(i, j) for j in chosen] for i in range(size)]
    return [row[:-1] for row in table], [row[-1] for row in table]


def shortest(gram, moment) -> list[fmpq]:
    """Solve consistent equations of a symmetric matrix; the solution lies in its range."""
    matrix = fmpq_mat(gram)
    return product(matrix, any_solution((matrix * matrix).tolist(), moment))


def equilibrated(gram, moment) -> list[fmpq]:
    """Solve them with columns scaled to norms near one: the shortest solution in these units."""
    units = [fmpq(2) ** (-(_bits(row[i]) // 2)) for i, row in enumerate(gram)]
    scaled = [[a * u * v for a, v in zip(row, units, strict=True)]
              for row, u in zip(gram, units, strict=True)]  # fmt: skip
    found = shortest(scaled, [m * u for m, u in zip(moment, units, strict=True)])
    return [u * value for u, value in zip(units, found, strict=True)]


def _bits(value: fmpq) -> int:
    return int(value.p).bit_length() - int(value.q).bit_length()


def product(matrix: Any, vector) -> list[fmpq]:
    return [row[0] for row in (matrix * fmpq_mat([[v] for v in vector])).tolist()]


def ball(gram, moment, radius):
    r"""Give coefficients on the ball and $d$ between the ends of the multiplier's bracket.

    With $(G + \mu)\theta(\mu) = m$ every component of $\theta$ along an eigenvector of $G$ is monotone in
    $\mu$, so that $d(\theta(\mu), p)$ is at most the distance between the ends.
    """
    free = shortest(gram, moment)
    if inner(free, free) <= radius**2:
        return free, fmpq(0)
    matrix, right, size = fmpq_mat(gram), fmpq_mat([[m] for m in moment]), len(moment)

    def at(multiplier):
        shift = [[multiplier if i == j else fmpq(0) for j in range(size)] for i in range(size)]
        return [row[0] for row in (matrix + fmpq_mat(shift)).solve(right).tolist()]

    def outside(multiplier):
        theta = at(multiplier)
        return inner(theta, theta) > radius**2

    power = 0  # the multiplier is between powers of two, which are bisected first
    while outside(fmpq(2) ** power):
        power += 32
    while not outside(fmpq(2) ** (power - 32)):
        power -= 32
    low, high = power - 32, power
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if outside(fmpq(2) ** middle) else (low, middle)
    low, high = fmpq(2) ** low, fmpq(2) ** high
    for _ in range(BITS // 2):
        middle = (low + high) / 2
        low, high = (middle, high) if outside(middle) else (low, middle)
    inside, beyond = at(high), at(low)
    way = [a - b for a, b in zip(inside, beyond, strict=True)]
    return inside, inner(way, product(matrix, way))


def project(kind, parameters, features, masses, target, *, intercept=False) -> Truth:
    """Project a target on a class of this kind of set, whose parameters are given by name.

    Points of mass zero are left out: nothing depends on their values, which are zero in the answer.
    """
    counts = np.asarray(masses) > 0
    weights, goal = numbers(masses), numbers(target)
    chosen = np.flatnonzero(counts).tolist()
    counted, wanted = [weights[i] for i in chosen], [goal[i] for i in chosen]
    slack, length = fmpq(0), fmpq(0)
    if kind in VALUE_SETS:
        found = wanted if kind == "bounded_values" else exact.isotonic(wanted, counted)
        if kind != "monotone":
            bound = number(parameters["bound"])
            found = [min(max(value, -bound), bound) for value in found]
        coefficients = found
    else:
        features = np.asarray(features)[counts]
        masses, target = np.asarray(masses)[counts], np.asarray(target)[counts]
        coefficients, slack = _coefficients(kind, parameters, features, masses, target, intercept)
        rows, mass = fmpq_mat([numbers(row) for row in features]), sum(counted, fmpq(0))
        found = product(rows, coefficients)
        if intercept:
            constant = inner(counted, [a - b for a, b in zip(wanted, found, strict=True)]) / mass
            found = [value + constant for value in found]
        # Twice the norm of a column is at least the power of two next to it, centred or not.
        squares = [inner(counted, [a**2 for a in column]) for column in rows.transpose().tolist()]
        length = 4 * inner(squares, [c**2 for c in coefficients]) / mass
        slack = slack / mass
    values = [fmpq(0)] * len(goal)
    for i, value in zip(chosen, found, strict=True):
        values[i] = value
    return Truth(values, coefficients, length, slack, weights, goal)


def _coefficients(kind, parameters, features, masses, target, intercept):
    if kind == "ellipsoid":
        return _ellipsoid(parameters, features, masses, target, intercept)
    gram, moment = normal_equations(features, masses, target, intercept)
    if kind == "subspace":
        return equilibrated(gram, moment), fmpq(0)
    if kind == "l2_ball":
        return ball(gram, moment, number(parameters["radius"]))
    exactly = {name: exact.fractions(value) for name, value in parameters.items()}
    found = on_polyhedral(kind, exactly, gram, moment, features.shape[1])
    assert found is not None, f"{kind}: no feasible point"
    return found[0], fmpq(0)


def _ellipsoid(parameters, features, masses, target, intercept):
    r"""Move to the unit ball: $\varphi = L^\top(\theta - c)$."""
    gram, moment = normal_equations(features, masses, target, intercept)
    lower = exact.fractions(parameters["cholesky"])
    transposed = fmpq_mat([[rational(v) for v in row] for row in lower]).transpose()
    inverse, matrix, centre = transposed.inv(), fmpq_mat(gram), numbers(parameters["centre"])
    rest = [m - pull for m, pull in zip(moment, product(matrix, centre), strict=True)]
    moved = (inverse.transpose() * matrix * inverse).tolist()
    phi, slack = ball(moved, product(inverse.transpose(), rest), fmpq(1))
    shift = product(inverse, phi)
    return [c + s for c, s in zip(centre, shift, strict=True)], slack
