"""The number of coefficients that a set shows, and instances of as many features."""

import numpy as np
import pytest

import w2sjax
from w2sjax.projecting.sets.dimension import dimension_of
from w2sjax.projecting.sets.parse import parse_set


@pytest.mark.parametrize(
    ("text", "dimension"), [("l2_ball:1", None), ("box:-1,1", None), ("bounded_values:2", None)]
)
def test_the_dimension_of_a_set(text, dimension):
    found = parse_set(text)
    assert not isinstance(found, type) and dimension_of(found) == dimension


def test_the_dimension_of_a_polyhedron_and_an_ellipsoid(tmp_path):
    np.savez(tmp_path / "p.npz", matrix=np.ones((5, 3)), bound=np.ones(5))
    np.savez(tmp_path / "e.npz", matrix=np.eye(4))
    for name, dimension in (("polyhedron:p", 3), ("ellipsoid:e", 4)):
        found = parse_set(f"{name}.npz", folder=tmp_path)
        assert not isinstance(found, type) and dimension_of(found) == dimension


def test_a_fixed_set_is_verified_with_as_many_features(tmp_path):
    np.savez(tmp_path / "p.npz", matrix=np.vstack([np.eye(3), -np.eye(3)]), bound=np.ones(6))
    cube = parse_set("polyhedron:p.npz", folder=tmp_path)
    (answer,) = w2sjax.verify("convex_values", 0, sets=[cube], instances=50)
    assert answer.violated == answer.invalid == 0 and answer.holds + answer.equal > 40
