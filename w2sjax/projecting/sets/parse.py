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
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from w2sjax.language.names import unknown
from w2sjax.projecting.sets import SETS, ConvexSet
from w2sjax.projecting.sets.box import Box
from w2sjax.projecting.sets.ellipsoid import Ellipsoid
from w2sjax.projecting.sets.intersection import intersect
from w2sjax.projecting.sets.polyhedron import Polyhedron
from w2sjax.projecting.sets.rkhs_ball import RKHSBall


def parse_set(text: str, *, folder: Path = Path()) -> ConvexSet | type[ConvexSet]:
    """Return the set that `text` describes, or its kind where no parameter is given.

    Raises:
        ValueError: for an unknown name, a parameter that does not fit, or a file that is missing,
            cannot be read or lacks an array.
    """
    name, colon, parameter = text.partition(":")
    if name not in SETS:
        raise unknown("set", name, SETS)
    if not colon:
        return SETS[name]
    path = folder / parameter
    match name:
        case "l2_ball" | "l1_ball" | "simplex" | "bounded_values":
            return _positive(name, parameter)
        case "rkhs_ball":
            return _kernel_ball(path) if path.suffix == ".npz" else _positive(name, parameter)
        case "box":
            return Box(*map(jnp.asarray, _numbers(name, parameter, 2)))
        case "polyhedron":
            arrays = _arrays(name, path, ("matrix", "bound"), ("equality", "level"))
            return Polyhedron.from_arrays(**arrays)
        case "ellipsoid":
            arrays = _arrays(name, path, ("matrix",), ("centre",))
            return Ellipsoid.from_matrix(**{key: jnp.asarray(arrays[key]) for key in arrays})
        case "intersection":
            return _intersection(path)
    raise ValueError(f"set: {name!r} takes no parameter, got {parameter!r}")


def _positive(name: str, parameter: str) -> ConvexSet:
    value = _numbers(name, parameter, 1)[0]
    return SETS[name](jnp.asarray(value))  # pyright: ignore[reportCallIssue]


def _kernel_ball(path: Path) -> ConvexSet:
    arrays = _arrays("rkhs_ball", path, ("kernel", "radius"))
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


def _intersection(path: Path) -> ConvexSet:
    record = _load("intersection", path, ("first", "second"))
    parts = []
    for part in ("first", "second"):
        text = str(record[part])
        try:
            found = parse_set(text, folder=path.parent)
        except RecursionError:
            raise ValueError(f"set: {path} is an intersection with itself") from None
        if isinstance(found, type) and found.parameters:
            raise ValueError(f"set: {part!r} of {path} needs a parameter, got {text!r}")
        parts.append(found() if isinstance(found, type) else found)
    interior = jnp.asarray(_real(record, "interior", path)) if "interior" in record else None
    return intersect(*parts, interior=interior)


def _numbers(name: str, parameter: str, count: int) -> list[float]:
    try:
        numbers = [float(part) for part in parameter.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or np.any(np.isnan(numbers)):
        wanted = "a number" if count == 1 else f"{count} numbers separated by commas"
        raise ValueError(f"set: {name} needs {wanted} after the colon, got {parameter!r}")
    return numbers


def _load(name: str, path: Path, needed: tuple[str, ...]) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            record = np.load(file, allow_pickle=False)
            if isinstance(record, np.ndarray):
                raise ValueError("it holds one array without a name, an .npz is needed")
            with record:
                found = {key: record[key] for key in record.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"set: the file {path} of {name} cannot be read: {error}") from error
    missing = [key for key in needed if key not in found]
    if missing:
        raise ValueError(f"set: {path} lacks {missing} for {name}; it has {sorted(found)}")
    return found


def _arrays(name, path, needed, optional=()) -> dict[str, np.ndarray]:
    record = _load(name, path, needed)
    return {key: _real(record, key, path) for key in (*needed, *optional) if key in record}


def _real(record: dict[str, Any], key: str, path: Path) -> np.ndarray:
    array = np.asarray(record[key])
    if array.dtype.kind not in "biuf":
        raise ValueError(f"set: {key!r} in {path} does not hold real numbers")
    if not np.all(np.isfinite(array) | ((key == "bound") & (array == np.inf))):
        raise ValueError(f"set: {key!r} in {path} has entries that are not finite")
    return np.asarray(array, float)
