"""Arrays that lie on several devices, or hosts, a part on each: they are worked on where they are."""

from typing import Any

import jax
from jax.sharding import AxisType, Mesh, NamedSharding
from jaxtyping import Array


def spread(array: Any) -> NamedSharding | None:
    """Say how an array is spread over devices; None for one that is whole on a device, or is traced."""
    place = getattr(array, "sharding", None) if isinstance(array, jax.Array) else None
    return place if isinstance(place, NamedSharding) and not place.is_fully_replicated else None


def along_automatic_axes(array: Array) -> Array:
    """Give the same array on a mesh whose axes are `Auto`: XLA then shards what is computed of it.

    Under `Explicit` axes, which `jax.make_mesh` makes by default, every product would have to be told. No
    number moves.
    """
    place = spread(array)
    if place is None or AxisType.Explicit not in place.mesh.axis_types:
        return array
    devices: Any = place.mesh.devices
    mesh = Mesh(devices, place.mesh.axis_names)
    parts = [part.data for part in array.addressable_shards]
    same = NamedSharding(mesh, place.spec, memory_kind=place.memory_kind)
    return jax.make_array_from_single_device_arrays(array.shape, same, parts)
