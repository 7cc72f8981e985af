"""Sets read from text and files: every syntax, and a message for everything that does not fit."""

import itertools
import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax.projecting.sets import (
    SETS,
    Affine,
    BoundedValues,
    Box,
    Ellipsoid,
    Intersection,
    L1Ball,
    L2Ball,
    Monotone,
    Orthant,
    Polyhedron,
    RKHSBall,
    Simplex,
    Subspace,
)
from w2sjax.projecting.sets.function_values import ValueIntersection
from w2sjax.projecting.sets.parse import parse_set


@pytest.fixture
def saved(tmp_path):
    """Save named arrays under a name in the test's folder and return the path."""

    def save(name, **arrays: Any):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **arrays)
        return path

    return save


@pytest.mark.parametrize("name", SETS)
def test_a_name_alone_is_a_kind(name):
    assert parse_set(name) is SETS[name]


@pytest.mark.parametrize(
    ("text", "kind", "field", "value"),
    [
        ("l2_ball:2.5", L2Ball, "radius", 2.5),
        ("l1_ball:1e-3", L1Ball, "radius", 1e-3),
        ("bounded_values:1", BoundedValues, "bound", 1.0),
        ("simplex:2", Simplex, "total", 2.0),
        ("rkhs_ball:.5", RKHSBall, "radius", 0.5),
        ("l2_ball: 2 ", L2Ball, "radius", 2.0),
    ],
)
def test_one_number(text, kind, field, value):
    found = parse_set(text)
    assert type(found) is kind
    assert getattr(found, field) == value
    assert getattr(found, field).dtype == jnp.float64


def test_box():
    found = parse_set("box:-1,2.5")
    assert isinstance(found, Box) and found.lower == -1 and found.upper == 2.5


MATRIX = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
BOUND = np.array([1.0, 2.0])


def test_polyhedron(saved):
    path = saved("p.npz", matrix=MATRIX, bound=BOUND)
    found = parse_set(f"polyhedron:{path}")
    assert isinstance(found, Polyhedron)
    np.testing.assert_array_equal(found.matrix, MATRIX)
    np.testing.assert_array_equal(found.bound, BOUND)
    assert found.equality.shape == (0, 3) and found.level.shape == (0,)
    assert np.all(MATRIX @ np.asarray(found.interior) < BOUND)


def test_polyhedron_with_equalities_of_integers(saved):
    path = saved("p.npz", matrix=MATRIX.astype(int), bound=BOUND, equality=[[1, 1, 1]], level=[3])
    found = parse_set(f"polyhedron:{path}")
    assert isinstance(found, Polyhedron)
    np.testing.assert_array_equal(found.equality, [[1.0, 1.0, 1.0]])
    assert found.matrix.dtype == found.level.dtype == jnp.float64
    assert abs(float(jnp.sum(found.interior)) - 3) < 1e-12


def test_ellipsoid(saved):
    shape = np.array([[4.0, 1.0], [1.0, 3.0]])
    plain = parse_set(f"ellipsoid:{saved('e.npz', matrix=shape)}")
    assert isinstance(plain, Ellipsoid)
    np.testing.assert_allclose(plain.cholesky @ plain.cholesky.T, shape, rtol=1e-15)
    np.testing.assert_array_equal(plain.centre, [0, 0])
    shifted = parse_set(f"ellipsoid:{saved('e.npz', matrix=shape, centre=[1.0, -2.0])}")
    assert isinstance(shifted, Ellipsoid)
    np.testing.assert_array_equal(shifted.centre, [1, -2])


