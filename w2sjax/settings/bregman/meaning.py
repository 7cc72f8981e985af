r"""What a claim asks of exact functions, whatever numbers an engine computes with.

A student is best on a convex set if its objective rises, to first order, towards every named member, and the
objective is convex; else if no named member is better:

| class | student first | weak model first |
| --- | --- | --- |
| convex | $\langle \nabla\varphi(v) - \nabla\varphi(f_w), u - v \rangle \ge 0$ | $\langle \nabla^2\varphi(v)
(v - f_w), u - v \rangle \ge 0$, if D is convex in its second argument |
| convex gradients | no exact side | $\langle \nabla\varphi(u) - \nabla\varphi(v), v - f_w \rangle \ge 0$ |
| log-linear | | $\mathbb{E}\, h (f_w - v)^\top = 0$ |
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from w2sjax.arithmetic.rationals import Matrix
from w2sjax.language.claims import Claim
from w2sjax.settings import bregman as symbols
from w2sjax.settings.exact import Case, Witness

WEAK, TARGET, STUDENT = symbols.weak, symbols.target, symbols.student
NEAR = Fraction(1, 10_000)  # the gap of a mixture that stands for the projection, at most
SLOPE = "the slope of a class that is not log-linear, or has no target, is that of no head"
HULL = "of the best member of a hull only its divergence from the weak model is enclosed"
CLASS = "a gap is over a class, and nothing is assumed to be in it"
ORDER = "students of convex gradients in the other order have no certificate: their objective is not convex"


def no_exact_side(claim: Claim) -> str:
    """Say why a claim has no exact side; "" where it has one."""
    linear = claim.assumes(symbols.LOG_LINEAR) and claim.assumes(symbols.REALIZABLE)
    if symbols.defect.data in claim.quantities and not linear:
        return SLOPE
    about = [data for data in claim.quantities if symbols.hull in data]
    if any(data != ("D", symbols.hull, WEAK) for data in about):
        return HULL
    named = any(map(claim.assumes, (symbols.EXACT, symbols.MEMBER, symbols.REALIZABLE)))
    if any(data[0] == "gap" for data in claim.quantities) and not named:
        return CLASS
    ordered = claim.assumes(symbols.WEAK_FIRST) or not claim.assumes(symbols.EXACT)
    return ORDER if claim.assumes(symbols.DUAL_CONVEX) and not ordered else ""


class Study(Witness):
    """The functions of an instance, as a claim means them.

    An engine says what a mean divergence is (`D`), a mean product (`pull`), whether numbers are certainly not
    negative (`nonnegative`) and what is between two of them (`between`), makes numbers of rational ones
    (`number`), and knows the `largest` of some and a `root`.

    Attributes:
        values: of the functions by name; members beside student and target are numbered.
        members: the names of those in the class.
    """

    D: Any
    pull: Any
    number: Any
    largest: Any
    root: Any
    nonnegative: Any
    between: Any

    def __init__(self, claim: Claim, instance: Any, shown: Any = None):
        super().__init__(claim, instance, shown)
        e = instance
        self.masses, others = e.weights(), dict(enumerate(map(e.values, e.others)))
        self.values: dict[Any, Matrix] = {
            WEAK: e.values(e.weak), TARGET: e.values(e.target), STUDENT: e.values(e.student), **others
        }  # fmt: skip
        self.combined = any(symbols.combination in data for data in claim.quantities)
        if self.combined:
            self.values[symbols.combination] = self.values[STUDENT]
        fitted = claim.assumes(symbols.EXACT) or claim.assumes(symbols.MEMBER) or self.combined
        realizable = claim.assumes(symbols.REALIZABLE)
        self.members = [STUDENT] * fitted + [TARGET] * realizable + list(others)

    def cases(self) -> list[Case]:
        """Give the one case that there is."""
        return [Case(self.quantity)]

    def properties(self) -> dict[str, bool]:
        """Check what the claim assumes; classes are as named, whatever they are assumed to be."""
        found, values, assumes = {}, self.values, self.claim.assumes
        if assumes(symbols.RELATIVE_ENTROPY):
            found[symbols.RELATIVE_ENTROPY.name] = self.instance.kind == "kl"
        if self.combined:
            found["probabilities"] = self.instance.scaled and self.instance.classes > 1
            found["a mixture"] = bool(self.instance.mixture) and self._mixed()
            found["the best predictor"] = self._least(symbols.STUDENT_FIRST)
        if assumes(symbols.LOG_LINEAR):
            logs = [STUDENT] + [TARGET] * assumes(symbols.REALIZABLE)
            given = self.instance.kind == "kl" and self.instance.features is not None
            found[symbols.LOG_LINEAR.name] = given and all(
                self._head(values[name]) for name in logs
            )
        if assumes(symbols.ONE_TARGET):
            found[symbols.ONE_TARGET.name] = all(a == b for a, b in pairwise(values[TARGET]))
        if assumes(symbols.MATCHED):
            found[symbols.MATCHED.name] = self._matched()
        if assumes(symbols.EXACT):
            found[symbols.EXACT.name] = self._best()
        return found

    def _mixed(self) -> bool:
        """Whether only members have weight in the mixture, and its gap is small enough to read sides."""
        if TARGET not in self.members and self.instance.mixture[1] != 0:
            return False
        return self.nonnegative(self.number(NEAR) - self._left(self._near()))

    def _best(self) -> bool:
        """Whether the student is the best member, in the order that is assumed or else in the other one."""
        kind, assumes = self.instance.kind, self.claim.assumes
        if assumes(symbols.LOG_LINEAR):
            return self.instance.features is not None and self._stationary()
        primal, rivals = assumes(symbols.STUDENT_FIRST), self._rivals()
        if assumes(symbols.DUAL_CONVEX):
            found = [self.pull(u, STUDENT, STUDENT, WEAK) for u in rivals]
        elif assumes(symbols.CONVEX) and primal:
            found = [self.pull(STUDENT, WEAK, u, STUDENT) for u in rivals]
        elif assumes(symbols.CONVEX):
            if kind == "itakura-saito":
                return False
            found = [self.number(self._bent(self.values[u])) for u in rivals]
        else:
            return self._least(symbols.STUDENT_FIRST if primal else symbols.WEAK_FIRST)
        return all(map(self.nonnegative, found))

    def _least(self, order: Any) -> bool:
        """Whether no named member is better."""
        primal = order == symbols.STUDENT_FIRST
        pairs = [(u, WEAK) if primal else (WEAK, u) for u in (STUDENT, *self._rivals())]
        own, *others = [self.D(*pair) for pair in pairs]
        return all(self.nonnegative(one - own) for one in others)

    def _rivals(self) -> list[Any]:
        """List the members that differ from the student; signs of what is exactly 0 stay open in balls."""
        return [u for u in self.members if self.values[u] != self.values[STUDENT]]

    def _bent(self, to: Matrix) -> Fraction:
        r"""Mean of $\langle \nabla^2\varphi(v) (v - f_w), u - v \rangle$."""
        bend = {"squared": lambda v: Fraction(1), "kl": lambda v: 1 / v,
                "logistic": lambda v: 1 / (v * (1 - v))}[self.instance.kind]  # fmt: skip
        rows = zip(self.masses, self.values[STUDENT], self.values[WEAK], to, strict=True)
        return sum(
            (m * bend(v) * (v - w) * (u - v)
             for m, *row in rows for v, w, u in zip(*row, strict=True)), Fraction(0)
        )  # fmt: skip

    def _stationary(self) -> bool:
        r"""Whether $\mathbb{E}\, h (f_w - v)^\top = 0$."""
        apart = [
            [m * (w - v) for w, v in zip(*rows, strict=True)]
            for m, *rows in zip(self.masses, self.values[WEAK], self.values[STUDENT], strict=True)
        ]
        features, columns = (
            zip(*self.instance.features, strict=True),
            list(zip(*apart, strict=True)),
        )
        sums = [sum(h * a for h, a in zip(one, column, strict=True))
                for one in features for column in columns]  # fmt: skip
        return not any(sums)

    def _head(self, one: Matrix) -> bool:
        """Whether scores are linear: what combines rows of whole features to 0 combines ratios to 1."""
        for relation in relations(self.instance.features):
            products = []
            for column in zip(*one, strict=True):
                product = Fraction(1)
                for value, first, power in zip(
                    column, (row[0] for row in one), relation, strict=True
                ):
                    product *= (value / first) ** power
                products.append(product)
            if any(product != 1 for product in products):
                return False
        return True

    def _matched(self) -> bool:
        """Whether the gradient at the student is the weak models' mean; of rational gradients alone."""
        gradient = {"squared": lambda v: v, "itakura-saito": lambda v: 1 / v}.get(
            self.instance.kind
        )
        if gradient is None:
            return False
        columns = zip(*self.values[WEAK], strict=True)
        means = [sum(m * gradient(w) for m, w in zip(self.masses, column, strict=True))
                 for column in columns]  # fmt: skip
        return all(list(map(gradient, row)) == means for row in self.values[STUDENT])

    def quantity(self, data: Any) -> Any:
        """Compute a quantity."""
        head, *names = data
        match head:
            case "D":
                return self._hull() if symbols.hull in names else self.D(*names)
            case "pull":
                first, second, to = names
                return self.pull(first, second, to, first)
            case "gap":
                return self._gap(names[0])
            case "defect":  # both are heads: what the slope gives of the way from one to the other
                return self.pull(TARGET, STUDENT, STUDENT, WEAK)
            case "least":
                return self._floor()
        return self.number(Fraction(self.instance.classes if head == "c" else 1))

    def _gap(self, one: Any) -> Any:
        return self.largest(*(self.pull(WEAK, one, u, one) for u in self.members))

    def _near(self) -> str:
        """Mix the member that is near the projection; give its name."""
        order = (STUDENT, TARGET, *range(len(self.instance.others)))
        whole = sum(self.instance.mixture)
        shares = [share / whole for share in self.instance.mixture]
        self.values["mixture"] = [
            [sum((s * self.values[name][i][j] for s, name in zip(shares, order, strict=True)), Fraction(0))
             for j in range(self.instance.classes)]
            for i in range(self.instance.size)
        ]  # fmt: skip
        return "mixture"

    def _hull(self) -> Any:
        r"""Enclose $D(v_\infty, f_w)$: a member's less its gap, at least."""
        near = self._near()
        found = self.D(near, WEAK)
        return self.between(found - self._left(near), found)

    def _left(self, near: str) -> Any:
        return self.largest(self.number(Fraction(0)), self._gap(near))

    def _floor(self) -> Any:
        r"""Enclose the least value of $v_k$ and $v_\infty$.

        $D(v_\infty, v)$ is at most the gap of the mixture v; and of probabilities all divergences are at
        least half the square of what an entry differs by.
        """
        near = self._near()
        least = min(min(row) for row in self.values[near])
        own = self.number(min(min(row) for row in self.values[STUDENT]))
        far = self.root(self._left(near) * self.number(2 / min(self.masses)))
        low, high = (self.number(least) - far, self.number(least) + far)
        none = self.number(Fraction(0))
        return none - self.largest(none - own, none - self.between(low, high))


def relations(rows: Matrix) -> Iterator[list[int]]:
    """List whole combinations of rows of whole numbers that are 0, a basis of them."""
    left = [([*row], [Fraction(i == j) for j in range(len(rows))]) for i, row in enumerate(rows)]
    for column in range(len(rows[0])):
        pivot = next((one for one in left if one[0][column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        for row, made in left:
            share = row[column] / pivot[0][column]
            row[:] = [a - share * b for a, b in zip(row, pivot[0], strict=True)]
            made[:] = [a - share * b for a, b in zip(made, pivot[1], strict=True)]
    for _, made in left:
        whole = 1
        for value in made:
            whole *= value.denominator
        yield [int(value * whole) for value in made]
