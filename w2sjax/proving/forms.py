"""Vectors as combinations of named ones, and forms that are linear in their inner products and in numbers.

Needs `fractions` alone.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from fractions import Fraction

Key = tuple[str, ...]  # two names of vectors, sorted: their inner product; one name: a number
Vector = Mapping[str, Fraction]


@dataclasses.dataclass(frozen=True)
class Form:
    """A linear combination of inner products and numbers.

    Attributes:
        terms: keys with coefficients that are not 0, sorted.
    """

    terms: tuple[tuple[Key, Fraction], ...] = ()

    def __add__(self, other: "Form") -> "Form":
        return form([*self.terms, *other.terms])

    def __sub__(self, other: "Form") -> "Form":
        return self + other * -1

    def __mul__(self, factor: Fraction | int) -> "Form":
        return form((key, value * factor) for key, value in self.terms)

    def __getitem__(self, key: Key) -> Fraction:
        return dict(self.terms).get(key, Fraction(0))

    def at(self, values: Mapping[Key, Fraction]) -> Fraction:
        """Give its value."""
        return sum((factor * values[key] for key, factor in self.terms), Fraction(0))

    def matrix(self, names: list[str]) -> list[list[Fraction]]:
        """Give the symmetric matrix of its inner products."""
        known = dict(self.terms)

        def entry(one: str, two: str) -> Fraction:
            share = known.get(pair(one, two), Fraction(0))
            return share if one == two else share / 2

        return [[entry(one, two) for two in names] for one in names]


def form(terms: Iterable[tuple[Key, Fraction]]) -> Form:
    """Add up the coefficients of every key."""
    found: dict[Key, Fraction] = {}
    for key, value in terms:
        found[key] = found.get(key, Fraction(0)) + value
    return Form(tuple(sorted((key, value) for key, value in found.items() if value)))


def number(name: str) -> Form:
    """Make a form of a number."""
    return Form((((name,), Fraction(1)),))


def pair(one: str, two: str) -> Key:
    """Give the key of an inner product."""
    return (one, two) if one <= two else (two, one)


def product(left: Vector, right: Vector) -> Form:
    """Expand the inner product of two combinations."""
    return form((pair(i, j), a * b) for i, a in left.items() for j, b in right.items())


def square(vector: Vector) -> Form:
    """Expand a squared norm."""
    return product(vector, vector)


def minus(left: Vector, right: Vector) -> dict[str, Fraction]:
    """Subtract."""
    found = dict(left)
    for name, share in right.items():
        found[name] = found.get(name, Fraction(0)) - share
    return {name: share for name, share in found.items() if share}


def squares(matrix: list[list[Fraction]]) -> list[tuple[Fraction, list[Fraction]]] | None:
    r"""Write a symmetric matrix as $\sum_k d_k \ell_k \ell_k^\top$ with $d_k > 0$; None if it is not ⪰ 0.

    The factorisation LDLᵀ; $\ell_k$ begins with zeros and a 1.
    """
    left = [row[:] for row in matrix]
    found = []
    for k, row in enumerate(left):
        pivot = row[k]
        if pivot < 0 or (pivot == 0 and any(row[k:])):
            return None
        if pivot == 0:
            continue
        column = [Fraction(0)] * k + [value / pivot for value in row[k:]]
        found.append((pivot, column))
        for i in range(k + 1, len(left)):
            if column[i]:
                left[i] = [a - column[i] * b for a, b in zip(left[i], row, strict=True)]
    return found
