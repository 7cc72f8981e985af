"""Audit classifiers on scikit-learn's bundled digits: weak models of graded width, strong features.

The weak models are logistic regressions that learn from 30% of the images, with true labels, and see their
first 2 to 16 principal components; one more sees the upper half of an image. They name the other images for
heads on the strong features: 40 components.

Run `python -m experiments audit_classifiers --out DIR [--bootstrap N] [--split SHARE]`.
"""

import dataclasses
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from experiments._bundled_audit import audited


@dataclasses.dataclass(frozen=True)
class Config:
    """What is trained and audited."""

    trained: float = 0.3
    widths: tuple[int, ...] = (2, 4, 8, 16)
    strong: int = 40
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
    views = {f"{width} components": parts[:, :width] for width in config.widths}
    views["upper half"] = images[:, :32]
    weak = [
        LogisticRegression(max_iter=5000).fit(view[train], digits[train]).predict_proba(view[rest])
        for view in views.values()
    ]
    return {
        "strong_features": parts[rest],
        "weak_probabilities": np.stack(weak),
        "weak_names": np.array(list(views)),
        "labels": digits[rest],
    }


main = audited("classifiers", Config(), arrays, "")
