r"""Run plain array code with a bound on its rounding beside every number.

The code is traced to a list of elementary operations, and each is run twice: on the values, as it would
run anyway, and on the bounds, by its rule (`elementwise`, `arrays`). What results is a `Rounded` for every
output: the distance of the computed number to what the code would give in exact arithmetic on the same
inputs. A running error analysis (Wilkinson; Higham, Accuracy and Stability of Numerical Algorithms, 2002,
section 3.3).

Proved for sums, products, quotients, roots, orderings and choices. For exp, log, tanh and their kin, whose
accuracy nobody states, 16 units in the last place are allowed. An operation without a rule (a loop, a
decomposition) is refused, not guessed.
"""

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from w2sjax.arithmetic.constants import stands_for
from w2sjax.arithmetic.rounding import HIGHEST, Rounded, inflate
from w2sjax.arithmetic.running_error import arrays, elementwise
from w2sjax.arithmetic.running_error.tracked import Tracked, UnknownRounding

_RULES = {**elementwise.RULES, **arrays.RULES}
INSIDE = ("jaxpr", "call_jaxpr")  # parameters that hold the operations of a function called inside
CALLS = (
    "jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "remat",
    "remat2", "checkpoint",
)  # fmt: skip
LARGEST = 4096  # entries that are compared with the rational result
_RATIONAL: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "convert_element_type": lambda number: number,
}


def rounded(function: Callable[..., Any], *arguments: Any) -> Any:
    """Evaluate a function of arrays; every output becomes a `Rounded`.

    Args:
        function: plain code on trees of arrays; its outputs are floating-point arrays.
        arguments: what it is evaluated at, taken as exact.

    Raises:
        ValueError: naming the operation, if the rounding of one that is used is not known.
    """
    traced, shape = jax.make_jaxpr(function, return_shape=True)(*arguments)
    inputs = [Tracked(jnp.asarray(leaf)) for leaf in jax.tree.leaves(arguments)]
    outputs = _run(traced.jaxpr, traced.consts, inputs)
    leaves = [Rounded(jnp.asarray(output.value), output.bound) for output in outputs]
    return jax.tree.unflatten(jax.tree.structure(shape), leaves)


def _run(jaxpr: Any, constants: Any, inputs: list[Tracked]) -> list[Tracked]:
    """Run all operations in order."""
    known: dict[Any, Tracked] = {}

    def read(variable) -> Tracked:
        if isinstance(variable, core.Literal):
            return _constant(np.asarray(variable.val, variable.aval.dtype))  # pyright: ignore
        return known[variable]

    known.update(zip(jaxpr.constvars, map(_constant, constants), strict=True))
    known.update(zip(jaxpr.invars, inputs, strict=True))
    for equation in jaxpr.eqns:
        outputs = _step(equation, [read(variable) for variable in equation.invars])
        known.update(zip(equation.outvars, outputs, strict=True))
    return [read(variable) for variable in jaxpr.outvars]


def _constant(value: Any) -> Tracked:
    """Take an array of the code; a scalar with the distance to all that it may stand for."""
    try:
        value = np.asarray(value)
    except jax.errors.TracerArrayConversionError:
        return Tracked(value)  # an array of the code around this one
    meant = stands_for(value)
    if meant is None:
        return Tracked(value)
    double = Fraction(float(value))
    width = inflate(jnp.asarray(float(max(meant[1] - double, double - meant[0])), value.dtype), 4)
    return Tracked(jnp.asarray(value), width)


def _step(equation: Any, operands: list[Tracked]) -> list[Tracked]:
    """Run one operation on values and bounds."""
    name, parameters = equation.primitive.name, dict(equation.params)
    if name in CALLS:
        inner = next(parameters[key] for key in INSIDE if key in parameters)
        return _run(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), operands)
    if name == "dot_general":
        parameters["precision"] = HIGHEST  # a GPU's default keeps ten bits of the factors
    several = equation.primitive.multiple_results

    def bind(*values):
        values = [jnp.asarray(v) if isinstance(v, np.ndarray) else v for v in values]
        found = equation.primitive.bind(*values, **parameters)
        return list(found) if several else [found]

    try:
        return _outputs(name, bind, parameters, operands)
    except UnknownRounding as error:
        raise UnknownRounding(
            f"the rounding of {str(error) or repr(name)} is not known; return Rounded sides "
            "(w2sjax.arithmetic.rounding), an Inequality, or (lhs, rhs, tolerance)"
        ) from None


