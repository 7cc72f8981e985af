"""Audit weak models on scikit-learn's bundled diabetes data.

A quarter of the 442 patients train weak models that see two features each, with the true labels.
The others are audited: the strong class is linear in all ten features and their 45 products, and
learns from the weak models' predictions alone. A weak model that is linear in its two features is
a member of the strong class, so its student is itself: misfit and gain are 0. Nearest neighbours
are not, and there the student gains.

Run `python -m experiments.audit_diabetes --out DIR`.
"""

import argparse
import dataclasses
import itertools
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor

from w2sjax.auditing import command

UNIT = "squared progression score"


@dataclasses.dataclass(frozen=True)
class Config:
    """What is trained and audited."""

    trained: float = 0.25
    neighbours: int = 5
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
        "bmi, bp: neighbours": (("bmi", "bp"), KNeighborsRegressor(config.neighbours)),
        "s5, s6: neighbours": (("s5", "s6"), KNeighborsRegressor(config.neighbours)),
        "age, sex: neighbours": (("age", "sex"), KNeighborsRegressor(config.neighbours)),
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


def main(arguments: list[str] | None = None) -> int:
    """Write the data of the audit as `diabetes.npz` and audit it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True, help="folder for data and report")
    parser.add_argument("--set", default=Config.set, help="strong class, as for w2sjax audit")
    parser.add_argument("--bootstrap", type=int, default=Config.bootstrap)
    parser.add_argument("--split", default=Config.split, help="share of the rows to hold out")
    parser.add_argument("--seed", type=int, default=Config.seed)
    given = parser.parse_args(arguments)
    config = Config(set=given.set, bootstrap=given.bootstrap, split=given.split, seed=given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    path = given.out / "diabetes.npz"
    np.savez(path, **arrays(config))  # pyright: ignore[reportArgumentType]
    return command.run(
        str(path),
        set=config.set,
        bootstrap=config.bootstrap,
        split=config.split,
        seed=config.seed,
        out=given.out,
        unit=UNIT,
    )


if __name__ == "__main__":
    raise SystemExit(main())
