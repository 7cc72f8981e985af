r"""The quantities of one sample of a small population, in rationals and, where roots enter, in balls.

Everything is a quadratic in $\theta$ whose coefficients are moments: $d(\theta x, f) = P[x^2]\theta^2 -
2P[xf]\theta + P[f^2]$, and the same in the measure $P_n$ of the sample.
"""

import functools
from collections.abc import Callable
from typing import Any

from flint import arb, fmpq

from w2sjax.falsification.flint_numbers import inner, rational, rationals, root
from w2sjax.falsification.sampling.outcomes import Outcome
from w2sjax.falsification.sampling.population import Population

ZERO = fmpq(0)


class Exact:
    """The numbers of a population in flint, and what does not depend on the sample."""

    def __init__(self, population: Population):
        self.radius, self.draws = rational(population.radius), population.draws
        self.copies, self.shares = population.copies, rationals(population.shares())
        self.features, self.target = rationals(population.features), rationals(population.target)
        self.weak, self.seen = rationals(population.weak), rationals(population.seen)
        self.bounds = deviations(population)


class SampleQuantities:
    r"""Everything that the sampling statements speak of, for one sample.

    The student $\hat f$ is the projection of $f_w$ on the class in the measure of the sample; of several
    coefficients that do, the one nearest to 0.
    """

    def __init__(self, exact: Exact, outcome: Outcome):
        self.bounds, self.radius = exact.bounds, exact.radius
        sample = [fmpq(count, exact.draws) for count in outcome.counts]
        held = [share * number / copies for share, number, copies
                in zip(exact.shares, outcome.distinct, exact.copies, strict=True)]  # fmt: skip
        # Where nothing is told apart both parts have the same values, whatever `held` is.
        self.weights = [*held, *map(fmpq.__sub__, exact.shares, held)]
        self.features, self.target = exact.features * 2, exact.target * 2
        self.weak = exact.seen + exact.weak
        self.sampled = self.quadratic(sample, exact.features, exact.seen)
        self.against_weak = self.quadratic(self.weights, self.features, self.weak)
        self.student = self.minimiser(self.sampled)

    @functools.cached_property
    def against_target(self) -> tuple[fmpq, fmpq, fmpq]:
        """Coefficients of the distance of a member from the target."""
        return self.quadratic(self.weights, self.features, self.target)

    @staticmethod
    def quadratic(weights, features, values) -> tuple[fmpq, fmpq, fmpq]:
        """Coefficients of the misfit: of theta squared, of -2 theta, and without theta."""
        pulled = [weight * x for weight, x in zip(weights, features, strict=True)]
        squared = [value * value for value in values]
        return inner(pulled, features), inner(pulled, values), inner(weights, squared)

    def minimiser(self, quadratic: tuple[fmpq, fmpq, fmpq]) -> fmpq:
        """Minimise a misfit over the class: least squares, clipped."""
        square, linear, _ = quadratic
        free = linear / square if square != 0 else ZERO
        return max(-self.radius, min(self.radius, free))

    def __getitem__(self, name: str) -> Any:
        """Compute a quantity by name."""
        return self.bounds[name] if name in self.bounds else _FORMULAS[name](self)

    def largest_difference(self) -> fmpq:
        """Largest |d - d_n| over the class: at an end, or where the difference is stationary."""
        difference = tuple(a - b for a, b in zip(self.against_weak, self.sampled, strict=True))
        square, linear, _ = difference
        places = [-self.radius, self.radius]
        if square != 0 and abs(linear / square) <= self.radius:
            places.append(linear / square)
        return max(abs(_at(difference, place)) for place in places)

    def gap(self) -> fmpq:
        """Largest product of the residual with a step to a member: linear in the member."""
        square, linear, _ = self.against_weak
        pull = linear - square * self.student
        return abs(pull) * self.radius - pull * self.student

    @functools.cached_property
    def weak_error(self) -> fmpq:
        """Distance of the weak model from the target."""
        apart = [(w - f) ** 2 for w, f in zip(self.weak, self.target, strict=True)]
        return inner(self.weights, apart)

    @functools.cached_property
    def misfit(self) -> fmpq:
        """Distance of the student from the weak model, in the population."""
        return _at(self.against_weak, self.student)

    def student_error(self) -> fmpq:
        """Distance of the student from the target."""
        return _at(self.against_target, self.student)

    @functools.cached_property
    def epsilon(self) -> fmpq:
        """Distance of the target from the class."""
        return _at(self.against_target, self.minimiser(self.against_target))

    def roots(self) -> Any:
        """Sum of the roots of kappa and epsilon."""
        return root(self.bounds["excess"]) + root(self.epsilon)


def _at(quadratic, theta: fmpq) -> fmpq:
    square, linear, constant = quadratic
    return (square * theta - 2 * linear) * theta + constant


def deviations(population: Population) -> dict[str, Any]:
    r"""The parts of $\Delta$ and $\Gamma$, which do not depend on the sample, and $\kappa = 2\Delta$.

    The fast ones have 1/n in the place of its root.
    """
    square, n = rational(population.bound) ** 2, fmpq(population.draws)
    found: dict[str, Any] = {"complexity": square / root(n), "fast_complexity": square / n}
    for name, top in (("one", 1), ("two", 2)):
        confidence = (arb(top / rational(population.delta)).log() / 2).sqrt() * square
        found[f"confidence_{name}"] = confidence / root(n)
        found[f"fast_confidence_{name}"] = confidence / n
    delta = 8 * found["complexity"] + 4 * found["confidence_two"]
    return {**found, "excess": 2 * delta}


_FORMULAS: dict[str, Callable[[SampleQuantities], Any]] = {
    "largest_difference": SampleQuantities.largest_difference,
    "gap": SampleQuantities.gap,
    "weak_error": lambda q: q.weak_error,
    "misfit": lambda q: q.misfit,
    "student_error": SampleQuantities.student_error,
    "epsilon": lambda q: q.epsilon,
    "root_epsilon_weak": lambda q: root(q.epsilon * q.weak_error),
    "root_epsilon_misfit": lambda q: root(q.epsilon * q.misfit),
    "weak_roots": lambda q: root(q.weak_error) * q.roots(),
    "roots_squared": lambda q: q.roots() ** 2,
}
BOUNDS = ("complexity", "fast_complexity", "confidence_one", "fast_confidence_one",
          "confidence_two", "fast_confidence_two", "excess")  # fmt: skip
NAMES = (*_FORMULAS, *BOUNDS)
