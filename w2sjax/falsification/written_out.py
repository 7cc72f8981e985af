"""False statements that no small change of a claim gives: title, claim whose instances they use, formula.

Of claims with probability, whose constants have room, so much is left out that none is left.
"""

from typing import Any

from w2sjax.language import absolute, log, maximum, sqrt
from w2sjax.settings import bandits, detection, expansion, sampling
from w2sjax.settings.bandits import T
from w2sjax.settings.projection import best, d, gap, student, target, weak
from w2sjax.settings.projection import sampled as fitted
from w2sjax.settings.sampling import B, delta, deviation, n

P, H = expansion.P, expansion.H
gain = d(weak, target) - d(student, weak)
fitted_gain = d(weak, target) - d(fitted, weak)
epsilon, kappa = d(best, target), d(fitted, weak) - d(student, weak)


def _mean(confidence: Any) -> Any:
    return B**2 * sqrt(log(confidence / delta) / (2 * n))


_d, _student, _weak, _target = sampling.d, sampling.student, sampling.weak, sampling.target
_epsilon, _misfit = _d(sampling.best, _target), _d(_student, _weak)
_gain = _d(_weak, _target) - _misfit
_off = absolute(detection.estimate - detection.density)
_rate = maximum(detection.false_positives, detection.misses)

WRITTEN_OUT = (
    ("the misfit is at least the gain", "misfit_gain", gain <= d(student, target)),
    ("students never err more than their misfit", "misfit_gain", d(student, target) <= d(student, weak)),
    ("a rate too fast: epsilon for its root", "sharpened_gain",
     d(fitted, target) <= fitted_gain + 2 * gap(fitted) + 2 * epsilon),
    ("a rate too fast: only kappa and epsilon", "nonrealizable_gain",
     d(fitted, target) <= fitted_gain + kappa + epsilon),
    ("disagreement alone", "hard_error_payback",
     P(expansion.WRONG, H) <= P(expansion.DISAGREES, H)),
    ("a sample is the population", "uniform_misfit", deviation <= 0),
    ("uniform misfit with half the confidence alone", "uniform_misfit", deviation <= 2 * _mean(2)),
    ("uniform misfit for one side alone", "uniform_misfit", deviation <= 2 * _mean(1)),
    ("uniform misfit, one part too fast", "uniform_misfit", deviation <= 8 * B**2 / n + _mean(2)),
    ("sampled gap with a fifth of the confidence alone", "sampled_gap",
     sampling.gap(_student) <= _mean(1)),
    ("the weak model errs by its misfit at most", "sampled_gain", _d(_weak, _target) <= _misfit),
    ("sampled gain with a fast term for kappa", "sampled_gain",
     _d(_student, _target) <= _gain + 2 * _epsilon + 4 * sqrt(_epsilon * _d(_weak, _target)) + B**2 / n),
    ("sharpened sampled gain with half a deviation", "sampled_sharpened_gain",
     _d(_student, _target) <= _gain + 2 * sqrt(_epsilon * _misfit) + _mean(1) / 2),
    ("detection without the rates", "detection_concentration",
     _off <= sqrt(log(2 / detection.delta) / (2 * detection.n))),
    ("detection fails a third as often", "detection_concentration",
     _off <= _rate + sqrt(log(2 / (3 * detection.delta)) / (2 * detection.n))),
    ("exploring costs nothing", "bandit_regret",
     bandits.regret <= bandits.K / T + 2 * bandits.K / T**3),
    ("only chance costs, and twice as often", "bandit_regret_probable",
     bandits.best - bandits.paid <= sqrt(log(2 / bandits.delta) / (2 * T))),
)  # fmt: skip
