r"""A finite world in exact numbers, as in `claims.expansion.world`; needs no JAX."""

import dataclasses
from fractions import Fraction
from typing import Any

from w2sjax.falsification.rationals import field, text

ABSTAINS = -1


@dataclasses.dataclass(frozen=True)
class World:
    r"""Weighted points with true labels, a teacher, neighbourhoods and classifiers.

    Attributes:
        masses: not negative.
        truth: true labels, from 0; the points of class 0 are those under study.
        teacher: the teacher's labels; -1 where it abstains.
        hard: whether a point is hard-only (or the teacher abstains, in the bounds of Lang et al.).
        neighbours: row x holds $N(x)$.
        classifiers: a row of labels for each member of the family; the first is f.
        q: the probability above which sets have to expand.
        c: how much they have to; None for the largest constant that the family allows.
    """

    masses: list[Fraction]
    truth: list[int]
    teacher: list[int]
    hard: list[bool]
    neighbours: list[list[bool]]
    classifiers: list[list[int]]
    q: Fraction
    c: Fraction | None = None

    @property
    def size(self) -> int:
        """Number of points."""
        return len(self.masses)

    def described(self) -> str:
        """Say how many points there are."""
        return "1 point" if self.size == 1 else f"{self.size} points"

    def to_json(self) -> dict[str, Any]:
        """Give the world as plain objects; masses, q and c as text."""
        fields = dataclasses.asdict(self)
        fields |= {"masses": text(self.masses), "q": text(self.q)}
        fields["c"] = None if self.c is None else text(self.c)
        for name in ("hard", "neighbours"):
            fields[name] = _integers(fields[name])
        return fields

    def fault(self) -> str | None:
        """Say what makes it no world at all."""
        count = self.size
        rows = (self.truth, self.teacher, self.hard, *self.classifiers, *self.neighbours)
        if count == 0 or len(self.neighbours) != count or not self.classifiers:
            return "neighbours, classifiers: expected a row a point, and at least one classifier"
        if any(len(row) != count for row in rows):
            return f"expected {count} entries in every row"
        if min(self.masses) < 0:
            return "masses: expected none negative"
        if not 0 <= self.q < 1:
            return f"q: expected a number in [0, 1), got {self.q}"
        if self.c is not None and self.c <= 0:
            return f"c: expected a positive number, got {self.c}"
        if (
            min(self.truth) < 0
            or min(self.teacher) < ABSTAINS
            or min(map(min, self.classifiers)) < 0
        ):
            return "labels: expected integers from 0 on (-1 where the teacher abstains)"
        for name, part in (("hard", True), ("overlap", False)):
            if not any(m > 0 and y == 0 and h == part
                       for m, y, h in zip(self.masses, self.truth, self.hard, strict=True)):  # fmt: skip
                return f"hard: expected a point of class 0 with mass among the {name} points"
        return None


def _integers(value):
    return [_integers(part) for part in value] if isinstance(value, list) else int(value)


def world_from_json(fields: Any) -> World:
    """Read a world; without c, the largest one is meant.

    Raises:
        ValueError: for fields that are missing or wrong.
    """
    names = {field.name for field in dataclasses.fields(World)}
    if not isinstance(fields, dict) or set(fields) | {"c"} != names:
        raise ValueError(f"world: expected the fields {', '.join(sorted(names))}")
    try:
        world = World(
            masses=field("masses", fields["masses"], 1),
            truth=_labels(fields["truth"]),
            teacher=_labels(fields["teacher"]),
            hard=_flags(fields["hard"]),
            neighbours=[_flags(row) for row in fields["neighbours"]],
            classifiers=[_labels(row) for row in fields["classifiers"]],
            q=field("q", fields["q"], 0),
            c=None if fields.get("c") is None else field("c", fields["c"], 0),
        )
    except TypeError as error:
        raise ValueError(f"world: entries of the wrong kind ({error})") from error
    fault = world.fault()
    if fault is not None:
        raise ValueError(fault)
    return world


def _labels(row: Any) -> list[int]:
    if not isinstance(row, list) or any(type(label) is not int for label in row):
        raise ValueError("labels: expected a list of integers")
    return list(row)


def _flags(row: Any) -> list[bool]:
    if not isinstance(row, list) or any(
        type(part) not in (int, bool) or part not in (0, 1) for part in row
    ):
        raise ValueError("hard, neighbours: expected lists of 0 and 1")
    return [bool(part) for part in row]
