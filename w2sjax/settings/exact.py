"""What both exact engines give and say: cases, refusals, evidence; needs nothing."""

import dataclasses
from collections.abc import Callable
from typing import Any

from w2sjax.arithmetic.open_error import OpenError as OpenError


class RefusedError(Exception):
    """The evidence does not show what it has to."""


class NoExactSideError(ValueError):
    """A claim that cannot be put into exact numbers; says why."""


class Witness:
    """What is common to engines and checkers of instances that say themselves what they satisfy.

    Attributes:
        claim, instance: what it is about.
        shown: the evidence that a checker is given.
        always: names of conditions that are asked of every instance, beside the claim's assumptions.
    """

    always: tuple[str, ...] = ()

    def __init__(self, claim: Any, instance: Any, shown: Any = None):
        self.claim, self.instance, self.shown = claim, instance, shown

    def properties(self) -> dict[str, bool]:
        """Tell which of the conditions that are no formulas hold."""
        met = self.instance.satisfied()
        return {n: met[n] for n in met if self.claim.assumes(n) or n in self.always}

    def evidence(self) -> dict[str, Any]:
        """Give what the checker needs: nothing but the cases that fail, which the decision states."""
        return {}


@dataclasses.dataclass(frozen=True)
class Case:
    """What may happen in an instance: one sample, one path; or all that there is.

    Attributes:
        quantity: `quantity(data, *arguments)`, in the engine's numbers.
        weight: its probability, where the claim has one; else None.
        label: what tells the checker which case it is: plain objects.
        width: over how many models its quantities range, as tuples; None for single numbers.
        fixed: tells of a quantity whether it is the same in all cases; None where none is.
    """

    quantity: Callable[..., Any]
    weight: Any = None
    label: Any = None
    width: int | None = None
    fixed: Callable[[Any], bool] | None = None
