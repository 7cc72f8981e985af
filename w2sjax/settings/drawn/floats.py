"""Drawn instances in floating point: what a user's function draws, and both sides with their errors.

A check may return

* `(lhs, rhs)` as plain numbers: the code is traced and every rounding in it bounded
  (`arithmetic.running_error`). The drawn numbers are taken as exact, so what the claim asks of them must
  hold for them exactly; normalise in the check, where it is tracked. A constant such as 0.2 stands for what
  was meant by it (`arithmetic.constants`).
* `(lhs, rhs)` as `Rounded` numbers (`arithmetic.rounding`).
* `(lhs, rhs, tolerance)`: plain numbers and a bound on the error of rhs - lhs that its author vouches for.
* an `Inequality`, to say everything.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from w2sjax.arithmetic.inequality import Inequality
from w2sjax.arithmetic.measured import Measured, measured
from w2sjax.arithmetic.rounding import Rounded, exact
from w2sjax.arithmetic.running_error import rounded
from w2sjax.language.claims import Claim
from w2sjax.machine.where import failure
from w2sjax.settings.drawn import Check

STRATA = ("all",)
SAMPLE = 20_000  # keys that must give more than one instance


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Raw:
    """An instance as the user drew it.

    Attributes:
        values: the user's tree of arrays.
        strata: of one kind.
    """

    values: Any
    strata: Int[Array, "*batch 1"]


def draw_for(claim: Claim) -> Callable[..., Raw]:
    """Give the function that draws; claims that have the same one share their instances.

    Raises:
        ValueError: if all that it draws is one instance, or does not come from its key.
    """
    draw = claim.setting.draw  # type: ignore[attr-defined]
    reason = _constant(draw)
    if reason:
        raise ValueError(f"{claim.name}: {reason}; use jax.random with the key")
    return drawing(draw)


def prepare(raw: Raw, claims: Any) -> Any:
    """Give what the user drew."""
    del claims
    return raw.values


def study(prepared: Any, claim: Claim) -> "Study":
    """Compute both sides."""
    setting: Any = claim.setting
    check, values = setting.check_of(claim), prepared
    for change in setting.changes(claim):
        values = change(values)
    role = "check" if check == setting.check else "false_twin"
    try:
        return Study(*_sides(check, values, claim.identity))
    except Exception as error:
        raise failure(error, check, f"{claim.name}: {role} failed") from error


@dataclasses.dataclass(frozen=True)
class Study:
    """Both sides of a claim on an instance."""

    left: Measured
    right: Measured

    def quantity(self, data: Any, *arguments: Any) -> Measured:
        """Give a side."""
        del arguments
        return getattr(self, data[-1])


@functools.cache
def drawing(draw: Callable[..., Any]) -> Callable[..., Raw]:
    """Make raw instances of what a function draws; one for each function."""

    def drawn(key, variant=None) -> Raw:
        del variant
        try:
            values = jax.tree.map(jnp.asarray, draw(key))
        except Exception as error:
            raise failure(error, draw, "draw failed") from error
        return Raw(values, jnp.zeros(1, jnp.int32))

    return drawn


@functools.cache
def _constant(draw: Callable[..., Any]) -> str:
    """Say that a function draws one instance, or none that comes from its key; else nothing.

    Few instances pass: where two keys give the same one, `SAMPLE` keys are tried. So does NaN alone,
    which is counted as invalid.
    """
    made = drawing(draw)
    first, second, *_ = keys = jax.random.split(jax.random.key(0), SAMPLE)
    drawn = made(first)
    if not _same(drawn, made(first), nan=True):
        return (
            "draw gives one key different instances: numbers that do not come from it, such as numpy's, "
            "are drawn once, while tracing"
        )
    if not _same(drawn, made(second)):
        return ""
    same = jax.jit(lambda given: jax.lax.map(lambda key: _same(drawn, made(key)), given))
    if not jnp.all(same(keys)):
        return ""
    return (
        f"draw gives {SAMPLE:,} different keys one and the same instance: it ignores its key, or takes "
        "its numbers from elsewhere (numpy's are drawn once, while tracing)"
    )


def _same(one: Any, other: Any, *, nan: bool = False) -> Bool[Array, ""]:
    """Whether two instances agree in every number; `nan`: whether NaN agrees with NaN."""
    pairs = zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True)
    return jnp.all(jnp.stack([jnp.all((a == b) | (nan & (a != a) & (b != b))) for a, b in pairs]))


def _sides(check: Check, values: Any, identity: bool) -> tuple[Measured, Measured]:
    """Compute both sides of what a check returns."""
    found = check(values)
    if isinstance(found, Inequality):
        if found.identity != identity:
            given = f"identity={found.identity}"
            raise ValueError(f"the Inequality has {given}; say so to w2sjax.claim")
        left = measured(Rounded(found.lhs, found.tolerance), found.scale)
        return left, measured(exact(found.rhs))
    several = isinstance(found, tuple)
    if not several or len(found) not in (2, 3):
        got = type(found).__name__ + (f" of {len(found)}" if several else "")
        wanted = "(lhs, rhs), (lhs, rhs, tolerance) or an Inequality"
        raise ValueError(f"expected {wanted}, got {got}")
    given = list(map(_side, found))
    kinds = [isinstance(side, Rounded) for side in given]
    if any(kinds) and kinds != [True, True]:
        advice = "w2sjax.arithmetic.rounding.exact(x) makes one of a number"
        raise ValueError(f"Rounded sides come as two; {advice}")
    if len(found) == 3:
        given = [Rounded(given[0], given[2]), exact(given[1])]
    elif not any(kinds):
        given = rounded(lambda drawn: tuple(map(_side, check(drawn))), values)
    left, right = map(measured, given)
    return left, right


def _side(given: Any) -> Any:
    array = given.value if isinstance(given, Rounded) else jnp.asarray(given)
    if array.shape != () or jnp.issubdtype(array.dtype, jnp.complexfloating):
        got = f"{array.dtype} of shape {array.shape}"
        raise ValueError(f"expected a real number on either side, got {got}")
    return given if isinstance(given, Rounded) else array.astype(jnp.result_type(float))
