"""A finite world in exact numbers."""

import dataclasses
from collections.abc import Iterable, Sequence
from fractions import Fraction

from w2sjax.settings.records import Record, axes

Rows = tuple[tuple[bool, ...], ...]
ABSTAINS = -1  # the teacher's label where it gives none


@dataclasses.dataclass(frozen=True)
class Instance(Record):
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

    masses: tuple[Fraction, ...] = axes("point")
    truth: tuple[int, ...] = axes("point")
    teacher: tuple[int, ...] = axes("point")
    hard: tuple[bool, ...] = axes("point")
    neighbours: Rows = axes("point", "point")
    classifiers: tuple[tuple[int, ...], ...] = axes("classifier", "point")
    q: Fraction = Fraction(0)
    c: Fraction | None = None

    @property
    def size(self) -> int:
        """Number of points."""
        return len(self.masses)

    def described(self) -> str:
        """Say how many points there are."""
        return "1 point" if self.size == 1 else f"{self.size} points"

    def fault(self) -> str | None:
        """Say what makes it no world at all."""
        count = self.size
        rows = (self.truth, self.teacher, self.hard, *self.classifiers, *self.neighbours)
        if count == 0 or len(self.neighbours) != count or not self.classifiers:
            return "neighbours, classifiers: expected a row a point, and at least one classifier"
        if set(map(len, rows)) != {count}:
            return f"expected {count} entries in every row"
        if min([mass.numerator for mass in self.masses]) < 0:
            return "masses: expected none negative"
        if not 0 <= self.q.numerator < self.q.denominator:
            return f"q: expected a number in [0, 1), got {self.q}"
        if self.c is not None and self.c <= 0:
            return f"c: expected a positive number, got {self.c}"
        least = min(min(self.truth), min(map(min, self.classifiers)), min(self.teacher) - ABSTAINS)
        if least < 0:
            return "labels: expected integers from 0 on (-1 where the teacher abstains)"
        points = zip(self.masses, self.truth, self.hard, strict=True)
        studied = {hard for mass, label, hard in points if mass and not label}
        for name, part in (("hard", True), ("overlap", False)):
            if part not in studied:
                return f"hard: expected a point of class 0 with mass among the {name} points"
        return None


def graph(count: int, edges: Iterable[tuple[int, ...]], *, one_way: bool = False) -> Rows:
    """Give the neighbourhoods that edges make."""
    rows = [[False] * count for _ in range(count)]
    for x, y in edges:
        rows[x][y] = True
        rows[y][x] |= not one_way
    return tuple(map(tuple, rows))


def world(
    *,
    teacher: Sequence[int],
    f: Sequence[int],
    edges: Iterable[tuple[int, int]] = (),
    hard: Sequence[int] | None = None,
    masses: Sequence[int] | None = None,
) -> Instance:
    """Make a world of one true label, 0, and one classifier; hard is where the teacher abstains, q = 0."""
    flags = [label == ABSTAINS for label in teacher] if hard is None else map(bool, hard)
    count, labels = len(teacher), (tuple(f),)
    weights = tuple(map(Fraction, masses or [1] * count))
    near = graph(count, edges)
    return Instance(weights, (0,) * count, tuple(teacher), tuple(flags), near, labels)
