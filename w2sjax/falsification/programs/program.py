"""A program without branches on flat lists of numbers and truth values; needs no JAX.

What arrays are laid out as has been resolved when the code was traced: an operation takes entries by their
places, combines lists entry by entry, or reduces groups of neighbours. A program is data, so that the file
of a counterexample can be replayed without the code that it came from.
"""

import dataclasses
from fractions import Fraction
from typing import Any

from w2sjax.falsification.intervals import Interval
from w2sjax.falsification.rationals import parse, text

REAL, INTEGER, TRUTH = "real", "integer", "truth"
KINDS = (REAL, INTEGER, TRUTH)
LARGEST = 200_000  # entries of all lists together

# Operations, with the number of lists they take; "select" takes a choice and its cases.
ENTRIES = {
    "add": 2, "sub": 2, "mul": 2, "div": 2, "max": 2, "min": 2, "pow": 2,
    "neg": 1, "abs": 1, "sign": 1, "floor": 1, "ceil": 1, "round": 1, "trunc": 1,
    "sqrt": 1, "exp": 1, "log": 1, "tanh": 1, "sin": 1, "cos": 1, "atan": 1, "erf": 1,
    "lt": 2, "le": 2, "eq": 2, "and": 2, "or": 2, "xor": 2, "not": 1, "finite": 1, "number": 1,
}  # fmt: skip
REDUCTIONS = ("sum", "prod", "largest", "smallest", "all", "any", "argmax", "argmin")
SCANS = ("cumsum", "cumprod", "cummax", "cummin", "sort")
SPECIAL = {"inf", "-inf", "nan"}


@dataclasses.dataclass(frozen=True)
class Input:
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
        size = 1
        for extent in self.shape:
            size *= extent
        return size


@dataclasses.dataclass(frozen=True)
class Step:
    """One operation.

    Attributes:
        name: of the operation: one of the above, "constant" or "take" or "select" or "power".
        operands: the lists it takes, by number: the inputs first, then the results of the steps.
        data: a constant's entries, an `Interval` for one that stands for more than itself; the places
            that "take" takes from its operands, laid end to end; the number of neighbours that a
            reduction combines; the exponent of an integer "power".
    """

    name: str
    operands: tuple[int, ...] = ()
    data: Any = None


