"""A second opinion on the failure probability: one point after another, and `fractions` alone."""

from fractions import Fraction

from w2sjax.falsification.detection.experiment import Experiment
from w2sjax.falsification.intervals import Interval, exact
from w2sjax.falsification.judging import among, judge
from w2sjax.falsification.logarithm import log_enclosure
from w2sjax.falsification.normal import normal_enclosure
from w2sjax.falsification.opinion import Opinion, RefusedError
from w2sjax.falsification.statement import Statement

BITS = 160


def check_experiment(statement: Statement, experiment: Experiment) -> Opinion:
    """Check a counterexample of the claim on the detected density.

    Raises:
        RefusedError: if a hypothesis fails.
    """
    fault = experiment.fault()
    if fault is not None:
        raise RefusedError(fault)
    broken = {name for name, kept in experiment.satisfied().items() if not kept}
    if broken - {statement.dropped}:
        raise RefusedError(f"fails: {', '.join(sorted(broken))}")
    formulas = {
        "far": lambda: _far(experiment, Fraction(experiment.points)),
        "far_fast": lambda: _far(experiment, Fraction(experiment.points) ** 2),
        "far_unrated": lambda: _far(experiment, Fraction(experiment.points), rated=False),
        "delta": lambda: exact(experiment.failure),
    }
    notes = {"failures": "by adding one point after another"}
    return judge(statement, among(formulas), notes)


def _low(experiment: Experiment, shift: Fraction) -> Interval:
    """Probability that |shift + z| stays below the threshold."""
    above = normal_enclosure(experiment.threshold - shift, BITS)
    return _short(above - normal_enclosure(-experiment.threshold - shift, BITS))


def _missed(experiment: Experiment) -> Interval:
    """Probability that a point is not called an overlap point."""
    elsewhere, still = exact(1), _low(experiment, Fraction(0))
    for _ in range(experiment.directions - 1):
        elsewhere = _short(elsewhere * still)
    hard = _low(experiment, experiment.mean + experiment.easy) * elsewhere
    if experiment.zeroed:
        plain = exact(0 if experiment.easy >= experiment.threshold else 1)
    else:
        plain = _low(experiment, experiment.easy) * elsewhere
    return _short(hard.scaled(experiment.density) + plain.scaled(1 - experiment.density))


def _short(value: Interval) -> Interval:
    """Round outward to a denominator of 2^BITS, and into [0, 1]."""
    unit = 1 << BITS
    low, high = value.low * unit // 1, -(-value.high * unit // 1)
    return Interval(max(Fraction(low, unit), Fraction(0)), min(Fraction(high, unit), Fraction(1)))


def _shares(experiment: Experiment) -> list[Interval]:
    """Probability of each number of points that are called."""
    missed = _missed(experiment)
    called = exact(1) - missed
    shares = [missed, called]
    for _ in range(experiment.points - 1):
        if experiment.copies:
            shares = [shares[0], *[exact(0)] * (len(shares) - 1), shares[-1]]
            continue
        longer = [_short(share * missed) for share in shares] + [exact(0)]
        for number, share in enumerate(shares):
            longer[number + 1] = _short(longer[number + 1] + share * called)
        shares = longer
    return shares


def _far(experiment: Experiment, divisor: Fraction, *, rated: bool = True) -> Interval:
    """Probability of a distance to the density beyond the rates and sqrt(log(2/delta) / (2 divisor))."""
    alpha = exact(0) if experiment.zeroed else exact(1) - _low(experiment, Fraction(0))
    beta = normal_enclosure(experiment.threshold - experiment.mean, BITS)
    rate = Interval(max(alpha.low, beta.low), max(alpha.high, beta.high))
    square = log_enclosure(2 / experiment.failure, BITS).scaled(1 / (2 * divisor))
    allowed = rate + square.root(BITS) if rated else square.root(BITS)
    total = exact(0)
    for number, share in enumerate(_shares(experiment)):
        distance = abs(Fraction(number, experiment.points) - experiment.density)
        if distance > allowed.high:
            total = total + share
        elif distance >= allowed.low:
            total = total + Interval(Fraction(0), share.high)
    return total
