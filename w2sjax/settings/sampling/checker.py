r"""The second opinion on a population that breaks a claim with probability; `fractions` alone.

Only the samples that are stated to fail are looked at. Nothing is shared with the engine but the
population: sequences of draws are counted in integers, distances are sums over points, and the least value
of a parabola is found from three of its points.
"""

import functools
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import comb, factorial, lcm, prod
from typing import Any

from w2sjax.arithmetic.intervals import Interval, exact
from w2sjax.settings.exact import Case, RefusedError, Witness
from w2sjax.settings.sampling import BOUNDED_TARGET
from w2sjax.settings.sampling.instance import REPEATED, Instance

Counts = tuple[int, ...]
Point = tuple[Fraction, Fraction, Fraction, Fraction]  # mass, x, weak, target
Parabola = Callable[[Fraction], Fraction]


class Checker(Witness):
    """A population, and the samples that are said to break the claim."""

    notes = {"samples": "counted draw by draw"}
    always = (BOUNDED_TARGET,)

    def cases(self) -> Iterator[Case]:
        """List the samples that are stated to fail, each once."""
        labels = [_label(one, self.instance) for one in self.shown.get("failing", ())]
        if len(set(labels)) < len(labels):
            raise RefusedError("a sample is stated twice")
        for counts, different in labels:
            sample = _Sample(self.instance, counts, different)
            yield Case(sample.quantity, exact(self.probability(counts, different)), fixed=_fixed)

    def probability(self, counts: Counts, different: Counts) -> Fraction:
        """Count the sequences of draws, each point as often as its mass says; there may be none."""
        p = self.instance
        unit = lcm(*(mass.denominator for mass in p.masses))
        masses = [int(mass * unit) for mass in p.masses]
        draws = 1 if p.scheme == REPEATED else p.draws
        counts = tuple(count * draws // p.draws for count in counts)
        if sum(counts) < draws:
            return Fraction(0)  # more than one point is repeated
        ways = factorial(draws) // prod(map(factorial, counts))
        for kind, (count, number) in enumerate(zip(counts, different, strict=True)):
            ways *= masses[kind] ** count
            if p.tells_apart(kind):
                ways *= comb(p.copies[kind], number) * _onto(count, number)
            else:
                ways *= p.copies[kind] ** count if number == min(count, 1) else 0
        return Fraction(ways, sum(map(int.__mul__, masses, p.copies)) ** draws)


def _label(given: Any, p: Instance) -> tuple[Counts, Counts]:
    """Read the counts and the numbers of different points of a sample."""
    try:
        counts, different = map(tuple, given)
    except (TypeError, ValueError):
        raise RefusedError(f"expected two lists of whole numbers, got {given!r}") from None
    numbers = [*counts, *different]
    right = all(type(number) is int and number >= 0 for number in numbers)
    if not right or not len(counts) == len(different) == p.size or sum(counts) != p.draws:
        raise RefusedError(f"no sample of n draws: {given!r}")
    return counts, different


@functools.lru_cache(maxsize=4096)
def _onto(draws: int, points: int) -> int:
    """How many sequences of draws hit each of some points, by inclusion and exclusion."""
    terms = ((-1) ** k * comb(points, k) * (points - k) ** draws for k in range(points + 1))
    return sum(terms)


def _fixed(data: tuple[str, ...]) -> bool:
    return data in (("B",), ("n",), ("delta",))


class _Sample:
    """One sample: its points, the population's, and the student."""

    def __init__(self, instance: Instance, counts: Counts, different: Counts):
        self.instance, self.radius = instance, instance.radius
        self.everything: list[Point] = []
        self.sample: list[Point] = []
        rows = zip(
            instance.shares(), instance.copies, instance.features, instance.seen, instance.weak,
            instance.target, counts, different, strict=True,
        )  # fmt: skip
        for share, copies, x, seen, weak, target, held, number in rows:
            each = share / copies
            self.everything.append((each * number, x, seen, target))
            self.everything.append((each * (copies - number), x, weak, target))
            self.sample.append((Fraction(held, instance.draws), x, seen, target))
        self.student = self.lowest(lambda v: _misfit(v, self.sample))

    def candidates(self, parabola: Parabola) -> list[Fraction]:
        """Where a parabola may be largest or least on the class: 0, the ends and its vertex.

        The vertex is found from three values.
        """
        radius = self.radius
        left, middle, right = (parabola(v) for v in (-radius, Fraction(0), radius))
        bend = left + right - 2 * middle
        places = [Fraction(0), -radius, radius]
        if bend != 0:
            vertex = radius * (left - right) / (2 * bend)
            places += [vertex] if -radius <= vertex <= radius else []
        return places

    def lowest(self, parabola: Parabola) -> Fraction:
        """Find where a parabola is least on the class; of several places, 0."""
        return min(self.candidates(parabola), key=lambda v: (parabola(v), abs(v)))

    def quantity(self, data: tuple[str, ...]) -> Interval:
        """A quantity of the vocabulary, in the population or, for `gap_n`, in the sample."""
        match data:
            case ("d", first, second):
                pairs = zip(self.values(first), self.values(second), strict=True)
                rows = zip(self.everything, pairs, strict=True)
                return exact(sum((p[0] * (a - b) ** 2 for p, (a, b) in rows), Fraction(0)))
            case ("gap" | "gap_n", "student"):
                points = self.everything if data[0] == "gap" else self.sample
                return exact(max(self.product(v, points) for v in (-self.radius, self.radius)))
            case ("deviation",):
                places = self.candidates(self.difference)
                return exact(max(abs(self.difference(v)) for v in places))
        p = self.instance
        return exact({"B": p.bound, "n": p.draws, "delta": p.failure}[data[0]])

    def values(self, name: str) -> list[Fraction]:
        """Values of a function at the points of the population."""
        places = {"weak": 2, "target": 3}
        if name in places:
            return [point[places[name]] for point in self.everything]
        parabolas = {"student": lambda v: _misfit(v, self.sample), "best": self.error}
        theta = self.lowest(parabolas[name])
        return [theta * point[1] for point in self.everything]

    def error(self, v: Fraction) -> Fraction:
        """Squared distance of the member from the target, in the population."""
        return sum((m * (v * x - f) ** 2 for m, x, _, f in self.everything), Fraction(0))

    def difference(self, v: Fraction) -> Fraction:
        """Misfit in the population less that in the sample."""
        return _misfit(v, self.everything) - _misfit(v, self.sample)

    def product(self, v: Fraction, points: list[Point]) -> Fraction:
        """Inner product of the student's residual with the step to the member."""
        q = self.student
        return sum((m * (w - q * x) * (v - q) * x for m, x, w, _ in points), Fraction(0))


def _misfit(v: Fraction, points: list[Point]) -> Fraction:
    """Squared distance of the member with coefficient v from the weak model."""
    return sum((m * (v * x - weak) ** 2 for m, x, weak, _ in points), Fraction(0))
