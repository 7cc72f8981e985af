"""Terms: formulas over the quantities of a setting, as immutable trees, and comparisons of two of them.

A term is a number, a quantity, a name for a term, or an operation on terms. Terms are combined by the
operators and by the functions of this module; what is not in the language raises where it is written.
"""

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NoReturn

from w2sjax.language.numbers import exact_number

NUMBER, QUANTITY, NAMED = "number", "quantity", "named"
UNKNOWN = "unknown"  # a quantity that no instance has: a constant that is sought
LARGEST_POWER = 64
SHORT = 16  # parts of a sum or product that become parts of another


def _refuse(instead: str) -> Callable[..., NoReturn]:
    def refused(self: Any, *others: Any) -> NoReturn:
        raise TypeError(f"a formula is no number: {instead}")

    return refused


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Term:
    """A formula.

    Attributes:
        operation: "number", "quantity", "named", "+", "-" (of one), "*", "/", "power", "sqrt", "log", "max",
            "min" or "abs".
        arguments: what it is applied to; sums and products have any number of them.
        data: the number, a `Fraction`; what the setting calls the quantity, a tuple; how a named term is
            written, in LaTeX and in Unicode; the exponent of a power.
    """

    operation: str
    arguments: tuple["Term", ...] = ()
    data: Any = None

    __array_ufunc__ = None  # numpy must not take a term for an entry of an array

    def __post_init__(self):
        known = tuple([one._hash for one in self.arguments])  # type: ignore[attr-defined]
        object.__setattr__(self, "_hash", hash((self.operation, known, self.data)))

    def __hash__(self) -> int:
        return self._hash  # type: ignore[attr-defined]

    def __reduce__(self) -> Any:
        """Compute the hash anew where it is read: those of strings differ among processes."""
        return Term, (self.operation, self.arguments, self.data)

    def __eq__(self, other: object) -> bool:
        """Whether both are the same formula; `equal` claims that two have the same value."""
        if not isinstance(other, Term):
            return NotImplemented
        pairs: list[tuple[Term, Term]] = [(self, other)]
        seen: set[tuple[int, int]] = set()
        while pairs:
            one, two = pairs.pop()
            if one is two or (id(one), id(two)) in seen:
                continue
            seen.add((id(one), id(two)))
            if hash(one) != hash(two) or one.operation != two.operation or one.data != two.data:
                return False
            if len(one.arguments) != len(two.arguments):
                return False
            pairs.extend(zip(one.arguments, two.arguments, strict=True))
        return True

    def __add__(self, other: Any) -> "Term":
        return _joined("+", self, term(other))

    def __radd__(self, other: Any) -> "Term":
        return _joined("+", term(other), self)

    def __sub__(self, other: Any) -> "Term":
        return _joined("+", self, -term(other))

    def __rsub__(self, other: Any) -> "Term":
        return _joined("+", term(other), -self)

    def __mul__(self, other: Any) -> "Term":
        return _joined("*", self, term(other))

    def __rmul__(self, other: Any) -> "Term":
        return _joined("*", term(other), self)

    def __truediv__(self, other: Any) -> "Term":
        return _ratio(self, term(other))

    def __rtruediv__(self, other: Any) -> "Term":
        return _ratio(term(other), self)

    def __neg__(self) -> "Term":
        if self.operation == "-":
            return self.arguments[0]
        return term(-self.data) if self.operation == NUMBER else Term("-", (self,))

    def __pos__(self) -> "Term":
        return self

    def __pow__(self, exponent: Any) -> "Term":
        if type(exponent) is not int or not 1 <= exponent <= LARGEST_POWER:
            raise TypeError(
                f"a power takes a whole number from 1 to {LARGEST_POWER}, got {exponent!r}; "
                "sqrt(x) is the square root"
            )
        return self if exponent == 1 else Term("power", (self,), exponent)

    def __le__(self, other: Any) -> "Comparison":
        return Comparison(self, "<=", term(other))

    def __ge__(self, other: Any) -> "Comparison":
        return Comparison(self, ">=", term(other))

    __lt__ = __gt__ = _refuse(
        "claim <= or >=, or less(a, b) as a condition; maximum for max, minimum for min"
    )
    __abs__ = _refuse("absolute(x) is its size")
    __float__ = __int__ = __complex__ = _refuse("it has no value without an instance")
    __bool__ = _refuse("it is neither true nor false")
    __iter__ = __getitem__ = _refuse("it has no entries")
    __rpow__ = _refuse("it is no exponent")
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _refuse("divide by /")

    def __repr__(self) -> str:
        from w2sjax.language.printing import UNICODE, written

        return written(self, UNICODE)


