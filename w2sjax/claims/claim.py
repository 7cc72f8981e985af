"""What a claim is: a statement with its hypotheses, a way to draw instances, and a check.

A claim is checked in four steps: `draw` makes a raw instance from a key, `prepare` derives what
several claims share (projections), every hypothesis is imposed or dropped, and `check` computes both
sides. Claims with the same `draw` and `prepare` share their instances.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from jaxtyping import Array, PRNGKeyArray

from w2sjax.claims.inequality import Inequality


def _unchanged(prepared: Any) -> Any:
    return prepared


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """An assumption of a theorem, and a way to draw instances without it.

    Attributes:
        description: one line for people.
        impose: makes a prepared instance satisfy it, where drawn instances need not.
        drop: makes a prepared instance violate it, where drawn instances satisfy it.
    """

    description: str
    impose: Callable[[Any], Any] = _unchanged
    drop: Callable[[Any], Any] = _unchanged


@dataclasses.dataclass(frozen=True)
class Domain:
    """A kind of instance that several claims share.

    Attributes:
        name: the folder of the claims; after a slash, which of the kinds it has.
        draw: `draw(key, variant)` makes a raw instance (a pytree of arrays of fixed shapes) with an
            integer array `strata` of the kinds it belongs to.
        prepare: `prepare(instance, needs)` derives what the checks need.
        strata: the names of the kinds.
    """

    name: str
    draw: Callable[..., Any]
    prepare: Callable[..., Any]
    strata: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Claim:
    """A statement that w2sjax can verify and try to falsify.

    Attributes:
        name: its file's name.
        title: what people call it.
        statement: LaTeX.
        reference: paper with theorem number and arXiv id, or "derived".
        domain: where its instances come from.
        hypotheses: by name; each can be dropped.
        check: both sides on a prepared instance.
        false_twin: a stronger, false statement of the same form, which a search must refute.
        tight_at: builds a raw instance at which equality is attained; None if unknown.
        sets: names of the convex sets it is stated for; None for all of them, () for a statement that
            is not about one.
        needs: what `prepare` has to derive for it.
        failure: for a statement "with probability at least 1 - delta", delta: the share of instances
            that may violate it.
        exact: the statement in exact numbers (a `falsification.statement.Statement`), or
            `exact(drop, twin)` that derives it, for a claim that is not of the registry: those are
            found by name.
    """

    name: str
    title: str
    statement: str
    reference: str
    domain: Domain
    hypotheses: Mapping[str, Hypothesis]
    check: Callable[[Any], Inequality]
    false_twin: Callable[[Any], Inequality]
    tight_at: Callable[[], Any] | None = None
    sets: tuple[str, ...] | None = None
    needs: tuple[str, ...] = ("projection",)
    failure: float | None = None
    exact: Any = None

    def stated_for(self, variant: Any) -> bool:
        """Whether it is about this set or kind of set; None stands for no set."""
        if self.sets == () or variant is None:
            return self.sets == () and variant is None
        return self.sets is None or variant.name in self.sets

    def impose(self, prepared: Any, drop: str | None = None) -> Any:
        """Make a prepared instance satisfy every hypothesis except `drop`.

        Raises:
            ValueError: if `drop` is not one of the hypotheses.
        """
        if drop is not None and drop not in self.hypotheses:
            known = ", ".join(self.hypotheses) or "none"
            raise ValueError(f"drop: {self.name} has no hypothesis {drop!r} (it has: {known})")
        for name, hypothesis in self.hypotheses.items():
            change = hypothesis.drop if name == drop else hypothesis.impose
            prepared = change(prepared)
        return prepared

    def evaluate(
        self, key: PRNGKeyArray, variant: Any = None, *, drop: str | None = None
    ) -> tuple[Inequality, Array]:
        """Draw one instance and check it; also returns the strata it belongs to."""
        instance = self.domain.draw(key, variant)
        prepared = self.impose(self.domain.prepare(instance, self.needs), drop)
        return self.check(prepared), instance.strata
