"""Audit students of a weak model on scikit-learn's bundled digits, with their expansion constants.

The task is odd against even. The weak model, a logistic regression, sees the left half of an image and
learns from 30% of them with their true labels. Three students see the whole of the other images and
learn from its answers alone. Neighbours among the images stand for augmentations.

Run `python -m experiments audit_digits --out DIR [--neighbours K ...] [--bootstrap N]`.
"""

import dataclasses
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from experiments._bundled_audit import audited


@dataclasses.dataclass(frozen=True)
class Config:
    """What is trained and audited."""

    trained: float = 0.3
    width: float = 0.1
    neighbours: tuple[int, ...] = (1, 3, 5, 10)
    bootstrap: int = 200
    seed: int = 0


def arrays(config: Config) -> dict[str, np.ndarray]:
    """Train the models; return the arrays of an audit on the images that the weak one did not see."""
    bunch: Any = load_digits()
    images, odd = bunch.data / 16, bunch.target % 2
    halves = images.reshape(-1, 8, 8)[:, :, :4].reshape(-1, 32)
    order = np.random.default_rng(config.seed).permutation(len(odd))
    train, rest = np.split(order, [round(config.trained * len(order))])
    weak = LogisticRegression(max_iter=2000).fit(halves[train], odd[train])
    chances = weak.predict_proba(halves[rest])[:, 1]
    answers, confidence = chances > 0.5, np.abs(chances - 0.5)
    confident = confidence > np.median(confidence)
    taught = images[rest]
    kernel: Any = {"gamma": config.width}  # its type is said to be a string
    students = {
        "logistic: all": LogisticRegression(max_iter=2000).fit(taught, answers),
        "kernel: all": SVC(**kernel).fit(taught, answers),
        "kernel: confident": SVC(**kernel).fit(taught[confident], answers[confident]),
    }
    scores = [student.decision_function(taught) for student in students.values()]
    return {
        "strong_features": taught,
        "weak_predictions": np.tile(2 * chances - 1, (len(students), 1)),
        "weak_names": np.array(list(students)),
        "weak_probabilities": chances,
        "student_predictions": np.stack(scores),
        "target": 2.0 * odd[rest] - 1,
    }


main = audited("digits", Config(), arrays, "squared label units")
