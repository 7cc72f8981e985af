"""Rows that lie on several devices: the answers of one device, and no row leaves its device."""

import re
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import AxisType, NamedSharding, PartitionSpec

from w2sjax import certify, hypothesis_class, project
from w2sjax.projecting import decomposition, projection
from w2sjax.projecting.centring import means
from w2sjax.projecting.sets import Affine, L2Ball
from w2sjax.projecting.thin_qr import thin_qr

POINTS, WIDTH = 48, 4
random = np.random.default_rng(0)
FEATURES = random.standard_normal((POINTS, WIDTH)) + 3
TARGET = FEATURES @ random.standard_normal(WIDTH) + random.standard_normal(POINTS)
WEIGHTS = np.r_[0, random.uniform(1, 2, POINTS - 1)]


def over_rows(count, kind=AxisType.Auto):
    mesh = jax.make_mesh((count,), ("rows",), (kind,), devices=jax.devices()[:count])
    place = NamedSharding(mesh, PartitionSpec("rows"))
    return lambda array: jax.device_put(jnp.asarray(array), place)


@pytest.mark.parametrize(
    ("convex_set", "count", "kind", "method"),
    [(L2Ball(jnp.asarray(0.5)), 2, AxisType.Auto, "gram"), (Affine(), 8, AxisType.Explicit, "qr")],
    ids=["two", "eight"],
)
def test_devices_change_no_status_and_nothing_beyond_the_certificates(
    convex_set, count, kind, method
):
    place = over_rows(count, kind)
    whole = hypothesis_class(convex_set, jnp.asarray(FEATURES), jnp.asarray(WEIGHTS), method=method)
    answer = project(whole, jnp.asarray(TARGET))
    given = place(FEATURES), place(WEIGHTS)
    spread = hypothesis_class(convex_set, *given, method=method)
    found = project(spread, place(TARGET))
    again = certify(spread, place(TARGET), found.coefficients, found.intercept)
    assert found.status == again.status == answer.status == 0
    assert len(found.values.sharding.device_set) == count
    assert found.values.addressable_shards[0].data.shape == (POINTS // count,)
    assert found.gap <= 4 * answer.gap + 1e-26 and again.gap <= 4 * answer.gap + 1e-26
    difference = np.asarray(found.values) - np.asarray(answer.values)
    away = np.sqrt(WEIGHTS @ difference**2 / WEIGHTS.sum())
    assert away <= np.sqrt(float(found.gap)) + np.sqrt(float(answer.gap))


def moved(program, *given, **options) -> list[int]:
    """Sizes of the arrays that devices hand to each other, but for sums."""
    text = program.lower(*given, **options).compile().as_text()
    found = re.findall(r"= (.*?) (?:all-gather|all-to-all|collective-permute)(?:-start)?\(", text)
    shapes = [shape for kinds in found for shape in re.findall(r"\w+\[([\d,]*)\]", kinds)]
    return [int(np.prod([int(side) for side in shape.split(",") if side])) for shape in shapes]


@pytest.mark.parametrize("method", ["qr", "gram"])
def test_no_row_leaves_its_device(method):
    count, points = 8, 8 * POINTS
    place = over_rows(count)
    features, target, weights = place(np.tile(FEATURES, (8, 1))), place(np.tile(TARGET, 8)), None
    spread = hypothesis_class(Affine(), features, weights, method=method)
    factored: Any = features, spread.weights, spread.centre
    triangles = count * WIDTH * WIDTH
    assert not moved(jax.jit(means), *factored[:2])
    if method == "qr":
        program: Any = decomposition._by_qr
        assert max(moved(program, *factored, features.sharding)) == triangles < points
    else:
        program = decomposition._spread_gram
        assert not moved(program, *factored)
    project_all: Any = projection._project
    assert not moved(project_all, spread, target, None, max_steps=9, tolerance=None)


@pytest.mark.parametrize("shape", [(48, 4), (16, 4), (8, 12)])
def test_the_thin_decomposition_has_orthogonal_columns_and_gives_the_matrix_back(shape):
    """Also where a device has fewer rows than there are columns, and where all have together."""
    matrix = over_rows(8)(random.standard_normal(shape))
    orthogonal, triangular = jax.jit(thin_qr, static_argnums=1)(matrix, matrix.sharding)
    least = min(shape)
    assert orthogonal.shape == (shape[0], least) and triangular.shape == (least, shape[1])
    square = np.asarray(orthogonal).T @ np.asarray(orthogonal)
    np.testing.assert_allclose(square, np.eye(least), atol=1e-14)
    np.testing.assert_allclose(orthogonal @ triangular, matrix, atol=1e-14)


def test_bad_entries_are_named_where_they_are():
    place = over_rows(4)
    bad = FEATURES.copy()
    bad[30, 2] = np.inf
    with pytest.raises(ValueError, match=re.escape("features[30, 2]: not finite")):
        hypothesis_class(Affine(), place(bad))
    weights = WEIGHTS.copy()
    weights[17] = -1
    with pytest.raises(ValueError, match=re.escape("weights[17]: negative or not finite")):
        hypothesis_class(Affine(), place(FEATURES), place(weights))
