"""What a kind of exact instances is: all that the search, both engines and the pages need to know of it.

Needs no JAX.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from w2sjax.falsification.decision import Decision
from w2sjax.falsification.opinion import Opinion
from w2sjax.falsification.statement import Statement


@runtime_checkable
class Instance(Protocol):
    """Exact numbers that a statement can be decided on."""

    @property
    def size(self) -> int:
        """Number of points."""
        ...

    def fault(self) -> str | None:
        """Say what makes it no instance at all."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, rationals as text."""
        ...

    def described(self) -> str:
        """Say in a few words how large it is."""
        ...


@dataclasses.dataclass(frozen=True)
class Kind:
    """What can be done with one kind of instance.

    Attributes:
        read: makes an instance of what `to_json` gave; ValueError if it is none.
        decide: `decide(statement, instance, precisions)`, the engine; the instance has no fault.
        check: `check(statement, instance, students)`, the second opinion, by `fractions` alone.
        small: `small(statement, set kind, its parameters or None, seed)` lists small instances; endless.
        steps: `steps(instance, statement)` proposes smaller instances.
        cost: what a step has to lower.
        page: `page(instance, statement, students)` gives lines of Markdown.
        words: `words(statement)` names the quantities as in the papers.
        rounded: `rounded(instance, statement)` proposes instances with shorter numbers, none by default.
        walks: `walks(statement, seed, restarts)` is a local search that yields instances with their
            slacks; None where there is none.
        lacking: what the second engine has not and a statement needs, so that nothing can be confirmed.
        likely: whether its statements hold with a probability, and the sides of a decision are the
            probability of failure and delta.
    """

    read: Callable[[Any], Any]
    decide: Callable[[Statement, Any, tuple[int, ...]], Decision]
    check: Callable[[Statement, Any, Any], Opinion]
    small: Callable[[Statement, str, Any, int], Iterator[Any]]
    steps: Callable[[Any, Statement], Iterator[Any]]
    cost: Callable[[Any], tuple[int, ...]]
    page: Callable[[Any, Statement, Any], list[str]]
    words: Callable[[Statement], Mapping[str, str]]
    rounded: Callable[[Any, Statement], Iterator[Any]] = lambda instance, statement: iter(())
    walks: Callable[[Statement, int, int], Iterator[tuple[Any, float]]] | None = None
    likely: bool = False
    lacking: Callable[[Statement], str] = lambda statement: ""
