"""Read a convex set from text, as on the command line: `name`, `name:parameter` or `name:FILE`.

| text | set |
| --- | --- |
| `subspace`, `affine`, `orthant`, `monotone` | no parameter |
| `l2_ball:2.5`, `l1_ball:2.5`, `bounded_values:1` | radius or bound |
| `simplex`, `simplex:2` | total, 1 by default |
| `box:-1,1`, `box:0,inf` | lower and upper bound of every coefficient |
| `polyhedron:FILE` | arrays `matrix`, `bound`, optionally `equality`, `level` |
| `ellipsoid:FILE` | arrays `matrix` (positive definite), optionally `centre` |
| `rkhs_ball:FILE` | arrays `kernel` (n, n) and `radius`; `rkhs_ball:2.5` on given feature maps |
| `intersection:FILE` | texts `first`, `second`, each a set as above; optionally `interior` |

FILE is an `.npz` of named arrays; paths inside an `intersection` file are relative to it. A name
alone stands for random sets of its kind where instances are drawn.
"""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from w2sjax.sets import SETS, ConvexSet
from w2sjax.sets.box import Box
from w2sjax.sets.ellipsoid import Ellipsoid
from w2sjax.sets.intersection import intersect
from w2sjax.sets.polyhedron import Polyhedron
from w2sjax.sets.rkhs_ball import RKHSBall


def parse_set(text: str, *, folder: Path = Path()) -> ConvexSet | type[ConvexSet]:
    """Return the set that `text` describes, or its kind where no parameter is given.

    Raises:
        ValueError: for an unknown name, a parameter that does not fit, or a file that is missing,
            cannot be read or lacks an array.
    """
    name, colon, parameter = text.partition(":")
    if name not in SETS:
        raise ValueError(f"set: there is no {name!r}; known are {', '.join(SETS)}")
    if not colon:
        return SETS[name]
    if name not in _READERS:
        raise ValueError(f"set: {name!r} takes no parameter, got {parameter!r}")
    return _READERS[name](name, parameter, folder)


def _positive(name: str, parameter: str, folder: Path) -> ConvexSet:
    value = _numbers(name, parameter, 1)[0]
    return SETS[name](jnp.asarray(value))  # pyright: ignore[reportCallIssue]


def _box(name: str, parameter: str, folder: Path) -> ConvexSet:
    lower, upper = _numbers(name, parameter, 2)
    return Box(jnp.asarray(lower), jnp.asarray(upper))


def _polyhedron(name: str, parameter: str, folder: Path) -> ConvexSet:
    arrays = _arrays(name, parameter, folder, ("matrix", "bound"), ("equality", "level"))
    return Polyhedron.from_arrays(**arrays)


def _ellipsoid(name: str, parameter: str, folder: Path) -> ConvexSet:
    arrays = _arrays(name, parameter, folder, ("matrix",), ("centre",))
    centre = arrays.get("centre")
    return Ellipsoid.from_matrix(
        jnp.asarray(arrays["matrix"]), None if centre is None else jnp.asarray(centre)
    )


def _rkhs_ball(name: str, parameter: str, folder: Path) -> ConvexSet:
    try:
        return _positive(name, parameter, folder)
    except ValueError:
        if not parameter.endswith(".npz"):
            raise
    arrays = _arrays(name, parameter, folder, ("kernel", "radius"), ())
    kernel, radius = arrays["kernel"], arrays["radius"]
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1]:
        raise ValueError(f"set: rkhs_ball needs a square kernel, got shape {kernel.shape}")
    if radius.size != 1:
        raise ValueError(f"set: rkhs_ball needs a positive radius, got {radius}")
    if not np.allclose(kernel, kernel.T):
        raise ValueError("set: the rkhs_ball's kernel is not symmetric")
    if np.linalg.eigvalsh(kernel)[0] < -1e-10 * np.abs(kernel).max():
        raise ValueError("set: the rkhs_ball's kernel is not positive semidefinite")
    return RKHSBall(jnp.asarray(radius.item()), jnp.asarray(kernel))


def _intersection(name: str, parameter: str, folder: Path) -> ConvexSet:
    path = folder / parameter
    record = _load(name, path)
    parts = []
    for part in ("first", "second"):
        if part not in record:
            raise ValueError(f"set: {path} lacks {part!r}; it has {sorted(record)}")
        text = str(record[part])
        try:
            found = parse_set(text, folder=path.parent)
        except RecursionError:
            raise ValueError(f"set: {path} is an intersection with itself") from None
        if isinstance(found, type):
            found = found() if found.parameters == "" else None
        if found is None:
            raise ValueError(f"set: {part!r} of {path} needs a parameter, got {text!r}")
        parts.append(found)
    interior = jnp.asarray(_real(record, "interior", path)) if "interior" in record else None
    return intersect(*parts, interior=interior)


_READERS: dict[str, Callable[[str, str, Path], ConvexSet]] = {
    "l2_ball": _positive,
    "l1_ball": _positive,
    "simplex": _positive,
    "bounded_values": _positive,
    "box": _box,
    "polyhedron": _polyhedron,
    "ellipsoid": _ellipsoid,
    "rkhs_ball": _rkhs_ball,
    "intersection": _intersection,
}


def _numbers(name: str, parameter: str, count: int) -> list[float]:
    try:
        numbers = [float(part) for part in parameter.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or np.any(np.isnan(numbers)):
        wanted = "a number" if count == 1 else f"{count} numbers separated by commas"
        raise ValueError(f"set: {name} needs {wanted} after the colon, got {parameter!r}")
    return numbers


def _load(name: str, path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            record = np.load(file, allow_pickle=False)
            if isinstance(record, np.ndarray):
                raise ValueError("it holds one array without a name, an .npz is needed")
            with record:
                return {key: record[key] for key in record.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"set: the file {path} of {name} cannot be read: {error}") from error


def _arrays(name, parameter, folder, needed, optional) -> dict[str, np.ndarray]:
    path = folder / parameter
    record = _load(name, path)
    missing = [key for key in needed if key not in record]
    if missing:
        raise ValueError(f"set: {path} lacks {missing} for {name}; it has {sorted(record)}")
    return {key: _real(record, key, path) for key in (*needed, *optional) if key in record}


def _real(record: dict[str, Any], key: str, path: Path) -> np.ndarray:
    array = np.asarray(record[key])
    if array.dtype.kind not in "biuf":
        raise ValueError(f"set: {key!r} in {path} does not hold real numbers")
    if not np.all(np.isfinite(array) | ((key == "bound") & (array == np.inf))):
        raise ValueError(f"set: {key!r} in {path} has entries that are not finite")
    return np.asarray(array, float)
