"""The sketch in the plane against scipy's minimiser."""

import numpy as np
import pytest
from scipy.optimize import minimize

from experiments import geometry
from experiments._run import read


def test_projections_in_the_plane(tmp_path):
    assert geometry.main(["--out", str(tmp_path)]) == 0
    config = geometry.Config()
    turn = np.deg2rad(config.angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def projection(point):
        """Over the boundary: both points are outside."""

        def distance(angle):
            edge = rotation @ (np.array(config.axes) * [np.cos(angle[0]), np.sin(angle[0])])
            return float(np.sum((edge - point) ** 2))

        found = min((minimize(distance, [s], tol=1e-14) for s in range(6)), key=lambda r: r.fun)
        return rotation @ (np.array(config.axes) * [np.cos(found.x[0]), np.sin(found.x[0])])

    points, distances = read(tmp_path / "points.csv"), read(tmp_path / "distances.csv")
    named = {(panel, name): (x, y) for panel, name, x, y in zip(*points.values(), strict=True)}
    for panel in ("realizable", "not realizable"):
        assert named[panel, "student"] == pytest.approx(projection(config.weak), abs=1e-5)
    assert named["realizable", "best"] == pytest.approx(config.inside, abs=1e-7)
    assert named["not realizable", "best"] == pytest.approx(projection(config.outside), abs=1e-5)
    assert all(angle >= 90 for angle in distances["angle"])
    assert distances["gain"][0] >= distances["misfit"][0]
    assert (tmp_path / "geometry.pdf").exists()
