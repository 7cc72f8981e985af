"""A program without branches on flat lists of numbers and truth values; needs no JAX.

What arrays are laid out as has been resolved when the code was traced: an operation takes entries by their
places, combines lists entry by entry, or combines groups of neighbours. A program is data, so that the file
of a counterexample can be replayed without the code that it came from.
"""

import dataclasses
import functools
import math
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.intervals import Interval
from w2sjax.arithmetic.rationals import parse, text
from w2sjax.settings.records import Record

REAL, INTEGER, TRUTH = KINDS = ("real", "integer", "truth")
LARGEST = 200_000  # entries of all lists together

# Operations on entries, by how many lists they take; "select" takes a choice and its cases.
ENTRIES: dict[str, int] = {name: 2 for name in (
    "add", "sub", "mul", "div", "max", "min", "pow", "lt", "le", "eq", "and", "or", "xor")} | {
    name: 1 for name in ("neg", "abs", "sign", "floor", "ceil", "round", "trunc", "sqrt", "exp", "log",
                         "tanh", "sin", "cos", "atan", "erf", "not", "finite", "number")}  # fmt: skip
# Operations on groups of neighbours: those that leave one entry, and those that leave as many.
FOLDED = ("add", "mul", "max", "min", "and", "or")
REDUCTIONS = (*(f"fold {name}" for name in FOLDED), "argmax", "argmin")
SCANS = ("scan add", "scan mul", "scan max", "scan min", "sort")
SPECIAL = ("inf", "-inf", "nan")


@dataclasses.dataclass(frozen=True)
class Input(Record):
    """An array that a program is given.

    Attributes:
        name: where it is in the user's tree.
        shape: its extent along each axis.
        kind: "real", "integer" or "truth".
    """

    name: str
    shape: tuple[int, ...]
    kind: str = REAL

    @property
    def size(self) -> int:
        """Number of entries."""
        return math.prod(self.shape)

    def fault(self) -> str | None:
        """Say what makes it none."""
        if self.kind not in KINDS or any(extent < 1 for extent in self.shape):
            return f"{self.name}: expected an array of the kinds {', '.join(KINDS)}"
        return None


@dataclasses.dataclass(frozen=True)
class Step(Record):
    """One operation.

    Attributes:
        name: of the operation: one of the above, "constant" or "take" or "select" or "power".
        operands: the lists it takes, by number: the inputs first, then the results of the steps.
        data: a constant's entries (a `Fraction`, a truth value, a float for what is no number, an
            `Interval` for what stands for more than itself); the places that "take" takes from its
            operands, laid end to end; how many neighbours make a group; the exponent of a "power".
    """

    name: str
    operands: tuple[int, ...] = ()
    data: Any = None

    def to_json(self) -> Any:
        """Give it as a list."""
        data = list(map(_plain, self.data)) if isinstance(self.data, tuple) else self.data
        return [self.name, list(self.operands), data]

    @classmethod
    def from_json(cls, fields: Any) -> "Step":
        """Read it; whether it fits is seen when all of a program is read.

        Raises:
            ValueError: if it is none.
        """
        try:
            name, operands, data = fields
            if isinstance(data, list):
                data = tuple(map(_entry if name == "constant" else _whole, data))
            return Step(str(name), tuple(map(_whole, operands)), data)
        except TypeError as error:
            raise ValueError(f"a step is misshapen ({error})") from error