@dataclasses.dataclass(frozen=True)
class Program:
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

    def operations(self) -> set[str]:
        """Names of the operations that are used."""
        return {step.name for step in self.steps}

    def as_written(self) -> "Program":
        """Let every constant stand for its double alone."""
        return dataclasses.replace(self, steps=tuple(map(_as_written, self.steps)))

    def wide(self) -> list[Interval]:
        """List what its constants may stand for, of those that do not stand for themselves alone."""
        entries = [e for s in self.steps if s.name == "constant" for e in s.data]
        return list(dict.fromkeys(e for e in entries if isinstance(e, Interval)))

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects."""
        return {
            "inputs": [[i.name, list(i.shape), i.kind] for i in self.inputs],
            "steps": [[s.name, list(s.operands), _plain(s)] for s in self.steps],
            "left": self.left,
            "right": self.right,
            "valid": self.valid,
        }

    def lengths(self) -> list[int]:
        """Count the entries of every list, and so check that the steps fit together.

        Raises:
            ValueError: naming the step that does not.
        """
        found = [given.size for given in self.inputs]
        for number, step in enumerate(self.steps):
            if not all(0 <= operand < len(found) for operand in step.operands):
                raise ValueError(f"step {number}: takes lists that are not there yet")
            length = _length(step, [found[operand] for operand in step.operands])
            if length is None:
                raise ValueError(f"step {number}: {step.name!r} does not fit what it is given")
            found.append(length)
        return found

    def fault(self) -> str | None:
        """Say what keeps it from being one."""
        try:
            lengths = self.lengths()
        except ValueError as error:
            return str(error)
        if sum(lengths) > LARGEST:
            return f"expected at most {LARGEST:,} numbers, got {sum(lengths):,}"
        if any(given.kind not in KINDS for given in self.inputs):
            return f"inputs: expected the kinds {', '.join(KINDS)}"
        outputs = [self.left, self.right, *([] if self.valid is None else [self.valid])]
        if not all(0 <= place < len(lengths) and lengths[place] == 1 for place in outputs):
            return "the sides are not single numbers"
        return None


def _length(step: Step, lengths: list[int]) -> int | None:
    """Give the number of entries of a result; None where the operation does not fit."""
    name, data, same = step.name, step.data, len(set(lengths)) == 1
    if name == "constant":
        return len(data) if not lengths and isinstance(data, list) and data else None
    if not lengths:
        return None
    if name == "take":
        good = bool(data) and all(0 <= place < sum(lengths) for place in data)
        return len(data) if good else None
    if name in REDUCTIONS or name in SCANS:
        if len(lengths) != 1 or not isinstance(data, int) or data < 1 or lengths[0] % data:
            return None
        return lengths[0] if name in SCANS else lengths[0] // data
    if name == "power":
        small = isinstance(data, int) and abs(data) <= 1024
        return lengths[0] if small and len(lengths) == 1 else None
    if name == "select":
        return lengths[0] if same and len(lengths) >= 3 else None
    return lengths[0] if same and ENTRIES.get(name) == len(lengths) else None


def _plain(step: Step) -> Any:
    if step.name != "constant":
        return step.data
    return [_plain_entry(value) for value in step.data]


def _plain_entry(value: Any) -> Any:
    if isinstance(value, Interval):
        return text([value.low, value.high])
    return value if isinstance(value, bool | str) else text(value)


def _as_written(step: Step) -> Step:
    if step.name != "constant":
        return step
    return dataclasses.replace(
        step, data=[Fraction(written(e)) if isinstance(e, Interval) else e for e in step.data]
    )


def written(meant: Interval) -> float:
    """Give the double of a constant: an end of what it stands for, or the middle."""
    return float((meant.low + meant.high) / 2)


def program_from_json(fields: Any) -> Program:
    """Read a program.

    Raises:
        ValueError: if it is none.
    """
    names = {field.name for field in dataclasses.fields(Program)}
    if not isinstance(fields, dict) or set(fields) != names:
        raise ValueError(f"program: expected the fields {', '.join(sorted(names))}")
    try:
        inputs = tuple(
            Input(str(name), tuple(map(_whole, shape)), str(kind))
            for name, shape, kind in fields["inputs"]
        )
        steps = tuple(_step(*row) for row in fields["steps"])
        places = [fields[name] for name in ("left", "right", "valid")]
        left, right = map(_whole, places[:2])
        valid = None if places[2] is None else _whole(places[2])
    except (TypeError, KeyError) as error:
        raise ValueError(f"program: misshapen ({error})") from error
    program = Program(inputs, steps, left, right, valid)
    fault = program.fault()
    if fault is not None:
        raise ValueError(f"program: {fault}")
    return program


def _step(name: Any, operands: Any, data: Any) -> Step:
    if name == "constant":
        data = [_meant(value) if isinstance(value, list) else entry(value) for value in data]
    elif name == "take":
        data = list(map(_whole, data))
    return Step(str(name), tuple(map(_whole, operands)), data)


def _meant(ends: list[Any]) -> Interval:
    low, high = parse(ends, 1)
    if low > high:
        raise ValueError(f"program: expected a constant's ends in order, got {low} and {high}")
    return Interval(low, high)


def entry(value: Any) -> Fraction | bool | str:
    """Read an entry: a rational number as text, a truth value, or what is no finite number."""
    if isinstance(value, bool) or (isinstance(value, str) and value in SPECIAL):
        return value
    return parse(value, 0)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"program: expected a whole number, got {value!r}")
    return value