@pytest.mark.parametrize("radius", [2.0, np.array([2.0])])
def test_rkhs_ball_with_a_kernel(saved, radius):
    kernel = np.array([[2.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])  # of rank two
    found = parse_set(f"rkhs_ball:{saved('k.npz', kernel=kernel, radius=radius)}")
    assert isinstance(found, RKHSBall) and found.radius == 2
    np.testing.assert_array_equal(found.kernel, kernel)


def test_intersection_of_coefficients(saved):
    path = saved("i.npz", first="l2_ball:1", second="box:-1,0.5", interior=[0.0, 0.1])
    found = parse_set(f"intersection:{path}")
    assert isinstance(found, Intersection)
    assert isinstance(found.first, L2Ball) and isinstance(found.second, Box)
    np.testing.assert_array_equal(found.interior, [0, 0.1])


def test_intersection_of_values(saved):
    found = parse_set(f"intersection:{saved('i.npz', first='monotone', second='bounded_values:2')}")
    assert isinstance(found, ValueIntersection)
    assert isinstance(found.first, Monotone)
    assert isinstance(found.second, BoundedValues) and found.second.bound == 2


@pytest.mark.parametrize(("name", "kind"), [("orthant", Orthant), ("affine", Affine),
                                            ("subspace", Subspace)])  # fmt: skip
def test_kinds_without_parameters_take_part(saved, name, kind):
    path = saved("i.npz", first=name, second="l2_ball:1", interior=[0.3, 0.3])
    found = parse_set(f"intersection:{path}")
    assert isinstance(found, Intersection) and isinstance(found.first, kind)


def test_paths_are_relative_to_the_file_that_names_them(saved, tmp_path, monkeypatch):
    saved("deep/parts/p.npz", matrix=MATRIX, bound=BOUND)
    saved("deep/i.npz", first="polyhedron:parts/p.npz", second="l2_ball:9", interior=np.zeros(3))
    saved("outer.npz", first="intersection:deep/i.npz", second="l1_ball:9", interior=np.zeros(3))
    for folder, path in ((tmp_path, "outer.npz"), (tmp_path.parent, f"{tmp_path.name}/outer.npz")):
        monkeypatch.chdir(folder)
        found = parse_set(f"intersection:{path}")
        assert isinstance(found, Intersection) and isinstance(found.first, Intersection)
        assert isinstance(found.first.first, Polyhedron)
    monkeypatch.chdir(os.sep)
    assert isinstance(parse_set("intersection:outer.npz", folder=tmp_path), Intersection)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no ''; known are subspace, affine, "),
        ("Simplex", "there is no 'Simplex'; did you mean 'simplex'\\?$"),
        ("l2-ball:1", "there is no 'l2-ball'"),
        ("subspace:3", "'subspace' takes no parameter, got '3'"),
        ("monotone:", "'monotone' takes no parameter, got ''"),
        ("l2_ball:", "l2_ball needs a number after the colon, got ''"),
        ("l2_ball:big", "l2_ball needs a number after the colon, got 'big'"),
        ("l1_ball:1,2", "l1_ball needs a number after the colon, got '1,2'"),
        ("l2_ball:nan", "l2_ball needs a number after the colon, got 'nan'"),
        ("l2_ball:inf", "l2_ball needs a positive radius, got inf"),
        ("l2_ball:-2", "l2_ball needs a positive radius, got -2.0"),
        ("simplex:0", "simplex needs a positive total, got 0.0"),
        ("rkhs_ball:x", "rkhs_ball needs a number after the colon, got 'x'"),
        ("rkhs_ball:-1", "rkhs_ball needs a positive radius, got -1.0"),
        ("box:1", "box needs 2 numbers separated by commas after the colon, got '1'"),
        ("box:0,nan", "box needs 2 numbers separated by commas after the colon, got '0,nan'"),
        ("box:2,1", "box needs lower <= upper, got 2.0 and 1.0"),
        ("box:inf,inf", "box needs lower <= upper, got inf and inf"),
        ("polyhedron:", "of polyhedron cannot be read"),
        ("polyhedron:gone.npz", "the file .*gone.npz of polyhedron cannot be read: .*No such file"),
        ("rkhs_ball:gone.npz", "the file .*gone.npz of rkhs_ball cannot be read: .*No such file"),
        ("intersection:gone.npz", "the file .*gone.npz of intersection cannot be read"),
    ],
)
def test_bad_text(text, message, tmp_path):
    with pytest.raises(ValueError, match=f"^set: {message}|^set: the file .*{message}"):
        parse_set(text, folder=tmp_path)


EYE = np.eye(2)


