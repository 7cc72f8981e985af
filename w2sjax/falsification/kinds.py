"""The kinds of exact instances: what the search, both engines and the pages need to know of each.

A kind is named by the domain of the claims that are about it. Needs no JAX.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from w2sjax.falsification.decision import Decision
from w2sjax.falsification.opinion import Opinion
from w2sjax.falsification.projection.checker import check_problem
from w2sjax.falsification.projection.deciding import decide_problem
from w2sjax.falsification.projection.page import page as problem_page
from w2sjax.falsification.projection.page import words as problem_words
from w2sjax.falsification.projection.problem import problem_from_json
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.projection.steps import cost as problem_cost
from w2sjax.falsification.projection.steps import rounded
from w2sjax.falsification.projection.steps import steps as problem_steps
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.checker import check_world
from w2sjax.falsification.worlds.deciding import decide_world
from w2sjax.falsification.worlds.local import walks
from w2sjax.falsification.worlds.page import page as world_page
from w2sjax.falsification.worlds.page import words as world_words
from w2sjax.falsification.worlds.small import small_worlds
from w2sjax.falsification.worlds.steps import cost as world_cost
from w2sjax.falsification.worlds.steps import steps as world_steps
from w2sjax.falsification.worlds.world import world_from_json


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
        rounded: `rounded(instance, statement)` proposes instances with shorter numbers.
        steps: `steps(instance, statement)` proposes smaller instances.
        cost: what a step has to lower.
        page: `page(instance, statement, students)` gives lines of Markdown.
        words: `words(statement)` names the quantities as in the papers.
        walks: `walks(statement, seed, restarts)` is a local search that yields instances with their
            slacks; None where there is none.
    """

    read: Callable[[Any], Any]
    decide: Callable[[Statement, Any, tuple[int, ...]], Decision]
    check: Callable[[Statement, Any, Any], Opinion]
    small: Callable[[Statement, str, Any, int], Iterator[Any]]
    rounded: Callable[[Any, Statement], Iterator[Any]]
    steps: Callable[[Any, Statement], Iterator[Any]]
    cost: Callable[[Any], tuple[int, ...]]
    page: Callable[[Any, Statement, Any], list[str]]
    words: Callable[[Statement], Mapping[str, str]]
    walks: Callable[[Statement, int, int], Iterator[tuple[Any, float]]] | None = None


KINDS: dict[str, Kind] = {
    "projection": Kind(
        read=problem_from_json,
        decide=decide_problem,
        check=check_problem,
        small=small_problems,
        rounded=rounded,
        steps=problem_steps,
        cost=problem_cost,
        page=problem_page,
        words=problem_words,
    ),
    "expansion": Kind(
        read=world_from_json,
        decide=decide_world,
        check=lambda statement, world, students: check_world(statement, world),
        small=lambda statement, kind, parameters, seed: small_worlds(statement, seed),
        rounded=lambda world, statement: iter(()),
        steps=lambda world, statement: world_steps(world),
        cost=world_cost,
        page=world_page,
        words=world_words,
        walks=walks,
    ),
}
