r"""The first opinion on a small population: every sample, in flint's rationals.

Everything is a quadratic in $\theta$ whose coefficients are moments: $d(\theta x, f) = P[x^2]\theta^2 -
2P[xf]\theta + P[f^2]$, and the same in the measure $P_n$ of the sample.

Of a sample only counts matter: how often it holds points of each kind, and how many different ones. With
counts $n_g$ and $m_g$ of the $c_g$ points of kind g, whose probability is $p_g$ in all, it has probability

$$n! \prod_g \frac{p_g^{n_g}}{n_g!} \frac{c_g (c_g - 1) \cdots (c_g - m_g + 1)\, S(n_g, m_g)}{c_g^{n_g}},
\qquad S \text{ the Stirling numbers of the second kind.}$$
"""

import functools
import itertools
from collections.abc import Iterator
from math import factorial

from flint import fmpq, fmpz

from w2sjax.arithmetic.flint_numbers import inner, rational, rationals
from w2sjax.language.claims import Claim
from w2sjax.settings.exact import Case, Witness
from w2sjax.settings.sampling import BOUNDED_TARGET
from w2sjax.settings.sampling.instance import REPEATED, Instance

Counts = tuple[int, ...]


def outcomes(instance: Instance) -> Iterator[tuple[Counts, Counts, fmpq]]:
    """List the samples: counts, different points, and probabilities, which sum to 1.

    For a kind whose points never differ all of them count as one, which is seen if the kind is hit.
    """
    shares, draws, kinds = rationals(instance.shares()), instance.draws, instance.size
    if instance.scheme == REPEATED:
        for hit, share in enumerate(shares):
            here = tuple(int(kind == hit) for kind in range(kinds))
            yield tuple(draws * flag for flag in here), here, share
        return
    # The factors that each kind has, by how often it is hit.
    factors = [[share**count / factorial(count) for count in range(draws + 1)] for share in shares]
    apart = [instance.copies[kind] if instance.tells_apart(kind) else 1 for kind in range(kinds)]
    for counts in compositions(draws, kinds):
        probability = fmpq(factorial(draws))
        for row, count in zip(factors, counts, strict=True):
            probability *= row[count]
        for chosen in itertools.product(*map(_different, apart, counts)):
            whole = probability
            for _, part in chosen:
                whole *= part
            yield counts, tuple(number for number, _ in chosen), whole


def compositions(total: int, parts: int) -> Iterator[Counts]:
    """List the ways to write a number as an ordered sum of numbers that are not negative."""
    for cuts in itertools.combinations_with_replacement(range(total + 1), parts - 1):
        yield tuple(b - a for a, b in itertools.pairwise((0, *cuts, total)))


@functools.lru_cache(maxsize=512)
def _different(copies: int, draws: int) -> list[tuple[int, fmpq]]:
    """How many different points a number of draws among equally likely ones hits."""
    if draws == 0 or copies == 1:
        return [(min(draws, 1), fmpq(1))]
    whole, falling, found = fmpz(copies) ** draws, fmpz(1), []
    for number in range(1, min(copies, draws) + 1):
        falling *= copies - number + 1
        found.append((number, fmpq(falling * fmpz.stirling_s2(draws, number), whole)))
    return found


ZERO = fmpq(0)
Quadratic = tuple[fmpq, ...]  # what stands before theta squared, before -2 theta, and alone


class Engine(Witness):
    """A population in flint's numbers, and its samples."""

    always = (BOUNDED_TARGET,)

    def __init__(self, claim: Claim, instance: Instance, bits: int):
        super().__init__(claim, instance)
        self.radius, self.shares = rational(instance.radius), rationals(instance.shares())
        self.numbers = {
            "B": rational(instance.bound),
            "n": fmpq(instance.draws),
            "delta": rational(instance.failure),
        }
        self.apart = [
            copies if w != s else 0
            for copies, w, s in zip(instance.copies, instance.weak, instance.seen, strict=True)
        ]
        features, target = rationals(instance.features), rationals(instance.target)
        weak, seen = rationals(instance.weak), rationals(instance.seen)
        # Of every kind first the points that the sample holds, then the others.
        self.everywhere = _products(features * 2, seen + weak, target * 2)
        self.seen = _products(features, seen, target)
        self.populations: dict[Counts, Measure] = {}

    def cases(self) -> Iterator[Case]:
        """List the samples."""
        for sample in self.samples():
            yield Case(sample.quantity, sample.probability, sample.label, fixed=self.fixed)

    def samples(self) -> "Iterator[Sample]":
        """List the samples with what belongs to them."""
        return (Sample(self, *outcome) for outcome in outcomes(self.instance))

    def fixed(self, data: tuple[str, ...]) -> bool:
        """Whether a quantity is the same for all samples."""
        random = "student" in data or data[0] == "deviation"
        return data[0] in self.numbers or not (random or any(self.apart))

    def population(self, distinct: Counts) -> "Measure":
        """The population's measure: where the weak model is chosen after the sample, the part held counts."""
        held = tuple(m if c else 0 for m, c in zip(distinct, self.apart, strict=True))
        if held not in self.populations:
            masses = [
                share * m / c if c else ZERO
                for share, m, c in zip(self.shares, held, self.apart, strict=True)
            ]
            masses += map(fmpq.__sub__, self.shares, masses)
            self.populations[held] = Measure(masses, self.everywhere, self.radius)
        return self.populations[held]


