"""One contract for every convex set: projection, support function, distance, members, bounds.

Random sets, points and members are drawn in batches, one compilation for each operation, kind and
dimension. The same conditions then hold for a batch at points that Hypothesis chooses.
"""

import functools
import zlib
from typing import Any, NamedTuple

import clarabel_oracle
import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from w2sjax.projecting.sets import SETS, ConvexSet, Intersection, ValueSet
from w2sjax.projecting.sets.function_values import ValueIntersection
from w2sjax.projecting.solvers.least_squares import euclidean

KINDS: dict[str, type[ConvexSet]] = {**SETS, "value_intersection": ValueIntersection}
SIZES = (1, 5)
COUNT = 40
# Accuracy of `project` relative to the sizes of point and answer, and of inner products that vanish
# there. The interior point method stops by the gap, which bounds the squared distance.
ACCURACY = {"intersection": 1e-4, "polyhedron": 1e-8}
GAP = {"intersection": 1e-7, "polyhedron": 1e-8}
BOUNDED = (
    "l2_ball l1_ball simplex box ellipsoid rkhs_ball intersection bounded_values value_intersection"
).split()
# What lies in the space of function values; everything else constrains coefficients.
VALUES = ("monotone", "bounded_values", "value_intersection")
WITH_INTERIOR = ("l2_ball", "l1_ball", "orthant", "box", "ellipsoid", "rkhs_ball", "intersection")

every_case = pytest.mark.parametrize(
    ("name", "size"), [(name, size) for name in KINDS for size in SIZES]
)
every_kind = pytest.mark.parametrize("name", KINDS)


class Sample(NamedTuple):
    """A batch of random sets with what the contract needs."""

    sets: Any
    weights: np.ndarray  # (count, size), of the inner product
    points: np.ndarray
    others: np.ndarray
    members: np.ndarray


def keys(name, size, purpose):
    root = jax.random.key(zlib.crc32(f"{name} {size} {purpose}".encode()))
    return jax.random.split(root, COUNT)


def skewed_weights(name, size):
    """Weights over six orders of magnitude for sets of values; plain inner products for others."""
    if not issubclass(KINDS[name], ValueSet):
        return np.ones((COUNT, size))
    exponents = np.random.default_rng(size).uniform(-6, 0, (COUNT, size))
    return 10.0**exponents / np.sum(10.0**exponents, axis=1, keepdims=True)


@functools.cache
def compiled(name, size):
    """The operations of a kind in one dimension, each compiled once for a batch."""
    kind = KINDS[name]
    weighted = issubclass(kind, ValueSet)

    def draw(key):
        set_key, point_key, other_key, member_key = jax.random.split(key, 4)
        convex_set = kind.random(set_key, size, jnp.float64)
        far = 10 ** jax.random.uniform(point_key, (), jnp.float64, -1.0, 2.0)
        point, other = far * jax.random.normal(other_key, (2, size), jnp.float64)
        return convex_set, point, other, convex_set.draw(member_key, size, jnp.float64)

    def project(convex_set: Any, point, weights):
        """The projection, and the dual point of the solver where there is one."""
        if weighted:
            return convex_set.project(point, weights), None
        if name in ("polyhedron", "intersection"):
            solution = convex_set.solve(euclidean(point), max_steps=1000)
            return solution.coefficients, solution.dual
        return convex_set.project(point), None

    def support(convex_set: Any, direction, weights, hint):
        if weighted:
            return convex_set.support(direction, weights)
        return convex_set.support(direction, hint)

    def where(convex_set: Any, point):
        """Everything that is asked about the place of a point."""
        answer = {
            "distance": convex_set.distance(point).upper(),
            "contains": convex_set.contains(point),
        }
        if not weighted:
            answer["margin"] = convex_set.margin(point)
            answer["constraints"], answer["active"] = convex_set.constraints(point)
            answer["extent"] = convex_set.extent(size, jnp.float64)
        return answer

    return {
        "draw": jax.vmap(draw),  # not jitted: its parts are compiled once for all kinds
        "project": jax.jit(jax.vmap(project)),
        "support": jax.jit(jax.vmap(support)),
        "where": jax.jit(jax.vmap(where)),
    }


@functools.cache
def sample(name, size):
    sets, points, others, members = compiled(name, size)["draw"](keys(name, size, "draw"))
    weights = skewed_weights(name, size)
    return Sample(sets, weights, np.asarray(points), np.asarray(others), np.asarray(members))


