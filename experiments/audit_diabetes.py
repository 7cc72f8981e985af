"""Audit weak models on scikit-learn's bundled diabetes data.

A quarter of the 442 patients train weak models that see two features each, with the true labels.
The others are audited: the strong class is linear in all ten features and their 45 products, and
learns from the weak models' predictions alone. A weak model that is linear in its two features is
a member of the strong class, so its student is itself: misfit and gain are 0. Nearest neighbours
are not, and there the student gains.

Run `python -m experiments audit_diabetes --out DIR`.
"""

import dataclasses
import itertools
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor

from experiments._bundled_audit import audited


@dataclasses.dataclass(frozen=True)
class Config:
    """What is trained and audited."""

    trained: float = 0.25
    nearest: int = 5
    set: str = "affine"
    bootstrap: int = 200
    split: str | None = None
    seed: int = 0


def arrays(config: Config) -> dict[str, np.ndarray]:
    """Train the weak models; return the arrays of an audit on the patients they did not see."""
    bunch: Any = load_diabetes()
    features, target, names = bunch.data, bunch.target, list(bunch.feature_names)
    order = np.random.default_rng(config.seed).permutation(len(target))
    train, rest = np.split(order, [round(config.trained * len(order))])
    models = {
        "bmi, bp: linear": (("bmi", "bp"), LinearRegression()),
        "bmi, bp: neighbours": (("bmi", "bp"), KNeighborsRegressor(config.nearest)),
        "s5, s6: neighbours": (("s5", "s6"), KNeighborsRegressor(config.nearest)),
        "age, sex: neighbours": (("age", "sex"), KNeighborsRegressor(config.nearest)),
    }
    weak = []
    for columns, model in models.values():
        seen = features[:, [names.index(column) for column in columns]]
        weak.append(model.fit(seen[train], target[train]).predict(seen[rest]))
    pairs = itertools.combinations(range(features.shape[1]), 2)
    products = [features[:, i] * features[:, j] for i, j in pairs]
    strong = np.column_stack([features, *products])
    strong = (strong - strong.mean(axis=0)) / strong.std(axis=0)
    return {
        "strong_features": strong[rest],
        "weak_predictions": np.stack(weak),
        "weak_names": np.array(list(models)),
        "target": target[rest],
    }


main = audited("diabetes", Config(), arrays, "squared progression score")
