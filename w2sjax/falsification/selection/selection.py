r"""Several weak models for one class and one target, in rational numbers; needs no JAX."""

import dataclasses
from typing import Any

from w2sjax.falsification.projection.problem import Problem, problem_from_json
from w2sjax.falsification.rationals import Vector, field, text


@dataclasses.dataclass(frozen=True)
class Selection:
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

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, rationals as text."""
        return {"problem": self.problem.to_json(), "others": text(self.others)}


def selection_from_json(fields: Any) -> Selection:
    """Read a choice among weak models.

    Raises:
        ValueError: for fields that are missing or wrong.
    """
    if not isinstance(fields, dict) or set(fields) != {"problem", "others"}:
        raise ValueError("selection: expected the fields others, problem")
    others = field("others", fields["others"], 2)
    selection = Selection(problem_from_json(fields["problem"]), tuple(others))
    fault = selection.fault()
    if fault is not None:
        raise ValueError(fault)
    return selection
