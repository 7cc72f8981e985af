r"""What is measured of classifiers, with bounds of rounding where something is certified.

For any probabilities w (weak), s (student), g, whatever class they are from,

$$E\,\mathrm{KL}(w\|g) - E\,\mathrm{KL}(s\|g) = E\,\mathrm{KL}(w\|s)
+ E\langle s - w, \log g - \log s\rangle.$$

The last term, the *defect*, is $\langle\nabla L(\Theta_s), \Theta_g - \Theta_s\rangle$ for softmax-linear
heads, L the cross-entropy on w: 0 for every head g where s is the free minimum, on the points it
was fitted to.

Derived; after Mulgund, Pabbaraju (2025), arXiv:2501.19105.
"""

import numpy as np
from jaxtyping import Float64, Int

from w2sjax.arithmetic.rounding import gamma, unit

BINS = 15  # of equal width, of the calibration error: Guo et al. (2017), arXiv:1706.04599
LOG_ULPS = 64  # of exp and log; about 1 with numpy, and a term has four


def log_loss(
    logs: Float64[np.ndarray, "n c"],
    truth: Float64[np.ndarray, "n c"],
    masses: Float64[np.ndarray, " n"],
) -> float:
    r"""$-E \sum_k t_k \log q_k$; inf where something true has probability 0."""
    return float(-(masses[:, None] * _products(truth, logs)).sum())


def calibration_error(
    chances: Float64[np.ndarray, "n c"],
    codes: Int[np.ndarray, " n"],
    masses: Float64[np.ndarray, " n"],
) -> float:
    """Expected calibration error: mean |accuracy - confidence| over `BINS` bins of the confidence."""
    confidence = chances.max(axis=1)
    right = np.argmax(chances, axis=1) == codes
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, masses * (right - confidence), BINS)
    return float(np.abs(gaps).sum())


def logarithms(chances: Float64[np.ndarray, "n c"]) -> Float64[np.ndarray, "n c"]:
    """Logarithms; -inf for 0."""
    with np.errstate(divide="ignore"):
        return np.log(chances)


def kl(
    first: Float64[np.ndarray, "n c"],
    second: Float64[np.ndarray, "n c"],
    masses: Float64[np.ndarray, " n"],
) -> tuple[float, float]:
    r"""$E\,\mathrm{KL}(p\|q)$ from logarithms, and a bound of its rounding; inf where only q is 0."""
    chances = np.exp(first)
    terms = _products(chances, first) - _products(chances, second)
    size = np.abs(_products(chances, first)) + np.abs(_products(chances, second)) + chances
    return float((masses[:, None] * terms).sum()), _rounding(masses, size)


def defect(
    weak: Float64[np.ndarray, "n c"],
    student: Float64[np.ndarray, "n c"],
    other: Float64[np.ndarray, "n c"],
    masses: Float64[np.ndarray, " n"],
) -> tuple[float, float]:
    r"""$E\langle s - w, \log g - \log s\rangle$ from logarithms, and a bound of its rounding."""
    own, given = np.exp(student), np.exp(weak)
    terms = _products(own, other) - _products(own, student)
    terms -= _products(given, other) - _products(given, student)
    size = (np.abs(_products(own + given, other)) + np.abs(_products(own + given, student))) + own
    return float((masses[:, None] * terms).sum()), _rounding(masses, size + given)


def _products(chances: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Products in which 0 times anything is 0."""
    return np.where(chances > 0, chances * np.where(chances > 0, logs, 0), 0)


def _rounding(masses: np.ndarray, size: np.ndarray) -> float:
    share = gamma(size.size + 16, float) + LOG_ULPS * unit(float)
    return float(2 * share * (masses[:, None] * size).sum())