def project(name, size, points, weights=None):
    data = sample(name, size)
    weights = data.weights if weights is None else weights
    answer, dual = compiled(name, size)["project"](
        data.sets, jnp.asarray(points), jnp.asarray(weights)
    )
    return np.asarray(answer), dual


def support(name, size, directions, hint=None):
    data = sample(name, size)
    return compiled(name, size)["support"](
        data.sets, jnp.asarray(directions), jnp.asarray(data.weights), hint
    )


def within(bound, reach):
    """The support function of the members of a size, for each set of the batch."""
    return np.asarray(jax.vmap(type(bound).within)(bound, jnp.asarray(reach)))


def where(name, size, points):
    answer = compiled(name, size)["where"](sample(name, size).sets, jnp.asarray(points))
    return {key: np.asarray(value) for key, value in answer.items()}


def inner(weights, left, right):
    return np.sum(weights * left * right, axis=-1)


def norm(weights, vector):
    return np.sqrt(inner(weights, vector, vector))


def accuracy(name):
    return ACCURACY.get(name, 1e-12)


def gap_accuracy(name):
    return GAP.get(name, 1e-12)


def check_projection(name, size, points, others):
    """Idempotent, non-expansive and the variational inequality with members."""
    data = sample(name, size)
    weights, tiny = data.weights, accuracy(name)
    first, _ = project(name, size, points)
    second, _ = project(name, size, others)
    again, _ = project(name, size, first)
    scale = 1 + norm(weights, points) + norm(weights, others) + norm(weights, data.members)
    assert np.all(norm(weights, again - first) <= tiny * scale)
    expansion = norm(weights, first - second) - norm(weights, points - others)
    assert np.all(expansion <= tiny * scale)
    for member in (data.members, second):
        angle = inner(weights, points - first, member - first)
        assert np.all(angle <= gap_accuracy(name) * scale**2)


@every_case
def test_projection_is_a_projection(name, size):
    data = sample(name, size)
    check_projection(name, size, data.points, data.others)
    projected, _ = project(name, size, data.points)
    assert np.all(where(name, size, projected)["distance"] <= accuracy(name) * 1e3)
    moved = norm(1.0, projected - data.points)
    if name in ("subspace", "affine"):
        assert not np.any(moved)
    elif size > 1 or name not in VALUES:  # one value is always monotone
        assert np.mean(moved > 1e-3) > 0.3


coordinates = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 1e-8, 1e3]),
    st.floats(-1e3, 1e3, allow_subnormal=False),
)


@every_kind
@settings(max_examples=50, deadline=None, derandomize=True)
@given(hnp.arrays(np.float64, (2, 5), elements=coordinates))
def test_projection_at_chosen_points(name, points):
    first, second = np.broadcast_to(points[:, None, :], (2, COUNT, 5))
    check_projection(name, 5, first, second)


@every_case
def test_projection_agrees_with_clarabel(name, size):
    data = sample(name, size)
    projected, _ = project(name, size, data.points)
    for index in range(3):
        convex_set = jax.tree.map(lambda leaf, i=index: leaf[i], data.sets)
        weights, point = data.weights[index], data.points[index]
        error = norm(
            weights, projected[index] - clarabel_oracle.project(convex_set, point, weights)
        )
        assert error <= 1e-4 * (1 + norm(weights, point))


@every_case
def test_members_are_inside(name, size):
    data = sample(name, size)
    place = where(name, size, data.members)
    assert np.all(place["contains"])
    assert np.all(place["distance"] <= 1e-12 * (1 + norm(1.0, data.members)))


@every_case
def test_outside_points_are_refused_and_the_distance_is_covered(name, size):
    data = sample(name, size)
    nearest, _ = project(name, size, data.points, np.ones_like(data.weights))
    way = data.points - nearest
    outside = norm(1.0, way) > 1e-3
    if name in ("subspace", "affine") or (name == "monotone" and size == 1):
        assert not np.any(outside)
        return
    assert np.any(outside)
    ratios = []
    for share in (1.0, 1e-2, 1e-4):  # the points on the way have the same projection
        place = where(name, size, nearest + share * way)
        exact = share * norm(1.0, way)
        doubt = gap_accuracy(name) * (1 + norm(1.0, data.points))
        assert np.all(place["distance"] >= exact - doubt)
        assert not np.any(place["contains"][outside & (exact > 10 * doubt)])
        ratios.append(place["distance"][outside] / exact[outside])
    # A polyhedron knows one interior point only, and its slack may be small.
    typical, largest = (20, 500) if name == "polyhedron" else (5, 50)
    ratios = np.concatenate(ratios)
    assert np.median(ratios) <= typical
    assert np.quantile(ratios, 0.95) <= largest


