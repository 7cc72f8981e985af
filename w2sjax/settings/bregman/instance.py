r"""Functions in rational numbers, and the class that they name; needs nothing.

The class is made of its named members: the student, the target where it is realizable, and others. Convex, it
is their hull; with convex gradients it is the hull of their gradients; log-linear, it is all heads over the
features. The divergence of Mahalanobis is the squared one in other coordinates, and is left out.
"""

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

from w2sjax.arithmetic.rationals import Matrix, Vector
from w2sjax.settings.records import Record, axes

Rows = Sequence[Sequence[int]]
KINDS = "squared", "kl", "logistic", "itakura-saito"


@dataclasses.dataclass(frozen=True)
class Instance(Record):
    r"""Functions on points, with vectors as values.

    Attributes:
        kind: of divergence, one of `KINDS`.
        scaled: whether the values at a point are scaled to sum to 1, as probabilities of classes.
        masses: of the points, scaled to sum to 1.
        weak, target, student: functions; of combinations the student is $v_k$, with k = 1.
        others: further members of the class.
        mixture: weights of student, target and others in a member near $v_\infty$, scaled to sum to 1.
        features: whole numbers, of a log-linear class.
    """

    kind: str
    scaled: bool
    masses: Vector = axes("point")
    weak: Matrix = axes("point", "class")
    target: Matrix = axes("point", "class")
    student: Matrix = axes("point", "class")
    others: list[Matrix] = axes("other", "point", "class", default_factory=list)
    mixture: Vector = axes("member", default_factory=list)
    features: Matrix | None = axes("point", "feature", default=None)

    @property
    def size(self) -> int:
        """Number of points."""
        return len(self.masses)

    @property
    def classes(self) -> int:
        """Number of coordinates of a value."""
        return len(self.weak[0])

    def described(self) -> str:
        """Say how many points there are, and which divergence."""
        points = "1 point" if self.size == 1 else f"{self.size} points"
        return f"{points}, c = {self.classes}, {self.kind}"

    def fault(self) -> str | None:
        """Say what makes it none."""
        if self.kind not in KINDS:
            return f"kind: expected one of {', '.join(KINDS)}, got {self.kind!r}"
        functions = {"weak": self.weak, "target": self.target, "student": self.student}
        functions |= {f"others[{i}]": one for i, one in enumerate(self.others)}
        if not self.masses or min(self.masses) <= 0:
            return "masses: expected positive numbers"
        whole = all(h.denominator == 1 for row in self.features or () for h in row)
        if self.features and (len(self.features) != self.size or not whole):
            return f"features: expected {self.size} rows of whole numbers"
        for name, one in functions.items():
            lengths = {len(row) for row in one}
            if len(one) != self.size or lengths != {self.classes} or not self.classes:
                return f"{name}: expected {self.size} vectors of one length, got {len(one)}"
            low = all(value > 0 for row in one for value in row)
            if (self.scaled or self.kind != "squared") and not low:
                return f"{name}: expected positive numbers"
            if self.kind == "logistic" and any(v >= 1 for row in self.values(one) for v in row):
                return f"{name}: expected probabilities between 0 and 1"
        if self.kind == "kl" and not self.scaled:
            return "scaled: the KL divergence is one of probabilities of classes"
        if self.mixture and (len(self.mixture) != 2 + len(self.others) or not sum(self.mixture) > 0
                             or min(self.mixture) < 0):  # fmt: skip
            return f"mixture: expected {2 + len(self.others)} weights, got {len(self.mixture)}"
        return self.misshapen()

    def values(self, one: Matrix) -> Matrix:
        """Give the values of a function as they are meant."""
        if not self.scaled:
            return one
        return [[value / sum(row) for value in row] for row in one]

    def weights(self) -> Vector:
        """Give the probabilities of the points."""
        return [mass / sum(self.masses) for mass in self.masses]


def points(weak: Rows, target: Rows, student: Rows) -> Instance:
    """Give functions on points of equal masses, with vectors of numbers as values; D is the squared one."""
    first, second, third = (
        [list(map(Fraction, row)) for row in one] for one in (weak, target, student)
    )
    masses = [Fraction(1)] * len(weak)
    return Instance("squared", False, masses, weak=first, target=second, student=third)
