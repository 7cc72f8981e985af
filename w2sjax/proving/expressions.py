"""The arithmetic in which a proof reads formulas: sums of products of forms, their roots and unknowns.

One more arithmetic of the language: a plan of terms is carried out in it.
"""

import dataclasses
import math
import operator
from collections.abc import Iterable
from fractions import Fraction
from typing import NoReturn

from w2sjax.proving.forms import Form


class NotOfThisKindError(ValueError):
    """A statement that is not linear in squared distances, inner products, gaps and roots of two of them."""


@dataclasses.dataclass(frozen=True)
class Monomial:
    """A product of forms, square roots of forms and unknown constants.

    Attributes:
        forms, roots: factors; what is under each root.
        unknowns: names.
    """

    forms: tuple[Form, ...] = ()
    roots: tuple[Form, ...] = ()
    unknowns: tuple[str, ...] = ()

    def times(self, other: "Monomial") -> "Monomial":
        """Multiply; two equal roots are a form."""
        forms, roots = [*self.forms, *other.forms], list(self.roots)
        for root in other.roots:
            if root in roots:
                roots.remove(root)
                forms.append(root)
            else:
                roots.append(root)
        return Monomial(
            _sorted(forms), _sorted(roots), tuple(sorted((*self.unknowns, *other.unknowns)))
        )


ONE = Monomial()


def _sorted(forms: Iterable[Form]) -> tuple[Form, ...]:
    return tuple(sorted(forms, key=lambda one: one.terms))


@dataclasses.dataclass(frozen=True)
class Expression:
    """A sum of monomials.

    Attributes:
        terms: monomials with coefficients that are not 0.
        squared: forms that were made of two equal roots, and so stand for their positive part.
    """

    terms: dict[Monomial, Fraction]
    squared: frozenset[Form] = frozenset()

    def __add__(self, other: "Expression") -> "Expression":
        return _sum([*self.terms.items(), *other.terms.items()], self.squared | other.squared)

    def __neg__(self) -> "Expression":
        return Expression({one: -share for one, share in self.terms.items()}, self.squared)

    def __sub__(self, other: "Expression") -> "Expression":
        return self + -other

    def __mul__(self, other: "Expression") -> "Expression":
        squared = set(self.squared | other.squared)
        found = []
        sides = _whole(self), _whole(other)
        for one, a in sides[0].items():
            for two, b in sides[1].items():
                squared |= set(one.roots) & set(two.roots)
                found.append((one.times(two), a * b))
        return _sum(found, frozenset(squared))

    @property
    def constant(self) -> Fraction | None:
        """Its value, if it is a number."""
        return self.terms.get(ONE, Fraction(0)) if set(self.terms) <= {ONE} else None


def _sum(terms: Iterable[tuple[Monomial, Fraction]], squared: frozenset[Form]) -> Expression:
    found: dict[Monomial, Fraction] = {}
    for one, share in terms:
        found[one] = found.get(one, Fraction(0)) + share
    return Expression({one: share for one, share in found.items() if share}, squared)


def _whole(one: Expression) -> dict[Monomial, Fraction]:
    """Give its terms; a form as one factor, so that a root of a product of two can be taken apart."""
    inside = None if one.constant is not None else linear(one)
    return one.terms if inside is None else {Monomial((inside,)): Fraction(1)}


def of_form(one: Form) -> Expression:
    """Make an expression of a form."""
    return Expression({Monomial((one,)): Fraction(1)} if one.terms else {})


def unknown(name: str) -> Expression:
    """Make an expression of an unknown constant."""
    return Expression({Monomial(unknowns=(name,)): Fraction(1)})


def number(value: Fraction) -> Expression:
    """Make an expression of a number."""
    return Expression({ONE: value} if value else {})


def linear(one: Expression) -> Form | None:
    """Give it as a form; None if it is none."""
    if any(len(m.forms) != 1 or m.roots or m.unknowns for m in one.terms):
        return None
    return sum((m.forms[0] * share for m, share in one.terms.items()), Form())


def _refused(what: str) -> NoReturn:
    raise NotOfThisKindError(f"{what} is nothing that a proof by multipliers can speak of")


def root(one: Expression) -> Expression:
    """Take the square root of a number, a form, or a product of two forms."""
    value = one.constant
    if value is not None:
        above, below = math.isqrt(max(value.numerator, 0)), math.isqrt(value.denominator)
        if above**2 != max(value.numerator, 0) or below**2 != value.denominator:
            _refused(f"the irrational number √{value}")
        return number(Fraction(above, below))
    inside = linear(one)
    if inside is not None:
        return Expression({Monomial(roots=(inside,)): Fraction(1)})
    (product, share), *others = one.terms.items()
    if others or len(product.forms) != 2 or product.roots or product.unknowns:
        _refused("a root of anything but a form or a product of two")
    first, second = product.forms
    roots = Monomial(roots=(first * share,)).times(Monomial(roots=(second,)))
    return Expression({roots: Fraction(1)}, frozenset({second} if roots.forms else ()))


def quotient(above: Expression, below: Expression) -> Expression:
    """Divide by a number."""
    value = below.constant
    if not value:
        _refused("a quotient, unless by a number,")
    return above * number(1 / value)


def power(one: Expression, exponent: int) -> Expression:
    """Multiply with itself."""
    found = one
    for _ in range(exponent - 1):
        found = found * one
    return found


def _total(*parts: Expression) -> Expression:
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return found


def _product(*parts: Expression) -> Expression:
    found = parts[0]
    for part in parts[1:]:
        found = found * part
    return found


EXPRESSIONS = {
    "number": number,
    "+": _total,
    "-": operator.neg,
    "*": _product,
    "/": quotient,
    "power": power,
    "sqrt": root,
    "log": lambda one: _refused("a logarithm"),
    "max": lambda *several: _refused("a maximum"),
    "min": lambda *several: _refused("a minimum"),
    "abs": lambda one: _refused("an absolute value"),
}
