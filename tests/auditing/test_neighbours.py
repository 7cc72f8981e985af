"""Neighbours against exact distances, against scikit-learn, and where one matrix product is not enough."""

from fractions import Fraction

import hypothesis.extra.numpy as hnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from w2sjax.auditing import distances, neighbours
from w2sjax.auditing.neighbours import nearest, within
from w2sjax.auditing.pieces import Pieces
from w2sjax.projecting import rows

ROWS, WIDTH = 9, 2
DTYPES = (np.float64, np.float32, np.float16, ml_dtypes.bfloat16)
# A small grid: many duplicates, many ties.
grids = hnp.arrays(np.float64, (ROWS, WIDTH), elements=st.integers(-2, 2).map(float))


def squares(points):
    """Exact squared distances."""
    rows = [[Fraction(value) for value in row] for row in points.tolist()]
    return [[sum((a - b) ** 2 for a, b in zip(p, q, strict=True)) for q in rows] for p in rows]


def exact_nearest(points, count):
    """Neighbours of each point, and how many points have a tie."""
    n, near = len(points), squares(points)
    links = [set() for _ in range(n)]
    tied = 0
    for place in range(n):
        order = sorted((near[place][other], other) for other in range(n) if other != place)
        for _, other in order[:count]:
            links[place].add(other)
            links[other].add(place)
        tied += count < n - 1 and order[count - 1][0] == order[count][0]
    return links, tied


def linked(found):
    return [set(np.flatnonzero(row).tolist()) for row in found.graph.toarray()]


@settings(deadline=None)
@given(grids, st.integers(1, ROWS - 1), st.integers(1, ROWS - 1))
def test_nearest_are_those_of_exact_distances(points, first, second):
    for found, count in zip(nearest(points, (first, second)), (first, second), strict=True):
        links, tied = exact_nearest(points, count)
        assert linked(found) == links and found.tied == tied
        assert found.name == f"k = {count}" and found.sizes.tolist() == list(map(len, links))


@settings(deadline=None)
@given(grids, st.sampled_from([0.5, 1.0, 1.5, 2.0, 9.0]))
def test_points_at_the_radius_are_within_it(points, radius):
    near = squares(points)
    (other, found) = within(points, (0.25, radius))
    for graph, size in ((other, Fraction(1, 4)), (found, Fraction(radius))):
        expected = [
            {j for j in range(ROWS) if j != i and near[i][j] <= size**2} for i in range(ROWS)
        ]
        assert linked(graph) == expected and graph.tied == 0


@settings(deadline=None)
@given(grids, hnp.arrays(np.int64, (2, ROWS), elements=st.integers(0, 2)), st.integers(1, 4))
def test_robust_points_and_reached_sets(points, labels, count):
    (found,) = nearest(points, (count,))
    links, _ = exact_nearest(points, count)
    sets = labels == 1
    for row, robust, own, reached in zip(
        labels, found.robust(labels), sets, found.reached(sets), strict=True
    ):
        assert robust.tolist() == [all(row[i] == row[j] for j in links[i]) for i in range(ROWS)]
        assert reached.tolist() == [any(own[j] for j in links[i]) for i in range(ROWS)]


def cloud(rows=120, width=15, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, width))


@pytest.mark.parametrize("scale", [1.0, 1e200, 1e-200])
def test_scikit_learn_agrees(scale):
    points = cloud()
    other = NearestNeighbors().fit(points)
    (found,) = nearest(points * scale, (7,))
    graph = other.kneighbors_graph(n_neighbors=7).toarray()
    assert np.array_equal(found.graph.toarray(), (graph + graph.T > 0))
    (found,) = within(points * scale, (4.0 * scale,))
    graph = other.radius_neighbors_graph(radius=4.0).toarray()
    assert 200 < found.graph.nnz < 120 * 119 and np.array_equal(found.graph.toarray(), graph)


def test_clusters_far_apart_are_told_apart_inside():
    """A matrix product alone has errors here that are larger than the distances."""
    generator = np.random.default_rng(1)
    points = np.where(np.arange(60) % 2, 1e8, -1e8)[:, None] + generator.integers(
        -3, 4, (60, 3)
    ).astype(float)
    (found,) = nearest(points, (4,))
    links, tied = exact_nearest(points, 4)
    assert linked(found) == links and found.tied == tied
    (found,) = within(points, (2.0,))
    near = squares(points)
    assert linked(found) == [
        {j for j in range(60) if j != i and near[i][j] <= 4} for i in range(60)
    ]


