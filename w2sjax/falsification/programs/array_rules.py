"""How operations along the axes of arrays are written down: as steps on groups of neighbours."""

import numpy as np

from w2sjax.falsification.no_exact_side import NoExactSideError
from w2sjax.falsification.programs.builder import Builder, Rule, Traced, places_of
from w2sjax.falsification.programs.program import TRUTH


def _neighbours(builder: Builder, operand: Traced, axes: tuple[int, ...]) -> tuple[Traced, int]:
    """Bring the axes to the end, so that what is combined stands side by side."""
    places = places_of(operand)
    kept = [axis for axis in range(places.ndim) if axis not in axes]
    moved = np.transpose(places, [*kept, *axes])
    return builder.take((operand,), moved), int(
        np.prod([operand.shape[a] for a in axes], dtype=int)
    )


def reduction(name: str, of_truths: str = "") -> Rule:
    """Combine the entries along axes."""

    def rule(builder, operands, shape, kind, kinds, parameters):
        (operand,) = operands
        moved, count = _neighbours(builder, operand, tuple(parameters["axes"]))
        chosen = of_truths if of_truths and kinds[0] == TRUTH else name
        return builder.emit(chosen, (moved,), shape, kind, count)

    return rule


def scan(name: str) -> Rule:
    """Combine all entries so far along an axis."""

    def rule(builder, operands, shape, kind, kinds, parameters):
        (operand,), axis = operands, parameters["axis"]
        return _along(builder, operand, axis, name, kind, backwards=parameters["reverse"])

    return rule


def _along(builder, operand, axis, name, kind, *, backwards: bool = False) -> Traced:
    """Run a scan along one axis, and put the axis back where it was."""

    def turned(places):
        return np.flip(places, axis) if backwards else places

    moved = builder.take((operand,), np.moveaxis(turned(places_of(operand)), axis, -1))
    found = builder.emit(name, (moved,), moved.shape, kind, moved.shape[-1])
    return builder.take((found,), turned(np.moveaxis(places_of(found), -1, axis)))


def sort(builder, operands, shape, kind, kinds, parameters):
    """Sort along an axis."""
    if kind == TRUTH:
        raise NoExactSideError("it sorts truth values")
    return _along(builder, operands[0], parameters["dimension"], "sort", kind)


def dot(builder, operands, shape, kind, kinds, parameters):
    """Multiply and sum."""
    left, right = operands
    (left_axes, right_axes), (left_batch, right_batch) = parameters["dimension_numbers"]

    def spread(operand, axes, batch):
        places = places_of(operand)
        free = [a for a in range(places.ndim) if a not in (*axes, *batch)]
        ordered = np.transpose(places, [*batch, *free, *axes])
        count = [int(np.prod([places.shape[a] for a in part], dtype=int))
                 for part in (batch, free, axes)]  # fmt: skip
        return ordered.reshape(count)

    first = spread(left, left_axes, left_batch)[:, :, None, :]
    second = spread(right, right_axes, right_batch)[:, None, :, :]
    full = np.broadcast_shapes(first.shape, second.shape)
    factors = tuple(
        builder.take((operand,), np.broadcast_to(places, full))
        for operand, places in ((left, first), (right, second))
    )
    products = builder.emit("mul", factors, full, kind)
    return builder.emit("sum", (products,), shape, kind, full[-1])


ARRAY_RULES: dict[str, Rule] = {
    "reduce_sum": reduction("sum"),
    "reduce_prod": reduction("prod"),
    "reduce_max": reduction("largest", "any"),
    "reduce_min": reduction("smallest", "all"),
    "reduce_and": reduction("all"),
    "reduce_or": reduction("any"),
    "argmax": reduction("argmax"),
    "argmin": reduction("argmin"),
    "cumsum": scan("cumsum"),
    "cumprod": scan("cumprod"),
    "cummax": scan("cummax"),
    "cummin": scan("cummin"),
    "sort": sort,
    "dot_general": dot,
}