def _outputs(name: str, bind: Callable, parameters: dict, operands: list[Tracked]) -> list[Tracked]:
    # What holds operations of its own may compare in floating point, which may go either way.
    inside = any("jaxpr" in parameter or parameter == "branches" for parameter in parameters)
    if inside and not name.startswith("scatter"):  # whose own only says how entries combine
        raise UnknownRounding(f"'{name}'")
    if any(operand.counts and operand.error is not None for operand in operands):
        return _in_doubt(name, bind, parameters, operands)
    exact = all(operand.error is None for operand in operands)
    if exact and all(isinstance(operand.value, np.ndarray) for operand in operands):
        values = _folded(name, bind, [operand.value for operand in operands])
        if values is not None:
            return [Tracked(value) for value in values]
    values = bind(*[operand.value for operand in operands])
    floating = any(jnp.issubdtype(value.dtype, jnp.floating) for value in values)
    if exact and (not floating or name in arrays.EXACT):
        return [Tracked(value) for value in values]
    if name in arrays.MOVES:
        errors = arrays.move(bind, operands)
        return list(map(Tracked, values, errors))
    if name not in _RULES or len(values) != 1:
        raise UnknownRounding
    operands = [
        Tracked(jnp.asarray(o.value), o.error) if isinstance(o.value, np.ndarray) else o
        for o in operands
    ]
    return [_RULES[name](values[0], *operands, **parameters)]


def _in_doubt(
    name: str, bind: Callable, parameters: dict, operands: list[Tracked]
) -> list[Tracked]:
    """Where an integer may be wrong nothing is known of what is computed from it, nor of its neighbours."""
    if name in ("select_n", "convert_element_type"):
        (value,) = bind(*[operand.value for operand in operands])
        return [_RULES[name](value, *operands, **parameters)]
    wrong = [operand.counts and operand.error is not None for operand in operands]
    doubt = jnp.zeros((), jnp.bool_)
    for operand, its in zip(operands, wrong, strict=True):
        doubt = doubt | jnp.any(operand.error) if its else doubt
    sure = [Tracked(o.value) if its else o for o, its in zip(operands, wrong, strict=True)]
    return [
        Tracked(o.value, jnp.where(doubt, jnp.inf, o.bound) if o.floating else o.bound | doubt)
        for o in _outputs(name, bind, parameters, sure)
    ]


def _folded(
    name: str, bind: Callable[..., Any], operands: Sequence[np.ndarray]
) -> list[np.ndarray] | None:
    """Compute an operation on exact constants; None where its result is rounded."""
    with jax.ensure_compile_time_eval():
        found = [np.asarray(value) for value in bind(*operands)]
    real = any(jnp.issubdtype(value.dtype, jnp.floating) for value in found)
    return found if not real or name in arrays.EXACT or _is_exact(name, operands, found) else None


def _is_exact(name: str, operands: Sequence[np.ndarray], found: list[np.ndarray]) -> bool:
    if name not in _RATIONAL or found[0].size > LARGEST:
        return False
    arrays = [np.asarray(array, float) for array in (*operands, found[0])]
    if not all(np.isfinite(array).all() for array in arrays):
        return False
    rows = zip(*(array.reshape(-1).tolist() for array in np.broadcast_arrays(*arrays)), strict=True)
    rationals = (tuple(map(Fraction, row)) for row in rows)
    return all(
        not (name == "div" and row[1] == 0) and _RATIONAL[name](*row[:-1]) == row[-1]
        for row in rationals
    )