Products = dict[str, tuple[list[fmpq], ...]]  # of two functions, at each point


def _products(x: list[fmpq], weak: list[fmpq], target: list[fmpq]) -> Products:
    def times(first: list[fmpq], second: list[fmpq]) -> list[fmpq]:
        return list(map(fmpq.__mul__, first, second))

    square, apart = times(x, x), list(map(fmpq.__sub__, weak, target))
    found = {
        name: (square, times(x, values), times(values, values))
        for name, values in (("weak", weak), ("target", target))
    }
    return found | {"apart": (times(apart, apart),)}


class Measure:
    """Masses of points, with the distances of members from functions in it."""

    def __init__(self, masses: list[fmpq], products: Products, radius: fmpq):
        self.masses, self.products, self.radius = masses, products, radius
        self.sums: dict[str, tuple[fmpq, ...]] = {}

    def against(self, name: str) -> tuple[fmpq, ...]:
        """The distance of a member from a function, a quadratic; "apart" is that of weak model and target."""
        if name not in self.sums:
            self.sums[name] = tuple(inner(self.masses, row) for row in self.products[name])
        return self.sums[name]

    def nearest(self, name: str) -> fmpq:
        """The member nearest to a function: least squares, clipped; of several, the least."""
        square, linear, _ = self.against(name)
        free = linear / square if square != 0 else ZERO
        return max(-self.radius, min(self.radius, free))

    def gap(self, theta: fmpq) -> fmpq:
        """Largest product of the weak model's residual with a step to a member: linear in the member."""
        square, linear, _ = self.against("weak")
        pull = linear - square * theta
        return abs(pull) * self.radius - pull * theta


class Sample:
    r"""One sample, with its student: of several coefficients the one nearest to 0."""

    def __init__(self, engine: Engine, counts: Counts, distinct: Counts, probability: fmpq):
        self.counts, self.distinct, self.probability = counts, distinct, probability
        self.engine, self.population = engine, engine.population(distinct)
        masses = [fmpq(count, engine.instance.draws) for count in counts]
        self.sample = Measure(masses, engine.seen, engine.radius)
        self.student = self.sample.nearest("weak")

    @property
    def label(self) -> list[list[int]]:
        """What the checker gets."""
        return [list(self.counts), list(self.distinct)]

    def quantity(self, data: tuple[str, ...]) -> fmpq:
        """A quantity of the vocabulary."""
        match data:
            case ("d", first, second):
                return self.distance(first, second)
            case ("gap", "student"):
                return self.population.gap(self.student)
            case ("gap_n", "student"):
                return self.sample.gap(self.student)
            case ("deviation",):
                return self.deviation()
        return self.engine.numbers[data[0]]

    def distance(self, first: str, second: str) -> fmpq:
        """Squared distance in the population."""
        members = [name for name in (first, second) if name in ("student", "best")]
        places = [self.student if name == "student" else self.population.nearest("target")
                  for name in members]  # fmt: skip
        if len(members) == 2:
            return self.population.against("target")[0] * (places[0] - places[1]) ** 2
        if not members:
            return self.population.against("apart")[0] if first != second else ZERO
        return _at(self.population.against(second if first in members else first), places[0])

    def deviation(self) -> fmpq:
        """Largest |d - d_n| over the class: at an end, or where the difference is stationary."""
        both = zip(self.population.against("weak"), self.sample.against("weak"), strict=True)
        square, linear, constant = (a - b for a, b in both)
        radius = self.engine.radius
        places = [-radius, radius]
        if square != 0 and abs(linear / square) <= radius:
            places.append(linear / square)
        return max(abs(_at((square, linear, constant), place)) for place in places)


def _at(quadratic: Quadratic, theta: fmpq) -> fmpq:
    square, linear, constant = quadratic
    return (square * theta - 2 * linear) * theta + constant