@dataclasses.dataclass(frozen=True)
class Program(Record):
    """Both sides of a statement as code.

    Attributes:
        inputs: the instance.
        steps: in order.
        left, right: which lists are the sides, of one entry each.
        valid: which list says that the statement is about the instance; None for any instance.
    """

    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    left: int
    right: int
    valid: int | None = None

    @functools.cached_property
    def arrays(self) -> tuple[tuple[Input, slice], ...]:
        """Say where the entries of each input are among all."""
        ends = [sum(given.size for given in self.inputs[:i]) for i in range(len(self.inputs) + 1)]
        return tuple(zip(self.inputs, map(slice, ends, ends[1:]), strict=True))

    @functools.cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each entry of the inputs."""
        return tuple(given.kind for given in self.inputs for _ in range(given.size))

    @functools.cached_property
    def wide(self) -> tuple[Interval, ...]:
        """What its constants may stand for, of those that do not stand for themselves alone."""
        entries = [e for s in self.steps if s.name == "constant" for e in s.data]
        return tuple(dict.fromkeys(e for e in entries if isinstance(e, Interval)))

    @functools.cached_property
    def as_written(self) -> "Program":
        """The same, where every constant stands for its double alone."""
        return dataclasses.replace(self, steps=tuple(map(_as_written, self.steps)))

    @functools.cached_property
    def lengths(self) -> list[int]:
        """Count the entries of every list, and so check that the steps fit together.

        Raises:
            ValueError: naming the step that does not.
        """
        found = [given.size for given in self.inputs]
        for number, step in enumerate(self.steps):
            if not all(operand < len(found) for operand in step.operands):
                raise ValueError(f"step {number}: takes lists that are not there yet")
            length = _length(step, [found[operand] for operand in step.operands])
            if length is None:
                raise ValueError(f"step {number}: {step.name!r} does not fit what it is given")
            found.append(length)
        return found

    @functools.cached_property
    def _fault(self) -> str | None:
        try:
            lengths = self.lengths
        except ValueError as error:
            return f"program: {error}"
        if sum(lengths) > LARGEST:
            return f"program: expected at most {LARGEST:,} numbers, got {sum(lengths):,}"
        outputs = [self.left, self.right, *([] if self.valid is None else [self.valid])]
        if not all(0 <= place < len(lengths) and lengths[place] == 1 for place in outputs):
            return "program: the sides are not single numbers"
        return None

    def fault(self) -> str | None:
        """Say what keeps it from being one."""
        return self._fault


def _length(step: Step, lengths: list[int]) -> int | None:
    """Give the number of entries of a result; None where the operation does not fit."""
    name, data, same = step.name, step.data, len(set(lengths)) == 1
    if name == "constant":
        return len(data) if not lengths and isinstance(data, tuple) and data else None
    if not lengths:
        return None
    if name == "take":
        good = isinstance(data, tuple) and data and all(place < sum(lengths) for place in data)
        return len(data) if good else None
    if name in REDUCTIONS or name in SCANS:
        if len(lengths) != 1 or type(data) is not int or data < 1 or lengths[0] % data:
            return None
        return lengths[0] if name in SCANS else lengths[0] // data
    if name == "power":
        small = type(data) is int and abs(data) <= 1024
        return lengths[0] if small and len(lengths) == 1 else None
    if name == "select":
        return lengths[0] if same and len(lengths) >= 3 else None
    return lengths[0] if same and ENTRIES.get(name) == len(lengths) else None


def written(meant: Interval) -> float:
    """Give the double of a constant: an end of what it stands for, or the middle."""
    return float((meant.low + meant.high) / 2)


def _as_written(step: Step) -> Step:
    if step.name != "constant":
        return step
    data = tuple(Fraction(written(e)) if isinstance(e, Interval) else e for e in step.data)
    return dataclasses.replace(step, data=data)


def _plain(value: Any) -> Any:
    if isinstance(value, Interval):
        return text([value.low, value.high])
    return value if isinstance(value, int) else str(value)


def _entry(given: Any) -> Any:
    """Read an entry of a constant."""
    if isinstance(given, list):
        meant = Interval(*parse(given, 1))
        if meant.low > meant.high:
            raise ValueError(f"program: expected a constant's ends in order, got {given}")
        return meant
    if isinstance(given, str) and given in SPECIAL:
        return float(given)
    return given if isinstance(given, bool) else parse(given, 0)


def _whole(given: Any) -> int:
    if type(given) is not int or given < 0:
        raise ValueError(f"program: expected a whole number, got {given!r}")
    return given
