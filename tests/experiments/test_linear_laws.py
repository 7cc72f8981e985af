"""Simulated students are on the laws' curves, and the logistic loss leaves delta learning's criterion."""

import numpy as np

from experiments import linear_laws
from figures._curves import columns, rows


def test_simulated_students_obey_the_laws(tmp_path):
    assert linear_laws.main(["--out", str(tmp_path)]) == 0
    names = ("steps", "slopes", "dimensions", "features", "limits", "variances", "recovered")
    data = {name: columns(tmp_path / f"{name}.csv") for name in names}
    steps = data["steps"]
    assert np.all((steps["lower"] <= steps["law"]) & (steps["law"] <= steps["upper"] + 1e-12))
    # A coordinate of a step on 20,000 samples has deviation at most 2 / 20,000 ** 0.5 < 0.015.
    assert np.abs(steps["measured"] - steps["law"]).max() < 6 * 0.015
    assert np.all(rows(steps, teacher="weak, errors alike")["measured"] < 0)
    linear, logistic = (rows(data["slopes"], length=length) for length in (0.0, 8.0))
    assert np.abs(linear["slope"] - linear["criterion"]).max() < 6 * 0.015
    wrong = logistic["criterion"] * logistic["slope"] < 0
    assert np.sum(wrong & (np.abs(logistic["slope"]) > 0.05)) > 3
    dimensions = data["dimensions"]
    assert np.all(dimensions["quantile"] > dimensions["bound"])
    features, limits = data["features"], data["limits"]
    assert np.all(features["student"] > features["limit"])
    assert np.allclose(limits["limit"], limits["attained"], atol=1e-9)
    assert np.all(limits["square"] <= limits["limit"] + 1e-12)
    variances = data["variances"]
    assert np.all(
        np.abs(variances["variance"] - variances["law"]) < 5 * variances["variance_stderr"]
    )
    found = data["recovered"]
    assert np.all((found["bound"] <= found["recovered"] + 1e-9) & (found["recovered"] <= 1 + 1e-9))
    exact = rows(found, target="in a subspace")
    assert np.allclose(exact["bound"], exact["recovered"], atol=1e-9)
    assert (tmp_path / "linear_laws.png").exists()
