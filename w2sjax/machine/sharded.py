"""Arrays that lie on several devices, or hosts, a part on each: they are worked on where they are."""

from typing import Any

import jax
from jax.sharding import AxisType, Mesh, NamedSharding
from jaxtyping import Array


def spread(array: Any) -> NamedSharding | None:
    """Say how an array is spread over devices; None for one that is whole on a device, or is traced."""
    place = _place(array)
    return None if place is None or place.is_fully_replicated else place


def _place(array: Any) -> NamedSharding | None:
    place = getattr(array, "sharding", None) if isinstance(array, jax.Array) else None
    return place if isinstance(place, NamedSharding) else None


def along_automatic_axes(array: Array) -> Array:
    """Give the same array on a mesh whose axes are `Auto`: XLA then shards what is computed of it.

    Under `Explicit` axes, which `jax.make_mesh` makes by default, every product would have to be told. No
    number moves.

    Raises:
        ValueError: where JAX allows no such change: inside `jit`, and under a `jax.set_mesh` of such axes.
    """
    known = jax.typeof(array).sharding
    if AxisType.Explicit not in known.mesh.axis_types:
        return array
    place, told = _place(array), jax.sharding.get_abstract_mesh().axis_types
    if place is None or AxisType.Explicit in told:
        if all(axis is None for axis in known.spec):
            return array
        raise ValueError(
            "inside jit and under jax.set_mesh, arrays have to lie along Auto axes: "
            "jax.make_mesh(..., axis_types=(jax.sharding.AxisType.Auto,))"
        )
    devices: Any = place.mesh.devices
    mesh = Mesh(devices, place.mesh.axis_names)
    parts = [part.data for part in array.addressable_shards]
    same = NamedSharding(mesh, place.spec, memory_kind=place.memory_kind)
    return jax.make_array_from_single_device_arrays(array.shape, same, parts)
