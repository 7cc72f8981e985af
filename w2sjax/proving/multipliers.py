r"""The search for certificates: multipliers λ for which what is left of the slack is a sum of squares.

Multipliers, weights of means and unknown constants are the variables of a linear matrix inequality. Roots
with a positive factor are bounded from below by Cauchy-Schwarz for every pair of differences of named
functions that is shown to be short enough; roots with a negative one from above by weighted means.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from w2sjax.proving.certificate import (
    Certificate,
    Combination,
    Used,
    above_product,
    above_zero,
    below_mean,
)
from w2sjax.proving.feasibility import least, solve
from w2sjax.proving.forms import Form, minus, number, pair, square, squares
from w2sjax.proving.statements import Condition, Slack, Statement
from w2sjax.proving.systems import Affine, Matrix, System

ZERO, ONE = Fraction(0), Fraction(1)


@dataclasses.dataclass(frozen=True)
class Usable:
    """A condition, and what it rests on."""

    condition: Condition
    because: tuple[Certificate, ...] = ()


class Search:
    """The search for certificates of one statement."""

    def __init__(self, statement: Statement):
        self.statement = statement
        self._lengths: dict[Form, tuple[tuple[Combination, Certificate], ...]] = {}
        self._shown: dict[Form, Certificate | None] = {}

    def certificate(self, slack: Slack) -> Certificate | None:
        """Prove an inequality without unknowns, with as few conditions as a greedy choice leaves."""
        positive = [self.shown(form) for form in slack.positive]
        usable = self.usable(slack)
        found = self._found(slack, usable)
        if found is None or any(one is None for one in positive):
            return None
        place = len(found.used) - 1
        while place >= 0:
            fewer = [
                Usable(one.condition, one.because) for i, one in enumerate(found.used) if i != place
            ]
            shorter = self._found(slack, fewer)
            found = shorter or found
            place = min(place, len(found.used)) - 1
        return dataclasses.replace(
            found, positive=tuple(one for one in positive if one is not None)
        )

    def shown(self, form: Form) -> Certificate | None:
        """Prove that a form without roots is at least 0."""
        if form not in self._shown:
            plain = [Usable(one) for one in self.statement.conditions]
            self._shown[form] = self._found(Slack(form, {}), plain)
        return self._shown[form]

    def usable(self, slack: Slack) -> list[Usable]:
        """List all that a proof may use."""
        found = [Usable(one) for one in self.statement.conditions]
        parts = [slack.form, *slack.unknown.values()]
        for root, factors in self.statement.roots.items():
            if any(part[(root,)] > 0 for part in parts):
                found.append(Usable(above_zero(root)))
                for (x, first), (y, second) in itertools.product(*map(self._short, factors)):
                    found += [
                        Usable(above_product(root, sign, x, y), (first, second)) for sign in (1, -1)
                    ]
        return found

    def _short(self, factor: Form) -> tuple[tuple[Combination, Certificate], ...]:
        """List vectors whose squared norm is shown to be at most a form."""
        if factor not in self._lengths:
            names = [*self.statement.names]
            apart = [{name: ONE} for name in names]
            apart += [minus({i: ONE}, {j: ONE}) for i, j in itertools.combinations(names, 2)]
            own = squares(factor.matrix(names))
            if own is not None and len(own) == 1 and own[0][0] == 1:
                vector = dict(zip(names, own[0][1], strict=True))
                apart.insert(0, {name: share for name, share in vector.items() if share})
            seen: dict[Form, tuple[Combination, Certificate]] = {}
            for vector in apart:
                proof = self.shown(factor - square(vector))
                if proof is not None:
                    seen.setdefault(square(vector), (tuple(sorted(vector.items())), proof))
            self._lengths[factor] = tuple(seen.values())
        return self._lengths[factor]

    def _found(self, slack: Slack, usable: Sequence[Usable]) -> Certificate | None:
        problem = Multipliers(self.statement, slack, usable)
        answer = solve(problem.system, problem.total)
        return None if answer.point is None else problem.certificate(answer.point, self)

    def extreme(self, slacks: Sequence[Slack], name: str, sign: int) -> float:
        """Give the least (sign 1) or greatest (-1) constant for which all are proved, numerically.

        Infinite where there is no least one, or greatest; "nan" where there is no constant at all.
        """
        found = []
        for slack in slacks:
            if name not in slack.unknown:
                found.append(-sign * math.inf if self.certificate(slack) else math.nan)
                continue
            problem = Multipliers(self.statement, slack, self.usable(slack))
            value, _ = least(problem.system, problem.variable(name, Fraction(sign)))
            found.append(math.nan if value == math.inf else sign * value)
        if any(map(math.isnan, found)):
            return math.nan
        return max(found) if sign > 0 else min(found)


class Multipliers:
    """The linear matrix inequality whose solutions are certificates of one inequality."""

    def __init__(self, statement: Statement, slack: Slack, usable: Sequence[Usable]):
        self.statement, self.slack, self.usable = statement, slack, list(usable)
        parts = [slack.form, *slack.unknown.values()]
        self.means = [r for r in statement.roots if any(part[(r,)] < 0 for part in parts)]
        forms = [*slack.unknown.values(), *(one.condition.form * -1 for one in self.usable)]
        for root in self.means:
            first, second = statement.roots[root]
            forms += [first * -1, number(root) * 2, second * -1]
        self.names = [*slack.unknown]
        self.forms, self.size = forms, len(forms)
        keys = {key for one in (slack.form, *forms) for key, _ in one.terms}
        numbers = sorted(key for key in keys if len(key) == 1)
        signs = [
            self.place(len(self.names) + i)
            for i, one in enumerate(self.usable)
            if not one.condition.equality
        ]
        self.system = System(
            self.size,
            (*[self._gram()][: len(statement.names)], *map(self._mean, range(len(self.means)))),
            tuple(signs),
            tuple(self.left(key) for key in numbers),
        )

    def place(self, index: int, share: Fraction = ONE) -> Affine:
        """Give a variable as an affine function."""
        return (ZERO, *(share if i == index else ZERO for i in range(self.size)))

    def variable(self, name: str, share: Fraction) -> Affine:
        """Give an unknown constant, times a number."""
        return self.place(self.names.index(name), share)

    @property
    def total(self) -> Affine:
        """The sum of the multipliers of inequalities; those by Cauchy-Schwarz count twice."""
        weights = [
            1 + (one.condition.kind == "product")
            for one in self.usable
            if not one.condition.equality
        ]
        rows = zip(weights, self.system.nonnegative, strict=True)
        total = [ZERO] * (self.size + 1)
        for weight, row in rows:
            total = [a + weight * b for a, b in zip(total, row, strict=True)]
        return tuple(total)

    def left(self, key: tuple[str, ...], factor: Fraction = ONE) -> Affine:
        """Give what is left of a coefficient."""
        return tuple(factor * one[key] for one in (self.slack.form, *self.forms))

    def _gram(self) -> Matrix:
        def entry(i: str, j: str) -> Affine:
            return self.left(pair(i, j), ONE if i == j else Fraction(1, 2))

        return [[entry(i, j) for j in self.statement.names] for i in self.statement.names]

    def _mean(self, index: int) -> Matrix:
        start = len(self.names) + len(self.usable) + 3 * index
        p, q, r = (self.place(start + i) for i in range(3))
        return [[p, q], [q, r]]

    def certificate(self, point: Sequence[Fraction], search: Search) -> Certificate | None:
        """Read a solution."""
        start = len(self.names)
        used = [
            Used(multiplier, one.condition, one.because)
            for one, multiplier in zip(self.usable, point[start:], strict=False)
            if multiplier
        ]
        for index, root in enumerate(self.means):
            place = start + len(self.usable) + 3 * index
            p, q, r = point[place : place + 3]
            factors = self.statement.roots[root]
            because = [search.shown(factor) for factor in factors]
            if any(one is None for one in because) or q < 0:
                return None
            shown = tuple(one for one in because if one is not None)
            used.append(Used(ONE, below_mean(root, (p, q, r), factors), shown))
        claimed = self.slack.form + _sum(
            form * point[i] for i, form in enumerate(self.forms[:start])
        )
        names = [*self.statement.names]
        remainder = claimed - _sum(one.condition.form * one.multiplier for one in used)
        found = squares(remainder.matrix(names))
        if found is None:
            return None
        return Certificate(
            claimed,
            tuple(used),
            tuple(
                (factor, tuple((n, x) for n, x in zip(names, vector, strict=True) if x))
                for factor, vector in found
            ),
        )


def _sum(forms: Iterable[Form]) -> Form:
    return sum(forms, Form())
