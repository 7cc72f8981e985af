"""Claims: a formula with its assumptions, as data."""

import dataclasses
import functools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from w2sjax.language.evaluation import quantities
from w2sjax.language.names import nearest
from w2sjax.language.terms import UNKNOWN, Comparison, Term


@dataclasses.dataclass(frozen=True)
class Assumption:
    """What a theorem assumes, and can be asked to do without.

    Attributes:
        name: what `--drop` calls it.
        description: one line for people.
        formula: what it says of an instance, where that is a formula: all interpreters decide it.
        data: what the setting needs to know of it.
        impose: makes an instance of a user's own satisfy it, in JAX, where drawn ones need not.
        drop: makes an instance of a user's own violate it, where drawn ones satisfy it.
    """

    name: str
    description: str
    formula: Comparison | None = None
    data: Any = None
    impose: Callable[[Any], Any] | None = None
    drop: Callable[[Any], Any] | None = None

    def __post_init__(self):
        if self.formula is not None and len(_compared("formula", self.formula)) != 1:
            raise TypeError(f"formula: expected one comparison, got {self.formula!r}")


Comparisons = Comparison | tuple[Comparison, ...]


def _compared(field: str, given: Any) -> tuple[Comparison, ...]:
    """Give the comparisons of a field, one or several in a tuple."""
    several = given if isinstance(given, tuple) else (given,)
    if any(isinstance(one, bool) for one in several):
        raise TypeError(f"{field}: got a bool: == compares formulas; use equal(a, b)")
    if not all(isinstance(one, Comparison) for one in several):
        raise TypeError(f"{field}: expected a comparison, such as a <= b, got {given!r}")
    return several


