"""How each elementary operation of JAX is written down as steps of a program."""

import numpy as np

from w2sjax.falsification.no_exact_side import NoExactSideError
from w2sjax.falsification.programs.array_rules import ARRAY_RULES
from w2sjax.falsification.programs.builder import Builder, Rule, Traced
from w2sjax.falsification.programs.program import INTEGER, REAL, TRUTH


def plain(name: str) -> Rule:
    """Apply an operation entry by entry."""

    def rule(builder, operands, shape, kind, kinds, parameters):
        return builder.emit(name, tuple(operands), shape, kind)

    return rule


def extreme(name: str, of_truths: str) -> Rule:
    """Take a maximum or minimum; of truth values it is a logical operation."""

    def rule(builder, operands, shape, kind, kinds, parameters):
        return builder.emit(of_truths if kind == TRUTH else name, tuple(operands), shape, kind)

    return rule


def swapped(name: str) -> Rule:
    """Apply it with the operands exchanged."""

    def rule(builder, operands, shape, kind, kinds, parameters):
        return builder.emit(name, tuple(reversed(operands)), shape, kind)

    return rule


def chain(*names: str) -> Rule:
    """Apply one after the other."""

    def rule(builder, operands, shape, kind, kinds, parameters):
        found = builder.emit(names[0], tuple(operands), shape, kind)
        for name in names[1:]:
            found = builder.emit(name, (found,), shape, kind)
        return found

    return rule


def _number(builder: Builder, value: int, like: Traced) -> Traced:
    dtype = np.float64 if like.kind == REAL else np.int64
    return builder.constant(np.asarray(value, dtype))


def shifted(name: str, before: int, after: int) -> Rule:
    """Add a whole number before and after an operation: log(1 + x), exp(x) - 1."""

    def rule(builder, operands, shape, kind, kinds, parameters):
        (found,) = operands
        if before:
            found = builder.emit("add", (found, _number(builder, before, found)), shape, kind)
        found = builder.emit(name, (found,), shape, kind)
        if after:
            found = builder.emit("add", (found, _number(builder, after, found)), shape, kind)
        return found

    return rule


def reciprocal_root(builder, operands, shape, kind, kinds, parameters):
    """One over a square root."""
    root = builder.emit("sqrt", tuple(operands), shape, kind)
    return builder.emit("div", (_number(builder, 1, root), root), shape, kind)


def logistic(builder, operands, shape, kind, kinds, parameters):
    r"""$1 / (1 + e^{-x})$."""
    raised = chain("neg", "exp")(builder, operands, shape, kind, kinds, parameters)
    one = _number(builder, 1, raised)
    return builder.emit("div", (one, builder.emit("add", (one, raised), shape, kind)), shape, kind)


def division(builder, operands, shape, kind, kinds, parameters):
    """Divide; integers are rounded towards zero."""
    found = builder.emit("div", tuple(operands), shape, kind)
    return builder.emit("trunc", (found,), shape, kind) if kind == INTEGER else found


def remainder(builder, operands, shape, kind, kinds, parameters):
    """What is left of a division that is rounded towards zero."""
    dividend, divisor = operands
    ratio = builder.emit("div", (dividend, divisor), shape, kind)
    whole = builder.emit("trunc", (ratio,), shape, kind)
    part = builder.emit("mul", (whole, divisor), shape, kind)
    return builder.emit("sub", (dividend, part), shape, kind)


def square(builder, operands, shape, kind, kinds, parameters):
    """Multiply with itself."""
    return builder.emit("mul", (operands[0], operands[0]), shape, kind)


def integer_power(builder, operands, shape, kind, kinds, parameters):
    """Raise to a given whole power."""
    return builder.emit("power", tuple(operands), shape, kind, int(parameters["y"]))


def equality(builder, operands, shape, kind, kinds, parameters):
    """Compare; a number is equal to itself, whatever is known of it."""
    same = builder.emit("eq", tuple(operands), shape, kind)
    if operands[0] != operands[1]:
        return same
    return builder.emit(
        "or", (builder.emit("finite", (operands[0],), shape, kind), same), shape, kind
    )


def difference(builder, operands, shape, kind, kinds, parameters):
    """Negate an equality."""
    same = equality(builder, operands, shape, kind, kinds, parameters)
    return builder.emit("not", (same,), shape, kind)


def logical(name: str) -> Rule:
    """Combine truth values; bits of integers are out of reach."""

    def rule(builder, operands, shape, kind, kinds, parameters):
        if kind != TRUTH:
            raise NoExactSideError(f"it uses {name!r} on the bits of integers")
        return builder.emit(name, tuple(operands), shape, kind)

    return rule


def rounding(builder, operands, shape, kind, kinds, parameters):
    """Round halves to the even whole number, as `jnp.round` does."""
    if int(parameters["rounding_method"]) != 1:
        raise NoExactSideError("it rounds halves away from zero")
    return builder.emit("round", tuple(operands), shape, kind)


def clamp(builder, operands, shape, kind, kinds, parameters):
    """Clip between two bounds, which may be numbers."""
    low, value, high = operands
    return builder.emit("min", (builder.emit("max", (value, low), shape, kind), high), shape, kind)


def selection(builder, operands, shape, kind, kinds, parameters):
    """Choose among cases."""
    return builder.emit("select", tuple(operands), shape, kind)


def conversion(builder, operands, shape, kind, kinds, parameters):
    """Change the type: truth values become 0 and 1, real numbers lose their fraction as integers."""
    (given,) = operands
    if kind == given.kind or (given.kind, kind) == (INTEGER, REAL):
        return Traced(given.place, given.shape, kind)
    if given.kind == TRUTH:
        return builder.emit("number", (given,), shape, kind)
    if kind == TRUTH:
        same = builder.emit("eq", (given, _number(builder, 0, given)), shape, TRUTH)
        return builder.emit("not", (same,), shape, TRUTH)
    return builder.emit("trunc", (given,), shape, kind)


RULES: dict[str, Rule] = {
    "add": plain("add"),
    "add_any": plain("add"),
    "sub": plain("sub"),
    "mul": plain("mul"),
    "div": division,
    "rem": remainder,
    "square": square,
    "integer_pow": integer_power,
    "pow": plain("pow"),
    "sqrt": plain("sqrt"),
    "rsqrt": reciprocal_root,
    "exp": plain("exp"),
    "expm1": shifted("exp", 0, -1),
    "log": plain("log"),
    "log1p": shifted("log", 1, 0),
    "tanh": plain("tanh"),
    "logistic": logistic,
    "sin": plain("sin"),
    "cos": plain("cos"),
    "atan": plain("atan"),
    "erf": plain("erf"),
    "max": extreme("max", "or"),
    "min": extreme("min", "and"),
    "clamp": clamp,
    "neg": plain("neg"),
    "abs": plain("abs"),
    "sign": plain("sign"),
    "floor": plain("floor"),
    "ceil": plain("ceil"),
    "round": rounding,
    "lt": plain("lt"),
    "le": plain("le"),
    "gt": swapped("lt"),
    "ge": swapped("le"),
    "eq": equality,
    "ne": difference,
    "and": logical("and"),
    "or": logical("or"),
    "xor": logical("xor"),
    "not": logical("not"),
    "is_finite": plain("finite"),
    "select_n": selection,
    "convert_element_type": conversion,
    **ARRAY_RULES,
}