def reach(name, size, members):
    """What covers the members: the extent where it is finite; for values a norm."""
    if name in VALUES:
        return 1 + norm(sample(name, size).weights, members)
    extent = where(name, size, members)["extent"]
    return np.where(np.isfinite(extent), extent, 1 + np.abs(members))


@every_case
def test_support_covers_members(name, size):
    data = sample(name, size)
    second, _ = project(name, size, data.others)
    for direction in (data.points, data.others, -data.points):
        bound = support(name, size, direction)
        for member in (data.members, second):
            value = within(bound, reach(name, size, member))
            doubt = gap_accuracy(name) * 10 * norm(data.weights, direction)
            assert np.all(value >= inner(data.weights, direction, member) - doubt)


@every_case
def test_support_is_attained_at_the_projection(name, size):
    """No gap is left at the projection: a support function that is too large shows here."""
    data = sample(name, size)
    projected, dual = project(name, size, data.points)
    direction = data.points - projected
    bound = support(name, size, direction, dual)
    value = within(bound, reach(name, size, projected))
    gap = value - inner(data.weights, direction, projected)
    size_squared = (1 + norm(data.weights, data.points) + norm(data.weights, projected)) ** 2
    assert np.all(np.abs(gap) <= gap_accuracy(name) * size_squared)


def far_away(name, size):
    """For each bounded set of the batch, how far a point has to be to show the support function."""
    sizes = reach(name, size, sample(name, size).members)
    return 1e4 * (1 + (sizes if name in VALUES else norm(1.0, sizes))) ** 2


@every_case
def test_support_is_attained_far_along_a_direction(name, size):
    if name not in BOUNDED or name == "intersection":  # whose split without a hint is a guess
        return
    data = sample(name, size)
    direction = data.points / norm(data.weights, data.points)[:, None]
    length = far_away(name, size)
    far, _ = project(name, size, length[:, None] * direction)
    bound = support(name, size, direction)
    assert not np.any(bound.residual)
    gap = bound.value - inner(data.weights, direction, far)
    assert np.all((gap >= -1e-9) & (gap <= 1e-3))


@every_case
def test_extent(name, size):
    if name in VALUES:
        return
    data = sample(name, size)
    far = 1e3 * data.points
    reached = np.maximum(np.abs(data.members), np.abs(project(name, size, far)[0]))
    extent = where(name, size, data.members)["extent"]
    assert extent.shape == (COUNT, size)
    assert np.all(extent >= reached - accuracy(name) * (1 + norm(1.0, far))[:, None])
    assert np.all(np.isfinite(extent)) == (name in BOUNDED)
    if name not in BOUNDED:
        return
    # Some member attains each bound; that of an intersection is one of its parts' only.
    for axis in np.eye(size):
        ends = [project(name, size, s * far_away(name, size)[:, None] * axis)[0] for s in (1, -1)]
        attained = np.max(np.abs(ends) @ axis, axis=0)
        assert np.median(extent @ axis / attained) <= (3 if name == "intersection" else 1.001)


@every_case
def test_margin_is_a_ball_inside(name, size):
    if name in VALUES:
        return
    data = sample(name, size)
    centre = data.sets.interior if name in ("polyhedron", "intersection") else data.members
    margin = where(name, size, centre)["margin"]
    if name in ("subspace", "affine"):
        assert np.all(margin == np.inf)
        return
    assert np.all(margin >= -1e-12)
    if name in WITH_INTERIOR:
        assert np.any(margin > 1e-2)
    random = np.random.default_rng(0)
    for _ in range(4):
        direction = random.normal(size=(COUNT, size))
        direction *= (margin * (1 - 1e-9) / norm(1.0, direction))[:, None]
        assert np.all(where(name, size, centre + direction)["distance"] <= 1e-9)


