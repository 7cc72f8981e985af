"""The exact statement of a user's claim about instances of their own: its code as a program."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from w2sjax.claims import Claim
from w2sjax.claims.inequality import Inequality
from w2sjax.falsification.no_exact_side import NoExactSideError
from w2sjax.falsification.programs.builder import Builder, Traced, kind_of
from w2sjax.falsification.programs.case import Case
from w2sjax.falsification.programs.program import Input, Program
from w2sjax.falsification.programs.tracing import trace
from w2sjax.falsification.statement import Statement
from w2sjax.rounding import Rounded
from w2sjax.user_domains import YOURS, Drawn


def traced_statement(
    claim: Claim,
    check: Callable[[Any], Any],
    *,
    identity: bool,
    valid: Callable[[Any], Any] | None,
    drop: str | None,
) -> Statement:
    """Trace what makes both sides of a drawn instance: the hypotheses' functions, then the check.

    Raises:
        NoExactSideError: if the code uses what programs cannot say, or the instances are not drawn by
            a function of the user.
    """
    drawn = jax.eval_shape(claim.domain.draw, jax.random.key(0))
    if not isinstance(drawn, Drawn):
        raise NoExactSideError("its instances are not given by draw=")

    def sides(values: Any) -> Any:
        left, right = _plain(check(claim.impose(values, drop)))
        return (left, right) if valid is None else (left, right, valid(values))

    program = program_of(sides, drawn.values)
    return Statement(
        claim.name,
        YOURS,
        {"left": Fraction(1)},
        {"right": Fraction(1)},
        identity=identity,
        hypotheses=tuple(name for name in claim.hypotheses if name != drop),
        dropped=drop,
        program=program,
    )


def program_of(sides: Callable[[Any], Any], drawn: Any) -> Program:
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
        if (wanted == "valid") != (found.kind == "truth"):
            raise NoExactSideError(f"{wanted}: got a value of kind {found.kind}")
        places.append(found.place)
    program = Program(inputs, tuple(builder.steps), *places)
    fault = program.fault()
    if fault is not None:
        raise NoExactSideError(fault)
    return program


def _plain(found: Any) -> tuple[Any, Any]:
    """Refuse sides that need not be what the code computes in exact arithmetic."""
    if isinstance(found, Inequality):
        raise NoExactSideError("it returns an Inequality, with a tolerance of its own")
    if not isinstance(found, tuple) or len(found) != 2:
        raise NoExactSideError("it states a tolerance of its own")
    if any(isinstance(side, Rounded) for side in found):
        raise NoExactSideError("it returns Rounded sides, which may stand for other numbers")
    left, right = map(jnp.asarray, found)
    return left, right


def case_of(drawn: Drawn) -> Case | None:
    """Take a drawn instance exactly; None where a number is not finite."""
    rows = []
    for leaf in jax.tree.leaves(drawn.values):
        array = np.asarray(leaf)
        if not np.isfinite(array).all():
            return None
        rows.append(tuple(v if isinstance(v, bool) else Fraction(v)
                          for v in array.reshape(-1).tolist()))  # fmt: skip
    return Case(tuple(rows))
