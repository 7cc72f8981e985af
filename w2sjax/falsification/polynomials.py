r"""Sums of products and roots of quantities that are not negative, in a normal form.

A polynomial maps monomials to rational coefficients; a monomial is a product of atoms with powers that are
multiples of 1/2. Roots of products are split, $\sqrt{ab} = \sqrt a \sqrt b$, and collected again in the
text, so that equal expressions get equal names. The root of a sum is an atom of its own. Of what may be
negative the root is that of its positive part, as in `Rounded.sqrt`.
"""

import dataclasses
from collections.abc import Mapping
from fractions import Fraction
from math import isqrt

Monomial = tuple[tuple[str, Fraction], ...]

HALF = Fraction(1, 2)
ONE: Monomial = ()


@dataclasses.dataclass(frozen=True)
class Polynomial:
    """A sum of monomials with coefficients, none of them zero.

    Attributes:
        terms: the coefficients.
        squares: for atoms that are roots of sums which cannot be negative, those sums.
    """

    terms: Mapping[Monomial, Fraction]
    squares: Mapping[str, "Polynomial"] = dataclasses.field(default_factory=dict)

    def __add__(self, other: "Polynomial") -> "Polynomial":
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + coefficient
        return Polynomial(
            {m: c for m, c in terms.items() if c != 0}, {**self.squares, **other.squares}
        )

    def __sub__(self, other: "Polynomial") -> "Polynomial":
        return self + other.scaled(Fraction(-1))

    def __mul__(self, other: "Polynomial") -> "Polynomial":
        squares = {**self.squares, **other.squares}
        total = Polynomial({}, squares)
        for left, first in self.terms.items():
            for right, second in other.terms.items():
                total = total + _product(left, right, squares).scaled(first * second)
        return total

    def scaled(self, factor: Fraction) -> "Polynomial":
        """Multiply by a number."""
        terms = {m: c * factor for m, c in self.terms.items()} if factor != 0 else {}
        return Polynomial(terms, self.squares)

    def root(self) -> "Polynomial":
        """Take the square root of the positive part."""
        if not self.terms:
            return self
        monomial, coefficient = next(iter(self.terms.items()))
        whole = all(power.denominator == 1 for _, power in monomial)
        if len(self.terms) > 1 or coefficient < 0 or not whole:
            atom = f"root({self.text()})"
            squares = {**self.squares}
            if min(self.terms.values()) > 0:
                squares[atom] = self
            return Polynomial({((atom, Fraction(1)),): Fraction(1)}, squares)
        halves = [(atom, power * HALF) for atom, power in monomial]
        outside = _rational_root(coefficient)
        if outside is None:
            halves, outside = [*halves, (str(coefficient), HALF)], Fraction(1)
        return Polynomial({tuple(sorted(halves)): outside}, self.squares)

    def text(self) -> str:
        """Write it as an expression that `expressions.evaluate` reads."""
        parts = []
        for monomial, coefficient in sorted(self.terms.items()):
            name, size = monomial_text(monomial), abs(coefficient)
            shown = str(size) if name == "1" else name if size == 1 else f"{size}*{name}"
            sign = "-" if coefficient < 0 else "+"
            parts.append(f"{sign} {shown}" if parts else f"{'-' * (coefficient < 0)}{shown}")
        return " ".join(parts) or "0"

    def named(self) -> dict[str, Fraction]:
        """Give the coefficients by the text of each monomial, in the order they came: a side."""
        return {monomial_text(m): c for m, c in self.terms.items()}


def quantity(name: str) -> Polynomial:
    """Make a polynomial of a quantity that is not negative."""
    return Polynomial({((name, Fraction(1)),): Fraction(1)})


def constant(value: Fraction) -> Polynomial:
    """Make a polynomial of a number."""
    return Polynomial({ONE: value} if value != 0 else {})


def _product(left: Monomial, right: Monomial, squares: Mapping[str, Polynomial]) -> Polynomial:
    powers = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, Fraction(0)) + power
    factor, expanded = Fraction(1), Polynomial({ONE: Fraction(1)})
    for atom, power in list(powers.items()):
        if atom[0].isdigit() and power.denominator == 1:  # the root of a number met itself
            factor *= Fraction(atom) ** int(power)
            del powers[atom]
        elif atom in squares and power >= 2:
            powers[atom] = power - 2
            expanded = expanded * squares[atom]
    rest = tuple(sorted((atom, power) for atom, power in powers.items() if power != 0))
    return Polynomial({rest: factor}, squares) if expanded.terms == {ONE: 1} else (
        expanded * Polynomial({rest: factor}, squares)
    )  # fmt: skip


def monomial_text(monomial: Monomial) -> str:
    """Write a product: whole powers, then one root for the halves."""
    parts, under = [], []
    for atom, power in monomial:
        whole = int(power)
        if whole:
            parts.append(atom if whole == 1 else f"{atom}^{whole}")
        if power != whole:
            under.append(atom)
    if under:
        parts.append(f"root({'*'.join(under)})")
    return "*".join(parts) or "1"


def _rational_root(value: Fraction) -> Fraction | None:
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    return root if root * root == value else None
