"""What a setting is: all that the interpreters need to know of the instances that theorems speak of.

A setting is a folder `settings/NAME` of the modules below. They are imported when they are asked for, so
that a
claim's file needs neither JAX nor flint, and a replay no JAX.

Vocabulary (`__init__.py`, needs nothing):
    SETTING: the `Setting`; the symbols and assumptions that claims are written in.
    written(data, style, *arguments): a quantity as LaTeX or Unicode (`language.printing`), where no table of
        symbols says it; writer(claim): the same for one claim, if that tells how a symbol is written.
    check(claim): raises where a claim makes no sense; sets_of(claim): names of the convex sets that its
        assumptions leave, or None for all. Both may be absent.

instance.py (needs nothing):
    Instance: exact numbers, a `records.Record` with `fault()` and `described()`, how many points
    (or what it has) first.

engine.py (flint): `Engine(claim, instance, bits)`, the first opinion, with
    properties(): which of the conditions that are no formulas hold, by name; all are decided exactly.
    cases(): `exact.Case`s; the claim is about each, or about most of them if it has a probability.
    evidence(): plain objects that the checker needs, after the quantities that take part were asked for.
    Where its code has constants that stand for more than themselves, literally(): the engine in which they
    do not, or None, and what to say of a violation that hangs on that.
    Beside it, where some claims have no exact side: no_exact_side(claim), why not, or "".

checker.py (`fractions` alone): `Checker(claim, instance, evidence)`, the second opinion by other
algorithms, with
    properties() and cases() likewise, numbers as `Interval`s; `notes`, how projections were checked.
    It may raise `RefusedError`.

search.py (needs nothing):
    small(claim, kind, parameters, seed): small exact instances without end; of a kind of convex set if
    there is one.
    steps(instance, claim): smaller instances; cost(instance): what a step has to lower. Some have
    rounded(instance, claim): instances with shorter numbers; and walks(claim, seed, restarts): a local search
    that yields instances with their slacks.

page.py (flint): page(instance, claim, evidence): the instance as lines of Markdown.

floats.py (JAX): STRATA; draw(key, variant): a random instance, raw; prepare(raw, claims): what the claims
share;
    study(prepared, claim): `quantity(data, *arguments)` in `arithmetic.measured.Measured` numbers for one
    claim, with
    its assumptions imposed and its dropped one broken.

conversion.py (JAX, flint): exact_instances(raw, claim): a raw instance in exact numbers, a list; absent
where random
    instances have no exact side. from_exact(instance): the other way, for instances at which claims are
    tight.

climbing.py (JAX), where gradient ascent makes sense: draw(key, variant): a raw instance to start from;
    moving(raw): a tree of the numbers that may move; moved(raw, numbers): the raw instance with other ones;
    inside(raw, numbers): numbers that are allowed, near given ones.
"""

import dataclasses
import functools
import importlib
import importlib.util
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from w2sjax.language.names import unknown


@dataclasses.dataclass(frozen=True)
class Setting:
    """What theorems speak of.

    Attributes:
        name: its folder's.
        sets: whether its instances are over a convex set; of these kinds alone, if they are named.
        exact: whether it has exact instances.
        symbols: how its quantities are written, by name: LaTeX, Unicode, and how strongly that binds.
    """

    name: str
    sets: bool | tuple[str, ...] = False
    exact: bool = True
    symbols: Mapping[str, tuple[Any, ...]] = dataclasses.field(default_factory=dict, compare=False)

    def __reduce__(self) -> Any:
        """Read it by its name."""
        return setting_named, (self.name,)

    @property
    def package(self) -> str:
        """Where its modules are."""
        return f"w2sjax.settings.{self.name}"

    def part(self, name: str) -> Any:
        """Import one of its modules."""
        return importlib.import_module(f"{self.package}.{name}")

    def has(self, name: str) -> bool:
        """Whether it has a module of this name."""
        return importlib.util.find_spec(f"{self.package}.{name}") is not None

    def check_claim(self, claim: Any) -> None:
        """Refuse a claim that makes no sense here; name the sets that its assumptions leave."""
        if hasattr(self.vocabulary, "check"):
            self.vocabulary.check(claim)
        if claim.sets is None and hasattr(self.vocabulary, "sets_of"):
            object.__setattr__(claim, "sets", self.vocabulary.sets_of(claim))

    def written(self, data: Any, style: Any, *arguments: str) -> Any:
        """Write a quantity."""
        if hasattr(self.vocabulary, "written"):
            return self.vocabulary.written(data, style, *arguments)
        (latex, unicode, *binds), *inside = (self.symbols[part] for part in data)
        if inside:
            return style.call(latex, unicode, [(style.choose(*part), 0) for part in inside])
        text = style.choose(latex, unicode)
        return (text, *binds) if binds else text

    def writer(self, claim: Any) -> Any:
        """Give the function that writes the quantities of a claim."""
        of = getattr(self.vocabulary, "writer", None)
        return self.written if of is None else of(claim)

    @functools.cached_property
    def vocabulary(self) -> ModuleType:
        """Its symbols."""
        return importlib.import_module(self.package)


NAMES = ("projection", "expansion", "sampling", "selection", "detection", "bandits", "mixture",
         "directions", "random_directions", "regression", "bregman", "drawn")  # fmt: skip


def setting_named(name: str) -> Setting:
    """Find a setting.

    Raises:
        ValueError: if there is none.
    """
    if name not in NAMES:
        raise unknown("setting", name, NAMES)
    return importlib.import_module(f"w2sjax.settings.{name}").SETTING
