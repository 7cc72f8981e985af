"""Steps of a program as they are written down, and what is known already when code is traced."""

import dataclasses
import math
from fractions import Fraction
from typing import Any

import numpy as np

from w2sjax.arithmetic.constants import stands_for
from w2sjax.arithmetic.intervals import Interval
from w2sjax.settings.drawn.program import ENTRIES, INTEGER, LARGEST, REAL, TRUTH, Input, Step
from w2sjax.settings.exact import NoExactSideError


@dataclasses.dataclass(frozen=True)
class Traced:
    """An array that depends on the instance: a list of a program, with its shape.

    Attributes:
        place: the number of the list.
        shape: of the array.
        kind: "real", "integer" or "truth".
    """

    place: int
    shape: tuple[int, ...]
    kind: str

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(np.prod(self.shape, dtype=int))


def kind_of(dtype: Any) -> str:
    """Tell what entries of a type are.

    Raises:
        NoExactSideError: for complex numbers, unsigned integers and keys.
    """
    for kind, letters in ((REAL, "fV"), (INTEGER, "i"), (TRUTH, "b")):
        if np.dtype(dtype).kind in letters:
            return kind
    raise NoExactSideError(f"it uses numbers of type {dtype}")


class Builder:
    """Collects the steps."""

    def __init__(self, inputs: tuple[Input, ...]):
        self.inputs, self.entries, self.steps = inputs, 0, []
        self.constant_lists: set[int] = set()  # those that no input takes part in

    def emit(
        self, name: str, operands: tuple[Traced, ...], shape: Any, kind: str, data: Any = None
    ) -> Traced:
        """Add a step; operands that are combined entry by entry are repeated to one shape."""
        if name in ENTRIES or name == "select":
            operands = tuple(self.broadcast(operand, shape) for operand in operands)
        self.steps.append(Step(name, tuple(o.place for o in operands), data))
        result = Traced(len(self.inputs) + len(self.steps) - 1, tuple(shape), kind)
        if all(operand.place in self.constant_lists for operand in operands):
            self.constant_lists.add(result.place)
        self.entries += result.size
        if result.size == 0:
            raise NoExactSideError("it uses empty arrays")
        if self.entries > LARGEST:
            raise NoExactSideError(f"it computes more than {LARGEST:,} numbers")
        return result

    def constant(self, value: Any) -> Traced:
        """Write an array down; every double is a rational number, a scalar what it stands for."""
        array, meant = np.asarray(value), stands_for(value)
        if meant is not None:
            return self.emit("constant", (), (), REAL, (Interval(*meant),))
        kind = kind_of(array.dtype)
        doubles = array.astype(np.float64 if kind == REAL else array.dtype).reshape(-1)
        return self.emit("constant", (), array.shape, kind, tuple(map(_entry, doubles.tolist())))

    def traced(self, value: Any) -> Traced:
        """Make an array that is known a list as well."""
        return value if isinstance(value, Traced) else self.constant(value)

    def take(self, operands: tuple[Traced, ...], places: Any) -> Traced:
        """Take entries by their places in the operands, laid end to end; shaped like `places`."""
        places = np.asarray(places)
        flat = tuple(places.reshape(-1).tolist())
        if len(operands) == 1 and flat == tuple(range(operands[0].size)):
            return dataclasses.replace(operands[0], shape=tuple(places.shape))
        return self.emit("take", operands, places.shape, operands[0].kind, flat)

    def broadcast(self, operand: Traced, shape: tuple[int, ...]) -> Traced:
        """Repeat a scalar."""
        if operand.shape == tuple(shape):
            return operand
        return self.take((operand,), np.broadcast_to(places_of(operand), shape))


def places_of(operand: Traced, start: int = 0) -> np.ndarray:
    """Number the entries of an array."""
    return np.arange(start, start + operand.size).reshape(operand.shape)


def _entry(value: Any) -> Any:
    numeric = not isinstance(value, bool) and math.isfinite(value)
    return Fraction(value) if numeric else value
