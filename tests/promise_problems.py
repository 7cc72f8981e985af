"""Random problems of the kinds that people's data have, for the promises of a certificate.

Features, weights and targets by kind of data; sets with parameters of the size that the data ask for.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from w2sjax.projecting.sets import (
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


class Problem(NamedTuple):
    """A problem; its kind of data is kept beside it."""

    features: np.ndarray
    masses: np.ndarray
    target: np.ndarray
    parameters: dict[str, np.ndarray]


def generic(random, n, d):
    return random.normal(size=(n, d))


def scaled(random, n, d):
    return random.normal(size=(n, d)) * 10 ** random.uniform(-12, 18, d)


def offsets(random, n, d):
    return random.normal(size=(n, d)) + 10 ** random.uniform(0, 14, d)


def near_duplicates(random, n, d):
    """Columns that differ from the first by 1e-5 of it down to nothing in most rows."""
    share = 10 ** random.uniform(-16, -5)
    return random.normal(size=(n, 1)) * (1 + share * random.normal(size=(n, d)))


def last_places(random, n, d):
    """Columns that differ from the first in one unit in the last place of one row (see `rounded`)."""
    return np.repeat(random.normal(size=(n, 1)), d, axis=1)


def ids(random, n, d):
    """Account numbers: consecutive, or any, beside features of size one."""
    start = 10 ** random.integers(3, 15)
    numbers = start + random.integers(0, 2) * np.arange(n) + random.integers(0, start, n) // 1000
    return np.c_[numbers, random.normal(size=(n, d - 1))]


def clock(random, n, d):
    """Seconds, milliseconds or nanoseconds since 1970, beside features of any size."""
    unit, step = 10 ** random.choice([0, 3, 9]), random.choice([1, 60, 3600])
    times = (1_700_000_000 + step * np.arange(n)) * unit
    return np.c_[times, random.normal(size=(n, d - 1)) * 10 ** random.uniform(-3, 3)]


def powers(random, n, d):
    years = random.choice([2, 200, 1950]) + np.arange(n)
    return np.stack([years ** float(j + 1) for j in range(d)], axis=1)


def one_hot(random, n, d):
    """Indicators of groups, which sum to the constant."""
    return np.eye(d)[random.integers(0, d, n)] * 10.0 ** random.integers(0, 4)


def duplicates(random, n, d):
    """Small whole numbers, and exact copies and multiples of them; one column is a sum."""
    first = random.integers(-9, 10, (n, max(d // 2, 1)))
    mixing = random.integers(-3, 4, (first.shape[1], d - first.shape[1]))
    columns = np.c_[first, first @ mixing].astype(float)
    return columns[:, random.permutation(d)] * 2.0 ** random.integers(-20, 20)


def constant_columns(random, n, d):
    features = random.normal(size=(n, d))
    features[:, random.integers(d)] = random.choice([0, 1, 0.1, 1e9])
    return features


FEATURES: dict[str, Callable] = {
    function.__name__: function
    for function in (
        generic, scaled, offsets, near_duplicates, last_places, ids, clock, powers, one_hot,
        duplicates, constant_columns,
    )
}  # fmt: skip
WEIGHTS = ("skewed_weights", "tiny_weights", "huge_behind_zero")
TARGETS = ("constant_target", "member", "combination")
KINDS = (*FEATURES, *WEIGHTS, *TARGETS)


def draw(kind: str, random, size: int, dimension: int, dtype) -> Problem:
    """Draw the data of a kind; numbers are rounded to the dtype and are then what they are."""
    big = float(np.finfo(dtype).max) ** 0.98
    common: Callable = (generic, scaled, offsets)[random.integers(3)]
    features = FEATURES.get(kind, common)(random, size, dimension)
    if kind == "member":  # small whole numbers, times powers of two
        features = random.integers(-99, 100, (size, dimension)) * 2.0 ** random.integers(-30, 50)
    features = features.astype(dtype)
    if kind == "last_places":
        rows = random.integers(size, size=dimension - 1)
        places = rows, np.arange(1, dimension)
        features[places] = np.nextafter(features[places], dtype(random.choice([-1, 1]) * big))
    masses = np.ones(size)
    if kind in ("skewed_weights", "tiny_weights"):
        masses = 10.0 ** -random.uniform(0, 30 if kind == "tiny_weights" else 3, size)
    elif random.random() < 0.25:
        masses = random.uniform(0.5, 2, size)
    gone = random.integers(size) if kind == "huge_behind_zero" and size > 1 else None
    target = random.normal(size=size)
    if kind == "constant_target":
        target = np.full(size, random.choice([1.0, 0.1, 1e6]))
    elif kind == "member":
        target = features @ random.integers(-9, 10, dimension).astype(float)
    elif kind == "combination" or random.random() < 0.6:
        # Next to the class, as weak models are: a column, or all of them, and some noise or none.
        lengths = np.linalg.norm(features.astype(float), axis=0)
        share = random.normal(size=dimension) * (random.random(dimension) < 0.7)
        noise = random.choice([0, 1e-9, 1e-3, 0.3])
        target = (
            features.astype(float) @ (share / np.where(lengths > 0, lengths, 1)) + noise * target
        )
    if kind != "constant_target":
        target = target * 2.0 ** random.integers(-9, 10)  # exactly
    if gone is not None:
        masses[gone], target[gone], features[gone] = 0, *random.choice([1.0, big], 2)
    features, masses, target = (np.asarray(a, dtype) for a in (features, masses, target))
    parameters = draw_parameters(random, features, masses, target)
    return Problem(
        features, masses, target, {k: np.asarray(v, dtype) for k, v in parameters.items()}
    )


def draw_parameters(random, features, masses, target) -> dict[str, Any]:
    """Draw parameters for all sets, from binding to idle, in the units of the columns."""
    dimension, counts = features.shape[1], masses > 0
    lengths = np.linalg.norm(features[counts].astype(float), axis=0)
    size = np.linalg.norm(target[counts].astype(float)) or 1.0
    natural = np.clip(size / np.where(lengths > 0, lengths, 1), 1e-12, 1e12)
    reach = 10 ** random.uniform(-1, random.choice([1, 6]))
    width = natural * reach * random.uniform(0.5, 2, (2, dimension))
    middle = random.choice([0, 1]) * natural * random.normal(size=dimension)
    rows = np.round(4 * random.normal(size=(dimension + 2, dimension))) / natural
    equality = np.round(4 * random.normal(size=(1, dimension))) / natural
    equality[0, 0] += (equality[0, 0] == 0) / natural[0]
    lower = np.eye(dimension) + np.tril(0.3 * random.normal(size=(dimension, dimension)))
    return {
        "lower": middle - width[0],
        "upper": middle + width[1],
        "radius": np.median(natural) * reach,
        "bound": size * min(reach, 10) / np.sqrt(len(target)),
        "matrix": rows,
        "limits": reach * (1 + np.arange(dimension + 2)),
        "equality": equality,
        "cholesky": lower / (natural * reach)[:, None],
        "centre": middle,
    }


class Kind(NamedTuple):
    """A set for the library, and for the oracle: its name there, parameters, and the constant."""

    build: Callable[[dict[str, Any]], Any]
    oracle: str
    parameters: Callable[[dict[str, Any]], dict[str, Any]] = lambda given: given
    intercept: bool = False


def _polyhedron(p):
    dimension = p["matrix"].shape[-1]
    none = jnp.zeros((0, dimension), p["matrix"].dtype)
    return Polyhedron(p["matrix"], p["limits"], none, none[:, 0], interior=0 * p["centre"])


def _plane(p):
    level = 0 * p["equality"][:, 0]
    return Polyhedron(p["matrix"], p["limits"], p["equality"], level, interior=0 * p["centre"])


def _rows(p, *, plane=False):
    dimension = p["matrix"].shape[1]
    equality = p["equality"] if plane else np.zeros((0, dimension))
    bound = p["limits"]
    return {
        "matrix": p["matrix"],
        "bound": bound,
        "equality": equality,
        "level": 0 * equality[:, 0],
    }


def _cut_simplex(p):
    total, dimension = p["radius"], p["centre"].shape[-1]
    share = jnp.ones(dimension, total.dtype) / dimension
    return Intersection(Simplex(total), Box(0 * total, 0.75 * total), interior=total * share)


def _cut_simplex_rows(p):
    unit = np.eye(p["centre"].shape[0])
    upper = 0.75 * p["radius"]  # one multiplication in the same dtype, as there
    bound = np.r_[0 * p["centre"], upper + 0 * p["centre"]]
    level = np.atleast_1d(p["radius"])
    return {
        "matrix": np.r_[-unit, unit],
        "bound": bound,
        "equality": unit[:1] * 0 + 1,
        "level": level,
    }


SETS = {
    "subspace": Kind(lambda p: Subspace(), "subspace"),
    "affine": Kind(lambda p: Affine(), "subspace", intercept=True),
    "orthant": Kind(lambda p: Orthant(), "orthant"),
    "orthant_intercept": Kind(lambda p: Orthant(), "orthant", intercept=True),
    "box": Kind(lambda p: Box(p["lower"], p["upper"]), "box"),
    "box_intercept": Kind(lambda p: Box(p["lower"], p["upper"]), "box", intercept=True),
    "l1_ball": Kind(lambda p: L1Ball(p["radius"]), "l1_ball"),
    "simplex": Kind(lambda p: Simplex(p["radius"]), "simplex", lambda p: {"total": p["radius"]}),
    "polyhedron": Kind(_polyhedron, "polyhedron", _rows),
    "plane": Kind(_plane, "polyhedron", lambda p: _rows(p, plane=True)),
    "cut_simplex": Kind(_cut_simplex, "polyhedron", _cut_simplex_rows),
    "l2_ball": Kind(lambda p: L2Ball(p["radius"]), "l2_ball"),
    "rkhs_ball": Kind(lambda p: RKHSBall(p["radius"]), "l2_ball"),
    "ellipsoid": Kind(lambda p: Ellipsoid(p["cholesky"], p["centre"]), "ellipsoid"),
    "monotone": Kind(lambda p: Monotone(), "monotone"),
    "bounded_values": Kind(lambda p: BoundedValues(p["bound"]), "bounded_values"),
    "bounded_monotone": Kind(
        lambda p: ValueIntersection(Monotone(), BoundedValues(p["bound"])), "bounded_monotone"
    ),
}
VALUES = ("monotone", "bounded_values", "bounded_monotone")
