"""Weak models of a molecular property, of graded strength, from a few simple descriptors."""

import dataclasses
import warnings

import numpy as np

from experiments._molecules import Dataset, Molecules

# In this order the first 1, 2, 4, 8 make the linear weak models; the networks see all.
SIMPLE = ("MolWt", "RingCount", "NumHDonors", "NumHAcceptors", "TPSA", "NumRotatableBonds",
          "FractionCSP3", "MolLogP")  # fmt: skip
COUNTS = (1, 2, 4, 8)
WIDTHS = (8, 12, 16, 24, 32, 48, 64, 96)


@dataclasses.dataclass(frozen=True)
class WeakModel:
    """What a weak model predicts of every molecule; `family` is linear, network or teacher."""

    name: str
    family: str
    predictions: np.ndarray


def weak_models(
    dataset: Dataset,
    simple: np.ndarray,
    molecules: Molecules,
    trained: np.ndarray,
    *,
    epochs: int,
    learning_rate: float,
    seed: int,
) -> list[WeakModel]:
    """Train the weak models on their molecules; take over the teacher that the file brings."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LinearRegression
    from sklearn.neural_network import MLPRegressor

    target = molecules.target[trained]
    centre, scale = target.mean(), target.std()
    models = []
    for count in COUNTS:
        fitted = LinearRegression().fit(simple[trained, :count], target)
        name = f"linear, {count} descriptor{'s' * (count > 1)}"
        models.append(WeakModel(name, "linear", fitted.predict(simple[:, :count])))
    for width in WIDTHS:
        network = MLPRegressor(
            hidden_layer_sizes=(width, width),
            learning_rate_init=learning_rate,
            max_iter=epochs,
            random_state=seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(simple[trained], (target - centre) / scale)
        predictions = centre + scale * network.predict(simple)
        models.append(WeakModel(network_name(width), "network", predictions))
    if dataset.teacher is not None and molecules.teacher is not None:
        models.append(WeakModel(dataset.teacher, "teacher", molecules.teacher))
    return models


def network_name(width: int) -> str:
    """Name the weak network of a width."""
    return f"network, width {width}"
