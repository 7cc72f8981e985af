"""From a user's code and drawn numbers to programs and exact instances."""

import functools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from w2sjax.arithmetic.rounding import Rounded
from w2sjax.language.claims import Claim
from w2sjax.machine.where import described
from w2sjax.settings.drawn.builder import Builder, Traced, kind_of
from w2sjax.settings.drawn.floats import Raw, drawing
from w2sjax.settings.drawn.instance import DrawnCase
from w2sjax.settings.drawn.program import TRUTH, Input, Program
from w2sjax.settings.drawn.tracing import trace
from w2sjax.settings.exact import NoExactSideError


def exact_instances(raw: Raw, claim: Claim) -> list[DrawnCase]:
    """Take a drawn instance exactly; none where a number is not finite."""
    leaves = [np.asarray(leaf).reshape(-1) for leaf in jax.tree.leaves(raw.values)]
    if not all(np.isfinite(leaf).all() for leaf in leaves):
        return []
    values = tuple(Fraction(value) for leaf in leaves for value in leaf.tolist())
    return [DrawnCase(program_of(claim), values)]


def program_of(claim: Claim) -> Program:
    """Trace what makes both sides of a drawn instance: the assumptions' functions, then the check.

    Raises:
        NoExactSideError: if the code uses what programs cannot say.
    """
    setting: Any = claim.setting
    if setting.draw is None:
        raise NoExactSideError(f"{claim.name}: its code is not known")
    if claim.failure is not None:
        raise NoExactSideError(f"{claim.name}: a statement with probability has no counterexample")
    try:
        check, changes = setting.check_of(claim), setting.changes(claim)
        return _program(setting.draw, check, changes, setting.valid)
    except NoExactSideError as error:
        raise NoExactSideError(f"{claim.name}: {error}") from error
    except Exception as error:
        reason = f"its code fails on symbols ({described(error)})"
        raise NoExactSideError(f"{claim.name}: {reason}") from error


@functools.cache
def _program(
    draw: Callable[..., Any],
    check: Callable[[Any], Any],
    changes: tuple[Callable[[Any], Any], ...],
    valid: Callable[[Any], Any] | None,
) -> Program:
    """Trace functions, once; all instances share the program."""

    def sides(values: Any) -> Any:
        changed = functools.reduce(lambda given, change: change(given), changes, values)
        left, right = _plain(check(changed))
        return (left, right) if valid is None else (left, right, valid(values))

    return traced(sides, jax.eval_shape(drawing(draw), jax.random.key(0)).values)


def traced(sides: Callable[[Any], Any], drawn: Any) -> Program:
    """Put a function of a tree of arrays into a program: left side, right side, perhaps validity.

    Raises:
        NoExactSideError: naming the operation that a program does not have.
    """
    leaves = jax.tree_util.tree_leaves_with_path(drawn)
    inputs = tuple(
        Input("drawn" + jax.tree_util.keystr(path), tuple(leaf.shape), kind_of(leaf.dtype))
        for path, leaf in leaves
    )
    if any(given.size == 0 for given in inputs):
        raise NoExactSideError("it draws empty arrays")
    code = jax.make_jaxpr(sides)(drawn)
    builder = Builder(inputs)
    given = [Traced(i, one.shape, one.kind) for i, one in enumerate(inputs)]
    outputs = trace(builder, code.jaxpr, code.consts, list(given))
    places = []
    for output, wanted in zip(outputs, ("left side", "right side", "valid"), strict=False):
        found = builder.traced(output)
        if found.size != 1:
            raise NoExactSideError(f"{wanted}: expected one number, got an array of {found.shape}")
        if (wanted == "valid") != (found.kind == TRUTH):
            raise NoExactSideError(f"{wanted}: got a value of kind {found.kind}")
        places.append(found.place)
    program = Program(inputs, tuple(builder.steps), *places)
    fault = program.fault()
    if fault is not None:
        raise NoExactSideError(fault)
    return program


def _plain(found: Any) -> tuple[Any, Any]:
    """Refuse sides that need not be what the code computes in exact arithmetic."""
    if not isinstance(found, tuple) or [isinstance(side, Rounded) for side in found] != [False] * 2:
        raise NoExactSideError("it states a tolerance of its own")
    left, right = map(jnp.asarray, found)
    return left, right
