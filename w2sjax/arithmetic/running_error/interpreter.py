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

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from w2sjax.arithmetic.constants import stands_for
from w2sjax.arithmetic.rounding import HIGHEST, Rounded, inflate
from w2sjax.arithmetic.running_error import arrays, elementwise
from w2sjax.arithmetic.running_error.folding import folded
from w2sjax.arithmetic.running_error.tracked import Tracked, UnknownRounding

_RULES = {**elementwise.RULES, **arrays.RULES}
INSIDE = ("jaxpr", "call_jaxpr")  # parameters that hold the operations of a function called inside
CALLS = (
    "jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "remat",
    "remat2", "checkpoint",
)  # fmt: skip


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
        return _call(parameters, operands)
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


def _outputs(
    name: str, bind: Callable[..., Any], parameters: Mapping[str, Any], operands: list[Tracked]
) -> list[Tracked]:
    _refuse_loops(name, parameters)
    if any(operand.counts and operand.error is not None for operand in operands):
        return _in_doubt(name, bind, parameters, operands)
    exact = all(operand.error is None for operand in operands)
    if exact and all(isinstance(operand.value, np.ndarray) for operand in operands):
        values = folded(name, bind, [operand.value for operand in operands])
        if values is not None:
            return [Tracked(value) for value in values]
    values = bind(*[operand.value for operand in operands])
    floating = any(jnp.issubdtype(value.dtype, jnp.floating) for value in values)
    if exact and (not floating or name in arrays.EXACT):
        return [Tracked(value) for value in values]
    if name in arrays.MOVES:
        errors = arrays.move(bind, operands)
        return [Tracked(value, error) for value, error in zip(values, errors, strict=True)]
    if name not in _RULES or len(values) != 1:
        raise UnknownRounding
    operands = [
        Tracked(jnp.asarray(o.value), o.error) if isinstance(o.value, np.ndarray) else o
        for o in operands
    ]
    return [_RULES[name](values[0], operands, parameters)]


def _in_doubt(
    name: str, bind: Callable[..., Any], parameters: Mapping[str, Any], operands: list[Tracked]
) -> list[Tracked]:
    """Where an integer may be wrong nothing is known of what is computed from it, nor of its neighbours."""
    if name in ("select_n", "convert_element_type"):
        (value,) = bind(*[operand.value for operand in operands])
        return [_RULES[name](value, operands, parameters)]
    wrong = [operand.counts and operand.error is not None for operand in operands]
    doubt = jnp.zeros((), jnp.bool_)
    for operand, its in zip(operands, wrong, strict=True):
        doubt = doubt | jnp.any(operand.error) if its else doubt
    sure = [Tracked(o.value) if its else o for o, its in zip(operands, wrong, strict=True)]
    return [
        Tracked(o.value, jnp.where(doubt, jnp.inf, o.bound) if o.floating else o.bound | doubt)
        for o in _outputs(name, bind, parameters, sure)
    ]


def _refuse_loops(name: str, parameters: Mapping[str, Any]) -> None:
    """Refuse what holds operations of its own: their floating-point comparisons may go either way."""
    inside = any("jaxpr" in parameter or parameter == "branches" for parameter in parameters)
    if inside and not name.startswith("scatter"):  # whose own only says how entries combine
        raise UnknownRounding(f"'{name}'")


def _call(parameters: Mapping[str, Any], operands: list[Tracked]) -> list[Tracked]:
    """Run the operations of a function called inside."""
    inner = next(parameters[key] for key in INSIDE if key in parameters)
    return _run(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), operands)
