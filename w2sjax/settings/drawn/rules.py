"""How each operation of JAX is written down as steps of a program."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from w2sjax.settings.drawn.builder import Builder, Traced, places_of
from w2sjax.settings.drawn.program import INTEGER, REAL, TRUTH
from w2sjax.settings.exact import NoExactSideError


@dataclasses.dataclass(frozen=True)
class Call:
    """An operation of JAX as it is met.

    Attributes:
        builder: collects the steps.
        operands: what it is applied to.
        shape, kind: of the result.
        parameters: JAX's.
    """

    builder: Builder
    operands: tuple[Traced, ...]
    shape: tuple[int, ...]
    kind: str
    parameters: Any

    def emit(self, name: str, *operands: Traced, data: Any = None) -> Traced:
        """Add a step that gives an array of the result's shape and kind; by default of all operands."""
        return self.builder.emit(name, operands or self.operands, self.shape, self.kind, data)

    def whole(self, value: int) -> Traced:
        """Write a whole number down."""
        return self.builder.constant(np.asarray(value))


Rule = Callable[[Call], Traced]


def plain(name: str, of_truths: str = "") -> Rule:
    """Apply an operation entry by entry; of truth values maybe another one."""
    return lambda call: call.emit(of_truths if of_truths and call.kind == TRUTH else name)


def _division(call: Call) -> Traced:
    """Divide; integers are rounded towards zero."""
    found = call.emit("div")
    return call.emit("trunc", found) if call.kind == INTEGER else found


def _remainder(call: Call) -> Traced:
    """What is left of a division that is rounded towards zero."""
    dividend, divisor = call.operands
    whole = call.emit("trunc", call.emit("div"))
    return call.emit("sub", dividend, call.emit("mul", whole, divisor))


def _logistic(call: Call) -> Traced:
    r"""$1 / (1 + e^{-x})$."""
    raised = call.emit("exp", call.emit("neg"))
    return call.emit("div", call.whole(1), call.emit("add", call.whole(1), raised))


def _equality(call: Call) -> Traced:
    """Compare; a number is equal to itself, whatever is known of it."""
    first, second = call.operands
    same = call.emit("eq")
    return call.emit("or", call.emit("finite", first), same) if first == second else same


def _logical(name: str) -> Rule:
    """Combine truth values; bits of integers are out of reach."""

    def rule(call: Call) -> Traced:
        if call.kind != TRUTH:
            raise NoExactSideError(f"it uses {name!r} on the bits of integers")
        return call.emit(name)

    return rule


def _rounding(call: Call) -> Traced:
    """Round halves to the even whole number, as `jnp.round` does."""
    if int(call.parameters["rounding_method"]) != 1:
        raise NoExactSideError("it rounds halves away from zero")
    return call.emit("round")


def _clamp(call: Call) -> Traced:
    """Clip between two bounds, which may be numbers."""
    low, value, high = call.operands
    return call.emit("min", call.emit("max", value, low), high)


def _conversion(call: Call) -> Traced:
    """Change the type: truth values become 0 and 1, real numbers lose their fraction as integers."""
    (given,) = call.operands
    if call.kind == given.kind or (given.kind, call.kind) == (INTEGER, REAL):
        return dataclasses.replace(given, kind=call.kind)
    if given.kind == TRUTH:
        return call.emit("number")
    if call.kind == TRUTH:
        return call.emit("not", call.emit("eq", given, call.whole(0)))
    return call.emit("trunc")


def _reduction(name: str, of_truths: str = "") -> Rule:
    """Combine the entries along axes, which are brought to the end, so that they stand side by side."""

    def rule(call: Call) -> Traced:
        (operand,), axes = call.operands, tuple(call.parameters["axes"])
        places = places_of(operand)
        kept = [axis for axis in range(places.ndim) if axis not in axes]
        moved = call.builder.take((operand,), np.transpose(places, [*kept, *axes]))
        count = int(np.prod([operand.shape[axis] for axis in axes], dtype=int))
        chosen = of_truths if of_truths and operand.kind == TRUTH else name
        return call.emit(chosen, moved, data=count)

    return rule


