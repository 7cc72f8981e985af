r"""Counterexamples from Gram matrices: vectors with rational inner products as functions on weighted points.

A Gram matrix that satisfies the conditions strictly and makes a slack negative is found numerically, rounded
and factored, $G = LDL^\top$ in rationals: point k has the mass $D_k$, and function i the value $L_{ik}$.
The class is the convex hull of the named members, or their linear hull, or two members alone.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from w2sjax.proving.feasibility import least, solve
from w2sjax.proving.forms import Form, Key, number, pair, squares
from w2sjax.proving.statements import Slack, Statement
from w2sjax.proving.systems import Affine, Matrix, System
from w2sjax.settings.projection import AFFINE, MEMBER, SUBSPACE
from w2sjax.settings.projection.meaning import meaning_of
from w2sjax.settings.projection.problem import Problem

ZERO, ONE = Fraction(0), Fraction(1)
STEPS = 8  # of weights of means towards the best ones
TINY = 1e-8  # a slack that may be 0 but for rounding
Gram = dict[Key, Fraction]


class Models:
    """The search for Gram matrices that break an inequality of a statement."""

    def __init__(self, statement: Statement):
        self.statement = statement
        names = statement.names
        pairs = [pair(i, j) for i, j in itertools.combinations_with_replacement(names, 2)]
        used = {key for one in statement.conditions for key, _ in one.form.terms}
        used |= {
            k for s in statement.slacks for f in (s.form, *s.unknown.values()) for k, _ in f.terms
        }
        self.keys: list[Key] = [
            *pairs,
            *sorted(key for key in used if len(key) == 1),
        ]

    def affine(self, one: Form) -> Affine:
        """Give a form as a function of the entries."""
        known = dict(one.terms)
        return (ZERO, *(known.get(key, ZERO) for key in self.keys))

    def system(self, slack: Slack, level: Sequence[Form] = ()) -> System:
        """Say what a model has to satisfy; forms of `level` have to be 1."""
        names = self.statement.names
        gram: Matrix = [[self.affine(_inner(i, j)) for j in names] for i in names]
        blocks = [gram]
        for root, (first, second) in self.statement.roots.items():
            if slack.form[(root,)] < 0:
                middle = number(root)
                blocks.append(
                    [
                        [self.affine(first), self.affine(middle)],
                        [self.affine(middle), self.affine(second)],
                    ]  # fmt: skip
                )
        conditions = [(self.affine(one.form), one.equality) for one in self.statement.conditions]
        return System(
            len(self.keys),
            tuple(blocks),
            tuple(one for one, equality in conditions if not equality),
            (*(one for one, equality in conditions if equality),
             *(_shifted(self.affine(one), -ONE) for one in level)),
        )  # fmt: skip

    def breaking(self, slack: Slack) -> Iterator[Gram]:
        """List models in which a slack without unknowns is negative, or is meant to be."""
        for bounded in self._bounded(slack):
            answer = solve(self.system(bounded, [bounded.form * -1]))
            if answer.point is not None:
                yield dict(zip(self.keys, answer.point, strict=True))

    def tight(self, slack: Slack, part: Form) -> Iterator[Gram]:
        """List models in which a slack is 0, or meant to be, and a part of it is positive."""
        roots = [root for root in self.statement.roots if slack.form[(root,)] > 0]
        for weights in itertools.product((1.0, 2.0, 0.5, 4.0, 0.25), repeat=len(roots)):
            bounded = self._mean(slack, dict(zip(roots, weights, strict=True)))
            system = self.system(bounded, [part])
            zero = (*system.zero, self.affine(bounded.form))
            answer = solve(System(system.size, system.blocks, system.nonnegative, zero))
            if answer.point is not None:
                yield dict(zip(self.keys, answer.point, strict=True))

    def _bounded(self, slack: Slack) -> Iterator[Slack]:
        r"""Replace roots with a positive factor by means that are not smaller, $\sqrt{AB} \le (aA + B/a)/2$.

        The weights begin at powers of 2 and go to $\sqrt{B/A}$ where the slack is least, step by step.
        """
        roots = [root for root in self.statement.roots if slack.form[(root,)] > 0]
        if not roots:
            yield slack
            return
        for start in (1.0, 4.0, 0.25):
            weights = dict.fromkeys(roots, start)
            for _ in range(STEPS):
                bounded = self._mean(slack, weights)
                trace = sum((_inner(name, name) for name in self.statement.names), Form())
                value, point = least(self.system(bounded, [trace]), self.affine(bounded.form))
                if value < -TINY:
                    yield bounded
                    break
                if point is None:
                    break
                values = dict(zip(self.keys, point, strict=True))
                for root in roots:
                    first, second = (_float(one, values) for one in self.statement.roots[root])
                    if first > 1e-9 and second > 1e-9:
                        weights[root] = math.sqrt(second / first)

    def _mean(self, slack: Slack, weights: dict[str, float]) -> Slack:
        found = slack.form
        for root, weight in weights.items():
            first, second = self.statement.roots[root]
            share = Fraction(weight).limit_denominator(1000) or Fraction(1, 1000)
            mean = first * (share / 2) + second * (1 / (2 * share))
            found = found + (mean - number(root)) * found[(root,)]
        return Slack(found, {})


def _inner(one: str, two: str) -> Form:
    return Form(((pair(one, two), ONE),))


def _shifted(one: Affine, by: Fraction) -> Affine:
    return (one[0] + by, *one[1:])


def _float(one: Form, values: dict[Key, float]) -> float:
    return sum(float(share) * values[key] for key, share in one.terms)


def instance(statement: Statement, gram: Gram) -> Problem | None:
    """Make an instance of the setting of a model; None where the setting has none."""
    names = [*statement.names]
    matrix = [[gram[pair(i, j)] for j in names] for i in names]
    points = squares(matrix)
    if not points:
        return None
    values = {n: [column[i] for _, column in points] for i, n in enumerate(names)}
    values[statement.origin] = [ZERO] * len(points)
    claim, meaning = statement.claim, meaning_of(statement.claim)
    members = [name for name in statement.members if name != "zero"]
    if meaning.pair:
        return _two(statement, values, [mass for mass, _ in points])
    flat = claim.assumes(AFFINE) or claim.assumes(SUBSPACE)
    stated = "stated" if "stated" in values else "sampled"
    extra = stated in values and stated not in members
    columns = [*members, *([stated] if extra else [])]
    if not columns:
        columns = [statement.origin]
    base = values[columns[0]] if flat else [ZERO] * len(points)
    if flat and "zero" in statement.members:
        base = [ZERO] * len(points)
    moved = {n: [a - b for a, b in zip(v, base, strict=True)] for n, v in values.items()}
    count = len(columns)

    def place(name: str) -> list[Fraction]:
        known = name if name in columns else columns[0]
        return [Fraction(int(known == column)) for column in columns]

    kind, parameters = ("subspace", {}) if flat else ("simplex", {"total": ONE})
    if extra and not flat and not claim.assumes(MEMBER):
        kind, parameters = "polyhedron", _hull(len(members), count)
    truth = moved.get("member", moved[columns[0]])
    target = moved.get("target", truth)
    zero = [ZERO] * len(points)
    return Problem(
        set=kind,
        parameters=parameters,
        features=[[moved[c][k] for c in columns] for k in range(len(points))],
        masses=[mass for mass, _ in points],
        weak=moved.get("weak", zero),
        truth=place("member"),
        truth_intercept=ZERO,
        offset=[a - b for a, b in zip(target, truth, strict=True)],
        other=place("other" if "other" in columns else "between"),
        other_intercept=ZERO,
        student=place(stated),
        student_intercept=ZERO,
        mixture=Fraction(1, 2),
    )


def _hull(members: int, count: int) -> dict[str, list]:
    """Give the convex hull of the first columns, as a polyhedron of coefficients."""
    rows = [[-Fraction(int(i == j)) for j in range(count)] for i in range(members)]
    level = [Fraction(int(j < members)) for j in range(count)]
    unused = [[Fraction(int(i == j)) for j in range(count)] for i in range(members, count)]
    return {
        "matrix": rows,
        "bound": [ZERO] * members,
        "equality": [level, *unused],
        "level": [ONE, *[ZERO] * len(unused)],
    }


def _two(statement: Statement, values, masses) -> Problem | None:
    """Make an instance whose class is two members, where no more are named."""
    distinct: list[list[Fraction]] = []
    for name in statement.members:
        if values[name] not in distinct:
            distinct.append(values[name])
    zero = [ZERO] * len(masses)
    first = values.get("member", distinct[0] if distinct else zero)
    others = [one for one in distinct if one != first]
    if len(others) > 1:
        return None
    second = values.get("other", others[0] if others else first)
    target = values.get("target", first)
    stated = values.get("stated", first)
    columns = [first, second, stated]
    coefficients = [[Fraction(int(i == j)) for j in range(3)] for i in range(3)]
    return Problem(
        set="subspace",
        parameters={},
        features=[[column[k] for column in columns] for k in range(len(masses))],
        masses=masses,
        weak=values.get("weak", zero),
        truth=coefficients[0],
        truth_intercept=ZERO,
        offset=[a - b for a, b in zip(target, first, strict=True)],
        other=coefficients[1],
        other_intercept=ZERO,
        student=coefficients[2],
        student_intercept=ZERO,
        mixture=Fraction(1, 2),
    )
