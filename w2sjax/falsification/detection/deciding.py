"""The failure probability of an experiment in ball arithmetic: a sum of binomial probabilities."""

from flint import arb, fmpz

from w2sjax.falsification.decision import OUTSIDE, Decision
from w2sjax.falsification.detection.experiment import Experiment
from w2sjax.falsification.flint_numbers import power, rational
from w2sjax.falsification.narrowing import decide_narrowing
from w2sjax.falsification.statement import Statement


def decide_experiment(
    statement: Statement, experiment: Experiment, precisions: tuple[int, ...]
) -> Decision:
    """Decide a statement about an experiment without fault."""
    satisfied = experiment.satisfied()
    notes = {name: "exact" if satisfied[name] else "fails" for name in statement.hypotheses}
    if statement.dropped is not None:
        notes[statement.dropped] = "dropped"
    if not all(satisfied[name] for name in statement.hypotheses):
        return Decision(OUTSIDE, hypotheses=notes)
    return decide_narrowing(statement, lambda bits: Probabilities(experiment), notes, precisions)


class Probabilities:
    """What the statements speak of, at flint's precision."""

    def __init__(self, experiment: Experiment):
        self.experiment = experiment

    def __getitem__(self, name: str):
        return _FORMULAS[name](self.experiment)


def _upper(x) -> arb:
    """Probability that a standard normal number is at least x."""
    return (arb(x) / arb(2).sqrt()).erfc() / 2


def _high(experiment: Experiment, shift) -> arb:
    """Probability that |shift + z| reaches the threshold."""
    threshold = rational(experiment.threshold)
    return _upper(threshold - shift) + _upper(threshold + shift)


def _rates(experiment: Experiment) -> tuple[arb, arb]:
    """Claimed rates of false positives and misses."""
    alpha = arb(0) if experiment.zeroed else _high(experiment, rational(0))
    return alpha, _upper(rational(experiment.mean - experiment.threshold))


def _called(experiment: Experiment) -> arb:
    """Probability that a point is called an overlap point."""
    easy, mean = rational(experiment.easy), rational(experiment.mean)
    others = (1 - _high(experiment, rational(0))) ** (experiment.directions - 1)
    with_pattern = 1 - (1 - _high(experiment, mean + easy)) * others
    without = 1 - (1 - _high(experiment, easy)) * others
    if experiment.zeroed:
        without = arb(int(experiment.easy >= experiment.threshold))
    density = rational(experiment.density)
    return density * with_pattern + (1 - density) * without


def _far(experiment: Experiment, *, fast: bool = False, rated: bool = True) -> arb:
    """Probability that the share of points that are called is farther from the density than claimed."""
    count, called = experiment.points, _called(experiment)
    alpha, beta = _rates(experiment)
    log = arb(rational(2 / experiment.failure)).log()
    deviation = (log / 2).sqrt() / (count if fast else arb(count).sqrt())
    allowed = alpha.max(beta) + deviation if rated else deviation
    numbers = (0, count) if experiment.copies else range(count + 1)
    total = arb(0)
    for number in numbers:
        off = abs(rational(experiment.density) * count - number) / count
        if off < allowed:
            continue
        if experiment.copies:
            chance = called if number else 1 - called
        else:
            ways = arb(fmpz.bin_uiui(count, number))
            missed = power(1 - called, count - number) if number < count else 1
            chance = ways * called**number * missed
        # Where it is open whether the number counts, anything from 0 to the chance may.
        total += chance if off > allowed else chance * (arb(0.5) + arb(0, 0.5))
    return total


_FORMULAS = {
    "far": _far,
    "far_fast": lambda experiment: _far(experiment, fast=True),
    "far_unrated": lambda experiment: _far(experiment, rated=False),
    "delta": lambda experiment: rational(experiment.failure),
}
NAMES = tuple(_FORMULAS)
