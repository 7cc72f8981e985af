"""From traced code to a program: what depends on the instance is written down, the rest computed.

Knows the operations that `running_error` knows. Whatever moves entries is applied to their places.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from w2sjax.arithmetic.constants import stands_for
from w2sjax.arithmetic.running_error import CALLS, EXACT, INSIDE, MOVES
from w2sjax.settings.drawn.builder import Builder, Traced, kind_of, places_of
from w2sjax.settings.drawn.checker import constant_entries
from w2sjax.settings.drawn.program import Program
from w2sjax.settings.drawn.rules import RULES, Call
from w2sjax.settings.exact import NoExactSideError

Value = Traced | np.ndarray

# Of what moves entries by computed places, the operands that hold entries; of the others, all.
_READS, _WRITES = ("gather", "dynamic_slice"), {"scatter": (0, 2), "dynamic_update_slice": (0, 1)}
_HOLDERS = dict.fromkeys(_READS, (0,)) | _WRITES


def trace(builder: Builder, jaxpr: Any, constants: Any, inputs: list[Value]) -> list[Value]:
    """Write down all operations in order; gives the outputs."""
    known: dict[Any, Value] = {}

    def read(variable) -> Value:
        if isinstance(variable, core.Literal):
            return _given(builder, np.asarray(variable.val, variable.aval.dtype))  # pyright: ignore
        return known[variable]

    written = [_given(builder, np.asarray(constant)) for constant in constants]
    known.update(zip(jaxpr.constvars, written, strict=True))
    known.update(zip(jaxpr.invars, inputs, strict=True))
    for equation in jaxpr.eqns:
        outputs = _step(builder, equation, [read(variable) for variable in equation.invars])
        known.update(zip(equation.outvars, outputs, strict=True))
    return [read(variable) for variable in jaxpr.outvars]


def _given(builder: Builder, constant: np.ndarray) -> Value:
    """Write a scalar down at once where it stands for more than itself; every use is another one."""
    return constant if stands_for(constant) is None else builder.constant(constant)


def _step(builder: Builder, equation: Any, operands: list[Value]) -> list[Value]:
    name, parameters = equation.primitive.name, equation.params
    if name in CALLS:
        inner = next(parameters[key] for key in INSIDE if key in parameters)
        code, constants = getattr(inner, "jaxpr", inner), getattr(inner, "consts", ())
        return trace(builder, code, constants, operands)
    shapes = [variable.aval for variable in equation.outvars]
    if not any(isinstance(operand, Traced) for operand in operands):
        real = any(jnp.issubdtype(shape.dtype, jnp.floating) for shape in shapes)
        if not real or name in EXACT or name == "convert_element_type":
            return _bound(equation, operands)
    if name in MOVES:
        return _moved(builder, equation, operands)
    if name not in RULES:
        raise NoExactSideError(f"it uses {name!r}")
    if len(shapes) != 1:
        raise NoExactSideError(f"it uses {name!r} of several arrays")
    traced, (shape,) = tuple(map(builder.traced, operands)), shapes
    kind = kind_of(shape.dtype)
    return [RULES[name](Call(builder, traced, tuple(shape.shape), kind, parameters))]


def _bound(equation: Any, operands: list[Any]) -> list[Any]:
    """Run an operation on what is known."""
    with jax.ensure_compile_time_eval():
        found = equation.primitive.bind(*map(jnp.asarray, operands), **equation.params)
    several = equation.primitive.multiple_results
    return [np.asarray(value) for value in (found if several else [found])]


def _moved(builder: Builder, equation: Any, operands: list[Value]) -> list[Value]:
    """Apply an operation to the places of entries, and take what is at them."""
    name = equation.primitive.name
    holders = _HOLDERS.get(name, tuple(range(len(operands))))
    operands = [v if i in holders else _known(builder, v, name) for i, v in enumerate(operands)]
    held = tuple(builder.traced(operands[i]) for i in holders)
    starts = np.cumsum([0, *(operand.size for operand in held)])
    for i, operand, start in zip(holders, held, starts, strict=False):
        operands[i] = places_of(operand, int(start))
    found = _bound(equation, operands)
    if any(p.size and (p.min() < 0 or p.max() >= starts[-1]) for p in found):
        raise NoExactSideError(f"it uses {name!r} beyond the ends of an array")
    return [builder.take(held, places) for places in found]


def _known(builder: Builder, operand: Value, name: str) -> np.ndarray:
    """Compute places, exactly, where they hang on constants alone."""
    if not isinstance(operand, Traced):
        return operand
    if operand.place not in builder.constant_lists:
        raise NoExactSideError(f"it uses {name!r} with places that depend on the instance")
    so_far = Program(builder.inputs, tuple(builder.steps), operand.place, operand.place)
    found = constant_entries(so_far, operand.place, operand.size)
    if found is None:
        raise NoExactSideError(f"it uses {name!r} with places that are not certain")
    return np.asarray(found, int).reshape(operand.shape)
