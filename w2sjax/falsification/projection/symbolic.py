r"""A study of symbols: a user's check, run on it, writes down what it compares.

`Symbol` stands for a `Rounded` number and `SymbolicStudy` for a `CertifiedStudy`; their methods record the
exact quantities, and leave rounding and certificates out. What looks at numbers cannot be recorded.
"""

import dataclasses
from fractions import Fraction
from typing import Any

from w2sjax.falsification.no_exact_side import NoExactSideError
from w2sjax.falsification.polynomials import Polynomial, constant, quantity
from w2sjax.falsification.projection.distances import DISTANCES
from w2sjax.rounding import Rounded

NAMES = {frozenset(pair): name for name, pair in DISTANCES.items()}
FUNCTIONS = ("weak", "target", "member", "other", "combination")
STUDENTS = ("student", "projection", "best", "sampled", "mixed")


class Symbol(Rounded):
    """A number as a polynomial in the quantities of a study."""

    def __init__(self, polynomial: Polynomial):
        object.__setattr__(self, "polynomial", polynomial)

    polynomial: Polynomial

    def __getattribute__(self, name: str) -> Any:
        if name in ("value", "error"):
            raise NoExactSideError(f"it reads the .{name} of a quantity")
        return super().__getattribute__(name)

    def __add__(self, other: Any) -> "Symbol":
        return Symbol(self.polynomial + _polynomial(other))

    def __sub__(self, other: Any) -> "Symbol":
        return Symbol(self.polynomial - _polynomial(other))

    def __mul__(self, other: Any) -> "Symbol":
        return Symbol(self.polynomial * _polynomial(other))

    def __neg__(self) -> "Symbol":
        return self.scaled(-1.0)

    def __rsub__(self, other: Any) -> "Symbol":
        return Symbol(_polynomial(other) - self.polynomial)

    __radd__, __rmul__ = __add__, __mul__

    def __bool__(self) -> bool:
        raise NoExactSideError("it branches on a quantity")

    def scaled(self, factor: float) -> "Symbol":
        """Multiply by a number, which its double is exactly."""
        return Symbol(self.polynomial.scaled(Fraction(float(factor))))

    def sqrt(self) -> "Symbol":
        """Take the square root."""
        return Symbol(self.polynomial.root())

    def upper(self) -> Any:
        """Refuse: a bound on the computed number is no exact quantity."""
        raise NoExactSideError("it uses the upper() bound of a quantity")

    def perturbed(self, error: Any) -> "Symbol":
        """Leave the error out."""
        del error
        return self


def _polynomial(value: Any) -> Polynomial:
    """Read an operand: a symbol, or a `Rounded` number that is exact."""
    if isinstance(value, Symbol):
        return value.polynomial
    if isinstance(value, Rounded) and float(value.error) == 0:
        return constant(Fraction(float(value.value)))
    raise NoExactSideError(f"it calculates with a {type(value).__name__} of its own")


@dataclasses.dataclass(frozen=True)
class Function:
    """One of the functions of an instance, by name."""

    name: str

    def __getattr__(self, name: str) -> Any:
        raise NoExactSideError(f"it uses the {name} of a function")

    def _refuse(self, *others: Any) -> Any:
        raise NoExactSideError("it calculates with the values of a function")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __getitem__ = _refuse
    __truediv__ = __matmul__ = __rmatmul__ = __pow__ = __array__ = __jax_array__ = _refuse


class _Student:
    """A student, of which only the values are known."""

    def __init__(self, name: str):
        self.values = Function(name)

    def __getattr__(self, name: str) -> Any:
        raise NoExactSideError(f"it uses the {name} of a student")


class _Instance:
    weak = Function("weak")

    def __getattr__(self, name: str) -> Any:
        raise NoExactSideError(f"it uses the {name} of the instance")


class SymbolicStudy:
    """Has the methods of a study that are exact quantities; notes the functions that take part."""

    instance = _Instance()

    def __init__(self) -> None:
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name in FUNCTIONS:
            return Function(name)
        if name in STUDENTS:
            return _Student(name)
        raise NoExactSideError(f"it uses study.{name}")

    def distance(self, left: Any, right: Any, perturbation: Any = None) -> Symbol:
        """d(f, g)."""
        del perturbation
        if not (isinstance(left, Function) and isinstance(right, Function)):
            raise NoExactSideError("it measures the distance of functions of its own")
        self.used |= {left.name, right.name}
        if left == right:
            return Symbol(constant(Fraction(0)))
        pair = frozenset((left.name, right.name))
        return Symbol(quantity(NAMES.get(pair) or f"d({','.join(sorted(pair))})"))

    def weak_error(self) -> Symbol:
        """d(f_w, f*)."""
        return self.distance(Function("weak"), Function("target"))

    def student_error(self, student: Any = None) -> Symbol:
        """d(f, f*)."""
        return self.distance(self._values(student), Function("target"))

    def misfit(self, student: Any = None) -> Symbol:
        """d(f, f_w)."""
        return self.distance(self._values(student), Function("weak"))

    def epsilon(self) -> Symbol:
        """d(f_s, f*)."""
        return self.distance(Function("best"), Function("target"))

    def member_error(self) -> None:
        """Rounding of the members, which exact ones do not have."""

    def _values(self, student: Any) -> Function:
        if student is None:
            return Function("student")
        if not isinstance(student, _Student):
            raise NoExactSideError("it makes students of its own")
        return student.values