@settings(deadline=None, max_examples=50)
@given(
    grids,
    st.sampled_from(DTYPES),
    st.integers(1, ROWS - 1),
    st.integers(1, ROWS - 1),
    st.integers(1, ROWS),
    st.integers(1, ROWS),
)
def test_points_in_a_file_have_the_neighbours_of_those_in_memory(
    points, dtype, count, cut, height, tile
):
    """Whatever their type, the blocks, and the tiles that limit themselves where all distances are equal."""
    stored = Pieces(np.split((points / 10).astype(dtype), [cut]))
    whole = np.asarray(stored, np.float64)
    expected = [*nearest(whole, (count, 1)), *within(whole, (0.2,))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "BLOCK", height * WIDTH)
        patch.setattr(distances, "TILE", tile)
        patch.setattr(distances, "MANY", 0.1)
        found = [*nearest(stored, (count, 1)), *within(stored, (0.2,))]
    for one, other in zip(found, expected, strict=True):
        assert linked(one) == linked(other) and one.tied == other.tied


@pytest.mark.parametrize("seed", range(9))
def test_the_order_of_pairs_changes_nothing(seed):
    """Threads hand them over as they find them."""
    random = np.random.default_rng(seed)
    points = random.integers(-2, 3, (ROWS, WIDTH)).astype(float)
    first, second = np.triu_indices(ROWS, 1)
    far = np.linalg.norm(points[first] - points[second], axis=1)
    found = neighbours._Nearest(ROWS, 4)
    for some in np.array_split(random.permutation(far.size), 5):
        found.take(first[some], second[some], far[some])
    links, tied = exact_nearest(points, 3)
    assert linked(found.graph(3)) == links and found.graph(3).tied == tied


def test_progress_is_that_of_the_work(monkeypatch):
    seen = []
    monkeypatch.setattr(rows, "BLOCK", 30 * 15)
    nearest(cloud(), (3,), progress=lambda *step: seen.append(step))
    assert all(step[::2] == ("neighbours", 120) for step in seen)
    pairs = np.cumsum([465, *[900] * 3, 465, *[900] * 2, 465, 900, 465])
    assert [done for _, done, _ in seen] == (120 * pairs // pairs[-1]).tolist()


def test_equal_points_are_neighbours():
    points = np.full((6, 2), 0.1)
    (found,) = nearest(points, (2,))
    # Everybody takes the first two, or three where it is one of them.
    assert linked(found) == [{1, 2, 3, 4, 5}, {0, 2, 3, 4, 5}, {0, 1}, {0, 1}, {0, 1}, {0, 1}]
    assert found.tied == 6
    (found,) = within(points, (1e-300,))
    assert found.sizes.tolist() == [5] * 6
    (found,) = within(np.zeros((3, 1)), (1e300,))
    assert found.sizes.tolist() == [2] * 3


def test_one_point_has_no_neighbours():
    (found,) = within(np.zeros((1, 2)), (1.0,))
    assert found.sizes.tolist() == [0] and found.robust(np.zeros((1, 1), int)).all()
    assert nearest(np.zeros((1, 2)), ()) == within(np.zeros((1, 2)), ()) == []


@pytest.mark.parametrize("count", [0, -1, 5, True])
def test_numbers_of_neighbours_are_checked(count):
    with pytest.raises(ValueError, match=r"neighbours: .* from 1 to n - 1 = 4 .* got "):
        neighbours.require((2, count), (), 5)


@pytest.mark.parametrize("radius", [0, -1.0, float("nan"), float("inf")])
def test_radii_are_checked(radius):
    with pytest.raises(ValueError, match=r"radius: expected positive numbers, got "):
        neighbours.require((), (1.0, radius), 5)


def test_too_many_pairs_are_refused(monkeypatch):
    monkeypatch.setattr(neighbours, "PAIRS", 100)
    with pytest.raises(
        ValueError, match="radius: more than 100 pairs of points are within 1000.0; take"
    ):
        within(np.zeros((20, 1)), (0.5, 1e3))
