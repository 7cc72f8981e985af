r"""Gram matrices that break an inequality, or make it an equality.

One that satisfies the conditions strictly and makes a slack negative is found numerically and rounded. Roots
with a positive factor are replaced by weighted means that are not smaller.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from w2sjax.proving.feasibility import least, solve
from w2sjax.proving.forms import Form, Key, number, pair
from w2sjax.proving.statements import Slack, Statement
from w2sjax.proving.systems import Affine, Matrix, System

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
            answer = solve(dataclasses.replace(system, zero=zero))
            if answer.point is not None:
                yield dict(zip(self.keys, answer.point, strict=True))

    def breaking_always(self, slack: Slack) -> Iterator[Gram]:
        """List models in which a slack is negative whatever its unknowns are: they have no part in it."""
        for bounded in self._bounded(Slack(slack.form, {})):
            system = self.system(bounded, [bounded.form * -1])
            idle = map(self.affine, slack.unknown.values())
            system = dataclasses.replace(system, zero=(*system.zero, *idle))
            answer = solve(system)
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