@dataclasses.dataclass(frozen=True)
class Claim:
    """A statement that w2sjax can verify, and try to break.

    Attributes:
        title: what people call it.
        source: paper with theorem number and arXiv id, or "derived".
        setting: what it speaks of; `settings.setting.Setting` says what it has to have.
        claim: the comparison that is claimed; several in a tuple, if all are.
        assumptions: each can be dropped.
        where: further conditions on an instance, without which the claim says nothing.
        false_twin: a stronger, false claim of the same form, which a search must refute; by default one
            made by a small change.
        tight: an exact instance at which equality is attained.
        allowance: what computed students may make the slack negative by, in floating point.
        sets: names of the convex sets it is stated for; None for all that the setting has.
        failure: delta, for a claim with probability at least 1 - delta.
        name: its file's name, or what its file calls it.
        dropped: the assumption that it does without.
        twin: whether it is the false twin of the claim of its name.
    """

    title: str
    source: str
    setting: Any
    claim: Comparisons
    assumptions: tuple[Assumption, ...] = ()
    where: tuple[Comparison, ...] = ()
    false_twin: Comparisons | None = None
    tight: Any = None
    allowance: Term | None = None
    sets: tuple[str, ...] | None = None
    failure: Fraction | None = None
    name: str = ""
    dropped: str | None = None
    twin: bool = False

    def __post_init__(self):
        for field in ("claim", "false_twin") if self.false_twin is not None else ("claim",):
            given = getattr(self, field)
            several = _compared(field, given)
            if not several:
                raise TypeError(f"{field}: expected a comparison, such as a <= b, got {given!r}")
            if len({one.identity for one in several}) > 1:
                raise TypeError(f"{field}: expected inequalities or identities, got both")
            if any(one.relation == "<" for one in several):
                raise TypeError(f"{field}: less(a, b) is for conditions; claim a <= b")
        if not isinstance(self.where, tuple):
            raise TypeError(f"where: expected a tuple, such as (a <= b,), got {self.where!r}")
        _compared("where", self.where)
        given = self.assumptions
        if not isinstance(given, tuple) or not all(isinstance(one, Assumption) for one in given):
            raise TypeError(f"assumptions: expected a tuple of them, got {given!r}")
        if self.failure is not None and not 0 < self.failure < 1:
            raise ValueError(f"failure: expected a probability between 0 and 1, got {self.failure}")
        check = getattr(self.setting, "check_claim", None)
        if check is not None:
            check(self)

    def __hash__(self) -> int:
        return hash((self.name, self.title, self.dropped, self.twin))

    def _repr_latex_(self) -> str:
        from w2sjax.language.printing import display

        return display(self)

    def __rich__(self) -> Any:
        from rich.text import Text

        from w2sjax.language.printing import described

        return Text(described(self))

    @functools.cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """What is claimed."""
        return self.claim if isinstance(self.claim, tuple) else (self.claim,)

    @functools.cached_property
    def conditions(self) -> tuple[tuple[str, Comparison], ...]:
        """The formulas that an instance has to satisfy, with the name of the assumption that each is."""
        own = [(a.name, a.formula) for a in self.assumptions if a.formula is not None]
        return (*own, *(("", condition) for condition in self.where))

    @functools.cached_property
    def terms(self) -> tuple[Term, ...]:
        """Both sides of all comparisons: what is claimed, then the conditions."""
        every = (*self.comparisons, *(condition for _, condition in self.conditions))
        return tuple(side for one in every for side in (one.lower, one.upper))

    @functools.cached_property
    def parts(self) -> tuple[tuple[Term, ...], ...]:
        """Both sides of what is claimed, then of each condition."""
        count = 2 * len(self.comparisons)
        pairs = zip(self.terms[count::2], self.terms[count + 1 :: 2], strict=True)
        return self.terms[:count], *pairs

    @functools.cached_property
    def quantities(self) -> tuple[Any, ...]:
        """What it calls the quantities that take part, also in conditions."""
        return quantities(self.terms)

    @functools.cached_property
    def unknowns(self) -> tuple[str, ...]:
        """Names of the constants that are sought, in the order of the formula."""
        return tuple(name for head, *rest in self.quantities if head == UNKNOWN for name in rest)

    def decided(self) -> "Claim":
        """Give the claim, if an instance decides it.

        Raises:
            ValueError: if it has an unknown constant.
        """
        if self.unknowns:
            raise ValueError(
                f"{self.name or self.title} has the unknown constant {self.unknowns[0]}: "
                "w2sjax sharpen finds the best one"
            )
        return self

    @property
    def identity(self) -> bool:
        """Whether equality is claimed."""
        return any(one.identity for one in self.comparisons)

    @property
    def title_with_drop(self) -> str:
        """Its name, with what it does without."""
        return self.name + (f" without {self.dropped}" if self.dropped else "")

    def assumes(self, assumption: Assumption | str) -> bool:
        """Whether it makes an assumption (still)."""
        name = assumption if isinstance(assumption, str) else assumption.name
        return any(one.name == name for one in self.assumptions)

    def assumed(self, name: str) -> Iterator[Assumption]:
        """List the assumptions of a name."""
        return (one for one in self.assumptions if one.name == name)

    @property
    def droppable(self) -> tuple[str, ...]:
        """Names of the assumptions."""
        return tuple(dict.fromkeys(one.name for one in self.assumptions))

    def without(self, name: str | None) -> "Claim":
        """Do without an assumption; None leaves the claim as it is.

        Raises:
            ValueError: if it has none of this name.
        """
        if name is None:
            return self
        if name not in self.droppable:
            known = nearest(name, self.droppable)
            raise ValueError(f"drop: {self.name} has no assumption {name!r}; {known}")
        left = tuple(one for one in self.assumptions if one.name != name)
        return dataclasses.replace(self, assumptions=left, dropped=name)

    @property
    def over_sets(self) -> bool:
        """Whether its instances are over a convex set."""
        return bool(getattr(self.setting, "sets", False))

    def stated_for(self, variant: Any) -> bool:
        """Whether it is about this set or kind of set; None stands for no set."""
        if not self.over_sets or variant is None:
            return not self.over_sets and variant is None
        named = (self.sets, getattr(self.setting, "sets", None))
        return all(variant.name in sets for sets in named if isinstance(sets, tuple))
