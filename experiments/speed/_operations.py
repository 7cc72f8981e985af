"""How many floating-point operations a function asks for, read off what JAX traces of it.

Products and decompositions count by their textbook formulas, all else one operation an entry. A loop of a
known length counts so often, any other once: an iteration that the data ends is counted from below.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import jax

FREE = {
    "broadcast_in_dim",
    "reshape",
    "squeeze",
    "transpose",
    "convert_element_type",
    "copy",
    "iota",
}
FREE |= {
    "slice",
    "dynamic_slice",
    "gather",
    "concatenate",
    "pad",
    "stop_gradient",
    "bitcast_convert_type",
}


def operations(function: Callable[..., Any], *arguments: Any) -> float:
    """Count the operations of `function(*arguments)`."""
    return _of(jax.make_jaxpr(function)(*arguments).jaxpr)


def _of(program: Any) -> float:
    return sum(map(_of_one, program.eqns))


def _of_one(equation: Any) -> float:
    name, given = equation.primitive.name, equation.params
    inner = [_of(part) for part in _inside(given)]
    if inner:
        # Of the ways that a condition may go, vectorised programs go all; so count the longest alone.
        return given.get("length", 1) * (max(inner) if name == "cond" else sum(inner))
    shape: Any = equation.invars[0].aval.shape if equation.invars else ()
    made: list[int] = [math.prod(one.aval.shape) for one in equation.outvars]
    if name == "dot_general":
        (left, _), _ = given["dimension_numbers"]
        return 2.0 * made[0] * math.prod(shape[axis] for axis in left)
    if name in _DECOMPOSITIONS:
        *batch, rows, columns = shape
        return math.prod(batch) * _DECOMPOSITIONS[name](max(rows, columns), min(rows, columns))
    if name in FREE:
        return 0.0
    return float(max([*made, math.prod(shape)]))


# Golub, Van Loan (2013), Matrix Computations: sections 4.2, 5.2, 8.3 and 8.6.
_DECOMPOSITIONS: dict[str, Callable[[int, int], float]] = {
    "cholesky": lambda n, _: n**3 / 3,
    "geqrf": lambda m, n: 2 * m * n**2 - 2 * n**3 / 3,
    "householder_product": lambda m, n: 2 * m * n**2 - 2 * n**3 / 3,
    "eigh": lambda n, _: 9.0 * n**3,
    "svd": lambda m, n: 6.0 * m * n**2 + 20.0 * n**3,
    "triangular_solve": lambda n, _: float(n**2),
}


def _inside(given: dict[str, Any]) -> Iterator[Any]:
    """Give the programs that a loop, a condition or a call has within."""
    for value in given.values():
        for part in value if isinstance(value, tuple | list) else (value,):
            part = getattr(part, "jaxpr", part)
            if hasattr(part, "eqns"):
                yield part