def _scan(name: str) -> Rule:
    """Combine all entries so far along an axis."""
    return lambda call: _along(call, name, call.parameters["axis"], call.parameters["reverse"])


def _along(call: Call, name: str, axis: int, backwards: bool) -> Traced:
    """Run a scan along one axis, and put the axis back where it was."""

    def turned(places):
        return np.flip(places, axis) if backwards else places

    (operand,), take = call.operands, call.builder.take
    moved = take((operand,), np.moveaxis(turned(places_of(operand)), axis, -1))
    found = call.builder.emit(name, (moved,), moved.shape, call.kind, moved.shape[-1])
    return take((found,), turned(np.moveaxis(places_of(found), -1, axis)))


def _sort(call: Call) -> Traced:
    """Sort along an axis."""
    if call.kind == TRUTH:
        raise NoExactSideError("it sorts truth values")
    return _along(call, "sort", call.parameters["dimension"], False)


def _dot(call: Call) -> Traced:
    """Multiply and sum."""
    axes, batches = call.parameters["dimension_numbers"]

    def spread(operand, summed, batch):
        places = places_of(operand)
        free = [axis for axis in range(places.ndim) if axis not in (*summed, *batch)]
        parts = ([*batch], free, [*summed])
        count = [int(np.prod([places.shape[axis] for axis in part], dtype=int)) for part in parts]
        return np.transpose(places, [axis for part in parts for axis in part]).reshape(count)

    left, right = map(spread, call.operands, axes, batches)
    left, right = np.broadcast_arrays(left[:, :, None, :], right[:, None, :, :])
    factors = tuple(
        call.builder.take((operand,), places)
        for operand, places in zip(call.operands, (left, right), strict=True)
    )
    products = call.builder.emit("mul", factors, left.shape, call.kind)
    return call.emit("fold add", products, data=left.shape[-1])


_SAME = ("add", "sub", "mul", "pow", "sqrt", "exp", "log", "tanh", "sin", "cos", "atan", "erf",
         "neg", "abs", "sign", "floor", "ceil", "lt", "le")  # fmt: skip

_FOLDS = {"sum": "add", "prod": "mul", "and": "and", "or": "or"}
_SCANS = {"sum": "add", "prod": "mul", "max": "max", "min": "min"}

RULES: dict[str, Rule] = {
    **{name: plain(name) for name in _SAME},
    "add_any": plain("add"),
    "div": _division,
    "rem": _remainder,
    "square": lambda call: call.emit("mul", *call.operands, *call.operands),
    "integer_pow": lambda call: call.emit("power", data=int(call.parameters["y"])),
    "rsqrt": lambda call: call.emit("div", call.whole(1), call.emit("sqrt")),
    "expm1": lambda call: call.emit("sub", call.emit("exp"), call.whole(1)),
    "log1p": lambda call: call.emit("log", call.emit("add", *call.operands, call.whole(1))),
    "logistic": _logistic,
    "max": plain("max", "or"),
    "min": plain("min", "and"),
    "clamp": _clamp,
    "round": _rounding,
    "gt": lambda call: call.emit("lt", *reversed(call.operands)),
    "ge": lambda call: call.emit("le", *reversed(call.operands)),
    "eq": _equality,
    "ne": lambda call: call.emit("not", _equality(call)),
    **{name: _logical(name) for name in ("and", "or", "xor", "not")},
    "is_finite": plain("finite"),
    "select_n": plain("select"),
    "convert_element_type": _conversion,
    **{f"reduce_{name}": _reduction(f"fold {how}") for name, how in _FOLDS.items()},
    "reduce_max": _reduction("fold max", "fold or"),
    "reduce_min": _reduction("fold min", "fold and"),
    **{name: _reduction(name) for name in ("argmax", "argmin")},
    **{f"cum{name}": _scan(f"scan {how}") for name, how in _SCANS.items()},
    "sort": _sort,
    "dot_general": _dot,
}