def term(value: Any) -> Term:
    """Make a term of a number; terms pass.

    Raises:
        TypeError: for anything else.
    """
    return value if isinstance(value, Term) else Term(NUMBER, (), exact_number(value))


def quantity(*data: Any, of: tuple[Term, ...] = ()) -> Term:
    """Name a quantity of a setting: texts, whole numbers, fractions, tuples of these; what it is of."""
    return Term(QUANTITY, of, data)


def unknown(name: str) -> Term:
    """Stand for a constant that is sought: `sharpen` finds the best one."""
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"unknown: expected a name such as 'c', got {name!r}")
    return quantity(UNKNOWN, name)


def named(latex: str, unicode: str, value: Any) -> Term:
    """Give a term a name, which it is written by: an abbreviation, explained where the formula is printed."""
    return Term(NAMED, (term(value),), (latex, unicode))


def _joined(operation: str, first: Term, second: Term) -> Term:
    """Add or multiply: numbers that meet become one, adding 0 changes nothing, sums of sums are sums."""
    if first.operation == second.operation == NUMBER:
        both = first.data + second.data if operation == "+" else first.data * second.data
        return term(both)
    if operation == "+" and (is_zero(first) or is_zero(second)):
        return second if is_zero(first) else first
    if second.operation == operation and len(second.arguments) > SHORT:
        # Stays as it is: x = x + x, again and again, would double its parts.
        return Term(operation, (first, second))
    ones, others = (x.arguments if x.operation == operation else (x,) for x in (first, second))
    return Term(operation, ones + others)


def _ratio(first: Term, second: Term) -> Term:
    if second.operation == NUMBER and second.data == 0:
        raise ZeroDivisionError("a formula divides by 0")
    if first.operation == second.operation == NUMBER:
        return term(first.data / second.data)
    return Term("/", (first, second))


def sqrt(value: Any) -> Term:
    """Square root; of what is negative it is that of 0."""
    return Term("sqrt", (term(value),))


def log(value: Any) -> Term:
    """Natural logarithm."""
    return Term("log", (term(value),))


def absolute(value: Any) -> Term:
    """Absolute value."""
    return Term("abs", (term(value),))


def maximum(first: Any, *others: Any) -> Term:
    """Largest of several terms."""
    return Term("max", (term(first), *map(term, others))) if others else term(first)


def minimum(first: Any, *others: Any) -> Term:
    """Least of several terms."""
    return Term("min", (term(first), *map(term, others))) if others else term(first)


@dataclasses.dataclass(frozen=True, repr=False)
class Comparison:
    """A comparison of two terms, as it was written.

    Attributes:
        lhs, rhs: its sides.
        relation: "<=", ">=" or "=", and "<" in conditions.
    """

    lhs: Term
    relation: str
    rhs: Term

    @property
    def lower(self) -> Term:
        """The side that is claimed to be at most the other."""
        return self.rhs if self.relation == ">=" else self.lhs

    @property
    def upper(self) -> Term:
        """The side that is claimed to be at least the other."""
        return self.lhs if self.relation == ">=" else self.rhs

    @property
    def identity(self) -> bool:
        """Whether equality is claimed."""
        return self.relation == "="

    __bool__ = _refuse("no chains: state a <= b and b <= c as two comparisons in a tuple")
    __lt__ = __le__ = __gt__ = __ge__ = __bool__

    def __repr__(self) -> str:
        from w2sjax.language.printing import UNICODE, formula

        return formula(self, UNICODE)


def equal(first: Any, second: Any) -> Comparison:
    """Claim that two terms have the same value."""
    return Comparison(term(first), "=", term(second))


def less(first: Any, second: Any) -> Comparison:
    """Ask, as a condition of a claim, that one term is less than another."""
    return Comparison(term(first), "<", term(second))


def is_zero(value: Term) -> bool:
    """Whether it is the number 0."""
    return value.operation == NUMBER and value.data == Fraction(0)
