r"""A second opinion on a population that breaks a statement with probability; `fractions` alone.

Nothing is shared with the engine but the population: samples are counted draw by draw, distances are sums
over points, the least value of a parabola is found from three of its points, roots and logarithms are
enclosed between rationals.
"""

from collections.abc import Callable
from fractions import Fraction

from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.judging import judge
from w2sjax.falsification.logarithm import log_enclosure
from w2sjax.falsification.opinion import Opinion, RefusedError
from w2sjax.falsification.sampling.population import INDEPENDENT, Population
from w2sjax.falsification.sampling.recount import State, recount
from w2sjax.falsification.statement import Statement

BITS = 400
Points = list[tuple[Fraction, Fraction, Fraction, Fraction]]


def check_population(statement: Statement, population: Population) -> Opinion:
    """Check a counterexample of the sampling claims.

    Raises:
        RefusedError: if a hypothesis fails.
    """
    fault = population.fault()
    if fault is not None:
        raise RefusedError(fault)
    notes = _hypotheses(statement, population)
    fixed = _Bounds(population)
    certain = possible = Fraction(0)
    for state, probability in recount(population).items():
        sample = _Sample(population, state, fixed)
        opinion = judge(statement, sample.__getitem__, notes)
        if opinion.violated:
            certain += probability
        elif opinion.lhs.high > opinion.rhs.low:
            possible += probability
    return Opinion(
        certain > population.delta,
        Interval(certain, certain + possible),
        exact(population.delta),
        notes,
    )


def _hypotheses(statement: Statement, population: Population) -> dict[str, str]:
    """Check every hypothesis that is not dropped.

    Raises:
        RefusedError: if one fails.
    """
    bound = population.bound
    values = [*population.weak, *population.seen]
    values += [sign * population.radius * x for x in population.features for sign in (1, -1)]
    conditions = {
        "i.i.d. sample": population.scheme == INDEPENDENT,
        "weak model first": all(map(Fraction.__eq__, population.weak, population.seen)),
        "boundedness": all(-bound <= value <= bound for value in values),
    }
    conditions = {name: met for name, met in conditions.items() if name in statement.hypotheses}
    conditions["target bounded by B"] = all(-bound <= f <= bound for f in population.target)
    for name, met in conditions.items():
        if not met:
            raise RefusedError(f"{name}: fails")
    return dict.fromkeys(conditions, "exact")


class _Bounds:
    """The numbers that do not depend on the sample."""

    def __init__(self, population: Population):
        n, square = Fraction(population.draws), population.bound**2

        def confidence(top: int) -> Interval:
            return log_enclosure(top / population.delta, BITS).scaled(Fraction(1, 2))

        self.values = {
            "complexity": exact(square**2 / n).root(BITS),
            "fast_complexity": exact(square / n),
        }
        for name, top in (("one", 1), ("two", 2)):
            half = confidence(top)
            self.values[f"confidence_{name}"] = half.scaled(square**2 / n).root(BITS)
            self.values[f"fast_confidence_{name}"] = half.scaled((square / n) ** 2).root(BITS)
        parts = (self.values["complexity"], self.values["confidence_two"])
        self.values["excess"] = parts[0].scaled(Fraction(16)) + parts[1].scaled(Fraction(8))


class _Sample:
    """One sample: its points, the population's, and the student."""

    def __init__(self, population: Population, state: State, fixed: _Bounds):
        self.fixed, self.radius = fixed, population.radius
        self.everything: Points = []
        self.sample: Points = []
        rows = zip(
            population.shares(), population.copies, population.features, population.seen,
            population.weak, population.target, state, strict=True,
        )  # fmt: skip
        for share, copies, x, seen, weak, target, (held, different) in rows:
            each = share / copies
            self.everything.append((each * different, x, seen, target))
            self.everything.append((each * (copies - different), x, weak, target))
            self.sample.append((Fraction(held, population.draws), x, seen, target))
        self.student = self.lowest(lambda v: self.misfit(v, self.sample))

    def __getitem__(self, name: str) -> Interval:
        if name in self.fixed.values:
            return self.fixed.values[name]
        return self.quantity(name)

    def misfit(self, v: Fraction, points: Points) -> Fraction:
        """Squared distance of the member with coefficient v from the weak model."""
        return sum((m * (v * x - weak) ** 2 for m, x, weak, _ in points), Fraction(0))

    def error(self, v: Fraction) -> Fraction:
        """Squared distance of the member from the target, in the population."""
        return sum((m * (v * x - f) ** 2 for m, x, _, f in self.everything), Fraction(0))

    def candidates(self, parabola: Callable[[Fraction], Fraction]) -> list[Fraction]:
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

    def lowest(self, parabola: Callable[[Fraction], Fraction]) -> Fraction:
        """Find where a parabola is least on the class; of several places, 0."""
        return min(self.candidates(parabola), key=lambda v: (parabola(v), abs(v)))

    def difference(self, v: Fraction) -> Fraction:
        """Misfit in the population less that in the sample."""
        return self.misfit(v, self.everything) - self.misfit(v, self.sample)

    def product(self, v: Fraction) -> Fraction:
        """Inner product of the student's residual with the step to the member."""
        q = self.student
        return sum((m * (w - q * x) * (v - q) * x for m, x, w, _ in self.everything), Fraction(0))

    def quantity(self, name: str) -> Interval:
        """One of the quantities of the statements.

        Raises:
            RefusedError: if there is none of this name.
        """
        weak_error = sum((m * (w - f) ** 2 for m, _, w, f in self.everything), Fraction(0))
        misfit = self.misfit(self.student, self.everything)
        epsilon = self.error(self.lowest(self.error))
        roots = self.fixed.values["excess"].root(BITS) + exact(epsilon).root(BITS)
        match name:
            case "largest_difference":
                places = self.candidates(self.difference)
                return exact(max(abs(self.difference(v)) for v in places))
            case "gap":
                return exact(max(map(self.product, (-self.radius, self.radius))))
            case "weak_error":
                return exact(weak_error)
            case "misfit":
                return exact(misfit)
            case "student_error":
                return exact(self.error(self.student))
            case "epsilon":
                return exact(epsilon)
            case "root_epsilon_weak":
                return exact(epsilon * weak_error).root(BITS)
            case "root_epsilon_misfit":
                return exact(epsilon * misfit).root(BITS)
            case "weak_roots":
                return exact(weak_error).root(BITS) * roots
            case "roots_squared":
                return roots * roots
        raise RefusedError(f"unknown quantity {name!r}")
