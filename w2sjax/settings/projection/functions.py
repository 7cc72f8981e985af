"""Functions of a projection problem by name, and linear combinations of them; needs nothing."""

import dataclasses
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from w2sjax.language.numbers import exact_number
from w2sjax.language.printing import ATOM, Style, Text

Parts = tuple[tuple[str, Fraction], ...]

# How functions are written, in LaTeX and in Unicode.
LETTERS = {
    "weak": ("f_w", "f_w"),
    "target": ("f^*", "f*"),
    "student": ("f", "f"),
    "best": ("f_s", "f_s"),
    "member": ("u", "u"),
    "other": ("v", "v"),
    "sampled": (r"\hat f", "f̂"),
    "between": ("h", "h"),
}


@dataclasses.dataclass(frozen=True)
class Function:
    """A linear combination of the functions of a problem.

    Attributes:
        parts: names with coefficients that are not 0, each name once.
    """

    parts: Parts

    __array_ufunc__ = None  # numpy must not take it for an entry of an array

    @property
    def data(self) -> Any:
        """Give what a quantity calls it: its name, or its parts."""
        return self.parts[0][0] if len(self.parts) == 1 and self.parts[0][1] == 1 else self.parts

    def __add__(self, other: "Function") -> "Function":
        if not isinstance(other, Function):
            return NotImplemented
        return Function(total([*self.parts, *other.parts]))

    def __sub__(self, other: "Function") -> "Function":
        return self + -other if isinstance(other, Function) else NotImplemented

    def __neg__(self) -> "Function":
        return self * -1

    def __mul__(self, factor: Any) -> "Function":
        return Function(total((name, share * exact_number(factor)) for name, share in self.parts))

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> "Function":
        return self * (1 / exact_number(divisor))


def total(parts: Iterable[tuple[str, Fraction]]) -> Parts:
    """Add up the coefficients of every name."""
    found: dict[str, Fraction] = {}
    for name, share in parts:
        found[name] = found.get(name, Fraction(0)) + share
    return tuple((name, share) for name, share in found.items() if share != 0)


def difference(first: Parts, second: Parts) -> Parts:
    """Subtract a combination from another."""
    return total([*first, *((name, -share) for name, share in second)])


def parts_of(data: Any) -> Parts:
    """Read what a quantity calls a function."""
    return ((data, Fraction(1)),) if isinstance(data, str) else data


def label(parts: Parts) -> str:
    """Name a function in files."""
    return " + ".join(name if share == 1 else f"{share} {name}" for name, share in parts) or "0"


def combination(data: Any, style: Style, letters: dict[str, tuple[str, str]]) -> Text:
    """Write a function."""

    def term(name: str, share: Fraction) -> tuple[Text, bool]:
        letter = (style.choose(*letters[name]), ATOM)
        size = abs(share)
        return letter if size == 1 else style.product([style.number(size), letter]), share < 0

    written = [term(name, share) for name, share in parts_of(data)]
    if not written:
        return "0", ATOM
    return style.total(written) if len(written) > 1 or written[0][1] else written[0][0]
