r"""What learns from a weak classifier: softmax-linear heads on the strong features.

* *student*: cross-entropy on the weak model's probabilities;
* *hard labels*: cross-entropy on its likeliest classes;
* *confidence loss*: $(1 - a)\,\mathrm{CE}(f, f_w) + a\,\mathrm{CE}(f, 1[f > t])$ of Burns et al. (2023),
  arXiv:2312.09390, t such that half of the points lie above it (of two classes; of more, 1 is for f's
  likeliest class), a rising to 1/2. Its minimum for fixed indicators is a head trained on a mixture of
  labels; a round finds that, and sets the indicators anew.
* *ceiling*: cross-entropy on the true labels.

Where no minimum is proved to exist (hard labels that are separable, probabilities of 0 and 1), the head
is fitted with scikit-learn's default penalty, $\|\Theta\|^2/(2n)$; labels without some class are mixed with
one point of equal probabilities, too. So much is said.
"""

import dataclasses
from typing import Any

import jax
import numpy as np
from jaxtyping import Bool, Float, Float64

from w2sjax.bregman.heads import Head, fit

STUDENT, HARD, CONFIDENT, CEILING = "student", "hard_labels", "confidence_loss", "ceiling"
LEARN = (STUDENT, HARD, CONFIDENT)
# Of the confidence loss: how many there are, in how many of them a rises, and its end.
ROUNDS, RISING, LARGEST = 10, 2, 0.5

_fit = jax.jit(fit)


@dataclasses.dataclass(frozen=True)
class Learnt:
    """A head, and how it came about.

    Attributes:
        head: with numpy's arrays.
        smoothed: whether labels were mixed with one point of equal probabilities, for classes nobody has.
        settled: whether the indicators of the confidence loss no longer change.
    """

    head: Head
    smoothed: bool = False
    settled: bool = True

    def log_chances(self, features: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, "n c"]:
        """Logarithms of the probabilities."""
        scores = np.asarray(features, float) @ np.asarray(self.head.coefficients)
        scores += np.asarray(self.head.intercept)
        scores -= scores.max(axis=1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def learn(
    features: Float64[np.ndarray, "n d"],
    labels: Float64[np.ndarray, "n c"],
    masses: Float64[np.ndarray, " n"],
) -> Learnt:
    """Fit a head: free where a minimum is proved to exist, else with the penalty."""
    n, classes = labels.shape
    unused = bool(np.any(masses @ labels <= 0))
    if unused:
        labels = (n * labels + 1 / classes) / (n + 1)
    head = _fit(features, labels, masses, penalty=0.0)
    # A finite gap proves that there is a minimum, however near the head is to it.
    if unused or not np.isfinite(head.gap):
        head = _fit(features, labels, masses, penalty=1 / n)
    return Learnt(jax.tree.map(np.asarray, head), unused)


def learn_confidently(
    features: Float64[np.ndarray, "n d"],
    labels: Float64[np.ndarray, "n c"],
    masses: Float64[np.ndarray, " n"],
    student: Learnt,
) -> Learnt:
    """Fit a head with the confidence loss, starting from the student."""
    learnt, before = student, np.zeros(labels.shape, bool)
    for step in range(1, ROUNDS + 1):
        sure = indicators(np.exp(learnt.log_chances(features)), masses)
        if step > RISING + 1 and np.array_equal(sure, before):
            return learnt
        share = LARGEST * min(1, step / RISING)
        learnt = learn(features, (1 - share) * labels + share * sure, masses)
        before = sure
    return dataclasses.replace(learnt, settled=False)


def indicators(
    chances: Float64[np.ndarray, "n c"], masses: Float64[np.ndarray, " n"]
) -> Bool[np.ndarray, "n c"]:
    """Of two classes the second for the half of the mass that is likeliest; of more the likeliest class."""
    if chances.shape[1] > 2:
        return np.arange(chances.shape[1]) == np.argmax(chances, axis=1)[:, None]
    order = np.argsort(-chances[:, 1], kind="stable")
    above = np.empty(len(order), bool)
    above[order] = np.cumsum(masses[order]) <= 0.5
    return np.stack([~above, above], axis=1)


def hardened(chances: Float64[np.ndarray, "n c"]) -> Float64[np.ndarray, "n c"]:
    """Ones for the likeliest classes."""
    return np.eye(chances.shape[1])[np.argmax(chances, axis=1)]


def learnt_of(fields: dict[str, Any]) -> Learnt:
    """Make a head of the fields that `dataclasses.asdict` gave."""
    return Learnt(Head(**fields["head"]), fields["smoothed"], fields["settled"])


@dataclasses.dataclass(frozen=True)
class Learners:
    """The heads of one weak model."""

    student: Learnt
    hard_labels: Learnt
    confidence_loss: Learnt


def learners(
    features: Float64[np.ndarray, "n d"],
    weak: Float64[np.ndarray, "n c"],
    masses: Float64[np.ndarray, " n"],
) -> Learners:
    """Fit all heads that learn from one weak model."""
    student = learn(features, weak, masses)
    return Learners(
        student,
        learn(features, hardened(weak), masses),
        learn_confidently(features, weak, masses, student),
    )