@every_case
def test_constraints_are_negative_inside(name, size):
    if name in VALUES:
        return
    data = sample(name, size)
    inside = where(name, size, data.members)
    outside = where(name, size, data.points)
    count = 1 if name == "l1_ball" else None  # then the coordinates, which are not signed
    values, far = inside["constraints"][:, :count], outside["constraints"][:, :count].copy()
    assert np.all(values <= 1e-12 * (1 + norm(1.0, data.members))[:, None])
    if not values.shape[1]:
        assert name in ("subspace", "affine")
        return
    equality = {"simplex": slice(0, 1), "polyhedron": slice(size + 2, None)}.get(name, slice(0))
    far[:, equality] = np.abs(far[:, equality])
    assert np.all((np.max(far, axis=1) > 0) >= (outside["distance"] > 1e-9))
    assert np.all((np.max(far, axis=1) > 1e-9) <= ~outside["contains"])
    assert np.all(np.abs(inside["constraints"][inside["active"]]) <= 1e-6 * 50)
    projected, _ = project(name, size, data.points)
    moved = norm(1.0, projected - data.points) > 1e-3
    found = np.any(where(name, size, projected)["active"], axis=1)[moved]
    # The interior point method may stop too far from a constraint for it to count as active.
    assert np.mean(found) >= (0.9 if name == "intersection" else 1)


@every_kind
def test_batch_is_one_call(name):
    data, size = sample(name, 5), 5
    projected, _ = project(name, size, data.points)
    distances = where(name, size, data.points)["distance"]
    convex_set = jax.tree.map(lambda leaf: leaf[3], data.sets)
    extra = [jnp.asarray(data.weights[3])] if name in VALUES else []
    one = jax.jit(lambda s, *args: (s.project(*args), s.distance(args[0]).upper()))
    point, distance = one(convex_set, jnp.asarray(data.points[3]), *extra)
    np.testing.assert_allclose(point, projected[3], rtol=10 * accuracy(name), atol=accuracy(name))
    np.testing.assert_allclose(distance, distances[3], rtol=1e-13, atol=1e-13)


@every_kind
def test_eager_is_jit(name):
    data, size = sample(name, 5), 5
    convex_set: Any = jax.tree.map(lambda leaf: leaf[5], data.sets)
    point, weights = jnp.asarray(data.points[5]), jnp.asarray(data.weights[5])
    np.testing.assert_allclose(
        convex_set.distance(point).upper(),
        where(name, size, data.points)["distance"][5],
        rtol=1e-13,
        atol=1e-13,
    )
    if name in ("polyhedron", "intersection"):
        return  # iterative solvers are tested eagerly beside their own tests
    extra = [weights] if name in VALUES else []
    projected, _ = project(name, size, data.points)
    eager = convex_set.project(point, *extra)
    np.testing.assert_allclose(eager, projected[5], rtol=1e-12, atol=1e-12)
    bound, batch = convex_set.support(point, *extra), support(name, size, data.points)
    np.testing.assert_allclose(bound.value, batch.value[5], rtol=1e-13, atol=1e-13)


@every_kind
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
def test_precision_is_kept(name, dtype):
    kind: Any = KINDS[name]

    def everything(key):
        convex_set = kind.random(key, 3, dtype)
        point = convex_set.draw(key, 3, dtype)
        answers = [point, convex_set.project(point), convex_set.support(point)]
        answers += [convex_set, convex_set.distance(point)]
        if name not in VALUES:
            answers += [convex_set.extent(3, dtype), convex_set.margin(point)]
            answers += [convex_set.constraints(point)[0]]
        return answers

    shapes = jax.eval_shape(everything, jax.random.key(0))
    assert {leaf.dtype for leaf in jax.tree.leaves(shapes)} == {jnp.dtype(dtype)}


def test_spaces_names_and_flags():
    """Which sets constrain function values and which coefficients, and what their classes add."""
    assert {name: kind.space for name, kind in KINDS.items()} == {
        name: "values" if name in VALUES else "coefficients" for name in KINDS
    }
    assert all(kind.name == name for name, kind in SETS.items())
    assert [name for name, kind in SETS.items() if kind.linear] == ["subspace", "affine"]
    assert [name for name, kind in SETS.items() if kind.intercept] == ["affine"]
    assert isinstance(Intersection.random(jax.random.key(0), 2, jnp.float64), Intersection)
    for kind in KINDS.values():
        assert kind.__doc__


def test_names_on_the_command_line():
    assert (
        list(SETS)
        == (
            "subspace affine l2_ball l1_ball simplex orthant box polyhedron ellipsoid monotone "
            "rkhs_ball bounded_values intersection"
        ).split()
    )
