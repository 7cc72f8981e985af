r"""Claims of one's own about instances of one's own: a bound in a few lines of JAX.

`claim` turns a function that computes both sides into a `Claim`, which is treated like the theorems and
which the command line finds in a file (`w2sjax verify my_bounds.py::my_claim`). How its sides are compared
is said in `settings.drawn.floats`; for exact numbers its code is traced.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from w2sjax.language.claims import Assumption, Claim
from w2sjax.language.numbers import exact_number
from w2sjax.settings.drawn import Check, Drawn, compared

# What is written now where older files say something else.
_INSTEAD = {
    "domain": "a formula about w2sjax's own instances, Claim(setting=..., claim=...)",
    "hypotheses": "assumptions=(w2sjax.Assumption(name, description, impose=...),)",
    "reference": "source=",
    "tight_at": "tight=",
}


def claim(
    *,
    draw: Callable[..., Any] | None = None,
    name: str | None = None,
    title: str | None = None,
    statement: str = "",
    source: str = "stated by its user",
    assumptions: Sequence[Assumption] | Mapping[str, Assumption] = (),
    identity: bool = False,
    failure: float | None = None,
    false_twin: Check | Claim | None = None,
    tight: Callable[[], Any] | None = None,
    valid: Check | None = None,
    **others: Any,
) -> Callable[[Check], Claim]:
    r"""Decorate a function of an instance that returns both sides of lhs $\le$ rhs: it becomes a `Claim`.

    Args:
        draw: `draw(key)` makes an instance, a tree of arrays of fixed shapes.
        name, title: the function's name and the first line of its docstring by default.
        statement: LaTeX, for people.
        source: where it is from.
        assumptions: imposed on what is drawn; each can then be dropped.
        identity: whether lhs = rhs is claimed.
        failure: delta, for a statement with probability at least 1 - delta.
        false_twin: a stronger, false statement of the same form: a function like the check, or a claim.
        tight: makes an instance, as `draw` does, where equality is attained.
        valid: whether the statement is about a drawn instance, as a truth value: what `draw` can give.
            `falsify` then tries instances with short numbers and makes counterexamples small; without it
            nothing but what was drawn counts.
        others: refused, with what to write instead.

    Raises:
        TypeError: for arguments that there are not.
        ValueError: without `draw`, or for a failure that is no probability. Later, while a check is
            traced: if it fails or what it returns says no sides.
    """
    for word in others:
        instead = f"; write {_INSTEAD[word]}" if word in _INSTEAD else ""
        raise TypeError(f"claim: there is no argument {word}={instead}")
    if draw is None:
        raise ValueError(f"claim: expected draw=, or write {_INSTEAD['domain']}")
    named = assumptions if isinstance(assumptions, Mapping) else {a.name: a for a in assumptions}
    listed = tuple(replace(assumption, name=word) for word, assumption in named.items())

    def decorate(check: Check) -> Claim:
        label = name or getattr(check, "__name__", "claim")
        described = inspect.getdoc(check) or label
        twin = false_twin.setting.check if isinstance(false_twin, Claim) else false_twin  # type: ignore[attr-defined]
        code: Any = {"draw": draw, "check": check, "twin": twin, "valid": valid}
        return Claim(
            title=title or described.splitlines()[0],
            source=source,
            setting=Drawn(**code, assumptions=listed, statement=statement),
            claim=compared(identity),
            assumptions=listed,
            false_twin=None if twin is None else compared(identity, "twin"),
            tight=tight,
            sets=(),
            failure=None if failure is None else exact_number(failure),
            name=label,
        )

    return decorate
