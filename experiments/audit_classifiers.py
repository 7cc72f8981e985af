"""Audit classifiers on scikit-learn's bundled digits: weak models of graded width, strong features.

The weak models learn from 30% of the images, with their true labels: networks of 2 to 16 hidden neurons that
see the upper half of an image, and a logistic regression on 8 principal components of a whole one, which
is a member of the strong class. They name the other images for heads on the strong features: 30 components.

Run `python -m experiments audit_classifiers --out DIR [--bootstrap N] [--split SHARE]`.
"""

import dataclasses
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from experiments._bundled_audit import audited


@dataclasses.dataclass(frozen=True)
class Config:
    """What is trained and audited."""

    trained: float = 0.3
    neurons: tuple[int, ...] = (2, 4, 8, 16)
    linear: int = 8
    strong: int = 30
    decay: float = 1.0
    bootstrap: int = 200
    split: str | None = "0.3"
    seed: int = 0


def arrays(config: Config) -> dict[str, np.ndarray]:
    """Train the weak models; return the arrays of an audit on the images they did not see."""
    bunch: Any = load_digits()
    images, digits = bunch.data / 16, bunch.target
    order = np.random.default_rng(config.seed).permutation(len(digits))
    train, rest = np.split(order, [round(config.trained * len(order))])
    parts = PCA(config.strong, random_state=config.seed).fit_transform(images)
    halves, few = images[:, :32], parts[:, : config.linear]
    how: Any = {
        "solver": "lbfgs", "alpha": config.decay, "tol": 1e-3, "random_state": config.seed
    }  # fmt: skip
    models: dict[str, Any] = {
        f"{width} neurons": (halves, MLPClassifier((width,), max_iter=2000, **how))
        for width in config.neurons
    }
    models[f"linear, {config.linear} parts"] = few, LogisticRegression(max_iter=5000)
    weak = [
        model.fit(view[train], digits[train]).predict_proba(view[rest])
        for view, model in models.values()
    ]
    return {
        "strong_features": parts[rest],
        "weak_probabilities": np.stack(weak),
        "weak_names": np.array(list(models)),
        "labels": digits[rest],
    }


main = audited("classifiers", Config(), arrays, "")
