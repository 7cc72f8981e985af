"""Several weak models for one class and one target, in rational numbers; needs nothing."""

import dataclasses
from fractions import Fraction

from w2sjax.arithmetic.rationals import Vector
from w2sjax.settings.projection.problem import Problem
from w2sjax.settings.projection.problem import two_points as one_model
from w2sjax.settings.records import Record


@dataclasses.dataclass(frozen=True)
class Selection(Record):
    """A projection problem with more weak models than one.

    Attributes:
        problem: class, target and the first weak model.
        others: values of the other weak models.
    """

    problem: Problem
    others: tuple[Vector, ...]

    @property
    def size(self) -> int:
        """Number of points."""
        return self.problem.size

    @property
    def count(self) -> int:
        """Number of weak models."""
        return 1 + len(self.others)

    def problems(self) -> list[Problem]:
        """Give the problem of every weak model."""
        return [self.problem, *(dataclasses.replace(self.problem, weak=w) for w in self.others)]

    def described(self) -> str:
        """Say how many weak models, points and coefficients there are."""
        models = "1 weak model" if self.count == 1 else f"{self.count} weak models"
        return f"{models}, {self.problem.described()}"

    def fault(self) -> str | None:
        """Say what makes it none."""
        for weak in self.others:
            if len(weak) != self.size:
                return f"others: expected {self.size} numbers each, got {len(weak)}"
        return self.problem.fault()


Instance = Selection


def two_points(*weak: tuple[int, int], target: tuple[int, int]) -> Selection:
    r"""Put two points of equal weight under one feature: functions of the class are $(\theta, \theta)$."""
    first, *others = weak
    problem = one_model("subspace", weak=first, truth=0, offset=target)
    return Selection(problem, tuple([Fraction(value) for value in values] for values in others))