@pytest.mark.parametrize(
    ("name", "arrays", "message"),
    [
        ("polyhedron", {"matrix": EYE}, r"set: .*lacks \['bound'\] for polyhedron; it has \['matrix"),
        ("polyhedron", {"matrix": EYE, "bound": [np.nan, 1]}, "'bound' in .*f.npz has .*not finite"),
        ("polyhedron", {"matrix": EYE, "bound": [-np.inf, 1]}, "'bound' in .*f.npz has .*not finite"),
        ("polyhedron", {"matrix": EYE, "bound": ["a", "b"]}, "'bound' in .*not hold real numbers"),
        ("polyhedron", {"matrix": EYE, "bound": [1j, 1]}, "'bound' in .*not hold real numbers"),
        ("polyhedron", {"matrix": EYE, "bound": [1.0]}, "do not fit together"),
        ("polyhedron", {"matrix": EYE, "bound": [[1.0], [1.0]]}, "do not fit together"),
        ("polyhedron", {"matrix": [EYE, EYE], "bound": [1.0, 1]}, "do not fit together"),
        ("polyhedron", {"matrix": EYE, "bound": [1, 1], "level": [1]}, "do not fit together"),
        ("polyhedron", {"matrix": EYE, "bound": [1, 1], "equality": [[1, 1]]}, "do not fit together"),
        (
            "polyhedron",
            {"matrix": EYE, "bound": [1, 1], "equality": [[1, 3], [1 / 3, 1]], "level": [3, 1]},
            "rows of equality, with .*, are linearly dependent up to rounding",
        ),
        ("polyhedron", {"matrix": [[1.0], [-1.0]], "bound": [-1, -1]}, "no point satisfies all"),
        ("ellipsoid", {"centre": [1.0]}, r"lacks \['matrix'\] for ellipsoid; it has \['centre'\]"),
        ("ellipsoid", {"matrix": 2.0}, r"ellipsoid needs a square matrix, got shape \(\)"),
        ("ellipsoid", {"matrix": EYE[:1]}, r"ellipsoid needs a square matrix, got shape \(1, 2\)"),
        ("ellipsoid", {"matrix": [[1, 2], [0, 9]]}, "ellipsoid's matrix is not symmetric"),
        ("ellipsoid", {"matrix": [[1, 2], [2, 1]]}, "ellipsoid's matrix is not positive definite"),
        ("ellipsoid", {"matrix": EYE, "centre": [1]}, r"centre has shape \(1,\), its matrix \(2, 2\)"),
        ("rkhs_ball", {"kernel": EYE}, r"lacks \['radius'\] for rkhs_ball; it has \['kernel'\]"),
        ("rkhs_ball", {"kernel": EYE[:1], "radius": 1}, r"a square kernel, got shape \(1, 2\)"),
        ("rkhs_ball", {"kernel": EYE, "radius": [1, 2]}, "rkhs_ball needs a positive radius"),
        ("rkhs_ball", {"kernel": EYE, "radius": 0}, "rkhs_ball needs a positive radius, got 0"),
        ("rkhs_ball", {"kernel": [[1, 2], [0, 9]], "radius": 1}, "kernel is not symmetric"),
        ("rkhs_ball", {"kernel": [[1, 2], [2, 1]], "radius": 1}, "kernel is not positive semidef"),
        ("intersection", {"first": "monotone"}, r"f.npz lacks \['second'\] for intersection"),
        (
            "intersection",
            {"first": "l2_ball:1", "second": "box"},
            "'second' of .*f.npz needs a parameter, got 'box'",
        ),
        ("intersection", {"first": "moon", "second": "box:0,1"}, "no 'moon'; did you mean 'monotone'"),
        ("intersection", {"first": EYE, "second": "box:0,1"}, "there is no .*; known are"),
        (
            "intersection",
            {"first": "l2_ball:1", "second": "monotone"},
            "l2_ball constrains coefficients, monotone values",
        ),
        (
            "intersection",
            {"first": "l2_ball:1", "second": "box:-1,1"},
            "no set shows the dimension; pass .*interior",
        ),
        (
            "intersection",
            {"first": "l2_ball:1", "second": "box:2,3", "interior": [2.0, 2.0]},
            "l2_ball and box do not meet as far as can be seen",
        ),
        (
            "intersection",
            {"first": "l2_ball:1", "second": "box:-1,1", "interior": [np.nan, 0]},
            "'interior' in .*f.npz has entries that are not finite",
        ),
        (
            "intersection",
            {"first": "l2_ball:1", "second": "box:-1,1", "interior": ["a", "b"]},
            "'interior' in .*f.npz does not hold real numbers",
        ),
        (
            "intersection",
            {"first": "l2_ball:1", "second": "intersection:f.npz", "interior": [0.0]},
            "f.npz is an intersection with itself",
        ),
    ],
)  # fmt: skip
def test_bad_arrays(saved, name, arrays, message):
    with pytest.raises(ValueError, match=message):
        parse_set(f"{name}:{saved('f.npz', **arrays)}")


@pytest.mark.parametrize(
    "damage", ["empty", "text", "cut", "flipped", "deflated", "folder", "npy", "pickle"]
)
def test_damaged_files(saved, tmp_path, damage):
    path = saved("f.npz", matrix=MATRIX, bound=BOUND)
    content = bytearray(path.read_bytes())
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("matrix: 1")
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "flipped":
            content[content.index(b"NUMPY") + 150] ^= 0xFF
            path.write_bytes(content)
        case "deflated":
            np.savez_compressed(path, matrix=MATRIX, bound=BOUND)
            content = bytearray(path.read_bytes())
            content[60:80] = bytes(20)
            path.write_bytes(content)
        case "folder":
            path = tmp_path
        case "npy":
            path = tmp_path / "f.npy"
            np.save(path, MATRIX)
        case "pickle":
            saved("f.npz", matrix=np.array([{}], dtype=object), bound=BOUND)
    with pytest.raises(ValueError, match=f"set: the file {path} of polyhedron cannot be read: .+"):
        parse_set(f"polyhedron:{path}")


def test_structures_tell_the_kinds_apart():
    """Equal structures of two kinds would share compiled programs."""
    drawn = {
        name: kind.random(jax.random.key(0), 4, jnp.float64)
        for name, kind in SETS.items()
        if not name.startswith("intersection")
    }
    for one, other in itertools.combinations(drawn, 2):
        assert jax.tree.structure(drawn[one]) != jax.tree.structure(drawn[other]), (one, other)
